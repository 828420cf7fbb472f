// SPDX-License-Identifier: GPL-2.0
/*
 * Decode the x86-64 instructions by which kernel code reaches device memory: what readb() to
 * writeq(), the string instructions of memcpy_fromio(), memcpy_toio() and memset_io(), and plain
 * loads and stores of a compiler are made of. Everything else is refused, so that an access which
 * would not be carried out exactly is not carried out at all.
 *
 * Encoding: Intel SDM volume 2, chapter 2 (prefixes, ModRM, SIB, REX) and the pages of MOV, MOVZX,
 * MOVSX, MOVSXD, MOVS and STOS.
 */
#include <linux/errno.h>

#include "x86_decode.h"

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

/* x86-64 is little-endian whoever decodes it; byte by byte, compilers make one load of it */
static inline s32 immediate32(const u8 *p)
{
	return (s32)(p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24);
}

static inline s32 immediate16(const u8 *p)
{
	return (s16)(p[0] | p[1] << 8);
}

/* ModRM, SIB and displacement at @p; returns what follows them, or NULL if no cookie fits them */
static inline const u8 *decode_address(const u8 *p, u8 rex, struct x86_insn *insn)
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
static inline const u8 *decode_extend(const u8 *p, u8 rex, u8 opsize, struct x86_insn *insn)
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
int x86_decode(const u8 *code, struct x86_insn *insn)
{
	const u8 *p = code;
	bool opsize16 = false;
	bool rep = false;
	u8 rex = 0;
	u8 opsize;
	u8 opcode;

	/* each prefix at most once: compilers repeat none, and it bounds the length */
	for (;;) {
		opcode = *p++;
		if (opcode == PREFIX_OPSIZE && !opsize16)
			opsize16 = true;
		else if ((opcode == PREFIX_REP || opcode == PREFIX_REPNE) && !rep)
			rep = true;
		else
			break;
	}
	if (IS_REX(opcode)) {
		rex = opcode;
		opcode = *p++;
	}
	opsize = rex & REX_W ? 8 : opsize16 ? 2 : 4;

	insn->high = false;
	insn->sign = false;
	insn->rep = rep;

	/* an odd opcode is for words of the operand size, an even one for bytes */
	insn->size = opcode & 1 ? opsize : 1;
	insn->reg_size = insn->size;

	switch (opcode) {
	case 0x88:
	case 0x89:
		insn->kind = X86_STORE;
		p = decode_address(p, rex, insn);
		break;
	case 0x8a:
	case 0x8b:
		insn->kind = X86_LOAD;
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
	if (!p || rep)
		return -EINVAL;

	/* without REX, the byte registers 4 to 7 are ah, ch, dh and bh */
	if (insn->kind != X86_STORE_IMM && insn->reg_size == 1 && !rex && insn->reg >= 4) {
		insn->reg -= 4;
		insn->high = true;
	}
	insn->length = p - code;
	return 0;
}

static inline u64 extend(u64 value, unsigned int size, bool sign)
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
 */
u64 x86_loaded(const struct x86_insn *insn, u64 old, u64 value)
{
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
 */
u64 x86_stored(const struct x86_insn *insn, u64 reg)
{
	return extend(insn->high ? reg >> 8 : reg, insn->size, false);
}
