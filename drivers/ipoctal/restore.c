// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: programming a chip again that was reset, or missed cycles, behind our back.
 */
#include "ipoctal.h"

static void write_rts(struct ipoctal_port *port)
{
	ipoctal_command(port, port->rts ? SCC2698_CR_ASSERT_RTS : SCC2698_CR_NEGATE_RTS);
}

/* From nothing. What the chip held is lost. */
static void restore_port(struct ipoctal_port *port)
{
	ipoctal_write_channel(port);
	write_rts(port);
	if (!port->running)
		return;
	ipoctal_enable(port);
	ipoctal_set_pause(port);
	ipoctal_tx_abort(port);
	if (port->breaking) {
		if (port_half_duplex(port))
			ipoctal_set_rts(port, true);
		ipoctal_command(port, SCC2698_CR_START_BREAK);
	}
	if (!port->rx_masked)
		ipoctal_unmask(port, 0, SCC2698_ISR_RX(port->ch));
	ipoctal_tx_start(port);
}

/**
 * ipoctal_restore - the chip was reset behind our back: program it again
 * @module: the module
 */
void ipoctal_restore(struct ipoctal *module)
{
	unsigned long flags;

	/* Once is enough: it costs a port that sends what it has in the chip. */
	WRITE_ONCE(module->shaken, false);
	ipoctal_write_blocks(module);
	for (int i = 0; i < SCC2698_CHANNELS; i++) {
		struct ipoctal_port *port = &module->ports[i];

		uart_port_lock_irqsave(&port->uart, &flags);
		restore_port(port);
		uart_port_unlock_irqrestore(&port->uart, flags);
	}
	ipoctal_write_imr(module);
}

/* Say again what may have got lost, and disturb nothing: the line is in use. */
static void refresh_port(struct ipoctal_port *port)
{
	bool sending = port->tx != TX_IDLE;
	bool turning = port->tx == TX_DRAIN && port->mr2 & SCC2698_MR2_TXRTS;
	bool deaf = sending && port_half_duplex(port) &&
		    !(port->uart.rs485.flags & SER_RS485_RX_DURING_TX);

	ipoctal_refresh_channel(port);
	/* The transmitter takes RTS back by itself, a full receiver too. */
	if (!turning && !port->rx_masked)
		write_rts(port);
	if (!port->running)
		return;
	if (!deaf)
		ipoctal_command(port, SCC2698_CR_RX_ENABLE);
	if (!turning)
		ipoctal_command(port, SCC2698_CR_TX_ENABLE);
	ipoctal_command(port, port->breaking ? SCC2698_CR_START_BREAK : SCC2698_CR_STOP_BREAK);
	if (ipoctal_low_irq())
		ipoctal_set_pause(port);
}

/**
 * ipoctal_refresh - the chip missed cycles: write what can be written without harm
 * @module: the module
 */
void ipoctal_refresh(struct ipoctal *module)
{
	unsigned long flags;

	WRITE_ONCE(module->shaken, false);
	ipoctal_refresh_blocks(module);
	for (int i = 0; i < SCC2698_CHANNELS; i++) {
		struct ipoctal_port *port = &module->ports[i];

		uart_port_lock_irqsave(&port->uart, &flags);
		if (!port->silent)
			refresh_port(port);
		uart_port_unlock_irqrestore(&port->uart, flags);
	}
	ipoctal_write_imr(module);
}

/**
 * ipoctal_answers_again - ask a silent channel
 * @port: the channel, locked
 *
 * If it answers it is programmed anew.
 *
 * Return: whether it does.
 */
bool ipoctal_answers_again(struct ipoctal_port *port)
{
	unsigned int silent = port->silent;

	port->silent = 0;
	if (ipoctal_status(port) < 0) {
		port->silent = silent;
		return false;
	}
	clear_bit(port->uart.line, &port->module->lines->silent);
	WRITE_ONCE(port->module->shaken, true);
	restore_port(port);
	return true;
}
