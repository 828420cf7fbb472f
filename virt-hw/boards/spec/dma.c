// SPDX-License-Identifier: GPL-2.0
/*
 * The DMA engine of the SPEC's base design: between the DDR and host memory, along a list of
 * descriptors of which the first one lies in the registers.
 */

#include <linux/bitfield.h>
#include <linux/mm.h>
#include <linux/swab.h>

#include "spec.h"

#define SETUP_NS	1000	/* from START, or the end of a descriptor, to the first data */
#define PS_PER_BYTE	5000	/* 200 MB/s */
#define EARLY_NS	1000000	/* at least, from an early interrupt to the end */
#define STEP_BYTES	65536	/* moved at a time */
#define STALL_NS	10000	/* the DDR takes nothing now: try again */
#define FETCHED_BYTES	28	/* of a descriptor */

static void set_irq(struct spec *spec, bool irq)
{
	spec->dma.irq = irq;
	vic_set_line(spec, SPEC_LINE_DMA, irq);
}

static void finish(struct spec *spec, u32 state)
{
	struct spec_dma *dma = &spec->dma;

	vhw_timer_stop(&dma->step);
	dma->state = state;
	dma->stuck = false;
	if (!spec_fault(spec, FAULT_DMA_IRQ_LOST))
		set_irq(spec, true);
}

static void plan_step(struct spec_dma *dma, u64 delay)
{
	u32 bytes = min_t(u32, dma->remaining, STEP_BYTES);

	vhw_timer_start(&dma->step, vhw_now() + delay + div_u64((u64)bytes * PS_PER_BYTE, 1000));
}

/* Is the descriptor at hand one that the engine can carry out? */
static bool descriptor_valid(struct spec *spec)
{
	struct spec_dma *dma = &spec->dma;

	if (!dma->cur_len || dma->cur_len % 4 || dma->cur_cstart % 4) {
		vhw_violation(spec->board, "DMA of %u bytes at 0x%x of the DDR", dma->cur_len,
			      dma->cur_cstart);
		return false;
	}
	if (dma->cur_cstart >= SPEC_DDR_SIZE || dma->cur_len > SPEC_DDR_SIZE - dma->cur_cstart) {
		vhw_violation(spec->board, "DMA of %u bytes at 0x%x goes beyond the DDR",
			      dma->cur_len, dma->cur_cstart);
		return false;
	}
	if (dma->attrib & DMA_ATTRIB_TO_CARD && dma->cur_len > DMA_TO_CARD_MAX) {
		vhw_violation(spec->board, "DMA of %u bytes to the card, above %u", dma->cur_len,
			      DMA_TO_CARD_MAX);
		return false;
	}
	return true;
}

static void begin_descriptor(struct spec *spec, u64 delay)
{
	struct spec_dma *dma = &spec->dma;

	dma->cur_cstart = dma->cstart;
	dma->cur_host = dma->hstart;
	dma->cur_len = dma->len;
	if (!descriptor_valid(spec)) {
		finish(spec, DMA_STATE_ERROR);
		return;
	}
	dma->remaining = dma->cur_len;
	if (spec_fault(spec, FAULT_DMA_SHORT))
		dma->remaining = round_down(dma->cur_len / 2, 4);
	plan_step(dma, delay);
}

static void start(struct spec *spec)
{
	struct spec_dma *dma = &spec->dma;

	if (dma->state == DMA_STATE_BUSY) {
		vhw_violation(spec->board, "DMA started while one is in progress");
		return;
	}
	dma->state = DMA_STATE_BUSY;
	dma->stuck = dma->wedged || spec_fault(spec, FAULT_DMA_STUCK);
	if (dma->stuck)
		return;
	if (spec_fault(spec, FAULT_DMA_IRQ_EARLY)) {
		set_irq(spec, true);
		begin_descriptor(spec, EARLY_NS);
	} else {
		begin_descriptor(spec, SETUP_NS);
	}
}

static void abort_transfer(struct spec *spec)
{
	struct spec_dma *dma = &spec->dma;

	if (dma->state != DMA_STATE_BUSY)
		return;
	if (spec_fault(spec, FAULT_DMA_WEDGED))
		dma->wedged = true;
	finish(spec, DMA_STATE_ABORTED);
}

static void swap_words(u32 *words, size_t count, unsigned int swap)
{
	for (; count--; words++) {
		if (swap & 1)
			*words = (*words & 0x00ff00ff) << 8 | (*words >> 8 & 0x00ff00ff);
		if (swap & 2)
			*words = *words << 16 | *words >> 16;
	}
}

/* Move what lies in one page of the DDR */
static int move(struct spec *spec, size_t length)
{
	struct spec_dma *dma = &spec->dma;
	const void *from = ddr_page(&spec->ddr, dma->cur_cstart) + offset_in_page(dma->cur_cstart);
	u8 *bounce = spec->dma.bounce;
	int error;

	if (dma->attrib & DMA_ATTRIB_TO_CARD) {
		error = vhw_dma_read(spec->board, dma->cur_host, bounce, length);
		if (error)
			return error;
		swap_words((u32 *)bounce, length / 4, dma->swap);
		return ddr_write(&spec->ddr, dma->cur_cstart, bounce, length);
	}
	if (dma->swap) {
		memcpy(bounce, from, length);
		swap_words((u32 *)bounce, length / 4, dma->swap);
		from = bounce;
	}
	return vhw_dma_write(spec->board, dma->cur_host, from, length);
}

static int move_step(struct spec *spec)
{
	struct spec_dma *dma = &spec->dma;
	u32 left = min_t(u32, dma->remaining, STEP_BYTES);

	if (spec_fitted(spec) && spec->fmc->model->sync)
		spec->fmc->model->sync(spec->fmc);
	while (left) {
		u32 length = min_t(u32, left, PAGE_SIZE - offset_in_page(dma->cur_cstart));
		int error = move(spec, length);

		if (error)
			return error;
		dma->cur_cstart += length;
		dma->cur_host += length;
		dma->cur_len -= length;
		dma->remaining -= length;
		left -= length;
	}
	return 0;
}

static void fetch_descriptor(struct spec *spec)
{
	struct spec_dma *dma = &spec->dma;
	struct spec_dma_descriptor next;

	if (vhw_dma_read(spec->board, dma->next, &next, FETCHED_BYTES)) {
		finish(spec, DMA_STATE_ERROR);
		return;
	}
	dma->cstart = le32_to_cpu(next.cstart);
	dma->hstart = (u64)le32_to_cpu(next.hstart_high) << 32 | le32_to_cpu(next.hstart_low);
	dma->len = le32_to_cpu(next.len);
	dma->next = (u64)le32_to_cpu(next.next_high) << 32 | le32_to_cpu(next.next_low);
	dma->attrib = le32_to_cpu(next.attrib);
	begin_descriptor(spec, SETUP_NS);
}

static void step(struct vhw_timer *timer, u64 when)
{
	struct spec *spec = container_of(timer, struct spec, dma.step);
	struct spec_dma *dma = &spec->dma;

	if (dma->attrib & DMA_ATTRIB_TO_CARD && ddr_must_wait(&spec->ddr, STEP_BYTES)) {
		plan_step(dma, STALL_NS);
		return;
	}
	if (spec_fault(spec, FAULT_DMA_ERROR) || move_step(spec))
		finish(spec, DMA_STATE_ERROR);
	else if (spec_fault(spec, FAULT_DMA_ABORTED))
		finish(spec, DMA_STATE_ABORTED);
	else if (dma->remaining)
		plan_step(dma, 0);
	else if (dma->attrib & DMA_ATTRIB_CHAIN)
		fetch_descriptor(spec);
	else
		finish(spec, DMA_STATE_IDLE);
}

u32 spec_dma_reg_read(struct spec *spec, u32 offset)
{
	struct spec_dma *dma = &spec->dma;

	switch (offset) {
	case DMA_CTRL:
		return FIELD_PREP(DMA_CTRL_SWAP, dma->swap);
	case DMA_STAT:
		return FIELD_PREP(DMA_STAT_STATE, dma->state) | (dma->irq ? DMA_STAT_IRQ : 0);
	case DMA_CSTART:
		return dma->cstart;
	case DMA_HSTARTL:
		return lower_32_bits(dma->hstart);
	case DMA_HSTARTH:
		return upper_32_bits(dma->hstart);
	case DMA_LEN:
		return dma->len;
	case DMA_NEXTL:
		return lower_32_bits(dma->next);
	case DMA_NEXTH:
		return upper_32_bits(dma->next);
	case DMA_ATTRIB:
		return dma->attrib;
	case DMA_CUR_CSTART:
		return dma->cur_cstart;
	case DMA_CUR_HOST_L:
		return lower_32_bits(dma->cur_host);
	case DMA_CUR_HOST_H:
		return upper_32_bits(dma->cur_host);
	case DMA_CUR_LEN:
		return dma->cur_len;
	default:
		return 0;
	}
}

static void set_low(u64 *word, u32 value)
{
	*word = (*word & ~(u64)U32_MAX) | value;
}

static void set_high(u64 *word, u32 value)
{
	*word = (u64)value << 32 | lower_32_bits(*word);
}

static void write_ctrl(struct spec *spec, u32 value)
{
	spec->dma.swap = FIELD_GET(DMA_CTRL_SWAP, value);
	if (value & DMA_CTRL_ABORT)
		abort_transfer(spec);
	else if (value & DMA_CTRL_START)
		start(spec);
}

void spec_dma_reg_write(struct spec *spec, u32 offset, u32 value)
{
	struct spec_dma *dma = &spec->dma;

	if (dma->state == DMA_STATE_BUSY && offset >= DMA_CSTART) {
		vhw_violation(spec->board, "DMA register 0x%02x written during a transfer", offset);
		return;
	}
	switch (offset) {
	case DMA_CTRL:
		write_ctrl(spec, value);
		break;
	case DMA_STAT:
		if (value & DMA_STAT_IRQ)
			set_irq(spec, false);
		break;
	case DMA_CSTART:
		dma->cstart = value;
		break;
	case DMA_HSTARTL:
		set_low(&dma->hstart, value);
		break;
	case DMA_HSTARTH:
		set_high(&dma->hstart, value);
		break;
	case DMA_LEN:
		dma->len = value;
		break;
	case DMA_NEXTL:
		set_low(&dma->next, value);
		break;
	case DMA_NEXTH:
		set_high(&dma->next, value);
		break;
	case DMA_ATTRIB:
		dma->attrib = value & (DMA_ATTRIB_TO_CARD | DMA_ATTRIB_CHAIN);
		break;
	}
}

void spec_dma_reset(struct spec *spec)
{
	struct spec_dma *dma = &spec->dma;

	vhw_timer_stop(&dma->step);
	dma->state = DMA_STATE_IDLE;
	dma->stuck = false;
	dma->wedged = false;
	dma->swap = 0;
	dma->cstart = 0;
	dma->hstart = 0;
	dma->len = 0;
	dma->next = 0;
	dma->attrib = 0;
	dma->cur_cstart = 0;
	dma->cur_host = 0;
	dma->cur_len = 0;
	set_irq(spec, false);
}

void spec_dma_init(struct spec *spec)
{
	vhw_timer_init(&spec->dma.step, spec->board, step);
}
