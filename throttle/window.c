// SPDX-License-Identifier: GPL-2.0
/*
 * Averages over the recent past (specification 7.1) and histogram bins (7.2). Pure: the caller
 * passes the time.
 */
#include <linux/math64.h>
#include <linux/minmax.h>

#include "window.h"

static void clear(struct thr_window *window)
{
	window->min = ~0ULL;
	window->max = 0;
	window->sum = 0;
	window->count = 0;
}

/* Windows that ended start again, on the same grid. */
static void expire(struct thr_average *average, u64 now)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct thr_window *window = &average->window[i];
		u64 late;

		if (window->expiry > now)
			continue;
		clear(window);
		div64_u64_rem(now - window->expiry, average->period, &late);
		window->expiry = now + average->period - late;
	}
}

/**
 * thr_average_init - nothing seen yet
 * @average: windows
 * @seconds: the interval that results cover on average
 * @now: ns
 */
void thr_average_init(struct thr_average *average, u64 seconds, u64 now)
{
	average->period = div64_u64(seconds * 4000000000ULL, 3);
	clear(&average->window[0]);
	clear(&average->window[1]);
	average->window[0].expiry = now + average->period / 2;
	average->window[1].expiry = now + average->period;
}

/**
 * thr_average_add - record a value
 * @average: windows
 * @value: usually a latency in ns
 * @now: ns
 */
void thr_average_add(struct thr_average *average, u64 value, u64 now)
{
	unsigned int i;

	expire(average, now);
	for (i = 0; i < 2; i++) {
		struct thr_window *window = &average->window[i];

		window->min = min(window->min, value);
		window->max = max(window->max, value);
		window->sum += value;
		window->count++;
	}
}

/**
 * thr_average_read - the recent past
 * @average: windows
 * @now: ns
 *
 * Return: the window with more history; min is ~0 when it is empty.
 */
struct thr_window thr_average_read(const struct thr_average *average, u64 now)
{
	struct thr_average copy = *average;
	bool second;

	expire(&copy, now);
	second = copy.window[0].expiry >= copy.window[1].expiry;
	return copy.window[second];
}

/**
 * thr_window_merge - put together what two CPUs have seen in the same window
 * @into: receives the sum
 * @from: the other
 */
void thr_window_merge(struct thr_window *into, const struct thr_window *from)
{
	into->min = min(into->min, from->min);
	into->max = max(into->max, from->max);
	into->sum += from->sum;
	into->count += from->count;
}

/**
 * thr_window_depth_nano - average queue depth in a window of latencies (Little's law)
 * @window: from thr_average_read()
 * @period: of the average
 * @now: ns
 *
 * Return: 10^-9 requests; 0 only when there was no load.
 */
u64 thr_window_depth_nano(const struct thr_window *window, u64 period, u64 now)
{
	u64 elapsed = period - (window->expiry - now);

	/* The window has just begun: the quotient has no end, or needs more than 64 bits. */
	if (window->sum >> 34 >= elapsed)
		return window->sum ? ~0ULL : 0;
	return window->sum ? max(mul_u64_u64_div_u64(window->sum, 1000000000, elapsed), 1ULL) : 0;
}

/**
 * thr_bounds_valid - may these be the boundaries of a histogram?
 * @bounds: ns
 * @count: how many; none is valid
 *
 * Return: true when none is 0 and each is above the one before.
 */
bool thr_bounds_valid(const u64 *bounds, unsigned int count)
{
	u64 last = 0;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (bounds[i] <= last)
			return false;
		last = bounds[i];
	}
	return true;
}

/**
 * thr_bin - the bin of a value
 * @bounds: valid boundaries
 * @count: how many
 * @value: ns
 *
 * Return: 0 below the first boundary, up to @count from the last one on.
 */
unsigned int thr_bin(const u64 *bounds, unsigned int count, u64 value)
{
	unsigned int low = 0, high = count;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (value < bounds[middle])
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}
