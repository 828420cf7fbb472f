/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sources of pulses on an input: what a signal generator and its user do. Pure: no lock, no clock,
 * no allocation.
 *
 * Times are picoseconds on the mezzanine's clock. Pulse n of a generator is computed from n alone,
 * so that a generator that nobody watches can be moved on at no cost, and equal seeds give equal
 * pulses.
 */
#ifndef VHW_PULSE_H
#define VHW_PULSE_H

#include <linux/types.h>

#define PULSE_SINGLES		1024	/* single pulses waiting */

/*
 * Each pulse that is watched costs time in which the machine does nothing else. So what goes on for
 * long is limited to what the chip reads out, and so is each generator
 */
#define PULSE_RATE_MAX		10000000	/* a second */
#define PULSE_SOON_OVER		1000000		/* so many pulses of a generator may exceed it */
#define PULSE_DENSE		10000	/* pulses of a recording: a millisecond or more */
#define PULSE_DENSE_PS		1000000000LL
#define PULSE_AHEAD_DAYS	30	/* keeps sums of times far from overflow */
#define PULSE_AHEAD_PS		(PULSE_AHEAD_DAYS * 86400 * 1000000000000LL)

/**
 * struct pulse - a high level, one end of which may be missing
 * @rise: time of the rising edge
 * @fall: time of the falling edge
 * @rises: it has a rising edge
 * @falls: it has a falling edge
 */
struct pulse {
	s64 rise;
	s64 fall;
	bool rises;
	bool falls;
};

/**
 * struct pulse_train - a generator
 * @period: between pulses
 * @width: of a pulse, the least
 * @width_max: the widest pulse, if above @width; widths are then random in between
 * @jitter: each pulse comes up to this much later, at random
 * @count: pulses in all, 0 without end
 * @burst: pulses of @period make a burst, 0: no bursts
 * @burst_period: from burst to burst
 * @seed: of jitter and width
 * @running: it gives pulses
 * @start: time of pulse @first
 * @first: a pulse that begins a burst, 0 until the generator has run for weeks
 * @next: number of the next one
 */
struct pulse_train {
	u64 period;
	u64 width;
	u64 width_max;
	u64 jitter;
	u64 count;
	u64 burst;
	u64 burst_period;
	u64 seed;
	bool running;
	s64 start;
	u64 first;
	u64 next;
};

bool pulse_train_valid(const struct pulse_train *train);
u64 pulse_train_rate(const struct pulse_train *train);

/* Are there pulses of it still to come? */
static inline bool pulse_train_active(const struct pulse_train *train)
{
	return train->running && (!train->count || train->next < train->count);
}

/**
 * struct pulse_input - what arrives at an input: all its sources, merged
 * @train: a generator
 * @noise: another one
 * @single: pulses given one by one, the earliest last
 * @singles: how many are waiting
 * @recording: pulses of a recording, in order of time, from @recording_start on
 * @recording_start: see @recording
 * @recorded: their number
 * @played: how many of them are past
 * @busy_until: end of the last pulse: what begins before is not seen
 * @swallowed: pulses not seen because the input was high already
 * @head: source of the pulse that pulse_peek() gave
 */
struct pulse_input {
	struct pulse_train train;
	struct pulse_train noise;
	struct pulse single[PULSE_SINGLES];
	unsigned int singles;
	const struct pulse *recording;
	s64 recording_start;
	u32 recorded;
	u32 played;
	s64 busy_until;
	u64 swallowed;
	unsigned int head;
};

int pulse_add_single(struct pulse_input *input, s64 time, u64 width);
bool pulse_peek(struct pulse_input *input, struct pulse *pulse);
void pulse_pop(struct pulse_input *input);
void pulse_skip(struct pulse_input *input, s64 time);
void pulse_move_zero(struct pulse_input *input, s64 by);

/* What follows reads text that ends at @end, and moves @text behind what it understood */
int pulse_parse_number(const char **text, const char *end, u64 *value);
int pulse_parse_seconds(const char **text, const char *end, u32 *seconds, u64 *ps);
int pulse_parse_edges(const char *text, const char *end, struct pulse *pulses, u32 *count);
bool pulse_edges_too_dense(const struct pulse *pulses, u32 count);

static inline s64 pulse_begin(const struct pulse *pulse)
{
	return pulse->rises ? pulse->rise : pulse->fall;
}

static inline s64 pulse_end(const struct pulse *pulse)
{
	return pulse->falls ? pulse->fall : pulse->rise;
}

#endif
