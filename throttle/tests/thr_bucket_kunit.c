// SPDX-License-Identifier: GPL-2.0
/*
 * Buckets, limits and meters. The cases carry the names of the specification's list of unit tests
 * (section 8).
 */
#include <kunit/test.h>

#include "../bucket.c"

#define NS	THR_NANO
#define VM	THR_RATE_MAX

/* Largest difference between two levels that count as equal: 10^-6 unit. */
#define EQUAL	1000

static const char *const limit_name[THR_LIMITS] = {
	"bps-total", "bps-read", "bps-write", "iops-total", "iops-read", "iops-write"
};

static struct thr_pot pot_of(u64 avg, u64 max, u64 length)
{
	struct thr_limit limit = { avg, max, length };
	struct thr_pot pot;

	thr_pot_init(&pot, &limit);
	return pot;
}

static void expect_level(struct kunit *test, const struct thr_bucket *bucket, u64 now,
			 u64 nano_units)
{
	u64 level = thr_bucket_level(bucket, now);

	KUNIT_EXPECT_LE_MSG(test, level > nano_units ? level - nano_units : nano_units - level,
			    (u64)EQUAL, "level %llu, expected %llu", level, nano_units);
}

static void l1_l2_l3_the_level_leaks_to_zero_and_stays_there(struct kunit *test)
{
	struct thr_pot pot = pot_of(150, 15, 1);
	u64 now = NS;

	thr_bucket_charge(&pot.level, 3 * NS / 2, now);
	now += NS / 150;
	expect_level(test, &pot.level, now, NS / 2);
	KUNIT_EXPECT_EQ(test, pot.level.rate, 150ULL);
	now += NS / 150;
	expect_level(test, &pot.level, now, 0);
	now += NS / 150;
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&pot.level, now), 0ULL);
}

static void l4_to_l7_the_burst_level_leaks_at_the_burst_rate(struct kunit *test)
{
	static const u64 expected[] = { 7 * NS / 2, NS, 0, 0 };
	struct thr_pot pot = pot_of(150, 250, 2);
	u64 now = NS;
	unsigned int i;

	thr_bucket_charge(&pot.burst, 6 * NS, now);
	for (i = 0; i < ARRAY_SIZE(expected); i++) {
		now += NS / 100;
		expect_level(test, &pot.burst, now, expected[i]);
	}
}

struct wait_case {
	const char *name;
	u64 avg, capacity, level, wait;
};

static const struct wait_case wait_cases[] = {
	{ "W1: no limit, no wait", 0, 15, 3 * NS / 2, 0 },
	{ "W2: a level equal to max does not wait", 150, 15, 15 * NS, 0 },
	{ "W3: a level below max does not wait", 150, 15, 9 * NS, 0 },
	{ "W4: half a unit above max waits for half a unit", 150, 15, 31 * NS / 2, NS / 150 / 2 },
	{ "without max the capacity is a tenth of avg", 5, 0, NS / 2, 0 },
	{ "without max a unit above the capacity waits", 5, 0, 3 * NS / 2, NS / 5 },
	{ "a nano-unit above the capacity waits less than a nanosecond", 5, 0, NS / 2 + 1, 0 },
};

static void wait_case_name(const struct wait_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(wait, wait_cases, wait_case_name);

static void w1_to_w4_waits_follow_from_the_level(struct kunit *test)
{
	const struct wait_case *c = test->param_value;
	struct thr_bucket bucket;
	u64 wait = 0;

	/* avg 150 with max 15 is not a valid limit: the bucket alone takes it. */
	thr_bucket_init(&bucket, c->avg, c->capacity);
	if (c->avg) {
		thr_bucket_charge(&bucket, c->level, NS);
		thr_bucket_over(&bucket, NS, &wait);
	}
	KUNIT_EXPECT_EQ(test, wait, c->wait);
}

static void a_wait_is_rounded_down_to_a_nanosecond(struct kunit *test)
{
	struct thr_bucket bucket;
	u64 wait;

	/* One unit more than it holds leaks in a seventh of a second: 142 857 142.86 ns. */
	thr_bucket_init(&bucket, 7, 1);
	thr_bucket_charge(&bucket, 2 * NS, NS);
	KUNIT_EXPECT_TRUE(test, thr_bucket_over(&bucket, NS, &wait));
	KUNIT_EXPECT_EQ(test, wait, 142857142ULL);
}

static void w5_a_burst_ends_when_the_capacity_is_used_up(struct kunit *test)
{
	struct thr_pot pot = pot_of(10, 200, 2);
	u64 now = NS;
	unsigned int i;

	for (i = 0; i < 22; i++) {
		thr_pot_charge(&pot, 20 * NS, now);
		now += NS / 10;
		expect_level(test, &pot.burst, now, 0);
		expect_level(test, &pot.level, now, (i + 1) * 19 * NS);
		KUNIT_EXPECT_EQ(test, thr_pot_wait(&pot, now), i < 21 ? 0 : 1800000000ULL);
	}
}

static void the_main_bucket_takes_precedence_over_the_burst_bucket(struct kunit *test)
{
	struct thr_pot pot = pot_of(10, 200, 2);

	/*
	 * 420 units: 20 above the capacity of 400 at 10 a second; the burst bucket alone would say
	 * 400 / 200 s.
	 */
	thr_pot_charge(&pot, 420 * NS, NS);
	KUNIT_EXPECT_EQ(test, thr_pot_wait(&pot, NS), 2 * NS);
	thr_pot_init(&pot, &(struct thr_limit){ 10, 200, 2 });
	thr_pot_charge(&pot, 400 * NS, NS);
	KUNIT_EXPECT_EQ(test, thr_pot_wait(&pot, NS), 19 * NS / 10);
}

static void no_debt_is_longer_than_the_horizon(struct kunit *test)
{
	struct thr_pot pot = pot_of(1, VM, 1);
	u64 now = NS;
	unsigned int i;

	KUNIT_EXPECT_EQ(test, pot.level.tol_ns, THR_HORIZON_NS);
	for (i = 0; i < 100; i++)
		thr_pot_charge(&pot, 0xffffffffULL * NS, now);
	KUNIT_EXPECT_EQ(test, pot.level.empty_at, now + THR_HORIZON_NS);
	KUNIT_EXPECT_EQ(test, thr_pot_wait(&pot, now), 0ULL);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&pot.level, now), THR_HORIZON_NS + pot.level.rem);
}

static void remainders_are_carried_so_that_rates_do_not_drift(struct kunit *test)
{
	struct thr_pot pot = pot_of(7, 0, 1);
	unsigned int i;

	for (i = 0; i < 7000; i++)
		thr_pot_charge(&pot, NS, NS);
	KUNIT_EXPECT_EQ(test, pot.level.empty_at, NS + 1000 * NS);
	KUNIT_EXPECT_EQ(test, pot.level.rem, 0ULL);
}

static void i1_a_new_meter_is_empty_whatever_was_there_before(struct kunit *test)
{
	struct thr_limits limits;
	struct thr_meter meter;
	unsigned int i;

	memset(&meter, 0x5a, sizeof(meter));
	memset(&limits, 0x5a, sizeof(limits));
	thr_limits_init(&limits);
	thr_meter_set(&meter, &limits);
	KUNIT_EXPECT_EQ(test, meter.limits.iops_size, 0ULL);
	KUNIT_EXPECT_FALSE(test, meter.total);
	for (i = 0; i < THR_LIMITS; i++) {
		KUNIT_EXPECT_EQ(test, meter.limits.limit[i].avg, 0ULL);
		KUNIT_EXPECT_EQ(test, meter.limits.limit[i].max, 0ULL);
		KUNIT_EXPECT_EQ(test, meter.limits.limit[i].length, 1ULL);
		KUNIT_EXPECT_EQ(test, thr_bucket_level(&meter.pot[i].level, 0), 0ULL);
	}
	KUNIT_EXPECT_EQ(test, thr_meter_wait(&meter, THR_READ, NS), 0ULL);
}

/* Validity: a rule for every way to be wrong. */
struct config_case {
	const char *name;
	struct thr_limit total, read, write;
	enum thr_rule rule;
};

#define RATE(a)		{ a, 0, 1 }
#define BURST(a, m)	{ a, m, 1 }
#define LONG(a, m, l)	{ a, m, l }
#define NOTHING		{ 0, 0, 1 }

static const struct config_case config_cases[] = {
	{ "C1: no limit is valid", NOTHING, NOTHING, NOTHING, .rule = THR_VALID },
	{ "C2: total and read conflict", RATE(1), RATE(1), NOTHING, .rule = THR_CONFLICT },
	{ "C3: total and write conflict", RATE(1), NOTHING, RATE(1), .rule = THR_CONFLICT },
	{ "C4: total, read and write conflict", RATE(1), RATE(1), RATE(1), .rule = THR_CONFLICT },
	{ "C5: total alone is valid", RATE(1), NOTHING, NOTHING, .rule = THR_VALID },
	{ "C6: read and write are valid", NOTHING, RATE(1), RATE(1), .rule = THR_VALID },
	{ "C7: max of total and read conflict", BURST(1, 1), LONG(0, 1, 1), NOTHING,
	  .rule = THR_CONFLICT },
	{ "C7: max of total and write conflict", BURST(1, 1), NOTHING, LONG(0, 1, 1),
	  .rule = THR_CONFLICT },
	{ "C7: max of all three conflict", BURST(1, 1), BURST(1, 1), BURST(1, 1),
	  .rule = THR_CONFLICT },
	{ "C7: max of total alone is valid", BURST(1, 1), NOTHING, NOTHING, .rule = THR_VALID },
	{ "C7: max of read and write is valid", NOTHING, BURST(1, 1), BURST(1, 1),
	  .rule = THR_VALID },
	{ "E3: a negative rate is out of range", RATE(-150ULL), NOTHING, NOTHING,
	  .rule = THR_RANGE },
	{ "V1: avg -1 is out of range", RATE(-1ULL), NOTHING, NOTHING, .rule = THR_RANGE },
	{ "V1: max -1 is out of range", BURST(1, -1ULL), NOTHING, NOTHING, .rule = THR_RANGE },
	{ "V3: avg 1 is valid", RATE(1), NOTHING, NOTHING, .rule = THR_VALID },
	{ "V3: max 1 is valid", BURST(1, 1), NOTHING, NOTHING, .rule = THR_VALID },
	{ "R2: the largest avg is valid", RATE(VM), NOTHING, NOTHING, .rule = THR_VALID },
	{ "R2: the largest avg and max are valid", BURST(VM, VM), NOTHING, NOTHING,
	  .rule = THR_VALID },
	{ "R3: avg above the largest", RATE(VM + 1), NOTHING, NOTHING, .rule = THR_RANGE },
	{ "R3: max above the largest", BURST(VM, VM + 1), NOTHING, NOTHING, .rule = THR_RANGE },
	{ "R4: length 0", LONG(1, 1, 0), NOTHING, NOTHING, .rule = THR_LENGTH_ZERO },
	{ "R5: length 1 is valid", LONG(1, 1, 1), NOTHING, NOTHING, .rule = THR_VALID },
	{ "R5: the largest length is valid", LONG(1, 1, VM), NOTHING, NOTHING, .rule = THR_VALID },
	{ "R6: length above the largest", LONG(1, 1, VM + 1), NOTHING, NOTHING,
	  .rule = THR_LENGTH_TOO_HIGH },
	{ "R7: max times length just fits", LONG(1, 2, VM / 2), NOTHING, NOTHING,
	  .rule = THR_VALID },
	{ "R8: max times length too high", LONG(1, 3, VM / 2), NOTHING, NOTHING,
	  .rule = THR_LENGTH_TOO_HIGH },
	{ "R9: the largest max of length 1 is valid", LONG(1, VM, 1), NOTHING, NOTHING,
	  .rule = THR_VALID },
	{ "R9: the largest max of length 2", LONG(1, VM, 2), NOTHING, NOTHING,
	  .rule = THR_LENGTH_TOO_HIGH },
	{ "M1: max without avg", BURST(0, 100), NOTHING, NOTHING, .rule = THR_MAX_WITHOUT_AVG },
	{ "M2: neither max nor avg is valid", BURST(0, 0), NOTHING, NOTHING, .rule = THR_VALID },
	{ "M2: avg without max is valid", BURST(100, 0), NOTHING, NOTHING, .rule = THR_VALID },
	{ "M3: max below avg", BURST(100, 30), NOTHING, NOTHING, .rule = THR_MAX_BELOW_AVG },
	{ "M4: max equal to avg is valid", BURST(100, 100), NOTHING, NOTHING, .rule = THR_VALID },
	{ "length without max", LONG(1, 0, 2), NOTHING, NOTHING, .rule = THR_LENGTH_WITHOUT_MAX },
	{ "conflict comes before range", RATE(-1ULL), RATE(1), NOTHING, .rule = THR_CONFLICT },
	{ "range comes before length", LONG(-1ULL, 0, 0), NOTHING, NOTHING, .rule = THR_RANGE },
	{ "length 0 comes before max without avg", LONG(0, 1, 0), NOTHING, NOTHING,
	  .rule = THR_LENGTH_ZERO },
	{ "product comes before max without avg", LONG(0, VM, 2), NOTHING, NOTHING,
	  .rule = THR_LENGTH_TOO_HIGH },
};

static void config_case_name(const struct config_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(config, config_cases, config_case_name);

static void c_e_v_r_m_configurations_are_checked_in_both_families(struct kunit *test)
{
	const struct config_case *c = test->param_value;
	struct thr_limits limits;
	enum thr_limit_id which;
	unsigned int family;

	for (family = 0; family < THR_LIMITS; family += 3) {
		thr_limits_init(&limits);
		limits.limit[family] = c->total;
		limits.limit[family + 1] = c->read;
		limits.limit[family + 2] = c->write;
		KUNIT_EXPECT_EQ(test, thr_limits_check(&limits, &which), c->rule);
		if (c->rule)
			KUNIT_EXPECT_EQ(test, which, family);
	}
}

static void e1_e2_r1_v2_a_limit_enables_and_none_does_not(struct kunit *test)
{
	struct thr_limits limits;
	enum thr_limit_id which;
	unsigned int i;

	thr_limits_init(&limits);
	KUNIT_EXPECT_FALSE(test, thr_limits_enabled(&limits));
	KUNIT_EXPECT_EQ(test, thr_limits_check(&limits, &which), THR_VALID);
	for (i = 0; i < THR_LIMITS; i++) {
		thr_limits_init(&limits);
		limits.limit[i].avg = 150;
		KUNIT_EXPECT_EQ_MSG(test, thr_limits_check(&limits, &which), THR_VALID, "%s",
				    limit_name[i]);
		KUNIT_EXPECT_TRUE_MSG(test, thr_limits_enabled(&limits), "%s", limit_name[i]);
	}
}

static void every_limit_is_checked_and_named(struct kunit *test)
{
	struct thr_limits limits;
	enum thr_limit_id which;
	unsigned int i;

	for (i = 0; i < THR_LIMITS; i++) {
		thr_limits_init(&limits);
		limits.limit[i].avg = -150ULL;
		KUNIT_EXPECT_EQ(test, thr_limits_check(&limits, &which), THR_RANGE);
		KUNIT_EXPECT_EQ(test, which, i);
	}
}

static void s1_iops_size_needs_an_iops_limit(struct kunit *test)
{
	struct thr_limits limits;
	enum thr_limit_id which;

	thr_limits_init(&limits);
	limits.iops_size = 4096;
	limits.limit[THR_BPS_TOTAL].avg = 1;
	KUNIT_EXPECT_EQ(test, thr_limits_check(&limits, &which), THR_SIZE_WITHOUT_IOPS);
	limits.limit[THR_IOPS_READ].avg = 1;
	KUNIT_EXPECT_EQ(test, thr_limits_check(&limits, &which), THR_VALID);
}

static void f1_a_configuration_reads_back_and_empties_the_buckets(struct kunit *test)
{
	static const u64 avg[THR_LIMITS] = { 153, 56, 1, 150, 69, 23 };
	static const u64 max[THR_LIMITS] = { 0, 56, 120, 150, 400, 500 };
	static const u64 level[THR_LIMITS] = { 45, 65, 23, 1, 90, 75 };
	struct thr_limits limits;
	struct thr_meter meter;
	unsigned int i;

	thr_limits_init(&limits);
	for (i = 0; i < THR_LIMITS; i++) {
		limits.limit[i].avg = avg[i];
		limits.limit[i].max = max[i];
	}
	limits.iops_size = 1;
	thr_meter_set(&meter, &limits);
	for (i = 0; i < THR_LIMITS; i++)
		thr_pot_charge(&meter.pot[i], level[i] * NS, NS);
	thr_meter_set(&meter, &limits);
	for (i = 0; i < THR_LIMITS; i++) {
		KUNIT_EXPECT_EQ(test, meter.limits.limit[i].avg, avg[i]);
		KUNIT_EXPECT_EQ(test, meter.limits.limit[i].max, max[i]);
		KUNIT_EXPECT_EQ(test, thr_bucket_level(&meter.pot[i].level, NS), 0ULL);
	}
	KUNIT_EXPECT_EQ(test, meter.limits.iops_size, 1ULL);
}

struct account_case {
	const char *name;
	bool iops;
	u64 avg, iops_size;
	u32 bytes;
	u64 each;	/* nano-units in the read and in the write bucket; the total has both */
};

static const struct account_case account_cases[] = {
	{ "A1: bps, 512 bytes", false, 150, 0, 512, 512 * NS },
	{ "A2: bps, 1024 bytes", false, 150, 0, 1024, 1024 * NS },
	{ "A3: iops-size has no influence on bps", false, 150, 17, 1024, 1024 * NS },
	{ "A4: iops, 512 bytes", true, 150, 0, 512, NS },
	{ "A5: iops, 1024 bytes", true, 150, 0, 1024, NS },
	{ "A6: a jumbo request counts as several", true, 150, 6656, 32768, 64 * NS / 13 },
	{ "A7: at another rate too", true, 300, 6656, 32768, 64 * NS / 13 },
	{ "6144 bytes at iops-size 4096 are one and a half", true, 150, 4096, 6144, 3 * NS / 2 },
	{ "4096 bytes at iops-size 4096 are one", true, 150, 4096, 4096, NS },
	{ "1 MiB at iops-size 4096 is 256", true, 1000, 4096, 1 << 20, 256 * NS },
};

static void account_case_name(const struct account_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(account, account_cases, account_case_name);

static void a1_to_a7_requests_are_charged_to_their_direction_and_the_total(struct kunit *test)
{
	const struct account_case *c = test->param_value;
	unsigned int family = c->iops ? THR_IOPS_TOTAL : THR_BPS_TOTAL, i;
	struct thr_limits limits;
	struct thr_meter meter;

	/* Conflicting on purpose: all three buckets of the family fill. */
	thr_limits_init(&limits);
	for (i = 0; i < 3; i++)
		limits.limit[family + i].avg = c->avg;
	limits.iops_size = c->iops_size;
	thr_meter_set(&meter, &limits);
	thr_meter_charge(&meter, THR_READ, c->bytes, NS);
	thr_meter_charge(&meter, THR_WRITE, c->bytes, NS);
	expect_level(test, &meter.pot[family].level, NS, 2 * c->each);
	expect_level(test, &meter.pot[family + 1].level, NS, c->each);
	expect_level(test, &meter.pot[family + 2].level, NS, c->each);
}

static void a_request_waits_for_the_slowest_of_its_limits(struct kunit *test)
{
	struct thr_limits limits;
	struct thr_meter meter;

	thr_limits_init(&limits);
	limits.limit[THR_BPS_TOTAL].avg = 1000;
	limits.limit[THR_IOPS_READ].avg = 2;
	thr_meter_set(&meter, &limits);
	thr_meter_charge(&meter, THR_READ, 300, NS);
	KUNIT_EXPECT_EQ(test, thr_meter_wait(&meter, THR_READ, NS), 400000000ULL);
	KUNIT_EXPECT_EQ(test, thr_meter_wait(&meter, THR_WRITE, NS), 200000000ULL);
}

static void a_level_equal_to_a_capacity_that_is_no_whole_nanosecond_is_not_over(struct kunit *test)
{
	struct thr_pot pot = pot_of(7, 10, 1);
	u64 wait;

	thr_pot_charge(&pot, 10 * NS, NS);
	KUNIT_EXPECT_FALSE(test, thr_bucket_over(&pot.level, NS, &wait));
	thr_pot_charge(&pot, 1, NS);
	KUNIT_EXPECT_TRUE(test, thr_bucket_over(&pot.level, NS, &wait));
}

static void a_burst_of_length_1_is_not_shaped(struct kunit *test)
{
	struct thr_pot pot = pot_of(10, 100, 1), shaped = pot_of(10, 100, 2);

	thr_pot_charge(&pot, 20 * NS, NS);
	thr_pot_charge(&shaped, 20 * NS, NS);
	KUNIT_EXPECT_EQ(test, thr_pot_wait(&pot, NS), 0ULL);
	KUNIT_EXPECT_EQ(test, thr_pot_wait(&shaped, NS), NS / 10);
}

static void the_rest_of_an_operation_is_carried(struct kunit *test)
{
	struct thr_pot pot = pot_of(10, 0, 1);
	u64 sum = 0;
	unsigned int i;

	for (i = 0; i < 999; i++)
		sum += thr_pot_operation(&pot, 10, 3);
	KUNIT_EXPECT_EQ(test, sum, 3330 * NS);
}

static void either_total_counts_both_directions(struct kunit *test)
{
	static const struct {
		enum thr_limit_id id;
		bool total;
	} limit[] = {
		{ THR_BPS_TOTAL, true }, { THR_IOPS_TOTAL, true }, { THR_BPS_READ, false },
		{ THR_IOPS_WRITE, false },
	};
	struct thr_limits limits;
	struct thr_meter meter;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(limit); i++) {
		thr_limits_init(&limits);
		limits.limit[limit[i].id].avg = 1;
		thr_meter_set(&meter, &limits);
		KUNIT_EXPECT_EQ(test, meter.total, limit[i].total);
	}
}

/* By numbers that leave a remainder: a third of a nano-unit's nanosecond */
static void a_level_is_exact_to_a_nano_unit(struct kunit *test)
{
	struct thr_bucket bucket;
	int i;

	thr_bucket_init(&bucket, 3, 1);
	thr_bucket_charge(&bucket, 1, 100);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&bucket, 100), 1ULL);
	/* What was left of it has leaked */
	thr_bucket_charge(&bucket, 1, 200);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&bucket, 200), 1ULL);
	thr_bucket_charge(&bucket, 30, 200);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&bucket, 200), 31ULL);

	thr_bucket_init(&bucket, 1ULL << 40, 1);
	for (i = 0; i < 10; i++)
		thr_bucket_charge(&bucket, (1ULL << 32) * THR_NANO, 100);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&bucket, 100), ~0ULL);
}

static void a_small_request_is_an_operation(struct kunit *test)
{
	struct thr_pot pot = {};

	KUNIT_EXPECT_EQ(test, thr_pot_operation(&pot, 512, 4096), THR_NANO);
	KUNIT_EXPECT_EQ(test, thr_pot_operation(&pot, 0, 4096), THR_NANO);
	KUNIT_EXPECT_EQ(test, thr_pot_operation(&pot, 4096, 4096), THR_NANO);
}

static void a_meter_weighs_each_size_anew(struct kunit *test)
{
	struct thr_limits limits;
	struct thr_meter meter;
	unsigned int i;

	thr_limits_init(&limits);
	limits.limit[THR_BPS_TOTAL] = (struct thr_limit){ 1000000, 2000000, 5 };
	limits.limit[THR_IOPS_TOTAL].avg = 1000;
	limits.iops_size = 3;
	thr_meter_set(&meter, &limits);
	/* Three of 3 1/3 operations each, and one of one. */
	for (i = 0; i < 3; i++)
		thr_meter_charge(&meter, THR_READ, 10, NS);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&meter.pot[THR_IOPS_TOTAL].level, NS), 10 * NS);
	thr_meter_charge(&meter, THR_WRITE, 3, NS);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&meter.pot[THR_IOPS_TOTAL].level, NS), 11 * NS);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&meter.pot[THR_BPS_TOTAL].level, NS), 33 * NS);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&meter.pot[THR_BPS_TOTAL].burst, NS), 33 * NS);
	thr_meter_charge(&meter, THR_READ, 30, NS);
	KUNIT_EXPECT_EQ(test, thr_bucket_level(&meter.pot[THR_IOPS_TOTAL].level, NS), 21 * NS);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(l1_l2_l3_the_level_leaks_to_zero_and_stays_there),
	KUNIT_CASE(l4_to_l7_the_burst_level_leaks_at_the_burst_rate),
	KUNIT_CASE_PARAM(w1_to_w4_waits_follow_from_the_level, wait_gen_params),
	KUNIT_CASE(a_wait_is_rounded_down_to_a_nanosecond),
	KUNIT_CASE(w5_a_burst_ends_when_the_capacity_is_used_up),
	KUNIT_CASE(the_main_bucket_takes_precedence_over_the_burst_bucket),
	KUNIT_CASE(no_debt_is_longer_than_the_horizon),
	KUNIT_CASE(remainders_are_carried_so_that_rates_do_not_drift),
	KUNIT_CASE(i1_a_new_meter_is_empty_whatever_was_there_before),
	KUNIT_CASE_PARAM(c_e_v_r_m_configurations_are_checked_in_both_families, config_gen_params),
	KUNIT_CASE(e1_e2_r1_v2_a_limit_enables_and_none_does_not),
	KUNIT_CASE(every_limit_is_checked_and_named),
	KUNIT_CASE(s1_iops_size_needs_an_iops_limit),
	KUNIT_CASE(f1_a_configuration_reads_back_and_empties_the_buckets),
	KUNIT_CASE_PARAM(a1_to_a7_requests_are_charged_to_their_direction_and_the_total,
			 account_gen_params),
	KUNIT_CASE(a_request_waits_for_the_slowest_of_its_limits),
	KUNIT_CASE(a_level_equal_to_a_capacity_that_is_no_whole_nanosecond_is_not_over),
	KUNIT_CASE(a_burst_of_length_1_is_not_shaped),
	KUNIT_CASE(a_level_is_exact_to_a_nano_unit),
	KUNIT_CASE(a_small_request_is_an_operation),
	KUNIT_CASE(the_rest_of_an_operation_is_carried),
	KUNIT_CASE(a_meter_weighs_each_size_anew),
	KUNIT_CASE(either_total_counts_both_directions),
	{}
};

static struct kunit_suite suite = {
	.name = "thr-bucket",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of the throttle buckets");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
