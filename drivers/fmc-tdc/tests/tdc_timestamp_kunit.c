// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../timestamp.c"

struct timestamp_case {
	const char *name;
	u32 tai;
	u32 coarse;
	u32 frac;
	s64 ns;
	u16 subns;
};

static const struct timestamp_case timestamp_cases[] = {
	{ "retrigger 11, 0 bins", 100, 84, 0, 100000000672, 0 },
	{ "retrigger 11, 6318 bins", 100, 147, 3970, 100000001183, 386 },
	{ "last rollover of a second", 100, 124993790, 3928, 100999950327, 344 },
	{ "a time of today", 1700000000, 70253, 2024, 1700000000000562027, 488 },
	{ "carried into the next second", 101, 259, 3070, 101000002077, 510 },
	{ "zero", 0, 0, 0, 0, 0 },
	{ "last of a second", 7, 124999999, 4095, 7999999999, 511 },
	{ "last subns of a nanosecond", 7, 0, 511, 7000000000, 511 },
	{ "first of the next nanosecond", 7, 0, 512, 7000000001, 0 },
	{ "last second of 32 bits", 0xffffffff, 1, 0, 4294967295000000008, 0 },
};

KUNIT_ARRAY_PARAM_DESC(timestamp, timestamp_cases, name);

static struct tdc_record make_record(u32 tai, u32 coarse, u32 frac, u32 sequence, u32 channel)
{
	return (struct tdc_record){
		.tai = cpu_to_le32(tai),
		.coarse = cpu_to_le32(coarse),
		.frac = cpu_to_le32(frac),
		.meta = cpu_to_le32(FIELD_PREP(TDC_RECORD_SEQUENCE, sequence) | TDC_RECORD_RISING |
				    channel),
	};
}

static void record_converts_to_exact_nanoseconds(struct kunit *test)
{
	const struct timestamp_case *c = test->param_value;
	struct tdc_record record = make_record(c->tai, c->coarse, c->frac, 0, 0);
	struct tdc_sample sample = {};
	s64 seconds = c->tai;

	tdc_record_convert(&record, &seconds, &sample);
	KUNIT_EXPECT_EQ(test, sample.ns, c->ns);
	KUNIT_EXPECT_EQ(test, sample.subns, c->subns);
	KUNIT_EXPECT_EQ(test, seconds, (s64)c->tai);
}

static void conversion_loses_nothing(struct kunit *test)
{
	struct tdc_sample sample = {};
	u32 coarse = 1, frac = 1, i;
	s64 seconds = 5, parts;

	for (i = 0; i < 100000; i++) {
		struct tdc_record record;

		coarse = (coarse * 69069u + 12345u) % TDC_TICKS_PER_SECOND;
		frac = (frac * 69069u + 12345u) % TDC_FRACS_PER_TICK;
		record = make_record(5, coarse, frac, 0, 0);
		tdc_record_convert(&record, &seconds, &sample);
		parts = (sample.ns - 5 * NSEC_PER_SEC) * 512 + sample.subns;
		if (parts != (s64)coarse * TDC_FRACS_PER_TICK + frac)
			break;
	}
	KUNIT_EXPECT_EQ_MSG(test, i, 100000, "coarse %u frac %u", coarse, frac);
}

static void raw_bins_do_not_reach_the_time(struct kunit *test)
{
	struct tdc_record record = make_record(1, 2, 3 | TDC_RECORD_BINS, 0, 0);
	struct tdc_sample sample = {};
	s64 seconds = 1;

	tdc_record_convert(&record, &seconds, &sample);
	KUNIT_EXPECT_EQ(test, sample.ns, 1000000016);
	KUNIT_EXPECT_EQ(test, sample.subns, 3);
}

static void seconds_extend_beyond_32_bits(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, tdc_extend_seconds(0, 0xffffffffLL), 0x100000000LL);
	KUNIT_EXPECT_EQ(test, tdc_extend_seconds(5, 0xfffffff0LL), 0x100000005LL);
	KUNIT_EXPECT_EQ(test, tdc_extend_seconds(0xffffffff, 0x100000000LL), 0xffffffffLL);
	KUNIT_EXPECT_EQ(test, tdc_extend_seconds(100, 0), 100);
	KUNIT_EXPECT_EQ(test, tdc_extend_seconds(0, 100), 0);
	KUNIT_EXPECT_EQ(test, tdc_extend_seconds(1700000000, 1700000001), 1700000000);
	KUNIT_EXPECT_EQ(test, tdc_extend_seconds(0, 0x100000007LL), 0x100000000LL);
}

static void records_that_cannot_be_are_invalid(struct kunit *test)
{
	struct tdc_record good = make_record(1, 124999999, 4095 | TDC_RECORD_BINS, 9, 3), bad;

	KUNIT_EXPECT_TRUE(test, tdc_record_valid(&good, 3));
	KUNIT_EXPECT_FALSE_MSG(test, tdc_record_valid(&good, 2), "another channel's");

	bad = good;
	bad.coarse = cpu_to_le32(TDC_TICKS_PER_SECOND);
	KUNIT_EXPECT_FALSE_MSG(test, tdc_record_valid(&bad, 3), "coarse beyond the second");

	bad = good;
	bad.meta &= cpu_to_le32(~TDC_RECORD_RISING);
	KUNIT_EXPECT_FALSE_MSG(test, tdc_record_valid(&bad, 3), "a falling edge");

	bad = good;
	bad.frac |= cpu_to_le32(BIT(25));
	KUNIT_EXPECT_FALSE_MSG(test, tdc_record_valid(&bad, 3), "reserved bits");

	memset(&bad, 0, sizeof(bad));
	KUNIT_EXPECT_FALSE_MSG(test, tdc_record_valid(&bad, 0), "memory never written");
	memset(&bad, 0xff, sizeof(bad));
	KUNIT_EXPECT_FALSE_MSG(test, tdc_record_valid(&bad, 0), "poison");
}

static void sequence_is_the_upper_28_bits(struct kunit *test)
{
	struct tdc_record record = make_record(0, 0, 0, 0x0fedcba9, 4);

	KUNIT_EXPECT_EQ(test, tdc_record_sequence(&record), 0x0fedcba9);
}

static struct kunit_case timestamp_tests[] = {
	KUNIT_CASE_PARAM(record_converts_to_exact_nanoseconds, timestamp_gen_params),
	KUNIT_CASE(conversion_loses_nothing),
	KUNIT_CASE(raw_bins_do_not_reach_the_time),
	KUNIT_CASE(seconds_extend_beyond_32_bits),
	KUNIT_CASE(records_that_cannot_be_are_invalid),
	KUNIT_CASE(sequence_is_the_upper_28_bits),
	{}
};

static struct kunit_suite timestamp_suite = {
	.name = "tdc_timestamp",
	.test_cases = timestamp_tests,
};

kunit_test_suite(timestamp_suite);

MODULE_DESCRIPTION("Tests of the FMC TDC's timestamp arithmetic");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
