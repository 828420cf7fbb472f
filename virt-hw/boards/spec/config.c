// SPDX-License-Identifier: GPL-2.0
/* The virtual SPEC in configfs: its attributes, its faults, its connector. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "spec.h"

const struct vhw_fault_info spec_faults[SPEC_FAULTS] = {
	[FAULT_DMA_ERROR] = { "dma-error", "a step of a DMA transfer ends in ERROR" },
	[FAULT_DMA_ABORTED] = { "dma-aborted", "a DMA transfer ends in ABORTED, unasked" },
	[FAULT_DMA_STUCK] = { "dma-stuck", "a DMA transfer stays BUSY until it is aborted" },
	[FAULT_DMA_IRQ_LOST] = { "dma-irq-lost", "the end of a DMA transfer is not signalled" },
	[FAULT_DMA_IRQ_EARLY] = { "dma-irq-early", "the DMA interrupt comes while BUSY" },
	[FAULT_DMA_SHORT] = { "dma-short", "a descriptor moves half of its bytes" },
	[FAULT_DMA_WEDGED] = { "dma-wedged", "after an abort, DMA stays BUSY until a reset" },
	[FAULT_IRQ_SPURIOUS] = { "irq-spurious", "GPIO INT_STATUS reads as 0 in an interrupt" },
	[FAULT_VIC_SPURIOUS] = { "vic-spurious", "the VIC serves a line once more, for nothing" },
	[FAULT_VIC_BAD_VECTOR] = { "vic-bad-vector", "VAR reads as a line that nobody uses" },
	[FAULT_EEPROM_NACK] = { "eeprom-nack", "the EEPROM does not acknowledge a byte" },
	[FAULT_I2C_STUCK] = { "i2c-stuck", "an I2C command never ends" },
	[FAULT_FCL_ERROR] = { "fcl-error", "loading the FPGA ends in CONFIG_ERROR" },
	[FAULT_FCL_NO_DONE] = { "fcl-no-done", "loading the FPGA never ends" },
	[FAULT_FCL_UNDERFLOW] = { "fcl-underflow", "the loader's FIFO runs empty" },
	[FAULT_FCL_FULL] = { "fcl-full", "the loader's FIFO reads as half full" },
	[FAULT_GN4124_PLL] = { "gn4124-pll", "the local bus PLL reads as unlocked" },
	[FAULT_DDR_CALIBRATION] = { "ddr-calibration", "the DDR reads as not calibrated" },
	[FAULT_MSI_LOST] = { "msi-lost", "a message is not sent" },
};

static struct spec *spec_of(struct config_item *item)
{
	return vhw_priv(vhw_board_of(item));
}

static const struct spec_design *find_design(const char *text)
{
	const struct spec_design *design;

	for (design = spec_designs; design->name; design++)
		if (sysfs_streq(text, design->name))
			return design;
	return NULL;
}

/*
 * Set a design that is used later; at any time for the next load, else only while the power is off
 */
static ssize_t store_design(struct spec *spec, const struct spec_design **which, const char *text,
			    size_t length, bool while_live)
{
	const struct spec_design *design = find_design(text);

	if (!design)
		return -EINVAL;
	guard(vhw_world)();
	if (!while_live && vhw_live(spec->board))
		return -EBUSY;
	*which = design;
	return length;
}

static ssize_t spec_bitstream_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", spec_of(item)->flash->name);
}

static ssize_t spec_bitstream_store(struct config_item *item, const char *page, size_t length)
{
	return store_design(spec_of(item), &spec_of(item)->flash, page, length, false);
}

static ssize_t spec_loads_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", spec_of(item)->loads->name);
}

static ssize_t spec_loads_store(struct config_item *item, const char *page, size_t length)
{
	return store_design(spec_of(item), &spec_of(item)->loads, page, length, true);
}

static ssize_t spec_loaded_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", spec_of(item)->design->name ?: "none");
}

static ssize_t spec_require_sync_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", spec_of(item)->require_sync);
}

static ssize_t spec_require_sync_store(struct config_item *item, const char *page, size_t length)
{
	struct spec *spec = spec_of(item);
	bool value;
	int error = kstrtobool(page, &value);

	if (error)
		return error;
	guard(vhw_world)();
	spec->require_sync = value;
	return length;
}

static ssize_t spec_pcb_rev_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", spec_of(item)->pcb_rev);
}

static ssize_t spec_pcb_rev_store(struct config_item *item, const char *page, size_t length)
{
	struct spec *spec = spec_of(item);
	u8 value;
	int error = kstrtou8(page, 0, &value);

	if (error)
		return error;
	if (value > SPEC_PCB_REV_MASK)
		return -ERANGE;
	guard(vhw_world)();
	if (vhw_live(spec->board))
		return -EBUSY;
	spec->pcb_rev = value;
	return length;
}

static ssize_t spec_fmc_show(struct config_item *item, char *page)
{
	struct spec *spec = spec_of(item);

	guard(mutex)(&spec->connector);
	if (!spec->chosen)
		return sysfs_emit(page, SPEC_FMC_DEFAULT "\n");
	return sysfs_emit(page, "%s\n", spec->fmc ? spec->fmc->model->part.name : "none");
}

static int exchange_mezzanine(struct spec *spec, const struct vhw_part_model *model)
{
	int err = 0;

	guard(mutex)(&spec->connector);
	if (spec->leaving)
		err = -ENODEV;
	if (spec->powered) {
		pr_err("%s/fmc: the board is live\n", vhw_name(spec->board));
		err = -EBUSY;
	}
	if (err || (spec->chosen && (spec->fmc ? spec->fmc->part.model : NULL) == model)) {
		vhw_parts_put(model);
		return err;
	}
	spec_unplug(spec);
	spec->chosen = true;
	return model ? spec_plug(spec, model) : 0;
}

static ssize_t spec_fmc_store(struct config_item *item, const char *page, size_t length)
{
	struct spec *spec = spec_of(item);
	const struct vhw_part_model *model = NULL;
	char name[VHW_PART_NAME + 1], known[256];
	int err;

	strscpy(name, page, min(length + 1, sizeof(name)));
	if (!sysfs_streq(name, "none")) {
		model = vhw_parts_get(&spec_mezzanines, strim(name));
		if (!model) {
			vhw_parts_list(&spec_mezzanines, known, sizeof(known));
			pr_err("%s/fmc: there is no mezzanine \"%s\"; loaded are: none, %s\n",
			       vhw_name(spec->board), name, known);
			return -EINVAL;
		}
	}
	err = exchange_mezzanine(spec, model);
	return err ?: length;
}

static ssize_t spec_fmc_present_show(struct config_item *item, char *page)
{
	struct spec *spec = spec_of(item);

	guard(vhw_world)();
	return sysfs_emit(page, "%d\n", spec_fitted(spec));
}

/*
 * Pulling or fitting a mezzanine at run time leaves it as in reset, until the next application
 * reset
 */
static ssize_t spec_fmc_present_store(struct config_item *item, const char *page, size_t length)
{
	struct spec *spec = spec_of(item);
	bool value;
	int error = kstrtobool(page, &value);

	if (error)
		return error;
	guard(vhw_world)();
	if (!spec->fmc)
		return value ? -ENODEV : length;
	if (spec->fmc->fitted && !value && vhw_live(spec->board))
		spec->fmc->model->reset(spec->fmc, true);
	spec->fmc->fitted = value;
	return length;
}

/* Where the FPGA would take a bitstream from at the next power on */
static ssize_t spec_bootsel_show(struct config_item *item, char *page)
{
	guard(vhw_world)();
	return sysfs_emit(page, "%u\n", gn4124_bootsel(spec_of(item)));
}

static ssize_t spec_ddr_refused_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%llu\n", spec_of(item)->ddr.refused);
}

CONFIGFS_ATTR(spec_, bitstream);
CONFIGFS_ATTR(spec_, loads);
CONFIGFS_ATTR_RO(spec_, loaded);
CONFIGFS_ATTR(spec_, require_sync);
CONFIGFS_ATTR(spec_, pcb_rev);
CONFIGFS_ATTR(spec_, fmc);
CONFIGFS_ATTR(spec_, fmc_present);
CONFIGFS_ATTR_RO(spec_, bootsel);
CONFIGFS_ATTR_RO(spec_, ddr_refused);

struct configfs_attribute *spec_attrs[] = {
	&spec_attr_bitstream,
	&spec_attr_loads,
	&spec_attr_loaded,
	&spec_attr_require_sync,
	&spec_attr_pcb_rev,
	&spec_attr_fmc,
	&spec_attr_fmc_present,
	&spec_attr_bootsel,
	&spec_attr_ddr_refused,
	NULL
};
