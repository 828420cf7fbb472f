// SPDX-License-Identifier: GPL-2.0
/*
 * Leaky buckets in exact integers.
 *
 * The classical form keeps a level that leaks at a rate, which needs fractions. This one keeps the
 * moment at which the bucket will be empty: leaking is the passing of time, a charge moves the
 * moment into the future, and a request may go while the moment is nearer than the capacity divided
 * by the rate. The remainder of every division is carried, so the rate is exact over any length of
 * time.
 */
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "bucket.h"

static const char *const rule_text[THR_RULES] = {
	[THR_VALID] = "valid",
	[THR_CONFLICT] = "a total limit and a read or write limit exclude each other",
	[THR_SIZE_WITHOUT_IOPS] = "iops-size needs an iops limit",
	[THR_RANGE] = "a rate is at most 1000000000000000",
	[THR_LENGTH_ZERO] = "the burst length is at least 1 second",
	[THR_LENGTH_WITHOUT_MAX] = "a burst length needs a burst rate (max)",
	[THR_LENGTH_TOO_HIGH] = "burst rate times burst length is at most 1000000000000000",
	[THR_MAX_WITHOUT_AVG] = "a burst rate (max) needs a sustained rate",
	[THR_MAX_BELOW_AVG] = "the burst rate (max) is below the sustained rate",
};

/**
 * thr_rule_text - the sentence that tells a user why a configuration was refused
 * @rule: what thr_limits_check() returned
 *
 * Return: a constant string.
 */
const char *thr_rule_text(enum thr_rule rule)
{
	return rule_text[rule];
}

/**
 * thr_limits_init - no limit at all, and the defaults of everything else
 * @limits: configuration
 */
void thr_limits_init(struct thr_limits *limits)
{
	unsigned int i;

	memset(limits, 0, sizeof(*limits));
	for (i = 0; i < THR_LIMITS; i++)
		limits->limit[i].length = 1;
}

static bool conflicts(const struct thr_limit *family)
{
	return (family[0].avg && (family[1].avg || family[2].avg)) ||
	       (family[0].max && (family[1].max || family[2].max));
}

static enum thr_rule check_one(const struct thr_limit *limit)
{
	if (limit->avg > THR_RATE_MAX || limit->max > THR_RATE_MAX)
		return THR_RANGE;
	if (!limit->length)
		return THR_LENGTH_ZERO;
	if (limit->length > 1 && !limit->max)
		return THR_LENGTH_WITHOUT_MAX;
	if (limit->max && limit->length > THR_RATE_MAX / limit->max)
		return THR_LENGTH_TOO_HIGH;
	if (limit->max && !limit->avg)
		return THR_MAX_WITHOUT_AVG;
	if (limit->max && limit->max < limit->avg)
		return THR_MAX_BELOW_AVG;
	return THR_VALID;
}

/**
 * thr_limits_check - is a whole configuration valid? (specification 2.2)
 * @limits: configuration
 * @which: set to the limit that breaks the rule
 *
 * Return: THR_VALID, or the first rule that is broken.
 */
enum thr_rule thr_limits_check(const struct thr_limits *limits, enum thr_limit_id *which)
{
	const struct thr_limit *limit = limits->limit;
	enum thr_rule rule;
	unsigned int i;

	*which = THR_BPS_TOTAL;
	if (conflicts(&limit[THR_BPS_TOTAL]))
		return THR_CONFLICT;
	*which = THR_IOPS_TOTAL;
	if (conflicts(&limit[THR_IOPS_TOTAL]))
		return THR_CONFLICT;
	if (limits->iops_size && !limit[THR_IOPS_TOTAL].avg && !limit[THR_IOPS_READ].avg &&
	    !limit[THR_IOPS_WRITE].avg)
		return THR_SIZE_WITHOUT_IOPS;
	for (i = 0; i < THR_LIMITS; i++) {
		*which = i;
		rule = check_one(&limit[i]);
		if (rule)
			return rule;
	}
	return THR_VALID;
}

/**
 * thr_limits_enabled - does a configuration limit anything?
 * @limits: configuration
 *
 * Return: true when at least one sustained rate is set.
 */
bool thr_limits_enabled(const struct thr_limits *limits)
{
	unsigned int i;

	for (i = 0; i < THR_LIMITS; i++)
		if (limits->limit[i].avg)
			return true;
	return false;
}

/**
 * thr_bucket_init - an empty bucket
 * @bucket: bucket
 * @rate: units that leak per second; 0: the bucket is unused and never makes anyone wait
 * @capacity: units it holds before it makes requests wait, at most THR_RATE_MAX; 0: what leaks in
 * 0.1 s
 */
void thr_bucket_init(struct thr_bucket *bucket, u64 rate, u64 capacity)
{
	memset(bucket, 0, sizeof(*bucket));
	bucket->rate = rate;
	if (!rate)
		return;
	if (!capacity) {
		bucket->tol_ns = THR_NANO / 10;
	} else if (capacity / rate >= THR_HORIZON_NS / THR_NANO) {
		bucket->tol_ns = THR_HORIZON_NS;
	} else {
		bucket->tol_ns = mul_u64_u64_div_u64(capacity, THR_NANO, rate);
		/* The true difference is below rate, so wrapping products do no harm. */
		bucket->tol_rem = capacity * THR_NANO - bucket->tol_ns * rate;
	}
}

static void weigh(struct thr_bucket *bucket, u64 cost)
{
	bucket->step_ns = div64_u64_rem(cost, bucket->rate, &bucket->step_rem);
}

/**
 * thr_bucket_charge - pour something in (specification 3.5 and 3.7)
 * @bucket: a bucket in use
 * @cost: nano-units, at most 2^32 * 10^9
 * @now: ns
 */
void thr_bucket_charge(struct thr_bucket *bucket, u64 cost, u64 now)
{
	weigh(bucket, cost);
	thr_bucket_pour(bucket, now);
}

/**
 * thr_bucket_over - is a bucket over its capacity, and for how long? (specification 3.3)
 * @bucket: a bucket in use
 * @now: ns
 * @wait: set to the ns, rounded down, until it holds just its capacity; may be 0 although it is
 * over
 *
 * A level equal to the capacity is not over it.
 *
 * Return: true when it is over.
 */
bool thr_bucket_over(const struct thr_bucket *bucket, u64 now, u64 *wait)
{
	*wait = 0;
	if (!thr_bucket_is_over(bucket, now))
		return false;
	*wait = bucket->empty_at - now - bucket->tol_ns - (bucket->rem < bucket->tol_rem);
	return true;
}

/**
 * thr_bucket_level - what is in a bucket
 * @bucket: a bucket in use
 * @now: ns
 *
 * Return: nano-units; U64_MAX when they do not fit.
 */
u64 thr_bucket_level(const struct thr_bucket *bucket, u64 now)
{
	u64 left;

	if (!bucket->rate || bucket->empty_at < now)
		return 0;
	left = bucket->empty_at - now;
	if (left >= div64_u64(~0ULL, bucket->rate) - 1)
		return ~0ULL;
	return left * bucket->rate + bucket->rem;
}

/**
 * thr_pot_init - the main and the burst bucket of a limit, empty (specification 3.2)
 * @pot: buckets
 * @limit: a valid limit
 */
void thr_pot_init(struct thr_pot *pot, const struct thr_limit *limit)
{
	thr_bucket_init(&pot->level, limit->avg, limit->max * limit->length);
	thr_bucket_init(&pot->burst, limit->length > 1 ? limit->max : 0, 0);
	pot->split = 0;
	pot->weighed = THR_UNWEIGHED;
}

/**
 * thr_pot_wait - how long one limit makes a request wait
 * @pot: buckets of the limit
 * @now: ns
 *
 * While the main bucket is over its capacity the burst bucket has no say.
 *
 * Return: ns; 0: the limit has no objection.
 */
u64 thr_pot_wait(const struct thr_pot *pot, u64 now)
{
	u64 wait = 0;

	if (pot->level.rate && !thr_bucket_over(&pot->level, now, &wait) && pot->burst.rate)
		thr_bucket_over(&pot->burst, now, &wait);
	return wait;
}

/**
 * thr_pot_charge - charge both buckets of a limit
 * @pot: buckets
 * @cost: nano-units
 * @now: ns
 */
void thr_pot_charge(struct thr_pot *pot, u64 cost, u64 now)
{
	if (pot->level.rate)
		thr_bucket_charge(&pot->level, cost, now);
	if (pot->burst.rate)
		thr_bucket_charge(&pot->burst, cost, now);
	pot->weighed = THR_UNWEIGHED;
}

/**
 * thr_pot_operation - what a request costs in operations
 * @pot: buckets of an iops limit; carries the remainder of the division
 * @bytes: size of the request
 * @iops_size: see struct thr_limits
 *
 * Return: nano-operations: 10^9, or more for a request larger than @iops_size.
 */
u64 thr_pot_operation(struct thr_pot *pot, u32 bytes, u64 iops_size)
{
	if (!iops_size || bytes <= iops_size)
		return THR_NANO;
	return div64_u64_rem(bytes * THR_NANO + pot->split, iops_size, &pot->split);
}

/**
 * thr_pot_weigh - make the buckets ready for a request of another size
 * @pot: buckets of a limit in use
 * @bytes: size of the request
 * @iops_size: see struct thr_limits
 */
void thr_pot_weigh(struct thr_pot *pot, u32 bytes, u64 iops_size)
{
	u64 cost = pot->bytes ? bytes * THR_NANO : thr_pot_operation(pot, bytes, iops_size);

	weigh(&pot->level, cost);
	if (pot->burst.rate)
		weigh(&pot->burst, cost);
	pot->weighed = bytes & pot->counted;
	/* What is left of its division goes to the next one, which so costs something else. */
	if (!pot->bytes && iops_size && bytes > iops_size)
		pot->weighed = THR_UNWEIGHED;
}

/**
 * thr_meter_set - configure a meter and empty its buckets
 * @meter: buckets of a group
 * @limits: a valid configuration
 */
void thr_meter_set(struct thr_meter *meter, const struct thr_limits *limits)
{
	unsigned int i, dir;

	meter->limits = *limits;
	meter->total = limits->limit[THR_BPS_TOTAL].avg || limits->limit[THR_IOPS_TOTAL].avg;
	for (i = 0; i < THR_LIMITS; i++) {
		thr_pot_init(&meter->pot[i], &limits->limit[i]);
		meter->pot[i].bytes = i < THR_IOPS_TOTAL;
		meter->pot[i].counted = meter->pot[i].bytes || limits->iops_size ? ~0U : 0;
	}
	for (dir = 0; dir < THR_DIRS; dir++) {
		const u8 ids[] = { THR_BPS_TOTAL, THR_BPS_READ + dir, THR_IOPS_TOTAL,
				   THR_IOPS_READ + dir };
		struct thr_pot **active = meter->active[dir];

		for (i = 0; i < 4; i++)
			if (limits->limit[ids[i]].avg)
				*active++ = &meter->pot[ids[i]];
		*active = NULL;
	}
}

/**
 * thr_meter_wait - how long a request of a direction has to wait (specification 3.4)
 * @meter: buckets of a group
 * @dir: direction
 * @now: ns
 *
 * The size of the request plays no part: it goes when the past is paid for.
 *
 * Return: ns; 0: it may go now.
 */
u64 thr_meter_wait(const struct thr_meter *meter, enum thr_dir dir, u64 now)
{
	struct thr_pot *const *active;
	u64 wait = 0;

	for (active = meter->active[dir]; *active; active++)
		wait = max(wait, thr_pot_wait(*active, now));
	return wait;
}

/**
 * thr_meter_charge - charge a request that goes now
 * @meter: buckets of a group
 * @dir: direction
 * @bytes: size of the request
 * @now: ns
 */
void thr_meter_charge(struct thr_meter *meter, enum thr_dir dir, u32 bytes, u64 now)
{
	thr_meter_pour(meter, dir, bytes, now);
}
