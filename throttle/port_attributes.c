// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/block/X/thr/: tuning and reading.
 *
 * A group's attributes go away while thr_config_lock is held, and wait for their users meanwhile;
 * a port's may. So these only try it.
 */
#include <linux/device.h>
#include <linux/kstrtox.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "attributes.h"
#include "config.h"

/* Attributes of a port: PORT_ATTR_RW(x) makes port_attr_x, named x. */
#define PORT_ATTR_RO(x) \
	static struct device_attribute port_attr_##x = __ATTR(x, 0444, port_##x##_show, NULL)
#define PORT_ATTR_WO(x) \
	static struct device_attribute port_attr_##x = __ATTR(x, 0200, NULL, port_##x##_store)
#define PORT_ATTR_RW(x)                                \
	static struct device_attribute port_attr_##x = \
		__ATTR(x, 0644, port_##x##_show, port_##x##_store)

static ssize_t port_name_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", thr_port_of(dev)->name);
}
PORT_ATTR_RO(name);

static ssize_t port_group_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return thr_member_show_group(&thr_port_of(dev)->member, page);
}
PORT_ATTR_RO(group);

static ssize_t port_limits_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct thr_group *group;
	struct thr_limits limits;
	ssize_t length;

	thr_limits_init(&limits);
	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	group = thr_port_of(dev)->member.group;
	length = thr_config_show(group ? &group->rotation.meter.limits : &limits, page);
	mutex_unlock(&thr_config_lock);
	return length;
}

static ssize_t port_limits_store(struct device *dev, struct device_attribute *attr,
				 const char *page, size_t count)
{
	int err;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	err = thr_config_set_port(thr_port_of(dev), page);
	mutex_unlock(&thr_config_lock);
	return err ? : count;
}
PORT_ATTR_RW(limits);

static ssize_t port_weight_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(thr_port_of(dev)->member.share.weight));
}

static ssize_t port_weight_store(struct device *dev, struct device_attribute *attr,
				 const char *page, size_t count)
{
	return thr_member_store_weight(&thr_port_of(dev)->member, page, count);
}
PORT_ATTR_RW(weight);

static const char *const cost_name[] = {
	[THR_COST_FULL] = "full",
	[THR_COST_ONE] = "one",
	[THR_COST_NONE] = "none",
};

static ssize_t port_zeroes_cost_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", cost_name[READ_ONCE(thr_port_of(dev)->zeroes_cost)]);
}

static ssize_t port_zeroes_cost_store(struct device *dev, struct device_attribute *attr,
				      const char *page, size_t count)
{
	int cost = sysfs_match_string(cost_name, page);

	if (cost < 0 || cost == THR_COST_NONE)
		return -EINVAL;
	WRITE_ONCE(thr_port_of(dev)->zeroes_cost, cost);
	return count;
}
PORT_ATTR_RW(zeroes_cost);

static ssize_t port_discard_cost_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", cost_name[READ_ONCE(thr_port_of(dev)->discard_cost)]);
}

static ssize_t port_discard_cost_store(struct device *dev, struct device_attribute *attr,
				       const char *page, size_t count)
{
	int cost = sysfs_match_string(cost_name, page);

	if (cost < 0)
		return cost;
	WRITE_ONCE(thr_port_of(dev)->discard_cost, cost);
	return count;
}
PORT_ATTR_RW(discard_cost);

static ssize_t port_rescan_store(struct device *dev, struct device_attribute *attr,
				 const char *page, size_t count)
{
	struct thr_port *port = thr_port_of(dev);
	bool yes;
	int err = kstrtobool(page, &yes);

	if (!err && !yes)
		err = -EINVAL;
	if (err)
		return err;
	if (port->operations->rescan)
		port->operations->rescan(port);
	return count;
}
PORT_ATTR_WO(rescan);

/* "operations bytes failed invalid time_ns" */
static ssize_t show_type(struct device *dev, enum thr_type type, char *page)
{
	struct thr_counters sum;

	thr_stats_sum(&thr_port_of(dev)->stats, &sum);
	return sysfs_emit(page, "%llu %llu %llu %llu %llu\n", sum.type[type].ops,
			  sum.type[type].bytes, sum.type[type].failed, sum.type[type].invalid,
			  sum.type[type].time_ns);
}

/* "requests that waited, ns they waited, requests waiting now, ns until the next may go" */
static ssize_t show_throttled(struct device *dev, enum thr_dir dir, char *page)
{
	struct thr_port *port = thr_port_of(dev);
	struct thr_counters sum;
	struct thr_group *group;
	u64 wait = 0;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	group = port->member.group;
	if (group)
		wait = thr_group_wait(group, dir);
	mutex_unlock(&thr_config_lock);
	thr_stats_sum(&port->stats, &sum);
	return sysfs_emit(page, "%llu %llu %llu %llu\n", sum.dir[dir].throttled,
			  sum.dir[dir].waited_ns, sum.dir[dir].throttled - sum.dir[dir].released,
			  wait);
}

#define PORT_NUMBERS(name, show, which)                                                      \
	static ssize_t port_##name##_show(struct device *dev, struct device_attribute *attr, \
					  char *page)                                        \
	{                                                                                    \
		return show(dev, which, page);                                               \
	}                                                                                    \
	PORT_ATTR_RO(name)

PORT_NUMBERS(stat_read, show_type, THR_TYPE_READ);
PORT_NUMBERS(stat_write, show_type, THR_TYPE_WRITE);
PORT_NUMBERS(stat_flush, show_type, THR_TYPE_FLUSH);
PORT_NUMBERS(stat_discard, show_type, THR_TYPE_DISCARD);
PORT_NUMBERS(throttled_read, show_throttled, THR_READ);
PORT_NUMBERS(throttled_write, show_throttled, THR_WRITE);

static ssize_t show_histogram(struct device *dev, enum thr_type type, char *page)
{
	return thr_histogram_show(&thr_port_of(dev)->stats, type, page);
}

PORT_NUMBERS(histogram_read, show_histogram, THR_TYPE_READ);
PORT_NUMBERS(histogram_write, show_histogram, THR_TYPE_WRITE);
PORT_NUMBERS(histogram_flush, show_histogram, THR_TYPE_FLUSH);
PORT_NUMBERS(histogram_discard, show_histogram, THR_TYPE_DISCARD);

static ssize_t port_boundaries_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return thr_boundaries_show(&thr_port_of(dev)->stats, page);
}

static ssize_t port_boundaries_store(struct device *dev, struct device_attribute *attr,
				     const char *page, size_t count)
{
	return thr_histograms_set(&thr_port_of(dev)->stats, page) ? : count;
}
PORT_ATTR_RW(boundaries);

static ssize_t port_intervals_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return thr_intervals_show(&thr_port_of(dev)->stats, page);
}

static ssize_t port_intervals_store(struct device *dev, struct device_attribute *attr,
				    const char *page, size_t count)
{
	return thr_intervals_set(&thr_port_of(dev)->stats, page) ? : count;
}
PORT_ATTR_RW(intervals);

static ssize_t port_highest_written_show(struct device *dev, struct device_attribute *attr,
					 char *page)
{
	struct thr_counters sum;

	thr_stats_sum(&thr_port_of(dev)->stats, &sum);
	return sysfs_emit(page, "%llu\n", sum.highest_written);
}
PORT_ATTR_RO(highest_written);

static ssize_t port_idle_ns_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct thr_counters sum;

	thr_stats_sum(&thr_port_of(dev)->stats, &sum);
	return sum.last_access ? sysfs_emit(page, "%llu\n", ktime_get_ns() - sum.last_access) : 0;
}
PORT_ATTR_RO(idle_ns);

static bool *switch_of(struct device *dev, const struct device_attribute *attr)
{
	struct thr_stats *stats = &thr_port_of(dev)->stats;

	if (!strcmp(attr->attr.name, "account_failed"))
		return &stats->account_failed;
	return &stats->account_invalid;
}

static ssize_t port_switch_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(*switch_of(dev, attr)));
}

static ssize_t port_switch_store(struct device *dev, struct device_attribute *attr,
				 const char *page, size_t count)
{
	bool value;
	int err = kstrtobool(page, &value);

	if (err)
		return err;
	WRITE_ONCE(*switch_of(dev, attr), value);
	return count;
}

static struct device_attribute port_attr_account_failed =
	__ATTR(account_failed, 0644, port_switch_show, port_switch_store);
static struct device_attribute port_attr_account_invalid =
	__ATTR(account_invalid, 0644, port_switch_show, port_switch_store);

static struct attribute *port_attrs[] = {
	&port_attr_name.attr,
	&port_attr_group.attr,
	&port_attr_limits.attr,
	&port_attr_weight.attr,
	&port_attr_zeroes_cost.attr,
	&port_attr_discard_cost.attr,
	&port_attr_rescan.attr,
	&port_attr_stat_read.attr,
	&port_attr_stat_write.attr,
	&port_attr_stat_flush.attr,
	&port_attr_stat_discard.attr,
	&port_attr_throttled_read.attr,
	&port_attr_throttled_write.attr,
	&port_attr_boundaries.attr,
	&port_attr_histogram_read.attr,
	&port_attr_histogram_write.attr,
	&port_attr_histogram_flush.attr,
	&port_attr_histogram_discard.attr,
	&port_attr_intervals.attr,
	&port_attr_highest_written.attr,
	&port_attr_idle_ns.attr,
	&port_attr_account_failed.attr,
	&port_attr_account_invalid.attr,
	NULL
};

static const struct attribute_group port_group = {
	.name = "thr",
	.attrs = port_attrs,
};

const struct attribute_group *thr_port_groups[] = {
	&port_group,
	NULL
};
