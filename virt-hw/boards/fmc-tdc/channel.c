// SPDX-License-Identifier: GPL-2.0
/*
 * A channel of the virtual FMC TDC: edges are measured, offset, filtered and numbered (sections 2.8
 * to 2.10).
 */

#include <linux/bitfield.h>
#include <linux/limits.h>

#include "tdc.h"

#define GAP		10	/* numbers that a sequence gap leaves out */

static void measure(struct tdc_channel *ch, s64 time_ps, struct acam_stamp *stamp)
{
	const struct acam_clock *clock = tdc_clock(ch->tdc);
	struct acam_count count;

	if (ch->tdc->exact) {
		acam_measure_exactly(clock, time_ps, stamp);
	} else {
		acam_count_hit(clock, time_ps, &count);
		acam_convert(&count, stamp);
	}
	acam_add_offset(stamp, &ch->offset);
}

static void shift(struct acam_stamp *stamp, s32 ticks, s16 frac)
{
	const struct acam_offset offset = { .coarse = ticks, .frac = frac };

	acam_add_offset(stamp, &offset);
}

/* What goes wrong with single timestamps on their way */
static void disturb(struct tdc *tdc, struct acam_stamp *stamp)
{
	if (tdc_fault(tdc, FAULT_ROLLOVER_PLUS))
		shift(stamp, ACAM_ROLLOVER_TICKS, 0);
	if (tdc_fault(tdc, FAULT_ROLLOVER_MINUS))
		shift(stamp, -ACAM_ROLLOVER_TICKS, 0);
	if (tdc_fault(tdc, FAULT_OUTLIER))
		shift(stamp, 0, vhw_random(tdc->fmc->board) & 1 ? 2047 : -2048);
	if (tdc_fault(tdc, FAULT_COARSE_INVALID))
		stamp->coarse += ACAM_SECOND_TICKS;
}

/* The stored rising edge becomes a record */
static void emit(struct tdc_channel *ch, s64 time_ps)
{
	struct tdc *tdc = ch->tdc;
	struct acam_stamp stamp = ch->rise;
	unsigned int channel = ch->index;
	u32 slope = TDC_RECORD_RISING;
	struct tdc_record record;

	disturb(tdc, &stamp);
	if (tdc_fault(tdc, FAULT_CHANNEL_WRONG))
		channel = (channel + 1) % TDC_CHANNELS;
	if (tdc_fault(tdc, FAULT_SLOPE_WRONG))
		slope = 0;
	if (tdc_fault(tdc, FAULT_SEQUENCE_GAP))
		ch->sequence = (ch->sequence + GAP) % TDC_SEQUENCES;
	record.tai = cpu_to_le32(stamp.tai);
	record.coarse = cpu_to_le32(stamp.coarse);
	record.frac = cpu_to_le32(FIELD_PREP(TDC_RECORD_FRAC, stamp.frac) |
				  FIELD_PREP(TDC_RECORD_BINS, stamp.bins));
	record.meta = cpu_to_le32(FIELD_PREP(TDC_RECORD_CHANNEL, channel) | slope |
				  FIELD_PREP(TDC_RECORD_SEQUENCE, ch->sequence));
	ch->sequence = (ch->sequence + 1) % TDC_SEQUENCES;
	tdc_buffer_accept(ch, &record, time_ps);
}

static void rising_edge(struct tdc_channel *ch)
{
	measure(ch, ch->pulse.rise, &ch->rise);
	ch->risen = true;
}

/* The filter does not ask whether it has reported the stored edge already */
static void falling_edge(struct tdc_channel *ch)
{
	struct acam_stamp fall;

	if (!ch->risen || ch->raw_mode)
		return;
	measure(ch, ch->pulse.fall, &fall);
	if (acam_filter_passes(&ch->rise, &fall))
		emit(ch, ch->pulse.fall);
}

/* The next pulse begins, if it has by @time_ps */
static bool begin_pulse(struct tdc_channel *ch, s64 time_ps, bool watched)
{
	struct pulse *pulse = &ch->pulse;

	if (!pulse_peek(&ch->input, pulse) || pulse_begin(pulse) > time_ps)
		return false;
	pulse_pop(&ch->input);
	ch->in_pulse = true;
	if (!watched)
		return true;
	if (tdc_fault(ch->tdc, FAULT_MISSING_RISING_EDGE))
		pulse->rises = false;
	if (tdc_fault(ch->tdc, FAULT_MISSING_FALLING_EDGE))
		pulse->falls = false;
	if (pulse->rises)
		rising_edge(ch);
	return true;
}

static bool end_pulse(struct tdc_channel *ch, s64 time_ps, bool watched)
{
	if (ch->pulse.falls && ch->pulse.fall > time_ps)
		return false;
	ch->in_pulse = false;
	if (!watched || !ch->pulse.falls)
		return true;
	falling_edge(ch);
	if (tdc_fault(ch->tdc, FAULT_EXTRA_FALLING_EDGE))
		falling_edge(ch);
	return true;
}

/**
 * tdc_channel_advance() - let all edges up to a time arrive
 * @ch: the channel
 * @time_ps: until when
 *
 * The state on which their fate depends is the same for all of them: whoever changes it advances
 * first.
 */
void tdc_channel_advance(struct tdc_channel *ch, s64 time_ps)
{
	bool watched = tdc_channel_watched(ch);

	if (!watched && !ch->in_pulse)
		pulse_skip(&ch->input, time_ps);
	do {
		if (ch->in_pulse && !end_pulse(ch, time_ps, watched))
			break;
	} while (begin_pulse(ch, time_ps, watched));
	if (ch->requested && time_ps >= ch->due_ps)
		ch->raised = true;
}

/**
 * tdc_channel_next() - when must the channel be advanced at the latest?
 * @ch: the channel
 * @now_ps: now
 *
 * A record asks for its interrupt a whole number of ms ticks later, so that it is early enough to
 * find it at the next tick; but for a timeout of 0 it is not.
 *
 * Return: a time in ps, or S64_MAX if nothing will happen.
 */
s64 tdc_channel_next(struct tdc_channel *ch, s64 now_ps)
{
	s64 due = ch->requested && !ch->raised ? ch->due_ps : S64_MAX;
	struct pulse pulse = ch->pulse;
	s64 end;

	if (!tdc_channel_watched(ch) || (!ch->in_pulse && !pulse_peek(&ch->input, &pulse)))
		return due;
	end = max(pulse_end(&pulse), now_ps);
	if (ch->requested || FIELD_GET(BUFFER_CSR_IRQ_TIMEOUT, ch->csr))
		end = tdc_ms_tick_ps(ch->tdc, tdc_ms_tick(ch->tdc, end) + 1);
	return min(due, end);
}

/**
 * tdc_channel_move_epoch() - times are counted from another zero
 * @ch: the channel, advanced
 * @by_ps: how much later it is
 * @by_ticks: how much fewer ms ticks have passed
 */
void tdc_channel_move_epoch(struct tdc_channel *ch, s64 by_ps, u32 by_ticks)
{
	pulse_move_zero(&ch->input, by_ps);
	ch->pulse.rise -= by_ps;
	ch->pulse.fall -= by_ps;
	ch->requested_tick -= by_ticks;
	if (ch->requested && !ch->raised)
		ch->due_ps -= by_ps;
}

/* The channel's bit of INPUT_ENABLE was set, or is about to be cleared */
void tdc_channel_enabled(struct tdc_channel *ch, bool enabled)
{
	if (enabled) {
		ch->risen = false;
		ch->sequence = 0;
	} else {
		tdc_buffer_commit(ch);
	}
}

u32 tdc_channel_read(struct tdc_channel *ch, u32 offset)
{
	switch (offset) {
	case CHANNEL_OFFSET1:
		return ch->offset.tai;
	case CHANNEL_OFFSET2:
		return ch->offset.coarse;
	case CHANNEL_OFFSET3:
		return ch->offset.frac & CHANNEL_OFFSET3_MASK;
	case CHANNEL_CSR:
		return ch->raw_mode ? CHANNEL_CSR_RAW_MODE : 0;
	default:
		return 0;
	}
}

static void write_csr(struct tdc_channel *ch, u32 value)
{
	ch->raw_mode = value & CHANNEL_CSR_RAW_MODE;
	if (ch->raw_mode)
		vhw_violation(ch->tdc->fmc->board, "channel %u: RAW_MODE stops all output",
			      ch->index + 1);
	if (value & CHANNEL_CSR_RST_SEQ)
		ch->sequence = 0;
}

void tdc_channel_write(struct tdc_channel *ch, u32 offset, u32 value)
{
	switch (offset) {
	case CHANNEL_OFFSET1:
		ch->offset.tai = value;
		break;
	case CHANNEL_OFFSET2:
		ch->offset.coarse = value;
		break;
	case CHANNEL_OFFSET3:
		ch->offset.frac = sign_extend32(value & CHANNEL_OFFSET3_MASK, 11);
		break;
	case CHANNEL_CSR:
		write_csr(ch, value);
		break;
	}
}

/* Registers as after an application reset; what arrives at the input goes on */
void tdc_channel_reset(struct tdc_channel *ch)
{
	ch->offset = (struct acam_offset) { };
	ch->raw_mode = false;
	ch->risen = false;
	ch->sequence = 0;
	tdc_buffer_reset(ch);
}
