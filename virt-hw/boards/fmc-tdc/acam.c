// SPDX-License-Identifier: GPL-2.0
/*
 * From the time of an edge to a timestamp: the chip counts, the gateware computes. Sections are
 * those of the FMC TDC specification. No lock, no clock, no allocation.
 */

#include <linux/math64.h>

#include "acam.h"

/* 32 ns * 2^7 / (216 * 234) = 81.0383 ps = 256000/3159 ps (section 2.3) */
#define BIN_NUMERATOR		3159
#define BIN_DENOMINATOR		256000

/* The gateware's rounding of a bin in units of 1/4096 tick (section 2.10) */
#define SCALE			84934
#define SCALE_SHIFT		11

#define RETRIGGER_PS		(ACAM_RETRIGGER_TICKS * ACAM_TICK_PS)

/*
 * A constant latency of the path through the chip: the start of a hit is this much behind the
 * gateware's counter
 */
#define CHIP_LAG_PS		(63 * ACAM_TICK_PS)

/* A pulse must be this long between its quantised edges (section 2.9) */
#define FILTER_TICKS		12

/* Divide towards minus infinity: times before a reference are as good as times after it */
static s64 floor_div(s64 dividend, s64 divisor)
{
	s64 quotient = div64_s64(dividend, divisor);

	return quotient * divisor > dividend ? quotient - 1 : quotient;
}

/**
 * acam_count_hit() - what the chip and the gateware's counters hold for an edge
 * @clock: the time base
 * @time: of the edge
 * @count: filled
 *
 * A hit whose retrigger period began before the second did is counted in the second before (section
 * 2.10).
 */
void acam_count_hit(const struct acam_clock *clock, s64 time, struct acam_count *count)
{
	s64 since_start = time - clock->start - CHIP_LAG_PS;
	s64 retrigger = floor_div(since_start, RETRIGGER_PS);
	u32 within = since_start - retrigger * RETRIGGER_PS;
	s64 second = floor_div(time - clock->second, ACAM_SECOND_PS);
	s64 boundary = clock->second - clock->start + second * ACAM_SECOND_PS;
	s64 first = floor_div(boundary, RETRIGGER_PS);

	if (retrigger <= first) {
		second--;
		boundary -= ACAM_SECOND_PS;
		first = floor_div(boundary, RETRIGGER_PS);
	}
	count->tai = clock->tai + (u32)second;
	count->retrigger = first;
	count->cycles = 63 - (u32)(boundary - first * RETRIGGER_PS) / ACAM_TICK_PS;
	count->roll_over = (retrigger >> 8) - (first >> 8);
	count->start = retrigger;
	count->bins = within * BIN_NUMERATOR / BIN_DENOMINATOR;
}

/* Carry ticks into seconds, either way, by at most one second as the gateware does */
static void normalise(struct acam_stamp *stamp)
{
	if (stamp->coarse < 0) {
		stamp->coarse += ACAM_SECOND_TICKS;
		stamp->tai--;
	} else if (stamp->coarse >= ACAM_SECOND_TICKS) {
		stamp->coarse -= ACAM_SECOND_TICKS;
		stamp->tai++;
	}
}

/**
 * acam_convert() - the gateware's timestamp of a hit (section 2.10)
 * @count: of the hit
 * @stamp: filled
 */
void acam_convert(const struct acam_count *count, struct acam_stamp *stamp)
{
	u32 scaled = (count->bins * SCALE) >> SCALE_SHIFT;

	stamp->tai = count->tai;
	stamp->coarse = (count->roll_over * 256 - count->retrigger + count->start) *
			ACAM_RETRIGGER_TICKS + count->cycles + (s32)(scaled / ACAM_FRACS);
	stamp->frac = scaled % ACAM_FRACS;
	stamp->bins = count->bins;
	normalise(stamp);
}

/**
 * acam_measure_exactly() - the timestamp of an edge as a perfect chip would give it
 * @clock: the time base
 * @time: of the edge
 * @stamp: filled; rounded down to 1/4096 tick, with the bins of the real chip
 */
void acam_measure_exactly(const struct acam_clock *clock, s64 time, struct acam_stamp *stamp)
{
	s64 second = floor_div(time - clock->second, ACAM_SECOND_PS);
	u64 within = time - clock->second - second * ACAM_SECOND_PS;
	struct acam_count count;
	u32 rest;

	acam_count_hit(clock, time, &count);
	stamp->tai = clock->tai + (u32)second;
	stamp->coarse = div_u64_rem(within, ACAM_TICK_PS, &rest);
	stamp->frac = rest * ACAM_FRACS / ACAM_TICK_PS;
	stamp->bins = count.bins;
}

/**
 * acam_add_offset() - the gateware's offset adder: field by field, with single carries (section
 * 2.8)
 * @stamp: changed
 * @offset: to be added
 */
void acam_add_offset(struct acam_stamp *stamp, const struct acam_offset *offset)
{
	s32 frac = stamp->frac + offset->frac;

	stamp->tai += offset->tai;
	stamp->coarse += offset->coarse;
	if (frac < 0) {
		frac += ACAM_FRACS;
		stamp->coarse--;
	} else if (frac >= ACAM_FRACS) {
		frac -= ACAM_FRACS;
		stamp->coarse++;
	}
	stamp->frac = frac;
	normalise(stamp);
}

/**
 * acam_filter_passes() - is a pulse long enough to be reported?
 * @rise: timestamp of its rising edge
 * @fall: timestamp of its falling edge
 *
 * The gateware compares seconds and ticks and ignores the fraction; a pulse of a second or more
 * never passes (section 2.9).
 *
 * Return: true if the rising edge is to be reported.
 */
bool acam_filter_passes(const struct acam_stamp *rise, const struct acam_stamp *fall)
{
	u32 seconds = fall->tai - rise->tai;
	s32 ticks = fall->coarse - rise->coarse;

	if (ticks < 0) {
		ticks += ACAM_SECOND_TICKS;
		seconds--;
	}
	return !seconds && ticks >= FILTER_TICKS;
}
