/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Does a fault strike? Pure: no lock, no clock; deterministic for a seed.
 */
#ifndef VHW_FAULT_H
#define VHW_FAULT_H

#include <linux/types.h>

/**
 * struct vhw_fault - a fault's settings and state
 *
 * The settings mean what they mean in the kernel's own fault injection
 * (Documentation/fault-injection).
 *
 * @probability: percent; 0 is off
 * @times: how often it may still strike, -1 without limit
 * @after: opportunities still to be skipped first
 * @interval: of those that remain, every @interval-th counts
 * @passed: opportunities since the start, after @after
 * @count: how often it struck since the start
 * @random: state of the generator
 */
struct vhw_fault {
	u32 probability;
	s32 times;
	u32 after;
	u32 interval;
	u64 passed;
	u64 count;
	u64 random;
};

u32 vhw_random_next(u64 *state);
void vhw_fault_start(struct vhw_fault *fault, u64 seed);
bool vhw_fault_strikes(struct vhw_fault *fault);

#endif
