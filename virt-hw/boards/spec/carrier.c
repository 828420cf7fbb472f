// SPDX-License-Identifier: GPL-2.0
/*
 * The virtual SPEC: reset, and the decoding of BAR 0 into the parts of the FPGA's base design and
 * the application behind it.
 */

#include <linux/swab.h>

#include "spec.h"

#define APPLICATION	0x2000		/* everything from here on belongs to the application */
#define APP_ROM_END	0x3000
#define FMC_WINDOW	0x20000		/* address bit that selects the mezzanine; aliases above */

#define VERSION		0x03000000
#define CAPABILITY	(SPEC_CAP_VIC | SPEC_CAP_WR | SPEC_CAP_BUILD_INFO | SPEC_CAP_DMA)
#define APP_VERSION	0x08000001

static const char build_info[SPEC_BUILD_INFO_SIZE] =
	"buildinfo:1\nmodule:virtual-spec\ncommit:none\nsyntool:none\n";

const struct spec_design spec_designs[] = {
	{ .name = "tdc", .app_offset = APPLICATION },
	{ .name = "none", .empty = true },
	{ .name = "byte-swapped", .app_offset = APPLICATION, .swapped = true },
	{ .name = "other-carrier", .app_offset = APPLICATION, .device = 0x53564543 },	/* "SVEC" */
	{ .name = "old", .app_offset = APPLICATION, .version = 0x02000003 },
	{ .name = "no-dma", .app_offset = APPLICATION, .capability = 0x19 },
	{ .name = "no-vic", .app_offset = APPLICATION, .capability = 0x38 },
	{ .name = "no-application" },
	{ .name = "other-application", .app_offset = APPLICATION, .app_device = 0x574e0002 },
	{ }
};

struct meta {
	u32 device;
	u32 version;
	u32 capability;
};

static u32 meta_read(const struct meta *meta, u32 offset)
{
	switch (offset) {
	case SPEC_META_VENDOR:
		return SPEC_META_VENDOR_CERN;
	case SPEC_META_DEVICE:
		return meta->device;
	case SPEC_META_VERSION:
		return meta->version;
	case SPEC_META_BOM:
		return SPEC_META_BOM_LITTLE;
	case SPEC_META_SOURCE_ID ... SPEC_META_SOURCE_ID + 0xf:
		return 0x76687700 | (offset & 0xf);
	case SPEC_META_CAPABILITY:
		return meta->capability;
	case SPEC_META_UUID ... SPEC_META_UUID + 0xf:
		return meta->device ^ offset;
	default:
		return 0;
	}
}

static u32 base_rom_read(struct spec *spec, u32 offset)
{
	const struct spec_design *design = spec->design;
	const struct meta meta = {
		.device = design->device ?: SPEC_META_DEVICE_SPEC,
		.version = design->version ?: VERSION,
		.capability = design->capability ?: CAPABILITY,
	};

	return meta_read(&meta, offset);
}

static u32 app_rom_read(struct spec *spec, u32 offset)
{
	const struct meta meta = {
		.device = spec->design->app_device ?: spec->fmc->model->application,
		.version = APP_VERSION,
	};

	return meta_read(&meta, offset);
}

static u32 build_info_read(u32 offset)
{
	__le32 word;

	memcpy(&word, build_info + offset, sizeof(word));
	return le32_to_cpu(word);
}

static u32 base_read(struct spec *spec, u32 offset)
{
	switch (offset) {
	case 0 ... SPEC_APP_OFFSET - 4:
		return base_rom_read(spec, offset);
	case SPEC_APP_OFFSET:
		return spec->fmc ? spec->design->app_offset : 0;
	case SPEC_RESETS:
		return spec->resets;
	case SPEC_FMC_PRESENCE:
		return spec_fitted(spec) ? SPEC_FMC_PRESENT : 0;
	case SPEC_GN4124_STATUS:
		return spec_fault(spec, FAULT_GN4124_PLL) ? 0 : SPEC_GN4124_PLL_LOCKED;
	case SPEC_DDR_STATUS:
		return spec_fault(spec, FAULT_DDR_CALIBRATION) ? 0 : SPEC_DDR_CALIBRATED;
	case SPEC_PCB_REV:
		return spec->pcb_rev;
	case SPEC_I2C ... SPEC_I2C + SPEC_I2C_SIZE - 4:
		return ocores_read(spec, offset - SPEC_I2C);
	case SPEC_DMA ... SPEC_VIC - 4:
		return spec_dma_reg_read(spec, offset - SPEC_DMA);
	case SPEC_VIC ... SPEC_BUILD_INFO - 4:
		return vic_read(spec, offset - SPEC_VIC);
	case SPEC_BUILD_INFO ... SPEC_BUILD_INFO + SPEC_BUILD_INFO_SIZE - 4:
		return build_info_read(offset - SPEC_BUILD_INFO);
	default:
		return 0;
	}
}

static void write_resets(struct spec *spec, u32 value)
{
	bool toggled = (spec->resets ^ value) & SPEC_RESET_APP;

	spec->resets = value & (SPEC_RESET_GLOBAL | SPEC_RESET_APP);
	if (value & SPEC_RESET_GLOBAL) {
		spec_fpga_reset(spec);
		spec->resets = value & (SPEC_RESET_GLOBAL | SPEC_RESET_APP);
	} else if (toggled) {
		spec_reset_application(spec);
	}
}

static void base_write(struct spec *spec, u32 offset, u32 value)
{
	switch (offset) {
	case SPEC_RESETS:
		write_resets(spec, value);
		break;
	case SPEC_I2C ... SPEC_I2C + SPEC_I2C_SIZE - 4:
		ocores_write(spec, offset - SPEC_I2C, value);
		break;
	case SPEC_DMA ... SPEC_VIC - 4:
		spec_dma_reg_write(spec, offset - SPEC_DMA, value);
		break;
	case SPEC_VIC ... SPEC_BUILD_INFO - 4:
		vic_write(spec, offset - SPEC_VIC, value);
		break;
	}
}

static bool application_answers(struct spec *spec)
{
	return spec->fmc && spec->design->app_offset && !(spec->resets & SPEC_RESET_APP);
}

/* A word of the Wishbone space; false when nothing acknowledges */
static bool wishbone_read(struct spec *spec, u32 offset, u32 *value)
{
	if (offset < APPLICATION) {
		*value = base_read(spec, offset);
		return true;
	}
	if (!application_answers(spec))
		return false;
	if (offset & FMC_WINDOW)
		return spec->fmc->model->read(spec->fmc, offset % FMC_WINDOW, value);
	if (offset < APP_ROM_END) {
		*value = app_rom_read(spec, offset - APPLICATION);
		return true;
	}
	return false;
}

static bool wishbone_write(struct spec *spec, u32 offset, u32 value)
{
	if (offset < APPLICATION) {
		base_write(spec, offset, value);
		return true;
	}
	if (!application_answers(spec))
		return false;
	if (offset & FMC_WINDOW)
		return spec->fmc->model->write(spec->fmc, offset % FMC_WINDOW, value);
	return offset < APP_ROM_END;
}

static bool is_loader(u32 offset)
{
	return offset >= GN4124_FCL_CTRL && offset <= GN4124_FCL_DBG_STS;
}

static u32 bridge_read(struct spec *spec, u32 offset)
{
	return is_loader(offset) ? fcl_read(spec, offset) : gn4124_read(spec, offset);
}

static void bridge_write(struct spec *spec, u32 offset, u32 value)
{
	if (is_loader(offset) || offset == GN4124_FCL_FIFO)
		fcl_write(spec, offset, value);
	else if (gn4124_write(spec, offset, value))
		spec_fpga_reset(spec);
}

static bool access_allowed(struct vhw_board *board, unsigned int bar, u32 offset,
			   unsigned int size)
{
	if (size == 4 && offset % 4 == 0)
		return true;
	vhw_violation(board, "access of %u bytes at 0x%05x of BAR %u: aligned words only",
		      size, offset, bar);
	return false;
}

u32 spec_read(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size)
{
	struct spec *spec = vhw_priv(board);
	u32 value;

	if (!access_allowed(board, bar, offset, size))
		return U32_MAX;
	if (bar == SPEC_BAR_GN4124)
		return bridge_read(spec, offset);
	if (bar != SPEC_BAR_WISHBONE || spec->design->empty ||
	    !wishbone_read(spec, offset, &value)) {
		gn4124_local_bus_error(spec);
		return U32_MAX;
	}
	return spec->design->swapped ? swab32(value) : value;
}

void spec_write(struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		u32 value)
{
	struct spec *spec = vhw_priv(board);

	if (!access_allowed(board, bar, offset, size))
		return;
	if (bar == SPEC_BAR_GN4124) {
		bridge_write(spec, offset, value);
		return;
	}
	if (spec->design->swapped)
		value = swab32(value);
	if (bar != SPEC_BAR_WISHBONE || spec->design->empty ||
	    !wishbone_write(spec, offset, value))
		gn4124_local_bus_error(spec);
}

/* A reset of the bus leaves the bitstream in the FPGA */
void spec_reset(struct vhw_board *board)
{
	struct spec *spec = vhw_priv(board);

	gn4124_reset(spec);
	fcl_reset(spec);
	spec_fpga_reset(spec);
}
