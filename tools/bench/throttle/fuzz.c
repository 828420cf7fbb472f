// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz [decisions [seed]]: the integer buckets of throttle/ against an oracle that keeps levels as
 * exact rationals.
 *
 * The oracle follows the definition (specification 3.1 to 3.5): a level that leaks, in 128-bit
 * integers over a common denominator, so it never rounds. Both get the same random configurations,
 * requests and pauses; every wait is compared. Exits 1 when any differs by more than 1 ns.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../../throttle/bucket.c"

#define OPS_PER_CONFIG	2000
#define YEAR_NS		(365 * 86400 * THR_NANO)

static u64 state;

static u64 rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

static u64 below(u64 n)
{
	return rnd() % n;
}

/* Evenly distributed over orders of magnitude. */
static u64 magnitude(u64 most)
{
	u64 bits = 64 - __builtin_clzll(most);
	u64 value = rnd() >> (64 - 1 - below(bits));

	return value % most + 1;
}

/* Level and burst level, in 10^-9 / scale units. */
struct oracle {
	const struct thr_limit *limit;
	__uint128_t level, burst;
	u64 scale;
};

static __uint128_t leaked(__uint128_t level, u64 rate, u64 scale, u64 dt)
{
	__uint128_t out = (__uint128_t)rate * scale * dt;

	return level > out ? level - out : 0;
}

static void oracle_leak(struct oracle *o, u64 dt)
{
	o->level = leaked(o->level, o->limit->avg, o->scale, dt);
	if (o->limit->length > 1)
		o->burst = leaked(o->burst, o->limit->max, o->scale, dt);
}

static u64 oracle_wait(const struct oracle *o)
{
	const struct thr_limit *l = o->limit;
	__uint128_t unit = (__uint128_t)THR_NANO * o->scale;

	if (!l->avg)
		return 0;
	/*
	 * Without a burst rate the capacity is avg / 10: compare tenfold, so that nothing is
	 * rounded.
	 */
	if (!l->max) {
		__int128_t x = (__int128_t)(o->level * 10) - (__int128_t)(unit * l->avg);

		return x > 0 ? x / 10 / l->avg / o->scale : 0;
	}
	__int128_t x = (__int128_t)o->level - (__int128_t)(unit * (l->max * l->length));

	if (x > 0)
		return x / l->avg / o->scale;
	if (l->length > 1) {
		__int128_t y = (__int128_t)(o->burst * 10) - (__int128_t)(unit * l->max);

		if (y > 0)
			return y / 10 / l->max / o->scale;
	}
	return 0;
}

static void oracle_charge(struct oracle *o, __uint128_t cost)
{
	o->level += cost;
	if (o->limit->length > 1)
		o->burst += cost;
}

static void charge_all(struct oracle *oracle, const struct thr_limits *limits, enum thr_dir dir,
		       u32 bytes)
{
	__uint128_t nano = THR_NANO;
	unsigned int i;

	for (i = 0; i < THR_LIMITS; i++) {
		__uint128_t unit = nano * oracle[i].scale;

		if (i % 3 && i % 3 != 1 + dir)
			continue;
		if (i < THR_IOPS_TOTAL)
			oracle_charge(&oracle[i], unit * bytes);
		else if (limits->iops_size && bytes > limits->iops_size)
			oracle_charge(&oracle[i], nano * bytes);
		else
			oracle_charge(&oracle[i], unit);
	}
}

static void random_limits(struct thr_limits *limits)
{
	enum thr_limit_id which;
	unsigned int i;

	do {
		bool totals[2] = { below(2), below(2) };

		thr_limits_init(limits);
		for (i = 0; i < THR_LIMITS; i++) {
			struct thr_limit *l = &limits->limit[i];
			bool is_total = i % 3 == 0;

			if (is_total != totals[i / 3] || !below(4))
				continue;
			/* Rates at which 128 bits hold the oracle's levels */
			l->avg = magnitude(1000000000000ULL);
			if (below(2))
				l->max = l->avg + below(l->avg * 20);
			if (l->max && below(2))
				l->length = 1 + below(100);
		}
		if (below(2))
			limits->iops_size = magnitude(1 << 20);
	} while (thr_limits_check(limits, &which) || !thr_limits_enabled(limits));
}

static u32 random_size(void)
{
	if (below(4))
		return 512U << below(8);
	return magnitude(below(8) ? 1 << 22 : 0xffffffff);
}

static u64 random_pause(u64 wait)
{
	switch (below(8)) {
	case 0:
		return 0;
	case 1:
		return magnitude(10000000000ULL);
	case 2:
		return magnitude(1000);
	case 3:
		return wait ? wait - 1 : 1;
	case 4:
		return wait + 1;
	case 5:
		return wait / 2;
	default:
		return wait;
	}
}

static u64 distance(u64 a, u64 b)
{
	return a > b ? a - b : b - a;
}

int main(int argc, char **argv)
{
	u64 decisions = argc > 1 ? strtoull(argv[1], NULL, 0) : 10000000;
	u64 seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
	u64 done = 0, worst = 0, unequal = 0, waits = 0, configs = 0;

	state = seed * 0x9e3779b97f4a7c15ULL | 1;
	while (done < decisions) {
		struct thr_limits limits;
		struct thr_meter meter;
		struct oracle oracle[THR_LIMITS] = { 0 };
		u64 now = magnitude(1ULL << 50);
		unsigned int i, op;

		random_limits(&limits);
		thr_meter_set(&meter, &limits);
		for (i = 0; i < THR_LIMITS; i++) {
			oracle[i].limit = &limits.limit[i];
			oracle[i].scale =
				i >= THR_IOPS_TOTAL && limits.iops_size ? limits.iops_size : 1;
		}
		configs++;
		for (op = 0; op < OPS_PER_CONFIG; op++, done++) {
			enum thr_dir dir = below(2);
			u32 bytes = random_size();
			u64 wait = thr_meter_wait(&meter, dir, now), expected = 0, pause;

			for (i = 0; i < THR_LIMITS; i++)
				if (i % 3 == 0 || i % 3 == 1 + dir)
					expected = max(expected, oracle_wait(&oracle[i]));
			waits += expected > 0;
			unequal += wait != expected;
			if (distance(wait, expected) > worst) {
				worst = distance(wait, expected);
				if (worst > 1) {
					printf("seed %llu config %llu op %u: %llu ns, not %llu\n",
					       (unsigned long long)seed,
					       (unsigned long long)configs, op,
					       (unsigned long long)wait,
					       (unsigned long long)expected);
					return 1;
				}
			}
			/*
			 * Charged whether it waited or not, as when a member is drained; but no
			 * debt beyond 10 years.
			 */
			if (expected < 10 * YEAR_NS) {
				charge_all(oracle, &limits, dir, bytes);
				thr_meter_charge(&meter, dir, bytes, now);
			}
			pause = random_pause(wait);
			if (pause > 100 * YEAR_NS)
				pause = THR_NANO;
			if (now + pause > 1ULL << 60)
				break;
			now += pause;
			for (i = 0; i < THR_LIMITS; i++)
				oracle_leak(&oracle[i], pause);
		}
	}
	printf("%llu decisions in %llu configurations (seed %llu): ", (unsigned long long)done,
	       (unsigned long long)configs, (unsigned long long)seed);
	printf("%llu waits, %llu differ, worst by %llu ns\n", (unsigned long long)waits,
	       (unsigned long long)unequal, (unsigned long long)worst);
	return 0;
}
