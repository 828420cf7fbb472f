// SPDX-License-Identifier: GPL-2.0
/*
 * From an address in the window to a register of a board.
 */
#include "../mmio/mmio.h"
#include "core.h"
#include "trace.h"

/**
 * struct vhw_range - what a BAR decodes
 * @start: offset in the window
 * @size: bytes
 * @bar: which BAR
 * @board: of which board
 */
struct vhw_range {
	u64 start;
	u32 size;
	unsigned int bar;
	struct vhw_board *board;
};

/* Everything that is decoded now, and which of it was hit last; protected by the world's lock */
static struct vhw_range ranges[VHW_SLOTS * VHW_BARS];
static unsigned int nr_ranges;
static unsigned int last;

static void add_ranges(struct vhw_board *board)
{
	unsigned int bar;
	u64 start;

	for (bar = 0; bar < VHW_BARS; bar++) {
		if (!vhw_config_bar(&board->config, board->model, bar, &start) ||
		    start < VHW_BUS_BASE)
			continue;
		ranges[nr_ranges++] = (struct vhw_range) {
			.start = start - VHW_BUS_BASE,
			.size = board->model->bar[bar].size,
			.bar = bar,
			.board = board,
		};
	}
}

/**
 * vhw_decode_update() - a BAR, a COMMAND register or a slot changed: find out anew who decodes what
 */
void vhw_decode_update(void)
{
	struct vhw_board *board;
	unsigned int slot;

	vhw_assert_world();
	nr_ranges = 0;
	last = 0;
	for (slot = 0; slot < VHW_SLOTS; slot++) {
		board = vhw_bus_slot(slot);
		if (board && board->state == VHW_LIVE)
			add_ranges(board);
	}
}

static bool hit(const struct vhw_range *range, u64 offset, unsigned int size)
{
	return offset >= range->start && offset - range->start + size <= range->size;
}

static const struct vhw_range *decode(u64 offset, unsigned int size)
{
	unsigned int i;

	if (last < nr_ranges && hit(&ranges[last], offset, size))
		return &ranges[last];
	for (i = 0; i < nr_ranges; i++) {
		if (!hit(&ranges[i], offset, size))
			continue;
		last = i;
		return &ranges[i];
	}
	return NULL;
}

/* Nobody decodes it. If a board would with decoding switched on, its driver forgot to enable it */
static void unclaimed(u64 offset)
{
	struct vhw_board *board;
	unsigned int slot, bar;

	for (slot = 0; slot < VHW_SLOTS; slot++) {
		board = vhw_bus_slot(slot);
		if (!board || board->state != VHW_LIVE ||
		    vhw_config_read(&board->config, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY)
			continue;
		for (bar = 0; bar < VHW_BARS; bar++)
			if (board->model->bar[bar].size && board->bar_offset[bar] <= offset &&
			    offset - board->bar_offset[bar] < board->model->bar[bar].size)
				vhw_violation(board, "access to BAR%u+%#llx with decoding off", bar,
					      offset - board->bar_offset[bar]);
	}
}

static u32 read_one(struct vhw_mapping *mapping, u64 offset, unsigned int size, void *caller)
{
	const struct vhw_range *range;
	struct vhw_board *board;
	u32 value = ~0u, where;
	unsigned int bar;

	guard(vhw_world)();
	range = decode(offset, size);
	if (!range) {
		unclaimed(offset);
	} else if (vhw_mapping_sees(mapping, range->board)) {
		board = range->board;
		bar = range->bar;
		where = offset - range->start;
		if (!vhw_msix_read(board, bar, where, size, &value))
			value = board->model->read(board, bar, where, size);
		value &= ~0u >> (32 - 8 * size);
		trace_vhw_read(board, bar, where, size, value, caller);
		return value;
	}
	trace_vhw_no_decode(offset, size, caller);
	return value;
}

static void write_one(struct vhw_mapping *mapping, u64 offset, unsigned int size, u32 value,
		      void *caller)
{
	const struct vhw_range *range;
	struct vhw_board *board;
	unsigned int bar;
	u32 where;

	guard(vhw_world)();
	range = decode(offset, size);
	if (!range) {
		unclaimed(offset);
	} else if (vhw_mapping_sees(mapping, range->board)) {
		board = range->board;
		bar = range->bar;
		where = offset - range->start;
		value &= ~0u >> (32 - 8 * size);
		trace_vhw_write(board, bar, where, size, value, caller);
		if (!vhw_msix_write(board, bar, where, size, value))
			board->model->write(board, bar, where, size, value);
		return;
	}
	trace_vhw_no_decode(offset, size, caller);
}

/**
 * vhw_bus_read() - a driver reads
 * @mapping: the mapping it uses, or NULL where the back end cannot tell
 * @offset: bytes from the start of the window
 * @size: 1, 2, 4 or 8 (8 becomes two accesses of 4, low half first)
 * @caller: address of the code that reads, for the trace
 *
 * Context: any, down to an exception inside a driver's critical section.
 * Return: the value; all-ones where nothing decodes.
 */
u64 vhw_bus_read(struct vhw_mapping *mapping, u64 offset, unsigned int size, void *caller)
{
	u64 low;

	if (size < 8)
		return read_one(mapping, offset, size, caller) & (~0u >> (32 - 8 * size));
	low = read_one(mapping, offset, 4, caller);
	return low | (u64)read_one(mapping, offset + 4, 4, caller) << 32;
}

/**
 * vhw_bus_write() - a driver writes
 * @mapping: the mapping it uses, or NULL where the back end cannot tell
 * @offset: bytes from the start of the window
 * @size: 1, 2, 4 or 8 (8 becomes two accesses of 4, low half first)
 * @value: what it writes
 * @caller: address of the code that writes, for the trace
 *
 * Context: any, down to an exception inside a driver's critical section.
 */
void vhw_bus_write(struct vhw_mapping *mapping, u64 offset, unsigned int size, u64 value,
		   void *caller)
{
	write_one(mapping, offset, min(size, 4u), value, caller);
	if (size == 8)
		write_one(mapping, offset + 4, 4, value >> 32, caller);
}
