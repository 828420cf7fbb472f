// SPDX-License-Identifier: GPL-2.0
/*
 * What a disk passes on besides bios: ioctls (SG_IO, NVMe commands), geometry, persistent
 * reservations. None of it is limited, and none of it is counted.
 *
 * A disk can be taken away while it is open. Its gendisk then has no private data; until it has
 * none, whoever gets a reference to what is in flight may use the backing device.
 */
#include <linux/blkdev.h>
#include <linux/capability.h>
#include <linux/hdreg.h>
#include <linux/pr.h>
#include <linux/rcupdate.h>

#include "disk.h"

/* The disk, which stays live until put(); NULL: it has been taken away. */
static struct thr_disk *get(struct gendisk *gendisk)
{
	struct thr_disk *disk;

	/* The reference is killed after the private data is gone, and that waits for readers. */
	rcu_read_lock();
	disk = READ_ONCE(gendisk->private_data);
	if (disk && !percpu_ref_tryget_live(&disk->port.inflight))
		disk = NULL;
	rcu_read_unlock();
	return disk;
}

static void put(struct thr_disk *disk)
{
	percpu_ref_put(&disk->port.inflight);
}

/**
 * thr_ioctl - hand an ioctl that the block layer does not know to the backing device
 * @bdev: disk or partition
 * @mode: how it was opened
 * @command: ioctl
 * @argument: its argument
 *
 * A command to a partition would reach the whole backing device: only CAP_SYS_RAWIO may do that.
 *
 * Context: may sleep as long as the backing device does.
 *
 * Return: what the backing device answers; -ENOTTY: it knows no ioctl; -ENXIO: the disk is gone.
 */
int thr_ioctl(struct block_device *bdev, compat_blk_mode mode, unsigned int command,
	      unsigned long argument)
{
	struct block_device *backing;
	struct thr_disk *disk;
	int ret = -ENOTTY;

	if (bdev_is_partition(bdev) && !capable(CAP_SYS_RAWIO))
		return -ENOIOCTLCMD;
	disk = get(bdev->bd_disk);
	if (!disk)
		return -ENXIO;
	backing = disk->backing.bdev;
	if (backing->bd_disk->fops->ioctl)
		ret = backing->bd_disk->fops->ioctl(backing, mode, command, argument);
	put(disk);
	return ret;
}

/**
 * thr_getgeo - the backing device's geometry
 * @of: disk
 * @geometry: heads, sectors and cylinders; the block layer adds the start
 *
 * Context: may sleep.
 *
 * Return: 0; -ENOTTY: the backing device has none; -ENXIO: the disk is gone.
 */
int thr_getgeo(compat_getgeo_disk *of, struct hd_geometry *geometry)
{
	struct thr_disk *disk = get(compat_gendisk_of(of));
	struct block_device *backing;
	int ret = -ENOTTY;

	if (!disk)
		return -ENXIO;
	backing = disk->backing.bdev;
	if (backing->bd_disk->fops->getgeo)
		ret = compat_getgeo(backing, geometry);
	put(disk);
	return ret;
}

/*
 * Call an operation of the backing device's; @operation is the name of a field. A reservation is of
 * a whole device: a disk over a partition has none, as the kernel gives a partition itself none.
 */
#define PASS_ON(bdev, operation, ...) ({					\
	struct thr_disk *disk_ = get((bdev)->bd_disk);				\
	const struct pr_ops *ops_;						\
	int ret_ = -ENXIO;							\
										\
	if (disk_) {								\
		struct block_device *backing_ = disk_->backing.bdev;		\
										\
		ops_ = backing_->bd_disk->fops->pr_ops;				\
		ret_ = -EOPNOTSUPP;						\
		if (ops_ && ops_->operation && !bdev_is_partition(backing_))	\
			ret_ = ops_->operation(backing_, __VA_ARGS__);		\
		put(disk_);							\
	}									\
	ret_;									\
})

static int pr_register(struct block_device *bdev, u64 old_key, u64 new_key, u32 flags)
{
	return PASS_ON(bdev, pr_register, old_key, new_key, flags);
}

static int pr_reserve(struct block_device *bdev, u64 key, enum pr_type type, u32 flags)
{
	return PASS_ON(bdev, pr_reserve, key, type, flags);
}

static int pr_release(struct block_device *bdev, u64 key, enum pr_type type)
{
	return PASS_ON(bdev, pr_release, key, type);
}

static int pr_preempt(struct block_device *bdev, u64 old_key, u64 new_key, enum pr_type type,
		      bool abort)
{
	return PASS_ON(bdev, pr_preempt, old_key, new_key, type, abort);
}

static int pr_clear(struct block_device *bdev, u64 key)
{
	return PASS_ON(bdev, pr_clear, key);
}

#ifdef COMPAT_PR_READ
static int pr_read_keys(struct block_device *bdev, struct pr_keys *keys)
{
	return PASS_ON(bdev, pr_read_keys, keys);
}

static int pr_read_reservation(struct block_device *bdev, struct pr_held_reservation *held)
{
	return PASS_ON(bdev, pr_read_reservation, held);
}
#endif

/* Persistent reservations, see the kernel's Documentation/block/pr.rst */
const struct pr_ops thr_pr_ops = {
	.pr_register = pr_register,
	.pr_reserve = pr_reserve,
	.pr_release = pr_release,
	.pr_preempt = pr_preempt,
	.pr_clear = pr_clear,
#ifdef COMPAT_PR_READ
	.pr_read_keys = pr_read_keys,
	.pr_read_reservation = pr_read_reservation,
#endif
};
