/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far a driver has come on the path that was recorded, what its reads are answered with, and
 * where it left the path. Pure: no lock, no clock, no bus.
 *
 * An access is the recorded one if that is among the next few that have not been made: code that
 * waits in loops, interrupts and several processors change the order a little from run to run. A
 * read is the one that follows the last access of its context, if that is to the same register;
 * else the first that was not made. So a poll that is left out leaves no value to the next one; and
 * one that was not recorded takes none away, from a register that the recording calls a status.
 */
#ifndef VHW_REPLAY_PATH_H
#define VHW_REPLAY_PATH_H

#include <linux/types.h>

#include "program.h"

#define REPLAY_WINDOW		64	/* how many those few are, unless told */
#define REPLAY_WINDOW_MAX	4096

enum replay_context {
	REPLAY_PROCESS,
	REPLAY_INTERRUPT,	/* a handler, or a timer */
	REPLAY_CONTEXTS
};

enum replay_left {
	REPLAY_UNKNOWN_READ,	/* the recording has no such access to this register */
	REPLAY_UNKNOWN_WRITE,
	REPLAY_CHANGED_WRITE,	/* another value was recorded at @line */
	REPLAY_UNEXPECTED_READ,	/* not here: at @line, something else was recorded */
	REPLAY_UNEXPECTED_WRITE,
	REPLAY_MISSING_WRITE,	/* it was recorded at @line, and never came */
};

/**
 * struct replay_divergence - a driver did what the recording does not know
 * @left: what
 * @line: of the recording
 * @bar: of the access
 * @offset: likewise
 * @size: likewise
 * @value: what was written
 * @recorded: what had been, for REPLAY_CHANGED_WRITE and REPLAY_MISSING_WRITE
 */
struct replay_divergence {
	enum replay_left left;
	u32 line;
	u8 bar;
	u8 size;
	u32 offset;
	u32 value;
	u32 recorded;
};

/**
 * struct replay_path - a driver's way through a program
 * @program: the program
 * @cells: value of each register, for its next read
 * @done: accesses that were made, or given up
 * @first: the first that was not; all before it were
 * @head: behind the last that was made
 * @behind: accesses before @head that were not
 * @window: how many may be looked at; 1 is to the letter
 * @barrier: reads at or behind it are not made yet: an interrupt comes first
 * @context: that of the access to come
 * @next: where each context goes on: behind its last access, or where its interrupt came
 * @made: how many were made
 * @skipped: reads that were given up
 * @repeated: reads more often than recorded
 * @reordered: accesses made after others that had followed them
 * @divergences: how often the path was left
 * @report: called for each divergence
 */
struct replay_path {
	const struct replay_program *program;
	u32 *cells;
	unsigned long *done;
	unsigned int first;
	unsigned int head;
	unsigned int behind;
	unsigned int window;
	unsigned int barrier;
	enum replay_context context;
	unsigned int next[REPLAY_CONTEXTS];
	u64 made;
	u64 skipped;
	u64 repeated;
	u64 reordered;
	u64 divergences;
	void (*report)(struct replay_path *path, const struct replay_divergence *divergence);
};

bool replay_path_is_harmless(const struct replay_path *path, unsigned int index);
bool replay_path_is_over(const struct replay_path *path, unsigned int after);
int replay_path_init(struct replay_path *path, const struct replay_program *program,
		     unsigned int window);
void replay_path_free(struct replay_path *path);
u32 replay_path_read(struct replay_path *path, unsigned int bar, u32 offset, unsigned int size);
void replay_path_write(struct replay_path *path, unsigned int bar, u32 offset, unsigned int size,
		       u32 value);
void replay_path_end(struct replay_path *path);
u32 replay_path_line(const struct replay_path *path);

#endif
