// SPDX-License-Identifier: GPL-2.0
/* bench: nanoseconds a decision takes in user space: the fastest of many interleaved trials. */
#include <stdio.h>
#include <time.h>

#include "../../../throttle/bucket.c"
#include "../../../throttle/heap.c"
#include "../../../throttle/rotation.c"

#define TRIALS	200
#define LOOPS	20000

struct subject {
	const char *what;
	u64 iops, bps, max, length, iops_size;
	u32 bytes;
	bool throttled;
};

static const struct subject subjects[] = {
	{ "admitted, iops", .iops = 1000000000, .bytes = 4096 },
	{ "admitted, iops and bps", .iops = 1000000000, .bps = 1000000000000, .bytes = 4096 },
	{ "admitted, iops and bps with bursts", .iops = 1000000000, .bps = 1000000000000, .max = 2,
	  .length = 10, .bytes = 4096 },
	{ "admitted, iops with a size", .iops = 1000000000, .iops_size = 4096, .bytes = 65536 },
	{ "throttled, iops and bps", .iops = 100, .bps = 1000000, .bytes = 4096,
	  .throttled = true },
	{ "throttled, iops and bps with bursts", .iops = 100, .bps = 1000000, .max = 2,
	  .length = 10, .bytes = 4096, .throttled = true },
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))
#define NR_SUBJECTS	ARRAY_SIZE(subjects)

static u64 clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * THR_NANO + ts.tv_nsec;
}

static void set(struct thr_rotation *rotation, const struct subject *s)
{
	struct thr_limits limits;

	thr_rotation_init(rotation);
	thr_limits_init(&limits);
	limits.limit[THR_IOPS_TOTAL] =
		(struct thr_limit){ s->iops, s->iops * s->max, s->length ? s->length : 1 };
	limits.limit[THR_BPS_TOTAL] =
		(struct thr_limit){ s->bps, s->bps * s->max, s->length ? s->length : 1 };
	limits.iops_size = s->iops_size;
	thr_meter_set(&rotation->meter, &limits);
}

/* What a request costs: the decision to let it go and its charge, or the decision that it waits. */
static double trial(const struct subject *s)
{
	static struct thr_waiter waiter[LOOPS];
	struct thr_rotation rotation;
	struct thr_share share;
	u64 now = THR_NANO, start, admitted = 0;
	unsigned int i;

	set(&rotation, s);
	thr_share_init(&share, THR_WEIGHT_DEFAULT);
	thr_rotation_join(&rotation, &share, now);
	for (i = 0; i < LOOPS; i++)
		waiter[i] = (struct thr_waiter){ .bytes = s->bytes, .dir = THR_READ };
	if (s->throttled) {
		thr_meter_charge(&rotation.meter, THR_READ, 100000000, now);
		thr_rotation_arrive(&share, &waiter[0], now);
	}
	start = clock_ns();
	for (i = 1; i < LOOPS; i++) {
		now += 50;
		admitted += thr_rotation_pass(&share, &waiter[i], now) ||
			    thr_rotation_arrive(&share, &waiter[i], now);
	}
	start = clock_ns() - start;
	if (admitted != (s->throttled ? 0 : LOOPS - 1))
		printf("%s: %llu of %d admitted\n", s->what, (unsigned long long)admitted,
		       LOOPS - 1);
	return (double)start / (LOOPS - 1);
}

int main(void)
{
	double best[NR_SUBJECTS];
	unsigned int i, t;

	for (t = 0; t < TRIALS; t++) {
		for (i = 0; i < NR_SUBJECTS; i++) {
			double ns = trial(&subjects[i]);

			if (!t || ns < best[i])
				best[i] = ns;
		}
	}
	for (i = 0; i < NR_SUBJECTS; i++)
		printf("%-40s %6.1f ns\n", subjects[i].what, best[i]);
	return 0;
}
