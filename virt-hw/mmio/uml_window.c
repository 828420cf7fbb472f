// SPDX-License-Identifier: GPL-2.0
/*
 * The owner of User-Mode Linux's region of virtual registers. A region of logic_iomem can be
 * added but not removed, so this module, once loaded, stays; what it hands accesses to may come
 * and go.
 *
 * A driver that forgets an iounmap() leaves an area behind that outlives vhw. Such areas are cut
 * off when vhw goes and read all-ones from then on.
 */
#include <linux/cleanup.h>
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/logic_iomem.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "mmio.h"

/* logic_iomem does not check that a mapping fits the space it has for one */
#define AREA_MAX	SZ_16M

/**
 * struct area - an ioremap()
 * @list: in areas
 * @rcu: an access may still be looking at it
 * @mapping: what vhw made of it, NULL once vhw has gone
 * @offset: where it begins in the region
 */
struct area {
	struct list_head list;
	struct rcu_head rcu;
	struct vhw_mapping __rcu *mapping;
	u64 offset;
};

/* Protects areas and current_ops; accesses read current_ops under RCU */
static DEFINE_MUTEX(lock);
static LIST_HEAD(areas);
static const struct vhw_mmio_bus __rcu *current_ops;

struct resource vhw_window_region = {
	.name = "virtual hardware",
	.start = 0x100000000,
	.end = 0x100000000 + SZ_512M - 1,
	.flags = IORESOURCE_MEM,
};
EXPORT_SYMBOL_GPL(vhw_window_region);

static unsigned long area_read(void *priv, unsigned int offset, int size)
{
	const struct vhw_mmio_bus *ops;
	struct vhw_mapping *mapping;
	struct area *area = priv;

	guard(rcu)();
	mapping = rcu_dereference(area->mapping);
	ops = rcu_dereference(current_ops);
	if (!mapping || !ops)
		return ~0ul;
	return ops->read(mapping, area->offset + offset, size, NULL);
}

static void area_write(void *priv, unsigned int offset, int size, unsigned long value)
{
	const struct vhw_mmio_bus *ops;
	struct vhw_mapping *mapping;
	struct area *area = priv;

	guard(rcu)();
	mapping = rcu_dereference(area->mapping);
	ops = rcu_dereference(current_ops);
	if (mapping && ops)
		ops->write(mapping, area->offset + offset, size, value, NULL);
}

static void area_unmap(void *priv)
{
	struct area *area = priv;
	struct vhw_mapping *mapping;

	guard(mutex)(&lock);
	mapping = rcu_dereference_protected(area->mapping, lockdep_is_held(&lock));
	if (mapping)
		rcu_dereference_protected(current_ops, lockdep_is_held(&lock))->close(mapping);
	list_del(&area->list);
	kfree_rcu(area, rcu);
}

static const struct logic_iomem_ops area_ops = {
	.read = area_read,
	.write = area_write,
	.unmap = area_unmap,
};

static long region_map(unsigned long offset, size_t size, const struct logic_iomem_ops **ops,
		       void **priv)
{
	const struct vhw_mmio_bus *window;
	struct vhw_mapping *mapping;
	struct area *area;

	guard(mutex)(&lock);
	window = rcu_dereference_protected(current_ops, lockdep_is_held(&lock));
	if (!window)
		return -ENXIO;
	if (size > AREA_MAX) {
		pr_err_ratelimited("vhw: an ioremap() of %zu bytes: User-Mode Linux allows 16 MiB; map a part\n",
				   size);
		return -EINVAL;
	}
	area = kzalloc(sizeof(*area), GFP_KERNEL);
	if (!area)
		return -ENOMEM;
	mapping = window->open(offset, size, NULL);
	if (!mapping) {
		kfree(area);
		return -ENOMEM;
	}
	area->offset = offset;
	RCU_INIT_POINTER(area->mapping, mapping);
	list_add(&area->list, &areas);
	*ops = &area_ops;
	*priv = area;
	return 0;
}

static const struct logic_iomem_region_ops region_ops = {
	.map = region_map,
};

/**
 * vhw_window_attach() - vhw comes
 * @ops: what to call
 */
void vhw_window_attach(const struct vhw_mmio_bus *ops)
{
	guard(mutex)(&lock);
	rcu_assign_pointer(current_ops, ops);
}
EXPORT_SYMBOL_GPL(vhw_window_attach);

/**
 * vhw_window_detach() - vhw goes; no call into it runs when this returns
 */
void vhw_window_detach(void)
{
	const struct vhw_mmio_bus *ops;
	struct vhw_mapping *mapping;
	struct area *area;

	scoped_guard(mutex, &lock) {
		ops = rcu_dereference_protected(current_ops, lockdep_is_held(&lock));
		rcu_assign_pointer(current_ops, NULL);
		list_for_each_entry(area, &areas, list) {
			mapping = rcu_dereference_protected(area->mapping, lockdep_is_held(&lock));
			RCU_INIT_POINTER(area->mapping, NULL);
			if (mapping)
				ops->close(mapping);
		}
	}
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(vhw_window_detach);

static int __init vhw_window_init(void)
{
	return logic_iomem_add_region(&vhw_window_region, &region_ops);
}
module_init(vhw_window_init);

MODULE_DESCRIPTION("Virtual hardware: the permanent owner of its addresses in User-Mode Linux");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
