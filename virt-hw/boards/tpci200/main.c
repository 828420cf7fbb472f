// SPDX-License-Identifier: GPL-2.0
/* vhw-tpci200: virtual TPCI200 boards, into whose slots modules are plugged. */

#include <linux/module.h>
#include <linux/pci_regs.h>

#include "tpci200.h"

/* Power management version 1.1: D0 and D3hot */
static const u8 pm_bytes[] = { 0x02, 0x00, 0x00, 0x00, 0x00, 0x00 };
static const u8 pm_writable[] = { 0x00, 0x00, PCI_PM_CTRL_STATE_MASK, 0x00, 0x00, 0x00 };

/* Vital product data: the flag that says "done" is always up, and the memory is blank */
static const u8 vpd_bytes[] = { 0x00, 0x80, 0x00, 0x00, 0x00, 0x00 };
static const u8 vpd_writable[] = { 0xfc, 0x7f, 0x00, 0x00, 0x00, 0x00 };

static const struct vhw_capability tpci200_caps[] = {
	{ .id = PCI_CAP_ID_PM,
	  .offset = 0x40,
	  .length = 8,
	  .bytes = pm_bytes,
	  .writable = pm_writable },
	{ .id = PCI_CAP_ID_CHSWP, .offset = 0x48, .length = 4 },
	{ .id = PCI_CAP_ID_VPD,
	  .offset = 0x4c,
	  .length = 8,
	  .bytes = vpd_bytes,
	  .writable = vpd_writable },
	{}
};

static void tpci200_exit(struct vhw_board *board)
{
	struct tpci200 *carrier = vhw_priv(board);

	mutex_destroy(&carrier->lock);
}

static const struct vhw_model tpci200_model = {
	.name = "tpci200",
	.owner = THIS_MODULE,
	.priv_size = sizeof(struct tpci200),
	.vendor = TPCI200_VENDOR_ID,
	.device = TPCI200_DEVICE_ID,
	.subvendor = TPCI200_SUBVENDOR_ID,
	.subdevice = TPCI200_SUBDEVICE_ID,
	.class = TPCI200_CLASS,
	.intx = true,
	.bar = {
		[TPCI200_BAR_LCR] = { .size = TPCI200_LCR_SIZE },
		[TPCI200_BAR_LCR_IO] = { .size = TPCI200_LCR_SIZE, .flags = VHW_BAR_IO },
		[TPCI200_BAR_LAS0] = { .size = TPCI200_LAS0_SIZE },
		[TPCI200_BAR_LAS1] = { .size = TPCI200_LAS1_SIZE },
		[TPCI200_BAR_LAS2] = { .size = TPCI200_LAS2_SIZE },
		[TPCI200_BAR_LAS3] = { .size = TPCI200_LAS3_SIZE },
	},
	.caps = tpci200_caps,
	.faults = tpci200_faults,
	.nr_faults = TPCI200_FAULTS,
	.attrs = tpci200_attrs,
	.init = tpci200_config_init,
	.strip = tpci200_strip,
	.exit = tpci200_exit,
	.power_on = tpci200_power_on,
	.power_off = tpci200_power_off,
	.reset = tpci200_reset,
	.read = tpci200_read,
	.write = tpci200_write,
};

static int __init vhw_tpci200_init(void)
{
	return vhw_model_register(&tpci200_model);
}

static void __exit vhw_tpci200_exit(void)
{
	vhw_model_unregister(&tpci200_model);
}

module_init(vhw_tpci200_init);
module_exit(vhw_tpci200_exit);

MODULE_DESCRIPTION("Virtual TEWS TPCI200 carriers");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
