// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings of a real device's registers whose accesses somebody listens to. When he no longer
 * does, and a mapping is still there, its accesses are passed on without a word.
 */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/io.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>

#include "tap.h"

/**
 * struct vhw_tapped - an ioremap() of what is tapped
 * @real: the true mapping; of whole pages
 * @session: the tap it belongs to
 * @range: which of its ranges
 * @offset: of @real in that range; negative when the range begins inside a page
 */
struct vhw_tapped {
	void __iomem *real;
	u64 session;
	unsigned int range;
	s64 offset;
};

static DEFINE_MUTEX(lock);	/* protects changes of the next two */
static const struct vhw_tap *current_tap;	/* read under RCU, preemption off */
static u64 session;

/**
 * vhw_tap_begin() - from now on, mappings of a device are tapped
 * @tap: what, and who listens; until vhw_tap_end()
 *
 * Context: may sleep.
 * Return: 0 or -EBUSY.
 */
int vhw_tap_begin(const struct vhw_tap *tap)
{
	guard(mutex)(&lock);
	if (current_tap)
		return -EBUSY;
	session++;
	/* pairs with find_tap(): who sees the tap sees its session */
	smp_store_release(&current_tap, tap);
	return 0;
}
EXPORT_SYMBOL_GPL(vhw_tap_begin);

/**
 * vhw_tap_end() - no longer; none of the tap's functions runs when this returns
 */
void vhw_tap_end(void)
{
	guard(mutex)(&lock);
	WRITE_ONCE(current_tap, NULL);
	synchronize_rcu();
}
EXPORT_SYMBOL_GPL(vhw_tap_end);

static int range_of(const struct vhw_tap *tap, phys_addr_t phys)
{
	unsigned int i;

	for (i = 0; i < VHW_TAP_RANGES; i++)
		if (phys - tap->range[i].start < tap->range[i].size)
			return i;
	return -ENOENT;
}

/**
 * vhw_tap_covers() - is an ioremap() to be tapped?
 * @phys: what is mapped
 * @parent_ip: who maps; our own mappings of what is behind the cookies are not tapped
 *
 * Context: preemption off.
 * Return: whether it is.
 */
bool vhw_tap_covers(phys_addr_t phys, unsigned long parent_ip)
{
	/* pairs with vhw_tap_begin() */
	const struct vhw_tap *tap = smp_load_acquire(&current_tap);

	return tap && range_of(tap, phys) >= 0 && !within_module(parent_ip, THIS_MODULE);
}

/**
 * vhw_tapped_map() - map what is tapped
 * @phys: the first byte
 * @size: bytes
 *
 * Context: may sleep.
 * Return: the mapping, or NULL.
 */
struct vhw_tapped *vhw_tapped_map(phys_addr_t phys, unsigned long size)
{
	struct vhw_tapped *tapped = kzalloc(sizeof(*tapped), GFP_KERNEL);
	phys_addr_t first = phys & PAGE_MASK;
	int range = -ENOENT;

	if (!tapped)
		return NULL;
	scoped_guard(mutex, &lock) {
		if (current_tap)
			range = range_of(current_tap, phys);
		tapped->session = session;
		if (range >= 0)
			tapped->offset = first - current_tap->range[range].start;
	}
	/* the tap has just gone: a session of the past */
	if (range < 0)
		tapped->session = 0;
	else
		tapped->range = range;
	tapped->real = ioremap(first, PAGE_ALIGN(phys + size) - first);
	if (tapped->real)
		return tapped;
	kfree(tapped);
	return NULL;
}

/**
 * vhw_tapped_unmap() - undo vhw_tapped_map()
 * @tapped: the mapping, of which no new access comes
 *
 * Context: may sleep.
 */
void vhw_tapped_unmap(struct vhw_tapped *tapped)
{
	synchronize_rcu();
	iounmap(tapped->real);
	kfree(tapped);
}

static const struct vhw_tap *find_tap(const struct vhw_tapped *tapped)
{
	/* pairs with vhw_tap_begin() */
	const struct vhw_tap *tap = smp_load_acquire(&current_tap);

	return tap && READ_ONCE(session) == tapped->session ? tap : NULL;
}

/**
 * vhw_tap_pass_read() - read a true register
 * @real: where
 * @size: 1, 2, 4 or 8 bytes
 *
 * Return: the value.
 */
u64 vhw_tap_pass_read(void __iomem *real, unsigned int size)
{
	switch (size) {
	case 1:
		return readb(real);
	case 2:
		return readw(real);
	case 4:
		return readl(real);
	default:
		return readq(real);
	}
}
EXPORT_SYMBOL_GPL(vhw_tap_pass_read);

/**
 * vhw_tap_pass_write() - write a true register
 * @real: where
 * @size: 1, 2, 4 or 8 bytes
 * @value: what
 */
void vhw_tap_pass_write(void __iomem *real, unsigned int size, u64 value)
{
	switch (size) {
	case 1:
		writeb(value, real);
		break;
	case 2:
		writew(value, real);
		break;
	case 4:
		writel(value, real);
		break;
	default:
		writeq(value, real);
	}
}
EXPORT_SYMBOL_GPL(vhw_tap_pass_write);

/**
 * vhw_tapped_read() - a driver reads through a mapping
 * @tapped: the mapping
 * @offset: from the start of its first page
 * @size: 1, 2, 4 or 8 bytes
 *
 * Context: preemption off, not an NMI.
 * Return: the value.
 */
u64 vhw_tapped_read(struct vhw_tapped *tapped, u32 offset, unsigned int size)
{
	const struct vhw_tap *tap = find_tap(tapped);

	if (!tap)
		return vhw_tap_pass_read(tapped->real + offset, size);
	return tap->read(tapped->range, tapped->offset + offset, size, tapped->real + offset);
}

/**
 * vhw_tapped_write() - a driver writes through a mapping
 * @tapped: the mapping
 * @offset: from the start of its first page
 * @size: 1, 2, 4 or 8 bytes
 * @value: what
 *
 * Context: preemption off, not an NMI.
 */
void vhw_tapped_write(struct vhw_tapped *tapped, u32 offset, unsigned int size, u64 value)
{
	const struct vhw_tap *tap = find_tap(tapped);

	if (tap)
		tap->write(tapped->range, tapped->offset + offset, size, value,
			   tapped->real + offset);
	else
		vhw_tap_pass_write(tapped->real + offset, size, value);
}
