// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/module.h>
#include <linux/pci_regs.h>
#include <linux/preempt.h>
#include <linux/slab.h>

#include "replay.h"

/* An access was made that was recorded; before it, the driver had come to @head */
static void go_on(struct replay *replay, unsigned int head, bool reading)
{
	replay->in_vain = 0;
	if (replay->path.head != head &&
	    !replay_path_is_harmless(&replay->path, replay->path.head - 1))
		replay->reached = vhw_now();
	replay_interrupts_advance(replay, reading);
}

static u32 read_register(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size)
{
	struct replay *replay = vhw_priv(board);
	unsigned int head = replay->path.head;
	u64 made = replay->path.made;
	u32 value;

	if (replay->failed || vhw_fault(board, REPLAY_ALL_ONES))
		return ~0u;
	replay->path.barrier = replay_interrupts_barrier(replay);
	replay->path.context = in_hardirq() ? REPLAY_INTERRUPT : REPLAY_PROCESS;
	value = replay_path_read(&replay->path, bar, offset, size);
	if (vhw_fault(board, REPLAY_WRONG_VALUE))
		value ^= BIT(vhw_random(board) % (8 * size));
	if (replay->path.made != made)
		go_on(replay, head, true);
	else
		replay_interrupts_in_vain(replay);
	return replay->failed ? ~0u : value;
}

static void do_write(struct replay *replay, unsigned int bar, u32 offset, unsigned int size,
		     u32 value)
{
	unsigned int head = replay->path.head;
	u64 made = replay->path.made;

	if (replay->failed)
		return;
	replay->path.context = in_hardirq() ? REPLAY_INTERRUPT : REPLAY_PROCESS;
	replay_path_write(&replay->path, bar, offset, size, value);
	if (replay->path.made != made)
		go_on(replay, head, false);
}

static void write_register(struct vhw_board *board, unsigned int bar, u32 offset,
			   unsigned int size, u32 value)
{
	do_write(vhw_priv(board), bar, offset, size, value);
}

/* The PCI core writes there too, and not as it did then: only what was recorded counts */
static void config_written(struct vhw_board *board, unsigned int where, unsigned int size)
{
	struct replay *replay = vhw_priv(board);

	if (replay_program_find(replay->running, REPLAY_CONFIG_BAR, where, size) >= 0)
		do_write(replay, REPLAY_CONFIG_BAR, where, size,
			 vhw_config_get(board, where, size));
}

/* What the header says besides identity and BARs */
static void show_header(struct replay *replay)
{
	const u8 *image = replay->running->image;
	u16 status = image[PCI_STATUS] | image[PCI_STATUS + 1] << 8;

	status &= ~(PCI_STATUS_INTERRUPT | PCI_STATUS_CAP_LIST);
	vhw_config_set(replay->board, PCI_STATUS, 2,
		       vhw_config_get(replay->board, PCI_STATUS, 2) | status);
	vhw_config_set(replay->board, PCI_MIN_GNT, 1, image[PCI_MIN_GNT]);
	vhw_config_set(replay->board, PCI_MAX_LAT, 1, image[PCI_MAX_LAT]);
}

static void reset(struct vhw_board *board)
{
	struct replay *replay = vhw_priv(board);

	show_header(replay);
	if (!replay->started) {
		replay->started = true;
		replay_interrupts_start(replay);
	} else {
		replay_interrupts_reset(replay);
	}
}

static struct replay_program *program_of(struct vhw_board *board)
{
	const struct vhw_model *shape = vhw_board_model(board);

	return shape == &replay_model ? NULL :
	       (struct replay_program *)container_of(shape, struct replay_program, shape);
}

/* What came of the last time with power could be read until now */
static void begin(struct replay *replay, struct replay_program **program, struct replay_path *path)
{
	guard(vhw_world)();
	swap(replay->running, *program);
	swap(replay->path, *path);
	replay->failed = false;
	replay->started = false;
	replay->first[0] = '\0';
}

static int power_on(struct vhw_board *board)
{
	struct replay_program *program = program_of(board);
	struct replay_path path = { .report = replay_report };
	struct replay *replay = vhw_priv(board);
	int err;

	if (!program) {
		pr_err_ratelimited("vhw-replay: %s: it has no recording; write the path of one to recording first\n",
				   vhw_name(board));
		return -ENODATA;
	}
	err = replay_path_init(&path, program, replay->window);
	if (err)
		return err;
	kref_get(&program->refs);
	begin(replay, &program, &path);
	replay_path_free(&path);
	replay_program_put(program);
	return 0;
}

static void power_off(struct vhw_board *board)
{
	struct replay *replay = vhw_priv(board);

	guard(vhw_world)();
	if (!replay->failed)
		replay_path_end(&replay->path);
}

static int init(struct vhw_board *board)
{
	struct replay *replay = vhw_priv(board);

	replay->board = board;
	replay->window = REPLAY_WINDOW;
	replay->path.report = replay_report;
	mutex_init(&replay->lock);
	vhw_timer_init(&replay->timer, board, replay_interrupt_due);
	init_irq_work(&replay->complain, replay_complain);
	return 0;
}

static void replay_exit(struct vhw_board *board)
{
	struct replay *replay = vhw_priv(board);

	irq_work_sync(&replay->complain);
	replay_path_free(&replay->path);
	replay_program_put(replay->running);
	replay_program_put(replay->program);
	kfree(replay->name);
	mutex_destroy(&replay->lock);
}

static const struct vhw_fault_info faults[] = {
	[REPLAY_ALL_ONES] = { "all-ones", "a read gives all-ones, and takes nothing" },
	[REPLAY_WRONG_VALUE] = { "wrong-value", "one bit of a value that is read is wrong" },
	[REPLAY_LOST_INTERRUPT] = { "lost-interrupt", "an interrupt is not raised" },
};

const struct vhw_model replay_model = {
	.name = "replay",
	.owner = THIS_MODULE,
	.priv_size = sizeof(struct replay),
	.vendor = 0x1af4,
	.device = 0x6d1d,
	.class = 0xff0000,
	.faults = faults,
	.nr_faults = ARRAY_SIZE(faults),
	.attrs = replay_attrs,
	.init = init,
	.exit = replay_exit,
	.power_on = power_on,
	.power_off = power_off,
	.reset = reset,
	.read = read_register,
	.write = write_register,
	.config_written = config_written,
};

static int __init vhw_replay_init(void)
{
	return vhw_model_register(&replay_model);
}
module_init(vhw_replay_init);

static void __exit vhw_replay_exit(void)
{
	vhw_model_unregister(&replay_model);
}
module_exit(vhw_replay_exit);

MODULE_DESCRIPTION("Virtual board that is the recording of a real one");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
