// SPDX-License-Identifier: GPL-2.0
/* The virtual FMC TDC: its window in the carrier's address space, and its thermometer. */

#include <linux/module.h>

#include "../../../drivers/spec/spec_regs.h"
#include "tdc.h"

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
		return tdc_eic_isr(tdc);
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
	tdc_course_init(tdc);
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
