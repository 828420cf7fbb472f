// SPDX-License-Identifier: GPL-2.0
/*
 * The watchdog of Intel's 6300ESB chipset (document 300641-004), for which every kernel has a
 * driver: an example of a board model, explained in Documentation/write-your-own-board.md.
 *
 * Two stages count down one after the other. The end of the first raises an interrupt, the end of
 * the second resets the machine; here it is counted in the attribute "resets".
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/module.h>

#include "../../core/vhw.h"

/* Config space */
#define CONFIG		0x60
#define   CONFIG_NO_OUTPUT	BIT(5)	/* the second stage resets nothing */
#define   CONFIG_FAST		BIT(2)	/* count PCI clocks divided by 2^5 instead of 2^15 */
#define   CONFIG_NO_INTERRUPT	0x0003
#define LOCK		0x68
#define   LOCK_ENABLE		BIT(1)
#define   LOCK_LOCKED		BIT(0)	/* until reset */

/* BAR 0. All but GINTSR can be written once after 0x80, 0x86 was written to RELOAD */
#define TIMER1		0x00
#define TIMER2		0x04
#define GINTSR		0x08		/* interrupt status; write 1 to clear */
#define RELOAD		0x0c
#define   RELOAD_TIMEOUT	BIT(9)	/* the second stage ended; write 1 to clear */
#define   RELOAD_NOW		BIT(8)

#define PCI_CLOCK_HZ	33000000

enum { LOST_RELOAD };

struct watchdog {
	struct vhw_board *board;
	struct vhw_timer timer;
	u32 preload[2];
	u32 stage;	/* 0 or 1 */
	u32 unlock;	/* steps of the unlocking sequence seen */
	u8 lock;
	bool interrupt;
	bool timed_out;
	unsigned long resets;
};

static void start(struct watchdog *wd, u64 now)
{
	u32 shift = vhw_config_get(wd->board, CONFIG, 2) & CONFIG_FAST ? 5 : 15;
	u64 clocks = (u64)wd->preload[wd->stage] << shift;

	vhw_timer_start(&wd->timer, now + mul_u64_u32_div(clocks, NSEC_PER_SEC, PCI_CLOCK_HZ));
}

static void expired(struct vhw_timer *timer, u64 when)
{
	struct watchdog *wd = container_of(timer, struct watchdog, timer);
	u32 config = vhw_config_get(wd->board, CONFIG, 2);

	if (wd->stage == 0) {
		wd->stage = 1;
		wd->interrupt = !(config & CONFIG_NO_INTERRUPT);
		vhw_set_intx(wd->board, wd->interrupt);
		start(wd, when);
	} else {
		wd->timed_out = true;
		wd->resets += !(config & CONFIG_NO_OUTPUT);
	}
}

static void reload(struct watchdog *wd)
{
	wd->stage = 0;
	if (wd->lock & LOCK_ENABLE)
		start(wd, vhw_now());
	else
		vhw_timer_stop(&wd->timer);
}

/* A locked watchdog stays as it is until reset; else enabling starts it and disabling stops it */
static void config_written(struct vhw_board *board, unsigned int where, unsigned int size)
{
	struct watchdog *wd = vhw_priv(board);

	if (where > LOCK || where + size <= LOCK)
		return;
	if (wd->lock & LOCK_LOCKED)
		vhw_config_set(board, LOCK, 1, wd->lock);
	else
		wd->lock = vhw_config_get(board, LOCK, 1);
	reload(wd);
}

static u32 read_register(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size)
{
	struct watchdog *wd = vhw_priv(board);

	switch (offset) {
	case GINTSR:
		return wd->interrupt;
	case RELOAD:
		return wd->timed_out ? RELOAD_TIMEOUT : 0;
	}
	return 0;
}

static void write_reload(struct watchdog *wd, u32 value)
{
	if (value & RELOAD_TIMEOUT)
		wd->timed_out = false;
	if (value & RELOAD_NOW && !vhw_fault(wd->board, LOST_RELOAD))
		reload(wd);
}

static void write_register(struct vhw_board *board, unsigned int bar, u32 offset,
			   unsigned int size, u32 value)
{
	struct watchdog *wd = vhw_priv(board);

	if (offset == GINTSR && value & 1) {
		wd->interrupt = false;
		vhw_set_intx(board, false);
	} else if (offset == RELOAD && value == 0x80) {
		wd->unlock = 1;
	} else if (offset == RELOAD && value == 0x86 && wd->unlock == 1) {
		wd->unlock = 2;
	} else if (wd->unlock == 2) {
		wd->unlock = 0;
		if (offset == RELOAD)
			write_reload(wd, value);
		else if (offset <= TIMER2)
			wd->preload[offset / 4] = value & 0xfffff;
	} else if (offset != GINTSR) {
		vhw_violation(board, "write to a locked register, %#x", offset);
	}
}

static void reset(struct vhw_board *board)
{
	struct watchdog *wd = vhw_priv(board);

	vhw_timer_stop(&wd->timer);
	wd->preload[0] = 0xfffff;
	wd->preload[1] = 0xfffff;
	wd->stage = 0;
	wd->unlock = 0;
	wd->lock = 0;
	wd->interrupt = false;
	wd->timed_out = false;
}

static int init(struct vhw_board *board)
{
	struct watchdog *wd = vhw_priv(board);

	wd->board = board;
	vhw_timer_init(&wd->timer, board, expired);
	return 0;
}

static ssize_t watchdog_resets_show(struct config_item *item, char *page)
{
	struct watchdog *wd = vhw_priv(vhw_board_of(item));

	return sysfs_emit(page, "%lu\n", READ_ONCE(wd->resets));
}
CONFIGFS_ATTR_RO(watchdog_, resets);

static struct configfs_attribute *attrs[] = {
	&watchdog_attr_resets,
	NULL,
};

static const struct vhw_config_register registers[] = {
	{ .offset = CONFIG, .size = 2, .writable = CONFIG_NO_OUTPUT | CONFIG_FAST | 3 },
	{ .offset = LOCK, .size = 1, .writable = LOCK_ENABLE | LOCK_LOCKED },
	{}
};

static const struct vhw_fault_info faults[] = {
	[LOST_RELOAD] = { "lost-reload", "a reload of the timers is not seen" },
};

static const struct vhw_model i6300esb = {
	.name = "i6300esb",
	.owner = THIS_MODULE,
	.priv_size = sizeof(struct watchdog),
	.vendor = 0x8086,
	.device = 0x25ab,
	.class = 0x088000,
	.intx = true,
	.bar = { { .size = 16 } },
	.registers = registers,
	.faults = faults,
	.nr_faults = ARRAY_SIZE(faults),
	.attrs = attrs,
	.init = init,
	.reset = reset,
	.read = read_register,
	.write = write_register,
	.config_written = config_written,
};

static int __init i6300esb_init(void)
{
	return vhw_model_register(&i6300esb);
}
module_init(i6300esb_init);

static void __exit i6300esb_exit(void)
{
	vhw_model_unregister(&i6300esb);
}
module_exit(i6300esb_exit);

MODULE_DESCRIPTION("Virtual 6300ESB watchdog");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
