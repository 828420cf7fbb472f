/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Baud rates of a block of the SCC2698B: the pure part, without registers.
 */
#ifndef IPOCTAL_BAUD_H
#define IPOCTAL_BAUD_H

#include <linux/types.h>

/*
 * All rates are BAUD_BASE / divider: the crystal's 3.6864 MHz over 8. The generator's dividers are
 * a table; the counter/timer with preset n divides by 4 n.
 */
#define BAUD_BASE		460800
#define BAUD_TIMER_MIN		2
#define BAUD_TIMER_MAX		0xffff
#define BAUD_TOLERANCE		300	/* of 10000 */

/**
 * struct baud_block - how a block is programmed
 * @set2: which set of rates the generator makes, ACR[7]; for both channels
 * @test: the generator makes its test rates, of the whole chip
 * @timer: preset of the counter/timer, one for both channels; 0: it is not there for rates
 * @open: channels in use, which must not be disturbed
 * @csr: rate codes of the channels: receiver in the upper half, transmitter in the lower
 */
struct baud_block {
	bool set2;
	bool test;
	u16 timer;
	bool open[2];
	u8 csr[2];
};

int baud_divider(unsigned int set, u16 timer, unsigned int code);
u32 baud_rate(int divider);
bool baud_choose(const struct baud_block *now, unsigned int channel, u32 rx, u32 tx,
		 struct baud_block *then);
u32 baud_rx(const struct baud_block *block, unsigned int channel);
u32 baud_tx(const struct baud_block *block, unsigned int channel);

#endif
