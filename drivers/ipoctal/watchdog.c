// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: a look at the open ports once a second, for what no interrupt tells.
 */
#include <linux/dev_printk.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>

#include "ipoctal.h"

static unsigned int rx_watchdog;
module_param(rx_watchdog, uint, 0644);
MODULE_PARM_DESC(rx_watchdog,
		 "reset a receiver that was silent for so many seconds, 0 for never (the default)");

/* The mode registers are all the chip lets us read back: a chip that was reset has lost them. */
static bool lost_registers(struct ipoctal_port *port)
{
	bool lost;

	if (!port->running || port->paused)
		return false;
	scoped_guard(raw_spinlock_irqsave, &port->block->lock)
		lost = port_read(port, SCC2698_MR) != port->mr2;
	return lost;
}

/* Noise on a start bit may leave a receiver deaf until it is reset, which costs it a character. */
static void check_receiver(struct ipoctal_port *port)
{
	u32 rx = port->uart.icount.rx;

	if (rx != port->rx_seen || !rx_watchdog) {
		port->rx_seen = rx;
		port->rx_quiet = 0;
	} else if (++port->rx_quiet >= rx_watchdog && !ipoctal_rx_drain(port)) {
		port->rx_quiet = 0;
		ipoctal_command(port, SCC2698_CR_RESET_RX);
		ipoctal_command(port, SCC2698_CR_RX_ENABLE);
	}
}

static void check_transmitter(struct ipoctal_port *port)
{
	u32 tx = port->uart.icount.tx;

	if (port->tx == TX_ACTIVE && tx == port->tx_seen && !port->breaking &&
	    !ipoctal_cts_holds(port) &&
	    !(port_read(port, SCC2698_SR) & SCC2698_SR_TXRDY)) {
		dev_warn_ratelimited(port->uart.dev, "channel %u: transmitter stuck, reset\n",
				     port->uart.line);
		ipoctal_command(port, SCC2698_CR_RESET_TX);
		ipoctal_command(port, SCC2698_CR_TX_ENABLE);
	}
	port->tx_seen = tx;
}

static bool check_port(struct ipoctal_port *port)
{
	unsigned long flags;
	bool lost;

	uart_port_lock_irqsave(&port->uart, &flags);
	lost = lost_registers(port);
	if (port->running && !lost) {
		check_receiver(port);
		check_transmitter(port);
	}
	uart_port_unlock_irqrestore(&port->uart, flags);
	return lost;
}

/**
 * ipoctal_watchdog - timer
 * @timer: &ipoctal.watchdog
 */
void ipoctal_watchdog(struct timer_list *timer)
{
	struct ipoctal *module = container_of(timer, struct ipoctal, watchdog);
	bool lost = false;

	if (!atomic_read(&module->users) || READ_ONCE(module->dead))
		return;

	/* Anything found here should have interrupted. */
	if (ipoctal_interrupt(module) == IRQ_HANDLED)
		atomic_inc(&module->recovered);

	for (int i = 0; i < SCC2698_CHANNELS; i++)
		lost |= check_port(&module->ports[i]);
	lost |= READ_ONCE(module->shaken);
	if (lost && !ipoctal_gone(module)) {
		atomic_inc(&module->restored);
		dev_warn_ratelimited(&module->dev->dev, "the chip lost its registers, restored\n");
		ipoctal_restore(module);
	}
	mod_timer(&module->watchdog, jiffies + HZ);
}
