// SPDX-License-Identifier: GPL-2.0
/*
 * Statistics of a port. Every CPU records in memory of its own, with interrupts off and without a
 * lock; readers add up.
 */
#include <linux/blkdev.h>
#include <linux/kstrtox.h>
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "stats.h"

const char *const thr_type_name[THR_TYPES] = {
	[THR_TYPE_READ] = "read",
	[THR_TYPE_WRITE] = "write",
	[THR_TYPE_FLUSH] = "flush",
	[THR_TYPE_DISCARD] = "discard",
};

/* Replacements are rare and quick. */
static DEFINE_MUTEX(replace_lock);

/**
 * thr_stats_init - nothing happened yet
 * @stats: statistics
 *
 * Return: 0 or -ENOMEM.
 */
int thr_stats_init(struct thr_stats *stats)
{
	stats->account_failed = true;
	stats->account_invalid = true;
	stats->counters = alloc_percpu(struct thr_counters);
	return stats->counters ? 0 : -ENOMEM;
}

static void free_intervals(struct rcu_head *rcu)
{
	struct thr_intervals *intervals = container_of(rcu, struct thr_intervals, rcu);

	free_percpu(intervals->cpu);
	kfree(intervals);
}

static void free_histograms(struct rcu_head *rcu)
{
	struct thr_histograms *histograms = container_of(rcu, struct thr_histograms, rcu);

	free_percpu(histograms->cpu);
	kfree(histograms);
}

/**
 * thr_stats_exit - free what statistics hold
 * @stats: statistics that nobody records in any more
 */
void thr_stats_exit(struct thr_stats *stats)
{
	struct thr_intervals *intervals = rcu_dereference_protected(stats->intervals, true);
	struct thr_histograms *histograms = rcu_dereference_protected(stats->histograms, true);

	if (intervals)
		free_intervals(&intervals->rcu);
	if (histograms)
		free_histograms(&histograms->rcu);
	free_percpu(stats->counters);
}

/* Refused by the backing device before it did anything */
static bool is_invalid(blk_status_t status)
{
	return status == BLK_STS_NOTSUPP || status == BLK_STS_AGAIN;
}

static void record_intervals(struct thr_intervals *intervals, enum thr_type type, u64 latency,
			     u64 now)
{
	struct thr_cpu_averages *averages = this_cpu_ptr(intervals->cpu);
	unsigned int i;

	write_seqcount_begin(&averages->seq);
	for (i = 0; i < intervals->count; i++)
		thr_average_add(&averages->average[i][type], latency, now);
	write_seqcount_end(&averages->seq);
}

/* Not inline: few want it, and what it takes all would have to save. */
static noinline void record_latency(struct thr_stats *stats, enum thr_type type, bool failed,
				    u64 latency, u64 now)
{
	struct thr_histograms *histograms;
	struct thr_intervals *intervals;

	rcu_read_lock();
	intervals = rcu_dereference(stats->intervals);
	if (intervals && (!failed || READ_ONCE(stats->account_failed)))
		record_intervals(intervals, type, latency, now);
	histograms = rcu_dereference(stats->histograms);
	if (histograms && histograms->present[type]) {
		unsigned int bin =
			thr_bin(histograms->bounds[type], histograms->count[type], latency);

		this_cpu_ptr(histograms->cpu)->bin[type][bin]++;
	}
	rcu_read_unlock();
}

/**
 * thr_stats_done - a request is done
 * @stats: of its port
 * @io: the request
 * @status: how it ended
 * @now: ns
 *
 * Context: interrupts off.
 */
void thr_stats_done(struct thr_stats *stats, const struct thr_io *io, blk_status_t status, u64 now)
{
	u64 end = (io->iter.bi_sector << SECTOR_SHIFT) + io->iter.bi_size;
	u64 latency = now - io->accepted;
	struct thr_type_counters *type;
	struct thr_counters *counters;

	lockdep_assert_irqs_disabled();
	counters = this_cpu_ptr(stats->counters);
	type = &counters->type[io->type];
	if (likely(!status)) {
		type->ops++;
		type->bytes += io->iter.bi_size;
		type->time_ns += latency;
		counters->last_access = now;
		if (io->type == THR_TYPE_WRITE)
			counters->highest_written = max(counters->highest_written, end);
	} else if (!is_invalid(status)) {
		type->failed++;
		if (READ_ONCE(stats->account_failed)) {
			type->time_ns += latency;
			counters->last_access = now;
		}
	} else {
		type->invalid++;
		if (READ_ONCE(stats->account_invalid))
			counters->last_access = now;
		return;
	}
	if (unlikely(rcu_access_pointer(stats->intervals) || rcu_access_pointer(stats->histograms)))
		record_latency(stats, io->type, status, latency, now);
}

/**
 * thr_stats_throttled - a request has to wait
 * @stats: of its port
 * @dir: direction
 */
void thr_stats_throttled(struct thr_stats *stats, enum thr_dir dir)
{
	this_cpu_inc(stats->counters->dir[dir].throttled);
}

/**
 * thr_stats_released - a request has waited long enough
 * @stats: of its port
 * @dir: direction
 * @waited_ns: since it was accepted
 */
void thr_stats_released(struct thr_stats *stats, enum thr_dir dir, u64 waited_ns)
{
	this_cpu_inc(stats->counters->dir[dir].released);
	this_cpu_add(stats->counters->dir[dir].waited_ns, waited_ns);
}

/**
 * thr_stats_sum - add up what the CPUs have counted
 * @stats: statistics
 * @sum: result
 */
void thr_stats_sum(const struct thr_stats *stats, struct thr_counters *sum)
{
	unsigned int cpu, i;

	memset(sum, 0, sizeof(*sum));
	for_each_possible_cpu(cpu) {
		const struct thr_counters *counters = per_cpu_ptr(stats->counters, cpu);

		for (i = 0; i < THR_TYPES; i++) {
			sum->type[i].ops += READ_ONCE(counters->type[i].ops);
			sum->type[i].bytes += READ_ONCE(counters->type[i].bytes);
			sum->type[i].failed += READ_ONCE(counters->type[i].failed);
			sum->type[i].invalid += READ_ONCE(counters->type[i].invalid);
			sum->type[i].time_ns += READ_ONCE(counters->type[i].time_ns);
		}
		for (i = 0; i < THR_DIRS; i++) {
			sum->dir[i].throttled += READ_ONCE(counters->dir[i].throttled);
			sum->dir[i].released += READ_ONCE(counters->dir[i].released);
			sum->dir[i].waited_ns += READ_ONCE(counters->dir[i].waited_ns);
		}
		sum->highest_written =
			max(sum->highest_written, READ_ONCE(counters->highest_written));
		sum->last_access = max(sum->last_access, READ_ONCE(counters->last_access));
	}
}

/* Numbers separated by @separators, for as many as there is room. Returns how many, or -EINVAL. */
static int parse_numbers(char *text, const char *separators, u64 *number, unsigned int room)
{
	unsigned int count = 0;
	char *word;

	while ((word = strsep(&text, separators))) {
		if (!*word)
			continue;
		if (count == room || kstrtou64(word, 10, &number[count]))
			return -EINVAL;
		count++;
	}
	return count;
}

static struct thr_intervals *new_intervals(const u64 *seconds, unsigned int count)
{
	struct thr_intervals *intervals = kzalloc(sizeof(*intervals), GFP_KERNEL);
	u64 now = ktime_get_ns();
	unsigned int cpu, i, type;

	if (!intervals)
		return NULL;
	intervals->cpu = alloc_percpu(struct thr_cpu_averages);
	if (!intervals->cpu) {
		kfree(intervals);
		return NULL;
	}
	intervals->count = count;
	for (i = 0; i < count; i++)
		intervals->seconds[i] = seconds[i];
	for_each_possible_cpu(cpu) {
		struct thr_cpu_averages *averages = per_cpu_ptr(intervals->cpu, cpu);

		seqcount_init(&averages->seq);
		for (i = 0; i < count; i++)
			for (type = 0; type < THR_TYPES; type++)
				thr_average_init(&averages->average[i][type], seconds[i], now);
	}
	return intervals;
}

/**
 * thr_intervals_set - choose the intervals to average latencies over
 * @stats: statistics
 * @line: lengths in seconds; none: no averages
 *
 * Return: 0; -EINVAL: not a list of at most THR_INTERVALS_MAX numbers from 1 to 2^32 - 1; -ENOMEM.
 */
int thr_intervals_set(struct thr_stats *stats, const char *line)
{
	struct thr_intervals *new = NULL, *old;
	u64 seconds[THR_INTERVALS_MAX];
	char *copy = kstrdup(line, GFP_KERNEL);
	int count, i;

	if (!copy)
		return -ENOMEM;
	count = parse_numbers(strim(copy), " ", seconds, THR_INTERVALS_MAX);
	kfree(copy);
	if (count < 0)
		return count;
	for (i = 0; i < count; i++)
		if (!seconds[i] || seconds[i] > U32_MAX)
			return -EINVAL;
	if (count) {
		new = new_intervals(seconds, count);
		if (!new)
			return -ENOMEM;
	}
	mutex_lock(&replace_lock);
	old = rcu_replace_pointer(stats->intervals, new, lockdep_is_held(&replace_lock));
	mutex_unlock(&replace_lock);
	if (old)
		call_rcu(&old->rcu, free_intervals);
	return 0;
}

static struct thr_window sum_windows(struct thr_intervals *intervals, unsigned int interval,
				     enum thr_type type, u64 now)
{
	struct thr_window sum = { .min = ~0ULL };
	unsigned int cpu, seq;

	for_each_possible_cpu(cpu) {
		struct thr_cpu_averages *averages = per_cpu_ptr(intervals->cpu, cpu);
		struct thr_average average;
		struct thr_window window;

		do {
			seq = read_seqcount_begin(&averages->seq);
			average = averages->average[interval][type];
		} while (read_seqcount_retry(&averages->seq, seq));
		window = thr_average_read(&average, now);
		thr_window_merge(&sum, &window);
		sum.expiry = window.expiry;
	}
	return sum;
}

/**
 * thr_intervals_show - the averages
 * @stats: statistics
 * @page: receives a line for each interval and type: seconds, type, minimum, maximum and average
 * latency in ns, average queue depth
 *
 * Return: characters written.
 */
ssize_t thr_intervals_show(struct thr_stats *stats, char *page)
{
	struct thr_intervals *intervals;
	u64 now = ktime_get_ns();
	unsigned int i, type;
	ssize_t length = 0;

	rcu_read_lock();
	intervals = rcu_dereference(stats->intervals);
	for (i = 0; intervals && i < intervals->count; i++) {
		for (type = 0; type < THR_TYPES; type++) {
			struct thr_window window = sum_windows(intervals, i, type, now);
			u64 period = intervals->seconds[i] * 4000000000ULL / 3;
			u64 depth = thr_window_depth_nano(&window, period, now);
			u64 average = window.count ? div64_u64(window.sum, window.count) : 0;

			length += sysfs_emit_at(page, length, "%u %s %llu %llu %llu %llu.%09llu\n",
						intervals->seconds[i], thr_type_name[type],
						window.count ? window.min : 0, window.max,
						average, depth / NSEC_PER_SEC,
						depth % NSEC_PER_SEC);
		}
	}
	rcu_read_unlock();
	return length;
}

/* One word of a line of boundaries: "write=10,50,100" or "all=…". Returns 0 or -EINVAL. */
static int parse_bounds(struct thr_histograms *histograms, char *word, bool *own)
{
	u64 bounds[THR_BOUNDS_MAX];
	char *type = strsep(&word, "=");
	unsigned int i, matched = 0;
	int count;

	if (!word)
		return -EINVAL;
	count = parse_numbers(word, ",", bounds, THR_BOUNDS_MAX);
	if (count < 0 || !thr_bounds_valid(bounds, count))
		return -EINVAL;
	for (i = 0; i < THR_TYPES; i++) {
		bool all = !strcmp(type, "all");

		if (!all && strcmp(type, thr_type_name[i]))
			continue;
		matched++;
		/* A list of its own overrides the common one, whichever comes first. */
		if (all && own[i])
			continue;
		own[i] = !all;
		histograms->present[i] = true;
		histograms->count[i] = count;
		memcpy(histograms->bounds[i], bounds, count * sizeof(bounds[0]));
	}
	return matched ? 0 : -EINVAL;
}

static int parse_histograms(struct thr_histograms *histograms, char *line)
{
	bool own[THR_TYPES] = { false };
	char *word;
	int err;

	while ((word = strsep(&line, " "))) {
		if (!*word)
			continue;
		err = parse_bounds(histograms, word, own);
		if (err)
			return err;
	}
	return 0;
}

/**
 * thr_histograms_set - choose the bins of the latency histograms, and clear them
 * @stats: statistics
 * @line: rising boundaries in ns, as in "read=B1,B2 all=B1,B2,B3"; a type that is not named
 *	  keeps its own; empty: no histograms
 *
 * Return: 0; -EINVAL: something is wrong, and nothing has changed; -ENOMEM.
 */
int thr_histograms_set(struct thr_stats *stats, const char *line)
{
	struct thr_histograms *new = NULL, *old;
	char *copy = kstrdup(line, GFP_KERNEL), *text;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	text = strim(copy);
	mutex_lock(&replace_lock);
	old = rcu_dereference_protected(stats->histograms, lockdep_is_held(&replace_lock));
	if (*text) {
		new = old ? kmemdup(old, sizeof(*old), GFP_KERNEL) :
			    kzalloc(sizeof(*new), GFP_KERNEL);
		err = new ? parse_histograms(new, text) : -ENOMEM;
		if (!err) {
			new->cpu = alloc_percpu(struct thr_cpu_bins);
			err = new->cpu ? 0 : -ENOMEM;
		}
		if (err) {
			kfree(new);
			goto unlock;
		}
	}
	rcu_assign_pointer(stats->histograms, new);
unlock:
	mutex_unlock(&replace_lock);
	kfree(copy);
	if (err)
		return err;
	if (old)
		call_rcu(&old->rcu, free_histograms);
	return 0;
}

/**
 * thr_histogram_show - the histogram of a type
 * @stats: statistics
 * @type: type
 * @page: receives the counts of all bins on a line; nothing when there is no histogram
 *
 * Return: characters written.
 */
ssize_t thr_histogram_show(struct thr_stats *stats, enum thr_type type, char *page)
{
	struct thr_histograms *histograms;
	unsigned int i, cpu, bins;
	ssize_t length = 0;

	rcu_read_lock();
	histograms = rcu_dereference(stats->histograms);
	bins = histograms && histograms->present[type] ? histograms->count[type] + 1 : 0;
	for (i = 0; i < bins; i++) {
		u64 count = 0;

		for_each_possible_cpu(cpu)
			count += READ_ONCE(per_cpu_ptr(histograms->cpu, cpu)->bin[type][i]);
		length += sysfs_emit_at(page, length, "%llu%c", count, i + 1 == bins ? '\n' : ' ');
	}
	rcu_read_unlock();
	return length;
}

/**
 * thr_boundaries_show - the boundaries of all histograms
 * @stats: statistics
 * @page: receives a line that thr_histograms_set() takes
 *
 * Return: characters written.
 */
ssize_t thr_boundaries_show(struct thr_stats *stats, char *page)
{
	struct thr_histograms *histograms;
	unsigned int type, i;
	ssize_t length = 0;

	rcu_read_lock();
	histograms = rcu_dereference(stats->histograms);
	for (type = 0; histograms && type < THR_TYPES; type++) {
		if (!histograms->present[type])
			continue;
		length += sysfs_emit_at(page, length, "%s%s=", length ? " " : "",
					thr_type_name[type]);
		for (i = 0; i < histograms->count[type]; i++)
			length += sysfs_emit_at(page, length, "%s%llu", i ? "," : "",
						histograms->bounds[type][i]);
	}
	rcu_read_unlock();
	return length + sysfs_emit_at(page, length, "\n");
}
