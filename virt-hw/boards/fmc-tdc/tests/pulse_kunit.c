// SPDX-License-Identifier: GPL-2.0
/* Tests of the pulse sources. */

#include <kunit/test.h>

#include "../pulse.c"

static struct pulse_input *new_input(struct kunit *test)
{
	struct pulse_input *input = kunit_kzalloc(test, sizeof(*input), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, input);
	return input;
}

static struct pulse next(struct kunit *test, struct pulse_input *input)
{
	struct pulse pulse;

	KUNIT_ASSERT_TRUE(test, pulse_peek(input, &pulse));
	pulse_pop(input);
	return pulse;
}

static void expect_end(struct kunit *test, struct pulse_input *input)
{
	struct pulse pulse;

	KUNIT_EXPECT_FALSE(test, pulse_peek(input, &pulse));
}

static void a_train_has_its_period_width_and_count(struct kunit *test)
{
	struct pulse_input *input = new_input(test);
	struct pulse pulse;
	int i;

	input->train = (struct pulse_train) {
		.period = 200000, .width = 100000, .count = 1000, .start = 77, .running = true,
	};
	for (i = 0; i < 1000; i++) {
		pulse = next(test, input);
		KUNIT_ASSERT_EQ(test, pulse.rise, 77 + i * 200000LL);
		KUNIT_ASSERT_EQ(test, pulse.fall, 100077 + i * 200000LL);
	}
	expect_end(test, input);
}

static void bursts_repeat_with_their_own_period(struct kunit *test)
{
	struct pulse_input *input = new_input(test);

	input->train = (struct pulse_train) {
		.period = 200, .width = 100, .burst = 3, .burst_period = 5000, .count = 7,
		.running = true,
	};
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 0);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 200);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 400);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 5000);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 5200);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 5400);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 10000);
	expect_end(test, input);
}

static void jitter_and_width_stay_in_range_and_repeat_with_the_seed(struct kunit *test)
{
	struct pulse_input *one = new_input(test), *two = new_input(test);
	struct pulse a, b, last = { };
	bool differs = false;
	int i;

	one->train = (struct pulse_train) {
		.period = 1000000, .width = 50000, .width_max = 90000, .jitter = 700, .seed = 9,
		.running = true,
	};
	two->train = one->train;
	for (i = 0; i < 1000; i++) {
		a = next(test, one);
		b = next(test, two);
		KUNIT_ASSERT_EQ(test, a.rise, b.rise);
		KUNIT_ASSERT_EQ(test, a.fall, b.fall);
		KUNIT_ASSERT_GE(test, a.rise, i * 1000000LL);
		KUNIT_ASSERT_LT(test, a.rise, i * 1000000LL + 700);
		KUNIT_ASSERT_GE(test, a.fall - a.rise, 50000);
		KUNIT_ASSERT_LT(test, a.fall - a.rise, 90000);
		differs |= i && a.rise - last.rise != 1000000;
		last = a;
	}
	KUNIT_EXPECT_TRUE(test, differs);
}

static const struct pulse_train skipped_trains[] = {
	{ .period = 1000, .width = 100, .running = true },
	{ .period = 1000, .width = 100, .jitter = 800, .seed = 3, .running = true },
	{ .period = 1000, .width = 1, .width_max = 999, .seed = 3, .running = true },
	{ .period = 1000, .width = 100, .count = 50, .running = true },
	{ .period = 100, .width = 50, .burst = 5, .burst_period = 2000, .running = true },
	{ .period = 100, .width = 50, .burst = 5, .burst_period = 500, .count = 99,
	  .running = true },
};

static void train_name(const struct pulse_train *train, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "train %td", train - skipped_trains);
}

KUNIT_ARRAY_PARAM(train, skipped_trains, train_name);

static void skipping_drops_what_has_ended_and_nothing_else(struct kunit *test)
{
	const struct pulse_train *train = test->param_value;
	struct pulse_input *skipped = new_input(test), *walked = new_input(test);
	struct pulse a, b;
	s64 time;

	skipped->train = *train;
	walked->train = *train;
	for (time = -500; time < 60000; time += 37) {
		pulse_skip(skipped, time);
		while (pulse_peek(walked, &b) && b.fall <= time)
			pulse_pop(walked);
		KUNIT_ASSERT_EQ(test, pulse_peek(skipped, &a), pulse_peek(walked, &b));
		if (!pulse_peek(walked, &b))
			break;
		KUNIT_ASSERT_EQ(test, a.rise, b.rise);
		KUNIT_ASSERT_EQ(test, a.fall, b.fall);
		KUNIT_ASSERT_EQ(test, skipped->swallowed, walked->swallowed);
	}
}

static void skipping_to_the_past_gives_no_pulse_again(struct kunit *test)
{
	const struct pulse_train *train = test->param_value;
	struct pulse_input *input = new_input(test);
	struct pulse first, last = { }, after;

	input->train = *train;
	first = next(test, input);
	for (int i = 0; i < 20; i++)
		last = next(test, input);
	pulse_skip(input, first.fall + 2000);
	after = next(test, input);
	KUNIT_EXPECT_GE(test, after.rise, last.fall);
	KUNIT_EXPECT_EQ(test, input->train.next, 22);
	KUNIT_EXPECT_EQ(test, input->swallowed, 0);
}

static void a_recordings_pulse_is_skipped_when_it_has_ended(struct kunit *test)
{
	static const struct pulse recorded[] = {
		{ 100, 200, true, true }, { 300, 300, true, false }, { 400, 500, true, true },
		{ 600, 600, false, true }, { 700, 800, true, true },
	};
	struct pulse_input *input;
	s64 time;

	for (time = 0; time < 1000; time += 50) {
		unsigned int over = 0;

		input = new_input(test);
		input->recording = recorded;
		input->recorded = ARRAY_SIZE(recorded);
		input->recording_start = 20;
		while (over < ARRAY_SIZE(recorded) && recorded[over].fall + 20 <= time)
			over++;
		recording_skip(input, time);
		KUNIT_EXPECT_EQ(test, input->played, over);
	}
}

/* Two inputs, of which one counts its times from another zero every 100 pulses */
static void another_zero_changes_no_pulse(struct kunit *test)
{
	const struct pulse_train *train = test->param_value;
	struct pulse_input *still = new_input(test), *moved = new_input(test);
	struct pulse a, b;
	s64 zero = 0;
	int i;

	still->train = *train;
	still->train.count = 0;
	still->noise = (struct pulse_train) { .period = 777, .width = 5, .running = true };
	*moved = *still;
	KUNIT_ASSERT_EQ(test, pulse_add_single(still, 1000000, 3), 0);
	KUNIT_ASSERT_EQ(test, pulse_add_single(moved, 1000000, 3), 0);
	for (i = 0; i < 100000; i++) {
		a = next(test, still);
		b = next(test, moved);
		KUNIT_ASSERT_EQ(test, a.rise, b.rise + zero);
		KUNIT_ASSERT_EQ(test, a.fall, b.fall + zero);
		if (i % 100 == 0) {
			zero += b.rise;
			pulse_move_zero(moved, b.rise);
		}
	}
	KUNIT_EXPECT_EQ(test, still->swallowed, moved->swallowed);
}

static void sources_are_merged_and_pulses_within_pulses_swallowed(struct kunit *test)
{
	struct pulse_input *input = new_input(test);

	input->train = (struct pulse_train) {
		.period = 1000, .width = 500, .count = 2, .running = true,
	};
	input->noise = (struct pulse_train) {
		.period = 100, .width = 10, .count = 8, .start = 50, .running = true,
	};
	KUNIT_EXPECT_EQ(test, pulse_add_single(input, 2000, 5), 0);
	KUNIT_EXPECT_EQ(test, pulse_add_single(input, 900, 5), 0);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 0);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 550);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 650);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 750);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 900);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 1000);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 2000);
	expect_end(test, input);
	KUNIT_EXPECT_EQ(test, input->swallowed, 5);
}

static void no_more_are_swallowed_than_come(struct kunit *test)
{
	struct pulse_input *input = new_input(test);

	input->train = (struct pulse_train) {
		.period = 100, .width = 50, .count = 3, .start = 10, .running = true,
	};
	KUNIT_EXPECT_EQ(test, pulse_add_single(input, 0, 100000), 0);
	KUNIT_EXPECT_EQ(test, next(test, input).rise, 0);
	expect_end(test, input);
	KUNIT_EXPECT_EQ(test, input->swallowed, 3);
}

/* However dense they are: one by one, half a million millions would take for ever */
static void what_a_long_pulse_covers_is_swallowed_at_once(struct kunit *test)
{
	struct pulse_train dense = { .period = 2, .width = 1, .running = true };
	struct pulse_input *input = new_input(test);

	input->train = dense;
	input->noise = dense;
	input->busy_until = SECOND_PS;
	swallow(input, TRAIN);
	KUNIT_EXPECT_GE(test, input->train.next, SECOND_PS / 2 - 1);
	swallow(input, NOISE);
	KUNIT_EXPECT_GE(test, input->noise.next, SECOND_PS / 2 - 1);
	KUNIT_EXPECT_EQ(test, input->swallowed, input->train.next + input->noise.next);
}

static void single_pulses_come_in_order_and_have_a_limit(struct kunit *test)
{
	struct pulse_input *input = new_input(test);
	int i;

	for (i = 0; i < PULSE_SINGLES; i++)
		KUNIT_ASSERT_EQ(test, pulse_add_single(input, i * 389 % 1024 * 10, 1), 0);
	KUNIT_EXPECT_EQ(test, pulse_add_single(input, 5, 1), -ENOSPC);
	for (i = 0; i < PULSE_SINGLES; i++)
		KUNIT_ASSERT_EQ(test, next(test, input).rise, i * 10);
	expect_end(test, input);
}

static void settings_that_overlap_are_refused(struct kunit *test)
{
	struct pulse_train good = { .period = 100, .width = 50, .jitter = 49 };
	struct pulse_train bad = good;

	KUNIT_EXPECT_TRUE(test, pulse_train_valid(&good));
	bad.jitter = 50;
	KUNIT_EXPECT_FALSE(test, pulse_train_valid(&bad));
	bad = good;
	bad.width_max = 100;
	KUNIT_EXPECT_FALSE(test, pulse_train_valid(&bad));
	bad.width_max = 101;
	KUNIT_EXPECT_FALSE(test, pulse_train_valid(&bad));
	bad = good;
	bad.width = 0;
	KUNIT_EXPECT_FALSE(test, pulse_train_valid(&bad));
	bad = good;
	bad.period = 0;
	KUNIT_EXPECT_FALSE(test, pulse_train_valid(&bad));
	good.burst = 4;
	good.burst_period = 400;
	KUNIT_EXPECT_TRUE(test, pulse_train_valid(&good));
	good.burst_period = 399;
	KUNIT_EXPECT_FALSE(test, pulse_train_valid(&good));
}

static int parse(const char *text, struct pulse *pulses, u32 *count)
{
	return pulse_parse_edges(text, text + strlen(text), pulses, count);
}

static void recordings_may_miss_edges(struct kunit *test)
{
	const char *text = "# a comment\n10 1\n 20 0\n\n30 0\n40\t1\n50 1\n60 0";
	struct pulse pulses[4];
	u32 count;

	KUNIT_ASSERT_EQ(test, parse(text, NULL, &count), 0);
	KUNIT_ASSERT_EQ(test, count, 4);
	KUNIT_ASSERT_EQ(test, parse(text, pulses, &count), 0);
	KUNIT_EXPECT_TRUE(test, pulses[0].rises && pulses[0].falls);
	KUNIT_EXPECT_EQ(test, pulses[0].rise, 10);
	KUNIT_EXPECT_EQ(test, pulses[0].fall, 20);
	KUNIT_EXPECT_TRUE(test, !pulses[1].rises && pulses[1].falls);
	KUNIT_EXPECT_EQ(test, pulses[1].fall, 30);
	KUNIT_EXPECT_TRUE(test, pulses[2].rises && !pulses[2].falls);
	KUNIT_EXPECT_EQ(test, pulses[2].rise, 40);
	KUNIT_EXPECT_TRUE(test, pulses[3].rises && pulses[3].falls);
	KUNIT_EXPECT_EQ(test, pulses[3].fall, 60);
}

static void recordings_that_make_no_sense_are_refused(struct kunit *test)
{
	u32 count;

	KUNIT_EXPECT_EQ(test, parse("10 2\n", NULL, &count), -EINVAL);
	KUNIT_EXPECT_EQ(test, parse("10\n", NULL, &count), -EINVAL);
	KUNIT_EXPECT_EQ(test, parse("x 1\n", NULL, &count), -EINVAL);
	KUNIT_EXPECT_EQ(test, parse("10 1 1\n", NULL, &count), -EINVAL);
	KUNIT_EXPECT_EQ(test, parse("10 1\n10 0\n", NULL, &count), -EINVAL);
	KUNIT_EXPECT_EQ(test, parse("-10 1\n", NULL, &count), -EINVAL);
	KUNIT_EXPECT_EQ(test, parse("10000000000000000000 1\n", NULL, &count), -EINVAL);
}

static void seconds_are_read_to_the_picosecond(struct kunit *test)
{
	const char *text = " 12.000000084500 x";
	const char *end = text + strlen(text);
	u32 seconds;
	u64 ps;

	KUNIT_ASSERT_EQ(test, pulse_parse_seconds(&text, end, &seconds, &ps), 0);
	KUNIT_EXPECT_EQ(test, seconds, 12);
	KUNIT_EXPECT_EQ(test, ps, 84500);
	KUNIT_EXPECT_STREQ(test, text, " x");
	text = "4294967296";
	KUNIT_EXPECT_EQ(test, pulse_parse_seconds(&text, text + 10, &seconds, &ps), -ERANGE);
	text = "1.0000000000001";
	KUNIT_EXPECT_EQ(test, pulse_parse_seconds(&text, text + 15, &seconds, &ps), -EINVAL);
}

static struct kunit_case pulse_tests[] = {
	KUNIT_CASE(a_train_has_its_period_width_and_count),
	KUNIT_CASE(bursts_repeat_with_their_own_period),
	KUNIT_CASE(jitter_and_width_stay_in_range_and_repeat_with_the_seed),
	KUNIT_CASE_PARAM(skipping_drops_what_has_ended_and_nothing_else, train_gen_params),
	KUNIT_CASE_PARAM(skipping_to_the_past_gives_no_pulse_again, train_gen_params),
	KUNIT_CASE(a_recordings_pulse_is_skipped_when_it_has_ended),
	KUNIT_CASE_PARAM(another_zero_changes_no_pulse, train_gen_params),
	KUNIT_CASE(sources_are_merged_and_pulses_within_pulses_swallowed),
	KUNIT_CASE(no_more_are_swallowed_than_come),
	KUNIT_CASE(what_a_long_pulse_covers_is_swallowed_at_once),
	KUNIT_CASE(single_pulses_come_in_order_and_have_a_limit),
	KUNIT_CASE(settings_that_overlap_are_refused),
	KUNIT_CASE(recordings_may_miss_edges),
	KUNIT_CASE(recordings_that_make_no_sense_are_refused),
	KUNIT_CASE(seconds_are_read_to_the_picosecond),
	{ }
};

static struct kunit_suite pulse_suite = {
	.name = "pulse",
	.test_cases = pulse_tests,
};

kunit_test_suite(pulse_suite);

MODULE_DESCRIPTION("Tests of the pulse sources of virtual TDCs");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
