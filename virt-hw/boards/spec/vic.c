// SPDX-License-Identifier: GPL-2.0
/*
 * The vectored interrupt controller of the SPEC's base design: one line at a time, lowest first,
 * its output high until the end of service is written.
 */

#include <linux/bitfield.h>

#include "spec.h"

#define CLOCK_NS	16

static void set_output(struct spec *spec, bool level)
{
	gn4124_set_pin(spec, GN4124_GPIO_FPGA_IRQ, level);
}

/* Serve the lowest line, if the controller is free for it */
static void evaluate(struct spec *spec)
{
	struct vic *vic = &spec->vic;
	u32 pending = (vic->lines | vic->software) & vic->imr;
	unsigned int line;

	if (vic->state != VIC_IDLE || !(vic->ctl & VIC_CTL_ENABLE) || !pending)
		return;
	line = __ffs(pending);
	vic->line = BIT(line);
	vic->var = vic->ivt[line];
	if (spec_fault(spec, FAULT_VIC_BAD_VECTOR))
		vic->var = VIC_LINES - 1;
	vic->state = VIC_ACTIVE;
	set_output(spec, true);
}

static void dip_over(struct vhw_timer *timer, u64 when)
{
	struct spec *spec = container_of(timer, struct spec, vic.dip);

	spec->vic.state = VIC_IDLE;
	evaluate(spec);
}

static void end_service(struct spec *spec)
{
	struct vic *vic = &spec->vic;
	u64 dip = 1;

	if (vic->state != VIC_ACTIVE)
		return;
	if (spec_fault(spec, FAULT_VIC_SPURIOUS))
		return;	/* the line is served once more, whatever its level is now */
	vic->software &= ~vic->line;
	vic->line = 0;
	vic->var = VIC_VAR_IDLE;
	set_output(spec, false);
	if (vic->ctl & VIC_CTL_EMU_EDGE)
		dip = max(dip, (u64)FIELD_GET(VIC_CTL_EMU_LEN, vic->ctl));
	vic->state = VIC_DIP;
	vhw_timer_start(&vic->dip, vhw_now() + dip * CLOCK_NS);
}

/**
 * vic_set_line() - a source drives its line
 * @spec: the board
 * @line: SPEC_LINE_*
 * @level: high
 */
void vic_set_line(struct spec *spec, unsigned int line, bool level)
{
	if (level)
		spec->vic.lines |= BIT(line);
	else
		spec->vic.lines &= ~BIT(line);
	evaluate(spec);
}

u32 vic_read(struct spec *spec, u32 offset)
{
	struct vic *vic = &spec->vic;

	switch (offset) {
	case VIC_CTL:
		return vic->ctl;
	case VIC_RISR:
		return vic->lines | vic->software;
	case VIC_IMR:
		return vic->imr;
	case VIC_VAR:
		return vic->var;
	case VIC_IVT(0) ... VIC_IVT(VIC_LINES - 1):
		return vic->ivt[(offset - VIC_IVT(0)) / 4];
	default:
		return 0;
	}
}

static void write_ctl(struct spec *spec, u32 value)
{
	struct vic *vic = &spec->vic;

	vic->ctl = (value & (VIC_CTL_ENABLE | VIC_CTL_EMU_EDGE | VIC_CTL_EMU_LEN)) | VIC_CTL_POL;
	if (value & VIC_CTL_ENABLE)
		return;
	vhw_timer_stop(&vic->dip);
	vic->state = VIC_IDLE;
	vic->line = 0;
	vic->var = VIC_VAR_IDLE;
	set_output(spec, false);
}

void vic_write(struct spec *spec, u32 offset, u32 value)
{
	struct vic *vic = &spec->vic;

	switch (offset) {
	case VIC_CTL:
		write_ctl(spec, value);
		break;
	case VIC_IER:
		vic->imr |= value;
		break;
	case VIC_IDR:
		vic->imr &= ~value;
		break;
	case VIC_SWIR:
		vic->software |= value;
		break;
	case VIC_EOIR:
		end_service(spec);
		break;
	case VIC_IVT(0) ... VIC_IVT(VIC_LINES - 1):
		vic->ivt[(offset - VIC_IVT(0)) / 4] = value;
		break;
	}
	evaluate(spec);
}

/* Registers as after configuration of the FPGA; the sources' lines are theirs */
void vic_reset(struct spec *spec)
{
	struct vic *vic = &spec->vic;

	vhw_timer_stop(&vic->dip);
	vic->ctl = VIC_CTL_POL;
	vic->imr = 0;
	vic->software = 0;
	vic->line = 0;
	vic->var = VIC_VAR_IDLE;
	vic->state = VIC_IDLE;
	memset(vic->ivt, 0, sizeof(vic->ivt));
	set_output(spec, false);
}

void vic_init(struct spec *spec)
{
	vhw_timer_init(&spec->vic.dip, spec->board, dip_over);
}
