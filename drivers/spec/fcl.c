// SPDX-License-Identifier: GPL-2.0
/*
 * The bridge's loader for the FPGA.
 */
#include <linux/bitfield.h>
#include <linux/bitrev.h>
#include <linux/delay.h>
#include <linux/jiffies.h>

#include "carrier.h"

#define WORDS_PER_ROUND		32	/* fit the FIFO when it is not half full */
#define STALL_MS		500	/* the FIFO drains in well under a millisecond */
#define FINISH_MS		2000
#define START_MS		1	/* the new logic comes out of reset */

#define CTRL_LOADING	(FCL_CTRL_SPRI_EN | FCL_CTRL_FSM_EN | FCL_CTRL_SPRI_CLK_STOP_EN)
#define EN_LOADING	0x17
#define TIMER_LOADING	0x10
#define TIMER2_LOADING	0x08

/* Two of these bridges must not load at once, even in different boards: both fail */
static DEFINE_MUTEX(fcl_lock);

/**
 * spec_fcl_done() - does the FPGA hold a bitstream?
 * @spec: any
 */
bool spec_fcl_done(struct spec *spec)
{
	u32 status = gn4124_read(spec, GN4124_FCL_STATUS);

	return !spec_all_ones(status) && (status & FCL_STATUS_DONE);
}

static int fcl_prepare(struct spec *spec, size_t size)
{
	static const struct {
		u32 offset;
		u32 value;
	} setup[] = {
		{ GN4124_FCL_CLK_DIV, 0 },
		{ GN4124_FCL_TIMER_CTRL, 0 },
		{ GN4124_FCL_TIMER_0, TIMER_LOADING },
		{ GN4124_FCL_TIMER_1, 0 },
		{ GN4124_FCL_TIMER2_0, TIMER2_LOADING },
		{ GN4124_FCL_TIMER2_1, 0 },
		{ GN4124_FCL_EN, EN_LOADING },
	};
	u32 ctrl = CTRL_LOADING | FIELD_PREP(FCL_CTRL_LAST_BYTE_CNT, -size & 3);
	unsigned int i;
	u32 found;

	gn4124_write(spec, GN4124_FCL_CLK_DIV, 0);
	gn4124_write(spec, GN4124_FCL_CTRL, FCL_CTRL_RESET);
	found = gn4124_read(spec, GN4124_FCL_CTRL);
	if (found != FCL_CTRL_RESET) {
		dev_err(&spec->pdev->dev, "FCL_CTRL reads 0x%x after writing 0x%lx\n", found,
			FCL_CTRL_RESET);
		return -EIO;
	}
	gn4124_write(spec, GN4124_FCL_CTRL, 0);
	gn4124_write(spec, GN4124_FCL_IRQ, 0);
	gn4124_write(spec, GN4124_FCL_CTRL, ctrl);
	for (i = 0; i < ARRAY_SIZE(setup); i++)
		gn4124_write(spec, setup[i].offset, setup[i].value);
	gn4124_write(spec, GN4124_FCL_CTRL, ctrl | FCL_CTRL_START_FSM);
	return 0;
}

/* Wait until a bit of FCL_IRQ is as wanted; the loader's errors end it */
static int fcl_wait(struct spec *spec, u32 bit, bool set, unsigned int limit_ms)
{
	unsigned long end = jiffies + msecs_to_jiffies(limit_ms) + 1;
	bool late;
	u32 irq;

	do {
		late = time_after(jiffies, end);
		irq = gn4124_read(spec, GN4124_FCL_IRQ);
		if (spec_all_ones(irq))
			return -ENODEV;
		if (irq & FCL_IRQ_CONFIG_ERROR)
			return -EIO;
		if (!!(irq & bit) == set)
			return 0;
		if (irq & FCL_IRQ_FIFO_UNDERFLOW)
			return -EIO;
		usleep_range(20, 100);
	} while (!late);
	return -ETIMEDOUT;
}

static int fcl_push(struct spec *spec, const u8 *data, size_t size)
{
	size_t at = 0;
	int ret;

	while (at < size) {
		unsigned int i;

		ret = fcl_wait(spec, FCL_IRQ_FIFO_HALFFULL, false, STALL_MS);
		if (ret) {
			dev_err(&spec->pdev->dev, "loading stopped at byte %zu of %zu: %d\n", at,
				size, ret);
			return ret;
		}
		for (i = 0; i < WORDS_PER_ROUND && at < size; i++, at += 4) {
			__le32 word = 0;

			memcpy(&word, data + at, min_t(size_t, sizeof(word), size - at));
			gn4124_write(spec, GN4124_FCL_FIFO, bitrev8x4(le32_to_cpu(word)));
		}
	}
	return 0;
}

static int fcl_finish(struct spec *spec)
{
	int ret;

	gn4124_write(spec, GN4124_FCL_CTRL, CTRL_LOADING | FCL_CTRL_DATA_PUSH_COMP);
	ret = fcl_wait(spec, FCL_IRQ_CONFIG_DONE, true, FINISH_MS);
	if (ret)
		dev_err(&spec->pdev->dev, "the FPGA did not take the bitstream: %d\n", ret);
	return ret;
}

static void fcl_reset_fpga(struct spec *spec)
{
	u32 high = gn4124_read(spec, GN4124_SYS_CFG_SYSTEM) & ~GN4124_SYS_CFG_RESET_MASK;

	gn4124_write(spec, GN4124_SYS_CFG_SYSTEM, high | GN4124_SYS_CFG_RESET_ASSERT);
	gn4124_write(spec, GN4124_SYS_CFG_SYSTEM, high | GN4124_SYS_CFG_RESET_RELEASE);
}

/**
 * spec_fcl_load() - put a bitstream into the FPGA
 * @spec: with nothing in use of the FPGA, and interrupts masked
 * @data: content of a .bin file
 * @size: bytes, not 0
 *
 * Return: 0; -EIO if bridge or FPGA refuse, -ETIMEDOUT if they never answer, -ENODEV if the board
 * is gone. In any case the FPGA boots from its flash memory at the next power on.
 */
int spec_fcl_load(struct spec *spec, const u8 *data, size_t size)
{
	int ret;

	guard(mutex)(&fcl_lock);
	spec_boot_from_host(spec, true);
	ret = fcl_prepare(spec, size);
	if (!ret)
		ret = fcl_push(spec, data, size);
	if (!ret)
		ret = fcl_finish(spec);
	gn4124_write(spec, GN4124_FCL_CTRL, 0);
	gn4124_write(spec, GN4124_FCL_EN, 0);
	if (!ret)
		fcl_reset_fpga(spec);
	spec_boot_from_host(spec, false);
	if (ret)
		return ret;

	fsleep(START_MS * USEC_PER_MSEC);
	if (!spec_fcl_done(spec)) {
		dev_err(&spec->pdev->dev, "the FPGA is empty after loading\n");
		return -EIO;
	}
	return 0;
}
