// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the exerciser: what a real driver would do with such a board, each use a test
 * case. Reading the device's "selftest" runs them and tells, one line a case. It knows nothing of
 * virtual hardware.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "exerciser.h"

struct exerciser;

/**
 * struct exerciser_message - a message, or INTA# as the first
 * @ex: the device
 * @irqs: interrupts seen
 */
struct exerciser_message {
	struct exerciser *ex;
	atomic_t irqs;
};

/**
 * struct exerciser - a device
 * @pdev: the device
 * @regs: BAR 0
 * @buffer: BAR 2
 * @messages: the interrupts
 * @lock: of the self-test
 * @storm: INTA# is left standing for so many interrupts
 * @fired: an interrupt arrived
 * @waited: the board's time waited for a threaded handler
 * @asleep: how long that slept, by the board's clock, ns
 * @neighbour: when the device was probed, its slot's next function was there
 */
struct exerciser {
	struct pci_dev *pdev;
	void __iomem *regs;
	void __iomem *buffer;
	struct exerciser_message messages[EXERCISER_VECTORS];
	struct mutex lock;	/* one self-test at a time */
	int storm;
	struct completion fired;
	bool waited;
	u32 asleep;
	bool neighbour;
};

/* A processor that is emulated on a busy machine needs seconds for a thousand threads */
static bool arrives(struct exerciser *ex)
{
	return wait_for_completion_timeout(&ex->fired, 60 * HZ);
}

static irqreturn_t line_handler(int irq, void *data)
{
	struct exerciser *ex = data;

	if (!(ioread32(ex->regs + EXERCISER_IRQ) & 1))
		return IRQ_NONE;
	if (atomic_inc_return(&ex->messages[0].irqs) < ex->storm)
		return IRQ_HANDLED;
	iowrite32(0, ex->regs + EXERCISER_IRQ);
	complete(&ex->fired);
	return IRQ_HANDLED;
}

static irqreturn_t message_handler(int irq, void *data)
{
	struct exerciser_message *message = data;

	atomic_inc(&message->irqs);
	complete(&message->ex->fired);
	return IRQ_HANDLED;
}

static const char *test_registers(struct exerciser *ex)
{
	if (ioread32(ex->regs + EXERCISER_ID) != EXERCISER_MAGIC)
		return "wrong ID";
	writel(0x12345678, ex->regs + EXERCISER_SCRATCH);
	writeb(0xab, ex->regs + EXERCISER_SCRATCH + 1);
	writew(0xcdef, ex->regs + EXERCISER_SCRATCH + 2);
	if (readl(ex->regs + EXERCISER_SCRATCH) != 0xcdefab78)
		return "parts of a register do not add up";
	if (readb(ex->regs + EXERCISER_SCRATCH + 3) != 0xcd ||
	    readw(ex->regs + EXERCISER_SCRATCH) != 0xab78)
		return "parts of a register are wrong";
	return NULL;
}

static const char *test_read_side_effects(struct exerciser *ex)
{
	u32 first = readl(ex->regs + EXERCISER_COUNT);

	return readl(ex->regs + EXERCISER_COUNT) == first + 1 ? NULL : "a read did not count one";
}

static const char *test_quad_words(struct exerciser *ex)
{
	writeq(0x1122334455667788, ex->buffer + 8);
	if (readl(ex->buffer + 8) != 0x55667788 || readl(ex->buffer + 12) != 0x11223344)
		return "halves of writeq() are wrong";
	return readq(ex->buffer + 8) == 0x1122334455667788 ? NULL : "readq() is wrong";
}

static const char *test_block_copies(struct exerciser *ex)
{
	u8 out[61], in[61];
	unsigned int i;

	for (i = 0; i < sizeof(out); i++)
		out[i] = 7 * i + 3;
	memcpy_toio(ex->buffer + 0x101, out, sizeof(out));
	memcpy_fromio(in, ex->buffer + 0x101, sizeof(in));
	if (memcmp(in, out, sizeof(in)))
		return "what was copied in does not come out";
	memset_io(ex->buffer + 0x101, 0x5a, sizeof(out));
	return readb(ex->buffer + 0x101 + sizeof(out) - 1) == 0x5a ? NULL : "memset_io() did not";
}

static const char *test_decoding_off(struct exerciser *ex)
{
	u32 value, sizing;
	u16 command;

	pci_read_config_word(ex->pdev, PCI_COMMAND, &command);
	pci_write_config_word(ex->pdev, PCI_COMMAND, command & ~PCI_COMMAND_MEMORY);
	value = readl(ex->regs + EXERCISER_ID);
	pci_read_config_dword(ex->pdev, PCI_BASE_ADDRESS_0, &value);
	pci_write_config_dword(ex->pdev, PCI_BASE_ADDRESS_0, ~0);
	pci_read_config_dword(ex->pdev, PCI_BASE_ADDRESS_0, &sizing);
	pci_write_config_dword(ex->pdev, PCI_BASE_ADDRESS_0, value);
	value = readl(ex->regs + EXERCISER_ID);
	pci_write_config_word(ex->pdev, PCI_COMMAND, command);
	if (value != ~0u)
		return "a board with decoding off answered";
	if (sizing != ~0xffu)
		return "sizing BAR 0 does not give 256 bytes";
	return readl(ex->regs + EXERCISER_ID) == EXERCISER_MAGIC ? NULL : "it never came back";
}

static const char *test_moving_a_bar(struct exerciser *ex)
{
	u32 home, value;

	pci_read_config_dword(ex->pdev, PCI_BASE_ADDRESS_0, &home);
	pci_write_config_dword(ex->pdev, PCI_BASE_ADDRESS_0, home ^ 0x08000000);
	value = readl(ex->regs + EXERCISER_ID);
	pci_write_config_dword(ex->pdev, PCI_BASE_ADDRESS_0, home);
	return value == ~0u ? NULL : "it still answers where it was";
}

/* The line, driven by a register, by a timer, as a storm, held back by INTX_DISABLE */
static const char *use_line(struct exerciser *ex)
{
	u16 status;

	ex->storm = 0;
	writel(1, ex->regs + EXERCISER_IRQ);
	if (!arrives(ex) || atomic_read(&ex->messages[0].irqs) != 1)
		return "a rising line makes no interrupt, or several";
	writel(20000, ex->regs + EXERCISER_TIMER);
	if (!arrives(ex))
		return "a timer's interrupt did not arrive";
	atomic_set(&ex->messages[0].irqs, 0);
	ex->storm = 1000;
	writel(1, ex->regs + EXERCISER_IRQ);
	if (!arrives(ex) || atomic_read(&ex->messages[0].irqs) != 1000)
		return "a standing line is not delivered until it falls";

	ex->storm = 0;
	atomic_set(&ex->messages[0].irqs, 0);
	pci_intx(ex->pdev, false);
	writel(1, ex->regs + EXERCISER_IRQ);
	pci_read_config_word(ex->pdev, PCI_STATUS, &status);
	usleep_range(2000, 3000);
	if (!(status & PCI_STATUS_INTERRUPT))
		return "the status register hides the line";
	if (atomic_read(&ex->messages[0].irqs))
		return "an interrupt in spite of INTX_DISABLE";
	pci_intx(ex->pdev, true);
	return arrives(ex) ? NULL : "a line that stood was forgotten";
}

static bool time_travel;
module_param(time_travel, bool, 0444);
MODULE_PARM_DESC(time_travel, "code takes no time here, so that no handler is late");

#define DAWDLES		100	/* accesses of 9 us each */
#define ACCESS_NS	2000	/* what the board sees of them at most while time waits */

/*
 * Dawdle. Return: did little time pass for the board meanwhile? An access is worth so much to it,
 * and so is a look that the world's own timer takes, once a millisecond, at how the handler is.
 */
static bool time_waits(struct exerciser *ex)
{
	u32 since = readl(ex->regs + EXERCISER_NOW), passed;
	u64 start = ktime_get_ns(), most;

	for (int i = 0; i < DAWDLES; i++) {
		udelay(9);
		readl(ex->regs + EXERCISER_ID);
	}
	passed = readl(ex->regs + EXERCISER_NOW) - since;
	most = (DAWDLES + 2 + div_u64(ktime_get_ns() - start, NSEC_PER_MSEC)) * ACCESS_NS;
	return passed && (passed > most) == time_travel;
}

/* On a busy machine a handler that has done its work may not have returned yet, or be seen late. */
#define TRIES		20

static const char *waits_for_nobody(struct exerciser *ex)
{
	for (int i = 0; i < TRIES; i++) {
		u32 since = readl(ex->regs + EXERCISER_NOW);

		usleep_range(1000, 1100);
		if (readl(ex->regs + EXERCISER_NOW) - since >= 1000000)
			return NULL;
	}
	return "time waits for no interrupt";
}

/* With interrupts off the handler keeps the board waiting: little time passes for it meanwhile */
static const char *use_patience(struct exerciser *ex)
{
	unsigned long flags;
	bool waits;

	local_irq_save(flags);
	writel(1, ex->regs + EXERCISER_IRQ);
	udelay(5);
	waits = time_waits(ex);
	local_irq_restore(flags);
	if (!arrives(ex))
		return "an interrupt did not arrive after a long time";
	if (!waits)
		return "time does not wait for an interrupt's handler";
	return waits_for_nobody(ex);
}

static irqreturn_t slow_thread(int irq, void *data)
{
	struct exerciser *ex = data;
	u32 since;

	ex->waited = time_waits(ex);
	ex->asleep = 0;
	for (int i = 0; i < TRIES && ex->asleep < 10000000; i++) {
		since = readl(ex->regs + EXERCISER_NOW);
		usleep_range(20000, 21000);
		ex->asleep = readl(ex->regs + EXERCISER_NOW) - since;
	}
	iowrite32(0, ex->regs + EXERCISER_IRQ);
	complete(&ex->fired);
	return IRQ_HANDLED;
}

/* For a handler that is a thread time waits as for any other, but not while that sleeps */
static const char *use_thread(struct exerciser *ex)
{
	writel(1, ex->regs + EXERCISER_IRQ);
	if (!arrives(ex))
		return "an interrupt does not arrive";
	if (!ex->waited)
		return "time does not wait for it";
	if (ex->asleep < 10000000)
		return "time waits while it sleeps";
	return waits_for_nobody(ex);
}

static const char *test_thread(struct exerciser *ex)
{
	const char *why;
	int irq;

	if (pci_alloc_irq_vectors(ex->pdev, 1, 1, PCI_IRQ_INTX) < 0)
		return "no INTA#";
	irq = pci_irq_vector(ex->pdev, 0);
	reinit_completion(&ex->fired);
	why = "request_threaded_irq() fails";
	if (request_threaded_irq(irq, NULL, slow_thread, IRQF_SHARED | IRQF_ONESHOT, "exerciser",
				 ex))
		goto free_vectors;
	for (int i = 0; i < 3; i++) {
		why = use_thread(ex);
		if (why)
			break;
	}
	free_irq(irq, ex);
free_vectors:
	pci_free_irq_vectors(ex->pdev);
	return why;
}

static const char *test_line(struct exerciser *ex)
{
	const char *why;

	if (pci_alloc_irq_vectors(ex->pdev, 1, 1, PCI_IRQ_INTX) < 0)
		return "no INTA#";
	atomic_set(&ex->messages[0].irqs, 0);
	reinit_completion(&ex->fired);
	why = "request_irq() fails";
	if (request_irq(pci_irq_vector(ex->pdev, 0), line_handler, IRQF_SHARED, "exerciser", ex))
		goto free_vectors;
	why = use_line(ex) ?: use_patience(ex);
	free_irq(pci_irq_vector(ex->pdev, 0), ex);
free_vectors:
	pci_free_irq_vectors(ex->pdev);
	return why;
}

static const char *use_message(struct exerciser *ex, int vector)
{
	int irq = pci_irq_vector(ex->pdev, vector);

	writel(vector, ex->regs + EXERCISER_MESSAGE);
	if (!arrives(ex) || atomic_read(&ex->messages[vector].irqs) != 1)
		return "a message did not arrive once, where it should";
	disable_irq(irq);
	writel(vector, ex->regs + EXERCISER_MESSAGE);
	usleep_range(1000, 2000);
	if (atomic_read(&ex->messages[vector].irqs) != 1)
		return "a masked message arrived";
	enable_irq(irq);
	if (!arrives(ex) || atomic_read(&ex->messages[vector].irqs) != 2)
		return "a pending message did not arrive when unmasked";

	pci_clear_master(ex->pdev);
	writel(vector, ex->regs + EXERCISER_MESSAGE);
	usleep_range(1000, 2000);
	pci_set_master(ex->pdev);
	if (atomic_read(&ex->messages[vector].irqs) != 2)
		return "a message without bus mastering";
	return NULL;
}

static const char *test_messages(struct exerciser *ex, unsigned int flags, int vectors)
{
	const char *why = NULL;
	int i, requested;

	if (pci_alloc_irq_vectors(ex->pdev, vectors, vectors, flags) != vectors)
		return "no vectors";
	reinit_completion(&ex->fired);
	for (requested = 0; requested < vectors && !why; requested++) {
		atomic_set(&ex->messages[requested].irqs, 0);
		if (request_irq(pci_irq_vector(ex->pdev, requested), message_handler, 0,
				"exerciser", &ex->messages[requested]))
			why = "request_irq() fails";
	}
	for (i = 0; i < vectors && !why; i++)
		why = use_message(ex, i);
	while (requested--)
		free_irq(pci_irq_vector(ex->pdev, requested), &ex->messages[requested]);
	pci_free_irq_vectors(ex->pdev);
	return why;
}

static const char *test_msi(struct exerciser *ex)
{
	return test_messages(ex, PCI_IRQ_MSI, 4);
}

static const char *test_msix(struct exerciser *ex)
{
	return test_messages(ex, PCI_IRQ_MSIX, EXERCISER_VECTORS);
}

static u32 dma(struct exerciser *ex, dma_addr_t address, u32 length, u32 direction)
{
	writel(lower_32_bits(address), ex->regs + EXERCISER_DMA_LOW);
	writel(upper_32_bits(address), ex->regs + EXERCISER_DMA_HIGH);
	writel(length, ex->regs + EXERCISER_DMA_LENGTH);
	writel(direction, ex->regs + EXERCISER_DMA);
	return readl(ex->regs + EXERCISER_DMA);
}

static const char *use_dma(struct exerciser *ex, u8 *memory, dma_addr_t address)
{
	unsigned int i;

	for (i = 0; i < EXERCISER_BUFFER; i++)
		memory[i] = i ^ i >> 8;
	if (dma(ex, address + 3, EXERCISER_BUFFER - 3, 1))
		return "the board could not read memory";
	if (readb(ex->buffer) != memory[3] || readb(ex->buffer + 9000) != memory[9003])
		return "the board read something else";
	memset(memory, 0, EXERCISER_BUFFER);
	if (dma(ex, address + 1, EXERCISER_BUFFER - 3, 2))
		return "the board could not write memory";
	if (memory[0] || memory[1] != 3 || memory[EXERCISER_BUFFER - 1])
		return "the board wrote too much or too little";
	pci_clear_master(ex->pdev);
	i = dma(ex, address, 4, 1);
	pci_set_master(ex->pdev);
	if (i != EIO)
		return "the board mastered the bus without permission";
	return dma(ex, ~0xfffull, 4, 1) == EIO ? NULL : "the board read where no memory is";
}

static const char *test_dma(struct exerciser *ex)
{
	dma_addr_t address;
	const char *why;
	u8 *memory;

	memory = dma_alloc_coherent(&ex->pdev->dev, EXERCISER_BUFFER, &address, GFP_KERNEL);
	if (!memory)
		return "no memory";
	why = use_dma(ex, memory, address);
	dma_free_coherent(&ex->pdev->dev, EXERCISER_BUFFER, memory, address);
	return why;
}

/* Interrupts are off, so only what runs before each access can bring time on */
static const char *test_polling(struct exerciser *ex)
{
	unsigned long flags;
	int polls;

	local_irq_save(flags);
	writel(5000, ex->regs + EXERCISER_TIMER);
	for (polls = 0; polls < 1000000 && readl(ex->regs + EXERCISER_TIMER); polls++)
		cpu_relax();
	writel(0, ex->regs + EXERCISER_IRQ);
	local_irq_restore(flags);
	return polls < 1000000 ? NULL : "a timer never expired";
}

static const char *test_reset(struct exerciser *ex)
{
	u16 command;

	writel(5, ex->regs + EXERCISER_SCRATCH);
	if (pci_try_reset_function(ex->pdev))
		return "the function does not reset";
	pci_read_config_word(ex->pdev, PCI_COMMAND, &command);
	if (!(command & PCI_COMMAND_MEMORY))
		return "COMMAND was not restored";
	return readl(ex->regs + EXERCISER_SCRATCH) ? "a register survived" : NULL;
}

static const struct {
	const char *name;
	const char *(*run)(struct exerciser *ex);
} tests[] = {
	{ "registers of 8, 16 and 32 bits", test_registers },
	{ "a read has its side effect, once", test_read_side_effects },
	{ "64 bits are two accesses, low half first", test_quad_words },
	{ "blocks are copied", test_block_copies },
	{ "with decoding off all reads are all-ones, and a BAR tells its size", test_decoding_off },
	{ "a BAR that is moved is gone from its old place", test_moving_a_bar },
	{ "INTA# is a level", test_line },
	{ "time waits for a handler that is a thread, unless that sleeps", test_thread },
	{ "MSI: four messages, pending while masked, none without bus mastering", test_msi },
	{ "MSI-X: eight messages, pending while masked, none without bus mastering", test_msix },
	{ "DMA crosses pages and needs bus mastering", test_dma },
	{ "time passes for a driver that polls with interrupts off", test_polling },
	{ "a function reset returns registers to power-on", test_reset },
};

static ssize_t selftest_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct exerciser *ex = dev_get_drvdata(dev);
	const char *why;
	int i, at = 0;

	guard(mutex)(&ex->lock);
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		why = tests[i].run(ex);
		at += sysfs_emit_at(page, at, "%s %s%s%s\n", why ? "not ok" : "ok", tests[i].name,
				    why ? " -- " : "", why ?: "");
	}
	return at;
}
static DEVICE_ATTR_RO(selftest);

/* A register by name, so that a script can poke: "echo 0x38 > read_register" */
static ssize_t read_register_store(struct device *dev, struct device_attribute *attr,
				   const char *page, size_t count)
{
	struct exerciser *ex = dev_get_drvdata(dev);
	unsigned int offset;
	int err = kstrtouint(page, 0, &offset);

	if (err)
		return err;
	if (offset >= 0x100)
		return -EINVAL;
	readl(ex->regs + offset);
	return count;
}
static DEVICE_ATTR_WO(read_register);

static ssize_t registers_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct exerciser *ex = dev_get_drvdata(dev);

	return sysfs_emit(page, "id=%#x scratch=%#x faulty=%u random=%u\n",
			  readl(ex->regs + EXERCISER_ID), readl(ex->regs + EXERCISER_SCRATCH),
			  readl(ex->regs + EXERCISER_FAULTY), readl(ex->regs + EXERCISER_RANDOM));
}
static DEVICE_ATTR_RO(registers);

static ssize_t neighbour_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct exerciser *ex = dev_get_drvdata(dev);

	return sysfs_emit(page, "%d\n", ex->neighbour);
}
static DEVICE_ATTR_RO(neighbour);

static struct attribute *exerciser_attrs[] = {
	&dev_attr_neighbour.attr,
	&dev_attr_selftest.attr,
	&dev_attr_read_register.attr,
	&dev_attr_registers.attr,
	NULL,
};
ATTRIBUTE_GROUPS(exerciser);

/*
 * For a test of what becomes of a mapping that a driver forgets: kept from one device's removal
 * until we unload
 */
static void __iomem *stale;

static bool leak;
module_param(leak, bool, 0644);
MODULE_PARM_DESC(leak, "keep a mapping of the registers beyond removal");

static int stale_get(char *page, const struct kernel_param *kp)
{
	return stale ? sysfs_emit(page, "%#x\n", readl(stale + EXERCISER_ID)) : -ENXIO;
}

static const struct kernel_param_ops stale_ops = {
	.get = stale_get,
};
module_param_cb(stale, &stale_ops, NULL, 0444);
MODULE_PARM_DESC(stale, "what the ID register reads through the mapping that was kept");

static bool find_neighbour(struct pci_dev *pdev)
{
	struct pci_dev *next = NULL;

	if (pdev->multifunction)
		next = pci_get_slot(pdev->bus, pdev->devfn + 1);
	pci_dev_put(next);
	return next;
}

static int probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct exerciser *ex = devm_kzalloc(&pdev->dev, sizeof(*ex), GFP_KERNEL);
	int i, err;

	if (!ex)
		return -ENOMEM;
	err = pcim_enable_device(pdev);
	if (err)
		return err;
	err = pcim_iomap_regions(pdev, BIT(0) | BIT(2), "exerciser");
	if (err)
		return err;
	ex->pdev = pdev;
	ex->neighbour = find_neighbour(pdev);
	for (i = 0; i < EXERCISER_VECTORS; i++)
		ex->messages[i].ex = ex;
	ex->regs = pcim_iomap_table(pdev)[0];
	ex->buffer = pcim_iomap_table(pdev)[2];
	mutex_init(&ex->lock);
	init_completion(&ex->fired);
	pci_set_master(pdev);
	pci_set_drvdata(pdev, ex);
	return dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(64));
}

static void remove(struct pci_dev *pdev)
{
	if (leak && !stale)
		stale = ioremap(pci_resource_start(pdev, 0), pci_resource_len(pdev, 0));
}

static const struct pci_device_id ids[] = {
	{ PCI_DEVICE(EXERCISER_VENDOR, EXERCISER_DEVICE) },
	{}
};
MODULE_DEVICE_TABLE(pci, ids);

static struct pci_driver exerciser_driver = {
	.name = "vhw-exerciser",
	.id_table = ids,
	.probe = probe,
	.remove = remove,
	.dev_groups = exerciser_groups,
};

static int __init exerciser_driver_init(void)
{
	return pci_register_driver(&exerciser_driver);
}
module_init(exerciser_driver_init);

static void __exit exerciser_driver_exit(void)
{
	pci_unregister_driver(&exerciser_driver);
	if (stale)
		iounmap(stale);
}
module_exit(exerciser_driver_exit);

MODULE_DESCRIPTION("Driver for the exerciser: uses a PCI board in every way and tells what failed");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
