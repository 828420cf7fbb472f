/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ports: where bios are counted, and wait if their group says so. A stacked disk has one, so has
 * a disk that is limited in place; they differ in how a bio comes in and how it goes on.
 */
#ifndef THR_PORT_H
#define THR_PORT_H

#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/mempool.h>
#include <linux/percpu-refcount.h>
#include <linux/workqueue.h>

#include "refusal.h"
#include "stats.h"

struct device;
struct thr_catch;
struct thr_group;
struct thr_port;

/**
 * struct thr_member - membership of a port, or of a group in its parent
 * @share: waiting requests, and its place among others; under the lock of @group's tree
 * @group: NULL: none; changes under thr_config_lock and the lock of the tree that is left or joined
 * @entry: in thr_group.members; under thr_config_lock
 * @port: NULL: this is a group's
 */
struct thr_member {
	struct thr_share share;
	struct thr_group *group;
	struct list_head entry;
	struct thr_port *port;
};

/* Requests of one direction that a timer has released, on their way. */
struct thr_lane {
	struct llist_head ready;
	struct work_struct work;
};

/**
 * struct thr_port_operations - how ports of a kind differ
 * @send: submit a bio that has waited; in process context, plugged
 * @idle: all that was accepted is done, after thr_port_close(); context: any
 * @rescan: look at the size again; NULL: there is nothing to do
 */
struct thr_port_operations {
	void (*send)(struct thr_io *io);
	void (*idle)(struct thr_port *port);
	void (*rescan)(struct thr_port *port);
};

/**
 * struct thr_port - a place where bios are counted and may have to wait
 * @limited: ask the group before a bio may pass; false while nothing limits it
 * @gone: the device behind it is dead, or not there yet: everything passes at once
 * @stats: what passed
 * @inflight: bios that were accepted and are not done
 * @pool: struct thr_io
 * @lane: released requests, by direction
 * @member: its place in a group
 * @zeroes_cost: what a write zeroes costs
 * @discard_cost: what a discard or secure erase costs
 * @operations: what depends on its kind; set before it is opened
 * @catch: how bios come in, where they are caught
 * @name: that its user gave it; lives as long as the port
 * @dev: device that has its attributes; see thr_port_show()
 * @shown: in the list of those that have
 * @error: why the last change was refused; see thr_refuse()
 */
struct thr_port {
	bool limited;
	bool gone;
	struct thr_stats stats;
	struct percpu_ref inflight;
	mempool_t pool;
	struct thr_lane lane[THR_DIRS];
	struct thr_member member;
	enum thr_cost zeroes_cost;
	enum thr_cost discard_cost;
	const struct thr_port_operations *operations;
	struct thr_catch *catch;
	const char *name;
	struct device *dev;
	struct list_head shown;
	char error[THR_ERROR_MAX];
};

int thr_port_module_init(void);
void thr_port_module_exit(void);
int thr_port_init(struct thr_port *port);
void thr_port_exit(struct thr_port *port);
int thr_port_open(struct thr_port *port);
void thr_port_close(struct thr_port *port);
void thr_port_dispatch(struct thr_io *io);
void thr_port_queue_work(struct work_struct *work);
void thr_port_show(struct thr_port *port, struct device *dev);
void thr_port_hide(struct thr_port *port);
struct thr_port *thr_port_of(const struct device *dev);

/* What follows is inline because every request goes through it. */

/*
 * Records of bios that are free, on each processor: the next bio gets one from there for a small
 * part of what the slab allocator takes. All ports' are alike.
 */
#define THR_STASH	32

struct thr_stash {
	unsigned int count;
	struct thr_io *io[THR_STASH];
};

DECLARE_PER_CPU(struct thr_stash, thr_stash);

/* With interrupts off. NULL: get one from the port's pool. */
static __always_inline struct thr_io *thr_stash_get(void)
{
	struct thr_stash *stash = this_cpu_ptr(&thr_stash);

	return likely(stash->count) ? stash->io[--stash->count] : NULL;
}

/*
 * With interrupts off. False: give it back to the port's pool. A pool that was drawn on comes
 * first, as somebody may wait for it; KASAN is to know of all that are free.
 */
static __always_inline bool thr_stash_put(const struct thr_port *port, struct thr_io *io)
{
	struct thr_stash *stash = this_cpu_ptr(&thr_stash);

	/* Of who drew on the pool before, as in mempool_free() */
	smp_rmb();
	if (IS_ENABLED(CONFIG_KASAN) || stash->count == THR_STASH ||
	    READ_ONCE(port->pool.curr_nr) < port->pool.min_nr)
		return false;
	stash->io[stash->count++] = io;
	return true;
}

/* Fill in what the statistics and the group want to know. Returns what the bio costs. */
static __always_inline enum thr_cost thr_port_classify(const struct thr_port *port,
						       struct thr_io *io, const struct bio *bio)
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
		return READ_ONCE(port->zeroes_cost);
	case REQ_OP_DISCARD:
	case REQ_OP_SECURE_ERASE:
		io->type = THR_TYPE_DISCARD;
		return READ_ONCE(port->discard_cost);
	default:
		io->type = THR_TYPE_FLUSH;
		return THR_COST_NONE;
	}
}

/**
 * thr_port_accept - a bio comes in
 * @port: port; the caller has a reference to what is in flight, which becomes the bio's
 * @io: from its pool
 * @bio: the bio
 *
 * Return: what it costs.
 */
static __always_inline enum thr_cost thr_port_accept(struct thr_port *port, struct thr_io *io,
						     struct bio *bio)
{
	io->port = port;
	io->bio = bio;
	io->bdev = bio->bi_bdev;
	io->accepted = ktime_get_ns();
	io->accepted_jiffies = 0;
	io->iter = bio->bi_iter;
	return thr_port_classify(port, io, bio);
}

/* Put the completion of a bio's owner aside. */
static __always_inline void thr_port_divert(struct thr_io *io, bio_end_io_t *end_io)
{
	struct bio *bio = io->bio;

	io->end_io = bio->bi_end_io;
	io->private = bio->bi_private;
	bio->bi_end_io = end_io;
	bio->bi_private = io;
}

/*
 * A bio is done; give it back its owner's completion. @io is gone afterwards; the reference to what
 * is in flight is the caller's to put.
 */
static __always_inline void thr_port_done(struct thr_io *io)
{
	struct thr_port *port = io->port;
	struct bio *bio = io->bio;
	u64 now = ktime_get_ns();
	unsigned long flags;
	bool stashed;

	bio->bi_private = io->private;
	bio->bi_end_io = io->end_io;
	local_irq_save(flags);
	thr_stats_done(&port->stats, io, bio->bi_status, now);
	stashed = thr_stash_put(port, io);
	local_irq_restore(flags);
	if (unlikely(!stashed))
		mempool_free(io, &port->pool);
}

#endif
