// SPDX-License-Identifier: GPL-2.0
/*
 * What a decision takes, without disk and device: read the parameter run. A line for each number of
 * groups that stand over one another, each with a limit of requests: ns for a request that goes at
 * once, for one that has to wait, and for the release of one that waited, with eight disks waiting.
 * Under QEMU's -icount shift=0 these are instructions.
 */
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../../../../throttle/bucket.c"
#include "../../../../throttle/heap.c"
#include "../../../../throttle/rotation.c"

#define LEVELS	3
#define DISKS	8
#define DEPTH	4
#define WAITERS	(DISKS * DEPTH)
#define ROUNDS	128

struct tree {
	struct thr_rotation group[LEVELS];
	struct thr_share up[LEVELS];
	struct thr_share disk[DISKS];
	struct thr_waiter waiter[WAITERS];
};

static void make(struct tree *tree, unsigned int levels)
{
	struct thr_limits limits;
	unsigned int i;

	memset(tree, 0, sizeof(*tree));
	thr_limits_init(&limits);
	limits.limit[THR_IOPS_TOTAL].avg = 1000;
	for (i = 0; i < levels; i++) {
		thr_rotation_init(&tree->group[i]);
		thr_rotation_set_limits(&tree->group[i], &limits, 0);
		thr_share_init(&tree->up[i], THR_WEIGHT_DEFAULT);
		tree->up[i].child = &tree->group[i];
		if (i)
			thr_rotation_join(&tree->group[i - 1], &tree->up[i], 0);
	}
	for (i = 0; i < DISKS; i++) {
		thr_share_init(&tree->disk[i], THR_WEIGHT_DEFAULT);
		thr_rotation_join(&tree->group[levels - 1], &tree->disk[i], 0);
	}
	for (i = 0; i < WAITERS; i++) {
		tree->waiter[i].bytes = 4096;
		tree->waiter[i].dir = i / DISKS % THR_DIRS;
	}
}

static bool arrive(struct tree *tree, unsigned int i, u64 now)
{
	struct thr_share *disk = &tree->disk[i % DISKS];

	return thr_rotation_pass(disk, &tree->waiter[i], now) ||
	       thr_rotation_arrive(disk, &tree->waiter[i], now);
}

static unsigned int measure(struct tree *tree, unsigned int levels, char *page)
{
	u64 now = NSEC_PER_SEC, start, at_once = U64_MAX, waits = U64_MAX, release = U64_MAX;
	unsigned int round, i, wrong = 0;

	make(tree, levels);
	for (round = 0; round < ROUNDS; round++) {
		start = ktime_get_ns();
		for (i = 0; i < WAITERS; i++)
			wrong += !arrive(tree, i, now += NSEC_PER_MSEC);
		at_once = min(at_once, ktime_get_ns() - start);
	}
	/* Until no more fits in */
	while (arrive(tree, 0, now))
		;
	wrong += !thr_rotation_release(&tree->group[0], now += NSEC_PER_SEC);
	now += NSEC_PER_SEC;
	while (arrive(tree, 0, now))
		;
	wrong += !thr_rotation_release(&tree->group[0], now += NSEC_PER_MSEC);
	for (round = 0; round < ROUNDS; round++) {
		start = ktime_get_ns();
		for (i = 0; i < WAITERS; i++)
			wrong += arrive(tree, i, now);
		waits = min(waits, ktime_get_ns() - start);
		start = ktime_get_ns();
		for (i = 0; i < WAITERS; i++)
			wrong += !thr_rotation_release(&tree->group[0], now += NSEC_PER_MSEC);
		release = min(release, ktime_get_ns() - start);
	}
	return sysfs_emit(page, "%u %llu %llu %llu%s\n", levels, at_once / WAITERS, waits / WAITERS,
			  release / WAITERS, wrong ? " wrong" : "");
}

static int get_run(char *page, const struct kernel_param *param)
{
	struct tree *tree = kmalloc(sizeof(*tree), GFP_KERNEL);
	char *line = (char *)get_zeroed_page(GFP_KERNEL);
	unsigned int levels, used = 0;

	for (levels = 1; tree && line && levels <= LEVELS; levels++) {
		measure(tree, levels, line);
		used += sysfs_emit_at(page, used, "%s", line);
	}
	free_page((unsigned long)line);
	kfree(tree);
	return used ? used : -ENOMEM;
}

static const struct kernel_param_ops run_ops = {
	.get = get_run,
};
module_param_cb(run, &run_ops, NULL, 0400);
MODULE_PARM_DESC(run, "levels, and ns a decision: at once, to wait, to release");

MODULE_DESCRIPTION("Cost of a decision");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
