// SPDX-License-Identifier: GPL-2.0
/* The SCC2698B's pins: CTS and the detectors of its changes, RTS or the line driver's enable. */

#include <linux/bitfield.h>

#include "../tpci200/ip_module.h"
#include "scc2698.h"
#include "../serial/trace.h"

/* The detectors of input changes sample at 38.4 kHz */
#define MPI_SAMPLE_NS	26042

/* MPI0, the CTS input, as the chip sees it */
bool scc2698_cts(const struct scc2698_channel *ch)
{
	return ch->chip->handshake && ch->port->cts && !ch->cts_dropped;
}

/* The low half of IPCR: CTS pins, low when asserted; nothing is connected to the others */
u8 scc2698_input_pins(const struct scc2698_block *block)
{
	const struct scc2698_channel *a = &block->chip->channel[2 * block->index];

	return SCC2698_IPCR_MPI1(0) | SCC2698_IPCR_MPI1(1) |
	       (scc2698_cts(&a[0]) ? 0 : SCC2698_IPCR_CTS(0)) |
	       (scc2698_cts(&a[1]) ? 0 : SCC2698_IPCR_CTS(1));
}

/* Inputs may have changed: the detectors will see them at their next sample */
void scc2698_sample_pins(struct scc2698_block *block)
{
	if (!vhw_timer_active(&block->mpi_timer))
		vhw_timer_start(&block->mpi_timer, vhw_now() + MPI_SAMPLE_NS);
}

static void mpi_sample(struct vhw_timer *timer, u64 when)
{
	struct scc2698_block *block = container_of(timer, struct scc2698_block, mpi_timer);
	u8 pins = scc2698_input_pins(block);

	block->changed |= block->sampled ^ pins;
	block->sampled = pins;
	scc2698_update_irq(block->chip);
}

void scc2698_pins_init(struct scc2698_block *block)
{
	vhw_timer_init(&block->mpi_timer, block->chip->board, mpi_sample);
}

void scc2698_pins_reset(struct scc2698_block *block)
{
	block->changed = 0;
	block->sampled = scc2698_input_pins(block);
	vhw_timer_stop(&block->mpi_timer);
}

static bool mpo_is_rts(const struct scc2698_channel *ch)
{
	u8 opcr = scc2698_block_of(ch)->opcr;
	unsigned int function = scc2698_half(ch) ? FIELD_GET(SCC2698_OPCR_MPOB, opcr) :
					   FIELD_GET(SCC2698_OPCR_MPOA, opcr);

	return function == SCC2698_OPCR_MPO_RTSN;
}

/* Bring MPO to the connector: as RTS, or as the enable of the line driver */
void scc2698_update_pins(struct scc2698_channel *ch)
{
	bool low = ch->rts && mpo_is_rts(ch);

	if (ch->chip->mpo_enables_driver && ch->port->driver.enabled != low) {
		ch->port->ops->settle(ch->port);
		serial_port_enable(ch->port, low);
		trace_vhw_serial_driver(ch->chip->board, ch->chip->module->slot, ch->index, low);
		ch->port->ops->changed(ch->port);
	}
	serial_port_set_rts(ch->port, low && ch->chip->handshake);
}

void scc2698_set_rts(struct scc2698_channel *ch, bool asserted)
{
	ch->rts = asserted;
	scc2698_update_pins(ch);
}
