// SPDX-License-Identifier: GPL-2.0
/*
 * The order in which waiting requests go.
 *
 * Per direction, members are served in the order of the virtual time at which their next request
 * starts (start-time fair queueing). A request moves its member forward by its cost divided by the
 * member's weight. With equal weights and a cost of one this is strict rotation: between two
 * requests of one member, every other waiting member has had one. With bytes as the cost it shares
 * bytes, also with members that keep few requests waiting, which a round of deficits cannot. Within
 * a member and direction, first come, first served.
 *
 * When a total limit is set, the directions take turns.
 */
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "rotation.h"

/* Virtual time: one request, or one byte, of a member of weight 1. */
#define REQUEST_COST	BIT_ULL(32)
#define BYTE_COST	BIT_ULL(12)

/* Virtual times wrap, after years. */
static bool later(u64 a, u64 b)
{
	return (s64)(a - b) > 0;
}

static bool goes_before(const struct thr_turn *a, const struct thr_turn *b)
{
	return a->start == b->start ? later(b->seq, a->seq) : later(b->start, a->start);
}

/* Skew heap: O(log n), amortised, and no more than two pointers a member. */
static struct thr_turn *merge(struct thr_turn *a, struct thr_turn *b)
{
	struct thr_turn *root = NULL, **link = &root;

	while (a && b) {
		struct thr_turn *first = goes_before(a, b) ? a : b;

		if (first == b)
			b = a;
		*link = first;
		link = &first->left;
		a = first->right;
		first->right = first->left;
	}
	*link = a ? a : b;
	return root;
}

static void line_up(struct thr_rotation *rotation, enum thr_dir dir, struct thr_turn *turn)
{
	turn->left = NULL;
	turn->right = NULL;
	turn->seq = rotation->seq++;
	rotation->waiting[dir] = merge(rotation->waiting[dir], turn);
}

static struct thr_turn *step_out(struct thr_rotation *rotation, enum thr_dir dir)
{
	struct thr_turn *turn = rotation->waiting[dir];

	rotation->waiting[dir] = merge(turn->left, turn->right);
	return turn;
}

static void empty(struct thr_turn *turn)
{
	turn->first = NULL;
	turn->end = &turn->first;
	turn->nr_waiting = 0;
}

/**
 * thr_share_init - a member that has nothing waiting
 * @share: what it has in a group
 * @weight: THR_WEIGHT_MIN to THR_WEIGHT_MAX
 */
void thr_share_init(struct thr_share *share, u32 weight)
{
	memset(share, 0, sizeof(*share));
	share->weight = weight;
	empty(&share->turn[THR_READ]);
	empty(&share->turn[THR_WRITE]);
}

/**
 * thr_rotation_init - a group without limits and members
 * @rotation: group
 */
void thr_rotation_init(struct thr_rotation *rotation)
{
	struct thr_limits none;

	memset(rotation, 0, sizeof(*rotation));
	thr_limits_init(&none);
	thr_meter_set(&rotation->meter, &none);
}

static struct thr_share *share_of(struct thr_turn *turn, enum thr_dir dir)
{
	return container_of(turn, struct thr_share, turn[dir]);
}

static u64 virtual_cost(const struct thr_rotation *rotation, const struct thr_share *share,
			u32 bytes)
{
	return div64_u64(rotation->by_bytes ? bytes * BYTE_COST : REQUEST_COST, share->weight);
}

static void append(struct thr_rotation *rotation, struct thr_turn *turn, struct thr_waiter *waiter)
{
	enum thr_dir dir = waiter->dir;

	waiter->next = NULL;
	*turn->end = waiter;
	turn->end = &waiter->next;
	if (turn->nr_waiting++)
		return;
	/* Time not used is not saved up. */
	if (later(rotation->virtual_time[dir], turn->start))
		turn->start = rotation->virtual_time[dir];
	line_up(rotation, dir, turn);
}

/*
 * A newcomer may not overtake: requests of its own direction, or, under a total limit, one of the
 * other direction whose time has come.
 */
static bool must_queue(const struct thr_rotation *rotation, enum thr_dir dir, u64 now)
{
	return rotation->waiting[dir] ||
	       (rotation->waiting[!dir] && rotation->meter.total &&
		!thr_meter_wait(&rotation->meter, !dir, now));
}

/**
 * thr_rotation_arrive - a request arrives: does it go, or wait?
 * @rotation: group
 * @share: its member's
 * @waiter: the request; appended to the member's queue if it has to wait, charged if not
 * @now: ns
 *
 * Return: true when it goes at once.
 */
bool thr_rotation_arrive(struct thr_rotation *rotation, struct thr_share *share,
			 struct thr_waiter *waiter, u64 now)
{
	if (!must_queue(rotation, waiter->dir, now) &&
	    thr_meter_admit(&rotation->meter, waiter->dir, waiter->bytes, now))
		return true;
	append(rotation, &share->turn[waiter->dir], waiter);
	return false;
}

static struct thr_waiter *serve(struct thr_rotation *rotation, enum thr_dir dir, u64 now)
{
	struct thr_turn *turn = step_out(rotation, dir);
	struct thr_waiter *waiter = turn->first;

	rotation->last = dir;
	rotation->virtual_time[dir] = turn->start;
	turn->start += virtual_cost(rotation, share_of(turn, dir), waiter->bytes);
	turn->first = waiter->next;
	turn->nr_waiting--;
	if (turn->first)
		line_up(rotation, dir, turn);
	else
		empty(turn);
	thr_meter_charge(&rotation->meter, dir, waiter->bytes, now);
	return waiter;
}

/**
 * thr_rotation_release - take the next request whose time has come
 * @rotation: group
 * @now: ns
 *
 * Return: the request, charged; NULL when none may go yet.
 */
struct thr_waiter *thr_rotation_release(struct thr_rotation *rotation, u64 now)
{
	enum thr_dir dir = !rotation->last;
	unsigned int i;

	for (i = 0; i < THR_DIRS; i++, dir = !dir)
		if (rotation->waiting[dir] && !thr_meter_wait(&rotation->meter, dir, now))
			return serve(rotation, dir, now);
	return NULL;
}

/**
 * thr_rotation_next - when to call thr_rotation_release() again
 * @rotation: group
 * @now: ns
 *
 * Return: ns; THR_NEVER when nothing waits.
 */
u64 thr_rotation_next(const struct thr_rotation *rotation, u64 now)
{
	u64 next = THR_NEVER;
	unsigned int dir;

	for (dir = 0; dir < THR_DIRS; dir++)
		if (rotation->waiting[dir])
			next = min(next, now + thr_meter_wait(&rotation->meter, dir, now));
	return next;
}

/* Rebuild the heap without a member: leaving with requests waiting is rare. */
static void leave_line(struct thr_rotation *rotation, enum thr_dir dir, struct thr_turn *leaving)
{
	struct thr_turn *rest = NULL;

	while (rotation->waiting[dir]) {
		struct thr_turn *turn = step_out(rotation, dir);

		turn->left = NULL;
		turn->right = NULL;
		if (turn != leaving)
			rest = merge(rest, turn);
	}
	rotation->waiting[dir] = rest;
}

/**
 * thr_rotation_withdraw - take waiting requests of one member out of turn
 * @rotation: group
 * @share: the member's
 * @match: which of them; NULL: all
 * @data: for @match
 * @now: ns
 *
 * They are charged all the same: the others pay for those who leave.
 *
 * Return: the requests, in order of arrival within a direction, linked by next.
 */
struct thr_waiter *thr_rotation_withdraw(struct thr_rotation *rotation, struct thr_share *share,
					 bool (*match)(struct thr_waiter *waiter, void *data),
					 void *data, u64 now)
{
	struct thr_waiter *out = NULL, **out_end = &out;
	unsigned int dir;

	for (dir = 0; dir < THR_DIRS; dir++) {
		struct thr_turn *turn = &share->turn[dir];
		struct thr_waiter **link = &turn->first, *waiter;

		if (!turn->nr_waiting)
			continue;
		while ((waiter = *link)) {
			if (match && !match(waiter, data)) {
				link = &waiter->next;
				continue;
			}
			*link = waiter->next;
			turn->nr_waiting--;
			*out_end = waiter;
			out_end = &waiter->next;
			thr_meter_charge(&rotation->meter, dir, waiter->bytes, now);
		}
		turn->end = link;
		if (!turn->nr_waiting)
			leave_line(rotation, dir, turn);
	}
	*out_end = NULL;
	return out;
}
