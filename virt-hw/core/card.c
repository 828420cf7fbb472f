// SPDX-License-Identifier: GPL-2.0
/*
 * A card: the boards in one slot, each a function of it. As a card is plugged, all functions that
 * have been given an address in its slot come with function 0, and as it is unplugged all leave,
 * function 0 last. Another function alone may leave before, and come back.
 */
#define pr_fmt(fmt) "vhw: " fmt

#include "../mmio/mmio.h"
#include "core.h"

/* Who comes and who goes. Taken before a board's lock; who has it may take those of several */
static DEFINE_MUTEX(traffic);

static void lock(struct vhw_board *board)
{
	mutex_lock_nest_lock(&board->lock, &traffic);
}

static void unlock_sibling(struct vhw_board *board)
{
	mutex_unlock(&board->lock);
	config_group_put(&board->group);
}

static void unlock_siblings(struct vhw_board **functions, const struct vhw_board *board)
{
	unsigned int function;

	for (function = 0; function < VHW_FUNCTIONS; function++)
		if (functions[function] && functions[function] != board)
			unlock_sibling(functions[function]);
}

/* Boards that are to be in a slot beside function 0, and may be */
static void call_siblings(struct vhw_board **functions, unsigned int slot)
{
	struct vhw_board *board;
	unsigned int function;
	int place;

	for (function = 1; function < VHW_FUNCTIONS; function++) {
		place = slot * VHW_FUNCTIONS + function;
		board = vhw_address_board(place);
		if (!board)
			continue;
		lock(board);
		if (board->leaving || vhw_live(board) || board->place != place)
			unlock_sibling(board);
		else
			functions[function] = board;
	}
}

/* Boards that are in a slot beside one */
static void find_siblings(struct vhw_board **functions, const struct vhw_board *board)
{
	unsigned int slot = board->at / VHW_FUNCTIONS, function;
	struct vhw_board *other;

	for (function = 0; function < VHW_FUNCTIONS; function++) {
		scoped_guard(vhw_world) {
			other = vhw_bus_at(slot * VHW_FUNCTIONS + function);
			if (other && other != board)
				config_group_get(&other->group);
		}
		if (!other || other == board)
			continue;
		lock(other);
		functions[function] = other;
	}
}

static int find_slot(const struct vhw_board *board)
{
	struct vhw_board *first;
	unsigned int slot;

	guard(vhw_world)();
	if (board->place == VHW_ANYWHERE)
		return vhw_bus_free_slot();
	slot = board->place / VHW_FUNCTIONS;
	first = vhw_bus_at(slot * VHW_FUNCTIONS);
	if (vhw_function(board))
		return first ? slot : -ENODEV;
	return first ? -EBUSY : slot;
}

static int choose_slot(const struct vhw_board *board)
{
	unsigned int wanted = board->place / VHW_FUNCTIONS;
	unsigned int bus = VHW_MMIO_BUS_NUMBER + wanted / VHW_BUS_SLOTS;
	int slot = find_slot(board);

	if (slot == -ENOSPC)
		pr_err_ratelimited("%s: all %u slots are taken, or kept for boards that were given an address\n",
				   vhw_name(board), VHW_SLOTS);
	else if (slot == -EBUSY)
		pr_err_ratelimited("%s: another board is in slot %02x:%02x; give this one another address, or auto\n",
				   vhw_name(board), bus, wanted % VHW_BUS_SLOTS);
	else if (slot == -ENODEV)
		pr_err_ratelimited("%s: there is no function 0 in slot %02x:%02x; make that live, and this one comes with it\n",
				   vhw_name(board), bus, wanted % VHW_BUS_SLOTS);
	return slot;
}

static void power_off(struct vhw_board **functions, unsigned int count)
{
	while (count--)
		if (functions[count])
			vhw_board_power_off(functions[count]);
}

static int power_on(struct vhw_board **functions)
{
	unsigned int function;
	int err;

	for (function = 0; function < VHW_FUNCTIONS; function++) {
		err = functions[function] ? vhw_board_power_on(functions[function]) : 0;
		if (err) {
			power_off(functions, function);
			return err;
		}
	}
	return 0;
}

static int plug(struct vhw_board **functions, unsigned int slot)
{
	int err = power_on(functions);

	if (err)
		return err;
	err = vhw_bus_plug(functions, slot);
	if (err)
		power_off(functions, VHW_FUNCTIONS);
	return err;
}

static int plug_card(struct vhw_board *board)
{
	struct vhw_board *functions[VHW_FUNCTIONS] = {};
	int slot, err;

	if (board->leaving)
		return -ENODEV;
	if (vhw_live(board)) {
		pr_err_ratelimited("%s: it is live already; write 0 first\n", vhw_name(board));
		return -EBUSY;
	}
	slot = choose_slot(board);
	if (slot < 0)
		return slot;
	functions[vhw_function(board)] = board;
	if (!vhw_function(board))
		call_siblings(functions, slot);
	err = plug(functions, slot);
	unlock_siblings(functions, board);
	return err;
}

/**
 * vhw_card_plug() - "echo 1 > live"
 * @board: a function; with function 0 come the others of its slot
 *
 * Return: 0 or -errno, with a line in the log; then none is live that was not before.
 */
int vhw_card_plug(struct vhw_board *board)
{
	int err;

	guard(mutex)(&traffic);
	lock(board);
	err = plug_card(board);
	mutex_unlock(&board->lock);
	return err;
}

static int unplug_card(struct vhw_board *board, bool surprise)
{
	struct vhw_board *functions[VHW_FUNCTIONS] = {};

	if (!vhw_live(board))
		return -ENODEV;
	functions[vhw_function(board)] = board;
	if (surprise || !vhw_function(board))
		find_siblings(functions, board);
	vhw_bus_unplug(functions, surprise);
	power_off(functions, VHW_FUNCTIONS);
	unlock_siblings(functions, board);
	return 0;
}

/**
 * vhw_card_unplug() - "echo 0 > live", "echo 1 > yank", rmdir
 * @board: a function; with function 0 go the others of its slot
 * @surprise: all are pulled out, before their drivers are told
 *
 * Return: 0, or -ENODEV if it is not live.
 */
int vhw_card_unplug(struct vhw_board *board, bool surprise)
{
	int err;

	guard(mutex)(&traffic);
	lock(board);
	err = unplug_card(board, surprise);
	mutex_unlock(&board->lock);
	return err;
}

/**
 * vhw_card_reset() - "echo 1 > reset": the reset line of a slot
 * @board: a function that is live
 *
 * Context: world.
 */
void vhw_card_reset(const struct vhw_board *board)
{
	unsigned int slot = board->at / VHW_FUNCTIONS, function;
	struct vhw_board *other;

	vhw_assert_world();
	for (function = 0; function < VHW_FUNCTIONS; function++) {
		other = vhw_bus_at(slot * VHW_FUNCTIONS + function);
		if (other && other->state == VHW_LIVE)
			vhw_board_reset(other);
	}
}
