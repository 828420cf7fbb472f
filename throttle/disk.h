/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Disks: what has a directory in thr/disks/. One is stacked on its backing device as /dev/thrN.
 *
 * thr_disk.live_lock is outermost of all locks: a disk is made or removed under it, and configured.
 * It is never held by those who do I/O.
 */
#ifndef THR_DISK_H
#define THR_DISK_H

#include <linux/configfs.h>
#include <linux/mutex.h>

#include "port.h"

/**
 * struct thr_disk - a disk
 * @port: where its bios come through
 * @backing: device it stands on, while it is live
 * @idle: nothing is in flight, after its end
 * @gendisk: NULL: not live; under @live_lock
 * @live_lock: see above
 * @item: configfs directory; holds the memory
 * @path: of the backing device; under @live_lock
 * @read_only: refuse writes although the backing device would take them; under @live_lock
 * @index: N in thrN
 */
struct thr_disk {
	struct thr_port port;
	struct compat_backing backing;
	struct completion idle;
	struct gendisk *gendisk;
	struct mutex live_lock;
	struct config_item item;
	char *path;
	bool read_only;
	int index;
};

/* disk.c */
struct thr_disk *thr_disk_new(void);
void thr_disk_free(struct thr_disk *disk);
int thr_disk_start(struct thr_disk *disk);
int thr_disk_stop(struct thr_disk *disk, bool force);
bool thr_disk_is_live(const struct thr_disk *disk);

/* ioctl.c */
int thr_ioctl(struct block_device *bdev, compat_blk_mode mode, unsigned int command,
	      unsigned long argument);
int thr_getgeo(compat_getgeo_disk *of, struct hd_geometry *geometry);
extern const struct pr_ops thr_pr_ops;

#endif
