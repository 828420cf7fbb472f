/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A heap from which any entry can be taken: a skew heap whose entries know what points at them.
 * O(log n), amortised. Pure, like bucket.h.
 */
#ifndef THR_HEAP_H
#define THR_HEAP_H

#include <linux/types.h>

/**
 * struct thr_entry - a place in a heap
 * @key: smallest first; keys are compared by their difference, so they may wrap
 * @seq: among equal keys, smallest first
 * @left: root of one half of those behind it
 * @right: root of the other half
 * @pin: what points at this entry; NULL: it is in no heap
 */
struct thr_entry {
	u64 key;
	u64 seq;
	struct thr_entry *left;
	struct thr_entry *right;
	struct thr_entry **pin;
};

/* Is @a after @b? */
static inline bool thr_later(u64 a, u64 b)
{
	return (s64)(a - b) > 0;
}

static inline bool thr_goes_before(const struct thr_entry *a, const struct thr_entry *b)
{
	return a->key == b->key ? thr_later(b->seq, a->seq) : thr_later(b->key, a->key);
}

void thr_heap_add(struct thr_entry **heap, struct thr_entry *entry);
void thr_heap_remove(struct thr_entry *entry);

#endif
