// SPDX-License-Identifier: GPL-2.0
/* What the ports of all disks have in common; see port.h. */
#include <linux/bio.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "port.h"

/* So many bios a port can always have on their way, however short memory is. */
#define POOL_SIZE	64

static struct kmem_cache *io_cache;
static struct workqueue_struct *workqueue;

DEFINE_PER_CPU(struct thr_stash, thr_stash);

/* Ports whose attributes a device has, and the lock of the list. */
static LIST_HEAD(shown);
static DEFINE_SPINLOCK(shown_lock);

static void send_released(struct work_struct *work)
{
	struct thr_lane *lane = container_of(work, struct thr_lane, work);
	struct llist_node *list = llist_reverse_order(llist_del_all(&lane->ready));
	struct thr_io *io, *next;
	struct blk_plug plug;

	blk_start_plug(&plug);
	llist_for_each_entry_safe(io, next, list, ready) {
		io->port->operations->send(io);
		cond_resched();
	}
	blk_finish_plug(&plug);
}

/**
 * thr_port_dispatch - a bio has waited long enough
 * @io: the bio
 *
 * Context: any.
 */
void thr_port_dispatch(struct thr_io *io)
{
	struct thr_lane *lane = &io->port->lane[io->waiter.dir];

	thr_stats_released(&io->port->stats, io->waiter.dir, ktime_get_ns() - io->accepted);
	/* Whoever submitted it does not wait any more. */
	io->bio->bi_opf &= ~REQ_NOWAIT;
	bio_clear_polled(io->bio);
	if (llist_add(&io->ready, &lane->ready))
		queue_work(workqueue, &lane->work);
}

/**
 * thr_port_queue_work - have work done that bios wait for
 * @work: work
 *
 * Context: any.
 */
void thr_port_queue_work(struct work_struct *work)
{
	queue_work(workqueue, work);
}

static void release_inflight(struct percpu_ref *ref)
{
	struct thr_port *port = container_of(ref, struct thr_port, inflight);

	port->operations->idle(port);
}

/**
 * thr_port_open - bios may come from now on
 * @port: port that was never open, or is idle again
 *
 * Return: 0 or -ENOMEM.
 */
int thr_port_open(struct thr_port *port)
{
	return percpu_ref_init(&port->inflight, release_inflight, 0, GFP_KERNEL);
}

/**
 * thr_port_close - no more bios
 * @port: open port in which nothing waits
 *
 * Its idle() is called when the last one is done; only then may it be opened again or go. Then
 * percpu_ref_exit() is the caller's to do.
 */
void thr_port_close(struct thr_port *port)
{
	percpu_ref_kill(&port->inflight);
}

/**
 * thr_port_show - a device has the attributes of a port, or will have
 * @port: port that no device has
 * @dev: device
 */
void thr_port_show(struct thr_port *port, struct device *dev)
{
	spin_lock(&shown_lock);
	port->dev = dev;
	list_add_tail(&port->shown, &shown);
	spin_unlock(&shown_lock);
}

/**
 * thr_port_hide - undo thr_port_show(), or do nothing
 * @port: port; nobody is at its attributes any more
 */
void thr_port_hide(struct thr_port *port)
{
	spin_lock(&shown_lock);
	list_del_init(&port->shown);
	port->dev = NULL;
	spin_unlock(&shown_lock);
}

/**
 * thr_port_of - the port whose attributes a device has
 * @dev: device, whose attributes cannot go away meanwhile
 *
 * Return: the port, or NULL.
 */
struct thr_port *thr_port_of(const struct device *dev)
{
	struct thr_port *port, *found = NULL;

	spin_lock(&shown_lock);
	list_for_each_entry(port, &shown, shown) {
		if (port->dev == dev) {
			found = port;
			break;
		}
	}
	spin_unlock(&shown_lock);
	return found;
}

/**
 * thr_port_init - a port that is closed and in no group
 * @port: zeroes
 *
 * Return: 0 or -ENOMEM.
 */
int thr_port_init(struct thr_port *port)
{
	unsigned int i;
	int err;

	err = mempool_init_slab_pool(&port->pool, POOL_SIZE, io_cache);
	if (err)
		return err;
	err = thr_stats_init(&port->stats);
	if (err) {
		mempool_exit(&port->pool);
		return err;
	}
	for (i = 0; i < THR_DIRS; i++) {
		init_llist_head(&port->lane[i].ready);
		INIT_WORK(&port->lane[i].work, send_released);
	}
	thr_share_init(&port->member.share, THR_WEIGHT_DEFAULT);
	INIT_LIST_HEAD(&port->member.entry);
	INIT_LIST_HEAD(&port->shown);
	port->member.port = port;
	port->discard_cost = THR_COST_ONE;
	return 0;
}

/**
 * thr_port_exit - the end of a port that is idle and in no group
 * @port: port
 */
void thr_port_exit(struct thr_port *port)
{
	unsigned int i;

	for (i = 0; i < THR_DIRS; i++)
		flush_work(&port->lane[i].work);
	thr_stats_exit(&port->stats);
	mempool_exit(&port->pool);
}

/* Nobody is at them any more. */
static void empty_stashes(void)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		struct thr_stash *stash = per_cpu_ptr(&thr_stash, cpu);

		while (stash->count)
			kmem_cache_free(io_cache, stash->io[--stash->count]);
	}
}

int thr_port_module_init(void)
{
	io_cache = KMEM_CACHE(thr_io, SLAB_HWCACHE_ALIGN);
	if (!io_cache)
		return -ENOMEM;
	workqueue = alloc_workqueue("thr", WQ_MEM_RECLAIM | WQ_HIGHPRI | COMPAT_WQ_PERCPU, 0);
	if (!workqueue) {
		kmem_cache_destroy(io_cache);
		return -ENOMEM;
	}
	return 0;
}

void thr_port_module_exit(void)
{
	destroy_workqueue(workqueue);
	empty_stashes();
	kmem_cache_destroy(io_cache);
}
