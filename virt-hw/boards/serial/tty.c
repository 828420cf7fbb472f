// SPDX-License-Identifier: GPL-2.0
/*
 * The far end of a cable as a tty: a UART with deep buffers, every rate and every format, RTS and
 * CTS.
 *
 * It has two halves. The line half samples and sends characters and belongs to the world. The tty
 * half is called by the tty layer, which may sleep. Buffers guarded by the world's lock lie between
 * them, and the line half wakes the tty half by a work item, for it may not call the tty layer
 * itself.
 */

#include <linux/cleanup.h>
#include <linux/delay.h>
#include <linux/idr.h>
#include <linux/jiffies.h>
#include <linux/kfifo.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/serial.h>
#include <linux/slab.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_flip.h>
#include <linux/workqueue.h>

#include "../../core/vhw.h"
#include "port.h"
#include "tty.h"

#define TTYS		256
#define FIFO_SIZE	4096
#define WAKE_BELOW	(FIFO_SIZE / 4)

/* A received character, with its TTY_* flag */
struct serial_tty_char {
	u8 data;
	u8 flag;
};

/**
 * struct serial_tty - a tty and the UART behind it
 * @tport: the tty layer's; its reference count is this structure's
 * @index: N of ttyVHWN
 * @name: its node
 * @work: brings characters and wake-ups to the tty layer
 * @port: the connector. The world's, as is the rest
 * @alive: its board has power
 * @format: of characters, both ways
 * @sixteenth: a sixteenth of a bit, 0 for hung up
 * @crtscts: CTS holds the transmitter
 * @receiving: CREAD, and the tty is open
 * @stopped: by XOFF
 * @tx: characters to send
 * @xchar: XON or XOFF to send first
 * @sending: a character is on its way
 * @tx_end: when it will be over
 * @breaking: space is sent
 * @wake: writers are to be woken
 * @tx_timer: runs out at @tx_end
 * @rx: sampling
 * @rx_timer: when to look at the wire
 * @received: characters for the tty layer
 * @icount: counters
 */
struct serial_tty {
	struct tty_port tport;
	unsigned int index;
	char name[sizeof("ttyVHW-2147483648")];
	struct work_struct work;

	struct serial_port port;
	bool alive;
	struct line_format format;
	u64 sixteenth;
	bool crtscts;
	bool receiving;
	bool stopped;
	DECLARE_KFIFO(tx, u8, FIFO_SIZE);
	u8 xchar;
	bool sending;
	struct line_time tx_end;
	bool breaking;
	bool wake;
	struct vhw_timer tx_timer;
	struct line_receiver rx;
	struct vhw_timer rx_timer;
	DECLARE_KFIFO(received, struct serial_tty_char, FIFO_SIZE);
	struct async_icount icount;
};

static struct tty_driver *driver;
/* Guards the table from an index to its tty, against an open while that one goes */
static DEFINE_MUTEX(table_lock);
static DEFINE_IDR(table);

/* The line half */

static void send(struct serial_tty *st, u8 data, struct line_time start)
{
	struct line_wave wave = line_character(&st->format, data, start, st->sixteenth);

	st->sending = true;
	st->tx_end =
		line_after(start, (16 * wave.count + st->format.stop_sixteenths) * st->sixteenth);
	vhw_timer_start(&st->tx_timer, st->tx_end.ns);
	st->icount.tx++;
	serial_port_send(&st->port, &wave);
}

/* There is room again, or all has been sent */
static void wake_writers(struct serial_tty *st)
{
	st->wake = true;
	schedule_work(&st->work);
}

/* The transmitter is free */
static void send_next(struct serial_tty *st, struct line_time now)
{
	u8 data;

	st->sending = false;
	if (!st->alive || !st->sixteenth)
		return;
	if (st->breaking) {
		struct line_wave space = line_steady(now.ns, false);

		serial_port_send(&st->port, &space);
		return;
	}
	if (st->xchar) {
		data = st->xchar;
		st->xchar = 0;
		send(st, data, now);
		return;
	}
	if (st->stopped || (st->crtscts && !st->port.cts) || !kfifo_get(&st->tx, &data))
		return;
	if (kfifo_len(&st->tx) < WAKE_BELOW)
		wake_writers(st);
	send(st, data, now);
}

static void try_send(struct serial_tty *st)
{
	if (!st->sending)
		send_next(st, (struct line_time) { .ns = vhw_now() });
}

static void tx_done(struct vhw_timer *timer, u64 when)
{
	struct serial_tty *st = container_of(timer, struct serial_tty, tx_timer);

	send_next(st, st->tx_end);
	if (!st->sending)
		wake_writers(st);
}

static u8 character_flag(struct serial_tty *st, enum line_event event, u8 data, bool parity)
{
	if (event == LINE_BREAK) {
		st->icount.brk++;
		return TTY_BREAK;
	}
	st->icount.rx++;
	if (event == LINE_FRAMING) {
		st->icount.frame++;
		return TTY_FRAME;
	}
	if (st->format.parity != LINE_PARITY_NONE &&
	    parity != line_parity_bit(st->format.parity, data)) {
		st->icount.parity++;
		return TTY_PARITY;
	}
	return TTY_NORMAL;
}

static void arrived(struct serial_tty *st, enum line_event event)
{
	struct serial_tty_char c = { .data = st->rx.value & GENMASK(st->format.data_bits - 1, 0) };

	c.flag = character_flag(st, event, c.data, st->rx.value >> st->format.data_bits & 1);
	if (!st->receiving)
		return;
	if (!kfifo_put(&st->received, c))
		st->icount.buf_overrun++;
	schedule_work(&st->work);
}

static void port_settle(struct serial_port *port)
{
	struct serial_tty *st = port->chip;
	enum line_event event;

	while ((event = line_receive(&st->rx, port->hears, vhw_now())) != LINE_NOTHING)
		if (event != LINE_BREAK_END)
			arrived(st, event);
}

static void port_changed(struct serial_port *port)
{
	struct serial_tty *st = port->chip;
	u64 due = line_receiver_due(&st->rx, port->hears);

	if (due == U64_MAX)
		vhw_timer_stop(&st->rx_timer);
	else
		vhw_timer_start(&st->rx_timer, due);
}

static void rx_due(struct vhw_timer *timer, u64 when)
{
	struct serial_tty *st = container_of(timer, struct serial_tty, rx_timer);

	port_settle(&st->port);
	port_changed(&st->port);
}

static void port_cts(struct serial_port *port)
{
	struct serial_tty *st = port->chip;

	st->icount.cts++;
	if (port->cts)
		try_send(st);
	schedule_work(&st->work);
}

static const struct serial_port_ops port_ops = {
	.settle = port_settle,
	.changed = port_changed,
	.cts = port_cts,
};

/* Between the halves */

static unsigned int take_received(struct serial_tty *st, struct serial_tty_char *batch,
				  unsigned int max, bool *wake)
{
	guard(vhw_world)();
	*wake = st->wake;
	st->wake = false;
	return kfifo_out(&st->received, batch, max);
}

static void deliver(struct work_struct *work)
{
	struct serial_tty *st = container_of(work, struct serial_tty, work);
	struct serial_tty_char batch[64];
	unsigned int n;
	bool wake;

	do {
		n = take_received(st, batch, ARRAY_SIZE(batch), &wake);
		for (unsigned int i = 0; i < n; i++)
			tty_insert_flip_char(&st->tport, batch[i].data, batch[i].flag);
		if (n)
			tty_flip_buffer_push(&st->tport);
		if (wake)
			tty_port_tty_wakeup(&st->tport);
	} while (n);
	wake_up_interruptible(&st->tport.delta_msr_wait);
}

/* The tty half */

static struct serial_tty *of_tport(struct tty_port *tport)
{
	return container_of(tport, struct serial_tty, tport);
}

static void tport_destruct(struct tty_port *tport)
{
	struct serial_tty *st = of_tport(tport);

	scoped_guard(mutex, &table_lock)
		idr_remove(&table, st->index);
	kfree(st);
}

static void set_rts(struct serial_tty *st, bool rts)
{
	guard(vhw_world)();
	if (st->alive)
		serial_port_set_rts(&st->port, rts);
}

/* DTR is not on the cable */
static void tport_dtr_rts(struct tty_port *tport, compat_dtr_rts raise)
{
	set_rts(of_tport(tport), raise);
}

static void set_receiving(struct serial_tty *st, bool receiving)
{
	guard(vhw_world)();
	st->receiving = receiving;
	if (!receiving)
		kfifo_reset(&st->received);
}

static enum line_parity termios_parity(tcflag_t cflag)
{
	if (!(cflag & PARENB))
		return LINE_PARITY_NONE;
	if (cflag & CMSPAR)
		return cflag & PARODD ? LINE_PARITY_MARK : LINE_PARITY_SPACE;
	return cflag & PARODD ? LINE_PARITY_ODD : LINE_PARITY_EVEN;
}

static struct line_format termios_format(tcflag_t cflag)
{
	struct line_format format = {
		.data_bits = tty_get_char_size(cflag),
		.parity = termios_parity(cflag),
		.stop_sixteenths = 16,
	};

	if (cflag & CSTOPB)
		format.stop_sixteenths = format.data_bits == 5 ? 24 : 32;
	return format;
}

static void configure(struct serial_tty *st, struct tty_struct *tty)
{
	tcflag_t cflag = tty->termios.c_cflag;

	guard(vhw_world)();
	if (!st->alive)
		return;
	port_settle(&st->port);
	st->format = termios_format(cflag);
	st->sixteenth = line_sixteenth(tty_get_baud_rate(tty));
	st->crtscts = cflag & CRTSCTS;
	st->receiving = cflag & CREAD;
	st->rx.sixteenth = st->sixteenth;
	st->rx.bits = line_frame_bits(&st->format);
	port_changed(&st->port);
	try_send(st);
}

static int tport_activate(struct tty_port *tport, struct tty_struct *tty)
{
	configure(of_tport(tport), tty);
	return 0;
}

static void tport_shutdown(struct tty_port *tport)
{
	set_receiving(of_tport(tport), false);
}

static const struct tty_port_operations tport_ops = {
	.destruct = tport_destruct,
	.activate = tport_activate,
	.shutdown = tport_shutdown,
	.dtr_rts = tport_dtr_rts,
};

static int st_install(struct tty_driver *drv, struct tty_struct *tty)
{
	struct serial_tty *st;
	int err;

	scoped_guard(mutex, &table_lock) {
		st = idr_find(&table, tty->index);
		if (!st || !st->alive || !kref_get_unless_zero(&st->tport.kref))
			return -ENODEV;
	}
	err = tty_port_install(&st->tport, drv, tty);
	if (err) {
		tty_port_put(&st->tport);
		return err;
	}
	tty->driver_data = st;
	return 0;
}

static void st_cleanup(struct tty_struct *tty)
{
	struct serial_tty *st = tty->driver_data;

	tty->driver_data = NULL;
	if (st)
		tty_port_put(&st->tport);
}

static int st_open(struct tty_struct *tty, struct file *file)
{
	struct serial_tty *st = tty->driver_data;

	return tty_port_open(&st->tport, tty, file);
}

static void st_close(struct tty_struct *tty, struct file *file)
{
	struct serial_tty *st = tty->driver_data;

	if (st)
		tty_port_close(&st->tport, tty, file);
}

static void st_hangup(struct tty_struct *tty)
{
	struct serial_tty *st = tty->driver_data;

	tty_port_hangup(&st->tport);
}

static compat_tty_written st_write(struct tty_struct *tty, const unsigned char *buf,
				   compat_tty_length count)
{
	struct serial_tty *st = tty->driver_data;

	guard(vhw_world)();
	if (!st->alive)
		return -EIO;
	count = kfifo_in(&st->tx, buf, count);
	try_send(st);
	return count;
}

static unsigned int st_write_room(struct tty_struct *tty)
{
	struct serial_tty *st = tty->driver_data;

	guard(vhw_world)();
	return st->alive ? kfifo_avail(&st->tx) : 0;
}

static unsigned int st_chars_in_buffer(struct tty_struct *tty)
{
	struct serial_tty *st = tty->driver_data;

	guard(vhw_world)();
	return st->alive ? kfifo_len(&st->tx) + st->sending : 0;
}

static void st_flush_buffer(struct tty_struct *tty)
{
	struct serial_tty *st = tty->driver_data;

	scoped_guard(vhw_world)
		kfifo_reset(&st->tx);
	tty_port_tty_wakeup(&st->tport);
}

static void st_set_termios(struct tty_struct *tty, const struct ktermios *old)
{
	struct serial_tty *st = tty->driver_data;
	bool was_up = old && (old->c_cflag & CBAUD) != B0;
	bool up = C_BAUD(tty) != B0;

	if (old && was_up != up)
		set_rts(st, up);
	configure(st, tty);
}

static void st_stop(struct tty_struct *tty)
{
	struct serial_tty *st = tty->driver_data;

	guard(vhw_world)();
	st->stopped = true;
}

static void st_start(struct tty_struct *tty)
{
	struct serial_tty *st = tty->driver_data;

	guard(vhw_world)();
	st->stopped = false;
	try_send(st);
}

static void st_send_xchar(struct tty_struct *tty, compat_tty_char c)
{
	struct serial_tty *st = tty->driver_data;

	guard(vhw_world)();
	st->xchar = c;
	try_send(st);
}

static void st_throttle(struct tty_struct *tty)
{
	if (I_IXOFF(tty))
		st_send_xchar(tty, STOP_CHAR(tty));
	if (C_CRTSCTS(tty))
		set_rts(tty->driver_data, false);
}

static void st_unthrottle(struct tty_struct *tty)
{
	if (I_IXOFF(tty))
		st_send_xchar(tty, START_CHAR(tty));
	if (C_CRTSCTS(tty))
		set_rts(tty->driver_data, true);
}

/* DSR and carrier are always up: nothing on the cable says otherwise */
static int st_tiocmget(struct tty_struct *tty)
{
	struct serial_tty *st = tty->driver_data;

	guard(vhw_world)();
	return (st->port.rts ? TIOCM_RTS : 0) | (st->port.cts ? TIOCM_CTS : 0) | TIOCM_DTR |
	       TIOCM_DSR | TIOCM_CAR;
}

static int st_tiocmset(struct tty_struct *tty, unsigned int set, unsigned int clear)
{
	struct serial_tty *st = tty->driver_data;

	if (set & TIOCM_RTS)
		set_rts(st, true);
	if (clear & TIOCM_RTS)
		set_rts(st, false);
	return 0;
}

static int st_break_ctl(struct tty_struct *tty, int state)
{
	struct serial_tty *st = tty->driver_data;
	struct line_wave mark;

	guard(vhw_world)();
	if (!st->alive)
		return -EIO;
	if (st->breaking == !!state)
		return 0;
	st->breaking = state;
	if (!state && !st->sending) {
		mark = line_steady(vhw_now(), true);
		serial_port_send(&st->port, &mark);
	}
	try_send(st);
	return 0;
}

/* Sleep until the last stop bit is over, or as long as is allowed */
static void st_wait_until_sent(struct tty_struct *tty, int timeout)
{
	unsigned long end = jiffies + timeout;

	while (st_chars_in_buffer(tty) && (!timeout || time_before(jiffies, end)))
		if (msleep_interruptible(1))
			break;
}

static int st_get_icount(struct tty_struct *tty, struct serial_icounter_struct *counter)
{
	struct serial_tty *st = tty->driver_data;
	struct async_icount count;

	scoped_guard(vhw_world)
		count = st->icount;
	counter->cts = count.cts;
	counter->rx = count.rx;
	counter->tx = count.tx;
	counter->frame = count.frame;
	counter->parity = count.parity;
	counter->brk = count.brk;
	counter->buf_overrun = count.buf_overrun;
	return 0;
}

static const struct tty_operations st_ops = {
	.install = st_install,
	.cleanup = st_cleanup,
	.open = st_open,
	.close = st_close,
	.hangup = st_hangup,
	.write = st_write,
	.write_room = st_write_room,
	.chars_in_buffer = st_chars_in_buffer,
	.flush_buffer = st_flush_buffer,
	.set_termios = st_set_termios,
	.stop = st_stop,
	.start = st_start,
	.throttle = st_throttle,
	.unthrottle = st_unthrottle,
	.send_xchar = st_send_xchar,
	.tiocmget = st_tiocmget,
	.tiocmset = st_tiocmset,
	.break_ctl = st_break_ctl,
	.wait_until_sent = st_wait_until_sent,
	.get_icount = st_get_icount,
};

static struct serial_tty *allocate(struct vhw_board *board)
{
	struct serial_tty *st = kzalloc(sizeof(*st), GFP_KERNEL);

	if (!st)
		return NULL;
	INIT_WORK(&st->work, deliver);
	INIT_KFIFO(st->tx);
	INIT_KFIFO(st->received);
	serial_port_init(&st->port);
	vhw_timer_init(&st->tx_timer, board, tx_done);
	vhw_timer_init(&st->rx_timer, board, rx_due);
	return st;
}

static int number(struct serial_tty *st)
{
	int index;

	guard(mutex)(&table_lock);
	index = idr_alloc(&table, st, 0, TTYS, GFP_KERNEL);
	if (index < 0)
		return index;
	st->index = index;
	snprintf(st->name, sizeof(st->name), "ttyVHW%d", index);
	return 0;
}

/* Power for the line half, or none */
static void set_alive(struct serial_tty *st, struct serial_port *cable)
{
	guard(vhw_world)();
	st->alive = cable;
	if (cable) {
		serial_port_attach(&st->port, &port_ops, st);
		serial_port_enable(&st->port, true);
		serial_port_join(&st->port, cable);
		return;
	}
	serial_port_detach(&st->port);
	serial_port_unplug(&st->port);
	vhw_timer_stop(&st->tx_timer);
	vhw_timer_stop(&st->rx_timer);
	st->sending = false;
	kfifo_reset(&st->tx);
}

/**
 * serial_tty_create() - a tty at the far end of a cable
 * @board: whose power it shares
 * @cable: the near end
 *
 * Return: the tty, or an error.
 */
struct serial_tty *serial_tty_create(struct vhw_board *board, struct serial_port *cable)
{
	struct serial_tty *st = allocate(board);
	struct device *dev;
	int err;

	if (!st)
		return ERR_PTR(-ENOMEM);
	err = number(st);
	if (err) {
		kfree(st);
		return ERR_PTR(err);
	}
	tty_port_init(&st->tport);
	st->tport.ops = &tport_ops;
	set_alive(st, cable);
	dev = tty_port_register_device(&st->tport, driver, st->index, NULL);
	if (IS_ERR(dev)) {
		set_alive(st, NULL);
		tty_port_put(&st->tport);
		return ERR_CAST(dev);
	}
	return st;
}

/* The board lost its power. Whoever has the tty open is hung up */
void serial_tty_destroy(struct serial_tty *st)
{
	set_alive(st, NULL);
	tty_unregister_device(driver, st->index);
	tty_port_tty_hangup(&st->tport, false);
	cancel_work_sync(&st->work);
	tty_port_put(&st->tport);
}

const char *serial_tty_name(const struct serial_tty *st)
{
	return st->name;
}

int serial_tty_init(void)
{
	int err;

	driver = tty_alloc_driver(TTYS, TTY_DRIVER_REAL_RAW | TTY_DRIVER_DYNAMIC_DEV);
	if (IS_ERR(driver))
		return PTR_ERR(driver);
	driver->driver_name = KBUILD_MODNAME;
	driver->name = "ttyVHW";
	driver->type = TTY_DRIVER_TYPE_SERIAL;
	driver->subtype = SERIAL_TYPE_NORMAL;
	driver->init_termios = tty_std_termios;
	driver->init_termios.c_cflag = B9600 | CS8 | CREAD | HUPCL | CLOCAL;
	driver->init_termios.c_ispeed = 9600;
	driver->init_termios.c_ospeed = 9600;
	tty_set_operations(driver, &st_ops);
	err = tty_register_driver(driver);
	if (err)
		tty_driver_kref_put(driver);
	return err;
}

void serial_tty_exit(void)
{
	tty_unregister_driver(driver);
	tty_driver_kref_put(driver);
	idr_destroy(&table);
}
