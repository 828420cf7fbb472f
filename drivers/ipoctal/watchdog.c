// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: a look at the open ports once a second, for what no interrupt tells.
 */
#include <linux/dev_printk.h>
#include <linux/jiffies.h>
#include <linux/math64.h>
#include <linux/moduleparam.h>

#include "ipoctal.h"

static unsigned int rx_watchdog;
module_param(rx_watchdog, uint, 0644);
MODULE_PARM_DESC(rx_watchdog,
		 "reset a receiver that was silent for so many seconds, 0 for never (the default)");

/* Looks in vain after which a silent channel is hung up */
#define SILENT_LIMIT		2

/*
 * The mode registers are all the chip lets us read back: a chip that was reset has lost them. MR2
 * is never 0 otherwise. A single wrong value may be the reading's.
 */
static bool lost_registers(struct ipoctal_port *port)
{
	guard(raw_spinlock_irqsave)(&port->block->lock);
	return port_read(port, SCC2698_MR) != port->mr2 && port_read(port, SCC2698_MR) != port->mr2;
}

/* So many characters in seconds: nothing may be called stuck before its rate says so. */
static unsigned int frames(struct ipoctal_port *port, unsigned int count)
{
	return div_u64(count * port->frame_ns, NSEC_PER_SEC);
}

/* Noise on a start bit may leave a receiver deaf until it is reset, which costs it a character. */
static void check_receiver(struct ipoctal_port *port)
{
	u32 rx = port->uart.icount.rx;

	if (rx != port->rx_seen || !rx_watchdog) {
		port->rx_seen = rx;
		port->rx_quiet = 0;
	} else if (++port->rx_quiet >= rx_watchdog && port->rx_quiet > frames(port, 2) &&
		   !ipoctal_rx_drain(port)) {
		port->rx_quiet = 0;
		ipoctal_command(port, SCC2698_CR_RESET_RX);
		ipoctal_command(port, SCC2698_CR_RX_ENABLE);
	}
}

/* Does it hold characters, and nothing happens? */
static bool tx_stands(struct ipoctal_port *port)
{
	u32 tx = port->uart.icount.tx;
	bool moved = tx != port->tx_seen;

	port->tx_seen = tx;
	return (port->tx == TX_ACTIVE || port->tx == TX_DRAIN) && !moved && !port->breaking &&
	       !ipoctal_cts_holds(port);
}

static void check_transmitter(struct ipoctal_port *port)
{
	if (!tx_stands(port)) {
		port->tx_moved = jiffies;
		return;
	}
	/* The chip holds two characters. */
	if (time_before(jiffies, port->tx_moved + (1 + frames(port, 4)) * HZ))
		return;
	dev_warn_ratelimited(port->uart.dev, "channel %u: transmitter stuck, reset\n",
			     port->uart.line);
	ipoctal_reset_tx(port);
	ipoctal_tx_abort(port);
	port->tx_moved = jiffies;
	ipoctal_tx_start(port);
}

static void check_silent(struct ipoctal_port *port)
{
	if (ipoctal_answers_again(port) || ++port->silent != SILENT_LIMIT)
		return;
	dev_err_ratelimited(port->uart.dev, "channel %u does not answer any more\n",
			    port->uart.line);
	set_bit(port->uart.line, &port->module->lines->silent);
	tty_port_tty_hangup(&port->uart.state->port, false);
}

/* Are a port's registers lost? */
static bool check_port(struct ipoctal_port *port)
{
	unsigned long flags;
	bool lost = false;

	uart_port_lock_irqsave(&port->uart, &flags);
	if (!port->running)
		goto unlock;
	if (!port->silent)
		ipoctal_status(port);
	if (port->silent) {
		check_silent(port);
		goto unlock;
	}
	lost = !port->paused && lost_registers(port);
	if (!lost) {
		check_receiver(port);
		check_transmitter(port);
	}
unlock:
	uart_port_unlock_irqrestore(&port->uart, flags);
	return lost;
}

/* A cycle that got lost is one channel's; a reset is everybody's. */
static bool was_reset(struct ipoctal *module)
{
	unsigned int lost = 0;

	for (int i = 0; i < SCC2698_CHANNELS; i++)
		lost += lost_registers(&module->ports[i]);
	return lost > SCC2698_CHANNELS / 2;
}

static void mend(struct ipoctal *module)
{
	atomic_inc(&module->restored);
	if (was_reset(module)) {
		dev_warn_ratelimited(&module->dev->dev, "the chip lost its registers, restored\n");
		ipoctal_restore(module);
	} else {
		dev_warn_ratelimited(&module->dev->dev, "the chip missed cycles, written again\n");
		ipoctal_refresh(module);
	}
}

/**
 * ipoctal_watchdog - timer
 * @timer: &ipoctal.watchdog
 */
void ipoctal_watchdog(struct timer_list *timer)
{
	struct ipoctal *module = container_of(timer, struct ipoctal, watchdog);
	bool lost = false;

	/* Anything found here should have interrupted. */
	if (ipoctal_poll(module))
		atomic_inc(&module->recovered);

	if (ipoctal_missed(module) < 0)
		return;
	for (int i = 0; i < SCC2698_CHANNELS; i++)
		lost |= check_port(&module->ports[i]);
	if ((lost || READ_ONCE(module->shaken)) && !READ_ONCE(module->dead))
		mend(module);
	/* After the last close, once more: what that wrote may be lost. */
	if (atomic_read(&module->users))
		mod_timer(&module->watchdog, jiffies + HZ);
}
