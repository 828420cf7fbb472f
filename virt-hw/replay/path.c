// SPDX-License-Identifier: GPL-2.0
#include <linux/bitmap.h>
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "path.h"

#define NOWHERE	UINT_MAX
/* what is so far behind is given up, so that it need not be looked at for ever */
#define AGE	16

/**
 * replay_path_init() - a board gets power: begin
 * @path: the path; @report is the caller's
 * @program: the program
 * @window: how many accesses may be out of order, from 1 to REPLAY_WINDOW_MAX
 *
 * Return: 0 or -ENOMEM.
 */
int replay_path_init(struct replay_path *path, const struct replay_program *program,
		     unsigned int window)
{
	void (*report)(struct replay_path *path, const struct replay_divergence *divergence) =
		path->report;
	unsigned int i;

	*path = (struct replay_path) {
		.program = program,
		.window = window,
		.barrier = NOWHERE,
		.report = report,
		.cells = kvcalloc(program->nr_regs + 1, sizeof(*path->cells), GFP_KERNEL),
		.done = kvcalloc(BITS_TO_LONGS(program->nr_accesses + 1), sizeof(*path->done),
				 GFP_KERNEL),
	};
	if (!path->cells || !path->done) {
		replay_path_free(path);
		return -ENOMEM;
	}
	for (i = 0; i < program->nr_regs; i++)
		path->cells[i] = program->regs[i].initial;
	return 0;
}

/**
 * replay_path_free() - free what replay_path_init() allocated
 * @path: the path
 */
void replay_path_free(struct replay_path *path)
{
	kvfree(path->cells);
	kvfree(path->done);
	path->cells = NULL;
	path->done = NULL;
}

/**
 * replay_path_line() - where in the recording is the driver?
 * @path: the path
 *
 * Return: the line of the first access that has not been made; of the last one at the end.
 */
u32 replay_path_line(const struct replay_path *path)
{
	const struct replay_program *program = path->program;

	if (!program->nr_accesses)
		return 0;
	return program->accesses[min(path->first, program->nr_accesses - 1)].line;
}

/**
 * replay_path_is_over() - has an access been made, or left far behind?
 * @path: the path
 * @after: its number, from 1
 *
 * Return: whether; true of number 0.
 */
bool replay_path_is_over(const struct replay_path *path, unsigned int after)
{
	return !after || test_bit(after - 1, path->done) || path->head >= after + path->window;
}

/**
 * replay_path_is_harmless() - is an access a read that changes nothing in the board?
 * @path: the path
 * @index: its number, from 0
 *
 * Return: whether, as far as its rule tells.
 */
bool replay_path_is_harmless(const struct replay_path *path, unsigned int index)
{
	const struct replay_access *access = &path->program->accesses[index];

	return !access->write && path->program->regs[access->reg].rule != REPLAY_SEQUENCE;
}

static void leave(struct replay_path *path, struct replay_divergence divergence)
{
	path->divergences++;
	path->report(path, &divergence);
}

static unsigned int next_open(const struct replay_path *path, unsigned int from)
{
	return find_next_zero_bit(path->done, path->program->nr_accesses, from);
}

/* The first open access is given up: the driver has left it behind */
static void give_up(struct replay_path *path)
{
	const struct replay_access *access = &path->program->accesses[path->first];
	const struct replay_register *reg = &path->program->regs[access->reg];

	__set_bit(path->first, path->done);
	path->first = next_open(path, path->first);
	path->behind--;
	if (!access->write) {
		path->skipped++;
		return;
	}
	leave(path, (struct replay_divergence) {
		.left = REPLAY_MISSING_WRITE, .line = access->line, .bar = reg->bar,
		.offset = reg->offset, .size = reg->size, .recorded = access->value });
}

static void finish(struct replay_path *path, unsigned int index)
{
	path->made++;
	path->next[path->context] = index + 1;
	path->reordered += index < path->head;
	__set_bit(index, path->done);
	if (index >= path->head) {
		path->behind += index - path->head;
		path->head = index + 1;
	} else {
		path->behind--;
	}
	path->first = next_open(path, path->first);
	while (path->behind > path->window ||
	       (path->behind && path->head - path->first > AGE * path->window))
		give_up(path);
}

/* To the letter only until the first divergence: to find out where the path goes on */
static unsigned int reach(const struct replay_path *path)
{
	return path->divergences ? max(path->window, REPLAY_WINDOW) : path->window;
}

/* Where to look for what comes next, and where to stop */
static unsigned int limit(const struct replay_path *path)
{
	return min_t(u64, path->program->nr_accesses,
		     path->window == 1 && !path->divergences ? path->first + 1 :
		     (u64)path->head + reach(path));
}

static bool reads(const struct replay_path *path, unsigned int index, unsigned int reg)
{
	return path->program->accesses[index].reg == reg && !path->program->accesses[index].write;
}

/*
 * The state of a board changes with what is written, with data that are taken, and before it
 * interrupts: up to there a status is what is read next
 */
static unsigned int search_status(const struct replay_path *path, unsigned int reg)
{
	unsigned int i, end = min(limit(path), path->barrier);

	for (i = path->head; i < end; i = next_open(path, i + 1)) {
		if (reads(path, i, reg))
			return i;
		if (!replay_path_is_harmless(path, i))
			break;
	}
	return NOWHERE;
}

/*
 * The open read of a register that comes next. @peek is set if it is only looked at: it is left for
 * who will make it in its place
 */
static unsigned int search_read(const struct replay_path *path, unsigned int reg, bool *peek)
{
	unsigned int i, end = limit(path);

	*peek = false;
	if (path->window > 1) {
		i = next_open(path, path->next[path->context]);
		if (i < end && reads(path, i, reg))
			return i;
		if (path->program->regs[reg].rule == REPLAY_STATUS) {
			*peek = true;
			return search_status(path, reg);
		}
		end = min(end, path->barrier);
	}
	for (i = path->first; i < end; i = next_open(path, i + 1))
		if (reads(path, i, reg))
			return i;
	return NOWHERE;
}

/*
 * The open write to a register that comes next, of @value. @other is set to the first one of
 * another value that was passed over
 */
static unsigned int search_write(const struct replay_path *path, unsigned int reg, u32 value,
				 unsigned int *other)
{
	const struct replay_program *program = path->program;
	unsigned int i, end = limit(path);

	*other = NOWHERE;
	for (i = path->first; i < end; i = next_open(path, i + 1)) {
		const struct replay_access *access = &program->accesses[i];

		if (access->reg != reg || !access->write)
			continue;
		if (access->value == value)
			return i;
		if (*other == NOWHERE)
			*other = i;
		/* it is this write's turn: it has changed, even if the value comes again later */
		if (i == path->first)
			break;
	}
	return NOWHERE;
}

/**
 * replay_path_read() - a driver reads
 * @path: the path
 * @bar: BAR
 * @offset: offset in it
 * @size: bytes
 *
 * Return: the value; 0 of a register that was not recorded.
 */
u32 replay_path_read(struct replay_path *path, unsigned int bar, u32 offset, unsigned int size)
{
	int reg = replay_program_find(path->program, bar, offset, size);
	struct replay_divergence divergence = {
		.left = REPLAY_UNKNOWN_READ, .line = replay_path_line(path), .bar = bar,
		.offset = offset, .size = size };
	const struct replay_register *known;
	unsigned int index;
	bool peek;
	u32 value;

	if (reg < 0) {
		leave(path, divergence);
		return 0;
	}
	known = &path->program->regs[reg];
	index = search_read(path, reg, &peek);
	if (index != NOWHERE && (known->rule == REPLAY_SEQUENCE || known->rule == REPLAY_STATUS))
		path->cells[reg] = path->program->accesses[index].value;
	if (index == NOWHERE || peek) {
		path->repeated++;
		divergence.left = REPLAY_UNEXPECTED_READ;
		if (path->window == 1)
			leave(path, divergence);
	} else {
		finish(path, index);
	}
	value = path->cells[reg];
	if (known->rule == REPLAY_COUNTER)
		path->cells[reg] = (value + known->step) & (~0u >> (32 - 8 * size));
	return value;
}

/**
 * replay_path_write() - a driver writes
 * @path: the path
 * @bar: BAR, or REPLAY_CONFIG_BAR
 * @offset: offset in it
 * @size: bytes
 * @value: what
 */
void replay_path_write(struct replay_path *path, unsigned int bar, u32 offset, unsigned int size,
		       u32 value)
{
	int reg = replay_program_find(path->program, bar, offset, size);
	struct replay_divergence divergence = {
		.left = REPLAY_UNKNOWN_WRITE, .line = replay_path_line(path), .bar = bar,
		.offset = offset, .size = size, .value = value };
	unsigned int index, other;

	if (reg < 0) {
		leave(path, divergence);
		return;
	}
	if (path->program->regs[reg].rule == REPLAY_STORAGE)
		path->cells[reg] = value;
	index = search_write(path, reg, value, &other);
	if (index != NOWHERE) {
		finish(path, index);
		return;
	}
	divergence.left = REPLAY_UNEXPECTED_WRITE;
	if (other != NOWHERE) {
		divergence.left = REPLAY_CHANGED_WRITE;
		divergence.line = path->program->accesses[other].line;
		divergence.recorded = path->program->accesses[other].value;
	}
	leave(path, divergence);
	if (other != NOWHERE)
		finish(path, other);
}

/**
 * replay_path_end() - nothing more will come: what the driver left behind, it has left out
 * @path: the path
 */
void replay_path_end(struct replay_path *path)
{
	while (path->behind)
		give_up(path);
}
