// SPDX-License-Identifier: GPL-2.0
/* The GN4124 PCI bridge of a virtual SPEC: BAR 4 without the configuration loader (fcl.c). */

#include "spec.h"

/* Word registers that a driver may write and read back and that do nothing else */
static u32 *plain_register(struct gn4124 *gn, u32 offset)
{
	switch (offset) {
	case GN4124_MSI_CONTROL ... GN4124_MSI_DATA:
		return &gn->msi_mirror[(offset - GN4124_MSI_CONTROL) / 4];
	case GN4124_LB_CTL:
		return &gn->lb_ctl;
	case GN4124_CLK_CSR:
		return &gn->clk_csr;
	case GN4124_PCI_BAR_CONFIG:
		return &gn->bar_config;
	case GN4124_INT_CTRL:
		return &gn->int_ctrl;
	case GN4124_PCI_TO_ACK_TIME:
		return &gn->ack_time;
	default:
		return NULL;
	}
}

/* Likewise of the GPIO block, 16 bits wide */
static u16 *plain_pins(struct gn4124 *gn, u32 offset)
{
	switch (offset) {
	case GN4124_GPIO_BYPASS:
		return &gn->bypass;
	case GN4124_GPIO_DIRECTION:
		return &gn->direction;
	case GN4124_GPIO_OUTPUT_ENABLE:
		return &gn->output_enable;
	case GN4124_GPIO_OUTPUT_VALUE:
		return &gn->output_value;
	case GN4124_GPIO_INT_TYPE:
		return &gn->int_type;
	case GN4124_GPIO_INT_VALUE:
		return &gn->int_value;
	case GN4124_GPIO_INT_ON_ANY:
		return &gn->int_on_any;
	default:
		return NULL;
	}
}

static u16 pins_driven_out(const struct gn4124 *gn)
{
	return ~gn->direction & gn->output_enable;
}

static u16 pin_levels(const struct gn4124 *gn)
{
	u16 out = pins_driven_out(gn);

	return (gn->output_value & out) | (gn->input & ~out);
}

/* How the FPGA boots, as BOOTSEL1 << 1 | BOOTSEL0 */
unsigned int gn4124_bootsel(const struct spec *spec)
{
	u16 pins = pin_levels(&spec->gn4124);

	return (pins & GN4124_GPIO_BOOTSEL1 ? 2 : 0) | (pins & GN4124_GPIO_BOOTSEL0 ? 1 : 0);
}

static u32 int_stat(const struct gn4124 *gn)
{
	return gn->int_latched | (gn->int_status & ~gn->int_mask ? GN4124_INT_GPIO : 0);
}

/* Levels set their bits of INT_STATUS for as long as they stand */
static void latch_levels(struct gn4124 *gn)
{
	gn->int_status |= gn->int_type & (gn->input ^ ~gn->int_value);
}

static u32 interrupt_outputs(const struct gn4124 *gn)
{
	u32 stat = int_stat(gn);
	u32 outputs = 0;
	unsigned int n;

	for (n = 0; n < GN4124_INT_CFG_COUNT; n++)
		if (stat & gn->int_cfg[n])
			outputs |= BIT(n);
	return outputs;
}

/* Show the interrupt outputs to the host: as messages, one a rising output, or as one level */
static void update_outputs(struct spec *spec)
{
	struct gn4124 *gn = &spec->gn4124;
	u32 outputs = interrupt_outputs(gn);
	unsigned int n;

	if (vhw_msi_enabled(spec->board)) {
		for (n = 0; n < 4; n++)
			if (outputs & ~gn->outputs & BIT(n) && !spec_fault(spec, FAULT_MSI_LOST))
				vhw_send_msi(spec->board, n);
		vhw_set_intx(spec->board, false);
	} else {
		vhw_set_intx(spec->board, outputs);
	}
	gn->outputs = outputs;
}

/**
 * gn4124_set_pin() - the board drives a pin
 * @spec: the board
 * @pin: its bit
 * @level: high
 */
void gn4124_set_pin(struct spec *spec, u16 pin, bool level)
{
	struct gn4124 *gn = &spec->gn4124;
	bool was = gn->input & pin;

	if (was == level)
		return;
	gn->input ^= pin;
	if (!(gn->int_type & pin) &&
	    (gn->int_on_any & pin || level == !!(gn->int_value & pin)))
		gn->int_status |= pin;
	latch_levels(gn);
	update_outputs(spec);
}

/* Nothing in the FPGA acknowledged an access */
void gn4124_local_bus_error(struct spec *spec)
{
	spec->gn4124.int_latched |= GN4124_INT_ALI & -GN4124_INT_ALI;
	update_outputs(spec);
}

void gn4124_reset(struct spec *spec)
{
	struct gn4124 *gn = &spec->gn4124;

	*gn = (struct gn4124) {
		.sys_cfg = 0x00025000,
		.clk_csr = 0x0001f04c,
		.direction = GN4124_GPIO_PINS,
		.int_mask = GN4124_GPIO_PINS,
		.input = GN4124_GPIO_BOOTSEL1 | GN4124_GPIO_BOOTSEL0 |
			 GN4124_GPIO_SDA | GN4124_GPIO_SCL,
	};
	vhw_set_intx(spec->board, false);
}

/* Reading clears; a standing level comes back at once, and as a new edge for a message */
static u32 read_gpio_int_status(struct spec *spec)
{
	struct gn4124 *gn = &spec->gn4124;
	u32 status = gn->int_status;

	if (status && spec_fault(spec, FAULT_IRQ_SPURIOUS))
		return 0;
	gn->int_status = 0;
	gn->outputs = interrupt_outputs(gn);
	latch_levels(gn);
	update_outputs(spec);
	return status;
}

u32 gn4124_read(struct spec *spec, u32 offset)
{
	struct gn4124 *gn = &spec->gn4124;
	u32 *plain = plain_register(gn, offset);
	u16 *pins = plain_pins(gn, offset);

	if (plain)
		return *plain;
	if (pins)
		return *pins;
	switch (offset) {
	case GN4124_SYS_CFG_SYSTEM:
		return gn->sys_cfg;
	case GN4124_INT_STAT:
		return int_stat(gn);
	case GN4124_INT_CFG(0) ... GN4124_INT_CFG(GN4124_INT_CFG_COUNT - 1):
		return gn->int_cfg[(offset - GN4124_INT_CFG(0)) / 4];
	case GN4124_GPIO_INPUT_VALUE:
		return pin_levels(gn);
	case GN4124_GPIO_INT_MASK:
		return gn->int_mask;
	case GN4124_GPIO_INT_STATUS:
		return read_gpio_int_status(spec);
	default:
		return 0;
	}
}

/* The software interrupts follow what is written; the latched ones are cleared by ones */
static void write_int_stat(struct gn4124 *gn, u32 value)
{
	const u32 software = GN4124_INT_SW0 | GN4124_INT_SW1;

	gn->int_latched &= ~software & ~(value & (GN4124_INT_ALI | GENMASK(7, 4)));
	gn->int_latched |= value & software;
}

/* The FPGA's logic is in reset from 0x3fff to 0x7fff in the lower half (or by 0x21040, 0x25000) */
static bool write_sys_cfg(struct gn4124 *gn, u32 value)
{
	bool was_running = gn->sys_cfg & BIT(14);

	gn->sys_cfg = value;
	return !was_running && value & BIT(14);
}

/* Return: whether the FPGA's logic leaves its reset */
bool gn4124_write(struct spec *spec, u32 offset, u32 value)
{
	struct gn4124 *gn = &spec->gn4124;
	u32 *plain = plain_register(gn, offset);
	u16 *pins = plain_pins(gn, offset);
	bool restarts = false;

	if (plain) {
		*plain = value;
		return false;
	}
	if (pins)
		*pins = value;
	switch (offset) {
	case GN4124_SYS_CFG_SYSTEM:
		restarts = write_sys_cfg(gn, value);
		break;
	case GN4124_INT_STAT:
		write_int_stat(gn, value);
		break;
	case GN4124_INT_CFG(0) ... GN4124_INT_CFG(GN4124_INT_CFG_COUNT - 1):
		gn->int_cfg[(offset - GN4124_INT_CFG(0)) / 4] = value & GENMASK(15, 2);
		break;
	case GN4124_GPIO_INT_MASK_CLR:
		gn->int_mask &= ~value;
		break;
	case GN4124_GPIO_INT_MASK_SET:
		gn->int_mask |= value;
		break;
	}
	latch_levels(gn);
	update_outputs(spec);
	return restarts;
}
