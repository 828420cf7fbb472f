// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../fru.c"

/* An EEPROM with a board area at 8 that holds these fields; returns the area's size */
static size_t make_fru(u8 *data, const char *const *fields, size_t count)
{
	u8 *area = data + 8, sum;
	size_t at = FRU_BOARD_FIELDS, i;

	memset(data, 0xff, TDC_FRU_SIZE);
	memcpy(data, (const u8[]) { 1, 0, 0, 1, 0, 0, 0, 0xfe }, 8);
	for (i = 0; i < count; i++) {
		size_t length = strlen(fields[i]);

		area[at++] = 0xc0 | length;
		memcpy(area + at, fields[i], length);
		at += length;
	}
	area[at++] = FRU_FIELD_END;
	while (at % 8 != 7)
		area[at++] = 0;
	area[0] = 1;
	area[1] = (at + 1) / 8;
	memset(area + 2, 0, 4);
	for (sum = 0, i = 0; i < at; i++)
		sum += area[i];
	area[at++] = -sum;
	return at;
}

static const char *const tdc_fields[] = {
	"CERN", "FmcTdc1ns5cha", "CB-000123", "EDA-02290", "2019-03-01 12:00:00",
};

static void board_is_identified(struct kunit *test)
{
	u8 *data = kunit_kzalloc(test, TDC_FRU_SIZE, GFP_KERNEL);
	struct tdc_fru fru;

	KUNIT_ASSERT_NOT_NULL(test, data);
	make_fru(data, tdc_fields, ARRAY_SIZE(tdc_fields));
	KUNIT_ASSERT_EQ(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), 0);
	KUNIT_EXPECT_STREQ(test, fru.product, TDC_EEPROM_PRODUCT);
	KUNIT_EXPECT_STREQ(test, fru.serial, "CB-000123");
	KUNIT_EXPECT_EQ(test, fru.year, 2019);
}

static void short_list_of_fields_is_enough(struct kunit *test)
{
	u8 *data = kunit_kzalloc(test, TDC_FRU_SIZE, GFP_KERNEL);
	struct tdc_fru fru;

	KUNIT_ASSERT_NOT_NULL(test, data);
	make_fru(data, tdc_fields, 2);
	KUNIT_ASSERT_EQ(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), 0);
	KUNIT_EXPECT_STREQ(test, fru.product, TDC_EEPROM_PRODUCT);
	KUNIT_EXPECT_STREQ(test, fru.serial, "");
	KUNIT_EXPECT_EQ(test, fru.year, 0);
	make_fru(data, tdc_fields, 1);
	KUNIT_EXPECT_EQ_MSG(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), -EBADMSG,
			    "no product name");
}

static void blank_eeprom_has_no_fru(struct kunit *test)
{
	u8 *data = kunit_kzalloc(test, TDC_FRU_SIZE, GFP_KERNEL);
	struct tdc_fru fru;

	KUNIT_ASSERT_NOT_NULL(test, data);
	KUNIT_EXPECT_EQ(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), -ENODATA);
	memset(data, 0xff, TDC_FRU_SIZE);
	KUNIT_EXPECT_EQ(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), -ENODATA);
}

static void every_flipped_bit_is_noticed(struct kunit *test)
{
	u8 *data = kunit_kzalloc(test, TDC_FRU_SIZE, GFP_KERNEL);
	struct tdc_fru fru;
	size_t size, i;

	KUNIT_ASSERT_NOT_NULL(test, data);
	size = 8 + make_fru(data, tdc_fields, ARRAY_SIZE(tdc_fields));
	for (i = 0; i < size * 8; i++) {
		data[i / 8] ^= BIT(i % 8);
		KUNIT_ASSERT_LT_MSG(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), 0, "bit %zu",
				    i);
		data[i / 8] ^= BIT(i % 8);
	}
	KUNIT_EXPECT_EQ(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), 0);
}

static void no_size_reads_beyond_the_end(struct kunit *test)
{
	u8 *whole = kunit_kzalloc(test, TDC_FRU_SIZE, GFP_KERNEL);
	size_t size, needed;
	struct tdc_fru fru;

	KUNIT_ASSERT_NOT_NULL(test, whole);
	needed = 8 + make_fru(whole, tdc_fields, ARRAY_SIZE(tdc_fields));
	for (size = 0; size <= needed; size++) {
		/* An allocation of exactly this size, so that KASAN sees a step too far */
		u8 *data = kunit_kzalloc(test, max_t(size_t, size, 1), GFP_KERNEL);

		KUNIT_ASSERT_NOT_NULL(test, data);
		memcpy(data, whole, size);
		KUNIT_EXPECT_EQ_MSG(test, !tdc_fru_decode(data, size, &fru), size == needed,
				    "size %zu", size);
		kunit_kfree(test, data);
		/* What lies behind the end counts as little when it would fit */
		KUNIT_EXPECT_EQ_MSG(test, !tdc_fru_decode(whole, size, &fru), size == needed,
				    "size %zu of more", size);
	}
}

static void no_field_reaches_beyond_its_area(struct kunit *test)
{
	u8 *data = kunit_kzalloc(test, TDC_FRU_SIZE, GFP_KERNEL);
	struct tdc_fru fru;
	size_t size;
	u8 *field;

	KUNIT_ASSERT_NOT_NULL(test, data);
	size = 8 + make_fru(data, tdc_fields, ARRAY_SIZE(tdc_fields));
	field = memchr(data, 0xc0 | strlen(tdc_fields[3]), size);
	KUNIT_ASSERT_NOT_NULL(test, field);
	data[size - 1] -= 0xff - *field;
	*field = 0xff;
	KUNIT_EXPECT_EQ(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), -EBADMSG);
}

static void a_year_has_four_digits(struct kunit *test)
{
	static const struct {
		const char *text;
		unsigned int year;
	} cases[] = {
		{ "2018", 2018 }, { "201", 0 }, { "20x8-01-01", 0 }, { "x018-01-01", 0 },
		{ "201-01-01", 0 }, { "", 0 },
	};
	u8 *data = kunit_kzalloc(test, TDC_FRU_SIZE, GFP_KERNEL);
	const char *fields[ARRAY_SIZE(tdc_fields)];
	struct tdc_fru fru;

	KUNIT_ASSERT_NOT_NULL(test, data);
	memcpy(fields, tdc_fields, sizeof(fields));
	for (int i = 0; i < ARRAY_SIZE(cases); i++) {
		fields[FRU_FILE_ID] = cases[i].text;
		make_fru(data, fields, ARRAY_SIZE(fields));
		KUNIT_ASSERT_EQ(test, tdc_fru_decode(data, TDC_FRU_SIZE, &fru), 0);
		KUNIT_EXPECT_EQ_MSG(test, fru.year, cases[i].year, "'%s'", cases[i].text);
	}
}

static struct kunit_case fru_tests[] = {
	KUNIT_CASE(board_is_identified),
	KUNIT_CASE(short_list_of_fields_is_enough),
	KUNIT_CASE(blank_eeprom_has_no_fru),
	KUNIT_CASE(every_flipped_bit_is_noticed),
	KUNIT_CASE(no_size_reads_beyond_the_end),
	KUNIT_CASE(no_field_reaches_beyond_its_area),
	KUNIT_CASE(a_year_has_four_digits),
	{}
};

static struct kunit_suite fru_suite = {
	.name = "tdc_fru",
	.test_cases = fru_tests,
};

kunit_test_suite(fru_suite);

MODULE_DESCRIPTION("Tests of the FMC TDC's identity record");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
