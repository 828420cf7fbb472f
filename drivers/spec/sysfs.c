// SPDX-License-Identifier: GPL-2.0
/*
 * Attributes of the carrier, see Documentation/ABI/testing/sysfs-driver-spec.
 */
#include <linux/bitfield.h>
#include <linux/ctype.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "carrier.h"

static ssize_t firmware_name_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct spec *spec = dev_get_drvdata(dev);

	guard(mutex)(&spec->lock);
	return sysfs_emit(buf, "%s\n", spec->firmware);
}

static ssize_t firmware_name_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	struct spec *spec = dev_get_drvdata(dev);
	char name[sizeof(spec->firmware)];
	int ret;

	if (strscpy(name, buf, sizeof(name)) < 0)
		return -ENAMETOOLONG;
	strim(name);
	if (!name[0])
		return -EINVAL;
	guard(mutex)(&spec->lock);
	ret = spec_fpga_load(spec, name);
	return ret ?: count;
}
static DEVICE_ATTR_RW(firmware_name);

static ssize_t fpga_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	static const char *const names[] = {
		[SPEC_FPGA_EMPTY] = "empty",
		[SPEC_FPGA_UNUSABLE] = "unusable",
		[SPEC_FPGA_LOST] = "unusable",
		[SPEC_FPGA_RUNNING] = "running",
	};
	struct spec *spec = dev_get_drvdata(dev);

	guard(mutex)(&spec->lock);
	return sysfs_emit(buf, "%s\n", names[spec->fpga]);
}
static DEVICE_ATTR_RO(fpga);

static ssize_t gateware_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct spec *spec = dev_get_drvdata(dev);
	u32 version;

	guard(mutex)(&spec->lock);
	if (spec->fpga != SPEC_FPGA_RUNNING)
		return -ENODATA;
	version = spec_read(spec, SPEC_META_VERSION);
	return sysfs_emit(buf, "%lu.%lu.%lu\n", FIELD_GET(SPEC_META_VERSION_MAJOR, version),
			  FIELD_GET(SPEC_META_VERSION_MINOR, version),
			  FIELD_GET(SPEC_META_VERSION_PATCH, version));
}
static DEVICE_ATTR_RO(gateware);

static ssize_t build_info_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct spec *spec = dev_get_drvdata(dev);
	unsigned int i;
	u32 word = 0;

	guard(mutex)(&spec->lock);
	if (spec->fpga != SPEC_FPGA_RUNNING)
		return -ENODATA;
	for (i = 0; i < SPEC_BUILD_INFO_SIZE; i++) {
		char c;

		if (i % 4 == 0)
			word = spec_read(spec, SPEC_BUILD_INFO + i);
		c = word >> 8 * (i % 4);
		if (!c)
			break;
		buf[i] = isprint(c) || c == '\n' ? c : '?';
	}
	while (i && isspace(buf[i - 1]))
		i--;
	buf[i++] = '\n';
	return i;
}
static DEVICE_ATTR_RO(build_info);

static ssize_t pcb_rev_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct spec *spec = dev_get_drvdata(dev);

	guard(mutex)(&spec->lock);
	if (spec->fpga != SPEC_FPGA_RUNNING)
		return -ENODATA;
	return sysfs_emit(buf, "%lu\n", spec_read(spec, SPEC_PCB_REV) & SPEC_PCB_REV_MASK);
}
static DEVICE_ATTR_RO(pcb_rev);

static ssize_t irqs_unexpected_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct spec *spec = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%lu\n", READ_ONCE(spec->vic.unexpected));
}
static DEVICE_ATTR_RO(irqs_unexpected);

static ssize_t dma_errors_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct spec *spec = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%lu\n", READ_ONCE(spec->dma.errors));
}
static DEVICE_ATTR_RO(dma_errors);

static ssize_t dma_irqs_lost_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct spec *spec = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%lu\n", READ_ONCE(spec->dma.irqs_lost));
}
static DEVICE_ATTR_RO(dma_irqs_lost);

static struct attribute *spec_attrs[] = {
	&dev_attr_firmware_name.attr,
	&dev_attr_fpga.attr,
	&dev_attr_gateware.attr,
	&dev_attr_build_info.attr,
	&dev_attr_pcb_rev.attr,
	&dev_attr_irqs_unexpected.attr,
	&dev_attr_dma_errors.attr,
	&dev_attr_dma_irqs_lost.attr,
	NULL
};

static const struct attribute_group spec_group = {
	.attrs = spec_attrs,
};

const struct attribute_group *spec_groups[] = {
	&spec_group,
	NULL
};
