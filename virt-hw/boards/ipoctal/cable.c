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
#include "../tpci200/tpci200.h"

/*
 * Guards what is configured on all boards: cables join two of them. Taken before the world's lock
 */
DEFINE_MUTEX(tpci200_cables);
static LIST_HEAD(carriers);
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

static const char *line_board(const struct tpci200_line *line)
{
	return vhw_name(line->slot->carrier->board);
}

/* Say why a peer is refused; once a write, which only root can make */
static __printf(2, 3) void line_err(const struct tpci200_line *line, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	pr_err("%s/slot%u/line%u/peer: %pV\n", line_board(line), line->slot->index, line->index,
	       &vaf);
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

static struct tpci200 *find_carrier(const char *name)
{
	struct tpci200 *carrier;

	list_for_each_entry(carrier, &carriers, entry)
		if (!strcmp(vhw_name(carrier->board), name))
			return carrier;
	return NULL;
}

/* Pull what is plugged in, at the far end too */
static void unplug(struct tpci200_line *line)
{
	scoped_guard(vhw_world)
		serial_port_unplug(&line->port);
	if (line->far) {
		line->far->peer = TPCI200_PEER_NONE;
		line->far->far = NULL;
		line->far = NULL;
	}
	if (line->bus) {
		bus_put(line->bus);
		line->bus = NULL;
	}
	line->peer = TPCI200_PEER_NONE;
}

static int plug_null_modem(struct tpci200_line *line, char *where)
{
	char *name = strsep(&where, "/");
	unsigned int slot, channel;
	struct tpci200 *carrier;
	struct tpci200_line *far;

	if (!where || sscanf(where, "%u/%u", &slot, &channel) != 2 ||
	    slot >= TPCI200_SLOTS || channel >= TPCI200_LINES) {
		line_err(line,
			 "a null-modem cable goes to BOARD/SLOT/CHANNEL, slots 0 to %u, channels 0 to %u",
			 TPCI200_SLOTS - 1, TPCI200_LINES - 1);
		return -EINVAL;
	}
	carrier = find_carrier(name);
	if (!carrier) {
		line_err(line, "there is no board \"%s\"", name);
		return -ENOENT;
	}
	far = &carrier->slot[slot].line[channel];
	if (far == line) {
		line_err(line, "a cable needs two ends; for one connector there is \"loopback\"");
		return -EINVAL;
	}
	if (line->far == far)
		return 0;
	if (far->peer != TPCI200_PEER_NONE) {
		line_err(line, "%s/%u/%u is taken", name, slot, channel);
		return -EBUSY;
	}
	unplug(line);
	line->peer = TPCI200_PEER_NULL_MODEM;
	line->far = far;
	far->peer = TPCI200_PEER_NULL_MODEM;
	far->far = line;
	guard(vhw_world)();
	serial_port_join(&line->port, &far->port);
	return 0;
}

static int plug_bus(struct tpci200_line *line, const char *name)
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
	line->peer = TPCI200_PEER_BUS;
	line->bus = bus;
	guard(vhw_world)();
	serial_port_join_bus(&line->port, &bus->wire);
	return 0;
}

static int plug(struct tpci200_line *line, char *text)
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
		line->peer = TPCI200_PEER_TTY;
	if (!strcmp(kind, "loopback")) {
		line->peer = TPCI200_PEER_LOOPBACK;
		guard(vhw_world)();
		serial_port_loop(&line->port);
	}
	return 0;
}

int tpci200_set_peer(struct tpci200_line *line, const char *text)
{
	char *copy __free(kfree) = kstrdup(text, GFP_KERNEL);

	if (!copy)
		return -ENOMEM;
	guard(mutex)(&tpci200_cables);
	if (line->slot->carrier->powered) {
		line_err(line, "the board is live");
		return -EBUSY;
	}
	return plug(line, strim(copy));
}

ssize_t tpci200_show_peer(struct tpci200_line *line, char *page)
{
	guard(mutex)(&tpci200_cables);
	switch (line->peer) {
	case TPCI200_PEER_LOOPBACK:
		return sysfs_emit(page, "loopback\n");
	case TPCI200_PEER_TTY:
		return sysfs_emit(page, "tty\n");
	case TPCI200_PEER_NULL_MODEM:
		return sysfs_emit(page, "null-modem %s/%u/%u\n", line_board(line->far),
				  line->far->slot->index, line->far->index);
	case TPCI200_PEER_BUS:
		return sysfs_emit(page, "bus %s\n", line->bus->name);
	default:
		return sysfs_emit(page, "none\n");
	}
}

/* A tty exists while its board is live. On error the caller powers all off again */
int tpci200_cables_power_on(struct tpci200_slot *slot)
{
	lockdep_assert_held(&tpci200_cables);
	for (unsigned int i = 0; i < TPCI200_LINES; i++) {
		struct tpci200_line *line = &slot->line[i];

		if (line->peer == TPCI200_PEER_BUS && slot->kind != TPCI200_IPOCTAL485) {
			line_err(line, "only an ipoctal485 can share a bus");
			return -EINVAL;
		}
		if (line->peer != TPCI200_PEER_TTY)
			continue;
		line->tty = serial_tty_create(slot->carrier->board, &line->port);
		if (IS_ERR(line->tty)) {
			int err = PTR_ERR(line->tty);

			line->tty = NULL;
			line_err(line, "no tty: %pe", ERR_PTR(err));
			return err;
		}
	}
	return 0;
}

void tpci200_cables_power_off(struct tpci200_slot *slot)
{
	lockdep_assert_held(&tpci200_cables);
	for (unsigned int i = 0; i < TPCI200_LINES; i++) {
		struct tpci200_line *line = &slot->line[i];

		if (line->tty)
			serial_tty_destroy(line->tty);
		line->tty = NULL;
	}
}

void tpci200_cables_init(struct tpci200 *carrier)
{
	guard(mutex)(&tpci200_cables);
	list_add_tail(&carrier->entry, &carriers);
}

void tpci200_cables_exit(struct tpci200 *carrier)
{
	guard(mutex)(&tpci200_cables);
	list_del(&carrier->entry);
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++)
		for (unsigned int j = 0; j < TPCI200_LINES; j++)
			unplug(&carrier->slot[i].line[j]);
}
