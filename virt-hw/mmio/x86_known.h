/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Instructions that were decoded before. What an instruction means depends on nothing but its
 * bytes, so one is known again by its bytes, wherever they are and whoever has put them there:
 * where it lies only says where in the table to look. Modules may come and go, and code may be
 * patched while it runs.
 *
 * Several processors look and write at the same time, and a processor that is interrupted in
 * either may be made to do both. Nobody waits: an entry that is being written is not known, and is
 * written by nobody else.
 */
#ifndef VHW_X86_KNOWN_H
#define VHW_X86_KNOWN_H

#include "x86_decode.h"

#ifdef __KERNEL__
#include <linux/atomic.h>
#include <linux/cache.h>
#include <linux/compiler.h>
#else
#include "../tests/user_atomic.h"
#endif

#define X86_KNOWN		256
#define X86_KNOWN_LENGTH	8	/* longer ones, with two constants, are never known */

/**
 * struct x86_known - an entry of the table
 * @code: bytes of the instruction, the first one lowest
 * @mask: ones where there are some
 * @sequence: odd while it is being written, and never again what it was before
 * @plain_code: likewise, if it is between memory at a base register and all of another register, as
 *	nearly always; else what no instruction is
 * @plain_mask: likewise
 * @store: of a plain one: to memory
 * @base: likewise: where the user keeps the base register
 * @reg: likewise: where the other
 * @insn: what they mean
 */
struct x86_known {
	u64 code;
	u64 mask;
	u64 plain_code;
	u64 plain_mask;
	u32 sequence;
	bool store;
	u8 base;
	u8 reg;
	struct x86_insn insn;
} ____cacheline_aligned;

/* A table in which nothing is known: no code has a one where the mask has none */
#define X86_KNOWN_NOTHING	{ [0 ... X86_KNOWN - 1] = { .code = 1, .plain_code = 1 } }

static inline bool x86_is_plain(const struct x86_insn *insn)
{
	if (insn->kind > X86_STORE || insn->base == X86_NO_REG || insn->index != X86_NO_REG)
		return false;
	return insn->kind == X86_STORE ? !insn->high :
	       insn->size == insn->reg_size && insn->size >= 4;
}

/* Has nobody begun to write an entry since its @sequence was read, and was nobody at it then? */
static __always_inline bool x86_unchanged(const struct x86_known *known, u32 sequence)
{
	/* pairs with x86_remember(): who wrote what was read had written its number before */
	smp_rmb();
	return READ_ONCE(known->sequence) == (sequence & ~1U);
}

/**
 * x86_recall_plain() - is this instruction known, and a plain one?
 * @known: entry where it would be
 * @code: first bytes of the instruction, and whatever follows it
 * @store: set to whether it writes to memory
 * @base: set to where the user keeps the base register
 * @reg: set to where the other
 * @length: set to the bytes of the instruction
 * @size: set to the bytes in memory, which are all that is left in the register
 * @disp: set to what is added to the base register
 *
 * They are single variables because a structure would be cleared first, on the stack.
 *
 * Return: whether it is; else they are undefined.
 */
static __always_inline bool x86_recall_plain(const struct x86_known *known, u64 code, bool *store,
					     u8 *base, u8 *reg, u8 *length, u8 *size, s32 *disp)
{
	/* pairs with x86_remember() */
	u32 sequence = smp_load_acquire(&known->sequence);

	if (unlikely((code & READ_ONCE(known->plain_mask)) != READ_ONCE(known->plain_code)))
		return false;
	*store = READ_ONCE(known->store);
	*base = READ_ONCE(known->base);
	*reg = READ_ONCE(known->reg);
	*length = READ_ONCE(known->insn.length);
	*size = READ_ONCE(known->insn.size);
	*disp = READ_ONCE(known->insn.disp);
	return x86_unchanged(known, sequence);
}

/**
 * x86_recall() - is this instruction known?
 * @known: entry where it would be
 * @code: first bytes of the instruction, and whatever follows it
 * @insn: set to what it means
 *
 * Return: whether it is; else @insn is undefined.
 */
static __always_inline bool x86_recall(const struct x86_known *known, u64 code,
				       struct x86_insn *insn)
{
	/* pairs with x86_remember() */
	u32 sequence = smp_load_acquire(&known->sequence);

	if (unlikely((code & READ_ONCE(known->mask)) != READ_ONCE(known->code)))
		return false;
	*insn = known->insn;
	return x86_unchanged(known, sequence);
}

/**
 * x86_remember() - it is known from now on
 * @known: entry where it is to be
 * @code: first bytes of the instruction
 * @insn: what x86_decode() made of these, and not of what is at the same place now
 * @place: where the user keeps each of the 16 registers
 */
static inline void x86_remember(struct x86_known *known, u64 code, const struct x86_insn *insn,
				const u8 *place)
{
	u32 sequence = READ_ONCE(known->sequence);

	if (insn->length > X86_KNOWN_LENGTH || sequence & 1 ||
	    cmpxchg(&known->sequence, sequence, sequence + 1) != sequence)
		return;
	known->mask = ~0ULL >> (64 - 8 * insn->length);
	known->code = code & known->mask;
	known->plain_code = 1;
	known->plain_mask = 0;
	if (x86_is_plain(insn)) {
		known->plain_code = known->code;
		known->plain_mask = known->mask;
		known->store = insn->kind == X86_STORE;
		known->base = place[insn->base];
		known->reg = place[insn->reg];
	}
	known->insn = *insn;
	/* pairs with x86_recall() and x86_recall_plain() */
	smp_store_release(&known->sequence, sequence + 2);
}

#endif
