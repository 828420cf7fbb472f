// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: the transmitter.
 *
 * The chip holds two characters: one in THR, one on the wire. TxRDY interrupts when THR is free;
 * that the wire is quiet, TxEMT, it says only to who asks. So interrupts are on while there is
 * something to put into THR, and a timer set for the end of the last character leads from there.
 *
 *	IDLE -> (LEAD ->) ACTIVE -> DRAIN -> (TAIL ->) IDLE
 *
 * LEAD and TAIL are the delays of a two-wire bus. Without a TAIL the chip itself turns the line
 * round: with MR2_TXRTS set and the transmitter disabled after the last character is in THR, it
 * takes RTSN back one bit after that character. A transmitter disabled like that does not say when
 * it is done: it is enabled again to be asked.
 */
#include "ipoctal.h"

/* Wake writers when this much is left: a little below what poll() takes for writable */
#define WAKE_AT			(WAKEUP_CHARS - 4)

/* Ask a late transmitter every bit at first, as clocks differ a little; then CTS may hold it. */
#define FAST_POLLS		16
#define SLOW_POLL_NS		(5 * NSEC_PER_MSEC)

/* Does the chip turn the line round by itself? */
static bool hard_turnaround(struct ipoctal_port *port)
{
	return port->mr2 & SCC2698_MR2_TXRTS;
}

static void set_in_flight(struct ipoctal_port *port, u8 characters)
{
	WRITE_ONCE(*port->in_flight, characters);
}

static void set_timer(struct ipoctal_port *port, u64 delay_ns)
{
	port->tx_due = ktime_add_ns(ktime_get(), delay_ns);
	hrtimer_start(&port->tx_timer, port->tx_due, HRTIMER_MODE_ABS);
}

static bool something_to_send(struct ipoctal_port *port)
{
	if (port->paused || port->stopped || !port->running)
		return false;
	if (port->uart.x_char)
		return true;
	return compat_uart_pending(&port->uart) && !uart_tx_stopped(&port->uart);
}

static bool next_character(struct ipoctal_port *port, u8 *c)
{
	struct uart_port *uart = &port->uart;

	if (port->paused || port->stopped)
		return false;
	if (uart->x_char) {
		*c = uart->x_char;
		uart->x_char = 0;
		uart->icount.tx++;
		return true;
	}
	return !uart_tx_stopped(uart) && compat_uart_pop(uart, c);
}

/* The address bit belongs to the character that is put into THR while MR1 has it. */
static void send_address(struct ipoctal_port *port)
{
	ipoctal_set_mr(port, port->mr1 | SCC2698_MR1_PARITY_ODD, port->mr2);
	port_write(port, SCC2698_THR, port->uart.rs485.addr_dest);
	port->address_due = false;
	port->addressing = true;
	set_in_flight(port, *port->in_flight + 1);
}

static void end_address(struct ipoctal_port *port)
{
	if (port->addressing)
		ipoctal_set_mr(port, port->mr1 & ~SCC2698_MR1_PARITY_ODD, port->mr2);
	port->addressing = false;
}

static bool thr_free(struct ipoctal_port *port)
{
	int sr = ipoctal_status(port);

	return sr >= 0 && sr & SCC2698_SR_TXRDY;
}

/* The last characters are in the chip. */
static void drain(struct ipoctal_port *port)
{
	u64 left = port->frame_ns * *port->in_flight;

	if (hard_turnaround(port)) {
		ipoctal_command(port, SCC2698_CR_TX_DISABLE);
		left += port->bit_ns;
	}
	ipoctal_unmask(port, SCC2698_ISR_TXRDY(port->ch), 0);
	port->tx = TX_DRAIN;
	port->tx_polls = 0;
	set_timer(port, left);
}

/**
 * ipoctal_tx_ready - THR is free: fill it
 * @port: the channel, in TX_ACTIVE
 */
void ipoctal_tx_ready(struct ipoctal_port *port)
{
	u8 c;

	lockdep_assert_held(&port->uart.lock);
	/* What is not in THR is on the wire at most. */
	set_in_flight(port, *port->in_flight ? 1 : 0);
	end_address(port);
	if (port->address_due) {
		send_address(port);
		ipoctal_unmask(port, 0, SCC2698_ISR_TXRDY(port->ch));
		return;
	}
	while (*port->in_flight < 2 && next_character(port, &c)) {
		port_write(port, SCC2698_THR, c);
		set_in_flight(port, *port->in_flight + 1);
		/* Also pushes the write through the bridge, before the interrupt ends. */
		if (!thr_free(port))
			break;
		set_in_flight(port, 1);
	}
	if (compat_uart_pending(&port->uart) == WAKE_AT)
		uart_write_wakeup(&port->uart);
	if (something_to_send(port))
		ipoctal_unmask(port, 0, SCC2698_ISR_TXRDY(port->ch));
	else
		drain(port);
}

static void activate(struct ipoctal_port *port)
{
	port->tx = TX_ACTIVE;
	if (thr_free(port))
		ipoctal_tx_ready(port);
	else
		ipoctal_unmask(port, 0, SCC2698_ISR_TXRDY(port->ch));
}

/* Take a two-wire bus */
static void take_bus(struct ipoctal_port *port)
{
	u32 lead = port->uart.rs485.delay_rts_before_send;

	port->address_due = port->uart.rs485.flags & SER_RS485_ADDR_DEST;
	if (!(port->uart.rs485.flags & SER_RS485_RX_DURING_TX))
		ipoctal_command(port, SCC2698_CR_RX_DISABLE);
	ipoctal_command(port, SCC2698_CR_TX_ENABLE);
	ipoctal_set_rts(port, true);
	if (lead) {
		port->tx = TX_LEAD;
		set_timer(port, (u64)lead * NSEC_PER_MSEC);
	} else {
		activate(port);
	}
}

/* Give it back, and listen */
static void release_bus(struct ipoctal_port *port)
{
	/* Where the chip has done so itself, this makes sure. */
	ipoctal_set_rts(port, false);
	if (!(port->uart.rs485.flags & SER_RS485_RX_DURING_TX))
		ipoctal_command(port, SCC2698_CR_RX_ENABLE);
}

/* Nothing is in the chip any more: give the bus back, and wake who waited for that. */
static void fall_idle(struct ipoctal_port *port)
{
	bool idle = port->tx == TX_IDLE;

	end_address(port);
	if (!idle && (port_half_duplex(port) || hard_turnaround(port)))
		release_bus(port);
	/* The bus may have been switched to full duplex meanwhile. */
	if (!idle && hard_turnaround(port) && !port_half_duplex(port))
		ipoctal_set_rts(port, port->uart.mctrl & TIOCM_RTS);
	port->tx = TX_IDLE;
	ipoctal_tx_mode(port);
	set_in_flight(port, 0);
	uart_write_wakeup(&port->uart);
}

static void finish(struct ipoctal_port *port)
{
	fall_idle(port);
	ipoctal_tx_start(port);
}

static void drained(struct ipoctal_port *port)
{
	u32 tail = port->uart.rs485.delay_rts_after_send;

	if (port_half_duplex(port) && !hard_turnaround(port) && tail) {
		port->tx = TX_TAIL;
		set_in_flight(port, 0);
		set_timer(port, (u64)tail * NSEC_PER_MSEC);
	} else {
		finish(port);
	}
}

static void check_drained(struct ipoctal_port *port)
{
	int sr;

	if (hard_turnaround(port))
		ipoctal_command(port, SCC2698_CR_TX_ENABLE);
	sr = ipoctal_status(port);
	/* The watchdog looks after a channel that does not answer. */
	if (sr < 0)
		return;
	if (sr & SCC2698_SR_TXEMT) {
		drained(port);
		return;
	}
	if (hard_turnaround(port))
		ipoctal_command(port, SCC2698_CR_TX_DISABLE);
	set_timer(port, port->tx_polls++ < FAST_POLLS ? port->bit_ns : SLOW_POLL_NS);
}

static enum hrtimer_restart tx_timer(struct hrtimer *timer)
{
	struct ipoctal_port *port = container_of(timer, struct ipoctal_port, tx_timer);
	unsigned long flags;

	uart_port_lock_irqsave(&port->uart, &flags);
	/* Somebody may have set the timer anew while this waited for the lock. */
	if (ktime_before(ktime_get(), port->tx_due)) {
		uart_port_unlock_irqrestore(&port->uart, flags);
		return HRTIMER_NORESTART;
	}
	switch (port->tx) {
	case TX_LEAD:
		activate(port);
		break;
	case TX_DRAIN:
		check_drained(port);
		break;
	case TX_TAIL:
		finish(port);
		break;
	case TX_IDLE:
	case TX_ACTIVE:
		break;
	}
	uart_port_unlock_irqrestore(&port->uart, flags);
	return HRTIMER_NORESTART;
}

/**
 * ipoctal_tx_start - there may be something to send
 * @port: the channel
 */
void ipoctal_tx_start(struct ipoctal_port *port)
{
	lockdep_assert_held(&port->uart.lock);
	if (port->module->dead || port->silent || !something_to_send(port))
		return;

	switch (port->tx) {
	case TX_IDLE:
		if (port_half_duplex(port))
			take_bus(port);
		else
			activate(port);
		break;
	case TX_DRAIN:
		/* Once it is disabled, the transmitter finishes; then finish() gets here again. */
		if (!hard_turnaround(port))
			activate(port);
		break;
	case TX_TAIL:
		activate(port);
		break;
	case TX_LEAD:
	case TX_ACTIVE:
		break;
	}
}

/**
 * ipoctal_tx_stop - put nothing more into the chip
 * @port: the channel
 */
void ipoctal_tx_stop(struct ipoctal_port *port)
{
	lockdep_assert_held(&port->uart.lock);
	if (port->tx == TX_ACTIVE)
		drain(port);
}

/**
 * ipoctal_tx_abort - the chip's transmitter was reset: what it held is lost
 * @port: the channel; a timer that runs finds nothing to do
 */
void ipoctal_tx_abort(struct ipoctal_port *port)
{
	lockdep_assert_held(&port->uart.lock);
	ipoctal_unmask(port, SCC2698_ISR_TXRDY(port->ch), 0);
	fall_idle(port);
}

/**
 * ipoctal_tx_mode - bring MR2 in line with the RS-485 settings
 * @port: the channel; does nothing while it sends, as finish() gets here again
 */
void ipoctal_tx_mode(struct ipoctal_port *port)
{
	u8 mr2 = port->mr2 & ~SCC2698_MR2_TXRTS;

	lockdep_assert_held(&port->uart.lock);
	if (port->tx != TX_IDLE)
		return;
	if (port_half_duplex(port) && !port->uart.rs485.delay_rts_after_send)
		mr2 |= SCC2698_MR2_TXRTS;
	ipoctal_set_mr(port, port->mr1, mr2);
}

/**
 * ipoctal_tx_init - once, before anything else
 * @port: the channel
 */
void ipoctal_tx_init(struct ipoctal_port *port)
{
	compat_hrtimer_setup(&port->tx_timer, tx_timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
}
