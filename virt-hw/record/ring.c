// SPDX-License-Identifier: GPL-2.0
/*
 * The events that were recorded and not read yet. What does not fit is counted, and the count is
 * an event itself, in its place.
 */
#include <linux/minmax.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "record.h"

DEFINE_RAW_SPINLOCK(record_lock);

/**
 * struct record_ring - the events; protected by record_lock
 * @events: room for @size
 * @size: a number of events
 * @head: how many were put, modulo 2^32; @tail: how many were taken
 * @tail: likewise
 * @lost: how many did not fit since the last that did
 * @begun: the first access has come
 * @origin: when
 * @last: time of the last event that was put
 */
static struct record_ring {
	struct record_event *events;
	u32 size;
	u64 head;
	u64 tail;
	u64 lost;
	bool begun;
	u64 origin;
	u64 last;
} ring;

/**
 * record_ring_init() - make room
 * @events: for so many
 *
 * Return: 0 or -ENOMEM.
 */
int record_ring_init(unsigned int events)
{
	ring.events = vzalloc(array_size(events, sizeof(*ring.events)));
	ring.size = events;
	return ring.events ? 0 : -ENOMEM;
}

/**
 * record_ring_exit() - give it back
 */
void record_ring_exit(void)
{
	vfree(ring.events);
	ring.events = NULL;
}

/**
 * record_ring_start() - forget what there is
 */
void record_ring_start(void)
{
	guard(raw_spinlock_irqsave)(&record_lock);
	ring.head = 0;
	ring.tail = 0;
	ring.lost = 0;
	ring.last = 0;
	ring.begun = false;
}

static void put(const struct record_event *event)
{
	ring.events[ring.head++ % ring.size] = *event;
}

/**
 * record_put() - an event
 * @now: when, on whatever clock the source has
 * @kind: enum record_kind
 * @bar: see struct record_event
 * @offset: likewise
 * @size: likewise
 * @value: likewise
 *
 * Context: record_lock is held.
 */
void record_put(u64 now, enum record_kind kind, unsigned int bar, u32 offset, unsigned int size,
		u64 value)
{
	struct record_event event = {
		.time = now, .kind = kind, .bar = bar, .offset = offset, .size = size,
		.value = value, .cpu = raw_smp_processor_id() };

	lockdep_assert_held(&record_lock);
	if (kind == RECORD_BAR || kind == RECORD_IMAGE) {
		event.time = 0;
	} else {
		if (!ring.begun)
			ring.origin = now;
		ring.begun = true;
		event.time -= ring.origin;
	}
	/* one place is kept for the count of what was lost */
	if (ring.head - ring.tail + 1 + !!ring.lost > ring.size) {
		ring.lost++;
		return;
	}
	if (ring.lost) {
		struct record_event lost = { .time = event.time, .kind = RECORD_LOST,
					     .value = ring.lost, .cpu = event.cpu };

		put(&lost);
		ring.lost = 0;
	}
	put(&event);
	ring.last = event.time;
}

/**
 * record_ring_take() - take events out
 * @to: where to
 * @max: how many at most
 *
 * Return: how many; what was lost at the very end is one of them.
 */
size_t record_ring_take(struct record_event *to, size_t max)
{
	size_t count = 0;

	guard(raw_spinlock_irqsave)(&record_lock);
	while (count < max && ring.tail != ring.head)
		to[count++] = ring.events[ring.tail++ % ring.size];
	if (count < max && ring.lost) {
		to[count++] = (struct record_event) {
			.kind = RECORD_LOST, .value = ring.lost, .time = ring.last };
		ring.lost = 0;
	}
	return count;
}
