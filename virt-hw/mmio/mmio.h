/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between the virtual bus and the way in which a driver's MMIO access reaches it: one
 * back end is linked into vhw, for x86 (x86.c) or User-Mode Linux (uml.c).
 */
#ifndef VHW_MMIO_H
#define VHW_MMIO_H

#include <linux/ioport.h>
#include <linux/types.h>

/*
 * struct vhw_mapping - one ioremap() of the window
 *
 * Made at ioremap, dropped at iounmap. It is counted against the boards it covers, so that a
 * mapping still alive when a board is unplugged is reported, and reads all-ones afterwards even
 * if another board takes over its addresses.
 */
struct vhw_mapping;

/**
 * struct vhw_mmio_bus - what the bus offers a back end
 * @open: an ioremap() of the window: first byte from its start, bytes, and who asks; NULL or an
 *	error without memory. May sleep
 * @close: its iounmap()
 * @read: a driver reads 1, 2, 4 or 8 bytes (8 becomes two accesses of 4, low half first). @mapping
 *	is the one it uses, or NULL where the back end cannot tell, @caller the address of the code,
 *	for the trace. Any context, down to an exception inside a driver's critical section
 * @write: likewise a write
 */
struct vhw_mmio_bus {
	struct vhw_mapping *(*open)(u64 offset, u64 size, void *caller);
	void (*close)(struct vhw_mapping *mapping);
	u64 (*read)(struct vhw_mapping *mapping, u64 offset, unsigned int size, void *caller);
	void (*write)(struct vhw_mapping *mapping, u64 offset, unsigned int size, u64 value,
		      void *caller);
};

/* What a back end offers */

/*
 * VHW_MMIO_NAME: for people; VHW_MMIO_SPACE, _MIN, _MAX: from what and where the window is taken;
 * VHW_MMIO_WINDOW_MIB: its size unless told; VHW_MMIO_BUS_NUMBER and VHW_MMIO_SYSDATA: the root
 * bus's number and what the architecture wants to know of it
 */
#ifdef CONFIG_UML
#include "uml.h"
#else
#include "x86.h"
#endif

/*
 * Make accesses to @window (a busy region of iomem_resource) reach @bus, until vhw_mmio_exit().
 * May sleep
 */
int vhw_mmio_init(struct resource *window, const struct vhw_mmio_bus *bus);
void vhw_mmio_exit(void);

/*
 * How long from now an interrupt that stands (again) is delivered, ns; and what an access costs
 * in virtual time
 */
u64 vhw_mmio_irq_delay(void);

/* Does code take time? If not, nothing can be late */
bool vhw_mmio_real_time(void);

#endif
