// SPDX-License-Identifier: GPL-2.0
/* The virtual FMC TDC: what its state means. Changes nothing. */

#include "tdc.h"

/* Does the core's clock run? */
bool tdc_core_answers(const struct tdc *tdc)
{
	return tdc->fmc->fitted && !tdc->in_reset && vhw_now() >= tdc->locked_at;
}

/* The time base of timestamps now */
const struct acam_clock *tdc_clock(const struct tdc *tdc)
{
	return tdc->wr_time ? &tdc->wr : &tdc->local;
}

/* Do edges at the inputs become hits? */
static bool listening(const struct tdc *tdc)
{
	return tdc->engine == TDC_ACTIVE && !tdc->stop_disabled && !tdc->misloaded &&
	       tdc->input_enable & TDC_INPUT_BUFFERS && tdc_core_answers(tdc);
}

/* Do edges at the input reach the channel's filter? */
bool tdc_channel_watched(const struct tdc_channel *ch)
{
	return listening(ch->tdc) && ch->tdc->input_enable & TDC_INPUT_CHANNEL(ch->index);
}
