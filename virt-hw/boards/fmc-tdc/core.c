// SPDX-License-Identifier: GPL-2.0
/*
 * The core block of the virtual FMC TDC: the mezzanine's clock, the engine, the seconds (local or
 * of White Rabbit) and the ACAM's registers (sections 2.1 to 2.5).
 */

#include <linux/limits.h>

#include "tdc.h"

#define SETTLING_NS		(2 * NSEC_PER_SEC)	/* from the start pulse to ACTIVE */
#define START_LATENCY_TICKS	27	/* from a second's start to the start pulse */
#define ACAM_LOCK_NS		(2 * NSEC_PER_MSEC)
#define DAC_DEFAULT		0xa8f5

static u32 seconds_now(const struct tdc *tdc)
{
	const struct acam_clock *clock = tdc_clock(tdc);

	return clock->tai +
	       (u32)div64_s64(tdc_ps(tdc, vhw_now()) - clock->second, ACAM_SECOND_PS);
}

/* World time of the next boundary of a second */
static u64 next_second(const struct tdc *tdc)
{
	const struct acam_clock *clock = tdc_clock(tdc);
	s64 seconds = div64_s64(tdc_ps(tdc, vhw_now()) - clock->second, ACAM_SECOND_PS);

	return tdc_world_ns(tdc, clock->second + (seconds + 1) * ACAM_SECOND_PS);
}

/* The start pulse starts the chip's and the gateware's retrigger counters */
static void start_pulse(struct tdc *tdc, u64 when)
{
	s64 start = tdc_ps(tdc, when) + START_LATENCY_TICKS * ACAM_TICK_PS;

	tdc->local.start = start;
	tdc->wr.start = start;
	tdc->engine = TDC_SETTLING;
	vhw_timer_start(&tdc->engine_timer, when + SETTLING_NS);
}

static void engine_event(struct vhw_timer *timer, u64 when)
{
	struct tdc *tdc = container_of(timer, struct tdc, engine_timer);

	tdc_sync(tdc);
	if (tdc->engine == TDC_WAITING)
		start_pulse(tdc, when);
	else if (tdc->engine == TDC_SETTLING)
		tdc->engine = TDC_ACTIVE;
	tdc_rearm(tdc);
}

static bool acam_configured(const struct tdc *tdc)
{
	return tdc->chip[0] == ACAM_REG0 && tdc->chip[2] == ACAM_REG2 &&
	       tdc->chip[4] == ACAM_REG4 && tdc->chip[5] == ACAM_REG5 &&
	       tdc->chip[7] == ACAM_REG7 && tdc->chip[14] == ACAM_REG14 &&
	       vhw_now() >= tdc->chip_locked_at;
}

/* In the wrong moment, EN_ACQ has no effect; while waiting it makes up for a cancelled start */
static void enable_acquisition(struct tdc *tdc)
{
	if (tdc->engine != TDC_INACTIVE && tdc->engine != TDC_WAITING)
		return;
	tdc->engine = TDC_WAITING;
	tdc->stop_disabled = tdc_fault(tdc, FAULT_ENGINE_STUCK);
	tdc->misloaded = !acam_configured(tdc);
	if (tdc->misloaded)
		vhw_violation(tdc->fmc->board, "EN_ACQ with an ACAM that is not configured");
	vhw_timer_start(&tdc->engine_timer, next_second(tdc));
}

/* In the wrong moment, DIS_ACQ leaves an engine that looks healthy and is deaf (section 2.4) */
static void disable_acquisition(struct tdc *tdc)
{
	switch (tdc->engine) {
	case TDC_WAITING:
		vhw_violation(tdc->fmc->board, "DIS_ACQ before the start pulse: engine stuck");
		vhw_timer_stop(&tdc->engine_timer);
		break;
	case TDC_SETTLING:
		vhw_violation(tdc->fmc->board, "DIS_ACQ while the engine settles: it stays deaf");
		tdc->stop_disabled = true;
		break;
	case TDC_ACTIVE:
		tdc->engine = TDC_INACTIVE;
		break;
	case TDC_INACTIVE:
		break;
	}
}

/* Master reset keeps the configuration; the PLL locks if it makes sense */
static void reset_acam(struct tdc *tdc)
{
	bool sound = tdc->chip[0] & BIT(0) && tdc->chip[7] == ACAM_REG7;

	tdc->chip_locked_at = sound ? vhw_now() + ACAM_LOCK_NS : U64_MAX;
}

static void load_acam(struct tdc *tdc)
{
	unsigned int i;

	for (i = 0; i < ACAM_REGS; i++)
		tdc->chip[i] = tdc->shadow[i] & ACAM_DATA;
	tdc->chip[4] &= ~(ACAM_REG4_MASTER_RESET | ACAM_REG4_PARTIAL_RESET);
	if (!(tdc->chip[0] & BIT(0)) || tdc->chip[7] != ACAM_REG7)
		tdc->chip_locked_at = U64_MAX;
}

static bool is_config(unsigned int reg)
{
	return reg <= 7 || reg == 11 || reg == 12 || reg == 14;
}

static void read_back(struct tdc *tdc, unsigned int reg)
{
	tdc->readback[reg] = tdc->chip[reg] | ACAM_EF1 | ACAM_EF2;
	if (reg == 12 && (vhw_now() < tdc->chip_locked_at || tdc_fault(tdc, FAULT_ACAM_PLL)))
		tdc->readback[reg] |= ACAM_REG12_NOT_LOCKED;
}

static void read_acam(struct tdc *tdc)
{
	unsigned int reg;

	for (reg = 0; reg < ACAM_REGS; reg++)
		if (is_config(reg))
			read_back(tdc, reg);
	/* who waits for the lock reads again and again, and compares nothing yet */
	if (vhw_now() >= tdc->chip_locked_at && tdc_fault(tdc, FAULT_ACAM_READBACK))
		tdc->readback[5] ^= BIT(4);
}

static void load_utc(struct tdc *tdc)
{
	struct acam_clock *local = &tdc->local;

	local->tai = tdc->start_utc -
		     (u32)div64_s64(tdc_ps(tdc, vhw_now()) - local->second, ACAM_SECOND_PS);
}

/* Silently ignored while the engine owns the chip: how a driver learns that it does */
static void strobe_acam(struct tdc *tdc, u32 strobe)
{
	if (tdc->engine != TDC_INACTIVE)
		return;
	switch (strobe) {
	case TDC_CTRL_LOAD_ACAM_CFG:
		load_acam(tdc);
		break;
	case TDC_CTRL_READ_ACAM_CFG:
		read_acam(tdc);
		break;
	case TDC_CTRL_READ_STATUS:
		read_back(tdc, 12);
		break;
	case TDC_CTRL_READ_IFIFO1:
		read_back(tdc, 8);
		break;
	case TDC_CTRL_READ_IFIFO2:
		read_back(tdc, 9);
		break;
	case TDC_CTRL_READ_START01:
		read_back(tdc, 10);
		break;
	case TDC_CTRL_RESET_ACAM:
		reset_acam(tdc);
		break;
	}
}

static void strobe(struct tdc *tdc, u32 value)
{
	if (hweight32(value) != 1) {
		vhw_violation(tdc->fmc->board, "CTRL 0x%03x: one bit at a time", value);
		return;
	}
	switch (value) {
	case TDC_CTRL_EN_ACQ:
		enable_acquisition(tdc);
		break;
	case TDC_CTRL_DIS_ACQ:
		disable_acquisition(tdc);
		break;
	case TDC_CTRL_LOAD_ACAM_CFG ... TDC_CTRL_RESET_ACAM:
		strobe_acam(tdc, value);
		break;
	case TDC_CTRL_LOAD_UTC:
		load_utc(tdc);
		break;
	}
}

static void set_wr_state(struct tdc *tdc, enum tdc_wr state)
{
	tdc->wr_state = state;
	vhw_timer_stop(&tdc->wr_timer);
	if (state == TDC_WR_LOCKING)
		vhw_timer_start(&tdc->wr_timer, vhw_now() + (u64)tdc->wr_lock_ms * NSEC_PER_MSEC);
	else if (state == TDC_WR_LOCKED)
		tdc->wr_time = true;
	else if (state == TDC_WR_OFF)
		tdc->wr_time = false;
}

static void wr_locked(struct vhw_timer *timer, u64 when)
{
	struct tdc *tdc = container_of(timer, struct tdc, wr_timer);

	tdc_sync(tdc);
	set_wr_state(tdc, TDC_WR_LOCKED);
	tdc_rearm(tdc);
}

static void write_wr_ctrl(struct tdc *tdc, u32 value)
{
	u32 was = tdc->wr_ctrl;

	tdc->wr_ctrl = value & TDC_WR_CTRL_ENABLE;
	if (tdc->wr_ctrl == was)
		return;
	if (!tdc->wr_ctrl)
		set_wr_state(tdc, TDC_WR_OFF);
	else
		set_wr_state(tdc, tdc->wr_link ? TDC_WR_LOCKING : TDC_WR_NO_LINK);
}

/**
 * tdc_set_wr_link() - the fibre is plugged or pulled
 * @tdc: the card
 * @up: plugged
 *
 * Time that was once locked goes on without the link; with it, locking begins again.
 */
void tdc_set_wr_link(struct tdc *tdc, bool up)
{
	tdc->wr_link = up;
	if (tdc->wr_state == TDC_WR_OFF)
		return;
	if (up)
		set_wr_state(tdc, TDC_WR_LOCKING);
	else
		set_wr_state(tdc, tdc->wr_time ? TDC_WR_HOLDOVER : TDC_WR_NO_LINK);
}

static u32 wr_status(const struct tdc *tdc)
{
	u32 status = BIT(0) | TDC_WR_PRESENT;

	if (tdc->wr_link)
		status |= TDC_WR_LINK_UP;
	if (tdc->wr_ctrl)
		status |= TDC_WR_ENABLED | TDC_WR_AUX_ENABLED;
	if (tdc->wr_state == TDC_WR_LOCKING)
		status |= TDC_WR_SYNCING;
	if (tdc->wr_state == TDC_WR_LOCKED)
		status |= TDC_WR_AUX_LOCKED | TDC_WR_AUX_LOCKED_COPY |
			  TDC_WR_TIME_VALID | TDC_WR_TIME_VALID_COPY;
	if (tdc->wr_state == TDC_WR_HOLDOVER)
		status |= TDC_WR_AUX_LOCKED | TDC_WR_AUX_LOCKED_COPY;
	return status;
}

u32 tdc_core_read(struct tdc *tdc, u32 offset)
{
	switch (offset) {
	case TDC_ACAM_CFG(0) ... TDC_ACAM_CFG(ACAM_REGS - 1):
		return tdc->shadow[offset / 4];
	case TDC_ACAM_RB(0) ... TDC_ACAM_RB(ACAM_REGS - 1):
		return tdc->readback[(offset - TDC_ACAM_RB(0)) / 4];
	case TDC_START_UTC:
		return tdc->start_utc;
	case TDC_INPUT_ENABLE:
		return tdc->input_enable;
	case TDC_MAGIC:
		return TDC_MAGIC_VALUE;
	case TDC_IRQ_THRESHOLD:
		return tdc->irq_threshold;
	case TDC_IRQ_TIMEOUT:
		return tdc->irq_timeout;
	case TDC_DAC_TUNE:
		return tdc->dac;
	case TDC_CURRENT_UTC:
		return seconds_now(tdc) - tdc_fault(tdc, FAULT_SECOND_EDGE);
	case TDC_STAT:
		return tdc_fault(tdc, FAULT_FIFO_READOUT) ? TDC_STAT_FIFO : TDC_STAT_DMA;
	case TDC_WR_STATUS:
		return wr_status(tdc);
	case TDC_WR_CTRL:
		return tdc->wr_ctrl;
	case TDC_TEST1:
		return tdc->test1;
	default:
		return 0;
	}
}

static void write_input_enable(struct tdc *tdc, u32 value)
{
	u32 changed = value ^ tdc->input_enable;
	unsigned int i;

	for (i = 0; i < TDC_CHANNELS; i++)
		if (changed & TDC_INPUT_CHANNEL(i))
			tdc_channel_enabled(&tdc->channel[i], value & TDC_INPUT_CHANNEL(i));
	tdc->input_enable = value & (GENMASK(20, 16) | TDC_INPUT_BUFFERS | GENMASK(4, 0));
}

void tdc_core_write(struct tdc *tdc, u32 offset, u32 value)
{
	switch (offset) {
	case TDC_ACAM_CFG(0) ... TDC_ACAM_CFG(ACAM_REGS - 1):
		if (is_config(offset / 4))
			tdc->shadow[offset / 4] = value;
		break;
	case TDC_START_UTC:
		tdc->start_utc = value;
		break;
	case TDC_INPUT_ENABLE:
		write_input_enable(tdc, value);
		break;
	case TDC_IRQ_THRESHOLD:
		tdc->irq_threshold = value & GENMASK(9, 0);
		break;
	case TDC_IRQ_TIMEOUT:
		tdc->irq_timeout = value & GENMASK(9, 0);
		break;
	case TDC_DAC_TUNE:
		tdc->dac = value;
		break;
	case TDC_WR_CTRL:
		write_wr_ctrl(tdc, value);
		break;
	case TDC_TEST1:
		tdc->test1 = value;
		break;
	case TDC_CTRL:
		strobe(tdc, value);
		break;
	}
}

/* The clock comes up: local seconds count from 0; those of White Rabbit begin with the world's */
static void start_clocks(struct tdc *tdc)
{
	u64 now = vhw_now();
	u64 world_second = div_u64(now, NSEC_PER_SEC);

	tdc->released_at = rounddown(now, TDC_TICK_NS);
	tdc->locked_at = U64_MAX;
	if (!tdc_fault(tdc, FAULT_MEZZANINE_PLL))
		tdc->locked_at = tdc->released_at + (u64)tdc->pll_lock_us * NSEC_PER_USEC;
	tdc->local.second = tdc_ps(tdc, tdc->released_at);
	tdc->local.tai = 0;
	tdc->local.start = tdc->local.second;
	tdc->wr.second = tdc_ps(tdc, world_second * NSEC_PER_SEC);
	tdc->wr.tai = tdc->wr_tai + (u32)world_second;
	tdc->wr.start = tdc->local.start;
}

/**
 * tdc_core_reset() - the application reset is asserted or released
 * @tdc: the card
 * @asserted: which
 */
void tdc_core_reset(struct tdc *tdc, bool asserted)
{
	vhw_timer_stop(&tdc->engine_timer);
	tdc->in_reset = asserted;
	tdc->engine = TDC_INACTIVE;
	tdc->stop_disabled = false;
	tdc->misloaded = false;
	tdc->wr_ctrl = 0;
	set_wr_state(tdc, TDC_WR_OFF);
	tdc->chip_locked_at = U64_MAX;
	memset(tdc->chip, 0, sizeof(tdc->chip));
	memset(tdc->shadow, 0, sizeof(tdc->shadow));
	memset(tdc->readback, 0, sizeof(tdc->readback));
	tdc->start_utc = 0;
	tdc->input_enable = 0;
	tdc->irq_threshold = 1;
	tdc->irq_timeout = 1;
	tdc->dac = DAC_DEFAULT;
	tdc->test1 = 0;
	if (!asserted)
		start_clocks(tdc);
}

void tdc_core_init(struct tdc *tdc)
{
	vhw_timer_init(&tdc->engine_timer, tdc->fmc->board, engine_event);
	vhw_timer_init(&tdc->wr_timer, tdc->fmc->board, wr_locked);
	tdc->onewire = true;
	tdc->temperature = 0x0302;	/* 48.125 degrees */
	tdc->wr_link = true;
	tdc->wr_lock_ms = 3000;
	tdc->pll_lock_us = 2000;
	tdc->wr_tai = 1700000000;
}
