// SPDX-License-Identifier: GPL-2.0
/*
 * Every way in which kernel code on x86 reaches device memory, tried on the exerciser's buffer: the
 * kernel's accessors as this kernel's compiler made them, and by hand the instructions that another
 * compiler might have chosen. Also what a driver should not do, and two processors at once.
 *
 * Reading a file of /sys/kernel/debug/vhw-x86-accessors runs its tests and tells, a line each.
 */
#include <linux/completion.h>
#include <linux/debugfs.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kprobes.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <asm/asm.h>
#include <asm/sync_core.h>

#include "exerciser.h"

#define LONGEST	300	/* bytes of a block: more than a burst of the string instructions */
#define POPS	10000	/* by each of two threads */

static struct pci_dev *pdev;
static void __iomem *regs;
static void __iomem *buffer;

static bool holds(unsigned int offset, const void *bytes, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (readb(buffer + offset + i) != ((const u8 *)bytes)[i])
			return false;
	return true;
}

static void fill(u8 *bytes, size_t length, u8 seed)
{
	size_t i;

	for (i = 0; i < length; i++)
		bytes[i] = seed + 7 * i + (i >> 5);
}

static const char *scalars(void)
{
	writeq(0x8182838485868788, buffer);
	if (readb(buffer + 1) != 0x87 || readw(buffer + 2) != 0x8586 ||
	    readl(buffer + 4) != 0x81828384 || readq(buffer) != 0x8182838485868788)
		return "read";
	if (readb_relaxed(buffer + 1) != 0x87 || readw_relaxed(buffer + 2) != 0x8586 ||
	    readl_relaxed(buffer + 4) != 0x81828384 ||
	    readq_relaxed(buffer) != 0x8182838485868788)
		return "read_relaxed";
	writeb(1, buffer);
	writew(0x0302, buffer + 1);
	writel(0x07060504, buffer + 3);
	if (!holds(0, "\1\2\3\4\5\6\7\x81", 8))
		return "write";
	return NULL;
}

static const char *mapped_or_port(void)
{
	iowrite8(0x11, buffer);
	iowrite16(0x3322, buffer + 2);
	iowrite32(0x77665544, buffer + 4);
	iowrite16be(0xaabb, buffer + 8);
	iowrite32be(0xccddeeff, buffer + 12);
	if (ioread8(buffer) != 0x11 || ioread16(buffer + 2) != 0x3322 ||
	    ioread32(buffer + 4) != 0x77665544)
		return "little endian";
	if (!holds(8, "\xaa\xbb", 2) || !holds(12, "\xcc\xdd\xee\xff", 4) ||
	    ioread16be(buffer + 8) != 0xaabb || ioread32be(buffer + 12) != 0xccddeeff)
		return "big endian";
	return NULL;
}

/* The string accessors read or write one register again and again */
static const char *repeated(void)
{
	u32 longs[3] = { 1, 2, 3 };
	u16 words[3] = { 4, 5, 6 };
	u8 bytes[3] = { 7, 8, 9 };
	u32 first = readl(regs + EXERCISER_COUNT);

	ioread32_rep(regs + EXERCISER_COUNT, longs, 3);
	if (longs[0] != first + 1 || longs[1] != first + 2 || longs[2] != first + 3)
		return "ioread32_rep";
	iowrite32_rep(buffer, longs, 3);
	iowrite16_rep(buffer + 4, words, 3);
	iowrite8_rep(buffer + 6, bytes, 3);
	if (readl(buffer) != longs[2] || readw(buffer + 4) != 6 || readb(buffer + 6) != 9)
		return "iowrite_rep";
	ioread16_rep(buffer + 4, words, 3);
	ioread8_rep(buffer + 6, bytes, 3);
	return words[0] == 6 && words[2] == 6 && bytes[0] == 9 && bytes[2] == 9 ? NULL :
	       "ioread_rep";
}

static const char *blocks_of(u8 *out, u8 *in, unsigned int length)
{
	unsigned int at;

	for (at = 0; at < 8; at++) {
		fill(out, length, length + at);
		writel(0xdeadbeef, buffer + 64 + at + length);
		memcpy_toio(buffer + 64 + at, out, length);
		memset(in, 0, length);
		memcpy_fromio(in, buffer + 64 + at, length);
		if (!holds(64 + at, out, length))
			return "memcpy_toio";
		if (memcmp(in, out, length))
			return "memcpy_fromio";
		memset_io(buffer + 64 + at, length, length);
		memset(out, length, length);
		if (!holds(64 + at, out, length))
			return "memset_io";
		if (readl(buffer + 64 + at + length) != 0xdeadbeef)
			return "too much was written";
	}
	return NULL;
}

static const char *blocks(void)
{
	u8 *out = kmalloc(LONGEST, GFP_KERNEL), *in = kmalloc(LONGEST, GFP_KERNEL);
	const char *why = "no memory";
	unsigned int length;

	if (!out || !in)
		goto free;
	why = NULL;
	for (length = 0; length <= LONGEST && !why; length += length < 70 ? 1 : 23)
		why = blocks_of(out, in, length);
free:
	kfree(in);
	kfree(out);
	return why;
}

static const char *words_copied(void)
{
	u64 out[9], in[9];

	fill((u8 *)out, sizeof(out), 3);
	__iowrite32_copy(buffer, out, sizeof(out) / 4);
	if (!holds(0, out, sizeof(out)))
		return "__iowrite32_copy";
	fill((u8 *)out, sizeof(out), 5);
	__iowrite64_copy(buffer, out, sizeof(out) / 8);
	if (!holds(0, out, sizeof(out)))
		return "__iowrite64_copy";
	__ioread32_copy(in, buffer, sizeof(in) / 4);
	return memcmp(in, out, sizeof(in)) ? "__ioread32_copy" : NULL;
}

/* What a compiler makes of a plain access through the pointer */
static const char *plain(void)
{
	s8 *byte = (s8 __force *)buffer;
	s16 *word = (s16 __force *)buffer;
	s32 *dword = (s32 __force *)buffer;

	WRITE_ONCE(*dword, -0x01020304);
	if (READ_ONCE(*byte) != -4 || (u8)READ_ONCE(*byte) != 0xfc)
		return "byte";
	if (READ_ONCE(*word) != -0x0304 || (u16)READ_ONCE(*word) != 0xfcfc)
		return "word";
	if ((long)READ_ONCE(*dword) != -0x01020304 || (u32)READ_ONCE(*dword) != 0xfefdfcfc)
		return "long";
	WRITE_ONCE(*byte, 0x55);
	WRITE_ONCE(*word, 0x1234);
	return readl(buffer) == 0xfefd1234 ? NULL : "constants";
}

/* A base register of rbp or rsp raises #SS, which reaches only the die notifier */
static const char *stack_segment(void)
{
	u32 by_rbp, by_rsp;
	u64 index;

	writel(0x12345678, buffer + 8);
	asm volatile("push %%rbp\n\tmov %1, %%rbp\n\tmovl 8(%%rbp), %0\n\tpop %%rbp" :
		     "=&a" (by_rbp) : "c" (buffer) : "memory");
	asm volatile("mov %2, %1\n\tsub %%rsp, %1\n\tmovl 8(%%rsp,%1), %0" :
		     "=&a" (by_rsp), "=&c" (index) : "d" (buffer) : "memory");
	if (by_rbp != 0x12345678)
		return "rbp";
	return by_rsp == 0x12345678 ? NULL : "rsp";
}

static const char *high_bytes(void)
{
	u32 value = 0x11223344;

	asm volatile("movb %%ah, (%1)" : : "a" (value), "c" (buffer) : "memory");
	if (readb(buffer) != 0x33)
		return "store";
	writeb(0x77, buffer);
	asm volatile("movb (%1), %%ah" : "+a" (value) : "c" (buffer) : "memory");
	return value == 0x11227744 ? NULL : "load";
}

static const char *upper_halves(void)
{
	u64 value = ~0ULL;

	writel(0x12345678, buffer);
	asm volatile("movl (%1), %k0" : "+a" (value) : "c" (buffer) : "memory");
	if (value != 0x12345678)
		return "a 32-bit load does not clear the upper half";
	value = ~0ULL;
	asm volatile("movw (%1), %w0" : "+a" (value) : "c" (buffer) : "memory");
	return value == 0xffffffffffff5678 ? NULL : "a 16-bit load does not keep the rest";
}

static const char *downwards(void)
{
	u8 bytes[4] = { 1, 2, 3, 4 };
	void *from = bytes + 3;
	u64 to = (__force u64)buffer + 3;
	u64 count = 4;

	asm volatile("std\n\trep movsb\n\tcld" : "+S" (from), "+D" (to), "+c" (count) : :
		     "memory");
	if (!holds(0, bytes, 4))
		return "bytes";
	return !count && to == (__force u64)buffer - 1 && from == bytes - 1 ? NULL : "registers";
}

static const char *device_to_device(void)
{
	u64 from = (__force u64)buffer + 0x101, to = (__force u64)buffer + 0x801;
	u64 count = LONGEST;
	u8 bytes[8];

	memset_io(buffer + 0x101, 0x3c, LONGEST);
	asm volatile("rep movsb" : "+S" (from), "+D" (to), "+c" (count) : : "memory");
	memset(bytes, 0x3c, sizeof(bytes));
	return holds(0x801, bytes, 8) && holds(0x801 + LONGEST - 8, bytes, 8) && !count ? NULL :
	       "bytes";
}

static const char *across_pages(void)
{
	u32 value;

	writel(0xabcd1234, buffer + 0x1ffe);
	if (readl(buffer + 0x1ffe) != 0xabcd1234)
		return "of the board";
	/* two bytes of the instruction lie in one page, four in the next */
	asm volatile("jmp 1f\n\t.p2align 12, 0xcc\n\t.skip 4094, 0xcc\n1:\tmovl 0x1ffe(%1), %0" :
		     "=a" (value) : "D" (buffer) : "memory");
	return value == 0xabcd1234 ? NULL : "of the instruction";
}

/* The fixup of a #GP that is none of ours is the kernel's business, as ever */
static const char *others_exceptions(void)
{
	u64 value = 1;

	asm volatile("1:\tmovq (%1), %0\n2:\n" _ASM_EXTABLE(1b, 2b) :
		     "+a" (value) : "c" (0x0100000000000000));
	return value == 1 ? NULL : "an address that does not exist was read";
}

/* The kernel's own, with which static keys and probes are written; it is not there for modules */
static void *(*poke)(void *address, const void *opcode, size_t length);
static struct mutex *poke_lock;

static bool find_poke(void)
{
	struct kprobe probe = {
		.symbol_name = "kallsyms_lookup_name", .flags = KPROBE_FLAG_DISABLED
	};
	unsigned long (*lookup)(const char *name);

	if (register_kprobe(&probe))
		return false;
	lookup = (void *)probe.addr;
	unregister_kprobe(&probe);
	poke = (void *)lookup("text_poke");
	poke_lock = (void *)lookup("text_mutex");
	return poke && poke_lock;
}

static void synchronize(void *unused)
{
	sync_core();
}

static void write_code(void *where, const u8 *code)
{
	mutex_lock(poke_lock);
	poke(where, code, 4);
	mutex_unlock(poke_lock);
	on_each_cpu(synchronize, NULL, 1);
}

/* One instruction of four bytes, or a shorter one and what does nothing; tells where it is */
static noinline u32 at_one_place(u32 value, void **where)
{
	asm volatile("leaq 1f(%%rip), %1\n"
		     "1:\tmovl (%2), %0\n"
		     "\tnop\n"
		     "\tnop\n" :
		     "+a" (value), "=&r" (*where) : "D" (regs) : "memory");
	return value;
}

/* What it does comes of the bytes that are there now. The second time it is known */
static const char *patched(void)
{
	static const struct {
		u8 code[4];
		u32 value;
	} patches[] = {
		{ { 0x8b, 0x47, 0x04, 0x90 }, 0x11223344 },		/* another register */
		{ { 0x0f, 0xb6, 0x07, 0x90 }, EXERCISER_MAGIC & 0xff },	/* a byte */
		{ { 0x0f, 0xb7, 0x47, 0x04 }, 0x3344 },			/* a word */
		{ { 0x89, 0x47, 0x04, 0x90 }, 0x55667788 },		/* a store */
		{ { 0x8b, 0x07, 0x90, 0x90 }, EXERCISER_MAGIC },	/* as it was */
	};
	const char *why = NULL;
	void *where;
	int i, times;

	if (!find_poke())
		return "this kernel's text_poke() is not found";
	writel(0x11223344, regs + EXERCISER_SCRATCH);
	for (times = 0; times < 2; times++)
		if (at_one_place(0, &where) != EXERCISER_MAGIC)
			return "it is wrong before";
	for (i = 0; i < ARRAY_SIZE(patches); i++) {
		write_code(where, patches[i].code);
		for (times = 0; times < 2; times++)
			if (at_one_place(0x55667788, &where) != patches[i].value)
				why = "what was there before is executed";
	}
	if (readl(regs + EXERCISER_SCRATCH) != 0x55667788)
		why = "a store is not";
	return why;
}

static const char *after_iounmap(void)
{
	void __iomem *again;
	const char *why = NULL;
	void __iomem *old = ioremap(pci_resource_start(pdev, 2), 0x1000);

	if (!old)
		return "no mapping";
	writel(1, old);
	iounmap(old);
	if (readl(old) != ~0u)
		return "a register can be read";
	again = ioremap(pci_resource_start(pdev, 2), 0x1000);
	if (again == old)
		why = "the same address comes again";
	else if (readl(old) != ~0u || readl(again) != 1)
		why = "the old and the new mapping are confused";
	writel(2, old);
	if (readl(again) != 1)
		why = "a register can be written";
	iounmap(again);
	return why;
}

static const char *outside_a_mapping(void)
{
	void __iomem *page = ioremap(pci_resource_start(pdev, 2) + 0x10, 0x10);
	const char *why = NULL;

	if (!page)
		return "no mapping";
	/* a page is mapped whatever the size asked for, as on a real machine */
	writel(3, buffer);
	if (readl(page - 0x10) != 3)
		why = "the rest of the page is missing";
	else if (readl(page + 0x1000) != ~0u || readl(page - 0x14) != ~0u)
		why = "more than the page is there";
	iounmap(page);
	return why;
}

static const char *iounmap_twice(void)
{
	void __iomem *page = ioremap(pci_resource_start(pdev, 2), 0x1000);

	iounmap(page);
	iounmap(page);
	return readl(regs + EXERCISER_ID) == EXERCISER_MAGIC ? NULL : "another mapping suffered";
}

static const char *too_large(void)
{
	void __iomem *all = ioremap(pci_resource_start(pdev, 2), 1UL << 40);

	if (all)
		iounmap(all);
	return all ? "a terabyte was mapped" : NULL;
}

static const char *every_kind_of_mapping(void)
{
	void __iomem *(*const map[])(resource_size_t phys, unsigned long size) = {
		ioremap, ioremap_uc, ioremap_wc, ioremap_wt, ioremap_cache, ioremap_encrypted,
	};
	phys_addr_t start = pci_resource_start(pdev, 2);
	const char *why = NULL;
	unsigned int i;

	writel(0x600df00d, buffer);
	for (i = 0; i <= ARRAY_SIZE(map) && !why; i++) {
		void __iomem *page = i < ARRAY_SIZE(map) ? map[i](start, 4096) :
			compat_ioremap_prot(start, 4096, PAGE_KERNEL);

		if (!page || readl(page) != 0x600df00d)
			why = "one does not reach the board";
		if (page)
			iounmap(page);
	}
	return why;
}

/* Each pop of the exerciser's counter gives the next number, to one of the threads only */
struct popper {
	struct task_struct *thread;
	struct completion done;
	u32 *popped;
};

static int pop(void *data)
{
	struct popper *popper = data;
	unsigned int i;

	for (i = 0; i < POPS; i++)
		popper->popped[i] = readl(regs + EXERCISER_COUNT);
	complete(&popper->done);
	while (!kthread_should_stop())
		usleep_range(100, 200);
	return 0;
}

static bool each_once(const struct popper *poppers, u32 first, unsigned long *seen)
{
	unsigned int i, j;

	for (i = 0; i < 2; i++) {
		for (j = 0; j < POPS; j++) {
			u32 number = poppers[i].popped[j] - first - 1;

			if (number >= 2 * POPS || test_and_set_bit(number, seen))
				return false;
		}
	}
	return true;
}

static const char *pops(void)
{
	struct popper poppers[2] = {};
	const char *why = "no memory";
	unsigned long *seen = bitmap_zalloc(2 * POPS, GFP_KERNEL);
	u32 first = readl(regs + EXERCISER_COUNT);
	unsigned int cpu = 0;
	int i;

	for (i = 0; i < 2; i++) {
		init_completion(&poppers[i].done);
		poppers[i].popped = kcalloc(POPS, sizeof(u32), GFP_KERNEL);
		if (!seen || !poppers[i].popped)
			goto free;
	}
	for (i = 0; i < 2; i++) {
		poppers[i].thread = kthread_create(pop, &poppers[i], "vhw-pop/%d", i);
		if (IS_ERR(poppers[i].thread)) {
			poppers[i].thread = NULL;
			goto stop;
		}
		kthread_bind(poppers[i].thread, cpu);
		cpu = cpumask_next(cpu, cpu_online_mask) % nr_cpu_ids;
	}
	for (i = 0; i < 2; i++)
		wake_up_process(poppers[i].thread);
	for (i = 0; i < 2; i++)
		wait_for_completion(&poppers[i].done);
	why = NULL;
stop:
	for (i = 0; i < 2; i++)
		if (poppers[i].thread)
			kthread_stop(poppers[i].thread);
	if (!why && !each_once(poppers, first, seen))
		why = "a number was lost or came twice";
free:
	kfree(poppers[0].popped);
	kfree(poppers[1].popped);
	bitmap_free(seen);
	return why;
}

struct test {
	const char *name;
	const char *(*run)(void);
};

static const struct test accessor_tests[] = {
	{ "readb to writeq", scalars },
	{ "ioread8 to iowrite32be", mapped_or_port },
	{ "ioread8_rep to iowrite32_rep", repeated },
	{ "memcpy_toio, memcpy_fromio and memset_io of any length and alignment", blocks },
	{ "__iowrite32_copy, __iowrite64_copy and __ioread32_copy", words_copied },
	{ "plain loads and stores", plain },
	{ "a base register that raises #SS", stack_segment },
	{ "high-byte registers", high_bytes },
	{ "registers that are loaded in part", upper_halves },
	{ "rep movsb downwards", downwards },
	{ "rep movsb from device to device", device_to_device },
	{ "accesses and instructions across pages", across_pages },
	{ "every kind of ioremap", every_kind_of_mapping },
	{ "exceptions of others", others_exceptions },
	{ "code that is patched after it was executed", patched },
	{}
};

static const struct test misuse_tests[] = {
	{ "after iounmap a mapping reads all-ones, even when its slot is in use again",
	  after_iounmap },
	{ "a mapping ends where its last page does", outside_a_mapping },
	{ "a second iounmap does nothing", iounmap_twice },
	{ "a mapping larger than the window is refused", too_large },
	{}
};

static const struct test smp_tests[] = {
	{ "20000 pops by two processors, each number once", pops },
	{}
};

static int tests_show(struct seq_file *file, void *unused)
{
	const struct test *test;

	for (test = file->private; test->name; test++) {
		const char *why = test->run();

		seq_printf(file, "%s %s%s%s\n", why ? "not ok" : "ok", test->name, why ? ": " : "",
			   why ?: "");
	}
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tests);

static struct dentry *directory;

static int __init accessors_init(void)
{
	int err = -ENODEV;

	pdev = pci_get_device(EXERCISER_VENDOR, EXERCISER_DEVICE, NULL);
	if (!pdev)
		return err;
	regs = ioremap(pci_resource_start(pdev, 0), pci_resource_len(pdev, 0));
	if (!regs)
		goto put;
	buffer = ioremap_wc(pci_resource_start(pdev, 2), pci_resource_len(pdev, 2));
	if (!buffer)
		goto unmap;
	directory = debugfs_create_dir("vhw-x86-accessors", NULL);
	debugfs_create_file("accessors", 0400, directory, (void *)accessor_tests, &tests_fops);
	debugfs_create_file("misuse", 0400, directory, (void *)misuse_tests, &tests_fops);
	debugfs_create_file("smp", 0400, directory, (void *)smp_tests, &tests_fops);
	return 0;

unmap:
	iounmap(regs);
put:
	pci_dev_put(pdev);
	return err;
}
module_init(accessors_init);

static void __exit accessors_exit(void)
{
	debugfs_remove(directory);
	iounmap(buffer);
	iounmap(regs);
	pci_dev_put(pdev);
}
module_exit(accessors_exit);

MODULE_DESCRIPTION("Test of every accessor of device memory on x86");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
