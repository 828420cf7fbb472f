/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User-Mode Linux: a permanent module owns the region of logic_iomem, since such a region cannot
 * be given back; vhw comes and goes above it.
 */
#ifndef VHW_MMIO_UML_H
#define VHW_MMIO_UML_H

#include <linux/ioport.h>
#include <linux/types.h>

struct vhw_mmio_bus;

extern struct resource vhw_window_region;

void vhw_window_attach(const struct vhw_mmio_bus *ops);
void vhw_window_detach(void);

#define VHW_MMIO_NAME		"uml"
#define VHW_MMIO_SPACE		(&vhw_window_region)
#define VHW_MMIO_MIN		0
#define VHW_MMIO_MAX		U64_MAX
#define VHW_MMIO_WINDOW_MIB	512
#define VHW_MMIO_BUS_NUMBER	0x40	/* UML has one domain, and its own bus 0 there */
#define VHW_MMIO_SYSDATA	NULL

#endif
