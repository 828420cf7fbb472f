// SPDX-License-Identifier: GPL-2.0
/* Groups: who is a member of which, and the clock that releases waiting requests. */
#include <linux/slab.h>

#include "thr.h"

/* Groups, memberships and limits; see thr.h */
DEFINE_MUTEX(thr_config_lock);

static LIST_HEAD(groups);

static struct thr_io *io_of(struct thr_waiter *waiter)
{
	return container_of(waiter, struct thr_io, waiter);
}

static void wake_at(struct thr_group *group, u64 when)
{
	lockdep_assert_held(&group->lock);
	if (when >= group->wake)
		return;
	group->wake = when;
	hrtimer_start(&group->timer, ns_to_ktime(when), HRTIMER_MODE_ABS_HARD);
}

/* Limits have changed, or someone has left: let the timer look again. */
static void look_again(struct thr_group *group, u64 now)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&group->lock, flags);
	if (thr_rotation_next(&group->rotation, now) != THR_NEVER)
		wake_at(group, now);
	raw_spin_unlock_irqrestore(&group->lock, flags);
}

static void pass_on(struct thr_waiter *waiter)
{
	while (waiter) {
		struct thr_waiter *next = waiter->next;

		thr_disk_dispatch(io_of(waiter));
		waiter = next;
	}
}

static bool is_of_disk(struct thr_waiter *waiter, void *disk)
{
	return io_of(waiter)->disk == disk;
}

/* Requests of @disk (NULL: all) that wait in @member go now, and are charged. */
static void withdraw(struct thr_group *group, struct thr_member *member, struct thr_disk *disk,
		     bool leave)
{
	u64 now = ktime_get_ns();
	struct thr_waiter *out = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&group->lock, flags);
	if (member->group == group)
		out = thr_rotation_withdraw(&group->rotation, &member->share,
					    disk ? is_of_disk : NULL, disk, now);
	if (leave)
		WRITE_ONCE(member->group, NULL);
	raw_spin_unlock_irqrestore(&group->lock, flags);
	pass_on(out);
	/* The timer may have been set for one that has gone. */
	look_again(group, now);
}

/* Who left or died while a request was on its way up did not find it where it waits now. */
static void follow(struct thr_disk *disk, struct thr_group *group, struct thr_member *member)
{
	bool left = member != &disk->member &&
		    READ_ONCE(disk->member.group) != container_of(member, struct thr_group, up);

	if (unlikely(left || READ_ONCE(disk->gone)))
		withdraw(group, member, disk, false);
}

/*
 * Ask a group, its parent, and so on. Interrupts are off, so that no group goes away meanwhile:
 * they are freed after a grace period.
 */
static __always_inline bool climb(struct thr_member *member, struct thr_io *io, u64 now)
{
	struct thr_group *group;

	lockdep_assert_irqs_disabled();
	while ((group = READ_ONCE(member->group))) {
		struct thr_disk *disk;

		raw_spin_lock(&group->lock);
		/* It has left; look again where it is now. */
		if (unlikely(member->group != group)) {
			raw_spin_unlock(&group->lock);
			continue;
		}
		if (likely(thr_rotation_pass(&group->rotation, &io->waiter, now) ||
			   thr_rotation_arrive(&group->rotation, &member->share, &io->waiter,
					       now))) {
			raw_spin_unlock(&group->lock);
			member = &group->up;
			continue;
		}
		wake_at(group, thr_rotation_next(&group->rotation, now));
		/* From the unlocking on @io may be done at any time; its disk must stay a while. */
		disk = io->disk;
		percpu_ref_get(&disk->inflight);
		raw_spin_unlock(&group->lock);
		follow(disk, group, member);
		percpu_ref_put(&disk->inflight);
		return false;
	}
	return true;
}

/**
 * thr_group_admit - may a bio pass now?
 * @disk: disk that something limits
 * @io: the bio; its waiter is filled in
 *
 * Context: process, with interrupts on.
 *
 * Return: false when it waits; thr_disk_dispatch() is then called for it later.
 */
bool thr_group_admit(struct thr_disk *disk, struct thr_io *io)
{
	enum thr_dir dir = io->waiter.dir;
	bool goes;

	local_irq_disable();
	goes = climb(&disk->member, io, io->accepted);
	local_irq_enable();
	/* @io may be gone by now; the disk is not, as long as it is being submitted to. */
	if (unlikely(!goes))
		thr_stats_throttled(&disk->stats, dir);
	return goes;
}

/* At most so many releases with interrupts off. */
#define BATCH	64

static enum hrtimer_restart on_time(struct hrtimer *timer)
{
	struct thr_group *group = container_of(timer, struct thr_group, timer);
	struct thr_waiter *out = NULL, **end = &out, *waiter;
	u64 now = ktime_get_ns();
	unsigned int i;

	raw_spin_lock(&group->lock);
	group->wake = THR_NEVER;
	for (i = 0; i < BATCH; i++) {
		waiter = thr_rotation_release(&group->rotation, now);
		if (!waiter)
			break;
		*end = waiter;
		end = &waiter->next;
	}
	*end = NULL;
	wake_at(group, thr_rotation_next(&group->rotation, now));
	raw_spin_unlock(&group->lock);

	while ((waiter = out)) {
		out = waiter->next;
		if (climb(&group->up, io_of(waiter), now))
			thr_disk_dispatch(io_of(waiter));
	}
	return HRTIMER_NORESTART;
}

static bool limits_anything(const struct thr_group *group)
{
	return group && (thr_limits_enabled(&group->rotation.meter.limits) ||
			 limits_anything(group->up.group));
}

/* A disk that nothing limits does not look at its group at all. */
static void publish(struct thr_group *group)
{
	bool limited = limits_anything(group);
	struct thr_member *member;

	lockdep_assert_held(&thr_config_lock);
	list_for_each_entry(member, &group->members, entry) {
		if (member->disk)
			WRITE_ONCE(member->disk->limited, limited);
		else
			publish(container_of(member, struct thr_group, up));
	}
}

/* After get_group() */
static void join(struct thr_group *group, struct thr_member *member)
{
	unsigned long flags;

	lockdep_assert_held(&thr_config_lock);
	list_add_tail(&member->entry, &group->members);
	raw_spin_lock_irqsave(&group->lock, flags);
	thr_share_init(&member->share, member->share.weight);
	WRITE_ONCE(member->group, group);
	raw_spin_unlock_irqrestore(&group->lock, flags);
	publish(group);
}

/* For a member to come. A group with a directory keeps that directory as long as it has members. */
static int get_group(struct thr_group *group)
{
	int err = group->item ? thr_configfs_pin(group->item) : 0;

	lockdep_assert_held(&thr_config_lock);
	if (!err)
		group->users++;
	return err;
}

static void destroy(struct thr_group *group)
{
	lockdep_assert_held(&thr_config_lock);
	thr_group_set_parent(group, "");
	list_del(&group->entry);
	hrtimer_cancel(&group->timer);
	device_unregister(&group->dev);
}

static void put_group(struct thr_group *group)
{
	lockdep_assert_held(&thr_config_lock);
	group->users--;
	if (group->item)
		thr_configfs_unpin(group->item);
	else if (!group->users)
		destroy(group);
}

static void leave(struct thr_member *member)
{
	struct thr_group *group = member->group;

	lockdep_assert_held(&thr_config_lock);
	if (!group)
		return;
	if (member->disk)
		WRITE_ONCE(member->disk->limited, false);
	list_del_init(&member->entry);
	withdraw(group, member, NULL, true);
	if (member->disk && group->up.group)
		withdraw(group->up.group, &group->up, member->disk, false);
	put_group(group);
}

/**
 * thr_disk_drain - let everything of a disk pass that waits, without leaving
 * @disk: a disk whose later requests pass too: its backing device is dead
 *
 * Context: any that may take a spinlock.
 */
void thr_disk_drain(struct thr_disk *disk)
{
	struct thr_group *group;

	rcu_read_lock();
	group = READ_ONCE(disk->member.group);
	if (group) {
		struct thr_group *parent = READ_ONCE(group->up.group);

		withdraw(group, &disk->member, disk, false);
		if (parent)
			withdraw(parent, &group->up, disk, false);
	}
	rcu_read_unlock();
}

/**
 * thr_group_find - a group by its name
 * @name: name
 *
 * Return: the group, or NULL.
 */
struct thr_group *thr_group_find(const char *name)
{
	struct thr_group *group;

	lockdep_assert_held(&thr_config_lock);
	list_for_each_entry(group, &groups, entry)
		if (!strcmp(dev_name(&group->dev), name))
			return group;
	return NULL;
}

static void release_group(struct device *dev)
{
	struct thr_group *group = container_of(dev, struct thr_group, dev);

	kfree_rcu(group, rcu);
}

/**
 * thr_group_new - a group without limits and members
 * @name: a valid name that no group has
 * @item: its directory; NULL: it has none and dies with its last member
 *
 * Return: the group, or an error pointer.
 */
struct thr_group *thr_group_new(const char *name, struct config_item *item)
{
	struct thr_group *group;
	int err;

	lockdep_assert_held(&thr_config_lock);
	group = kzalloc(sizeof(*group), GFP_KERNEL);
	if (!group)
		return ERR_PTR(-ENOMEM);
	group->item = item;
	INIT_LIST_HEAD(&group->members);
	INIT_LIST_HEAD(&group->up.entry);
	thr_share_init(&group->up.share, THR_WEIGHT_DEFAULT);
	raw_spin_lock_init(&group->lock);
	thr_rotation_init(&group->rotation);
	group->wake = THR_NEVER;
	compat_hrtimer_setup(&group->timer, on_time, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);

	device_initialize(&group->dev);
	group->dev.class = &thr_class;
	group->dev.groups = thr_group_groups;
	group->dev.release = release_group;
	err = dev_set_name(&group->dev, "%s", name);
	if (!err)
		err = device_add(&group->dev);
	if (err) {
		put_device(&group->dev);
		return ERR_PTR(err);
	}
	list_add_tail(&group->entry, &groups);
	return group;
}

/**
 * thr_group_drop - a group whose directory goes
 * @group: without members: they pin the directory
 */
void thr_group_drop(struct thr_group *group)
{
	lockdep_assert_held(&thr_config_lock);
	group->item = NULL;
	destroy(group);
}

/**
 * thr_disk_leave - a disk leaves its group; its waiting requests go at once
 * @disk: disk, in a group or not
 */
void thr_disk_leave(struct thr_disk *disk)
{
	leave(&disk->member);
}

/**
 * thr_disk_join - move a disk to a group
 * @disk: disk
 * @name: of the group, which is made if there is none; empty: no group
 *
 * Requests that wait go at once, charged to the old group.
 *
 * Return: 0 or an errno; then nothing has changed. -EBUSY: the group is being made or removed.
 */
int thr_disk_join(struct thr_disk *disk, const char *name)
{
	struct thr_group *group;
	int err;

	lockdep_assert_held(&thr_config_lock);
	if (!*name) {
		leave(&disk->member);
		return 0;
	}
	group = thr_group_find(name);
	if (group && group == disk->member.group)
		return 0;
	if (!group)
		group = thr_group_new(name, NULL);
	if (IS_ERR(group))
		return PTR_ERR(group);
	/* First: the group left may die, and its parent with it, which may be the one joined. */
	err = get_group(group);
	if (err)
		return err;
	leave(&disk->member);
	join(group, &disk->member);
	return 0;
}

/**
 * thr_group_set_limits - put a configuration in force
 * @group: group
 * @limits: a valid configuration
 *
 * Buckets are emptied; whoever waits is looked at again.
 */
void thr_group_set_limits(struct thr_group *group, const struct thr_limits *limits)
{
	unsigned long flags;

	lockdep_assert_held(&thr_config_lock);
	raw_spin_lock_irqsave(&group->lock, flags);
	thr_meter_set(&group->rotation.meter, limits);
	raw_spin_unlock_irqrestore(&group->lock, flags);
	publish(group);
	look_again(group, ktime_get_ns());
}

/**
 * thr_group_set_parent - put a group into another one
 * @group: group
 * @name: of the parent, which exists; empty: none
 *
 * There are two levels: a parent has no parent.
 *
 * Return: 0; -ENOENT: no such group; -EINVAL: a third level; -EBUSY: the parent is being removed.
 */
int thr_group_set_parent(struct thr_group *group, const char *name)
{
	struct thr_group *parent = NULL;
	struct thr_member *member;
	int err;

	lockdep_assert_held(&thr_config_lock);
	if (*name) {
		parent = thr_group_find(name);
		if (!parent)
			return -ENOENT;
		if (parent == group || parent->up.group)
			return -EINVAL;
		list_for_each_entry(member, &group->members, entry)
			if (!member->disk)
				return -EINVAL;
	}
	if (parent == group->up.group)
		return 0;
	err = parent ? get_group(parent) : 0;
	if (err)
		return err;
	leave(&group->up);
	if (parent)
		join(parent, &group->up);
	publish(group);
	return 0;
}

/**
 * thr_group_set_fairness - what members get equal parts of
 * @group: group
 * @by_bytes: of bytes, not of requests
 */
void thr_group_set_fairness(struct thr_group *group, bool by_bytes)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&group->lock, flags);
	group->rotation.by_bytes = by_bytes;
	raw_spin_unlock_irqrestore(&group->lock, flags);
}

/**
 * thr_member_set_weight - a member's part in relation to the others'
 * @member: member
 * @weight: THR_WEIGHT_MIN to THR_WEIGHT_MAX
 */
void thr_member_set_weight(struct thr_member *member, u32 weight)
{
	lockdep_assert_held(&thr_config_lock);
	WRITE_ONCE(member->share.weight, weight);
}

/**
 * thr_group_wait - how long a request would wait now, if nobody was before it
 * @group: group
 * @dir: direction
 *
 * Return: ns.
 */
u64 thr_group_wait(struct thr_group *group, enum thr_dir dir)
{
	unsigned long flags;
	u64 wait;

	raw_spin_lock_irqsave(&group->lock, flags);
	wait = thr_meter_wait(&group->rotation.meter, dir, ktime_get_ns());
	raw_spin_unlock_irqrestore(&group->lock, flags);
	return wait;
}

/**
 * thr_group_waiting - how many requests wait
 * @group: group
 * @dir: direction
 *
 * Return: requests.
 */
u64 thr_group_waiting(struct thr_group *group, enum thr_dir dir)
{
	struct thr_member *member;
	unsigned long flags;
	u64 waiting = 0;

	lockdep_assert_held(&thr_config_lock);
	raw_spin_lock_irqsave(&group->lock, flags);
	list_for_each_entry(member, &group->members, entry)
		waiting += member->share.turn[dir].nr_waiting;
	raw_spin_unlock_irqrestore(&group->lock, flags);
	return waiting;
}
