// SPDX-License-Identifier: GPL-2.0
/*
 * The IndustryPack bus: a drop-in for the kernel's own, behind the same <linux/ipack.h>.
 *
 * A carrier registers a bus and creates one device a slot. Three life times are kept apart:
 *  - a struct ipack_device belongs to the carrier and ends in its release callback;
 *  - a struct ipack_bus_device outlives every device initialised on it, as they point at it;
 *  - the carrier's operations end with ipack_bus_unregister(): from then on all return -ENODEV.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/idr.h>
#include <linux/io.h>
#include <linux/ipack.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "idprom.h"

/**
 * struct bus - a registered bus and what keeps it
 * @device: the part carriers and modules see
 * @ref: one for the registration and one for each initialised device
 */
struct bus {
	struct ipack_bus_device device;
	struct kref ref;
};

static bool strict_crc;
module_param(strict_crc, bool, 0644);
MODULE_PARM_DESC(strict_crc, "refuse modules whose ID PROM has a wrong checksum");

static DEFINE_IDA(bus_numbers);

static struct ipack_device *to_ipack_device(const struct device *dev)
{
	return (struct ipack_device *)container_of(dev, struct ipack_device, dev);
}

static struct bus *to_bus(struct ipack_bus_device *device)
{
	return container_of(device, struct bus, device);
}

/* A bus whose carrier is gone */

static int gone_request_irq(struct ipack_device *dev, irqreturn_t (*handler)(void *), void *arg)
{
	return -ENODEV;
}

static int gone(struct ipack_device *dev)
{
	return -ENODEV;
}

static int gone_set_clockrate(struct ipack_device *dev, int mherz)
{
	return -ENODEV;
}

static const struct ipack_bus_ops gone_ops = {
	.request_irq = gone_request_irq,
	.free_irq = gone,
	.get_clockrate = gone,
	.set_clockrate = gone_set_clockrate,
	.get_error = gone,
	.get_timeout = gone,
	.reset_timeout = gone,
};

static void bus_free(struct kref *ref)
{
	struct bus *bus = container_of(ref, struct bus, ref);

	ida_free(&bus_numbers, bus->device.bus_nr);
	kfree(bus);
}

/* Attributes of a device */

static ssize_t id_format_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "0x%x\n", to_ipack_device(dev)->id_format);
}
static DEVICE_ATTR_RO(id_format);

static ssize_t id_vendor_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ipack_device *device = to_ipack_device(dev);

	switch (device->id_format) {
	case IPACK_ID_VERSION_1:
		return sysfs_emit(buf, "0x%02x\n", device->id_vendor);
	case IPACK_ID_VERSION_2:
		return sysfs_emit(buf, "0x%06x\n", device->id_vendor);
	default:
		return -EIO;
	}
}
static DEVICE_ATTR_RO(id_vendor);

static ssize_t id_device_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ipack_device *device = to_ipack_device(dev);

	switch (device->id_format) {
	case IPACK_ID_VERSION_1:
		return sysfs_emit(buf, "0x%02x\n", device->id_device);
	case IPACK_ID_VERSION_2:
		return sysfs_emit(buf, "0x%04x\n", device->id_device);
	default:
		return -EIO;
	}
}
static DEVICE_ATTR_RO(id_device);

static ssize_t id_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ipack_device *device = to_ipack_device(dev);
	unsigned int line = device->id_format == IPACK_ID_VERSION_2 ? 16 : 8;
	int length = 0;

	for (unsigned int i = 0; i < device->id_avail; i++) {
		bool last = i + 1 == device->id_avail || (i + 1) % line == 0;

		length += sysfs_emit_at(buf, length, "%02x%s", device->id[i],
					last ? "\n" : i % 2 ? " " : "");
	}
	return length;
}
static DEVICE_ATTR_RO(id);

static ssize_t id_crc_ok_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", to_ipack_device(dev)->id_crc_correct);
}
static DEVICE_ATTR_RO(id_crc_ok);

#define MODALIAS_FORMAT "ipack:f%02Xv%08Xd%08X"

static ssize_t modalias_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	struct ipack_device *device = to_ipack_device(dev);

	return sysfs_emit(buf, MODALIAS_FORMAT "\n", device->id_format, device->id_vendor,
			  device->id_device);
}
static DEVICE_ATTR_RO(modalias);

static struct attribute *ipack_attrs[] = {
	&dev_attr_id.attr,
	&dev_attr_id_crc_ok.attr,
	&dev_attr_id_device.attr,
	&dev_attr_id_format.attr,
	&dev_attr_id_vendor.attr,
	&dev_attr_modalias.attr,
	NULL
};
ATTRIBUTE_GROUPS(ipack);

/* Drivers */

static bool id_matches(const struct ipack_device *dev, const struct ipack_device_id *id)
{
	return (id->format == IPACK_ANY_FORMAT || id->format == dev->id_format) &&
	       (id->vendor == IPACK_ANY_ID || id->vendor == dev->id_vendor) &&
	       (id->device == IPACK_ANY_ID || id->device == dev->id_device);
}

static int ipack_match(struct device *dev, compat_match_driver *driver)
{
	const struct ipack_driver *drv = container_of(driver, struct ipack_driver, driver);
	const struct ipack_device_id *id;

	for (id = drv->id_table; id && (id->vendor || id->device); id++)
		if (id_matches(to_ipack_device(dev), id))
			return 1;
	return 0;
}

static int ipack_uevent(compat_uevent_device *dev, struct kobj_uevent_env *env)
{
	const struct ipack_device *device = to_ipack_device(dev);

	return add_uevent_var(env, "MODALIAS=" MODALIAS_FORMAT, device->id_format,
			      device->id_vendor, device->id_device);
}

static int ipack_probe(struct device *dev)
{
	struct ipack_driver *drv = container_of(dev->driver, struct ipack_driver, driver);

	return drv->ops->probe(to_ipack_device(dev));
}

static void ipack_remove(struct device *dev)
{
	struct ipack_driver *drv = container_of(dev->driver, struct ipack_driver, driver);

	if (drv->ops->remove)
		drv->ops->remove(to_ipack_device(dev));
}

static compat_bus_type ipack_bus_type = {
	.name = "ipack",
	.dev_groups = ipack_groups,
	.match = ipack_match,
	.uevent = ipack_uevent,
	.probe = ipack_probe,
	.remove = ipack_remove,
};

/**
 * ipack_driver_register - register a driver of modules
 * @edrv: the driver, with a probe operation and an id table
 * @owner: THIS_MODULE
 * @name: name of the driver
 *
 * Return: 0, -EINVAL without a probe operation, or the error of driver_register().
 */
int ipack_driver_register(struct ipack_driver *edrv, struct module *owner, const char *name)
{
	if (!edrv->ops || !edrv->ops->probe)
		return -EINVAL;

	edrv->driver.owner = owner;
	edrv->driver.name = name;
	edrv->driver.mod_name = module_name(owner);
	edrv->driver.bus = &ipack_bus_type;
	return driver_register(&edrv->driver);
}
EXPORT_SYMBOL_GPL(ipack_driver_register);

/**
 * ipack_driver_unregister - take a driver back
 * @edrv: a registered driver; its devices are removed from it first
 */
void ipack_driver_unregister(struct ipack_driver *edrv)
{
	driver_unregister(&edrv->driver);
}
EXPORT_SYMBOL_GPL(ipack_driver_unregister);

/* Buses */

/**
 * ipack_bus_register - make a carrier's slots a bus
 * @parent: the carrier
 * @slots: number of slots
 * @ops: the carrier's operations, all of them
 * @owner: the carrier driver's module
 *
 * Return: the bus, with the lowest free number, or NULL.
 */
struct ipack_bus_device *ipack_bus_register(struct device *parent, int slots,
					    const struct ipack_bus_ops *ops, struct module *owner)
{
	struct bus *bus;
	int nr;

	if (!ops || !ops->request_irq || !ops->free_irq || !ops->get_clockrate ||
	    !ops->set_clockrate || !ops->get_error || !ops->get_timeout || !ops->reset_timeout)
		return NULL;

	bus = kzalloc(sizeof(*bus), GFP_KERNEL);
	if (!bus)
		return NULL;

	nr = ida_alloc(&bus_numbers, GFP_KERNEL);
	if (nr < 0) {
		kfree(bus);
		return NULL;
	}

	kref_init(&bus->ref);
	bus->device = (struct ipack_bus_device) {
		.owner = owner,
		.parent = parent,
		.slots = slots,
		.bus_nr = nr,
		.ops = ops,
	};
	return &bus->device;
}
EXPORT_SYMBOL_GPL(ipack_bus_register);

static int on_bus(struct device *dev, const void *bus)
{
	return to_ipack_device(dev)->bus == bus;
}

/**
 * ipack_bus_unregister - the carrier goes
 * @bus: what ipack_bus_register() returned
 *
 * Removes every device that is still on the bus. Call it while the carrier's operations still work.
 *
 * Return: 0.
 */
int ipack_bus_unregister(struct ipack_bus_device *bus)
{
	struct device *dev;

	while ((dev = bus_find_device(&ipack_bus_type, NULL, bus, on_bus))) {
		ipack_device_del(to_ipack_device(dev));
		put_device(dev);
	}

	WRITE_ONCE(bus->ops, &gone_ops);
	kref_put(&to_bus(bus)->ref, bus_free);
	return 0;
}
EXPORT_SYMBOL_GPL(ipack_bus_unregister);

/* Devices */

static void ipack_device_release(struct device *dev)
{
	struct ipack_device *device = to_ipack_device(dev);
	struct bus *bus = to_bus(device->bus);

	kfree(device->id);
	device->release(device);
	kref_put(&bus->ref, bus_free);
}

static bool blank(const u8 *window)
{
	return (window[0] == 0x00 || window[0] == 0xff) &&
	       !memchr_inv(window, window[0], IDPROM_WINDOW);
}

static int read_window(struct ipack_device *dev, u8 *window)
{
	const struct ipack_region *region = &dev->region[IPACK_ID_SPACE];
	void __iomem *id;

	if (region->size < IDPROM_WINDOW)
		return -ENODEV;

	id = ioremap(region->start, IDPROM_WINDOW);
	if (!id)
		return -ENOMEM;

	for (int i = 0; i < IDPROM_WINDOW; i++)
		window[i] = ioread8(id + i);
	iounmap(id);
	return 0;
}

static int read_id(struct ipack_device *dev, struct idprom *prom)
{
	u8 window[IDPROM_WINDOW];
	bool timeout;
	int ret;

	ret = read_window(dev, window);
	if (ret)
		return ret;

	/* The latch tells an empty slot from a broken PROM, on carriers that have one. */
	timeout = dev->bus->ops->get_timeout(dev) == 1;
	if (timeout)
		dev->bus->ops->reset_timeout(dev);

	ret = idprom_parse(window, sizeof(window), prom);
	if (ret) {
		if (timeout || blank(window))
			dev_dbg(&dev->dev, "slot %u is empty\n", dev->slot);
		else
			dev_warn(&dev->dev, "no ID PROM of Format I or II: it starts with %8ph\n",
				 window);
		return ret;
	}

	if (prom->crc == IDPROM_CRC_WRONG) {
		dev_warn(&dev->dev, "ID PROM checksum is 0x%x, computed 0x%x\n",
			 prom->crc_stored, prom->crc_computed);
		if (strict_crc)
			return -EBADMSG;
	}
	return 0;
}

/**
 * ipack_device_init - find out what sits in a slot
 * @dev: zeroed, with slot, bus, release and region filled in
 *
 * Whatever this returns, from here on @dev is given up with ipack_put_device() only.
 *
 * Return: 0, -ENODEV without a readable ID PROM, -EBADMSG if its checksum is wrong and strict_crc
 * is set, or -ENOMEM.
 */
int ipack_device_init(struct ipack_device *dev)
{
	struct idprom prom;
	int ret;

	device_initialize(&dev->dev);
	dev->dev.bus = &ipack_bus_type;
	dev->dev.parent = dev->bus->parent;
	dev->dev.release = ipack_device_release;
	kref_get(&to_bus(dev->bus)->ref);

	ret = dev_set_name(&dev->dev, "ipack-dev.%u.%u", dev->bus->bus_nr, dev->slot);
	if (ret)
		return ret;

	/* The ID PROM is read at 8 MHz only. */
	if (dev->bus->ops->set_clockrate(dev, 8))
		dev_warn(&dev->dev, "the carrier does not set the clock to 8 MHz\n");
	if (dev->bus->ops->reset_timeout(dev))
		dev_warn(&dev->dev, "the carrier does not reset the timeout latch\n");

	ret = read_id(dev, &prom);
	if (ret)
		return ret;

	dev->id = kmemdup(prom.bytes, prom.length, GFP_KERNEL);
	if (!dev->id)
		return -ENOMEM;

	dev->id_avail = prom.length;
	dev->id_format = prom.format;
	dev->id_vendor = prom.vendor;
	dev->id_device = prom.device;
	dev->id_crc_correct = prom.crc == IDPROM_CRC_RIGHT;
	dev->speed_8mhz = prom.mhz8;
	dev->speed_32mhz = prom.mhz32;

	if (dev->speed_32mhz && dev->bus->ops->set_clockrate(dev, 32))
		dev_err(&dev->dev, "the carrier does not set the clock to 32 MHz\n");
	return 0;
}
EXPORT_SYMBOL_GPL(ipack_device_init);

/**
 * ipack_device_add - show a device to drivers
 * @dev: initialised; on an error the caller still holds its reference
 *
 * Return: 0 or the error of device_add().
 */
int ipack_device_add(struct ipack_device *dev)
{
	return device_add(&dev->dev);
}
EXPORT_SYMBOL_GPL(ipack_device_add);

/**
 * ipack_device_del - take a device from its driver, give up ipack_device_init()'s reference
 * @dev: an added device
 */
void ipack_device_del(struct ipack_device *dev)
{
	device_del(&dev->dev);
	ipack_put_device(dev);
}
EXPORT_SYMBOL_GPL(ipack_device_del);

/**
 * ipack_get_device - take a reference
 * @dev: the device
 */
void ipack_get_device(struct ipack_device *dev)
{
	get_device(&dev->dev);
}
EXPORT_SYMBOL_GPL(ipack_get_device);

/**
 * ipack_put_device - give up a reference
 * @dev: the device, not to be touched afterwards
 */
void ipack_put_device(struct ipack_device *dev)
{
	put_device(&dev->dev);
}
EXPORT_SYMBOL_GPL(ipack_put_device);

static int __init ipack_init(void)
{
	return bus_register(&ipack_bus_type);
}
subsys_initcall(ipack_init);

static void __exit ipack_exit(void)
{
	bus_unregister(&ipack_bus_type);
	ida_destroy(&bus_numbers);
}
module_exit(ipack_exit);

MODULE_DESCRIPTION("IndustryPack bus");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
