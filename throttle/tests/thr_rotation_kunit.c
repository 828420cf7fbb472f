// SPDX-License-Identifier: GPL-2.0
/* The order in which waiting requests go, in virtual time: closed loops of requests over a group.
 */
#include <kunit/test.h>

#include "../bucket.c"
#include "../heap.c"
#include "../rotation.c"

#define NS		THR_NANO
#define MEMBERS		8
#define DEPTH		16
#define SERVICE_NS	50000

struct request {
	struct thr_waiter waiter;
	unsigned int member;
	u64 back_at;		/* when the device has done it; 0: it waits */
};

/* A group whose members keep a fixed number of requests going, on a device that takes 50 µs. */
struct loop {
	struct thr_rotation rotation;
	struct thr_share share[MEMBERS];
	struct request request[MEMBERS * DEPTH];
	unsigned int requests;
	u64 done[MEMBERS][THR_DIRS];
	u64 bytes[MEMBERS];
};

static struct loop *new_loop(struct kunit *test, u64 iops_total, u64 bps_total)
{
	struct loop *loop = kunit_kzalloc(test, sizeof(*loop), GFP_KERNEL);
	struct thr_limits limits;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, loop);
	thr_rotation_init(&loop->rotation);
	thr_limits_init(&limits);
	limits.limit[THR_IOPS_TOTAL].avg = iops_total;
	limits.limit[THR_BPS_TOTAL].avg = bps_total;
	thr_meter_set(&loop->rotation.meter, &limits);
	for (i = 0; i < MEMBERS; i++) {
		thr_share_init(&loop->share[i], THR_WEIGHT_DEFAULT);
		thr_rotation_join(&loop->rotation, &loop->share[i], NS);
	}
	return loop;
}

static void add(struct loop *loop, unsigned int member, unsigned int depth, enum thr_dir dir,
		u32 bytes)
{
	while (depth--) {
		struct request *request = &loop->request[loop->requests++];

		request->waiter.dir = dir;
		request->waiter.bytes = bytes;
		request->member = member;
		request->back_at = NS;
	}
}

static void gone(struct loop *loop, struct request *request, u64 now)
{
	loop->done[request->member][request->waiter.dir]++;
	loop->bytes[request->member] += request->waiter.bytes;
	request->back_at = now + SERVICE_NS;
}

/* The next event is a release or a completion. Returns the time of the first left undone. */
static u64 run_on(struct loop *loop, u64 now, u64 end)
{
	while (now < end) {
		struct thr_waiter *waiter;
		u64 next = THR_NEVER;
		unsigned int i;

		while ((waiter = thr_rotation_release(&loop->rotation, now)))
			gone(loop, container_of(waiter, struct request, waiter), now);
		for (i = 0; i < loop->requests; i++) {
			struct request *request = &loop->request[i];

			if (!request->back_at || request->back_at > now)
				continue;
			request->back_at = 0;
			if (thr_rotation_arrive(&loop->share[request->member],
						&request->waiter, now))
				gone(loop, request, now);
		}
		for (i = 0; i < loop->requests; i++)
			if (loop->request[i].back_at)
				next = min(next, loop->request[i].back_at);
		now = max(min(next, thr_rotation_next(&loop->rotation, now)), now);
	}
	return now;
}

static void run(struct loop *loop, u64 duration)
{
	run_on(loop, NS, NS + duration);
}

struct share_case {
	const char *name;
	unsigned int members;
	u64 iops;
	unsigned int depth[MEMBERS];
};

static const struct share_case share_cases[] = {
	{ "N3: 2 members at 1000", 2, 1000, { 1, 16 } },
	{ "N3: 2 members at 5000", 2, 5000, { 1, 16 } },
	{ "N3: 4 members at 1000", 4, 1000, { 1, 4, 8, 16 } },
	{ "N3: 4 members at 5000", 4, 5000, { 1, 4, 8, 16 } },
	{ "N3: 8 members at 1000", 8, 1000, { 1, 1, 2, 2, 4, 8, 16, 16 } },
	{ "N3: 8 members at 5000", 8, 5000, { 1, 1, 2, 2, 4, 8, 16, 16 } },
};

static void share_case_name(const struct share_case *c, char *desc)
{
	strscpy(desc, c->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(share, share_cases, share_case_name);

static void members_of_any_depth_get_equal_shares(struct kunit *test)
{
	const struct share_case *c = test->param_value;
	struct loop *loop = new_loop(test, c->iops, 0);
	u64 least = THR_NEVER, most = 0, sum = 0;
	unsigned int i;

	for (i = 0; i < c->members; i++)
		add(loop, i, c->depth[i], THR_READ, 4096);
	run(loop, 4 * NS);
	for (i = 0; i < c->members; i++) {
		least = min(least, loop->done[i][THR_READ]);
		most = max(most, loop->done[i][THR_READ]);
		sum += loop->done[i][THR_READ];
	}
	/* The first 0.1 s of a fresh limit goes to whoever comes first. */
	KUNIT_EXPECT_LE(test, most - least, c->iops / 10);
	KUNIT_EXPECT_GE(test, sum, c->iops * 41 / 10);
	KUNIT_EXPECT_LE(test, sum, c->iops * 41 / 10 + 1);
}

static void directions_alternate_under_a_total_limit(struct kunit *test)
{
	struct loop *loop = new_loop(test, 5000, 0);

	add(loop, 0, 16, THR_READ, 4096);
	add(loop, 1, 1, THR_WRITE, 4096);
	run(loop, NS);
	KUNIT_EXPECT_GE(test, loop->done[1][THR_WRITE], 2500ULL);
	KUNIT_EXPECT_GE(test, loop->done[0][THR_READ], 2500ULL);
}

static void directions_with_their_own_limits_do_not_disturb_each_other(struct kunit *test)
{
	struct loop *loop = new_loop(test, 0, 0);
	struct thr_limits limits;

	thr_limits_init(&limits);
	limits.limit[THR_IOPS_READ].avg = 1000;
	limits.limit[THR_IOPS_WRITE].avg = 200;
	thr_meter_set(&loop->rotation.meter, &limits);
	add(loop, 0, 8, THR_READ, 4096);
	add(loop, 1, 8, THR_WRITE, 4096);
	run(loop, 10 * NS);
	KUNIT_EXPECT_EQ(test, loop->done[0][THR_READ], 10 * 1000 + 100ULL);
	KUNIT_EXPECT_EQ(test, loop->done[1][THR_WRITE], 10 * 200 + 20ULL);
}

static void weights_divide_the_rate(struct kunit *test)
{
	struct loop *loop = new_loop(test, 1000, 0);

	loop->share[0].weight = 100;
	loop->share[1].weight = 300;
	loop->share[2].weight = 600;
	add(loop, 0, 16, THR_READ, 4096);
	add(loop, 1, 16, THR_READ, 4096);
	add(loop, 2, 16, THR_READ, 4096);
	run(loop, 10 * NS);
	KUNIT_EXPECT_GE(test, loop->done[0][THR_READ], 1000ULL);
	KUNIT_EXPECT_LE(test, loop->done[0][THR_READ], 1060ULL);
	KUNIT_EXPECT_GE(test, loop->done[1][THR_READ], 2990ULL);
	KUNIT_EXPECT_LE(test, loop->done[1][THR_READ], 3060ULL);
	KUNIT_EXPECT_GE(test, loop->done[2][THR_READ], 5970ULL);
}

static void fairness_by_bytes_shares_bytes_whatever_the_depth(struct kunit *test)
{
	struct loop *loop = new_loop(test, 0, 10000000);

	loop->rotation.by_bytes = true;
	add(loop, 0, 16, THR_READ, 262144);
	add(loop, 1, 2, THR_READ, 4096);
	run(loop, 10 * NS);
	KUNIT_EXPECT_LE(test, loop->bytes[0], 54000000ULL);
	KUNIT_EXPECT_GE(test, loop->bytes[1], 48000000ULL);
}

static void fairness_by_bytes_knows_weights(struct kunit *test)
{
	struct loop *loop = new_loop(test, 0, 10000000);

	loop->rotation.by_bytes = true;
	loop->share[1].weight = 300;
	add(loop, 0, 16, THR_READ, 4096);
	add(loop, 1, 16, THR_READ, 4096);
	run(loop, 10 * NS);
	KUNIT_EXPECT_GE(test, loop->bytes[0], 25000000ULL);
	KUNIT_EXPECT_LE(test, loop->bytes[0], 26000000ULL);
	KUNIT_EXPECT_GE(test, loop->bytes[1], 75000000ULL);
}

static void by_bytes_what_has_none_takes_a_sector_s_turn(struct kunit *test)
{
	struct loop *loop = new_loop(test, 180, 0);

	loop->rotation.by_bytes = true;
	add(loop, 0, 16, THR_WRITE, 0);
	add(loop, 1, 16, THR_WRITE, 8 * THR_TURN_BYTES);
	run(loop, 10 * NS);
	KUNIT_EXPECT_GE(test, loop->done[1][THR_WRITE], 200ULL);
	KUNIT_EXPECT_LE(test, loop->done[1][THR_WRITE], 220ULL);
}

static void the_directions_of_one_member_take_turns(struct kunit *test)
{
	struct loop *loop = new_loop(test, 1000, 0);

	add(loop, 0, 8, THR_READ, 4096);
	add(loop, 0, 8, THR_WRITE, 4096);
	run(loop, 10 * NS);
	KUNIT_EXPECT_GE(test, loop->done[0][THR_READ], 4990ULL);
	KUNIT_EXPECT_GE(test, loop->done[0][THR_WRITE], 4990ULL);
}

static void time_not_used_is_not_saved_up(struct kunit *test)
{
	struct loop *loop = new_loop(test, 1000, 0);
	u64 now;

	add(loop, 0, 16, THR_READ, 4096);
	now = run_on(loop, NS, 5 * NS);
	loop->done[0][THR_READ] = 0;
	add(loop, 1, 16, THR_READ, 4096);
	run_on(loop, now, now + 2 * NS);
	KUNIT_EXPECT_GE(test, loop->done[0][THR_READ], 990ULL);
	KUNIT_EXPECT_GE(test, loop->done[1][THR_READ], 990ULL);
}

/* One that is not in line when the measure changes does not wait for what it had in the old one. */
static void another_fairness_counts_for_who_comes_back(struct kunit *test)
{
	struct loop *loop = new_loop(test, 10, 0);
	u64 now = 2 * NS;
	unsigned int i;

	loop->rotation.by_bytes = true;
	add(loop, 0, 1, THR_READ, 1 << 20);
	add(loop, 1, 4, THR_READ, 4096);
	thr_meter_charge(&loop->rotation.meter, THR_READ, 0, NS);
	thr_meter_charge(&loop->rotation.meter, THR_READ, 0, NS);
	for (i = 0; i < loop->requests; i++)
		KUNIT_ASSERT_FALSE(test, thr_rotation_arrive(&loop->share[!!i],
							     &loop->request[i].waiter, NS));
	KUNIT_ASSERT_PTR_EQ(test, thr_rotation_release(&loop->rotation, now),
			    &loop->request[0].waiter);
	thr_rotation_set_fairness(&loop->rotation, false);
	KUNIT_ASSERT_FALSE(test, thr_rotation_arrive(&loop->share[0], &loop->request[0].waiter,
						     now));
	now += NS;
	KUNIT_EXPECT_PTR_EQ(test, thr_rotation_release(&loop->rotation, now),
			    &loop->request[1].waiter);
	now += NS;
	KUNIT_EXPECT_PTR_EQ(test, thr_rotation_release(&loop->rotation, now),
			    &loop->request[0].waiter);
}

static void between_two_requests_of_one_member_every_other_has_had_one(struct kunit *test)
{
	struct loop *loop = new_loop(test, 100, 0);
	u64 served[MEMBERS] = { 0 };
	struct thr_waiter *waiter;
	unsigned int i;

	for (i = 0; i < MEMBERS; i++)
		add(loop, i, DEPTH, THR_READ, 4096);
	thr_meter_charge(&loop->rotation.meter, THR_READ, 0, NS);
	for (i = 0; i < 11; i++)
		thr_meter_charge(&loop->rotation.meter, THR_READ, 0, NS);
	for (i = 0; i < loop->requests; i++)
		KUNIT_ASSERT_FALSE(test, thr_rotation_arrive(&loop->share[loop->request[i].member],
							     &loop->request[i].waiter, NS));
	for (i = 0; i < loop->requests; i++) {
		waiter = thr_rotation_release(&loop->rotation, NS * 1000 * (i + 1));
		KUNIT_ASSERT_NOT_NULL(test, waiter);
		KUNIT_EXPECT_EQ(test, container_of(waiter, struct request, waiter)->member,
				i % MEMBERS);
		served[i % MEMBERS]++;
	}
	for (i = 0; i < MEMBERS; i++)
		KUNIT_EXPECT_EQ(test, served[i], (u64)DEPTH);
}

static bool is_of_member(struct thr_waiter *waiter, void *data)
{
	return container_of(waiter, struct request, waiter)->member == *(unsigned int *)data;
}

static void who_leaves_takes_its_requests_and_the_others_pay(struct kunit *test)
{
	struct loop *loop = new_loop(test, 100, 0);
	struct thr_waiter *waiter;
	unsigned int i, taken = 0, member = 0;

	for (i = 0; i < 11; i++)
		thr_meter_charge(&loop->rotation.meter, THR_READ, 0, NS);
	add(loop, 0, 3, THR_READ, 4096);
	add(loop, 1, 2, THR_READ, 4096);
	for (i = 0; i < loop->requests; i++)
		thr_rotation_arrive(&loop->share[loop->request[i].member],
				    &loop->request[i].waiter, NS);
	for (waiter = thr_rotation_withdraw(&loop->share[0], is_of_member, &member,
					    NS);
	     waiter; waiter = waiter->next)
		KUNIT_EXPECT_PTR_EQ(test, waiter, &loop->request[taken++].waiter);
	KUNIT_EXPECT_EQ(test, taken, 3U);
	KUNIT_EXPECT_NULL(test, loop->share[0].queue[THR_READ].first);
	/* 11 charged at first, 3 on leaving: 4 above the capacity of 10. */
	KUNIT_EXPECT_EQ(test, thr_rotation_next(&loop->rotation, NS), NS + 4 * NS / 100);
	KUNIT_EXPECT_NULL(test, thr_rotation_release(&loop->rotation, NS));
	KUNIT_EXPECT_PTR_EQ(test, thr_rotation_release(&loop->rotation, NS + 4 * NS / 100),
			    &loop->request[3].waiter);
}

static void some_requests_can_be_withdrawn_from_a_queue(struct kunit *test)
{
	struct loop *loop = new_loop(test, 100, 0);
	unsigned int i, member = 1;

	for (i = 0; i < 11; i++)
		thr_meter_charge(&loop->rotation.meter, THR_WRITE, 0, NS);
	add(loop, 0, 1, THR_WRITE, 4096);
	add(loop, 1, 1, THR_WRITE, 4096);
	add(loop, 0, 1, THR_WRITE, 4096);
	add(loop, 1, 1, THR_WRITE, 4096);
	/* All wait in one share, as those of several disks do in a parent group. */
	for (i = 0; i < 4; i++)
		thr_rotation_arrive(&loop->share[0], &loop->request[i].waiter, NS);
	KUNIT_EXPECT_PTR_EQ(test,
			    thr_rotation_withdraw(&loop->share[0], is_of_member,
						  &member, NS),
			    &loop->request[1].waiter);
	KUNIT_EXPECT_EQ(test, loop->share[0].queue[THR_WRITE].nr_waiting, 2ULL);
	KUNIT_EXPECT_PTR_EQ(test, thr_rotation_release(&loop->rotation, 9 * NS),
			    &loop->request[0].waiter);
	/* The queue still takes requests at its end. */
	thr_rotation_arrive(&loop->share[0], &loop->request[3].waiter, 9 * NS);
	KUNIT_EXPECT_PTR_EQ(test, thr_rotation_release(&loop->rotation, 9 * NS),
			    &loop->request[2].waiter);
	KUNIT_EXPECT_PTR_EQ(test, thr_rotation_release(&loop->rotation, 9 * NS),
			    &loop->request[3].waiter);
	KUNIT_EXPECT_EQ(test, thr_rotation_next(&loop->rotation, 9 * NS), THR_NEVER);
}

/* A group that two requests have filled; requests[0] of share 0 waits. */
static struct loop *full_loop(struct kunit *test, enum thr_limit_id read, enum thr_limit_id write,
			      enum thr_dir dir)
{
	struct loop *loop = new_loop(test, 0, 0);
	struct thr_limits limits;

	thr_limits_init(&limits);
	limits.limit[read].avg = 10;
	limits.limit[write].avg = 10;
	thr_rotation_set_limits(&loop->rotation, &limits, NS);
	thr_meter_charge(&loop->rotation.meter, dir, 0, NS);
	thr_meter_charge(&loop->rotation.meter, dir, 0, NS);
	add(loop, 0, 1, dir, 4096);
	add(loop, 1, 1, !dir, 4096);
	KUNIT_ASSERT_FALSE(test,
			   thr_rotation_arrive(&loop->share[0], &loop->request[0].waiter, NS));
	return loop;
}

static void a_newcomer_does_not_overtake_the_other_direction_under_a_total(struct kunit *test)
{
	struct loop *loop = full_loop(test, THR_IOPS_TOTAL, THR_IOPS_TOTAL, THR_READ);

	/* The time of the read has come, but nobody has looked yet. */
	KUNIT_EXPECT_FALSE(test, thr_rotation_arrive(&loop->share[1], &loop->request[1].waiter,
						     2 * NS));
	KUNIT_EXPECT_PTR_EQ(test, thr_rotation_release(&loop->rotation, 2 * NS),
			    &loop->request[0].waiter);
}

static void a_read_goes_while_only_writes_wait_for_their_limit(struct kunit *test)
{
	struct loop *loop = full_loop(test, THR_IOPS_READ, THR_IOPS_WRITE, THR_WRITE);

	KUNIT_EXPECT_TRUE(test, thr_rotation_arrive(&loop->share[1], &loop->request[1].waiter, NS));
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(members_of_any_depth_get_equal_shares, share_gen_params),
	KUNIT_CASE(directions_alternate_under_a_total_limit),
	KUNIT_CASE(directions_with_their_own_limits_do_not_disturb_each_other),
	KUNIT_CASE(weights_divide_the_rate),
	KUNIT_CASE(fairness_by_bytes_shares_bytes_whatever_the_depth),
	KUNIT_CASE(fairness_by_bytes_knows_weights),
	KUNIT_CASE(by_bytes_what_has_none_takes_a_sector_s_turn),
	KUNIT_CASE(the_directions_of_one_member_take_turns),
	KUNIT_CASE(time_not_used_is_not_saved_up),
	KUNIT_CASE(another_fairness_counts_for_who_comes_back),
	KUNIT_CASE(between_two_requests_of_one_member_every_other_has_had_one),
	KUNIT_CASE(who_leaves_takes_its_requests_and_the_others_pay),
	KUNIT_CASE(some_requests_can_be_withdrawn_from_a_queue),
	KUNIT_CASE(a_newcomer_does_not_overtake_the_other_direction_under_a_total),
	KUNIT_CASE(a_read_goes_while_only_writes_wait_for_their_limit),
	{}
};

static struct kunit_suite suite = {
	.name = "thr-rotation",
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of the order in which throttled requests go");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
