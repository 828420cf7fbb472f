// SPDX-License-Identifier: GPL-2.0
/* vhw-spec: virtual SPEC carriers, onto whose connector a mezzanine is plugged. */

#include <linux/cleanup.h>
#include <linux/module.h>

#include "spec.h"

#define PCI_CLASS	0x000000	/* "non-VGA unclassified" */
#define PCI_REVISION	3

static int spec_init(struct vhw_board *board)
{
	struct spec *spec = vhw_priv(board);

	spec->board = board;
	spec->flash = &spec_designs[0];
	spec->loads = &spec_designs[0];
	spec->design = &spec_designs[0];
	spec->pcb_rev = 4;
	mutex_init(&spec->connector);
	vic_init(spec);
	spec_dma_init(spec);
	ocores_init(spec);
	return 0;
}

static void spec_exit(struct vhw_board *board)
{
	struct spec *spec = vhw_priv(board);

	mutex_destroy(&spec->connector);
}

static int spec_power_on(struct vhw_board *board)
{
	struct spec *spec = vhw_priv(board);
	const struct fmc_model *model;
	int error;

	guard(mutex)(&spec->connector);
	error = spec->chosen ? 0 : spec_plug_default(spec);
	if (error)
		return error;
	error = ddr_power_on(&spec->ddr);
	if (error)
		return error;
	model = spec->fmc ? spec->fmc->model : NULL;
	error = model && model->power_on ? model->power_on(spec->fmc) : 0;
	if (error) {
		ddr_power_off(&spec->ddr);
		return error;
	}
	spec->design = spec->flash;
	spec->powered = true;
	return 0;
}

static void spec_power_off(struct vhw_board *board)
{
	struct spec *spec = vhw_priv(board);

	guard(mutex)(&spec->connector);
	scoped_guard(vhw_world)
		fcl_reset(spec);
	if (spec->fmc && spec->fmc->model->power_off)
		spec->fmc->model->power_off(spec->fmc);
	ddr_power_off(&spec->ddr);
	spec->powered = false;
}

static const struct vhw_model spec_model = {
	.name = "spec",
	.owner = THIS_MODULE,
	.priv_size = sizeof(struct spec),
	.vendor = SPEC_PCI_VENDOR,
	.device = SPEC_PCI_DEVICE_45T,
	.subvendor = SPEC_PCI_VENDOR,
	.subdevice = SPEC_PCI_DEVICE_45T,
	.class = PCI_CLASS,
	.revision = PCI_REVISION,
	.intx = true,
	.bar = {
		[SPEC_BAR_WISHBONE] = { .size = SPEC_BAR_WISHBONE_SIZE, .flags = VHW_BAR_64 },
		[2] = { .size = SPEC_BAR_WISHBONE_SIZE, .flags = VHW_BAR_64 },
		[SPEC_BAR_GN4124] = { .size = SPEC_BAR_GN4124_SIZE, .flags = VHW_BAR_64 },
	},
	.msi_vectors = 4,
	.msi_offset = GN4124_MSI_CONTROL,
	.faults = spec_faults,
	.nr_faults = SPEC_FAULTS,
	.attrs = spec_attrs,
	.init = spec_init,
	.strip = spec_strip,
	.exit = spec_exit,
	.power_on = spec_power_on,
	.power_off = spec_power_off,
	.reset = spec_reset,
	.read = spec_read,
	.write = spec_write,
};

static int __init spec_module_init(void)
{
	return vhw_model_register(&spec_model);
}
module_init(spec_module_init);

static void __exit spec_module_exit(void)
{
	vhw_model_unregister(&spec_model);
}
module_exit(spec_module_exit);

MODULE_DESCRIPTION("Virtual SPEC carrier");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
