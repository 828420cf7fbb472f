/* SPDX-License-Identifier: GPL-2.0 */
/*
 * User-Mode Linux: a permanent module owns the region of logic_iomem, since such a region cannot
 * be given back; vhw comes and goes above it.
 */
#ifndef VHW_MMIO_UML_H
#define VHW_MMIO_UML_H

#include <linux/ioport.h>
#include <linux/types.h>

struct vhw_mapping;

/**
 * struct vhw_window_ops - what the region's owner calls
 * @open: an ioremap() of the region
 * @close: its iounmap()
 * @read: a read through it, at an offset in the region
 * @write: likewise a write
 */
struct vhw_window_ops {
	struct vhw_mapping *(*open)(u64 offset, u64 size, void *caller);
	void (*close)(struct vhw_mapping *mapping);
	u64 (*read)(struct vhw_mapping *mapping, u64 offset, unsigned int size, void *caller);
	void (*write)(struct vhw_mapping *mapping, u64 offset, unsigned int size, u64 value,
		      void *caller);
};

extern struct resource vhw_window_region;

void vhw_window_attach(const struct vhw_window_ops *ops);
void vhw_window_detach(void);

#define VHW_MMIO_NAME		"uml"
#define VHW_MMIO_SPACE		(&vhw_window_region)
#define VHW_MMIO_MIN		0
#define VHW_MMIO_MAX		U64_MAX
#define VHW_MMIO_WINDOW_MIB	512
#define VHW_MMIO_BUS_NUMBER	0x40	/* UML has one domain, and its own bus 0 there */
#define VHW_MMIO_SYSDATA	NULL

#endif
