// SPDX-License-Identifier: GPL-2.0
/*
 * Groups and their members, with ports that do no I/O. The cases carry the names of the
 * specification's list of unit tests (section 8).
 */
#include <kunit/resource.h>
#include <kunit/test.h>
#include <linux/configfs.h>

static unsigned int dispatched, pinned;

/* In place of configfs, for group.c */
static int depend(struct config_item *item)
{
	pinned++;
	return 0;
}

static void undepend(struct config_item *item)
{
	pinned--;
}

#define configfs_depend_item_unlocked(subsystem, item)	depend(item)
#define configfs_undepend_item(item)			undepend(item)

#include "../bucket.c"
#include "../heap.c"
#include "../rotation.c"
#include "../group.c"

/* What group.c needs of the others. */
void thr_port_dispatch(struct thr_io *io)
{
	dispatched++;
}

void thr_stats_throttled(struct thr_stats *stats, enum thr_dir dir)
{
}

static void released(struct percpu_ref *ref)
{
}

static void exit_inflight(void *ref)
{
	percpu_ref_exit(ref);
}

static struct thr_port *new_port(struct kunit *test)
{
	struct thr_port *port = kunit_kzalloc(test, sizeof(*port), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, port);
	KUNIT_ASSERT_EQ(test, percpu_ref_init(&port->inflight, released, 0, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, exit_inflight, &port->inflight), 0);
	thr_share_init(&port->member.share, THR_WEIGHT_DEFAULT);
	INIT_LIST_HEAD(&port->member.entry);
	port->member.port = port;
	return port;
}

/* A request that @port makes; returns whether it goes at once. */
static bool request(struct thr_port *port, struct thr_io *io, u32 bytes)
{
	io->port = port;
	io->accepted = ktime_get_ns();
	io->waiter.bytes = bytes;
	io->waiter.dir = THR_READ;
	return thr_group_admit(port, io);
}

/* A byte a second: after the first megabyte the next request waits for days. */
static void set_slow(struct thr_group *group)
{
	struct thr_limits limits;

	thr_limits_init(&limits);
	limits.limit[THR_BPS_TOTAL].avg = 1;
	thr_group_set_limits(group, &limits);
}

static struct thr_group *join_slow(struct kunit *test, struct thr_port *port)
{
	KUNIT_ASSERT_EQ(test, thr_port_join(port, "slow"), 0);
	set_slow(port->member.group);
	return port->member.group;
}

static void i1_a_new_group_has_a_timer_that_does_not_run(struct kunit *test)
{
	struct thr_group *group;

	mutex_lock(&thr_config_lock);
	group = thr_group_new("i1", NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(group));
	KUNIT_EXPECT_TRUE(test, group->timer.function == on_time);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&group->timer));
	KUNIT_EXPECT_EQ(test, group->wake, THR_NEVER);
	KUNIT_EXPECT_FALSE(test, thr_limits_enabled(&group->rotation.meter.limits));
	thr_group_drop(group);
	KUNIT_EXPECT_NULL(test, thr_group_find("i1"));
	mutex_unlock(&thr_config_lock);
}

static void i2_a_group_that_goes_has_no_timer(struct kunit *test)
{
	struct thr_port *port = new_port(test);
	struct thr_group *group;
	struct thr_io io[2];

	mutex_lock(&thr_config_lock);
	group = join_slow(test, port);
	get_device(&group->dev);
	dispatched = 0;
	KUNIT_EXPECT_TRUE(test, request(port, &io[0], 1000000));
	KUNIT_EXPECT_FALSE(test, request(port, &io[1], 1));
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&group->timer));
	thr_port_leave(port);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&group->timer));
	KUNIT_EXPECT_EQ(test, dispatched, 1U);
	KUNIT_EXPECT_NULL(test, thr_group_find("slow"));
	put_device(&group->dev);
	mutex_unlock(&thr_config_lock);
}

static void i3_the_timer_runs_from_the_first_request_that_waits(struct kunit *test)
{
	struct thr_port *port = new_port(test);
	struct thr_group *group;
	struct thr_io io[2];

	mutex_lock(&thr_config_lock);
	group = join_slow(test, port);
	KUNIT_EXPECT_TRUE(test, request(port, &io[0], 1000000));
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&group->timer));
	KUNIT_EXPECT_FALSE(test, request(port, &io[1], 1));
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&group->timer));
	thr_port_leave(port);
	mutex_unlock(&thr_config_lock);
}

static void i4_who_leaves_and_comes_back_waits_again(struct kunit *test)
{
	struct thr_port *port = new_port(test), *other = new_port(test);
	struct thr_group *group;
	struct thr_io io[3];

	mutex_lock(&thr_config_lock);
	group = join_slow(test, port);
	KUNIT_ASSERT_EQ(test, thr_port_join(other, "slow"), 0);
	KUNIT_EXPECT_TRUE(test, request(port, &io[0], 1000000));
	KUNIT_EXPECT_FALSE(test, request(port, &io[1], 1));
	KUNIT_EXPECT_EQ(test, thr_group_waiting(group, THR_READ), 1ULL);
	thr_port_leave(port);
	KUNIT_EXPECT_EQ(test, thr_group_waiting(group, THR_READ), 0ULL);
	KUNIT_EXPECT_FALSE(test, port->limited);
	KUNIT_ASSERT_EQ(test, thr_port_join(port, "slow"), 0);
	KUNIT_EXPECT_TRUE(test, port->limited);
	KUNIT_EXPECT_FALSE(test, request(port, &io[2], 1));
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&group->timer));
	thr_port_leave(port);
	thr_port_leave(other);
	KUNIT_EXPECT_NULL(test, thr_group_find("slow"));
	mutex_unlock(&thr_config_lock);
}

static void g1_g4_members_share_a_group_until_they_leave(struct kunit *test)
{
	struct thr_port *port[3];
	unsigned int i;

	mutex_lock(&thr_config_lock);
	for (i = 0; i < 3; i++) {
		port[i] = new_port(test);
		KUNIT_EXPECT_NULL(test, port[i]->member.group);
		KUNIT_ASSERT_EQ(test, thr_port_join(port[i], i == 1 ? "foo" : "bar"), 0);
	}
	KUNIT_EXPECT_PTR_EQ(test, port[0]->member.group, port[2]->member.group);
	KUNIT_EXPECT_PTR_NE(test, port[0]->member.group, port[1]->member.group);
	KUNIT_EXPECT_STREQ(test, dev_name(&port[0]->member.group->dev), "bar");
	KUNIT_EXPECT_STREQ(test, dev_name(&port[1]->member.group->dev), "foo");
	for (i = 0; i < 3; i++) {
		thr_port_leave(port[i]);
		KUNIT_EXPECT_NULL(test, port[i]->member.group);
	}
	KUNIT_EXPECT_NULL(test, thr_group_find("foo"));
	KUNIT_EXPECT_NULL(test, thr_group_find("bar"));
	mutex_unlock(&thr_config_lock);
}

static void g2_g3_limits_set_through_one_are_read_through_the_other(struct kunit *test)
{
	struct thr_port *port[2];
	struct thr_limits limits;
	unsigned int i;

	mutex_lock(&thr_config_lock);
	for (i = 0; i < 2; i++) {
		port[i] = new_port(test);
		KUNIT_ASSERT_EQ(test, thr_port_join(port[i], "bar"), 0);
	}
	for (i = 0; i < 2; i++) {
		thr_limits_init(&limits);
		limits.limit[THR_BPS_READ].avg = 500000 + i;
		limits.limit[THR_BPS_WRITE].avg = 285000;
		limits.limit[THR_IOPS_READ].avg = 20000;
		limits.limit[THR_IOPS_WRITE].avg = 12000 + i;
		thr_group_set_limits(port[i]->member.group, &limits);
		KUNIT_EXPECT_MEMEQ(test, &port[!i]->member.group->rotation.meter.limits, &limits,
				   sizeof(limits));
	}
	for (i = 0; i < 2; i++)
		thr_port_leave(port[i]);
	mutex_unlock(&thr_config_lock);
}

static void a_directory_is_pinned_once_for_every_member(struct kunit *test)
{
	struct config_group directory = {};
	struct config_item item = { .ci_group = &directory };
	struct thr_port *port[2];
	struct thr_group *group;
	unsigned int i;

	mutex_lock(&thr_config_lock);
	pinned = 0;
	group = thr_group_new("made", &item);
	KUNIT_ASSERT_FALSE(test, IS_ERR(group));
	for (i = 0; i < 2; i++) {
		port[i] = new_port(test);
		KUNIT_ASSERT_EQ(test, thr_port_join(port[i], "made"), 0);
		/* Joining again changes nothing. */
		KUNIT_ASSERT_EQ(test, thr_port_join(port[i], "made"), 0);
		KUNIT_EXPECT_EQ(test, pinned, i + 1);
	}
	for (i = 0; i < 2; i++)
		thr_port_leave(port[i]);
	KUNIT_EXPECT_EQ(test, pinned, 0U);
	KUNIT_EXPECT_PTR_EQ(test, thr_group_find("made"), group);
	thr_group_drop(group);
	mutex_unlock(&thr_config_lock);
}

/* What a port has waiting in the parent of its group goes when its device dies. */
static void who_dies_is_withdrawn_from_the_parent_too(struct kunit *test)
{
	struct thr_port *port = new_port(test), *other = new_port(test);
	struct thr_io io[3];

	mutex_lock(&thr_config_lock);
	join_slow(test, other);
	KUNIT_ASSERT_EQ(test, thr_port_join(port, "child"), 0);
	KUNIT_ASSERT_EQ(test, thr_group_set_parent(port->member.group, "slow"), 0);
	KUNIT_EXPECT_TRUE(test, port->limited);
	KUNIT_EXPECT_TRUE(test, request(port, &io[0], 1000000));
	dispatched = 0;
	KUNIT_EXPECT_FALSE(test, request(port, &io[1], 1));
	KUNIT_EXPECT_EQ(test, thr_group_waiting(other->member.group, THR_READ), 1ULL);
	port->gone = true;
	thr_port_drain(port);
	KUNIT_EXPECT_EQ(test, dispatched, 1U);
	/* One that comes too late to be drained does not stay. */
	KUNIT_EXPECT_FALSE(test, request(port, &io[2], 1));
	KUNIT_EXPECT_EQ(test, dispatched, 2U);
	KUNIT_EXPECT_EQ(test, thr_group_waiting(other->member.group, THR_READ), 0ULL);
	thr_port_leave(port);
	thr_port_leave(other);
	mutex_unlock(&thr_config_lock);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(i1_a_new_group_has_a_timer_that_does_not_run),
	KUNIT_CASE(i2_a_group_that_goes_has_no_timer),
	KUNIT_CASE(i3_the_timer_runs_from_the_first_request_that_waits),
	KUNIT_CASE(i4_who_leaves_and_comes_back_waits_again),
	KUNIT_CASE(g1_g4_members_share_a_group_until_they_leave),
	KUNIT_CASE(g2_g3_limits_set_through_one_are_read_through_the_other),
	KUNIT_CASE(who_dies_is_withdrawn_from_the_parent_too),
	KUNIT_CASE(a_directory_is_pinned_once_for_every_member),
	{}
};

static int register_class(struct kunit_suite *suite)
{
	return class_register(&thr_class);
}

static void unregister_class(struct kunit_suite *suite)
{
	class_unregister(&thr_class);
}

static struct kunit_suite suite = {
	.name = "thr-group",
	.suite_init = register_class,
	.suite_exit = unregister_class,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of groups and their members");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
