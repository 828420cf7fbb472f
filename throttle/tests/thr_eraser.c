// SPDX-License-Identifier: GPL-2.0
/*
 * A backing device for tests, of the kind that no virtual one is: /dev/thr_eraser erases securely.
 * It has no medium; it tells what it was asked for, as /sys/module/thr_eraser/parameters/erased.
 */
#include <linux/blkdev.h>
#include <linux/module.h>

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
MODULE_VERSION("1.0");
