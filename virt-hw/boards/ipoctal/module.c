// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: where its chip, its vector and its ID PROM lie in the spaces of an IndustryPack slot.
 */

#include "ipoctal.h"

#define ID_WORDS	32
#define INT_WORDS	2

static struct ipoctal *of_module(struct ip_module *module)
{
	return container_of(module, struct ipoctal, module);
}

/* Faults of the PROM: which bytes of ID space they are, and what becomes of them */
static u16 damaged_id(struct ipoctal *ipoctal, u32 word)
{
	struct ip_module *module = &ipoctal->module;
	u16 value = ip_idprom_word(ipoctal->prom, word);
	u32 length_at = ipoctal->prom->wide ? 11 : 10;

	if (word < 3 && ip_fault(module, -1, IP_FAULT_ID_LETTERS))
		value ^= 0x5a;
	if (word == length_at && ip_fault(module, -1, IP_FAULT_ID_LENGTH))
		value |= 0xff;
	if (word == length_at + 1 && ip_fault(module, -1, IP_FAULT_ID_CRC))
		value ^= 0x01;
	return value;
}

static bool ipoctal_read(struct ip_module *module, enum ip_space space, u32 word, u8 lanes,
			 u16 *value)
{
	struct ipoctal *ipoctal = of_module(module);

	switch (space) {
	case IP_ID:
		*value = damaged_id(ipoctal, word % ID_WORDS);
		return true;
	case IP_INT:
		if (word >= INT_WORDS)
			return false;
		*value = IP_UNDRIVEN << 8 | ipoctal->vector;
		return true;
	case IP_MEM:
		*value = IP_UNDRIVEN << 8 | ipoctal->vector;
		return true;
	default:
		*value = IP_UNDRIVEN << 8 | IP_UNDRIVEN;
		if (lanes & IP_LANE_LOW)
			*value = IP_UNDRIVEN << 8 | scc2698_read(&ipoctal->chip, word);
		return true;
	}
}

static bool ipoctal_write(struct ip_module *module, enum ip_space space, u32 word, u8 lanes,
			  u16 value)
{
	struct ipoctal *ipoctal = of_module(module);

	switch (space) {
	case IP_IO:
		if (lanes & IP_LANE_LOW)
			scc2698_write(&ipoctal->chip, word, value);
		return true;
	case IP_MEM:
		if (lanes & IP_LANE_LOW)
			ipoctal->vector = value;
		return true;
	default:
		return false;
	}
}

static void ipoctal_reset(struct ip_module *module)
{
	struct ipoctal *ipoctal = of_module(module);

	ipoctal->vector = 0;
	scc2698_reset(&ipoctal->chip);
}

static const struct ip_module_ops ipoctal_ops = {
	.reset = ipoctal_reset,
	.read = ipoctal_read,
	.write = ipoctal_write,
};

/* @ipoctal is zeroed */
void ipoctal_init(struct ipoctal *ipoctal, struct vhw_board *board, unsigned int slot,
		  const struct ip_idprom *prom)
{
	ipoctal->module.ops = &ipoctal_ops;
	ipoctal->module.board = board;
	ipoctal->module.slot = slot;
	ipoctal->prom = prom;
	scc2698_init(&ipoctal->chip, &ipoctal->module);
}
