// SPDX-License-Identifier: GPL-2.0
/*
 * Accesses of the PCI core and of drivers to config space, and what follows from them.
 */
#include "core.h"
#include "trace.h"

/**
 * vhw_config_get() - a model reads its config space
 * @board: the board
 * @where: offset
 * @size: 1, 2 or 4
 *
 * Context: world.
 * Return: the value.
 */
u32 vhw_config_get(const struct vhw_board *board, unsigned int where, unsigned int size)
{
	vhw_assert_world();
	return vhw_config_read(&board->config, where, size);
}
EXPORT_SYMBOL_GPL(vhw_config_get);

/**
 * vhw_config_set() - a model changes a device-specific register in its config space
 * @board: the board
 * @where: offset
 * @size: 1, 2 or 4
 * @value: what the driver will read
 *
 * Context: world.
 */
void vhw_config_set(struct vhw_board *board, unsigned int where, unsigned int size, u32 value)
{
	vhw_assert_world();
	vhw_config_force(&board->config, where, size, value);
}
EXPORT_SYMBOL_GPL(vhw_config_set);

static struct vhw_board *board_at(const struct pci_bus *bus, unsigned int devfn)
{
	struct vhw_board *board = vhw_bus_board(bus, devfn);

	return board && board->state == VHW_LIVE ? board : NULL;
}

/**
 * vhw_config_bus_read() - struct pci_ops.read
 * @bus: the bus
 * @devfn: device and function
 * @where: offset
 * @size: 1, 2 or 4
 * @value: set to what is read, all-ones where there is no board
 *
 * Return: PCIBIOS_*.
 */
int vhw_config_bus_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	struct vhw_board *board;

	guard(vhw_world)();
	board = board_at(bus, devfn);
	if (!board) {
		*value = ~0u;
		return PCIBIOS_DEVICE_NOT_FOUND;
	}
	*value = vhw_config_read(&board->config, where, size);
	trace_vhw_config_read(board, where, size, *value);
	return PCIBIOS_SUCCESSFUL;
}

static bool touches(int where, int size, int first, int last)
{
	return where <= last && where + size > first;
}

/* The sizing pattern is no place: a BAR counts as moved only when it lands inside the window */
static void bars_moved(struct vhw_board *board)
{
	unsigned int bar;
	u64 start;

	for (bar = 0; bar < VHW_BARS; bar++)
		if (vhw_config_bar(&board->config, board->model, bar, &start))
			vhw_bus_offset(start, &board->bar_offset[bar]);
	vhw_decode_update();
}

/**
 * vhw_config_bus_write() - struct pci_ops.write
 * @bus: the bus
 * @devfn: device and function
 * @where: offset
 * @size: 1, 2 or 4
 * @value: what to write
 *
 * Return: PCIBIOS_*.
 */
int vhw_config_bus_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	struct vhw_board *board;
	bool asleep;

	guard(vhw_world)();
	board = board_at(bus, devfn);
	if (!board)
		return PCIBIOS_DEVICE_NOT_FOUND;
	trace_vhw_config_write(board, where, size, value);
	if (vhw_config_resets(&board->config, board->model, where, size, value)) {
		vhw_board_reset(board);
		return PCIBIOS_SUCCESSFUL;
	}
	asleep = vhw_config_asleep(&board->config, board->model);
	vhw_config_write(&board->config, where, size, value);
	if (asleep && !vhw_config_asleep(&board->config, board->model) &&
	    vhw_config_wakes_reset(&board->config, board->model)) {
		vhw_board_reset(board);
		return PCIBIOS_SUCCESSFUL;
	}
	if (asleep != vhw_config_asleep(&board->config, board->model) ||
	    touches(where, size, PCI_COMMAND, PCI_COMMAND + 1) ||
	    touches(where, size, PCI_BASE_ADDRESS_0, PCI_BASE_ADDRESS_5 + 3))
		bars_moved(board);
	vhw_irq_update(board);
	vhw_msi_update(board);
	if (board->model->config_written)
		board->model->config_written(board, where, size);
	return PCIBIOS_SUCCESSFUL;
}
