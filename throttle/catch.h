/* SPDX-License-Identifier: GPL-2.0 */
/* Catching the bios of a disk where they enter the block layer: see catch.c. */
#ifndef THR_CATCH_H
#define THR_CATCH_H

#include <linux/bio.h>
#include <linux/rculist.h>

#include "port.h"

/**
 * struct thr_catch - a disk or partition whose bios are caught
 * @node: among all, by @gendisk
 * @gendisk: the disk
 * @partition: NULL: the whole disk, with its partitions
 * @port: what they go through
 * @lock: protects @starved
 * @starved: bios that found no memory to be remembered by
 * @feed: looks after them
 */
struct thr_catch {
	struct hlist_node node;
	struct gendisk *gendisk;
	struct block_device *partition;
	struct thr_port *port;
	raw_spinlock_t lock;
	struct bio_list starved;
	struct work_struct feed;
};

#ifdef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
void thr_catch_init(struct thr_catch *catch, struct thr_port *port);
int thr_catch_begin(struct thr_catch *catch, struct block_device *bdev);
void thr_catch_end(struct thr_catch *catch);
void thr_catch_settle(void);
void thr_catch_send(struct thr_io *io);
void thr_catch_module_exit(void);
#else
static inline void thr_catch_init(struct thr_catch *catch, struct thr_port *port)
{
}

static inline int thr_catch_begin(struct thr_catch *catch, struct block_device *bdev)
{
	return -EOPNOTSUPP;
}

static inline void thr_catch_end(struct thr_catch *catch)
{
}

static inline void thr_catch_settle(void)
{
}

static inline void thr_catch_send(struct thr_io *io)
{
}

static inline void thr_catch_module_exit(void)
{
}
#endif

#endif
