// SPDX-License-Identifier: GPL-2.0
/* Clocks of the SCC2698B: what a CSR code means. Pure. */

#include <linux/bitfield.h>
#include <linux/kernel.h>
#include <linux/math64.h>

#include "../../../drivers/ipoctal/scc2698_regs.h"
#include "scc2698_rates.h"

/*
 * Dividers of the baud rate generator; the rate is 3686400 / (8 * divider). In its test mode they
 * are given in eighths, for three rates are eight times the normal one.
 */
static const u16 dividers[2][13] = {
	{ 9216, 4189, 3426, 2304, 1536, 768, 384, 439, 192, 96, 64, 48, 12 },
	{ 6144, 4189, 12, 3072, 1536, 768, 384, 230, 192, 96, 256, 48, 24 },
};

static const u16 test_eighths[2][13] = {
	{ 768, 4189, 3426, 192, 128, 64, 32, 3512, 64, 768, 64, 384, 96 },
	{ 512, 4189, 192, 256, 128, 64, 32, 1840, 64, 768, 256, 384, 192 },
};

/**
 * scc2698_brg_sixteenth() - period of the 16X clock that the baud rate generator gives
 * @code: half a CSR
 * @set2: ACR bit 7
 * @test: the generator is in its test mode
 *
 * Return: 1/LINE_FRACTIONS ns, or 0 if the code names another source.
 */
u64 scc2698_brg_sixteenth(u8 code, bool set2, bool test)
{
	/* 8 * divider periods are a bit, so half a divider's worth is a sixteenth */
	if (code >= ARRAY_SIZE(dividers[0]))
		return 0;
	if (test)
		return (u64)test_eighths[set2][code] * SCC2698_X1_PERIOD / 16;
	return (u64)dividers[set2][code] * SCC2698_X1_PERIOD / 2;
}

/*
 * Length of the stop bit in sixteenths of a bit: 9/16 to 2, half a bit more for short ones of 5-bit
 * characters
 */
unsigned int scc2698_stop_sixteenths(u8 mr2, unsigned int data_bits)
{
	unsigned int code = FIELD_GET(SCC2698_MR2_STOP, mr2);

	if (code & 8)
		return code + 17;
	return code + 9 + (data_bits == 5 ? 8 : 0);
}
