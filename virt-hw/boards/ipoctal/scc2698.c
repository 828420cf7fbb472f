// SPDX-License-Identifier: GPL-2.0
/* The SCC2698B octal UART: its register file. */

#include <linux/bitfield.h>

#include "../tpci200/ip_module.h"
#include "scc2698.h"

static void clocks_change(struct scc2698_block *block)
{
	scc2698_rx_settle(&block->chip->channel[2 * block->index]);
	scc2698_rx_settle(&block->chip->channel[2 * block->index + 1]);
}

static void clocks_changed(struct scc2698_block *block)
{
	for (unsigned int i = 2 * block->index; i < 2 * block->index + 2; i++) {
		scc2698_rx_arm(&block->chip->channel[i]);
		scc2698_tx_try(&block->chip->channel[i]);
	}
}

static const struct scc2698_clock_users clock_users = {
	.change = clocks_change,
	.changed = clocks_changed,
};

static struct scc2698_channel *channel_of(struct serial_port *port)
{
	return port->chip;
}

static void port_settle(struct serial_port *port)
{
	scc2698_rx_settle(channel_of(port));
	scc2698_update_irq(channel_of(port)->chip);
}

static void port_changed(struct serial_port *port)
{
	scc2698_rx_arm(channel_of(port));
}

static void port_cts(struct serial_port *port)
{
	scc2698_cts_changed(channel_of(port));
	scc2698_update_irq(channel_of(port)->chip);
}

static const struct serial_port_ops port_ops = {
	.settle = port_settle,
	.changed = port_changed,
	.cts = port_cts,
};

/* Once after allocation, before its ports are plugged */
void scc2698_init(struct scc2698 *chip, struct ip_module *module)
{
	chip->module = module;
	chip->board = module->board;
	chip->clock_users = &clock_users;
	for (unsigned int i = 0; i < SCC2698_BLOCKS; i++) {
		chip->block[i].chip = chip;
		chip->block[i].index = i;
		scc2698_ct_init(&chip->block[i]);
		scc2698_pins_init(&chip->block[i]);
	}
	for (unsigned int i = 0; i < SCC2698_CHANNELS; i++) {
		chip->channel[i].chip = chip;
		chip->channel[i].index = i;
		scc2698_rx_init(&chip->channel[i]);
		scc2698_tx_init(&chip->channel[i]);
	}
}

void scc2698_plug(struct scc2698 *chip, unsigned int channel, struct serial_port *port)
{
	chip->channel[channel].port = port;
	serial_port_attach(port, &port_ops, &chip->channel[channel]);
	serial_port_enable(port, !chip->mpo_enables_driver);
}

/* Power goes. Other boards may have started timers here up to this moment, through a cable */
void scc2698_unplug(struct scc2698 *chip)
{
	for (unsigned int i = 0; i < SCC2698_CHANNELS; i++) {
		struct scc2698_channel *ch = &chip->channel[i];

		serial_port_detach(ch->port);
		vhw_timer_stop(&ch->rx_timer);
		vhw_timer_stop(&ch->tx_timer);
		vhw_timer_stop(&ch->cts_timer);
	}
	for (unsigned int i = 0; i < SCC2698_BLOCKS; i++) {
		vhw_timer_stop(&chip->block[i].ct_timer);
		vhw_timer_stop(&chip->block[i].mpi_timer);
	}
}

static void reset_channel(struct scc2698_channel *ch)
{
	ch->mr[0] = 0;
	ch->mr[1] = 0;
	ch->mr_pointer = 0;
	ch->csr = 0;
	vhw_timer_stop(&ch->cts_timer);
	ch->cts_dropped = false;
	ch->rts_paused = false;
	scc2698_tx_reset(ch);
	scc2698_rx_reset(ch);
	scc2698_set_rts(ch, false);
}

/* RESET# */
void scc2698_reset(struct scc2698 *chip)
{
	chip->test_brg = false;
	for (unsigned int i = 0; i < SCC2698_BLOCKS; i++) {
		struct scc2698_block *block = &chip->block[i];

		block->acr = 0;
		block->imr = 0;
		block->opcr = 0;
		scc2698_ct_reset(block);
	}
	for (unsigned int i = 0; i < SCC2698_CHANNELS; i++)
		reset_channel(&chip->channel[i]);
	for (unsigned int i = 0; i < SCC2698_BLOCKS; i++)
		scc2698_pins_reset(&chip->block[i]);
	scc2698_update_irq(chip);
}

/* As a boot before this one may have left it: running at 9600 baud, every interrupt unmasked */
void scc2698_warm_boot(struct scc2698 *chip)
{
	for (unsigned int i = 0; i < SCC2698_BLOCKS; i++)
		chip->block[i].imr = 0xff;
	for (unsigned int i = 0; i < SCC2698_CHANNELS; i++) {
		struct scc2698_channel *ch = &chip->channel[i];

		ch->mr[0] = FIELD_PREP(SCC2698_MR1_PARITY_MODE, SCC2698_MR1_PARITY_NONE) | 3;
		ch->mr[1] = SCC2698_MR2_STOP_1;
		ch->mr_pointer = 1;
		ch->csr = 0xbb;
		scc2698_rx_enable(ch, true);
		scc2698_tx_enable(ch, true);
	}
	scc2698_update_irq(chip);
}

static void write_mr(struct scc2698_channel *ch, u8 value)
{
	scc2698_rx_settle(ch);
	ch->mr[ch->mr_pointer] = value;
	ch->mr_pointer = 1;
	if (ch->mr[0] & SCC2698_MR1_RXRTS && ch->mr[1] & SCC2698_MR2_TXRTS)
		vhw_violation(ch->chip->board,
			      "channel %u: receiver and transmitter both told to control RTSN",
			      ch->index);
	scc2698_rx_arm(ch);
	scc2698_tx_output(ch);
	scc2698_tx_try(ch);
}

static u8 read_mr(struct scc2698_channel *ch)
{
	u8 value = ch->mr[ch->mr_pointer];

	ch->mr_pointer = 1;
	return value;
}

static void write_csr(struct scc2698_channel *ch, u8 value)
{
	scc2698_rx_settle(ch);
	ch->csr = value;
	scc2698_rx_arm(ch);
	scc2698_tx_try(ch);
}

static void obey(struct scc2698_channel *ch, u8 command)
{
	switch (command) {
	case SCC2698_CR_NONE:
		break;
	case SCC2698_CR_RESET_MR:
		ch->mr_pointer = 0;
		break;
	case SCC2698_CR_RESET_RX:
		scc2698_rx_reset(ch);
		break;
	case SCC2698_CR_RESET_TX:
		scc2698_tx_reset(ch);
		break;
	case SCC2698_CR_RESET_ERROR:
		scc2698_rx_reset_errors(ch);
		break;
	case SCC2698_CR_RESET_BREAK:
		ch->break_change = false;
		break;
	case SCC2698_CR_START_BREAK:
	case SCC2698_CR_STOP_BREAK:
		scc2698_tx_break(ch, command == SCC2698_CR_START_BREAK);
		break;
	case SCC2698_CR_ASSERT_RTS:
	case SCC2698_CR_NEGATE_RTS:
		ch->rts_paused = false;
		scc2698_set_rts(ch, command == SCC2698_CR_ASSERT_RTS);
		break;
	case SCC2698_CR_TIMEOUT_ON:
	case SCC2698_CR_TIMEOUT_OFF:
		scc2698_block_of(ch)->timeout_mode = command == SCC2698_CR_TIMEOUT_ON;
		break;
	default:
		vhw_violation(ch->chip->board, "channel %u: CR command 0x%02x is reserved",
			      ch->index, command);
	}
}

static void write_cr(struct scc2698_channel *ch, u8 value)
{
	if (value & SCC2698_CR_RX_DISABLE)
		scc2698_rx_enable(ch, false);
	else if (value & SCC2698_CR_RX_ENABLE)
		scc2698_rx_enable(ch, true);
	if (value & SCC2698_CR_TX_DISABLE)
		scc2698_tx_enable(ch, false);
	else if (value & SCC2698_CR_TX_ENABLE)
		scc2698_tx_enable(ch, true);
	obey(ch, value & SCC2698_CR_COMMAND);
}

/*
 * IPCR is to be read for its interrupt only: read elsewhere it swallows the change that the handler
 * would look for.
 */
static u8 read_ipcr(struct scc2698_block *block)
{
	u8 value = block->changed << 4 | scc2698_input_pins(block);
	bool wanted = block->acr & SCC2698_ACR_CHANGE;
	bool pending = scc2698_interrupt_status(block) & SCC2698_ISR_MPI;

	if (wanted && pending != !!(block->imr & SCC2698_ISR_MPI))
		vhw_violation(block->chip->board,
			      "block %u: IPCR read, which clears changes, without its interrupt",
			      block->index);
	block->changed = 0;
	return value;
}

static u8 read_test(struct scc2698 *chip, const char *what)
{
	vhw_violation(chip->board, "read of the %s test address", what);
	return 0xff;
}

static u8 read_channel(struct scc2698_channel *ch, unsigned int reg)
{
	switch (reg) {
	case SCC2698_MR:
		return read_mr(ch);
	case SCC2698_SR:
		return scc2698_status(ch);
	case SCC2698_RHR:
		return scc2698_rx_pop(ch);
	default:
		if (scc2698_half(ch))
			return read_test(ch->chip, "1X");
		/*
		 * the generator goes back and forth between its normal and its test rates, for the
		 * whole chip
		 */
		for (unsigned int i = 0; i < SCC2698_BLOCKS; i++)
			clocks_change(&ch->chip->block[i]);
		ch->chip->test_brg = !ch->chip->test_brg;
		for (unsigned int i = 0; i < SCC2698_BLOCKS; i++)
			clocks_changed(&ch->chip->block[i]);
		return read_test(ch->chip, "BRG");
	}
}

static u8 read_block(struct scc2698_block *block, unsigned int reg)
{
	switch (reg) {
	case SCC2698_IPCR:
		return read_ipcr(block);
	case SCC2698_ISR:
		return scc2698_interrupt_status(block);
	case SCC2698_CTU:
		return scc2698_ct_count(block) >> 8;
	case SCC2698_CTL:
		return scc2698_ct_count(block);
	case SCC2698_IPR:
		return 0xf0 | scc2698_input_pins(block);
	case SCC2698_START_CT:
		scc2698_ct_start(block);
		return 0xff;
	case SCC2698_STOP_CT:
		scc2698_ct_stop(block);
		return 0xff;
	default:
		vhw_violation(block->chip->board, "block %u: read of reserved register 0x%x",
			      block->index, reg);
		return 0xff;
	}
}

static void write_channel(struct scc2698_channel *ch, unsigned int reg, u8 value)
{
	switch (reg) {
	case SCC2698_MR:
		write_mr(ch, value);
		break;
	case SCC2698_CSR:
		write_csr(ch, value);
		break;
	case SCC2698_CR:
		write_cr(ch, value);
		break;
	default:
		scc2698_tx_load(ch, value);
	}
}

static void write_opcr(struct scc2698_block *block, u8 value)
{
	block->opcr = value;
	scc2698_update_pins(&block->chip->channel[2 * block->index]);
	scc2698_update_pins(&block->chip->channel[2 * block->index + 1]);
}

static void write_block(struct scc2698_block *block, unsigned int reg, u8 value)
{
	switch (reg) {
	case SCC2698_ACR:
		scc2698_ct_set_mode(block, value);
		break;
	case SCC2698_IMR:
		block->imr = value;
		break;
	case SCC2698_CTPU:
		scc2698_ct_set_preset(block, value << 8 | (block->preset & 0xff));
		break;
	case SCC2698_CTPL:
		scc2698_ct_set_preset(block, (block->preset & 0xff00) | value);
		break;
	case SCC2698_OPCR:
		write_opcr(block, value);
		break;
	default:
		vhw_violation(block->chip->board, "block %u: write to reserved register 0x%x",
			      block->index, reg);
	}
}

/* Of the 16 registers of a block, 0 to 3 are channel a's and 8 to 11 are channel b's */
static bool is_channel(unsigned int reg)
{
	return !(reg & 4);
}

u8 scc2698_read(struct scc2698 *chip, unsigned int reg)
{
	u8 value;

	vhw_assert_world();
	if (is_channel(reg))
		value = read_channel(&chip->channel[reg / 8], reg % 8);
	else
		value = read_block(&chip->block[reg / 16], reg % 16);
	scc2698_update_irq(chip);
	return value;
}

void scc2698_write(struct scc2698 *chip, unsigned int reg, u8 value)
{
	vhw_assert_world();
	if (is_channel(reg))
		write_channel(&chip->channel[reg / 8], reg % 8, value);
	else
		write_block(&chip->block[reg / 16], reg % 16, value);
	scc2698_update_irq(chip);
}
