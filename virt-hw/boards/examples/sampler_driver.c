// SPDX-License-Identifier: GPL-2.0
/*
 * A driver for the sampler, as small as it can be: reading its device's "samples" takes some, and
 * shows them multiplied by the gain in the EEPROM.
 */
#include <linux/completion.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>

#include "../../../drivers/spec/spec.h"

#define WINDOW		0x20000		/* of the mezzanine in the carrier's BAR 0 */
#define ADDRESS		(WINDOW + 0x0)
#define START		(WINDOW + 0x4)
#define STATUS		(WINDOW + 0x8)
#define SAMPLES		16

struct sampler {
	struct spec_fmc *fmc;
	struct completion done;
	__le32 *buffer;
	dma_addr_t bus;
};

static irqreturn_t handler(int irq, void *data)
{
	struct sampler *sampler = data;
	u32 status = readl(sampler->fmc->wishbone + STATUS);

	if (!(status & 1) || status == ~0u)
		return IRQ_NONE;
	writel(status, sampler->fmc->wishbone + STATUS);
	complete(&sampler->done);
	return IRQ_HANDLED;
}

static int take(struct sampler *sampler)
{
	const struct spec_dma_segment segment = {
		.host = sampler->bus, .size = SAMPLES * sizeof(*sampler->buffer),
	};

	reinit_completion(&sampler->done);
	writel(segment.card, sampler->fmc->wishbone + ADDRESS);
	writel(SAMPLES, sampler->fmc->wishbone + START);
	if (!wait_for_completion_timeout(&sampler->done, HZ / 2))
		return -ETIMEDOUT;
	return spec_fmc_dma_read(sampler->fmc, &segment, 1);
}

static ssize_t samples_show(struct device *dev, struct device_attribute *attr, char *page)
{
	struct sampler *sampler = dev_get_drvdata(dev);
	ssize_t length = 0;
	u8 gain;
	int err;

	err = spec_fmc_eeprom_read(sampler->fmc, 0, &gain, 1) ?: take(sampler);
	for (unsigned int i = 0; i < SAMPLES && !err; i++)
		length += sysfs_emit_at(page, length, "%u%c",
					gain * le32_to_cpu(sampler->buffer[i]),
					i + 1 < SAMPLES ? ' ' : '\n');
	return err ?: length;
}
static DEVICE_ATTR_RO(samples);

static struct attribute *sampler_attrs[] = { &dev_attr_samples.attr, NULL };
ATTRIBUTE_GROUPS(sampler);

static int sampler_probe(struct auxiliary_device *adev, const struct auxiliary_device_id *id)
{
	struct sampler *sampler = devm_kzalloc(&adev->dev, sizeof(*sampler), GFP_KERNEL);

	if (!sampler)
		return -ENOMEM;
	sampler->fmc = to_spec_fmc(adev);
	sampler->buffer = dmam_alloc_coherent(adev->dev.parent, PAGE_SIZE, &sampler->bus,
					      GFP_KERNEL);
	if (!sampler->buffer)
		return -ENOMEM;
	init_completion(&sampler->done);
	auxiliary_set_drvdata(adev, sampler);
	return devm_request_threaded_irq(&adev->dev, sampler->fmc->irq, NULL, handler, IRQF_ONESHOT,
					 "sampler", sampler);
}

static const struct auxiliary_device_id ids[] = {
	{ .name = "spec.application-53414d50" },
	{}
};
MODULE_DEVICE_TABLE(auxiliary, ids);

static struct auxiliary_driver sampler_driver = {
	.driver = { .dev_groups = sampler_groups },
	.id_table = ids,
	.probe = sampler_probe,
};
module_auxiliary_driver(sampler_driver);

MODULE_DESCRIPTION("Driver for the FMC mezzanine that samples");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
