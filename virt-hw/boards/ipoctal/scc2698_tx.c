// SPDX-License-Identifier: GPL-2.0
/* The SCC2698B's transmitters: holding and shift register, flow control, breaks, automatic RTS. */

#include <linux/bitfield.h>

#include "../tpci200/ip_module.h"
#include "faults.h"
#include "scc2698.h"
#include "scc2698_rates.h"
#include "../serial/trace.h"

static bool local_loop(const struct scc2698_channel *ch)
{
	return scc2698_mode(ch) == SCC2698_MR2_LOCAL_LOOP;
}

/*
 * Bring what is sent to where the channel mode wants it: the pin, or the own receiver, with mark on
 * the pin
 */
void scc2698_tx_output(struct scc2698_channel *ch)
{
	struct line_wave mark = line_steady(vhw_now(), true);

	scc2698_rx_settle(ch);
	ch->inner.wave = local_loop(ch) ? ch->wave : mark;
	scc2698_rx_arm(ch);
	serial_port_send(ch->port, local_loop(ch) ? &mark : &ch->wave);
}

static void emit(struct scc2698_channel *ch, struct line_wave wave)
{
	ch->wave = wave;
	if (local_loop(ch))
		scc2698_tx_output(ch);
	else
		serial_port_send(ch->port, &ch->wave);
}

static void enter(struct scc2698_channel *ch, enum scc2698_tx_state state, struct line_time start,
		  u64 duration)
{
	ch->tx_state = state;
	ch->tx_end = line_after(start, duration);
	vhw_timer_start(&ch->tx_timer, ch->tx_end.ns);
}

static u64 tx_clock(const struct scc2698_channel *ch)
{
	return scc2698_clock(ch, FIELD_GET(SCC2698_CSR_TX, ch->csr));
}

/* THR to shift register, and on its way */
static void send(struct scc2698_channel *ch, struct line_time start)
{
	struct line_format format = scc2698_format(ch);
	u64 sixteenth = tx_clock(ch);
	struct line_wave wave;
	u64 duration;

	if (scc2698_multidrop(ch))
		format.parity = ch->thr_address ? LINE_PARITY_MARK : LINE_PARITY_SPACE;
	wave = line_character(&format, ch->thr, start, sixteenth);
	duration = (16 * wave.count + format.stop_sixteenths) * sixteenth;
	ch->thr_full = false;
	trace_vhw_serial(ch->chip->board, ch->chip->module->slot, ch->index, true, ch->thr, 0);
	enter(ch, SCC2698_TX_CHARACTER, start, duration);
	emit(ch, wave);
	if (!vhw_timer_active(&ch->cts_timer) &&
	    ip_fault(ch->chip->module, ch->index, IPOCTAL_CTS_DROP))
		vhw_timer_start(&ch->cts_timer, line_after(start, duration / 2).ns);
}

static bool may_send(const struct scc2698_channel *ch)
{
	if (!ch->thr_full || ch->tx_stuck || scc2698_echoes(ch) || !tx_clock(ch))
		return false;
	return !(ch->mr[1] & SCC2698_MR2_CTS) || scc2698_cts(ch);
}

/* The transmitter has nothing in hand: what comes next? */
static void next(struct scc2698_channel *ch, struct line_time now)
{
	if (may_send(ch)) {
		send(ch, now);
	} else if (ch->break_wanted && !ch->thr_full && ch->tx_enabled) {
		ch->tx_state = SCC2698_TX_BREAK;
		vhw_timer_stop(&ch->tx_timer);
		emit(ch, line_steady(now.ns, false));
	} else if (!ch->thr_full && !ch->tx_enabled && ch->mr[1] & SCC2698_MR2_TXRTS && ch->rts) {
		enter(ch, SCC2698_TX_TURNAROUND, now, 16 * tx_clock(ch));
	} else {
		ch->tx_state = SCC2698_TX_IDLE;
		vhw_timer_stop(&ch->tx_timer);
	}
}

static void tx_done(struct vhw_timer *timer, u64 when)
{
	struct scc2698_channel *ch = container_of(timer, struct scc2698_channel, tx_timer);

	if (ch->tx_state == SCC2698_TX_TURNAROUND) {
		ch->tx_state = SCC2698_TX_IDLE;
		scc2698_set_rts(ch, false);
	} else {
		ch->tx_count += ch->tx_state == SCC2698_TX_CHARACTER;
		next(ch, ch->tx_end);
	}
	scc2698_update_irq(ch->chip);
}

/* Something that held the transmitter back may have gone */
void scc2698_tx_try(struct scc2698_channel *ch)
{
	if (ch->tx_state == SCC2698_TX_IDLE)
		next(ch, (struct line_time) { .ns = vhw_now() });
}

void scc2698_cts_changed(struct scc2698_channel *ch)
{
	scc2698_sample_pins(scc2698_block_of(ch));
	scc2698_tx_try(ch);
}

/*
 * Injected: CTS goes away in the middle of a character, for as long as the fault strikes once a
 * character
 */
static void cts_fault(struct vhw_timer *timer, u64 when)
{
	struct scc2698_channel *ch = container_of(timer, struct scc2698_channel, cts_timer);
	struct line_format format = scc2698_format(ch);
	u64 character =
		(16 * (1 + line_frame_bits(&format)) + format.stop_sixteenths) * tx_clock(ch);

	ch->cts_dropped = !ch->cts_dropped ||
			  ip_fault(ch->chip->module, ch->index, IPOCTAL_CTS_DROP);
	if (ch->cts_dropped)
		vhw_timer_start(&ch->cts_timer,
				line_after((struct line_time){ .ns = when }, character).ns);
	scc2698_cts_changed(ch);
	scc2698_update_irq(ch->chip);
}

void scc2698_tx_init(struct scc2698_channel *ch)
{
	vhw_timer_init(&ch->tx_timer, ch->chip->board, tx_done);
	vhw_timer_init(&ch->cts_timer, ch->chip->board, cts_fault);
	line_wire_init(&ch->inner_wire);
	ch->inner.enabled = true;
	ch->inner.wave = line_steady(0, true);
	ch->wave = ch->inner.wave;
	list_add_tail(&ch->inner.entry, &ch->inner_wire.drivers);
}

/* The "reset transmitter" command: mark at once, whatever was on its way */
void scc2698_tx_reset(struct scc2698_channel *ch)
{
	vhw_timer_stop(&ch->tx_timer);
	ch->tx_state = SCC2698_TX_IDLE;
	ch->tx_enabled = false;
	ch->thr_full = false;
	ch->break_wanted = false;
	ch->tx_stuck = false;
	emit(ch, line_steady(vhw_now(), true));
}

void scc2698_tx_enable(struct scc2698_channel *ch, bool enabled)
{
	if (ch->tx_enabled == enabled)
		return;
	ch->tx_enabled = enabled;
	if (enabled && ch->tx_state == SCC2698_TX_TURNAROUND)
		ch->tx_state = SCC2698_TX_IDLE;
	scc2698_tx_try(ch);
}

/* A write to THR */
void scc2698_tx_load(struct scc2698_channel *ch, u8 data)
{
	if (scc2698_echoes(ch))
		return;
	if (!ch->tx_enabled) {
		vhw_violation(ch->chip->board,
			      "channel %u: THR written while the transmitter is disabled",
			      ch->index);
		return;
	}
	if (ch->thr_full)
		vhw_violation(ch->chip->board, "channel %u: THR overwritten", ch->index);
	ch->thr = data;
	ch->thr_full = true;
	ch->thr_address = ch->mr[0] & SCC2698_MR1_PARITY_ODD;
	if (ip_fault(ch->chip->module, ch->index, IPOCTAL_TX_STUCK))
		ch->tx_stuck = true;
	scc2698_tx_try(ch);
}

void scc2698_tx_break(struct scc2698_channel *ch, bool start)
{
	ch->break_wanted = start;
	if (start) {
		scc2698_tx_try(ch);
	} else if (ch->tx_state == SCC2698_TX_BREAK) {
		struct line_time now = { .ns = vhw_now() };

		enter(ch, SCC2698_TX_GAP, now, 16 * tx_clock(ch));
		emit(ch, line_steady(now.ns, true));
	}
}
