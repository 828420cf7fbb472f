// SPDX-License-Identifier: GPL-2.0
/* Averages over the recent past and histogram bins; names as in the specification, section 8. */
#include <kunit/test.h>

#include "../window.c"

#define NS	1000000000ULL

static void expect_results(struct kunit *test, const struct thr_average *average, u64 now, u64 min,
			   u64 avg, u64 max)
{
	struct thr_window window = thr_average_read(average, now);

	KUNIT_EXPECT_EQ(test, window.count ? window.min : 0, min);
	KUNIT_EXPECT_EQ(test, window.max, max);
	KUNIT_EXPECT_EQ(test, window.count ? div64_u64(window.sum, window.count) : 0, avg);
}

static u64 add_batches(struct kunit *test, struct thr_average *average, u64 now)
{
	static const u64 sample[] = { 1, 5, 2, 4, 3 };
	unsigned int batch, i;

	for (batch = 0; batch < 100; batch++) {
		for (i = 0; i < ARRAY_SIZE(sample); i++)
			thr_average_add(average, sample[i], now);
		expect_results(test, average, now, 1, 3, 5);
		now += NS / 10;
	}
	return now;
}

static void ta1_to_ta4_averages_cover_the_recent_past(struct kunit *test)
{
	struct thr_average average;
	u64 now = NS;

	thr_average_init(&average, 1, now);
	expect_results(test, &average, now, 0, 0, 0);
	now = add_batches(test, &average, now);
	now += 100 * NS;
	expect_results(test, &average, now, 0, 0, 0);
	add_batches(test, &average, now);
}

static void results_cover_two_thirds_to_four_thirds_of_the_interval(struct kunit *test)
{
	struct thr_average average;
	u64 now = 1000 * NS;
	unsigned int i;

	thr_average_init(&average, 3, now);
	KUNIT_EXPECT_EQ(test, average.period, 4 * NS);
	/* A sample every 10 ms: the count is the time covered. After a pause it is so again. */
	for (i = 0; i < 5000; i++) {
		struct thr_window window;

		now += NS / 100;
		if (i == 2500)
			now += 100 * NS;
		thr_average_add(&average, 1, now);
		window = thr_average_read(&average, now);
		if (i % 2500 < 400)
			continue;
		KUNIT_EXPECT_GE(test, window.count, 200ULL);
		KUNIT_EXPECT_LE(test, window.count, 400ULL);
	}
}

static void depth_is_the_sum_of_latencies_over_the_time_they_came_in(struct kunit *test)
{
	struct thr_average average;
	struct thr_window window;
	u64 now = NS;
	unsigned int i;

	thr_average_init(&average, 12, now);
	/* Into the second half of the first grid: the current window is then 8 s old. */
	now += 8 * NS;
	for (i = 0; i < 4; i++)
		thr_average_add(&average, NS, now);
	window = thr_average_read(&average, now);
	KUNIT_EXPECT_EQ(test, thr_window_depth_nano(&window, average.period, now), 500000000ULL);
}

static void depth_is_above_zero_when_there_was_any_load(struct kunit *test)
{
	struct thr_window window = { .min = ~0ULL, .expiry = 4 * NS };

	KUNIT_EXPECT_EQ(test, thr_window_depth_nano(&window, 4 * NS, 0), 0ULL);
	KUNIT_EXPECT_EQ(test, thr_window_depth_nano(&window, 4 * NS, NS), 0ULL);
	window.sum = 1;
	KUNIT_EXPECT_EQ(test, thr_window_depth_nano(&window, 4 * NS, 4 * NS - 1), 1ULL);
	window.sum = NS / 1000;
	KUNIT_EXPECT_EQ(test, thr_window_depth_nano(&window, 4 * NS, 2 * NS), 500000ULL);
	/* An hour's wait that ends as the window begins */
	window.sum = 3600 * NS;
	KUNIT_EXPECT_EQ(test, thr_window_depth_nano(&window, 4 * NS, 0), ~0ULL);
	KUNIT_EXPECT_EQ(test, thr_window_depth_nano(&window, 4 * NS, 1), ~0ULL);
	KUNIT_EXPECT_EQ(test, thr_window_depth_nano(&window, 4 * NS, 1000), 3600000000ULL * NS);
}

static void windows_of_several_cpus_add_up(struct kunit *test)
{
	struct thr_window a = { .min = 3, .max = 9, .sum = 12, .count = 2 };
	struct thr_window b = { .min = 1, .max = 4, .sum = 5, .count = 2 };
	struct thr_window none = { .min = ~0ULL };

	thr_window_merge(&a, &b);
	thr_window_merge(&a, &none);
	KUNIT_EXPECT_EQ(test, a.min, 1ULL);
	KUNIT_EXPECT_EQ(test, a.max, 9ULL);
	KUNIT_EXPECT_EQ(test, a.sum, 17ULL);
	KUNIT_EXPECT_EQ(test, a.count, 4ULL);
}

static void bins_begin_at_their_boundary(struct kunit *test)
{
	static const u64 bounds[] = { 10, 50, 100 };

	KUNIT_EXPECT_EQ(test, thr_bin(bounds, 3, 0), 0U);
	KUNIT_EXPECT_EQ(test, thr_bin(bounds, 3, 9), 0U);
	KUNIT_EXPECT_EQ(test, thr_bin(bounds, 3, 10), 1U);
	KUNIT_EXPECT_EQ(test, thr_bin(bounds, 3, 49), 1U);
	KUNIT_EXPECT_EQ(test, thr_bin(bounds, 3, 50), 2U);
	KUNIT_EXPECT_EQ(test, thr_bin(bounds, 3, 100), 3U);
	KUNIT_EXPECT_EQ(test, thr_bin(bounds, 3, ~0ULL), 3U);
	KUNIT_EXPECT_EQ(test, thr_bin(bounds, 0, 7), 0U);
}

static void boundaries_rise_and_none_is_zero(struct kunit *test)
{
	static const u64 good[] = { 1, 2, 3 }, zero[] = { 0, 1 };
	static const u64 equal[] = { 5, 5 }, fall[] = { 5, 4 };

	KUNIT_EXPECT_TRUE(test, thr_bounds_valid(good, 3));
	KUNIT_EXPECT_TRUE(test, thr_bounds_valid(good, 0));
	KUNIT_EXPECT_FALSE(test, thr_bounds_valid(zero, 2));
	KUNIT_EXPECT_FALSE(test, thr_bounds_valid(equal, 2));
	KUNIT_EXPECT_FALSE(test, thr_bounds_valid(fall, 2));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(ta1_to_ta4_averages_cover_the_recent_past),
	KUNIT_CASE(results_cover_two_thirds_to_four_thirds_of_the_interval),
	KUNIT_CASE(depth_is_the_sum_of_latencies_over_the_time_they_came_in),
	KUNIT_CASE(depth_is_above_zero_when_there_was_any_load),
	KUNIT_CASE(windows_of_several_cpus_add_up),
	KUNIT_CASE(bins_begin_at_their_boundary),
	KUNIT_CASE(boundaries_rise_and_none_is_zero),
	{}
};

static struct kunit_suite suite = {
	.name = "thr-window",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of averages and histograms");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
