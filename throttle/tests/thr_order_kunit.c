// SPDX-License-Identifier: GPL-2.0
/* Random trees against the promises about turns; see order_model.c. */
#include <kunit/test.h>

#include "../bucket.c"
#include "../heap.c"
#include "../rotation.c"
#include "order_model.c"

static const u64 seeds[] = { 1, 2, 3 };

static void seed_name(const u64 *seed, char *desc)
{
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "seed %llu", *seed);
}

KUNIT_ARRAY_PARAM(seed, seeds, seed_name);

static void nobody_waits_for_longer_than_the_bound(struct kunit *test)
{
	u64 at;
	const char *what = order_run(200000, *(const u64 *)test->param_value, &at);

	KUNIT_EXPECT_NULL_MSG(test, what, "step %llu: %s", at, what);
	KUNIT_EXPECT_GT(test, served, 10000ULL);
	KUNIT_EXPECT_GT(test, went_at_once, 1000ULL);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(nobody_waits_for_longer_than_the_bound, seed_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "thr-order",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of the bound on how long a throttled request waits for its turn");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
