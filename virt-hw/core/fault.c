// SPDX-License-Identifier: GPL-2.0
#include <linux/math64.h>

#include "fault.h"

/**
 * vhw_random_next() - a step of a splitmix64 generator
 * @state: any value is a seed
 *
 * Return: 32 pseudo-random bits.
 */
u32 vhw_random_next(u64 *state)
{
	u64 z = *state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return (z ^ (z >> 31)) >> 32;
}

/**
 * vhw_fault_start() - begin again: no opportunity seen, the generator at its seed; settings stay
 * @fault: the fault
 * @seed: equal seeds give equal strikes
 */
void vhw_fault_start(struct vhw_fault *fault, u64 seed)
{
	fault->passed = 0;
	fault->count = 0;
	fault->random = seed;
}

/**
 * vhw_fault_strikes() - there is an opportunity: does the fault strike?
 * @fault: the fault
 *
 * Tests in this order: probability not 0, times, after, interval, probability. Off costs one
 * comparison, and does not consume what is left of @after.
 *
 * Return: whether it strikes now.
 */
bool vhw_fault_strikes(struct vhw_fault *fault)
{
	u64 passed;

	if (!fault->probability || !fault->times)
		return false;
	if (fault->after) {
		fault->after--;
		return false;
	}
	passed = ++fault->passed;
	if (fault->interval > 1 && do_div(passed, fault->interval))
		return false;
	if (fault->probability < 100 && vhw_random_next(&fault->random) % 100 >= fault->probability)
		return false;
	if (fault->times > 0)
		fault->times--;
	fault->count++;
	return true;
}
