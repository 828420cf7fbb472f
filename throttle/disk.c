// SPDX-License-Identifier: GPL-2.0
/* Disks: what has a directory in thr/disks/, whatever its kind. */
#include <linux/slab.h>

#include "disk.h"
#include "inplace.h"
#include "stacked.h"

/**
 * thr_disk_is_live - do bios come through it?
 * @disk: disk
 *
 * Return: true or false; under thr_disk.live_lock it can only become false, when the device goes
 * that is limited in place.
 */
bool thr_disk_is_live(const struct thr_disk *disk)
{
	return READ_ONCE(disk->gendisk) || READ_ONCE(disk->target);
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
	if (thr_disk_is_live(disk))
		return -EBUSY;
	if (disk->in_place) {
		disk->port.operations = &thr_inplace_operations;
		return thr_inplace_start(disk);
	}
	disk->port.operations = &thr_stacked_operations;
	return thr_stacked_start(disk);
}

/**
 * thr_disk_stop - end what thr_disk_start() began
 * @disk: disk
 * @force: although it is in use, where that matters
 *
 * What waits goes at once. Membership of a group stays.
 *
 * Return: 0; -EBUSY: in use; -ENODEV: not live.
 */
int thr_disk_stop(struct thr_disk *disk, bool force)
{
	lockdep_assert_held(&disk->live_lock);
	if (!thr_disk_is_live(disk))
		return -ENODEV;
	return disk->in_place ? thr_inplace_stop(disk) : thr_stacked_stop(disk, force);
}

/**
 * thr_disk_show_device - the block device in whose directory the tuning is
 * @disk: disk
 * @page: receives a line: a name, or nothing while it is not live
 *
 * Return: characters written.
 */
ssize_t thr_disk_show_device(struct thr_disk *disk, char *page)
{
	lockdep_assert_held(&disk->live_lock);
	if (disk->gendisk)
		return sysfs_emit(page, "%s\n", disk->gendisk->disk_name);
	return thr_inplace_show_device(disk, page);
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
	if (thr_port_init(&disk->port)) {
		kfree(disk);
		return NULL;
	}
	thr_inplace_init(disk);
	init_completion(&disk->idle);
	complete_all(&disk->idle);
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
