// SPDX-License-Identifier: GPL-2.0
/*
 * TEWS TPCI200 carrier: the modules in its slots.
 */
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "tpci200.h"

static void device_release(struct ipack_device *dev)
{
	kfree(dev);
}

/* A space whose window the machine could not place has size 0, which module drivers check. */
static void set_region(struct ipack_device *dev, enum ipack_space space, int bar, u32 offset,
		       u32 size)
{
	struct tpci200 *carrier = dev_get_drvdata(dev->bus->parent);

	if (!(carrier->bars & BIT(bar)))
		return;
	dev->region[space].start = pci_resource_start(carrier->pdev, bar) + offset;
	dev->region[space].size = size;
}

static int create_device(struct tpci200_slot *slot)
{
	unsigned int n = slot->index;
	u32 las1 = TPCI200_LAS1_SLOT(n);
	struct ipack_device *dev;
	int ret;

	lockdep_assert_held(&slot->carrier->devices);

	dev = kzalloc(sizeof(*dev), GFP_KERNEL);
	if (!dev)
		return -ENOMEM;

	dev->slot = n;
	dev->bus = slot->carrier->bus;
	dev->release = device_release;
	set_region(dev, IPACK_IO_SPACE, TPCI200_BAR_LAS1, las1 + TPCI200_IO_OFFSET,
		   TPCI200_IO_SIZE);
	set_region(dev, IPACK_ID_SPACE, TPCI200_BAR_LAS1, las1 + TPCI200_ID_OFFSET,
		   TPCI200_ID_SIZE);
	set_region(dev, IPACK_INT_SPACE, TPCI200_BAR_LAS1, las1 + TPCI200_INT_OFFSET,
		   TPCI200_INT_SIZE);
	set_region(dev, IPACK_MEM8_SPACE, TPCI200_BAR_LAS3, TPCI200_LAS3_SLOT(n),
		   TPCI200_MEM8_SIZE);
	set_region(dev, IPACK_MEM16_SPACE, TPCI200_BAR_LAS2, TPCI200_LAS2_SLOT(n),
		   TPCI200_MEM16_SIZE);

	ret = ipack_device_init(dev);
	if (!ret)
		ret = ipack_device_add(dev);
	if (ret) {
		ipack_put_device(dev);
		return ret;
	}
	slot->device = dev;
	return 0;
}

static void delete_device(struct tpci200_slot *slot)
{
	lockdep_assert_held(&slot->carrier->devices);

	if (slot->device)
		ipack_device_del(slot->device);
	slot->device = NULL;
}

/* An empty slot and a module that the bus refuses are no failures of the board. */
static int fill_slot(struct tpci200_slot *slot)
{
	int ret;

	/* A slot may be reset by its attribute while the board is being reset. */
	if (slot->device)
		return 0;
	ret = create_device(slot);
	return ret == -ENODEV || ret == -EBADMSG ? 0 : ret;
}

/**
 * tpci200_create_devices - a device for each module found
 * @carrier: the board
 *
 * Return: 0 or the first error that is not about an empty slot.
 */
int tpci200_create_devices(struct tpci200 *carrier)
{
	guard(mutex)(&carrier->devices);
	if (carrier->leaving)
		return 0;
	for (int i = 0; i < TPCI200_SLOTS; i++) {
		int ret = fill_slot(&carrier->slots[i]);

		if (ret)
			return ret;
	}
	return 0;
}

/**
 * tpci200_delete_devices - remove all modules' devices, and their drivers from them
 * @carrier: the board
 */
void tpci200_delete_devices(struct tpci200 *carrier)
{
	guard(mutex)(&carrier->devices);
	for (int i = TPCI200_SLOTS - 1; i >= 0; i--)
		delete_device(&carrier->slots[i]);
}

/* Attributes, one group a slot */

static struct tpci200_slot *attr_slot(struct device *dev, struct device_attribute *attr)
{
	struct tpci200 *carrier = dev_get_drvdata(dev);
	struct dev_ext_attribute *ext = container_of(attr, struct dev_ext_attribute, attr);

	return &carrier->slots[(uintptr_t)ext->var];
}

static ssize_t reset_store(struct device *dev, struct device_attribute *attr, const char *buf,
			   size_t count)
{
	struct tpci200_slot *slot = attr_slot(dev, attr);
	bool reset;
	int ret;

	ret = kstrtobool(buf, &reset);
	if (ret)
		return ret;
	if (!reset)
		return -EINVAL;

	guard(mutex)(&slot->carrier->devices);
	ret = tpci200_status(slot->carrier);
	if (ret == -EBUSY)
		return ret;
	delete_device(slot);
	if (ret < 0)
		return ret;
	tpci200_reset_slots(slot->carrier, TPCI200_RESET_SLOT(slot->index));
	ret = fill_slot(slot);
	return ret ?: count;
}

static ssize_t timeouts_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&attr_slot(dev, attr)->timeouts));
}

static ssize_t errors_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&attr_slot(dev, attr)->errors));
}

static ssize_t storms_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&attr_slot(dev, attr)->storms));
}

enum { slot0_index, slot1_index, slot2_index, slot3_index };

#define SLOT_ATTR(_slot, _name, _mode, _show, _store)					\
static struct dev_ext_attribute _slot##_##_name = {					\
	__ATTR(_name, _mode, _show, _store), (void *)_slot##_index			\
}

#define SLOT_GROUP(_n)									\
SLOT_ATTR(slot##_n, reset, 0200, NULL, reset_store);					\
SLOT_ATTR(slot##_n, timeouts, 0444, timeouts_show, NULL);				\
SLOT_ATTR(slot##_n, errors, 0444, errors_show, NULL);					\
SLOT_ATTR(slot##_n, storms, 0444, storms_show, NULL);					\
static struct attribute *slot##_n##_attrs[] = {						\
	&slot##_n##_reset.attr.attr,							\
	&slot##_n##_timeouts.attr.attr,							\
	&slot##_n##_errors.attr.attr,							\
	&slot##_n##_storms.attr.attr,							\
	NULL										\
};											\
static const struct attribute_group slot##_n##_group = {				\
	.name = "slot" #_n,								\
	.attrs = slot##_n##_attrs,							\
}

SLOT_GROUP(0);
SLOT_GROUP(1);
SLOT_GROUP(2);
SLOT_GROUP(3);

const struct attribute_group *tpci200_groups[] = {
	&slot0_group,
	&slot1_group,
	&slot2_group,
	&slot3_group,
	NULL
};
