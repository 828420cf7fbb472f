/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who goes next: the members of a group that have requests waiting, and the decisions about them.
 * Pure, like bucket.h.
 */
#ifndef THR_ROTATION_H
#define THR_ROTATION_H

#include "bucket.h"

#define THR_WEIGHT_MIN		1
#define THR_WEIGHT_MAX		10000
#define THR_WEIGHT_DEFAULT	100

/**
 * struct thr_waiter - a request, as far as a group is concerned
 * @next: the one behind it in its member's queue
 * @bytes: what it costs
 * @dir: direction
 */
struct thr_waiter {
	struct thr_waiter *next;
	u32 bytes;
	u8 dir;
};

/* The waiting requests of one member and direction, and the member's place among the others. */
struct thr_turn {
	struct thr_waiter *first;
	struct thr_waiter **end;
	u64 nr_waiting;
	u64 start; /* virtual time at which its next request starts: the smallest goes first */
	u64 seq;		/* among equals, who came first */
	struct thr_turn *left;
	struct thr_turn *right;
};

/**
 * struct thr_share - what a member has in a group
 * @turn: by direction
 * @weight: its part, in relation to the others'
 */
struct thr_share {
	struct thr_turn turn[THR_DIRS];
	u32 weight;
};

/**
 * struct thr_rotation - a group's buckets and its waiting members
 * @meter: buckets
 * @waiting: heap of the members with waiting requests, by direction
 * @virtual_time: start of the request released last, by direction
 * @seq: counts the places given out
 * @last: direction released last
 * @by_bytes: members get equal numbers of bytes, not of requests
 */
struct thr_rotation {
	struct thr_meter meter;
	struct thr_turn *waiting[THR_DIRS];
	u64 virtual_time[THR_DIRS];
	u64 seq;
	u8 last;
	bool by_bytes;
};

#define THR_NEVER	(~0ULL)

void thr_share_init(struct thr_share *share, u32 weight);
void thr_rotation_init(struct thr_rotation *rotation);
bool thr_rotation_arrive(struct thr_rotation *rotation, struct thr_share *share,
			 struct thr_waiter *waiter, u64 now);
struct thr_waiter *thr_rotation_release(struct thr_rotation *rotation, u64 now);
u64 thr_rotation_next(const struct thr_rotation *rotation, u64 now);
struct thr_waiter *thr_rotation_withdraw(struct thr_rotation *rotation, struct thr_share *share,
					 bool (*match)(struct thr_waiter *waiter, void *data),
					 void *data, u64 now);

/**
 * thr_rotation_pass - does a request that arrives go at once? The short answer
 * @rotation: group
 * @waiter: the request; charged if it goes
 * @now: ns
 *
 * Return: false when thr_rotation_arrive() has to be asked.
 */
static __always_inline bool thr_rotation_pass(struct thr_rotation *rotation,
					      const struct thr_waiter *waiter, u64 now)
{
	return likely(!rotation->waiting[THR_READ] && !rotation->waiting[THR_WRITE]) &&
	       likely(thr_meter_admit(&rotation->meter, waiter->dir, waiter->bytes, now));
}

#endif
