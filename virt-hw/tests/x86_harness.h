/* SPDX-License-Identifier: GPL-2.0 */
#ifndef X86_HARNESS_H
#define X86_HARNESS_H

#include "../mmio/x86_decode.h"

/* A record of x86_corpus.py, of 128 bytes */
struct form {
	const u8 *code;
	u32 length;
	u8 kind, size, reg, reg_size, high, sign, rep, base, index, scale, unused[2];
	s32 disp, imm;
	char text[96];
};

extern const struct form x86_corpus[];
extern const u64 x86_corpus_count;

/*
 * x86_harness.S: load all general registers, rsp included, from x86_state, execute the instruction
 * at x86_target, which a jump to x86_back follows, and store the registers again. x86_leave lies
 * behind the storing.
 */
extern u64 x86_state[16];
extern u64 x86_target;
void x86_go(void);
void x86_leave(void);

#endif
