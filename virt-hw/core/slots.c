// SPDX-License-Identifier: GPL-2.0
/*
 * The slots of the root buses, which boards are in them, and where the window is on the bus.
 *
 * A place is a function of a slot: 256 times the bus's index, plus devfn. A live board has an index
 * beside, of far fewer: by that it is known to whoever delivers its interrupts.
 */
#include "../mmio/mmio.h"
#include "core.h"

/* Written with the PCI rescan lock and the world's lock, read with either */
static struct vhw_board *boards[VHW_BOARDS_MAX];
static struct vhw_board *places[VHW_PLACES];

/*
 * Bus address of the window's first byte. It is aligned as the window is, so that what is aligned
 * for the processor is so on the bus.
 */
u64 vhw_bus_base;

/**
 * vhw_bus_indexed() - a live board by its index
 * @index: the index
 *
 * Return: the board, or NULL.
 */
struct vhw_board *vhw_bus_indexed(unsigned int index)
{
	return boards[index];
}

/**
 * vhw_bus_at() - who is at a place
 * @place: the place
 *
 * Return: the board, or NULL.
 */
struct vhw_board *vhw_bus_at(unsigned int place)
{
	return places[place];
}

/**
 * vhw_bus_board() - who is at an address
 * @bus: one of our buses
 * @devfn: device and function
 *
 * Return: the board, or NULL.
 */
struct vhw_board *vhw_bus_board(const struct pci_bus *bus, unsigned int devfn)
{
	return places[(bus->number - VHW_MMIO_BUS_NUMBER) * VHW_BUS_PLACES + devfn];
}

static unsigned int functions_in(unsigned int slot)
{
	unsigned int function, count = 0;

	for (function = 0; function < VHW_FUNCTIONS; function++)
		count += !!places[slot * VHW_FUNCTIONS + function];
	return count;
}

/**
 * vhw_bus_mark() - config space says which function a board is, and whether there are others
 * @board: the board
 *
 * Context: world.
 */
void vhw_bus_mark(struct vhw_board *board)
{
	vhw_assert_world();
	vhw_config_mark(&board->config, vhw_function(board),
			board->state == VHW_LIVE && functions_in(board->at / VHW_FUNCTIONS) > 1);
}

static void mark_all(unsigned int slot)
{
	unsigned int function;

	for (function = 0; function < VHW_FUNCTIONS; function++)
		if (places[slot * VHW_FUNCTIONS + function])
			vhw_bus_mark(places[slot * VHW_FUNCTIONS + function]);
}

/**
 * vhw_bus_occupy() - a board comes to a slot
 * @board: the board, of which state is VHW_LIVE from now on
 * @slot: the slot, in which its function is free
 *
 * Context: world, with the PCI rescan lock held.
 * Return: 0, or -ENOSPC when too many are live.
 */
int vhw_bus_occupy(struct vhw_board *board, unsigned int slot)
{
	unsigned int index;

	vhw_assert_world();
	for (index = 0; index < VHW_BOARDS_MAX; index++)
		if (!boards[index])
			break;
	if (index == VHW_BOARDS_MAX)
		return -ENOSPC;
	board->index = index;
	board->at = slot * VHW_FUNCTIONS + vhw_function(board);
	board->state = VHW_LIVE;
	boards[index] = board;
	places[board->at] = board;
	mark_all(slot);
	return 0;
}

/**
 * vhw_bus_vacate() - a board leaves its slot
 * @board: the board
 *
 * Context: world, with the PCI rescan lock held.
 */
void vhw_bus_vacate(struct vhw_board *board)
{
	vhw_assert_world();
	boards[board->index] = NULL;
	places[board->at] = NULL;
	mark_all(board->at / VHW_FUNCTIONS);
}

/**
 * vhw_bus_free_slot() - find an empty slot, which nobody has asked for
 *
 * Context: world.
 * Return: the slot, or -ENOSPC.
 */
int vhw_bus_free_slot(void)
{
	int slot;

	vhw_assert_world();
	for (slot = 0; slot < VHW_SLOTS; slot++)
		if (!places[slot * VHW_FUNCTIONS] && !vhw_address_asks(slot))
			return slot;
	return -ENOSPC;
}

/**
 * vhw_bus_offset() - where in the window is a bus address?
 * @address: as a BAR holds it
 * @offset: set to bytes from the start of the window, if it is there or behind
 *
 * Return: whether it is.
 */
bool vhw_bus_offset(u64 address, u64 *offset)
{
	if (address < vhw_bus_base)
		return false;
	*offset = address - vhw_bus_base;
	return true;
}
