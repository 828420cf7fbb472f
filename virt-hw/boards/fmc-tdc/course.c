// SPDX-License-Identifier: GPL-2.0
/* The virtual FMC TDC's course in time: what has happened by now, and its interrupt. */

#include <linux/limits.h>

#include "tdc.h"

/* A whole number of seconds, ms and rollovers of the retrigger counter, 131.072 us */
#define EPOCH_UNIT_S		256

/* The levels that the interrupt controller sees */
u32 tdc_eic_isr(const struct tdc *tdc)
{
	unsigned int i;
	u32 isr = 0;

	for (i = 0; i < TDC_CHANNELS; i++)
		if (tdc_channel_irq(&tdc->channel[i]))
			isr |= EIC_DMA(i);
	return isr;
}

static void update_irq(struct tdc *tdc)
{
	bool irq = tdc_eic_isr(tdc) & tdc->imr;

	if (irq == tdc->irq)
		return;
	tdc->irq = irq;
	tdc->irq_lost = irq && tdc_fault(tdc, FAULT_TIMESTAMP_IRQ_LOST);
	fmc_set_irq(tdc->fmc, irq && !tdc->irq_lost);
}

/**
 * tdc_rearm() - something changed: follow with the interrupt and the timer
 * @tdc: the card
 */
void tdc_rearm(struct tdc *tdc)
{
	s64 now = tdc_ps(tdc, vhw_now());
	s64 next = S64_MAX;
	unsigned int i;

	update_irq(tdc);
	for (i = 0; i < TDC_CHANNELS; i++)
		next = min(next, tdc_channel_next(&tdc->channel[i], now));
	if (next == S64_MAX)
		vhw_timer_stop(&tdc->advance_timer);
	else
		vhw_timer_start(&tdc->advance_timer, tdc_world_ns(tdc, max(next, now)));
}

/*
 * A reference in the past follows picosecond 0 by whole units. Return: by how many seconds, at most
 * TDC_EPOCH_S
 */
static u32 follow_epoch(s64 *ps)
{
	s64 units;

	*ps -= TDC_EPOCH_PS;
	if (*ps >= 0)
		return 0;
	units = div64_s64(EPOCH_UNIT_S * ACAM_SECOND_PS - 1 - *ps, EPOCH_UNIT_S * ACAM_SECOND_PS);
	*ps += units * EPOCH_UNIT_S * ACAM_SECOND_PS;
	return units * EPOCH_UNIT_S;
}

/*
 * 64 bits of ps are 106 days, so picosecond 0 moves on. Nobody notices: time bases, retrigger
 * counters and ms ticks go on by whole periods, all that lies ahead is as far ahead as before
 */
static void move_epoch(struct tdc *tdc)
{
	s64 released = tdc_ps(tdc, tdc->released_at);
	u32 ticks = 1000 * follow_epoch(&released);
	unsigned int i;

	tdc->epoch += (u64)TDC_EPOCH_S * NSEC_PER_SEC;
	tdc->released_at = tdc_world_ns(tdc, released);
	tdc->local.tai += follow_epoch(&tdc->local.second);
	tdc->wr.tai += follow_epoch(&tdc->wr.second);
	follow_epoch(&tdc->local.start);
	follow_epoch(&tdc->wr.start);
	for (i = 0; i < TDC_CHANNELS; i++)
		tdc_channel_move_epoch(&tdc->channel[i], TDC_EPOCH_PS, ticks);
}

static void advance_channels(struct tdc *tdc, s64 time_ps)
{
	unsigned int i;

	for (i = 0; i < TDC_CHANNELS; i++)
		tdc_channel_advance(&tdc->channel[i], time_ps);
}

/**
 * tdc_sync() - let everything happen that has happened by now
 * @tdc: the card
 *
 * To be called before anything is looked at or changed on which pulses depend or that depends on
 * them.
 */
void tdc_sync(struct tdc *tdc)
{
	while (vhw_now() - tdc->epoch >= (u64)TDC_EPOCH_S * NSEC_PER_SEC) {
		advance_channels(tdc, TDC_EPOCH_PS);
		move_epoch(tdc);
	}
	advance_channels(tdc, tdc_ps(tdc, vhw_now()));
}

static void advance(struct vhw_timer *timer, u64 when)
{
	struct tdc *tdc = container_of(timer, struct tdc, advance_timer);

	tdc_sync(tdc);
	tdc_rearm(tdc);
}

void tdc_course_init(struct tdc *tdc)
{
	vhw_timer_init(&tdc->advance_timer, tdc->fmc->board, advance);
}
