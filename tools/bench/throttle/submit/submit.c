// SPDX-License-Identifier: GPL-2.0
/*
 * Reads 4 KiB from a block device over and over, without user space in the way, and takes the
 * time. Write "<device> <plug depth>" to the parameter run and read nanoseconds per request from
 * it; under QEMU's -icount shift=0 these are instructions.
 */
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/slab.h>

#define DEPTH_MAX	128
#define REQUESTS	4096

static u64 result;

struct batch {
	struct bio *bio[DEPTH_MAX];
	struct page *page;
	atomic_t left;
	struct completion done;
};

static void end_one(struct bio *bio)
{
	struct batch *batch = bio->bi_private;

	if (atomic_dec_and_test(&batch->left))
		complete(&batch->done);
}

static void run_batch(struct batch *batch, struct block_device *bdev, unsigned int depth,
		      sector_t sector)
{
	struct blk_plug plug;
	unsigned int i;

	reinit_completion(&batch->done);
	atomic_set(&batch->left, depth);
	blk_start_plug(&plug);
	for (i = 0; i < depth; i++) {
		struct bio *bio = batch->bio[i];

		bio_reset(bio, bdev, REQ_OP_READ);
		/* Not adjacent: nothing merges */
		bio->bi_iter.bi_sector = sector + 16 * i;
		bio->bi_private = batch;
		bio->bi_end_io = end_one;
		__bio_add_page(bio, batch->page, PAGE_SIZE, 0);
		submit_bio(bio);
	}
	blk_finish_plug(&plug);
	wait_for_completion(&batch->done);
}

static u64 measure(struct batch *batch, struct block_device *bdev, unsigned int depth)
{
	u64 start, best = U64_MAX;
	unsigned int pass, i;

	for (pass = 0; pass < 4; pass++) {
		start = ktime_get_ns();
		for (i = 0; i < REQUESTS; i += depth)
			run_batch(batch, bdev, depth, i % 1024 * 16);
		best = min(best, (ktime_get_ns() - start) / REQUESTS);
	}
	return best;
}

static int run_on(const char *path, unsigned int depth)
{
	struct compat_backing backing;
	struct batch *batch;
	unsigned int i;
	int err;

	err = compat_backing_open(&backing, path, false, &result, NULL);
	if (err)
		return err;
	batch = kzalloc(sizeof(*batch), GFP_KERNEL);
	if (!batch) {
		err = -ENOMEM;
		goto close;
	}
	init_completion(&batch->done);
	batch->page = alloc_page(GFP_KERNEL);
	for (i = 0; i < depth; i++)
		batch->bio[i] = bio_alloc(backing.bdev, 1, REQ_OP_READ, GFP_KERNEL);
	if (batch->page)
		result = measure(batch, backing.bdev, depth);
	else
		err = -ENOMEM;
	for (i = 0; i < depth; i++)
		bio_put(batch->bio[i]);
	if (batch->page)
		__free_page(batch->page);
	kfree(batch);
close:
	compat_backing_close(&backing);
	return err;
}

static int set_run(const char *text, const struct kernel_param *param)
{
	unsigned int depth;
	char path[64];

	if (sscanf(text, "%63s %u", path, &depth) != 2 || !depth || depth > DEPTH_MAX)
		return -EINVAL;
	return run_on(path, depth);
}

static int get_run(char *page, const struct kernel_param *param)
{
	return sysfs_emit(page, "%llu\n", result);
}

static const struct kernel_param_ops run_ops = {
	.set = set_run,
	.get = get_run,
};
module_param_cb(run, &run_ops, NULL, 0600);
MODULE_PARM_DESC(run, "write a device and a plug depth, read ns per request");

MODULE_DESCRIPTION("Cost of a request to a block device");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
