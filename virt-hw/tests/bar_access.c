// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for whatever PCI device it is told to bind: user space reads and writes its registers,
 * as no good driver would.
 *
 * Writing "BAR OFFSET BYTES" to the device's "access" reads so many bytes there (1, 2 or 4), and
 * reading "access" gives what came. "BAR OFFSET BYTES VALUE" writes. "xTIMES" before that does it
 * so often. Whoever reads "pops" reads the register that was accessed last, as often as fits, and
 * gets what came; several may at once.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

/**
 * struct bar_access - of a device
 * @last: what was read last
 * @bar: where
 * @offset: likewise
 * @size: likewise; 0 when nothing was accessed yet
 */
struct bar_access {
	u32 last;
	unsigned int bar;
	u32 offset;
	unsigned int size;
};

static u32 access_read(void __iomem *at, unsigned int size)
{
	switch (size) {
	case 1:
		return ioread8(at);
	case 2:
		return ioread16(at);
	default:
		return ioread32(at);
	}
}

static void access_write(void __iomem *at, unsigned int size, u32 value)
{
	switch (size) {
	case 1:
		iowrite8(value, at);
		break;
	case 2:
		iowrite16(value, at);
		break;
	default:
		iowrite32(value, at);
	}
}

static bool access_fits(struct pci_dev *pdev, unsigned int bar, u32 offset, unsigned int size)
{
	return bar < PCI_STD_NUM_BARS && pci_resource_flags(pdev, bar) & IORESOURCE_MEM &&
	       (size == 1 || size == 2 || size == 4) &&
	       (u64)offset + size <= pci_resource_len(pdev, bar);
}

static ssize_t access_store(struct device *dev, struct device_attribute *attr, const char *buf,
			    size_t count)
{
	struct pci_dev *pdev = to_pci_dev(dev);
	struct bar_access *access = dev_get_drvdata(dev);
	unsigned int bar, size, found, times = 1;
	u32 offset, value;
	void __iomem *at;

	if (sscanf(buf, "x%u", &times) == 1)
		buf = strchr(buf, ' ') ?: buf;
	found = sscanf(buf, " %u %i %u %i", &bar, &offset, &size, &value);
	if (found < 3 || !access_fits(pdev, bar, offset, size))
		return -EINVAL;
	at = ioremap(pci_resource_start(pdev, bar) + offset, size);
	if (!at)
		return -ENOMEM;
	access->bar = bar;
	access->offset = offset;
	access->size = size;
	for (; times; times--) {
		if (found == 4)
			access_write(at, size, value);
		else
			access->last = access_read(at, size);
	}
	iounmap(at);
	return count;
}

static ssize_t access_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct bar_access *access = dev_get_drvdata(dev);

	return sysfs_emit(buf, "0x%x\n", access->last);
}
static DEVICE_ATTR_RW(access);

static ssize_t pops_read(struct file *file, struct kobject *kobj, compat_bin_attribute *attr,
			 char *buf, loff_t from, size_t count)
{
	struct pci_dev *pdev = to_pci_dev(kobj_to_dev(kobj));
	struct bar_access *access = pci_get_drvdata(pdev);
	unsigned int size = access->size;
	size_t done = 0;
	void __iomem *at;

	if (!size)
		return -ENODATA;
	at = ioremap(pci_resource_start(pdev, access->bar) + access->offset, size);
	if (!at)
		return -ENOMEM;
	for (; done + size <= count; done += size) {
		u32 value = access_read(at, size);

		memcpy(buf + done, &value, size);
	}
	iounmap(at);
	return done;
}
static BIN_ATTR_RO(pops, 0);

static struct attribute *bar_access_attrs[] = {
	&dev_attr_access.attr,
	NULL,
};

static compat_bin_attribute_listed bar_access_bin_attrs[] = {
	&bin_attr_pops,
	NULL,
};

static const struct attribute_group bar_access_group = {
	.attrs = bar_access_attrs,
	.bin_attrs = bar_access_bin_attrs,
};
__ATTRIBUTE_GROUPS(bar_access);

static int bar_access_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct bar_access *access = devm_kzalloc(&pdev->dev, sizeof(*access), GFP_KERNEL);

	if (!access)
		return -ENOMEM;
	pci_set_drvdata(pdev, access);
	return pcim_enable_device(pdev);
}

/* No ids: it is for whoever asks for it, by driver_override */
static struct pci_driver bar_access_driver = {
	.name = "vhw-bar-access",
	.probe = bar_access_probe,
	.dev_groups = bar_access_groups,
};
module_pci_driver(bar_access_driver);

MODULE_DESCRIPTION("Registers of a PCI device for user space, for tests");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
