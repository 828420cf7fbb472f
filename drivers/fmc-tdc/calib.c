// SPDX-License-Identifier: GPL-2.0
/*
 * The calibration record of the EEPROM, and how a delay becomes what the offset registers take.
 */
#include <linux/errno.h>
#include <linux/math.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "pure.h"

#define UNITS_PER_PS	100	/* of the record's offsets; also its factor on the DAC word */
#define DAC_MAX		0xffff

/**
 * tdc_calibration_default() - the values for a board without its own
 * @calibration: set
 */
void tdc_calibration_default(struct tdc_calibration *calibration)
{
	static const struct tdc_calibration defaults = {
		.zero_offset_ps = { 0, 86, 609, 572, 335 },
		.wr_offset_ps = TDC_WR_OFFSET_DEFAULT_PS,
		.vcxo_dac = 43343,
		.source = TDC_CALIBRATION_DEFAULT,
	};

	*calibration = defaults;
}

static s32 to_ps(__le32 field)
{
	return DIV_ROUND_CLOSEST((s32)le32_to_cpu(field), UNITS_PER_PS);
}

static __le32 to_units(s32 value)
{
	return cpu_to_le32(value * UNITS_PER_PS);
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
	u32 dac = le32_to_cpu(record->vcxo_dac);
	unsigned int i;

	if (!memchr_inv(record, 0xff, sizeof(*record)) || !memchr_inv(record, 0, sizeof(*record)))
		return -ENODATA;

	for (i = 0; i < ARRAY_SIZE(record->zero_offset); i++) {
		found.zero_offset_ps[i + 1] = to_ps(record->zero_offset[i]);
		if (!within(found.zero_offset_ps[i + 1], TDC_ZERO_OFFSET_MAX_PS))
			return -EINVAL;
	}
	found.vcxo_dac = dac / UNITS_PER_PS;
	if (found.vcxo_dac > DAC_MAX)
		return -EINVAL;
	found.temperature = le32_to_cpu(record->temperature);
	if (year < TDC_WR_OFFSET_YEAR) {
		found.wr_offset_ps = TDC_WR_OFFSET_DEFAULT_PS;
		found.source = TDC_CALIBRATION_EEPROM_OLD;
	} else {
		found.wr_offset_ps = to_ps(record->wr_offset);
		if (!within(found.wr_offset_ps, TDC_WR_OFFSET_MAX_PS))
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
		record->zero_offset[i] = to_units(calibration->zero_offset_ps[i + 1]);
	record->vcxo_dac = to_units(calibration->vcxo_dac);
	record->temperature = cpu_to_le32(calibration->temperature);
	record->wr_offset = to_units(calibration->wr_offset_ps);
}

/**
 * tdc_offset_split() - picoseconds in the parts that the hardware's adder takes
 * @total_ps: the delay
 * @offset: set
 *
 * The adder sign-extends the 12 bits of the fraction, so 4000 ps are one tick less half of one,
 * not half a tick: whoever writes 0..4095 there is 8 ns off for half of all values. 8000 ps are
 * 4096 parts; a tie cannot occur, because 125 is odd.
 */
void tdc_offset_split(s64 total_ps, struct tdc_offset *offset)
{
	const s64 half = TDC_FRACS_PER_TICK / 2;
	s64 scaled = total_ps * (TDC_FRACS_PER_TICK / 64);
	s64 fracs = div_s64(scaled + (scaled < 0 ? -62 : 62), TDC_TICK_PS / 64);
	s64 ticks = (fracs + half) >> 12;
	s32 rest;

	offset->frac = fracs - ticks * TDC_FRACS_PER_TICK;
	offset->seconds = div_s64_rem(ticks, TDC_TICKS_PER_SECOND, &rest);
	offset->coarse = rest;
}
