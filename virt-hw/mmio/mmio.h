/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The seam between the virtual bus and the way in which a driver's MMIO access reaches it: one
 * back end is linked into vhw, for x86 (x86.c) or User-Mode Linux (uml.c).
 */
#ifndef VHW_MMIO_H
#define VHW_MMIO_H

#include <linux/ioport.h>
#include <linux/types.h>

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
 * Make accesses to @window (a busy region of iomem_resource) reach the bus, until
 * vhw_mmio_exit(). May sleep
 */
int vhw_mmio_init(struct resource *window);
void vhw_mmio_exit(void);

/*
 * How long from now an interrupt that stands (again) is delivered, ns; and what an access costs
 * in virtual time
 */
u64 vhw_mmio_irq_delay(void);

/* Does code take time? If not, nothing can be late */
bool vhw_mmio_real_time(void);

/* What the core offers: any context, down to an exception inside a driver's critical section */

/*
 * struct vhw_mapping - one ioremap() of the window
 *
 * Made at ioremap, dropped at iounmap. It is counted against the boards it covers, so that a
 * mapping still alive when a board is unplugged is reported, and reads all-ones afterwards even
 * if another board takes over its addresses.
 */
struct vhw_mapping;

struct vhw_mapping *vhw_mapping_open(u64 offset, u64 size, void *caller);
void vhw_mapping_close(struct vhw_mapping *mapping);

/**
 * vhw_bus_read() - a driver reads
 * @mapping: the mapping it uses, or NULL where the back end cannot tell
 * @offset: bytes from the start of the window
 * @size: 1, 2, 4 or 8 (8 becomes two accesses of 4, low half first)
 * @caller: address of the code that reads, for the trace
 */
u64 vhw_bus_read(struct vhw_mapping *mapping, u64 offset, unsigned int size, void *caller);
void vhw_bus_write(struct vhw_mapping *mapping, u64 offset, unsigned int size, u64 value,
		   void *caller);

#endif
