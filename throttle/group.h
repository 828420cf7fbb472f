/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Groups: ports that share limits, and groups that do. A group may be a member of a parent group.
 *
 * Locks, outermost first:
 * - thr_config_lock: the list of groups, who is a member of what, and limits. Attributes of sysfs
 *   only try it, since groups and their attributes go away while it is held.
 * - thr_group.lock of a group without a parent: buckets and waiting requests of the whole tree
 *   below it; taken with interrupts off. Two at a time only to move a group from one tree to
 *   another, under thr_config_lock.
 */
#ifndef THR_GROUP_H
#define THR_GROUP_H

#include <linux/configfs.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/mutex.h>

#include "port.h"

/* So many groups may stand over one another. */
#define THR_LEVELS	3

extern struct mutex thr_config_lock;

/* Whoever makes attributes or directories of groups completes these and registers them. */
extern struct class thr_class;
extern struct configfs_subsystem thr_subsystem;

/**
 * struct thr_group - ports that share limits
 * @dev: /sys/class/thr/<name>; holds the memory
 * @entry: in the list of all groups; under thr_config_lock
 * @members: struct thr_member; under thr_config_lock
 * @users: members, and those about to become one; under thr_config_lock
 * @item: its directory, with which it stays without members; NULL: none; under thr_config_lock
 * @error: why the last change was refused; see thr_refuse()
 * @up: its place in a parent group
 * @root: the group at the top of its tree; changes under thr_config_lock and the locks of both
 * trees
 * @lock: protects @wake, and @rotation of all groups whose @root this is
 * @rotation: buckets and order; under the lock of @root
 * @wake: when @timer fires, ns; THR_NEVER: it does not
 * @timer: releases requests of the tree below; the only one to do so, so that they leave in order
 * @rcu: arrivals look at a group before they lock it
 */
struct thr_group {
	struct device dev;
	struct list_head entry;
	struct list_head members;
	unsigned int users;
	struct config_item *item;
	char error[THR_ERROR_MAX];
	struct thr_member up;
	struct thr_group *root;

	raw_spinlock_t lock ____cacheline_aligned;
	struct thr_rotation rotation;
	u64 wake;
	struct hrtimer timer;
	struct rcu_head rcu;
};

struct thr_group *thr_group_find(const char *name);
struct thr_group *thr_group_new(const char *name, struct config_item *item);
void thr_group_drop(struct thr_group *group);
bool thr_group_admit(struct thr_port *port, struct thr_io *io);
int thr_port_join(struct thr_port *port, const char *name);
void thr_port_leave(struct thr_port *port);
void thr_port_drain(struct thr_port *port);
void thr_group_set_limits(struct thr_group *group, const struct thr_limits *limits);
int thr_group_set_parent(struct thr_group *group, const char *name);
void thr_group_set_fairness(struct thr_group *group, bool by_bytes);
void thr_member_set_weight(struct thr_member *member, u32 weight);
void thr_groups_suspend(void);
void thr_groups_resume(void);
u64 thr_group_wait(struct thr_group *group, enum thr_dir dir);
u64 thr_group_waiting(struct thr_group *group, enum thr_dir dir);

#endif
