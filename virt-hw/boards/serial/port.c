// SPDX-License-Identifier: GPL-2.0
/* Connectors and cables, see port.h. */

#include "../../core/vhw.h"
#include "port.h"

/* Before a change of what drives @wire */
void line_settle(struct line_wire *wire)
{
	struct serial_port *port;

	if (!wire)
		return;
	list_for_each_entry(port, &wire->listeners, listener)
		if (port->ops)
			port->ops->settle(port);
}

/* After it */
void line_changed(struct line_wire *wire)
{
	struct serial_port *port;

	if (!wire)
		return;
	list_for_each_entry(port, &wire->listeners, listener)
		if (port->ops)
			port->ops->changed(port);
}

void serial_port_init(struct serial_port *port)
{
	line_wire_init(&port->own);
	port->driver.wave = line_steady(0, true);
	INIT_LIST_HEAD(&port->driver.entry);
	port->noise.wave = port->driver.wave;
	INIT_LIST_HEAD(&port->noise.entry);
	INIT_LIST_HEAD(&port->listener);
}

/* What is sent from now on. Call with a wave that starts now */
void serial_port_send(struct serial_port *port, const struct line_wave *wave)
{
	vhw_assert_world();
	line_settle(port->drives);
	port->driver.wave = *wave;
	line_changed(port->drives);
}

/* Disturb the wire that arrives, by a wave that may begin later */
void serial_port_disturb(struct serial_port *port, const struct line_wave *wave)
{
	vhw_assert_world();
	line_settle(port->hears);
	port->noise.wave = *wave;
	port->noise.enabled = true;
	line_changed(port->hears);
}

/* Switch the output stage, as RS-485 does */
void serial_port_enable(struct serial_port *port, bool enabled)
{
	vhw_assert_world();
	if (port->driver.enabled == enabled)
		return;
	line_settle(port->drives);
	port->driver.enabled = enabled;
	line_changed(port->drives);
}

void serial_port_set_cts(struct serial_port *port, bool cts)
{
	vhw_assert_world();
	if (port->cts == cts)
		return;
	port->cts = cts;
	if (port->ops)
		port->ops->cts(port);
}

void serial_port_set_rts(struct serial_port *port, bool rts)
{
	vhw_assert_world();
	port->rts = rts;
	if (port->peer)
		serial_port_set_cts(port->peer, rts);
}

/* A chip gets power: it sends mark, its driver is off, RTS is negated */
void serial_port_attach(struct serial_port *port, const struct serial_port_ops *ops, void *chip)
{
	vhw_assert_world();
	port->driver.wave = line_steady(vhw_now(), true);
	port->chip = chip;
	port->ops = ops;
	port->ops->changed(port);
}

/* A chip loses power */
void serial_port_detach(struct serial_port *port)
{
	vhw_assert_world();
	port->ops = NULL;
	serial_port_enable(port, false);
	serial_port_set_rts(port, false);
}

/* @from's TxD arrives at @to's RxD */
static void wire_up(struct serial_port *from, struct serial_port *to, struct line_wire *wire)
{
	line_settle(wire);
	if (to->ops)
		to->ops->settle(to);
	from->drives = wire;
	list_add_tail(&from->driver.entry, &wire->drivers);
	to->hears = wire;
	list_add_tail(&to->listener, &wire->listeners);
	list_add_tail(&to->noise.entry, &wire->drivers);
	line_changed(wire);
}

static void connect_handshake(struct serial_port *from, struct serial_port *to)
{
	from->peer = to;
	serial_port_set_cts(to, from->rts);
}

/* A plug that joins TxD to RxD and RTS to CTS */
void serial_port_loop(struct serial_port *port)
{
	vhw_assert_world();
	serial_port_unplug(port);
	wire_up(port, port, &port->own);
	connect_handshake(port, port);
}

/* A null-modem cable */
void serial_port_join(struct serial_port *a, struct serial_port *b)
{
	vhw_assert_world();
	serial_port_unplug(a);
	serial_port_unplug(b);
	wire_up(a, b, &b->own);
	wire_up(b, a, &a->own);
	connect_handshake(a, b);
	connect_handshake(b, a);
}

/* Both wires on a shared pair; no handshake */
void serial_port_join_bus(struct serial_port *port, struct line_wire *bus)
{
	vhw_assert_world();
	serial_port_unplug(port);
	wire_up(port, port, bus);
}

static void leave_wires(struct serial_port *port)
{
	struct line_wire *driven = port->drives;

	line_settle(driven);
	if (port->ops)
		port->ops->settle(port);
	list_del_init(&port->driver.entry);
	list_del_init(&port->listener);
	list_del_init(&port->noise.entry);
	port->drives = NULL;
	port->hears = NULL;
	line_changed(driven);
	if (port->ops)
		port->ops->changed(port);
}

/* Pull the cable, at both ends if it has two */
void serial_port_unplug(struct serial_port *port)
{
	struct serial_port *peer = port->peer;

	vhw_assert_world();
	leave_wires(port);
	port->peer = NULL;
	serial_port_set_cts(port, false);
	if (peer && peer != port) {
		peer->peer = NULL;
		serial_port_unplug(peer);
	}
}
