/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Decode the x86-64 instructions by which kernel code reaches device memory: what readb() to
 * writeq(), the string instructions of memcpy_fromio(), memcpy_toio() and memset_io(), and plain
 * loads and stores of a compiler are made of. Everything else is refused, so that an access which
 * would not be carried out exactly is not carried out at all.
 *
 * Pure: also compiles in user space. All inline: in the exception handler the result then stays in
 * registers, which saves a third of what it costs.
 *
 * Encoding: Intel SDM volume 2, chapter 2 (prefixes, ModRM, SIB, REX) and the pages of MOV, MOVZX,
 * MOVSX, MOVSXD, MOVS and STOS.
 */
#ifndef VHW_X86_DECODE_H
#define VHW_X86_DECODE_H

#include <linux/errno.h>
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

#define PREFIX_OPSIZE	0x66
#define PREFIX_REPNE	0xf2
#define PREFIX_REP	0xf3

/* REX is 0100WRXB */
#define IS_REX(byte)	(((byte) & 0xf0) == 0x40)
#define REX_W		0x08
#define REX_R(rex)	(((rex) & 0x04) << 1)
#define REX_X(rex)	(((rex) & 0x02) << 2)
#define REX_B(rex)	(((rex) & 0x01) << 3)

#define MODRM_MOD(byte)	((byte) >> 6)
#define MODRM_REG(byte)	(((byte) >> 3) & 7)
#define MODRM_RM(byte)	((byte) & 7)
#define MOD_NO_DISP	0
#define MOD_DISP8	1
#define MOD_DISP32	2
#define MOD_REGISTER	3

#define RM_SIB		4	/* a SIB byte follows */
#define RM_RIP		5	/* with MOD_NO_DISP: relative to the instruction pointer */
#define SIB_NO_INDEX	4
#define SIB_NO_BASE	5	/* with MOD_NO_DISP: disp32 instead */

#define OPSIZE	1
#define REP	2

static __always_inline u8 prefix_of(u8 byte)
{
	if (byte == PREFIX_OPSIZE)
		return OPSIZE;
	return byte == PREFIX_REP || byte == PREFIX_REPNE ? REP : 0;
}

/* x86-64 is little-endian whoever decodes it; byte by byte, compilers make one load of it */
static __always_inline s32 immediate32(const u8 *p)
{
	return (s32)(p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24);
}

static __always_inline s32 immediate16(const u8 *p)
{
	return (s16)(p[0] | p[1] << 8);
}

/* ModRM, SIB and displacement at @p; returns what follows them, or NULL if no cookie fits them */
static __always_inline const u8 *decode_address(const u8 *p, u8 rex, struct x86_insn *insn)
{
	u8 modrm = *p++;
	u8 mod = MODRM_MOD(modrm);
	u8 base = MODRM_RM(modrm);

	insn->reg = MODRM_REG(modrm) | REX_R(rex);
	insn->index = X86_NO_REG;
	insn->scale = 0;
	insn->disp = 0;

	if (mod == MOD_REGISTER)
		return NULL;

	if (base == RM_SIB) {
		u8 sib = *p++;
		u8 index = MODRM_REG(sib) | REX_X(rex);

		base = MODRM_RM(sib);
		if (index != SIB_NO_INDEX) {
			insn->index = index;
			insn->scale = MODRM_MOD(sib);
		}
		if (mod == MOD_NO_DISP && base == SIB_NO_BASE) {
			insn->base = X86_NO_REG;
			insn->disp = immediate32(p);
			return p + 4;
		}
	} else if (mod == MOD_NO_DISP && base == RM_RIP) {
		return NULL;
	}
	insn->base = base | REX_B(rex);

	if (mod == MOD_DISP8) {
		insn->disp = (s8)*p++;
	} else if (mod == MOD_DISP32) {
		insn->disp = immediate32(p);
		p += 4;
	}
	return p;
}

/* 0F B6, B7, BE, BF: movzx and movsx from a byte (even opcode) or a word */
static __always_inline const u8 *decode_extend(const u8 *p, u8 rex, u8 opsize,
					       struct x86_insn *insn)
{
	u8 opcode = *p++;

	if ((opcode & 0xf6) != 0xb6)
		return NULL;
	insn->kind = X86_LOAD;
	insn->size = opcode & 1 ? 2 : 1;
	insn->sign = opcode & 8;
	insn->reg_size = opsize;
	return decode_address(p, rex, insn);
}

/**
 * x86_decode() - decode an access to memory
 * @code: the instruction; X86_INSN_MAX bytes of it can be read
 * @insn: the result; undefined on error
 *
 * Return: 0, or -EINVAL if it is not one of the instructions that this file knows.
 */
static __always_inline int x86_decode(const u8 *code, struct x86_insn *insn)
{
	const u8 *p = code;
	u8 prefixes = 0;
	u8 prefix;
	u8 rex = 0;
	u8 opsize;
	u8 opcode;

	/* each prefix at most once: compilers repeat none, and it bounds the length */
	for (opcode = *p++; (prefix = prefix_of(opcode)); opcode = *p++) {
		if (prefixes & prefix)
			return -EINVAL;
		prefixes |= prefix;
	}
	if (IS_REX(opcode)) {
		rex = opcode;
		opcode = *p++;
	}
	opsize = rex & REX_W ? 8 : prefixes & OPSIZE ? 2 : 4;

	insn->high = false;
	insn->sign = false;
	insn->rep = prefixes & REP;

	/* an odd opcode is for words of the operand size, an even one for bytes */
	insn->size = opcode & 1 ? opsize : 1;
	insn->reg_size = insn->size;

	switch (opcode) {
	case 0x88 ... 0x8b:
		insn->kind = opcode & 2 ? X86_LOAD : X86_STORE;
		p = decode_address(p, rex, insn);
		break;
	case 0xc6:
	case 0xc7:
		insn->kind = X86_STORE_IMM;
		p = decode_address(p, rex, insn);
		if (!p || (insn->reg & 7))
			return -EINVAL;
		if (insn->size == 1) {
			insn->imm = (s8)*p++;
		} else if (insn->size == 2) {
			insn->imm = immediate16(p);
			p += 2;
		} else {
			insn->imm = immediate32(p);
			p += 4;
		}
		break;
	case 0x0f:
		p = decode_extend(p, rex, opsize, insn);
		break;
	case 0x63:
		/* movsxd; without REX.W it is a mov of a kind that no compiler writes */
		if (!(rex & REX_W))
			return -EINVAL;
		insn->kind = X86_LOAD;
		insn->size = 4;
		insn->sign = true;
		p = decode_address(p, rex, insn);
		break;
	case 0xa4:
	case 0xa5:
		insn->kind = X86_MOVS;
		insn->length = p - code;
		return 0;
	case 0xaa:
	case 0xab:
		insn->kind = X86_STOS;
		insn->length = p - code;
		return 0;
	default:
		return -EINVAL;
	}

	/* a repeat prefix in front of mov is a hint to elide locks, or nonsense */
	if (!p || insn->rep)
		return -EINVAL;

	/* without REX, the byte registers 4 to 7 are ah, ch, dh and bh */
	if (insn->kind != X86_STORE_IMM && insn->reg_size == 1 && !rex && insn->reg >= 4) {
		insn->reg -= 4;
		insn->high = true;
	}
	insn->length = p - code;
	return 0;
}

static __always_inline u64 extend(u64 value, unsigned int size, bool sign)
{
	switch (size) {
	case 1:
		return sign ? (u64)(s8)value : (u8)value;
	case 2:
		return sign ? (u64)(s16)value : (u16)value;
	case 4:
		return sign ? (u64)(s32)value : (u32)value;
	default:
		return value;
	}
}

/**
 * x86_loaded() - what a load leaves in its register
 * @insn: an X86_LOAD
 * @old: the register before
 * @value: what was read from memory; bits above insn->size do not matter
 *
 * Return: the register after.
 */
static __always_inline u64 x86_loaded(const struct x86_insn *insn, u64 old, u64 value)
{
	if (insn->size == 4 && insn->reg_size == 4)
		return (u32)value;

	value = extend(value, insn->size, insn->sign);
	switch (insn->reg_size) {
	case 1:
		if (insn->high)
			return (old & ~0xff00ULL) | (value & 0xff) << 8;
		return (old & ~0xffULL) | (value & 0xff);
	case 2:
		return (old & ~0xffffULL) | (value & 0xffff);
	case 4:
		return (u32)value;
	default:
		return value;
	}
}

/**
 * x86_stored() - what a store puts into memory
 * @insn: an X86_STORE
 * @reg: the register insn->reg
 *
 * Return: a value whose low insn->size bytes are stored.
 */
static __always_inline u64 x86_stored(const struct x86_insn *insn, u64 reg)
{
	return insn->high ? reg >> 8 : reg;
}

#endif
