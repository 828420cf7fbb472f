// SPDX-License-Identifier: GPL-2.0
/*
 * A few instructions of each kind, encoded by hand. x86_decode_test.c, in user space, has them all.
 */
#include <kunit/test.h>
#include <linux/module.h>

#include "../mmio/x86_decode.h"

struct decode_case {
	const char *text;
	u8 code[X86_INSN_MAX];
	struct x86_insn insn;
};

#define NONE X86_NO_REG

/* kind, length, size, reg, reg_size, high, sign, rep, base, index, scale, disp, imm */
static const struct decode_case decode_cases[] = {
	{ "movl (rdi), eax", { 0x8b, 0x07 },
	  { X86_LOAD, 2, 4, 0, 4, 0, 0, 0, 7, NONE, 0, 0, 0 } },
	{ "movl 0x10(r12), r13d", { 0x45, 0x8b, 0x6c, 0x24, 0x10 },
	  { X86_LOAD, 5, 4, 13, 4, 0, 0, 0, 12, NONE, 0, 0x10, 0 } },
	{ "movb ah, (rdi)", { 0x88, 0x27 },
	  { X86_STORE, 2, 1, 0, 1, 1, 0, 0, 7, NONE, 0, 0, 0 } },
	{ "movb spl, (rdi)", { 0x40, 0x88, 0x27 },
	  { X86_STORE, 3, 1, 4, 1, 0, 0, 0, 7, NONE, 0, 0, 0 } },
	{ "movw -2(rbp), r9w", { 0x66, 0x44, 0x8b, 0x4d, 0xfe },
	  { X86_LOAD, 5, 2, 9, 2, 0, 0, 0, 5, NONE, 0, -2, 0 } },
	{ "movq rax, 0x12345678(rbx,rcx,8)", { 0x48, 0x89, 0x84, 0xcb, 0x78, 0x56, 0x34, 0x12 },
	  { X86_STORE, 8, 8, 0, 8, 0, 0, 0, 3, 1, 3, 0x12345678, 0 } },
	{ "movl $-2, (rsp)", { 0xc7, 0x04, 0x24, 0xfe, 0xff, 0xff, 0xff },
	  { X86_STORE_IMM, 7, 4, 0, 4, 0, 0, 0, 4, NONE, 0, 0, -2 } },
	{ "movw $0x1234, (rax)", { 0x66, 0xc7, 0x00, 0x34, 0x12 },
	  { X86_STORE_IMM, 5, 2, 0, 2, 0, 0, 0, 0, NONE, 0, 0, 0x1234 } },
	{ "movzbl (rsi), ecx", { 0x0f, 0xb6, 0x0e },
	  { X86_LOAD, 3, 1, 1, 4, 0, 0, 0, 6, NONE, 0, 0, 0 } },
	{ "movswq (rsi), rcx", { 0x48, 0x0f, 0xbf, 0x0e },
	  { X86_LOAD, 4, 2, 1, 8, 0, 1, 0, 6, NONE, 0, 0, 0 } },
	{ "movslq (rdx), rax", { 0x48, 0x63, 0x02 },
	  { X86_LOAD, 3, 4, 0, 8, 0, 1, 0, 2, NONE, 0, 0, 0 } },
	{ "movl 0x40(,r12,4), eax", { 0x42, 0x8b, 0x04, 0xa5, 0x40, 0, 0, 0 },
	  { X86_LOAD, 8, 4, 0, 4, 0, 0, 0, NONE, 12, 2, 0x40, 0 } },
	{ "rep movsl", { 0xf3, 0xa5 },
	  { X86_MOVS, 2, 4, 0, 4, 0, 0, 1, 0, 0, 0, 0, 0 } },
	{ "rep stosq", { 0xf3, 0x48, 0xab },
	  { X86_STOS, 3, 8, 0, 8, 0, 0, 1, 0, 0, 0, 0, 0 } },
	{ "movsb", { 0xa4 },
	  { X86_MOVS, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0 } },
};

static void decode_case_name(const struct decode_case *c, char *name)
{
	strscpy(name, c->text, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(decode, decode_cases, decode_case_name);

static void an_access_is_decoded(struct kunit *test)
{
	const struct decode_case *c = test->param_value;
	const struct x86_insn *want = &c->insn;
	struct x86_insn insn = {};

	KUNIT_ASSERT_EQ(test, x86_decode(c->code, &insn), 0);
	KUNIT_EXPECT_EQ(test, insn.kind, want->kind);
	KUNIT_EXPECT_EQ(test, insn.length, want->length);
	KUNIT_EXPECT_EQ(test, insn.size, want->size);
	KUNIT_EXPECT_EQ(test, insn.rep, want->rep);
	if (want->kind == X86_MOVS || want->kind == X86_STOS)
		return;
	KUNIT_EXPECT_EQ(test, insn.base, want->base);
	KUNIT_EXPECT_EQ(test, insn.index, want->index);
	KUNIT_EXPECT_EQ(test, insn.scale, want->scale);
	KUNIT_EXPECT_EQ(test, insn.disp, want->disp);
	KUNIT_EXPECT_EQ(test, insn.reg, want->reg);
	KUNIT_EXPECT_EQ(test, insn.reg_size, want->reg_size);
	KUNIT_EXPECT_EQ(test, insn.high, want->high);
	KUNIT_EXPECT_EQ(test, insn.sign, want->sign);
	if (want->kind == X86_STORE_IMM)
		KUNIT_EXPECT_EQ(test, insn.imm, want->imm);
}

struct refused_case {
	const char *text;
	u8 code[X86_INSN_MAX];
};

static const struct refused_case refused_cases[] = {
	{ "mov between registers", { 0x8b, 0xc7 } },
	{ "relative to rip", { 0x8b, 0x05, 0, 0, 0, 0 } },
	{ "lock", { 0xf0, 0x89, 0x07 } },
	{ "xrelease mov", { 0xf3, 0x89, 0x07 } },
	{ "32-bit address", { 0x67, 0x8b, 0x07 } },
	{ "gs segment", { 0x65, 0x8b, 0x07 } },
	{ "mov from absolute address", { 0xa1, 0, 0, 0, 0, 0, 0, 0, 0x80 } },
	{ "movsxd without REX.W", { 0x63, 0x07 } },
	{ "C7 /1", { 0xc7, 0x0f, 0, 0, 0, 0 } },
	{ "add", { 0x01, 0x07 } },
	{ "xchg", { 0x87, 0x07 } },
	{ "cmpxchg", { 0x0f, 0xb1, 0x0f } },
	{ "movdqu", { 0xf3, 0x0f, 0x6f, 0x07 } },
	{ "vmovdqu", { 0xc5, 0xfa, 0x6f, 0x07 } },
	{ "movbe", { 0x0f, 0x38, 0xf0, 0x07 } },
	{ "movdir64b", { 0x66, 0x0f, 0x38, 0xf8, 0x07 } },
	{ "lods", { 0xac } },
	{ "ins", { 0x6c } },
	{ "66 twice", { 0x66, 0x66, 0x8b, 0x07 } },
	{ "REX before a prefix", { 0x48, 0x66, 0x8b, 0x07 } },
};

static void refused_case_name(const struct refused_case *c, char *name)
{
	strscpy(name, c->text, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refused, refused_cases, refused_case_name);

static void another_instruction_is_refused(struct kunit *test)
{
	const struct refused_case *c = test->param_value;
	struct x86_insn insn = {};

	KUNIT_EXPECT_EQ(test, x86_decode(c->code, &insn), -EINVAL);
}

#define OLD	0x1122334455667788ULL
#define VALUE	0xfedcba98fedcba98ULL

struct load_case {
	const char *text;
	struct x86_insn insn;
	u64 want;
};

static const struct load_case load_cases[] = {
	{ "byte into al", { .size = 1, .reg_size = 1 }, 0x1122334455667798ULL },
	{ "byte into ah", { .size = 1, .reg_size = 1, .high = true }, 0x1122334455669888ULL },
	{ "word", { .size = 2, .reg_size = 2 }, 0x112233445566ba98ULL },
	{ "long clears the upper half", { .size = 4, .reg_size = 4 }, 0xfedcba98ULL },
	{ "quad", { .size = 8, .reg_size = 8 }, VALUE },
	{ "movzbw", { .size = 1, .reg_size = 2 }, 0x1122334455660098ULL },
	{ "movsbw", { .size = 1, .reg_size = 2, .sign = true }, 0x112233445566ff98ULL },
	{ "movzwl", { .size = 2, .reg_size = 4 }, 0xba98ULL },
	{ "movswl", { .size = 2, .reg_size = 4, .sign = true }, 0xffffba98ULL },
	{ "movsbq", { .size = 1, .reg_size = 8, .sign = true }, 0xffffffffffffff98ULL },
	{ "movslq", { .size = 4, .reg_size = 8, .sign = true }, 0xfffffffffedcba98ULL },
};

static void load_case_name(const struct load_case *c, char *name)
{
	strscpy(name, c->text, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(load, load_cases, load_case_name);

static void a_load_leaves_the_right_register(struct kunit *test)
{
	const struct load_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, x86_loaded(&c->insn, OLD, VALUE), c->want);
}

static void a_store_takes_its_part_of_the_register(struct kunit *test)
{
	struct x86_insn insn = { .size = 1 };

	KUNIT_EXPECT_EQ(test, (u8)x86_stored(&insn, OLD), 0x88);
	insn.high = true;
	KUNIT_EXPECT_EQ(test, (u8)x86_stored(&insn, OLD), 0x77);
	insn = (struct x86_insn){ .size = 8 };
	KUNIT_EXPECT_EQ(test, x86_stored(&insn, OLD), OLD);
}

static struct kunit_case x86_decode_cases[] = {
	KUNIT_CASE_PARAM(an_access_is_decoded, decode_gen_params),
	KUNIT_CASE_PARAM(another_instruction_is_refused, refused_gen_params),
	KUNIT_CASE_PARAM(a_load_leaves_the_right_register, load_gen_params),
	KUNIT_CASE(a_store_takes_its_part_of_the_register),
	{}
};

static struct kunit_suite x86_decode_suite = {
	.name = "x86_decode",
	.test_cases = x86_decode_cases,
};

kunit_test_suite(x86_decode_suite);

MODULE_DESCRIPTION("Tests of the x86 instruction decoder");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
