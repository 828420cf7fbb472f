// SPDX-License-Identifier: GPL-2.0
/* A heap from which any entry can be taken. */
#include <linux/types.h>

#include "heap.h"

static void hang(struct thr_entry **link, struct thr_entry *entry)
{
	*link = entry;
	if (entry)
		entry->pin = link;
}

/* Every entry on the way swaps its halves: that keeps the heap balanced on average. */
static void merge(struct thr_entry **link, struct thr_entry *a, struct thr_entry *b)
{
	while (a && b) {
		struct thr_entry *first = thr_goes_before(a, b) ? a : b;

		if (first == b)
			b = a;
		hang(link, first);
		link = &first->left;
		a = first->right;
		hang(&first->right, first->left);
	}
	hang(link, a ? a : b);
}

/**
 * thr_heap_add - put an entry in
 * @heap: its first entry; NULL: it is empty
 * @entry: in no heap; key and seq are set and stay as they are while it is in
 */
void thr_heap_add(struct thr_entry **heap, struct thr_entry *entry)
{
	entry->left = NULL;
	entry->right = NULL;
	merge(heap, *heap, entry);
}

/**
 * thr_heap_remove - take an entry out, wherever it is
 * @entry: in a heap
 */
void thr_heap_remove(struct thr_entry *entry)
{
	merge(entry->pin, entry->left, entry->right);
	entry->pin = NULL;
}
