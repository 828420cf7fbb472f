/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Wires that carry asynchronous characters, and what a receiver sees on them.
 *
 * A transmitter puts a whole character on its wire at once, as a waveform; a receiver samples the
 * wire at its own rate, when it has to. So a character costs one event at each end, yet every bit
 * is sampled where the receiver's own clock puts it: rates that differ garble data as they do in
 * copper.
 *
 * Pure: no lock, no clock, no allocation. Times are nanoseconds and come from the caller.
 */
#ifndef VHW_SERIAL_LINE_H
#define VHW_SERIAL_LINE_H

#include <linux/list.h>
#include <linux/types.h>

/*
 * Periods of UART clocks are whole numbers of these parts of a nanosecond with the usual crystals
 */
#define LINE_FRACTIONS	576u

/**
 * struct line_time - a point in time
 * @ns: nanoseconds
 * @fraction: further 1/LINE_FRACTIONS, below LINE_FRACTIONS
 */
struct line_time {
	u64 ns;
	u32 fraction;
};

/**
 * struct line_wave - what a transmitter puts on its wire
 * @start: when the first bit begins
 * @sixteenth: a sixteenth of a bit, in 1/LINE_FRACTIONS ns
 * @bits: levels of the bits, the first one lowest; 1 is mark
 * @count: how many bits
 * @rest: the level after them: mark, or space in a break
 */
struct line_wave {
	struct line_time start;
	u64 sixteenth;
	u16 bits;
	u8 count;
	bool rest;
};

/**
 * struct line_driver - a transmitter's output stage
 * @entry: in its wire's list
 * @wave: what it sends
 * @enabled: it drives its wire; if not, it is as good as mark
 */
struct line_driver {
	struct list_head entry;
	struct line_wave wave;
	bool enabled;
};

/**
 * struct line_wire - a wire; it is at space when any of its drivers is
 * @drivers: who can drive it
 * @listeners: the serial ports at which it arrives
 */
struct line_wire {
	struct list_head drivers;
	struct list_head listeners;
};

enum line_parity {
	LINE_PARITY_NONE,
	LINE_PARITY_EVEN,
	LINE_PARITY_ODD,
	LINE_PARITY_SPACE,
	LINE_PARITY_MARK
};

/**
 * struct line_format - shape of a character
 * @data_bits: 5 to 8
 * @parity: kind of the bit after them
 * @stop_sixteenths: length of the stop bit, in sixteenths of a bit
 */
struct line_format {
	u8 data_bits;
	enum line_parity parity;
	u8 stop_sixteenths;
};

enum line_state { LINE_HUNTING, LINE_SAMPLING, LINE_IN_BREAK };

/**
 * struct line_receiver - a receiver's sampling circuit
 * @sixteenth: a sixteenth of a bit at its rate, in 1/LINE_FRACTIONS ns; 0 while it has no clock or
 * is off
 * @bits: bits between start and stop bit
 * @watch_start: report start bits too
 * @state: hunting for a start bit, sampling a character, or waiting for the end of a break
 * @armed: hunting: the wire was at mark, so that space is a start bit
 * @since: hunting, in break: from here on the wire has to be looked at; sampling: the edge of the
 * start bit
 * @sample: sampling: which bit comes next, 0 being the start bit
 * @value: sampling: the bits so far
 */
struct line_receiver {
	u64 sixteenth;
	u8 bits;
	bool watch_start;
	enum line_state state;
	bool armed;
	u64 since;
	u8 sample;
	u16 value;
};

enum line_event {
	LINE_NOTHING,
	LINE_START, /* the middle of a start bit was still at space; only with watch_start */
	LINE_CHARACTER,
	LINE_FRAMING, /* a character whose stop bit was at space */
	LINE_BREAK, /* nothing but space for a whole character */
	LINE_BREAK_END,
};

struct line_time line_after(struct line_time time, u64 fractions);
struct line_wave line_steady(u64 now, bool level);
struct line_wave line_character(const struct line_format *format, u8 data, struct line_time start,
				u64 sixteenth);
bool line_parity_bit(enum line_parity parity, u8 data);
unsigned int line_frame_bits(const struct line_format *format);
u64 line_sixteenth(unsigned int baud);

void line_wire_init(struct line_wire *wire);
bool line_level(const struct line_wire *wire, u64 now);
u64 line_next_level(const struct line_wire *wire, u64 from, bool level);

void line_receiver_restart(struct line_receiver *rx, u64 now);
enum line_event line_receive(struct line_receiver *rx, const struct line_wire *wire, u64 until);
u64 line_receiver_due(const struct line_receiver *rx, const struct line_wire *wire);

#endif
