/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that knows kernels differ; every file is compiled with it in front. It tests
 * features where the kernel lets it, and versions only where a change left no other mark.
 */
#ifndef MEZZANINE_COMPAT_H
#define MEZZANINE_COMPAT_H

#include <linux/version.h>

/* Those it is built for and tested on. A stable update may bring in what a later series has. */
#define COMPAT_SERIES(version, level) \
	(LINUX_VERSION_CODE >> 8 == KERNEL_VERSION(version, level, 0) >> 8)
#if !COMPAT_SERIES(6, 1) && !COMPAT_SERIES(6, 12) && !COMPAT_SERIES(7, 2) && !COMPAT_SERIES(7, 3)
#error "Mezzanine supports kernels 6.1, 6.12, 7.2 and 7.3; this one is none of them."
#endif

/*
 * Block devices, for those who stack on them (COMPAT_BLOCK is set in their Kbuild). A device is
 * opened by path to a block_device before 6.5, to a file with holder operations from 6.9 on.
 * Limits and features of a queue are one structure given at its making from 6.11 on; before, they
 * are set one by one afterwards. I/O accounting takes the sectors at the start before 6.4, at the
 * end from then on.
 */
#ifdef COMPAT_BLOCK
#include <linux/blkdev.h>

struct compat_backing {
	struct block_device *bdev;
	struct file *file;
	bool write;
};

#ifdef BLK_OPEN_READ
static inline int compat_backing_open(struct compat_backing *backing, const char *path,
				      bool write, void *holder,
				      const struct blk_holder_ops *ops)
{
	backing->file = bdev_file_open_by_path(path, BLK_OPEN_READ | (write ? BLK_OPEN_WRITE : 0),
					       holder, ops);
	if (IS_ERR(backing->file))
		return PTR_ERR(backing->file);
	backing->bdev = file_bdev(backing->file);
	backing->write = write;
	return 0;
}

static inline void compat_backing_close(struct compat_backing *backing)
{
	bdev_fput(backing->file);
	backing->bdev = NULL;
}

/* A device that somebody may have open, not kept open; put its bd_device. Context: sleeps. */
static inline struct block_device *compat_bdev_find(const char *path)
{
	struct file *file = bdev_file_open_by_path(path, BLK_OPEN_READ, NULL, NULL);
	struct block_device *bdev;

	if (IS_ERR(file))
		return ERR_CAST(file);
	bdev = file_bdev(file);
	get_device(&bdev->bd_device);
	bdev_fput(file);
	return bdev;
}

/* Holder operations are entered with it locked, and unlock it. */
static inline void compat_holder_unlock(struct block_device *bdev)
{
	mutex_unlock(&bdev->bd_holder_lock);
}

static inline void compat_start_io_acct(struct block_device *bdev, enum req_op op,
					unsigned int sectors,
					unsigned long start)
{
	bdev_start_io_acct(bdev, op, start);
}

static inline void compat_end_io_acct(struct block_device *bdev, enum req_op op,
				      unsigned int sectors,
				      unsigned long start)
{
	bdev_end_io_acct(bdev, op, sectors, start);
}
#else
/* Nobody calls these. */
struct blk_holder_ops {
	void (*mark_dead)(struct block_device *bdev, bool surprise);
};

static inline void compat_holder_unlock(struct block_device *bdev)
{
}

static inline fmode_t compat_backing_mode(bool write)
{
	return FMODE_READ | FMODE_EXCL | (write ? FMODE_WRITE : 0);
}

static inline int compat_backing_open(struct compat_backing *backing, const char *path,
				      bool write, void *holder,
				      const struct blk_holder_ops *ops)
{
	backing->bdev = blkdev_get_by_path(path, compat_backing_mode(write), holder);
	if (IS_ERR(backing->bdev))
		return PTR_ERR(backing->bdev);
	backing->write = write;
	return 0;
}

static inline struct block_device *compat_bdev_find(const char *path)
{
	struct block_device *bdev = blkdev_get_by_path(path, FMODE_READ, NULL);

	if (IS_ERR(bdev))
		return bdev;
	get_device(&bdev->bd_device);
	blkdev_put(bdev, FMODE_READ);
	return bdev;
}

static inline void compat_backing_close(struct compat_backing *backing)
{
	blkdev_put(backing->bdev, compat_backing_mode(backing->write));
	backing->bdev = NULL;
}

static inline void compat_start_io_acct(struct block_device *bdev, enum req_op op,
					unsigned int sectors,
					unsigned long start)
{
	bdev_start_io_acct(bdev, sectors, op, start);
}

static inline void compat_end_io_acct(struct block_device *bdev, enum req_op op,
				      unsigned int sectors,
				      unsigned long start)
{
	bdev_end_io_acct(bdev, op, start);
}
#endif

/*
 * How a block device was opened is of a type of its own, and persistent reservations can be read,
 * from 6.5 on. A disk is asked for its geometry by its gendisk from 6.18 on, by a block device of
 * it before.
 */
#ifdef BLK_OPEN_READ
#define compat_blk_mode		blk_mode_t
#define COMPAT_PR_READ
#else
#define compat_blk_mode		fmode_t
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define compat_getgeo_disk	struct gendisk
#define compat_gendisk_of(of)	(of)
static inline int compat_getgeo(struct block_device *bdev, struct hd_geometry *geometry)
{
	return bdev->bd_disk->fops->getgeo(bdev->bd_disk, geometry);
}
#else
#define compat_getgeo_disk	struct block_device
#define compat_gendisk_of(of)	((of)->bd_disk)
static inline int compat_getgeo(struct block_device *bdev, struct hd_geometry *geometry)
{
	return bdev->bd_disk->fops->getgeo(bdev, geometry);
}
#endif

#ifdef BLK_FEAT_WRITE_CACHE
/* A bio-based disk that can do what @bdev can, and no more. */
static inline struct gendisk *compat_alloc_stacked_disk(struct block_device *bdev, const char *name)
{
	struct queue_limits lim;

	blk_set_stacking_limits(&lim);
	lim.features |= BLK_FEAT_NOWAIT | BLK_FEAT_IO_STAT;
	queue_limits_stack_bdev(&lim, bdev, 0, name);
	lim.max_hw_discard_sectors = bdev_max_discard_sectors(bdev);
	lim.max_secure_erase_sectors = bdev_max_secure_erase_sectors(bdev);
	lim.max_write_zeroes_sectors = bdev_write_zeroes_sectors(bdev);
	return blk_alloc_disk(&lim, NUMA_NO_NODE);
}

/* A bio-based disk that erases @sectors securely at once, for tests. */
static inline struct gendisk *compat_alloc_eraser(unsigned int sectors)
{
	struct queue_limits lim = { .max_secure_erase_sectors = sectors };

	return blk_alloc_disk(&lim, NUMA_NO_NODE);
}
#else
static inline struct gendisk *compat_alloc_stacked_disk(struct block_device *bdev, const char *name)
{
	struct gendisk *disk = blk_alloc_disk(NUMA_NO_NODE);
	struct request_queue *queue;

	if (!disk)
		return ERR_PTR(-ENOMEM);
	queue = disk->queue;
	blk_set_stacking_limits(&queue->limits);
	strscpy(disk->disk_name, name, sizeof(disk->disk_name));
	disk_stack_limits(disk, bdev, 0);
	blk_queue_max_discard_sectors(queue, bdev_max_discard_sectors(bdev));
	blk_queue_max_secure_erase_sectors(queue, bdev_max_secure_erase_sectors(bdev));
	blk_queue_max_write_zeroes_sectors(queue, bdev_write_zeroes_sectors(bdev));
	blk_queue_write_cache(queue, bdev_write_cache(bdev), bdev_fua(bdev));
	blk_queue_flag_set(QUEUE_FLAG_IO_STAT, queue);
	if (bdev_nonrot(bdev))
		blk_queue_flag_set(QUEUE_FLAG_NONROT, queue);
	if (bdev_nowait(bdev))
		blk_queue_flag_set(QUEUE_FLAG_NOWAIT, queue);
	if (bdev_stable_writes(bdev))
		blk_queue_flag_set(QUEUE_FLAG_STABLE_WRITES, queue);
	return disk;
}

static inline struct gendisk *compat_alloc_eraser(unsigned int sectors)
{
	struct gendisk *disk = blk_alloc_disk(NUMA_NO_NODE);

	if (!disk)
		return ERR_PTR(-ENOMEM);
	blk_queue_max_secure_erase_sectors(disk->queue, sectors);
	return disk;
}
#endif
#endif

/*
 * What a port has to send is in a circular buffer before 6.10, in a kfifo from then on
 * (COMPAT_SERIAL is set in the Kbuild of who asks).
 */
#ifdef COMPAT_SERIAL
#include <linux/serial_core.h>

#ifdef uart_circ_empty
static inline unsigned int compat_uart_pending(struct uart_port *port)
{
	return uart_circ_chars_pending(&port->state->xmit);
}

static inline bool compat_uart_pop(struct uart_port *port, u8 *c)
{
	struct circ_buf *xmit = &port->state->xmit;

	if (uart_circ_empty(xmit))
		return false;
	*c = xmit->buf[xmit->tail];
	uart_xmit_advance(port, 1);
	return true;
}
#else
static inline unsigned int compat_uart_pending(struct uart_port *port)
{
	return kfifo_len(&port->state->port.xmit_fifo);
}

static inline bool compat_uart_pop(struct uart_port *port, u8 *c)
{
	return uart_fifo_get(port, c);
}
#endif
#endif

/*
 * Where the messages of a PCI bus arrive (COMPAT_MSI is set in the Kbuild of who asks). All devices
 * share one domain, which the PCI core completes, before 6.16. From then on each has a domain of
 * its own, below one that says what it can; the header that makes such a one easy came with that.
 */
#ifdef COMPAT_MSI
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>

/**
 * struct compat_msi - who receives messages
 * @chip: mask and unmask are the PCI core's business
 * @size: how many interrupts there are
 * @hwirq: which of them is a device's first message
 */
struct compat_msi {
	struct irq_chip *chip;
	unsigned int size;
	irq_hw_number_t (*hwirq)(struct msi_desc *desc);
};

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <linux/irqchip/irq-msi-lib.h>

static int compat_msi_alloc(struct irq_domain *domain, unsigned int irq, unsigned int count,
			    void *data)
{
	const struct compat_msi *msi = domain->host_data;
	msi_alloc_info_t *alloc = data;
	irq_hw_number_t first = msi->hwirq(alloc->desc);
	unsigned int i;

	for (i = 0; i < count; i++)
		irq_domain_set_info(domain, irq + i, first + i, msi->chip, NULL, handle_edge_irq,
				    NULL, "edge");
	return 0;
}

static void compat_msi_free(struct irq_domain *domain, unsigned int irq, unsigned int count)
{
	irq_domain_free_irqs_top(domain, irq, count);
}

static const struct irq_domain_ops compat_msi_domain_ops = {
	.alloc = compat_msi_alloc,
	.free = compat_msi_free,
};

static const struct msi_parent_ops compat_msi_parent_ops = {
	.supported_flags = MSI_GENERIC_FLAGS_MASK | MSI_FLAG_MULTI_PCI_MSI | MSI_FLAG_PCI_MSIX,
	.required_flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS |
			  MSI_FLAG_NO_AFFINITY,
	.chip_flags = MSI_CHIP_FLAG_SET_ACK,
	.bus_select_token = DOMAIN_BUS_GENERIC_MSI,
	.bus_select_mask = MATCH_PCI_MSI,
	.prefix = "vhw-",
	.init_dev_msi_info = msi_lib_init_dev_msi_info,
};

static inline struct irq_domain *compat_msi_domain(struct fwnode_handle *fwnode,
						   struct compat_msi *msi)
{
	struct irq_domain_info info = {
		.fwnode = fwnode,
		.ops = &compat_msi_domain_ops,
		.host_data = msi,
	};
	struct irq_domain *domain = msi_create_parent_irq_domain(&info, &compat_msi_parent_ops);

	/* told before, it would make a table of that size, though few are ever used */
	if (domain)
		domain->hwirq_max = msi->size;
	return domain;
}
#else
static irq_hw_number_t compat_msi_hwirq(struct msi_domain_info *info, msi_alloc_info_t *alloc)
{
	const struct compat_msi *msi = info->data;

	return msi->hwirq(alloc->desc);
}

static struct msi_domain_ops compat_msi_ops = { .get_hwirq = compat_msi_hwirq };

static struct msi_domain_info compat_msi_info = {
	.flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS | MSI_FLAG_MULTI_PCI_MSI |
		 MSI_FLAG_PCI_MSIX,
	.ops = &compat_msi_ops,
	.handler = handle_edge_irq,
	.handler_name = "edge",
};

static inline struct irq_domain *compat_msi_domain(struct fwnode_handle *fwnode,
						   struct compat_msi *msi)
{
	compat_msi_info.chip = msi->chip;
	compat_msi_info.data = msi;
	return pci_msi_create_irq_domain(fwnode, &compat_msi_info, NULL);
}
#endif
#endif

/*
 * Bus types may be const, and their match() takes a const driver, from 6.11 on;
 * uevent() takes a const device from 6.3 on.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define compat_bus_type		const struct bus_type
#define compat_match_driver	const struct device_driver
#else
#define compat_bus_type		struct bus_type
#define compat_match_driver	struct device_driver
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define compat_uevent_device	const struct device
#else
#define compat_uevent_device	struct device
#endif

/*
 * struct ftrace_regs got accessors in 6.2; before, the one setter had another name and arguments
 * were read from the struct pt_regs inside. Macros, so that nothing is included for them.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define ftrace_regs_get_argument(fregs, n)		regs_get_kernel_argument(&(fregs)->regs, n)
#define ftrace_regs_set_instruction_pointer(fregs, ip)	ftrace_instruction_pointer_set(fregs, ip)
#endif

/* The source of a trace event's string is named once, in __string(), from 6.10 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define compat_assign_str(dst, src)	__assign_str(dst)
#else
#define compat_assign_str(dst, src)	__assign_str(dst, src)
#endif

/* The flag that asks for INTA# is named for what it is from 6.8 on. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define PCI_IRQ_INTX	PCI_IRQ_LEGACY
#endif

/*
 * tty callbacks: write() counts in size_t, and XON and XOFF are u8, from 6.6 on; a tty port's
 * dtr_rts() takes a bool from 6.3 on.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define compat_tty_written	ssize_t
#define compat_tty_length	size_t
#define compat_tty_char		u8
#define compat_tty_flag		u8
#else
#define compat_tty_written	int
#define compat_tty_length	int
#define compat_tty_char		char
#define compat_tty_flag		char
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define compat_dtr_rts		bool
#else
#define compat_dtr_rts		int
#endif

/* Attributes that a driver adds to an IIO buffer are struct iio_dev_attr from 6.2 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#define compat_iio_buffer_attr			struct iio_dev_attr
#define compat_iio_buffer_attr_of(name)		(&iio_dev_attr_##name)
#else
#define compat_iio_buffer_attr			struct attribute
#define compat_iio_buffer_attr_of(name)		(&iio_dev_attr_##name.dev_attr.attr)
#endif

/* A binary attribute is const to its callbacks, and in lists of them, from 6.16 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#define compat_bin_attribute		const struct bin_attribute
#define compat_bin_attribute_listed	const struct bin_attribute *const
#else
#define compat_bin_attribute		struct bin_attribute
#define compat_bin_attribute_listed	struct bin_attribute *
#endif

/* What device_find_child() passes on to the function that chooses is const from 6.14 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 14, 0)
#define compat_child_data		const void
#else
#define compat_child_data		void
#endif

/* A timer gets its function when it is set up from 6.13 on; before, afterwards. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#define compat_hrtimer_setup(timer, callback, clock, mode) \
	hrtimer_setup(timer, callback, clock, mode)
#else
#define compat_hrtimer_setup(timer, callback, clock, mode) \
	({ \
		struct hrtimer *timer_ = (timer); \
\
		hrtimer_init(timer_, clock, mode); \
		timer_->function = (callback); \
	})
#endif

/* ioremap_prot() takes a pgprot_t, not its value, from 6.15 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define compat_ioremap_prot(start, size, prot)	ioremap_prot(start, size, prot)
#else
#define compat_ioremap_prot(start, size, prot)	ioremap_prot(start, size, pgprot_val(prot))
#endif

/*
 * A workqueue has to say that it is one of each processor's, and those of the system that are have
 * another name, from 6.17 on.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
#define COMPAT_WQ_PERCPU		WQ_PERCPU
#define compat_system_wq		system_percpu_wq
#else
#define COMPAT_WQ_PERCPU		0
#define compat_system_wq		system_wq
#endif

/* hex2bin() is declared in a header of its own, which linux/kernel.h includes no more in 7.2. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 16, 0)
#include <linux/hex.h>
#endif

#endif
