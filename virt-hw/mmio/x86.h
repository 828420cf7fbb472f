/* SPDX-License-Identifier: GPL-2.0 */
/*
 * x86: the window is taken above all that a 32-bit BAR of the machine could want; the root bus
 * has a domain of its own.
 */
#ifndef VHW_MMIO_X86_H
#define VHW_MMIO_X86_H

#include <linux/ioport.h>
#include <linux/pci.h>
#include <linux/sizes.h>

extern struct pci_sysdata vhw_x86_sysdata;

#define VHW_MMIO_NAME		"x86"
#define VHW_MMIO_SPACE		(&iomem_resource)
#define VHW_MMIO_MIN		SZ_4G
#define VHW_MMIO_MAX		iomem_resource.end
#define VHW_MMIO_WINDOW_MIB	512
#define VHW_MMIO_BUS_NUMBER	0
#define VHW_MMIO_SYSDATA	(&vhw_x86_sysdata)

#endif
