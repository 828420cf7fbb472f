// SPDX-License-Identifier: GPL-2.0
/* The life of a board, from mkdir to rmdir. */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/slab.h>

#include "core.h"

static int exchange_shapes(struct vhw_board *board, struct vhw_board *other)
{
	guard(vhw_world)();
	if (vhw_live(board))
		return -EBUSY;
	swap(board->model, other->model);
	swap(board->identity, other->identity);
	swap(board->msi_due, other->msi_due);
	swap(board->msix_pending, other->msix_pending);
	swap(board->msix_table, other->msix_table);
	return 0;
}

/**
 * vhw_board_shape() - a board becomes one of another identity, with other BARs and capabilities
 * @board: the board, without power
 * @shape: its model from now on, until it gets another or is gone: a copy of the one that was
 *	registered, with the same callbacks, attributes and faults
 *
 * For a model that learns only from its attributes what its boards look like.
 *
 * Context: may sleep.
 * Return: 0; -EBUSY when the board is live, -EINVAL when such a config space cannot exist, with a
 * line in the log; -ENOMEM.
 */
int vhw_board_shape(struct vhw_board *board, const struct vhw_model *shape)
{
	struct vhw_board *other;
	const char *why;
	int err;

	err = vhw_config_check(shape, &why);
	if (err) {
		pr_err_ratelimited("%s: %s\n", vhw_name(board), why);
		return err;
	}
	other = kzalloc(sizeof(*other), GFP_KERNEL);
	if (!other)
		return -ENOMEM;
	other->model = shape;
	other->identity = vhw_config_identity(shape);
	err = vhw_msi_create(other) ?: exchange_shapes(board, other);
	if (err == -EBUSY)
		pr_err_ratelimited("%s: it cannot become another board while it is live; write 0 to live first\n",
				   vhw_name(board));
	vhw_msi_free(other);
	kfree(other);
	return err;
}
EXPORT_SYMBOL_GPL(vhw_board_shape);

static void power_up(struct vhw_board *board)
{
	guard(vhw_world)();
	board->violations = 0;
	board->random = board->seed;
	vhw_faults_start(board->faults, board->seed);
	vhw_parts_start(board);
	vhw_board_reset(board);
}

static void cut_power(struct vhw_board *board)
{
	guard(vhw_world)();
	board->state = VHW_GONE;
	vhw_world_drop(board);
}

/**
 * vhw_board_power_on() - it gets power, and is not on the bus yet
 * @board: the board
 *
 * Return: 0 or -errno, with a line in the log.
 */
int vhw_board_power_on(struct vhw_board *board)
{
	int err;

	lockdep_assert_held(&board->lock);
	scoped_guard(vhw_world)
		board->state = VHW_STARTING;
	err = board->model->power_on ? board->model->power_on(board) : 0;
	if (err) {
		cut_power(board);
		guard(vhw_world)();
		board->state = VHW_OFF;
		return err;
	}
	power_up(board);
	return 0;
}

/**
 * vhw_board_power_off() - it loses power, and is not on the bus any more
 * @board: the board
 *
 * Attributes may change again once the model has put away what it had for them.
 */
void vhw_board_power_off(struct vhw_board *board)
{
	lockdep_assert_held(&board->lock);
	cut_power(board);
	if (board->model->power_off)
		board->model->power_off(board);
	guard(vhw_world)();
	board->state = VHW_OFF;
}

/**
 * vhw_board_create() - mkdir
 * @model: what it is
 * @name: what the user calls it
 *
 * Return: the board, without its directory, or NULL without memory.
 */
struct vhw_board *vhw_board_create(const struct vhw_model *model, const char *name)
{
	struct vhw_board *board;

	board = kzalloc(struct_size(board, priv, DIV_ROUND_UP(model->priv_size, 8)), GFP_KERNEL);
	if (!board)
		return NULL;
	board->model = model;
	board->identity = vhw_config_identity(model);
	board->place = VHW_ANYWHERE;
	INIT_LIST_HEAD(&board->asking);
	INIT_LIST_HEAD(&board->parts);
	board->faults = vhw_faults_create(board, &board->group, model->faults, model->nr_faults);
	board->name = kstrdup(name, GFP_KERNEL);
	if (!board->faults || !board->name || vhw_msi_create(board)) {
		vhw_msi_free(board);
		kfree(board->name);
		vhw_faults_free(board->faults);
		kfree(board);
		return NULL;
	}
	mutex_init(&board->lock);
	vhw_timer_init(&board->irq_timer, board, vhw_delivery_due);
	vhw_violation_init(board);
	return board;
}

/**
 * vhw_board_free() - the directory and its users are gone
 * @board: the board
 */
void vhw_board_free(struct vhw_board *board)
{
	irq_work_sync(&board->complain);
	mutex_destroy(&board->lock);
	vhw_msi_free(board);
	kfree(board->name);
	vhw_faults_free(board->faults);
	kfree(board);
}
