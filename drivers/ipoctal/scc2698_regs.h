/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Philips SCC2698B octal UART, as the IP-Octal modules wire it: four blocks A to D of two channels
 * a and b. Register numbers are the chip's own; on an 8-bit module of an IndustryPack bus register
 * n lies at byte 2n + 1. Names as in the data sheet; bits are indented under their register.
 */
#ifndef SCC2698_REGS_H
#define SCC2698_REGS_H

#include <linux/bits.h>

#define SCC2698_CHANNELS		8
#define SCC2698_BLOCKS			4
#define SCC2698_CRYSTAL			3686400		/* Hz */
#define SCC2698_RX_FIFO			3		/* and one in the shift register */

/*
 * Byte offset in I/O space of a register of a block (0..3) or, for the first four, of a channel
 * (0..7)
 */
#define SCC2698_BLOCK(block, reg)	(0x20 * (block) + 2 * (reg) + 1)
#define SCC2698_CHANNEL(channel, reg)	(0x10 * (channel) + 2 * (reg) + 1)

/* Registers of a channel */
#define SCC2698_MR			0x0	/* MR1, then MR2 until the pointer is reset */
#define   SCC2698_MR1_RXRTS		BIT(7)	/* the receiver controls RTSN */
#define   SCC2698_MR1_RXINT_FFULL	BIT(6)	/* 0: interrupt at RxRDY, 1: at FFULL */
#define   SCC2698_MR1_ERROR_BLOCK	BIT(5)	/* status of each character, or of all */
#define   SCC2698_MR1_PARITY_MODE	GENMASK(4, 3)
#define     SCC2698_MR1_PARITY_ON	0
#define     SCC2698_MR1_PARITY_FORCE	1
#define     SCC2698_MR1_PARITY_NONE	2
#define     SCC2698_MR1_MULTIDROP	3
#define   SCC2698_MR1_PARITY_ODD	BIT(2)	/* or forced to 1 (mark), or an address */
#define   SCC2698_MR1_BITS		GENMASK(1, 0)	/* data bits - 5 */
#define   SCC2698_MR2_MODE		GENMASK(7, 6)
#define     SCC2698_MR2_NORMAL		0
#define     SCC2698_MR2_AUTO_ECHO	1
#define     SCC2698_MR2_LOCAL_LOOP	2
#define     SCC2698_MR2_REMOTE_LOOP	3
#define   SCC2698_MR2_TXRTS		BIT(5)	/* RTSN is negated after the last character */
#define   SCC2698_MR2_CTS		BIT(4)	/* CTSN gates the transmitter */
#define   SCC2698_MR2_STOP		GENMASK(3, 0)
#define     SCC2698_MR2_STOP_0_563	0x0	/* 1.063 with 5 data bits */
#define     SCC2698_MR2_STOP_0_625	0x1	/* 1.125 with 5 data bits */
#define     SCC2698_MR2_STOP_1		0x7	/* 1.5 with 5 data bits */
#define     SCC2698_MR2_STOP_2		0xf
#define SCC2698_SR			0x1	/* read */
#define   SCC2698_SR_BREAK		BIT(7)
#define   SCC2698_SR_FRAMING		BIT(6)
#define   SCC2698_SR_PARITY		BIT(5)	/* in multidrop mode the address bit */
#define   SCC2698_SR_OVERRUN		BIT(4)
#define   SCC2698_SR_TXEMT		BIT(3)
#define   SCC2698_SR_TXRDY		BIT(2)
#define   SCC2698_SR_FFULL		BIT(1)
#define   SCC2698_SR_RXRDY		BIT(0)
#define SCC2698_CSR			0x1	/* write */
#define   SCC2698_CSR_RX		GENMASK(7, 4)
#define   SCC2698_CSR_TX		GENMASK(3, 0)
#define     SCC2698_CSR_TIMER		0xd
#define     SCC2698_CSR_MPP_16X		0xe
#define     SCC2698_CSR_MPP_1X		0xf
#define SCC2698_CR			0x2	/* write; a read is a test function, see below */
#define   SCC2698_CR_RX_ENABLE		BIT(0)
#define   SCC2698_CR_RX_DISABLE		BIT(1)
#define   SCC2698_CR_TX_ENABLE		BIT(2)
#define   SCC2698_CR_TX_DISABLE		BIT(3)
#define   SCC2698_CR_COMMAND		GENMASK(7, 4)
#define     SCC2698_CR_NONE		0x00
#define     SCC2698_CR_RESET_MR		0x10
#define     SCC2698_CR_RESET_RX		0x20
#define     SCC2698_CR_RESET_TX		0x30
#define     SCC2698_CR_RESET_ERROR	0x40
#define     SCC2698_CR_RESET_BREAK	0x50	/* the change-in-break interrupt */
#define     SCC2698_CR_START_BREAK	0x60
#define     SCC2698_CR_STOP_BREAK	0x70
#define     SCC2698_CR_ASSERT_RTS	0x80
#define     SCC2698_CR_NEGATE_RTS	0x90
#define     SCC2698_CR_TIMEOUT_ON	0xa0	/* receiver time-out mode */
#define     SCC2698_CR_TIMEOUT_OFF	0xc0
#define SCC2698_RHR			0x3	/* read */
#define SCC2698_THR			0x3	/* write */

/* Registers of a block */
#define SCC2698_IPCR			0x4	/* read; clears its change bits and ISR_MPI */
#define   SCC2698_IPCR_CHANGE		GENMASK(7, 4)
#define   SCC2698_IPCR_CHANGE_CTS(ch)	BIT(4 + 2 * (ch))	/* ch: 0 for a, 1 for b */
#define   SCC2698_IPCR_CTS(ch)		BIT(2 * (ch))		/* the pin: 0 is asserted */
#define   SCC2698_IPCR_MPI1(ch)		BIT(2 * (ch) + 1)
#define SCC2698_ACR			0x4	/* write */
#define   SCC2698_ACR_BRG_SET2		BIT(7)
#define   SCC2698_ACR_CT_MODE		GENMASK(6, 4)
#define     SCC2698_ACR_COUNTER_MPI	0
#define     SCC2698_ACR_COUNTER_MPI_16	1
#define     SCC2698_ACR_COUNTER_TXC	2
#define     SCC2698_ACR_COUNTER_X1_16	3
#define     SCC2698_ACR_TIMER_MPI	4
#define     SCC2698_ACR_TIMER_MPI_16	5
#define     SCC2698_ACR_TIMER_X1	6
#define     SCC2698_ACR_TIMER_X1_16	7
#define   SCC2698_ACR_CHANGE_MPI1(ch)	BIT(2 * (ch) + 1)	/* interrupt at a change */
#define   SCC2698_ACR_CHANGE_CTS(ch)	BIT(2 * (ch))
#define   SCC2698_ACR_CHANGE		GENMASK(3, 0)
#define SCC2698_ISR			0x5	/* read */
#define SCC2698_IMR			0x5	/* write; bits as in ISR */
#define   SCC2698_ISR_MPI		BIT(7)
#define   SCC2698_ISR_COUNTER		BIT(3)
#define   SCC2698_ISR_BREAK(ch)		BIT(4 * (ch) + 2)
#define   SCC2698_ISR_RX(ch)		BIT(4 * (ch) + 1)	/* RxRDY or FFULL */
#define   SCC2698_ISR_TXRDY(ch)		BIT(4 * (ch))
#define SCC2698_CTU			0x6	/* read: count, high byte */
#define SCC2698_CTPU			0x6	/* write: preset, high byte */
#define SCC2698_CTL			0x7
#define SCC2698_CTPL			0x7
#define   SCC2698_CTP_MIN		2
#define SCC2698_RESERVED_C		0xc
#define SCC2698_IPR			0xd	/* read; low bits as in IPCR, clears nothing */
#define SCC2698_OPCR			0xd	/* write */
#define   SCC2698_OPCR_MPP_OUTPUT	BIT(7)
#define   SCC2698_OPCR_MPOB		GENMASK(6, 4)
#define   SCC2698_OPCR_MPOA		GENMASK(2, 0)
#define     SCC2698_OPCR_MPO_RTSN	0
#define     SCC2698_OPCR_MPO_CT		1
#define     SCC2698_OPCR_MPO_TXC_1X	2
#define     SCC2698_OPCR_MPO_TXC_16X	3
#define     SCC2698_OPCR_MPO_RXC_1X	4
#define     SCC2698_OPCR_MPO_RXC_16X	5
#define     SCC2698_OPCR_MPO_TXRDY	6
#define     SCC2698_OPCR_MPO_RXRDY	7
#define SCC2698_START_CT		0xe	/* read */
#define SCC2698_STOP_CT			0xf	/* read */

/* Reads that switch test functions of the whole chip; no driver should ever read here */
#define SCC2698_BRG_TEST		0x2
#define SCC2698_1X_TEST			0xa

#endif
