// SPDX-License-Identifier: GPL-2.0
/*
 * GN4124: interrupts and pins of the bridge. Of its sources only pin 8 is used, the output of the
 * FPGA's interrupt controller.
 */
#include <linux/interrupt.h>
#include <linux/moduleparam.h>

#include "carrier.h"

#define SELF_TEST_MS	100

static bool msi;
module_param(msi, bool, 0444);
MODULE_PARM_DESC(msi, "Use a message-signalled interrupt where the bridge passes a self-test (default: no)");

static irqreturn_t spec_self_test_irq(struct spec *spec, struct completion *seen)
{
	u32 status = gn4124_read(spec, GN4124_INT_STAT);

	if (spec_all_ones(status) || !(status & GN4124_INT_SW1))
		return IRQ_NONE;
	gn4124_write(spec, GN4124_INT_STAT, 0);
	complete(seen);
	return IRQ_HANDLED;
}

static irqreturn_t spec_irq(int irq, void *data)
{
	struct spec *spec = data;
	struct completion *self_test = READ_ONCE(spec->self_test);
	u32 pins;

	if (unlikely(self_test))
		return spec_self_test_irq(spec, self_test);

	/*
	 * Reading clears, so read before serving: a level that rises from here on is seen in the
	 * next round. Not our bit: the line is shared. All ones: the board is gone.
	 */
	pins = gn4124_read(spec, GN4124_GPIO_INT_STATUS);
	if (spec_all_ones(pins) || !(pins & GN4124_GPIO_FPGA_IRQ))
		return IRQ_NONE;
	spec_vic_service(spec);
	return IRQ_HANDLED;
}

/* Does a message reach us? The bridge raises one by software */
static int spec_self_test(struct spec *spec)
{
	DECLARE_COMPLETION_ONSTACK(seen);
	unsigned long left;

	WRITE_ONCE(spec->self_test, &seen);
	gn4124_write(spec, GN4124_INT_CFG(0), GN4124_INT_SW1);
	gn4124_write(spec, GN4124_INT_STAT, GN4124_INT_SW1);
	left = wait_for_completion_timeout(&seen, msecs_to_jiffies(SELF_TEST_MS));
	gn4124_write(spec, GN4124_INT_CFG(0), 0);
	gn4124_write(spec, GN4124_INT_STAT, 0);
	WRITE_ONCE(spec->self_test, NULL);
	synchronize_irq(spec->irq);
	return left ? 0 : -ETIMEDOUT;
}

static int spec_request_msi(struct spec *spec)
{
	struct device *dev = &spec->pdev->dev;
	int ret;

	ret = pci_alloc_irq_vectors(spec->pdev, 1, 1, PCI_IRQ_MSI);
	if (ret < 0)
		return ret;
	spec->irq = pci_irq_vector(spec->pdev, 0);
	ret = devm_request_irq(dev, spec->irq, spec_irq, 0, "spec", spec);
	if (ret)
		goto free_vectors;
	ret = spec_self_test(spec);
	if (ret)
		goto free_irq;
	return 0;

free_irq:
	devm_free_irq(dev, spec->irq, spec);
free_vectors:
	pci_free_irq_vectors(spec->pdev);
	return ret;
}

/**
 * spec_irq_init() - request the bridge's interrupt
 * @spec: with all sources masked
 *
 * The bridge sends messages reliably only if four vectors were programmed, which Linux does not
 * do for one, so the shared line is the default.
 */
int spec_irq_init(struct spec *spec)
{
	struct device *dev = &spec->pdev->dev;
	int ret;

	if (msi) {
		ret = spec_request_msi(spec);
		if (!ret)
			return 0;
		dev_warn(dev, "no message interrupt arrives (%d): using the shared line\n", ret);
	}
	spec->irq = spec->pdev->irq;
	ret = devm_request_irq(dev, spec->irq, spec_irq, IRQF_SHARED, "spec", spec);
	if (ret)
		return dev_err_probe(dev, ret, "cannot request interrupt %d\n", spec->irq);
	return 0;
}

static void set_pins(struct spec *spec, u32 offset, u32 mask, u32 value)
{
	gn4124_write(spec, offset, (gn4124_read(spec, offset) & ~mask) | value);
}

/**
 * spec_irq_mask() - no interrupt from this board
 * @spec: in any state, also gone
 */
void spec_irq_mask(struct spec *spec)
{
	unsigned int i;

	for (i = 0; i < GN4124_INT_CFG_COUNT; i++)
		gn4124_write(spec, GN4124_INT_CFG(i), 0);
	gn4124_write(spec, GN4124_GPIO_INT_MASK_SET, GN4124_GPIO_PINS);
}

/**
 * spec_irq_unmask() - let the FPGA's interrupt controller through
 * @spec: with a running FPGA: the local bus errors of an empty one would fire without end
 */
void spec_irq_unmask(struct spec *spec)
{
	const u32 pin = GN4124_GPIO_FPGA_IRQ;

	gn4124_write(spec, GN4124_GPIO_INT_MASK_SET, GN4124_GPIO_PINS);
	set_pins(spec, GN4124_GPIO_INT_TYPE, pin, pin);
	set_pins(spec, GN4124_GPIO_INT_VALUE, pin, pin);
	set_pins(spec, GN4124_GPIO_INT_ON_ANY, pin, 0);
	gn4124_read(spec, GN4124_GPIO_INT_STATUS);
	gn4124_write(spec, GN4124_GPIO_INT_MASK_CLR, pin);
	gn4124_write(spec, GN4124_INT_CFG(0), GN4124_INT_GPIO);
}

/**
 * spec_boot_from_host() - choose where the FPGA takes its bitstream from
 * @spec: under the loader's lock
 * @host: from the bridge; false: from the flash memory, as after power on
 */
void spec_boot_from_host(struct spec *spec, bool host)
{
	const u32 both = GN4124_GPIO_BOOTSEL0 | GN4124_GPIO_BOOTSEL1;

	set_pins(spec, GN4124_GPIO_OUTPUT_VALUE, both, host ? GN4124_GPIO_BOOTSEL0 : both);
	set_pins(spec, GN4124_GPIO_BYPASS, both, 0);
	set_pins(spec, GN4124_GPIO_DIRECTION, both, 0);
	set_pins(spec, GN4124_GPIO_OUTPUT_ENABLE, both, both);
}
