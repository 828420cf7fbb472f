// SPDX-License-Identifier: GPL-2.0
/*
 * How a driver's access reaches the bus in User-Mode Linux: every accessor ends in logic_iomem,
 * which calls us.
 *
 * In time-travel mode code takes no time, so an access must: a driver that polls would otherwise
 * never see anything happen.
 */
#include <linux/delay.h>
#include <linux/time-internal.h>

#include "mmio.h"

#define ACCESS_NS	200
#define IRQ_DELAY_NS	1000

/* where the window lies in the region, and what is behind it; known before an access can come */
static u64 window_first;
static u64 window_size;
static const struct vhw_mmio_bus *bus;

static struct vhw_mapping *open(u64 offset, u64 size, void *caller)
{
	offset -= window_first;
	if (offset >= window_size || size > window_size - offset)
		return NULL;
	return bus->open(offset, size, caller);
}

static void close(struct vhw_mapping *mapping)
{
	bus->close(mapping);
}

static void charge(unsigned int size)
{
	if (time_travel_mode == TT_MODE_INFCPU || time_travel_mode == TT_MODE_EXTERNAL)
		ndelay(size == 8 ? 2 * ACCESS_NS : ACCESS_NS);
}

static u64 read(struct vhw_mapping *mapping, u64 offset, unsigned int size, void *caller)
{
	charge(size);
	return bus->read(mapping, offset - window_first, size, caller);
}

static void write(struct vhw_mapping *mapping, u64 offset, unsigned int size, u64 value,
		  void *caller)
{
	charge(size);
	bus->write(mapping, offset - window_first, size, value, caller);
}

static const struct vhw_mmio_bus ops = {
	.open = open,
	.close = close,
	.read = read,
	.write = write,
};

/**
 * vhw_mmio_init() - let accesses to the window reach the bus
 * @window: part of the permanent region
 * @to: the bus
 *
 * Return: 0.
 */
int vhw_mmio_init(struct resource *window, const struct vhw_mmio_bus *to)
{
	bus = to;
	window_first = window->start - vhw_window_region.start;
	window_size = resource_size(window);
	vhw_window_attach(&ops);
	return 0;
}

/**
 * vhw_mmio_exit() - no longer
 */
void vhw_mmio_exit(void)
{
	vhw_window_detach();
}

/**
 * vhw_mmio_irq_delay() - from a line's rising or being unmasked to the interrupt
 *
 * Return: nanoseconds.
 */
u64 vhw_mmio_irq_delay(void)
{
	return IRQ_DELAY_NS;
}

/**
 * vhw_mmio_real_time() - does code take time?
 *
 * Return: false in time-travel mode.
 */
bool vhw_mmio_real_time(void)
{
	return time_travel_mode == TT_MODE_OFF;
}
