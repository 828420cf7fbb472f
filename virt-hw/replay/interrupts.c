// SPDX-License-Identifier: GPL-2.0
/*
 * Interrupts where they were recorded: after the access that preceded them, as much later as then,
 * but not later than the driver goes on to what came after them. The line falls with the access
 * that had quieted the board.
 */
#include "replay.h"

/*
 * A driver that is lost cannot quiet the board: INTA# falls after so many reads in vain in so long
 * a time, or after so many more where time stands still
 */
#define PATIENCE	256
#define PATIENCE_NS	(100 * NSEC_PER_MSEC)
#define PATIENCE_MAX	65536

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

/**
 * replay_interrupts_reset() - the bus resets the board, which the recording does not know
 * @replay: the board
 *
 * The board is quiet until the driver comes back to the path.
 */
void replay_interrupts_reset(struct replay *replay)
{
	vhw_timer_stop(&replay->timer);
	replay->waiting = false;
	vhw_set_intx(replay->board, false);
}

static void happen(struct replay *replay, const struct replay_edge *edge)
{
	replay->edge++;
	if (edge->raise && vhw_fault(replay->board, REPLAY_LOST_INTERRUPT))
		return;
	/* the handler goes on from here, whatever it has left out before */
	if (edge->raise)
		replay->path.next[REPLAY_INTERRUPT] = edge->after;
	if (edge->vector != REPLAY_PIN)
		vhw_send_msi(replay->board, edge->vector);
	else
		vhw_set_intx(replay->board, edge->raise);
}

/* The driver has gone on to what was recorded after the interrupt: it comes late if not now */
static void catch_up(struct replay *replay)
{
	const struct replay_edge *edge = &replay->running->edges[replay->edge];

	if (!replay->waiting || replay->path.head <= edge->after)
		return;
	vhw_timer_stop(&replay->timer);
	replay->waiting = false;
	happen(replay, edge);
}

/**
 * replay_interrupts_advance() - the driver has come further
 * @replay: the board
 * @reading: it is about to read, and an interrupt that follows comes after that
 *
 * Context: world.
 */
void replay_interrupts_advance(struct replay *replay, bool reading)
{
	const struct replay_program *program = replay->running;

	catch_up(replay);
	while (!replay->waiting && !replay->failed && replay->edge < program->nr_edges) {
		const struct replay_edge *edge = &program->edges[replay->edge];

		if (edge->raise ? edge->anchor > replay->path.head :
				  !replay_path_is_over(&replay->path, edge->after))
			return;
		if (!edge->raise || (!edge->delay && !reading)) {
			happen(replay, edge);
			continue;
		}
		replay->waiting = true;
		vhw_timer_start(&replay->timer, replay->reached + edge->delay);
	}
}

/**
 * replay_interrupts_barrier() - up to where may the driver read now?
 * @replay: the board
 *
 * What was read after an interrupt is not read before it, so that a loop that waits for it waits.
 *
 * Context: world.
 * Return: for struct replay_path.barrier.
 */
unsigned int replay_interrupts_barrier(const struct replay *replay)
{
	return replay->waiting ? replay->running->edges[replay->edge].after : UINT_MAX;
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

	if (++replay->in_vain < PATIENCE ||
	    (replay->in_vain < PATIENCE_MAX && vhw_now() < replay->reached + PATIENCE_NS))
		return;
	replay->in_vain = 0;
	/* it falls, and what was to bring it down is over */
	if (!replay->waiting && replay->edge < program->nr_edges &&
	    !program->edges[replay->edge].raise)
		replay->edge++;
	vhw_set_intx(replay->board, false);
}
