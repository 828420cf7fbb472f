// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses to a real device's config space: its bus gets operations that do what the old ones did,
 * and record it. And INTA#, as the bit Interrupt Status shows it (PCI 2.3 and later). A device
 * without that bit never shows it, and it is looked for once an interrupt then.
 */
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/rcupdate.h>

#include "record.h"

static struct pci_ops wrapped;
static struct pci_ops *original;
static struct pci_dev *device;
static bool asserted;	/* is INTA#, as far as the recording knows? Protected by record_lock */

static void put(const struct pci_bus *bus, unsigned int devfn, enum record_kind kind, int where,
		int size, u32 value)
{
	if (bus != device->bus || devfn != device->devfn)
		return;
	guard(raw_spinlock_irqsave)(&record_lock);
	record_put(ktime_get_ns(), kind, 0, where, size, value & (~0u >> (32 - 8 * size)));
}

/**
 * record_line_look() - record INTA# if it has changed
 *
 * A rise is seen when the handler that it calls looks, a fall by the access that brought it about.
 *
 * Context: record_lock is held.
 */
void record_line_look(void)
{
	u32 status;
	bool now;

	if (original->read(device->bus, device->devfn, PCI_STATUS, 2, &status))
		return;
	/* a device that is gone reads all-ones */
	now = status != 0xffff && status & PCI_STATUS_INTERRUPT;
	if (now == asserted)
		return;
	asserted = now;
	record_put(ktime_get_ns(), RECORD_INTX, 0, 0, 0, now);
}

/**
 * record_line_after() - an access was made: has it brought INTA# down?
 *
 * Context: record_lock is held.
 */
void record_line_after(void)
{
	if (asserted)
		record_line_look();
}

static int config_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	int err = original->read(bus, devfn, where, size, value);

	if (!err)
		put(bus, devfn, RECORD_CONFIG_READ, where, size, *value);
	return err;
}

static int config_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	int err;

	put(bus, devfn, RECORD_CONFIG_WRITE, where, size, value);
	err = original->write(bus, devfn, where, size, value);
	guard(raw_spinlock_irqsave)(&record_lock);
	record_line_after();
	return err;
}

/**
 * record_config_begin() - record accesses to a device's config space
 * @pdev: the device
 *
 * Return: 0.
 */
int record_config_begin(struct pci_dev *pdev)
{
	device = pdev;
	asserted = false;
	original = pdev->bus->ops;
	wrapped = *original;
	wrapped.read = config_read;
	wrapped.write = config_write;
	pci_bus_set_ops(pdev->bus, &wrapped);
	return 0;
}

/* Buses that were found meanwhile got the operations of the one above them */
static void restore(struct pci_bus *bus)
{
	struct pci_bus *child;

	if (bus->ops == &wrapped)
		pci_bus_set_ops(bus, original);
	list_for_each_entry(child, &bus->children, node)
		restore(child);
}

/**
 * record_config_end() - no longer
 * @pdev: the device
 */
void record_config_end(struct pci_dev *pdev)
{
	pci_lock_rescan_remove();
	restore(pdev->bus);
	pci_unlock_rescan_remove();
	/* who was about to call the wrapped ones does so without a lock, and may be preempted */
	synchronize_rcu_tasks();
}
