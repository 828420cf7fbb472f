// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: interrupts and the receiver.
 */
#include <linux/tty.h>
#include <linux/tty_flip.h>

#include "ipoctal.h"

/* The chip cannot hold more than four; whoever gives more is not a chip. */
#define RX_LIMIT		64

static u8 channel_ints(unsigned int ch)
{
	return SCC2698_ISR_RX(ch) | SCC2698_ISR_TXRDY(ch);
}

/*
 * On a multidrop line, is a character for us? The receiver stays on, as a chip that is told of its
 * address too late has missed what follows; so this drops what is for others. Without an address of
 * our own all is for us, and addresses stand out like parity errors.
 */
static bool for_us(struct ipoctal_port *port, u8 sr, u8 c)
{
	if (!(port->uart.rs485.flags & SER_RS485_ADDR_RECV) || sr & SCC2698_SR_BREAK)
		return true;
	if (!(sr & SCC2698_SR_PARITY))
		return port->addressed;
	port->addressed = c == port->uart.rs485.addr_recv;
	return false;
}

static void insert(struct ipoctal_port *port, u8 sr, u8 c)
{
	struct uart_port *uart = &port->uart;
	u8 flag = TTY_NORMAL;

	if (unlikely(port_multidrop(port)) && !for_us(port, sr, c))
		return;
	uart->icount.rx++;
	if (unlikely(sr & SCC2698_SR_BREAK)) {
		uart->icount.brk++;
		ipoctal_command(port, SCC2698_CR_RESET_BREAK);
		sr &= ~(SCC2698_SR_FRAMING | SCC2698_SR_PARITY);
		if (uart_handle_break(uart))
			return;
		flag = TTY_BREAK;
	} else if (unlikely(sr & SCC2698_SR_PARITY)) {
		uart->icount.parity += !port_multidrop(port);
		flag = TTY_PARITY;
	} else if (unlikely(sr & SCC2698_SR_FRAMING)) {
		uart->icount.frame++;
		flag = TTY_FRAME;
	}
	if (!(sr & uart->read_status_mask))
		flag = TTY_NORMAL;
	uart_insert_char(uart, sr, 0, c, flag);
}

/* A character, which may be all ones; a cycle nobody acknowledged took none out of the FIFO. */
static u8 take(struct ipoctal_port *port)
{
	u8 c = port_read(port, SCC2698_RHR);
	int sr;

	if (likely(c != 0xff) || ipoctal_missed(port->module) <= 0)
		return c;
	sr = ipoctal_status(port);
	return sr >= 0 && sr & SCC2698_SR_RXRDY ? port_read(port, SCC2698_RHR) : c;
}

/* What the next character's status is; 0 when it cannot be read */
static u8 next_status(struct ipoctal_port *port)
{
	int sr = ipoctal_status(port);

	return sr < 0 ? 0 : sr;
}

/*
 * Empty the FIFO, of which @sr describes the head. One character is the rule: that its successor is
 * there too is asked only when the FIFO was full, or is let fill.
 *
 * An overrun belongs to no character. The FIFO's own are intact; what was lost comes after them.
 */
static void receive(struct ipoctal_port *port, u8 sr)
{
	bool more = ipoctal_low_irq() || sr & (SCC2698_SR_FFULL | SCC2698_SR_OVERRUN);
	unsigned int until_lost = 0;

	for (int i = 0; i < RX_LIMIT && sr & SCC2698_SR_RXRDY; i++) {
		u8 c = take(port);
		u8 next = more ? next_status(port) : 0;

		if (unlikely(sr & SCC2698_SR_OVERRUN)) {
			port->uart.icount.overrun++;
			until_lost = sr & SCC2698_SR_FFULL ? SCC2698_RX_FIFO : 1;
			/*
			 * Clears the flags of the character now at the head, too: they are in
			 * next.
			 */
			port_write(port, SCC2698_CR, SCC2698_CR_RESET_ERROR);
			next &= ~SCC2698_SR_OVERRUN;
		}
		insert(port, sr, c);
		if (until_lost && !--until_lost)
			tty_insert_flip_char(&port->uart.state->port, 0, TTY_OVERRUN);
		sr = next;
	}
	if (until_lost)
		tty_insert_flip_char(&port->uart.state->port, 0, TTY_OVERRUN);
	tty_flip_buffer_push(&port->uart.state->port);
}

/**
 * ipoctal_rx_drain - take what the receiver holds, whether or not it interrupts
 * @port: the channel, locked
 *
 * Return: whether it held something.
 */
bool ipoctal_rx_drain(struct ipoctal_port *port)
{
	int sr = ipoctal_status(port);

	lockdep_assert_held(&port->uart.lock);
	if (sr < 0 || !(sr & SCC2698_SR_RXRDY))
		return false;
	receive(port, sr | SCC2698_SR_FFULL);
	return true;
}

/**
 * ipoctal_reset_receiver - make a receiver hear again that noise has left deaf
 * @port: the channel
 *
 * Return: 0 or -EBUSY when the port is not open.
 */
int ipoctal_reset_receiver(struct ipoctal_port *port)
{
	unsigned long flags;
	int ret = -EBUSY;

	uart_port_lock_irqsave(&port->uart, &flags);
	if (port->running) {
		ipoctal_rx_drain(port);
		ipoctal_command(port, SCC2698_CR_RESET_RX);
		ipoctal_command(port, SCC2698_CR_RX_ENABLE);
		ret = 0;
	}
	uart_port_unlock_irqrestore(&port->uart, flags);
	return ret;
}

static bool channel_interrupt(struct ipoctal_port *port)
{
	unsigned long flags;
	bool handled = false;
	int sr;
	u8 imr;

	uart_port_lock_irqsave(&port->uart, &flags);
	/* With the lock held, these bits stay as they are. */
	imr = READ_ONCE(port->block->imr);
	if (port->silent || !(imr & channel_ints(port->ch)))
		goto unlock;

	sr = ipoctal_status(port);
	if (sr < 0)
		goto unlock;
	if (sr & SCC2698_SR_RXRDY && imr & SCC2698_ISR_RX(port->ch)) {
		receive(port, sr);
		handled = true;
	}
	if (sr & SCC2698_SR_TXRDY && imr & SCC2698_ISR_TXRDY(port->ch)) {
		ipoctal_tx_ready(port);
		handled = true;
	}
unlock:
	uart_port_unlock_irqrestore(&port->uart, flags);
	return handled;
}

static void cts_interrupt(struct ipoctal_port *port, u8 ipcr)
{
	bool cts = !(ipcr & SCC2698_IPCR_CTS(port->ch));
	unsigned long flags;
	bool stale;

	if (!(ipcr & SCC2698_IPCR_CHANGE_CTS(port->ch)) || !port->running)
		return;
	uart_port_lock_irqsave(&port->uart, &flags);
	/* IPCR remembers changes from before anybody wanted to know. */
	stale = !port->cts_settled && cts == port->cts_known;
	port->cts_settled = true;
	if (!stale)
		uart_handle_cts_change(&port->uart, cts);
	uart_port_unlock_irqrestore(&port->uart, flags);
	if (!stale)
		wake_up_interruptible(&port->uart.state->port.delta_msr_wait);
}

static bool block_interrupt(struct ipoctal_port *ports, struct ipoctal_block *block, u8 imr)
{
	bool handled = false, look = false;
	int isr, ipcr;

	/* A channel alone needs no ISR: its SR says as much, and more. */
	if (!(imr & ~channel_ints(0)))
		return channel_interrupt(&ports[0]);
	if (!(imr & ~channel_ints(1)))
		return channel_interrupt(&ports[1]);

	isr = ipoctal_block_ask(block, ports->module, SCC2698_ISR);
	if (isr == -ENODEV)
		return false;
	/* Without an answer, look at the channels one by one. */
	isr = isr < 0 ? imr & (channel_ints(0) | channel_ints(1)) : isr & imr;
	if (isr & SCC2698_ISR_MPI) {
		ipcr = ipoctal_block_ask(block, ports->module, SCC2698_IPCR);
		if (ipcr >= 0) {
			cts_interrupt(&ports[0], ipcr);
			cts_interrupt(&ports[1], ipcr);
			handled = true;
		}
	}
	if (isr & SCC2698_ISR_COUNTER) {
		block_read(block, SCC2698_STOP_CT);
		handled = true;
	}
	/*
	 * One counter for two channels: while one of them talks, the other's pause does not end.
	 * One that also sends is emptied by those interrupts, and none of its receiver comes.
	 */
	if (ipoctal_low_irq())
		look = isr & (SCC2698_ISR_COUNTER | channel_ints(0) | channel_ints(1));
	for (int ch = 0; ch < 2; ch++)
		if (look || isr & channel_ints(ch))
			handled |= channel_interrupt(&ports[ch]);
	return handled;
}

/**
 * ipoctal_poll - see to all that wants to interrupt
 * @module: the module
 *
 * Return: whether there was something.
 */
bool ipoctal_poll(struct ipoctal *module)
{
	bool handled = false;

	for (int i = 0; i < SCC2698_BLOCKS; i++) {
		u8 imr = READ_ONCE(module->blocks[i].imr);

		if (imr)
			handled |= block_interrupt(&module->ports[2 * i], &module->blocks[i], imr);
	}
	return handled;
}

/**
 * ipoctal_interrupt - handler of both interrupt lines
 * @data: the module
 */
irqreturn_t ipoctal_interrupt(void *data)
{
	struct ipoctal *module = data;

	if (ipoctal_poll(module))
		return IRQ_HANDLED;
	/* The chip may have missed what it was told of whom to interrupt for. */
	if (!READ_ONCE(module->dead)) {
		ipoctal_write_imr(module);
		ipoctal_missed(module);
	}
	return IRQ_NONE;
}
