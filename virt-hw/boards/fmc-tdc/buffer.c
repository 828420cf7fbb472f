// SPDX-License-Identifier: GPL-2.0
/*
 * The pair of buffers of a channel of the virtual FMC TDC: staging, commitment to the DDR, the
 * switch, and the interrupt after a timeout (section 2.7).
 */

#include <linux/bitfield.h>

#include "tdc.h"

#define SWITCH_NS	2000	/* from SWITCH to DONE */
#define MS_PS		1000000000LL
#define TIMER_MASK	0xffff	/* of the ms timer behind the interrupt */
#define BURST_MAX	60	/* above, the staging FIFO may overflow */

/**
 * tdc_ms_tick() - the divider that counts interrupt timeouts
 * @tdc: the card
 * @time_ps: a time
 *
 * Return: number of the last tick not after it, counted from the last reset.
 */
s64 tdc_ms_tick(const struct tdc *tdc, s64 time_ps)
{
	return div64_s64(time_ps - tdc_ps(tdc, tdc->released_at), MS_PS);
}

/* When a tick is */
s64 tdc_ms_tick_ps(const struct tdc *tdc, s64 tick)
{
	return tdc_ps(tdc, tdc->released_at) + tick * MS_PS;
}

static u32 size_of(const struct tdc_channel *ch)
{
	return ch->cur_size & BUFFER_SIZE_RECORDS;
}

/**
 * tdc_buffer_commit() - the staged records go to the DDR
 * @ch: the channel
 */
void tdc_buffer_commit(struct tdc_channel *ch)
{
	u32 at = ch->cur_base + (ch->count - ch->staged) * sizeof(struct tdc_record);

	if (ch->staged && !tdc_fault(ch->tdc, FAULT_RECORD_UNWRITTEN) &&
	    fmc_ddr_write(ch->tdc->fmc, at, ch->stage, ch->staged * sizeof(*ch->stage)) == -EFAULT)
		vhw_violation(ch->tdc->fmc->board, "channel %u: buffer at 0x%x beyond the DDR",
			      ch->index + 1, at);
	ch->staged = 0;
}

/*
 * The timer, which counts from the request on, is compared for equality with a timeout that may
 * change
 */
static void set_due(struct tdc_channel *ch, s64 now_ps)
{
	u32 timeout = FIELD_GET(BUFFER_CSR_IRQ_TIMEOUT, ch->csr);
	s64 tick = tdc_ms_tick(ch->tdc, now_ps);
	u32 remaining = (timeout - (u32)(tick - ch->requested_tick)) & TIMER_MASK;

	ch->due_ps = remaining ? tdc_ms_tick_ps(ch->tdc, tick + remaining) : now_ps;
}

static void request_irq_at(struct tdc_channel *ch, s64 time_ps)
{
	if (ch->requested)
		return;
	ch->requested = true;
	ch->requested_tick = tdc_ms_tick(ch->tdc, time_ps);
	set_due(ch, time_ps);
}

/* NEXT becomes CUR, valid or not; only a valid one ends the interrupt */
static void retire(struct tdc_channel *ch)
{
	bool valid = ch->next_size & BUFFER_SIZE_VALID &&
		     !tdc_fault(ch->tdc, FAULT_NEXT_INVALID);

	tdc_buffer_commit(ch);
	ch->retired = ch->count;
	ch->count = 0;
	ch->cur_base = ch->next_base;
	ch->cur_size = ch->next_size & ~BUFFER_SIZE_VALID;
	if (valid)
		ch->cur_size |= BUFFER_SIZE_VALID;
	ch->next_size &= ~BUFFER_SIZE_VALID;
	if (!valid || tdc_fault(ch->tdc, FAULT_IRQ_STUCK))
		return;
	ch->requested = false;
	ch->raised = false;
}

static bool accepting(const struct tdc_channel *ch)
{
	return ch->csr & BUFFER_CSR_ENABLE && ch->cur_size & BUFFER_SIZE_VALID;
}

/**
 * tdc_buffer_accept() - a record leaves the pipeline
 * @ch: the channel
 * @record: it
 * @time_ps: when
 */
void tdc_buffer_accept(struct tdc_channel *ch, const struct tdc_record *record, s64 time_ps)
{
	if (accepting(ch) && ch->count >= size_of(ch))
		retire(ch);
	if (!accepting(ch) || ch->staged == TDC_STAGE) {
		ch->dropped++;
		return;
	}
	request_irq_at(ch, time_ps);
	ch->stage[ch->staged++] = *record;
	ch->count++;
	ch->records++;
	if (ch->staged == FIELD_GET(BUFFER_CSR_BURST_SIZE, ch->csr))
		tdc_buffer_commit(ch);
}

/* Does the channel hold up its bit of the EIC? A channel that is off holds it back */
bool tdc_channel_irq(const struct tdc_channel *ch)
{
	return ch->raised && ch->csr & BUFFER_CSR_ENABLE &&
	       ch->tdc->input_enable & TDC_INPUT_CHANNEL(ch->index);
}

static u32 read_count(struct tdc_channel *ch)
{
	if (tdc_fault(ch->tdc, FAULT_COUNT_GARBAGE))
		return U32_MAX;
	if (tdc_fault(ch->tdc, FAULT_COUNT_TOO_LARGE))
		return size_of(ch) + 1;
	return ch->retired;
}

u32 tdc_buffer_read(struct tdc_channel *ch, u32 offset)
{
	bool done = ch->switching && vhw_now() >= ch->done_at;

	switch (offset) {
	case BUFFER_CSR:
		return ch->csr | (done ? BUFFER_CSR_DONE : 0);
	case BUFFER_CUR_BASE:
		return ch->cur_base;
	case BUFFER_CUR_COUNT:
		return read_count(ch);
	case BUFFER_CUR_SIZE:
		return ch->cur_size;
	case BUFFER_NEXT_BASE:
		return ch->next_base;
	case BUFFER_NEXT_SIZE:
		return ch->next_size;
	default:
		return 0;
	}
}

static void switch_buffers(struct tdc_channel *ch)
{
	if (ch->switching && vhw_now() >= ch->done_at)
		vhw_violation(ch->tdc->fmc->board, "channel %u: SWITCH while DONE stands",
			      ch->index + 1);
	retire(ch);
	ch->switching = true;
	ch->done_at = tdc_fault(ch->tdc, FAULT_SWITCH_NEVER_DONE) ? U64_MAX : vhw_now() + SWITCH_NS;
}

static void check_csr(struct tdc_channel *ch, u32 value)
{
	u32 burst = FIELD_GET(BUFFER_CSR_BURST_SIZE, value);

	if (value & BUFFER_CSR_ENABLE && (!burst || burst > BURST_MAX))
		vhw_violation(ch->tdc->fmc->board, "channel %u: a burst of %u, allowed are 1 to %u",
			      ch->index + 1, burst, BURST_MAX);
	if ((value ^ ch->csr) & BUFFER_CSR_IRQ_TIMEOUT && tdc_channel_watched(ch))
		vhw_violation(ch->tdc->fmc->board, "channel %u: timeout changed while enabled",
			      ch->index + 1);
}

static void write_csr(struct tdc_channel *ch, u32 value)
{
	const u32 lasting = BUFFER_CSR_ENABLE | BUFFER_CSR_IRQ_TIMEOUT | BUFFER_CSR_BURST_SIZE;
	bool timeout_changed = (value ^ ch->csr) & BUFFER_CSR_IRQ_TIMEOUT;

	check_csr(ch, value);
	if (ch->csr & ~value & BUFFER_CSR_ENABLE)
		tdc_buffer_commit(ch);
	ch->csr = value & lasting;
	if (timeout_changed && ch->requested && !ch->raised)
		set_due(ch, tdc_ps(ch->tdc, vhw_now()));
	if (value & BUFFER_CSR_DONE && ch->switching && vhw_now() >= ch->done_at)
		ch->switching = false;
	if (value & BUFFER_CSR_SWITCH)
		switch_buffers(ch);
}

void tdc_buffer_write(struct tdc_channel *ch, u32 offset, u32 value)
{
	const u32 size = BUFFER_SIZE_RECORDS | BUFFER_SIZE_VALID;

	switch (offset) {
	case BUFFER_CSR:
		write_csr(ch, value);
		break;
	case BUFFER_CUR_BASE:
		ch->cur_base = value;
		break;
	case BUFFER_CUR_SIZE:
		ch->cur_size = value & size;
		break;
	case BUFFER_NEXT_BASE:
		ch->next_base = value;
		break;
	case BUFFER_NEXT_SIZE:
		ch->next_size = value & size;
		break;
	}
}

void tdc_buffer_reset(struct tdc_channel *ch)
{
	ch->csr = 0;
	ch->cur_base = 0;
	ch->cur_size = 0;
	ch->next_base = 0;
	ch->next_size = 0;
	ch->retired = 0;
	ch->count = 0;
	ch->staged = 0;
	ch->switching = false;
	ch->requested = false;
	ch->raised = false;
}
