// SPDX-License-Identifier: GPL-2.0
/*
 * Mappings: who has an ioremap() of the window.
 *
 * A mapping does not point to a board. It remembers how many boards had ever been plugged when it
 * was made, and sees only those that are not younger than itself. So it may outlive its board,
 * and reads all-ones even when another board is given the same addresses.
 */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/slab.h>

#include "core.h"

/* Protected by the world's lock */
static LIST_HEAD(mappings);
static u64 births;

/**
 * vhw_mapping_open() - an ioremap() of the window
 * @offset: first byte, from the start of the window
 * @size: bytes
 * @caller: who asks, for the report of leaks
 *
 * Context: may sleep.
 * Return: the mapping, or NULL without memory.
 */
struct vhw_mapping *vhw_mapping_open(u64 offset, u64 size, void *caller)
{
	struct vhw_mapping *mapping = kzalloc(sizeof(*mapping), GFP_KERNEL);

	if (!mapping)
		return NULL;
	mapping->offset = offset;
	mapping->size = size;
	mapping->caller = caller;
	guard(vhw_world)();
	mapping->births = births;
	list_add_tail(&mapping->list, &mappings);
	return mapping;
}

/**
 * vhw_mapping_close() - the iounmap() of it
 * @mapping: the mapping
 */
void vhw_mapping_close(struct vhw_mapping *mapping)
{
	scoped_guard(vhw_world)
		list_del(&mapping->list);
	kfree_rcu(mapping, rcu);
}

/**
 * vhw_mapping_birth() - a board is plugged
 *
 * Return: its number.
 */
u64 vhw_mapping_birth(void)
{
	vhw_assert_world();
	return ++births;
}

static bool covers(const struct vhw_mapping *mapping, const struct vhw_board *board)
{
	unsigned int i;

	for (i = 0; i < VHW_BARS; i++) {
		u64 size = board->model->bar[i].size, start = board->bar_offset[i];

		if (size && start != U64_MAX && mapping->offset < start + size &&
		    start < mapping->offset + mapping->size && vhw_mapping_sees(mapping, board))
			return true;
	}
	return false;
}

/**
 * vhw_mapping_count() - live mappings of a board
 * @board: the board
 *
 * Return: how many.
 */
unsigned int vhw_mapping_count(const struct vhw_board *board)
{
	struct vhw_mapping *mapping;
	unsigned int count = 0;

	vhw_assert_world();
	list_for_each_entry(mapping, &mappings, list)
		count += covers(mapping, board);
	return count;
}

/**
 * vhw_mapping_report() - a board is unplugged and its driver gone: say which mappings it left
 * behind
 * @board: the board
 */
void vhw_mapping_report(const struct vhw_board *board)
{
	unsigned int count = 0;
	struct vhw_mapping *mapping;
	void *caller = NULL;

	scoped_guard(vhw_world) {
		list_for_each_entry(mapping, &mappings, list) {
			if (!covers(mapping, board))
				continue;
			caller = caller ?: mapping->caller;
			count++;
		}
	}
	if (count)
		pr_warn_ratelimited("%s: %u mappings of its registers were not unmapped, the first made by %pS\n",
				    board->name, count, caller);
}
