// SPDX-License-Identifier: GPL-2.0
/*
 * The seconds of the timestamps: a counter of the board's own, or White Rabbit's.
 *
 * The hardware lets seconds be set, not their phase, and none of it be read below a second.
 * Setting them therefore leaves up to half a second of difference to the host.
 *
 * What a sample says of its time base is decided by when its record was made, of which only this
 * is known: not before tdc_channel.oldest. So a change is flagged on all samples of a batch that
 * may hold one of the time in question, and always on the first sample after it.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/sysfs.h>

#include "tdc.h"

#define READ_TRIES	4
#define EDGE_MS		1100
#define UNCERTAIN_NS	(2 * NSEC_PER_SEC)	/* after a change seconds may be either's */

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

/* Samples from now on are of another time base than those before */
static void time_changed(struct tdc *tdc)
{
	unsigned int i;

	lockdep_assert_held(&tdc->capture);
	tdc->changed_at = ktime_get_ns();
	for (i = 0; i < TDC_CHANNELS; i++)
		if (tdc->channel[i].last.flags)
			tdc->channel[i].changed = true;
}

/* How far a second of the board has come, in ns, as well as its beginning is known */
static s64 within_second(struct tdc *tdc, ktime_t now)
{
	s32 rest;

	div_s64_rem(ktime_to_ns(ktime_sub(now, tdc->second)), NSEC_PER_SEC, &rest);
	return rest < 0 ? rest + NSEC_PER_SEC : rest;
}

/* The board's time is @seconds and a fraction now */
static void note_seconds(struct tdc *tdc, u32 seconds)
{
	ktime_t now = ktime_get_boottime();

	tdc->ahead = (s64)seconds * NSEC_PER_SEC + within_second(tdc, now) - ktime_to_ns(now);
}

static void load_seconds(struct tdc *tdc, u32 seconds)
{
	guard(mutex)(&tdc->capture);
	tdc_core_write(tdc, TDC_START_UTC, seconds);
	tdc_strobe(tdc, TDC_CTRL_LOAD_UTC);
	note_seconds(tdc, seconds);
	tdc->off = 0;
	tdc->loaded = true;
	time_changed(tdc);
}

static u32 nearest_second(s64 ns)
{
	return div_s64(ns + NSEC_PER_SEC / 2, NSEC_PER_SEC);
}

/**
 * tdc_init_time() - the board is to begin with the host's TAI
 * @tdc: not brought up yet
 */
void tdc_init_time(struct tdc *tdc)
{
	tdc->ahead = ktime_to_ns(ktime_sub(ktime_get_clocktai(), ktime_get_boottime()));
}

/**
 * tdc_keep_time() - the board is about to be reset: remember its time
 * @tdc: under tdc->lock; if it does not answer, what was remembered last stands
 */
void tdc_keep_time(struct tdc *tdc)
{
	u32 seconds;

	if (tdc->loaded && !tdc_get_seconds(tdc, &seconds))
		note_seconds(tdc, seconds);
	tdc->loaded = false;
}

/**
 * tdc_begin_second() - one of the board's seconds begins now
 * @tdc: released from reset, or seen to step
 */
void tdc_begin_second(struct tdc *tdc)
{
	tdc->second = ktime_get_boottime();
}

/**
 * tdc_reload_time() - have the board go on with the time that tdc_keep_time() remembered
 * @tdc: answering, after a reset
 *
 * Its seconds begin when it was released from reset, so half a second may be between its time and
 * what it would have been; but never more, however often this is done.
 */
void tdc_reload_time(struct tdc *tdc)
{
	s64 ahead = tdc->ahead - tdc->off;
	ktime_t now = ktime_get_boottime();

	load_seconds(tdc, nearest_second(ktime_to_ns(now) + ahead - within_second(tdc, now)));
	tdc->off = tdc->ahead - ahead;
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
	tdc_begin_second(tdc);
	load_seconds(tdc, nearest_second(ktime_to_ns(ktime_get_clocktai())));
	return 0;
}

/**
 * tdc_look_at_time() - has White Rabbit changed since the last look?
 * @tdc: answering, under tdc->capture
 *
 * Called after a buffer was retired and before its records are delivered, no change that came
 * before one of them is missed.
 */
void tdc_look_at_time(struct tdc *tdc)
{
	u32 status = tdc_core_read(tdc, TDC_WR_STATUS) & WR_STATE;

	if (!(status & TDC_WR_ENABLED))
		status = 0;
	if (status == tdc->wr_status)
		return;
	tdc->wr_status = status;
	time_changed(tdc);
	sysfs_notify(&tdc->dev->kobj, NULL, "wr_status");
}

/**
 * tdc_set_white_rabbit() - choose the source of time
 * @tdc: answering
 * @on: White Rabbit; else the board's own counter
 *
 * Time jumps. Timestamps of the next two seconds are marked, and the first one after the jump.
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
	guard(mutex)(&tdc->capture);
	tdc->white_rabbit = on;
	tdc_core_write(tdc, TDC_WR_CTRL, on ? TDC_WR_CTRL_ENABLE : 0);
	tdc_look_at_time(tdc);
	time_changed(tdc);
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
 * tdc_time_flags() - what is to be said about the time of the records of a retired buffer
 * @channel: after tdc_look_at_time()
 *
 * Return: TDC_SAMPLE_WR_SYNCED, TDC_SAMPLE_TIME_UNCERTAIN
 */
u16 tdc_time_flags(const struct tdc_channel *channel)
{
	const u32 synced = WR_LOCKED | TDC_WR_ENABLED;
	const struct tdc *tdc = channel->tdc;
	u16 flags = 0;

	lockdep_assert_held(&tdc->capture);
	if ((tdc->wr_status & synced) == synced && channel->oldest >= tdc->changed_at)
		flags |= TDC_SAMPLE_WR_SYNCED;
	if (channel->oldest < tdc->changed_at + UNCERTAIN_NS)
		flags |= TDC_SAMPLE_TIME_UNCERTAIN;
	return flags;
}
