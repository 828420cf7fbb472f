// SPDX-License-Identifier: GPL-2.0
/* Disks: what has a directory in thr/disks/, whatever its kind. */
#include <linux/slab.h>

#include "disk.h"
#include "stacked.h"

/**
 * thr_disk_is_live - do bios come through it?
 * @disk: disk
 *
 * Return: true or false; it stays so only under thr_disk.live_lock.
 */
bool thr_disk_is_live(const struct thr_disk *disk)
{
	return READ_ONCE(disk->gendisk);
}

/**
 * thr_disk_start - make a disk live
 * @disk: configured disk
 *
 * Return: 0, or an errno whose reason is in its error; -EBUSY: it is live.
 */
int thr_disk_start(struct thr_disk *disk)
{
	lockdep_assert_held(&disk->live_lock);
	return thr_disk_is_live(disk) ? -EBUSY : thr_stacked_start(disk);
}

/**
 * thr_disk_stop - end what thr_disk_start() began
 * @disk: disk
 * @force: although it is in use
 *
 * What waits goes at once. Membership of a group stays.
 *
 * Return: 0; -EBUSY: in use; -ENODEV: not live.
 */
int thr_disk_stop(struct thr_disk *disk, bool force)
{
	lockdep_assert_held(&disk->live_lock);
	return thr_disk_is_live(disk) ? thr_stacked_stop(disk, force) : -ENODEV;
}

/**
 * thr_disk_new - a disk that is not live and in no group
 *
 * Return: the disk, or NULL when memory is short.
 */
struct thr_disk *thr_disk_new(void)
{
	struct thr_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);

	if (!disk)
		return NULL;
	if (thr_port_init(&disk->port, &thr_stacked_operations)) {
		kfree(disk);
		return NULL;
	}
	init_completion(&disk->idle);
	mutex_init(&disk->live_lock);
	return disk;
}

/**
 * thr_disk_free - the end of a disk that is not live and in no group
 * @disk: disk
 */
void thr_disk_free(struct thr_disk *disk)
{
	thr_port_exit(&disk->port);
	kfree(disk->path);
	kfree(disk);
}
