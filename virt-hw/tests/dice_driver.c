// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the dice, as small as it can be: reading its device's "throw" throws them.
 */
#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>

struct dice {
	void __iomem *regs;
	struct completion done;
};

static irqreturn_t handler(int irq, void *data)
{
	struct dice *dice = data;
	u32 status = readl(dice->regs + 8);

	if (!(status & 1) || status == ~0u)
		return IRQ_NONE;
	writel(status, dice->regs + 8);
	complete(&dice->done);
	return IRQ_HANDLED;
}

static ssize_t throw_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct dice *dice = dev_get_drvdata(dev);

	reinit_completion(&dice->done);
	writel(500, dice->regs);
	if (!wait_for_completion_timeout(&dice->done, HZ / 2))
		return -ETIMEDOUT;
	return sysfs_emit(page, "%u\n", readl(dice->regs + 4));
}
static DEVICE_ATTR_RO(throw);

static struct attribute *dice_attrs[] = {
	&dev_attr_throw.attr,
	NULL,
};
ATTRIBUTE_GROUPS(dice);

static int dice_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct dice *dice = devm_kzalloc(&pdev->dev, sizeof(*dice), GFP_KERNEL);
	int err;

	if (!dice)
		return -ENOMEM;
	err = pcim_enable_device(pdev);
	if (err)
		return err;
	err = pcim_iomap_regions(pdev, BIT(0), "dice");
	if (err)
		return err;
	dice->regs = pcim_iomap_table(pdev)[0];
	init_completion(&dice->done);
	pci_set_drvdata(pdev, dice);
	return devm_request_irq(&pdev->dev, pdev->irq, handler, IRQF_SHARED, "dice", dice);
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(0x1af4, 0x6d1c) },
	{}
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver dice_driver = {
	.name = "dice",
	.id_table = ids,
	.probe = dice_probe,
	.dev_groups = dice_groups,
};
module_pci_driver(dice_driver);

MODULE_DESCRIPTION("Driver for the dice");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
