// SPDX-License-Identifier: GPL-2.0
/*
 * The seconds of the timestamps: a counter of the board's own, or White Rabbit's.
 *
 * The hardware lets seconds be set, not their phase, and none of it be read below a second.
 * Setting them therefore leaves up to half a second of difference to the host.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/sysfs.h>

#include "tdc.h"

#define READ_TRIES	4
#define EDGE_MS		1100
#define UNCERTAIN_MS	2000

#define WR_LOCKED	(TDC_WR_AUX_LOCKED | TDC_WR_TIME_VALID)
#define WR_STATE	(TDC_WR_ENABLED | TDC_WR_LINK_UP | TDC_WR_SYNCING | WR_LOCKED)

static bool any_wanted(struct tdc *tdc)
{
	unsigned int i;

	for (i = 0; i < TDC_CHANNELS; i++)
		if (tdc->channel[i].wanted)
			return true;
	return false;
}

/**
 * tdc_get_seconds() - read the seconds counter
 * @tdc: answering, under tdc->lock
 * @seconds: set on success
 *
 * The counter comes from another clock domain, so it counts when it reads the same twice.
 *
 * Return: 0, -EBUSY while suspended, -ENODEV, -EIO if the counter never reads the same twice
 */
int tdc_get_seconds(struct tdc *tdc, u32 *seconds)
{
	unsigned int tries = READ_TRIES;
	u32 before, now;

	if (tdc_asleep(tdc))
		return -EBUSY;
	now = tdc_core_read(tdc, TDC_CURRENT_UTC);
	do {
		before = now;
		now = tdc_core_read(tdc, TDC_CURRENT_UTC);
	} while (now != before && --tries);
	if (now == ~0U && tdc_core_read(tdc, TDC_MAGIC) != TDC_MAGIC_VALUE)
		return -ENODEV;
	*seconds = now;
	return tries ? 0 : -EIO;
}

/**
 * tdc_now_seconds() - TAI now, 64 bits
 * @tdc: answering
 *
 * The board counts 32 bits; in which 2^32 seconds we live, the host's clock says.
 */
s64 tdc_now_seconds(struct tdc *tdc)
{
	s64 host = ktime_divns(ktime_get_clocktai(), NSEC_PER_SEC);

	return (host & ~0xffffffffLL) | tdc_core_read(tdc, TDC_CURRENT_UTC);
}

static void load_seconds(struct tdc *tdc, u32 seconds)
{
	tdc_core_write(tdc, TDC_START_UTC, seconds);
	tdc_strobe(tdc, TDC_CTRL_LOAD_UTC);
}

/**
 * tdc_load_host_seconds() - set the seconds counter to the nearest second of the host's TAI, at
 * once
 * @tdc: answering, under tdc->lock
 */
void tdc_load_host_seconds(struct tdc *tdc)
{
	ktime_t now = ktime_get_clocktai();

	load_seconds(tdc, ktime_divns(ktime_add_ns(now, NSEC_PER_SEC / 2), NSEC_PER_SEC));
}

static int may_set(struct tdc *tdc)
{
	if (tdc->white_rabbit)
		return -EPERM;
	if (tdc_asleep(tdc) || any_wanted(tdc))
		return -EBUSY;
	return 0;
}

/**
 * tdc_set_seconds() - set the seconds counter at once
 * @tdc: answering
 * @seconds: TAI
 *
 * Return: 0, -EPERM if White Rabbit keeps the time, -EBUSY while a channel is in use or the board
 * suspended
 */
int tdc_set_seconds(struct tdc *tdc, u32 seconds)
{
	int ret = may_set(tdc);

	if (ret)
		return ret;
	load_seconds(tdc, seconds);
	return 0;
}

/* Wait for the counter to step; not called for more often than users ask */
static int wait_step(struct tdc *tdc)
{
	ktime_t end = ktime_add_ms(ktime_get(), EDGE_MS);
	u32 before = tdc_core_read(tdc, TDC_CURRENT_UTC);

	while (tdc_core_read(tdc, TDC_CURRENT_UTC) == before) {
		if (ktime_after(ktime_get(), end))
			return -ETIMEDOUT;
		usleep_range(100, 200);
	}
	return 0;
}

/**
 * tdc_set_host_time() - set the seconds counter to the nearest second of the host's TAI
 * @tdc: answering
 *
 * Takes up to a second: it waits for one of the board's to begin. Errors as tdc_set_seconds();
 * -ETIMEDOUT if the board's clock stands still.
 */
int tdc_set_host_time(struct tdc *tdc)
{
	int ret = may_set(tdc);

	if (ret)
		return ret;
	ret = wait_step(tdc);
	if (ret)
		return ret;
	tdc_load_host_seconds(tdc);
	return 0;
}

/**
 * tdc_set_white_rabbit() - choose the source of time
 * @tdc: answering
 * @on: White Rabbit; else the board's own counter
 *
 * Time jumps. Timestamps of the next seconds are marked.
 *
 * Return: 0, -EOPNOTSUPP if the gateware has no White Rabbit, -EBUSY while suspended
 */
int tdc_set_white_rabbit(struct tdc *tdc, bool on)
{
	if (tdc_asleep(tdc))
		return -EBUSY;
	if (on && !(tdc_core_read(tdc, TDC_WR_STATUS) & TDC_WR_PRESENT))
		return -EOPNOTSUPP;
	if (on == tdc->white_rabbit)
		return 0;
	tdc->white_rabbit = on;
	tdc_core_write(tdc, TDC_WR_CTRL, on ? TDC_WR_CTRL_ENABLE : 0);
	guard(mutex)(&tdc->capture);
	tdc->uncertain_until = get_jiffies_64() + msecs_to_jiffies(UNCERTAIN_MS);
	return 0;
}

/**
 * tdc_wr_state() - for people
 * @status: TDC_WR_STATUS
 */
const char *tdc_wr_state(u32 status)
{
	if (!(status & TDC_WR_ENABLED))
		return "off";
	if (!(status & TDC_WR_LINK_UP))
		return "no-link";
	if ((status & WR_LOCKED) != WR_LOCKED)
		return "syncing";
	return "locked";
}

/**
 * tdc_time_flags() - what is to be said about the time of the records read now
 * @tdc: answering
 *
 * Return: TDC_SAMPLE_WR_SYNCED, TDC_SAMPLE_TIME_UNCERTAIN
 */
u16 tdc_time_flags(struct tdc *tdc)
{
	u32 status = tdc_core_read(tdc, TDC_WR_STATUS) & WR_STATE;
	u16 flags = 0;

	lockdep_assert_held(&tdc->capture);
	if (!(status & TDC_WR_ENABLED))
		status = 0;
	if (status != tdc->wr_status) {
		tdc->wr_status = status;
		tdc->uncertain_until = get_jiffies_64() + msecs_to_jiffies(UNCERTAIN_MS);
		sysfs_notify(&tdc->dev->kobj, NULL, "wr_status");
	}
	if ((status & (WR_LOCKED | TDC_WR_ENABLED)) == (WR_LOCKED | TDC_WR_ENABLED))
		flags |= TDC_SAMPLE_WR_SYNCED;
	if (time_before64(get_jiffies_64(), tdc->uncertain_until))
		flags |= TDC_SAMPLE_TIME_UNCERTAIN;
	return flags;
}
