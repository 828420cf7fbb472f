/* SPDX-License-Identifier: GPL-2.0 */
/*
 * An IndustryPack module in a slot, as its carrier sees it: five address spaces of 16-bit words,
 * two interrupt requests, a clock and a reset.
 */
#ifndef VHW_IP_MODULE_H
#define VHW_IP_MODULE_H

#include <linux/bits.h>
#include <linux/types.h>

struct ip_module;
struct vhw_board;

enum ip_space { IP_IO, IP_ID, IP_INT, IP_MEM };

/*
 * Byte strobes: an 8-bit module knows the low lane only; the bus is big-endian, so that is the odd
 * byte
 */
#define IP_LANE_LOW	BIT(0)	/* D7..D0 */
#define IP_LANE_HIGH	BIT(1)	/* D15..D8 */

/* What a data line reads that nobody drives */
#define IP_UNDRIVEN	0xff

/*
 * What can be made to go wrong in a module, in the order of the carrier's table of faults
 * (tpci200_faults[]).
 */
enum ip_fault {
	IP_FAULT_NO_ACK,
	IP_FAULT_TIMEOUT_STUCK,
	IP_FAULT_ERROR_LINE,
	IP_FAULT_ID_CRC,
	IP_FAULT_ID_LENGTH,
	IP_FAULT_ID_LETTERS,
	IP_FAULT_WARM_BOOT,
	IP_FAULT_ENDIAN_LOST,
	IP_FAULT_ENDIAN_STUCK,
	IP_FAULT_IRQ_LOST,
	IP_FAULT_IRQ_STUCK,
	IP_FAULT_IRQ_SPURIOUS,
	IP_FAULT_MODULE_RESET,
	IP_FAULT_RX_OVERRUN,
	IP_FAULT_RX_FRAMING,
	IP_FAULT_RX_PARITY,
	IP_FAULT_RX_BREAK,
	IP_FAULT_RX_FLIP,
	IP_FAULT_RX_NOISE,
	IP_FAULT_RX_DEAF,
	IP_FAULT_CTS_DROP,
	IP_FAULT_TX_STUCK,
	IP_FAULTS
};

/**
 * struct ip_module_ops - a kind of module
 * @reset: RESET# or power on: every register to its default, both requests released
 * @read: a read cycle of the word at index @word of @space; @value holds undriven lanes. False: not
 * acknowledged
 * @write: likewise a write cycle
 */
struct ip_module_ops {
	void (*reset)(struct ip_module *module);
	bool (*read)(struct ip_module *module, enum ip_space space, u32 word, u8 lanes, u16 *value);
	bool (*write)(struct ip_module *module, enum ip_space space, u32 word, u8 lanes, u16 value);
};

/**
 * struct ip_module - a module
 * @ops: what it does
 * @board: the carrier
 * @slot: where it sits
 */
struct ip_module {
	const struct ip_module_ops *ops;
	struct vhw_board *board;
	unsigned int slot;
};

/* What the carrier offers. World */
void ip_set_irq(struct ip_module *module, unsigned int line, bool asserted);
bool ip_fault(struct ip_module *module, int channel, enum ip_fault fault);

#endif
