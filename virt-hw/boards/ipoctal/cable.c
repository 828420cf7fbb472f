// SPDX-License-Identifier: GPL-2.0
/*
 * What is plugged into the serial connectors: nothing, a loopback plug, a cable to another
 * connector, a shared RS-485 pair, or a tty of this kernel.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "../serial/tty.h"
#include "ipoctal.h"

/*
 * Guards what is configured on all boards: cables join two of them. Taken before the world's lock
 */
DEFINE_MUTEX(ipoctal_cables);
static LIST_HEAD(ipoctals);
static LIST_HEAD(buses);

#define BUS_NAME_MAX	32

/**
 * struct serial_bus - a shared pair of wires, named by whoever uses it first
 * @entry: in the list of buses
 * @wire: the pair
 * @users: lines on it
 * @name: its name
 */
struct serial_bus {
	struct list_head entry;
	struct line_wire wire;
	unsigned int users;
	char name[BUS_NAME_MAX];
};

static const char *line_board(const struct ipoctal_line *line)
{
	return vhw_name(line->ipoctal->module->board);
}

/* Say why a peer is refused; once a write, which only root can make */
static __printf(2, 3) void line_err(const struct ipoctal_line *line, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	pr_err("%s/slot%u/line%u/peer: %pV\n", line_board(line),
	       line->ipoctal->module->slot, line->index, &vaf);
	va_end(args);
}

static struct serial_bus *bus_get(const char *name)
{
	struct serial_bus *bus;

	list_for_each_entry(bus, &buses, entry) {
		if (!strcmp(bus->name, name)) {
			bus->users++;
			return bus;
		}
	}
	bus = kzalloc(sizeof(*bus), GFP_KERNEL);
	if (!bus)
		return NULL;
	line_wire_init(&bus->wire);
	strscpy(bus->name, name, sizeof(bus->name));
	bus->users = 1;
	list_add_tail(&bus->entry, &buses);
	return bus;
}

static void bus_put(struct serial_bus *bus)
{
	if (--bus->users)
		return;
	list_del(&bus->entry);
	kfree(bus);
}

static struct ipoctal *find_ipoctal(const char *board, unsigned int slot)
{
	struct ipoctal *ipoctal;

	list_for_each_entry(ipoctal, &ipoctals, entry)
		if (ipoctal->module->slot == slot &&
		    !strcmp(vhw_name(ipoctal->module->board), board))
			return ipoctal;
	return NULL;
}

/* Pull what is plugged in, at the far end too */
static void unplug(struct ipoctal_line *line)
{
	scoped_guard(vhw_world)
		serial_port_unplug(&line->port);
	if (line->far) {
		line->far->peer = IPOCTAL_PEER_NONE;
		line->far->far = NULL;
		line->far = NULL;
	}
	if (line->bus) {
		bus_put(line->bus);
		line->bus = NULL;
	}
	line->peer = IPOCTAL_PEER_NONE;
}

static int plug_null_modem(struct ipoctal_line *line, char *where)
{
	char *name = strsep(&where, "/");
	unsigned int slot, channel;
	struct ipoctal *ipoctal;
	struct ipoctal_line *far;

	if (!where || sscanf(where, "%u/%u", &slot, &channel) != 2 ||
	    channel >= IPOCTAL_LINES) {
		line_err(line, "a null-modem cable goes to BOARD/SLOT/CHANNEL, channels 0 to %u",
			 IPOCTAL_LINES - 1);
		return -EINVAL;
	}
	ipoctal = find_ipoctal(name, slot);
	if (!ipoctal) {
		line_err(line, "there is no IP-Octal in slot %u of a board \"%s\"", slot, name);
		return -ENOENT;
	}
	far = &ipoctal->line[channel];
	if (far == line) {
		line_err(line, "a cable needs two ends; for one connector there is \"loopback\"");
		return -EINVAL;
	}
	if (line->far == far)
		return 0;
	if (far->peer != IPOCTAL_PEER_NONE) {
		line_err(line, "%s/%u/%u is taken", name, slot, channel);
		return -EBUSY;
	}
	unplug(line);
	line->peer = IPOCTAL_PEER_NULL_MODEM;
	line->far = far;
	far->peer = IPOCTAL_PEER_NULL_MODEM;
	far->far = line;
	guard(vhw_world)();
	serial_port_join(&line->port, &far->port);
	return 0;
}

static int plug_bus(struct ipoctal_line *line, const char *name)
{
	struct serial_bus *bus;

	if (!*name || strlen(name) >= BUS_NAME_MAX || strpbrk(name, " \t/")) {
		line_err(line, "a bus is named by one word of up to %u characters",
			 BUS_NAME_MAX - 1);
		return -EINVAL;
	}
	bus = bus_get(name);
	if (!bus)
		return -ENOMEM;
	unplug(line);
	line->peer = IPOCTAL_PEER_BUS;
	line->bus = bus;
	guard(vhw_world)();
	serial_port_join_bus(&line->port, &bus->wire);
	return 0;
}

static int plug(struct ipoctal_line *line, char *text)
{
	char *kind = strsep(&text, " ");

	if (!strcmp(kind, "null-modem") && text)
		return plug_null_modem(line, text);
	if (!strcmp(kind, "bus") && text)
		return plug_bus(line, text);
	if (text || (strcmp(kind, "none") && strcmp(kind, "loopback") && strcmp(kind, "tty"))) {
		line_err(line,
			 "allowed are none, loopback, tty, null-modem BOARD/SLOT/CHANNEL and bus NAME");
		return -EINVAL;
	}
	unplug(line);
	if (!strcmp(kind, "tty"))
		line->peer = IPOCTAL_PEER_TTY;
	if (!strcmp(kind, "loopback")) {
		line->peer = IPOCTAL_PEER_LOOPBACK;
		guard(vhw_world)();
		serial_port_loop(&line->port);
	}
	return 0;
}

int ipoctal_set_peer(struct ipoctal_line *line, const char *text)
{
	char *copy __free(kfree) = kstrdup(text, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	guard(mutex)(&ipoctal_cables);
	if (line->ipoctal->powered) {
		line_err(line, "the board is live");
		return -EBUSY;
	}
	return plug(line, strim(copy));
}

ssize_t ipoctal_show_peer(struct ipoctal_line *line, char *page)
{
	guard(mutex)(&ipoctal_cables);
	switch (line->peer) {
	case IPOCTAL_PEER_LOOPBACK:
		return sysfs_emit(page, "loopback\n");
	case IPOCTAL_PEER_TTY:
		return sysfs_emit(page, "tty\n");
	case IPOCTAL_PEER_NULL_MODEM:
		return sysfs_emit(page, "null-modem %s/%u/%u\n", line_board(line->far),
				  line->far->ipoctal->module->slot, line->far->index);
	case IPOCTAL_PEER_BUS:
		return sysfs_emit(page, "bus %s\n", line->bus->name);
	default:
		return sysfs_emit(page, "none\n");
	}
}

/* A tty exists while its board is live. On error the caller powers all off again */
int ipoctal_cables_power_on(struct ipoctal *ipoctal)
{
	lockdep_assert_held(&ipoctal_cables);
	for (unsigned int i = 0; i < IPOCTAL_LINES; i++) {
		struct ipoctal_line *line = &ipoctal->line[i];

		if (line->peer == IPOCTAL_PEER_BUS && ipoctal->kind != IPOCTAL_485) {
			line_err(line, "only an ipoctal485 can share a bus");
			return -EINVAL;
		}
		if (line->peer != IPOCTAL_PEER_TTY)
			continue;
		line->tty = serial_tty_create(ipoctal->module->board, &line->port);
		if (IS_ERR(line->tty)) {
			int err = PTR_ERR(line->tty);

			line->tty = NULL;
			line_err(line, "no tty: %pe", ERR_PTR(err));
			return err;
		}
	}
	return 0;
}

void ipoctal_cables_power_off(struct ipoctal *ipoctal)
{
	lockdep_assert_held(&ipoctal_cables);
	for (unsigned int i = 0; i < IPOCTAL_LINES; i++) {
		struct ipoctal_line *line = &ipoctal->line[i];

		if (line->tty)
			serial_tty_destroy(line->tty);
		line->tty = NULL;
	}
}

void ipoctal_cables_init(struct ipoctal *ipoctal)
{
	for (unsigned int i = 0; i < IPOCTAL_LINES; i++) {
		ipoctal->line[i].ipoctal = ipoctal;
		ipoctal->line[i].index = i;
		serial_port_init(&ipoctal->line[i].port);
	}
	guard(mutex)(&ipoctal_cables);
	list_add_tail(&ipoctal->entry, &ipoctals);
}

/* The module is taken out: so is what is plugged into it */
void ipoctal_cables_exit(struct ipoctal *ipoctal)
{
	guard(mutex)(&ipoctal_cables);
	list_del(&ipoctal->entry);
	for (unsigned int i = 0; i < IPOCTAL_LINES; i++)
		unplug(&ipoctal->line[i]);
}
