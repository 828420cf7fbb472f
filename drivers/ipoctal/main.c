// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal 232, 422 and 485: eight serial channels on an IndustryPack module. Probe, removal,
 * power.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "ipoctal.h"

#define VECTOR_OFFSET		1
#define VECTOR_BASE		0x80

static const struct ipoctal_board board_232 = { .type = "IP-Octal 232", .handshake = true };
static const struct ipoctal_board board_422 = { .type = "IP-Octal 422" };
static const struct ipoctal_board board_485 = { .type = "IP-Octal 485", .half_duplex = true };

static bool handshake_422;
module_param(handshake_422, bool, 0444);
MODULE_PARM_DESC(handshake_422, "RTS and CTS of IP-Octal 422 modules reach the connector");

static const struct ipoctal_board board_422_handshake = {
	.type = "IP-Octal 422",
	.handshake = true,
};

static const struct ipoctal_board *find_board(const struct ipack_device *dev)
{
	switch (dev->id_device) {
	case IPACK1_DEVICE_ID_SBS_OCTAL_422:
		return handshake_422 ? &board_422_handshake : &board_422;
	case IPACK1_DEVICE_ID_SBS_OCTAL_485:
		return &board_485;
	default:
		return &board_232;
	}
}

static int load_vector(struct ipack_device *dev)
{
	const struct ipack_region *region = &dev->region[IPACK_MEM8_SPACE];
	void __iomem *mem;

	if (region->size <= VECTOR_OFFSET)
		return 0;
	mem = ioremap(region->start, VECTOR_OFFSET + 1);
	if (!mem)
		return -ENOMEM;
	/* PCI carriers do not look at vectors; to others, a slot of its own. */
	iowrite8(VECTOR_BASE | dev->bus->bus_nr % 32 << 2 | dev->slot % 4, mem + VECTOR_OFFSET);
	iounmap(mem);
	return 0;
}

static void init_port(struct ipoctal *module, unsigned int channel)
{
	const struct ipack_region *io = &module->dev->region[IPACK_IO_SPACE];
	struct ipoctal_port *port = &module->ports[channel];
	struct device *parent = module->dev->bus->parent;
	struct uart_port *uart = &port->uart;

	port->module = module;
	port->block = &module->blocks[channel / 2];
	port->ch = channel % 2;
	port->regs = module->regs + SCC2698_CHANNEL(channel, 0);
	port->in_flight = &module->lines->in_flight[channel];
	ipoctal_tx_init(port);

	uart->dev = &module->dev->dev;
	uart->line = channel;
	uart->iotype = UPIO_MEM;
	uart->mapbase = io->start + 0x10 * channel;
	uart->membase = port->regs;
	uart->irq = dev_is_pci(parent) ? to_pci_dev(parent)->irq : 0;
	uart->uartclk = 16 * 115200;
	uart->fifosize = 2;
	uart->type = PORT_SC26XX;
	uart->flags = UPF_FIXED_TYPE | UPF_FIXED_PORT | UPF_SHARE_IRQ;
	uart->ops = &ipoctal_uart_ops;
	if (module->board->handshake || module->board->half_duplex) {
		uart->rs485_config = ipoctal_rs485_config;
		uart->rs485_supported = ipoctal_rs485_supported;
	}
	if (module->board->half_duplex)
		uart->rs485.flags = SER_RS485_ENABLED | SER_RS485_RTS_ON_SEND;
}

static int init_registers(struct ipoctal *module)
{
	const struct ipack_region *io = &module->dev->region[IPACK_IO_SPACE];

	for (int i = 0; i < SCC2698_BLOCKS; i++)
		raw_spin_lock_init(&module->blocks[i].lock);
	timer_setup(&module->watchdog, ipoctal_watchdog, 0);

	if (io->size < 0x10 * SCC2698_CHANNELS)
		return -ENODEV;
	module->regs = ioremap(io->start, io->size);
	if (!module->regs)
		return -ENOMEM;
	for (int i = 0; i < SCC2698_BLOCKS; i++)
		module->blocks[i].regs = module->regs + SCC2698_BLOCK(i, 0);
	return 0;
}

/* Hangs up and waits for whoever is inside */
static void remove_ports(struct ipoctal *module)
{
	WRITE_ONCE(module->lines->leaving, true);
	while (module->added)
		uart_remove_one_port(&module->lines->driver,
				     &module->ports[--module->added].uart);
}

static int add_ports(struct ipoctal *module)
{
	while (module->added < SCC2698_CHANNELS) {
		struct uart_port *uart = &module->ports[module->added].uart;
		int ret;

		ret = uart_add_one_port(&module->lines->driver, uart);
		if (ret)
			return ret;
		module->added++;
		/* serial_core keeps quiet about a node it could not make. */
		if (uart->flags & UPF_DEAD)
			return -ENOMEM;
	}
	return 0;
}

static int ipoctal_probe(struct ipack_device *dev)
{
	const struct ipack_bus_ops *ops = dev->bus->ops;
	struct ipoctal *module;
	int ret;

	module = kzalloc(sizeof(*module), GFP_KERNEL);
	if (!module)
		return -ENOMEM;
	module->dev = dev;
	module->board = find_board(dev);

	ret = init_registers(module);
	if (ret)
		goto free;
	module->lines = ipoctal_lines_get(dev);
	if (IS_ERR(module->lines)) {
		ret = PTR_ERR(module->lines);
		goto unmap;
	}
	for (int i = 0; i < SCC2698_CHANNELS; i++)
		init_port(module, i);

	ret = ipoctal_set_up_chip(module);
	if (ret)
		goto put_lines;
	ret = load_vector(dev);
	if (ret)
		goto put_lines;
	ret = ops->request_irq(dev, ipoctal_interrupt, module);
	if (ret) {
		dev_err(&dev->dev, "no interrupt: %d\n", ret);
		goto put_lines;
	}

	dev_set_drvdata(&dev->dev, module);
	ret = add_ports(module);
	if (ret)
		goto remove_ports;
	return 0;

remove_ports:
	/* Somebody may have opened one of those that were there. */
	remove_ports(module);
	timer_shutdown_sync(&module->watchdog);
	ipoctal_silence(module);
	ops->free_irq(dev);
put_lines:
	ipoctal_lines_put(module->lines);
unmap:
	iounmap(module->regs);
free:
	kfree(module);
	return ret;
}

static void ipoctal_remove(struct ipack_device *dev)
{
	struct ipoctal *module = dev_get_drvdata(&dev->dev);

	/* Only then the hardware goes. */
	remove_ports(module);
	timer_shutdown_sync(&module->watchdog);
	ipoctal_silence(module);
	dev->bus->ops->free_irq(dev);
	ipoctal_lines_put(module->lines);
	iounmap(module->regs);
	kfree(module);
}

static int ipoctal_suspend(struct device *dev)
{
	struct ipoctal *module = dev_get_drvdata(dev);

	for (int i = 0; i < SCC2698_CHANNELS; i++)
		uart_suspend_port(&module->lines->driver, &module->ports[i].uart);
	ipoctal_silence(module);
	return 0;
}

static int ipoctal_resume(struct device *dev)
{
	struct ipoctal *module = dev_get_drvdata(dev);

	ipoctal_restore(module);
	for (int i = 0; i < SCC2698_CHANNELS; i++)
		uart_resume_port(&module->lines->driver, &module->ports[i].uart);
	return 0;
}

static DEFINE_SIMPLE_DEV_PM_OPS(ipoctal_pm_ops, ipoctal_suspend, ipoctal_resume);

static ssize_t interrupts_recovered_show(struct device *dev, struct device_attribute *attr,
					 char *buf)
{
	struct ipoctal *module = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", atomic_read(&module->recovered));
}
static DEVICE_ATTR_RO(interrupts_recovered);

static ssize_t registers_restored_show(struct device *dev, struct device_attribute *attr,
				       char *buf)
{
	struct ipoctal *module = dev_get_drvdata(dev);

	return sysfs_emit(buf, "%d\n", atomic_read(&module->restored));
}
static DEVICE_ATTR_RO(registers_restored);

static ssize_t reset_receiver_store(struct device *dev, struct device_attribute *attr,
				    const char *buf, size_t count)
{
	struct ipoctal *module = dev_get_drvdata(dev);
	unsigned int channel;
	int ret;

	ret = kstrtouint(buf, 0, &channel);
	if (ret)
		return ret;
	if (channel >= SCC2698_CHANNELS)
		return -EINVAL;
	ret = ipoctal_reset_receiver(&module->ports[channel]);
	return ret ?: count;
}
static DEVICE_ATTR_WO(reset_receiver);

static struct attribute *ipoctal_attrs[] = {
	&dev_attr_interrupts_recovered.attr,
	&dev_attr_registers_restored.attr,
	&dev_attr_reset_receiver.attr,
	NULL
};
ATTRIBUTE_GROUPS(ipoctal);

static const struct ipack_driver_ops ipoctal_ops = {
	.probe = ipoctal_probe,
	.remove = ipoctal_remove,
};

static DEFINE_IPACK_DEVICE_TABLE(ipoctal_ids) = {
	{ IPACK_DEVICE(IPACK_ID_VERSION_1, IPACK1_VENDOR_ID_SBS, IPACK1_DEVICE_ID_SBS_OCTAL_232) },
	{ IPACK_DEVICE(IPACK_ID_VERSION_1, IPACK1_VENDOR_ID_SBS, IPACK1_DEVICE_ID_SBS_OCTAL_422) },
	{ IPACK_DEVICE(IPACK_ID_VERSION_1, IPACK1_VENDOR_ID_SBS, IPACK1_DEVICE_ID_SBS_OCTAL_485) },
	{}
};
MODULE_DEVICE_TABLE(ipack, ipoctal_ids);

static struct ipack_driver ipoctal_driver = {
	.ops = &ipoctal_ops,
	.id_table = ipoctal_ids,
	.driver = {
		.dev_groups = ipoctal_groups,
		.pm = pm_sleep_ptr(&ipoctal_pm_ops),
	},
};

static int __init ipoctal_init(void)
{
	return ipack_driver_register(&ipoctal_driver, THIS_MODULE, KBUILD_MODNAME);
}
module_init(ipoctal_init);

static void __exit ipoctal_exit(void)
{
	ipack_driver_unregister(&ipoctal_driver);
	ipoctal_lines_free();
}
module_exit(ipoctal_exit);

MODULE_DESCRIPTION("IP-Octal 232, 422 and 485 serial modules");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
