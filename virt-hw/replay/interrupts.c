// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts where they were recorded: after the access that preceded them, as much later as then.
 * The line falls with the access that had quieted the board.
 */
#include "replay.h"

/* reads in vain while INTA# stands, after which it falls: a driver that is lost cannot quiet it */
#define PATIENCE	256

/**
 * replay_interrupts_start() - power on
 * @replay: the board
 */
void replay_interrupts_start(struct replay *replay)
{
	replay->edge = 0;
	replay->waiting = false;
	replay->in_vain = 0;
	replay->reached = vhw_now();
	replay_interrupts_advance(replay, false);
}

static void happen(struct replay *replay, const struct replay_edge *edge)
{
	replay->edge++;
	if (edge->raise && vhw_fault(replay->board, REPLAY_LOST_INTERRUPT))
		return;
	if (edge->vector != REPLAY_PIN)
		vhw_send_msi(replay->board, edge->vector);
	else
		vhw_set_intx(replay->board, edge->raise);
}

/**
 * replay_interrupts_advance() - the driver has come further
 * @replay: the board
 * @reading: it is about to read, and what follows comes after that
 *
 * Context: world.
 */
void replay_interrupts_advance(struct replay *replay, bool reading)
{
	const struct replay_program *program = replay->running;

	while (!replay->waiting && !replay->failed && replay->edge < program->nr_edges) {
		const struct replay_edge *edge = &program->edges[replay->edge];

		if (edge->after > replay->path.head)
			return;
		if (!edge->delay && !reading) {
			happen(replay, edge);
			continue;
		}
		replay->waiting = true;
		vhw_timer_start(&replay->timer, replay->reached + edge->delay);
	}
}

/**
 * replay_interrupt_due() - struct replay.timer: the delay is over
 * @timer: the timer
 * @when: now
 */
void replay_interrupt_due(struct vhw_timer *timer, u64 when)
{
	struct replay *replay = container_of(timer, struct replay, timer);

	replay->waiting = false;
	happen(replay, &replay->running->edges[replay->edge]);
	replay_interrupts_advance(replay, false);
}

/**
 * replay_interrupts_in_vain() - a read has brought the driver no further
 * @replay: the board
 *
 * Context: world.
 */
void replay_interrupts_in_vain(struct replay *replay)
{
	const struct replay_program *program = replay->running;

	if (++replay->in_vain < PATIENCE)
		return;
	replay->in_vain = 0;
	/* it falls, and what was to bring it down is over */
	if (!replay->waiting && replay->edge < program->nr_edges &&
	    !program->edges[replay->edge].raise)
		replay->edge++;
	vhw_set_intx(replay->board, false);
}
