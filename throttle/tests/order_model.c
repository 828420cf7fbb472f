// SPDX-License-Identifier: GPL-2.0
/*
 * Whom rotation.c serves, on random trees of three levels, against what Documentation/throttle.md
 * promises. Pure; include it after bucket.c, heap.c and rotation.c.
 *
 * Disks and groups come, go, move, starve, change their weights and their groups' fairness and
 * limits, with requests of 0 to 4 GiB. Two kinds of trees take turns:
 * - one total limit, at the root. Here the order itself is compared with a plain model of
 *   start-time fair queueing that keeps virtual times in 128 bits, so they never wrap, looks
 *   through all members in turn and knows no directions; and the wait of every request with the
 *   bound for all levels together;
 * - any limits at any level. Here whom a group owes a request, because it was next but held up from
 *   above, is kept account of, and compared: nothing else may pass a limit that is reached.
 * In both what each member is passed over by is counted and compared with the closed form of the
 * bound, at every level; no request may pass a limit that is reached, nor wait when none is.
 */
#define DISKS		12
#define GROUPS		5
#define NODES		(GROUPS + DISKS)
#define REQUESTS	6
#define STEPS_PER_TREE	20000

/* What the others were served while a member could have been: in all, and the largest request. */
struct row {
	u64 sum[NODES];
	u64 most[NODES];
};

/* Groups come first; 0 is the root. Of a disk: queued, first_since, passed_by. */
struct model {
	__uint128_t start;	/* virtual time at which its next request starts */
	__uint128_t now;	/* a group's virtual time */
	struct row row[THR_DIRS];
	u64 size;		/* of its last, or largest, request, as its group counts */
	u64 waiting;
	u64 queued[THR_DIRS];
	u64 first_since[THR_DIRS];	/* how many requests had been served */
	u64 passed_by[THR_DIRS];	/* its own requests of the other direction */
	int parent;
	bool total;		/* a group's: a total limit of it or above */
	bool open[THR_DIRS];	/* a group's: no limit of it or above is reached */
	bool owes[THR_DIRS];	/* a group's: one may go although limits of it are reached */
	bool lent;		/* a group's: its last request went with its limits reached */
	bool can[THR_DIRS];	/* something in it may go as far as limits below its group say */
};

struct request {
	struct thr_waiter waiter;
	bool waits;
};

static struct thr_rotation rotation[GROUPS];
static struct thr_share up[GROUPS], disk[DISKS];
static struct request request[DISKS][REQUESTS];
static struct model model[NODES];
static u64 random_state, served, went_at_once;
static bool plain;		/* the first kind of tree */
static unsigned int change_in;	/* one step in so many is a change; 0: none */
static const char *wrong;

static bool expect(bool condition, const char *otherwise)
{
	if (!condition && !wrong)
		wrong = otherwise;
	return condition;
}

static u64 below(u64 n)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 8) % n;
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

/* What a request is, as a group counts */
static u64 size_in(int group, u32 bytes)
{
	if (!rotation[group].by_bytes)
		return 1;
	return bytes < THR_TURN_BYTES ? THR_TURN_BYTES : bytes;
}

static u64 cost_of(int i, u32 bytes)
{
	int group = model[i].parent;

	return (size_in(group, bytes) << (rotation[group].by_bytes ? 24 : 40)) /
	       share_at(i)->weight;
}

/* Here the bound starts anew: for what a member is passed over by, and for what it passes over. */
static void start_anew(int i)
{
	int k;

	memset(model[i].row, 0, sizeof(model[i].row));
	for (k = 0; k < NODES; k++) {
		model[k].row[THR_READ].sum[i] = 0;
		model[k].row[THR_WRITE].sum[i] = 0;
		model[k].row[THR_READ].most[i] = 0;
		model[k].row[THR_WRITE].most[i] = 0;
	}
	for (k = GROUPS; k < NODES; k++) {
		model[k].first_since[THR_READ] = served;
		model[k].first_since[THR_WRITE] = served;
	}
}

/* @i has @by requests more; so have those above it. Who had none starts at the present. */
static void wait_for_turn(int i, s64 by)
{
	for (; i; i = model[i].parent) {
		struct model *n = &model[i];

		if (!n->waiting && by > 0 && n->start < model[n->parent].now)
			n->start = model[n->parent].now;
		n->waiting += by;
	}
	model[0].waiting += by;
}

static void join(int i, int parent, u64 now)
{
	thr_rotation_join(&rotation[parent], share_at(i), now);
	model[i].parent = parent;
	model[i].start = model[parent].now;
	model[i].size = 0;
	start_anew(i);
}

static void set_limits(int group, u64 now)
{
	struct thr_limits limits;
	u64 rate[THR_LIMITS];
	int i;

	thr_limits_init(&limits);
	if (plain) {
		limits.limit[THR_IOPS_TOTAL].avg = group ? 0 : 10;
	} else {
		for (i = 0; i < THR_LIMITS; i++) {
			rate[i] = i < THR_IOPS_TOTAL ? 1000000000 : 10;
			rate[i] = below(3) ? 0 : rate[i] << below(6);
		}
		for (i = 0; i < THR_LIMITS; i++)
			if (i % 3 == 0 || !rate[i - i % 3])
				limits.limit[i].avg = rate[i];
	}
	thr_rotation_set_limits(&rotation[group], &limits, now);
	model[group].owes[THR_READ] = false;
	model[group].owes[THR_WRITE] = false;
	for (i = 0; i < GROUPS; i++)
		model[i].total = rotation[i].meter.total || (i && model[model[i].parent].total);
	for (i = 0; i < NODES; i++)
		start_anew(i);
}

static void make_tree(u64 now)
{
	static const unsigned int changes[] = { 0, 5000, 50 };
	int i, k;

	plain = below(2);
	change_in = changes[below(3)];
	memset(model, 0, sizeof(model));
	memset(request, 0, sizeof(request));
	for (i = 0; i < GROUPS; i++) {
		thr_rotation_init(&rotation[i]);
		/* Anywhere, also just before it wraps */
		for (k = 0; k < THR_DIRS; k++)
			if (!k || !plain)
				rotation[i].clock[k].now = below(2) ? -(1ULL << (30 + below(20))) :
								      below(1ULL << 55) << 8;
			else
				rotation[i].clock[k].now = rotation[i].clock[0].now;
		rotation[i].by_bytes = !below(3);
		thr_share_init(&up[i], random_weight());
		up[i].child = &rotation[i];
		/* 1 and 2 under the root; 3 and 4 under one of those: three levels */
		if (i)
			join(i, i < 3 ? 0 : 1 + below(2), now);
	}
	for (i = GROUPS; i < NODES; i++) {
		thr_share_init(share_at(i), random_weight());
		join(i, below(GROUPS), now);
	}
	for (i = 0; i < GROUPS; i++)
		set_limits(i, now);
}

/* Has a group no objection? It may owe a request to one direction. */
static bool permits(int group, enum thr_dir dir, u64 now)
{
	return model[group].owes[dir] || thr_meter_open(&rotation[group].meter, dir, now);
}

/* Who may go, as far as limits say? */
static void look(u64 now)
{
	unsigned int dir;
	int i;

	for (dir = 0; dir < THR_DIRS; dir++) {
		for (i = 0; i < NODES; i++) {
			model[i].can[dir] = model[i].queued[dir];
			if (i < GROUPS)
				model[i].open[dir] =
					permits(i, dir, now) &&
					(!i || model[model[i].parent].open[dir]);
		}
		/* Children have higher numbers. */
		for (i = NODES - 1; i > 0; i--)
			if (model[i].can[dir] && permits(model[i].parent, dir, now))
				model[model[i].parent].can[dir] = true;
	}
}

/* Can something in a group go, as far as limits below it say? But for member @but */
static bool has_next(int group, enum thr_dir dir, int but)
{
	int i;

	for (i = 1; i < NODES; i++)
		if (i != but && model[i].parent == group && model[i].can[dir])
			return true;
	return false;
}

/* Where nothing is left that could go, nothing is owed. */
static void forget_debts(int group, int but)
{
	unsigned int dir;

	for (dir = 0; dir < THR_DIRS; dir++)
		if (!has_next(group, dir, but))
			model[group].owes[dir] = false;
}

static void compare_debts(u64 now)
{
	unsigned int dir;
	int i;

	look(now);
	for (i = 0; i < GROUPS; i++) {
		forget_debts(i, 0);
		for (dir = 0; dir < THR_DIRS; dir++)
			expect(rotation[i].owed[dir] == model[i].owes[dir],
			       "a group owes what it does not, or does not what it does");
	}
}

/* A group's two lines, before one of those who stand there is served */
struct lines {
	const struct thr_entry *first[THR_DIRS];
	u64 left[THR_DIRS];	/* until the turn of the first, in virtual time */
	bool free[THR_DIRS];	/* somebody could go, and no limit of the group is reached */
};

static struct lines before[GROUPS];

static void look_at_lines(u64 now)
{
	unsigned int dir;
	int i;

	for (i = 0; i < GROUPS; i++) {
		for (dir = 0; dir < THR_DIRS; dir++) {
			struct thr_entry *first = rotation[i].line[dir];

			before[i].first[dir] = first;
			before[i].left[dir] = first ? first->key - rotation[i].clock[dir].now : 0;
			before[i].free[dir] = has_next(i, dir, 0) &&
					      thr_meter_open(&rotation[i].meter, dir, now);
		}
	}
}

/*
 * Member @i, or something in it, was served. Which directions was there a choice of? A group above
 * it with a total that had no choice, although it would have had one, owes the other direction a
 * request if that was next.
 */
static unsigned int had_choice(int i, enum thr_dir dir)
{
	unsigned int dirs = model[0].can[THR_READ] << THR_READ |
			    model[0].can[THR_WRITE] << THR_WRITE;
	int group = model[i].parent;
	const struct lines *lines = &before[group];

	if (group)
		dirs = had_choice(group, dir);
	if (dirs != BOTH) {
		if (group && rotation[group].meter.total && lines->free[!dir] &&
		    lines->left[!dir] <= lines->left[dir])
			model[group].owes[!dir] = true;
		return BIT(dir);
	}
	if (!model[group].total &&
	    (i >= GROUPS || lines->first[THR_READ] != &up[i].turn[THR_READ].entry ||
	     lines->first[THR_WRITE] != &up[i].turn[THR_WRITE].entry))
		return BIT(dir);
	return model[i].can[THR_READ] << THR_READ | model[i].can[THR_WRITE] << THR_WRITE;
}

static bool could_go(int i, enum thr_dir dir)
{
	return model[i].can[dir] && model[model[i].parent].open[dir];
}

/* Is it a member of weight @own's bound that another one is served so much? */
static bool is_within_bound(const struct model *f, u32 own, u32 weight, u64 sum, u64 spare, u64 n)
{
	u64 most = n * f->size * weight;

	/* Virtual times are rounded down: a unit for each request of 512 bytes. */
	if (rotation[f->parent].by_bytes)
		most += (sum >> 9) * weight * own / BIT_ULL(24) + 1;
	return (sum - min(sum, spare)) * own <= most;
}

/* Member @f could have gone; @k did. */
static bool pass_over(int f, enum thr_dir dir, int k, u64 size)
{
	struct row *row = &model[f].row[dir];
	/* Where one direction has a limit of its own beside a total, each has its own time. */
	u64 n = !plain && model[model[f].parent].total ? 2 : 1;

	row->sum[k] += size;
	row->most[k] = max(row->most[k], size);
	return expect(is_within_bound(&model[f], share_at(f)->weight, share_at(k)->weight,
				      row->sum[k], n == 1 ? size : n * row->most[k], n),
		      "a member was passed over for longer than its share of a round says");
}

/* Disk @i was served; whoever could have been instead, at any level, counts it. */
static bool count(int i, enum thr_dir dir, u32 bytes)
{
	int at, f, group;
	unsigned int other;

	for (at = i; at; at = group) {
		u64 size = size_in(model[at].parent, bytes);
		/* Without a total at the root a direction may have been chosen up there. */
		bool free;

		group = model[at].parent;
		free = !group || model[0].total;
		for (f = 1; f < NODES; f++) {
			if (f == at || model[f].parent != group)
				continue;
			for (other = 0; other < THR_DIRS; other++) {
				if (other != dir && !model[group].total)
					continue;
				if (!could_go(f, other) || (other != dir && !free))
					memset(&model[f].row[other], 0, sizeof(struct row));
				else if (!pass_over(f, other, at, size))
					return false;
			}
		}
		memset(&model[at].row[dir], 0, sizeof(struct row));
		if (model[group].total)
			memset(&model[at].row[!dir], 0, sizeof(struct row));
		model[at].size = plain ? size : max(model[at].size, size);
		if (at != i)
			continue;
		model[i].passed_by[dir] = 0;
		if (model[group].total && free && could_go(i, !dir))
			model[i].passed_by[!dir]++;
		else
			model[i].passed_by[!dir] = 0;
		if (!expect(model[i].passed_by[!dir] <= 1, "directions did not take turns"))
			return false;
	}
	return true;
}

/* The order: at every level no member that waits may start before the one that was served. */
static bool follow(int i, u32 bytes)
{
	int k, at;

	for (at = i; at; at = model[at].parent) {
		struct model *group = &model[model[at].parent];

		for (k = 1; k < NODES; k++)
			if (k != at && model[k].parent == model[at].parent && model[k].waiting &&
			    !expect(model[k].start >= model[at].start, "the wrong one was served"))
				return false;
		group->now = model[at].start;
		model[at].start += cost_of(at, bytes);
	}
	return true;
}

/* The bound of all levels together, for the request that was first in its queue */
static bool came_in_time(int i, enum thr_dir dir)
{
	/* A disk that reads and writes takes turns. */
	u64 n = 1 + model[i].passed_by[dir], sum;
	int at, k;

	for (at = i; at; at = model[at].parent) {
		if (rotation[model[at].parent].by_bytes)
			return true;
		sum = n;
		for (k = 1; k < NODES; k++)
			if (k != at && model[k].parent == model[at].parent)
				sum += n * share_at(k)->weight / share_at(at)->weight + 1;
		n = sum;
	}
	return expect(served - model[i].first_since[dir] <= n,
		      "a request has waited for longer than all levels together say");
}

/* The groups' buckets, as they are to be after a request; looked at now and then */
static struct thr_meter meter[GROUPS];
static bool metered;

static void copy_meters(void)
{
	unsigned int dir, k;
	int i;

	metered = !below(16);
	for (i = 0; metered && i < GROUPS; i++) {
		struct thr_meter *from = &rotation[i].meter;

		meter[i] = *from;
		for (dir = 0; dir < THR_DIRS; dir++)
			for (k = 0; from->active[dir][k]; k++)
				meter[i].active[dir][k] =
					&meter[i].pot[from->active[dir][k] - from->pot];
	}
}

/* A request of disk @i went: all groups above it were charged, once, and no others. 0: none went */
static void compare_meters(int i, const struct thr_waiter *waiter, u64 now)
{
	int at;

	if (!metered)
		return;
	while (i) {
		i = model[i].parent;
		thr_meter_pour(&meter[i], waiter->dir, waiter->bytes, now);
	}
	for (at = 0; at < GROUPS; at++)
		expect(!memcmp(meter[at].pot, rotation[at].meter.pot, sizeof(meter[at].pot)),
		       "a group was charged something else than what went");
}

static void arrive(int i, u64 now)
{
	struct request *r = &request[i - GROUPS][below(REQUESTS)];
	enum thr_dir dir = below(2);
	bool passes, others;

	if (r->waits)
		return;
	r->waiter.bytes = random_size();
	r->waiter.dir = dir;
	look(now);
	others = model[0].can[THR_READ] || model[0].can[THR_WRITE];
	passes = !others && !model[i].queued[dir] && model[model[i].parent].open[dir];
	copy_meters();
	if (!expect(thr_rotation_arrive(share_at(i), &r->waiter, now) == passes,
		    "a request overtook, or waited for nothing"))
		return;
	compare_meters(passes ? i : 0, &r->waiter, now);
	if (passes) {
		went_at_once++;
		return;
	}
	r->waits = true;
	if (!model[i].queued[dir]++)
		model[i].first_since[dir] = served;
	wait_for_turn(i, 1);
}

static void release(u64 *now)
{
	u64 next = thr_rotation_next(&rotation[0], *now);
	struct thr_waiter *waiter;
	bool reached[GROUPS][THR_DIRS], known;
	struct request *r;
	enum thr_dir dir;
	int i, at;

	if (next == THR_NEVER) {
		expect(!model[0].waiting, "nobody looks after those who wait");
		return;
	}
	*now = max(next, *now);
	look(*now);
	/* Those whose alarm is due line up when one is served: too late to look at them. */
	known = !rotation[0].alarms || thr_later(rotation[0].alarms->key, *now);
	if (!known && below(2)) {
		ring(&rotation[0], *now);
		known = true;
	}
	look_at_lines(*now);
	for (i = 0; i < GROUPS; i++)
		for (at = 0; at < THR_DIRS; at++)
			reached[i][at] = !thr_meter_open(&rotation[i].meter, at, *now);
	copy_meters();
	waiter = thr_rotation_release(&rotation[0], *now);
	if (!waiter) {
		compare_meters(0, NULL, *now);
		expect(!model[0].can[THR_READ] && !model[0].can[THR_WRITE],
		       "nobody was served although one could be");
		expect(thr_rotation_next(&rotation[0], *now) > *now, "time stands still");
		return;
	}
	r = container_of(waiter, struct request, waiter);
	dir = waiter->dir;
	i = GROUPS + (r - request[0]) / REQUESTS;
	served++;
	compare_meters(i, waiter, *now);
	expect(could_go(i, dir), "a limit was not kept");
	for (at = model[i].parent;; at = model[at].parent) {
		expect(!reached[at][dir] || (at && !model[at].lent), "a limit was passed twice");
		model[at].lent = reached[at][dir];
		if (!at)
			break;
	}
	if (plain && !(came_in_time(i, dir) && follow(i, waiter->bytes)))
		return;
	if (!count(i, dir, waiter->bytes))
		return;
	if (known)
		had_choice(i, dir);
	for (at = model[i].parent;; at = model[at].parent) {
		model[at].owes[dir] = false;
		if (!known)
			model[at].owes[!dir] = rotation[at].owed[!dir];
		if (!at)
			break;
	}
	r->waits = false;
	model[i].queued[dir]--;
	model[i].first_since[dir] = served;
	model[0].waiting--;
	/* Who still waits keeps its start; who does not, too. */
	for (at = i; at; at = model[at].parent)
		model[at].waiting--;
}

static void move_disk(int i, u64 now)
{
	struct thr_waiter *waiter = thr_rotation_withdraw(share_at(i), NULL, NULL, now);

	for (; waiter; waiter = waiter->next) {
		container_of(waiter, struct request, waiter)->waits = false;
		model[i].queued[waiter->dir]--;
		wait_for_turn(i, -1);
	}
	thr_rotation_leave(share_at(i), now);
	join(i, below(GROUPS), now);
}

static void move_group(int i, u64 now)
{
	u64 waiting = model[i].waiting;
	int k;

	wait_for_turn(i, -waiting);
	thr_rotation_leave(&up[i], now);
	look(now);
	forget_debts(model[i].parent, i);
	join(i, 1 + below(2), now);
	wait_for_turn(i, waiting);
	model[i].total = rotation[i].meter.total || model[model[i].parent].total;
	for (k = 1; k < NODES; k++)
		if (model[k].parent == i)
			start_anew(k);
}

static void reweigh(int i)
{
	struct model *n = &model[i], *group = &model[n->parent];
	struct thr_share *share = share_at(i);
	u32 weight = random_weight();

	if (n->start > group->now)
		n->start = group->now +
			   mul_u64_u64_div_u64(n->start - group->now, share->weight, weight);
	thr_share_set_weight(share, weight);
	start_anew(i);
}

static void change_fairness(int group)
{
	int k;

	for (k = 1; k < NODES; k++) {
		if (model[k].parent != group)
			continue;
		model[k].start = model[group].now;
		model[k].size = 0;
		start_anew(k);
	}
	thr_rotation_set_fairness(&rotation[group], !rotation[group].by_bytes);
}

static void change(u64 now)
{
	switch (below(plain ? 4 : 5)) {
	case 0:
		return move_disk(GROUPS + below(DISKS), now);
	case 1:
		return move_group(3 + below(2), now);
	case 2:
		return reweigh(1 + below(NODES - 1));
	case 3:
		return change_fairness(below(GROUPS));
	case 4:
		return set_limits(below(GROUPS), now);
	}
}

static void step(u64 *now)
{
	if (change_in && !below(change_in))
		change(*now);
	/* The timer may be late. */
	if (!below(8))
		*now += below(1ULL << below(30));
	if (below(2))
		release(now);
	else /* Some starve: they come rarely. */
		arrive(GROUPS + (below(8) ? below(DISKS / 2) : below(DISKS)), *now);
	compare_debts(*now);
}

/**
 * order_run - random steps
 * @steps: how many
 * @seed: of the random numbers
 * @at: set to the step at which something went wrong
 *
 * Return: what went wrong; NULL: nothing.
 */
static const char *order_run(u64 steps, u64 seed, u64 *at)
{
	u64 now = 0;

	random_state = seed * 0x9e3779b97f4a7c15ULL | 1;
	wrong = NULL;
	served = 0;
	went_at_once = 0;
	for (*at = 0; *at < steps && !wrong; ++*at) {
		if (*at % STEPS_PER_TREE == 0)
			make_tree(now = THR_NANO);
		step(&now);
	}
	return wrong;
}
