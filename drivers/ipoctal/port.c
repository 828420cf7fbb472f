// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: a channel as serial_core's uart_port.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/jiffies.h>

#include "ipoctal.h"

/* The rate every block can make whatever its neighbour does */
#define FALLBACK_RATE		9600

/**
 * struct format - what termios ask for
 * @mr1: MR1
 * @mr2: MR2, without the bit for RS-485
 * @sixteenths: duration of a character in sixteenths of a bit
 * @rx: rate of the receiver in bit/s
 * @tx: rate of the transmitter
 */
struct format {
	u8 mr1;
	u8 mr2;
	unsigned int sixteenths;
	u32 rx;
	u32 tx;
};

static u8 parity_bits(struct ipoctal_port *port, tcflag_t cflag)
{
	u8 mode;

	if (port_multidrop(port))
		return FIELD_PREP(SCC2698_MR1_PARITY_MODE, SCC2698_MR1_MULTIDROP);
	if (!(cflag & PARENB))
		return FIELD_PREP(SCC2698_MR1_PARITY_MODE, SCC2698_MR1_PARITY_NONE);
	mode = cflag & CMSPAR ? SCC2698_MR1_PARITY_FORCE : SCC2698_MR1_PARITY_ON;
	return FIELD_PREP(SCC2698_MR1_PARITY_MODE, mode) |
	       (cflag & PARODD ? SCC2698_MR1_PARITY_ODD : 0);
}

/*
 * Stop bits; with five data bits the chip adds half a bit, and two mean one and a half. 1 1/8 is
 * not the nearest to one, but never all zeros, by which the watchdog knows a chip that was reset.
 */
static u8 stop_bits(tcflag_t cflag, unsigned int *sixteenths)
{
	bool two = cflag & CSTOPB;

	if ((cflag & CSIZE) == CS5) {
		*sixteenths += two ? 24 : 18;
		return two ? SCC2698_MR2_STOP_1 : SCC2698_MR2_STOP_0_625;
	}
	*sixteenths += two ? 32 : 16;
	return two ? SCC2698_MR2_STOP_2 : SCC2698_MR2_STOP_1;
}

static u8 loop_bits(struct ipoctal_port *port)
{
	return port->uart.mctrl & TIOCM_LOOP ?
	       FIELD_PREP(SCC2698_MR2_MODE, SCC2698_MR2_LOCAL_LOOP) : 0;
}

/* setserial's spd_ flags: what 38400 means instead */
static u32 wanted_rate(const struct uart_port *uart, u32 rate)
{
	if (rate != 38400)
		return rate;
	switch ((__force u32)(uart->flags & UPF_SPD_MASK)) {
	case (__force u32)UPF_SPD_HI:
		return 57600;
	case (__force u32)UPF_SPD_VHI:
		return 115200;
	case (__force u32)UPF_SPD_SHI:
		return 230400;
	case (__force u32)UPF_SPD_WARP:
		return 460800;
	case (__force u32)UPF_SPD_CUST:
		return uart->custom_divisor ? uart->uartclk / 16 / uart->custom_divisor : rate;
	default:
		return rate;
	}
}

static struct format read_termios(struct ipoctal_port *port, struct ktermios *termios)
{
	unsigned int bits = tty_get_char_size(termios->c_cflag);
	struct format format = {};

	if (!port->module->board->handshake || port_half_duplex(port))
		termios->c_cflag &= ~CRTSCTS;

	termios->c_cflag &= ~ADDRB;
	if (port_multidrop(port)) {
		/* The address bit takes the place of parity. */
		termios->c_cflag &= ~(PARENB | PARODD | CMSPAR);
		termios->c_cflag |= ADDRB;
	}
	format.sixteenths = 16 * (1 + bits + !!(termios->c_cflag & (PARENB | ADDRB)));
	format.mr1 = parity_bits(port, termios->c_cflag) | FIELD_PREP(SCC2698_MR1_BITS, bits - 5);
	if (ipoctal_low_irq())
		format.mr1 |= SCC2698_MR1_RXINT_FFULL;
	format.mr2 = stop_bits(termios->c_cflag, &format.sixteenths) | loop_bits(port);
	if (termios->c_cflag & CRTSCTS) {
		format.mr1 |= SCC2698_MR1_RXRTS;
		format.mr2 |= SCC2698_MR2_CTS;
	}
	format.tx = wanted_rate(&port->uart, termios->c_ospeed);
	format.rx = wanted_rate(&port->uart, termios->c_ispeed ?: termios->c_ospeed);
	return format;
}

/* Hang-up asks for no rate: the old one stays. */
static bool choose_baud(struct ipoctal_port *port, const struct format *format,
			struct baud_block *then)
{
	struct baud_block *now = &port->block->baud;

	lockdep_assert_held(&port->block->lock);
	if (format->tx && baud_choose(now, port->ch, format->rx, format->tx, then))
		return true;
	if (!port->running)
		return baud_choose(now, port->ch, FALLBACK_RATE, FALLBACK_RATE, then);
	return false;
}

static bool changes_nothing(struct ipoctal_port *port, const struct format *format)
{
	u8 csr = port->block->baud.csr[port->ch];
	struct baud_block then;

	if (!port->running || format->mr1 != port->mr1 ||
	    format->mr2 != (port->mr2 & ~SCC2698_MR2_TXRTS))
		return false;

	guard(raw_spinlock_irqsave)(&port->block->lock);
	if (!choose_baud(port, format, &then))
		return true;
	return then.csr[port->ch] == csr && then.set2 == port->block->baud.set2 &&
	       then.timer == port->block->baud.timer;
}

/*
 * Hold back what is not in the chip yet, and wait for what is. CTS may keep it there: not for
 * long.
 */
static void pause_tx(struct ipoctal_port *port)
{
	unsigned long delays = port->uart.rs485.delay_rts_before_send +
			       port->uart.rs485.delay_rts_after_send;
	unsigned long frame_us = DIV_ROUND_UP_ULL(port->frame_ns, NSEC_PER_USEC);
	unsigned long limit = jiffies + usecs_to_jiffies(4 * frame_us) +
			      msecs_to_jiffies(delays) + 2;

	uart_port_lock_irq(&port->uart);
	port->paused = true;
	ipoctal_tx_stop(port);
	uart_port_unlock_irq(&port->uart);
	while (READ_ONCE(port->tx) != TX_IDLE && time_before(jiffies, limit))
		usleep_range(frame_us / 4 + 1, frame_us / 2 + 2);
}

static void set_masks(struct uart_port *uart, const struct ktermios *termios)
{
	uart->read_status_mask = 0;
	if (termios->c_iflag & INPCK)
		uart->read_status_mask |= SCC2698_SR_FRAMING | SCC2698_SR_PARITY;
	if (termios->c_iflag & (IGNBRK | BRKINT | PARMRK))
		uart->read_status_mask |= SCC2698_SR_BREAK;

	uart->ignore_status_mask = 0;
	if (termios->c_iflag & IGNPAR)
		uart->ignore_status_mask |= SCC2698_SR_FRAMING | SCC2698_SR_PARITY;
	if (termios->c_iflag & IGNBRK)
		uart->ignore_status_mask |= SCC2698_SR_BREAK;
	/* Every character that is received has this one. */
	if (!(termios->c_cflag & CREAD))
		uart->ignore_status_mask |= SCC2698_SR_RXRDY;
}

static void set_flow_control(struct uart_port *uart, const struct ktermios *termios)
{
	uart->status &= ~(UPSTAT_AUTOCTS | UPSTAT_AUTORTS);
	if (termios->c_cflag & CRTSCTS)
		uart->status |= UPSTAT_AUTOCTS | UPSTAT_AUTORTS;
}

static void program(struct ipoctal_port *port, const struct format *format)
{
	u8 txrts = port->mr2 & SCC2698_MR2_TXRTS;
	struct baud_block then;

	if (port->running)
		ipoctal_rx_drain(port);
	ipoctal_command(port, SCC2698_CR_RX_DISABLE | SCC2698_CR_TX_DISABLE);
	ipoctal_set_mr(port, format->mr1, format->mr2 | txrts);
	scoped_guard(raw_spinlock_irqsave, &port->block->lock)
		if (choose_baud(port, format, &then))
			ipoctal_set_baud(port, &then);

	/* A receiver that noise has left deaf hears again after this. */
	ipoctal_command(port, SCC2698_CR_RESET_RX);
	ipoctal_enable(port);
	port->running = true;
	if (!port->rx_masked)
		ipoctal_unmask(port, 0, SCC2698_ISR_RX(port->ch));
}

/* A rate that is met as well as can be is reported as it was asked for. */
static u32 reported(u32 actual, u32 wanted)
{
	u32 off = actual > wanted ? actual - wanted : wanted - actual;

	return off <= wanted / 100 ? wanted : actual;
}

static void set_durations(struct ipoctal_port *port, const struct format *format)
{
	u32 tx = baud_tx(&port->block->baud, port->ch);

	port->bit_ns = NSEC_PER_SEC / tx;
	port->frame_ns = div_u64((u64)format->sixteenths * NSEC_PER_SEC, 16 * tx);
}

static void report_rates(struct ipoctal_port *port, struct ktermios *termios,
			 const struct format *format)
{
	u32 rx = baud_rx(&port->block->baud, port->ch);
	u32 tx = baud_tx(&port->block->baud, port->ch);

	set_durations(port, format);
	uart_update_timeout(&port->uart, termios->c_cflag, tx);
	if (!format->tx)
		return;
	rx = reported(rx, format->rx);
	tx = reported(tx, format->tx);
	if ((rx != format->rx || tx != format->tx) && !port->rate_refused) {
		port->rate_refused = true;
		dev_notice(port->uart.dev,
			   "channel %u: %u bit/s cannot be had, %u stay; see Documentation/ipoctal.md\n",
			   port->uart.line, tx != format->tx ? format->tx : format->rx,
			   tx != format->tx ? tx : rx);
	}
	/* A 38400 that means something else goes on reading 38400, as everywhere. */
	if (rx == format->rx)
		rx = termios->c_ispeed ?: termios->c_ospeed;
	if (tx == format->tx)
		tx = termios->c_ospeed;
	tty_termios_encode_baud_rate(termios, rx, tx);
}

static void ipoctal_set_termios(struct uart_port *uart, struct ktermios *termios,
				const struct ktermios *old)
{
	struct ipoctal_port *port = to_port(uart);
	struct format format = read_termios(port, termios);
	bool same = changes_nothing(port, &format);

	if (!port->open)
		return;
	if (!same && port->running)
		pause_tx(port);

	uart_port_lock_irq(uart);
	set_masks(uart, termios);
	set_flow_control(uart, termios);
	if (!same)
		program(port, &format);
	report_rates(port, termios, &format);
	ipoctal_set_pause(port);
	if (UART_ENABLE_MS(uart, termios->c_cflag) && port->module->board->handshake)
		ipoctal_watch_cts(port, true);
	ipoctal_tx_mode(port);
	port->paused = false;
	ipoctal_tx_start(port);
	uart_port_unlock_irq(uart);
}

static int ipoctal_startup(struct uart_port *uart)
{
	struct ipoctal_port *port = to_port(uart);
	struct ipoctal *module = port->module;

	if (READ_ONCE(module->dead))
		return -EIO;

	uart_port_lock_irq(uart);
	if (port->silent && !ipoctal_answers_again(port)) {
		uart_port_unlock_irq(uart);
		return -EIO;
	}
	ipoctal_stop_channel(port);
	port->open = true;
	port->rx_masked = false;
	port->stopped = false;
	uart_port_unlock_irq(uart);
	scoped_guard(raw_spinlock_irq, &port->block->lock)
		port->block->baud.open[port->ch] = true;

	if (atomic_inc_return(&module->users) == 1)
		mod_timer(&module->watchdog, jiffies + HZ);
	return 0;
}

static void ipoctal_shutdown(struct uart_port *uart)
{
	struct ipoctal_port *port = to_port(uart);

	uart_port_lock_irq(uart);
	port->open = false;
	port->running = false;
	ipoctal_unmask(port, SCC2698_ISR_RX(port->ch), 0);
	ipoctal_tx_abort(port);
	ipoctal_watch_cts(port, false);
	if (port->breaking)
		ipoctal_command(port, SCC2698_CR_STOP_BREAK);
	port->breaking = false;
	ipoctal_stop_channel(port);
	if (port_half_duplex(port))
		ipoctal_set_rts(port, false);
	uart_port_unlock_irq(uart);
	hrtimer_cancel(&port->tx_timer);
	scoped_guard(raw_spinlock_irq, &port->block->lock)
		port->block->baud.open[port->ch] = false;
	atomic_dec(&port->module->users);
}

static unsigned int ipoctal_tx_empty(struct uart_port *uart)
{
	return READ_ONCE(to_port(uart)->tx) == TX_IDLE ? TIOCSER_TEMT : 0;
}

static void ipoctal_set_mctrl(struct uart_port *uart, unsigned int mctrl)
{
	struct ipoctal_port *port = to_port(uart);
	u8 mr2 = port->mr2 & ~SCC2698_MR2_MODE;

	if (mctrl & TIOCM_LOOP)
		mr2 |= FIELD_PREP(SCC2698_MR2_MODE, SCC2698_MR2_LOCAL_LOOP);
	ipoctal_set_mr(port, port->mr1, mr2);
	/* On a two-wire bus RTS is the line driver's. */
	if (!port_half_duplex(port))
		ipoctal_set_rts(port, mctrl & TIOCM_RTS);
}

static unsigned int ipoctal_get_mctrl(struct uart_port *uart)
{
	struct ipoctal_port *port = to_port(uart);
	unsigned int mctrl = TIOCM_CAR | TIOCM_DSR;

	int ipr;

	if (!port->module->board->handshake)
		return mctrl | TIOCM_CTS;
	/* IPR and not IPCR, whose read would swallow a change that is to interrupt. */
	ipr = ipoctal_block_ask(port->block, port->module, SCC2698_IPR);
	return ipr >= 0 && ipr & SCC2698_IPCR_CTS(port->ch) ? mctrl : mctrl | TIOCM_CTS;
}

static void ipoctal_start_tx(struct uart_port *uart)
{
	to_port(uart)->stopped = false;
	ipoctal_tx_start(to_port(uart));
}

static void ipoctal_stop_tx(struct uart_port *uart)
{
	to_port(uart)->stopped = true;
	ipoctal_tx_stop(to_port(uart));
}

static void ipoctal_stop_rx(struct uart_port *uart)
{
	struct ipoctal_port *port = to_port(uart);

	ipoctal_unmask(port, SCC2698_ISR_RX(port->ch), 0);
}

/* With the interrupt masked the FIFO fills, and the chip takes RTS back. */
static void ipoctal_throttle(struct uart_port *uart)
{
	struct ipoctal_port *port = to_port(uart);

	uart_port_lock_irq(uart);
	port->rx_masked = true;
	ipoctal_unmask(port, SCC2698_ISR_RX(port->ch), 0);
	uart_port_unlock_irq(uart);
}

static void ipoctal_unthrottle(struct uart_port *uart)
{
	struct ipoctal_port *port = to_port(uart);

	uart_port_lock_irq(uart);
	port->rx_masked = false;
	if (port->running) {
		ipoctal_unmask(port, 0, SCC2698_ISR_RX(port->ch));
		/* A FIFO that is not full and does not fill any more would not interrupt. */
		if (ipoctal_low_irq())
			ipoctal_rx_drain(port);
	}
	uart_port_unlock_irq(uart);
}

static void ipoctal_enable_ms(struct uart_port *uart)
{
	struct ipoctal_port *port = to_port(uart);

	if (port->module->board->handshake)
		ipoctal_watch_cts(port, true);
}

static void ipoctal_break_ctl(struct uart_port *uart, int on)
{
	struct ipoctal_port *port = to_port(uart);
	unsigned long flags;

	uart_port_lock_irqsave(uart, &flags);
	if (!port->running)
		goto unlock;
	port->breaking = on;
	if (port_half_duplex(port) && port->tx == TX_IDLE)
		ipoctal_set_rts(port, on);
	ipoctal_command(port, on ? SCC2698_CR_START_BREAK : SCC2698_CR_STOP_BREAK);
unlock:
	uart_port_unlock_irqrestore(uart, flags);
}

/*
 * The characters in the chip go out, lest one be cut in the middle; unless CTS is away, when
 * nothing moves and whoever flushes wants to be rid of them.
 */
static void ipoctal_flush_buffer(struct uart_port *uart)
{
	struct ipoctal_port *port = to_port(uart);

	if (port->running && ipoctal_cts_holds(port)) {
		ipoctal_reset_tx(port);
		ipoctal_tx_abort(port);
	}
}

static const char *ipoctal_type(struct uart_port *uart)
{
	return to_port(uart)->module->board->type;
}

static void ipoctal_release_port(struct uart_port *uart)
{
}

static int ipoctal_request_port(struct uart_port *uart)
{
	return 0;
}

static void ipoctal_config_port(struct uart_port *uart, int flags)
{
	uart->type = PORT_SC26XX;
}

static int ipoctal_verify_port(struct uart_port *uart, struct serial_struct *ser)
{
	if (ser->type != PORT_UNKNOWN && ser->type != PORT_SC26XX)
		return -EINVAL;
	return ser->irq == uart->irq && ser->baud_base == uart->uartclk / 16 ? 0 : -EINVAL;
}

const struct uart_ops ipoctal_uart_ops = {
	.tx_empty = ipoctal_tx_empty,
	.set_mctrl = ipoctal_set_mctrl,
	.get_mctrl = ipoctal_get_mctrl,
	.stop_tx = ipoctal_stop_tx,
	.start_tx = ipoctal_start_tx,
	.throttle = ipoctal_throttle,
	.unthrottle = ipoctal_unthrottle,
	.stop_rx = ipoctal_stop_rx,
	.enable_ms = ipoctal_enable_ms,
	.break_ctl = ipoctal_break_ctl,
	.startup = ipoctal_startup,
	.shutdown = ipoctal_shutdown,
	.flush_buffer = ipoctal_flush_buffer,
	.set_termios = ipoctal_set_termios,
	.type = ipoctal_type,
	.release_port = ipoctal_release_port,
	.request_port = ipoctal_request_port,
	.config_port = ipoctal_config_port,
	.verify_port = ipoctal_verify_port,
};

const struct serial_rs485 ipoctal_rs485_supported = {
	.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND | SER_RS485_RX_DURING_TX |
		 SER_RS485_ADDRB | SER_RS485_ADDR_RECV | SER_RS485_ADDR_DEST,
	.delay_rts_before_send = 1,
	.delay_rts_after_send = 1,
};

/**
 * ipoctal_rs485_config - turn a two-wire bus on or off
 * @uart: the port, locked
 * @termios: of the tty, or NULL
 * @rs485: settings, made sane by serial_core
 *
 * Return: 0 or -EINVAL for a mode the chip does not have.
 */
int ipoctal_rs485_config(struct uart_port *uart, struct ktermios *termios,
			 struct serial_rs485 *rs485)
{
	struct ipoctal_port *port = to_port(uart);
	bool on = rs485->flags & SER_RS485_ENABLED;
	struct format format;

	if (rs485->flags & ~ipoctal_rs485_supported.flags)
		return -EINVAL;

	uart->rs485 = *rs485;
	port->addressed = false;
	if (on) {
		/* The receiver and the transmitter cannot both have RTS. */
		if (termios)
			termios->c_cflag &= ~CRTSCTS;
		uart->status &= ~(UPSTAT_AUTOCTS | UPSTAT_AUTORTS);
		ipoctal_set_mr(port, port->mr1 & ~SCC2698_MR1_RXRTS, port->mr2 & ~SCC2698_MR2_CTS);
		if (port->tx == TX_IDLE)
			ipoctal_set_rts(port, false);
	}
	if (termios && port->running) {
		format = read_termios(port, termios);
		ipoctal_set_mr(port, format.mr1, format.mr2 | (port->mr2 & SCC2698_MR2_TXRTS));
		set_durations(port, &format);
	}
	ipoctal_tx_mode(port);
	return 0;
}
