// SPDX-License-Identifier: GPL-2.0
/*
 * How a driver's access to device memory reaches the bus on x86-64, with kernel and driver as they
 * are.
 *
 * ioremap() of the window returns a cookie: an address that is not canonical, so that every access
 * through it raises an exception before it gets anywhere. The exception is handled by carrying out
 * the one instruction on the virtual bus and going on behind it.
 *
 * ioremap() and iounmap() are redirected by ftrace, as a live patch would. #GP is caught in
 * fixup_exception(), the first thing the kernel asks about it, redirected the same way. Where that
 * cannot be hooked, the die notifier chain does, at twice the cost; #SS (the base register is rsp
 * or rbp) reaches only that chain. Both come before any oops.
 *
 * A cookie is 0x80 | generation (12 bits) | slot (12 bits) | offset in the window (32 bits). Slot
 * and generation name one call of ioremap(), so an access after iounmap() is recognised even if
 * the slot is in use again. A mapping of a real device that is tapped has such cookies too; their
 * offset is that in its first page.
 */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/bitfield.h>
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/hardirq.h>
#include <linux/idr.h>
#include <linux/io.h>
#include <linux/irq_work.h>
#include <linux/kdebug.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/ptrace.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <asm/trapnr.h>

#include "mmio.h"
#include "tap.h"
#include "x86_decode.h"
#include "x86_known.h"

static bool hook_fixup = true;
module_param(hook_fixup, bool, 0444);
MODULE_PARM_DESC(hook_fixup,
		 "catch accesses in fixup_exception() if possible, not in the die notifier (default on)");

/* the domain is above all that firmware can number, and so are its low 16 bits, to those who cut */
struct pci_sysdata vhw_x86_sysdata = {
	.domain = 0x18000,
	.node = NUMA_NO_NODE,
};

#define COOKIE_TAG	GENMASK_ULL(63, 56)
#define COOKIE_GEN	GENMASK_ULL(55, 44)
#define COOKIE_SLOT	GENMASK_ULL(43, 32)
#define COOKIE_KEY	GENMASK_ULL(63, 32)	/* all that is the same throughout a mapping */
#define COOKIE_OFFSET	GENMASK_ULL(31, 0)

/* bits 63 and 62 differ, so it is canonical neither with 48 nor with 57 bits of address */
#define TAG		0x80ULL
#define COOKIES		(TAG << 56)
#define COOKIES_SIZE	BIT_ULL(56)

#define SLOTS		(FIELD_MAX(COOKIE_SLOT) + 1)
#define GENERATIONS	(FIELD_MAX(COOKIE_GEN) + 1)

/* elements of a string instruction that are moved before interrupts get a chance, as on hardware */
#define STRING_BURST	64

/**
 * struct slot - a mapping
 * @key: upper half of its cookies while it is alive, else 0; published last, withdrawn first
 * @first: first offset in the window that it covers, rounded to pages as a real mapping is
 * @size: bytes that it covers
 * @generation: of the next mapping in this slot
 * @mapping: the bus's view of it, or NULL
 * @tapped: the true mapping, if it is one of a real device
 */
struct slot {
	u32 key;
	u32 first;
	u32 size;
	u32 generation;
	struct vhw_mapping *mapping;
	struct vhw_tapped *tapped;
};

static resource_size_t window_start;
static resource_size_t window_size;
static struct vhw_mmio_bus bus;
static struct slot *slots;
static DEFINE_IDA(slot_ida);

static bool is_cookie(u64 address)
{
	return address - COOKIES < COOKIES_SIZE;
}

/*
 * Misuse of a cookie is told from irq_work: the driver may hold any lock, the console's included.
 * One line at a time; what comes while it waits is dropped, as the rate limit would.
 */
static struct {
	atomic_t busy;
	u64 address;
	unsigned long ip;
	const char *what;
} misuse;

static void print_misuse(struct irq_work *work)
{
	static DEFINE_RATELIMIT_STATE(limit, 5 * HZ, 10);

	if (__ratelimit(&limit))
		pr_err("access %s by %pS, window offset %#llx\n", misuse.what, (void *)misuse.ip,
		       FIELD_GET(COOKIE_OFFSET, misuse.address));
	atomic_set_release(&misuse.busy, 0);
}

static DEFINE_IRQ_WORK(misuse_work, print_misuse);

static struct slot *slot_of(u64 address)
{
	return &slots[FIELD_GET(COOKIE_SLOT, address)];
}

/* Is the mapping alive that a cookie belongs to, and reaches as far? The caller is an RCU reader */
static __always_inline bool may_access(const struct slot *slot, u64 address)
{
	/* pairs with publish() */
	return smp_load_acquire(&slot->key) == FIELD_GET(COOKIE_KEY, address) &&
	       (u32)address - slot->first < slot->size && !in_nmi();
}

/* It is not */
static noinline void report_misuse(u64 address, unsigned long ip)
{
	struct slot *slot = slot_of(address);

	if (atomic_cmpxchg_acquire(&misuse.busy, 0, 1))
		return;
	misuse.address = address;
	misuse.ip = ip;
	if (READ_ONCE(slot->key) != FIELD_GET(COOKIE_KEY, address))
		misuse.what = "after iounmap";
	else if ((u32)address - slot->first >= slot->size)
		misuse.what = "outside its mapping";
	else
		misuse.what = "in an NMI";
	irq_work_queue(&misuse_work);
}

/* With preemption off we are an RCU reader, which keeps a mapping from being freed */
static __always_inline u64 read_cookie(u64 address, unsigned int size, unsigned long ip)
{
	u32 offset = FIELD_GET(COOKIE_OFFSET, address);
	struct slot *slot = slot_of(address);
	struct vhw_mapping *mapping;
	struct vhw_tapped *tapped;
	u64 value;

	preempt_disable();
	if (unlikely(!may_access(slot, address))) {
		report_misuse(address, ip);
		goto nothing;
	}
	mapping = READ_ONCE(slot->mapping);
	if (likely(mapping)) {
		value = bus.read(mapping, offset, size, (void *)ip);
		goto out;
	}
	/* both are NULL for a moment when the slot is given to another mapping */
	tapped = READ_ONCE(slot->tapped);
	if (tapped) {
		value = vhw_tapped_read(tapped, offset, size);
		goto out;
	}
nothing:
	value = ~0ULL >> (64 - 8 * size);
out:
	preempt_enable();
	return value;
}

static __always_inline void write_cookie(u64 address, unsigned int size, u64 value,
					 unsigned long ip)
{
	u32 offset = FIELD_GET(COOKIE_OFFSET, address);
	struct vhw_mapping *mapping;
	struct vhw_tapped *tapped;
	struct slot *slot = slot_of(address);

	preempt_disable();
	if (unlikely(!may_access(slot, address))) {
		report_misuse(address, ip);
		goto out;
	}
	mapping = READ_ONCE(slot->mapping);
	if (likely(mapping)) {
		bus.write(mapping, offset, size, value, (void *)ip);
		goto out;
	}
	tapped = READ_ONCE(slot->tapped);
	if (tapped)
		vhw_tapped_write(tapped, offset, size, value);
out:
	preempt_enable();
}

/* Registers in the order of their encoding, which is not that of struct pt_regs */
static const u8 places[] = {
	offsetof(struct pt_regs, ax), offsetof(struct pt_regs, cx),
	offsetof(struct pt_regs, dx), offsetof(struct pt_regs, bx),
	offsetof(struct pt_regs, sp), offsetof(struct pt_regs, bp),
	offsetof(struct pt_regs, si), offsetof(struct pt_regs, di),
	offsetof(struct pt_regs, r8), offsetof(struct pt_regs, r9),
	offsetof(struct pt_regs, r10), offsetof(struct pt_regs, r11),
	offsetof(struct pt_regs, r12), offsetof(struct pt_regs, r13),
	offsetof(struct pt_regs, r14), offsetof(struct pt_regs, r15),
};

static __always_inline unsigned long *at_place(struct pt_regs *regs, u8 place)
{
	return (void *)regs + place;
}

static unsigned long *reg_of(struct pt_regs *regs, unsigned int number)
{
	return at_place(regs, places[number]);
}

static u64 address_of(struct pt_regs *regs, const struct x86_insn *insn)
{
	u64 address = insn->disp;

	if (likely(insn->base != X86_NO_REG))
		address += *reg_of(regs, insn->base);
	if (insn->index != X86_NO_REG)
		address += *reg_of(regs, insn->index) << insn->scale;
	return address;
}

/* One end of a string move may be ordinary memory; of a bad address there the oops shows that */
static u64 read_any(u64 address, unsigned int size, unsigned long ip)
{
	u64 value = 0;

	if (is_cookie(address))
		return read_cookie(address, size, ip);
	memcpy(&value, (const void *)address, size);
	return value;
}

static void write_any(u64 address, unsigned int size, u64 value, unsigned long ip)
{
	if (is_cookie(address))
		write_cookie(address, size, value, ip);
	else
		memcpy((void *)address, &value, size);
}

/* Carry out a string instruction, or a burst of it: then it is executed, and raises #GP, again */
static noinline bool emulate_string(struct pt_regs *regs, bool movs, unsigned int size, bool rep,
				    unsigned int length)
{
	long step = regs->flags & X86_EFLAGS_DF ? -(long)size : size;
	unsigned int burst;

	if (!is_cookie(regs->di) && !(movs && is_cookie(regs->si)))
		return false;

	for (burst = 0; !rep || regs->cx; burst++) {
		u64 value;

		if (burst == STRING_BURST)
			return true;
		value = movs ? read_any(regs->si, size, regs->ip) : regs->ax;
		write_any(regs->di, size, value, regs->ip);
		regs->di += step;
		if (movs)
			regs->si += step;
		if (!rep)
			break;
		regs->cx--;
	}
	regs->ip += length;
	return true;
}

/* Carry out the instruction that raised an exception, if it is an access through a cookie */
static bool carry_out(struct pt_regs *regs, const struct x86_insn *insn)
{
	unsigned long *reg;
	u64 address;

	if (unlikely(insn->kind == X86_MOVS || insn->kind == X86_STOS))
		return emulate_string(regs, insn->kind == X86_MOVS, insn->size, insn->rep,
				      insn->length);

	address = address_of(regs, insn);
	if (unlikely(!is_cookie(address)))
		return false;

	reg = reg_of(regs, insn->reg);
	if (insn->kind == X86_LOAD)
		*reg = x86_loaded(insn, *reg, read_cookie(address, insn->size, regs->ip));
	else if (insn->kind == X86_STORE)
		write_cookie(address, insn->size, x86_stored(insn, *reg), regs->ip);
	else
		write_cookie(address, insn->size, (s64)insn->imm, regs->ip);
	regs->ip += insn->length;
	return true;
}

static struct x86_known known_instructions[X86_KNOWN] = X86_KNOWN_NOTHING;

/*
 * An instruction that is not known yet. It is decoded from a copy: it may be patched meanwhile. The
 * next page may be missing: then the instruction, which was just executed, ends before it
 */
static noinline bool emulate_unknown(struct pt_regs *regs, unsigned int rest)
{
	const void *code = (const void *)regs->ip;
	struct x86_insn insn;
	u8 copy[X86_INSN_MAX];
	u64 first;

	if (rest >= X86_INSN_MAX) {
		memcpy(copy, code, X86_INSN_MAX);
	} else {
		memcpy(copy, code, rest);
		if (copy_from_kernel_nofault(copy + rest, code + rest, X86_INSN_MAX - rest))
			memset(copy + rest, 0, X86_INSN_MAX - rest);
	}
	if (x86_decode(copy, &insn))
		return false;
	memcpy(&first, copy, sizeof(first));
	x86_remember(&known_instructions[regs->ip % X86_KNOWN], first, &insn, places);
	return carry_out(regs, &insn);
}

/* Any other that is known, or is not */
static noinline bool emulate_any(struct pt_regs *regs)
{
	const struct x86_known *known = &known_instructions[regs->ip % X86_KNOWN];
	unsigned int rest = PAGE_SIZE - offset_in_page(regs->ip);
	struct x86_insn insn;

	if (rest >= sizeof(u64) && x86_recall(known, READ_ONCE(*(const u64 *)regs->ip), &insn))
		return carry_out(regs, &insn);
	return emulate_unknown(regs, rest);
}

static __always_inline bool emulate(struct pt_regs *regs)
{
	const struct x86_known *known = &known_instructions[regs->ip % X86_KNOWN];
	u8 base, reg, length, size;
	bool store;
	u64 address;
	s32 disp;

	if (unlikely(offset_in_page(regs->ip) > PAGE_SIZE - sizeof(u64) ||
		     !x86_recall_plain(known, READ_ONCE(*(const u64 *)regs->ip), &store, &base,
				       &reg, &length, &size, &disp)))
		return emulate_any(regs);
	address = *at_place(regs, base) + disp;
	if (unlikely(!is_cookie(address)))
		return false;
	if (store)
		write_cookie(address, size, *at_place(regs, reg), regs->ip);
	else
		*at_place(regs, reg) = read_cookie(address, size, regs->ip);
	regs->ip += length;
	return true;
}

static int die_notify(struct notifier_block *nb, unsigned long event, void *data)
{
	struct die_args *args = data;

	if (!(event == DIE_GPF && args->trapnr == X86_TRAP_GP) &&
	    !(event == DIE_TRAP && args->trapnr == X86_TRAP_SS))
		return NOTIFY_DONE;
	if (user_mode(args->regs))
		return NOTIFY_DONE;
	return emulate(args->regs) ? NOTIFY_STOP : NOTIFY_DONE;
}

static struct notifier_block die_notifier = {
	.notifier_call = die_notify,
	.priority = INT_MAX,
};

/* In place of fixup_exception() when the access has been carried out */
static int notrace fixed_up(void)
{
	return 1;
}

/* int fixup_exception(struct pt_regs *regs, int trapnr, …), for exceptions in kernel mode only */
static void notrace on_fixup_exception(unsigned long ip, unsigned long parent_ip,
				       struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if ((int)ftrace_regs_get_argument(fregs, 1) != X86_TRAP_GP)
		return;
	if (emulate((struct pt_regs *)ftrace_regs_get_argument(fregs, 0)))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)fixed_up);
}

static int claim_slot(void *caller)
{
	int id = ida_alloc_max(&slot_ida, SLOTS - 1, GFP_KERNEL);

	if (id < 0)
		pr_err_ratelimited("ioremap by %pS: more than %llu mappings at once\n", caller,
				   SLOTS);
	return id;
}

/* Fill a claimed slot, whose mapping or tapped is set; @offset is where the cookie points */
static void __iomem *publish(int id, u32 offset, unsigned long size)
{
	struct slot *slot = &slots[id];
	u64 key;

	slot->first = offset & PAGE_MASK;
	slot->size = PAGE_ALIGN((u64)offset + size) - slot->first;
	slot->generation = (slot->generation + 1) % GENERATIONS;
	key = FIELD_PREP(COOKIE_TAG, TAG) | FIELD_PREP(COOKIE_GEN, slot->generation) |
	      FIELD_PREP(COOKIE_SLOT, id);
	/* pairs with may_access(): who sees the key sees the rest */
	smp_store_release(&slot->key, FIELD_GET(COOKIE_KEY, key));
	return (void __iomem *)(key | offset);
}

/*
 * In place of the ioremap family. A mapping pins this module: its cookies must not outlive the code
 * that knows what they mean. The pin comes first and goes last; between them and the ends of the
 * function nothing sleeps, which is what unregister_ftrace_function() waits for.
 */
static void __iomem *map_window(resource_size_t phys, unsigned long size)
{
	u64 offset = phys - window_start;
	struct vhw_mapping *mapping;
	int id;

	if (!try_module_get(THIS_MODULE))
		return NULL;
	if (!size || size > window_size - offset) {
		pr_err("ioremap of %pa, size %#lx, by %pS: leaves the window\n", &phys, size,
		       __builtin_return_address(0));
		goto err_module;
	}
	id = claim_slot(__builtin_return_address(0));
	if (id < 0)
		goto err_module;
	mapping = bus.open(offset, size, __builtin_return_address(0));
	if (!IS_ERR_OR_NULL(mapping)) {
		WRITE_ONCE(slots[id].tapped, NULL);
		WRITE_ONCE(slots[id].mapping, mapping);
		return publish(id, offset, size);
	}

	ida_free(&slot_ida, id);
err_module:
	module_put(THIS_MODULE);
	return NULL;
}

/* Likewise, of what is tapped */
static void __iomem *map_tapped(resource_size_t phys, unsigned long size)
{
	struct vhw_tapped *tapped;
	int id;

	if (!try_module_get(THIS_MODULE))
		return NULL;
	if (!size || size > COOKIE_OFFSET - PAGE_SIZE)
		goto err_module;
	id = claim_slot(__builtin_return_address(0));
	if (id < 0)
		goto err_module;
	tapped = vhw_tapped_map(phys, size);
	if (tapped) {
		WRITE_ONCE(slots[id].mapping, NULL);
		WRITE_ONCE(slots[id].tapped, tapped);
		return publish(id, offset_in_page(phys), size);
	}

	ida_free(&slot_ida, id);
err_module:
	module_put(THIS_MODULE);
	return NULL;
}

/* In place of iounmap() */
static void unmap_window(void __iomem *addr)
{
	u64 address = (__force u64)addr;
	unsigned int id = FIELD_GET(COOKIE_SLOT, address);
	struct slot *slot = &slots[id];

	u32 key = FIELD_GET(COOKIE_KEY, address);

	if (cmpxchg(&slot->key, key, 0) != key) {
		pr_err_ratelimited("iounmap by %pS of %#llx, which is not mapped\n",
				   __builtin_return_address(0), address);
		return;
	}
	if (slot->mapping)
		bus.close(slot->mapping);
	else
		vhw_tapped_unmap(slot->tapped);
	ida_free(&slot_ida, id);
	module_put(THIS_MODULE);
}

/* In place of pci_mmap_resource_range(): what user space would map is not there */
static int refuse_mmap(struct pci_dev *pdev, int bar)
{
	if (!try_module_get(THIS_MODULE))
		return -ENODEV;
	pr_err_ratelimited("%s: BAR %d cannot be mapped into user space: no memory is behind it; use its driver\n",
			   pci_name(pdev), bar);
	module_put(THIS_MODULE);
	return -EOPNOTSUPP;
}

static void notrace on_mmap(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			    struct ftrace_regs *fregs)
{
	struct pci_dev *pdev = (struct pci_dev *)ftrace_regs_get_argument(fregs, 0);
	int bar = ftrace_regs_get_argument(fregs, 1);

	if (pci_resource_start(pdev, bar) - window_start < window_size)
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)refuse_mmap);
}

static void notrace on_ioremap(unsigned long ip, unsigned long parent_ip,
			       struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	resource_size_t phys = ftrace_regs_get_argument(fregs, 0);

	if (phys - window_start < window_size)
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)map_window);
	else if (unlikely(vhw_tap_covers(phys, parent_ip)))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)map_tapped);
}

static void notrace on_iounmap(unsigned long ip, unsigned long parent_ip,
			       struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	if (is_cookie(ftrace_regs_get_argument(fregs, 0)))
		ftrace_regs_set_instruction_pointer(fregs, (unsigned long)unmap_window);
}

/* PERMANENT: writing 0 to kernel.ftrace_enabled must not cut drivers off from their boards */
#define HOOK_FLAGS	(FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT)

static struct ftrace_ops ioremap_hook = { .func = on_ioremap, .flags = HOOK_FLAGS };
static struct ftrace_ops iounmap_hook = { .func = on_iounmap, .flags = HOOK_FLAGS };
static struct ftrace_ops mmap_hook = { .func = on_mmap, .flags = HOOK_FLAGS };
static struct ftrace_ops fixup_hook = { .func = on_fixup_exception, .flags = HOOK_FLAGS };
static bool fixup_hooked, mmap_hooked;

static int hook(struct ftrace_ops *ops, unsigned long *functions, unsigned int count)
{
	int err;

	err = ftrace_set_filter_ips(ops, functions, count, 0, 1);
	if (!err)
		err = register_ftrace_function(ops);
	if (err)
		ftrace_free_filter(ops);
	return err;
}

static void unhook(struct ftrace_ops *ops)
{
	unregister_ftrace_function(ops);
	ftrace_free_filter(ops);
}

static int hook_mapping(void)
{
	unsigned long maps[] = {
		(unsigned long)ioremap, (unsigned long)ioremap_uc, (unsigned long)ioremap_wc,
		(unsigned long)ioremap_wt, (unsigned long)ioremap_cache,
		(unsigned long)ioremap_prot, (unsigned long)ioremap_encrypted,
	};
	unsigned long unmaps[] = { (unsigned long)iounmap };
	int err;

	err = hook(&iounmap_hook, unmaps, ARRAY_SIZE(unmaps));
	if (err)
		return err;
	err = hook(&ioremap_hook, maps, ARRAY_SIZE(maps));
	if (err)
		unhook(&iounmap_hook);
	return err;
}

static void unhook_mapping(void)
{
	unhook(&ioremap_hook);
	unhook(&iounmap_hook);
}

/* What is not exported, ftrace finds by its name */
static int hook_name(struct ftrace_ops *ops, const char *function)
{
	unsigned char name[32];
	int err;

	strscpy(name, function, sizeof(name));
	err = ftrace_set_filter(ops, name, strlen(name), 1);
	if (!err)
		err = register_ftrace_function(ops);
	if (err)
		ftrace_free_filter(ops);
	return err;
}

static const char *why(int err)
{
	switch (err) {
	case -EBUSY:
		return "sysctl kernel.ftrace_enabled is 0, or a live patch has redirected it";
	case -EINVAL:
	case -ENODEV:
		return "ftrace does not know it in this kernel";
	default:
		return "ftrace refused";
	}
}

/**
 * vhw_mmio_init() - make accesses to the window reach the bus
 * @window: a busy region of at most 4 GiB in iomem_resource
 * @to: the bus
 *
 * Return: 0; -EOPNOTSUPP on a kernel built without the function tracer; -EBUSY if ftrace is
 * switched off or ioremap() is already redirected; -EINVAL if ftrace does not know ioremap();
 * -ENOMEM.
 */
int vhw_mmio_init(struct resource *window, const struct vhw_mmio_bus *to)
{
	int err;

	if (!IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS)) {
		pr_err("this kernel lacks CONFIG_DYNAMIC_FTRACE_WITH_ARGS, the function tracer\n");
		return -EOPNOTSUPP;
	}
	if (resource_size(window) > COOKIE_OFFSET)
		return -EINVAL;

	slots = kvcalloc(SLOTS, sizeof(*slots), GFP_KERNEL);
	if (!slots)
		return -ENOMEM;
	bus = *to;
	window_start = window->start;
	window_size = resource_size(window);

	err = register_die_notifier(&die_notifier);
	if (err)
		goto err_slots;
	err = hook_mapping();
	if (err) {
		pr_err("cannot redirect ioremap(), error %d: %s\n", err, why(err));
		goto err_notifier;
	}
	err = hook_name(&mmap_hook, "pci_mmap_resource_range");
	mmap_hooked = !err;
	if (err)
		pr_info("cannot redirect pci_mmap_resource_range(), error %d: user space can map BARs, and reads nothing there\n",
			err);
	if (hook_fixup) {
		err = hook_name(&fixup_hook, "fixup_exception");
		fixup_hooked = !err;
		if (err)
			pr_info("cannot redirect fixup_exception(), error %d: accesses will be slower\n",
				err);
	}
	return 0;

err_notifier:
	unregister_die_notifier(&die_notifier);
err_slots:
	kvfree(slots);
	return err;
}

/**
 * vhw_mmio_exit() - undo vhw_mmio_init()
 *
 * No mapping is left, each of them pins the module.
 */
void vhw_mmio_exit(void)
{
	unhook_mapping();
	if (fixup_hooked)
		unhook(&fixup_hook);
	if (mmap_hooked)
		unhook(&mmap_hook);
	unregister_die_notifier(&die_notifier);
	irq_work_sync(&misuse_work);
	kvfree(slots);
}

u64 vhw_mmio_irq_delay(void)
{
	return NSEC_PER_USEC;
}

bool vhw_mmio_real_time(void)
{
	return true;
}
