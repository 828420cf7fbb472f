// SPDX-License-Identifier: GPL-2.0
/*
 * An FMC mezzanine that samples a voltage into the carrier's DDR: the example of
 * Documentation/write-your-own-mezzanine.md.
 */
#include <linux/device.h>
#include <linux/module.h>

#include "../spec/fmc.h"

#define APPLICATION	0x53414d50	/* "SAMP" */

/* Registers in the mezzanine's window */
#define ADDRESS		0x0		/* where in the DDR samples go, a multiple of 4 */
#define START		0x4		/* write: take so many samples, one each microsecond */
#define STATUS		0x8
#define   STATUS_DONE	BIT(0)		/* raises the interrupt; write 1 to clear */

#define SAMPLES_MAX	4096

enum { NOISY };

struct sampler {
	struct fmc *fmc;
	struct vhw_timer timer;
	u32 address;
	u32 count, status, level;
};

static void set_status(struct sampler *sampler, u32 status)
{
	sampler->status = status;
	fmc_set_irq(sampler->fmc, status & STATUS_DONE);
}

static void done(struct vhw_timer *timer, u64 when)
{
	struct sampler *sampler = container_of(timer, struct sampler, timer);

	for (u32 i = 0; i < sampler->count; i++) {
		u32 noise = fmc_fault(sampler->fmc, NOISY) ? 1 + vhw_random(timer->board) % 9 : 0;
		__le32 sample = cpu_to_le32(sampler->level + noise);

		fmc_ddr_write(sampler->fmc, sampler->address + 4 * i, &sample, sizeof(sample));
	}
	set_status(sampler, STATUS_DONE);
}

static bool sampler_read(struct fmc *fmc, u32 offset, u32 *value)
{
	struct sampler *sampler = fmc_priv(fmc);

	*value = offset == STATUS ? sampler->status : 0;
	return true;
}

static bool sampler_write(struct fmc *fmc, u32 offset, u32 value)
{
	struct sampler *sampler = fmc_priv(fmc);

	switch (offset) {
	case ADDRESS:
		sampler->address = value & ~3u;
		break;
	case START:
		if (value > SAMPLES_MAX)
			vhw_violation(fmc->board, "START with %u samples, at most %u are taken",
				      value, SAMPLES_MAX);
		sampler->count = min_t(u32, value, SAMPLES_MAX);
		vhw_timer_start(&sampler->timer, vhw_now() + sampler->count * NSEC_PER_USEC);
		break;
	case STATUS:
		set_status(sampler, sampler->status & ~value);
		break;
	default:
		return false;	/* nobody acknowledges */
	}
	return true;
}

static void sampler_reset(struct fmc *fmc, bool asserted)
{
	struct sampler *sampler = fmc_priv(fmc);

	vhw_timer_stop(&sampler->timer);
	sampler->address = 0;
	set_status(sampler, 0);
}

static int sampler_init(struct fmc *fmc)
{
	struct sampler *sampler = fmc_priv(fmc);

	sampler->fmc = fmc;
	sampler->level = 100;
	vhw_timer_init(&sampler->timer, fmc->board, done);
	return 0;
}

static ssize_t sampler_level_show(struct config_item *item, char *page)
{
	struct sampler *sampler = fmc_priv(fmc_of(item));

	return sysfs_emit(page, "%u\n", sampler->level);
}

static ssize_t sampler_level_store(struct config_item *item, const char *page, size_t length)
{
	struct sampler *sampler = fmc_priv(fmc_of(item));

	return kstrtou32(page, 0, &sampler->level) ?: length;
}
CONFIGFS_ATTR(sampler_, level);

static struct configfs_attribute *attrs[] = { &sampler_attr_level, NULL };

static const struct vhw_fault_info faults[] = { [NOISY] = { "noisy", "a sample is too large" } };

static void fill(u8 image[FMC_EEPROM_SIZE])
{
	memset(image, 0xff, FMC_EEPROM_SIZE);
	image[0] = 3;	/* gain: by which samples are multiplied */
}

static const struct fmc_eeprom_content eeprom[] = { { "gain-3", fill }, {} };

static struct fmc_model model = {
	.part = {
		.name = "sampler",
		.owner = THIS_MODULE,
		.directory = "sampler",
		.size = sizeof(struct sampler),
		.attrs = attrs,
		.faults = faults,
		.nr_faults = ARRAY_SIZE(faults),
	},
	.application = APPLICATION,
	.eeprom = eeprom,
	.init = sampler_init,
	.reset = sampler_reset,
	.read = sampler_read,
	.write = sampler_write,
};
module_driver(model, vhw_fmc_register, vhw_fmc_unregister);

MODULE_ALIAS("vhw-fmc-sampler");
MODULE_DESCRIPTION("Virtual FMC mezzanine that samples");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
