// SPDX-License-Identifier: GPL-2.0
/*
 * The GN4124's FPGA configuration loader: a FIFO that the host fills and the FPGA's serial port
 * empties.
 */

#include "spec.h"

#define FIFO_WORDS		128
#define FIFO_HALF		64
#define WORD_NS			640	/* 32 bits at 50 MHz: 1.48 MB take 0.24 s */

/*
 * Of Xilinx, as it goes by after the host reversed the bits of each byte: AA 99 55 66 in the file
 */
#define SYNC_WORD		0x66aa9955

/* Boards being loaded: the erratum is that two at a time disturb each other */
static unsigned int fcl_loaders;

static void end_loading(struct fcl *fcl)
{
	if (fcl->loading)
		fcl_loaders--;
	fcl->loading = false;
}

void fcl_reset(struct spec *spec)
{
	end_loading(&spec->fcl);
	spec->fcl = (struct fcl) { };
}

/* Let the words leave the FIFO that had the time to do so */
static void drain(struct fcl *fcl)
{
	u64 now = vhw_now();
	u64 words = div_u64(now - fcl->drained_at, WORD_NS);

	fcl->drained_at += words * WORD_NS;
	fcl->drained += words;
	if (fcl->drained >= fcl->words) {
		fcl->drained = fcl->words;
		fcl->drained_at = now;
	}
}

static void start(struct spec *spec)
{
	struct fcl *fcl = &spec->fcl;

	if (gn4124_bootsel(spec) != 1) {
		vhw_violation(spec->board, "FPGA load started with BOOTSEL %u instead of 1",
			      gn4124_bootsel(spec));
		return;
	}
	end_loading(fcl);
	fcl->loading = true;
	fcl->disturbed = fcl_loaders++;
	fcl->synced = false;
	fcl->words = 0;
	fcl->drained = 0;
	fcl->drained_at = vhw_now();
	spec_fpga_configure(spec, NULL);
}

/* The last word has left the FIFO */
static void finish(struct spec *spec)
{
	struct fcl *fcl = &spec->fcl;
	bool failed = fcl->disturbed || fcl_loaders > 1 || !fcl->words ||
		      (spec->require_sync && !fcl->synced);

	end_loading(fcl);
	if (failed || spec_fault(spec, FAULT_FCL_ERROR)) {
		fcl->irq |= FCL_IRQ_CONFIG_ERROR;
		return;
	}
	if (spec_fault(spec, FAULT_FCL_NO_DONE))
		return;
	fcl->irq |= FCL_IRQ_CONFIG_DONE;
	spec_fpga_configure(spec, spec->loads);
}

static u32 read_irq(struct spec *spec)
{
	struct fcl *fcl = &spec->fcl;
	u32 irq;

	if (fcl->loading) {
		drain(fcl);
		if (fcl->ctrl & FCL_CTRL_DATA_PUSH_COMP && fcl->drained == fcl->words)
			finish(spec);
		else if (spec_fault(spec, FAULT_FCL_UNDERFLOW))
			fcl->irq |= FCL_IRQ_FIFO_UNDERFLOW | FCL_IRQ_CONFIG_ERROR;
	}
	irq = fcl->irq;
	if (fcl->loading && (fcl->words - fcl->drained >= FIFO_HALF ||
			     spec_fault(spec, FAULT_FCL_FULL)))
		irq |= FCL_IRQ_FIFO_HALFFULL;
	return irq;
}

u32 fcl_read(struct spec *spec, u32 offset)
{
	struct fcl *fcl = &spec->fcl;

	switch (offset) {
	case GN4124_FCL_CTRL:
		return fcl->ctrl;
	case GN4124_FCL_STATUS:
		return spec->design->empty ? 0 : FCL_STATUS_DONE;
	case GN4124_FCL_IRQ:
		return read_irq(spec);
	default:
		return fcl->scratch[(offset - GN4124_FCL_CTRL) / 4 - 1];
	}
}

static void write_ctrl(struct spec *spec, u32 value)
{
	struct fcl *fcl = &spec->fcl;
	u32 rising = value & ~fcl->ctrl;

	fcl->ctrl = value;
	if (value & FCL_CTRL_RESET || !(value & FCL_CTRL_FSM_EN))
		end_loading(fcl);
	else if (rising & FCL_CTRL_START_FSM)
		start(spec);
}

static void push(struct spec *spec, u32 word)
{
	struct fcl *fcl = &spec->fcl;
	unsigned int shift;

	if (!fcl->loading)
		return;
	drain(fcl);
	if (fcl->words - fcl->drained >= FIFO_WORDS) {
		vhw_violation(spec->board, "FPGA load overflows the FIFO of %u words", FIFO_WORDS);
		fcl->irq |= FCL_IRQ_CONFIG_ERROR;
		return;
	}
	for (shift = 0; shift < 32; shift += 8)
		if ((u32)(((u64)word << 32 | fcl->last_word) >> shift) == SYNC_WORD)
			fcl->synced = true;
	fcl->last_word = word;
	fcl->words++;
}

void fcl_write(struct spec *spec, u32 offset, u32 value)
{
	struct fcl *fcl = &spec->fcl;

	switch (offset) {
	case GN4124_FCL_CTRL:
		write_ctrl(spec, value);
		break;
	case GN4124_FCL_FIFO:
		push(spec, value);
		break;
	case GN4124_FCL_IRQ:
		fcl->irq &= value;
		break;
	case GN4124_FCL_STATUS:
		break;
	default:
		fcl->scratch[(offset - GN4124_FCL_CTRL) / 4 - 1] = value;
	}
}
