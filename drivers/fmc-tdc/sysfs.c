// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the board, see Documentation/ABI/testing/sysfs-bus-iio-fmc-tdc.
 */
#include <linux/bitfield.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "../spec/spec_regs.h"
#include "tdc.h"

static ssize_t time_seconds_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);
	u32 seconds;
	int ret;

	guard(mutex)(&tdc->lock);
	ret = tdc_get_seconds(tdc, &seconds);
	return ret ?: sysfs_emit(buf, "%u\n", seconds);
}

static ssize_t time_seconds_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct tdc *tdc = dev_get_drvdata(dev);
	u32 seconds;
	int ret;

	ret = kstrtou32(buf, 10, &seconds);
	if (ret)
		return ret;
	guard(mutex)(&tdc->lock);
	ret = tdc_set_seconds(tdc, seconds);
	return ret ?: count;
}
static DEVICE_ATTR_RW(time_seconds);

static ssize_t set_host_time_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	struct tdc *tdc = dev_get_drvdata(dev);
	bool set;
	int ret;

	ret = kstrtobool(buf, &set);
	if (ret)
		return ret;
	if (!set)
		return -EINVAL;
	guard(mutex)(&tdc->lock);
	ret = tdc_set_host_time(tdc);
	return ret ?: count;
}
static DEVICE_ATTR_WO(set_host_time);

static const char *const time_sources[] = { "local", "wr" };

static ssize_t time_source_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);

	guard(mutex)(&tdc->lock);
	return sysfs_emit(buf, "%s\n", time_sources[tdc->white_rabbit]);
}

static ssize_t time_source_store(struct device *dev, struct device_attribute *attr, const char *buf,
				 size_t count)
{
	struct tdc *tdc = dev_get_drvdata(dev);
	int source, ret;

	source = sysfs_match_string(time_sources, buf);
	if (source < 0)
		return source;
	guard(mutex)(&tdc->lock);
	ret = tdc_set_white_rabbit(tdc, source);
	if (ret)
		return ret;
	/* What was taken before is not to be mixed with what comes */
	tdc_serve_all(tdc);
	return count;
}
static DEVICE_ATTR_RW(time_source);

static ssize_t time_source_available_show(struct device *dev, struct device_attribute *attr,
					  char *buf)
{
	return sysfs_emit(buf, "%s %s\n", time_sources[0], time_sources[1]);
}
static DEVICE_ATTR_RO(time_source_available);

static ssize_t wr_status_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);

	guard(mutex)(&tdc->lock);
	if (tdc_asleep(tdc))
		return -EBUSY;
	return sysfs_emit(buf, "%s\n", tdc_wr_state(tdc_core_read(tdc, TDC_WR_STATUS)));
}
static DEVICE_ATTR_RO(wr_status);

static ssize_t engine_state_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", tdc_engine_name(READ_ONCE(tdc->engine)));
}

static ssize_t engine_state_store(struct device *dev, struct device_attribute *attr,
				  const char *buf, size_t count)
{
	struct tdc *tdc = dev_get_drvdata(dev);
	int ret;

	if (!sysfs_streq(buf, "restart"))
		return -EINVAL;
	guard(mutex)(&tdc->lock);
	ret = tdc_restart(tdc);
	return ret ?: count;
}
static DEVICE_ATTR_RW(engine_state);

static ssize_t calibration_source_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char *const names[] = {
		[TDC_CALIBRATION_DEFAULT] = "default",
		[TDC_CALIBRATION_EEPROM] = "eeprom",
		[TDC_CALIBRATION_EEPROM_OLD] = "eeprom-old",
		[TDC_CALIBRATION_USER] = "user",
	};
	struct tdc *tdc = dev_get_drvdata(dev);

	guard(mutex)(&tdc->lock);
	return sysfs_emit(buf, "%s\n", names[tdc->calibration.source]);
}
static DEVICE_ATTR_RO(calibration_source);

static ssize_t serial_id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);
	u32 csr;

	guard(mutex)(&tdc->lock);
	if (tdc_asleep(tdc))
		return -EBUSY;
	csr = tdc_read(tdc, TDC_ONEWIRE + ONEWIRE_CSR);
	if (csr == ~0U)
		return -ENODEV;
	if (!(csr & ONEWIRE_CSR_VALID))
		return -ENODATA;
	return sysfs_emit(buf, "%08x%08x\n", tdc_read(tdc, TDC_ONEWIRE + ONEWIRE_ID_HIGH),
			  tdc_read(tdc, TDC_ONEWIRE + ONEWIRE_ID_LOW));
}
static DEVICE_ATTR_RO(serial_id);

static ssize_t serial_number_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%s\n", tdc->fru.serial);
}
static DEVICE_ATTR_RO(serial_number);

static ssize_t gateware_version_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);
	u32 version = tdc->fmc->version;

	return sysfs_emit(buf, "%lu.%lu.%lu\n", FIELD_GET(SPEC_META_VERSION_MAJOR, version),
			  FIELD_GET(SPEC_META_VERSION_MINOR, version),
			  FIELD_GET(SPEC_META_VERSION_PATCH, version));
}
static DEVICE_ATTR_RO(gateware_version);

static ssize_t irqs_lost_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%lu\n", READ_ONCE(tdc->irqs_lost));
}
static DEVICE_ATTR_RO(irqs_lost);

static ssize_t irqs_spurious_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct tdc *tdc = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%lu\n", READ_ONCE(tdc->irqs_spurious));
}
static DEVICE_ATTR_RO(irqs_spurious);

static ssize_t calibration_read(struct file *file, struct kobject *kobj, compat_bin_attribute *attr,
				char *buf, loff_t offset, size_t count)
{
	struct tdc *tdc = dev_get_drvdata(kobj_to_dev(kobj));
	struct tdc_calibration_record record;

	scoped_guard(mutex, &tdc->lock)
		tdc_calibration_encode(&tdc->calibration, &record);
	return memory_read_from_buffer(buf, count, &offset, &record, sizeof(record));
}

static ssize_t calibration_write(struct file *file, struct kobject *kobj,
				 compat_bin_attribute *attr, char *buf, loff_t offset, size_t count)
{
	struct tdc *tdc = dev_get_drvdata(kobj_to_dev(kobj));
	struct tdc_calibration calibration;
	unsigned int i;
	int ret;

	if (offset || count != sizeof(struct tdc_calibration_record))
		return -EINVAL;
	ret = tdc_calibration_decode((const struct tdc_calibration_record *)buf, TDC_WR_OFFSET_YEAR,
				     &calibration);
	if (ret)
		return ret;
	calibration.source = TDC_CALIBRATION_USER;
	guard(mutex)(&tdc->lock);
	tdc->calibration = calibration;
	for (i = 0; i < TDC_CHANNELS && !tdc_asleep(tdc); i++)
		tdc_write_offset(&tdc->channel[i]);
	return count;
}
static BIN_ATTR_RW(calibration, sizeof(struct tdc_calibration_record));

static struct attribute *tdc_attrs[] = {
	&dev_attr_time_seconds.attr,
	&dev_attr_set_host_time.attr,
	&dev_attr_time_source.attr,
	&dev_attr_time_source_available.attr,
	&dev_attr_wr_status.attr,
	&dev_attr_engine_state.attr,
	&dev_attr_calibration_source.attr,
	&dev_attr_serial_id.attr,
	&dev_attr_serial_number.attr,
	&dev_attr_gateware_version.attr,
	&dev_attr_irqs_lost.attr,
	&dev_attr_irqs_spurious.attr,
	NULL
};

static compat_bin_attribute_listed tdc_bin_attrs[] = {
	&bin_attr_calibration,
	NULL
};

static const struct attribute_group tdc_group = {
	.attrs = tdc_attrs,
	.bin_attrs = tdc_bin_attrs,
};

const struct attribute_group *tdc_groups[] = {
	&tdc_group,
	NULL
};
