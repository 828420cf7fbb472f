/* SPDX-License-Identifier: GPL-2.0 */
/* IP-Octal 232, 422 and 485: an SCC2698B on an IndustryPack module, and its eight connectors. */
#ifndef VHW_IPOCTAL_H
#define VHW_IPOCTAL_H

#include <linux/list.h>
#include <linux/mutex.h>

#include "../serial/port.h"
#include "../tpci200/ip_module.h"
#include "faults.h"
#include "scc2698.h"

#define IPOCTAL_LINES	SCC2698_CHANNELS

struct ipoctal;
struct serial_bus;
struct serial_tty;

enum ipoctal_kind { IPOCTAL_232, IPOCTAL_422, IPOCTAL_485 };

enum ipoctal_peer {
	IPOCTAL_PEER_NONE,
	IPOCTAL_PEER_LOOPBACK,
	IPOCTAL_PEER_NULL_MODEM,
	IPOCTAL_PEER_TTY,
	IPOCTAL_PEER_BUS
};

/**
 * struct ipoctal_line - a serial connector
 * @dir: lineN in configfs
 * @ipoctal: whose
 * @index: N
 * @port: the connector
 * @peer: what is plugged in. Guarded by ipoctal_cables, as are the next three
 * @far: null-modem: the other end
 * @bus: bus: which
 * @tty: tty: the far end, while the board is live
 */
struct ipoctal_line {
	struct vhw_dir dir;
	struct ipoctal *ipoctal;
	unsigned int index;
	struct serial_port port;
	enum ipoctal_peer peer;
	struct ipoctal_line *far;
	struct serial_bus *bus;
	struct serial_tty *tty;
};

/**
 * struct ipoctal - an IP-Octal
 * @module: its place in a slot
 * @kind: which of the three
 * @entry: in the list of all. Guarded by ipoctal_cables, as are the next four
 * @powered: its attributes are frozen
 * @ppm: error of its crystal
 * @handshake: a 422 has RTS and CTS on its connector
 * @echo: a 485 hears what it sends
 * @chip: the UARTs, while the board is live. The world's, as is the rest
 * @vector: interrupt vector register
 * @fresh: it has just got power
 * @line: connectors
 */
struct ipoctal {
	struct ip_module *module;
	enum ipoctal_kind kind;

	struct list_head entry;
	bool powered;
	int ppm;
	bool handshake;
	bool echo;

	struct scc2698 *chip;
	u8 vector;
	bool fresh;

	struct ipoctal_line line[IPOCTAL_LINES];
};

extern const struct vhw_fault_info ipoctal_faults[IPOCTAL_FAULTS];

/* module.c: power, and what the slot sees */
int ipoctal_power_on(struct ip_module *module);
void ipoctal_power_off(struct ip_module *module);
void ipoctal_reset(struct ip_module *module);
bool ipoctal_read(struct ip_module *module, enum ip_space space, u32 word, u8 lanes, u16 *value);
bool ipoctal_write(struct ip_module *module, enum ip_space space, u32 word, u8 lanes, u16 value);

/* config.c: configfs */
extern struct configfs_attribute *ipoctal_attrs[];
int ipoctal_add_lines(struct ipoctal *ipoctal);

/* cable.c: what is plugged into the connectors */
extern struct mutex ipoctal_cables;
void ipoctal_cables_init(struct ipoctal *ipoctal);
void ipoctal_cables_exit(struct ipoctal *ipoctal);
int ipoctal_set_peer(struct ipoctal_line *line, const char *text);
ssize_t ipoctal_show_peer(struct ipoctal_line *line, char *page);
int ipoctal_cables_power_on(struct ipoctal *ipoctal);
void ipoctal_cables_power_off(struct ipoctal *ipoctal);

#endif
