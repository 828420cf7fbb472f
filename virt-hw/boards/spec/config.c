// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual SPEC in configfs: its attributes, its faults, and the image of the mezzanine's
 * EEPROM.
 */

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
	[FAULT_NEXT_INVALID] = { "next-invalid", "a switch finds the next buffer invalid" },
	[FAULT_SWITCH_NEVER_DONE] = { "switch-never-done", "a switch never sets DONE" },
	[FAULT_COUNT_TOO_LARGE] = { "count-too-large", "CUR_COUNT reads as size + 1" },
	[FAULT_COUNT_GARBAGE] = { "count-garbage", "CUR_COUNT reads as all-ones" },
	[FAULT_FIFO_READOUT] = { "fifo-readout", "STAT reads as that of gateware without DMA" },
	[FAULT_TIMESTAMP_IRQ_LOST] = {
		"timestamp-irq-lost", "an interrupt of the TDC does not reach the VIC" },
	[FAULT_IRQ_SPURIOUS] = { "irq-spurious", "GPIO INT_STATUS reads as 0 in an interrupt" },
	[FAULT_VIC_SPURIOUS] = { "vic-spurious", "the VIC serves a line once more, for nothing" },
	[FAULT_VIC_BAD_VECTOR] = { "vic-bad-vector", "VAR reads as a line that nobody uses" },
	[FAULT_IRQ_STUCK] = { "irq-stuck", "a switch leaves its channel's interrupt standing" },
	[FAULT_MEZZANINE_PLL] = {
		"mezzanine-pll", "after an application reset the mezzanine's PLL does not lock" },
	[FAULT_ACAM_PLL] = { "acam-pll", "a read-back of the ACAM shows its PLL unlocked" },
	[FAULT_ACAM_READBACK] = { "acam-readback", "a read-back of ACAM register 5 is wrong" },
	[FAULT_ENGINE_STUCK] = { "engine-stuck", "EN_ACQ leads to an engine without timestamps" },
	[FAULT_EEPROM_NACK] = { "eeprom-nack", "the EEPROM does not acknowledge a byte" },
	[FAULT_I2C_STUCK] = { "i2c-stuck", "an I2C command never ends" },
	[FAULT_EXTRA_FALLING_EDGE] = { "extra-falling-edge", "a falling edge comes twice" },
	[FAULT_MISSING_FALLING_EDGE] = { "missing-falling-edge", "a falling edge is lost" },
	[FAULT_MISSING_RISING_EDGE] = { "missing-rising-edge", "a rising edge is lost" },
	[FAULT_ROLLOVER_PLUS] = { "rollover-plus", "a record is 131072 ns late" },
	[FAULT_ROLLOVER_MINUS] = { "rollover-minus", "a record is 131072 ns early" },
	[FAULT_OUTLIER] = { "outlier", "a record is off by 4 ns, either way" },
	[FAULT_COARSE_INVALID] = { "coarse-invalid", "a record has too many ticks for a second" },
	[FAULT_CHANNEL_WRONG] = { "channel-wrong", "a record names another channel" },
	[FAULT_SLOPE_WRONG] = { "slope-wrong", "a record names a falling edge" },
	[FAULT_SEQUENCE_GAP] = { "sequence-gap", "ten sequence numbers are left out" },
	[FAULT_RECORD_UNWRITTEN] = { "record-unwritten", "a burst of records misses the DDR" },
	[FAULT_SECOND_EDGE] = { "second-edge", "CURRENT_UTC is read just before it steps" },
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

static ssize_t spec_fmc_present_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", spec_of(item)->fmc.fitted);
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
	if (spec->fmc.fitted && !value && vhw_live(spec->board))
		spec->fmc.model->reset(&spec->fmc, true);
	spec->fmc.fitted = value;
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
CONFIGFS_ATTR(spec_, fmc_present);
CONFIGFS_ATTR_RO(spec_, bootsel);
CONFIGFS_ATTR_RO(spec_, ddr_refused);

struct configfs_attribute *spec_attrs[] = {
	&spec_attr_bitstream,
	&spec_attr_loads,
	&spec_attr_loaded,
	&spec_attr_require_sync,
	&spec_attr_pcb_rev,
	&spec_attr_fmc_present,
	&spec_attr_bootsel,
	&spec_attr_ddr_refused,
	NULL
};

static struct spec *spec_of_eeprom(struct config_item *item)
{
	return container_of(to_config_group(item), struct spec, eeprom_group);
}

static ssize_t eeprom_content_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", spec_of_eeprom(item)->eeprom_content ?: "image");
}

static ssize_t eeprom_content_store(struct config_item *item, const char *page, size_t length)
{
	struct spec *spec = spec_of_eeprom(item);
	const struct fmc_eeprom_content *content;

	guard(vhw_world)();
	if (vhw_live(spec->board))
		return -EBUSY;
	for (content = spec->fmc.model->eeprom; content->name; content++) {
		if (!sysfs_streq(page, content->name))
			continue;
		content->fill(spec->eeprom.image);
		spec->eeprom_content = content->name;
		return length;
	}
	return -EINVAL;
}

static ssize_t eeprom_image_read(struct config_item *item, void *buffer, size_t length)
{
	struct spec *spec = spec_of_eeprom(item);

	if (!buffer)
		return FMC_EEPROM_SIZE;
	guard(vhw_world)();
	memcpy(buffer, spec->eeprom.image, min_t(size_t, length, FMC_EEPROM_SIZE));
	return FMC_EEPROM_SIZE;
}

/* An image shorter than the chip leaves the rest as it was */
static ssize_t eeprom_image_write(struct config_item *item, const void *buffer, size_t length)
{
	struct spec *spec = spec_of_eeprom(item);

	if (length > FMC_EEPROM_SIZE)
		return -EFBIG;
	guard(vhw_world)();
	if (vhw_live(spec->board))
		return -EBUSY;
	memcpy(spec->eeprom.image, buffer, length);
	spec->eeprom_content = NULL;
	return length;
}

CONFIGFS_ATTR(eeprom_, content);
CONFIGFS_BIN_ATTR(eeprom_, image, NULL, FMC_EEPROM_SIZE);

static struct configfs_attribute *eeprom_attrs[] = {
	&eeprom_attr_content,
	NULL
};

static struct configfs_bin_attribute *eeprom_bin_attrs[] = {
	&eeprom_attr_image,
	NULL
};

static void eeprom_release(struct config_item *item)
{
	config_group_put(vhw_group(spec_of_eeprom(item)->board));
}

static struct configfs_item_operations eeprom_item_ops = {
	.release = eeprom_release,
};

static const struct config_item_type eeprom_type = {
	.ct_item_ops = &eeprom_item_ops,
	.ct_attrs = eeprom_attrs,
	.ct_bin_attrs = eeprom_bin_attrs,
	.ct_owner = THIS_MODULE,
};

/* The part of mkdir that adds the carrier's directories */
void spec_config_init(struct spec *spec)
{
	const struct fmc_eeprom_content *content = spec->fmc.model->eeprom;

	content->fill(spec->eeprom.image);
	spec->eeprom_content = content->name;
	config_group_init_type_name(&spec->eeprom_group, "eeprom", &eeprom_type);
	config_group_get(vhw_group(spec->board));
	configfs_add_default_group(&spec->eeprom_group, vhw_group(spec->board));
}
