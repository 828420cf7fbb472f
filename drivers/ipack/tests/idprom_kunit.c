// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>
#include <linux/module.h>

#include "../idprom.c"

static const u8 octal_232[] = { 'I', 'P', 'A', 'C', 0xf0, 0x22, 0xa1, 0, 0, 0, 0x0c, 0xcc };

static const u8 format_2[] = {
	'V', 'I', 'T', 'A', '4', ' ', 0x00, 0x00, 0x14, 0x98, 0x0a, 0x23, 0x10, 0x01, 0x00, 0x00,
	0x00, 0x00, 0x00, 0x00, 0x00, 0x06, 0x00, 0x1a, 0x01, 0x1e,
};

/* Format I uses the odd bytes; a module leaves the even ones to the bus, which floats high. */
static void window_1(u8 *window, const u8 *bytes, size_t length)
{
	memset(window, 0xff, IDPROM_WINDOW);
	for (int i = 0; i < length; i++)
		window[2 * i + 1] = bytes[i];
}

static void window_2(u8 *window, bool swapped)
{
	memset(window, 0xff, IDPROM_WINDOW);
	for (int i = 0; i < sizeof(format_2); i++)
		window[swapped ? i ^ 1 : i] = format_2[i];
}

static void crc_check_value(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, idprom_crc("123456789", 9, -1, 0), 0xd64e);
}

struct crc_case {
	const char *name;
	u8 index;
	u8 value;
	u8 crc;
};

static const struct crc_case crc_cases[] = {
	{ "IP-Octal 232", 5, 0x22, 0xcc },
	{ "IP-Octal 422", 5, 0x2a, 0x61 },
	{ "IP-Octal 485", 5, 0x48, 0x98 },
	{ "IPAH", 3, 'H', 0x77 },
};

static void crc_case_name(const struct crc_case *c, char *name)
{
	strscpy(name, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(crc, crc_cases, crc_case_name);

static void format_1_checksums_of_known_modules(struct kunit *test)
{
	const struct crc_case *c = test->param_value;
	u8 bytes[sizeof(octal_232)], window[IDPROM_WINDOW];
	struct idprom prom;

	memcpy(bytes, octal_232, sizeof(bytes));
	bytes[c->index] = c->value;
	bytes[11] = c->crc;
	window_1(window, bytes, sizeof(bytes));
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_EQ(test, prom.crc, IDPROM_CRC_RIGHT);
	KUNIT_EXPECT_EQ(test, prom.crc_computed, c->crc);
}

static void format_1_is_read_from_the_odd_bytes(struct kunit *test)
{
	u8 window[IDPROM_WINDOW];
	struct idprom prom;

	window_1(window, octal_232, sizeof(octal_232));
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_EQ(test, prom.format, 1);
	KUNIT_EXPECT_EQ(test, prom.length, 12);
	KUNIT_EXPECT_EQ(test, prom.vendor, 0xf0);
	KUNIT_EXPECT_EQ(test, prom.device, 0x22);
	KUNIT_EXPECT_TRUE(test, prom.mhz8);
	KUNIT_EXPECT_FALSE(test, prom.mhz32);
	KUNIT_EXPECT_EQ(test, memcmp(prom.bytes, octal_232, sizeof(octal_232)), 0);
}

static void b4_format_2_is_found_in_natural_order(struct kunit *test)
{
	u8 window[IDPROM_WINDOW];
	struct idprom prom;

	window_2(window, false);
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_EQ(test, prom.format, 2);
	KUNIT_EXPECT_EQ(test, prom.length, 26);
	KUNIT_EXPECT_EQ(test, prom.vendor, 0x001498);
	KUNIT_EXPECT_EQ(test, prom.device, 0x0a23);
	KUNIT_EXPECT_TRUE(test, prom.mhz8);
	KUNIT_EXPECT_TRUE(test, prom.mhz32);
	KUNIT_EXPECT_EQ(test, prom.crc, IDPROM_CRC_RIGHT);
}

static void format_2_in_swapped_order_reads_the_same(struct kunit *test)
{
	u8 window[IDPROM_WINDOW];
	struct idprom natural, swapped;

	window_2(window, false);
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &natural), 0);
	window_2(window, true);
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &swapped), 0);
	KUNIT_EXPECT_EQ(test, memcmp(&natural, &swapped, sizeof(natural)), 0);
}

static void b5_letter_h_in_ipah_means_32_mhz(struct kunit *test)
{
	u8 bytes[sizeof(octal_232)], window[IDPROM_WINDOW];
	struct idprom prom;

	memcpy(bytes, octal_232, sizeof(bytes));
	bytes[3] = 'H';
	window_1(window, bytes, sizeof(bytes));
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_TRUE(test, prom.mhz32);

	bytes[3] = 'C';
	bytes[7] = 'H';
	window_1(window, bytes, sizeof(bytes));
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_TRUE(test, prom.mhz32);
}

struct length_case {
	u8 stored;
	u8 taken;
};

static const struct length_case length_cases[] = {
	{ 0x00, 0x0c }, { 0x0b, 0x0c }, { 0x0c, 0x0c }, { 0x0d, 0x0d },
	{ 0x20, 0x20 }, { 0x21, 0x0c }, { 0x40, 0x0c }, { 0xff, 0x0c },
};

static void length_case_name(const struct length_case *c, char *name)
{
	snprintf(name, KUNIT_PARAM_DESC_SIZE, "length 0x%02x is taken as 0x%02x", c->stored,
		 c->taken);
}

KUNIT_ARRAY_PARAM(length, length_cases, length_case_name);

static void b6_format_1_never_reaches_beyond_the_window(struct kunit *test)
{
	const struct length_case *c = test->param_value;
	u8 bytes[sizeof(octal_232)], window[IDPROM_WINDOW];
	struct idprom prom;

	memcpy(bytes, octal_232, sizeof(bytes));
	bytes[10] = c->stored;
	window_1(window, bytes, sizeof(bytes));
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_EQ(test, prom.length, c->taken);
	KUNIT_EXPECT_LE(test, 2 * prom.length, IDPROM_WINDOW);
}

static void the_manual_s_length_accepts_either_checksum(struct kunit *test)
{
	static const u8 crcs[] = { 0xbf, 0x5b };
	u8 bytes[sizeof(octal_232)], window[IDPROM_WINDOW];
	struct idprom prom;

	memcpy(bytes, octal_232, sizeof(bytes));
	bytes[10] = 0x0b;
	for (int i = 0; i < ARRAY_SIZE(crcs); i++) {
		bytes[11] = crcs[i];
		window_1(window, bytes, sizeof(bytes));
		KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
		KUNIT_EXPECT_EQ(test, prom.crc, IDPROM_CRC_RIGHT);
	}
	bytes[11] = 0xcc;
	window_1(window, bytes, sizeof(bytes));
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_EQ(test, prom.crc, IDPROM_CRC_WRONG);
}

static void b8_b11_a_wrong_checksum_is_reported_with_both_values(struct kunit *test)
{
	u8 window[IDPROM_WINDOW];
	struct idprom prom;

	window_2(window, false);
	window[0x19] ^= 1;
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_EQ(test, prom.crc, IDPROM_CRC_WRONG);
	KUNIT_EXPECT_EQ(test, prom.crc_stored, 0x011f);
	KUNIT_EXPECT_EQ(test, prom.crc_computed, 0x011e);

	window[0x18] = 0;
	window[0x19] = 0;
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_EQ(test, prom.crc, IDPROM_CRC_ABSENT);
}

static void every_single_bit_error_is_seen(struct kunit *test)
{
	u8 window[IDPROM_WINDOW];
	struct idprom prom;

	/* Letters and length decide how the rest is read; the checksum guards every other bit. */
	for (int bit = 8 * 6; bit < 8 * (int)sizeof(format_2); bit++) {
		if (bit / 8 == F2_LENGTH || bit / 8 == F2_LENGTH + 1)
			continue;
		window_2(window, false);
		window[bit / 8] ^= 1 << bit % 8;
		KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
		KUNIT_EXPECT_EQ_MSG(test, prom.crc, IDPROM_CRC_WRONG, "bit %d", bit);
	}
}

static void format_2_is_told_in_all_its_bits(struct kunit *test)
{
	u8 window[IDPROM_WINDOW];
	struct idprom prom;

	window_2(window, false);
	window[F2_VENDOR_HIGH + 1] = 0x5a;
	window[F2_FLAGS + 1] = F2_FLAG_8MHZ;
	KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
	KUNIT_EXPECT_EQ(test, prom.vendor, 0x5a1498);
	KUNIT_EXPECT_TRUE(test, prom.mhz8);
	KUNIT_EXPECT_FALSE(test, prom.mhz32);
}

static void format_2_never_reaches_beyond_the_window(struct kunit *test)
{
	static const struct {
		u16 used;
		u8 length;
	} lengths[] = {
		{ 0x0000, 0x1a }, { 0x0019, 0x1a }, { 0x001a, 0x1a }, { 0x0040, 0x40 },
		{ 0x0041, 0x1a }, { 0x011a, 0x1a }, { 0xffff, 0x1a },
	};
	u8 window[IDPROM_WINDOW];
	struct idprom prom;

	for (int i = 0; i < ARRAY_SIZE(lengths); i++) {
		window_2(window, false);
		window[F2_LENGTH] = lengths[i].used >> 8;
		window[F2_LENGTH + 1] = lengths[i].used & 0xff;
		KUNIT_ASSERT_EQ(test, idprom_parse(window, sizeof(window), &prom), 0);
		KUNIT_EXPECT_EQ_MSG(test, prom.length, lengths[i].length, "length 0x%04x",
				    lengths[i].used);
	}
}

static void one_wrong_letter_is_no_module(struct kunit *test)
{
	u8 bytes[sizeof(octal_232)], window[IDPROM_WINDOW];
	struct idprom prom;

	for (int i = 0; i < 4; i++) {
		memcpy(bytes, octal_232, sizeof(bytes));
		bytes[i] ^= 0x5a;
		window_1(window, bytes, sizeof(bytes));
		KUNIT_EXPECT_EQ_MSG(test, idprom_parse(window, sizeof(window), &prom), -ENODEV,
				    "letter %d of Format I", i);
	}
	for (int i = 0; i < 6; i++) {
		window_2(window, false);
		window[i] ^= 0x5a;
		KUNIT_EXPECT_EQ_MSG(test, idprom_parse(window, sizeof(window), &prom), -ENODEV,
				    "letter %d of Format II", i);
	}
}

static void garbage_is_refused(struct kunit *test)
{
	u8 window[IDPROM_WINDOW];
	struct idprom prom;

	memset(window, 0xff, sizeof(window));
	KUNIT_EXPECT_EQ(test, idprom_parse(window, sizeof(window), &prom), -ENODEV);
	memset(window, 0x00, sizeof(window));
	KUNIT_EXPECT_EQ(test, idprom_parse(window, sizeof(window), &prom), -ENODEV);
	window_1(window, octal_232, 3);
	KUNIT_EXPECT_EQ(test, idprom_parse(window, sizeof(window), &prom), -ENODEV);
	window_1(window, octal_232, sizeof(octal_232));
	KUNIT_EXPECT_EQ(test, idprom_parse(window, sizeof(window) - 1, &prom), -ENODEV);
}

static struct kunit_case idprom_cases[] = {
	KUNIT_CASE(crc_check_value),
	KUNIT_CASE_PARAM(format_1_checksums_of_known_modules, crc_gen_params),
	KUNIT_CASE(format_1_is_read_from_the_odd_bytes),
	KUNIT_CASE(b4_format_2_is_found_in_natural_order),
	KUNIT_CASE(format_2_in_swapped_order_reads_the_same),
	KUNIT_CASE(b5_letter_h_in_ipah_means_32_mhz),
	KUNIT_CASE_PARAM(b6_format_1_never_reaches_beyond_the_window, length_gen_params),
	KUNIT_CASE(the_manual_s_length_accepts_either_checksum),
	KUNIT_CASE(b8_b11_a_wrong_checksum_is_reported_with_both_values),
	KUNIT_CASE(every_single_bit_error_is_seen),
	KUNIT_CASE(format_2_is_told_in_all_its_bits),
	KUNIT_CASE(format_2_never_reaches_beyond_the_window),
	KUNIT_CASE(one_wrong_letter_is_no_module),
	KUNIT_CASE(garbage_is_refused),
	{}
};

static struct kunit_suite idprom_suite = {
	.name = "idprom",
	.test_cases = idprom_cases,
};

kunit_test_suite(idprom_suite);

MODULE_DESCRIPTION("Tests of the IndustryPack ID PROM parser");
MODULE_LICENSE("GPL");
