/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A virtual TPCI200 and what is plugged into it. Registers are in drivers/tpci200/tpci200_regs.h.
 */
#ifndef VHW_TPCI200_H
#define VHW_TPCI200_H

#include <linux/configfs.h>

#include "../../../drivers/tpci200/tpci200_regs.h"
#include "../../core/vhw.h"
#include "../ipoctal/ipoctal.h"
#include "../serial/port.h"

#define TPCI200_LINES		SCC2698_CHANNELS
#define TPCI200_LCR_WORDS	(TPCI200_LCR_SIZE / 4)

struct serial_bus;
struct serial_tty;
struct tpci200_slot;

enum tpci200_module { TPCI200_EMPTY, TPCI200_IPOCTAL232, TPCI200_IPOCTAL422, TPCI200_IPOCTAL485 };

enum tpci200_peer {
	TPCI200_PEER_NONE,
	TPCI200_PEER_LOOPBACK,
	TPCI200_PEER_NULL_MODEM,
	TPCI200_PEER_TTY,
	TPCI200_PEER_BUS
};

/**
 * struct tpci200_line - a serial connector of a slot's module
 * @group: lineN in configfs
 * @slot: whose
 * @index: N
 * @port: the connector
 * @peer: what is plugged in. Guarded by tpci200_cables, as are the next three
 * @far: null-modem: the other end
 * @bus: bus: which
 * @tty: tty: the far end, while the board is live
 */
struct tpci200_line {
	struct config_group group;
	struct tpci200_slot *slot;
	unsigned int index;
	struct serial_port port;
	enum tpci200_peer peer;
	struct tpci200_line *far;
	struct serial_bus *bus;
	struct serial_tty *tty;
};

/**
 * struct tpci200_slot - a slot
 * @group: slotN in configfs
 * @carrier: whose
 * @index: N
 * @kind: the module in it, as configured. Guarded by tpci200_cables, as are the next six
 * @id_format: what its ID PROM is made as
 * @id_custom: not so: @prom was written by the user
 * @prom: ID PROM
 * @ppm: error of its crystal
 * @handshake: a 422 has RTS and CTS on its connector
 * @echo: a 485 hears what it sends
 * @ipoctal: the module while the board is live. The world's, as is the rest
 * @control: register
 * @request: the module's two interrupt requests
 * @latched: an edge came and was not acknowledged yet
 * @lost: fault: this request is not seen until it goes away
 * @stuck: fault: this request stays until the slot is reset
 * @timeout: STATUS bit
 * @error: ERROR# as set by the user
 * @error_fault: fault: ERROR# stays until the slot is reset
 * @line: connectors
 */
struct tpci200_slot {
	struct config_group group;
	struct tpci200 *carrier;
	unsigned int index;

	enum tpci200_module kind;
	enum ip_id_format id_format;
	bool id_custom;
	struct ip_idprom prom;
	int ppm;
	bool handshake;
	bool echo;

	struct ipoctal *ipoctal;
	u16 control;
	bool request[2];
	bool latched[2];
	bool lost[2];
	bool stuck[2];
	bool timeout;
	bool error;
	bool error_fault;

	struct tpci200_line line[TPCI200_LINES];
};

/**
 * struct tpci200 - a board
 * @board: the core's
 * @entry: in the list of all boards, guarded by tpci200_cables
 * @powered: its attributes are frozen; guarded by tpci200_cables
 * @lcr: local configuration registers of the PCI9030
 * @reset: register
 * @spurious: fault: INTA# with nothing in STATUS
 * @target_slot: where faults strike; -1 for all
 * @target_channel: likewise
 * @slot: slots
 */
struct tpci200 {
	struct vhw_board *board;
	struct list_head entry;
	bool powered;
	u32 lcr[TPCI200_LCR_WORDS];
	u16 reset;
	bool spurious;
	int target_slot;
	int target_channel;
	struct tpci200_slot slot[TPCI200_SLOTS];
};

extern const struct vhw_fault_info tpci200_faults[IP_FAULTS];
extern struct configfs_attribute *tpci200_attrs[];

/* carrier.c: registers and cycles */
void tpci200_update_intx(struct tpci200 *carrier);
void tpci200_reset(struct vhw_board *board);
u32 tpci200_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size);
void tpci200_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		   u32 value);

/* config.c: configfs */
int tpci200_config_init(struct vhw_board *board);

/* slot.c: modules and power */
void tpci200_slot_make_prom(struct tpci200_slot *slot);
int tpci200_power_on(struct vhw_board *board);
void tpci200_power_off(struct vhw_board *board);

/* ../ipoctal/cable.c: what is plugged into the connectors */
extern struct mutex tpci200_cables;
void tpci200_cables_init(struct tpci200 *carrier);
void tpci200_cables_exit(struct tpci200 *carrier);
int tpci200_set_peer(struct tpci200_line *line, const char *text);
ssize_t tpci200_show_peer(struct tpci200_line *line, char *page);
int tpci200_cables_power_on(struct tpci200_slot *slot);
void tpci200_cables_power_off(struct tpci200_slot *slot);

#endif
