// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/module.h>

#include "../core/fault.c"

struct pattern {
	const char *name;
	struct vhw_fault fault;
	const char *strikes;	/* one digit an opportunity */
};

static const struct pattern patterns[] = {
	{ "is off without a probability", { .times = -1, .interval = 1 }, "00000000" },
	{ "strikes always at 100 percent",
	  { .probability = 100, .times = -1, .interval = 1 }, "11111111" },
	{ "strikes so many times", { .probability = 100, .times = 2, .interval = 1 }, "11000000" },
	{ "does not strike when times are used up",
	  { .probability = 100, .times = 0, .interval = 1 }, "00000000" },
	{ "lets the first opportunities pass",
	  { .probability = 100, .times = -1, .after = 3, .interval = 1 }, "00011111" },
	{ "strikes at intervals",
	  { .probability = 100, .times = -1, .interval = 3 }, "001001001" },
	{ "counts intervals after what it lets pass",
	  { .probability = 100, .times = 2, .after = 2, .interval = 2 }, "000101000" },
};

static void describe(const struct pattern *pattern, char *text)
{
	strscpy(text, pattern->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(pattern, patterns, describe);

static void follows_its_settings(struct kunit *test)
{
	const struct pattern *pattern = test->param_value;
	struct vhw_fault fault = pattern->fault;
	const char *expected;
	u64 count = 0;

	vhw_fault_start(&fault, 1);
	for (expected = pattern->strikes; *expected; expected++) {
		bool strikes = vhw_fault_strikes(&fault);

		KUNIT_EXPECT_EQ(test, strikes, *expected == '1');
		count += strikes;
	}
	KUNIT_EXPECT_EQ(test, fault.count, count);
}

static void an_off_fault_keeps_what_it_is_to_let_pass(struct kunit *test)
{
	struct vhw_fault fault = { .times = -1, .after = 5, .interval = 1 };

	vhw_fault_strikes(&fault);
	KUNIT_EXPECT_EQ(test, fault.after, 5);
}

static void strikes_as_often_as_its_probability_says(struct kunit *test)
{
	struct vhw_fault fault = { .probability = 20, .times = -1, .interval = 1 };
	int i;

	vhw_fault_start(&fault, 42);
	for (i = 0; i < 100000; i++)
		vhw_fault_strikes(&fault);
	KUNIT_EXPECT_GT(test, fault.count, 19500);
	KUNIT_EXPECT_LT(test, fault.count, 20500);
}

static u64 strikes_of_64(u64 seed)
{
	struct vhw_fault fault = { .probability = 50, .times = -1, .interval = 1 };
	u64 strikes = 0;
	int i;

	vhw_fault_start(&fault, seed);
	for (i = 0; i < 64; i++)
		strikes = strikes << 1 | vhw_fault_strikes(&fault);
	return strikes;
}

static void equal_seeds_give_equal_strikes(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, strikes_of_64(3), strikes_of_64(3));
	KUNIT_EXPECT_NE(test, strikes_of_64(3), strikes_of_64(4));
	KUNIT_EXPECT_NE(test, strikes_of_64(0), strikes_of_64(1));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(follows_its_settings, pattern_gen_params),
	KUNIT_CASE(an_off_fault_keeps_what_it_is_to_let_pass),
	KUNIT_CASE(strikes_as_often_as_its_probability_says),
	KUNIT_CASE(equal_seeds_give_equal_strikes),
	{}
};

static struct kunit_suite suite = {
	.name = "vhw-fault",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of the virtual hardware's fault engine");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
