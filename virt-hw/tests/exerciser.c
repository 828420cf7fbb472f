// SPDX-License-Identifier: GPL-2.0
/*
 * The exerciser's model.
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>

#include "../core/vhw.h"
#include "exerciser.h"

#define CAP_ID_PM	0x01
#define CAP_ID_EXP	0x10
#define CAP_ID_AF	0x13

struct exerciser {
	struct vhw_board *board;
	struct vhw_timer timer;
	bool large;
	u32 scratch;
	u32 count;
	bool irq;
	u64 fired;
	u64 dma_address;
	u32 dma_length;
	u32 dma_result;
	u8 buffer[EXERCISER_BUFFER];
};

static void expired(struct vhw_timer *timer, u64 when)
{
	struct exerciser *ex = container_of(timer, struct exerciser, timer);

	ex->fired = when;
	ex->irq = true;
	vhw_set_intx(ex->board, true);
}

static int init(struct vhw_board *board)
{
	struct exerciser *ex = vhw_priv(board);

	ex->board = board;
	vhw_timer_init(&ex->timer, board, expired);
	return 0;
}

static void reset(struct vhw_board *board)
{
	struct exerciser *ex = vhw_priv(board);

	vhw_timer_stop(&ex->timer);
	ex->scratch = 0;
	ex->count = 0;
	ex->irq = false;
	ex->fired = 0;
	ex->dma_result = 0;
	memset(ex->buffer, 0, sizeof(ex->buffer));
}

static u32 load(const u8 *from, unsigned int size)
{
	u32 value = 0;

	memcpy(&value, from, size);
	return value;
}

static u32 read_register(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size)
{
	struct exerciser *ex = vhw_priv(board);

	if (bar == 2)
		return ex->large ? offset : load(ex->buffer + offset, size);
	if (bar != 0)
		return 0;
	if (offset >= EXERCISER_SCRATCH && offset + size <= EXERCISER_SCRATCH + 4)
		return load((u8 *)&ex->scratch + offset - EXERCISER_SCRATCH, size);

	switch (offset) {
	case EXERCISER_ID:
		return EXERCISER_MAGIC;
	case EXERCISER_IRQ:
		return ex->irq;
	case EXERCISER_COUNT:
		return ++ex->count;
	case EXERCISER_TIMER:
		return vhw_timer_active(&ex->timer);
	case EXERCISER_DMA:
		return ex->dma_result;
	case EXERCISER_FIRED:
		return ex->fired;
	case EXERCISER_NOW:
		return vhw_now();
	case EXERCISER_FAULTY:
		return vhw_fault(board, 0);
	case EXERCISER_RANDOM:
		return vhw_random(board);
	case EXERCISER_FORBIDDEN:
		vhw_violation(board, "read of the forbidden register");
		return 0;
	}
	return 0;
}

static void dma(struct vhw_board *board, struct exerciser *ex, u32 direction)
{
	u32 length = min_t(u32, ex->dma_length, sizeof(ex->buffer));

	if (direction == 1)
		ex->dma_result = -vhw_dma_read(board, ex->dma_address, ex->buffer, length);
	else
		ex->dma_result = -vhw_dma_write(board, ex->dma_address, ex->buffer, length);
}

static void write_register(struct vhw_board *board, unsigned int bar, u32 offset,
			   unsigned int size, u32 value)
{
	struct exerciser *ex = vhw_priv(board);

	if (bar == 2 && !ex->large)
		memcpy(ex->buffer + offset, &value, size);
	if (bar != 0)
		return;
	if (offset >= EXERCISER_SCRATCH && offset + size <= EXERCISER_SCRATCH + 4)
		memcpy((u8 *)&ex->scratch + offset - EXERCISER_SCRATCH, &value, size);

	switch (offset) {
	case EXERCISER_IRQ:
		ex->irq = value & 1;
		vhw_set_intx(board, ex->irq);
		break;
	case EXERCISER_COUNT:
		ex->count = value;
		break;
	case EXERCISER_TIMER:
		vhw_timer_start(&ex->timer, vhw_now() + value);
		break;
	case EXERCISER_MESSAGE:
		vhw_send_msi(board, value);
		break;
	case EXERCISER_DMA_LOW:
		ex->dma_address = (ex->dma_address & ~0xffffffffull) | value;
		break;
	case EXERCISER_DMA_HIGH:
		ex->dma_address = (u32)ex->dma_address | (u64)value << 32;
		break;
	case EXERCISER_DMA_LENGTH:
		ex->dma_length = value;
		break;
	case EXERCISER_DMA:
		dma(board, ex, value);
		break;
	case EXERCISER_RESET:
		vhw_board_reset(board);
		break;
	case EXERCISER_FORBIDDEN:
		vhw_violation(board, "write to the forbidden register");
		break;
	}
}

static const struct vhw_capability caps[] = {
	{ .id = CAP_ID_PM, .offset = 0x40, .length = 8, .bytes = (const u8[6]) { 0x03 } },
	/* function reset and transactions-pending bit */
	{ .id = CAP_ID_AF, .offset = 0x80, .length = 6, .bytes = (const u8[4]) { 6, 3 } },
	{}
};

static const struct vhw_fault_info faults[] = {
	{ "odd", "register FAULTY reads 1" },
	{ "never-asked", "nothing" },
};

static const struct vhw_model exerciser = {
	.name = "exerciser",
	.owner = THIS_MODULE,
	.priv_size = sizeof(struct exerciser),
	.vendor = EXERCISER_VENDOR,
	.device = EXERCISER_DEVICE,
	.subvendor = 0x1234,
	.subdevice = 0x5678,
	.class = 0xff0000,
	.revision = 3,
	.intx = true,
	.bar = {
		{ .size = 0x100 },
		{ .size = 0x80, .flags = VHW_BAR_IO },
		{ .size = EXERCISER_BUFFER, .flags = VHW_BAR_PREFETCH },
		{},
		{ .size = 0x1000, .flags = VHW_BAR_64 },
	},
	.caps = caps,
	.msi_vectors = 4,
	.msi_offset = 0x50,
	.msix_vectors = EXERCISER_VECTORS,
	.msix_offset = 0x60,
	.msix_bar = 4,
	.msix_table = EXERCISER_MSIX_TABLE,
	.msix_pba = EXERCISER_MSIX_PBA,
	.faults = faults,
	.nr_faults = ARRAY_SIZE(faults),
	.init = init,
	.reset = reset,
	.read = read_register,
	.write = write_register,
};

static int init_large(struct vhw_board *board)
{
	struct exerciser *ex = vhw_priv(board);

	ex->large = true;
	return init(board);
}

static const struct vhw_capability large_caps[] = {
	/* D0 and D3hot; the way back is no reset */
	{ .id = CAP_ID_PM, .offset = 0x40, .length = 8,
	  .bytes = (const u8[6]) { 0x03, 0, 0x08 }, .writable = (const u8[6]) { 0, 0, 0x03 } },
	/* an endpoint in the root complex, with function reset */
	{ .id = CAP_ID_EXP, .offset = 0x80, .length = 0x3c,
	  .bytes = (const u8[0x3a]) { 0x92, 0, [5] = 0x10 } },
	/* serial number */
	{ .id = 0x0003, .version = 1, .offset = 0x100, .length = 12,
	  .bytes = (const u8[8]) { 1, 2, 3, 4, 5, 6, 7, 8 } },
	{}
};

/* The largest of what the bus offers. BAR 2 reads its offsets */
static const struct vhw_model exerciser_large = {
	.name = "exerciser-large",
	.owner = THIS_MODULE,
	.priv_size = sizeof(struct exerciser),
	.vendor = EXERCISER_VENDOR,
	.device = EXERCISER_DEVICE_LARGE,
	.class = 0xff0000,
	.intx = true,
	.bar = {
		{ .size = 0x100 },
		{},
		{ .size = EXERCISER_LARGE_BAR },
		{},
		{ .size = 0x10000, .flags = VHW_BAR_64 },
	},
	.caps = large_caps,
	.msix_vectors = VHW_MSIX_VECTORS_MAX,
	.msix_offset = 0x60,
	.msix_bar = 4,
	.msix_table = 0,
	.msix_pba = 0x8000,
	.faults = faults,
	.nr_faults = ARRAY_SIZE(faults),
	.init = init_large,
	.reset = reset,
	.read = read_register,
	.write = write_register,
};

static int __init exerciser_init(void)
{
	int err = vhw_model_register(&exerciser);

	if (err)
		return err;
	err = vhw_model_register(&exerciser_large);
	if (err)
		vhw_model_unregister(&exerciser);
	return err;
}
module_init(exerciser_init);

static void __exit exerciser_exit(void)
{
	vhw_model_unregister(&exerciser_large);
	vhw_model_unregister(&exerciser);
}
module_exit(exerciser_exit);

MODULE_DESCRIPTION("Virtual board with one of everything, to test the virtual bus");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
