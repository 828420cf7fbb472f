// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts of a real device, as its driver's handlers see them: from the kernel's trace points,
 * which are not exported by name, and found by it.
 */
#define pr_fmt(fmt) "vhw-record: " fmt

#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/tracepoint.h>

#include "record.h"

static struct pci_dev *device;
static struct tracepoint *entry_point, *exit_point;

/* Is a handler one of the device's driver? A built-in one cannot be told from others on the line */
static bool is_drivers(const struct irqaction *action)
{
	const struct device_driver *driver = READ_ONCE(device->dev.driver);

	if (!driver || !driver->owner)
		return driver;
	return within_module((unsigned long)action->handler, driver->owner) ||
	       within_module((unsigned long)action->thread_fn, driver->owner);
}

/* Which message is it? -1: it is none of the device's */
static int message(unsigned int irq)
{
	const struct msi_desc *desc = irq_get_msi_desc(irq);

	if (!desc || desc->dev != &device->dev)
		return -1;
	return desc->msi_index + irq - desc->irq;
}

static void put(enum record_kind kind, u64 value)
{
	guard(raw_spinlock_irqsave)(&record_lock);
	record_put(ktime_get_ns(), kind, 0, 0, 0, value);
}

static void put_irq(void)
{
	guard(raw_spinlock_irqsave)(&record_lock);
	record_line_look();
	record_put(ktime_get_ns(), RECORD_IRQ, 0, 0, 0, 0);
}

static void on_entry(void *data, int irq, struct irqaction *action)
{
	int vector = message(irq);

	if (vector >= 0)
		put(RECORD_MSI, vector);
	else if (irq == device->irq && !irq_get_msi_desc(irq) && is_drivers(action))
		put_irq();
}

static void on_exit(void *data, int irq, struct irqaction *action, int result)
{
	if (irq != device->irq || irq_get_msi_desc(irq) || !is_drivers(action))
		return;
	put(RECORD_IRQ_END, result == IRQ_NONE ? 0 : result == IRQ_WAKE_THREAD ? 2 : 1);
}

static void look_at(struct tracepoint *point, void *data)
{
	if (!strcmp(point->name, "irq_handler_entry"))
		entry_point = point;
	else if (!strcmp(point->name, "irq_handler_exit"))
		exit_point = point;
}

/**
 * record_interrupts_begin() - record a device's interrupts
 * @pdev: the device
 *
 * Return: 0; -EOPNOTSUPP in a kernel without these trace points, with a line in the log; -ENOMEM.
 */
int record_interrupts_begin(struct pci_dev *pdev)
{
	int err;

	device = pdev;
	for_each_kernel_tracepoint(look_at, NULL);
	if (!entry_point || !exit_point) {
		pr_err("this kernel has no trace points irq_handler_entry and irq_handler_exit\n");
		return -EOPNOTSUPP;
	}
	err = tracepoint_probe_register(entry_point, on_entry, NULL);
	if (err)
		return err;
	err = tracepoint_probe_register(exit_point, on_exit, NULL);
	if (err) {
		tracepoint_probe_unregister(entry_point, on_entry, NULL);
		tracepoint_synchronize_unregister();
	}
	return err;
}

/**
 * record_interrupts_end() - no longer
 */
void record_interrupts_end(void)
{
	tracepoint_probe_unregister(exit_point, on_exit, NULL);
	tracepoint_probe_unregister(entry_point, on_entry, NULL);
	tracepoint_synchronize_unregister();
}
