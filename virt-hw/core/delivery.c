// SPDX-License-Identifier: GPL-2.0
/*
 * From a board's line and messages to the handlers of its driver.
 *
 * A level is delivered while it stands, as often as the handler leaves it standing, by events in
 * the world's queue; so a line that nobody quiets costs time, as the real one does, and cannot keep
 * the machine's timer from its turn.
 */
#include "../mmio/mmio.h"
#include "core.h"

/**
 * vhw_delivery_due() - the time to deliver a level or messages has come
 * @timer: struct vhw_board.irq_timer
 * @when: now
 */
void vhw_delivery_due(struct vhw_timer *timer, u64 when)
{
	struct vhw_board *board = timer->board;

	vhw_world_deliver(board->index, vhw_irq_stands(board) && vhw_mmio_real_time());
}

static bool line_stands(unsigned int index)
{
	struct vhw_board *board;

	guard(vhw_world)();
	board = vhw_bus_indexed(index);
	return board && vhw_irq_stands(board);
}

static bool next_message(unsigned int index, unsigned long *hwirq)
{
	struct vhw_board *board;

	guard(vhw_world)();
	board = vhw_bus_indexed(index);
	return board && vhw_msi_take(board, hwirq);
}

/* Hard interrupt, outside the world's lock */
static void deliver(unsigned int index)
{
	unsigned long hwirq;

	if (line_stands(index))
		vhw_irq_handle(index);
	while (next_message(index, &hwirq))
		vhw_msi_handle(hwirq);
	guard(vhw_world)();
	if (vhw_irq_threads_start(index))
		vhw_world_threaded(index);
	else
		vhw_world_delivered(index);
}

const struct vhw_handlers vhw_delivery = {
	.deliver = deliver,
	.threads = vhw_irq_threads,
};
