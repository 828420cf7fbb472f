// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for whatever sits in a slot. It hands the carrier's operations to user space: reading an
 * attribute, or writing it, calls one, and its error is the error of the system call. And it reads
 * from the module without asking afterwards whether that was acknowledged.
 */
#include <linux/io.h>
#include <linux/ipack.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/sysfs.h>

static bool keep_irq;
module_param(keep_irq, bool, 0644);
MODULE_PARM_DESC(keep_irq, "leave the interrupt handler installed when the device is unbound");

static irqreturn_t not_mine(void *arg)
{
	return IRQ_NONE;
}

static struct ipack_device *to_ipack_device(struct device *dev)
{
	return container_of(dev, struct ipack_device, dev);
}

static ssize_t answer(char *buf, int value)
{
	return value < 0 ? value : sysfs_emit(buf, "%d\n", value);
}

static ssize_t clock_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ipack_device *device = to_ipack_device(dev);

	return answer(buf, device->bus->ops->get_clockrate(device));
}

static ssize_t error_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ipack_device *device = to_ipack_device(dev);

	return answer(buf, device->bus->ops->get_error(device));
}

static ssize_t timeout_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ipack_device *device = to_ipack_device(dev);

	return answer(buf, device->bus->ops->get_timeout(device));
}

static ssize_t timeout_cleared_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ipack_device *device = to_ipack_device(dev);

	return answer(buf, device->bus->ops->reset_timeout(device));
}

static ssize_t clock_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t count)
{
	struct ipack_device *device = to_ipack_device(dev);
	int mhz, ret;

	ret = kstrtoint(buf, 0, &mhz) ?: device->bus->ops->set_clockrate(device, mhz);
	return ret ?: count;
}

static ssize_t irq_store(struct device *dev, struct device_attribute *attr, const char *buf,
			 size_t count)
{
	struct ipack_device *device = to_ipack_device(dev);
	const struct ipack_bus_ops *ops = device->bus->ops;
	bool on;
	int ret;

	ret = kstrtobool(buf, &on);
	if (ret)
		return ret;
	ret = on ? ops->request_irq(device, not_mine, NULL) : ops->free_irq(device);
	return ret ?: count;
}

static ssize_t id_byte_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	void __iomem *id = ioremap(to_ipack_device(dev)->region[IPACK_ID_SPACE].start, 2);
	int value;

	if (!id)
		return -ENOMEM;
	value = ioread8(id + 1);
	iounmap(id);
	return answer(buf, value);
}

static DEVICE_ATTR_RW(clock);
static DEVICE_ATTR_RO(error);
static DEVICE_ATTR_RO(timeout);
static DEVICE_ATTR_RO(timeout_cleared);
static DEVICE_ATTR_RO(id_byte);
static DEVICE_ATTR_WO(irq);

static struct attribute *ipack_test_attrs[] = {
	&dev_attr_clock.attr,
	&dev_attr_error.attr,
	&dev_attr_id_byte.attr,
	&dev_attr_irq.attr,
	&dev_attr_timeout.attr,
	&dev_attr_timeout_cleared.attr,
	NULL
};
ATTRIBUTE_GROUPS(ipack_test);

static int ipack_test_probe(struct ipack_device *dev)
{
	return 0;
}

static void ipack_test_remove(struct ipack_device *dev)
{
	if (!keep_irq)
		dev->bus->ops->free_irq(dev);
}

static const struct ipack_driver_ops ipack_test_ops = {
	.probe = ipack_test_probe,
	.remove = ipack_test_remove,
};

/* All, but not by modalias: it is for whoever asks for it */
static const struct ipack_device_id ipack_test_ids[] = {
	{ IPACK_ANY_FORMAT, IPACK_ANY_ID, IPACK_ANY_ID },
	{}
};

static struct ipack_driver ipack_test_driver = {
	.ops = &ipack_test_ops,
	.id_table = ipack_test_ids,
	.driver.dev_groups = ipack_test_groups,
};

static int __init ipack_test_init(void)
{
	return ipack_driver_register(&ipack_test_driver, THIS_MODULE, KBUILD_MODNAME);
}
module_init(ipack_test_init);

static void __exit ipack_test_exit(void)
{
	ipack_driver_unregister(&ipack_test_driver);
}
module_exit(ipack_test_exit);

MODULE_DESCRIPTION("Carrier operations of the IndustryPack bus, for tests");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
