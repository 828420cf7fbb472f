// SPDX-License-Identifier: GPL-2.0
/*
 * Groups and their members, with disks that do no I/O. The cases carry the names of the
 * specification's list of unit tests (section 8).
 */
#include <kunit/resource.h>
#include <kunit/test.h>

#include "../bucket.c"
#include "../heap.c"
#include "../rotation.c"
#include "../group.c"

/* What group.c needs of the others. */
struct class thr_class = {
	.name = "thr_kunit",
};

const struct attribute_group *thr_group_groups[] = { NULL };

static unsigned int dispatched, pinned;

void thr_disk_dispatch(struct thr_io *io)
{
	dispatched++;
}

void thr_stats_throttled(struct thr_stats *stats, enum thr_dir dir)
{
}

int thr_configfs_pin(struct config_item *item)
{
	pinned++;
	return 0;
}

void thr_configfs_unpin(struct config_item *item)
{
	pinned--;
}

static void released(struct percpu_ref *ref)
{
}

static void exit_inflight(void *ref)
{
	percpu_ref_exit(ref);
}

static struct thr_disk *new_disk(struct kunit *test)
{
	struct thr_disk *disk = kunit_kzalloc(test, sizeof(*disk), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, disk);
	KUNIT_ASSERT_EQ(test, percpu_ref_init(&disk->inflight, released, 0, GFP_KERNEL), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, exit_inflight, &disk->inflight), 0);
	thr_share_init(&disk->member.share, THR_WEIGHT_DEFAULT);
	INIT_LIST_HEAD(&disk->member.entry);
	disk->member.disk = disk;
	return disk;
}

/* A request that @disk makes; returns whether it goes at once. */
static bool request(struct thr_disk *disk, struct thr_io *io, u32 bytes)
{
	io->disk = disk;
	io->accepted = ktime_get_ns();
	io->waiter.bytes = bytes;
	io->waiter.dir = THR_READ;
	return thr_group_admit(disk, io);
}

/* A byte a second: after the first megabyte the next request waits for days. */
static void set_slow(struct thr_group *group)
{
	struct thr_limits limits;

	thr_limits_init(&limits);
	limits.limit[THR_BPS_TOTAL].avg = 1;
	thr_group_set_limits(group, &limits);
}

static struct thr_group *join_slow(struct kunit *test, struct thr_disk *disk)
{
	KUNIT_ASSERT_EQ(test, thr_disk_join(disk, "slow"), 0);
	set_slow(disk->member.group);
	return disk->member.group;
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
	struct thr_disk *disk = new_disk(test);
	struct thr_group *group;
	struct thr_io io[2];

	mutex_lock(&thr_config_lock);
	group = join_slow(test, disk);
	get_device(&group->dev);
	dispatched = 0;
	KUNIT_EXPECT_TRUE(test, request(disk, &io[0], 1000000));
	KUNIT_EXPECT_FALSE(test, request(disk, &io[1], 1));
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&group->timer));
	thr_disk_leave(disk);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&group->timer));
	KUNIT_EXPECT_EQ(test, dispatched, 1U);
	KUNIT_EXPECT_NULL(test, thr_group_find("slow"));
	put_device(&group->dev);
	mutex_unlock(&thr_config_lock);
}

static void i3_the_timer_runs_from_the_first_request_that_waits(struct kunit *test)
{
	struct thr_disk *disk = new_disk(test);
	struct thr_group *group;
	struct thr_io io[2];

	mutex_lock(&thr_config_lock);
	group = join_slow(test, disk);
	KUNIT_EXPECT_TRUE(test, request(disk, &io[0], 1000000));
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&group->timer));
	KUNIT_EXPECT_FALSE(test, request(disk, &io[1], 1));
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&group->timer));
	thr_disk_leave(disk);
	mutex_unlock(&thr_config_lock);
}

static void i4_who_leaves_and_comes_back_waits_again(struct kunit *test)
{
	struct thr_disk *disk = new_disk(test), *other = new_disk(test);
	struct thr_group *group;
	struct thr_io io[3];

	mutex_lock(&thr_config_lock);
	group = join_slow(test, disk);
	KUNIT_ASSERT_EQ(test, thr_disk_join(other, "slow"), 0);
	KUNIT_EXPECT_TRUE(test, request(disk, &io[0], 1000000));
	KUNIT_EXPECT_FALSE(test, request(disk, &io[1], 1));
	KUNIT_EXPECT_EQ(test, thr_group_waiting(group, THR_READ), 1ULL);
	thr_disk_leave(disk);
	KUNIT_EXPECT_EQ(test, thr_group_waiting(group, THR_READ), 0ULL);
	KUNIT_EXPECT_FALSE(test, disk->limited);
	KUNIT_ASSERT_EQ(test, thr_disk_join(disk, "slow"), 0);
	KUNIT_EXPECT_TRUE(test, disk->limited);
	KUNIT_EXPECT_FALSE(test, request(disk, &io[2], 1));
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&group->timer));
	thr_disk_leave(disk);
	thr_disk_leave(other);
	KUNIT_EXPECT_NULL(test, thr_group_find("slow"));
	mutex_unlock(&thr_config_lock);
}

static void g1_g4_members_share_a_group_until_they_leave(struct kunit *test)
{
	struct thr_disk *disk[3];
	unsigned int i;

	mutex_lock(&thr_config_lock);
	for (i = 0; i < 3; i++) {
		disk[i] = new_disk(test);
		KUNIT_EXPECT_NULL(test, disk[i]->member.group);
		KUNIT_ASSERT_EQ(test, thr_disk_join(disk[i], i == 1 ? "foo" : "bar"), 0);
	}
	KUNIT_EXPECT_PTR_EQ(test, disk[0]->member.group, disk[2]->member.group);
	KUNIT_EXPECT_PTR_NE(test, disk[0]->member.group, disk[1]->member.group);
	KUNIT_EXPECT_STREQ(test, dev_name(&disk[0]->member.group->dev), "bar");
	KUNIT_EXPECT_STREQ(test, dev_name(&disk[1]->member.group->dev), "foo");
	for (i = 0; i < 3; i++) {
		thr_disk_leave(disk[i]);
		KUNIT_EXPECT_NULL(test, disk[i]->member.group);
	}
	KUNIT_EXPECT_NULL(test, thr_group_find("foo"));
	KUNIT_EXPECT_NULL(test, thr_group_find("bar"));
	mutex_unlock(&thr_config_lock);
}

static void g2_g3_limits_set_through_one_are_read_through_the_other(struct kunit *test)
{
	struct thr_disk *disk[2];
	struct thr_limits limits;
	unsigned int i;

	mutex_lock(&thr_config_lock);
	for (i = 0; i < 2; i++) {
		disk[i] = new_disk(test);
		KUNIT_ASSERT_EQ(test, thr_disk_join(disk[i], "bar"), 0);
	}
	for (i = 0; i < 2; i++) {
		thr_limits_init(&limits);
		limits.limit[THR_BPS_READ].avg = 500000 + i;
		limits.limit[THR_BPS_WRITE].avg = 285000;
		limits.limit[THR_IOPS_READ].avg = 20000;
		limits.limit[THR_IOPS_WRITE].avg = 12000 + i;
		thr_group_set_limits(disk[i]->member.group, &limits);
		KUNIT_EXPECT_MEMEQ(test, &disk[!i]->member.group->rotation.meter.limits, &limits,
				   sizeof(limits));
	}
	for (i = 0; i < 2; i++)
		thr_disk_leave(disk[i]);
	mutex_unlock(&thr_config_lock);
}

static void a_directory_is_pinned_once_for_every_member(struct kunit *test)
{
	struct config_item item = {};
	struct thr_disk *disk[2];
	struct thr_group *group;
	unsigned int i;

	mutex_lock(&thr_config_lock);
	pinned = 0;
	group = thr_group_new("made", &item);
	KUNIT_ASSERT_FALSE(test, IS_ERR(group));
	for (i = 0; i < 2; i++) {
		disk[i] = new_disk(test);
		KUNIT_ASSERT_EQ(test, thr_disk_join(disk[i], "made"), 0);
		/* Joining again changes nothing. */
		KUNIT_ASSERT_EQ(test, thr_disk_join(disk[i], "made"), 0);
		KUNIT_EXPECT_EQ(test, pinned, i + 1);
	}
	for (i = 0; i < 2; i++)
		thr_disk_leave(disk[i]);
	KUNIT_EXPECT_EQ(test, pinned, 0U);
	KUNIT_EXPECT_PTR_EQ(test, thr_group_find("made"), group);
	thr_group_drop(group);
	mutex_unlock(&thr_config_lock);
}

/* What a disk has waiting in the parent of its group goes when the disk dies. */
static void who_dies_is_withdrawn_from_the_parent_too(struct kunit *test)
{
	struct thr_disk *disk = new_disk(test), *other = new_disk(test);
	struct thr_io io[3];

	mutex_lock(&thr_config_lock);
	join_slow(test, other);
	KUNIT_ASSERT_EQ(test, thr_disk_join(disk, "child"), 0);
	KUNIT_ASSERT_EQ(test, thr_group_set_parent(disk->member.group, "slow"), 0);
	KUNIT_EXPECT_TRUE(test, disk->limited);
	KUNIT_EXPECT_TRUE(test, request(disk, &io[0], 1000000));
	dispatched = 0;
	KUNIT_EXPECT_FALSE(test, request(disk, &io[1], 1));
	KUNIT_EXPECT_EQ(test, thr_group_waiting(other->member.group, THR_READ), 1ULL);
	disk->gone = true;
	thr_disk_drain(disk);
	KUNIT_EXPECT_EQ(test, dispatched, 1U);
	/* One that comes too late to be drained does not stay. */
	KUNIT_EXPECT_FALSE(test, request(disk, &io[2], 1));
	KUNIT_EXPECT_EQ(test, dispatched, 2U);
	KUNIT_EXPECT_EQ(test, thr_group_waiting(other->member.group, THR_READ), 0ULL);
	thr_disk_leave(disk);
	thr_disk_leave(other);
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
