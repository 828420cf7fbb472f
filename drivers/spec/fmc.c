// SPDX-License-Identifier: GPL-2.0
/*
 * The mezzanine as a device on the auxiliary bus, and the carrier's services to its driver.
 */
#include <linux/delay.h>
#include <linux/slab.h>

#include "carrier.h"

#define RESET_US	10

/**
 * struct spec_application - a design and the driver it calls for
 * @device: in its metadata
 * @name: of the auxiliary device
 */
struct spec_application {
	u32 device;
	const char *name;
};

static const struct spec_application applications[] = {
	{ SPEC_META_DEVICE_TDC, "fmc-tdc" },
};

static const struct spec_application *find_application(u32 device)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(applications); i++)
		if (applications[i].device == device)
			return &applications[i];
	return NULL;
}

static void fmc_release(struct device *dev)
{
	kfree(to_spec_fmc(to_auxiliary_dev(dev)));
}

/**
 * spec_fmc_init() - make the mezzanine's device
 * @spec: with everything else running
 * @metadata: offset of the application's, checked
 *
 * An application that is not known here makes a device named after its number, for a driver that
 * knows it. All use the same line of the VIC.
 */
int spec_fmc_init(struct spec *spec, u32 metadata)
{
	u32 application = spec_read(spec, metadata + SPEC_META_DEVICE);
	const struct spec_application *known = find_application(application);
	struct spec_fmc *fmc;
	int ret;

	lockdep_assert_held(&spec->lock);
	if (!known)
		dev_info(&spec->pdev->dev, "no driver is known for application 0x%08x\n",
			 application);
	fmc = kzalloc(sizeof(*fmc), GFP_KERNEL);
	if (!fmc)
		return -ENOMEM;
	snprintf(fmc->name, sizeof(fmc->name), "application-%08x", application);
	fmc->spec = spec;
	fmc->wishbone = spec->wishbone;
	fmc->version = spec_read(spec, metadata + SPEC_META_VERSION);
	fmc->adev.name = known ? known->name : fmc->name;
	fmc->adev.id = spec->id;
	fmc->adev.dev.parent = &spec->pdev->dev;
	fmc->adev.dev.release = fmc_release;
	ret = spec_vic_map(spec, SPEC_LINE_TDC);
	if (ret < 0)
		goto free_fmc;
	fmc->irq = ret;
	ret = auxiliary_device_init(&fmc->adev);
	if (ret)
		goto free_fmc;
	ret = auxiliary_device_add(&fmc->adev);
	if (ret) {
		auxiliary_device_uninit(&fmc->adev);
		return ret;
	}
	spec->fmc = fmc;
	return 0;

free_fmc:
	kfree(fmc);
	return ret;
}

/**
 * spec_fmc_exit() - undo spec_fmc_init()
 * @spec: any
 */
void spec_fmc_exit(struct spec *spec)
{
	lockdep_assert_held(&spec->lock);
	if (!spec->fmc)
		return;
	auxiliary_device_delete(&spec->fmc->adev);
	auxiliary_device_uninit(&spec->fmc->adev);
	spec->fmc = NULL;
}

/**
 * spec_fmc_check() - are carrier and mezzanine still there?
 * @fmc: the mezzanine
 *
 * Return: 0, or -ENODEV
 */
int spec_fmc_check(struct spec_fmc *fmc)
{
	u32 presence = spec_read(fmc->spec, SPEC_FMC_PRESENCE);

	return !spec_all_ones(presence) && (presence & SPEC_FMC_PRESENT) ? 0 : -ENODEV;
}
EXPORT_SYMBOL_GPL(spec_fmc_check);

/**
 * spec_fmc_lost() - the mezzanine's driver found nothing there any more
 * @fmc: the mezzanine
 *
 * Its device will go, and who reads from it gets an error. Does not wait.
 */
void spec_fmc_lost(struct spec_fmc *fmc)
{
	WRITE_ONCE(fmc->lost, true);
	schedule_work(&fmc->spec->lost);
}
EXPORT_SYMBOL_GPL(spec_fmc_lost);

/**
 * spec_fmc_reset() - reset the application: every register of the mezzanine's window
 * @fmc: the mezzanine
 *
 * The clocks of the mezzanine need some milliseconds to come back. May sleep.
 *
 * Return: 0, or -ENODEV
 */
int spec_fmc_reset(struct spec_fmc *fmc)
{
	struct spec *spec = fmc->spec;

	spec_write(spec, SPEC_RESETS, SPEC_RESET_APP);
	usleep_range(RESET_US, 10 * RESET_US);
	spec_write(spec, SPEC_RESETS, 0);
	return spec_fmc_check(fmc);
}
EXPORT_SYMBOL_GPL(spec_fmc_reset);
