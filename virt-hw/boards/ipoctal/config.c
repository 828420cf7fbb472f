// SPDX-License-Identifier: GPL-2.0
/* The IP-Octal's part of configfs: "ipoctal" with what belongs to the module, line0 to line7. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/kstrtox.h>
#include <linux/sysfs.h>

#include "../serial/tty.h"
#include "ipoctal.h"

#define PPM_MAX	200000

static struct ipoctal *to_ipoctal(struct config_item *item)
{
	return ip_priv(ip_module_of(item));
}

static struct ipoctal_line *to_line(struct config_item *item)
{
	return container_of(vhw_dir_of(item), struct ipoctal_line, dir);
}

/* Say why a value is refused; once a write, which only root can make */
static __printf(2, 3) void config_err(const struct ipoctal *ipoctal, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	pr_err("%s/slot%u/ipoctal/%pV\n", vhw_name(ipoctal->module->board), ipoctal->module->slot,
	       &vaf);
	va_end(args);
}

/* A live board's attributes are frozen. Call with ipoctal_cables held, and keep it */
static int check_changeable(struct ipoctal *ipoctal, const char *attribute)
{
	lockdep_assert_held(&ipoctal_cables);
	if (!ipoctal->powered)
		return 0;
	config_err(ipoctal, "%s: the board is live", attribute);
	return -EBUSY;
}

static ssize_t ipoctal_crystal_ppm_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(to_ipoctal(item)->ppm));
}

static ssize_t ipoctal_crystal_ppm_store(struct config_item *item, const char *page, size_t count)
{
	struct ipoctal *ipoctal = to_ipoctal(item);
	int ppm, err;

	if (kstrtoint(page, 0, &ppm) || ppm < -PPM_MAX || ppm > PPM_MAX) {
		config_err(ipoctal, "crystal_ppm: allowed are -%u to %u", PPM_MAX, PPM_MAX);
		return -EINVAL;
	}
	guard(mutex)(&ipoctal_cables);
	err = check_changeable(ipoctal, "crystal_ppm");
	if (err)
		return err;
	ipoctal->ppm = ppm;
	return count;
}

static int store_flag(struct ipoctal *ipoctal, const char *name, const char *page, bool *flag)
{
	bool value;
	int err;

	if (kstrtobool(page, &value)) {
		config_err(ipoctal, "%s: allowed are 0 and 1", name);
		return -EINVAL;
	}
	guard(mutex)(&ipoctal_cables);
	err = check_changeable(ipoctal, name);
	if (!err)
		*flag = value;
	return err;
}

static ssize_t ipoctal_handshake_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(to_ipoctal(item)->handshake));
}

static ssize_t ipoctal_handshake_store(struct config_item *item, const char *page, size_t count)
{
	struct ipoctal *ipoctal = to_ipoctal(item);

	return store_flag(ipoctal, "handshake", page, &ipoctal->handshake) ?: count;
}

static ssize_t ipoctal_echo_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(to_ipoctal(item)->echo));
}

static ssize_t ipoctal_echo_store(struct config_item *item, const char *page, size_t count)
{
	struct ipoctal *ipoctal = to_ipoctal(item);

	return store_flag(ipoctal, "echo", page, &ipoctal->echo) ?: count;
}

CONFIGFS_ATTR(ipoctal_, crystal_ppm);
CONFIGFS_ATTR(ipoctal_, handshake);
CONFIGFS_ATTR(ipoctal_, echo);

struct configfs_attribute *ipoctal_attrs[] = {
	&ipoctal_attr_crystal_ppm,
	&ipoctal_attr_handshake,
	&ipoctal_attr_echo,
	NULL
};

static ssize_t line_peer_show(struct config_item *item, char *page)
{
	return ipoctal_show_peer(to_line(item), page);
}

static ssize_t line_peer_store(struct config_item *item, const char *page, size_t count)
{
	return ipoctal_set_peer(to_line(item), page) ?: count;
}

static ssize_t line_tty_show(struct config_item *item, char *page)
{
	struct ipoctal_line *line = to_line(item);

	guard(mutex)(&ipoctal_cables);
	return sysfs_emit(page, "%s\n", line->tty ? serial_tty_name(line->tty) : "");
}

static ssize_t show_count(struct config_item *item, char *page, bool sent)
{
	struct ipoctal_line *line = to_line(item);
	unsigned long count = 0;

	scoped_guard(vhw_world) {
		const struct scc2698 *chip = line->ipoctal->chip;

		if (chip && sent)
			count = chip->channel[line->index].tx_count;
		else if (chip)
			count = chip->channel[line->index].rx_count;
	}
	return sysfs_emit(page, "%lu\n", count);
}

static ssize_t line_sent_show(struct config_item *item, char *page)
{
	return show_count(item, page, true);
}

static ssize_t line_received_show(struct config_item *item, char *page)
{
	return show_count(item, page, false);
}

CONFIGFS_ATTR(line_, peer);
CONFIGFS_ATTR_RO(line_, tty);
CONFIGFS_ATTR_RO(line_, sent);
CONFIGFS_ATTR_RO(line_, received);

static struct configfs_attribute *line_attrs[] = {
	&line_attr_peer,
	&line_attr_tty,
	&line_attr_sent,
	&line_attr_received,
	NULL
};

/* The module has just been plugged in */
int ipoctal_add_lines(struct ipoctal *ipoctal)
{
	char name[] = "line0";
	int err = 0;

	for (unsigned int i = 0; i < IPOCTAL_LINES && !err; i++) {
		struct ipoctal_line *line = &ipoctal->line[i];

		name[4] = '0' + i;
		err = vhw_part_add_dir(&ipoctal->module->part, &line->dir, NULL, name, line_attrs,
				       NULL);
	}
	return err;
}
