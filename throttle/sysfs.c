// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/class/thr/<group>/ and /sys/block/thrN/thr/: tuning and reading.
 *
 * Attributes go away while thr_config_lock is held and wait for their users meanwhile: so these
 * only try it.
 */
#include <linux/blkdev.h>
#include <linux/kstrtox.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "thr.h"

static struct thr_group *group_of(struct device *dev)
{
	return container_of(dev, struct thr_group, dev);
}

static struct thr_disk *disk_of(struct device *dev)
{
	return dev_to_disk(dev)->private_data;
}

/* One attribute for each number of a configuration: limit/iops-total and so on. */
static ssize_t number_show(struct device *dev, struct device_attribute *attr, char *page)
{
	ssize_t length;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	length = sysfs_emit(page, "%llu\n",
			    *thr_config_find(&group_of(dev)->rotation.meter.limits,
					     attr->attr.name));
	mutex_unlock(&thr_config_lock);
	return length;
}

static ssize_t number_store(struct device *dev, struct device_attribute *attr, const char *page,
			    size_t count)
{
	struct thr_group *group = group_of(dev);
	const char *number = skip_spaces(page);
	int err, digits = strcspn(number, " \t\n");
	char line[THR_NAME_MAX];

	/* Just one: a line of limits would be taken for several */
	if (*skip_spaces(number + digits) ||
	    snprintf(line, sizeof(line), "%s=%.*s", attr->attr.name, digits, number) >=
		    sizeof(line))
		return -EINVAL;
	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	err = thr_config_set(group, line, group->error);
	mutex_unlock(&thr_config_lock);
	return err ? : count;
}

#define NUMBER(key)	{							\
	.attr = { .name = key, .mode = 0644 },					\
	.show = number_show,							\
	.store = number_store,							\
}

static struct device_attribute numbers[] = {
	NUMBER("bps-total"),
	NUMBER("bps-total-max"),
	NUMBER("bps-total-max-length"),
	NUMBER("bps-read"),
	NUMBER("bps-read-max"),
	NUMBER("bps-read-max-length"),
	NUMBER("bps-write"),
	NUMBER("bps-write-max"),
	NUMBER("bps-write-max-length"),
	NUMBER("iops-total"),
	NUMBER("iops-total-max"),
	NUMBER("iops-total-max-length"),
	NUMBER("iops-read"),
	NUMBER("iops-read-max"),
	NUMBER("iops-read-max-length"),
	NUMBER("iops-write"),
	NUMBER("iops-write-max"),
	NUMBER("iops-write-max-length"),
	NUMBER("iops-size"),
};

/* Filled from the above. */
static struct attribute *number_attrs[ARRAY_SIZE(numbers) + 1];

static ssize_t limits_show(struct device *dev, struct device_attribute *attr, char *page)
{
	ssize_t length;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	length = thr_config_show(&group_of(dev)->rotation.meter.limits, page);
	mutex_unlock(&thr_config_lock);
	return length;
}

static ssize_t limits_store(struct device *dev, struct device_attribute *attr, const char *page,
			    size_t count)
{
	struct thr_group *group = group_of(dev);
	int err;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	err = thr_config_set(group, page, group->error);
	mutex_unlock(&thr_config_lock);
	return err ? : count;
}
static DEVICE_ATTR_RW(limits);

static ssize_t error_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return thr_error_show(group_of(dev)->error, page);
}
static DEVICE_ATTR_RO(error);

static ssize_t fairness_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", group_of(dev)->rotation.by_bytes ? "bytes" : "requests");
}

static ssize_t fairness_store(struct device *dev, struct device_attribute *attr, const char *page,
			      size_t count)
{
	static const char *const name[] = { "requests", "bytes" };
	int i = sysfs_match_string(name, page);

	if (i < 0)
		return i;
	thr_group_set_fairness(group_of(dev), i);
	return count;
}
static DEVICE_ATTR_RW(fairness);

static int parse_weight(const char *page, u32 *weight)
{
	int err = kstrtou32(page, 10, weight);

	if (err)
		return err;
	return *weight >= THR_WEIGHT_MIN && *weight <= THR_WEIGHT_MAX ? 0 : -ERANGE;
}

static ssize_t weight_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(group_of(dev)->up.share.weight));
}

static ssize_t weight_store(struct device *dev, struct device_attribute *attr, const char *page,
			    size_t count)
{
	u32 weight;
	int err = parse_weight(page, &weight);

	if (err)
		return err;
	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	thr_member_set_weight(&group_of(dev)->up, weight);
	mutex_unlock(&thr_config_lock);
	return count;
}
static DEVICE_ATTR_RW(weight);

static ssize_t parent_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct thr_group *parent;
	ssize_t length;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	parent = group_of(dev)->up.group;
	length = sysfs_emit(page, "%s\n", parent ? dev_name(&parent->dev) : "");
	mutex_unlock(&thr_config_lock);
	return length;
}

static ssize_t parent_store(struct device *dev, struct device_attribute *attr, const char *page,
			    size_t count)
{
	struct thr_group *group = group_of(dev);
	char name[THR_NAME_MAX];
	int err;

	if (strscpy(name, skip_spaces(page), sizeof(name)) < 0)
		return -EINVAL;
	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	err = thr_group_set_parent(group, strim(name));
	if (err == -EBUSY)
		thr_refuse(group->error, err, "%s: group \"%.32s\" is being made or removed",
			   dev_name(dev), strim(name));
	else if (err == -ENOENT)
		thr_refuse(group->error, err, "%s: there is no group called \"%.32s\"",
			   dev_name(dev), strim(name));
	else if (err == -ELOOP)
		thr_refuse(group->error, err, "%s: group \"%.32s\" is below this one, or itself",
			   dev_name(dev), strim(name));
	else if (err)
		thr_refuse(group->error, err, "%s: at most %u groups stand over one another",
			   dev_name(dev), THR_LEVELS);
	mutex_unlock(&thr_config_lock);
	return err ? : count;
}
static DEVICE_ATTR_RW(parent);

static const char *member_name(const struct thr_member *member)
{
	if (member->disk)
		return thr_disk_name(member->disk);
	return dev_name(&container_of(member, struct thr_group, up)->dev);
}

/* A binary attribute, since a thousand names are longer than a page. */
static ssize_t members_read(struct file *file, struct kobject *kobj, compat_bin_attribute *attr,
			    char *buffer, loff_t offset, size_t count)
{
	struct thr_group *group = group_of(kobj_to_dev(kobj));
	struct thr_member *member;
	ssize_t length = 0;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	list_for_each_entry(member, &group->members, entry) {
		char line[THR_NAME_MAX + 1];
		loff_t end = scnprintf(line, sizeof(line), "%s\n", member_name(member));
		size_t part;

		if (offset >= end) {
			offset -= end;
			continue;
		}
		part = min_t(size_t, end - offset, count - length);
		memcpy(buffer + length, line + offset, part);
		length += part;
		offset = 0;
		if (length == count)
			break;
	}
	mutex_unlock(&thr_config_lock);
	return length;
}
static BIN_ATTR_RO(members, 0);

/* "requests waiting, ns until the next may go" */
static ssize_t show_queue(struct device *dev, enum thr_dir dir, char *page)
{
	struct thr_group *group = group_of(dev);
	u64 waiting, wait;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	waiting = thr_group_waiting(group, dir);
	wait = thr_group_wait(group, dir);
	mutex_unlock(&thr_config_lock);
	return sysfs_emit(page, "%llu %llu\n", waiting, wait);
}

static ssize_t queue_read_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return show_queue(dev, THR_READ, page);
}
static DEVICE_ATTR_RO(queue_read);

static ssize_t queue_write_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return show_queue(dev, THR_WRITE, page);
}
static DEVICE_ATTR_RO(queue_write);

static struct attribute *group_attrs[] = {
	&dev_attr_limits.attr,
	&dev_attr_error.attr,
	&dev_attr_fairness.attr,
	&dev_attr_weight.attr,
	&dev_attr_parent.attr,
	&dev_attr_queue_read.attr,
	&dev_attr_queue_write.attr,
	NULL
};

static compat_bin_attribute_listed group_bin_attrs[] = {
	&bin_attr_members,
	NULL
};

static const struct attribute_group group_group = {
	.attrs = group_attrs,
	.bin_attrs = group_bin_attrs,
};

static const struct attribute_group number_group = {
	.name = "limit",
	.attrs = number_attrs,
};

const struct attribute_group *thr_group_groups[] = {
	&group_group,
	&number_group,
	NULL
};

struct class thr_class = {
	.name = "thr",
};

/* Attributes of a disk: DISK_ATTR_RW(x) makes disk_attr_x, named x. */
#define DISK_ATTR_RO(x) \
	static struct device_attribute disk_attr_##x = __ATTR(x, 0444, disk_##x##_show, NULL)
#define DISK_ATTR_WO(x) \
	static struct device_attribute disk_attr_##x = __ATTR(x, 0200, NULL, disk_##x##_store)
#define DISK_ATTR_RW(x)                                \
	static struct device_attribute disk_attr_##x = \
		__ATTR(x, 0644, disk_##x##_show, disk_##x##_store)

static ssize_t disk_name_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", thr_disk_name(disk_of(dev)));
}
DISK_ATTR_RO(name);

static ssize_t disk_group_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct thr_group *group;
	ssize_t length;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	group = disk_of(dev)->member.group;
	length = sysfs_emit(page, "%s\n", group ? dev_name(&group->dev) : "");
	mutex_unlock(&thr_config_lock);
	return length;
}
DISK_ATTR_RO(group);

static ssize_t disk_limits_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct thr_group *group;
	struct thr_limits limits;
	ssize_t length;

	thr_limits_init(&limits);
	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	group = disk_of(dev)->member.group;
	length = thr_config_show(group ? &group->rotation.meter.limits : &limits, page);
	mutex_unlock(&thr_config_lock);
	return length;
}

static ssize_t disk_limits_store(struct device *dev, struct device_attribute *attr,
				 const char *page, size_t count)
{
	int err;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	err = thr_config_set_disk(disk_of(dev), page);
	mutex_unlock(&thr_config_lock);
	return err ? : count;
}
DISK_ATTR_RW(limits);

static ssize_t disk_weight_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(disk_of(dev)->member.share.weight));
}

static ssize_t disk_weight_store(struct device *dev, struct device_attribute *attr,
				 const char *page, size_t count)
{
	u32 weight;
	int err = parse_weight(page, &weight);

	if (err)
		return err;
	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	thr_member_set_weight(&disk_of(dev)->member, weight);
	mutex_unlock(&thr_config_lock);
	return count;
}
DISK_ATTR_RW(weight);

static const char *const cost_name[] = {
	[THR_COST_FULL] = "full",
	[THR_COST_ONE] = "one",
	[THR_COST_NONE] = "none",
};

static ssize_t disk_zeroes_cost_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", cost_name[READ_ONCE(disk_of(dev)->zeroes_cost)]);
}

static ssize_t disk_zeroes_cost_store(struct device *dev, struct device_attribute *attr,
				      const char *page, size_t count)
{
	int cost = sysfs_match_string(cost_name, page);

	if (cost < 0 || cost == THR_COST_NONE)
		return -EINVAL;
	WRITE_ONCE(disk_of(dev)->zeroes_cost, cost);
	return count;
}
DISK_ATTR_RW(zeroes_cost);

static ssize_t disk_discard_cost_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%s\n", cost_name[READ_ONCE(disk_of(dev)->discard_cost)]);
}

static ssize_t disk_discard_cost_store(struct device *dev, struct device_attribute *attr,
				       const char *page, size_t count)
{
	int cost = sysfs_match_string(cost_name, page);

	if (cost < 0)
		return cost;
	WRITE_ONCE(disk_of(dev)->discard_cost, cost);
	return count;
}
DISK_ATTR_RW(discard_cost);

static ssize_t disk_rescan_store(struct device *dev, struct device_attribute *attr,
				 const char *page, size_t count)
{
	bool yes;
	int err = kstrtobool(page, &yes);

	if (!err && !yes)
		err = -EINVAL;
	if (!err)
		err = thr_disk_rescan(disk_of(dev));
	return err ? : count;
}
DISK_ATTR_WO(rescan);

/* "operations bytes failed invalid time_ns" */
static ssize_t show_type(struct device *dev, enum thr_type type, char *page)
{
	struct thr_counters sum;

	thr_stats_sum(&disk_of(dev)->stats, &sum);
	return sysfs_emit(page, "%llu %llu %llu %llu %llu\n", sum.type[type].ops,
			  sum.type[type].bytes, sum.type[type].failed, sum.type[type].invalid,
			  sum.type[type].time_ns);
}

/* "requests that waited, ns they waited, requests waiting now, ns until the next may go" */
static ssize_t show_throttled(struct device *dev, enum thr_dir dir, char *page)
{
	struct thr_disk *disk = disk_of(dev);
	struct thr_counters sum;
	struct thr_group *group;
	u64 wait = 0;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	group = disk->member.group;
	if (group)
		wait = thr_group_wait(group, dir);
	mutex_unlock(&thr_config_lock);
	thr_stats_sum(&disk->stats, &sum);
	return sysfs_emit(page, "%llu %llu %llu %llu\n", sum.dir[dir].throttled,
			  sum.dir[dir].waited_ns, sum.dir[dir].throttled - sum.dir[dir].released,
			  wait);
}

#define DISK_NUMBERS(name, show, which)                                                      \
	static ssize_t disk_##name##_show(struct device *dev, struct device_attribute *attr, \
					  char *page)                                        \
	{                                                                                    \
		return show(dev, which, page);                                               \
	}                                                                                    \
	DISK_ATTR_RO(name)

DISK_NUMBERS(stat_read, show_type, THR_TYPE_READ);
DISK_NUMBERS(stat_write, show_type, THR_TYPE_WRITE);
DISK_NUMBERS(stat_flush, show_type, THR_TYPE_FLUSH);
DISK_NUMBERS(stat_discard, show_type, THR_TYPE_DISCARD);
DISK_NUMBERS(throttled_read, show_throttled, THR_READ);
DISK_NUMBERS(throttled_write, show_throttled, THR_WRITE);

static ssize_t show_histogram(struct device *dev, enum thr_type type, char *page)
{
	return thr_histogram_show(&disk_of(dev)->stats, type, page);
}

DISK_NUMBERS(histogram_read, show_histogram, THR_TYPE_READ);
DISK_NUMBERS(histogram_write, show_histogram, THR_TYPE_WRITE);
DISK_NUMBERS(histogram_flush, show_histogram, THR_TYPE_FLUSH);
DISK_NUMBERS(histogram_discard, show_histogram, THR_TYPE_DISCARD);

static ssize_t disk_boundaries_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return thr_boundaries_show(&disk_of(dev)->stats, page);
}

static ssize_t disk_boundaries_store(struct device *dev, struct device_attribute *attr,
				     const char *page, size_t count)
{
	return thr_histograms_set(&disk_of(dev)->stats, page) ? : count;
}
DISK_ATTR_RW(boundaries);

static ssize_t disk_intervals_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return thr_intervals_show(&disk_of(dev)->stats, page);
}

static ssize_t disk_intervals_store(struct device *dev, struct device_attribute *attr,
				    const char *page, size_t count)
{
	return thr_intervals_set(&disk_of(dev)->stats, page) ? : count;
}
DISK_ATTR_RW(intervals);

static ssize_t disk_highest_written_show(struct device *dev, struct device_attribute *attr,
					 char *page)
{
	struct thr_counters sum;

	thr_stats_sum(&disk_of(dev)->stats, &sum);
	return sysfs_emit(page, "%llu\n", sum.highest_written);
}
DISK_ATTR_RO(highest_written);

static ssize_t disk_idle_ns_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct thr_counters sum;

	thr_stats_sum(&disk_of(dev)->stats, &sum);
	return sum.last_access ? sysfs_emit(page, "%llu\n", ktime_get_ns() - sum.last_access) : 0;
}
DISK_ATTR_RO(idle_ns);

static bool *switch_of(struct device *dev, const struct device_attribute *attr)
{
	struct thr_stats *stats = &disk_of(dev)->stats;

	if (!strcmp(attr->attr.name, "account_failed"))
		return &stats->account_failed;
	return &stats->account_invalid;
}

static ssize_t disk_switch_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(*switch_of(dev, attr)));
}

static ssize_t disk_switch_store(struct device *dev, struct device_attribute *attr,
				 const char *page, size_t count)
{
	bool value;
	int err = kstrtobool(page, &value);

	if (err)
		return err;
	WRITE_ONCE(*switch_of(dev, attr), value);
	return count;
}

static struct device_attribute disk_attr_account_failed =
	__ATTR(account_failed, 0644, disk_switch_show, disk_switch_store);
static struct device_attribute disk_attr_account_invalid =
	__ATTR(account_invalid, 0644, disk_switch_show, disk_switch_store);

static struct attribute *disk_attrs[] = {
	&disk_attr_name.attr,
	&disk_attr_group.attr,
	&disk_attr_limits.attr,
	&disk_attr_weight.attr,
	&disk_attr_zeroes_cost.attr,
	&disk_attr_discard_cost.attr,
	&disk_attr_rescan.attr,
	&disk_attr_stat_read.attr,
	&disk_attr_stat_write.attr,
	&disk_attr_stat_flush.attr,
	&disk_attr_stat_discard.attr,
	&disk_attr_throttled_read.attr,
	&disk_attr_throttled_write.attr,
	&disk_attr_boundaries.attr,
	&disk_attr_histogram_read.attr,
	&disk_attr_histogram_write.attr,
	&disk_attr_histogram_flush.attr,
	&disk_attr_histogram_discard.attr,
	&disk_attr_intervals.attr,
	&disk_attr_highest_written.attr,
	&disk_attr_idle_ns.attr,
	&disk_attr_account_failed.attr,
	&disk_attr_account_invalid.attr,
	NULL
};

static const struct attribute_group disk_group = {
	.name = "thr",
	.attrs = disk_attrs,
};

const struct attribute_group *thr_disk_groups[] = {
	&disk_group,
	NULL
};

void __init thr_sysfs_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		number_attrs[i] = &numbers[i].attr;
}
