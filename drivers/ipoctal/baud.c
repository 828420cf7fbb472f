// SPDX-License-Identifier: GPL-2.0
/*
 * Baud rates of a block of the SCC2698B: the pure part, without registers.
 *
 * Two channels share one bit that says which of two sets of rates the generator makes, and one
 * counter/timer that makes any 115200 / n. Whoever asks for a rate may turn these only as far as
 * the other channel, if it is open, goes on at exactly the rates it has.
 */
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/minmax.h>

#include "baud.h"
#include "scc2698_regs.h"

#define TIMER_CODE	SCC2698_CSR_TIMER

/* Errors up to this count as none: it covers 134 for 134.5, and 2000 for 2003.5 */
#define NEGLIGIBLE	50	/* of 10000 */

/*
 * Dividers of BAUD_BASE by code; code 13 is the counter/timer, 14 and 15 are pins. Then the same in
 * the generator's test mode, where it is not sure what code 2 of the second set makes.
 */
static const u16 dividers[4][SCC2698_CSR_TIMER] = {
	{ 9216, 4189, 3426, 2304, 1536, 768, 384, 439, 192, 96, 64, 48, 12 },
	{ 6144, 4189, 12, 3072, 1536, 768, 384, 230, 192, 96, 256, 48, 24 },
	{ 96, 524, 428, 24, 16, 8, 4, 439, 8, 96, 8, 48, 12 },
	{ 64, 524, 0, 32, 16, 8, 4, 230, 8, 96, 32, 48, 24 },
};

/* Which of these */
static unsigned int set_of(const struct baud_block *block, bool set2)
{
	return (block->test ? 2 : 0) + set2;
}

/**
 * baud_divider - what a rate code divides BAUD_BASE by
 * @set: ACR[7], and 2 more in test mode
 * @timer: preset of the counter/timer
 * @code: half of a CSR
 *
 * Return: the divider, 0 for a code that makes no rate.
 */
int baud_divider(unsigned int set, u16 timer, unsigned int code)
{
	if (code < TIMER_CODE)
		return dividers[set][code];
	return code == TIMER_CODE ? 4 * timer : 0;
}

/**
 * baud_rate - rate of a divider, rounded, in bit/s
 * @divider: of BAUD_BASE
 */
u32 baud_rate(int divider)
{
	return divider ? DIV_ROUND_CLOSEST(BAUD_BASE, divider) : 0;
}

/* How far a divider is off a rate, of 10000 */
static u32 baud_error(int divider, u32 rate)
{
	u64 product = (u64)divider * rate;
	u64 off = product > BAUD_BASE ? product - BAUD_BASE : BAUD_BASE - product;

	return min_t(u64, div64_u64(off * 10000, product), 10000);
}

static u16 nearest_timer(u32 rate)
{
	u32 preset = DIV_ROUND_CLOSEST(BAUD_BASE / 4, rate);

	return clamp_t(u32, preset, BAUD_TIMER_MIN, BAUD_TIMER_MAX);
}

/* The best code for a rate; the generator is preferred to the timer */
static u32 best_code(unsigned int set, u16 timer, u32 rate, u8 *code)
{
	u32 best = 10001;

	for (unsigned int i = 0; i <= TIMER_CODE; i++) {
		int divider = baud_divider(set, timer, i);
		u32 error = divider ? baud_error(divider, rate) : 10000;

		if (error <= NEGLIGIBLE)
			error = 0;
		if (error < best) {
			best = error;
			*code = i;
		}
	}
	return best;
}

static bool uses_timer(u8 csr)
{
	return (csr & 0x0f) == TIMER_CODE || csr >> 4 == TIMER_CODE;
}

/* Would the other channel notice? */
static bool disturbs(const struct baud_block *now, unsigned int other, bool set2, u16 timer)
{
	u8 csr = now->csr[other];
	unsigned int before = set_of(now, now->set2), after = set_of(now, set2);

	if (!now->open[other])
		return false;
	return baud_divider(before, now->timer, csr >> 4) !=
		       baud_divider(after, timer, csr >> 4) ||
	       baud_divider(before, now->timer, csr & 0x0f) !=
		       baud_divider(after, timer, csr & 0x0f);
}

/**
 * struct candidate - one way to program a block
 * @error: the worse of the two directions' errors, of 10000
 * @cost: 1 to change the set, 2 to claim the timer: whoever comes next is to find them free
 * @set2: which set of rates
 * @timer: preset of the counter/timer
 * @csr: codes of the channel
 */
struct candidate {
	u32 error;
	unsigned int cost;
	bool set2;
	u16 timer;
	u8 csr;
};

static bool better(const struct candidate *a, const struct candidate *b)
{
	return a->error != b->error ? a->error < b->error : a->cost < b->cost;
}

static struct candidate try_candidate(const struct baud_block *now, unsigned int channel,
				      bool set2, u16 timer, u32 rx, u32 tx)
{
	bool shared = now->open[!channel] && uses_timer(now->csr[!channel]);
	struct candidate c = { .set2 = set2, .timer = timer };
	u8 rx_code, tx_code;
	u32 rx_error = best_code(set_of(now, set2), timer, rx, &rx_code);
	u32 tx_error = best_code(set_of(now, set2), timer, tx, &tx_code);

	c.error = max(rx_error, tx_error);
	c.csr = rx_code << 4 | tx_code;
	c.cost = (set2 != now->set2) + (uses_timer(c.csr) && !shared ? 2 : 0);
	/* A timer nobody asks for keeps its preset. */
	if (!uses_timer(c.csr))
		c.timer = now->timer;
	return c;
}

/**
 * baud_choose - find the best way to give a channel its rates
 * @now: how the block is programmed
 * @channel: 0 or 1
 * @rx: rate wanted of the receiver, in bit/s
 * @tx: rate wanted of the transmitter
 * @then: how to program the block; not touched on failure
 *
 * Of all ways that leave an open neighbour alone it takes the most exact one, of equally exact ones
 * that which binds least. See section 6 of the specification.
 *
 * Return: false if there is no way within BAUD_TOLERANCE.
 */
bool baud_choose(const struct baud_block *now, unsigned int channel, u32 rx, u32 tx,
		 struct baud_block *then)
{
	struct candidate best = { .error = BAUD_TOLERANCE + 1 };
	u16 timers[3];

	if (!rx || !tx)
		return false;

	timers[0] = now->timer;
	timers[1] = now->timer ? nearest_timer(rx) : 0;
	timers[2] = now->timer ? nearest_timer(tx) : 0;
	for (int i = 0; i < 6; i++) {
		bool set2 = i < 3 ? now->set2 : !now->set2;
		struct candidate c;

		if (disturbs(now, !channel, set2, timers[i % 3]))
			continue;
		c = try_candidate(now, channel, set2, timers[i % 3], rx, tx);
		if (better(&c, &best))
			best = c;
	}
	if (best.error > BAUD_TOLERANCE)
		return false;

	*then = *now;
	then->set2 = best.set2;
	then->timer = best.timer;
	then->csr[channel] = best.csr;
	return true;
}

static u32 rate_of(const struct baud_block *block, unsigned int code)
{
	return baud_rate(baud_divider(set_of(block, block->set2), block->timer, code));
}

/**
 * baud_rx - rate of a receiver in bit/s
 * @block: how the block is programmed
 * @channel: 0 or 1
 */
u32 baud_rx(const struct baud_block *block, unsigned int channel)
{
	return rate_of(block, block->csr[channel] >> 4);
}

/**
 * baud_tx - rate of a transmitter in bit/s
 * @block: how the block is programmed
 * @channel: 0 or 1
 */
u32 baud_tx(const struct baud_block *block, unsigned int channel)
{
	return rate_of(block, block->csr[channel] & 0x0f);
}
