// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: ttys that outlive modules.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "ipoctal.h"

static LIST_HEAD(all_lines);
static DEFINE_MUTEX(lines_mutex);	/* all_lines, and who is busy */

static unsigned int (*serial_core_chars_in_buffer)(struct tty_struct *tty);

/*
 * What the chip holds has not been sent either. Counting it makes TIOCOUTQ true, and has tcdrain()
 * wait for the wake-up that comes with the end of the last character, where serial_core would look
 * again only after some ticks of the clock. For what will not be sent, nobody must wait: a hangup
 * would wait for him.
 */
static unsigned int chars_in_buffer(struct tty_struct *tty)
{
	struct uart_driver *driver = tty->driver->driver_state;
	struct ipoctal_lines *lines = container_of(driver, struct ipoctal_lines, driver);

	if (READ_ONCE(lines->leaving) || test_bit(tty->index, &lines->silent))
		return 0;
	return serial_core_chars_in_buffer(tty) + READ_ONCE(lines->in_flight[tty->index]);
}

static struct ipoctal_lines *find(int bus, unsigned int slot)
{
	struct ipoctal_lines *lines;

	lockdep_assert_held(&lines_mutex);
	list_for_each_entry(lines, &all_lines, list)
		if (lines->bus == bus && lines->slot == slot)
			return lines;
	return NULL;
}

static struct ipoctal_lines *create(int bus, unsigned int slot)
{
	struct ipoctal_lines *lines;
	int ret;

	lines = kzalloc(sizeof(*lines), GFP_KERNEL);
	if (!lines)
		return ERR_PTR(-ENOMEM);

	lines->bus = bus;
	lines->slot = slot;
	snprintf(lines->name, sizeof(lines->name), "ipoctal.%d.%u", bus, slot);
	snprintf(lines->dev_name, sizeof(lines->dev_name), "ipoctal.%d.%u.", bus, slot);
	lines->driver.owner = THIS_MODULE;
	lines->driver.driver_name = lines->name;
	lines->driver.dev_name = lines->dev_name;
	lines->driver.nr = SCC2698_CHANNELS;

	ret = uart_register_driver(&lines->driver);
	if (ret) {
		kfree(lines);
		return ERR_PTR(ret);
	}

	/* No node exists yet, so nobody uses what changes here. */
	lines->driver.tty_driver->owner = THIS_MODULE;
	lines->ops = *lines->driver.tty_driver->ops;
	serial_core_chars_in_buffer = lines->ops.chars_in_buffer;
	lines->ops.chars_in_buffer = chars_in_buffer;
	tty_set_operations(lines->driver.tty_driver, &lines->ops);
	return lines;
}

/**
 * ipoctal_lines_get - find or make the ttys of a slot
 * @dev: the module in the slot
 *
 * Return: the ttys, or an ERR_PTR: -EBUSY if another module has them, -ENOMEM, or what tty says.
 */
struct ipoctal_lines *ipoctal_lines_get(const struct ipack_device *dev)
{
	struct ipoctal_lines *lines;

	guard(mutex)(&lines_mutex);
	lines = find(dev->bus->bus_nr, dev->slot);
	if (!lines) {
		lines = create(dev->bus->bus_nr, dev->slot);
		if (IS_ERR(lines))
			return lines;
		list_add(&lines->list, &all_lines);
	}
	if (lines->busy)
		return ERR_PTR(-EBUSY);
	lines->busy = true;
	WRITE_ONCE(lines->leaving, false);
	lines->silent = 0;
	return lines;
}

/**
 * ipoctal_lines_put - the module goes
 * @lines: its ttys, without ports
 */
void ipoctal_lines_put(struct ipoctal_lines *lines)
{
	guard(mutex)(&lines_mutex);
	lines->busy = false;
}

/**
 * ipoctal_lines_free - the driver goes
 *
 * No tty is left then: each holds a reference to its driver's owner, which create() made this
 * module. serial_core would own it, and free its state under files that were hung up.
 */
void ipoctal_lines_free(void)
{
	struct ipoctal_lines *lines, *next;

	guard(mutex)(&lines_mutex);
	list_for_each_entry_safe(lines, next, &all_lines, list) {
		uart_unregister_driver(&lines->driver);
		kfree(lines);
	}
	INIT_LIST_HEAD(&all_lines);
}
