// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/class/thr/<group>/: tuning and reading.
 *
 * Attributes go away while thr_config_lock is held and wait for their users meanwhile: so these
 * only try it.
 */
#include <linux/kstrtox.h>
#include <linux/sched/signal.h>
#include <linux/string.h>

#include "attributes.h"
#include "config.h"

static struct thr_group *group_of(struct device *dev)
{
	return container_of(dev, struct thr_group, dev);
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

/**
 * thr_member_store_weight - write a member's attribute "weight"
 * @member: member
 * @page: what was written
 * @count: its length
 *
 * Context: may sleep; takes thr_config_lock, or has the call restarted.
 * Return: @count, or an errno.
 */
ssize_t thr_member_store_weight(struct thr_member *member, const char *page, size_t count)
{
	u32 weight;
	int err = thr_weight_parse(page, &weight);

	if (err)
		return err;
	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	thr_member_set_weight(member, weight);
	mutex_unlock(&thr_config_lock);
	return count;
}

/**
 * thr_member_show_group - read the name of a member's group
 * @member: member
 * @page: receives a line, which is empty where there is none
 *
 * Context: may sleep; takes thr_config_lock, or has the call restarted.
 * Return: characters written, or an errno.
 */
ssize_t thr_member_show_group(const struct thr_member *member, char *page)
{
	ssize_t length;

	if (!mutex_trylock(&thr_config_lock))
		return restart_syscall();
	length = sysfs_emit(page, "%s\n", member->group ? dev_name(&member->group->dev) : "");
	mutex_unlock(&thr_config_lock);
	return length;
}

static ssize_t weight_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(group_of(dev)->up.share.weight));
}

static ssize_t weight_store(struct device *dev, struct device_attribute *attr, const char *page,
			    size_t count)
{
	return thr_member_store_weight(&group_of(dev)->up, page, count);
}
static DEVICE_ATTR_RW(weight);

static ssize_t parent_show(struct device *dev, struct device_attribute *attr, char *page)
{
	return thr_member_show_group(&group_of(dev)->up, page);
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
	if (member->port)
		return member->port->name;
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

static const struct attribute_group *group_groups[] = {
	&group_group,
	&number_group,
	NULL
};

int __init thr_class_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(numbers); i++)
		number_attrs[i] = &numbers[i].attr;
	thr_class.dev_groups = group_groups;
	return class_register(&thr_class);
}

void thr_class_exit(void)
{
	class_unregister(&thr_class);
}
