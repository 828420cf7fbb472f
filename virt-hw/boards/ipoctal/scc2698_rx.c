// SPDX-License-Identifier: GPL-2.0
/*
 * The SCC2698B's receivers: sampling, the FIFO of three and the shift register behind it, errors,
 * breaks.
 */

#include <linux/bitfield.h>
#include <linux/string.h>

#include "../tpci200/ip_module.h"
#include "faults.h"
#include "scc2698.h"
#include "../serial/trace.h"

/* What arrives at the sampling circuit */
static const struct line_wire *heard(const struct scc2698_channel *ch)
{
	if (scc2698_mode(ch) == SCC2698_MR2_LOCAL_LOOP)
		return &ch->inner_wire;
	/* where the line driver's enable shuts the receiver, it hears nothing while it talks */
	if (ch->chip->mpo_enables_driver && !ch->chip->echo && ch->port->driver.enabled)
		return NULL;
	return ch->port->hears;
}

static bool samples(const struct scc2698_channel *ch)
{
	return !ch->deaf && (ch->rx_enabled || scc2698_multidrop(ch) ||
			     scc2698_mode(ch) == SCC2698_MR2_LOCAL_LOOP);
}

static void configure(struct scc2698_channel *ch)
{
	struct line_format format = scc2698_format(ch);
	u8 code = scc2698_mode(ch) == SCC2698_MR2_LOCAL_LOOP ? FIELD_GET(SCC2698_CSR_TX, ch->csr) :
							       FIELD_GET(SCC2698_CSR_RX, ch->csr);

	ch->rx.sixteenth = samples(ch) ? scc2698_clock(ch, code) : 0;
	ch->rx.bits = line_frame_bits(&format) + scc2698_multidrop(ch);
}

/* Find out when to look at the wire next; after anything that changes what is heard, or how */
void scc2698_rx_arm(struct scc2698_channel *ch)
{
	u64 due;

	if (!ch->rx.sixteenth)
		line_receiver_restart(&ch->rx, vhw_now());
	configure(ch);
	ch->rx.watch_start = ch->stored == SCC2698_RX_FIFO;
	due = line_receiver_due(&ch->rx, heard(ch));
	if (due == U64_MAX)
		vhw_timer_stop(&ch->rx_timer);
	else
		vhw_timer_start(&ch->rx_timer, due);
}

/* Into the FIFO, where its errors count for block mode too */
static void store(struct scc2698_channel *ch, struct scc2698_char c)
{
	ch->fifo[ch->stored++] = c;
	ch->errors |= c.status;
	scc2698_ct_character(scc2698_block_of(ch));
}

static void arrived(struct scc2698_channel *ch, struct scc2698_char c)
{
	ch->rx_count++;
	trace_vhw_serial(ch->chip->board, ch->chip->module->slot, ch->index, false, c.data,
			 c.status);
	if (ch->stored < SCC2698_RX_FIFO) {
		store(ch, c);
		return;
	}
	/* a start bit that came while it waited has overrun the one before */
	ch->held = c;
	ch->holding = true;
}

static void start_bit(struct scc2698_channel *ch)
{
	if (ch->stored < SCC2698_RX_FIFO)
		return;
	if (ch->holding) {
		ch->holding = false;
		ch->errors |= SCC2698_SR_OVERRUN;
	}
	if (ch->mr[0] & SCC2698_MR1_RXRTS && ch->rts) {
		ch->rts_paused = true;
		scc2698_set_rts(ch, false);
	}
}

/* Noise after the character just sampled: a glitch too short for a start bit, or a break */
static void disturb(struct scc2698_channel *ch, bool is_break)
{
	struct line_wave wave = {
		.start = line_after((struct line_time) { .ns = vhw_now() }, 12 * ch->rx.sixteenth),
		.sixteenth = is_break ? ch->rx.sixteenth : ch->rx.sixteenth / 4,
		.count = is_break ? 16 : 1,
		.rest = true,
	};

	serial_port_disturb(ch->port, &wave);
}

/* Faults on the way in. False: the character is lost */
static bool damage(struct scc2698_channel *ch, struct scc2698_char *c)
{
	struct ip_module *module = ch->chip->module;

	if (ip_fault(module, ch->index, IPOCTAL_RX_DEAF)) {
		ch->deaf = true;
		return false;
	}
	if (ip_fault(module, ch->index, IPOCTAL_RX_OVERRUN)) {
		ch->errors |= SCC2698_SR_OVERRUN;
		return false;
	}
	if (ip_fault(module, ch->index, IPOCTAL_RX_FRAMING))
		c->status |= SCC2698_SR_FRAMING;
	if (ip_fault(module, ch->index, IPOCTAL_RX_PARITY))
		c->status |= SCC2698_SR_PARITY;
	if (ip_fault(module, ch->index, IPOCTAL_RX_NOISE))
		disturb(ch, false);
	if (ip_fault(module, ch->index, IPOCTAL_RX_BREAK))
		disturb(ch, true);
	return true;
}

/* The bit after the data, as it ought to be */
static bool parity_error(const struct scc2698_channel *ch, u8 data, bool bit)
{
	struct line_format format = scc2698_format(ch);

	return format.parity != LINE_PARITY_NONE && bit != line_parity_bit(format.parity, data);
}

static void character(struct scc2698_channel *ch, enum line_event event, u16 bits)
{
	struct line_format format = scc2698_format(ch);
	bool last = bits >> format.data_bits & 1;
	struct scc2698_char c = { .data = bits & GENMASK(format.data_bits - 1, 0) };

	if (event == LINE_BREAK) {
		c.status = SCC2698_SR_BREAK;
		ch->break_change = true;
	} else {
		if (event == LINE_FRAMING)
			c.status |= SCC2698_SR_FRAMING;
		if (scc2698_multidrop(ch) ? last : parity_error(ch, c.data, last))
			c.status |= SCC2698_SR_PARITY;
		/* disabled, a multidrop station listens for addresses only */
		if (scc2698_multidrop(ch) && !ch->rx_enabled && !last)
			return;
	}
	if (damage(ch, &c))
		arrived(ch, c);
}

/*
 * Send again what the receiver has sampled. It goes out after the stop bit was seen, not bit by bit
 */
static void echo(struct scc2698_channel *ch, enum line_event event, u16 bits)
{
	struct line_wave wave = {
		.start.ns = vhw_now(),
		.sixteenth = ch->rx.sixteenth,
		.bits = bits << 1,
		.count = 1 + ch->rx.bits,
		.rest = event != LINE_BREAK,
	};

	ch->wave = event == LINE_BREAK_END ? line_steady(vhw_now(), true) : wave;
	serial_port_send(ch->port, &ch->wave);
}

static void happened(struct scc2698_channel *ch, enum line_event event)
{
	unsigned int mode = scc2698_mode(ch);
	u16 bits = ch->rx.value;

	if (event == LINE_START) {
		start_bit(ch);
		return;
	}
	if (scc2698_echoes(ch))
		echo(ch, event, bits);
	if (mode == SCC2698_MR2_REMOTE_LOOP)
		return;
	if (event == LINE_BREAK_END) {
		ch->break_change = true;
		return;
	}
	if (ip_fault(ch->chip->module, ch->index, IPOCTAL_RX_FLIP))
		bits ^= 1;
	character(ch, event, bits);
}

/* Sample the wire up to now; before anything that changes what is heard, or how */
void scc2698_rx_settle(struct scc2698_channel *ch)
{
	enum line_event event;

	for (;;) {
		ch->rx.watch_start = ch->stored == SCC2698_RX_FIFO;
		event = line_receive(&ch->rx, heard(ch), vhw_now());
		if (event == LINE_NOTHING)
			return;
		happened(ch, event);
		configure(ch);
	}
}

static void rx_due(struct vhw_timer *timer, u64 when)
{
	struct scc2698_channel *ch = container_of(timer, struct scc2698_channel, rx_timer);

	scc2698_rx_settle(ch);
	scc2698_rx_arm(ch);
	scc2698_update_irq(ch->chip);
}

void scc2698_rx_init(struct scc2698_channel *ch)
{
	vhw_timer_init(&ch->rx_timer, ch->chip->board, rx_due);
}

void scc2698_rx_enable(struct scc2698_channel *ch, bool enabled)
{
	if (ch->rx_enabled == enabled)
		return;
	scc2698_rx_settle(ch);
	ch->rx_enabled = enabled;
	line_receiver_restart(&ch->rx, vhw_now());
	scc2698_rx_arm(ch);
}

/* The "reset receiver" command: empty, disabled, and no longer deaf */
void scc2698_rx_reset(struct scc2698_channel *ch)
{
	scc2698_rx_settle(ch);
	ch->rx_enabled = false;
	ch->deaf = false;
	ch->stored = 0;
	ch->holding = false;
	ch->errors = 0;
	ch->break_change = false;
	line_receiver_restart(&ch->rx, vhw_now());
	scc2698_rx_arm(ch);
}

/* A place in the FIFO has become free */
static void refill(struct scc2698_channel *ch)
{
	if (ch->holding) {
		ch->holding = false;
		store(ch, ch->held);
	} else if (ch->rts_paused) {
		ch->rts_paused = false;
		scc2698_set_rts(ch, true);
	}
}

/* A read of RHR */
u8 scc2698_rx_pop(struct scc2698_channel *ch)
{
	if (!ch->stored) {
		vhw_violation(ch->chip->board, "channel %u: RHR read while empty", ch->index);
		return ch->stale;
	}
	ch->stale = ch->fifo[0].data;
	ch->stored--;
	memmove(&ch->fifo[0], &ch->fifo[1], ch->stored * sizeof(ch->fifo[0]));
	refill(ch);
	scc2698_rx_arm(ch);
	return ch->stale;
}

/* The "reset error status" command; it takes the flags of the head of the FIFO along */
void scc2698_rx_reset_errors(struct scc2698_channel *ch)
{
	ch->errors = 0;
	ch->fifo[0].status = 0;
}
