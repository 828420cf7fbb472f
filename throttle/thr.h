/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Throttle groups. A disk (struct thr_disk, /dev/thrN) passes every bio on to its backing device,
 * at once or when its group (struct thr_group) says so; a group may be a member of a parent group.
 *
 * Locks, outermost first:
 * - thr_disk.live_lock: a disk is made or removed; its configuration. Never held by those who do
 *   I/O.
 * - thr_config_lock: the list of groups, who is a member of what, and limits. Attributes of sysfs
 *   only try it, since groups and their attributes go away while it is held.
 * - thr_group.lock of a group without a parent: buckets and waiting requests of the whole tree
 *   below it; taken with interrupts off. Two at a time only to move a group from one tree to
 *   another, under thr_config_lock.
 */
#ifndef THR_H
#define THR_H

#include <linux/blk_types.h>
#include <linux/configfs.h>
#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/llist.h>
#include <linux/mempool.h>
#include <linux/mutex.h>
#include <linux/percpu-refcount.h>
#include <linux/seqlock.h>
#include <linux/workqueue.h>

#include "rotation.h"
#include "window.h"

#define THR_NAME_MAX	64
#define THR_ERROR_MAX	160

/* So many groups may stand over one another. */
#define THR_LEVELS	3

struct gendisk;
struct thr_group;

extern struct mutex thr_config_lock;

/**
 * struct thr_member - membership of a disk, or of a group in its parent
 * @share: waiting requests, and its place among others; under the lock of @group's tree
 * @group: NULL: none; changes under thr_config_lock and the lock of the tree that is left or joined
 * @entry: in thr_group.members; under thr_config_lock
 * @disk: NULL: this is a group's
 */
struct thr_member {
	struct thr_share share;
	struct thr_group *group;
	struct list_head entry;
	struct thr_disk *disk;
};

/**
 * struct thr_group - disks that share limits
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

enum thr_type {
	THR_TYPE_READ,
	THR_TYPE_WRITE,
	THR_TYPE_FLUSH,
	THR_TYPE_DISCARD,
	THR_TYPES
};

extern const char *const thr_type_name[THR_TYPES];

/* One CPU's part of a disk's statistics; changed with interrupts off, read by anyone. */
struct thr_counters {
	struct {
		u64 ops;
		u64 bytes;
		u64 failed;
		u64 invalid;
		u64 time_ns;
	} type[THR_TYPES];
	struct {
		u64 throttled;
		u64 released;
		u64 waited_ns;
	} dir[THR_DIRS];
	u64 highest_written;
	u64 last_access;
};

#define THR_INTERVALS_MAX	8

/* Averages over user-chosen intervals; replaced as a whole. */
struct thr_intervals {
	struct rcu_head rcu;
	unsigned int count;
	u32 seconds[THR_INTERVALS_MAX];
	struct thr_cpu_averages __percpu *cpu;
};

struct thr_cpu_averages {
	seqcount_t seq;
	struct thr_average average[THR_INTERVALS_MAX][THR_TYPES];
};

#define THR_BOUNDS_MAX	64

/* Latency histograms; replaced as a whole. */
struct thr_histograms {
	struct rcu_head rcu;
	bool present[THR_TYPES];
	unsigned int count[THR_TYPES];
	u64 bounds[THR_TYPES][THR_BOUNDS_MAX];
	struct thr_cpu_bins __percpu *cpu;
};

struct thr_cpu_bins {
	u64 bin[THR_TYPES][THR_BOUNDS_MAX + 1];
};

struct thr_stats {
	struct thr_counters __percpu *counters;
	struct thr_intervals __rcu *intervals;
	struct thr_histograms __rcu *histograms;
	bool account_failed;
	bool account_invalid;
};

enum thr_cost {
	THR_COST_FULL,	/* its bytes, and its share of operations */
	THR_COST_ONE,	/* one operation, no bytes */
	THR_COST_NONE,	/* passes unthrottled */
};

/* Requests a direction's timer has released, on their way to the backing device. */
struct thr_lane {
	struct llist_head ready;
	struct work_struct work;
};

/**
 * struct thr_disk - a disk
 * @limited: ask the group before a bio may pass; false while nothing limits it
 * @gone: the backing device is dead, or the disk not whole yet: everything passes at once
 * @backing: device the disk stands on, while it is live
 * @stats: what it did
 * @inflight: bios that were accepted and are not done
 * @idle: @inflight is zero, after the disk's end
 * @pool: struct thr_io
 * @lane: released requests, by direction
 * @member: its place in a group
 * @zeroes_cost: what a write zeroes costs
 * @discard_cost: what a discard or secure erase costs
 * @gendisk: NULL: not live; under @live_lock
 * @live_lock: see above
 * @item: configfs directory; holds the memory
 * @path: of the backing device; under @live_lock
 * @read_only: refuse writes although the backing device would take them; under @live_lock
 * @index: N in thrN
 * @error: why the last change was refused; see thr_refuse()
 */
struct thr_disk {
	bool limited;
	bool gone;
	struct compat_backing backing;
	struct thr_stats stats;
	struct percpu_ref inflight;
	struct completion idle;
	mempool_t pool;
	struct thr_lane lane[THR_DIRS];
	struct thr_member member;
	enum thr_cost zeroes_cost;
	enum thr_cost discard_cost;

	struct gendisk *gendisk;
	struct mutex live_lock;	/* making and removing the disk, and its configuration */
	struct config_item item;
	char *path;
	bool read_only;
	int index;
	char error[THR_ERROR_MAX];
};

/* A bio on its way through a disk. */
struct thr_io {
	struct thr_waiter waiter;
	struct llist_node ready;
	struct thr_disk *disk;
	struct bio *bio;
	struct block_device *bdev;	/* disk or partition it was meant for */
	bio_end_io_t *end_io;
	void *private;
	u64 accepted;			/* ns */
	struct bvec_iter iter;		/* as it was submitted */
	unsigned long accepted_jiffies;	/* 0: iostat is off */
	enum req_op op;
	u8 type;
};

/* disk.c */
int thr_disk_module_init(void);
void thr_disk_module_exit(void);
struct thr_disk *thr_disk_new(const char *name);
void thr_disk_free(struct thr_disk *disk);
int thr_disk_start(struct thr_disk *disk);
int thr_disk_stop(struct thr_disk *disk, bool force);
int thr_disk_rescan(struct thr_disk *disk);
void thr_disk_dispatch(struct thr_io *io);
const char *thr_disk_name(const struct thr_disk *disk);

/* ioctl.c */
int thr_ioctl(struct block_device *bdev, compat_blk_mode mode, unsigned int command,
	      unsigned long argument);
int thr_getgeo(compat_getgeo_disk *of, struct hd_geometry *geometry);
extern const struct pr_ops thr_pr_ops;

/* group.c */
struct thr_group *thr_group_find(const char *name);
struct thr_group *thr_group_new(const char *name, struct config_item *item);
void thr_group_drop(struct thr_group *group);
bool thr_group_admit(struct thr_disk *disk, struct thr_io *io);
int thr_disk_join(struct thr_disk *disk, const char *name);
void thr_disk_leave(struct thr_disk *disk);
void thr_disk_drain(struct thr_disk *disk);
void thr_group_set_limits(struct thr_group *group, const struct thr_limits *limits);
int thr_group_set_parent(struct thr_group *group, const char *name);
void thr_group_set_fairness(struct thr_group *group, bool by_bytes);
void thr_member_set_weight(struct thr_member *member, u32 weight);
u64 thr_group_wait(struct thr_group *group, enum thr_dir dir);
u64 thr_group_waiting(struct thr_group *group, enum thr_dir dir);

/* config.c */
u64 *thr_config_find(struct thr_limits *limits, const char *key);
int thr_config_set(struct thr_group *group, const char *line, char *error);
int thr_config_set_disk(struct thr_disk *disk, const char *line);
ssize_t thr_config_show(const struct thr_limits *limits, char *page);
ssize_t thr_error_show(const char *error, char *page);
int thr_refuse(char *error, int err, const char *format, ...) __printf(3, 4);
const char *thr_errno_text(int err);
bool thr_name_valid(const char *name);

/* stats.c */
int thr_stats_init(struct thr_stats *stats);
void thr_stats_exit(struct thr_stats *stats);
void thr_stats_done(struct thr_stats *stats, const struct thr_io *io, blk_status_t status, u64 now);
void thr_stats_throttled(struct thr_stats *stats, enum thr_dir dir);
void thr_stats_released(struct thr_stats *stats, enum thr_dir dir, u64 waited_ns);
void thr_stats_sum(const struct thr_stats *stats, struct thr_counters *sum);
int thr_intervals_set(struct thr_stats *stats, const char *line);
ssize_t thr_intervals_show(struct thr_stats *stats, char *page);
int thr_histograms_set(struct thr_stats *stats, const char *line);
ssize_t thr_histogram_show(struct thr_stats *stats, enum thr_type type, char *page);
ssize_t thr_boundaries_show(struct thr_stats *stats, char *page);

/* sysfs.c */
extern struct class thr_class;
void thr_sysfs_init(void);
extern const struct attribute_group *thr_disk_groups[];
extern const struct attribute_group *thr_group_groups[];

/* configfs.c */
int thr_configfs_init(void);
void thr_configfs_exit(void);
int thr_configfs_pin(struct config_item *item);
void thr_configfs_unpin(struct config_item *item);

#endif
