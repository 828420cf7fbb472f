// SPDX-License-Identifier: GPL-2.0
/*
 * What an access to a virtual register costs. Reading /sys/kernel/debug/vhw-cost measures it on the
 * exerciser's register SCRATCH, with interrupts off, and tells the least of a few passes, in ns.
 *
 * tools/bench/vhw runs it where a nanosecond is an instruction. It can measure another device's
 * register too: a real one that is recorded.
 */
#include <linux/debugfs.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/seq_file.h>

#include "exerciser.h"

static unsigned int passes = 20;
module_param(passes, uint, 0644);
MODULE_PARM_DESC(passes, "the best of so many is told");

static unsigned int accesses = 200;
module_param(accesses, uint, 0644);
MODULE_PARM_DESC(accesses, "in a pass");

static unsigned int vendor = EXERCISER_VENDOR;
module_param(vendor, uint, 0444);
MODULE_PARM_DESC(vendor, "of the device whose BAR 0 is accessed");

static unsigned int device = EXERCISER_DEVICE;
module_param(device, uint, 0444);
MODULE_PARM_DESC(device, "likewise");

static void __iomem *regs;

static noinline void read_pass(void)
{
	unsigned int i;

	for (i = 0; i < accesses; i++)
		readl(regs + EXERCISER_SCRATCH);
}

static noinline void write_pass(void)
{
	unsigned int i;

	for (i = 0; i < accesses; i++)
		writel(i, regs + EXERCISER_SCRATCH);
}

static u64 cost_of(void (*pass_of)(void))
{
	u64 best = U64_MAX;
	unsigned int pass;

	for (pass = 0; pass < passes; pass++) {
		unsigned long flags;
		u64 start, ns;

		local_irq_save(flags);
		start = ktime_get_ns();
		pass_of();
		ns = ktime_get_ns() - start;
		local_irq_restore(flags);
		best = min(best, ns);
	}
	return DIV_ROUND_CLOSEST_ULL(best, accesses);
}

static int cost_show(struct seq_file *file, void *unused)
{
	seq_printf(file, "readl=%llu writel=%llu\n", cost_of(read_pass), cost_of(write_pass));
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(cost);

static struct dentry *cost_file;

static int __init cost_init(void)
{
	struct pci_dev *pdev = pci_get_device(vendor, device, NULL);

	if (!pdev)
		return -ENODEV;
	regs = ioremap(pci_resource_start(pdev, 0), pci_resource_len(pdev, 0));
	pci_dev_put(pdev);
	if (!regs)
		return -ENOMEM;
	cost_file = debugfs_create_file("vhw-cost", 0400, NULL, NULL, &cost_fops);
	return 0;
}
module_init(cost_init);

static void __exit cost_exit(void)
{
	debugfs_remove(cost_file);
	iounmap(regs);
}
module_exit(cost_exit);

MODULE_DESCRIPTION("Cost of an access to a virtual register");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
