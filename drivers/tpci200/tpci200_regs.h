/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TEWS TPCI200: PCI carrier for four IndustryPack modules, behind a PLX PCI9030 bridge.
 * Names as in the manuals; bits are indented under their register.
 */
#ifndef TPCI200_REGS_H
#define TPCI200_REGS_H

#include <linux/bits.h>

#define TPCI200_VENDOR_ID		0x1498
#define TPCI200_DEVICE_ID		0x30c8
#define TPCI200_SUBVENDOR_ID		0x1498
#define TPCI200_SUBDEVICE_ID		0x300a
#define TPCI200_CLASS			0x068000

#define TPCI200_SLOTS			4

/* Base address registers */
#define TPCI200_BAR_LCR			0	/* local configuration registers of the PCI9030 */
#define TPCI200_BAR_LCR_IO		1	/* the same, in I/O ports */
#define TPCI200_BAR_LAS0		2	/* interface registers */
#define TPCI200_BAR_LAS1		3	/* I/O, ID and INT space of the slots */
#define TPCI200_BAR_LAS2		4	/* MEM space, 16 bit wide */
#define TPCI200_BAR_LAS3		5	/* MEM space, 8 bit wide */

#define TPCI200_LCR_SIZE		0x80
#define TPCI200_LAS0_SIZE		0x100
#define TPCI200_LAS1_SIZE		0x400
#define TPCI200_LAS2_SIZE		0x2000000
#define TPCI200_LAS3_SIZE		0x1000000

/* PCI9030 local configuration registers, 32 bit, little-endian */
#define PCI9030_LAS0RR			0x00	/* range of local address space 0 */
#define PCI9030_LAS1RR			0x04
#define PCI9030_LAS2RR			0x08
#define PCI9030_LAS3RR			0x0c
#define PCI9030_EROMRR			0x10
#define PCI9030_LAS0BA			0x14	/* base (remap) of local address space 0 */
#define PCI9030_LAS1BA			0x18
#define PCI9030_LAS2BA			0x1c
#define PCI9030_LAS3BA			0x20
#define PCI9030_EROMBA			0x24
#define PCI9030_LAS0BRD			0x28	/* bus region descriptor of local address space 0 */
#define PCI9030_LAS1BRD			0x2c
#define PCI9030_LAS2BRD			0x30
#define PCI9030_LAS3BRD			0x34
#define   PCI9030_LASBRD_WIDTH		GENMASK(23, 22)
#define   PCI9030_LASBRD_WIDTH_8	0
#define   PCI9030_LASBRD_WIDTH_16	1
#define   PCI9030_LASBRD_BIG_ENDIAN	BIT(24)
#define PCI9030_EROMBRD			0x38
#define PCI9030_CS0BASE			0x3c
#define PCI9030_CS1BASE			0x40
#define PCI9030_CS2BASE			0x44
#define PCI9030_CS3BASE			0x48
#define PCI9030_INTCSR			0x4c
#define   PCI9030_INTCSR_LINTI1_EN	BIT(0)
#define   PCI9030_INTCSR_LINTI1_POL	BIT(1)
#define   PCI9030_INTCSR_LINTI1_STATUS	BIT(2)
#define   PCI9030_INTCSR_PCI_EN		BIT(6)
#define   PCI9030_INTCSR_SOFT		BIT(7)
#define PCI9030_CNTRL			0x50
#define   PCI9030_CNTRL_SOFT_RESET	BIT(30)
#define PCI9030_GPIOC			0x54

/* Interface registers: 16 bit, in LAS0; slot 0 is A */
#define TPCI200_REVISION		0x00
#define TPCI200_CONTROL(slot)		(0x02 + 2 * (slot))
#define   TPCI200_CONTROL_CLK32		BIT(0)	/* 0: 8 MHz, 1: 32 MHz */
#define   TPCI200_CONTROL_RECOVER_EN	BIT(1)	/* recovery time between cycles of this slot */
#define   TPCI200_CONTROL_TIME_INT_EN	BIT(2)
#define   TPCI200_CONTROL_ERR_INT_EN	BIT(3)
#define   TPCI200_CONTROL_INT0_EDGE	BIT(4)	/* 0: level sensitive */
#define   TPCI200_CONTROL_INT1_EDGE	BIT(5)
#define   TPCI200_CONTROL_INT0_EN	BIT(6)
#define   TPCI200_CONTROL_INT1_EN	BIT(7)
#define   TPCI200_CONTROL_MASK		GENMASK(7, 0)
#define TPCI200_RESET			0x0a
#define   TPCI200_RESET_SLOT(slot)	BIT(slot)
#define   TPCI200_RESET_MASK		GENMASK(3, 0)
#define TPCI200_STATUS			0x0c
#define   TPCI200_STATUS_INT0(slot)	BIT(2 * (slot))
#define   TPCI200_STATUS_INT1(slot)	BIT(2 * (slot) + 1)
#define   TPCI200_STATUS_INT_MASK	GENMASK(7, 0)
#define   TPCI200_STATUS_ERROR(slot)	BIT(8 + (slot))		/* live, read only */
#define   TPCI200_STATUS_ERROR_MASK	GENMASK(11, 8)
#define   TPCI200_STATUS_TIMEOUT(slot)	BIT(12 + (slot))	/* latched, write 1 to clear */
#define   TPCI200_STATUS_TIMEOUT_MASK	GENMASK(15, 12)

/* Where a slot's spaces lie in LAS1, LAS2 and LAS3 */
#define TPCI200_LAS1_SLOT(slot)		(0x100 * (slot))
#define   TPCI200_IO_OFFSET		0x00
#define   TPCI200_IO_SIZE		0x80
#define   TPCI200_ID_OFFSET		0x80
#define   TPCI200_ID_SIZE		0x40
#define   TPCI200_INT_OFFSET		0xc0
#define   TPCI200_INT_SIZE		0x40
#define TPCI200_LAS2_SLOT(slot)		(0x800000 * (slot))
#define   TPCI200_MEM16_SIZE		0x800000
#define TPCI200_LAS3_SLOT(slot)		(0x400000 * (slot))
#define   TPCI200_MEM8_SIZE		0x400000

#endif
