/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disks: what has a directory in thr/disks/. One is stacked on its backing device as /dev/thrN, or
 * it is its backing device, limited in place.
 *
 * thr_disk.live_lock is outermost of all locks: a disk is made or removed under it, and configured.
 * It is never held by those who do I/O.
 */
#ifndef THR_DISK_H
#define THR_DISK_H

#include <linux/configfs.h>
#include <linux/mutex.h>

#include "catch.h"

/**
 * struct thr_disk - a disk
 * @port: where its bios come through
 * @backing: device it stands on, while it is live
 * @idle: nothing is in flight, after its end or before its beginning
 * @gendisk: /dev/thrN; NULL: none; under @live_lock
 * @index: N in thrN
 * @catch: how it gets bios, in place
 * @target: the device that is limited in place; NULL: none; under the lock of inplace.c
 * @released: it has been detached
 * @idle_node: in the list of those that are idle again, in place
 * @live_lock: see above
 * @item: configfs directory; holds the memory
 * @path: of the backing device; under @live_lock
 * @read_only: refuse writes although the backing device would take them; under @live_lock
 * @in_place: it is not stacked; under @live_lock while it is not live, then it stays
 */
struct thr_disk {
	struct thr_port port;
	struct compat_backing backing;
	struct completion idle;
	struct gendisk *gendisk;
	int index;
	struct thr_catch catch;
	struct block_device *target;
	struct completion released;
	struct llist_node idle_node;
	struct mutex live_lock;		/* disk comes to life or ends */
	struct config_item item;
	char *path;
	bool read_only;
	bool in_place;
};

/* disk.c */
struct thr_disk *thr_disk_new(void);
void thr_disk_free(struct thr_disk *disk);
int thr_disk_start(struct thr_disk *disk);
int thr_disk_stop(struct thr_disk *disk, bool force);
bool thr_disk_is_live(const struct thr_disk *disk);
ssize_t thr_disk_show_device(struct thr_disk *disk, char *page);

/* ioctl.c */
int thr_ioctl(struct block_device *bdev, compat_blk_mode mode, unsigned int command,
	      unsigned long argument);
int thr_getgeo(compat_getgeo_disk *of, struct hd_geometry *geometry);
extern const struct pr_ops thr_pr_ops;

#endif
