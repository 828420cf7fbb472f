/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits, leaky buckets and the six-bucket meter of a throttle group. Pure: no lock, no clock, no
 * allocation; the caller passes the time in nanoseconds. Also compiled in user space
 * (tools/bench/throttle).
 */
#ifndef THR_BUCKET_H
#define THR_BUCKET_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/types.h>

enum thr_dir {
	THR_READ,
	THR_WRITE,
	THR_DIRS
};

/* The order is the one in which a configuration is checked. */
enum thr_limit_id {
	THR_BPS_TOTAL,
	THR_BPS_READ,
	THR_BPS_WRITE,
	THR_IOPS_TOTAL,
	THR_IOPS_READ,
	THR_IOPS_WRITE,
	THR_LIMITS
};

#define THR_NANO	1000000000ULL

/* No debt and no tolerance is longer than this (146 years), so that sums of times fit 64 bits. */
#define THR_HORIZON_NS	BIT_ULL(62)

/* Largest rate, and largest product of a burst rate and its length. */
#define THR_RATE_MAX	1000000000000000ULL

/**
 * struct thr_limit - one limit: bytes or operations per second
 * @avg: sustained rate; 0 is no limit
 * @max: rate allowed during a burst; 0 is no burst setting
 * @length: how many seconds the burst rate may be kept up
 */
struct thr_limit {
	u64 avg;
	u64 max;
	u64 length;
};

/**
 * struct thr_limits - what a group is configured with
 * @limit: by enum thr_limit_id
 * @iops_size: a request larger than this many bytes counts as bytes / iops_size operations; 0: size
 * never matters
 */
struct thr_limits {
	struct thr_limit limit[THR_LIMITS];
	u64 iops_size;
};

/* Why a configuration is refused; in the order of the checks. */
enum thr_rule {
	THR_VALID,
	THR_CONFLICT,
	THR_SIZE_WITHOUT_IOPS,
	THR_RANGE,
	THR_LENGTH_ZERO,
	THR_LENGTH_WITHOUT_MAX,
	THR_LENGTH_TOO_HIGH,
	THR_MAX_WITHOUT_AVG,
	THR_MAX_BELOW_AVG,
	THR_RULES
};

/*
 * One leaky bucket. Instead of its level it keeps the time at which it will be empty, so leaking
 * costs nothing. A nano-unit is 10^-9 byte or operation: @rate nano-units leak in one nanosecond.
 */
struct thr_bucket {
	u64 rate;		/* nano-units per nanosecond; 0: unused */
	u64 empty_at;		/* ns */
	u64 rem;		/* and rem / rate of a ns, rem < rate */
	u64 tol_ns;		/* admits while it will be empty within this time */
	u64 tol_rem;		/* and tol_rem / rate of a ns */
	u64 step_ns;		/* what a request adds to @empty_at */
	u64 step_rem;
};

/* What a request of a given size costs, for one limit. */
struct thr_pot {
	struct thr_bucket level;
	struct thr_bucket burst;
	u64 split;		/* bytes of a nano-operation not charged yet, < iops_size */
	u64 weighed;		/* the size that the steps are of, as far as it counts */
	u32 counted;		/* mask: a request's size, or nothing of it, counts */
	bool bytes;		/* counts bytes, not operations */
};

/* Of no size: the next request has to be weighed. */
#define THR_UNWEIGHED	(~0ULL)

/**
 * struct thr_meter - the buckets of a group
 * @limits: configuration in force; valid
 * @pot: buckets by enum thr_limit_id
 * @active: those to look at for a direction, up to a NULL
 * @total: a limit shared by both directions is set
 */
struct thr_meter {
	struct thr_pot pot[THR_LIMITS];
	struct thr_pot *active[THR_DIRS][5];
	bool total;
	struct thr_limits limits;
};

void thr_limits_init(struct thr_limits *limits);
enum thr_rule thr_limits_check(const struct thr_limits *limits, enum thr_limit_id *which);
bool thr_limits_enabled(const struct thr_limits *limits);
const char *thr_rule_text(enum thr_rule rule);

void thr_bucket_init(struct thr_bucket *bucket, u64 rate, u64 capacity);
void thr_bucket_charge(struct thr_bucket *bucket, u64 cost, u64 now);
bool thr_bucket_over(const struct thr_bucket *bucket, u64 now, u64 *wait);
u64 thr_bucket_level(const struct thr_bucket *bucket, u64 now);

void thr_pot_init(struct thr_pot *pot, const struct thr_limit *limit);
u64 thr_pot_wait(const struct thr_pot *pot, u64 now);
void thr_pot_charge(struct thr_pot *pot, u64 cost, u64 now);
u64 thr_pot_operation(struct thr_pot *pot, u32 bytes, u64 iops_size);
void thr_pot_weigh(struct thr_pot *pot, u32 bytes, u64 iops_size);

void thr_meter_set(struct thr_meter *meter, const struct thr_limits *limits);
u64 thr_meter_wait(const struct thr_meter *meter, enum thr_dir dir, u64 now);
void thr_meter_charge(struct thr_meter *meter, enum thr_dir dir, u32 bytes, u64 now);

/* What follows is inline because every request that need not wait goes through all of it. */

static __always_inline void thr_bucket_pour(struct thr_bucket *bucket, u64 now)
{
	if (bucket->empty_at < now) {
		bucket->empty_at = now;
		bucket->rem = 0;
	}
	bucket->empty_at += bucket->step_ns;
	bucket->rem += bucket->step_rem;
	if (bucket->rem >= bucket->rate) {
		bucket->rem -= bucket->rate;
		bucket->empty_at++;
	}
	bucket->empty_at = min(bucket->empty_at, now + THR_HORIZON_NS);
}

static __always_inline bool thr_bucket_is_over(const struct thr_bucket *bucket, u64 now)
{
	u64 full_until = now + bucket->tol_ns;

	if (likely(bucket->empty_at < full_until))
		return false;
	return bucket->empty_at > full_until || bucket->rem > bucket->tol_rem;
}

/* Equal requests follow one another, so what one costs is mostly known. */
static __always_inline void thr_pot_pour(struct thr_pot *pot, u32 bytes, u64 iops_size, u64 now)
{
	if (unlikely((bytes & pot->counted) != pot->weighed))
		thr_pot_weigh(pot, bytes, iops_size);
	thr_bucket_pour(&pot->level, now);
	if (unlikely(pot->burst.rate))
		thr_bucket_pour(&pot->burst, now);
}

/* Has no limit an objection to a request of this direction? */
static __always_inline bool thr_meter_open(const struct thr_meter *meter, enum thr_dir dir, u64 now)
{
	struct thr_pot *const *active, *pot;

	for (active = meter->active[dir]; (pot = *active); active++) {
		/* Over by less than a nanosecond is no wait. */
		if (unlikely(thr_bucket_is_over(&pot->level, now) ||
			     (pot->burst.rate && thr_bucket_is_over(&pot->burst, now))) &&
		    thr_pot_wait(pot, now))
			return false;
	}
	return true;
}

static __always_inline void thr_meter_pour(struct thr_meter *meter, enum thr_dir dir, u32 bytes,
					   u64 now)
{
	struct thr_pot **active, *pot;

	for (active = meter->active[dir]; (pot = *active); active++)
		thr_pot_pour(pot, bytes, meter->limits.iops_size, now);
}

/**
 * thr_meter_admit - charge a request if it need not wait
 * @meter: buckets of a group
 * @dir: direction
 * @bytes: size of the request
 * @now: ns
 *
 * What thr_meter_wait() and thr_meter_charge() do, for the request that finds no other waiting.
 *
 * Return: false when it has to wait; then nothing was charged.
 */
static __always_inline bool thr_meter_admit(struct thr_meter *meter, enum thr_dir dir, u32 bytes,
					    u64 now)
{
	if (!thr_meter_open(meter, dir, now))
		return false;
	thr_meter_pour(meter, dir, bytes, now);
	return true;
}

#endif
