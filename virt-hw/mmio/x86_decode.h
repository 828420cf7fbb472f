/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The x86-64 instructions by which kernel code reaches device memory. Pure: also compiles in user
 * space.
 */
#ifndef VHW_X86_DECODE_H
#define VHW_X86_DECODE_H

#include <linux/types.h>

#ifndef __KERNEL__
#include <stdbool.h>
#include <stddef.h>
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
#endif

/* An instruction is never longer than this; the decoder looks at no byte behind it */
#define X86_INSN_MAX	15

/* struct x86_insn.base and .index: there is none */
#define X86_NO_REG	16

enum x86_kind {
	X86_LOAD,		/* register = memory */
	X86_STORE,		/* memory = register */
	X86_STORE_IMM,		/* memory = immediate */
	X86_MOVS,		/* memory at rdi = memory at rsi, and step both */
	X86_STOS,		/* memory at rdi = rax, and step rdi */
};

/**
 * struct x86_insn - a decoded access to memory
 * @kind: enum x86_kind
 * @length: bytes of the instruction
 * @size: bytes in memory: 1, 2, 4 or 8
 * @reg: register of a load or store, numbered as in the encoding: rax rcx rdx rbx rsp rbp rsi rdi
 *	r8 to r15
 * @reg_size: bytes of @reg that a load writes; 4 clears the upper half, 1 and 2 keep the rest
 * @high: @reg means its second byte (ah, ch, dh, bh)
 * @sign: a load extends the sign from @size to @reg_size, else it fills with zeros
 * @rep: a string instruction that repeats rcx times
 * @base: register of the address or X86_NO_REG
 * @index: register of the address, shifted left by @scale, or X86_NO_REG
 * @scale: 0 to 3
 * @disp: added to the address
 * @imm: what X86_STORE_IMM stores, its sign extended
 */
struct x86_insn {
	u8 kind;
	u8 length;
	u8 size;
	u8 reg;
	u8 reg_size;
	bool high;
	bool sign;
	bool rep;
	u8 base;
	u8 index;
	u8 scale;
	s32 disp;
	s32 imm;
};

int x86_decode(const u8 *code, struct x86_insn *insn);
u64 x86_loaded(const struct x86_insn *insn, u64 old, u64 value);
u64 x86_stored(const struct x86_insn *insn, u64 reg);

#endif
