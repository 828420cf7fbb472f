// SPDX-License-Identifier: GPL-2.0
/*
 * SPEC: CERN's Simple PCIe FMC Carrier, a Spartan-6 behind a GN4124 bridge.
 *
 * The bridge is alive from the start; the FPGA only once it holds a bitstream. The driver binds
 * to the bridge, loads the FPGA when told to, and offers what the base design provides to the
 * driver of the mezzanine.
 */
#include <linux/idr.h>
#include <linux/module.h>

#include "carrier.h"

static DEFINE_IDA(spec_ids);

static void spec_free_id(void *data)
{
	struct spec *spec = data;

	ida_free(&spec_ids, spec->id);
}

static int spec_take_id(struct spec *spec)
{
	spec->id = ida_alloc(&spec_ids, GFP_KERNEL);
	if (spec->id < 0)
		return spec->id;
	return devm_add_action_or_reset(&spec->pdev->dev, spec_free_id, spec);
}

static int spec_map(struct spec *spec)
{
	struct pci_dev *pdev = spec->pdev;
	struct device *dev = &pdev->dev;
	int ret;

	ret = pcim_enable_device(pdev);
	if (ret)
		return dev_err_probe(dev, ret, "cannot enable the device\n");

	if (pci_resource_len(pdev, SPEC_BAR_WISHBONE) < SPEC_BAR_WISHBONE_SIZE ||
	    pci_resource_len(pdev, SPEC_BAR_GN4124) < SPEC_BAR_GN4124_SIZE)
		return dev_err_probe(dev, -ENODEV, "BAR 0 or 4 is missing or too small\n");

	ret = pcim_iomap_regions(pdev, BIT(SPEC_BAR_GN4124), "spec");
	if (ret)
		return dev_err_probe(dev, ret, "cannot map BAR %d\n", SPEC_BAR_GN4124);
	spec->gn4124 = pcim_iomap_table(pdev)[SPEC_BAR_GN4124];

	/* Not requested as a whole: the I2C master's driver requests its part */
	spec->wishbone = devm_ioremap(dev, pci_resource_start(pdev, SPEC_BAR_WISHBONE),
				      SPEC_BAR_WISHBONE_SIZE);
	if (!spec->wishbone)
		return -ENOMEM;

	if (dma_set_mask_and_coherent(dev, DMA_BIT_MASK(64))) {
		ret = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(32));
		if (ret)
			return dev_err_probe(dev, ret, "no usable DMA mask\n");
	}
	return 0;
}

static int spec_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct spec *spec;
	int ret;

	spec = devm_kzalloc(&pdev->dev, sizeof(*spec), GFP_KERNEL);
	if (!spec)
		return -ENOMEM;
	spec->pdev = pdev;
	mutex_init(&spec->lock);
	mutex_init(&spec->dma.lock);
	raw_spin_lock_init(&spec->vic.lock);
	init_completion(&spec->dma.done);
	INIT_WORK(&spec->lost, spec_fpga_lost);
	pci_set_drvdata(pdev, spec);

	ret = spec_take_id(spec);
	if (ret)
		return ret;
	ret = spec_map(spec);
	if (ret)
		return ret;
	if (spec_all_ones(gn4124_read(spec, GN4124_SYS_CFG_SYSTEM)))
		return dev_err_probe(&pdev->dev, -ENODEV, "the bridge does not answer\n");
	spec_irq_mask(spec);
	pci_set_master(pdev);
	ret = spec_irq_init(spec);
	if (ret)
		return ret;

	/*
	 * Whatever is wrong with the FPGA, a new bitstream may cure: stay bound and offer to load
	 * one
	 */
	guard(mutex)(&spec->lock);
	if (!spec_fcl_done(spec))
		dev_info(&pdev->dev, "the FPGA is empty; write a file's name to firmware_name\n");
	else
		spec_fpga_start(spec);
	return 0;
}

static void spec_remove(struct pci_dev *pdev)
{
	struct spec *spec = pci_get_drvdata(pdev);

	scoped_guard(mutex, &spec->lock)
		spec_fpga_stop(spec);
	cancel_work_sync(&spec->lost);
	spec_irq_mask(spec);
	pci_clear_master(pdev);
}

static int spec_suspend(struct device *dev)
{
	struct spec *spec = dev_get_drvdata(dev);

	spec_irq_mask(spec);
	return 0;
}

static int spec_resume(struct device *dev)
{
	struct spec *spec = dev_get_drvdata(dev);

	pci_set_master(spec->pdev);
	spec_irq_mask(spec);
	guard(mutex)(&spec->lock);
	return spec_fpga_resume(spec);
}

static DEFINE_SIMPLE_DEV_PM_OPS(spec_pm_ops, spec_suspend, spec_resume);

static const struct pci_device_id spec_ids_table[] = {
	{ PCI_DEVICE(SPEC_PCI_VENDOR, SPEC_PCI_DEVICE_45T) },
	{ PCI_DEVICE(SPEC_PCI_VENDOR, SPEC_PCI_DEVICE_100T) },
	{ PCI_DEVICE(SPEC_PCI_VENDOR, SPEC_PCI_DEVICE_150T) },
	{ PCI_DEVICE(SPEC_PCI_VENDOR_GENNUM, SPEC_PCI_DEVICE_GN4124) },
	{}
};
MODULE_DEVICE_TABLE(pci, spec_ids_table);

static struct pci_driver spec_driver = {
	.name = "spec",
	.id_table = spec_ids_table,
	.probe = spec_probe,
	.remove = spec_remove,
	.dev_groups = spec_groups,
	.driver.pm = pm_sleep_ptr(&spec_pm_ops),
};

module_pci_driver(spec_driver);

MODULE_DESCRIPTION("CERN SPEC carrier");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
MODULE_SOFTDEP("pre: i2c-ocores at24");
