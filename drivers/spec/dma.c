// SPDX-License-Identifier: GPL-2.0
/*
 * The DMA engine: lists of pieces from the card's DDR to the host.
 */
#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>

#include "carrier.h"

#define BYTES_PER_MS	10000	/* a tenth of what the engine does: slower is stuck */
#define TIMEOUT_MIN_MS	50
#define TIMEOUT_MAX_MS	1000
#define LOOK_MS		20	/* how often to look for an end that no interrupt told of */
#define ABORT_US	10000

static u32 dma_read(struct spec *spec, u32 offset)
{
	return spec_read(spec, SPEC_DMA + offset);
}

static void dma_write(struct spec *spec, u32 offset, u32 value)
{
	spec_write(spec, SPEC_DMA + offset, value);
}

static irqreturn_t dma_irq(int irq, void *data)
{
	struct spec *spec = data;
	u32 stat = dma_read(spec, DMA_STAT);

	if (spec_all_ones(stat) || !(stat & DMA_STAT_IRQ))
		return IRQ_NONE;
	dma_write(spec, DMA_STAT, DMA_STAT_IRQ);
	complete(&spec->dma.done);
	return IRQ_HANDLED;
}

/* The first piece goes into registers, the others into the list that the engine walks */
static void dma_program(struct spec *spec, const struct spec_dma_segment *segments,
			unsigned int count)
{
	struct spec_dma *dma = &spec->dma;
	unsigned int i;

	for (i = 1; i < count; i++) {
		dma_addr_t next = dma->list_bus + i * sizeof(*dma->list);

		dma->list[i - 1] = (struct spec_dma_descriptor) {
			.cstart = cpu_to_le32(segments[i].card),
			.hstart_low = cpu_to_le32(lower_32_bits(segments[i].host)),
			.hstart_high = cpu_to_le32(upper_32_bits(segments[i].host)),
			.len = cpu_to_le32(segments[i].size),
			.next_low = cpu_to_le32(lower_32_bits(next)),
			.next_high = cpu_to_le32(upper_32_bits(next)),
			.attrib = cpu_to_le32(i + 1 < count ? DMA_ATTRIB_CHAIN : 0),
		};
	}
	dma_write(spec, DMA_CSTART, segments[0].card);
	dma_write(spec, DMA_HSTARTL, lower_32_bits(segments[0].host));
	dma_write(spec, DMA_HSTARTH, upper_32_bits(segments[0].host));
	dma_write(spec, DMA_LEN, segments[0].size);
	if (count > 1) {
		dma_write(spec, DMA_NEXTL, lower_32_bits(dma->list_bus));
		dma_write(spec, DMA_NEXTH, upper_32_bits(dma->list_bus));
	}
	dma_write(spec, DMA_ATTRIB, count > 1 ? DMA_ATTRIB_CHAIN : 0);
}

/* Stop a transfer that does not end. The engine may keep on writing until it says so */
static void dma_abort(struct spec *spec)
{
	unsigned int tries = ABORT_US / 100;
	u32 stat, state;

	dma_write(spec, DMA_CTRL, DMA_CTRL_ABORT);
	do {
		usleep_range(100, 200);
		stat = dma_read(spec, DMA_STAT);
		state = FIELD_GET(DMA_STAT_STATE, stat);
	} while (state == DMA_STATE_BUSY && !spec_all_ones(stat) && --tries);
	dma_write(spec, DMA_STAT, DMA_STAT_IRQ);
}

/*
 * An interrupt while the engine is busy means nothing and is acknowledged; an end without
 * interrupt is found by looking.
 */
static int dma_wait(struct spec *spec, size_t bytes)
{
	unsigned long limit_ms = clamp_t(size_t, bytes / BYTES_PER_MS, TIMEOUT_MIN_MS,
					 TIMEOUT_MAX_MS);
	unsigned long end = jiffies + msecs_to_jiffies(limit_ms) + 1;
	unsigned long told;
	bool late;
	u32 stat;

	do {
		late = time_after(jiffies, end);
		told = wait_for_completion_timeout(&spec->dma.done, msecs_to_jiffies(LOOK_MS));
		stat = dma_read(spec, DMA_STAT);
		if (spec_all_ones(stat))
			return -ENODEV;
		switch (FIELD_GET(DMA_STAT_STATE, stat)) {
		case DMA_STATE_BUSY:
			break;
		case DMA_STATE_IDLE:
			if (!told)
				spec->dma.irqs_lost++;
			return 0;
		default:
			dev_err_ratelimited(&spec->pdev->dev, "DMA failed, DMA_STAT 0x%x\n", stat);
			return -EIO;
		}
	} while (!late);

	dma_abort(spec);
	dev_err_ratelimited(&spec->pdev->dev, "DMA of %zu bytes did not end within %lu ms\n", bytes,
			    limit_ms);
	return -ETIMEDOUT;
}

/**
 * spec_fmc_dma_read() - copy from the card's DDR to the host
 * @fmc: the mezzanine
 * @segments: pieces, in their order
 * @count: of them, 1 to SPEC_DMA_SEGMENTS
 *
 * May sleep, for at most a second. A transfer that fails is stopped and acknowledged before this
 * returns; whether the engine still works shows the next one.
 *
 * Return: 0; -EIO if the engine reports an error, -ETIMEDOUT if it does not end, -ENODEV if the
 * board is gone
 */
int spec_fmc_dma_read(struct spec_fmc *fmc, const struct spec_dma_segment *segments,
		      unsigned int count)
{
	struct spec *spec = fmc->spec;
	size_t bytes = 0;
	unsigned int i;
	int ret;

	if (WARN_ON_ONCE(!count || count > SPEC_DMA_SEGMENTS))
		return -EINVAL;
	for (i = 0; i < count; i++)
		bytes += segments[i].size;

	guard(mutex)(&spec->dma.lock);
	reinit_completion(&spec->dma.done);
	dma_program(spec, segments, count);
	dma_write(spec, DMA_CTRL, DMA_CTRL_START);
	ret = dma_wait(spec, bytes);
	if (ret)
		spec->dma.errors++;
	return ret;
}
EXPORT_SYMBOL_GPL(spec_fmc_dma_read);

/**
 * spec_dma_init() - make the engine usable
 * @spec: with the interrupt controller running
 */
int spec_dma_init(struct spec *spec)
{
	struct device *dev = &spec->pdev->dev;
	struct spec_dma *dma = &spec->dma;
	int ret;

	dma->list = dma_alloc_coherent(dev, SPEC_DMA_SEGMENTS * sizeof(*dma->list), &dma->list_bus,
				       GFP_KERNEL);
	if (!dma->list)
		return -ENOMEM;
	ret = spec_vic_map(spec, SPEC_LINE_DMA);
	if (ret < 0)
		goto free_list;
	dma->irq = ret;
	dma_write(spec, DMA_STAT, DMA_STAT_IRQ);
	ret = request_irq(dma->irq, dma_irq, 0, "spec-dma", spec);
	if (ret)
		goto free_list;
	return 0;

free_list:
	dma_free_coherent(dev, SPEC_DMA_SEGMENTS * sizeof(*dma->list), dma->list, dma->list_bus);
	return ret;
}

/**
 * spec_dma_exit() - undo spec_dma_init()
 * @spec: with no transfer under way
 */
void spec_dma_exit(struct spec *spec)
{
	struct spec_dma *dma = &spec->dma;

	free_irq(dma->irq, spec);
	dma_free_coherent(&spec->pdev->dev, SPEC_DMA_SEGMENTS * sizeof(*dma->list), dma->list,
			  dma->list_bus);
}
