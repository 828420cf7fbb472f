// SPDX-License-Identifier: GPL-2.0
/*
 * The mezzanine's I2C bus, driven by i2c-ocores, and the EEPROM on it, driven by at24.
 */
#include <linux/i2c.h>
#include <linux/nvmem-consumer.h>
#include <linux/platform_data/i2c-ocores.h>
#include <linux/platform_device.h>
#include <linux/property.h>

#include "carrier.h"

static const struct property_entry eeprom_properties[] = {
	PROPERTY_ENTRY_U32("pagesize", 32),
	{}
};

static const struct software_node eeprom_node = {
	.properties = eeprom_properties,
};

static const struct i2c_board_info eeprom_info = {
	I2C_BOARD_INFO("24c64", SPEC_FMC_EEPROM_ADDRESS),
	.swnode = &eeprom_node,
};

static const struct ocores_i2c_platform_data i2c_data = {
	.reg_shift = 2,
	.reg_io_width = 4,
	.clock_khz = SPEC_I2C_CLOCK_KHZ,
	.bus_khz = 100,
	.num_devices = 1,
	.devices = &eeprom_info,
};

/**
 * spec_i2c_init() - make the device that i2c-ocores drives
 * @spec: with the interrupt controller running
 */
int spec_i2c_init(struct spec *spec)
{
	resource_size_t start = pci_resource_start(spec->pdev, SPEC_BAR_WISHBONE) + SPEC_I2C;
	struct resource resources[] = {
		DEFINE_RES_MEM(start, SPEC_I2C_SIZE),
		DEFINE_RES_IRQ(0),
	};
	struct platform_device_info info = {
		.parent = &spec->pdev->dev,
		.name = "ocores-i2c",
		.id = PLATFORM_DEVID_AUTO,
		.res = resources,
		.num_res = ARRAY_SIZE(resources),
		.data = &i2c_data,
		.size_data = sizeof(i2c_data),
	};
	struct platform_device *i2c;
	int irq;

	irq = spec_vic_map(spec, SPEC_LINE_I2C);
	if (irq < 0)
		return irq;
	resources[1].start = irq;
	resources[1].end = irq;
	i2c = platform_device_register_full(&info);
	if (IS_ERR(i2c))
		return PTR_ERR(i2c);
	spec->i2c = i2c;
	return 0;
}

/**
 * spec_i2c_exit() - undo spec_i2c_init()
 * @spec: any
 */
void spec_i2c_exit(struct spec *spec)
{
	platform_device_unregister(spec->i2c);
	spec->i2c = NULL;
}

static int is_adapter(struct device *dev, compat_child_data *data)
{
	return !!i2c_verify_adapter(dev);
}

/*
 * Why is there no EEPROM device: because nobody drives it yet, or because the chip does not
 * answer?
 */
static int eeprom_missing(struct spec *spec)
{
	struct i2c_msg message = {
		.addr = SPEC_FMC_EEPROM_ADDRESS,
		.flags = I2C_M_RD,
		.len = 1,
	};
	struct device *adapter;
	u8 byte;
	int ret;

	adapter = device_find_child(&spec->i2c->dev, NULL, is_adapter);
	if (!adapter)
		return -EPROBE_DEFER;
	message.buf = &byte;
	ret = i2c_transfer(i2c_verify_adapter(adapter), &message, 1);
	put_device(adapter);
	return ret == 1 ? -EPROBE_DEFER : -ENXIO;
}

static int is_below(struct device *dev, const void *data)
{
	const struct device *ancestor = data;

	while (dev && dev != ancestor)
		dev = dev->parent;
	return !!dev;
}

/**
 * spec_fmc_eeprom_read() - read from the mezzanine's EEPROM
 * @fmc: the mezzanine
 * @offset: first byte
 * @to: where to put them
 * @size: how many
 *
 * Return: 0; -EPROBE_DEFER while at24 and i2c-ocores are not there, -ENXIO if the chip does not
 * answer
 */
int spec_fmc_eeprom_read(struct spec_fmc *fmc, unsigned int offset, void *to, size_t size)
{
	struct spec *spec = fmc->spec;
	struct nvmem_device *nvmem;
	int ret;

	nvmem = nvmem_device_find(&spec->i2c->dev, is_below);
	if (IS_ERR(nvmem))
		return eeprom_missing(spec);
	ret = nvmem_device_read(nvmem, offset, size, to);
	nvmem_device_put(nvmem);
	if (ret < 0)
		return -ENXIO;
	return 0;
}
EXPORT_SYMBOL_GPL(spec_fmc_eeprom_read);
