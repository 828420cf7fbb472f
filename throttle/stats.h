/* SPDX-License-Identifier: GPL-2.0 */
/* Statistics of a port: see stats.c. */
#ifndef THR_STATS_H
#define THR_STATS_H

#include <linux/rcupdate.h>
#include <linux/seqlock.h>

#include "io.h"
#include "window.h"

struct thr_type_counters {
	u64 ops;
	u64 bytes;
	u64 failed;
	u64 invalid;
	u64 time_ns;
};

/* One CPU's part of a port's statistics; changed with interrupts off, read by anyone. */
struct thr_counters {
	struct thr_type_counters type[THR_TYPES];
	struct {
		u64 throttled;
		u64 released;
		u64 waited_ns;
	} dir[THR_DIRS];
	u64 highest_written;
	u64 last_access;
};

#define THR_INTERVALS_MAX	8

/* Averages over user-chosen intervals; replaced as a whole. */
struct thr_intervals {
	struct rcu_head rcu;
	unsigned int count;
	u32 seconds[THR_INTERVALS_MAX];
	struct thr_cpu_averages __percpu *cpu;
};

struct thr_cpu_averages {
	seqcount_t seq;
	struct thr_average average[THR_INTERVALS_MAX][THR_TYPES];
};

#define THR_BOUNDS_MAX	64

/* Latency histograms; replaced as a whole. */
struct thr_histograms {
	struct rcu_head rcu;
	bool present[THR_TYPES];
	unsigned int count[THR_TYPES];
	u64 bounds[THR_TYPES][THR_BOUNDS_MAX];
	struct thr_cpu_bins __percpu *cpu;
};

struct thr_cpu_bins {
	u64 bin[THR_TYPES][THR_BOUNDS_MAX + 1];
};

struct thr_stats {
	struct thr_counters __percpu *counters;
	struct thr_intervals __rcu *intervals;
	struct thr_histograms __rcu *histograms;
	bool account_failed;
	bool account_invalid;
};

int thr_stats_init(struct thr_stats *stats);
void thr_stats_exit(struct thr_stats *stats);
void thr_stats_done(struct thr_stats *stats, const struct thr_io *io, blk_status_t status, u64 now);
void thr_stats_throttled(struct thr_stats *stats, enum thr_dir dir);
void thr_stats_released(struct thr_stats *stats, enum thr_dir dir, u64 waited_ns);
void thr_stats_sum(const struct thr_stats *stats, struct thr_counters *sum);
int thr_intervals_set(struct thr_stats *stats, const char *line);
ssize_t thr_intervals_show(struct thr_stats *stats, char *page);
int thr_histograms_set(struct thr_stats *stats, const char *line);
ssize_t thr_histogram_show(struct thr_stats *stats, enum thr_type type, char *page);
ssize_t thr_boundaries_show(struct thr_stats *stats, char *page);

#endif
