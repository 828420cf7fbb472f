// SPDX-License-Identifier: GPL-2.0
/*
 * /dev/vhw-record: write the address of a PCI function, and it is recorded until the file is
 * closed. Its driver, if it has one, is unbound and bound again at both ends, so that all it does
 * is recorded from its probe on. A read gives the events there are, perhaps none.
 */
#define pr_fmt(fmt) "vhw-record: " fmt

#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "../core/vhw.h"
#include "record.h"

#define EVENTS_MIN	64
#define EVENTS_MAX	BIT(24)
#define AT_ONCE		(PAGE_SIZE / sizeof(struct record_event))

static unsigned int events = 1 << 17;
module_param(events, uint, 0444);
MODULE_PARM_DESC(events, "room for events that were not read yet, of 32 bytes each");

static DEFINE_MUTEX(lock);	/* protects what follows */
static bool opened;
static struct pci_dev *device;
static const struct record_source *source;
static bool had_driver;

/* Where things are before the driver comes: BARs and config space */
static void put_header(struct pci_dev *pdev)
{
	unsigned int i;
	u32 value;

	for (i = 0; i < PCI_STD_NUM_BARS; i++) {
		unsigned long flags = pci_resource_flags(pdev, i);
		u32 kind = (flags & IORESOURCE_IO ? VHW_BAR_IO : 0) |
			   (flags & IORESOURCE_PREFETCH ? VHW_BAR_PREFETCH : 0) |
			   (flags & IORESOURCE_MEM_64 ? VHW_BAR_64 : 0);

		if (!pci_resource_len(pdev, i))
			continue;
		guard(raw_spinlock_irqsave)(&record_lock);
		record_put(0, RECORD_BAR, i, kind, 0, pci_resource_len(pdev, i));
	}
	for (i = 0; i < pdev->cfg_size; i += 4) {
		if (pci_read_config_dword(pdev, i, &value))
			value = ~0u;
		guard(raw_spinlock_irqsave)(&record_lock);
		record_put(0, RECORD_IMAGE, 0, i, 4, value);
	}
}

static struct pci_dev *find(const char *text)
{
	unsigned int domain, bus, slot, function;
	struct pci_dev *pdev;

	if (sscanf(text, "%x:%x:%x.%x", &domain, &bus, &slot, &function) != 4 || bus > 0xff ||
	    slot > 0x1f || function > 7) {
		pr_err_ratelimited("\"%.*s\" is not the address of a PCI function, such as 0000:00:04.0\n",
				   (int)strcspn(text, "\n"), text);
		return ERR_PTR(-EINVAL);
	}
	pdev = pci_get_domain_bus_and_slot(domain, bus, PCI_DEVFN(slot, function));
	if (!pdev) {
		pr_err_ratelimited("there is no PCI function %.*s\n", (int)strcspn(text, "\n"),
				   text);
		return ERR_PTR(-ENODEV);
	}
	if (pdev->hdr_type != PCI_HEADER_TYPE_NORMAL) {
		pr_err_ratelimited("%s is a bridge; only functions with six BARs can be recorded\n",
				   pci_name(pdev));
		pci_dev_put(pdev);
		return ERR_PTR(-EINVAL);
	}
	return pdev;
}

static const struct record_source *source_for(struct pci_dev *pdev)
{
	if (vhw_board_of_device(pdev))
		return &record_board;
	if (!IS_ENABLED(CONFIG_UML))
		return &record_device;
	pr_err_ratelimited("%s is a real device, which cannot be recorded in User-Mode Linux\n",
			   pci_name(pdev));
	return NULL;
}

/* A device that was taken out of the machine has no driver, and gets none */
static void bind_again(struct pci_dev *pdev)
{
	if (had_driver && device_is_registered(&pdev->dev) && device_attach(&pdev->dev) < 0)
		pr_warn("%s: its driver did not come back\n", pci_name(pdev));
}

static int begin(const char *text)
{
	struct pci_dev *pdev = find(text);
	int err;

	if (IS_ERR(pdev))
		return PTR_ERR(pdev);
	source = source_for(pdev);
	if (!source) {
		pci_dev_put(pdev);
		return -EOPNOTSUPP;
	}
	had_driver = READ_ONCE(pdev->dev.driver);
	device_release_driver(&pdev->dev);
	record_ring_start();
	put_header(pdev);
	err = source->begin(pdev);
	if (err) {
		pr_err_ratelimited("%s: it cannot be recorded, error %d\n", pci_name(pdev), err);
		bind_again(pdev);
		pci_dev_put(pdev);
		return err;
	}
	device = pdev;
	bind_again(pdev);
	return 0;
}

static void end(void)
{
	/* who binds it meanwhile by hand finds that it is not recorded */
	had_driver |= !!READ_ONCE(device->dev.driver);
	device_release_driver(&device->dev);
	source->end(device);
	bind_again(device);
	pci_dev_put(device);
	device = NULL;
}

static int record_open(struct inode *inode, struct file *file)
{
	int err;

	guard(mutex)(&lock);
	if (opened) {
		pr_err_ratelimited("there is a recording already, and only one at a time\n");
		return -EBUSY;
	}
	err = record_ring_init(events);
	if (err)
		return err;
	opened = true;
	return stream_open(inode, file);
}

static int record_release(struct inode *inode, struct file *file)
{
	guard(mutex)(&lock);
	if (device)
		end();
	record_ring_exit();
	opened = false;
	return 0;
}

/* An address begins, "end" ends; the events that are left can be read after that */
static ssize_t record_write(struct file *file, const char __user *from, size_t count, loff_t *at)
{
	char text[32];
	int err;

	if (count >= sizeof(text)) {
		pr_err_ratelimited("what was written is neither the address of a PCI function nor \"end\"\n");
		return -EINVAL;
	}
	if (copy_from_user(text, from, count))
		return -EFAULT;
	text[count] = '\0';
	guard(mutex)(&lock);
	if (sysfs_streq(text, "end")) {
		if (!device)
			return -ENODEV;
		end();
		return count;
	}
	if (device) {
		pr_err_ratelimited("%s is being recorded; write \"end\" first\n",
				   pci_name(device));
		return -EBUSY;
	}
	err = begin(text);
	return err ?: count;
}

static ssize_t record_read(struct file *file, char __user *to, size_t count, loff_t *at)
{
	struct record_event *bounce;
	ssize_t done = 0;
	size_t taken;

	bounce = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!bounce)
		return -ENOMEM;
	while (count / sizeof(*bounce)) {
		taken = record_ring_take(bounce, min(count / sizeof(*bounce), AT_ONCE));
		if (!taken)
			break;
		if (copy_to_user(to + done, bounce, taken * sizeof(*bounce))) {
			done = -EFAULT;
			break;
		}
		done += taken * sizeof(*bounce);
		count -= taken * sizeof(*bounce);
	}
	kfree(bounce);
	return done;
}

static const struct file_operations record_ops = {
	.owner = THIS_MODULE,
	.open = record_open,
	.release = record_release,
	.read = record_read,
	.write = record_write,
};

static struct miscdevice record_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "vhw-record",
	.fops = &record_ops,
	.mode = 0600,
};

static int __init vhw_record_init(void)
{
	if (events < EVENTS_MIN || events > EVENTS_MAX) {
		pr_err("events=%u is not a number from %u to %lu\n", events, EVENTS_MIN,
		       EVENTS_MAX);
		return -EINVAL;
	}
	return misc_register(&record_misc);
}
module_init(vhw_record_init);

static void __exit vhw_record_exit(void)
{
	misc_deregister(&record_misc);
}
module_exit(vhw_record_exit);

MODULE_DESCRIPTION("Recording of what a driver and a PCI function say to each other");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
