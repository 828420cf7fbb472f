// SPDX-License-Identifier: GPL-2.0
/* Waveforms, wires and the sampling of characters. Pure, see line.h. */

#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "line.h"

#define NEVER	U64_MAX

struct line_time line_after(struct line_time time, u64 fractions)
{
	time.ns += div_u64_rem(time.fraction + fractions, LINE_FRACTIONS, &time.fraction);
	return time;
}

/* A level that lasts from @now on */
struct line_wave line_steady(u64 now, bool level)
{
	return (struct line_wave) { .start.ns = now, .rest = level };
}

/* A sixteenth of a bit at @baud, rounded; exact for all rates that divide 36 GHz */
u64 line_sixteenth(unsigned int baud)
{
	return baud ? div_u64(NSEC_PER_SEC / 16 * LINE_FRACTIONS + baud / 2, baud) : 0;
}

bool line_parity_bit(enum line_parity parity, u8 data)
{
	switch (parity) {
	case LINE_PARITY_EVEN:
		return hweight8(data) & 1;
	case LINE_PARITY_ODD:
		return !(hweight8(data) & 1);
	case LINE_PARITY_MARK:
		return true;
	default:
		return false;
	}
}

/* Bits between start and stop bit */
unsigned int line_frame_bits(const struct line_format *format)
{
	return format->data_bits + (format->parity != LINE_PARITY_NONE);
}

/* Start bit, data from the lowest bit up, parity; the stop bit is the rest */
struct line_wave line_character(const struct line_format *format, u8 data, struct line_time start,
				u64 sixteenth)
{
	unsigned int bits = format->data_bits;

	data &= GENMASK(bits - 1, 0);
	return (struct line_wave) {
		.start = start,
		.sixteenth = sixteenth,
		.bits = data << 1 | line_parity_bit(format->parity, data) << (bits + 1),
		.count = 1 + line_frame_bits(format),
		.rest = true,
	};
}

static u64 edge_of(const struct line_wave *wave, unsigned int bit)
{
	return line_after(wave->start, bit * 16 * wave->sixteenth).ns;
}

/* Which bit stands on the wire at @now; at least wave->count after the last one */
static unsigned int bit_at(const struct line_wave *wave, u64 now)
{
	u64 elapsed;

	if (now >= edge_of(wave, wave->count))
		return wave->count;
	elapsed =
		(now - wave->start.ns) * LINE_FRACTIONS + LINE_FRACTIONS - 1 - wave->start.fraction;
	return div64_u64(elapsed, 16 * wave->sixteenth);
}

static bool level_of(const struct line_wave *wave, unsigned int bit)
{
	return bit < wave->count ? wave->bits >> bit & 1 : wave->rest;
}

static bool wave_level(const struct line_wave *wave, u64 now)
{
	return now < wave->start.ns || level_of(wave, bit_at(wave, now));
}

/* The next change of level after @now */
static u64 wave_next_change(const struct line_wave *wave, u64 now)
{
	unsigned int bit, next;

	if (now < wave->start.ns)
		return wave->start.ns;
	bit = bit_at(wave, now);
	for (next = bit + 1; next <= wave->count; next++)
		if (level_of(wave, next) != level_of(wave, bit))
			return edge_of(wave, next);
	return NEVER;
}

void line_wire_init(struct line_wire *wire)
{
	INIT_LIST_HEAD(&wire->drivers);
	INIT_LIST_HEAD(&wire->listeners);
}

/* True is mark; a wire that nobody drives is at mark, and so is a missing one (@wire is NULL) */
bool line_level(const struct line_wire *wire, u64 now)
{
	const struct line_driver *driver;

	if (!wire)
		return true;
	list_for_each_entry(driver, &wire->drivers, entry)
		if (driver->enabled && !wave_level(&driver->wave, now))
			return false;
	return true;
}

static u64 next_change(const struct line_wire *wire, u64 now)
{
	const struct line_driver *driver;
	u64 next = NEVER;

	if (!wire)
		return NEVER;
	list_for_each_entry(driver, &wire->drivers, entry)
		if (driver->enabled)
			next = min(next, wave_next_change(&driver->wave, now));
	return next;
}

/* When the wire is first at @level, from @from on and as far as is known; U64_MAX for not at all */
u64 line_next_level(const struct line_wire *wire, u64 from, bool level)
{
	while (from != NEVER && line_level(wire, from) != level)
		from = next_change(wire, from);
	return from;
}

/* Forget the character in assembly; the next start bit needs an edge */
void line_receiver_restart(struct line_receiver *rx, u64 now)
{
	rx->state = LINE_HUNTING;
	rx->armed = false;
	rx->since = now;
}

static u64 sample_time(const struct line_receiver *rx, u64 edge, unsigned int sample)
{
	return line_after((struct line_time) { .ns = edge }, (16 * sample + 8) * rx->sixteenth).ns;
}

static void hunt(struct line_receiver *rx, u64 now)
{
	rx->state = LINE_HUNTING;
	rx->armed = true;
	rx->since = now;
}

static void begin(struct line_receiver *rx, u64 edge)
{
	rx->state = LINE_SAMPLING;
	rx->since = edge;
	rx->sample = 0;
	rx->value = 0;
}

/* Look for mark, then for space. False: not before @until */
static bool find_start(struct line_receiver *rx, const struct line_wire *wire, u64 until)
{
	u64 edge;

	if (!rx->armed) {
		rx->since = line_next_level(wire, rx->since, true);
		if (rx->since > until) {
			rx->since = until;
			return false;
		}
		rx->armed = true;
	}
	edge = line_next_level(wire, rx->since, false);
	if (edge > until) {
		rx->since = until;
		return false;
	}
	begin(rx, edge);
	return true;
}

/* The end of a break: mark for half a bit. False: not before @until */
static bool find_break_end(struct line_receiver *rx, const struct line_wire *wire, u64 until)
{
	for (;;) {
		u64 rise = line_next_level(wire, rx->since, true);
		u64 fall;

		if (rise > until) {
			rx->since = until;
			return false;
		}
		rx->since = rise;
		if (sample_time(rx, rise, 0) > until)
			return false;
		fall = line_next_level(wire, rise, false);
		if (fall >= sample_time(rx, rise, 0)) {
			hunt(rx, sample_time(rx, rise, 0));
			return true;
		}
		rx->since = fall;
	}
}

static enum line_event end_character(struct line_receiver *rx, u64 now, bool stop)
{
	if (!stop && !rx->value) {
		rx->state = LINE_IN_BREAK;
		rx->since = now;
		return LINE_BREAK;
	}
	/* space in place of the stop bit may be the next start bit */
	hunt(rx, now);
	return stop ? LINE_CHARACTER : LINE_FRAMING;
}

/**
 * line_receive() - sample the wire up to a time
 * @rx: the receiver
 * @wire: the wire, as it was until then
 * @until: how far, ns
 *
 * To be called before any driver of the wire changes what it sends, and when line_receiver_due()
 * says so.
 *
 * Return: what happened first. Call again until it is LINE_NOTHING. The bits of a character are in
 * rx->value until then, the data lowest.
 */
enum line_event line_receive(struct line_receiver *rx, const struct line_wire *wire, u64 until)
{
	if (!rx->sixteenth) {
		line_receiver_restart(rx, until);
		return LINE_NOTHING;
	}
	for (;;) {
		u64 now;
		bool level;

		if (rx->state == LINE_IN_BREAK)
			return find_break_end(rx, wire, until) ? LINE_BREAK_END : LINE_NOTHING;
		if (rx->state == LINE_HUNTING && !find_start(rx, wire, until))
			return LINE_NOTHING;

		now = sample_time(rx, rx->since, rx->sample);
		if (now > until)
			return LINE_NOTHING;
		level = line_level(wire, now);
		if (rx->sample > rx->bits)
			return end_character(rx, now, level);
		if (rx->sample) {
			rx->value |= level << (rx->sample - 1);
			rx->sample++;
		} else if (level) {
			hunt(rx, now);
		} else {
			rx->value = 0;
			rx->sample = 1;
			if (rx->watch_start)
				return LINE_START;
		}
	}
}

/**
 * line_receiver_due() - when line_receive() has to be called next
 * @rx: the receiver, sampled up to now
 * @wire: the wire, as it will be if no driver changes its mind
 *
 * Return: the time, or U64_MAX if only a change of the wire can bring anything.
 */
u64 line_receiver_due(const struct line_receiver *rx, const struct line_wire *wire)
{
	u64 edge = rx->since;

	if (!rx->sixteenth)
		return NEVER;
	switch (rx->state) {
	case LINE_IN_BREAK:
		edge = line_next_level(wire, edge, true);
		return edge == NEVER ? NEVER : sample_time(rx, edge, 0);
	case LINE_HUNTING:
		if (!rx->armed)
			edge = line_next_level(wire, edge, true);
		edge = line_next_level(wire, edge, false);
		if (edge == NEVER)
			return NEVER;
		return sample_time(rx, edge, rx->watch_start ? 0 : rx->bits + 1);
	default:
		return sample_time(rx, edge, rx->watch_start && !rx->sample ? 0 : rx->bits + 1);
	}
}
