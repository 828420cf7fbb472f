// SPDX-License-Identifier: GPL-2.0
/* The addresses that users have asked for: which function of which slot a board is to be. */
#include <linux/kernel.h>

#include "../mmio/mmio.h"
#include "core.h"

static LIST_HEAD(asking);	/* boards; protected by the world's lock */

/**
 * vhw_address_parse() - read "[[domain:]bus:]device.function", in hexadecimal as lspci writes it
 * @text: text
 * @domain: of our buses
 *
 * Return: the place, or -EINVAL when there is none of that address.
 */
int vhw_address_parse(const char *text, unsigned int domain)
{
	unsigned int in, bus, device, function;
	char end;

	if (sscanf(text, "%5x:%2x:%2x.%1x %c", &in, &bus, &device, &function, &end) != 4) {
		in = domain;
		if (sscanf(text, "%2x:%2x.%1x %c", &bus, &device, &function, &end) != 3) {
			bus = VHW_MMIO_BUS_NUMBER;
			if (sscanf(text, "%2x.%1x %c", &device, &function, &end) != 2)
				return -EINVAL;
		}
	}
	bus -= VHW_MMIO_BUS_NUMBER;
	if (in != domain || bus >= VHW_BUSES || device >= VHW_BUS_SLOTS ||
	    function >= VHW_FUNCTIONS)
		return -EINVAL;
	return bus * VHW_BUS_PLACES + PCI_DEVFN(device, function);
}

static struct vhw_board *find(int place)
{
	struct vhw_board *board;

	vhw_assert_world();
	list_for_each_entry(board, &asking, asking)
		if (board->place == place)
			return board;
	return NULL;
}

/**
 * vhw_address_ask() - a board is to be at a place
 * @board: the board, not live
 * @place: where, or VHW_ANYWHERE
 *
 * Return: 0, or -EEXIST when another is to be there.
 */
int vhw_address_ask(struct vhw_board *board, int place)
{
	struct vhw_board *other;

	guard(vhw_world)();
	other = place == VHW_ANYWHERE ? NULL : find(place);
	if (other && other != board)
		return -EEXIST;
	board->place = place;
	list_del_init(&board->asking);
	if (place != VHW_ANYWHERE)
		list_add_tail(&board->asking, &asking);
	return 0;
}

/**
 * vhw_address_drop() - a board is leaving for good, and asks for nothing any more
 * @board: the board
 */
void vhw_address_drop(struct vhw_board *board)
{
	guard(vhw_world)();
	list_del_init(&board->asking);
}

/**
 * vhw_address_asks() - is a board to be in a slot?
 * @slot: the slot
 *
 * Context: world.
 * Return: whether there is one, live or not.
 */
bool vhw_address_asks(unsigned int slot)
{
	struct vhw_board *board;

	vhw_assert_world();
	list_for_each_entry(board, &asking, asking)
		if (board->place / VHW_FUNCTIONS == slot)
			return true;
	return false;
}

/**
 * vhw_address_board() - who is to be at a place
 * @place: the place
 *
 * Return: the board, with a reference to its directory, or NULL.
 */
struct vhw_board *vhw_address_board(unsigned int place)
{
	struct vhw_board *board;

	guard(vhw_world)();
	board = find(place);
	if (board)
		config_group_get(&board->group);
	return board;
}
