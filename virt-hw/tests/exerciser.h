/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Registers of the exerciser, a board that exists to exercise the virtual bus: it has one of
 * everything.
 */
#ifndef VHW_EXERCISER_H
#define VHW_EXERCISER_H

#define EXERCISER_VENDOR	0x1172		/* any; no driver of the kernel's claims the pair */
#define EXERCISER_DEVICE	0xe0e0
#define EXERCISER_DEVICE_LARGE	0xe0e1		/* many vectors, a large BAR 2, PCI Express */
#define EXERCISER_LARGE_BAR	0x4000000

/* BAR 0, 32-bit registers */
#define EXERCISER_ID		0x00		/* reads EXERCISER_MAGIC */
#define   EXERCISER_MAGIC	0x76687721
#define EXERCISER_SCRATCH	0x04		/* any width */
#define EXERCISER_IRQ		0x08		/* write: drive INTA# to bit 0; read: the level */
#define EXERCISER_COUNT		0x0c		/* each read counts one up; write: sets it */
#define EXERCISER_TIMER		0x10		/* write: INTA# in so many ns; read: does it run */
#define EXERCISER_MESSAGE	0x14		/* write: send this message */
#define EXERCISER_DMA_LOW	0x18		/* address in memory */
#define EXERCISER_DMA_HIGH	0x1c
#define EXERCISER_DMA_LENGTH	0x20		/* up to EXERCISER_BUFFER */
#define EXERCISER_DMA		0x24		/* write 1: read memory, 2: write it; read: errno */
#define EXERCISER_FIRED		0x28		/* read: when the timer expired, ns, low half */
#define EXERCISER_NOW		0x2c		/* read: the world's clock, ns, low half */
#define EXERCISER_FAULTY	0x30		/* reads 0, or 1 when the fault "odd" strikes */
#define EXERCISER_RANDOM	0x34		/* read: the board's random numbers */
#define EXERCISER_FORBIDDEN	0x38		/* any access is a violation */
#define EXERCISER_RESET		0x3c		/* write: the board resets itself */

/* BAR 2, prefetchable: the buffer, any width */
#define EXERCISER_BUFFER	0x4000

/* BAR 4: MSI-X table and pending bits */
#define EXERCISER_VECTORS	8
#define EXERCISER_MSIX_TABLE	0x000
#define EXERCISER_MSIX_PBA	0x800

#endif
