/* SPDX-License-Identifier: GPL-2.0 */
/* Latencies of the recent past, and their distribution. Pure, like bucket.h. */
#ifndef THR_WINDOW_H
#define THR_WINDOW_H

#include <linux/types.h>

/* What was seen in one window of time. */
struct thr_window {
	u64 min;
	u64 max;
	u64 sum;
	u64 count;
	u64 expiry;	/* ns */
};

/* Two overlapping windows: results always cover between 2/3 and 4/3 of the interval asked for. */
struct thr_average {
	u64 period;	/* ns, 4/3 of the interval */
	struct thr_window window[2];
};

void thr_average_init(struct thr_average *average, u64 seconds, u64 now);
void thr_average_add(struct thr_average *average, u64 value, u64 now);
struct thr_window thr_average_read(const struct thr_average *average, u64 now);
void thr_window_merge(struct thr_window *into, const struct thr_window *from);
u64 thr_window_depth_nano(const struct thr_window *window, u64 period, u64 now);

bool thr_bounds_valid(const u64 *bounds, unsigned int count);
unsigned int thr_bin(const u64 *bounds, unsigned int count, u64 value);

#endif
