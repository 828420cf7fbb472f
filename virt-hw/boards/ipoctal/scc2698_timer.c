// SPDX-License-Identifier: GPL-2.0
/*
 * The SCC2698B's clocks: of the crystal, and of the counter/timers. Of these each block has one,
 * which is a clock for its baud rates, a counter, or a receiver time-out.
 */

#include <linux/bitfield.h>
#include <linux/math64.h>

#include "scc2698.h"
#include "scc2698_rates.h"

/* A period as the crystal's error makes it */
static u64 scale(const struct scc2698 *chip, u64 period)
{
	if (!chip->ppm)
		return period;
	return div_u64(period * 1000000, 1000000 + chip->ppm);
}

static bool is_timer(const struct scc2698_block *block)
{
	return FIELD_GET(SCC2698_ACR_CT_MODE, block->acr) >= SCC2698_ACR_TIMER_MPI;
}

/* Period of what is counted; 0 where that is a pin, for nothing is connected to those */
static u64 tick(const struct scc2698_block *block)
{
	const struct scc2698 *chip = block->chip;
	const struct scc2698_channel *a = &chip->channel[2 * block->index];

	switch (FIELD_GET(SCC2698_ACR_CT_MODE, block->acr)) {
	case SCC2698_ACR_COUNTER_TXC:
		return 16 * scc2698_clock(a, FIELD_GET(SCC2698_CSR_TX, a->csr));
	case SCC2698_ACR_TIMER_X1:
		return scale(chip, SCC2698_X1_PERIOD);
	case SCC2698_ACR_COUNTER_X1_16:
	case SCC2698_ACR_TIMER_X1_16:
		return 16 * scale(chip, SCC2698_X1_PERIOD);
	default:
		return 0;
	}
}

/* The timer's output toggles this often */
static u64 half_cycle(const struct scc2698_block *block)
{
	return is_timer(block) && block->loaded >= SCC2698_CTP_MIN ? block->loaded * tick(block) :
								     0;
}

/* Its output as a 16X clock for both channels: the length of a sixteenth of a bit, or 0 */
static u64 timer_sixteenth(const struct scc2698_block *block)
{
	return 2 * half_cycle(block);
}

/* Length of a sixteenth of a bit for half a CSR, in 1/LINE_FRACTIONS ns; 0 without a clock */
u64 scc2698_clock(const struct scc2698_channel *ch, unsigned int code)
{
	const struct scc2698_block *block = scc2698_block_of(ch);

	if (code == SCC2698_CSR_TIMER)
		return timer_sixteenth(block);
	return scale(ch->chip,
			     scc2698_brg_sixteenth(code, block->acr & SCC2698_ACR_BRG_SET2,
						   ch->chip->test_brg));
}

/* How many @periods have passed since the counter/timer was started */
static u64 passed(const struct scc2698_block *block, u64 now, u64 period)
{
	u64 elapsed = (now - block->started.ns) * LINE_FRACTIONS + LINE_FRACTIONS - 1 -
		      block->started.fraction;

	return period ? div64_u64(elapsed, period) : 0;
}

/* Go on to the timer's current half cycle */
static void advance(struct scc2698_block *block)
{
	u64 half = half_cycle(block);
	u64 halves = passed(block, vhw_now(), half);

	block->started = line_after(block->started, halves * half);
	block->second_half ^= halves & 1;
}

/* The next event that anybody could notice */
static void schedule_event(struct scc2698_block *block)
{
	u64 half = half_cycle(block);

	vhw_timer_stop(&block->ct_timer);
	if (half) {
		unsigned int halves = block->loaded != block->preset ? 1 : 2 - block->second_half;

		if (block->loaded != block->preset || !block->ready)
			vhw_timer_start(&block->ct_timer,
					line_after(block->started, halves * half).ns);
	} else if (!is_timer(block) && block->running && !block->ready && tick(block)) {
		u64 count = block->loaded ?: 0x10000;

		vhw_timer_start(&block->ct_timer,
				line_after(block->started, count * tick(block)).ns);
	}
}

static void load(struct scc2698_block *block)
{
	if (block->loaded == block->preset)
		return;
	block->chip->clock_users->change(block);
	block->loaded = block->preset;
	block->chip->clock_users->changed(block);
}

static void ct_event(struct vhw_timer *timer, u64 when)
{
	struct scc2698_block *block = container_of(timer, struct scc2698_block, ct_timer);

	if (is_timer(block)) {
		advance(block);
		if (!block->second_half)
			block->ready = true;
		load(block);
	} else {
		block->ready = true;
	}
	schedule_event(block);
	scc2698_update_irq(block->chip);
}

void scc2698_ct_init(struct scc2698_block *block)
{
	vhw_timer_init(&block->ct_timer, block->chip->board, ct_event);
}

void scc2698_ct_reset(struct scc2698_block *block)
{
	vhw_timer_stop(&block->ct_timer);
	block->preset = 0;
	block->loaded = 0;
	block->count = 0;
	block->running = false;
	block->ready = false;
	block->timeout_mode = false;
	block->second_half = false;
}

static void restart(struct scc2698_block *block)
{
	block->started = (struct line_time) { .ns = vhw_now() };
	block->second_half = false;
	load(block);
	schedule_event(block);
}

/* A write to ACR; a timer runs from then on, a counter waits for its start command */
void scc2698_ct_set_mode(struct scc2698_block *block, u8 acr)
{
	bool changed = (block->acr ^ acr) & SCC2698_ACR_CT_MODE;

	block->chip->clock_users->change(block);
	block->acr = acr;
	if (changed) {
		block->running = false;
		block->ready = false;
		restart(block);
	}
	block->chip->clock_users->changed(block);
}

/*
 * A write to half of the preset; a running timer takes it with its next half cycle, one without a
 * clock at once
 */
void scc2698_ct_set_preset(struct scc2698_block *block, u16 preset)
{
	if (half_cycle(block))
		advance(block);
	block->preset = preset;
	if (is_timer(block) && !half_cycle(block))
		restart(block);
	else if (is_timer(block))
		schedule_event(block);
}

/* The start command; for a counter the beginning of a count */
void scc2698_ct_start(struct scc2698_block *block)
{
	if (block->preset < SCC2698_CTP_MIN)
		vhw_violation(block->chip->board, "block %u: counter/timer preset %u is below %u",
			      block->index, block->preset, SCC2698_CTP_MIN);
	block->running = true;
	restart(block);
}

/* The stop command: acknowledges; stops a counter, but never a timer */
void scc2698_ct_stop(struct scc2698_block *block)
{
	if (half_cycle(block))
		advance(block);
	else
		block->count = scc2698_ct_count(block);
	block->running = false;
	block->ready = false;
	schedule_event(block);
}

/* A character went into a FIFO: in time-out mode the count begins anew */
void scc2698_ct_character(struct scc2698_block *block)
{
	if (!block->timeout_mode || is_timer(block))
		return;
	block->ready = false;
	block->running = true;
	restart(block);
}

/* CTU and CTL */
u16 scc2698_ct_count(const struct scc2698_block *block)
{
	u64 ticks = passed(block, vhw_now(), tick(block));

	if (half_cycle(block)) {
		div64_u64_rem(ticks, block->loaded, &ticks);
		return block->loaded - ticks;
	}
	return block->running ? block->loaded - ticks : block->count;
}
