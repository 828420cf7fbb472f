// SPDX-License-Identifier: GPL-2.0
/* What a board tells its model. */
#include "core.h"
#include "fault.h"

/**
 * vhw_priv() - a model's own state
 * @board: the board
 *
 * Return: struct vhw_model.priv_size bytes, zero at first.
 */
void *vhw_priv(struct vhw_board *board)
{
	return board->priv;
}
EXPORT_SYMBOL_GPL(vhw_priv);

/**
 * vhw_name() - what the user called a board
 * @board: the board
 *
 * Return: the name of its directory.
 */
const char *vhw_name(const struct vhw_board *board)
{
	return board->name;
}
EXPORT_SYMBOL_GPL(vhw_name);

/**
 * vhw_group() - a board's configfs directory
 * @board: the board
 *
 * A default group that a model adds to it must hold a reference to it (config_group_get()) until
 * its own release, if it lives in vhw_priv().
 *
 * Return: the group.
 */
struct config_group *vhw_group(struct vhw_board *board)
{
	return &board->group;
}
EXPORT_SYMBOL_GPL(vhw_group);

/**
 * vhw_board_of() - which board an attribute of a model belongs to
 * @item: first argument of the attribute's function
 *
 * Return: the board.
 */
struct vhw_board *vhw_board_of(struct config_item *item)
{
	return vhw_board_of_group(to_config_group(item));
}
EXPORT_SYMBOL_GPL(vhw_board_of);

/**
 * vhw_live() - may attributes no longer change?
 * @board: the board
 *
 * With the world's lock held, the answer is good until it is released: power_on sees what was set
 * before.
 *
 * Return: whether the board has power or is about to get it.
 */
bool vhw_live(const struct vhw_board *board)
{
	return READ_ONCE(board->state) != VHW_OFF;
}
EXPORT_SYMBOL_GPL(vhw_live);

/**
 * vhw_seed() - where a board's randomness starts
 * @board: the board
 *
 * Return: the seed.
 */
u64 vhw_seed(const struct vhw_board *board)
{
	return board->seed;
}
EXPORT_SYMBOL_GPL(vhw_seed);

/**
 * vhw_random() - deterministic pseudo-random numbers
 * @board: the board
 *
 * Context: world.
 * Return: 32 bits.
 */
u32 vhw_random(struct vhw_board *board)
{
	vhw_assert_world();
	return vhw_random_next(&board->random);
}
EXPORT_SYMBOL_GPL(vhw_random);

/**
 * vhw_board_model() - what is a board?
 * @board: the board
 *
 * Return: its model, or the shape it was given.
 */
const struct vhw_model *vhw_board_model(const struct vhw_board *board)
{
	return board->model;
}
EXPORT_SYMBOL_GPL(vhw_board_model);
