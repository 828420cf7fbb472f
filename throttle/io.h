/* SPDX-License-Identifier: GPL-2.0 */
/* A bio on its way through a port, and what kinds of bios there are. */
#ifndef THR_IO_H
#define THR_IO_H

#include <linux/blk_types.h>
#include <linux/llist.h>

#include "rotation.h"

struct thr_port;

enum thr_type {
	THR_TYPE_READ,
	THR_TYPE_WRITE,
	THR_TYPE_FLUSH,
	THR_TYPE_DISCARD,
	THR_TYPES
};

extern const char *const thr_type_name[THR_TYPES];

enum thr_cost {
	THR_COST_FULL,	/* its bytes, and its share of operations */
	THR_COST_ONE,	/* one operation, no bytes */
	THR_COST_NONE,	/* passes unthrottled */
};

/**
 * struct thr_io - a bio on its way through a port
 * @waiter: it in its group
 * @ready: it among those released
 * @port: whose it is
 * @bio: the bio
 * @bdev: disk or partition it was meant for; a stacked disk's
 * @end_io: its owner's completion
 * @private: and what that finds
 * @accepted: ns
 * @iter: as it was submitted
 * @accepted_jiffies: 0: iostat is off
 * @op: operation
 * @type: enum thr_type
 */
struct thr_io {
	struct thr_waiter waiter;
	struct llist_node ready;
	struct thr_port *port;
	struct bio *bio;
	struct block_device *bdev;
	bio_end_io_t *end_io;
	void *private;
	u64 accepted;
	struct bvec_iter iter;
	unsigned long accepted_jiffies;
	enum req_op op;
	u8 type;
};

#endif
