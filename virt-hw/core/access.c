// SPDX-License-Identifier: GPL-2.0
/*
 * From an address in the window to a register of a board.
 */
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
static struct vhw_range ranges[VHW_BOARDS_MAX * VHW_BARS];
static unsigned int nr_ranges;
static const struct vhw_range *last = ranges;

static void add_ranges(struct vhw_board *board)
{
	unsigned int bar;
	u64 start;

	for (bar = 0; bar < VHW_BARS; bar++) {
		if (!vhw_config_bar(&board->config, board->model, bar, &start) ||
		    !vhw_bus_offset(start, &start))
			continue;
		ranges[nr_ranges++] = (struct vhw_range) {
			.start = start,
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
	unsigned int index;

	vhw_assert_world();
	memset(ranges, 0, nr_ranges * sizeof(*ranges));
	nr_ranges = 0;
	last = ranges;
	for (index = 0; index < VHW_BOARDS_MAX; index++) {
		board = vhw_bus_indexed(index);
		if (board && board->state == VHW_LIVE &&
		    !vhw_config_asleep(&board->config, board->model))
			add_ranges(board);
	}
}

/* Of size 0, as the first range is when there is none, nothing is hit */
static inline bool hit(const struct vhw_range *range, u64 offset, unsigned int size)
{
	return offset >= range->start && offset - range->start + size <= range->size;
}

static noinline const struct vhw_range *search(u64 offset, unsigned int size)
{
	unsigned int i;

	for (i = 0; i < nr_ranges; i++) {
		if (!hit(&ranges[i], offset, size))
			continue;
		last = &ranges[i];
		return last;
	}
	return NULL;
}

static inline const struct vhw_range *decode(u64 offset, unsigned int size)
{
	return likely(hit(last, offset, size)) ? last : search(offset, size);
}

/* The bits of an access of 1, 2 or 4 bytes */
static inline u32 mask_of(unsigned int size)
{
	static const u32 masks[] = { 0, 0xff, 0xffff, 0, 0xffffffff };

	return masks[size];
}

/* Nobody decodes it. If a board would with decoding on and awake, its driver forgot that */
static void unclaimed(u64 offset)
{
	struct vhw_board *board;
	unsigned int index, bar;
	const char *why;

	for (index = 0; index < VHW_BOARDS_MAX; index++) {
		board = vhw_bus_indexed(index);
		if (!board || board->state != VHW_LIVE)
			continue;
		why = vhw_config_asleep(&board->config, board->model) ? "in D3hot" :
		      vhw_config_read(&board->config, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY ?
		      NULL : "with decoding off";
		if (!why)
			continue;
		for (bar = 0; bar < VHW_BARS; bar++)
			if (board->model->bar[bar].size && board->bar_offset[bar] <= offset &&
			    offset - board->bar_offset[bar] < board->model->bar[bar].size)
				vhw_violation(board, "access to BAR%u+%#llx %s", bar,
					      offset - board->bar_offset[bar], why);
	}
}

static noinline u32 read_msix(struct vhw_board *board, unsigned int bar, u32 where,
			      unsigned int size)
{
	u32 value;

	return vhw_msix_read(board, bar, where, size, &value) ? value :
	       board->model->read(board, bar, where, size);
}

/* Nothing decodes, or nothing that the mapping sees */
static noinline u32 read_nothing(const struct vhw_range *range, u64 offset, unsigned int size,
				 void *caller)
{
	if (!range)
		unclaimed(offset);
	trace_vhw_no_decode(offset, size, caller);
	return mask_of(size);
}

static __always_inline u32 read_part(struct vhw_mapping *mapping, u64 offset, unsigned int size,
				     void *caller)
{
	const struct vhw_range *range;
	struct vhw_board *board;
	unsigned int bar;
	u32 where, value;

	guard(vhw_world)();
	range = decode(offset, size);
	if (unlikely(!range || !vhw_mapping_sees(mapping, range->board)))
		return read_nothing(range, offset, size, caller);
	board = range->board;
	bar = range->bar;
	where = offset - range->start;
	value = likely(!vhw_msix_bar(board, bar)) ? board->model->read(board, bar, where, size) :
						    read_msix(board, bar, where, size);
	value &= mask_of(size);
	trace_vhw_read(board, bar, where, size, value, caller);
	return value;
}

static noinline u64 read_two(struct vhw_mapping *mapping, u64 offset, void *caller)
{
	u64 low = read_part(mapping, offset, 4, caller);

	return low | (u64)read_part(mapping, offset + 4, 4, caller) << 32;
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
	if (unlikely(size == 8))
		return read_two(mapping, offset, caller);
	return read_part(mapping, offset, size, caller);
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
	const struct vhw_range *range;
	struct vhw_board *board;
	unsigned int bar;
	u32 where;

	if (unlikely(size == 8)) {
		vhw_bus_write(mapping, offset, 4, value, caller);
		vhw_bus_write(mapping, offset + 4, 4, value >> 32, caller);
		return;
	}

	guard(vhw_world)();
	range = decode(offset, size);
	if (unlikely(!range || !vhw_mapping_sees(mapping, range->board))) {
		if (!range)
			unclaimed(offset);
		trace_vhw_no_decode(offset, size, caller);
		return;
	}
	board = range->board;
	bar = range->bar;
	where = offset - range->start;
	value &= mask_of(size);
	trace_vhw_write(board, bar, where, size, value, caller);
	if (likely(!vhw_msix_bar(board, bar)) ||
	    !vhw_msix_write(board, bar, where, size, value))
		board->model->write(board, bar, where, size, value);
}
