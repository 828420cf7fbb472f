// SPDX-License-Identifier: GPL-2.0
/*
 * From the hardware's records to nanoseconds: exact, no rounding anywhere.
 */
#include <linux/bitfield.h>
#include <linux/time64.h>

#include "pure.h"

#define FRACS_PER_NS	(TDC_FRACS_PER_TICK / TDC_TICK_NS)

/**
 * tdc_record_valid() - could the hardware have written this for that channel?
 * @record: as read from the DDR
 * @channel: 0 to 4
 *
 * Memory that was never written, poison, another channel's record and falling edges are refused.
 */
bool tdc_record_valid(const struct tdc_record *record, unsigned int channel)
{
	u32 meta = le32_to_cpu(record->meta);

	return le32_to_cpu(record->coarse) < TDC_TICKS_PER_SECOND &&
	       (meta & (TDC_RECORD_CHANNEL | TDC_RECORD_RISING)) ==
		       (FIELD_PREP(TDC_RECORD_CHANNEL, channel) | TDC_RECORD_RISING) &&
	       !(le32_to_cpu(record->frac) & TDC_RECORD_FRAC_ZERO);
}

/**
 * tdc_record_sequence() - its number, 28 bits
 * @record: as read from the DDR
 */
u32 tdc_record_sequence(const struct tdc_record *record)
{
	return FIELD_GET(TDC_RECORD_SEQUENCE, le32_to_cpu(record->meta));
}

/**
 * tdc_extend_seconds() - the 64-bit time of which the hardware keeps 32 bits
 * @tai: seconds, 32 bits
 * @near: a time less than 2^31 seconds away
 */
s64 tdc_extend_seconds(u32 tai, s64 near)
{
	return near + (s32)(tai - (u32)near);
}

/**
 * tdc_record_convert() - a record's time: ns = tai * 1e9 + coarse * 8 + frac / 512
 * @record: a valid one
 * @seconds: time of the record before, updated to this one's
 * @sample: its @ns and @subns are set
 */
void tdc_record_convert(const struct tdc_record *record, s64 *seconds, struct tdc_sample *sample)
{
	u32 frac = FIELD_GET(TDC_RECORD_FRAC, le32_to_cpu(record->frac));

	*seconds = tdc_extend_seconds(le32_to_cpu(record->tai), *seconds);
	sample->ns = *seconds * NSEC_PER_SEC +
		     le32_to_cpu(record->coarse) * TDC_TICK_NS + frac / FRACS_PER_NS;
	sample->subns = frac % FRACS_PER_NS;
}
