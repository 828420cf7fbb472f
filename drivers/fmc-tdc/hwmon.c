// SPDX-License-Identifier: GPL-2.0
/*
 * The mezzanine's thermometer, which the gateware reads once a second.
 */
#include <linux/hwmon.h>

#include "tdc.h"

#define TEMP_MIN	(-25000)
#define TEMP_MAX	60000
#define TEMP_CRIT	65000

static int read_temperature(struct tdc *tdc, long *value)
{
	u32 csr, raw;

	guard(mutex)(&tdc->lock);
	if (tdc_asleep(tdc))
		return -EBUSY;
	csr = tdc_read(tdc, TDC_ONEWIRE + ONEWIRE_CSR);
	raw = tdc_read(tdc, TDC_ONEWIRE + ONEWIRE_TEMP) & ONEWIRE_TEMP_MASK;
	if (csr == ~0U)
		return -ENODEV;
	if (!(csr & ONEWIRE_CSR_VALID) || raw == ONEWIRE_TEMP_POWER_ON)
		return -ENODATA;
	/* Before the first conversion */
	if (!raw && tdc->engine != TDC_ENGINE_ACTIVE)
		return -ENODATA;
	*value = (s16)raw * 1000 / 16;
	return 0;
}

static umode_t tdc_hwmon_is_visible(const void *data, enum hwmon_sensor_types type, u32 attr,
				    int channel)
{
	return 0444;
}

static int tdc_hwmon_read(struct device *dev, enum hwmon_sensor_types type, u32 attr, int channel,
			  long *value)
{
	switch (attr) {
	case hwmon_temp_input:
		return read_temperature(dev_get_drvdata(dev), value);
	case hwmon_temp_min:
		*value = TEMP_MIN;
		return 0;
	case hwmon_temp_max:
		*value = TEMP_MAX;
		return 0;
	case hwmon_temp_crit:
		*value = TEMP_CRIT;
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

static int tdc_hwmon_read_string(struct device *dev, enum hwmon_sensor_types type, u32 attr,
				 int channel, const char **string)
{
	*string = "mezzanine";
	return 0;
}

static const struct hwmon_ops tdc_hwmon_ops = {
	.is_visible = tdc_hwmon_is_visible,
	.read = tdc_hwmon_read,
	.read_string = tdc_hwmon_read_string,
};

static const struct hwmon_channel_info tdc_hwmon_temp = {
	.type = hwmon_temp,
	.config = (const u32[]) {
		HWMON_T_INPUT | HWMON_T_MIN | HWMON_T_MAX | HWMON_T_CRIT | HWMON_T_LABEL,
		0
	},
};

static const struct hwmon_channel_info *tdc_hwmon_channels[] = { &tdc_hwmon_temp, NULL };

static const struct hwmon_chip_info tdc_hwmon_chip = {
	.ops = &tdc_hwmon_ops,
	.info = tdc_hwmon_channels,
};

/**
 * tdc_hwmon_init() - show the temperature
 * @tdc: answering
 */
int tdc_hwmon_init(struct tdc *tdc)
{
	return PTR_ERR_OR_ZERO(devm_hwmon_device_register_with_info(tdc->dev, "fmc_tdc", tdc,
								    &tdc_hwmon_chip, NULL));
}
