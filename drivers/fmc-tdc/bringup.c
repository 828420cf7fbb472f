// SPDX-License-Identifier: GPL-2.0
/*
 * From a reset board to a running engine, and back there after a failure.
 */
#include <linux/delay.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "tdc.h"

/*
 * EN_ACQ waits for the next second, then settles for two. DIS_ACQ within this time leaves the
 * engine stuck
 */
#define START_MS	3100
#define RECOVERIES	3	/* resets in a row before giving up */
#define RESET_MS	10
#define ANSWER_MS	100

static bool ignore_eeprom;
module_param(ignore_eeprom, bool, 0444);
MODULE_PARM_DESC(ignore_eeprom, "Accept a mezzanine whose EEPROM does not say what it is; default calibration");

static int identify(struct tdc *tdc)
{
	u8 *data __free(kfree) = kmalloc(TDC_FRU_SIZE, GFP_KERNEL);
	int ret;

	if (!data)
		return -ENOMEM;
	ret = spec_fmc_eeprom_read(tdc->fmc, 0, data, TDC_FRU_SIZE);
	if (ret == -EPROBE_DEFER)
		return dev_err_probe(tdc->dev, ret,
				     "no driver for the EEPROM yet (at24, i2c-ocores)\n");
	if (ret) {
		dev_err(tdc->dev, "the mezzanine's EEPROM does not answer: %d\n", ret);
		return ret;
	}
	ret = tdc_fru_decode(data, TDC_FRU_SIZE, &tdc->fru);
	if (ret) {
		dev_err(tdc->dev, "the mezzanine's EEPROM is %s\n",
			ret == -ENODATA ? "blank" : "damaged");
		return ret;
	}
	if (strcmp(tdc->fru.product, TDC_EEPROM_PRODUCT)) {
		dev_info(tdc->dev, "the mezzanine is a '%s'\n", tdc->fru.product);
		return -ENODEV;
	}
	return 0;
}

static int read_calibration(struct tdc *tdc)
{
	struct tdc_calibration_record record;
	int ret;

	ret = spec_fmc_eeprom_read(tdc->fmc, TDC_EEPROM_CALIBRATION, &record, sizeof(record));
	if (ret)
		return ret;
	return tdc_calibration_decode(&record, tdc->fru.year, &tdc->calibration);
}

/**
 * tdc_identify() - is this the mezzanine, and how is it calibrated?
 * @tdc: nothing done with it yet
 */
int tdc_identify(struct tdc *tdc)
{
	int ret;

	tdc_calibration_default(&tdc->calibration);
	ret = identify(tdc);
	if (ret && ret != -EPROBE_DEFER && ignore_eeprom) {
		dev_warn(tdc->dev, "accepted as ignore_eeprom is set\n");
		return 0;
	}
	if (ret)
		return ret;
	ret = read_calibration(tdc);
	if (ret)
		dev_warn(tdc->dev, "no valid calibration in the EEPROM (%d): using defaults\n",
			 ret);
	return 0;
}

static int wait_answer(struct tdc *tdc)
{
	unsigned int tries = ANSWER_MS;
	u32 magic;

	usleep_range(RESET_MS * USEC_PER_MSEC, 2 * RESET_MS * USEC_PER_MSEC);
	do {
		magic = tdc_core_read(tdc, TDC_MAGIC);
		if (magic == TDC_MAGIC_VALUE)
			return 0;
		usleep_range(1000, 1100);
	} while (--tries);
	if (spec_fmc_check(tdc->fmc))
		return -ENODEV;
	if (magic != ~0U) {
		dev_err(tdc->dev, "no TDC core here (reads 0x%08x)\n", magic);
		return -ENODEV;
	}
	dev_err(tdc->dev, "the core does not answer: the mezzanine's PLL has not locked\n");
	return -ETIMEDOUT;
}

static int check_mode(struct tdc *tdc)
{
	u32 stat = tdc_core_read(tdc, TDC_STAT);

	if (stat & TDC_STAT_DMA)
		return 0;
	dev_err(tdc->dev, "this gateware does not write timestamps to the DDR (STAT 0x%x)\n", stat);
	return -ENODEV;
}

static void start_engine(struct tdc *tdc, enum tdc_engine state)
{
	tdc_core_write(tdc, TDC_CTRL, TDC_CTRL_EN_ACQ);
	tdc_set_engine(tdc, state);
	mod_delayed_work(compat_system_wq, &tdc->engine_work, msecs_to_jiffies(START_MS));
}

static int bring_up(struct tdc *tdc)
{
	unsigned int i;
	int ret;

	tdc_keep_time(tdc);
	ret = spec_fmc_reset(tdc->fmc);
	if (ret)
		return ret;
	tdc_begin_second(tdc);
	ret = wait_answer(tdc);
	if (ret)
		return ret;
	ret = check_mode(tdc);
	if (ret)
		return ret;
	ret = tdc_acam_bring_up(tdc);
	if (ret)
		return ret;

	tdc_core_write(tdc, TDC_WR_CTRL, tdc->white_rabbit ? TDC_WR_CTRL_ENABLE : 0);
	tdc_reload_time(tdc);
	tdc_core_write(tdc, TDC_TEST0, 0);
	for (i = 0; i < TDC_CHANNELS; i++) {
		tdc_write(tdc, TDC_CHANNEL(i) + CHANNEL_CSR, CHANNEL_CSR_RST_SEQ);
		tdc_write_offset(&tdc->channel[i]);
	}
	tdc_update_inputs(tdc, ~0, TDC_INPUT_BUFFERS | tdc->terminations);
	start_engine(tdc, TDC_ENGINE_STARTING);
	return 0;
}

/* Nothing will come before a restart, and who waits for it is told */
static void stop_for_good(struct tdc *tdc)
{
	tdc_set_engine(tdc, TDC_ENGINE_FAILED);
	tdc_channels_fail(tdc);
}

/**
 * tdc_bring_up() - reset the board and set everything up, also what it did before
 * @tdc: in any state
 *
 * The engine then needs three seconds more until it sees pulses. Seconds go on as well as can be,
 * channels in use as well; their samples say that something is missing.
 */
int tdc_bring_up(struct tdc *tdc)
{
	int ret;

	lockdep_assert_held(&tdc->lock);
	ret = bring_up(tdc);
	if (ret) {
		stop_for_good(tdc);
		return ret;
	}
	/* A mezzanine can be pulled, and White Rabbit change, also while nobody captures */
	mod_delayed_work(compat_system_wq, &tdc->watch, 0);
	tdc_channels_continue(tdc);
	return 0;
}

/**
 * tdc_restart() - stop and start the engine, for when it hangs: no register would tell
 * @tdc: not gone
 *
 * It must be given time to become active before it is told to stop. That takes six seconds
 * altogether; the clock goes on meanwhile.
 */
int tdc_restart(struct tdc *tdc)
{
	lockdep_assert_held(&tdc->lock);
	if (tdc->engine == TDC_ENGINE_GONE)
		return -ENODEV;
	if (tdc->engine == TDC_ENGINE_FAILED)
		return tdc_bring_up(tdc);
	if (tdc->engine != TDC_ENGINE_ACTIVE)
		return -EBUSY;
	start_engine(tdc, TDC_ENGINE_RESTARTING);
	return 0;
}

static void engine_step(struct tdc *tdc)
{
	lockdep_assert_held(&tdc->lock);
	switch (tdc->engine) {
	case TDC_ENGINE_RESTARTING:
		tdc_core_write(tdc, TDC_CTRL, TDC_CTRL_DIS_ACQ);
		usleep_range(1000, 1100);
		start_engine(tdc, TDC_ENGINE_STARTING);
		break;
	case TDC_ENGINE_STARTING:
		tdc_set_engine(tdc, TDC_ENGINE_ACTIVE);
		break;
	default:
		break;
	}
}

/**
 * tdc_engine_step() - START_MS after EN_ACQ
 * @work: of the board
 */
void tdc_engine_step(struct work_struct *work)
{
	struct tdc *tdc = container_of(to_delayed_work(work), struct tdc, engine_work);

	guard(mutex)(&tdc->lock);
	engine_step(tdc);
}

/**
 * tdc_recover() - after transfers failed in a row: reset the board and go on; give up if that did
 * not help
 * @work: of the board
 */
void tdc_recover(struct work_struct *work)
{
	struct tdc *tdc = container_of(work, struct tdc, recovery);

	guard(mutex)(&tdc->lock);
	if (tdc->engine == TDC_ENGINE_GONE || tdc->engine == TDC_ENGINE_SUSPENDED)
		return;
	tdc_stop_all(tdc);
	if (tdc->recoveries++ < RECOVERIES) {
		dev_warn(tdc->dev, "resetting the board after DMA failures\n");
		if (tdc_bring_up(tdc))
			dev_err(tdc->dev, "the board does not come up again\n");
	} else {
		dev_err(tdc->dev, "the DMA keeps failing: stopped\n");
		stop_for_good(tdc);
	}
}
