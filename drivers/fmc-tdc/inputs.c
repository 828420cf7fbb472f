// SPDX-License-Identifier: GPL-2.0
/*
 * The inputs: which are on, how they are terminated, and by how much their times are corrected.
 */
#include "tdc.h"

/**
 * tdc_update_inputs() - change bits of INPUT_ENABLE
 * @tdc: answering
 * @clear: bits to clear
 * @set: bits to set
 */
void tdc_update_inputs(struct tdc *tdc, u32 clear, u32 set)
{
	guard(mutex)(&tdc->input_lock);
	tdc_core_write(tdc, TDC_INPUT_ENABLE,
		       (tdc_core_read(tdc, TDC_INPUT_ENABLE) & ~clear) | set);
}

/**
 * tdc_write_offset() - have the hardware correct a channel's times
 * @channel: any
 *
 * It takes effect on the next edge.
 */
void tdc_write_offset(struct tdc_channel *channel)
{
	const struct tdc_calibration *calibration = &channel->tdc->calibration;
	u32 base = TDC_CHANNEL(channel->index);
	struct tdc_offset offset;

	lockdep_assert_held(&channel->tdc->lock);
	tdc_offset_split((s64)calibration->zero_offset[channel->index] - calibration->wr_offset +
			 (s64)channel->offset_ps * TDC_CALIBRATION_PER_PS, &offset);
	tdc_write(channel->tdc, base + CHANNEL_OFFSET1, offset.seconds);
	tdc_write(channel->tdc, base + CHANNEL_OFFSET2, offset.coarse);
	tdc_write(channel->tdc, base + CHANNEL_OFFSET3, offset.frac & CHANNEL_OFFSET3_MASK);
}
