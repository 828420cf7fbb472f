// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the timestamp arithmetic. The vectors are those of the FMC TDC specification, section
 * 2.10.
 */

#include <kunit/test.h>

#include "../acam.c"

struct convert_case {
	const char *name;
	struct acam_count count;
	struct acam_stamp stamp;
};

static const struct convert_case convert_cases[] = {
	{ "first bin", { 0, 10, 20, 11, 0, 100 }, { 100, 84, 0, 0 } },
	{ "last bin", { 0, 10, 20, 11, 6318, 100 }, { 100, 147, 3970, 6318 } },
	{ "late in the second", { 7629, 3, 63, 5, 6317, 100 }, { 100, 124993790, 3928, 6317 } },
	{ "a date", { 5, 200, 33, 17, 1234, 1700000000 }, { 1700000000, 70253, 2024, 1234 } },
	{ "into the next second", { 7629, 0, 7, 104, 6000, 100 }, { 101, 259, 3070, 6000 } },
	{ "into the second before", { 0, 11, 0, 10, 0, 100 }, { 99, 124999936, 0, 0 } },
	{ "seconds wrap", { 7629, 0, 7, 104, 6000, U32_MAX }, { 0, 259, 3070, 6000 } },
};

static void convert_name(const struct convert_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(convert, convert_cases, convert_name);

static void counts_become_the_timestamp_of_the_specification(struct kunit *test)
{
	const struct convert_case *c = test->param_value;
	struct acam_stamp stamp;

	acam_convert(&c->count, &stamp);
	KUNIT_EXPECT_EQ(test, stamp.tai, c->stamp.tai);
	KUNIT_EXPECT_EQ(test, stamp.coarse, c->stamp.coarse);
	KUNIT_EXPECT_EQ(test, stamp.frac, c->stamp.frac);
	KUNIT_EXPECT_EQ(test, stamp.bins, c->stamp.bins);
}

/* Picoseconds since the second of which @stamp's clock says tai 0 */
static s64 stamp_ps(const struct acam_stamp *stamp)
{
	return (s32)stamp->tai * ACAM_SECOND_PS + (s64)stamp->coarse * ACAM_TICK_PS +
	       stamp->frac * ACAM_TICK_PS / ACAM_FRACS;
}

static u64 step(u64 *state)
{
	*state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
	return *state >> 16;
}

/*
 * Whatever the phase of the retrigger counter: up to a bin and the scale's sawtooth early, never
 * late
 */
static void expect_near(struct kunit *test, const struct acam_clock *clock, s64 time)
{
	struct acam_count count;
	struct acam_stamp stamp;
	s64 error;

	acam_count_hit(clock, time, &count);
	KUNIT_ASSERT_LT(test, count.bins, 6318);
	acam_convert(&count, &stamp);
	KUNIT_ASSERT_GE(test, stamp.coarse, 0);
	KUNIT_ASSERT_LT(test, stamp.coarse, ACAM_SECOND_TICKS);
	error = stamp_ps(&stamp) - (time - clock->second);
	KUNIT_ASSERT_LE(test, error, 0);
	KUNIT_ASSERT_GE(test, error, -(82 + 247 + 2));
}

static void a_hundred_thousand_random_times_are_measured_within_330_ps(struct kunit *test)
{
	struct acam_clock clock = { .second = 8000 };
	u64 state = 1;
	s64 time;
	int i;

	for (i = 0; i < 100000; i++) {
		clock.start = clock.second + (s64)(step(&state) % ACAM_SECOND_TICKS) * ACAM_TICK_PS;
		time = clock.start + 2 * ACAM_SECOND_PS + step(&state) % (20 * ACAM_SECOND_PS);
		expect_near(test, &clock, time);
	}
}

static void both_sides_of_every_boundary_are_measured(struct kunit *test)
{
	struct acam_clock clock = { };
	s64 boundary;
	int tick, ps;

	for (tick = 0; tick < 2 * ACAM_ROLLOVER_TICKS; tick += 31) {
		clock.start = tick * ACAM_TICK_PS;
		for (ps = -100; ps <= 100; ps++) {
			expect_near(test, &clock, 5 * ACAM_SECOND_PS + ps);
			boundary = clock.start + CHIP_LAG_PS + 8000000LL * RETRIGGER_PS;
			expect_near(test, &clock, boundary + ps);
			boundary = clock.start + CHIP_LAG_PS + 31250LL * 256 * RETRIGGER_PS;
			expect_near(test, &clock, boundary + ps);
		}
	}
}

/* Both references may be later: the clock was set, or the counter began, after the pulse */
static void times_before_a_reference_are_measured_as_well(struct kunit *test)
{
	struct acam_clock clock = { };
	struct acam_stamp stamp;
	int tick, ps;

	for (tick = 0; tick < 2 * ACAM_ROLLOVER_TICKS; tick += 997) {
		clock.start = 3 * ACAM_SECOND_PS + tick * ACAM_TICK_PS;
		for (ps = -12345; ps <= 12345; ps += 11) {
			expect_near(test, &clock, -5 * ACAM_SECOND_PS + ps);
			expect_near(test, &clock, ACAM_SECOND_PS + ps);
			expect_near(test, &clock, clock.start + ps);
		}
	}
	acam_measure_exactly(&clock, -1, &stamp);
	KUNIT_EXPECT_EQ(test, stamp.tai, U32_MAX);
	KUNIT_EXPECT_EQ(test, stamp.coarse, ACAM_SECOND_TICKS - 1);
	KUNIT_EXPECT_EQ(test, stamp.frac, 4095);
}

/*
 * A second begins within a retrigger period. A hit of that period is counted from the second
 * before, though the timestamp that is made of it is the same.
 */
static void a_hit_as_the_second_begins_belongs_to_the_one_before(struct kunit *test)
{
	struct acam_clock clock = { .tai = 100, .start = -10 * ACAM_TICK_PS };
	struct acam_count count;
	s64 period = clock.start + CHIP_LAG_PS;

	/* the second begins 10 ticks after the counter, in its first period */
	acam_count_hit(&clock, period + 5 * ACAM_TICK_PS, &count);
	KUNIT_EXPECT_EQ(test, count.tai, 99);
	KUNIT_EXPECT_EQ(test, count.start, 0);
	acam_count_hit(&clock, period + RETRIGGER_PS, &count);
	KUNIT_EXPECT_EQ(test, count.tai, 100);
	KUNIT_EXPECT_EQ(test, count.start, 1);
	KUNIT_EXPECT_EQ(test, count.retrigger, 0);
	KUNIT_EXPECT_EQ(test, count.roll_over, 0);
	KUNIT_EXPECT_EQ(test, count.cycles, 53);
}

static void a_perfect_chip_rounds_down_to_a_fraction(struct kunit *test)
{
	struct acam_clock clock = { .start = 27 * ACAM_TICK_PS };
	struct acam_stamp stamp;
	u64 state = 2;
	s64 time;
	int i;

	for (i = 0; i < 10000; i++) {
		time = 2 * ACAM_SECOND_PS + step(&state) % (20 * ACAM_SECOND_PS);
		acam_measure_exactly(&clock, time, &stamp);
		KUNIT_ASSERT_EQ(test, (s64)stamp.tai, time / ACAM_SECOND_PS);
		KUNIT_ASSERT_EQ(test, (s64)stamp.coarse, time % ACAM_SECOND_PS / ACAM_TICK_PS);
		KUNIT_ASSERT_EQ(test, (s64)stamp.frac, time % ACAM_TICK_PS * 64 / 125);
	}
}

struct offset_case {
	const char *name;
	struct acam_stamp stamp;
	struct acam_offset offset;
	struct acam_stamp sum;
};

static const struct offset_case offset_cases[] = {
	{ "86 ps", { 9, 5, 100 }, { 0, 0, 44 }, { 9, 5, 144 } },
	{ "-1 ps borrows a tick", { 9, 5, 0 }, { 0, 0, -1 }, { 9, 4, 4095 } },
	{ "-1 ps borrows a second", { 9, 0, 0 }, { 0, 0, -1 }, { 8, 124999999, 4095 } },
	{ "4000 ps", { 9, 5, 0 }, { 0, 1, -2048 }, { 9, 5, 2048 } },
	{ "-229460 ps", { 9, 50, 0 }, { 0, -29, 1300 }, { 9, 21, 1300 } },
	{ "-229460 ps otherwise", { 9, 50, 0 }, { -1, 124999971, 1300 }, { 9, 21, 1300 } },
	{ "a tick carries", { 9, 124999999, 4000 }, { 0, 0, 96 }, { 10, 0, 0 } },
};

static void offset_name(const struct offset_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(offset, offset_cases, offset_name);

static void offsets_are_added_with_carries(struct kunit *test)
{
	const struct offset_case *c = test->param_value;
	struct acam_stamp stamp = c->stamp;

	acam_add_offset(&stamp, &c->offset);
	KUNIT_EXPECT_EQ(test, stamp.tai, c->sum.tai);
	KUNIT_EXPECT_EQ(test, stamp.coarse, c->sum.coarse);
	KUNIT_EXPECT_EQ(test, stamp.frac, c->sum.frac);
}

struct filter_case {
	const char *name;
	struct acam_stamp rise;
	struct acam_stamp fall;
	bool passes;
};

static const struct filter_case filter_cases[] = {
	{ "12 ticks", { 1, 100 }, { 1, 112 }, true },
	{ "11 ticks and a bit", { 1, 100, 0 }, { 1, 111, 4095 }, false },
	{ "fractions do not count", { 1, 100, 4095 }, { 1, 112, 0 }, true },
	{ "over a boundary", { 1, 124999994 }, { 2, 6 }, true },
	{ "too short over a boundary", { 1, 124999994 }, { 2, 5 }, false },
	{ "just below a second", { 1, 100 }, { 2, 99 }, true },
	{ "a second", { 1, 100 }, { 2, 100 }, false },
	{ "over the wrap of the seconds", { U32_MAX, 124999990 }, { 0, 10 }, true },
	{ "backwards", { 2, 100 }, { 1, 112 }, false },
};

static void filter_name(const struct filter_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(filter, filter_cases, filter_name);

static void the_filter_wants_12_ticks_and_less_than_a_second(struct kunit *test)
{
	const struct filter_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, acam_filter_passes(&c->rise, &c->fall), c->passes);
}

static struct kunit_case acam_tests[] = {
	KUNIT_CASE_PARAM(counts_become_the_timestamp_of_the_specification, convert_gen_params),
	KUNIT_CASE(a_hundred_thousand_random_times_are_measured_within_330_ps),
	KUNIT_CASE(both_sides_of_every_boundary_are_measured),
	KUNIT_CASE(times_before_a_reference_are_measured_as_well),
	KUNIT_CASE(a_hit_as_the_second_begins_belongs_to_the_one_before),
	KUNIT_CASE(a_perfect_chip_rounds_down_to_a_fraction),
	KUNIT_CASE_PARAM(offsets_are_added_with_carries, offset_gen_params),
	KUNIT_CASE_PARAM(the_filter_wants_12_ticks_and_less_than_a_second, filter_gen_params),
	{ }
};

static struct kunit_suite acam_suite = {
	.name = "acam",
	.test_cases = acam_tests,
};

kunit_test_suite(acam_suite);

MODULE_DESCRIPTION("Tests of the FMC TDC model's arithmetic");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
