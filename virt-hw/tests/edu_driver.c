// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for QEMU's educational device (docs/specs/edu.rst there), as small as it can be: writing
 * a number to its device's "factorial" computes, an interrupt says when, and reading gives the
 * result. With MSI, unless the module is told otherwise.
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

#define EDU_LIVENESS		0x04
#define EDU_FACTORIAL		0x08
#define EDU_STATUS		0x20
#define   EDU_STATUS_INTERRUPT	0x80
#define EDU_IRQ_STATUS		0x24
#define EDU_IRQ_ACK		0x64

static bool msi = true;
module_param(msi, bool, 0444);
MODULE_PARM_DESC(msi, "interrupts by message (default on)");

struct edu {
	void __iomem *regs;
	struct completion done;
	u32 result;
};

static irqreturn_t handler(int irq, void *data)
{
	struct edu *edu = data;
	u32 status = readl(edu->regs + EDU_IRQ_STATUS);

	if (!status || status == ~0u)
		return IRQ_NONE;
	writel(status, edu->regs + EDU_IRQ_ACK);
	complete(&edu->done);
	return IRQ_HANDLED;
}

static ssize_t factorial_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct edu *edu = dev_get_drvdata(dev);

	return sysfs_emit(page, "%u\n", edu->result);
}

static ssize_t factorial_store(struct device *dev, struct device_attribute *attr,
			       const char *page, size_t count)
{
	struct edu *edu = dev_get_drvdata(dev);
	u32 number;
	int err = kstrtou32(page, 0, &number);

	if (err)
		return err;
	reinit_completion(&edu->done);
	writel(EDU_STATUS_INTERRUPT, edu->regs + EDU_STATUS);
	writel(number, edu->regs + EDU_FACTORIAL);
	if (!wait_for_completion_timeout(&edu->done, 5 * HZ))
		return -ETIMEDOUT;
	edu->result = readl(edu->regs + EDU_FACTORIAL);
	return count;
}
static DEVICE_ATTR_RW(factorial);

static struct attribute *edu_attrs[] = {
	&dev_attr_factorial.attr,
	NULL,
};
ATTRIBUTE_GROUPS(edu);

static void free_vectors(void *pdev)
{
	pci_free_irq_vectors(pdev);
}

static int edu_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct edu *edu = devm_kzalloc(&pdev->dev, sizeof(*edu), GFP_KERNEL);
	int err;

	if (!edu)
		return -ENOMEM;
	err = pcim_enable_device(pdev) ?: pcim_iomap_regions(pdev, BIT(0), "edu");
	if (err)
		return err;
	edu->regs = pcim_iomap_table(pdev)[0];
	init_completion(&edu->done);
	pci_set_drvdata(pdev, edu);
	pci_set_master(pdev);
	writel(0x12345678, edu->regs + EDU_LIVENESS);
	if (readl(edu->regs + EDU_LIVENESS) != ~0x12345678u)
		return -ENODEV;
	err = pci_alloc_irq_vectors(pdev, 1, 1, msi ? PCI_IRQ_MSI : PCI_IRQ_INTX);
	if (err < 0)
		return err;
	err = devm_add_action_or_reset(&pdev->dev, free_vectors, pdev);
	if (err)
		return err;
	return devm_request_irq(&pdev->dev, pci_irq_vector(pdev, 0), handler, IRQF_SHARED, "edu",
				edu);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1234, 0x11e8) },
	{}
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver edu_driver = {
	.name = "vhw-edu-driver",
	.id_table = ids,
	.probe = edu_probe,
	.dev_groups = edu_groups,
};
module_pci_driver(edu_driver);

MODULE_DESCRIPTION("Driver for QEMU's educational device, for tests");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
