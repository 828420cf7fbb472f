/* SPDX-License-Identifier: GPL-2.0 */
/* IP-Octal 232, 422 and 485: an SCC2698B on an IndustryPack module. */
#ifndef VHW_IPOCTAL_H
#define VHW_IPOCTAL_H

#include "../tpci200/idprom.h"
#include "../tpci200/ip_module.h"
#include "scc2698.h"

#define IPOCTAL_MODEL_232	0x22
#define IPOCTAL_MODEL_422	0x2a
#define IPOCTAL_MODEL_485	0x48

/**
 * struct ipoctal - an IP-Octal
 * @module: as its carrier sees it
 * @prom: its ID PROM
 * @chip: the UARTs
 * @vector: interrupt vector register
 */
struct ipoctal {
	struct ip_module module;
	const struct ip_idprom *prom;
	struct scc2698 chip;
	u8 vector;
};

void ipoctal_init(struct ipoctal *ipoctal, struct vhw_board *board, unsigned int slot,
		  const struct ip_idprom *prom);

#endif
