// SPDX-License-Identifier: GPL-2.0
/*
 * A virtual board says itself what happens, in the order and at the time of its world.
 */
#include <linux/pci.h>

#include "../core/trace.h"
#include "record.h"

static const struct vhw_board *board;

/* All these are called with the world's lock held */
static void put(const struct vhw_board *who, enum record_kind kind, unsigned int bar, u32 offset,
		unsigned int size, u64 value)
{
	if (who != board)
		return;
	guard(raw_spinlock_irqsave)(&record_lock);
	record_put(vhw_now(), kind, bar, offset, size, value);
}

static void on_read(void *data, const struct vhw_board *who, unsigned int bar, u32 offset,
		    unsigned int size, u32 value, void *caller)
{
	put(who, RECORD_READ, bar, offset, size, value);
}

static void on_write(void *data, const struct vhw_board *who, unsigned int bar, u32 offset,
		     unsigned int size, u32 value, void *caller)
{
	put(who, RECORD_WRITE, bar, offset, size, value);
}

static void on_config_read(void *data, const struct vhw_board *who, unsigned int where,
			   unsigned int size, u32 value)
{
	put(who, RECORD_CONFIG_READ, 0, where, size, value);
}

static void on_config_write(void *data, const struct vhw_board *who, unsigned int where,
			    unsigned int size, u32 value)
{
	put(who, RECORD_CONFIG_WRITE, 0, where, size, value);
}

static void on_irq(void *data, const struct vhw_board *who, const char *kind, unsigned int vector,
		   bool asserted)
{
	if (kind[0] == 'I')
		put(who, RECORD_INTX, 0, 0, 0, asserted);
	else
		put(who, RECORD_MSI, 0, 0, 0, vector);
}

static void end(struct pci_dev *pdev)
{
	unregister_trace_vhw_read(on_read, NULL);
	unregister_trace_vhw_write(on_write, NULL);
	unregister_trace_vhw_config_read(on_config_read, NULL);
	unregister_trace_vhw_config_write(on_config_write, NULL);
	unregister_trace_vhw_irq(on_irq, NULL);
	tracepoint_synchronize_unregister();
}

static int begin(struct pci_dev *pdev)
{
	int err;

	board = vhw_board_of_device(pdev);
	if (!board)
		return -ENODEV;
	err = register_trace_vhw_read(on_read, NULL) ?: register_trace_vhw_write(on_write, NULL) ?:
	      register_trace_vhw_config_read(on_config_read, NULL) ?:
	      register_trace_vhw_config_write(on_config_write, NULL) ?:
	      register_trace_vhw_irq(on_irq, NULL);
	/* to unregister what was not registered is harmless */
	if (err)
		end(pdev);
	return err;
}

const struct record_source record_board = {
	.begin = begin,
	.end = end,
};
