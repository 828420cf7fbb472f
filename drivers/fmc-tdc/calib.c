// SPDX-License-Identifier: GPL-2.0
/*
 * The calibration record of the EEPROM, and how a delay becomes what the offset registers take.
 */
#include <linux/errno.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "pure.h"

#define DAC_MAX		(0xffff * 100 + 99)

/**
 * tdc_calibration_default() - the values for a board without its own
 * @calibration: set
 */
void tdc_calibration_default(struct tdc_calibration *calibration)
{
	static const struct tdc_calibration defaults = {
		.zero_offset = { 0, 8600, 60900, 57200, 33500 },
		.wr_offset = TDC_WR_OFFSET_DEFAULT,
		.vcxo_dac = 4334300,
		.source = TDC_CALIBRATION_DEFAULT,
	};

	*calibration = defaults;
}

static bool within(s32 value, s32 limit)
{
	return value > -limit && value < limit;
}

/**
 * tdc_calibration_decode() - make sense of a record
 * @record: 28 bytes as they lie in the EEPROM
 * @year: of the board, see TDC_WR_OFFSET_YEAR
 * @calibration: set on success only; @source becomes TDC_CALIBRATION_EEPROM or _EEPROM_OLD
 *
 * The record carries no checksum, so what can be checked is whether it is blank and whether its
 * values can be.
 *
 * Return: 0, -ENODATA if it is blank (all bits alike), -EINVAL if a value is implausible
 */
int tdc_calibration_decode(const struct tdc_calibration_record *record, unsigned int year,
			   struct tdc_calibration *calibration)
{
	struct tdc_calibration found = { .source = TDC_CALIBRATION_EEPROM };
	unsigned int i;

	if (!memchr_inv(record, 0xff, sizeof(*record)) || !memchr_inv(record, 0, sizeof(*record)))
		return -ENODATA;

	for (i = 0; i < ARRAY_SIZE(record->zero_offset); i++) {
		found.zero_offset[i + 1] = le32_to_cpu(record->zero_offset[i]);
		if (!within(found.zero_offset[i + 1], TDC_ZERO_OFFSET_MAX))
			return -EINVAL;
	}
	found.vcxo_dac = le32_to_cpu(record->vcxo_dac);
	if (found.vcxo_dac > DAC_MAX)
		return -EINVAL;
	found.temperature = le32_to_cpu(record->temperature);
	if (year < TDC_WR_OFFSET_YEAR) {
		found.wr_offset = TDC_WR_OFFSET_DEFAULT;
		found.source = TDC_CALIBRATION_EEPROM_OLD;
	} else {
		found.wr_offset = le32_to_cpu(record->wr_offset);
		if (!within(found.wr_offset, TDC_WR_OFFSET_MAX))
			return -EINVAL;
	}
	*calibration = found;
	return 0;
}

/**
 * tdc_calibration_encode() - the record of a calibration
 * @calibration: values within the limits that tdc_calibration_decode() checks
 * @record: filled in
 */
void tdc_calibration_encode(const struct tdc_calibration *calibration,
			    struct tdc_calibration_record *record)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(record->zero_offset); i++)
		record->zero_offset[i] = cpu_to_le32(calibration->zero_offset[i + 1]);
	record->vcxo_dac = cpu_to_le32(calibration->vcxo_dac);
	record->temperature = cpu_to_le32(calibration->temperature);
	record->wr_offset = cpu_to_le32(calibration->wr_offset);
}

/**
 * tdc_offset_split() - a delay in the parts that the hardware's adder takes
 * @total: the delay in 0.01 ps
 * @offset: set
 *
 * The adder sign-extends the 12 bits of the fraction, so 4000 ps are one tick less half of one,
 * not half a tick: whoever writes 0..4095 there is 8 ns off for half of all values. A part is
 * 3125/16 of 0.01 ps; a tie cannot occur, because 3125 is odd.
 */
void tdc_offset_split(s64 total, struct tdc_offset *offset)
{
	const s64 half = TDC_FRACS_PER_TICK / 2;
	s64 scaled = total * 16;
	s64 fracs = div_s64(scaled + (scaled < 0 ? -1562 : 1562), 3125);
	s64 ticks = (fracs + half) >> 12;
	s32 rest;

	offset->frac = fracs - ticks * TDC_FRACS_PER_TICK;
	offset->seconds = div_s64_rem(ticks, TDC_TICKS_PER_SECOND, &rest);
	offset->coarse = rest;
}
