// SPDX-License-Identifier: GPL-2.0
/* Wires and sampling: what a receiver makes of what a transmitter sends. */

#include <kunit/test.h>
#include <linux/module.h>

#include "../line.c"

#define US	1000ull
#define MS	1000000ull

/* A wire with one transmitter and one receiver */
struct rig {
	struct line_wire wire;
	struct line_driver driver;
	struct line_receiver rx;
};

static const struct line_format format_8n1 = { .data_bits = 8, .stop_sixteenths = 16 };

static void rig_init(struct rig *rig, const struct line_format *format, unsigned int baud)
{
	*rig = (struct rig) { .driver.enabled = true };
	rig->driver.wave = line_steady(0, true);
	line_wire_init(&rig->wire);
	list_add_tail(&rig->driver.entry, &rig->wire.drivers);
	rig->rx.sixteenth = line_sixteenth(baud);
	rig->rx.bits = line_frame_bits(format);
}

/* Put one more wave on the wire at @now, as a transmitter does */
static enum line_event change(struct rig *rig, u64 now, struct line_wave wave)
{
	enum line_event event = line_receive(&rig->rx, &rig->wire, now);

	rig->driver.wave = wave;
	return event;
}

static enum line_event send(struct rig *rig, const struct line_format *format, u64 now, u8 data,
			    unsigned int baud)
{
	struct line_time start = { .ns = now };

	return change(rig, now, line_character(format, data, start, line_sixteenth(baud)));
}

static void line_960_characters_at_9600_baud_take_exactly_a_second(struct kunit *test)
{
	struct line_time time = { .ns = 12345 };

	for (unsigned int i = 0; i < 960; i++)
		time = line_after(time, 160 * line_sixteenth(9600));
	KUNIT_EXPECT_EQ(test, time.ns, 12345 + 1000 * MS);
	KUNIT_EXPECT_EQ(test, time.fraction, 0);
}

/* Of 36 GHz, the nearest 1/LINE_FRACTIONS ns */
static void line_a_sixteenth_of_a_bit_is_rounded(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, line_sixteenth(9600), 3750000);
	KUNIT_EXPECT_EQ(test, line_sixteenth(7), 5142857143);	/* .. 142.86 */
	KUNIT_EXPECT_EQ(test, line_sixteenth(11), 3272727273);	/* .. 272.73 */
	KUNIT_EXPECT_EQ(test, line_sixteenth(13), 2769230769);	/* .. 769.23 */
	KUNIT_EXPECT_EQ(test, line_sixteenth(0), 0);
}

/* With the parity bit, the number of ones is even, or odd */
static void line_parity_is_what_its_name_says(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, line_parity_bit(LINE_PARITY_EVEN, 0x00));
	KUNIT_EXPECT_TRUE(test, line_parity_bit(LINE_PARITY_EVEN, 0x01));
	KUNIT_EXPECT_FALSE(test, line_parity_bit(LINE_PARITY_EVEN, 0x81));
	KUNIT_EXPECT_TRUE(test, line_parity_bit(LINE_PARITY_ODD, 0x00));
	KUNIT_EXPECT_FALSE(test, line_parity_bit(LINE_PARITY_ODD, 0x01));
	KUNIT_EXPECT_TRUE(test, line_parity_bit(LINE_PARITY_ODD, 0x81));
	KUNIT_EXPECT_TRUE(test, line_parity_bit(LINE_PARITY_MARK, 0x01));
	KUNIT_EXPECT_FALSE(test, line_parity_bit(LINE_PARITY_SPACE, 0x01));
}

struct format_case {
	const char *name;
	struct line_format format;
};

static const struct format_case formats[] = {
	{ "5N1.5", { 5, LINE_PARITY_NONE, 24 } },  { "6E1", { 6, LINE_PARITY_EVEN, 16 } },
	{ "7O2", { 7, LINE_PARITY_ODD, 32 } },	   { "8N1", { 8, LINE_PARITY_NONE, 16 } },
	{ "8E1", { 8, LINE_PARITY_EVEN, 16 } },	   { "8M1", { 8, LINE_PARITY_MARK, 16 } },
	{ "7S0.56", { 7, LINE_PARITY_SPACE, 9 } },
};

KUNIT_ARRAY_PARAM_DESC(format, formats, name);

static void line_every_character_arrives_as_it_was_sent(struct kunit *test)
{
	const struct line_format *format =
		&((const struct format_case *)test->param_value)->format;
	u8 mask = GENMASK(format->data_bits - 1, 0);
	struct rig rig;

	for (unsigned int data = 1; data <= mask; data++) {
		bool parity = line_parity_bit(format->parity, data);
		u64 due;

		rig_init(&rig, format, 9600);
		KUNIT_ASSERT_EQ(test, send(&rig, format, MS, data, 9600), LINE_NOTHING);
		due = line_receiver_due(&rig.rx, &rig.wire);
		KUNIT_ASSERT_EQ(test, line_receive(&rig.rx, &rig.wire, due - 1), LINE_NOTHING);
		KUNIT_ASSERT_EQ(test, line_receive(&rig.rx, &rig.wire, due), LINE_CHARACTER);
		KUNIT_ASSERT_EQ(test, rig.rx.value & mask, data);
		if (format->parity != LINE_PARITY_NONE)
			KUNIT_ASSERT_EQ(test, rig.rx.value >> format->data_bits, parity);
		KUNIT_ASSERT_EQ(test, line_receiver_due(&rig.rx, &rig.wire), NEVER);
	}
}

static void line_a_character_is_complete_in_the_middle_of_its_stop_bit(struct kunit *test)
{
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	send(&rig, &format_8n1, MS, 0x55, 9600);
	/* 9.5 bits of 104.1666 us */
	KUNIT_EXPECT_EQ(test, line_receiver_due(&rig.rx, &rig.wire), MS + 989583);
}

static void line_three_percent_between_the_rates_do_no_harm(struct kunit *test)
{
	struct rig rig;

	for (unsigned int data = 1; data < 256; data++) {
		rig_init(&rig, &format_8n1, 9600);
		send(&rig, &format_8n1, MS, data, 9600 * 103 / 100);
		KUNIT_ASSERT_EQ(test, line_receive(&rig.rx, &rig.wire, 9 * MS), LINE_CHARACTER);
		KUNIT_ASSERT_EQ(test, rig.rx.value, data);
		rig_init(&rig, &format_8n1, 9600);
		send(&rig, &format_8n1, MS, data, 9600 * 97 / 100);
		KUNIT_ASSERT_EQ(test, line_receive(&rig.rx, &rig.wire, 9 * MS), LINE_CHARACTER);
		KUNIT_ASSERT_EQ(test, rig.rx.value, data);
	}
}

static void line_a_sender_ten_percent_slow_causes_framing_errors(struct kunit *test)
{
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	/* its last data bit still stands where the stop bit is expected */
	send(&rig, &format_8n1, MS, 0x41, 9600 * 90 / 100);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 9 * MS), LINE_FRAMING);
}

static void line_a_sender_at_half_the_rate_garbles_data(struct kunit *test)
{
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	send(&rig, &format_8n1, MS, 0x0f, 4800);
	/* each bit is seen twice: 0 0 1 1 1 1 1 1 1 1, then 0 0 0 0 0 0 0 0 1 1 */
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 9 * MS), LINE_CHARACTER);
	KUNIT_EXPECT_EQ(test, rig.rx.value, 0xfe);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 9 * MS), LINE_CHARACTER);
	KUNIT_EXPECT_EQ(test, rig.rx.value, 0x80);
}

static void line_a_glitch_shorter_than_half_a_bit_is_no_start_bit(struct kunit *test)
{
	struct line_wave glitch = {
		.start.ns = MS, .sixteenth = line_sixteenth(9600) / 4, .count = 1, .rest = true
	};
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	change(&rig, MS, glitch);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 9 * MS), LINE_NOTHING);
	KUNIT_EXPECT_EQ(test, (int)rig.rx.state, LINE_HUNTING);
	send(&rig, &format_8n1, 9 * MS, 'x', 9600);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 20 * MS), LINE_CHARACTER);
	KUNIT_EXPECT_EQ(test, rig.rx.value, 'x');
}

static void line_a_break_is_one_event_and_its_end_another(struct kunit *test)
{
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	change(&rig, MS, line_steady(MS, false));
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 500 * MS), LINE_BREAK);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 500 * MS), LINE_NOTHING);
	KUNIT_EXPECT_EQ(test, line_receiver_due(&rig.rx, &rig.wire), NEVER);
	change(&rig, 500 * MS, line_steady(500 * MS, true));
	/* half a bit of mark ends it */
	KUNIT_EXPECT_EQ(test, line_receiver_due(&rig.rx, &rig.wire), 500 * MS + 52083);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 501 * MS), LINE_BREAK_END);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 501 * MS), LINE_NOTHING);
}

static void line_a_break_in_a_character_ends_it_with_a_framing_error_first(struct kunit *test)
{
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	send(&rig, &format_8n1, MS, 0xff, 9600);
	change(&rig, MS + 500 * US, line_steady(MS + 500 * US, false));
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 500 * MS), LINE_FRAMING);
	KUNIT_EXPECT_EQ(test, rig.rx.value, 0x0f);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 500 * MS), LINE_BREAK);
}

static void line_a_break_is_not_ended_by_mark_of_less_than_half_a_bit(struct kunit *test)
{
	struct line_wave glitch = {
		.start.ns = 200 * MS, .sixteenth = line_sixteenth(9600) / 4, .bits = 1, .count = 1,
	};
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	change(&rig, MS, line_steady(MS, false));
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 200 * MS), LINE_BREAK);
	KUNIT_EXPECT_EQ(test, change(&rig, 200 * MS, glitch), LINE_NOTHING);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 500 * MS), LINE_NOTHING);
	change(&rig, 500 * MS, line_steady(500 * MS, true));
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 501 * MS), LINE_BREAK_END);
}

static void line_two_drivers_at_once_garble_each_other(struct kunit *test)
{
	struct line_driver other = { .enabled = true };
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	list_add_tail(&other.entry, &rig.wire.drivers);
	other.wave = line_character(&format_8n1, 0x0f, (struct line_time) { .ns = MS },
				    line_sixteenth(9600));
	send(&rig, &format_8n1, MS, 0x55, 9600);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 9 * MS), LINE_CHARACTER);
	KUNIT_EXPECT_EQ(test, rig.rx.value, 0x05);
	other.enabled = false;
	send(&rig, &format_8n1, 9 * MS, 0x55, 9600);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 20 * MS), LINE_CHARACTER);
	KUNIT_EXPECT_EQ(test, rig.rx.value, 0x55);
}

static void line_a_start_bit_is_reported_at_its_middle_when_asked_for(struct kunit *test)
{
	struct rig rig;

	rig_init(&rig, &format_8n1, 9600);
	rig.rx.watch_start = true;
	send(&rig, &format_8n1, MS, 0x55, 9600);
	KUNIT_EXPECT_EQ(test, line_receiver_due(&rig.rx, &rig.wire), MS + 52083);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, MS + 52083), LINE_START);
	KUNIT_EXPECT_EQ(test, line_receive(&rig.rx, &rig.wire, 9 * MS), LINE_CHARACTER);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(line_960_characters_at_9600_baud_take_exactly_a_second),
	KUNIT_CASE(line_a_sixteenth_of_a_bit_is_rounded),
	KUNIT_CASE(line_parity_is_what_its_name_says),
	KUNIT_CASE_PARAM(line_every_character_arrives_as_it_was_sent, format_gen_params),
	KUNIT_CASE(line_a_character_is_complete_in_the_middle_of_its_stop_bit),
	KUNIT_CASE(line_three_percent_between_the_rates_do_no_harm),
	KUNIT_CASE(line_a_sender_ten_percent_slow_causes_framing_errors),
	KUNIT_CASE(line_a_sender_at_half_the_rate_garbles_data),
	KUNIT_CASE(line_a_glitch_shorter_than_half_a_bit_is_no_start_bit),
	KUNIT_CASE(line_a_break_is_one_event_and_its_end_another),
	KUNIT_CASE(line_a_break_in_a_character_ends_it_with_a_framing_error_first),
	KUNIT_CASE(line_a_break_is_not_ended_by_mark_of_less_than_half_a_bit),
	KUNIT_CASE(line_two_drivers_at_once_garble_each_other),
	KUNIT_CASE(line_a_start_bit_is_reported_at_its_middle_when_asked_for),
	{}
};

static struct kunit_suite suite = { .name = "serial_line", .test_cases = cases };

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of the virtual serial lines");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
