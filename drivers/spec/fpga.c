// SPDX-License-Identifier: GPL-2.0
/*
 * What is in the FPGA: checked, set in motion, stopped, replaced.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/firmware.h>

#include "carrier.h"

#define BASE_VERSION_MAJOR	3	/* earlier ones have another DMA engine */
#define READY_MS		1000

/* Is this a ROM of the kind that says what a design is? */
static int check_metadata(struct spec *spec, u32 base, const char *what)
{
	struct device *dev = &spec->pdev->dev;
	u32 bom = spec_read(spec, base + SPEC_META_BOM);
	u32 vendor = spec_read(spec, base + SPEC_META_VENDOR);

	if (spec_all_ones(bom) && spec_all_ones(vendor)) {
		dev_err(dev, "%s: nothing answers\n", what);
		return -ENODEV;
	}
	if (bom == SPEC_META_BOM_SWAPPED) {
		dev_err(dev, "%s: its bytes are swapped\n", what);
		return -EINVAL;
	}
	if (bom != SPEC_META_BOM_LITTLE || vendor != SPEC_META_VENDOR_CERN) {
		dev_err(dev, "%s: no metadata (vendor 0x%08x, byte order mark 0x%08x)\n", what,
			vendor, bom);
		return -EINVAL;
	}
	return 0;
}

static int check_base(struct spec *spec)
{
	const u32 needed = SPEC_CAP_VIC | SPEC_CAP_DMA;
	struct device *dev = &spec->pdev->dev;
	u32 device, version, capability;
	int ret;

	ret = check_metadata(spec, 0, "base design");
	if (ret)
		return ret;
	device = spec_read(spec, SPEC_META_DEVICE);
	if (device != SPEC_META_DEVICE_SPEC) {
		dev_err(dev, "base design: for device 0x%08x, not 0x%08x\n", device,
			SPEC_META_DEVICE_SPEC);
		return -EINVAL;
	}
	version = spec_read(spec, SPEC_META_VERSION);
	if (FIELD_GET(SPEC_META_VERSION_MAJOR, version) != BASE_VERSION_MAJOR) {
		dev_err(dev, "base design: version %lu, not %d\n",
			FIELD_GET(SPEC_META_VERSION_MAJOR, version), BASE_VERSION_MAJOR);
		return -EINVAL;
	}
	capability = spec_read(spec, SPEC_META_CAPABILITY);
	if ((capability & needed) != needed) {
		dev_err(dev, "base design: capabilities 0x%x lack interrupts (0x%lx) or DMA (0x%lx)\n",
			capability, SPEC_CAP_VIC, SPEC_CAP_DMA);
		return -EINVAL;
	}
	return 0;
}

static int wait_bit(struct spec *spec, u32 offset, u32 bit, const char *what)
{
	unsigned int tries = READY_MS;
	u32 value;

	do {
		value = spec_read(spec, offset);
		if (spec_all_ones(value))
			return -ENODEV;
		if (value & bit)
			return 0;
		usleep_range(1000, 1100);
	} while (--tries);
	dev_err(&spec->pdev->dev, "%s (register 0x%03x reads 0x%x)\n", what, offset, value);
	return -EIO;
}

static int check_ready(struct spec *spec)
{
	int ret;

	ret = wait_bit(spec, SPEC_GN4124_STATUS, SPEC_GN4124_PLL_LOCKED,
		       "the local bus PLL does not lock");
	if (ret)
		return ret;
	return wait_bit(spec, SPEC_DDR_STATUS, SPEC_DDR_CALIBRATED,
			"the DDR memory does not calibrate");
}

static int check_all(struct spec *spec)
{
	int ret;

	ret = check_base(spec);
	if (ret)
		return ret;
	return check_ready(spec);
}

/* The application and what it needs. A board without one, or without mezzanine, is in order */
static int start_application(struct spec *spec)
{
	struct device *dev = &spec->pdev->dev;
	u32 offset = spec_read(spec, SPEC_APP_OFFSET);
	int ret;

	if (!offset) {
		dev_info(dev, "the FPGA holds no application\n");
		return 0;
	}
	if (offset > SPEC_BAR_WISHBONE_SIZE - SPEC_META_UUID || offset % 4) {
		dev_err(dev, "application at 0x%x, outside of the window\n", offset);
		return -EINVAL;
	}
	ret = check_metadata(spec, offset, "application");
	if (ret)
		return ret;
	if (!(spec_read(spec, SPEC_FMC_PRESENCE) & SPEC_FMC_PRESENT)) {
		dev_warn(dev, "no mezzanine is plugged in\n");
		return 0;
	}
	return spec_fmc_init(spec, offset);
}

/**
 * spec_fpga_start() - use what the FPGA holds
 * @spec: with a bitstream
 *
 * On error the FPGA is left alone: SPEC_FPGA_UNUSABLE.
 */
int spec_fpga_start(struct spec *spec)
{
	int ret;

	lockdep_assert_held(&spec->lock);
	spec->fpga = SPEC_FPGA_UNUSABLE;
	ret = check_all(spec);
	if (ret)
		return ret;
	ret = spec_vic_init(spec);
	if (ret)
		return ret;
	ret = spec_dma_init(spec);
	if (ret)
		goto exit_vic;
	spec_irq_unmask(spec);
	ret = spec_i2c_init(spec);
	if (ret)
		goto mask_irq;
	ret = start_application(spec);
	if (ret)
		goto exit_i2c;
	spec->fpga = SPEC_FPGA_RUNNING;
	return 0;

exit_i2c:
	spec_i2c_exit(spec);
mask_irq:
	spec_irq_mask(spec);
	spec_dma_exit(spec);
exit_vic:
	spec_vic_exit(spec);
	return ret;
}

/**
 * spec_fpga_stop() - undo spec_fpga_start()
 * @spec: in any state
 */
void spec_fpga_stop(struct spec *spec)
{
	lockdep_assert_held(&spec->lock);
	if (spec->fpga != SPEC_FPGA_RUNNING && spec->fpga != SPEC_FPGA_LOST)
		return;
	spec_fmc_exit(spec);
	spec_i2c_exit(spec);
	spec_irq_mask(spec);
	spec_dma_exit(spec);
	spec_vic_exit(spec);
	spec->fpga = SPEC_FPGA_UNUSABLE;
}

/**
 * spec_fpga_load() - replace what is in the FPGA
 * @spec: in any state
 * @name: of a file where firmware is looked for, as "cern/spec/wr-spec-tdc.bin"
 *
 * If the file cannot be read, what runs goes on running.
 */
int spec_fpga_load(struct spec *spec, const char *name)
{
	const struct firmware *firmware;
	int ret;

	lockdep_assert_held(&spec->lock);
	ret = request_firmware(&firmware, name, &spec->pdev->dev);
	if (ret)
		return ret;
	spec_fpga_stop(spec);
	spec_irq_mask(spec);
	spec->fpga = SPEC_FPGA_EMPTY;
	ret = spec_fcl_load(spec, firmware->data, firmware->size);
	release_firmware(firmware);
	if (ret) {
		spec->firmware[0] = '\0';
		return ret;
	}
	strscpy(spec->firmware, name, sizeof(spec->firmware));
	return spec_fpga_start(spec);
}

static int resume(struct spec *spec)
{
	const struct firmware *firmware;
	int ret;

	if (!spec_fcl_done(spec)) {
		if (!spec->firmware[0]) {
			dev_err(&spec->pdev->dev, "the FPGA lost its bitstream\n");
			return -EIO;
		}
		ret = request_firmware(&firmware, spec->firmware, &spec->pdev->dev);
		if (ret)
			return ret;
		ret = spec_fcl_load(spec, firmware->data, firmware->size);
		release_firmware(firmware);
		if (ret)
			return ret;
	}
	ret = check_all(spec);
	if (ret)
		return ret;
	spec_vic_restore(spec);
	spec_irq_unmask(spec);
	return 0;
}

/**
 * spec_fpga_resume() - power may have been lost
 * @spec: with interrupts masked
 *
 * A board that boots from flash has its bitstream again; one that was loaded is loaded again. The
 * drivers below do their own part when they resume after this. If that fails, their devices go, but
 * not from here: they are asleep, and about to be resumed.
 */
int spec_fpga_resume(struct spec *spec)
{
	int ret;

	lockdep_assert_held(&spec->lock);
	if (spec->fpga != SPEC_FPGA_RUNNING)
		return 0;
	ret = resume(spec);
	if (ret) {
		dev_err(&spec->pdev->dev, "the FPGA is of no use after the suspend: %d\n", ret);
		spec->fpga = SPEC_FPGA_LOST;
		schedule_work(&spec->lost);
	}
	return ret;
}

/**
 * spec_fpga_lost() - what spec_fmc_lost() and a failed resume ask for
 * @work: of the carrier
 */
void spec_fpga_lost(struct work_struct *work)
{
	struct spec *spec = container_of(work, struct spec, lost);

	/* Meanwhile there may be none any more, or another one, of a new bitstream */
	guard(mutex)(&spec->lock);
	if (spec->fpga == SPEC_FPGA_LOST)
		spec_fpga_stop(spec);
	else if (spec->fmc && READ_ONCE(spec->fmc->lost))
		spec_fmc_exit(spec);
}
