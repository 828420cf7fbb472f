// SPDX-License-Identifier: GPL-2.0
/*
 * Sources of pulses on an input: generators, single pulses, recordings. No lock, no clock, no
 * allocation.
 */

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "pulse.h"

#define SECOND_PS	1000000000000ULL
#define SECOND_DIGITS	12

enum source { TRAIN, NOISE, SINGLE, RECORDING, SOURCES };

/* Random bits that belong to pulse @n (the finaliser of splitmix64) */
static u64 random_of(u64 seed, u64 n)
{
	u64 z = seed + (n + 1) * 0x9e3779b97f4a7c15ULL;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static u64 widest(const struct pulse_train *train)
{
	return max(train->width, train->width_max);
}

/**
 * pulse_train_valid() - can a generator run with these settings?
 * @train: the generator
 *
 * Return: false if pulses or bursts would overlap, or something is 0 that must not be.
 */
bool pulse_train_valid(const struct pulse_train *train)
{
	if (!train->period || !train->width || widest(train) >= train->period ||
	    train->jitter >= train->period - widest(train))
		return false;
	return !train->burst || div64_u64(train->burst_period, train->period) >= train->burst;
}

/**
 * pulse_train_rate() - how fast its pulses come, in a burst if there are any
 * @train: a valid one
 *
 * Return: pulses a second
 */
u64 pulse_train_rate(const struct pulse_train *train)
{
	return div64_u64(SECOND_PS, train->period);
}

static u64 place(const struct pulse_train *train, u64 n)
{
	u64 bursts;

	n -= train->first;
	if (!train->burst)
		return n * train->period;
	bursts = div64_u64(n, train->burst);
	return bursts * train->burst_period + (n - bursts * train->burst) * train->period;
}

static bool train_peek(const struct pulse_train *train, struct pulse *pulse)
{
	u64 width = train->width;
	u64 random;

	if (!pulse_train_active(train))
		return false;
	pulse->rise = train->start + place(train, train->next);
	if (train->jitter || train->width_max > width) {
		random = random_of(train->seed, train->next);
		pulse->rise += mul_u64_u32_shr(train->jitter, random, 32);
		if (train->width_max > width)
			width += mul_u64_u32_shr(train->width_max - width, random >> 32, 32);
	}
	pulse->fall = pulse->rise + width;
	pulse->rises = true;
	pulse->falls = true;
	return true;
}

/* Move on to the first pulse that may end after @time. Return: how many that left out */
static u64 train_skip(struct pulse_train *train, s64 time)
{
	s64 since = time - train->start - (s64)(train->jitter + widest(train));
	u64 next, bursts, before = train->next;

	if (!train->running || since < 0)
		return 0;
	if (train->burst) {
		bursts = div64_u64(since, train->burst_period);
		since -= bursts * train->burst_period;
		next = bursts * train->burst +
		       min(train->burst, div64_u64(since, train->period) + 1);
	} else {
		next = div64_u64(since, train->period) + 1;
	}
	next += train->first;
	if (train->count)
		next = min(next, train->count);
	train->next = max(next, before);
	return train->next - before;
}

static bool source_peek(const struct pulse_input *input, enum source source, struct pulse *pulse)
{
	switch (source) {
	case TRAIN:
		return train_peek(&input->train, pulse);
	case NOISE:
		return train_peek(&input->noise, pulse);
	case SINGLE:
		if (!input->singles)
			return false;
		*pulse = input->single[input->singles - 1];
		return true;
	case RECORDING:
		if (input->played >= input->recorded)
			return false;
		*pulse = input->recording[input->played];
		pulse->rise += input->recording_start;
		pulse->fall += input->recording_start;
		return true;
	default:
		return false;
	}
}

static void source_pop(struct pulse_input *input, enum source source)
{
	switch (source) {
	case TRAIN:
		input->train.next++;
		break;
	case NOISE:
		input->noise.next++;
		break;
	case SINGLE:
		input->singles--;
		break;
	case RECORDING:
		input->played++;
		break;
	default:
		break;
	}
}

/*
 * Drop what begins while the input is high already: a generator's many at once, then the one at its
 * head
 */
static void swallow(struct pulse_input *input, enum source source)
{
	u64 swallowed = 0;

	if (source == TRAIN)
		swallowed = train_skip(&input->train, input->busy_until);
	else if (source == NOISE)
		swallowed = train_skip(&input->noise, input->busy_until);
	if (!swallowed) {
		source_pop(input, source);
		swallowed = 1;
	}
	input->swallowed += swallowed;
}

static bool earliest(struct pulse_input *input, struct pulse *pulse)
{
	enum source source;
	struct pulse other;
	bool found = false;

	for (source = TRAIN; source < SOURCES; source++) {
		if (!source_peek(input, source, &other))
			continue;
		if (found && pulse_begin(&other) >= pulse_begin(pulse))
			continue;
		*pulse = other;
		input->head = source;
		found = true;
	}
	return found;
}

/**
 * pulse_peek() - the next pulse on an input
 * @input: the input
 * @pulse: filled
 *
 * Return: false when none will come.
 */
bool pulse_peek(struct pulse_input *input, struct pulse *pulse)
{
	while (earliest(input, pulse)) {
		if (pulse_begin(pulse) >= input->busy_until)
			return true;
		swallow(input, input->head);
	}
	return false;
}

/* Take the pulse that pulse_peek() just gave */
void pulse_pop(struct pulse_input *input)
{
	struct pulse pulse;

	if (!source_peek(input, input->head, &pulse))
		return;
	input->busy_until = max(input->busy_until, pulse_end(&pulse));
	source_pop(input, input->head);
}

/* Move on to the first pulse of a recording that may end after @time, by bisection */
static void recording_skip(struct pulse_input *input, s64 time)
{
	u32 low = input->played, high = input->recorded;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (pulse_end(&input->recording[middle]) + input->recording_start <= time)
			low = middle + 1;
		else
			high = middle;
	}
	input->played = low;
}

/**
 * pulse_skip() - nobody watched: drop every pulse that has ended
 * @input: the input
 * @time: until when
 */
void pulse_skip(struct pulse_input *input, s64 time)
{
	struct pulse pulse;

	train_skip(&input->train, time);
	train_skip(&input->noise, time);
	recording_skip(input, time);
	while (pulse_peek(input, &pulse) && pulse_end(&pulse) <= time)
		pulse_pop(input);
}

/* A generator that runs for long begins anew with the burst that is due */
static void train_move_zero(struct pulse_train *train, s64 by)
{
	u64 passed = train->next - train->first;

	if (train->burst)
		passed = div64_u64(passed, train->burst) * train->burst;
	train->start += place(train, train->first + passed) - by;
	train->first += passed;
}

/**
 * pulse_move_zero() - times are counted from another zero
 * @input: the input, with nothing to come that is before the new zero
 * @by: how much later it is
 */
void pulse_move_zero(struct pulse_input *input, s64 by)
{
	unsigned int i;

	train_move_zero(&input->train, by);
	train_move_zero(&input->noise, by);
	for (i = 0; i < input->singles; i++) {
		input->single[i].rise -= by;
		input->single[i].fall -= by;
	}
	input->recording_start -= by;
	input->busy_until = max_t(s64, input->busy_until - by, 0);
}

/**
 * pulse_add_single() - one more single pulse
 * @input: the input
 * @time: of its rising edge
 * @width: until its falling edge
 *
 * Return: 0, or -ENOSPC when PULSE_SINGLES are waiting.
 */
int pulse_add_single(struct pulse_input *input, s64 time, u64 width)
{
	unsigned int i = input->singles;

	if (i == PULSE_SINGLES)
		return -ENOSPC;
	for (; i && input->single[i - 1].rise <= time; i--)
		input->single[i] = input->single[i - 1];
	input->single[i] = (struct pulse) { time, time + width, true, true };
	input->singles++;
	return 0;
}

static void skip_blanks(const char **text, const char *end)
{
	while (*text < end && (**text == ' ' || **text == '\t'))
		(*text)++;
}

/**
 * pulse_parse_number() - an unsigned decimal number, after blanks
 * @text: where to read
 * @end: where the text ends
 * @value: filled
 *
 * Return: 0, -EINVAL without a digit, -ERANGE above S64_MAX.
 */
int pulse_parse_number(const char **text, const char *end, u64 *value)
{
	const char *first;
	u64 number = 0;

	skip_blanks(text, end);
	for (first = *text; *text < end && isdigit(**text); (*text)++) {
		if (number > (S64_MAX - 9) / 10)
			return -ERANGE;
		number = number * 10 + (**text - '0');
	}
	*value = number;
	return *text == first ? -EINVAL : 0;
}

/**
 * pulse_parse_seconds() - "12.000000084500", to the picosecond
 * @text: where to read
 * @end: where the text ends
 * @seconds: filled
 * @ps: filled, below a second
 *
 * Return: 0, -EINVAL if it is not such a number, -ERANGE beyond 32 bits of seconds.
 */
int pulse_parse_seconds(const char **text, const char *end, u32 *seconds, u64 *ps)
{
	unsigned int digits;
	u64 number;
	int error = pulse_parse_number(text, end, &number);

	if (error)
		return error;
	if (number > U32_MAX)
		return -ERANGE;
	*seconds = number;
	*ps = 0;
	if (*text == end || **text != '.')
		return 0;
	(*text)++;
	for (digits = 0; *text < end && isdigit(**text); (*text)++, digits++) {
		if (digits == SECOND_DIGITS)
			return -EINVAL;
		*ps = *ps * 10 + (**text - '0');
	}
	for (; digits < SECOND_DIGITS; digits++)
		*ps *= 10;
	return 0;
}

/* Join a falling edge to the pulse that is open, or make a pulse of an edge */
static void add_edge(struct pulse *pulse, u32 *count, bool *open, u64 time, bool rising)
{
	if (!rising && *open) {
		if (pulse) {
			pulse[*count - 1].fall = time;
			pulse[*count - 1].falls = true;
		}
		*open = false;
		return;
	}
	if (pulse)
		pulse[*count] = (struct pulse) { time, time, rising, !rising };
	(*count)++;
	*open = rising;
}

/**
 * pulse_parse_edges() - a recording: lines of a time in ps and the level 1 or 0 that begins then,
 * in order of time
 * @text: where to read
 * @end: where the text ends
 * @pulses: filled, or NULL to learn @count
 * @count: pulses, among them ones of a single edge where two rising or two falling edges follow
 *	each other
 *
 * Empty lines and lines that begin with # are passed over.
 *
 * Return: 0, -EINVAL for a line that is not understood or not later than the one before, -ERANGE
 * for one beyond PULSE_AHEAD_PS.
 */
int pulse_parse_edges(const char *text, const char *end, struct pulse *pulses, u32 *count)
{
	bool open = false;
	u64 time, level, last = 0;
	bool any = false;

	*count = 0;
	while (text < end) {
		const char *line_end = memchr(text, '\n', end - text) ?: end;

		skip_blanks(&text, line_end);
		if (text < line_end && *text != '#') {
			if (pulse_parse_number(&text, line_end, &time) ||
			    pulse_parse_number(&text, line_end, &level) || level > 1 ||
			    (any && time <= last))
				return -EINVAL;
			skip_blanks(&text, line_end);
			if (text != line_end)
				return -EINVAL;
			if (time > PULSE_AHEAD_PS)
				return -ERANGE;
			add_edge(pulses, count, &open, time, level);
			last = time;
			any = true;
		}
		text = line_end < end ? line_end + 1 : end;
	}
	return 0;
}

/**
 * pulse_edges_too_dense() - are there more pulses in a millisecond than PULSE_DENSE?
 * @pulses: of a recording
 * @count: of them
 */
bool pulse_edges_too_dense(const struct pulse *pulses, u32 count)
{
	u32 i;

	for (i = PULSE_DENSE; i < count; i++)
		if (pulse_begin(&pulses[i]) - pulse_begin(&pulses[i - PULSE_DENSE]) <
		    PULSE_DENSE_PS)
			return true;
	return false;
}
