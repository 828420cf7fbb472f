// SPDX-License-Identifier: GPL-2.0
/*
 * order [steps [seed]]: whom throttle/rotation.c serves, against a plain model of start-time fair
 * queueing.
 *
 * Random trees of three levels under one total limit; disks and groups that come, go, move, starve,
 * change their weights and their groups' fairness, with requests of 0 to 4 GiB. The model keeps
 * virtual times in 128 bits, so they never wrap, looks through all members in turn, and has one
 * time a member, whatever the direction. At every level no member that waits may start before the
 * one that was served. Exits 1 when one does.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../../throttle/bucket.c"
#include "../../../throttle/heap.c"
#include "../../../throttle/rotation.c"

#define DISKS		12
#define GROUPS		5
#define DEPTH		6
#define STEPS_PER_TREE	20000

struct model {
	__uint128_t start, now; /* of the member; of the group that it is */
	u64 waiting;
	int parent;
};

struct request {
	struct thr_waiter waiter;
	bool waits;
};

static struct thr_rotation rotation[GROUPS];
static struct thr_share up[GROUPS], disk[DISKS];
static struct request request[DISKS][DEPTH];
static struct model model[GROUPS + DISKS]; /* groups first; 0 is the root */
static u64 state, served, passed;

static u64 below(u64 n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (state >> 8) % n;
}

static struct thr_share *share_at(int i)
{
	return i < GROUPS ? &up[i] : &disk[i - GROUPS];
}

static u32 random_weight(void)
{
	return below(2) ? 1 + below(4) : 1 + below(THR_WEIGHT_MAX);
}

static u32 random_size(void)
{
	static const u32 size[] = { 0, 512, 4096, 262144, 0xffffffff };

	return below(4) ? size[below(5)] : below(1ULL << 32);
}

static __uint128_t model_cost(int i, u32 bytes)
{
	u64 cost = 1ULL << 40;

	if (rotation[model[i].parent].by_bytes)
		cost = (u64)(bytes < 512 ? 512 : bytes) << 24;
	return cost / share_at(i)->weight;
}

/* @i has @by requests more; so have those above it. Who had none starts at the present. */
static void model_wait(int i, s64 by)
{
	for (; i; i = model[i].parent) {
		struct model *m = &model[i];

		if (!m->waiting && by > 0 && m->start < model[m->parent].now)
			m->start = model[m->parent].now;
		m->waiting += by;
	}
}

static void model_join(int i, int parent)
{
	model[i].parent = parent;
	model[i].start = model[parent].now;
}

/* Is it right that disk @i was served? */
static bool model_serve(int i, u32 bytes)
{
	int k, at;

	for (at = i; at; at = model[at].parent)
		for (k = 1; k < GROUPS + DISKS; k++)
			if (k != at && model[k].parent == model[at].parent && model[k].waiting &&
			    model[k].start < model[at].start)
				return false;
	for (at = i; at; at = model[at].parent) {
		model[model[at].parent].now = model[at].start;
		model[at].start += model_cost(at, bytes);
	}
	/* Who still waits keeps its start; who does not, too. */
	for (at = i; at; at = model[at].parent)
		model[at].waiting--;
	return true;
}

static void make_tree(u64 now)
{
	struct thr_limits limits;
	int i, parent;

	thr_limits_init(&limits);
	limits.limit[THR_IOPS_TOTAL].avg = 10;
	for (i = 0; i < GROUPS; i++) {
		thr_rotation_init(&rotation[i]);
		/* Anywhere, also just before it wraps */
		rotation[i].clock[0].now =
			below(2) ? -(1ULL << (30 + below(20))) : below(1ULL << 55) << 8;
		rotation[i].clock[1].now = rotation[i].clock[0].now;
		rotation[i].by_bytes = below(2);
		thr_share_init(&up[i], random_weight());
		up[i].child = &rotation[i];
		model[i] = (struct model){ 0 };
		/* 1 and 2 under the root; 3 and 4 under one of those: three levels */
		if (i) {
			parent = i < 3 ? 0 : 1 + below(2);
			thr_rotation_join(&rotation[parent], &up[i], now);
			model_join(i, parent);
		}
	}
	thr_rotation_set_limits(&rotation[0], &limits, now);
	for (i = 0; i < DISKS; i++) {
		thr_share_init(&disk[i], random_weight());
		parent = below(GROUPS);
		thr_rotation_join(&rotation[parent], &disk[i], now);
		model[GROUPS + i] = (struct model){ 0 };
		model_join(GROUPS + i, parent);
		for (parent = 0; parent < DEPTH; parent++)
			request[i][parent].waits = false;
	}
}

static void arrive(int i, u64 now)
{
	struct request *r = &request[i][below(DEPTH)];

	if (r->waits)
		return;
	r->waiter.bytes = random_size();
	r->waiter.dir = below(2);
	if (thr_rotation_arrive(&disk[i], &r->waiter, now)) {
		passed++;
		return;
	}
	r->waits = true;
	model_wait(GROUPS + i, 1);
}

static bool release(u64 *now)
{
	u64 next = thr_rotation_next(&rotation[0], *now);
	struct thr_waiter *waiter;
	struct request *r;
	int i;

	if (next == THR_NEVER)
		return !model[1].waiting && !model[2].waiting;
	*now = max(next, *now);
	waiter = thr_rotation_release(&rotation[0], *now);
	if (!waiter)
		return false;
	r = container_of(waiter, struct request, waiter);
	i = (r - request[0]) / DEPTH;
	r->waits = false;
	served++;
	return model_serve(GROUPS + i, waiter->bytes);
}

static void move_disk(int i, u64 now)
{
	struct thr_waiter *waiter = thr_rotation_withdraw(&disk[i], NULL, NULL, now);
	int parent = below(GROUPS);

	for (; waiter; waiter = waiter->next) {
		container_of(waiter, struct request, waiter)->waits = false;
		model_wait(GROUPS + i, -1);
	}
	thr_rotation_leave(&disk[i], now);
	thr_rotation_join(&rotation[parent], &disk[i], now);
	model_join(GROUPS + i, parent);
}

static void move_group(int i, u64 now)
{
	u64 waiting = model[i].waiting;
	int parent = 1 + below(2);

	model_wait(i, -waiting);
	thr_rotation_leave(&up[i], now);
	thr_rotation_join(&rotation[parent], &up[i], now);
	model_join(i, parent);
	model_wait(i, waiting);
}

static void reweigh(int i)
{
	struct thr_share *share = share_at(i);
	struct model *m = &model[i], *p = &model[m->parent];
	u32 weight = random_weight();

	if (m->start > p->now)
		m->start = p->now + (m->start - p->now) * share->weight / weight;
	thr_share_set_weight(share, weight);
}

static void change_fairness(int i)
{
	int k;

	for (k = 1; k < GROUPS + DISKS; k++)
		if (model[k].parent == i)
			model[k].start = model[i].now;
	thr_rotation_set_fairness(&rotation[i], !rotation[i].by_bytes);
}

static bool step(u64 *now)
{
	switch (below(200)) {
	case 0:
		move_disk(below(DISKS), *now);
		return true;
	case 1:
		move_group(3 + below(2), *now);
		return true;
	case 2:
		reweigh(1 + below(GROUPS + DISKS - 1));
		return true;
	case 3:
		change_fairness(below(GROUPS));
		return true;
	}
	if (below(2))
		return release(now);
	/* Some starve: they come rarely. */
	arrive(below(8) ? below(DISKS / 2) : below(DISKS), *now);
	return true;
}

int main(int argc, char **argv)
{
	u64 steps = argc > 1 ? strtoull(argv[1], NULL, 0) : 10000000;
	u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1, done, now = 0;

	state = seed * 0x9e3779b97f4a7c15ULL | 1;
	for (done = 0; done < steps; done++) {
		if (done % STEPS_PER_TREE == 0)
			make_tree(now = THR_NANO);
		if (!step(&now)) {
			printf("seed %llu step %llu: the wrong one was served\n",
			       (unsigned long long)seed, (unsigned long long)done);
			return 1;
		}
	}
	printf("%llu steps (seed %llu): %llu requests served in turn, %llu at once\n",
	       (unsigned long long)done, (unsigned long long)seed, (unsigned long long)served,
	       (unsigned long long)passed);
	return 0;
}
