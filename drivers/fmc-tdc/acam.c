// SPDX-License-Identifier: GPL-2.0
/*
 * The ACAM TDC-GPX chip, configured through the core's shadow registers.
 */
#include <linux/delay.h>

#include "tdc.h"

#define STROBE_US	100	/* there is no busy bit; each command takes a few microseconds */
#define LOCK_MS		2000
#define TRIES		3

static const struct {
	u8 number;
	u32 value;
} acam_registers[] = {
	{ 0, ACAM_REG0 },
	{ 1, ACAM_REG1 },
	{ 2, ACAM_REG2 },
	{ 3, ACAM_REG3 },
	{ 4, ACAM_REG4 },
	{ 5, ACAM_REG5 },
	{ 6, ACAM_REG6 },
	{ 7, ACAM_REG7 },
	{ 11, ACAM_REG11 },
	{ 12, ACAM_REG12 },
	{ 14, ACAM_REG14 },
};

/**
 * tdc_strobe() - give the core a command and the time for it
 * @tdc: answering
 * @command: one of TDC_CTRL_*
 */
void tdc_strobe(struct tdc *tdc, u32 command)
{
	tdc_core_write(tdc, TDC_CTRL, command);
	usleep_range(STROBE_US, 2 * STROBE_US);
}

static int wait_lock(struct tdc *tdc)
{
	unsigned int tries = LOCK_MS;
	u32 status;

	do {
		tdc_strobe(tdc, TDC_CTRL_READ_ACAM_CFG);
		status = tdc_core_read(tdc, TDC_ACAM_RB(12));
		if (status == ~0U)
			return -ENODEV;
		if (!(status & ACAM_REG12_NOT_LOCKED))
			return 0;
		usleep_range(1000 - STROBE_US, 1000);
	} while (--tries);
	dev_err(tdc->dev, "the ACAM's PLL does not lock (register 12 reads 0x%08x)\n", status);
	return -EIO;
}

/*
 * Does the chip hold what it was loaded with? Register 12 is mostly status. Returns the one that
 * differs, or -1
 */
static int find_difference(struct tdc *tdc, u32 *found)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(acam_registers); i++) {
		*found = tdc_core_read(tdc, TDC_ACAM_RB(acam_registers[i].number)) & ACAM_DATA;
		if (acam_registers[i].number != 12 && *found != acam_registers[i].value)
			return i;
	}
	return -1;
}

static void load_configuration(struct tdc *tdc)
{
	unsigned int i;

	tdc_strobe(tdc, TDC_CTRL_RESET_ACAM);
	for (i = 0; i < ARRAY_SIZE(acam_registers); i++)
		tdc_core_write(tdc, TDC_ACAM_CFG(acam_registers[i].number),
			       acam_registers[i].value);
	tdc_strobe(tdc, TDC_CTRL_LOAD_ACAM_CFG);
	tdc_strobe(tdc, TDC_CTRL_RESET_ACAM);
}

/**
 * tdc_acam_bring_up() - configure the chip and see that it took it
 * @tdc: with its engine inactive
 *
 * Return: 0, -EIO if it does not lock or a register differs after three tries, -ENODEV if nothing
 * answers
 */
int tdc_acam_bring_up(struct tdc *tdc)
{
	unsigned int tries = TRIES;
	int ret, differs;
	u32 found;

	do {
		load_configuration(tdc);
		ret = wait_lock(tdc);
		if (ret)
			return ret;
		differs = find_difference(tdc, &found);
		if (differs < 0)
			return 0;
	} while (--tries);
	dev_err(tdc->dev, "ACAM register %u reads 0x%07x, was loaded with 0x%07x\n",
		acam_registers[differs].number, found, acam_registers[differs].value);
	return -EIO;
}
