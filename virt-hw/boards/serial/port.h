/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A serial port's connector: two data wires, two handshake wires, and what is plugged into it.
 *
 * Connectors exist as long as their board's directory, chips come and go with its power. So cables
 * join connectors, and a connector without a chip is one at which nobody drives and nobody listens.
 * Everything here is guarded by the world's lock.
 */
#ifndef VHW_SERIAL_PORT_H
#define VHW_SERIAL_PORT_H

#include "line.h"

struct serial_port;

/**
 * struct serial_port_ops - the chip behind a connector
 * @settle: the wire it listens to is about to change: sample it up to now
 * @changed: it has changed: find out when to look next
 * @cts: the handshake input has changed
 */
struct serial_port_ops {
	void (*settle)(struct serial_port *port);
	void (*changed)(struct serial_port *port);
	void (*cts)(struct serial_port *port);
};

/**
 * struct serial_port - a connector
 * @ops: what the chip does, or NULL without one
 * @chip: which it is
 * @driver: TxD
 * @noise: disturbance of what arrives at RxD
 * @drives: the wire on which TxD arrives, or NULL
 * @hears: the wire that arrives at RxD, or NULL
 * @listener: in hears->listeners
 * @own: the wire to RxD in a cable between two connectors
 * @peer: the connector whose CTS is wired to our RTS (our own in a loopback), or NULL
 * @rts: RTS is asserted
 * @cts: CTS is asserted
 */
struct serial_port {
	const struct serial_port_ops *ops;
	void *chip;
	struct line_driver driver;
	struct line_driver noise;
	struct line_wire *drives;
	struct line_wire *hears;
	struct list_head listener;
	struct line_wire own;
	struct serial_port *peer;
	bool rts;
	bool cts;
};

void serial_port_init(struct serial_port *port);
void serial_port_attach(struct serial_port *port, const struct serial_port_ops *ops, void *chip);
void serial_port_detach(struct serial_port *port);

void serial_port_loop(struct serial_port *port);
void serial_port_join(struct serial_port *a, struct serial_port *b);
void serial_port_join_bus(struct serial_port *port, struct line_wire *bus);
void serial_port_unplug(struct serial_port *port);

void serial_port_send(struct serial_port *port, const struct line_wave *wave);
void serial_port_disturb(struct serial_port *port, const struct line_wave *wave);
void serial_port_enable(struct serial_port *port, bool enabled);
void serial_port_set_rts(struct serial_port *port, bool rts);
void serial_port_set_cts(struct serial_port *port, bool cts);

void line_settle(struct line_wire *wire);
void line_changed(struct line_wire *wire);

#endif
