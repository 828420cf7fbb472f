// SPDX-License-Identifier: GPL-2.0
/*
 * The instruction decoder against the assembler and against the processor, in user space.
 *
 * x86_corpus.py writes every form the decoder claims to know, the assembler encodes it. Each form
 * is decoded and compared with what was written; then it is executed: natively on a buffer, and on
 * addresses that are not canonical, where the exception is handled as the kernel module does, by
 * the decoder at first, and then by what is known. Registers and memory must come out the same.
 *
 * Prints KTAP. Build: see the target check-decode in the Makefile.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include "../mmio/x86_known.h"
#include "x86_harness.h"

#define BUFFER	4096
#define COOKIE	0x8000100000000000ULL

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI };

static const u8 greg_of[] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

/* What lies behind addresses from COOKIE on, and an ordinary buffer of the same content */
static u8 behind[BUFFER];
static u64 ordinary_words[BUFFER / 8];
static u8 *const ordinary = (u8 *)ordinary_words;
static sigjmp_buf not_ours;
static const struct form *running;

static u8 *memory(u64 address, unsigned int size)
{
	if (address - COOKIE <= BUFFER - size)
		return behind + (address - COOKIE);
	if (address - (u64)ordinary <= BUFFER - size)
		return (u8 *)address;
	siglongjmp(not_ours, 1);
}

static void access_string(greg_t *regs, const struct x86_insn *insn)
{
	u64 count = insn->rep ? regs[REG_RCX] : 1;

	for (; count; count--) {
		const void *from = &regs[REG_RAX];

		if (insn->kind == X86_MOVS) {
			from = memory(regs[REG_RSI], insn->size);
			regs[REG_RSI] += insn->size;
		}
		memmove(memory(regs[REG_RDI], insn->size), from, insn->size);
		regs[REG_RDI] += insn->size;
		if (insn->rep)
			regs[REG_RCX]--;
	}
}

/*
 * On to x86_leave, which reloads rsp, with the registers where x86_back would have stored them. Not
 * through the instruction that follows: rsp may be a cookie, and not every machine, a virtual one
 * less than others, goes back from a signal with such an rsp.
 */
static void leave(greg_t *regs, unsigned int length)
{
	int i;

	if ((u64)regs[REG_RIP] + length != x86_target + running->length)
		siglongjmp(not_ours, 1);
	for (i = 0; i < 16; i++)
		x86_state[i] = regs[greg_of[i]];
	regs[REG_RIP] = (greg_t)x86_leave;
	regs[REG_RSP] = 0;
}

/* As the kernel module does what it knows, and what it does not know yet */
static struct x86_known entries[X86_KNOWN] = X86_KNOWN_NOTHING;
static unsigned long plain_ones;

static bool access_plainly(greg_t *regs, const struct x86_known *entry, u64 code)
{
	u8 base, reg, length, size;
	u64 address, value = 0;
	bool store;
	s32 disp;

	if (!x86_recall_plain(entry, code, &store, &base, &reg, &length, &size, &disp))
		return false;
	address = regs[base] + disp;
	if (store) {
		memcpy(memory(address, size), &regs[reg], size);
	} else {
		memcpy(&value, memory(address, size), size);
		regs[reg] = value;
	}
	plain_ones++;
	leave(regs, length);
	return true;
}

static void on_exception(int sig, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	struct x86_insn insn = {};
	struct x86_known *entry;
	u64 value = 0;
	u64 address, code;

	(void)sig;
	(void)info;
	entry = &entries[regs[REG_RIP] % X86_KNOWN];
	memcpy(&code, (const void *)regs[REG_RIP], sizeof(code));
	if (access_plainly(regs, entry, code))
		return;
	if (!x86_recall(entry, code, &insn)) {
		if (x86_decode((const u8 *)regs[REG_RIP], &insn))
			siglongjmp(not_ours, 1);
		x86_remember(entry, code, &insn, greg_of);
	}
	if (insn.kind == X86_MOVS || insn.kind == X86_STOS) {
		access_string(regs, &insn);
		leave(regs, insn.length);
		return;
	}
	address = insn.disp;
	if (insn.base != X86_NO_REG)
		address += regs[greg_of[insn.base]];
	if (insn.index != X86_NO_REG)
		address += (u64)regs[greg_of[insn.index]] << insn.scale;
	if (insn.kind == X86_LOAD) {
		greg_t *reg = &regs[greg_of[insn.reg]];

		memcpy(&value, memory(address, insn.size), insn.size);
		*reg = x86_loaded(&insn, *reg, value);
	} else {
		value = insn.imm;
		if (insn.kind == X86_STORE)
			value = x86_stored(&insn, regs[greg_of[insn.reg]]);
		memcpy(memory(address, insn.size), &value, insn.size);
	}
	leave(regs, insn.length);
}

static void catch_exceptions(void)
{
	stack_t stack = { .ss_size = 65536 };
	struct sigaction action = { .sa_sigaction = on_exception };

	stack.ss_sp = malloc(stack.ss_size);
	action.sa_flags = SA_SIGINFO | SA_ONSTACK;
	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
}

static u64 random_state = 1;

static u64 random64(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* The inverse modulo 2^64 of an odd number; each step doubles the bits that are right */
static u64 inverse(u64 odd)
{
	u64 x = odd;
	int i;

	for (i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

/* Set the registers such that the form's address is start + offset; offset is a multiple of 8 */
static void point(const struct form *form, u64 *regs, u64 start, u64 offset)
{
	u64 address = start + offset - form->disp;

	if (form->index == X86_NO_REG)
		regs[form->base] = address;
	else if (form->base == X86_NO_REG)
		regs[form->index] = address >> form->scale;
	else if (form->base != form->index)
		regs[form->base] = address - (regs[form->index] << form->scale);
	else if (form->scale)
		regs[form->base] = address * inverse(1 + (1 << form->scale));
	else
		regs[form->base] = address / 2;
}

static bool is_string(const struct form *form)
{
	return form->kind == X86_MOVS || form->kind == X86_STOS;
}

static bool run(const struct form *form, u64 *regs)
{
	if (sigsetjmp(not_ours, 1))
		return false;
	memcpy(x86_state, regs, sizeof(x86_state));
	x86_target = (u64)form->code;
	running = form;
	x86_go();
	memcpy(regs, x86_state, sizeof(x86_state));
	return true;
}

/*
 * @native and @ours were @native0 and @ours0, which differ where they hold addresses. The register
 * loaded must hold the same in the bits that are written, and what it held in the rest; the others
 * must have changed by the same amount.
 */
static bool same(const struct form *form, const u64 *native0, const u64 *native,
		 const u64 *ours0, const u64 *ours)
{
	int i;

	for (i = 0; i < 16; i++) {
		if (form->kind == X86_LOAD && i == form->reg) {
			u64 mask = form->reg_size >= 4 ? ~0ULL : form->reg_size == 2 ? 0xffff :
				   form->high ? 0xff00 : 0xff;

			if (ours[i] != ((native[i] & mask) | (ours0[i] & ~mask)))
				return false;
		} else if (native[i] - native0[i] != ours[i] - ours0[i]) {
			return false;
		}
	}
	return true;
}

/* @cookies: bit 0: the destination (or only) address is one; bit 1: the source of movs is one */
static bool executes_alike(const struct form *form, unsigned int cookies)
{
	u64 native0[16], native[16], ours0[16], ours[16];
	static u8 result[BUFFER];
	static u8 before[BUFFER];
	u64 offset = 1024 + random64() % 128 * 8;
	int i;

	for (i = 0; i < 16; i++) {
		native0[i] = random64();
		if (i == RSP)	/* an interrupt may come: one that it can go back with */
			native0[i] >>= 17;
		ours0[i] = native0[i];
	}
	for (i = 0; i < BUFFER; i++)
		before[i] = random64() >> 32;

	if (is_string(form)) {
		native0[RCX] = 5;
		ours0[RCX] = 5;
		native0[RDI] = (u64)ordinary + 512;
		ours0[RDI] = (cookies & 1 ? COOKIE : (u64)ordinary) + 512;
		native0[RSI] = (u64)ordinary + 1024;
		ours0[RSI] = (cookies & 2 ? COOKIE : (u64)ordinary) + 1024;
	} else {
		/* what the addressing mode cannot reach */
		if (form->base == X86_NO_REG || form->base == form->index)
			offset += form->disp & 7;
		point(form, native0, (u64)ordinary, offset);
		point(form, ours0, COOKIE, offset);
	}

	memcpy(ordinary, before, BUFFER);
	memcpy(native, native0, sizeof(native));
	if (!run(form, native))
		return false;
	memcpy(result, ordinary, BUFFER);
	if (form->kind == X86_STORE && (form->reg == form->base || form->reg == form->index)) {
		/* the processor stored an address, which is another one in our run */
		u64 stored = ours0[form->reg] >> (form->high ? 8 : 0);

		memcpy(result + offset, &stored, form->size);
	}

	memcpy(ordinary, before, BUFFER);
	memcpy(behind, before, BUFFER);
	memcpy(ours, ours0, sizeof(ours));
	if (!run(form, ours))
		return false;
	return same(form, native0, native, ours0, ours) &&
	       !memcmp(is_string(form) && !(cookies & 1) ? ordinary : behind, result, BUFFER);
}

static bool decodes(const struct form *form)
{
	struct x86_insn insn = {};

	if (x86_decode(form->code, &insn))
		return false;
	if (insn.length != form->length || insn.kind != form->kind || insn.size != form->size ||
	    insn.rep != form->rep)
		return false;
	if (is_string(form))
		return true;
	if (insn.base != form->base || insn.index != form->index || insn.disp != form->disp ||
	    (form->index != X86_NO_REG && insn.scale != form->scale))
		return false;
	if (form->kind == X86_STORE_IMM)
		return insn.imm == form->imm;
	return insn.reg == form->reg && insn.reg_size == form->reg_size &&
	       insn.high == form->high && insn.sign == form->sign;
}

static unsigned int test_number;
static unsigned int failed;

static void report(bool ok, const char *name)
{
	printf("%sok %u %s\n", ok ? "" : "not ", ++test_number, name);
	failed += !ok;
}

static bool complain(const char *what, const u8 *code)
{
	int i;

	printf("# %s:", what);
	for (i = 0; i < X86_INSN_MAX; i++)
		printf(" %02x", code[i]);
	printf("\n");
	return false;
}

static bool test_decodes(void)
{
	bool ok = true;
	u64 i;

	for (i = 0; i < x86_corpus_count; i++)
		if (!decodes(&x86_corpus[i]))
			ok = complain(x86_corpus[i].text, x86_corpus[i].code);
	printf("# %llu forms\n", (unsigned long long)x86_corpus_count);
	return ok && x86_corpus_count > 20000;
}

static bool test_executes(void)
{
	unsigned int cookies, again;
	bool ok = true;
	u64 i;

	for (i = 0; i < x86_corpus_count; i++) {
		const struct form *form = &x86_corpus[i];

		for (cookies = 1; cookies <= (form->kind == X86_MOVS ? 3 : 1); cookies++)
			for (again = 0; again < 2; again++)
				if (!executes_alike(form, cookies))
					ok = complain(form->text, form->code);
	}
	printf("# %lu times plainly\n", plain_ones);
	return ok && plain_ones > 1000;
}

/* A second opinion on which encodings are known, written from the list of opcodes alone */
static bool known(const u8 *code)
{
	bool opsize = false, rep = false, wide = false;
	u8 opcode, modrm;

	for (;; code++) {
		if (*code == 0x66 && !opsize)
			opsize = true;
		else if ((*code == 0xf2 || *code == 0xf3) && !rep)
			rep = true;
		else
			break;
	}
	if (*code >= 0x40 && *code <= 0x4f)
		wide = *code++ & 8;
	opcode = *code++;
	if (strchr("\xa4\xa5\xaa\xab", opcode))
		return opcode;
	if (rep)
		return false;
	if (opcode == 0x0f) {
		if (!*code || !strchr("\xb6\xb7\xbe\xbf", *code))
			return false;
		code++;
	} else if (opcode == 0x63) {
		if (!wide)
			return false;
	} else if (!opcode || !strchr("\x88\x89\x8a\x8b\xc6\xc7", opcode)) {
		return false;
	}
	modrm = *code;
	if ((opcode == 0xc6 || opcode == 0xc7) && (modrm & 0x38))
		return false;
	return modrm < 0xc0 && (modrm & 0xc7) != 5;
}

static bool judge(const u8 *code)
{
	struct x86_insn insn = {};
	bool decoded = !x86_decode(code, &insn);

	if (decoded != known(code))
		return complain(decoded ? "decoded" : "refused", code);
	if (decoded && (!insn.length || insn.length > X86_INSN_MAX))
		return complain("length", code);
	return true;
}

/* Every combination of up to two prefixes (legacy or REX), opcode, second opcode and ModRM */
static bool test_refuses(void)
{
	static const u8 prefixes[] = {
		0x66, 0x67, 0xf0, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65,
		0x40, 0x41, 0x42, 0x44, 0x48, 0x4c, 0x4f,
	};
	unsigned int n = sizeof(prefixes) + 1;
	unsigned int i, opcode, next;
	bool ok = true;

	for (i = 0; i < n * n; i++) {
		for (opcode = 0; opcode < 256; opcode++) {
			for (next = 0; next < 256; next++) {
				u8 code[X86_INSN_MAX] = {};
				u8 *p = code;

				if (i / n)
					*p++ = prefixes[i / n - 1];
				if (i % n)
					*p++ = prefixes[i % n - 1];
				*p++ = opcode;
				*p++ = next;
				ok &= judge(code);
				*p++ = next >> 3;	/* ModRM of two-byte opcodes */
				ok &= judge(code);
			}
		}
	}
	return ok;
}

/* Noise that ends at an unreadable page: nothing behind the longest instruction is looked at */
static bool test_noise(void)
{
	u8 *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	static const u8 likely[] = "\x66\xf3\x48\x44\x0f\xb6\xbf\x88\x8b\xc7\xa5\x63\x84";
	u8 *code = page + 4096 - X86_INSN_MAX;
	bool ok = true;
	int i, j;

	if (page == MAP_FAILED || mprotect(page + 4096, 4096, PROT_NONE))
		return false;
	for (i = 0; i < 1000000; i++) {
		for (j = 0; j < X86_INSN_MAX; j++) {
			u64 r = random64() >> 20;

			code[j] = r & 0x100 ? r : likely[r % (sizeof(likely) - 1)];
		}
		ok &= judge(code);
	}
	return ok;
}

static bool equal(const struct x86_insn *a, const struct x86_insn *b)
{
	return a->kind == b->kind && a->length == b->length && a->size == b->size &&
	       a->reg == b->reg && a->reg_size == b->reg_size && a->high == b->high &&
	       a->sign == b->sign && a->rep == b->rep && a->base == b->base &&
	       a->index == b->index && a->scale == b->scale && a->disp == b->disp &&
	       a->imm == b->imm;
}

/* The first bytes of a form, what follows it being noise */
static u64 first_bytes(const struct form *form, u64 noise)
{
	memcpy(&noise, form->code, form->length < sizeof(noise) ? form->length : sizeof(noise));
	return noise;
}

static bool recalls_plain(const struct x86_known *entry, u64 code)
{
	u8 base, reg, length, size;
	bool store;
	s32 disp;

	return x86_recall_plain(entry, code, &store, &base, &reg, &length, &size, &disp);
}

/* Of a plain one, a part of it is asked for */
static bool is_plainly_known(const struct x86_known *entry, u64 code, const struct x86_insn *insn)
{
	u8 base, reg, length, size;
	bool store;
	s32 disp;

	if (!x86_recall_plain(entry, code, &store, &base, &reg, &length, &size, &disp))
		return !x86_is_plain(insn);
	return x86_is_plain(insn) && store == (insn->kind == X86_STORE) &&
	       length == insn->length && size == insn->size && reg == greg_of[insn->reg] &&
	       base == greg_of[insn->base] && disp == insn->disp &&
	       insn->index == X86_NO_REG && !insn->high;
}

/* A form is known by its bytes, whatever follows, and by no others */
static bool is_known(const struct form *form)
{
	struct x86_known entry = { .code = 1, .plain_code = 1 };
	u64 code = first_bytes(form, random64());
	struct x86_insn insn = {}, recalled;
	unsigned int bit;

	x86_decode(form->code, &insn);
	if (x86_recall(&entry, code, &recalled) || x86_recall(&entry, 0, &recalled) ||
	    recalls_plain(&entry, code) || recalls_plain(&entry, 0))
		return false;
	x86_remember(&entry, code, &insn, greg_of);
	if (form->length > X86_KNOWN_LENGTH)
		return !x86_recall(&entry, code, &recalled);
	if (!x86_recall(&entry, first_bytes(form, random64()), &recalled) ||
	    !equal(&insn, &recalled) || !is_plainly_known(&entry, code, &insn))
		return false;
	for (bit = 0; bit < 8 * form->length; bit++)
		if (x86_recall(&entry, code ^ 1ULL << bit, &recalled) ||
		    recalls_plain(&entry, code ^ 1ULL << bit))
			return false;
	/* who is interrupted while writing is neither believed nor overtaken */
	entry.sequence |= 1;
	x86_remember(&entry, ~code, &insn, greg_of);
	return !x86_recall(&entry, code, &recalled) && !x86_recall(&entry, ~code, &recalled) &&
	       !recalls_plain(&entry, code);
}

static bool test_knows(void)
{
	bool ok = true;
	u64 i;

	for (i = 0; i < x86_corpus_count; i++)
		if (!is_known(&x86_corpus[i]))
			ok = complain(x86_corpus[i].text, x86_corpus[i].code);
	return ok;
}

#define RACERS	4
#define ROUNDS	1000000

static struct x86_known contended = { .code = 1, .plain_code = 1 };
static unsigned long recalled_at_all;

/* Some forms, one entry, and everybody looks and writes */
static void *race(void *seed)
{
	unsigned long wrong = 0, right = 0;
	u64 random = (u64)seed;
	unsigned int i;

	for (i = 0; i < ROUNDS; i++) {
		const struct form *form;
		struct x86_insn insn = {}, recalled;
		u64 code;

		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		form = &x86_corpus[(random >> 33) % 3 * (x86_corpus_count / 4)];
		if (x86_decode(form->code, &insn))
			continue;
		code = first_bytes(form, random);
		if (!x86_recall(&contended, code, &recalled))
			x86_remember(&contended, code, &insn, greg_of);
		else if (equal(&insn, &recalled))
			right++;
		else
			wrong++;
	}
	__sync_fetch_and_add(&recalled_at_all, right);
	return (void *)wrong;
}

static bool test_races(void)
{
	pthread_t racers[RACERS];
	unsigned long i;
	bool ok = true;
	void *wrong;

	for (i = 0; i < RACERS; i++)
		if (pthread_create(&racers[i], NULL, race, (void *)(i + 1)))
			return false;
	for (i = 0; i < RACERS; i++) {
		pthread_join(racers[i], &wrong);
		ok &= !wrong;
	}
	return ok && recalled_at_all > ROUNDS / 10;
}

int main(void)
{
	catch_exceptions();
	printf("KTAP version 1\n1..6\n");
	report(test_decodes(), "every form decodes to what was assembled");
	report(test_executes(), "the processor and the decoder do the same");
	report(test_refuses(), "everything else is refused");
	report(test_noise(), "noise neither misleads the decoder nor draws it on");
	report(test_knows(), "what was decoded is known again by its bytes and by no others");
	report(test_races(), "processors that race never take one for another");
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
