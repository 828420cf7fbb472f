/* SPDX-License-Identifier: GPL-2.0 */
/* Ends of bios that end others: see chain.c. */
#ifndef THR_CHAIN_H
#define THR_CHAIN_H

#include <linux/bio.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

/**
 * struct thr_chain - bios of a kind whose end has to wait until the stack is free
 * @end: what ends them; context: any
 * @lock: protects @waiting
 * @waiting: those bios
 * @work: ends them
 */
struct thr_chain {
	void (*end)(struct bio *bio);
	raw_spinlock_t lock;
	struct bio_list waiting;
	struct work_struct work;
};

extern bio_end_io_t *thr_chain_end_io;

void thr_chain_work(struct work_struct *work);
void thr_chain_end(struct thr_chain *chain, struct bio *bio);
void thr_chain_module_init(void);

/**
 * thr_chain_has - will the end of a bio end another?
 * @bio: bio that has its owner's completion
 *
 * Return: true: end it by thr_chain_end().
 */
static __always_inline bool thr_chain_has(const struct bio *bio)
{
	return unlikely(bio->bi_end_io == thr_chain_end_io);
}

#endif
