// SPDX-License-Identifier: GPL-2.0
/*
 * The order in which waiting requests go: hierarchical start-time fair queueing.
 *
 * A request waits in its disk's queue until every group above it lets it go. Each group divides
 * what it gets among its members, from the top of the tree to the bottom: the member whose next
 * request starts earliest in the group's virtual time is served, and its start moves on by the cost
 * of the request divided by the member's weight. Time not used is not saved up: a member that comes
 * back starts at the present. So between two requests of member i, member k is served at most
 * floor(w_k / w_i) + 1 requests (P. Goyal, H. Vin, H. Cheng: Start-time Fair Queueing, 1997).
 *
 * Directions. Each group has a clock for reads and one for writes. Where a total limit of the group
 * or of one above it is in force, both directions compete for the same thing: then a request of one
 * is charged to both clocks alike, and the two are one. The exception is a direction that cannot
 * move because a limit of its own holds it up: its clock stands still, so that those who wait for
 * that limit neither gain nor lose.
 *
 * Limits below. A child group that its own limits hold up is in no line: it has an alarm in its
 * parent for the time at which that changes.
 *
 * Limits above. Where one direction cannot move because of a limit above a group with a total, the
 * other one would go each time the total permits, and the first would find the total reached each
 * time the limit above permits. Therefore the group owes it a request: it may stand in its parent's
 * line, and go, although the total is reached. The total is charged, so the other one pays.
 */
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/container_of.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "rotation.h"

/*
 * Virtual time: one request, or one byte, of a member of weight 1. No cost is above 2^56, so no two
 * keys in a line are further apart than 2^62.
 */
#define REQUEST_COST	BIT_ULL(40)
#define BYTE_COST	BIT_ULL(24)

#define EPOCH_SHIFT	62

#define BOTH		(BIT(THR_READ) | BIT(THR_WRITE))

static bool is_in_line(const struct thr_turn *turn)
{
	return turn->entry.pin;
}

static unsigned int dirs_in_line(const struct thr_share *share)
{
	return is_in_line(&share->turn[THR_READ]) << THR_READ |
	       is_in_line(&share->turn[THR_WRITE]) << THR_WRITE;
}

static struct thr_share *share_of(struct thr_entry *entry, enum thr_dir dir)
{
	return container_of(entry, struct thr_share, turn[dir].entry);
}

static void advance(struct thr_clock *clock, u64 by)
{
	u64 then = clock->now;

	clock->now += by;
	clock->epoch += (clock->now >> EPOCH_SHIFT) != (then >> EPOCH_SHIFT);
}

/* How far a member's next request is in the future. */
static u64 distance(const struct thr_share *share, enum thr_dir dir)
{
	const struct thr_clock *clock = &share->group->clock[dir];
	const struct thr_turn *turn = &share->turn[dir];

	/* So old that its difference says nothing any more */
	if (clock->epoch - turn->epoch > 1 || !thr_later(turn->entry.key, clock->now))
		return 0;
	return turn->entry.key - clock->now;
}

static void set_start(struct thr_share *share, enum thr_dir dir, u64 distance)
{
	const struct thr_clock *clock = &share->group->clock[dir];

	share->turn[dir].entry.key = clock->now + distance;
	share->turn[dir].epoch = clock->epoch;
}

static void step_out(struct thr_share *share, enum thr_dir dir)
{
	struct thr_turn *turn = &share->turn[dir];

	if (!is_in_line(turn))
		return;
	thr_heap_remove(&turn->entry);
	turn->epoch = share->group->clock[dir].epoch;
}

static void line_up(struct thr_share *share, enum thr_dir dir)
{
	struct thr_rotation *group = share->group;

	if (is_in_line(&share->turn[dir]))
		return;
	set_start(share, dir, distance(share, dir));
	share->turn[dir].entry.seq = group->seq++;
	thr_heap_add(&group->line[dir], &share->turn[dir].entry);
}

static void empty(struct thr_queue *queue)
{
	queue->first = NULL;
	queue->end = &queue->first;
	queue->nr_waiting = 0;
}

/**
 * thr_share_init - a member of nothing that has nothing waiting
 * @share: its place
 * @weight: THR_WEIGHT_MIN to THR_WEIGHT_MAX
 */
void thr_share_init(struct thr_share *share, u32 weight)
{
	memset(share, 0, sizeof(*share));
	share->weight = weight;
	share->last = THR_WRITE;
	empty(&share->queue[THR_READ]);
	empty(&share->queue[THR_WRITE]);
}

/**
 * thr_rotation_init - a group without limits, members and parent
 * @rotation: group
 */
void thr_rotation_init(struct thr_rotation *rotation)
{
	struct thr_limits none;

	memset(rotation, 0, sizeof(*rotation));
	thr_limits_init(&none);
	thr_meter_set(&rotation->meter, &none);
}

/* Bring a group's place in its parent up to date: is it in line, and when may that change? */
static void settle_one(struct thr_rotation *group, u64 now)
{
	struct thr_share *up = group->up;
	u64 wake = group->alarms ? group->alarms->key : THR_NEVER;
	unsigned int dir;

	for (dir = 0; dir < THR_DIRS; dir++) {
		u64 wait = 0;

		if (!group->line[dir])
			group->owed[dir] = false;
		else if (!group->owed[dir])
			wait = thr_meter_wait(&group->meter, dir, now);
		if (wait)
			wake = min(wake, now + wait);
		if (group->line[dir] && !wait)
			line_up(up, dir);
		else
			step_out(up, dir);
	}
	if (group->alarm.pin)
		thr_heap_remove(&group->alarm);
	if (wake != THR_NEVER) {
		group->alarm.key = wake;
		thr_heap_add(&up->group->alarms, &group->alarm);
	}
}

/* The same for all groups from this one up. */
static void settle(struct thr_rotation *group, u64 now)
{
	for (; group->up; group = group->up->group)
		settle_one(group, now);
}

/* Look again at child groups whose alarms are due. The tree's depth bounds the recursion. */
static void ring(struct thr_rotation *group, u64 now)
{
	while (group->alarms && !thr_later(group->alarms->key, now)) {
		struct thr_rotation *child =
			container_of(group->alarms, struct thr_rotation, alarm);

		ring(child, now);
		settle_one(child, now);
	}
}

/**
 * thr_rotation_join - make a disk or a group a member
 * @rotation: group
 * @share: the member's place; of nothing so far. A group may bring requests that wait in it
 * @now: ns
 */
void thr_rotation_join(struct thr_rotation *rotation, struct thr_share *share, u64 now)
{
	share->group = rotation;
	set_start(share, THR_READ, 0);
	set_start(share, THR_WRITE, 0);
	if (share->child) {
		share->child->up = share;
		settle(share->child, now);
	}
}

/**
 * thr_rotation_leave - end a membership
 * @share: the place of a group, or of a disk with nothing waiting
 * @now: ns
 */
void thr_rotation_leave(struct thr_share *share, u64 now)
{
	struct thr_rotation *group = share->group;

	step_out(share, THR_READ);
	step_out(share, THR_WRITE);
	if (share->child) {
		if (share->child->alarm.pin)
			thr_heap_remove(&share->child->alarm);
		share->child->up = NULL;
	}
	share->group = NULL;
	settle(group, now);
}

/**
 * thr_rotation_set_limits - put a configuration in force
 * @rotation: group
 * @limits: a valid configuration
 * @now: ns
 *
 * Buckets are emptied.
 */
void thr_rotation_set_limits(struct thr_rotation *rotation, const struct thr_limits *limits,
			     u64 now)
{
	thr_meter_set(&rotation->meter, limits);
	rotation->owed[THR_READ] = false;
	rotation->owed[THR_WRITE] = false;
	settle(rotation, now);
}

/**
 * thr_rotation_set_fairness - what members get equal parts of
 * @rotation: group
 * @by_bytes: of bytes, not of requests
 *
 * Distances in the old measure say nothing in the new one, so all start at the present, in the
 * order in which they stood.
 */
void thr_rotation_set_fairness(struct thr_rotation *rotation, bool by_bytes)
{
	unsigned int dir;

	if (rotation->by_bytes == by_bytes)
		return;
	rotation->by_bytes = by_bytes;
	for (dir = 0; dir < THR_DIRS; dir++) {
		struct thr_entry *list = NULL, **end = &list, *entry;

		/* For those who are not in line */
		rotation->clock[dir].epoch += 2;
		while ((entry = rotation->line[dir])) {
			thr_heap_remove(entry);
			*end = entry;
			end = &entry->left;
		}
		*end = NULL;
		while ((entry = list)) {
			list = entry->left;
			line_up(share_of(entry, dir), dir);
		}
	}
}

/**
 * thr_share_set_weight - change a member's part
 * @share: its place, in a group or not
 * @weight: THR_WEIGHT_MIN to THR_WEIGHT_MAX
 *
 * What it has had already counts by its new weight, so that it does not wait longer than that says.
 */
void thr_share_set_weight(struct thr_share *share, u32 weight)
{
	unsigned int dir;

	for (dir = 0; dir < THR_DIRS && share->group; dir++) {
		bool was_in_line = is_in_line(&share->turn[dir]);
		u64 left = distance(share, dir);

		step_out(share, dir);
		set_start(share, dir, mul_u64_u64_div_u64(left, share->weight, weight));
		if (was_in_line)
			line_up(share, dir);
	}
	share->weight = weight;
}

static u64 virtual_cost(const struct thr_rotation *group, u32 weight, u32 bytes)
{
	u64 cost = REQUEST_COST;

	if (group->by_bytes)
		cost = max(bytes, (u32)THR_TURN_BYTES) * BYTE_COST;
	return div64_u64(cost, weight);
}

static void append(struct thr_share *share, struct thr_waiter *waiter, u64 now)
{
	struct thr_queue *queue = &share->queue[waiter->dir];

	waiter->next = NULL;
	*queue->end = waiter;
	queue->end = &waiter->next;
	if (queue->nr_waiting++)
		return;
	line_up(share, waiter->dir);
	settle(share->group, now);
}

/*
 * May a request of a direction go, as far as this group and those above it are concerned?
 *
 * Return: the group without a parent; NULL: it may not.
 */
static struct thr_rotation *open_root(struct thr_rotation *group, enum thr_dir dir, u64 now)
{
	while (thr_meter_open(&group->meter, dir, now)) {
		if (!group->up)
			return group;
		group = group->up->group;
	}
	return NULL;
}

/* Inline for a tree's requests that need not wait */
static __always_inline void charge_up(struct thr_rotation *group, enum thr_dir dir, u32 bytes,
				      u64 now)
{
	for (;;) {
		thr_meter_pour(&group->meter, dir, bytes, now);
		if (!group->up)
			break;
		group = group->up->group;
	}
}

/* A newcomer may not overtake: those of its own queue, or any whose time has come. */
static bool must_queue(struct thr_rotation *root, const struct thr_share *share, enum thr_dir dir,
		       u64 now)
{
	ring(root, now);
	return share->queue[dir].first ||
	       (root->line[THR_READ] && thr_meter_open(&root->meter, THR_READ, now)) ||
	       (root->line[THR_WRITE] && thr_meter_open(&root->meter, THR_WRITE, now));
}

/**
 * thr_rotation_arrive - a request arrives: does it go, or wait?
 * @share: its disk's, in a group
 * @waiter: the request; appended to the disk's queue if it has to wait, charged if not
 * @now: ns
 *
 * Return: true when it goes at once.
 */
bool thr_rotation_arrive(struct thr_share *share, struct thr_waiter *waiter, u64 now)
{
	struct thr_rotation *group = share->group, *root;
	enum thr_dir dir = waiter->dir;
	bool idle;

	root = open_root(group, dir, now);
	idle = root && thr_rotation_idle(root);
	if (!root || (!idle && must_queue(root, share, dir, now))) {
		append(share, waiter, now);
		return false;
	}
	charge_up(group, dir, waiter->bytes, now);
	/* Others may have to wait for longer now. */
	if (unlikely(!idle))
		settle(group, now);
	return true;
}

/* Of the first in both lines, the one that is nearer; of equals, who came first. */
static enum thr_dir nearer(struct thr_rotation *group)
{
	struct thr_entry *read = group->line[THR_READ], *write = group->line[THR_WRITE];
	u64 left[] = { read->key - group->clock[THR_READ].now,
		       write->key - group->clock[THR_WRITE].now };

	if (left[THR_READ] == left[THR_WRITE])
		return thr_later(read->seq, write->seq) ? THR_WRITE : THR_READ;
	return thr_later(left[THR_READ], left[THR_WRITE]) ? THR_WRITE : THR_READ;
}

/*
 * Whom does a group serve, in one of @dirs? @dirs becomes those that are left to choose from.
 * @total: both directions compete
 */
static struct thr_share *choose(struct thr_rotation *group, unsigned int *dirs, bool total, u64 now)
{
	struct thr_share *share;
	enum thr_dir dir;

	group->together = total && !((!!group->line[THR_READ] << THR_READ |
				      !!group->line[THR_WRITE] << THR_WRITE) & ~*dirs);
	group->lends = false;
	if (*dirs != BOTH) {
		dir = *dirs == BIT(THR_WRITE) ? THR_WRITE : THR_READ;
		group->lends = group->meter.total && group->line[!dir] &&
			       thr_meter_open(&group->meter, !dir, now);
	} else if (total) {
		dir = nearer(group);
	} else {
		dir = !group->last;
	}
	share = share_of(group->line[dir], dir);
	/*
	 * Without a total the directions have nothing to do with each other: the other one is left
	 * to a child group only if it is the child's turn there, too.
	 */
	if (total || (share->child && group->line[!dir] == &share->turn[!dir].entry))
		*dirs &= dirs_in_line(share);
	else
		*dirs = BIT(dir);
	return share;
}

/* The other direction was served, for which the clock has moved on @by. Whose turn was it? */
static void lend(struct thr_rotation *group, enum thr_dir dir, u64 by)
{
	u64 left = group->line[dir]->key - group->clock[dir].now;

	if (left <= by)
		group->owed[dir] = true;
	advance(&group->clock[dir], min(left, by));
}

/* A member was served: move its start, and its group's clock, on. It steps out of line. */
static void account(struct thr_share *share, enum thr_dir dir, u32 bytes)
{
	struct thr_rotation *group = share->group;
	u64 cost = virtual_cost(group, share->weight, bytes);
	u64 left = distance(share, dir), by;

	group->last = dir;
	if (!group->together) {
		by = group->line[dir]->key - group->clock[dir].now;
		if (unlikely(group->lends))
			lend(group, !dir, by);
		step_out(share, dir);
		advance(&group->clock[dir], by);
		set_start(share, dir, left - by + cost);
		return;
	}
	by = is_in_line(&share->turn[!dir]) ? min(left, distance(share, !dir)) : left;
	for (dir = 0; dir < THR_DIRS; dir++) {
		left = distance(share, dir);
		step_out(share, dir);
		advance(&group->clock[dir], by);
		/* What it had in one direction while the other was closed is not forgotten. */
		set_start(share, dir, left > by + cost ? left - by : cost);
	}
}

static struct thr_waiter *serve(struct thr_share *share, enum thr_dir dir, u64 now)
{
	struct thr_queue *queue = &share->queue[dir];
	struct thr_waiter *waiter = queue->first;
	struct thr_rotation *group = share->group;

	queue->first = waiter->next;
	queue->nr_waiting--;
	if (!queue->first)
		empty(queue);
	share->last = dir;
	account(share, dir, waiter->bytes);
	for (dir = 0; dir < THR_DIRS; dir++)
		if (share->queue[dir].first)
			line_up(share, dir);
	for (;;) {
		thr_meter_pour(&group->meter, waiter->dir, waiter->bytes, now);
		group->owed[waiter->dir] = false;
		share = group->up;
		if (!share)
			return waiter;
		account(share, waiter->dir, waiter->bytes);
		settle_one(group, now);
		group = share->group;
	}
}

/**
 * thr_rotation_release - take the next request whose time has come
 * @root: a group without a parent
 * @now: ns
 *
 * Return: the request, charged; NULL when none may go yet.
 */
struct thr_waiter *thr_rotation_release(struct thr_rotation *root, u64 now)
{
	struct thr_rotation *group = root;
	unsigned int dirs = 0, dir;
	struct thr_share *share;
	bool total = false;

	ring(root, now);
	for (dir = 0; dir < THR_DIRS; dir++)
		if (root->line[dir] && thr_meter_open(&root->meter, dir, now))
			dirs |= BIT(dir);
	if (!dirs)
		return NULL;
	do {
		total |= group->meter.total;
		share = choose(group, &dirs, total, now);
		group = share->child;
	} while (group);
	/* The directions of a disk take turns. */
	if (dirs == BOTH)
		return serve(share, !share->last, now);
	return serve(share, dirs == BIT(THR_WRITE) ? THR_WRITE : THR_READ, now);
}

/**
 * thr_rotation_next - when to call thr_rotation_release() again
 * @root: a group without a parent
 * @now: ns
 *
 * Return: ns; THR_NEVER when nothing waits.
 */
u64 thr_rotation_next(const struct thr_rotation *root, u64 now)
{
	u64 next = root->alarms ? max(root->alarms->key, now) : THR_NEVER;
	unsigned int dir;

	for (dir = 0; dir < THR_DIRS; dir++)
		if (root->line[dir])
			next = min(next, now + thr_meter_wait(&root->meter, dir, now));
	return next;
}

/**
 * thr_rotation_withdraw - take waiting requests of one disk out of turn
 * @share: the disk's, in a group
 * @match: which of them; NULL: all
 * @data: for @match
 * @now: ns
 *
 * They are charged all the same: the others pay for those who leave.
 *
 * Return: the requests, in order of arrival within a direction, linked by next.
 */
struct thr_waiter *thr_rotation_withdraw(struct thr_share *share,
					 bool (*match)(struct thr_waiter *waiter, void *data),
					 void *data, u64 now)
{
	struct thr_waiter *out = NULL, **out_end = &out;
	unsigned int dir;

	for (dir = 0; dir < THR_DIRS; dir++) {
		struct thr_queue *queue = &share->queue[dir];
		struct thr_waiter **link = &queue->first, *waiter;

		while ((waiter = *link)) {
			if (match && !match(waiter, data)) {
				link = &waiter->next;
				continue;
			}
			*link = waiter->next;
			queue->nr_waiting--;
			*out_end = waiter;
			out_end = &waiter->next;
			charge_up(share->group, dir, waiter->bytes, now);
		}
		queue->end = link;
		if (!queue->first)
			step_out(share, dir);
	}
	*out_end = NULL;
	settle(share->group, now);
	return out;
}
