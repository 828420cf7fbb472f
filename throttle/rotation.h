/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who goes next: a tree of groups whose leaves are disks with requests waiting, and the decisions
 * about them. Pure, like bucket.h.
 */
#ifndef THR_ROTATION_H
#define THR_ROTATION_H

#include "bucket.h"
#include "heap.h"

#define THR_WEIGHT_MIN		1
#define THR_WEIGHT_MAX		10000
#define THR_WEIGHT_DEFAULT	100

/* A turn costs at least so many bytes where bytes are shared: a sector. */
#define THR_TURN_BYTES		512

/**
 * struct thr_waiter - a request, as far as a group is concerned
 * @next: the one behind it in its disk's queue
 * @bytes: what it costs
 * @dir: direction
 */
struct thr_waiter {
	struct thr_waiter *next;
	u32 bytes;
	u8 dir;
};

/* Requests of one disk and direction, in order of arrival. */
struct thr_queue {
	struct thr_waiter *first;
	struct thr_waiter **end;
	u64 nr_waiting;
};

/**
 * struct thr_turn - the place of a member among the others, for a direction
 * @entry: key: virtual time at which its next request starts; in the group's line while the member
 * could be served
 * @epoch: of the group's clock when the key was set
 */
struct thr_turn {
	struct thr_entry entry;
	u64 epoch;
};

struct thr_rotation;

/**
 * struct thr_share - a member: a disk, or a group in its parent
 * @turn: by direction
 * @queue: waiting requests by direction; a disk's
 * @group: what it is a member of; NULL: nothing
 * @child: the group that this is the place of; NULL: a disk's
 * @weight: its part, in relation to the others'
 * @last: direction served last
 */
struct thr_share {
	struct thr_turn turn[THR_DIRS];
	struct thr_queue queue[THR_DIRS];
	struct thr_rotation *group;
	struct thr_rotation *child;
	u32 weight;
	u8 last;
};

/* Virtual time of one direction: the start of the request released last. */
struct thr_clock {
	u64 now;
	u64 epoch;	/* counts quarters of the range of @now; never wraps */
};

/**
 * struct thr_rotation - a group's buckets and its waiting members
 * @meter: buckets
 * @line: heap of the members that could be served, as far as the limits below this group go; by
 * direction
 * @clock: by direction
 * @alarms: heap of the child groups that wait for limits of their own or below them, by time
 * @alarm: this group's place in its parent's @alarms; the key is in ns
 * @up: its place in its parent
 * @seq: counts the places given out
 * @last: direction released last
 * @together: the decision being made counts both directions
 * @lends: it passes over the other direction, for which only limits above are reached
 * @owed: a request of this direction may go although limits of this group are reached
 * @by_bytes: members get equal numbers of bytes, not of requests
 */
struct thr_rotation {
	struct thr_meter meter;
	struct thr_entry *line[THR_DIRS];
	struct thr_entry *alarms;
	struct thr_clock clock[THR_DIRS];
	struct thr_entry alarm;
	struct thr_share *up;
	u64 seq;
	u8 last;
	bool together;
	bool lends;
	bool owed[THR_DIRS];
	bool by_bytes;
};

#define THR_NEVER	(~0ULL)

void thr_share_init(struct thr_share *share, u32 weight);
void thr_share_set_weight(struct thr_share *share, u32 weight);
void thr_rotation_init(struct thr_rotation *rotation);
void thr_rotation_join(struct thr_rotation *rotation, struct thr_share *share, u64 now);
void thr_rotation_leave(struct thr_share *share, u64 now);
void thr_rotation_set_limits(struct thr_rotation *rotation, const struct thr_limits *limits,
			     u64 now);
void thr_rotation_set_fairness(struct thr_rotation *rotation, bool by_bytes);
bool thr_rotation_arrive(struct thr_share *share, struct thr_waiter *waiter, u64 now);
struct thr_waiter *thr_rotation_release(struct thr_rotation *root, u64 now);
u64 thr_rotation_next(const struct thr_rotation *root, u64 now);
struct thr_waiter *thr_rotation_withdraw(struct thr_share *share,
					 bool (*match)(struct thr_waiter *waiter, void *data),
					 void *data, u64 now);

/* Does nothing wait in a tree? */
static __always_inline bool thr_rotation_idle(const struct thr_rotation *root)
{
	return !root->line[THR_READ] && !root->line[THR_WRITE] && !root->alarms;
}

/**
 * thr_rotation_pass - does a request that arrives go at once? The short answer
 * @share: a disk's, in a group
 * @waiter: the request; charged if it goes
 * @now: ns
 *
 * Return: false when thr_rotation_arrive() has to be asked.
 */
static __always_inline bool thr_rotation_pass(struct thr_share *share,
					      const struct thr_waiter *waiter, u64 now)
{
	struct thr_rotation *rotation = share->group;

	return likely(!rotation->up && thr_rotation_idle(rotation)) &&
	       likely(thr_meter_admit(&rotation->meter, waiter->dir, waiter->bytes, now));
}

#endif
