// SPDX-License-Identifier: GPL-2.0
/*
 * FMC TDC 1ns 5cha: a mezzanine that timestamps pulses on five inputs, on a SPEC carrier.
 */
#include <linux/module.h>

#include "tdc.h"

static unsigned int buffer_records = TDC_BUFFER_RECORDS;
module_param(buffer_records, uint, 0444);
MODULE_PARM_DESC(buffer_records, "Debug: timestamps a buffer on the card holds (default and limit: 524288)");

static void tdc_stop_work(void *data)
{
	struct tdc *tdc = data;

	cancel_work_sync(&tdc->recovery);
	cancel_delayed_work_sync(&tdc->engine_work);
	cancel_delayed_work_sync(&tdc->watch);
}

/* Stopping the engine early harms it; a reset leaves nothing running, and no interrupt enabled */
static void tdc_quiet(void *data)
{
	struct tdc *tdc = data;

	tdc_write(tdc, TDC_EIC + EIC_IDR, EIC_ALL);
	spec_fmc_reset(tdc->fmc);
}

static void tdc_init_channels(struct tdc *tdc)
{
	unsigned int i;

	for (i = 0; i < TDC_CHANNELS; i++) {
		struct tdc_channel *channel = &tdc->channel[i];

		channel->tdc = tdc;
		channel->index = i;
		channel->timeout_ms = TDC_TIMEOUT_DEFAULT_MS;
		channel->stream.channel = i;
	}
}

static int tdc_probe(struct auxiliary_device *adev, const struct auxiliary_device_id *id)
{
	struct device *dev = &adev->dev;
	struct tdc *tdc;
	int ret;

	tdc = devm_kzalloc(dev, sizeof(*tdc), GFP_KERNEL);
	if (!tdc)
		return -ENOMEM;
	tdc->fmc = to_spec_fmc(adev);
	tdc->dev = dev;
	tdc->window = tdc->fmc->wishbone + TDC_WINDOW;
	tdc->buffer_records = clamp_t(u32, buffer_records, TDC_BURST, TDC_BUFFER_RECORDS);
	mutex_init(&tdc->lock);
	mutex_init(&tdc->input_lock);
	mutex_init(&tdc->capture);
	INIT_DELAYED_WORK(&tdc->engine_work, tdc_engine_step);
	INIT_WORK(&tdc->recovery, tdc_recover);
	tdc_init_channels(tdc);
	tdc_init_time(tdc);
	dev_set_drvdata(dev, tdc);

	ret = tdc_identify(tdc);
	if (ret)
		return ret;
	ret = tdc_capture_alloc(tdc);
	if (ret)
		return ret;
	ret = devm_add_action_or_reset(dev, tdc_quiet, tdc);
	if (ret)
		return ret;
	ret = tdc_capture_init(tdc);
	if (ret)
		return ret;
	ret = devm_add_action_or_reset(dev, tdc_stop_work, tdc);
	if (ret)
		return ret;
	scoped_guard(mutex, &tdc->lock)
		ret = tdc_bring_up(tdc);
	if (ret)
		return ret;
	ret = tdc_iio_init(tdc);
	if (ret)
		return ret;
	return tdc_hwmon_init(tdc);
}

static int tdc_suspend(struct device *dev)
{
	struct tdc *tdc = dev_get_drvdata(dev);

	scoped_guard(mutex, &tdc->lock) {
		tdc_stop_all(tdc);
		tdc_keep_time(tdc);
		tdc_quiet(tdc);
		if (tdc->engine != TDC_ENGINE_GONE)
			tdc_set_engine(tdc, TDC_ENGINE_SUSPENDED);
	}
	/* What still runs of these finds the state and does nothing */
	tdc_stop_work(tdc);
	return 0;
}

/* The board may have lost power: everything anew, and channels go on that were running */
static int tdc_resume(struct device *dev)
{
	struct tdc *tdc = dev_get_drvdata(dev);

	guard(mutex)(&tdc->lock);
	return tdc_bring_up(tdc);
}

static DEFINE_SIMPLE_DEV_PM_OPS(tdc_pm_ops, tdc_suspend, tdc_resume);

static const struct auxiliary_device_id tdc_ids[] = {
	{ .name = "spec.fmc-tdc" },
	{}
};
MODULE_DEVICE_TABLE(auxiliary, tdc_ids);

static struct auxiliary_driver tdc_driver = {
	.name = "fmc-tdc",
	.id_table = tdc_ids,
	.probe = tdc_probe,
	.driver.dev_groups = tdc_groups,
	.driver.pm = pm_sleep_ptr(&tdc_pm_ops),
};

module_auxiliary_driver(tdc_driver);

MODULE_DESCRIPTION("CERN FMC TDC 1ns 5cha");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
