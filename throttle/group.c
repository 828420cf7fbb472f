// SPDX-License-Identifier: GPL-2.0
/* Groups: who is a member of which, and the clock that releases waiting requests. */
#include <linux/slab.h>

#include "group.h"

/* Groups, memberships and limits; see group.h */
DEFINE_MUTEX(thr_config_lock);

struct class thr_class = {
	.name = "thr",
};

struct configfs_subsystem thr_subsystem;

static LIST_HEAD(groups);

/* The machine sleeps, or goes to sleep: nothing waits. Written under thr_config_lock. */
static bool suspended;

static struct thr_io *io_of(struct thr_waiter *waiter)
{
	return container_of(waiter, struct thr_io, waiter);
}

static void wake_at(struct thr_group *root, u64 when)
{
	lockdep_assert_held(&root->lock);
	if (when >= root->wake)
		return;
	root->wake = when;
	hrtimer_start(&root->timer, ns_to_ktime(when), HRTIMER_MODE_ABS_HARD);
}

/*
 * Lock the tree that a group is in. Interrupts are off, so that no group goes away meanwhile: they
 * are freed after a grace period.
 */
static __always_inline struct thr_group *lock_tree(struct thr_group *group)
{
	lockdep_assert_irqs_disabled();
	for (;;) {
		struct thr_group *root = READ_ONCE(group->root);

		raw_spin_lock(&root->lock);
		/* It may have moved to another tree. */
		if (likely(group->root == root))
			return root;
		raw_spin_unlock(&root->lock);
	}
}

static struct thr_group *lock_tree_irqsave(struct thr_group *group, unsigned long *flags)
{
	local_irq_save(*flags);
	return lock_tree(group);
}

/* Something has changed, so let the timer look again; then unlock. */
static void unlock_changed_tree(struct thr_group *root, u64 now, unsigned long flags)
{
	if (thr_rotation_next(&root->rotation, now) != THR_NEVER)
		wake_at(root, now);
	raw_spin_unlock_irqrestore(&root->lock, flags);
}

static void pass_on(struct thr_waiter *waiter)
{
	while (waiter) {
		struct thr_waiter *next = waiter->next;

		thr_port_dispatch(io_of(waiter));
		waiter = next;
	}
}

/* What of a port waits in @group goes now, and is charged. */
static void withdraw(struct thr_group *group, struct thr_member *member, bool leave)
{
	struct thr_waiter *out = NULL;
	struct thr_group *root;
	unsigned long flags;
	u64 now = ktime_get_ns();

	root = lock_tree_irqsave(group, &flags);
	if (member->group == group) {
		out = thr_rotation_withdraw(&member->share, NULL, NULL, now);
		if (leave) {
			thr_rotation_leave(&member->share, now);
			WRITE_ONCE(member->group, NULL);
		}
	}
	/* The timer may have been set for one that has gone. */
	unlock_changed_tree(root, now, flags);
	pass_on(out);
}

static __always_inline bool admit(struct thr_port *port, struct thr_io *io, u64 now)
{
	struct thr_member *member = &port->member;
	struct thr_group *group, *root;

	while ((group = READ_ONCE(member->group))) {
		root = lock_tree(group);
		/* It has left; look again where it is now. */
		if (unlikely(member->group != group)) {
			raw_spin_unlock(&root->lock);
			continue;
		}
		if (likely(thr_rotation_pass(&member->share, &io->waiter, now) ||
			   thr_rotation_arrive(&member->share, &io->waiter, now))) {
			raw_spin_unlock(&root->lock);
			return true;
		}
		wake_at(root, thr_rotation_next(&root->rotation, now));
		/* From the unlocking on @io may be done at any time. */
		raw_spin_unlock(&root->lock);
		/* Who drained a dead port, or all, may have been too early for this one. */
		if (unlikely(READ_ONCE(port->gone) || READ_ONCE(suspended)))
			withdraw(group, member, false);
		return false;
	}
	return true;
}

/**
 * thr_group_admit - may a bio pass now?
 * @port: port that something limits
 * @io: the bio; its waiter is filled in
 *
 * Context: process, with interrupts on.
 *
 * Return: false when it waits; thr_port_dispatch() is then called for it later.
 */
bool thr_group_admit(struct thr_port *port, struct thr_io *io)
{
	enum thr_dir dir = io->waiter.dir;
	bool goes;

	if (unlikely(READ_ONCE(suspended)))
		return true;
	local_irq_disable();
	goes = admit(port, io, io->accepted);
	local_irq_enable();
	/* @io may be gone by now; the port is not, as long as it is being submitted to. */
	if (unlikely(!goes))
		thr_stats_throttled(&port->stats, dir);
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
	/* A group that has got a parent meanwhile has nothing to do. */
	for (i = 0; i < BATCH && group->root == group; i++) {
		waiter = thr_rotation_release(&group->rotation, now);
		if (!waiter)
			break;
		*end = waiter;
		end = &waiter->next;
	}
	*end = NULL;
	if (group->root == group)
		wake_at(group, thr_rotation_next(&group->rotation, now));
	raw_spin_unlock(&group->lock);
	pass_on(out);
	return HRTIMER_NORESTART;
}

static bool limits_anything(const struct thr_group *group)
{
	return group && (thr_limits_enabled(&group->rotation.meter.limits) ||
			 limits_anything(group->up.group));
}

/* A port that nothing limits does not look at its group at all. */
static void publish(struct thr_group *group)
{
	bool limited = limits_anything(group);
	struct thr_member *member;

	lockdep_assert_held(&thr_config_lock);
	list_for_each_entry(member, &group->members, entry) {
		if (member->port)
			WRITE_ONCE(member->port->limited, limited);
		else
			publish(container_of(member, struct thr_group, up));
	}
}

static struct thr_group *group_of(struct thr_member *member)
{
	return container_of(member, struct thr_group, up);
}

/* After get_group() */
static void join(struct thr_group *group, struct thr_member *member)
{
	struct thr_group *root;
	unsigned long flags;

	lockdep_assert_held(&thr_config_lock);
	list_add_tail(&member->entry, &group->members);
	root = lock_tree_irqsave(group, &flags);
	thr_rotation_join(&group->rotation, &member->share, ktime_get_ns());
	WRITE_ONCE(member->group, group);
	raw_spin_unlock_irqrestore(&root->lock, flags);
	publish(group);
}

static void set_root(struct thr_group *group, struct thr_group *root)
{
	struct thr_member *member;

	WRITE_ONCE(group->root, root);
	list_for_each_entry(member, &group->members, entry)
		if (!member->port)
			set_root(group_of(member), root);
}

/* Hang a group, and what waits in it, under @parent; NULL: under none. */
static void move(struct thr_group *group, struct thr_group *parent)
{
	struct thr_group *from = group->root, *to = parent ? parent->root : group;
	struct thr_member *up = &group->up;
	u64 now = ktime_get_ns();
	unsigned long flags;

	lockdep_assert_held(&thr_config_lock);
	list_del_init(&up->entry);
	if (parent)
		list_add_tail(&up->entry, &parent->members);
	raw_spin_lock_irqsave(&from->lock, flags);
	/* Nobody else holds two. */
	if (to != from)
		raw_spin_lock_nested(&to->lock, SINGLE_DEPTH_NESTING);
	if (up->group)
		thr_rotation_leave(&up->share, now);
	if (parent)
		thr_rotation_join(&parent->rotation, &up->share, now);
	WRITE_ONCE(up->group, parent);
	set_root(group, to);
	if (thr_rotation_next(&to->rotation, now) != THR_NEVER)
		wake_at(to, now);
	if (to != from)
		raw_spin_unlock(&to->lock);
	/* @from is @group, or the root that it has left. */
	if (from->root == from)
		unlock_changed_tree(from, now, flags);
	else
		raw_spin_unlock_irqrestore(&from->lock, flags);
	publish(group);
}

/*
 * While it is pinned a directory cannot be removed. Under thr_config_lock, so that whoever
 * disconnects the directory has to wait.
 */
static int pin(struct config_item *item)
{
	/* Being made: not linked yet */
	if (!READ_ONCE(item->ci_group) || configfs_depend_item_unlocked(&thr_subsystem, item))
		return -EBUSY;
	return 0;
}

/* For a member to come. A group with a directory keeps that directory as long as it has members. */
static int get_group(struct thr_group *group)
{
	int err = group->item ? pin(group->item) : 0;

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
		configfs_undepend_item(group->item);
	else if (!group->users)
		destroy(group);
}

static void leave(struct thr_port *port)
{
	struct thr_member *member = &port->member;
	struct thr_group *group = member->group;

	lockdep_assert_held(&thr_config_lock);
	if (!group)
		return;
	WRITE_ONCE(port->limited, false);
	list_del_init(&member->entry);
	withdraw(group, member, true);
	put_group(group);
}

/**
 * thr_port_drain - let everything of a port pass that waits, without leaving
 * @port: a port whose later requests pass too: the device behind it is dead
 *
 * Context: any that may take a spinlock.
 */
void thr_port_drain(struct thr_port *port)
{
	struct thr_group *group;

	rcu_read_lock();
	group = READ_ONCE(port->member.group);
	if (group)
		withdraw(group, &port->member, false);
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
	group->up.share.child = &group->rotation;
	raw_spin_lock_init(&group->lock);
	thr_rotation_init(&group->rotation);
	group->root = group;
	group->wake = THR_NEVER;
	compat_hrtimer_setup(&group->timer, on_time, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);

	device_initialize(&group->dev);
	group->dev.class = &thr_class;
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
 * thr_port_leave - a port leaves its group; its waiting requests go at once
 * @port: port, in a group or not
 */
void thr_port_leave(struct thr_port *port)
{
	leave(port);
}

/**
 * thr_port_join - move a port to a group
 * @port: port
 * @name: of the group, which is made if there is none; empty: no group
 *
 * Requests that wait go at once, charged to the old group.
 *
 * Return: 0 or an errno; then nothing has changed. -EBUSY: the group is being made or removed.
 */
int thr_port_join(struct thr_port *port, const char *name)
{
	struct thr_group *group;
	int err;

	lockdep_assert_held(&thr_config_lock);
	if (!*name) {
		leave(port);
		return 0;
	}
	group = thr_group_find(name);
	if (group && group == port->member.group)
		return 0;
	if (!group)
		group = thr_group_new(name, NULL);
	if (IS_ERR(group))
		return PTR_ERR(group);
	/* First: the group left may die, and its parent with it, which may be the one joined. */
	err = get_group(group);
	if (err)
		return err;
	leave(port);
	join(group, &port->member);
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
	u64 now = ktime_get_ns();
	struct thr_group *root;
	unsigned long flags;

	lockdep_assert_held(&thr_config_lock);
	root = lock_tree_irqsave(group, &flags);
	thr_rotation_set_limits(&group->rotation, limits, now);
	unlock_changed_tree(root, now, flags);
	publish(group);
}

/**
 * thr_groups_suspend - let everything pass at once, and what waits, until thr_groups_resume()
 *
 * Context: may sleep.
 */
void thr_groups_suspend(void)
{
	struct thr_member *member;
	struct thr_group *group;

	mutex_lock(&thr_config_lock);
	WRITE_ONCE(suspended, true);
	list_for_each_entry(group, &groups, entry)
		list_for_each_entry(member, &group->members, entry)
			if (member->port)
				thr_port_drain(member->port);
	mutex_unlock(&thr_config_lock);
}

/**
 * thr_groups_resume - limits are in force again, and begin anew
 *
 * Nobody pays for what went without waiting.
 *
 * Context: may sleep.
 */
void thr_groups_resume(void)
{
	struct thr_limits limits;
	struct thr_group *group;

	mutex_lock(&thr_config_lock);
	WRITE_ONCE(suspended, false);
	list_for_each_entry(group, &groups, entry) {
		limits = group->rotation.meter.limits;
		thr_group_set_limits(group, &limits);
	}
	mutex_unlock(&thr_config_lock);
}

/* How many groups are above this one, itself included? */
static unsigned int levels_above(const struct thr_group *group)
{
	return group ? 1 + levels_above(group->up.group) : 0;
}

/* And below, itself included? */
static unsigned int levels_below(const struct thr_group *group)
{
	struct thr_member *member;
	unsigned int most = 0;

	list_for_each_entry(member, &group->members, entry)
		if (!member->port)
			most = max(most, levels_below(group_of(member)));
	return 1 + most;
}

/**
 * thr_group_set_parent - put a group into another one
 * @group: group
 * @name: of the parent, which exists; empty: none
 *
 * What waits in the group goes on waiting, under its new parent.
 *
 * Return: 0; -ENOENT: no such group; -EINVAL: more than THR_LEVELS; -ELOOP: the parent is the group
 * itself or below it; -EBUSY: the parent is being removed.
 */
int thr_group_set_parent(struct thr_group *group, const char *name)
{
	struct thr_group *old = group->up.group, *parent = NULL, *above;
	int err;

	lockdep_assert_held(&thr_config_lock);
	if (*name) {
		parent = thr_group_find(name);
		if (!parent)
			return -ENOENT;
		for (above = parent; above; above = above->up.group)
			if (above == group)
				return -ELOOP;
		if (levels_above(parent) + levels_below(group) > THR_LEVELS)
			return -EINVAL;
	}
	if (parent == old)
		return 0;
	err = parent ? get_group(parent) : 0;
	if (err)
		return err;
	move(group, parent);
	if (old)
		put_group(old);
	return 0;
}

/**
 * thr_group_set_fairness - what members get equal parts of
 * @group: group
 * @by_bytes: of bytes, not of requests
 */
void thr_group_set_fairness(struct thr_group *group, bool by_bytes)
{
	struct thr_group *root;
	unsigned long flags;

	root = lock_tree_irqsave(group, &flags);
	thr_rotation_set_fairness(&group->rotation, by_bytes);
	raw_spin_unlock_irqrestore(&root->lock, flags);
}

/**
 * thr_member_set_weight - a member's part in relation to the others'
 * @member: member
 * @weight: THR_WEIGHT_MIN to THR_WEIGHT_MAX
 */
void thr_member_set_weight(struct thr_member *member, u32 weight)
{
	struct thr_group *root = NULL;
	unsigned long flags = 0;

	lockdep_assert_held(&thr_config_lock);
	if (member->group)
		root = lock_tree_irqsave(member->group, &flags);
	thr_share_set_weight(&member->share, weight);
	if (root)
		raw_spin_unlock_irqrestore(&root->lock, flags);
}

/**
 * thr_group_wait - how long a request would wait now, if nobody was before it
 * @group: group
 * @dir: direction
 *
 * Return: ns, the longest of the group and those above it.
 */
u64 thr_group_wait(struct thr_group *group, enum thr_dir dir)
{
	u64 now = ktime_get_ns(), wait = 0;
	struct thr_group *root;
	unsigned long flags;

	lockdep_assert_held(&thr_config_lock);
	root = lock_tree_irqsave(group, &flags);
	for (; group; group = group->up.group)
		wait = max(wait, thr_meter_wait(&group->rotation.meter, dir, now));
	raw_spin_unlock_irqrestore(&root->lock, flags);
	return wait;
}

static u64 count_waiting(const struct thr_group *group, enum thr_dir dir)
{
	struct thr_member *member;
	u64 waiting = 0;

	list_for_each_entry(member, &group->members, entry)
		waiting += member->port ? member->share.queue[dir].nr_waiting :
					  count_waiting(group_of(member), dir);
	return waiting;
}

/**
 * thr_group_waiting - how many requests wait
 * @group: group
 * @dir: direction
 *
 * Return: requests of its ports, and of those in groups below it.
 */
u64 thr_group_waiting(struct thr_group *group, enum thr_dir dir)
{
	struct thr_group *root;
	unsigned long flags;
	u64 waiting;

	lockdep_assert_held(&thr_config_lock);
	root = lock_tree_irqsave(group, &flags);
	waiting = count_waiting(group, dir);
	raw_spin_unlock_irqrestore(&root->lock, flags);
	return waiting;
}
