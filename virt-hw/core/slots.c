// SPDX-License-Identifier: GPL-2.0
/* The slots of the root buses, who is in them, and where the window is on the bus. */
#include "../mmio/mmio.h"
#include "core.h"

/* Written with the PCI rescan lock and the world's lock, read with either */
static struct vhw_board *slots[VHW_SLOTS];

/*
 * Bus address of the window's first byte. It is aligned as the window is, so that what is aligned
 * for the processor is so on the bus.
 */
u64 vhw_bus_base;

/**
 * vhw_bus_slot() - who is in a slot
 * @slot: the slot
 *
 * Return: the board, or NULL.
 */
struct vhw_board *vhw_bus_slot(unsigned int slot)
{
	return slots[slot];
}

/**
 * vhw_bus_occupy() - a board comes to a slot, or leaves it
 * @slot: the slot
 * @board: the board, or NULL
 *
 * Context: world, with the PCI rescan lock held.
 */
void vhw_bus_occupy(unsigned int slot, struct vhw_board *board)
{
	vhw_assert_world();
	slots[slot] = board;
}

/**
 * vhw_bus_free_slot() - find an empty slot
 *
 * Context: the PCI rescan lock is held.
 * Return: the slot, or -ENOSPC.
 */
int vhw_bus_free_slot(void)
{
	int slot;

	for (slot = 0; slot < VHW_SLOTS; slot++)
		if (!slots[slot])
			return slot;
	return -ENOSPC;
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
	unsigned int index = bus->number - VHW_MMIO_BUS_NUMBER;

	return PCI_FUNC(devfn) ? NULL : slots[index * VHW_BUS_SLOTS + PCI_SLOT(devfn)];
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
