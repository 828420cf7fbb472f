// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the adder, as small as it can be: numbers written to its device's "sum" are added
 * up, and reading it gives the sum.
 */
#include <linux/completion.h>
#include <linux/io.h>
#include <linux/ipack.h>
#include <linux/module.h>
#include <linux/slab.h>

#define START		0x0
#define SUM		0x2
#define STATUS		0x4
#define WORDS		512

struct adder {
	void __iomem *io;
	void __iomem *memory;
	struct completion done;
	u16 sum;
};

/* The IndustryPack bus is big-endian */
static irqreturn_t handler(void *data)
{
	struct adder *adder = data;
	u16 status = ioread16be(adder->io + STATUS);

	if (!(status & 1) || status == 0xffff)
		return IRQ_NONE;
	iowrite16be(status, adder->io + STATUS);
	complete(&adder->done);
	return IRQ_HANDLED;
}

static ssize_t sum_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct adder *adder = dev_get_drvdata(dev);

	return sysfs_emit(page, "%u\n", adder->sum);
}

static ssize_t sum_store(struct device *dev, struct device_attribute *attr, const char *page,
			 size_t length)
{
	struct adder *adder = dev_get_drvdata(dev);
	unsigned int count = 0;
	u16 number;
	int used;

	for (; sscanf(page, "%hu%n", &number, &used) == 1 && count < WORDS; page += used)
		iowrite16be(number, adder->memory + 2 * count++);
	reinit_completion(&adder->done);
	iowrite16be(count, adder->io + START);
	if (!wait_for_completion_timeout(&adder->done, HZ / 2))
		return -ETIMEDOUT;
	adder->sum = ioread16be(adder->io + SUM);
	return length;
}
static DEVICE_ATTR_RW(sum);

static struct attribute *adder_attrs[] = { &dev_attr_sum.attr, NULL };
ATTRIBUTE_GROUPS(adder);

static void __iomem *map(struct ipack_device *dev, enum ipack_space space)
{
	return devm_ioremap(&dev->dev, dev->region[space].start, dev->region[space].size);
}

static int adder_probe(struct ipack_device *dev)
{
	struct adder *adder = devm_kzalloc(&dev->dev, sizeof(*adder), GFP_KERNEL);

	if (!adder)
		return -ENOMEM;
	adder->io = map(dev, IPACK_IO_SPACE);
	adder->memory = map(dev, IPACK_MEM16_SPACE);
	if (!adder->io || !adder->memory)
		return -ENOMEM;
	init_completion(&adder->done);
	dev_set_drvdata(&dev->dev, adder);
	return dev->bus->ops->request_irq(dev, handler, adder);
}

static void adder_remove(struct ipack_device *dev)
{
	dev->bus->ops->free_irq(dev);
}

static const struct ipack_device_id ids[] = {
	{ IPACK_DEVICE(IPACK_ID_VERSION_1, 0x05, 0xad) },
	{}
};
MODULE_DEVICE_TABLE(ipack, ids);

static const struct ipack_driver_ops ops = { .probe = adder_probe, .remove = adder_remove };

static struct ipack_driver adder_driver = {
	.driver = { .dev_groups = adder_groups },
	.id_table = ids,
	.ops = &ops,
};

static int __init adder_init(void)
{
	return ipack_driver_register(&adder_driver, THIS_MODULE, KBUILD_MODNAME);
}
module_init(adder_init);

static void __exit adder_exit(void)
{
	ipack_driver_unregister(&adder_driver);
}
module_exit(adder_exit);

MODULE_DESCRIPTION("Driver for the IndustryPack module that adds");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
