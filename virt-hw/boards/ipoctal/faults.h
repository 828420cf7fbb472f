/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VHW_IPOCTAL_FAULTS_H
#define VHW_IPOCTAL_FAULTS_H

/* What can go wrong in an IP-Octal, in the order of ipoctal_faults[] */
enum ipoctal_fault {
	IPOCTAL_WARM_BOOT,
	IPOCTAL_RX_OVERRUN,
	IPOCTAL_RX_FRAMING,
	IPOCTAL_RX_PARITY,
	IPOCTAL_RX_BREAK,
	IPOCTAL_RX_FLIP,
	IPOCTAL_RX_NOISE,
	IPOCTAL_RX_DEAF,
	IPOCTAL_CTS_DROP,
	IPOCTAL_TX_STUCK,
	IPOCTAL_FAULTS
};

#endif
