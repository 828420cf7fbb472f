// SPDX-License-Identifier: GPL-2.0
/* The reset line of a board, which is a function of its slot. */
#include "core.h"

/**
 * vhw_board_reset() - the reset line: config space and registers return to their power-on state
 * @board: the board
 *
 * A model may call it from read, write or a timer; what its caller does afterwards happens to a
 * board that was reset.
 *
 * Context: world.
 */
void vhw_board_reset(struct vhw_board *board)
{
	vhw_assert_world();
	vhw_config_reset(&board->config, board->model, &board->identity);
	vhw_bus_mark(board);
	vhw_irq_reset(board);
	vhw_msi_reset(board);
	vhw_timer_stop(&board->irq_timer);
	board->model->reset(board);
	vhw_decode_update();
}
EXPORT_SYMBOL_GPL(vhw_board_reset);
