// SPDX-License-Identifier: GPL-2.0
/*
 * The end of a bio that bio_chain() has tied to another ends that one too, if nothing else keeps
 * it; and that may be chained again. The kernel goes along such a chain in a loop. It cannot where
 * the completions are ours: each then calls the next, and unless the compiler makes jumps of all
 * these calls, a chain of a hundred, which the zeroing of a hundred MiB is, needs more stack than
 * there is. So no more than a few call one another; the next one is ended by a worker.
 */
#include <linux/percpu.h>
#include <linux/preempt.h>

#include "chain.h"
#include "port.h"

/* So many may call one another. */
#define DEPTH	4

/* The completion that bio_chain() sets; it is not exported. */
bio_end_io_t *thr_chain_end_io;

/*
 * How many are in thr_chain_end(). Tasks that have been preempted there and interrupts are counted
 * too: then it is too many, which does no harm.
 */
static DEFINE_PER_CPU(unsigned int, depth);

void thr_chain_work(struct work_struct *work)
{
	struct thr_chain *chain = container_of(work, struct thr_chain, work);
	struct bio_list list;
	struct bio *bio;

	raw_spin_lock_irq(&chain->lock);
	list = chain->waiting;
	bio_list_init(&chain->waiting);
	raw_spin_unlock_irq(&chain->lock);
	while ((bio = bio_list_pop(&list))) {
		chain->end(bio);
		cond_resched();
	}
}

static void defer(struct thr_chain *chain, struct bio *bio)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&chain->lock, flags);
	bio_list_add(&chain->waiting, bio);
	raw_spin_unlock_irqrestore(&chain->lock, flags);
	thr_port_queue_work(&chain->work);
}

/**
 * thr_chain_end - end a bio, now or a little later
 * @chain: of its kind
 * @bio: bio of which thr_chain_has() is true
 *
 * Context: any.
 */
void thr_chain_end(struct thr_chain *chain, struct bio *bio)
{
	/* Each stays on its CPU, so that what it adds is taken away there; it may be preempted. */
	migrate_disable();
	if (this_cpu_inc_return(depth) <= DEPTH)
		chain->end(bio);
	else
		defer(chain, bio);
	this_cpu_dec(depth);
	migrate_enable();
}

/**
 * thr_chain_module_init - learn what chained bios look like
 */
void thr_chain_module_init(void)
{
	struct bio child, parent;

	bio_init(&parent, NULL, NULL, 0, REQ_OP_READ);
	bio_init(&child, NULL, NULL, 0, REQ_OP_READ);
	bio_chain(&child, &parent);
	thr_chain_end_io = child.bi_end_io;
	bio_uninit(&child);
	bio_uninit(&parent);
}
