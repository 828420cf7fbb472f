// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: the SCC2698B's registers. Most cannot be read, so what they hold is kept beside them.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/dev_printk.h>
#include <linux/moduleparam.h>

#include "ipoctal.h"

static bool brg_test;
module_param(brg_test, bool, 0444);
MODULE_PARM_DESC(brg_test, "use the test rates of all chips: 115200 for 50 to 2400 (but not 110, 1050, 2000)");

static bool low_irq;
module_param(low_irq, bool, 0444);
MODULE_PARM_DESC(low_irq, "interrupt for three received characters or a pause, with the timers that would make odd rates");

/* The chip wants this between two commands to a channel. */
#define COMMAND_GAP_US		1

#define CHANNEL_OFF		(SCC2698_CR_RX_DISABLE | SCC2698_CR_TX_DISABLE)

/* How often a read is repeated that was not acknowledged */
#define ASK_AGAIN		3

/* 8 data bits, no parity, one stop bit, 9600 bit/s: what a channel holds before its first use */
#define MR1_DEFAULT		0x13
#define MR2_DEFAULT		SCC2698_MR2_STOP_1
#define CSR_DEFAULT		0xbb

/**
 * ipoctal_command - write a channel's command register
 * @port: the channel, locked
 * @command: SCC2698_CR_*
 */
void ipoctal_command(struct ipoctal_port *port, u8 command)
{
	port_write(port, SCC2698_CR, command);
	/* Reading CR would switch the chip into a test mode; SR flushes the write just as well. */
	port_read(port, SCC2698_SR);
	udelay(COMMAND_GAP_US);
}

static void set_imr(struct ipoctal_block *block, u8 clear, u8 set)
{
	u8 imr = (block->imr & ~clear) | set;

	lockdep_assert_held(&block->lock);
	if (imr == block->imr)
		return;
	WRITE_ONCE(block->imr, imr);
	block_write(block, SCC2698_IMR, imr);
}

/**
 * ipoctal_unmask - change which interrupts a channel makes
 * @port: the channel, locked
 * @clear: bits of IMR to clear
 * @set: bits to set
 */
void ipoctal_unmask(struct ipoctal_port *port, u8 clear, u8 set)
{
	lockdep_assert_held(&port->uart.lock);
	guard(raw_spinlock_irqsave)(&port->block->lock);
	set_imr(port->block, clear, set);
}

/**
 * ipoctal_set_rts - drive RTSN
 * @port: the channel, locked
 * @on: assert it
 */
void ipoctal_set_rts(struct ipoctal_port *port, bool on)
{
	port->rts = on;
	ipoctal_command(port, on ? SCC2698_CR_ASSERT_RTS : SCC2698_CR_NEGATE_RTS);
}

static void write_mr(struct ipoctal_port *port)
{
	lockdep_assert_held(&port->block->lock);
	ipoctal_command(port, SCC2698_CR_RESET_MR);
	port_write(port, SCC2698_MR, port->mr1);
	port_write(port, SCC2698_MR, port->mr2);
}

/**
 * ipoctal_set_mr - set a channel's mode registers
 * @port: the channel, locked
 * @mr1: for MR1
 * @mr2: for MR2
 */
void ipoctal_set_mr(struct ipoctal_port *port, u8 mr1, u8 mr2)
{
	lockdep_assert_held(&port->uart.lock);
	guard(raw_spinlock_irqsave)(&port->block->lock);
	if (mr1 == port->mr1 && mr2 == port->mr2)
		return;
	port->mr1 = mr1;
	port->mr2 = mr2;
	write_mr(port);
}

/* Ticks of X1/16 that the counter takes until it says that nothing more comes */
#define COUNTER_HZ		(SCC2698_CRYSTAL / 16)

/**
 * ipoctal_set_pause - set how long a receiver is to be silent before it interrupts
 * @port: the channel, locked; in low-interrupt mode it or its neighbour decides, who is slower
 */
void ipoctal_set_pause(struct ipoctal_port *port)
{
	struct ipoctal_port *first = &port->module->ports[port->uart.line & ~1];
	u64 frame_ns = max(READ_ONCE(first[0].frame_ns), READ_ONCE(first[1].frame_ns));
	u64 ticks = div_u64(2 * frame_ns * COUNTER_HZ, NSEC_PER_SEC);

	if (!low_irq)
		return;
	ticks = clamp_t(u64, ticks, SCC2698_CTP_MIN, U16_MAX);
	guard(raw_spinlock_irqsave)(&port->block->lock);
	/* taken over when the next character restarts the counter */
	block_write(port->block, SCC2698_CTPU, ticks >> 8);
	block_write(port->block, SCC2698_CTPL, ticks);
	set_imr(port->block, 0, SCC2698_ISR_COUNTER);
	ipoctal_command(port, SCC2698_CR_TIMEOUT_ON);
}

/**
 * ipoctal_low_irq - are receivers to interrupt seldom?
 */
bool ipoctal_low_irq(void)
{
	return low_irq;
}

static void write_preset(struct ipoctal_block *block)
{
	if (low_irq)
		return;
	block_write(block, SCC2698_CTPU, block->baud.timer >> 8);
	block_write(block, SCC2698_CTPL, block->baud.timer);
}

static void write_timer(struct ipoctal_block *block)
{
	write_preset(block);
	if (low_irq)
		return;
	/* The preset would count from the next half period on; this starts it at once. */
	block_read(block, SCC2698_START_CT);
}

/**
 * ipoctal_set_baud - set a channel's rates
 * @port: the channel, locked
 * @baud: what baud_choose() made of &ipoctal_block.baud, &ipoctal_block.lock held since
 */
void ipoctal_set_baud(struct ipoctal_port *port, const struct baud_block *baud)
{
	struct ipoctal_block *block = port->block;
	struct baud_block old = block->baud;

	lockdep_assert_held(&block->lock);
	block->baud = *baud;
	if (baud->set2 != old.set2) {
		block->acr ^= SCC2698_ACR_BRG_SET2;
		block_write(block, SCC2698_ACR, block->acr);
	}
	if (baud->timer != old.timer)
		write_timer(block);
	if (baud->csr[port->ch] != old.csr[port->ch])
		port_write(port, SCC2698_CSR, baud->csr[port->ch]);
}

/**
 * ipoctal_watch_cts - have changes of CTS interrupt, or not
 * @port: the channel, locked
 * @on: yes
 */
void ipoctal_watch_cts(struct ipoctal_port *port, bool on)
{
	struct ipoctal_block *block = port->block;
	u8 change = SCC2698_ACR_CHANGE_CTS(port->ch);
	u8 acr;

	guard(raw_spinlock_irqsave)(&block->lock);
	acr = on ? block->acr | change : block->acr & ~change;
	if (acr != block->acr) {
		port->cts_known = !(block_read(block, SCC2698_IPR) & SCC2698_IPCR_CTS(port->ch));
		port->cts_settled = false;
		block->acr = acr;
		block_write(block, SCC2698_ACR, acr);
	}
	set_imr(block, SCC2698_ISR_MPI, acr & SCC2698_ACR_CHANGE ? SCC2698_ISR_MPI : 0);
}

/**
 * ipoctal_stop_channel - receiver and transmitter off and empty, nothing pending
 * @port: the channel, locked
 */
void ipoctal_stop_channel(struct ipoctal_port *port)
{
	ipoctal_command(port, SCC2698_CR_RESET_RX | CHANNEL_OFF);
	ipoctal_command(port, SCC2698_CR_RESET_TX);
	ipoctal_command(port, SCC2698_CR_RESET_ERROR);
	ipoctal_command(port, SCC2698_CR_RESET_BREAK);
}

static void write_modes(struct ipoctal_block *block)
{
	block_write(block, SCC2698_OPCR, SCC2698_OPCR_MPP_OUTPUT);
	block_write(block, SCC2698_ACR, block->acr);
}

static void write_block(struct ipoctal_block *block)
{
	write_modes(block);
	write_timer(block);
}

static void write_channel(struct ipoctal_port *port)
{
	write_mr(port);
	port_write(port, SCC2698_CSR, port->block->baud.csr[port->ch]);
}

static void forget(struct ipoctal_block *block)
{
	block->imr = 0;
	block->acr = SCC2698_ACR_BRG_SET2 |
		     FIELD_PREP(SCC2698_ACR_CT_MODE, low_irq ? SCC2698_ACR_COUNTER_X1_16 :
							       SCC2698_ACR_TIMER_X1);
	block->baud = (struct baud_block) {
		.set2 = true,
		.test = brg_test,
		.timer = low_irq ? 0 : BAUD_TIMER_MIN,
		.csr = { CSR_DEFAULT, CSR_DEFAULT },
	};
}

/* A chip that keeps what it is told in its mode registers is there. */
static bool keeps_mode(struct ipoctal_port *port)
{
	u8 mr1, mr2;

	ipoctal_command(port, SCC2698_CR_RESET_MR);
	mr1 = port_read(port, SCC2698_MR);
	mr2 = port_read(port, SCC2698_MR);
	return mr1 == port->mr1 && mr2 == port->mr2;
}

/*
 * The one use of a read that is forbidden otherwise: it switches the generator of the whole chip to
 * its test rates, and the next one back. A reset switches back too.
 */
static void toggle_test_rates(struct ipoctal *module)
{
	if (!brg_test)
		return;
	/* A read that was not acknowledged has switched nothing. */
	ipoctal_missed(module);
	for (int i = 0; i < ASK_AGAIN; i++) {
		block_read(&module->blocks[0], SCC2698_BRG_TEST);
		if (ipoctal_missed(module) <= 0)
			break;
	}
}

/**
 * ipoctal_set_up_chip - bring the chip to a known, silent state
 * @module: the module, without users and without an interrupt handler
 *
 * Return: 0, -EIO if the chip does not acknowledge or does not keep what is written.
 */
int ipoctal_set_up_chip(struct ipoctal *module)
{
	struct ipack_device *dev = module->dev;

	dev->bus->ops->reset_timeout(dev);
	for (int i = 0; i < SCC2698_BLOCKS; i++) {
		struct ipoctal_block *block = &module->blocks[i];

		guard(raw_spinlock_irqsave)(&block->lock);
		forget(block);
		block_write(block, SCC2698_IMR, 0);
		write_block(block);
	}
	for (int i = 0; i < SCC2698_CHANNELS; i++) {
		struct ipoctal_port *port = &module->ports[i];

		guard(raw_spinlock_irqsave)(&port->block->lock);
		port->mr1 = MR1_DEFAULT;
		port->mr2 = MR2_DEFAULT;
		ipoctal_stop_channel(port);
		write_channel(port);
		ipoctal_set_rts(port, false);
		if (!keeps_mode(port)) {
			dev_err(&dev->dev, "channel %d does not keep its mode\n", i);
			return -EIO;
		}
	}
	if (dev->bus->ops->get_timeout(dev)) {
		dev_err(&dev->dev, "the module does not acknowledge\n");
		return -EIO;
	}
	toggle_test_rates(module);
	return 0;
}

/**
 * ipoctal_write_blocks - program what two channels share, from nothing
 * @module: the module
 */
void ipoctal_write_blocks(struct ipoctal *module)
{
	for (int i = 0; i < SCC2698_BLOCKS; i++) {
		guard(raw_spinlock_irqsave)(&module->blocks[i].lock);
		write_block(&module->blocks[i]);
	}
	toggle_test_rates(module);
}

/**
 * ipoctal_refresh_blocks - say again what two channels share, and disturb neither
 * @module: the module
 */
void ipoctal_refresh_blocks(struct ipoctal *module)
{
	for (int i = 0; i < SCC2698_BLOCKS; i++) {
		guard(raw_spinlock_irqsave)(&module->blocks[i].lock);
		write_modes(&module->blocks[i]);
		write_preset(&module->blocks[i]);
	}
}

/**
 * ipoctal_write_channel - stop a channel and program its mode and rate, from nothing
 * @port: the channel, locked
 */
void ipoctal_write_channel(struct ipoctal_port *port)
{
	guard(raw_spinlock_irqsave)(&port->block->lock);
	ipoctal_stop_channel(port);
	write_channel(port);
}

/**
 * ipoctal_refresh_channel - say again what a channel's mode and rate are, and disturb it not
 * @port: the channel, locked
 */
void ipoctal_refresh_channel(struct ipoctal_port *port)
{
	guard(raw_spinlock_irqsave)(&port->block->lock);
	if (!keeps_mode(port))
		write_mr(port);
	port_write(port, SCC2698_CSR, port->block->baud.csr[port->ch]);
}

/**
 * ipoctal_silence - mask all interrupts, receivers and transmitters off
 * @module: the module
 */
void ipoctal_silence(struct ipoctal *module)
{
	if (module->dead)
		return;

	for (int i = 0; i < SCC2698_BLOCKS; i++)
		scoped_guard(raw_spinlock_irqsave, &module->blocks[i].lock)
			WRITE_ONCE(module->blocks[i].imr, 0);
	ipoctal_write_imr(module);
	for (int i = 0; i < SCC2698_CHANNELS; i++)
		ipoctal_command(&module->ports[i], CHANNEL_OFF);
	toggle_test_rates(module);
}

/**
 * ipoctal_cts_holds - does CTS keep the transmitter from sending?
 * @port: the channel, locked
 */
bool ipoctal_cts_holds(struct ipoctal_port *port)
{
	int ipr;

	if (!(port->mr2 & SCC2698_MR2_CTS))
		return false;
	ipr = ipoctal_block_ask(port->block, port->module, SCC2698_IPR);
	return ipr >= 0 && ipr & SCC2698_IPCR_CTS(port->ch);
}

/**
 * ipoctal_enable - receiver and transmitter on
 * @port: the channel, locked
 */
void ipoctal_enable(struct ipoctal_port *port)
{
	ipoctal_command(port, SCC2698_CR_RX_ENABLE | SCC2698_CR_TX_ENABLE);
}

/**
 * ipoctal_reset_tx - rid a transmitter of what it holds; a break goes on
 * @port: the channel, locked
 */
void ipoctal_reset_tx(struct ipoctal_port *port)
{
	ipoctal_command(port, SCC2698_CR_RESET_TX);
	ipoctal_command(port, SCC2698_CR_TX_ENABLE);
	if (port->breaking)
		ipoctal_command(port, SCC2698_CR_START_BREAK);
}

/**
 * ipoctal_write_imr - tell the chip again what is to interrupt
 * @module: the module
 */
void ipoctal_write_imr(struct ipoctal *module)
{
	for (int i = 0; i < SCC2698_BLOCKS; i++) {
		struct ipoctal_block *block = &module->blocks[i];

		guard(raw_spinlock_irqsave)(&block->lock);
		block_write(block, SCC2698_IMR, block->imr);
	}
}

/* The carrier is gone: the module is left alone from here on, and its ttys are hung up. */
static void give_up(struct ipoctal *module)
{
	if (xchg(&module->dead, true))
		return;
	dev_err(&module->dev->dev, "the module does not answer any more\n");
	WRITE_ONCE(module->lines->leaving, true);
	for (int i = 0; i < SCC2698_BLOCKS; i++)
		WRITE_ONCE(module->blocks[i].imr, 0);
	for (int i = 0; i < SCC2698_CHANNELS; i++)
		if (module->ports[i].running)
			tty_port_tty_hangup(&module->ports[i].uart.state->port, false);
}

/**
 * ipoctal_missed - has the module missed cycles since this was last asked?
 * @module: the module
 *
 * If the way to the chip was broken, the carrier has mended it by then. The watchdog writes again
 * what may be lost.
 *
 * Return: 1 if so, 0 if not, or -ENODEV when the carrier is gone.
 */
int ipoctal_missed(struct ipoctal *module)
{
	struct ipack_device *dev = module->dev;
	int missed;

	if (READ_ONCE(module->dead))
		return -ENODEV;
	missed = dev->bus->ops->get_timeout(dev);
	if (missed > 0) {
		WRITE_ONCE(module->shaken, true);
		missed = dev->bus->ops->reset_timeout(dev) ?: 1;
	}
	if (missed == -ENODEV)
		give_up(module);
	else if (missed < 0)
		missed = 0;
	return missed;
}

/*
 * A register reads all ones. If that is because nobody acknowledged, ask again: a single glitch is
 * no reason to give anything up.
 */
static int ask_again(struct ipoctal *module, void __iomem *regs, unsigned int reg)
{
	int missed = ipoctal_missed(module);
	u8 value = 0xff;

	for (int i = 0; missed > 0 && i < ASK_AGAIN; i++) {
		value = ioread8(regs + 2 * reg);
		missed = ipoctal_missed(module);
		/* This cannot wait: what interrupts unasked is masked by the carrier. */
		if (!missed)
			ipoctal_write_imr(module);
	}
	if (missed < 0)
		return missed;
	return missed ? -EIO : value;
}

/**
 * ipoctal_block_ask - read a register of a block
 * @block: the block, not locked
 * @module: its module
 * @reg: the register; only what was not acknowledged is read again
 *
 * Return: the register, -EIO if it is not acknowledged, or -ENODEV when the carrier is gone.
 */
int ipoctal_block_ask(struct ipoctal_block *block, struct ipoctal *module, unsigned int reg)
{
	u8 value = block_read(block, reg);

	return likely(value != 0xff) ? value : ask_again(module, block->regs, reg);
}

/**
 * ipoctal_status - read a channel's SR
 * @port: the channel, locked
 *
 * Return: the register, -EIO if the channel does not answer, or -ENODEV when the carrier is gone.
 */
int ipoctal_status(struct ipoctal_port *port)
{
	int sr;

	if (unlikely(port->silent))
		return -EIO;
	sr = port_read(port, SCC2698_SR);
	if (likely(sr != 0xff))
		return sr;
	sr = ask_again(port->module, port->regs, SCC2698_SR);
	if (sr == -EIO) {
		port->silent = 1;
		ipoctal_unmask(port, SCC2698_ISR_RX(port->ch) | SCC2698_ISR_TXRDY(port->ch), 0);
	}
	return sr;
}
