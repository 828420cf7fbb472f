/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Limits, leaky buckets and the six-bucket meter of a throttle group. Pure: no lock, no clock, no
 * allocation; the caller passes the time in nanoseconds. Also compiled in user space
 * (tools/bench/throttle).
 */
#ifndef THR_BUCKET_H
#define THR_BUCKET_H

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
	u64 last_cost; /* the division of the last charge: equal requests follow one another */
	u64 last_ns;
	u64 last_rem;
};

/* What a request of a given size costs, for one limit. */
struct thr_pot {
	struct thr_bucket level;
	struct thr_bucket burst;
	u64 split;		/* bytes of a nano-operation not charged yet, < iops_size */
	bool bytes;		/* counts bytes, not operations */
};

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

void thr_meter_set(struct thr_meter *meter, const struct thr_limits *limits);
u64 thr_meter_wait(const struct thr_meter *meter, enum thr_dir dir, u64 now);
bool thr_meter_admit(struct thr_meter *meter, enum thr_dir dir, u32 bytes, u64 now);
void thr_meter_charge(struct thr_meter *meter, enum thr_dir dir, u32 bytes, u64 now);

#endif
