// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual FMC TDC: its window in the carrier's address space, interrupts, thermometer, and its
 * course in time.
 */

#include <linux/limits.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../../../drivers/spec/spec_regs.h"
#include "tdc.h"

/* A whole number of seconds, ms and rollovers of the retrigger counter, 131.072 us */
#define EPOCH_UNIT_S		256

static const struct vhw_fault_info tdc_faults[TDC_FAULTS] = {
	[FAULT_NEXT_INVALID] = { "next-invalid", "a switch finds the next buffer invalid" },
	[FAULT_SWITCH_NEVER_DONE] = { "switch-never-done", "a switch never sets DONE" },
	[FAULT_COUNT_TOO_LARGE] = { "count-too-large", "CUR_COUNT reads as size + 1" },
	[FAULT_COUNT_GARBAGE] = { "count-garbage", "CUR_COUNT reads as all-ones" },
	[FAULT_FIFO_READOUT] = { "fifo-readout", "STAT reads as that of gateware without DMA" },
	[FAULT_TIMESTAMP_IRQ_LOST] = {
		"timestamp-irq-lost", "an interrupt of the TDC does not reach the VIC" },
	[FAULT_IRQ_STUCK] = { "irq-stuck", "a switch leaves its channel's interrupt standing" },
	[FAULT_MEZZANINE_PLL] = {
		"mezzanine-pll", "after an application reset the mezzanine's PLL does not lock" },
	[FAULT_ACAM_PLL] = { "acam-pll", "a read-back of the ACAM shows its PLL unlocked" },
	[FAULT_ACAM_READBACK] = { "acam-readback", "a read-back of ACAM register 5 is wrong" },
	[FAULT_ENGINE_STUCK] = { "engine-stuck", "EN_ACQ leads to an engine without timestamps" },
	[FAULT_EXTRA_FALLING_EDGE] = { "extra-falling-edge", "a falling edge comes twice" },
	[FAULT_MISSING_FALLING_EDGE] = { "missing-falling-edge", "a falling edge is lost" },
	[FAULT_MISSING_RISING_EDGE] = { "missing-rising-edge", "a rising edge is lost" },
	[FAULT_ROLLOVER_PLUS] = { "rollover-plus", "a record is 131072 ns late" },
	[FAULT_ROLLOVER_MINUS] = { "rollover-minus", "a record is 131072 ns early" },
	[FAULT_OUTLIER] = { "outlier", "a record is off by 4 ns, either way" },
	[FAULT_COARSE_INVALID] = { "coarse-invalid", "a record has too many ticks for a second" },
	[FAULT_CHANNEL_WRONG] = { "channel-wrong", "a record names another channel" },
	[FAULT_SLOPE_WRONG] = { "slope-wrong", "a record names a falling edge" },
	[FAULT_SEQUENCE_GAP] = { "sequence-gap", "ten sequence numbers are left out" },
	[FAULT_RECORD_UNWRITTEN] = { "record-unwritten", "a burst of records misses the DDR" },
	[FAULT_SECOND_EDGE] = { "second-edge", "CURRENT_UTC is read just before it steps" },
};

#define ONEWIRE_FOUND_NS	(1 * NSEC_PER_SEC)	/* after a reset */
#define ONEWIRE_MEASURED_NS	(2 * NSEC_PER_SEC)

static u32 eic_isr(const struct tdc *tdc)
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
	bool irq = eic_isr(tdc) & tdc->imr;

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

static u32 onewire_read(const struct tdc *tdc, u32 offset)
{
	u64 age = vhw_now() - tdc->released_at;

	if (!tdc->onewire || !tdc->fmc->fitted || age < ONEWIRE_FOUND_NS)
		return 0;
	switch (offset) {
	case ONEWIRE_CSR:
		return ONEWIRE_CSR_VALID;
	case ONEWIRE_TEMP:
		return age < ONEWIRE_MEASURED_NS ? ONEWIRE_TEMP_POWER_ON :
						   tdc->temperature & ONEWIRE_TEMP_MASK;
	case ONEWIRE_ID_HIGH:
		return 0x62000000 | (vhw_seed(tdc->fmc->board) & 0xffff) << 8 | 0x06;
	case ONEWIRE_ID_LOW:
		return 0x12338628;
	default:
		return 0;
	}
}

static u32 eic_read(const struct tdc *tdc, u32 offset)
{
	switch (offset) {
	case EIC_IMR:
		return tdc->imr;
	case EIC_ISR:
		return eic_isr(tdc);
	default:
		return 0;
	}
}

/* Writing ISR takes nothing away: the levels are back a few clocks later */
static void eic_write(struct tdc *tdc, u32 offset, u32 value)
{
	if (offset == EIC_IDR)
		tdc->imr &= ~value;
	else if (offset == EIC_IER)
		tdc->imr |= value & EIC_ALL;
}

static struct tdc_channel *channel_at(struct tdc *tdc, u32 offset, u32 stride)
{
	u32 index = offset / stride;

	return index < TDC_CHANNELS ? &tdc->channel[index] : NULL;
}

static bool tdc_read(struct fmc *fmc, u32 offset, u32 *value)
{
	struct tdc *tdc = fmc_priv(fmc);
	u32 within = offset % 0x1000;
	struct tdc_channel *ch;

	*value = 0;
	if (offset >= TDC_WINDOW_SIZE)
		return false;
	tdc_sync(tdc);
	switch (offset - within) {
	case TDC_SDB:
		*value = tdc_sdb_read(within);
		break;
	case TDC_ONEWIRE:
		*value = onewire_read(tdc, within);
		break;
	case TDC_CORE:
		if (!tdc_core_answers(tdc))
			return false;
		*value = tdc_core_read(tdc, within);
		break;
	case TDC_EIC:
		*value = eic_read(tdc, within);
		break;
	case TDC_I2C:
		*value = fmc_i2c_read(fmc, within);
		break;
	case TDC_CHANNEL(0):
		ch = channel_at(tdc, within, 0x100);
		*value = ch ? tdc_channel_read(ch, within % 0x100) : 0;
		break;
	case TDC_BUFFER(0):
		ch = channel_at(tdc, within, 0x40);
		*value = ch ? tdc_buffer_read(ch, within % 0x40) : 0;
		break;
	}
	return true;
}

static bool tdc_write(struct fmc *fmc, u32 offset, u32 value)
{
	struct tdc *tdc = fmc_priv(fmc);
	u32 within = offset % 0x1000;
	struct tdc_channel *ch;

	if (offset >= TDC_WINDOW_SIZE)
		return false;
	tdc_sync(tdc);
	switch (offset - within) {
	case TDC_CORE:
		if (!tdc_core_answers(tdc))
			return false;
		tdc_core_write(tdc, within, value);
		break;
	case TDC_EIC:
		eic_write(tdc, within, value);
		break;
	case TDC_I2C:
		fmc_i2c_write(fmc, within, value);
		break;
	case TDC_CHANNEL(0):
		ch = channel_at(tdc, within, 0x100);
		if (ch)
			tdc_channel_write(ch, within % 0x100, value);
		break;
	case TDC_BUFFER(0):
		ch = channel_at(tdc, within, 0x40);
		if (ch)
			tdc_buffer_write(ch, within % 0x40, value);
		break;
	}
	tdc_rearm(tdc);
	return true;
}

static void tdc_reset(struct fmc *fmc, bool asserted)
{
	struct tdc *tdc = fmc_priv(fmc);
	unsigned int i;

	tdc_sync(tdc);
	tdc->imr = 0;
	tdc_core_reset(tdc, asserted);
	for (i = 0; i < TDC_CHANNELS; i++)
		tdc_channel_reset(&tdc->channel[i]);
	tdc_rearm(tdc);
}

static void tdc_sync_ddr(struct fmc *fmc)
{
	tdc_sync(fmc_priv(fmc));
}

static int tdc_init(struct fmc *fmc)
{
	struct tdc *tdc = fmc_priv(fmc);
	unsigned int i;

	tdc->fmc = fmc;
	for (i = 0; i < TDC_CHANNELS; i++) {
		tdc->channel[i].tdc = tdc;
		tdc->channel[i].index = i;
	}
	vhw_timer_init(&tdc->advance_timer, fmc->board, advance);
	tdc_core_init(tdc);
	return tdc_config_init(tdc);
}

static int tdc_power_on(struct fmc *fmc)
{
	struct tdc *tdc = fmc_priv(fmc);

	guard(vhw_world)();
	tdc->epoch = rounddown(vhw_now(), TDC_TICK_NS) - (u64)tdc->age * NSEC_PER_SEC;
	return 0;
}

static void tdc_power_off(struct fmc *fmc)
{
	tdc_config_power_off(fmc_priv(fmc));
}

static struct fmc_model fmc_tdc = {
	.part = {
		.name = "fmc-tdc",
		.owner = THIS_MODULE,
		.directory = "tdc",
		.size = sizeof(struct tdc),
		.attrs = tdc_attrs,
		.faults = tdc_faults,
		.nr_faults = TDC_FAULTS,
	},
	.application = SPEC_META_DEVICE_TDC,
	.eeprom = tdc_eeprom_contents,
	.init = tdc_init,
	.power_on = tdc_power_on,
	.power_off = tdc_power_off,
	.reset = tdc_reset,
	.read = tdc_read,
	.write = tdc_write,
	.sync = tdc_sync_ddr,
};

static int __init vhw_fmc_tdc_init(void)
{
	return vhw_fmc_register(&fmc_tdc);
}

static void __exit vhw_fmc_tdc_exit(void)
{
	vhw_fmc_unregister(&fmc_tdc);
}

module_init(vhw_fmc_tdc_init);
module_exit(vhw_fmc_tdc_exit);

MODULE_ALIAS("vhw-fmc-fmc-tdc");
MODULE_DESCRIPTION("Virtual FMC TDC 1ns 5cha");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
