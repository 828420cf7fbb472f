// SPDX-License-Identifier: GPL-2.0
/*
 * A board that throws dice: the example of Documentation/write-your-own-board.md.
 */
#include <linux/kernel.h>
#include <linux/module.h>

#include "../../core/vhw.h"

#define THROW		0x00		/* write: throw; the dice roll for as many microseconds */
#define RESULT		0x04		/* read: 1 to 6, or 0 while they roll */
#define STATUS		0x08
#define   STATUS_DONE	BIT(0)		/* raises INTA#; write 1 to clear */

enum { STUCK };

struct dice {
	struct vhw_board *board;
	struct vhw_timer timer;
	u32 result;
	u32 status;
};

static void rolled(struct vhw_timer *timer, u64 when)
{
	struct dice *dice = container_of(timer, struct dice, timer);

	dice->result = 1 + vhw_random(dice->board) % 6;
	dice->status |= STATUS_DONE;
	vhw_set_intx(dice->board, true);
}

static u32 dice_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size)
{
	struct dice *dice = vhw_priv(board);

	switch (offset) {
	case RESULT:
		return dice->result;
	case STATUS:
		return dice->status;
	}
	return 0;
}

static void dice_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		       u32 value)
{
	struct dice *dice = vhw_priv(board);

	switch (offset) {
	case THROW:
		dice->result = 0;
		if (!vhw_fault(board, STUCK))
			vhw_timer_start(&dice->timer, vhw_now() + value * NSEC_PER_USEC);
		break;
	case RESULT:
		vhw_violation(board, "write to RESULT");
		break;
	case STATUS:
		dice->status &= ~value;
		vhw_set_intx(board, dice->status & STATUS_DONE);
		break;
	}
}

static void dice_reset(struct vhw_board *board)
{
	struct dice *dice = vhw_priv(board);

	vhw_timer_stop(&dice->timer);
	dice->result = 0;
	dice->status = 0;
}

static int dice_init(struct vhw_board *board)
{
	struct dice *dice = vhw_priv(board);

	dice->board = board;
	vhw_timer_init(&dice->timer, board, rolled);
	return 0;
}

static const struct vhw_fault_info faults[] = {
	[STUCK] = { "stuck", "the dice roll for ever" },
};

static const struct vhw_model model = {
	.name = "dice",
	.owner = THIS_MODULE,
	.priv_size = sizeof(struct dice),
	.vendor = 0x1af4,
	.device = 0x6d1c,
	.class = 0xff0000,
	.intx = true,
	.bar = { { .size = 16 } },
	.faults = faults,
	.nr_faults = ARRAY_SIZE(faults),
	.init = dice_init,
	.reset = dice_reset,
	.read = dice_read,
	.write = dice_write,
};

static int __init dice_module_init(void)
{
	return vhw_model_register(&model);
}
module_init(dice_module_init);

static void __exit dice_module_exit(void)
{
	vhw_model_unregister(&model);
}
module_exit(dice_module_exit);

MODULE_DESCRIPTION("Virtual board that throws dice");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
