/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From the time of an edge to the timestamp of the FMC TDC: what the ACAM TDC-GPX counts, and what
 * the gateware makes of it. Pure arithmetic, bit for bit as in hardware.
 *
 * Times are picoseconds on the mezzanine's clock, on which ticks of 8 ns begin at multiples of
 * 8000.
 */
#ifndef VHW_ACAM_H
#define VHW_ACAM_H

#include <linux/types.h>

#define ACAM_TICK_PS		8000
#define ACAM_SECOND_PS		1000000000000LL
#define ACAM_SECOND_TICKS	125000000
#define ACAM_RETRIGGER_TICKS	64	/* the chip's start repeats */
#define ACAM_ROLLOVER_TICKS	16384	/* its 8 bit number of starts wraps */
#define ACAM_FRACS		4096	/* per tick */

/**
 * struct acam_clock - the gateware's idea of time
 * @start: when the retrigger counter was zero; a whole number of ticks
 * @second: a second's boundary not after the times converted by more than the range of an s64; a
 *	whole number of ticks
 * @tai: number of the second that begins at @second
 */
struct acam_clock {
	s64 start;
	s64 second;
	u32 tai;
};

/**
 * struct acam_count - the numbers from which the gateware computes a timestamp
 * @roll_over: how often the start number wrapped in this second
 * @retrigger: start number when the second began
 * @cycles: 63 - ticks into that retrigger period when the second began
 * @start: start number of the hit, 0 to 255
 * @bins: of 81.0383 ps since that start, 0 to 6317
 * @tai: number of the second
 */
struct acam_count {
	s32 roll_over;
	u8 retrigger;
	u8 cycles;
	u8 start;
	u16 bins;
	u32 tai;
};

/**
 * struct acam_stamp - a timestamp
 * @tai: seconds, wraps
 * @coarse: ticks of 8 ns, 0 to 124 999 999
 * @frac: 1/4096 tick
 * @bins: as counted by the chip
 */
struct acam_stamp {
	u32 tai;
	s32 coarse;
	u16 frac;
	u16 bins;
};

/**
 * struct acam_offset - what the gateware adds to each timestamp
 * @tai: seconds
 * @coarse: ticks, less than a second either way
 * @frac: 1/4096 tick, -2048 to 2047
 */
struct acam_offset {
	s32 tai;
	s32 coarse;
	s16 frac;
};

void acam_count_hit(const struct acam_clock *clock, s64 time, struct acam_count *count);
void acam_convert(const struct acam_count *count, struct acam_stamp *stamp);
void acam_measure_exactly(const struct acam_clock *clock, s64 time, struct acam_stamp *stamp);
void acam_add_offset(struct acam_stamp *stamp, const struct acam_offset *offset);
bool acam_filter_passes(const struct acam_stamp *rise, const struct acam_stamp *fall);

#endif
