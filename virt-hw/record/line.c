// SPDX-License-Identifier: GPL-2.0
/*
 * INTA# of a real device, as the bit Interrupt Status of its config space shows it (PCI 2.3 and
 * later). A device without that bit never shows it, and it is looked for once an interrupt then.
 */
#include <linux/ktime.h>
#include <linux/pci.h>

#include "record.h"

/* Is it, as far as the recording knows? Protected by record_lock */
static bool asserted;

/**
 * record_line_start() - nothing is known of it
 */
void record_line_start(void)
{
	guard(raw_spinlock_irqsave)(&record_lock);
	asserted = false;
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

	if (record_config_peek(PCI_STATUS, 2, &status))
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
