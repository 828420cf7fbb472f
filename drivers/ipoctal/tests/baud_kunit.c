// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/module.h>

#include "../baud.c"

static const u32 rates[] = {
	50, 75, 110, 134, 150, 200, 300, 600, 1050, 1200, 1800, 2000, 2400, 3600, 4800, 7200,
	9600, 14400, 19200, 28800, 38400, 57600,
};

static const struct baud_block power_up = { .set2 = true, .timer = BAUD_TIMER_MIN };

static bool within_tolerance(u32 got, u32 wanted)
{
	u32 off = got > wanted ? got - wanted : wanted - got;

	/* The chip's 134.5 and 2003.5 are known by their nominal rates; and got is rounded. */
	return (u64)off * 10000 <= (u64)wanted * BAUD_TOLERANCE + 5000;
}

/*
 * Independent of the code under test: every set, every preset worth a try and every pair of codes,
 * as long as an open neighbour keeps its dividers. Says what the smallest error is, negligible
 * ones as 0.
 */
static u32 brute_force(const struct baud_block *now, unsigned int channel, u32 rate)
{
	u8 other = now->csr[!channel];
	u32 best = 10001;

	for (int set = 0; set < 2; set++) {
		for (int k = 0; k < 2; k++) {
			u16 preset = k ? nearest_timer(rate) : now->timer;
			bool alone = !now->open[!channel];

			if (!alone &&
			    (baud_divider(set, preset, other >> 4) !=
			     baud_divider(now->set2, now->timer, other >> 4) ||
			     baud_divider(set, preset, other & 15) !=
			     baud_divider(now->set2, now->timer, other & 15)))
				continue;
			for (int code = 0; code <= 13; code++) {
				int divider = baud_divider(set, preset, code);
				u32 error = divider ? baud_error(divider, rate) : 10000;

				best = min(best, error <= NEGLIGIBLE ? 0 : error);
			}
		}
	}
	return best;
}

/* Every state two channels reach by asking for one rate each, then every request on top */
static void every_pair_of_rates_gets_the_best_assignment(struct kunit *test)
{
	for (int a = 0; a < ARRAY_SIZE(rates); a++) {
		for (int b = 0; b < ARRAY_SIZE(rates); b++) {
			struct baud_block block = power_up, then;
			u32 best;
			bool ok;

			block.open[0] = true;
			KUNIT_ASSERT_TRUE(test, baud_choose(&block, 0, rates[a], rates[a], &block));
			KUNIT_EXPECT_TRUE(test, within_tolerance(baud_rx(&block, 0), rates[a]));

			block.open[1] = true;
			best = brute_force(&block, 1, rates[b]);
			ok = baud_choose(&block, 1, rates[b], rates[b], &then);
			KUNIT_EXPECT_EQ_MSG(test, ok, best <= BAUD_TOLERANCE, "%u beside %u",
					    rates[b], rates[a]);
			if (!ok)
				continue;
			KUNIT_EXPECT_TRUE(test, within_tolerance(baud_tx(&then, 1), rates[b]));
			KUNIT_EXPECT_TRUE(test, within_tolerance(baud_rx(&then, 1), rates[b]));
			KUNIT_EXPECT_EQ_MSG(test, baud_rx(&then, 0), baud_rx(&block, 0),
					    "%u beside %u", rates[b], rates[a]);
			KUNIT_EXPECT_EQ(test, then.csr[0], block.csr[0]);
		}
	}
}

static void only_two_rates_that_both_need_the_timer_are_refused(struct kunit *test)
{
	static const u32 timer_only[] = { 3600, 14400, 28800, 57600 };
	struct baud_block block = power_up, then;

	for (int a = 0; a < ARRAY_SIZE(timer_only); a++) {
		block = power_up;
		block.open[0] = true;
		block.open[1] = true;
		block.csr[1] = 0xbb;
		KUNIT_ASSERT_TRUE(test, baud_choose(&block, 0, timer_only[a], timer_only[a],
						    &block));
		for (int b = 0; b < ARRAY_SIZE(timer_only); b++)
			KUNIT_EXPECT_EQ(test, a == b,
					baud_choose(&block, 1, timer_only[b], timer_only[b],
						    &then));
	}
}

static void split_rates_are_found_wherever_they_exist(struct kunit *test)
{
	for (int rx = 0; rx < ARRAY_SIZE(rates); rx++) {
		for (int tx = 0; tx < ARRAY_SIZE(rates); tx++) {
			struct baud_block then;

			if (!baud_choose(&power_up, 0, rates[rx], rates[tx], &then))
				continue;
			KUNIT_EXPECT_TRUE(test, within_tolerance(baud_rx(&then, 0), rates[rx]));
			KUNIT_EXPECT_TRUE(test, within_tolerance(baud_tx(&then, 0), rates[tx]));
		}
	}
	KUNIT_EXPECT_TRUE(test, baud_choose(&power_up, 0, 75, 1200, &(struct baud_block){}));
	KUNIT_EXPECT_TRUE(test, baud_choose(&power_up, 0, 57600, 50, &(struct baud_block){}));
}

static void three_rates_of_a_kind_leave_a_sound_block(struct kunit *test)
{
	/* All sequences of three requests by alternating channels, both open. */
	for (int a = 0; a < ARRAY_SIZE(rates); a++)
		for (int b = 0; b < ARRAY_SIZE(rates); b++)
			for (int c = 0; c < ARRAY_SIZE(rates); c++) {
				const u32 wanted[] = { rates[a], rates[b], rates[c] };
				struct baud_block block = power_up;

				block.open[0] = true;
				block.open[1] = true;
				block.csr[0] = 0xbb;
				block.csr[1] = 0xbb;
				for (int i = 0; i < 3; i++) {
					u32 other = baud_rx(&block, !(i % 2));

					baud_choose(&block, i % 2, wanted[i], wanted[i], &block);
					KUNIT_ASSERT_EQ(test, baud_rx(&block, !(i % 2)), other);
				}
			}
}

static void o11_a_rate_that_does_not_exist_is_refused(struct kunit *test)
{
	static const u32 impossible[] = { 0, 1, 31250, 115200, 230400, 4000000, U32_MAX };
	struct baud_block then = { .timer = 4711 };

	for (int i = 0; i < ARRAY_SIZE(impossible); i++)
		KUNIT_EXPECT_FALSE_MSG(test, baud_choose(&power_up, 0, impossible[i],
							 impossible[i], &then),
				       "%u", impossible[i]);
	KUNIT_EXPECT_EQ(test, then.timer, 4711);
}

static void the_neighbour_s_set_is_kept_where_the_code_means_something_else(struct kunit *test)
{
	struct baud_block block = power_up;

	/* 38400 is code 2 in set 2; 50 exists in set 1 only, so the timer has to make it. */
	block.open[0] = true;
	block.open[1] = true;
	block.csr[1] = 0xbb;
	KUNIT_ASSERT_TRUE(test, baud_choose(&block, 0, 38400, 38400, &block));
	KUNIT_EXPECT_EQ(test, block.csr[0], 0x22);
	KUNIT_ASSERT_TRUE(test, baud_choose(&block, 1, 50, 50, &block));
	KUNIT_EXPECT_TRUE(test, block.set2);
	KUNIT_EXPECT_EQ(test, block.timer, 2304);
	KUNIT_EXPECT_EQ(test, block.csr[1], 0xdd);
	KUNIT_EXPECT_EQ(test, baud_rx(&block, 0), 38400);
}

static void the_set_changes_where_the_neighbour_has_its_rate_in_both(struct kunit *test)
{
	struct baud_block block = power_up;

	block.open[0] = true;
	block.open[1] = true;
	block.csr[0] = 0xbb;
	block.csr[1] = 0xbb;
	KUNIT_ASSERT_TRUE(test, baud_choose(&block, 1, 50, 50, &block));
	KUNIT_EXPECT_FALSE(test, block.set2);
	KUNIT_EXPECT_EQ(test, block.csr[1], 0x00);
	KUNIT_EXPECT_EQ(test, baud_rx(&block, 0), 9600);
}

static void the_timer_stays_free_while_the_generator_will_do(struct kunit *test)
{
	static const u32 generator[] = {
		50, 75, 110, 134, 150, 200, 300, 600, 1050, 1200, 1800, 2000, 2400, 4800, 7200,
		9600, 19200, 38400,
	};

	for (int i = 0; i < ARRAY_SIZE(generator); i++) {
		struct baud_block then;

		KUNIT_ASSERT_TRUE(test, baud_choose(&power_up, 0, generator[i], generator[i],
						    &then));
		KUNIT_EXPECT_FALSE_MSG(test, uses_timer(then.csr[0]), "%u", generator[i]);
	}
}

static void the_timer_makes_115200_over_n(struct kunit *test)
{
	static const u16 presets[] = { 2, 4, 8, 32 };

	for (int i = 0; i < ARRAY_SIZE(presets); i++) {
		struct baud_block then;
		u32 rate = 115200 / presets[i];

		KUNIT_ASSERT_TRUE(test, baud_choose(&power_up, 0, rate, rate, &then));
		KUNIT_EXPECT_EQ(test, then.timer, presets[i]);
		KUNIT_EXPECT_EQ(test, then.csr[0], 0xdd);
		KUNIT_EXPECT_EQ(test, baud_tx(&then, 0), rate);
	}
}

static void the_test_table_makes_115200_and_says_what_is_lost(struct kunit *test)
{
	static const u32 made[] = { 4800, 7200, 9600, 14400, 19200, 28800, 38400, 57600, 115200 };
	static const u32 lost[] = { 50, 300, 600, 1200, 1800 };
	const struct baud_block block = { .test = true }; /* and without the timer */
	struct baud_block then;

	for (int i = 0; i < ARRAY_SIZE(made); i++) {
		KUNIT_ASSERT_TRUE_MSG(test, baud_choose(&block, 0, made[i], made[i], &then), "%u",
				      made[i]);
		KUNIT_EXPECT_EQ(test, baud_rx(&then, 0), made[i]);
	}
	for (int i = 0; i < ARRAY_SIZE(lost); i++)
		KUNIT_EXPECT_FALSE_MSG(test, baud_choose(&block, 0, lost[i], lost[i], &then), "%u",
				       lost[i]);
}

static void without_the_timer_the_generator_has_to_do(struct kunit *test)
{
	const struct baud_block block = { .set2 = true, .timer = 0 };
	struct baud_block then;

	KUNIT_EXPECT_TRUE(test, baud_choose(&block, 1, 38400, 38400, &then));
	KUNIT_EXPECT_TRUE(test, baud_choose(&block, 1, 7200, 7200, &then));
	KUNIT_EXPECT_EQ(test, then.timer, 0);
	KUNIT_EXPECT_FALSE(test, baud_choose(&block, 1, 57600, 57600, &then));
	KUNIT_EXPECT_FALSE(test, baud_choose(&block, 1, 14400, 9600, &then));
}

/* 460800 / 439 is 1049.66, 115200 / 13000 is 8.86 */
static void rates_and_presets_are_rounded_to_the_nearest(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, baud_rate(439), 1050);
	KUNIT_EXPECT_EQ(test, baud_rate(4189), 110);
	KUNIT_EXPECT_EQ(test, nearest_timer(13000), 9);
	KUNIT_EXPECT_EQ(test, nearest_timer(14000), 8);
}

/* Code 13 is the timer, 11 is 9600 in both sets */
static void either_direction_of_a_neighbour_is_spared(struct kunit *test)
{
	struct baud_block now = { .timer = 8, .open = { false, true }, .csr = { 0, 0xdb } };

	KUNIT_EXPECT_TRUE(test, disturbs(&now, 1, false, 9));
	now.csr[1] = 0xbd;
	KUNIT_EXPECT_TRUE(test, disturbs(&now, 1, false, 9));
	now.csr[1] = 0xbb;
	KUNIT_EXPECT_FALSE(test, disturbs(&now, 1, true, 9));
}

static void a_transmitter_alone_may_have_the_timer(struct kunit *test)
{
	struct baud_block now = { .timer = 100 }, then;

	KUNIT_ASSERT_TRUE(test, baud_choose(&now, 0, 9600, 14400, &then));
	KUNIT_EXPECT_EQ(test, then.timer, 8);
	KUNIT_EXPECT_EQ(test, baud_rx(&then, 0), 9600);
	KUNIT_EXPECT_EQ(test, baud_tx(&then, 0), 14400);
}

static struct kunit_case baud_cases[] = {
	KUNIT_CASE(every_pair_of_rates_gets_the_best_assignment),
	KUNIT_CASE(the_test_table_makes_115200_and_says_what_is_lost),
	KUNIT_CASE(without_the_timer_the_generator_has_to_do),
	KUNIT_CASE(only_two_rates_that_both_need_the_timer_are_refused),
	KUNIT_CASE(split_rates_are_found_wherever_they_exist),
	KUNIT_CASE(three_rates_of_a_kind_leave_a_sound_block),
	KUNIT_CASE(rates_and_presets_are_rounded_to_the_nearest),
	KUNIT_CASE(either_direction_of_a_neighbour_is_spared),
	KUNIT_CASE(a_transmitter_alone_may_have_the_timer),
	KUNIT_CASE(o11_a_rate_that_does_not_exist_is_refused),
	KUNIT_CASE(the_neighbour_s_set_is_kept_where_the_code_means_something_else),
	KUNIT_CASE(the_set_changes_where_the_neighbour_has_its_rate_in_both),
	KUNIT_CASE(the_timer_stays_free_while_the_generator_will_do),
	KUNIT_CASE(the_timer_makes_115200_over_n),
	{}
};

static struct kunit_suite baud_suite = {
	.name = "baud",
	.test_cases = baud_cases,
};

kunit_test_suite(baud_suite);

MODULE_DESCRIPTION("Tests of the SCC2698B's baud rates");
MODULE_LICENSE("GPL");
