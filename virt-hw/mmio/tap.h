/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A tap on the registers of a real device: while it is there, ioremap() of them is answered with
 * cookies, and each access is given to the tap's owner, who passes it on. One tap at a time.
 */
#ifndef VHW_TAP_H
#define VHW_TAP_H

#include <linux/types.h>

#define VHW_TAP_RANGES	6

/**
 * struct vhw_tap_range - physical addresses
 * @start: the first
 * @size: bytes; 0 when there are none
 */
struct vhw_tap_range {
	phys_addr_t start;
	phys_addr_t size;
};

/**
 * struct vhw_tap - who listens
 * @range: to what
 * @read: carry out a read of @size bytes (1, 2, 4 or 8), @offset behind the start of a range, at
 *	@real. Preemption is off; any context but an NMI
 * @write: likewise a write
 */
struct vhw_tap {
	struct vhw_tap_range range[VHW_TAP_RANGES];
	u64 (*read)(unsigned int range, u64 offset, unsigned int size, void __iomem *real);
	void (*write)(unsigned int range, u64 offset, unsigned int size, u64 value,
		      void __iomem *real);
};

int vhw_tap_begin(const struct vhw_tap *tap);
void vhw_tap_end(void);
u64 vhw_tap_pass_read(void __iomem *real, unsigned int size);
void vhw_tap_pass_write(void __iomem *real, unsigned int size, u64 value);

/*
 * For x86.c: mappings of what is tapped
 */
struct vhw_tapped;

bool vhw_tap_covers(phys_addr_t phys, unsigned long parent_ip);
struct vhw_tapped *vhw_tapped_map(phys_addr_t phys, unsigned long size);
void vhw_tapped_unmap(struct vhw_tapped *tapped);
u64 vhw_tapped_read(struct vhw_tapped *tapped, u32 offset, unsigned int size);
void vhw_tapped_write(struct vhw_tapped *tapped, u32 offset, unsigned int size, u64 value);

#endif
