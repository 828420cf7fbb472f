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

#include "disk.h"
#include "attributes.h"
#include "chain.h"
#include "group.h"
#include "stacked.h"

static DEFINE_IDA(indexes);

static struct thr_disk *disk_of(struct thr_port *port)
{
	return container_of(port, struct thr_disk, port);
}

static struct thr_chain chained = {
	.end = bio_endio,
	.lock = __RAW_SPIN_LOCK_UNLOCKED(chained.lock),
	.work = __WORK_INITIALIZER(chained.work, thr_chain_work),
};

static void end_io(struct bio *bio)
{
	struct thr_io *io = bio->bi_private;
	struct thr_port *port = io->port;

	bio->bi_bdev = io->bdev;
	/* For those who trace its completion: what it was, not what the backing device left */
	bio->bi_iter = io->iter;
	if (io->accepted_jiffies)
		compat_end_io_acct(io->bdev, io->op, io->iter.bi_size >> SECTOR_SHIFT,
				   io->accepted_jiffies);
	thr_port_done(io);
	percpu_ref_put(&port->inflight);
	/* Again: this completion is the disk's, the one before was the backing device's. */
	bio_set_flag(bio, BIO_TRACE_COMPLETION);
	if (thr_chain_has(bio))
		thr_chain_end(&chained, bio);
	else
		bio_endio(bio);
}

static void send(struct thr_disk *disk, struct thr_io *io)
{
	struct bio *bio = io->bio;

	thr_port_divert(io, end_io);
	/* What it was at this disk, it will be again at the next. */
	bio_clear_flag(bio, BIO_TRACE_COMPLETION);
	bio_clear_flag(bio, BIO_CGROUP_ACCT);
	bio_set_dev(bio, disk->backing.bdev);
	trace_block_bio_remap(bio, io->bdev->bd_dev, bio->bi_iter.bi_sector);
	submit_bio_noacct(bio);
}

static bool is_dead(const struct thr_disk *disk)
{
	return READ_ONCE(disk->port.gone) ||
	       test_bit(GD_DEAD, &disk->backing.bdev->bd_disk->state);
}

static void send_released(struct thr_io *io)
{
	struct thr_disk *disk = disk_of(io->port);

	/* Those behind it need not wait for their errors. */
	if (unlikely(is_dead(disk)) && !disk->port.gone) {
		WRITE_ONCE(disk->port.gone, true);
		thr_port_drain(&disk->port);
	}
	send(disk, io);
}

static void submit(struct bio *bio)
{
	struct thr_disk *disk = bio->bi_bdev->bd_disk->private_data;
	struct thr_port *port = &disk->port;
	enum thr_cost cost;
	struct thr_io *io;

	local_irq_disable();
	io = thr_stash_get();
	local_irq_enable();
	if (unlikely(!io))
		io = mempool_alloc(&port->pool, bio->bi_opf & REQ_NOWAIT ? GFP_NOWAIT : GFP_NOIO);
	if (unlikely(!io)) {
		bio_wouldblock_error(bio);
		return;
	}
	percpu_ref_get(&port->inflight);
	cost = thr_port_accept(port, io, bio);
	if (blk_queue_io_stat(disk->gendisk->queue)) {
		io->accepted_jiffies = jiffies ? : 1;
		compat_start_io_acct(io->bdev, io->op, io->waiter.bytes >> SECTOR_SHIFT,
				     io->accepted_jiffies);
	}
	if (READ_ONCE(port->limited) && cost != THR_COST_NONE && !is_dead(disk)) {
		if (cost == THR_COST_ONE)
			io->waiter.bytes = 0;
		if (!thr_group_admit(port, io))
			return;
	}
	send(disk, io);
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
	WRITE_ONCE(disk->port.gone, true);
	thr_port_drain(&disk->port);
}

static const struct blk_holder_ops holder_operations = {
	.mark_dead = backing_died,
};

static int open_backing(struct thr_disk *disk)
{
	bool write = !disk->read_only;
	int err;

	if (!disk->path)
		return thr_refuse(disk->port.error, -EINVAL, "%s: no backing device is set",
				  disk->port.name);
	err = compat_backing_open(&disk->backing, disk->path, write, disk, &holder_operations);
	/* A device that takes no writes makes a disk that takes none. */
	if ((err == -EACCES || err == -EROFS) && write)
		err = compat_backing_open(&disk->backing, disk->path, false, disk,
					  &holder_operations);
	if (err)
		return thr_refuse(disk->port.error, err, "%s: cannot open %s exclusively: %s",
				  disk->port.name, disk->path, thr_errno_text(err));
	if (bdev_is_zoned(disk->backing.bdev)) {
		compat_backing_close(&disk->backing);
		return thr_refuse(disk->port.error, -EOPNOTSUPP,
				  "%s: %s is zoned; zoned devices are not supported",
				  disk->port.name, disk->path);
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
	thr_port_show(&disk->port, disk_to_dev(gendisk));
	err = device_add_disk(NULL, gendisk, thr_port_groups);
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
	thr_port_hide(&disk->port);
	WRITE_ONCE(gendisk->private_data, NULL);
	put_disk(gendisk);
	disk->gendisk = NULL;
	return err;
}

static void finish(struct thr_disk *disk)
{
	thr_port_close(&disk->port);
	wait_for_completion(&disk->idle);
	percpu_ref_exit(&disk->port.inflight);
}

/**
 * thr_stacked_start - make /dev/thrN
 * @disk: configured disk that is not live
 *
 * Return: 0, or an errno whose reason is in @disk->port.error.
 */
int thr_stacked_start(struct thr_disk *disk)
{
	int err;

	lockdep_assert_held(&disk->live_lock);
	err = open_backing(disk);
	if (err)
		return err;
	/* Its partition table is read at once, however small the limits. */
	WRITE_ONCE(disk->port.gone, true);
	reinit_completion(&disk->idle);
	err = thr_port_open(&disk->port);
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
	WRITE_ONCE(disk->port.gone, false);
	return 0;

free_index:
	ida_free(&indexes, disk->index);
exit_inflight:
	finish(disk);
close_backing:
	compat_backing_close(&disk->backing);
	return thr_refuse(disk->port.error, err, "%s: cannot make a disk: %s", disk->port.name,
			  thr_errno_text(err));
}

/**
 * thr_stacked_stop - remove /dev/thrN
 * @disk: live disk
 * @force: although it is in use
 *
 * What waits goes at once. Membership of a group stays.
 *
 * Return: 0; -EBUSY: in use.
 */
int thr_stacked_stop(struct thr_disk *disk, bool force)
{
	struct gendisk *gendisk = disk->gendisk;

	lockdep_assert_held(&disk->live_lock);
	if (!force && disk_openers(gendisk))
		return thr_refuse(disk->port.error, -EBUSY, "%s: /dev/%s is in use",
				  disk->port.name, gendisk->disk_name);
	/* From here on nothing waits, dirty pages that del_gendisk() writes included. */
	WRITE_ONCE(disk->port.gone, true);
	thr_port_drain(&disk->port);
	bd_unlink_disk_holder(disk->backing.bdev, gendisk);
	del_gendisk(gendisk);
	thr_port_hide(&disk->port);
	/* Whoever still has it open finds nothing behind it any more; see ioctl.c. */
	WRITE_ONCE(gendisk->private_data, NULL);
	finish(disk);
	disk->gendisk = NULL;
	put_disk(gendisk);
	ida_free(&indexes, disk->index);
	compat_backing_close(&disk->backing);
	return 0;
}

static void rescan(struct thr_port *port)
{
	struct thr_disk *disk = disk_of(port);

	set_capacity_and_notify(disk->gendisk, bdev_nr_sectors(disk->backing.bdev));
}

static void idle(struct thr_port *port)
{
	complete(&disk_of(port)->idle);
}

const struct thr_port_operations thr_stacked_operations = {
	.send = send_released,
	.idle = idle,
	.rescan = rescan,
};

void thr_stacked_module_exit(void)
{
	ida_destroy(&indexes);
}
