// SPDX-License-Identifier: GPL-2.0
/*
 * What the acquisition engine is believed to do, for those who wait for it.
 */
#include <linux/sysfs.h>

#include "tdc.h"

/**
 * tdc_set_engine() - the engine's state changes; whoever polls engine_state is woken
 * @tdc: under tdc->lock, except for TDC_ENGINE_GONE
 * @engine: new state
 */
void tdc_set_engine(struct tdc *tdc, enum tdc_engine engine)
{
	WRITE_ONCE(tdc->engine, engine);
	sysfs_notify(&tdc->dev->kobj, NULL, "engine_state");
}

/**
 * tdc_engine_gone() - nothing answers any more
 * @tdc: in any state; any lock may be held
 */
void tdc_engine_gone(struct tdc *tdc)
{
	if (READ_ONCE(tdc->engine) == TDC_ENGINE_GONE)
		return;
	tdc_set_engine(tdc, TDC_ENGINE_GONE);
	dev_err(tdc->dev, "the board does not answer any more\n");
	spec_fmc_lost(tdc->fmc);
}

/**
 * tdc_engine_name() - for people
 * @engine: state
 */
const char *tdc_engine_name(enum tdc_engine engine)
{
	static const char *const names[] = {
		[TDC_ENGINE_STARTING] = "starting",
		[TDC_ENGINE_RESTARTING] = "starting",
		[TDC_ENGINE_ACTIVE] = "active",
		[TDC_ENGINE_FAILED] = "failed",
		[TDC_ENGINE_SUSPENDED] = "suspended",
		[TDC_ENGINE_GONE] = "gone",
	};

	return names[engine];
}
