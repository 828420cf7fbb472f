// SPDX-License-Identifier: GPL-2.0
/*
 * A real device: its registers are mapped to cookies, and each access is passed on once, under one
 * lock, on whichever processor it comes.
 */
#include <linux/ktime.h>
#include <linux/pci.h>

#include "../mmio/tap.h"
#include "record.h"

static struct vhw_tap tap;

static bool inside(unsigned int range, u64 offset, unsigned int size)
{
	return offset < tap.range[range].size && size <= tap.range[range].size - offset;
}

static u64 tap_read(unsigned int range, u64 offset, unsigned int size, void __iomem *real)
{
	u64 value;

	guard(raw_spinlock_irqsave)(&record_lock);
	value = vhw_tap_pass_read(real, size);
	if (inside(range, offset, size))
		record_put(ktime_get_ns(), RECORD_READ, range, offset, size, value);
	record_line_after();
	return value;
}

static void tap_write(unsigned int range, u64 offset, unsigned int size, u64 value,
		      void __iomem *real)
{
	guard(raw_spinlock_irqsave)(&record_lock);
	if (inside(range, offset, size))
		record_put(ktime_get_ns(), RECORD_WRITE, range, offset, size,
			   size == 8 ? value : value & (BIT_ULL(8 * size) - 1));
	vhw_tap_pass_write(real, size, value);
	record_line_after();
}

static void fill_ranges(struct pci_dev *pdev)
{
	unsigned int i;

	for (i = 0; i < VHW_TAP_RANGES; i++) {
		bool memory = pci_resource_flags(pdev, i) & IORESOURCE_MEM;

		tap.range[i].start = pci_resource_start(pdev, i);
		tap.range[i].size = memory && pci_resource_start(pdev, i) ?
				    pci_resource_len(pdev, i) : 0;
	}
}

static int begin(struct pci_dev *pdev)
{
	int err;

	tap.read = tap_read;
	tap.write = tap_write;
	fill_ranges(pdev);
	err = record_config_begin(pdev);
	if (err)
		return err;
	err = record_interrupts_begin(pdev);
	if (err)
		goto end_config;
	err = vhw_tap_begin(&tap);
	if (!err)
		return 0;
	record_interrupts_end();
end_config:
	record_config_end(pdev);
	return err;
}

static void end(struct pci_dev *pdev)
{
	vhw_tap_end();
	record_interrupts_end();
	record_config_end(pdev);
}

const struct record_source record_device = {
	.begin = begin,
	.end = end,
};
