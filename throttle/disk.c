// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/thrN: a disk that hands every bio on to its backing device, when its group lets it.
 *
 * The disk is bio-based. A bio is counted as the user made it, before anything splits or merges it;
 * one that waits holds no tag, so waiting writes cannot stop reads; and one that need not wait goes
 * on in the submitter's context and plug, whatever the backing device is made of. The bio itself
 * travels, with its owner's completion put aside.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/idr.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <trace/events/block.h>

#include "thr.h"

/* So many bios a disk can always have on their way, however short memory is. */
#define POOL_SIZE	64

static struct kmem_cache *io_cache;
static struct workqueue_struct *workqueue;
static DEFINE_IDA(indexes);

static void release_inflight(struct percpu_ref *ref)
{
	complete(&container_of(ref, struct thr_disk, inflight)->idle);
}

static void end_io(struct bio *bio)
{
	struct thr_io *io = bio->bi_private;
	struct thr_disk *disk = io->disk;

	bio->bi_private = io->private;
	bio->bi_end_io = io->end_io;
	bio->bi_bdev = io->bdev;
	/* For those who trace its completion: what it was, not what the backing device left */
	bio->bi_iter = io->iter;
	thr_stats_done(&disk->stats, io, bio->bi_status, ktime_get_ns());
	if (io->accepted_jiffies)
		compat_end_io_acct(io->bdev, io->op, io->iter.bi_size >> SECTOR_SHIFT,
				   io->accepted_jiffies);
	mempool_free(io, &disk->pool);
	percpu_ref_put(&disk->inflight);
	/* Again: this completion is the disk's, the one before was the backing device's. */
	bio_set_flag(bio, BIO_TRACE_COMPLETION);
	bio_endio(bio);
}

static void send(struct thr_io *io)
{
	struct bio *bio = io->bio;

	io->end_io = bio->bi_end_io;
	io->private = bio->bi_private;
	bio->bi_end_io = end_io;
	bio->bi_private = io;
	/* What it was at this disk, it will be again at the next. */
	bio_clear_flag(bio, BIO_TRACE_COMPLETION);
	bio_clear_flag(bio, BIO_CGROUP_ACCT);
	bio_set_dev(bio, io->disk->backing.bdev);
	trace_block_bio_remap(bio, io->bdev->bd_dev, bio->bi_iter.bi_sector);
	submit_bio_noacct(bio);
}

static bool is_dead(const struct thr_disk *disk)
{
	return READ_ONCE(disk->gone) || test_bit(GD_DEAD, &disk->backing.bdev->bd_disk->state);
}

static void send_released(struct work_struct *work)
{
	struct thr_lane *lane = container_of(work, struct thr_lane, work);
	struct llist_node *list = llist_reverse_order(llist_del_all(&lane->ready));
	struct thr_io *io, *next;
	struct blk_plug plug;

	blk_start_plug(&plug);
	llist_for_each_entry_safe(io, next, list, ready) {
		/* Those behind it need not wait for their errors. */
		if (unlikely(is_dead(io->disk)) && !io->disk->gone) {
			WRITE_ONCE(io->disk->gone, true);
			thr_disk_drain(io->disk);
		}
		send(io);
		cond_resched();
	}
	blk_finish_plug(&plug);
}

/**
 * thr_disk_dispatch - a bio has waited long enough
 * @io: the bio
 *
 * Context: any.
 */
void thr_disk_dispatch(struct thr_io *io)
{
	struct thr_lane *lane = &io->disk->lane[io->waiter.dir];

	thr_stats_released(&io->disk->stats, io->waiter.dir, ktime_get_ns() - io->accepted);
	/* Whoever submitted it does not wait any more. */
	io->bio->bi_opf &= ~REQ_NOWAIT;
	if (llist_add(&io->ready, &lane->ready))
		queue_work(workqueue, &lane->work);
}

/* Fill in what the statistics and the group want to know. Returns what the bio costs. */
static enum thr_cost classify(const struct thr_disk *disk, struct thr_io *io, const struct bio *bio)
{
	io->op = bio_op(bio);
	io->waiter.bytes = bio->bi_iter.bi_size;
	io->waiter.dir = op_is_write(io->op) ? THR_WRITE : THR_READ;
	switch (io->op) {
	case REQ_OP_READ:
		io->type = THR_TYPE_READ;
		return THR_COST_FULL;
	case REQ_OP_WRITE:
		io->type = THR_TYPE_WRITE;
		if (io->waiter.bytes)
			return THR_COST_FULL;
		io->type = THR_TYPE_FLUSH;
		return THR_COST_NONE;
	case REQ_OP_WRITE_ZEROES:
		io->type = THR_TYPE_WRITE;
		return READ_ONCE(disk->zeroes_cost);
	case REQ_OP_DISCARD:
	case REQ_OP_SECURE_ERASE:
		io->type = THR_TYPE_DISCARD;
		return READ_ONCE(disk->discard_cost);
	default:
		io->type = THR_TYPE_FLUSH;
		return THR_COST_NONE;
	}
}

static void submit(struct bio *bio)
{
	struct thr_disk *disk = bio->bi_bdev->bd_disk->private_data;
	enum thr_cost cost;
	struct thr_io *io;

	io = mempool_alloc(&disk->pool, bio->bi_opf & REQ_NOWAIT ? GFP_NOWAIT : GFP_NOIO);
	if (unlikely(!io)) {
		bio_wouldblock_error(bio);
		return;
	}
	percpu_ref_get(&disk->inflight);
	io->disk = disk;
	io->bio = bio;
	io->bdev = bio->bi_bdev;
	io->accepted = ktime_get_ns();
	io->accepted_jiffies = 0;
	io->iter = bio->bi_iter;
	cost = classify(disk, io, bio);
	if (blk_queue_io_stat(disk->gendisk->queue)) {
		io->accepted_jiffies = jiffies ? : 1;
		compat_start_io_acct(io->bdev, io->op, io->waiter.bytes >> SECTOR_SHIFT,
				     io->accepted_jiffies);
	}
	if (READ_ONCE(disk->limited) && cost != THR_COST_NONE && !is_dead(disk)) {
		if (cost == THR_COST_ONE)
			io->waiter.bytes = 0;
		if (!thr_group_admit(disk, io))
			return;
	}
	send(io);
}

static const struct block_device_operations operations = {
	.owner = THIS_MODULE,
	.submit_bio = submit,
	.ioctl = thr_ioctl,
	.compat_ioctl = blkdev_compat_ptr_ioctl,
	.getgeo = thr_getgeo,
	.pr_ops = &thr_pr_ops,
};

static void backing_died(struct block_device *bdev, bool surprise)
{
	struct thr_disk *disk = bdev->bd_holder;

	compat_holder_unlock(bdev);
	WRITE_ONCE(disk->gone, true);
	thr_disk_drain(disk);
}

static const struct blk_holder_ops holder_operations = {
	.mark_dead = backing_died,
};

static int open_backing(struct thr_disk *disk)
{
	bool write = !disk->read_only;
	int err;

	if (!disk->path)
		return thr_refuse(disk->error, -EINVAL, "%s: no backing device is set",
				  thr_disk_name(disk));
	err = compat_backing_open(&disk->backing, disk->path, write, disk, &holder_operations);
	/* A device that takes no writes makes a disk that takes none. */
	if ((err == -EACCES || err == -EROFS) && write)
		err = compat_backing_open(&disk->backing, disk->path, false, disk,
					  &holder_operations);
	if (err)
		return thr_refuse(disk->error, err, "%s: cannot open %s exclusively: %s",
				  thr_disk_name(disk), disk->path, thr_errno_text(err));
	if (bdev_is_zoned(disk->backing.bdev)) {
		compat_backing_close(&disk->backing);
		return thr_refuse(disk->error, -EOPNOTSUPP,
				  "%s: %s is zoned; zoned devices are not supported",
				  thr_disk_name(disk), disk->path);
	}
	return 0;
}

static int make_gendisk(struct thr_disk *disk)
{
	struct block_device *bdev = disk->backing.bdev;
	char name[DISK_NAME_LEN];
	struct gendisk *gendisk;
	int err;

	snprintf(name, sizeof(name), "thr%d", disk->index);
	gendisk = compat_alloc_stacked_disk(bdev, name);
	if (IS_ERR(gendisk))
		return PTR_ERR(gendisk);
	strscpy(gendisk->disk_name, name, sizeof(gendisk->disk_name));
	gendisk->fops = &operations;
	gendisk->private_data = disk;
	set_capacity(gendisk, bdev_nr_sectors(bdev));
	if (!disk->backing.write || bdev_read_only(bdev))
		set_disk_ro(gendisk, true);
	disk->gendisk = gendisk;
	err = device_add_disk(NULL, gendisk, thr_disk_groups);
	if (err)
		goto put_gendisk;
	/* For lsblk: who stands on whom */
	err = bd_link_disk_holder(bdev, gendisk);
	if (err)
		goto del_gendisk;
	return 0;

del_gendisk:
	del_gendisk(gendisk);
put_gendisk:
	WRITE_ONCE(gendisk->private_data, NULL);
	put_disk(gendisk);
	disk->gendisk = NULL;
	return err;
}

/**
 * thr_disk_start - make /dev/thrN
 * @disk: configured disk
 *
 * Return: 0, or an errno whose reason is in @disk->error; -EBUSY: it is live.
 */
int thr_disk_start(struct thr_disk *disk)
{
	int err;

	lockdep_assert_held(&disk->live_lock);
	if (disk->gendisk)
		return -EBUSY;
	err = open_backing(disk);
	if (err)
		return err;
	/* Its partition table is read at once, however small the limits. */
	WRITE_ONCE(disk->gone, true);
	reinit_completion(&disk->idle);
	err = percpu_ref_init(&disk->inflight, release_inflight, 0, GFP_KERNEL);
	if (err)
		goto close_backing;
	disk->index = ida_alloc(&indexes, GFP_KERNEL);
	if (disk->index < 0) {
		err = disk->index;
		goto exit_inflight;
	}
	err = make_gendisk(disk);
	if (err)
		goto free_index;
	WRITE_ONCE(disk->gone, false);
	return 0;

free_index:
	ida_free(&indexes, disk->index);
exit_inflight:
	percpu_ref_kill(&disk->inflight);
	wait_for_completion(&disk->idle);
	percpu_ref_exit(&disk->inflight);
close_backing:
	compat_backing_close(&disk->backing);
	return thr_refuse(disk->error, err, "%s: cannot make a disk: %s", thr_disk_name(disk),
			  thr_errno_text(err));
}

/**
 * thr_disk_stop - remove /dev/thrN
 * @disk: disk
 * @force: although it is in use
 *
 * What waits goes at once. Membership of a group stays.
 *
 * Return: 0; -EBUSY: in use; -ENODEV: not live.
 */
int thr_disk_stop(struct thr_disk *disk, bool force)
{
	struct gendisk *gendisk = disk->gendisk;

	lockdep_assert_held(&disk->live_lock);
	if (!gendisk)
		return -ENODEV;
	if (!force && disk_openers(gendisk))
		return thr_refuse(disk->error, -EBUSY, "%s: /dev/%s is in use", thr_disk_name(disk),
				  gendisk->disk_name);
	/* From here on nothing waits, dirty pages that del_gendisk() writes included. */
	WRITE_ONCE(disk->gone, true);
	thr_disk_drain(disk);
	bd_unlink_disk_holder(disk->backing.bdev, gendisk);
	del_gendisk(gendisk);
	/* Whoever still has it open finds nothing behind it any more; see ioctl.c. */
	WRITE_ONCE(gendisk->private_data, NULL);
	percpu_ref_kill(&disk->inflight);
	wait_for_completion(&disk->idle);
	percpu_ref_exit(&disk->inflight);
	disk->gendisk = NULL;
	put_disk(gendisk);
	ida_free(&indexes, disk->index);
	compat_backing_close(&disk->backing);
	return 0;
}

/**
 * thr_disk_rescan - take over the size of the backing device
 * @disk: live disk
 *
 * Return: 0.
 */
int thr_disk_rescan(struct thr_disk *disk)
{
	set_capacity_and_notify(disk->gendisk, bdev_nr_sectors(disk->backing.bdev));
	return 0;
}

/**
 * thr_disk_name - the name its user gave it
 * @disk: disk
 *
 * Return: a string that lives as long as the disk.
 */
const char *thr_disk_name(const struct thr_disk *disk)
{
	return config_item_name((struct config_item *)&disk->item);
}

/**
 * thr_disk_new - a disk that is not live and in no group
 * @name: valid
 *
 * Return: the disk, or NULL when memory is short.
 */
struct thr_disk *thr_disk_new(const char *name)
{
	struct thr_disk *disk = kzalloc(sizeof(*disk), GFP_KERNEL);
	unsigned int i;

	if (!disk)
		return NULL;
	if (mempool_init_slab_pool(&disk->pool, POOL_SIZE, io_cache))
		goto free_disk;
	if (thr_stats_init(&disk->stats))
		goto exit_pool;
	init_completion(&disk->idle);
	mutex_init(&disk->live_lock);
	for (i = 0; i < THR_DIRS; i++) {
		init_llist_head(&disk->lane[i].ready);
		INIT_WORK(&disk->lane[i].work, send_released);
	}
	thr_share_init(&disk->member.share, THR_WEIGHT_DEFAULT);
	INIT_LIST_HEAD(&disk->member.entry);
	disk->member.disk = disk;
	disk->discard_cost = THR_COST_ONE;
	return disk;

exit_pool:
	mempool_exit(&disk->pool);
free_disk:
	kfree(disk);
	return NULL;
}

/**
 * thr_disk_free - the end of a disk that is not live and in no group
 * @disk: disk
 */
void thr_disk_free(struct thr_disk *disk)
{
	unsigned int i;

	for (i = 0; i < THR_DIRS; i++)
		flush_work(&disk->lane[i].work);
	thr_stats_exit(&disk->stats);
	mempool_exit(&disk->pool);
	kfree(disk->path);
	kfree(disk);
}

int __init thr_disk_module_init(void)
{
	io_cache = KMEM_CACHE(thr_io, SLAB_HWCACHE_ALIGN);
	if (!io_cache)
		return -ENOMEM;
	workqueue = alloc_workqueue("thr", WQ_MEM_RECLAIM | WQ_HIGHPRI, 0);
	if (!workqueue) {
		kmem_cache_destroy(io_cache);
		return -ENOMEM;
	}
	return 0;
}

void thr_disk_module_exit(void)
{
	destroy_workqueue(workqueue);
	kmem_cache_destroy(io_cache);
	ida_destroy(&indexes);
}
