/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A recording as the kernel takes it: what vhwctl makes of the text that people read. One fact a
 * line, hexadecimal numbers without prefix, one space between words; see
 * Documentation/record-replay.md. Pure: no lock, no clock, no bus.
 */
#ifndef VHW_REPLAY_PROGRAM_H
#define VHW_REPLAY_PROGRAM_H

#include <linux/kref.h>
#include <linux/types.h>

#include "../core/vhw.h"

#define REPLAY_LENGTH_MAX	(64u << 20)	/* bytes of a program */
#define REPLAY_CONFIG_SIZE	4096
#define REPLAY_CAPS_MAX		64
#define REPLAY_CONFIG_BAR	VHW_BARS	/* stands for config space */
#define REPLAY_PIN		0xffff		/* instead of a vector: INTA# */

enum replay_rule {
	REPLAY_SEQUENCE,	/* reads give what was recorded, in order; the last one stays */
	REPLAY_CONSTANT,	/* reads give one value */
	REPLAY_STORAGE,		/* reads give what was written last */
	REPLAY_COUNTER,		/* each read gives so much more than the one before */
	REPLAY_STATUS,		/* any number of reads gives what was recorded at that place */
};

/**
 * struct replay_register - a register that the recording knows
 * @offset: in its BAR
 * @bar: which, or REPLAY_CONFIG_BAR
 * @size: bytes of an access
 * @rule: enum replay_rule
 * @initial: value at power on
 * @step: of a counter
 */
struct replay_register {
	u32 offset;
	u8 bar;
	u8 size;
	u8 rule;
	u32 initial;
	u32 step;
};

/**
 * struct replay_access - an access that was recorded
 * @reg: index of its register
 * @value: what was read or written
 * @line: of the recording
 * @write: not a read
 */
struct replay_access {
	u32 reg;
	u32 value;
	u32 line : 31;
	u32 write : 1;
};

/**
 * struct replay_edge - an interrupt that was recorded
 * @after: so many accesses had gone before
 * @anchor: so many of them have to, before the time of a rising edge begins to run: those behind
 *	only read, and nothing came of it
 * @line: of the recording
 * @delay: since the last of those, ns; counts for a rising edge only
 * @vector: of a message, or REPLAY_PIN
 * @raise: else INTA# falls
 */
struct replay_edge {
	u32 after;
	u32 anchor;
	u32 line;
	u64 delay;
	u16 vector;
	bool raise;
};

/**
 * struct replay_program - a recording
 * @refs: the board has one, and its path another
 * @shape: identity, BARs, capabilities
 * @caps: of @shape
 * @config_registers: of @shape: what lies in config space outside of capabilities
 * @image: config space at the beginning
 * @mask: which of its bits a write changes
 * @regs: sorted by BAR, offset and size
 * @nr_regs: how many
 * @accesses: as they came
 * @nr_accesses: how many
 * @edges: as they came
 * @nr_edges: how many
 */
struct replay_program {
	struct kref refs;
	struct vhw_model shape;
	struct vhw_capability caps[REPLAY_CAPS_MAX + 1];
	struct vhw_config_register config_registers[256 - 0x40 + 1];
	u8 image[REPLAY_CONFIG_SIZE];
	u8 mask[REPLAY_CONFIG_SIZE];
	struct replay_register *regs;
	unsigned int nr_regs;
	struct replay_access *accesses;
	unsigned int nr_accesses;
	struct replay_edge *edges;
	unsigned int nr_edges;
};

/**
 * struct replay_why - what is wrong with a program
 * @line: of the program, 0 when no line is to blame
 * @what: in words
 */
struct replay_why {
	unsigned int line;
	const char *what;
};

struct replay_program *replay_program_parse(const char *text, size_t length,
					    const struct vhw_model *base, struct replay_why *why);
void replay_program_put(struct replay_program *program);
int replay_program_find(const struct replay_program *program, unsigned int bar, u32 offset,
			unsigned int size);

#endif
