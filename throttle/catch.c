// SPDX-License-Identifier: GPL-2.0
/*
 * Bios of some disks are caught in submit_bio_noacct(), through which every bio of every disk comes
 * before anything splits or merges it or gives it a tag. ftrace diverts that function, as a live
 * patch would. A bio that need not wait goes on in that very call; one that has to is taken, the
 * call returns, and it is submitted again when its time has come.
 *
 * A bio whose completion is ours has been counted. It comes back when it is released, when the
 * kernel has split something off its front, and when a driver that has queued it sends it again.
 *
 * The handler may run with preemption off, which on a real-time kernel allows no allocation; there
 * a function of ours takes the place of submit_bio_noacct() for all bios of these disks.
 */
#include <linux/ftrace.h>
#include <linux/hashtable.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "catch.h"
#include "chain.h"
#include "group.h"

/* Disks whose bios are caught, under RCU; changed under @lock, as are the hooks. */
static DEFINE_HASHTABLE(table, 8);
static DEFINE_MUTEX(lock);

/* Who is in catch_slowly(), which may sleep */
DEFINE_STATIC_SRCU(inside);

static struct ftrace_ops *submit_hook, *end_hook;

static void end_io(struct bio *bio);

static __always_inline struct hlist_head *bucket_of(const struct gendisk *gendisk)
{
	return &table[hash_min((unsigned long)gendisk, HASH_BITS(table))];
}

/* Has it been counted for this disk? It may have been for others that it came through since. */
static bool is_counted(const struct bio *bio)
{
	bio_end_io_t *completion = bio->bi_end_io;
	void *private = bio->bi_private;

	while (unlikely(completion == end_io)) {
		const struct thr_io *io = private;

		if (io->bdev->bd_disk == bio->bi_bdev->bd_disk)
			return true;
		completion = io->end_io;
		private = io->private;
	}
	return false;
}

/* Under RCU. What a bio is to be caught by, or NULL */
static __always_inline struct thr_catch *find(struct hlist_head *bucket, const struct bio *bio)
{
	const struct block_device *bdev = bio->bi_bdev;
	struct thr_catch *catch;

	hlist_for_each_entry_rcu(catch, bucket, node) {
		if (catch->gendisk == bdev->bd_disk &&
		    (!catch->partition || catch->partition == bdev))
			return catch;
	}
	return NULL;
}

/* Is a bio to be caught? Not by a port that is closed: passes() would not either. */
static bool wanted(struct hlist_head *bucket, const struct bio *bio)
{
	struct thr_catch *catch;

	guard(rcu)();
	catch = find(bucket, bio);
	return catch && !percpu_ref_is_dying(&catch->port->inflight);
}

/* May a bio pass? Its port is @catch's from now on. */
static __always_inline bool ask(struct thr_port *port, struct thr_io *io, struct bio *bio)
{
	enum thr_cost cost = thr_port_accept(port, io, bio);

	thr_port_divert(io, end_io);
	if (!READ_ONCE(port->limited) || cost == THR_COST_NONE || READ_ONCE(port->gone))
		return true;
	if (cost == THR_COST_ONE)
		io->waiter.bytes = 0;
	return thr_group_admit(port, io);
}

static noinline void starve(struct thr_catch *catch, struct bio *bio)
{
	unsigned long flags;

	bio_clear_polled(bio);
	bio->bi_opf &= ~REQ_NOWAIT;
	raw_spin_lock_irqsave(&catch->lock, flags);
	bio_list_add(&catch->starved, bio);
	raw_spin_unlock_irqrestore(&catch->lock, flags);
	/* What makes room next may have done so before the bio was there to be seen. */
	thr_port_queue_work(&catch->feed);
}

/*
 * May a bio go on in the call in which it came? RCU waits for who has interrupts off, too, which
 * costs less than to tell it; but lockdep does not know.
 */
static __always_inline bool passes(struct hlist_head *bucket, struct bio *bio)
{
	struct thr_io *io = NULL;
	struct thr_catch *catch;
	unsigned long flags;

	local_irq_save(flags);
	if (IS_ENABLED(CONFIG_PROVE_RCU))
		rcu_read_lock();
	catch = find(bucket, bio);
	if (catch && !percpu_ref_tryget_live_rcu(&catch->port->inflight))
		catch = NULL;
	if (IS_ENABLED(CONFIG_PROVE_RCU))
		rcu_read_unlock();
	if (likely(catch))
		io = thr_stash_get();
	local_irq_restore(flags);
	if (!catch)
		return true;
	if (unlikely(!io))
		io = mempool_alloc(&catch->port->pool, GFP_NOWAIT | __GFP_NOWARN);
	if (likely(io))
		return ask(catch->port, io, bio);
	starve(catch, bio);
	return false;
}

/* In order of arrival, while there is memory; the end of a bio that has some comes here again. */
static void feed(struct work_struct *work)
{
	struct thr_catch *catch = container_of(work, struct thr_catch, feed);
	struct thr_port *port = catch->port;
	struct bio *bio;

	while ((bio = READ_ONCE(catch->starved.head))) {
		struct thr_io *io = mempool_alloc(&port->pool, GFP_NOWAIT | __GFP_NOWARN);

		if (!io)
			break;
		raw_spin_lock_irq(&catch->lock);
		bio = bio_list_pop(&catch->starved);
		raw_spin_unlock_irq(&catch->lock);
		if (ask(port, io, bio))
			submit_bio_noacct(bio);
		cond_resched();
	}
}

static void finish(struct bio *bio)
{
	/* bio_endio() has done its part, and must not do it twice. */
	if (bio->bi_end_io)
		bio->bi_end_io(bio);
}

static struct thr_chain chained = {
	.end = finish,
	.lock = __RAW_SPIN_LOCK_UNLOCKED(chained.lock),
	.work = __WORK_INITIALIZER(chained.work, thr_chain_work),
};

static void end_io(struct bio *bio)
{
	struct thr_io *io = bio->bi_private;
	struct thr_port *port = io->port;

	thr_port_done(io);
	/* Pairs with the lock in starve(). */
	smp_mb();
	if (unlikely(READ_ONCE(port->catch->starved.head)))
		thr_port_queue_work(&port->catch->feed);
	percpu_ref_put(&port->inflight);
	if (thr_chain_has(bio))
		thr_chain_end(&chained, bio);
	else
		finish(bio);
}

/* In place of submit_bio_noacct(), when there is nothing more to do */
static void take(struct bio *bio)
{
}

/*
 * In place of submit_bio_noacct(), on a real-time kernel, for what is wanted(). What passes without
 * having been counted comes to the handler again; its port has been closed, so it does not come
 * here.
 */
static void catch_slowly(struct bio *bio)
{
	int index = srcu_read_lock(&inside);

	if (passes(bucket_of(bio->bi_bdev->bd_disk), bio))
		submit_bio_noacct(bio);
	srcu_read_unlock(&inside, index);
}

static void notrace on_submit(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			      struct ftrace_regs *fregs)
{
	struct bio *bio = (struct bio *)ftrace_regs_get_argument(fregs, 0);
	struct hlist_head *bucket = bucket_of(bio->bi_bdev->bd_disk);

	if (likely(hlist_empty(bucket)) || is_counted(bio))
		return;
	if (!IS_ENABLED(CONFIG_PREEMPT_RT)) {
		if (!passes(bucket, bio))
			ftrace_regs_set_instruction_pointer(fregs, (unsigned long)take);
	} else if (wanted(bucket, bio)) {
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)catch_slowly);
	}
}

/*
 * A disk is going. Whoever removes it, and writes what is dirty before, is not to wait for what
 * waits.
 */
static void notrace on_end(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			   struct ftrace_regs *fregs)
{
	struct gendisk *gendisk = (struct gendisk *)ftrace_regs_get_argument(fregs, 0);
	struct thr_catch *catch;

	rcu_read_lock();
	hlist_for_each_entry_rcu(catch, bucket_of(gendisk), node) {
		if (catch->gendisk != gendisk)
			continue;
		WRITE_ONCE(catch->port->gone, true);
		thr_port_drain(catch->port);
	}
	rcu_read_unlock();
}

/*
 * Each hooking has an ftrace_ops of its own: what ftrace_free_filter() leaves in one cannot be
 * registered again.
 */
static struct ftrace_ops *hook(ftrace_func_t handler, unsigned long flags, unsigned long *functions,
			       unsigned int count)
{
	struct ftrace_ops *ops = kzalloc(sizeof(*ops), GFP_KERNEL);
	int err;

	if (!ops)
		return ERR_PTR(-ENOMEM);
	ops->func = handler;
	/* PERMANENT: writing 0 to kernel.ftrace_enabled must not lift limits */
	ops->flags = flags | FTRACE_OPS_FL_PERMANENT;
	err = ftrace_set_filter_ips(ops, functions, count, 0, 1);
	if (!err)
		err = register_ftrace_function(ops);
	if (!err)
		return ops;
	ftrace_free_filter(ops);
	kfree(ops);
	return ERR_PTR(err);
}

/* When it returns nobody is in the handler any more: ftrace waits for them. */
static void unhook(struct ftrace_ops *ops)
{
	unregister_ftrace_function(ops);
	ftrace_free_filter(ops);
	kfree(ops);
}

static int hook_both(void)
{
	unsigned long submits[] = { (unsigned long)submit_bio_noacct };
	unsigned long ends[] = { (unsigned long)del_gendisk, (unsigned long)blk_mark_disk_dead };
	struct ftrace_ops *ops;

	lockdep_assert_held(&lock);
	if (submit_hook)
		return 0;
	ops = hook(on_end, 0, ends, ARRAY_SIZE(ends));
	if (IS_ERR(ops))
		return PTR_ERR(ops);
	end_hook = ops;
	ops = hook(on_submit, FTRACE_OPS_FL_IPMODIFY, submits, ARRAY_SIZE(submits));
	if (IS_ERR(ops)) {
		unhook(end_hook);
		return PTR_ERR(ops);
	}
	submit_hook = ops;
	return 0;
}

/**
 * thr_catch_init - nothing is caught yet
 * @catch: zeroes
 * @port: where it will go through
 */
void thr_catch_init(struct thr_catch *catch, struct thr_port *port)
{
	catch->port = port;
	port->catch = catch;
	raw_spin_lock_init(&catch->lock);
	INIT_WORK(&catch->feed, feed);
}

/**
 * thr_catch_begin - catch the bios of a device from now on
 * @catch: initialised, and not in use
 * @bdev: a disk, or a partition
 *
 * The port is open.
 *
 * Context: may sleep.
 *
 * Return: 0; -EEXIST: it, or one that it is a part of, or that is a part of it, is caught already;
 * -EBUSY: ftrace is switched off, or somebody else diverts submit_bio_noacct(); -ENOMEM, or what
 * ftrace says; -EOPNOTSUPP where there is no ftrace.
 */
int thr_catch_begin(struct thr_catch *catch, struct block_device *bdev)
{
	struct hlist_head *bucket = bucket_of(bdev->bd_disk);
	struct thr_catch *other;
	int err;

	catch->gendisk = bdev->bd_disk;
	catch->partition = bdev_is_partition(bdev) ? bdev : NULL;
	/* Nobody may be on the way through the node from when it was last in the table. */
	synchronize_rcu();
	mutex_lock(&lock);
	hlist_for_each_entry(other, bucket, node) {
		if (other->gendisk == catch->gendisk &&
		    (!other->partition || !catch->partition ||
		     other->partition == catch->partition)) {
			err = -EEXIST;
			goto unlock;
		}
	}
	err = hook_both();
	if (!err)
		hlist_add_head_rcu(&catch->node, bucket);
unlock:
	mutex_unlock(&lock);
	return err;
}

/**
 * thr_catch_end - catch no more
 * @catch: after thr_catch_begin()
 *
 * Bios may come to the port until it is closed. The hook stays until thr_catch_settle().
 */
void thr_catch_end(struct thr_catch *catch)
{
	mutex_lock(&lock);
	hlist_del_init_rcu(&catch->node);
	mutex_unlock(&lock);
}

/**
 * thr_catch_settle - take the hook away if nothing is caught any more
 *
 * Context: may sleep, for up to seconds.
 */
void thr_catch_settle(void)
{
	mutex_lock(&lock);
	if (submit_hook && hash_empty(table)) {
		unhook(submit_hook);
		unhook(end_hook);
		submit_hook = NULL;
		end_hook = NULL;
	}
	mutex_unlock(&lock);
}

/**
 * thr_catch_send - submit a bio that has waited
 * @io: the bio
 *
 * Context: process.
 */
void thr_catch_send(struct thr_io *io)
{
	submit_bio_noacct(io->bio);
}

/**
 * thr_catch_module_exit - wait for those who are still in this file
 *
 * Nothing is caught any more, and the hook is gone.
 */
void thr_catch_module_exit(void)
{
	/* In take(), or about to enter catch_slowly() */
	synchronize_rcu_tasks();
	synchronize_srcu(&inside);
	/* On their way out of catch_slowly(), or of end_io() */
	synchronize_rcu_tasks();
}
