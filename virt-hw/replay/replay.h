/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A board that is a recording.
 */
#ifndef VHW_REPLAY_H
#define VHW_REPLAY_H

#include <linux/irq_work.h>
#include <linux/mutex.h>

#include "path.h"
#include "program.h"

#define REPLAY_SENTENCE		112

/**
 * struct replay - one such board
 * @board: the board
 * @lock: protects @program and @name
 * @program: the recording, or NULL; what the board looks like
 * @name: the file that it came from
 * @window: see struct replay_path
 * @strict: nothing answers after the first divergence
 * @failed: there has been one, and @strict is set; protected by the world's lock, as all below
 * @started: the board has been reset since power on
 * @running: the recording that it has, or had when it last had power
 * @path: how far the driver is, or was
 * @edge: the next of the program's edges
 * @reached: when the driver last made, on its way, an access that may have changed something
 * @waiting: @timer is set for it
 * @in_vain: reads since the driver last came further
 * @timer: for the recorded delay of an interrupt
 * @first: the first divergence, in words
 * @complaint: one that waits to be logged
 * @complain: logs it outside the world
 */
struct replay {
	struct vhw_board *board;
	struct mutex lock;	/* the recording */
	struct replay_program *program;
	char *name;
	unsigned int window;
	bool strict;

	bool failed;
	bool started;
	struct replay_program *running;
	struct replay_path path;
	unsigned int edge;
	u64 reached;
	bool waiting;
	unsigned int in_vain;
	struct vhw_timer timer;
	char first[REPLAY_SENTENCE + 16];
	char complaint[REPLAY_SENTENCE + 16];
	struct irq_work complain;
};

/* configfs.c */
extern struct configfs_attribute *replay_attrs[];

/* model.c */
extern const struct vhw_model replay_model;

/* divergence.c */
void replay_report(struct replay_path *path, const struct replay_divergence *divergence);
void replay_complain(struct irq_work *work);

/* interrupts.c */
void replay_interrupts_start(struct replay *replay);
void replay_interrupts_reset(struct replay *replay);
void replay_interrupts_advance(struct replay *replay, bool reading);
unsigned int replay_interrupts_barrier(const struct replay *replay);
void replay_interrupts_in_vain(struct replay *replay);
void replay_interrupt_due(struct vhw_timer *timer, u64 when);

/* model.c */
enum replay_fault {
	REPLAY_ALL_ONES,
	REPLAY_WRONG_VALUE,
	REPLAY_LOST_INTERRUPT,
};

#endif
