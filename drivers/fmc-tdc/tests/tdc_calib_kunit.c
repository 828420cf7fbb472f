// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../calib.c"

struct offset_case {
	const char *name;
	s64 total_ps;
	s32 seconds;
	s32 coarse;
	u32 frac;	/* as the register's 12 bits */
};

static const struct offset_case offset_cases[] = {
	{ "0 ps", 0, 0, 0, 0 },
	{ "86 ps", 86, 0, 0, 44 },
	{ "609 ps", 609, 0, 0, 312 },
	{ "3999 ps, the last below half a tick", 3999, 0, 0, 2047 },
	{ "4000 ps, half a tick", 4000, 0, 1, 0x800 },
	{ "7999 ps", 7999, 0, 1, 0xfff },
	{ "8000 ps, a tick", 8000, 0, 1, 0 },
	{ "-1 ps", -1, 0, 0, 0xfff },
	{ "-4000 ps", -4000, 0, 0, 0x800 },
	{ "-4001 ps", -4001, 0, -1, 2047 },
	{ "-4003 ps", -4003, 0, -1, 2046 },
	{ "-229460 ps, the default WR offset", -229460, 0, -29, 1300 },
	{ "1 ms", 1000000000, 0, 125000, 0 },
	{ "-1 ms", -1000000000, 0, -125000, 0 },
	{ "1 s", 1000000000000, 1, 0, 0 },
	{ "-1 s and a tick", -1000000008000, -1, -1, 0 },
};

KUNIT_ARRAY_PARAM_DESC(offset, offset_cases, name);

static void offset_splits_into_what_the_adder_takes(struct kunit *test)
{
	const struct offset_case *c = test->param_value;
	struct tdc_offset offset;

	tdc_offset_split(c->total_ps * TDC_CALIBRATION_PER_PS, &offset);
	KUNIT_EXPECT_EQ(test, offset.seconds, c->seconds);
	KUNIT_EXPECT_EQ(test, offset.coarse, c->coarse);
	KUNIT_EXPECT_EQ(test, offset.frac & CHANNEL_OFFSET3_MASK, c->frac);
}

static void adder_yields_every_offset_to_half_a_part(struct kunit *test)
{
	s64 total, worst = 0;

	for (total = -2000000; total <= 2000000; total += 7) {
		struct tdc_offset offset;
		s64 parts, error;

		tdc_offset_split(total, &offset);
		KUNIT_ASSERT_GE(test, offset.frac, -2048);
		KUNIT_ASSERT_LE(test, offset.frac, 2047);
		parts = (s64)offset.coarse * TDC_FRACS_PER_TICK + offset.frac;
		error = parts * TDC_TICK_PS * TDC_CALIBRATION_PER_PS - total * TDC_FRACS_PER_TICK;
		worst = max3(worst, error, -error);
	}
	/* In units of 0.01/4096 ps: half a part of 8000/4096 ps is 400000 of them */
	KUNIT_EXPECT_LE(test, worst, 400000);
}

static struct tdc_calibration_record make_record(s32 ch2, s32 ch3, s32 ch4, s32 ch5, u32 dac,
						 u32 temperature, s32 wr)
{
	return (struct tdc_calibration_record){
		.zero_offset = { cpu_to_le32(ch2), cpu_to_le32(ch3), cpu_to_le32(ch4),
				 cpu_to_le32(ch5) },
		.vcxo_dac = cpu_to_le32(dac),
		.temperature = cpu_to_le32(temperature),
		.wr_offset = cpu_to_le32(wr),
	};
}

static void real_record_is_understood(struct kunit *test)
{
	struct tdc_calibration_record record =
		make_record(8612, 48153, 44949, 32951, 4517573, 37, 29130549);
	static const s32 zero_offset[] = { 0, 8612, 48153, 44949, 32951 };
	struct tdc_calibration calibration;

	KUNIT_ASSERT_EQ(test, tdc_calibration_decode(&record, 2020, &calibration), 0);
	KUNIT_EXPECT_EQ(test,
			memcmp(calibration.zero_offset, zero_offset, sizeof(zero_offset)), 0);
	KUNIT_EXPECT_EQ(test, calibration.vcxo_dac, 4517573);
	KUNIT_EXPECT_EQ(test, calibration.temperature, 37);
	KUNIT_EXPECT_EQ(test, calibration.wr_offset, 29130549);
	KUNIT_EXPECT_EQ(test, calibration.source, TDC_CALIBRATION_EEPROM);
}

static void wr_offset_of_an_old_board_is_not_believed(struct kunit *test)
{
	struct tdc_calibration_record record =
		make_record(8600, 48100, 44900, 32900, 4517500, 37, 29130500);
	struct tdc_calibration calibration;

	KUNIT_ASSERT_EQ(test, tdc_calibration_decode(&record, 2017, &calibration), 0);
	KUNIT_EXPECT_EQ(test, calibration.wr_offset, 22946000);
	KUNIT_EXPECT_EQ(test, calibration.source, TDC_CALIBRATION_EEPROM_OLD);
	KUNIT_EXPECT_EQ(test, calibration.zero_offset[2], 48100);
}

/* What was written is read back, to the last bit */
static void record_survives_a_round_trip(struct kunit *test)
{
	struct tdc_calibration_record again, record =
		make_record(-149, 48153, 9999999, -9999999, 4517573, 36, -29130549);
	struct tdc_calibration calibration;

	KUNIT_ASSERT_EQ(test, tdc_calibration_decode(&record, 2020, &calibration), 0);
	tdc_calibration_encode(&calibration, &again);
	KUNIT_EXPECT_EQ(test, memcmp(&record, &again, sizeof(record)), 0);
}

struct bad_case {
	const char *name;
	struct {
		s32 ch5;
		u32 dac;
		s32 wr;
	} value;
	int error;
};

static const struct bad_case bad_cases[] = {
	{ "largest that pass", { 9999999, 6553599, 999999999 }, 0 },
	{ "zero offset of 100 ns", { 10000000, 4334300, 22946000 }, -EINVAL },
	{ "zero offset of -100 ns", { -10000000, 4334300, 22946000 }, -EINVAL },
	{ "DAC word of 17 bits", { 0, 6553600, 22946000 }, -EINVAL },
	{ "WR offset of 10 us", { 0, 4334300, 1000000000 }, -EINVAL },
	{ "WR offset of -10 us", { 0, 4334300, -1000000000 }, -EINVAL },
};

KUNIT_ARRAY_PARAM_DESC(bad, bad_cases, name);

static void implausible_values_are_refused(struct kunit *test)
{
	const struct bad_case *c = test->param_value;
	struct tdc_calibration_record record =
		make_record(100, 0, 0, c->value.ch5, c->value.dac, 37, c->value.wr);
	struct tdc_calibration calibration = { .vcxo_dac = 7 };

	KUNIT_EXPECT_EQ(test, tdc_calibration_decode(&record, 2020, &calibration), c->error);
	if (c->error)
		KUNIT_EXPECT_EQ_MSG(test, calibration.vcxo_dac, 7, "touched although refused");
}

static void blank_record_is_not_a_calibration(struct kunit *test)
{
	struct tdc_calibration_record record;
	struct tdc_calibration calibration;

	memset(&record, 0xff, sizeof(record));
	KUNIT_EXPECT_EQ(test, tdc_calibration_decode(&record, 2020, &calibration), -ENODATA);
	memset(&record, 0, sizeof(record));
	KUNIT_EXPECT_EQ(test, tdc_calibration_decode(&record, 2020, &calibration), -ENODATA);
}

static void defaults_survive_a_round_trip(struct kunit *test)
{
	struct tdc_calibration_record record;
	struct tdc_calibration before, after;

	tdc_calibration_default(&before);
	KUNIT_EXPECT_EQ(test, before.source, TDC_CALIBRATION_DEFAULT);
	KUNIT_EXPECT_EQ(test, before.zero_offset[4], 33500);
	tdc_calibration_encode(&before, &record);
	KUNIT_EXPECT_EQ(test, le32_to_cpu(record.wr_offset), 22946000);
	KUNIT_ASSERT_EQ(test, tdc_calibration_decode(&record, 2020, &after), 0);
	after.source = before.source;
	KUNIT_EXPECT_EQ(test, memcmp(&before, &after, sizeof(before)), 0);
}

static struct kunit_case calib_tests[] = {
	KUNIT_CASE_PARAM(offset_splits_into_what_the_adder_takes, offset_gen_params),
	KUNIT_CASE(adder_yields_every_offset_to_half_a_part),
	KUNIT_CASE(real_record_is_understood),
	KUNIT_CASE(wr_offset_of_an_old_board_is_not_believed),
	KUNIT_CASE(record_survives_a_round_trip),
	KUNIT_CASE_PARAM(implausible_values_are_refused, bad_gen_params),
	KUNIT_CASE(blank_record_is_not_a_calibration),
	KUNIT_CASE(defaults_survive_a_round_trip),
	{}
};

static struct kunit_suite calib_suite = {
	.name = "tdc_calib",
	.test_cases = calib_tests,
};

kunit_test_suite(calib_suite);

MODULE_DESCRIPTION("Tests of the FMC TDC's calibration arithmetic");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
