// SPDX-License-Identifier: GPL-2.0
/*
 * TEWS TPCI200: PCI carrier for four IndustryPack modules. Probe, removal, power and PCI errors.
 */
#include <linux/devm-helpers.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "tpci200.h"

/*
 * The MEM windows are 32 and 16 MiB: a machine may have had no room for them. Modules that only use
 * I/O space work without.
 */
static int claim_bars(struct tpci200 *carrier)
{
	static const struct {
		u8 bar;
		bool needed;
		u32 size;
	} bars[] = {
		{ TPCI200_BAR_LCR, true, TPCI200_LCR_SIZE },
		{ TPCI200_BAR_LAS0, true, TPCI200_LAS0_SIZE },
		{ TPCI200_BAR_LAS1, true, TPCI200_LAS1_SIZE },
		{ TPCI200_BAR_LAS2, false, TPCI200_LAS2_SIZE },
		{ TPCI200_BAR_LAS3, false, TPCI200_LAS3_SIZE },
	};
	struct pci_dev *pdev = carrier->pdev;

	for (int i = 0; i < ARRAY_SIZE(bars); i++) {
		u8 bar = bars[i].bar;
		resource_size_t start = pci_resource_start(pdev, bar);
		resource_size_t size = pci_resource_len(pdev, bar);
		int ret = -ENOSPC;

		/* newer kernels do not release with the driver what pci_request_region() took */
		if (start && size >= bars[i].size)
			ret = devm_request_mem_region(&pdev->dev, start, size, KBUILD_MODNAME) ?
				0 : -EBUSY;
		if (ret && bars[i].needed)
			return dev_err_probe(&pdev->dev, ret, "cannot use BAR %u\n", bar);
		if (ret)
			dev_info(&pdev->dev, "BAR %u is not assigned: no MEM space\n", bar);
		else
			carrier->bars |= BIT(bar);
	}

	carrier->lcr = pcim_iomap(pdev, TPCI200_BAR_LCR, 0);
	carrier->regs = pcim_iomap(pdev, TPCI200_BAR_LAS0, 0);
	return carrier->lcr && carrier->regs ? 0 : -ENOMEM;
}

static void unregister_bus(void *data)
{
	struct tpci200 *carrier = data;

	scoped_guard(mutex, &carrier->devices)
		carrier->leaving = true;
	tpci200_delete_devices(carrier);
	ipack_bus_unregister(carrier->bus);
}

static void forget_config(void *data)
{
	struct tpci200 *carrier = data;

	kfree(carrier->config);
}

static int tpci200_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct device *dev = &pdev->dev;
	struct tpci200 *carrier;
	int ret;

	carrier = devm_kzalloc(dev, sizeof(*carrier), GFP_KERNEL);
	if (!carrier)
		return -ENOMEM;

	carrier->pdev = pdev;
	carrier->masked = 1;
	mutex_init(&carrier->devices);
	mutex_init(&carrier->actions);
	raw_spin_lock_init(&carrier->lock);
	for (int i = 0; i < TPCI200_SLOTS; i++) {
		carrier->slots[i].carrier = carrier;
		carrier->slots[i].index = i;
	}
	pci_set_drvdata(pdev, carrier);

	/* Before the first access: firmware may have left decoding off. */
	ret = pcim_enable_device(pdev);
	if (ret)
		return ret;
	ret = claim_bars(carrier);
	if (ret)
		return ret;

	carrier->endian[0] = ioread32(carrier->lcr + PCI9030_LAS1BRD) & PCI9030_LASBRD_BIG_ENDIAN;
	carrier->endian[1] = ioread32(carrier->lcr + PCI9030_LAS2BRD) & PCI9030_LASBRD_BIG_ENDIAN;

	/* What is registered last goes first: the bus, the board, the interrupt, its work. */
	ret = devm_add_action_or_reset(dev, forget_config, carrier);
	if (ret)
		return ret;
	ret = devm_delayed_work_autocancel(dev, &carrier->rearm, tpci200_rearm);
	if (ret)
		return ret;
	ret = tpci200_set_up(carrier);
	if (ret)
		return ret;
	ret = devm_request_irq(dev, pdev->irq, tpci200_interrupt, IRQF_SHARED, KBUILD_MODNAME,
			       carrier);
	if (ret)
		return dev_err_probe(dev, ret, "cannot request interrupt %u\n", pdev->irq);
	ret = devm_add_action_or_reset(dev, tpci200_quiesce, carrier);
	if (ret)
		return ret;

	carrier->bus = ipack_bus_register(dev, TPCI200_SLOTS, &tpci200_bus_ops, THIS_MODULE);
	if (!carrier->bus)
		return -ENOMEM;
	ret = devm_add_action_or_reset(dev, unregister_bus, carrier);
	if (ret)
		return ret;

	pci_save_state(pdev);
	/* Without it, a board whose power failed does not come back by itself. */
	carrier->config = pci_store_saved_state(pdev);
	return tpci200_create_devices(carrier);
}

static int tpci200_suspend(struct device *dev)
{
	struct tpci200 *carrier = dev_get_drvdata(dev);

	tpci200_mask(carrier);
	return 0;
}

static int tpci200_resume(struct device *dev)
{
	struct tpci200 *carrier = dev_get_drvdata(dev);
	int ret = tpci200_set_up(carrier);

	if (!ret)
		tpci200_look(carrier, 0);
	return ret;
}

static DEFINE_SIMPLE_DEV_PM_OPS(tpci200_pm_ops, tpci200_suspend, tpci200_resume);

/* PCI errors and resets: modules lose their state, so their drivers are taken off and put back. */

static pci_ers_result_t tpci200_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct tpci200 *carrier = pci_get_drvdata(pdev);

	WRITE_ONCE(carrier->dead, state != pci_channel_io_normal);
	tpci200_delete_devices(carrier);
	/* Reads would be all ones, for no fault of the board's; slot_reset looks again. */
	tpci200_mask(carrier);
	return state == pci_channel_io_perm_failure ? PCI_ERS_RESULT_DISCONNECT :
						      PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t tpci200_slot_reset(struct pci_dev *pdev)
{
	struct tpci200 *carrier = pci_get_drvdata(pdev);

	pci_restore_state(pdev);
	pci_save_state(pdev);
	return tpci200_set_up(carrier) ? PCI_ERS_RESULT_DISCONNECT : PCI_ERS_RESULT_RECOVERED;
}

static void tpci200_error_resume(struct pci_dev *pdev)
{
	if (tpci200_create_devices(pci_get_drvdata(pdev)))
		dev_err(&pdev->dev, "not all modules are back after a PCI error\n");
}

static void tpci200_reset_prepare(struct pci_dev *pdev)
{
	struct tpci200 *carrier = pci_get_drvdata(pdev);

	tpci200_delete_devices(carrier);
	tpci200_mask(carrier);
}

static void tpci200_reset_done(struct pci_dev *pdev)
{
	struct tpci200 *carrier = pci_get_drvdata(pdev);

	/* What the core saved before the reset may have been lost before that. */
	if (READ_ONCE(carrier->dead))
		tpci200_revive(carrier);
	if (tpci200_set_up(carrier) || tpci200_create_devices(carrier))
		dev_err(&pdev->dev, "not all modules are back after a PCI reset\n");
}

static const struct pci_error_handlers tpci200_err_handler = {
	.error_detected = tpci200_error_detected,
	.slot_reset = tpci200_slot_reset,
	.resume = tpci200_error_resume,
	.reset_prepare = tpci200_reset_prepare,
	.reset_done = tpci200_reset_done,
};

static const struct pci_device_id tpci200_ids[] = {
	{ PCI_DEVICE_SUB(TPCI200_VENDOR_ID, TPCI200_DEVICE_ID, TPCI200_SUBVENDOR_ID,
			 TPCI200_SUBDEVICE_ID) },
	{}
};
MODULE_DEVICE_TABLE(pci, tpci200_ids);

static struct pci_driver tpci200_driver = {
	.name = "tpci200",
	.id_table = tpci200_ids,
	.probe = tpci200_probe,
	.dev_groups = tpci200_groups,
	.err_handler = &tpci200_err_handler,
	.driver.pm = pm_sleep_ptr(&tpci200_pm_ops),
};
module_pci_driver(tpci200_driver);

MODULE_DESCRIPTION("TEWS TPCI200 IndustryPack carrier");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
