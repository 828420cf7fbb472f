// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for whatever PCI device it is told to bind: user space reads and writes its registers,
 * as no good driver would.
 *
 * Writing "BAR OFFSET BYTES" to the device's "access" reads so many bytes there (1, 2 or 4), and
 * reading "access" gives what came. "BAR OFFSET BYTES VALUE" writes. "xTIMES" before that does it
 * so often.
 */
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

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
	u32 *last = dev_get_drvdata(dev);
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
	for (; times; times--) {
		if (found == 4)
			access_write(at, size, value);
		else
			*last = access_read(at, size);
	}
	iounmap(at);
	return count;
}

static ssize_t access_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	u32 *last = dev_get_drvdata(dev);

	return sysfs_emit(buf, "0x%x\n", *last);
}
static DEVICE_ATTR_RW(access);

static struct attribute *bar_access_attrs[] = {
	&dev_attr_access.attr,
	NULL,
};
ATTRIBUTE_GROUPS(bar_access);

static int bar_access_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	u32 *last = devm_kzalloc(&pdev->dev, sizeof(*last), GFP_KERNEL);

	if (!last)
		return -ENOMEM;
	pci_set_drvdata(pdev, last);
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
