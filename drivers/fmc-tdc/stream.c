// SPDX-License-Identifier: GPL-2.0
/*
 * A channel's records become samples, and every one is accounted for.
 *
 * The sequence number is the only evidence of loss that the hardware gives. Nothing here alters a
 * time: what looks wrong is tagged and counted, what cannot be a timestamp is rejected.
 */
#include <linux/bitfield.h>
#include <linux/minmax.h>

#include "pure.h"

/* The hardware's sequence restarts at 0 */
static void restart(struct tdc_stream *stream, s64 seconds)
{
	stream->started = false;
	stream->resync = false;
	stream->sequence = 0;
	stream->accounted = 0;
	stream->seconds = seconds;
}

/**
 * tdc_stream_start() - the channel was enabled: its sequence restarts at 0
 * @stream: of the channel
 * @seconds: TAI now, 64 bits; decides in which 2^32 seconds the records lie
 */
void tdc_stream_start(struct tdc_stream *stream, s64 seconds)
{
	restart(stream, seconds);
	stream->first = 0;
	stream->pending = 0;
}

/**
 * tdc_stream_continue() - the hardware was set up anew amid a session
 * @stream: of the channel
 * @seconds: as for tdc_stream_start()
 *
 * The hardware's sequence restarts, that of the samples goes on. How many are missing, nobody
 * knows: it is flagged, not counted.
 */
void tdc_stream_continue(struct tdc_stream *stream, s64 seconds)
{
	stream->first += (u32)(stream->sequence + stream->accounted);
	restart(stream, seconds);
	stream->pending |= TDC_SAMPLE_LOST_BEFORE;
}

/**
 * tdc_stream_stale() - reject what an earlier session left in the first buffer of this one
 * @stream: of the channel
 * @records: the first ones read since tdc_stream_start()
 * @count: how many
 *
 * This session begins with sequence 0, the older records have higher ones. A 0 that follows the
 * largest number is a wrap, not a beginning. If there is no beginning in sight, all records are
 * taken for this session's.
 *
 * Return: how many to skip; they are counted as received and rejected
 */
size_t tdc_stream_stale(struct tdc_stream *stream, const struct tdc_record *records, size_t count)
{
	u32 before = 0;
	size_t i;

	if (stream->started)
		return 0;
	for (i = 0; i < count; i++) {
		u32 sequence = tdc_record_sequence(&records[i]);

		if (!tdc_record_valid(&records[i], stream->channel))
			continue;
		if (sequence == 0 && before != TDC_SEQUENCES - 1)
			break;
		before = sequence;
	}
	if (i == count)
		return 0;
	stream->counts.received += i;
	stream->counts.rejected += i;
	return i;
}

static bool reject(struct tdc_stream *stream)
{
	stream->counts.received++;
	stream->counts.rejected++;
	stream->accounted++;
	return false;
}

/* Follow the sequence to @sequence; count what is missing before it. False: not believed yet */
static bool follow(struct tdc_stream *stream, u32 sequence)
{
	u32 gap = (sequence - (u32)stream->sequence) % TDC_SEQUENCES;
	bool confirmed = stream->resync && sequence == stream->candidate;

	if (likely(!gap && !stream->accounted)) {
		stream->resync = false;
		stream->sequence++;
		return true;
	}
	if (gap > TDC_GAP_MAX && !confirmed) {
		stream->resync = true;
		stream->candidate = (sequence + 1) % TDC_SEQUENCES;
		return false;
	}
	if (gap >= TDC_SEQUENCES / 2) {
		/*
		 * It stepped back: what is missing in between, nobody can tell. Go on under the
		 * same low bits
		 */
		stream->sequence += gap;
		stream->pending |= TDC_SAMPLE_LOST_BEFORE;
	} else if (gap) {
		u64 missing = gap - min_t(u64, gap, stream->accounted);

		stream->counts.received += missing;
		stream->counts.lost += missing;
		stream->sequence += gap;
		stream->pending |= TDC_SAMPLE_LOST_BEFORE;
	}
	stream->accounted = 0;
	stream->resync = false;
	stream->sequence++;
	return true;
}

/* Compare with the record before; false: a duplicate that is to be dropped */
static bool compare_time(struct tdc_stream *stream, struct tdc_sample *sample)
{
	s64 step = sample->ns - stream->last_ns;

	if (step > 0)
		return true;
	if (step == 0 && sample->subns > stream->last_subns)
		return true;
	if (step == 0 && sample->subns == stream->last_subns) {
		stream->counts.duplicates++;
		sample->flags |= TDC_SAMPLE_DUPLICATE;
		return !stream->drop_duplicates;
	}
	if (step >= -(TDC_ROLLOVER_NS + TDC_ROLLOVER_SLACK_NS)) {
		stream->counts.rollovers++;
		sample->flags |= TDC_SAMPLE_ROLLOVER;
	} else {
		sample->flags |= TDC_SAMPLE_TIME_UNCERTAIN;
	}
	return true;
}

/**
 * tdc_stream_take() - the next record
 * @stream: of the channel
 * @record: as read from the DDR
 * @flags: TDC_SAMPLE_* that hold for all records now
 * @sample: filled in
 *
 * Return: true if @sample is to be delivered; say then how that went: tdc_stream_delivered() or
 * _refused()
 */
bool tdc_stream_take(struct tdc_stream *stream, const struct tdc_record *record, u16 flags,
		     struct tdc_sample *sample)
{
	bool deliver = true;

	if (!tdc_record_valid(record, stream->channel) ||
	    !follow(stream, tdc_record_sequence(record)))
		return reject(stream);

	tdc_record_convert(record, &stream->seconds, sample);
	sample->sequence = stream->first + (u32)stream->sequence - 1;
	sample->flags = TDC_SAMPLE_RISING | FIELD_PREP(TDC_SAMPLE_CHANNEL, stream->channel) | flags;
	if (stream->started)
		deliver = compare_time(stream, sample);
	stream->started = true;
	stream->last_ns = sample->ns;
	stream->last_subns = sample->subns;

	stream->counts.received++;
	if (!deliver) {
		stream->counts.rejected++;
		return false;
	}
	sample->flags |= stream->pending;
	return true;
}

/**
 * tdc_stream_delivered() - the reader's buffer took the sample
 * @stream: of the channel
 */
void tdc_stream_delivered(struct tdc_stream *stream)
{
	stream->counts.delivered++;
	stream->pending = 0;
}

/**
 * tdc_stream_refused() - the reader's buffer was full
 * @stream: of the channel
 */
void tdc_stream_refused(struct tdc_stream *stream)
{
	stream->counts.lost++;
	stream->pending |= TDC_SAMPLE_OVERFLOW_BEFORE;
}

/**
 * tdc_stream_unread() - the hardware has records that could not be transferred
 * @stream: of the channel
 * @count: how many; the gap that they leave in the sequence is not counted again
 */
void tdc_stream_unread(struct tdc_stream *stream, u64 count)
{
	stream->counts.received += count;
	stream->counts.lost += count;
	stream->accounted += count;
	stream->pending |= TDC_SAMPLE_LOST_BEFORE;
}
