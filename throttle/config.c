// SPDX-License-Identifier: GPL-2.0
/* Limits as text: a line of key=value changes any number of them, or, when one is wrong, none. */
#include <linux/kstrtox.h>
#include <linux/limits.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "config.h"

static const char *const limit_name[THR_LIMITS] = {
	[THR_BPS_TOTAL] = "bps-total",
	[THR_BPS_READ] = "bps-read",
	[THR_BPS_WRITE] = "bps-write",
	[THR_IOPS_TOTAL] = "iops-total",
	[THR_IOPS_READ] = "iops-read",
	[THR_IOPS_WRITE] = "iops-write",
};

/**
 * thr_config_find - the number that a key stands for
 * @limits: configuration
 * @key: as in "iops-total-max"
 *
 * Return: where it is; NULL when there is no such key.
 */
u64 *thr_config_find(struct thr_limits *limits, const char *key)
{
	unsigned int i;

	if (!strcmp(key, "iops-size"))
		return &limits->iops_size;
	for (i = 0; i < THR_LIMITS; i++) {
		size_t length = strlen(limit_name[i]);

		if (strncmp(key, limit_name[i], length))
			continue;
		if (!key[length])
			return &limits->limit[i].avg;
		if (!strcmp(key + length, "-max"))
			return &limits->limit[i].max;
		if (!strcmp(key + length, "-max-length"))
			return &limits->limit[i].length;
	}
	return NULL;
}

static bool is_length(const char *key)
{
	size_t length = strlen(key);

	return length > 7 && !strcmp(key + length - 7, "-length");
}

static int parse_word(struct thr_limits *limits, char *word, const char *name, char *error)
{
	char *key = strsep(&word, "=");
	u64 *number, value;

	strreplace(key, '_', '-');
	number = thr_config_find(limits, key);
	if (!number)
		return thr_refuse(error, -EINVAL, "%s: there is no limit called \"%.32s\"", name,
				  key);
	if (!word || kstrtou64(word, 10, &value))
		return thr_refuse(error, -EINVAL,
				  "%s: %s takes a whole number that is not negative", name, key);
	if (is_length(key) && value > U32_MAX)
		return thr_refuse(error, -ERANGE, "%s: %s is at most 4294967295 seconds", name,
				  key);
	*number = value;
	return 0;
}

static int parse(struct thr_limits *limits, const char *line, const char *name, char *error)
{
	char *copy = kstrdup(line, GFP_KERNEL), *rest = copy, *word;
	enum thr_limit_id which;
	enum thr_rule rule;
	int err = 0;

	if (!copy)
		return -ENOMEM;
	while (!err && (word = strsep(&rest, " \t\n")))
		if (*word)
			err = parse_word(limits, word, name, error);
	kfree(copy);
	if (err)
		return err;
	rule = thr_limits_check(limits, &which);
	if (rule)
		return thr_refuse(error, -EINVAL, "%s: %s: %s", name, limit_name[which],
				  thr_rule_text(rule));
	thr_accept(error);
	return 0;
}

/**
 * thr_config_set - change limits of a group
 * @group: group
 * @line: "iops-total=1000 iops-total-max=2000 …"; what is not named keeps its value
 * @error: receives the reason of a refusal
 *
 * Return: 0; -EINVAL or -ERANGE: nothing has changed; -ENOMEM.
 */
int thr_config_set(struct thr_group *group, const char *line, char *error)
{
	struct thr_limits limits = group->rotation.meter.limits;
	int err;

	lockdep_assert_held(&thr_config_lock);
	err = parse(&limits, line, dev_name(&group->dev), error);
	if (!err)
		thr_group_set_limits(group, &limits);
	return err;
}

/**
 * thr_config_set_port - change limits through a port
 * @port: port
 * @line: as for thr_config_set()
 *
 * They are those of its group. A port without a group gets one of its own name; one whose limits
 * are then all zero leaves its group, whose limits stay.
 *
 * Return: as thr_config_set(), or an errno that joining gives.
 */
int thr_config_set_port(struct thr_port *port, const char *line)
{
	struct thr_group *group = port->member.group;
	struct thr_limits limits;
	int err;

	lockdep_assert_held(&thr_config_lock);
	if (group)
		limits = group->rotation.meter.limits;
	else
		thr_limits_init(&limits);
	err = parse(&limits, line, port->name, port->error);
	if (err)
		return err;
	if (!thr_limits_enabled(&limits)) {
		thr_port_leave(port);
		return 0;
	}
	if (!group) {
		err = thr_port_join(port, port->name);
		if (err)
			return thr_refuse(port->error, err, "%s: cannot make a group: %s",
					  port->name, thr_errno_text(err));
	}
	thr_group_set_limits(port->member.group, &limits);
	return 0;
}

static int emit(char *page, ssize_t length, const char *key, const char *suffix, u64 value,
		u64 unset)
{
	if (value == unset)
		return 0;
	return sysfs_emit_at(page, length, "%s%s%s=%llu", length ? " " : "", key, suffix, value);
}

/**
 * thr_config_show - limits as a line that thr_config_set() takes
 * @limits: configuration
 * @page: receives what differs from the default
 *
 * Return: characters written.
 */
ssize_t thr_config_show(const struct thr_limits *limits, char *page)
{
	ssize_t length = 0;
	unsigned int i;

	for (i = 0; i < THR_LIMITS; i++) {
		length += emit(page, length, limit_name[i], "", limits->limit[i].avg, 0);
		length += emit(page, length, limit_name[i], "-max", limits->limit[i].max, 0);
		length += emit(page, length, limit_name[i], "-max-length", limits->limit[i].length,
			       1);
	}
	length += emit(page, length, "iops-size", "", limits->iops_size, 0);
	return length + sysfs_emit_at(page, length, "\n");
}

/**
 * thr_weight_parse - a member's weight as text
 * @page: a number
 * @weight: receives it
 *
 * Return: 0; -EINVAL: it is none; -ERANGE: it is not from THR_WEIGHT_MIN to THR_WEIGHT_MAX.
 */
int thr_weight_parse(const char *page, u32 *weight)
{
	int err = kstrtou32(page, 10, weight);

	if (err)
		return err;
	return *weight >= THR_WEIGHT_MIN && *weight <= THR_WEIGHT_MAX ? 0 : -ERANGE;
}
