// SPDX-License-Identifier: GPL-2.0
/* The SCC2698B: what its registers mean, its status, and its interrupt lines. Changes nothing. */

#include <linux/bitfield.h>

#include "../tpci200/ip_module.h"
#include "scc2698.h"
#include "scc2698_rates.h"

/* Bits of ISR and IPCR are in the order a, b; of the channel's number the lowest bit says which */
unsigned int scc2698_half(const struct scc2698_channel *ch)
{
	return ch->index & 1;
}

struct scc2698_block *scc2698_block_of(const struct scc2698_channel *ch)
{
	return &ch->chip->block[ch->index / 2];
}

bool scc2698_multidrop(const struct scc2698_channel *ch)
{
	return FIELD_GET(SCC2698_MR1_PARITY_MODE, ch->mr[0]) == SCC2698_MR1_MULTIDROP;
}

unsigned int scc2698_mode(const struct scc2698_channel *ch)
{
	return FIELD_GET(SCC2698_MR2_MODE, ch->mr[1]);
}

/* The character's shape; in multidrop mode without the address bit */
struct line_format scc2698_format(const struct scc2698_channel *ch)
{
	struct line_format format = { .data_bits = FIELD_GET(SCC2698_MR1_BITS, ch->mr[0]) + 5 };
	bool odd = ch->mr[0] & SCC2698_MR1_PARITY_ODD;

	format.stop_sixteenths = scc2698_stop_sixteenths(ch->mr[1], format.data_bits);
	switch (FIELD_GET(SCC2698_MR1_PARITY_MODE, ch->mr[0])) {
	case SCC2698_MR1_PARITY_ON:
		format.parity = odd ? LINE_PARITY_ODD : LINE_PARITY_EVEN;
		break;
	case SCC2698_MR1_PARITY_FORCE:
		format.parity = odd ? LINE_PARITY_MARK : LINE_PARITY_SPACE;
		break;
	default:
		format.parity = LINE_PARITY_NONE;
	}
	return format;
}

/* In these modes the receiver's bits go out, and the CPU is cut off */
bool scc2698_echoes(const struct scc2698_channel *ch)
{
	return scc2698_mode(ch) == SCC2698_MR2_AUTO_ECHO ||
	       scc2698_mode(ch) == SCC2698_MR2_REMOTE_LOOP;
}

#define ERRORS	(SCC2698_SR_BREAK | SCC2698_SR_FRAMING | SCC2698_SR_PARITY)

/* The receiver's half of SR */
static u8 rx_status(const struct scc2698_channel *ch)
{
	u8 status = ch->errors & SCC2698_SR_OVERRUN;

	if (ch->stored)
		status |= SCC2698_SR_RXRDY;
	if (ch->stored == SCC2698_RX_FIFO)
		status |= SCC2698_SR_FFULL;
	if (ch->mr[0] & SCC2698_MR1_ERROR_BLOCK)
		status |= ch->errors & ERRORS;
	else if (ch->stored)
		status |= ch->fifo[0].status;
	return status;
}

/* The transmitter's half of SR */
static u8 tx_status(const struct scc2698_channel *ch)
{
	u8 status = 0;

	if (!ch->tx_enabled || ch->thr_full || scc2698_echoes(ch))
		return 0;
	status |= SCC2698_SR_TXRDY;
	if (ch->tx_state == SCC2698_TX_IDLE)
		status |= SCC2698_SR_TXEMT;
	return status;
}

u8 scc2698_status(const struct scc2698_channel *ch)
{
	return rx_status(ch) | tx_status(ch);
}

static u8 channel_isr(const struct scc2698_channel *ch)
{
	u8 sr = scc2698_status(ch);
	bool rx = sr & (ch->mr[0] & SCC2698_MR1_RXINT_FFULL ? SCC2698_SR_FFULL : SCC2698_SR_RXRDY);

	return (ch->break_change ? SCC2698_ISR_BREAK(scc2698_half(ch)) : 0) |
	       (rx ? SCC2698_ISR_RX(scc2698_half(ch)) : 0) |
	       (sr & SCC2698_SR_TXRDY ? SCC2698_ISR_TXRDY(scc2698_half(ch)) : 0);
}

u8 scc2698_interrupt_status(const struct scc2698_block *block)
{
	const struct scc2698_channel *a = &block->chip->channel[2 * block->index];

	return channel_isr(&a[0]) | channel_isr(&a[1]) |
	       (block->ready ? SCC2698_ISR_COUNTER : 0) |
	       (block->changed & block->acr & SCC2698_ACR_CHANGE ? SCC2698_ISR_MPI : 0);
}

/* INT0 is blocks A and B, INT1 is C and D; after anything that may have changed ISR or IMR */
void scc2698_update_irq(struct scc2698 *chip)
{
	bool pending[SCC2698_BLOCKS];

	for (unsigned int i = 0; i < SCC2698_BLOCKS; i++)
		pending[i] = scc2698_interrupt_status(&chip->block[i]) & chip->block[i].imr;
	ip_set_irq(chip->module, 0, pending[0] || pending[1]);
	ip_set_irq(chip->module, 1, pending[2] || pending[3]);
}
