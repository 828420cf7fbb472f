/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The SCC2698B octal UART. Registers are in drivers/ipoctal/scc2698_regs.h.
 * Everything here is called in the world.
 */
#ifndef VHW_SCC2698_H
#define VHW_SCC2698_H

#include "../../../drivers/ipoctal/scc2698_regs.h"
#include "../../core/vhw.h"
#include "../serial/port.h"

struct ip_module;
struct scc2698;

enum scc2698_tx_state {
	SCC2698_TX_IDLE,
	SCC2698_TX_CHARACTER,	/* until its stop bit is over */
	SCC2698_TX_BREAK,	/* until the stop command */
	SCC2698_TX_GAP,		/* mark for one bit after a break */
	SCC2698_TX_TURNAROUND,	/* one bit after the last character; then RTSN is negated */
};

/* A received character with its bits of SR */
struct scc2698_char {
	u8 data;
	u8 status;
};

/**
 * struct scc2698_channel - a UART
 * @chip: the chip
 * @index: 0 to 7
 * @port: its connector
 * @mr: MR1 and MR2
 * @mr_pointer: which of them is next
 * @csr: clock select register
 * @rx_enabled: by command
 * @tx_enabled: by command
 * @rts: what the RTSN function wants: asserted
 * @rts_paused: negated by the receiver, which asserts it again
 * @rx: sampling
 * @rx_timer: when to look at the wire
 * @fifo: received characters, the oldest first
 * @stored: how many
 * @held: the character in the shift register that waits for a place
 * @holding: there is one
 * @errors: SR bits of all characters since the last reset of errors, and SR_OVERRUN
 * @break_change: ISR bit: a break began or ended
 * @deaf: noise hit a start bit; cured by a reset of the receiver
 * @stale: what an empty FIFO reads
 * @tx_state: what the transmitter does
 * @tx_end: when it is done with that
 * @tx_timer: runs out then
 * @thr: transmit holding register
 * @thr_full: it holds a character
 * @thr_address: with this address bit
 * @break_wanted: start-break command, not yet stop
 * @tx_stuck: fault: TxRDY stays away until a reset of the transmitter
 * @cts_dropped: fault: CTSN reads negated
 * @cts_timer: when that fault strikes or ends
 * @wave: what the transmitter sends, wherever it goes
 * @inner: the output stage in local loopback
 * @inner_wire: what it drives
 * @rx_count: characters received
 * @tx_count: characters sent
 */
struct scc2698_channel {
	struct scc2698 *chip;
	unsigned int index;
	struct serial_port *port;

	u8 mr[2];
	u8 mr_pointer;
	u8 csr;
	bool rx_enabled;
	bool tx_enabled;
	bool rts;
	bool rts_paused;

	struct line_receiver rx;
	struct vhw_timer rx_timer;
	struct scc2698_char fifo[SCC2698_RX_FIFO];
	unsigned int stored;
	struct scc2698_char held;
	bool holding;
	u8 errors;
	bool break_change;
	bool deaf;
	u8 stale;

	enum scc2698_tx_state tx_state;
	struct line_time tx_end;
	struct vhw_timer tx_timer;
	u8 thr;
	bool thr_full;
	bool thr_address;
	bool break_wanted;
	bool tx_stuck;

	bool cts_dropped;
	struct vhw_timer cts_timer;
	struct line_wave wave;
	struct line_driver inner;
	struct line_wire inner_wire;

	unsigned long rx_count;
	unsigned long tx_count;
};

/**
 * struct scc2698_block - what two channels share
 * @chip: the chip
 * @index: 0 to 3
 * @acr: auxiliary control register
 * @imr: interrupt mask register
 * @opcr: output port configuration register
 * @preset: CTPU and CTPL as written
 * @loaded: what the counter/timer runs with
 * @running: the counter counts; a timer always does
 * @ready: ISR bit: terminal count
 * @timeout_mode: received characters restart the counter
 * @second_half: a timer's output is in the second half of its cycle
 * @started: when the counter was started or the timer's half cycle began
 * @count: a stopped counter's value
 * @ct_timer: next event of the counter/timer
 * @sampled: input pins at the last sample of the change detectors, as IPCR's low half
 * @changed: changes seen by them, as IPCR's low half
 * @mpi_timer: next sample
 */
struct scc2698_block {
	struct scc2698 *chip;
	unsigned int index;
	u8 acr;
	u8 imr;
	u8 opcr;

	u16 preset;
	u16 loaded;
	bool running;
	bool ready;
	bool timeout_mode;
	bool second_half;
	struct line_time started;
	u16 count;
	struct vhw_timer ct_timer;

	u8 sampled;
	u8 changed;
	struct vhw_timer mpi_timer;
};

/**
 * struct scc2698_clock_users - who is to know that the clocks of a block change
 * @change: before: receivers must sample up to now with the old ones
 * @changed: after
 */
struct scc2698_clock_users {
	void (*change)(struct scc2698_block *block);
	void (*changed)(struct scc2698_block *block);
};

/**
 * struct scc2698 - a chip
 * @board: who owns its timers
 * @module: whom to tell of interrupts, and to ask for faults
 * @mpo_enables_driver: MPO switches the line driver, as on RS-485
 * @handshake: MPO and MPI0 reach the connector as RTS and CTS
 * @echo: the receiver hears its own line driver
 * @ppm: by how much the crystal is too fast, in millionths
 * @test_brg: the baud rate generator uses its test table
 * @clock_users: of its clocks
 * @channel: UARTs
 * @block: pairs
 */
struct scc2698 {
	struct vhw_board *board;
	struct ip_module *module;
	bool mpo_enables_driver;
	bool handshake;
	bool echo;
	int ppm;
	bool test_brg;
	const struct scc2698_clock_users *clock_users;
	struct scc2698_channel channel[SCC2698_CHANNELS];
	struct scc2698_block block[SCC2698_BLOCKS];
};

void scc2698_init(struct scc2698 *chip, struct ip_module *module);
void scc2698_plug(struct scc2698 *chip, unsigned int channel, struct serial_port *port);
void scc2698_unplug(struct scc2698 *chip);
void scc2698_reset(struct scc2698 *chip);
void scc2698_warm_boot(struct scc2698 *chip);
u8 scc2698_read(struct scc2698 *chip, unsigned int reg);
void scc2698_write(struct scc2698 *chip, unsigned int reg, u8 value);

/* Between the files of the chip, the lowest first */

/* scc2698_state.c: what registers and counts say, and the interrupt lines that follow */
struct scc2698_block *scc2698_block_of(const struct scc2698_channel *ch);
unsigned int scc2698_half(const struct scc2698_channel *ch);
struct line_format scc2698_format(const struct scc2698_channel *ch);
unsigned int scc2698_mode(const struct scc2698_channel *ch);
bool scc2698_multidrop(const struct scc2698_channel *ch);
bool scc2698_echoes(const struct scc2698_channel *ch);
u8 scc2698_status(const struct scc2698_channel *ch);
u8 scc2698_interrupt_status(const struct scc2698_block *block);
void scc2698_update_irq(struct scc2698 *chip);

/* scc2698_pins.c */
void scc2698_pins_init(struct scc2698_block *block);
void scc2698_pins_reset(struct scc2698_block *block);
u8 scc2698_input_pins(const struct scc2698_block *block);
void scc2698_sample_pins(struct scc2698_block *block);
bool scc2698_cts(const struct scc2698_channel *ch);
void scc2698_set_rts(struct scc2698_channel *ch, bool asserted);
void scc2698_update_pins(struct scc2698_channel *ch);

/* scc2698_timer.c: counter/timers, and the clocks that they and the crystal give */
u64 scc2698_clock(const struct scc2698_channel *ch, unsigned int code);
void scc2698_ct_init(struct scc2698_block *block);
void scc2698_ct_reset(struct scc2698_block *block);
void scc2698_ct_set_mode(struct scc2698_block *block, u8 acr);
void scc2698_ct_set_preset(struct scc2698_block *block, u16 preset);
void scc2698_ct_start(struct scc2698_block *block);
void scc2698_ct_stop(struct scc2698_block *block);
void scc2698_ct_character(struct scc2698_block *block);
u16 scc2698_ct_count(const struct scc2698_block *block);

/* scc2698_rx.c, scc2698_tx.c */
void scc2698_rx_init(struct scc2698_channel *ch);
void scc2698_rx_reset(struct scc2698_channel *ch);
void scc2698_rx_settle(struct scc2698_channel *ch);
void scc2698_rx_arm(struct scc2698_channel *ch);
void scc2698_rx_enable(struct scc2698_channel *ch, bool enabled);
u8 scc2698_rx_pop(struct scc2698_channel *ch);
void scc2698_rx_reset_errors(struct scc2698_channel *ch);

void scc2698_tx_init(struct scc2698_channel *ch);
void scc2698_tx_reset(struct scc2698_channel *ch);
void scc2698_tx_enable(struct scc2698_channel *ch, bool enabled);
void scc2698_tx_load(struct scc2698_channel *ch, u8 data);
void scc2698_tx_try(struct scc2698_channel *ch);
void scc2698_tx_break(struct scc2698_channel *ch, bool start);
void scc2698_tx_output(struct scc2698_channel *ch);
void scc2698_cts_changed(struct scc2698_channel *ch);

#endif
