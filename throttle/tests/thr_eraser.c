// SPDX-License-Identifier: GPL-2.0
/*
 * A backing device for tests, of the kind that no virtual one is: /dev/thr_eraser erases securely,
 * has a geometry, an ioctl of its own and persistent reservations. It has no medium; it tells what
 * it was asked for, as /sys/module/thr_eraser/parameters/erased and reserved.
 */
#include <linux/blkdev.h>
#include <linux/hdreg.h>
#include <linux/module.h>
#include <linux/pr.h>

#define CAPACITY	(64 << (20 - SECTOR_SHIFT))
/* At most so many sectors an erase */
#define LONGEST		2048

static DEFINE_SPINLOCK(erased_lock);
static unsigned int requests;
static sector_t first_sector, next_sector;
static struct gendisk *eraser;

static int get_erased(char *page, const struct kernel_param *param)
{
	int length;

	spin_lock_irq(&erased_lock);
	length = sysfs_emit(page, "%u requests, sectors %llu to %llu\n", requests,
			    (u64)first_sector, (u64)next_sector);
	spin_unlock_irq(&erased_lock);
	return length;
}

static const struct kernel_param_ops erased_ops = { .get = get_erased };
module_param_cb(erased, &erased_ops, NULL, 0444);
MODULE_PARM_DESC(erased, "secure erases, the first sector of the first and the end of the last");

/* The last reservation that was asked for */
static u64 reserved;
module_param(reserved, ullong, 0444);
MODULE_PARM_DESC(reserved, "key of the persistent reservation; 0: none");

#define ERASER_IOCTL	_IO(0x12, 0xee)	/* answers its argument plus 1 */

static int eraser_ioctl(struct block_device *bdev, compat_blk_mode mode, unsigned int command,
			unsigned long argument)
{
	return command == ERASER_IOCTL ? (int)argument + 1 : -ENOTTY;
}

static int eraser_getgeo(compat_getgeo_disk *of, struct hd_geometry *geometry)
{
	geometry->heads = 7;
	geometry->sectors = 13;
	geometry->cylinders = 1440;
	return 0;
}

static int eraser_reserve(struct block_device *bdev, u64 key, enum pr_type type, u32 flags)
{
	if (reserved)
		return -EBUSY;
	reserved = key;
	return 0;
}

static int eraser_release(struct block_device *bdev, u64 key, enum pr_type type)
{
	if (reserved != key)
		return -EINVAL;
	reserved = 0;
	return 0;
}

/* Nothing else of persistent reservations */
static const struct pr_ops eraser_pr_ops = {
	.pr_reserve = eraser_reserve,
	.pr_release = eraser_release,
};

static void submit(struct bio *bio)
{
	if (bio_op(bio) == REQ_OP_SECURE_ERASE) {
		spin_lock_irq(&erased_lock);
		if (!requests++)
			first_sector = bio->bi_iter.bi_sector;
		next_sector = bio_end_sector(bio);
		spin_unlock_irq(&erased_lock);
	} else if (bio_op(bio) == REQ_OP_READ) {
		zero_fill_bio(bio);
	} else {
		bio->bi_status = BLK_STS_NOTSUPP;
	}
	bio_endio(bio);
}

static const struct block_device_operations operations = {
	.owner = THIS_MODULE,
	.submit_bio = submit,
	.ioctl = eraser_ioctl,
	.getgeo = eraser_getgeo,
	.pr_ops = &eraser_pr_ops,
};

static int __init eraser_init(void)
{
	int err;

	eraser = compat_alloc_eraser(LONGEST);
	if (IS_ERR(eraser))
		return PTR_ERR(eraser);
	strscpy(eraser->disk_name, KBUILD_MODNAME, sizeof(eraser->disk_name));
	eraser->fops = &operations;
	set_capacity(eraser, CAPACITY);
	err = add_disk(eraser);
	if (err)
		put_disk(eraser);
	return err;
}

static void __exit eraser_exit(void)
{
	del_gendisk(eraser);
	put_disk(eraser);
}

module_init(eraser_init);
module_exit(eraser_exit);
MODULE_DESCRIPTION("A disk for tests that erases securely");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
