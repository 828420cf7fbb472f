// SPDX-License-Identifier: GPL-2.0
#include <kunit/test.h>

#include "../timestamp.c"
#include "../stream.c"

#define CHANNEL		2
#define LAST		(TDC_SEQUENCES - 1)

/* Ticks are what the tests vary: a record at @ticks into second 10 */
static struct tdc_record record_at(u32 sequence, u32 ticks)
{
	return (struct tdc_record){
		.tai = cpu_to_le32(10 + ticks / TDC_TICKS_PER_SECOND),
		.coarse = cpu_to_le32(ticks % TDC_TICKS_PER_SECOND),
		.meta = cpu_to_le32(FIELD_PREP(TDC_RECORD_SEQUENCE, sequence) | TDC_RECORD_RISING |
				    CHANNEL),
	};
}

static struct tdc_stream *stream_started(struct kunit *test)
{
	struct tdc_stream *stream = kunit_kzalloc(test, sizeof(*stream), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, stream);
	stream->channel = CHANNEL;
	tdc_stream_start(stream, 10);
	return stream;
}

/* Take and deliver; the flags, or -1 when it was rejected */
static int deliver(struct tdc_stream *stream, struct tdc_record record, struct tdc_sample *sample)
{
	if (!tdc_stream_take(stream, &record, 0, sample))
		return -1;
	tdc_stream_delivered(stream);
	return sample->flags & ~(TDC_SAMPLE_CHANNEL | TDC_SAMPLE_RISING);
}

static void expect_counts(struct kunit *test, const struct tdc_stream *stream, u64 delivered,
			  u64 lost, u64 rejected)
{
	KUNIT_EXPECT_EQ(test, stream->counts.delivered, delivered);
	KUNIT_EXPECT_EQ(test, stream->counts.lost, lost);
	KUNIT_EXPECT_EQ(test, stream->counts.rejected, rejected);
	KUNIT_EXPECT_EQ(test, stream->counts.received, delivered + lost + rejected);
}

static void good_records_pass_unchanged(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;
	u32 i;

	for (i = 0; i < 100; i++) {
		KUNIT_ASSERT_EQ(test, deliver(stream, record_at(i, 100 * i), &sample), 0);
		KUNIT_ASSERT_EQ(test, sample.sequence, i);
		KUNIT_ASSERT_EQ(test, sample.ns, 10 * NSEC_PER_SEC + 800 * i);
		KUNIT_ASSERT_EQ(test, sample.flags, TDC_SAMPLE_RISING | CHANNEL << 8);
	}
	expect_counts(test, stream, 100, 0, 0);
}

static void gap_in_the_sequence_is_loss(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;

	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(3, 0), &sample), TDC_SAMPLE_LOST_BEFORE);
	KUNIT_EXPECT_EQ(test, sample.sequence, 3);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(4, 100), &sample), 0);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(15, 200), &sample), TDC_SAMPLE_LOST_BEFORE);
	expect_counts(test, stream, 3, 13, 0);
}

static void sequence_wraps_without_loss(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;
	u32 i;

	stream->sequence = TDC_SEQUENCES - 16;
	for (i = 0; i < 32; i++) {
		struct tdc_record record = record_at((LAST - 15 + i) & LAST, 100 * i);

		KUNIT_ASSERT_EQ(test, deliver(stream, record, &sample), 0);
	}
	KUNIT_EXPECT_EQ(test, sample.sequence, TDC_SEQUENCES + 15);
	expect_counts(test, stream, 32, 0, 0);
}

static void gap_across_the_wrap_is_exact(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;

	stream->sequence = LAST;
	deliver(stream, record_at(LAST, 0), &sample);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(5, 100), &sample), TDC_SAMPLE_LOST_BEFORE);
	expect_counts(test, stream, 2, 5, 0);
}

static void one_implausible_sequence_is_rejected_alone(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;

	deliver(stream, record_at(0, 0), &sample);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(TDC_GAP_MAX + 2, 100), &sample), -1);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(2, 200), &sample), TDC_SAMPLE_LOST_BEFORE);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(3, 300), &sample), 0);
	expect_counts(test, stream, 3, 0, 1);
}

static void largest_plausible_gap_is_believed_at_once(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;

	deliver(stream, record_at(0, 0), &sample);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(TDC_GAP_MAX + 1, 100), &sample),
			TDC_SAMPLE_LOST_BEFORE);
	expect_counts(test, stream, 2, TDC_GAP_MAX, 0);
}

static void sequence_that_restarts_is_believed_the_second_time(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;
	u32 i;

	for (i = 0; i < 10; i++)
		deliver(stream, record_at(i, 100 * i), &sample);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(0, 2000), &sample), -1);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(1, 2100), &sample), TDC_SAMPLE_LOST_BEFORE);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(2, 2200), &sample), 0);
	expect_counts(test, stream, 12, 0, 1);
}

static void rejected_record_takes_its_place_in_the_sequence(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_record poison;
	struct tdc_sample sample;

	memset(&poison, 0xff, sizeof(poison));
	deliver(stream, record_at(0, 0), &sample);
	KUNIT_EXPECT_EQ(test, deliver(stream, poison, &sample), -1);
	KUNIT_EXPECT_EQ(test, deliver(stream, poison, &sample), -1);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(3, 300), &sample), TDC_SAMPLE_LOST_BEFORE);
	expect_counts(test, stream, 2, 0, 2);
}

static void extra_garbage_does_not_hide_later_loss(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_record poison;
	struct tdc_sample sample;

	memset(&poison, 0xff, sizeof(poison));
	deliver(stream, record_at(0, 0), &sample);
	deliver(stream, poison, &sample);
	deliver(stream, record_at(1, 100), &sample);
	deliver(stream, record_at(5, 200), &sample);
	expect_counts(test, stream, 3, 3, 1);
}

static void failed_transfer_is_counted_once(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;

	deliver(stream, record_at(0, 0), &sample);
	tdc_stream_unread(stream, 1000);
	expect_counts(test, stream, 1, 1000, 0);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(1003, 100), &sample),
			TDC_SAMPLE_LOST_BEFORE);
	expect_counts(test, stream, 2, 1002, 0);
}

static void refused_sample_is_lost_and_flagged(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_record record = record_at(0, 0);
	struct tdc_sample sample;

	KUNIT_ASSERT_TRUE(test, tdc_stream_take(stream, &record, 0, &sample));
	tdc_stream_refused(stream);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(1, 100), &sample),
			TDC_SAMPLE_OVERFLOW_BEFORE);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(2, 200), &sample), 0);
	expect_counts(test, stream, 2, 1, 0);
}

/* What was to be said on a sample that nobody got is said on the next */
static void flags_wait_for_a_sample_that_is_delivered(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_record record = record_at(5, 500);
	struct tdc_sample sample;

	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(0, 0), &sample), 0);
	KUNIT_ASSERT_TRUE(test, tdc_stream_take(stream, &record, 0, &sample));
	tdc_stream_refused(stream);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(6, 600), &sample),
			TDC_SAMPLE_LOST_BEFORE | TDC_SAMPLE_OVERFLOW_BEFORE);
}

static void duplicate_is_tagged_or_dropped(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;

	deliver(stream, record_at(0, 100), &sample);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(1, 100), &sample), TDC_SAMPLE_DUPLICATE);
	KUNIT_EXPECT_EQ(test, stream->counts.duplicates, 1);
	expect_counts(test, stream, 2, 0, 0);

	stream->drop_duplicates = true;
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(2, 100), &sample), -1);
	KUNIT_EXPECT_EQ(test, deliver(stream, record_at(3, 200), &sample), 0);
	KUNIT_EXPECT_EQ(test, stream->counts.duplicates, 2);
	expect_counts(test, stream, 3, 0, 1);
}

struct step_case {
	const char *name;
	int ticks;	/* from one record to the next */
	u16 flags;
	int fracs;	/* likewise, and less than a nanosecond */
};

static const struct step_case step_cases[] = {
	{ "forward", 1, 0 },
	{ "a little back", -1, TDC_SAMPLE_ROLLOVER },
	{ "back by 256 retriggers", -TDC_ROLLOVER_NS / 8, TDC_SAMPLE_ROLLOVER },
	{ "back by a little more", -TDC_ROLLOVER_NS / 8 - 2, TDC_SAMPLE_ROLLOVER },
	{ "back beyond a rollover", -TDC_ROLLOVER_NS / 8 - 3, TDC_SAMPLE_TIME_UNCERTAIN },
	{ "back by a second", -TDC_TICKS_PER_SECOND, TDC_SAMPLE_TIME_UNCERTAIN },
	{ "forward within a nanosecond", 0, 0, 1 },
	{ "back within a nanosecond", 0, TDC_SAMPLE_ROLLOVER, -1 },
};

KUNIT_ARRAY_PARAM_DESC(step, step_cases, name);

static void step_in_time_is_judged(struct kunit *test)
{
	const struct step_case *c = test->param_value;
	struct tdc_stream *stream = stream_started(test);
	u32 start = TDC_TICKS_PER_SECOND + 1000;
	struct tdc_record first = record_at(0, start), second = record_at(1, start + c->ticks);
	struct tdc_sample sample;

	le32_add_cpu(&first.frac, 100);
	le32_add_cpu(&second.frac, 100 + c->fracs);
	deliver(stream, first, &sample);
	KUNIT_EXPECT_EQ(test, deliver(stream, second, &sample), c->flags);
	KUNIT_EXPECT_EQ(test, sample.ns, 11 * NSEC_PER_SEC + (1000 + c->ticks) * 8LL);
	KUNIT_EXPECT_EQ(test, stream->counts.rollovers, c->flags == TDC_SAMPLE_ROLLOVER);
	expect_counts(test, stream, 2, 0, 0);
}

static void stale_records_before_the_beginning_are_rejected(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_record records[] = {
		record_at(777, 0), record_at(778, 100), record_at(0, 5000), record_at(1, 5100),
	};
	struct tdc_sample sample;

	KUNIT_EXPECT_EQ(test, tdc_stream_stale(stream, records, ARRAY_SIZE(records)), 2);
	KUNIT_EXPECT_EQ(test, deliver(stream, records[2], &sample), 0);
	KUNIT_EXPECT_EQ(test, deliver(stream, records[3], &sample), 0);
	KUNIT_EXPECT_EQ(test, sample.sequence, 1);
	expect_counts(test, stream, 2, 0, 2);
	KUNIT_EXPECT_EQ_MSG(test, tdc_stream_stale(stream, records, ARRAY_SIZE(records)), 0,
			    "once started");
}

static void stale_check_spares_what_is_fresh(struct kunit *test)
{
	struct tdc_record fresh[] = { record_at(0, 0), record_at(1, 100) };
	struct tdc_record wrap[] = { record_at(LAST, 0), record_at(0, 100) };
	struct tdc_record headless[] = { record_at(1, 0), record_at(2, 100) };
	struct tdc_record hole[] = { record_at(1, 0), {}, record_at(3, 100) };
	struct tdc_stream *stream = stream_started(test);

	KUNIT_EXPECT_EQ(test, tdc_stream_stale(stream, fresh, ARRAY_SIZE(fresh)), 0);
	KUNIT_EXPECT_EQ(test, tdc_stream_stale(stream, wrap, ARRAY_SIZE(wrap)), 0);
	KUNIT_EXPECT_EQ(test, tdc_stream_stale(stream, headless, ARRAY_SIZE(headless)), 0);
	KUNIT_EXPECT_EQ(test, tdc_stream_stale(stream, hole, ARRAY_SIZE(hole)), 0);
	expect_counts(test, stream, 0, 0, 0);
}

static void counts_survive_a_new_session(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;

	deliver(stream, record_at(0, 1000), &sample);
	tdc_stream_start(stream, 10);
	KUNIT_EXPECT_EQ_MSG(test, deliver(stream, record_at(0, 0), &sample), 0,
			    "earlier, but of a new session");
	KUNIT_EXPECT_EQ(test, sample.sequence, 0);
	expect_counts(test, stream, 2, 0, 0);
}

static void anything_at_all_keeps_the_balance(struct kunit *test)
{
	struct tdc_stream *stream = stream_started(test);
	struct tdc_sample sample;
	u32 random = 1, i;

	for (i = 0; i < 100000; i++) {
		struct tdc_record record;

		random = random * 1664525u + 1013904223u;
		record = record_at(random >> 4, random % 1000000);
		if (random >> 31)
			record = record_at(stream->sequence & LAST, i);
		if (!(random >> 8 & 0xf))
			record.coarse = ~0;
		if (tdc_stream_take(stream, &record, 0, &sample)) {
			if (random >> 12 & 1)
				tdc_stream_delivered(stream);
			else
				tdc_stream_refused(stream);
		}
		if (!(random >> 16 & 0xff))
			tdc_stream_unread(stream, random >> 24);
	}
	KUNIT_EXPECT_GT(test, stream->counts.delivered, 0);
	KUNIT_EXPECT_GT(test, stream->counts.lost, 0);
	KUNIT_EXPECT_GT(test, stream->counts.rejected, 0);
	KUNIT_EXPECT_EQ(test, stream->counts.received,
			stream->counts.delivered + stream->counts.lost + stream->counts.rejected);
}

static struct kunit_case stream_tests[] = {
	KUNIT_CASE(good_records_pass_unchanged),
	KUNIT_CASE(gap_in_the_sequence_is_loss),
	KUNIT_CASE(sequence_wraps_without_loss),
	KUNIT_CASE(gap_across_the_wrap_is_exact),
	KUNIT_CASE(one_implausible_sequence_is_rejected_alone),
	KUNIT_CASE(largest_plausible_gap_is_believed_at_once),
	KUNIT_CASE(sequence_that_restarts_is_believed_the_second_time),
	KUNIT_CASE(rejected_record_takes_its_place_in_the_sequence),
	KUNIT_CASE(extra_garbage_does_not_hide_later_loss),
	KUNIT_CASE(failed_transfer_is_counted_once),
	KUNIT_CASE(refused_sample_is_lost_and_flagged),
	KUNIT_CASE(flags_wait_for_a_sample_that_is_delivered),
	KUNIT_CASE(duplicate_is_tagged_or_dropped),
	KUNIT_CASE_PARAM(step_in_time_is_judged, step_gen_params),
	KUNIT_CASE(stale_records_before_the_beginning_are_rejected),
	KUNIT_CASE(stale_check_spares_what_is_fresh),
	KUNIT_CASE(counts_survive_a_new_session),
	KUNIT_CASE(anything_at_all_keeps_the_balance),
	{}
};

static struct kunit_suite stream_suite = {
	.name = "tdc_stream",
	.test_cases = stream_tests,
};

kunit_test_suite(stream_suite);

MODULE_DESCRIPTION("Tests of the FMC TDC's accounting of timestamps");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
