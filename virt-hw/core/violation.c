// SPDX-License-Identifier: GPL-2.0
/* What drivers do that the hardware's manual forbids: counted, traced, and told in the log. */
#define pr_fmt(fmt) "vhw: " fmt

#include "core.h"
#include "trace.h"

/**
 * vhw_violation() - a driver did what the hardware's manual forbids
 * @board: the board
 * @fmt: what
 *
 * Context: world.
 */
void vhw_violation(struct vhw_board *board, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	vhw_assert_world();
	board->violations++;
	va_start(args, fmt);
	vaf.va = &args;
	trace_vhw_violation(board, &vaf);
	va_end(args);
	if (board->complaint[0])
		return;
	va_start(args, fmt);
	vscnprintf(board->complaint, sizeof(board->complaint), fmt, args);
	va_end(args);
	irq_work_queue(&board->complain);
}
EXPORT_SYMBOL_GPL(vhw_violation);

static void complain(struct irq_work *work)
{
	struct vhw_board *board = container_of(work, struct vhw_board, complain);

	pr_warn_ratelimited("%s: the driver violates the manual: %s\n", board->name,
			    board->complaint);
	guard(vhw_world)();
	board->complaint[0] = 0;
}

/**
 * vhw_violation_init() - nothing was violated yet
 * @board: the board
 */
void vhw_violation_init(struct vhw_board *board)
{
	init_irq_work(&board->complain, complain);
}
