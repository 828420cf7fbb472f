// SPDX-License-Identifier: GPL-2.0
/*
 * The vectored interrupt controller of the base design, as an irq_domain.
 */
#include <linux/bitfield.h>
#include <linux/interrupt.h>
#include <linux/irq.h>

#include "carrier.h"

/*
 * After each service the output dips so long that the bridge sees a new level: 250 clocks of 16 ns
 * are 4 us
 */
#define VIC_DIP		250
#define VIC_DRAIN	64

static u32 vic_read(struct spec *spec, u32 offset)
{
	return spec_read(spec, SPEC_VIC + offset);
}

static void vic_write(struct spec *spec, u32 offset, u32 value)
{
	spec_write(spec, SPEC_VIC + offset, value);
}

static void vic_irq_mask(struct irq_data *data)
{
	struct spec *spec = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock_irqsave)(&spec->vic.lock);
	spec->vic.enabled &= ~BIT(data->hwirq);
	vic_write(spec, VIC_IDR, BIT(data->hwirq));
}

static void vic_irq_unmask(struct irq_data *data)
{
	struct spec *spec = irq_data_get_irq_chip_data(data);

	guard(raw_spinlock_irqsave)(&spec->vic.lock);
	spec->vic.enabled |= BIT(data->hwirq);
	vic_write(spec, VIC_IER, BIT(data->hwirq));
}

static struct irq_chip vic_chip = {
	.name = "spec-vic",
	.irq_mask = vic_irq_mask,
	.irq_unmask = vic_irq_unmask,
};

static int vic_domain_map(struct irq_domain *domain, unsigned int virq, irq_hw_number_t line)
{
	irq_set_chip_data(virq, domain->host_data);
	irq_set_chip_and_handler(virq, &vic_chip, handle_level_irq);
	irq_set_noprobe(virq);
	return 0;
}

static void vic_domain_unmap(struct irq_domain *domain, unsigned int virq)
{
	irq_set_chip_and_handler(virq, NULL, NULL);
	irq_set_chip_data(virq, NULL);
}

static const struct irq_domain_ops vic_domain_ops = {
	.map = vic_domain_map,
	.unmap = vic_domain_unmap,
};

static void serve_line(struct spec *spec, struct irq_domain *domain, u32 line)
{
	unsigned int irq = irq_find_mapping(domain, line);

	if (irq) {
		generic_handle_irq_safe(irq);
		return;
	}
	vic_write(spec, VIC_IDR, BIT(line));
	dev_warn_ratelimited(&spec->pdev->dev, "interrupt line %u is nobody's\n", line);
}

/* A vector that no line has: the line that it must have been for is served */
static void serve_unexpected(struct spec *spec, struct irq_domain *domain, u32 vector)
{
	u32 pending = vic_read(spec, VIC_RISR) & vic_read(spec, VIC_IMR);

	spec->vic.unexpected++;
	dev_warn_ratelimited(&spec->pdev->dev, "interrupt vector 0x%x is no line, 0x%x stand\n",
			     vector, pending);
	if (pending && !spec_all_ones(pending))
		serve_line(spec, domain, __ffs(pending));
}

/**
 * spec_vic_service() - serve what stands
 * @spec: with a running FPGA; in its interrupt
 *
 * EOIR drops the output for a moment; the controller may also wait for one without a line to
 * serve. Reading the bridge's pin status then clears what the served level left behind, which
 * would be one more interrupt for nothing.
 */
void spec_vic_service(struct spec *spec)
{
	struct irq_domain *domain = READ_ONCE(spec->vic.domain);
	unsigned int rounds = VIC_LINES;
	u32 vector;

	while (domain && rounds--) {
		vector = vic_read(spec, VIC_VAR);
		if (spec_all_ones(vector))
			return;
		if (vector < SPEC_LINES)
			serve_line(spec, domain, vector);
		else if (vector != VIC_VAR_IDLE)
			serve_unexpected(spec, domain, vector);
		vic_write(spec, VIC_EOIR, 0);
		if (vector == VIC_VAR_IDLE)
			return;
		if (!(gn4124_read(spec, GN4124_GPIO_INT_STATUS) & GN4124_GPIO_FPGA_IRQ))
			return;
	}
}

static void vic_setup(struct spec *spec)
{
	unsigned int i;

	vic_write(spec, VIC_CTL, 0);
	vic_write(spec, VIC_IDR, ~0);
	for (i = 0; i < VIC_DRAIN && vic_read(spec, VIC_VAR) != VIC_VAR_IDLE; i++)
		vic_write(spec, VIC_EOIR, 0);
	for (i = 0; i < VIC_LINES; i++)
		vic_write(spec, VIC_IVT(i), i);
	vic_write(spec, VIC_CTL, VIC_CTL_ENABLE | VIC_CTL_POL | VIC_CTL_EMU_EDGE |
		  FIELD_PREP(VIC_CTL_EMU_LEN, VIC_DIP));
}

/**
 * spec_vic_init() - make the domain, all lines masked
 * @spec: with the base design checked
 */
int spec_vic_init(struct spec *spec)
{
	struct irq_domain *domain;

	spec->vic.enabled = 0;
	vic_setup(spec);
	domain = irq_domain_create_linear(NULL, SPEC_LINES, &vic_domain_ops, spec);
	if (!domain)
		return -ENOMEM;
	WRITE_ONCE(spec->vic.domain, domain);
	return 0;
}

/**
 * spec_vic_exit() - undo spec_vic_init()
 * @spec: with no user of a line left, and the bridge's interrupt masked
 */
void spec_vic_exit(struct spec *spec)
{
	struct irq_domain *domain = spec->vic.domain;
	unsigned int line;

	vic_write(spec, VIC_IDR, ~0);
	vic_write(spec, VIC_CTL, 0);
	WRITE_ONCE(spec->vic.domain, NULL);
	synchronize_irq(spec->irq);
	for (line = 0; line < SPEC_LINES; line++)
		irq_dispose_mapping(irq_find_mapping(domain, line));
	irq_domain_remove(domain);
}

/**
 * spec_vic_restore() - the controller lost its registers, its users remain
 * @spec: with a running FPGA again
 */
void spec_vic_restore(struct spec *spec)
{
	guard(raw_spinlock_irqsave)(&spec->vic.lock);
	vic_setup(spec);
	vic_write(spec, VIC_IER, spec->vic.enabled);
}

/**
 * spec_vic_map() - the Linux interrupt of a line
 * @spec: after spec_vic_init()
 * @line: SPEC_LINE_*
 *
 * Return: its number or a negative error
 */
int spec_vic_map(struct spec *spec, unsigned int line)
{
	unsigned int irq = irq_create_mapping(spec->vic.domain, line);

	return irq ?: -ENOMEM;
}
