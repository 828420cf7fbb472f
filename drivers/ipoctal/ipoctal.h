/* SPDX-License-Identifier: GPL-2.0 */
/*
 * IP-Octal: what its files share.
 */
#ifndef IPOCTAL_H
#define IPOCTAL_H

#include <linux/hrtimer.h>
#include <linux/io.h>
#include <linux/ipack.h>
#include <linux/list.h>
#include <linux/serial_core.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/tty_driver.h>

#include "baud.h"
#include "scc2698_regs.h"

struct ipoctal;

/**
 * struct ipoctal_board - what differs between the modules
 * @type: name shown to users
 * @handshake: RTS and CTS reach the connector
 * @half_duplex: RTS drives the line driver of a two-wire bus
 */
struct ipoctal_board {
	const char *type;
	bool handshake;
	bool half_duplex;
};

/**
 * struct ipoctal_lines - the ttys of a slot
 * @list: in the list of all
 * @bus: number of the IndustryPack bus
 * @slot: on that bus
 * @busy: a module is there
 * @leaving: it is being removed, or does not answer: what is not sent yet never will be
 * @name: of the driver
 * @dev_name: of the nodes, without the channel
 * @driver: for serial_core
 * @ops: serial_core's, with one of ours
 * @silent: bit n: so does channel n alone
 * @in_flight: characters that left the port's buffer but not the chip, for each channel
 *
 * A hung-up file goes on pointing at its tty, and that at the state serial_core allocates with a
 * driver. So these stay until the module goes, which is not before the last file is closed.
 */
struct ipoctal_lines {
	struct list_head list;
	int bus;
	unsigned int slot;
	bool busy;
	bool leaving;
	unsigned long silent;
	char name[32];
	char dev_name[32];
	struct uart_driver driver;
	struct tty_operations ops;
	u8 in_flight[SCC2698_CHANNELS];
};

/**
 * struct ipoctal_block - what two channels share
 * @regs: registers of the block
 * @lock: all of the following, the registers behind it, and the MR pointers. Taken inside
 *	the ports' locks
 * @imr: contents of IMR, a register that cannot be read; a channel's bits change under its
 *	port's lock
 * @acr: contents of ACR
 * @baud: contents of CSR, CTPU and CTPL
 */
struct ipoctal_block {
	void __iomem *regs;
	raw_spinlock_t lock;
	u8 imr;
	u8 acr;
	struct baud_block baud;
};

/**
 * enum ipoctal_tx - what a transmitter is doing
 * @TX_IDLE: nothing; everything written is on the wire
 * @TX_LEAD: the line driver is on, waiting to send
 * @TX_ACTIVE: TxRDY interrupts, there is something to send
 * @TX_DRAIN: the chip holds the last characters; the timer looks when they are out
 * @TX_TAIL: the last character is out, the line driver still on
 */
enum ipoctal_tx {
	TX_IDLE,
	TX_LEAD,
	TX_ACTIVE,
	TX_DRAIN,
	TX_TAIL,
};

/**
 * struct ipoctal_port - a channel
 * @uart: its port; &uart.lock protects what has no other word on it
 * @module: the module
 * @block: its block
 * @ch: 0 for channel a of the block, 1 for b
 * @regs: registers of the channel
 * @in_flight: see &struct ipoctal_lines
 * @mr1: contents of MR1; written under both locks
 * @mr2: contents of MR2
 * @open: between startup and shutdown
 * @running: open, and programmed by set_termios
 * @rx_masked: throttled
 * @cts_known: level of CTS when its changes began to interrupt
 * @cts_settled: a change has interrupted since
 * @stopped: serial_core wants nothing sent
 * @paused: set_termios waits for the transmitter
 * @rts: RTSN is asserted
 * @breaking: sending a break
 * @address_due: multidrop: the next character is the address of whom the rest is for
 * @addressing: it is in the chip, and MR1 says so
 * @addressed: multidrop: what arrives is for us
 * @silent: 0, or how often the channel was asked in vain since it did not acknowledge a cycle
 *	or its repetitions
 * @rate_refused: a rate that cannot be had was logged
 * @tx: state of the transmitter
 * @tx_timer: leads from one state to the next
 * @tx_due: when it is due
 * @tx_polls: how often the transmitter was found busy when it should have been done
 * @tx_seen: icount.tx when the watchdog last looked
 * @tx_moved: in jiffies, when it last saw the transmitter get on, or have nothing to do
 * @rx_seen: icount.rx, likewise
 * @rx_quiet: seconds since it last changed
 * @frame_ns: duration of a character
 * @bit_ns: duration of a bit
 */
struct ipoctal_port {
	struct uart_port uart;
	struct ipoctal *module;
	struct ipoctal_block *block;
	unsigned int ch;
	void __iomem *regs;
	u8 *in_flight;
	u8 mr1;
	u8 mr2;
	bool open;
	bool running;
	bool rx_masked;
	bool cts_known;
	bool cts_settled;
	bool stopped;
	bool paused;
	bool rts;
	bool breaking;
	bool address_due;
	bool addressing;
	bool addressed;
	bool rate_refused;
	unsigned int silent;
	enum ipoctal_tx tx;
	struct hrtimer tx_timer;
	ktime_t tx_due;
	unsigned int tx_polls;
	u32 tx_seen;
	unsigned long tx_moved;
	u32 rx_seen;
	unsigned int rx_quiet;
	u64 frame_ns;
	u32 bit_ns;
};

/**
 * struct ipoctal - a module
 * @dev: its device
 * @board: its kind
 * @regs: I/O space
 * @lines: its ttys
 * @dead: it does not answer any more
 * @shaken: it missed cycles: what was written may be lost
 * @added: ports known to serial_core
 * @users: open ports
 * @watchdog: looks after open ports once a second
 * @recovered: interrupts that never came, found by the watchdog
 * @restored: times the chip had lost its registers
 * @blocks: pairs of channels
 * @ports: channels
 */
struct ipoctal {
	struct ipack_device *dev;
	const struct ipoctal_board *board;
	void __iomem *regs;
	struct ipoctal_lines *lines;
	bool dead;
	bool shaken;
	unsigned int added;
	atomic_t users;
	struct timer_list watchdog;
	atomic_t recovered;
	atomic_t restored;
	struct ipoctal_block blocks[SCC2698_BLOCKS];
	struct ipoctal_port ports[SCC2698_CHANNELS];
};

#define to_port(uart_port)	container_of(uart_port, struct ipoctal_port, uart)

/* Does RTS drive the line driver of a two-wire bus? */
static inline bool port_half_duplex(const struct ipoctal_port *port)
{
	return port->uart.rs485.flags & SER_RS485_ENABLED;
}

/* Is the bit after the data no parity, but says that they are an address? */
static inline bool port_multidrop(const struct ipoctal_port *port)
{
	return port->uart.rs485.flags & SER_RS485_ADDRB;
}

static inline u8 port_read(struct ipoctal_port *port, unsigned int reg)
{
	return ioread8(port->regs + 2 * reg);
}

static inline void port_write(struct ipoctal_port *port, unsigned int reg, u8 value)
{
	iowrite8(value, port->regs + 2 * reg);
}

static inline u8 block_read(struct ipoctal_block *block, unsigned int reg)
{
	return ioread8(block->regs + 2 * reg);
}

static inline void block_write(struct ipoctal_block *block, unsigned int reg, u8 value)
{
	iowrite8(value, block->regs + 2 * reg);
}

/* chip.c: registers and their shadows */
void ipoctal_command(struct ipoctal_port *port, u8 command);
void ipoctal_unmask(struct ipoctal_port *port, u8 clear, u8 set);
void ipoctal_set_rts(struct ipoctal_port *port, bool on);
void ipoctal_set_mr(struct ipoctal_port *port, u8 mr1, u8 mr2);
void ipoctal_set_baud(struct ipoctal_port *port, const struct baud_block *baud);
void ipoctal_set_pause(struct ipoctal_port *port);
bool ipoctal_low_irq(void);
void ipoctal_watch_cts(struct ipoctal_port *port, bool on);
void ipoctal_stop_channel(struct ipoctal_port *port);
int ipoctal_set_up_chip(struct ipoctal *module);
void ipoctal_silence(struct ipoctal *module);
void ipoctal_write_blocks(struct ipoctal *module);
void ipoctal_refresh_blocks(struct ipoctal *module);
void ipoctal_write_channel(struct ipoctal_port *port);
void ipoctal_refresh_channel(struct ipoctal_port *port);
void ipoctal_write_imr(struct ipoctal *module);
void ipoctal_reset_tx(struct ipoctal_port *port);
void ipoctal_enable(struct ipoctal_port *port);
int ipoctal_missed(struct ipoctal *module);
int ipoctal_block_ask(struct ipoctal_block *block, struct ipoctal *module, unsigned int reg);
int ipoctal_status(struct ipoctal_port *port);
bool ipoctal_cts_holds(struct ipoctal_port *port);

/* tx.c: the transmitter; with the port's lock held */
void ipoctal_tx_start(struct ipoctal_port *port);
void ipoctal_tx_stop(struct ipoctal_port *port);
void ipoctal_tx_abort(struct ipoctal_port *port);
void ipoctal_tx_ready(struct ipoctal_port *port);
void ipoctal_tx_mode(struct ipoctal_port *port);
void ipoctal_tx_init(struct ipoctal_port *port);

/* restore.c: a chip that was reset or missed cycles */
void ipoctal_restore(struct ipoctal *module);
void ipoctal_refresh(struct ipoctal *module);
bool ipoctal_answers_again(struct ipoctal_port *port);

/* rx.c: interrupts and the receiver */
irqreturn_t ipoctal_interrupt(void *data);
bool ipoctal_poll(struct ipoctal *module);
bool ipoctal_rx_drain(struct ipoctal_port *port);
int ipoctal_reset_receiver(struct ipoctal_port *port);

/* watchdog.c */
void ipoctal_watchdog(struct timer_list *timer);

/* port.c: operations for serial_core */
extern const struct uart_ops ipoctal_uart_ops;
extern const struct serial_rs485 ipoctal_rs485_supported;
int ipoctal_rs485_config(struct uart_port *uart, struct ktermios *termios,
			 struct serial_rs485 *rs485);

/* lines.c: ttys that outlive modules */
struct ipoctal_lines *ipoctal_lines_get(const struct ipack_device *dev);
void ipoctal_lines_put(struct ipoctal_lines *lines);
void ipoctal_lines_free(void);

#endif
