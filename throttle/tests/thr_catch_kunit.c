// SPDX-License-Identifier: GPL-2.0
/*
 * Bios that are caught, on kernels that have no ftrace too: it, and what it diverts, are replaced.
 * A device here is nothing but a name for where a bio goes.
 */
#include <kunit/test.h>
#include <linux/bio.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/ftrace.h>
#include <linux/mempool.h>

/* What a call of submit_bio_noacct() looks like to a handler */
struct fake_regs {
	unsigned long argument;
	unsigned long ip;
};

struct fake_ops;
typedef void fake_func_t(unsigned long ip, unsigned long parent_ip, struct fake_ops *ops,
			 struct fake_regs *regs);

struct fake_ops {
	fake_func_t *func;
	unsigned long flags;
	bool diverts;
};

static struct fake_ops *submit_hooked, *end_hooked;
static int register_error;

static int fake_register(struct fake_ops *ops);
static void fake_unregister(struct fake_ops *ops);
static void fake_submit(struct bio *bio);

static bool memory_is_short;

static void *fake_alloc(mempool_t *pool, gfp_t gfp)
{
	return memory_is_short ? NULL : mempool_alloc(pool, gfp);
}

#undef ftrace_regs_get_argument
#undef ftrace_regs_set_instruction_pointer
#undef ftrace_set_filter_ips
#undef register_ftrace_function
#undef unregister_ftrace_function
#undef ftrace_free_filter
#undef mempool_alloc
#undef FTRACE_OPS_FL_IPMODIFY
#undef FTRACE_OPS_FL_PERMANENT
#define ftrace_ops				fake_ops
#define ftrace_regs				fake_regs
#define ftrace_func_t				fake_func_t *
#define FTRACE_OPS_FL_IPMODIFY			1
#define FTRACE_OPS_FL_PERMANENT			2
#define ftrace_regs_get_argument(regs, n)	((regs)->argument)
#define ftrace_regs_set_instruction_pointer(regs, to)	((regs)->ip = (to))
#define ftrace_set_filter_ips(ops, ips, count, remove, reset)	((void)(ips), 0)
#define register_ftrace_function(ops)		fake_register(ops)
#define unregister_ftrace_function(ops)		fake_unregister(ops)
#define ftrace_free_filter(ops)
#define submit_bio_noacct			fake_submit
#define mempool_alloc				fake_alloc
#ifndef CONFIG_DYNAMIC_FTRACE_WITH_ARGS
#define CONFIG_DYNAMIC_FTRACE_WITH_ARGS		1
#endif

#include "../bucket.c"
#include "../heap.c"
#include "../rotation.c"
#include "../window.c"
#include "../stats.c"
#include "../port.c"
#include "../chain.c"
#include "../group.c"
#include "../catch.c"

static int fake_register(struct fake_ops *ops)
{
	if (register_error)
		return register_error;
	if (ops->flags & FTRACE_OPS_FL_IPMODIFY)
		submit_hooked = ops;
	else
		end_hooked = ops;
	return 0;
}

static void fake_unregister(struct fake_ops *ops)
{
	if (ops == submit_hooked)
		submit_hooked = NULL;
	else
		end_hooked = NULL;
}

/* Bios that got through to a device; some do so from a worker. */
static atomic_t went;
static struct bio *last;

static void fake_submit(struct bio *bio)
{
	struct fake_regs regs = { .argument = (unsigned long)bio };

	if (submit_hooked)
		submit_hooked->func(0, 0, submit_hooked, &regs);
	if (regs.ip) {
		((void (*)(struct bio *))regs.ip)(bio);
		return;
	}
	WRITE_ONCE(last, bio);
	atomic_inc(&went);
}

/* A disk, what it is called by, and how it is caught */
struct device_ {
	struct gendisk gendisk;
	struct block_device bdev;
	struct thr_port port;
	struct thr_catch catch;
	unsigned int idle;
};

static void count_idle(struct thr_port *port)
{
	container_of(port, struct device_, port)->idle++;
}

static const struct thr_port_operations operations = {
	.send = thr_catch_send,
	.idle = count_idle,
};

static struct device_ *new_device(struct kunit *test)
{
	struct device_ *device = kunit_kzalloc(test, sizeof(*device), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, device);
	device->bdev.bd_disk = &device->gendisk;
	KUNIT_ASSERT_EQ(test, thr_port_init(&device->port), 0);
	device->port.operations = &operations;
	device->port.name = "device";
	thr_catch_init(&device->catch, &device->port);
	KUNIT_ASSERT_EQ(test, thr_port_open(&device->port), 0);
	return device;
}

static void attach(struct kunit *test, struct device_ *device)
{
	KUNIT_ASSERT_EQ(test, thr_catch_begin(&device->catch, &device->bdev), 0);
}

static void detach(struct kunit *test, struct device_ *device)
{
	thr_catch_end(&device->catch);
	WRITE_ONCE(device->port.gone, true);
	thr_port_drain(&device->port);
	flush_workqueue(workqueue);
	thr_port_close(&device->port);
	thr_catch_settle();
}

static void free_device(struct kunit *test, struct device_ *device)
{
	unsigned int i;

	/* The reference to what is in flight goes after a grace period. */
	for (i = 0; i < 100 && !READ_ONCE(device->idle); i++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, device->idle, 1U);
	mutex_lock(&thr_config_lock);
	thr_port_leave(&device->port);
	mutex_unlock(&thr_config_lock);
	percpu_ref_exit(&device->port.inflight);
	thr_port_exit(&device->port);
}

/* After one request the next waits for a day. */
static void limit(struct kunit *test, struct device_ *device)
{
	struct thr_limits limits;

	thr_limits_init(&limits);
	limits.limit[THR_BPS_TOTAL].avg = 1;
	mutex_lock(&thr_config_lock);
	KUNIT_ASSERT_EQ(test, thr_port_join(&device->port, "slow"), 0);
	thr_group_set_limits(device->port.member.group, &limits);
	mutex_unlock(&thr_config_lock);
}

static unsigned int ended;

/* Where on which stack the last one ended */
static struct task_struct *ended_in;
static unsigned long ended_at;

static void owners_end(struct bio *bio)
{
	ended_in = current;
	ended_at = (unsigned long)&bio;
	ended++;
}

static struct bio *new_bio(struct kunit *test, struct device_ *device)
{
	struct bio *bio = kunit_kzalloc(test, sizeof(*bio), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bio);
	bio_init(bio, NULL, NULL, 0, REQ_OP_READ);
	bio->bi_bdev = &device->bdev;
	bio->bi_iter.bi_size = 100000;
	bio->bi_end_io = owners_end;
	bio->bi_private = test;
	return bio;
}

static void complete_bio(struct kunit *test, struct bio *bio)
{
	unsigned int before = ended;

	bio->bi_end_io(bio);
	KUNIT_EXPECT_EQ(test, ended, before + 1);
	KUNIT_EXPECT_PTR_EQ(test, bio->bi_private, (void *)test);
	KUNIT_EXPECT_TRUE(test, bio->bi_end_io == owners_end);
}

static u64 counted(struct device_ *device)
{
	struct thr_counters sum;

	thr_stats_sum(&device->port.stats, &sum);
	return sum.type[THR_TYPE_READ].ops;
}

/* How many get through: at once, or by a worker */
static void expect_went(struct kunit *test, int count)
{
	flush_workqueue(workqueue);
	KUNIT_EXPECT_EQ(test, atomic_read(&went), count);
}

static int start(struct kunit *test)
{
	atomic_set(&went, 0);
	memory_is_short = false;
	register_error = 0;
	return 0;
}

static void what_nothing_limits_passes_and_is_counted(struct kunit *test)
{
	struct device_ *device = new_device(test), *other = new_device(test);
	struct bio *bio = new_bio(test, device), *others = new_bio(test, other);

	attach(test, device);
	KUNIT_EXPECT_NOT_NULL(test, submit_hooked);
	fake_submit(bio);
	fake_submit(others);
	expect_went(test, 2);
	KUNIT_EXPECT_TRUE(test, others->bi_end_io == owners_end);
	complete_bio(test, bio);
	KUNIT_EXPECT_EQ(test, counted(device), 1ULL);
	KUNIT_EXPECT_EQ(test, counted(other), 0ULL);
	detach(test, device);
	KUNIT_EXPECT_NULL(test, submit_hooked);
	KUNIT_EXPECT_NULL(test, end_hooked);
	thr_port_close(&other->port);
	free_device(test, device);
	free_device(test, other);
}

static void what_comes_back_is_counted_once(struct kunit *test)
{
	struct device_ *device = new_device(test);
	struct bio *bio = new_bio(test, device);

	attach(test, device);
	limit(test, device);
	fake_submit(bio);
	/* The kernel has split something off its front. */
	bio->bi_iter.bi_size -= 50000;
	fake_submit(bio);
	expect_went(test, 2);
	complete_bio(test, bio);
	KUNIT_EXPECT_EQ(test, counted(device), 1ULL);
	detach(test, device);
	free_device(test, device);
}

static void every_disk_on_the_way_counts_it(struct kunit *test)
{
	struct device_ *above = new_device(test), *below = new_device(test);
	struct bio *bio = new_bio(test, above);

	attach(test, above);
	attach(test, below);
	fake_submit(bio);
	/* The disk above sends it on as it is, which fails, and then again. */
	bio->bi_bdev = &below->bdev;
	fake_submit(bio);
	bio->bi_bdev = &above->bdev;
	fake_submit(bio);
	bio->bi_bdev = &below->bdev;
	fake_submit(bio);
	expect_went(test, 4);
	complete_bio(test, bio);
	KUNIT_EXPECT_EQ(test, counted(above), 1ULL);
	KUNIT_EXPECT_EQ(test, counted(below), 1ULL);
	detach(test, above);
	KUNIT_EXPECT_NOT_NULL(test, submit_hooked);
	detach(test, below);
	KUNIT_EXPECT_NULL(test, submit_hooked);
	free_device(test, above);
	free_device(test, below);
}

static void what_waits_goes_with_the_disk(struct kunit *test)
{
	struct device_ *device = new_device(test);
	struct bio *bio[3];
	unsigned int i;

	attach(test, device);
	limit(test, device);
	for (i = 0; i < 3; i++) {
		bio[i] = new_bio(test, device);
		bio[i]->bi_opf |= REQ_NOWAIT;
		fake_submit(bio[i]);
	}
	expect_went(test, 1);
	/* del_gendisk() is called. */
	end_hooked->func(0, 0, end_hooked,
			 &(struct fake_regs){ .argument = (unsigned long)&device->gendisk });
	expect_went(test, 3);
	KUNIT_EXPECT_TRUE(test, bio[0]->bi_opf & REQ_NOWAIT);
	/* Nobody waits for these in their submitters any more. */
	KUNIT_EXPECT_FALSE(test, bio[2]->bi_opf & REQ_NOWAIT);
	for (i = 0; i < 3; i++)
		complete_bio(test, bio[i]);
	detach(test, device);
	free_device(test, device);
}

static void detaching_waits_for_nothing_in_the_device(struct kunit *test)
{
	struct device_ *device = new_device(test);
	struct bio *bio[2] = { new_bio(test, device), new_bio(test, device) };

	attach(test, device);
	limit(test, device);
	fake_submit(bio[0]);
	fake_submit(bio[1]);
	expect_went(test, 1);
	detach(test, device);
	expect_went(test, 2);
	synchronize_rcu();
	KUNIT_EXPECT_EQ(test, device->idle, 0U);
	complete_bio(test, bio[0]);
	complete_bio(test, bio[1]);
	free_device(test, device);
}

static void who_finds_no_memory_waits_for_some(struct kunit *test)
{
	struct device_ *device = new_device(test);
	struct bio *bio[3];
	unsigned int i;

	empty_stashes();
	attach(test, device);
	for (i = 0; i < 3; i++) {
		bio[i] = new_bio(test, device);
		memory_is_short = i;
		fake_submit(bio[i]);
	}
	expect_went(test, 1);
	KUNIT_EXPECT_TRUE(test, bio[1]->bi_end_io == owners_end);
	/* The end of one that has some makes room. */
	memory_is_short = false;
	complete_bio(test, bio[0]);
	expect_went(test, 3);
	KUNIT_EXPECT_PTR_EQ(test, last, bio[2]);
	complete_bio(test, bio[1]);
	complete_bio(test, bio[2]);
	KUNIT_EXPECT_EQ(test, counted(device), 3ULL);
	detach(test, device);
	free_device(test, device);
}

static unsigned int in_stashes(void)
{
	unsigned int cpu, count = 0;

	for_each_possible_cpu(cpu)
		count += per_cpu_ptr(&thr_stash, cpu)->count;
	return count;
}

/* Before anything is made that would have to be put away */
static struct device_ *new_device_with_stashes(struct kunit *test)
{
	if (IS_ENABLED(CONFIG_KASAN))
		kunit_skip(test, "nothing is kept where memory that is free is watched");
	return new_device(test);
}

static void a_record_that_is_free_serves_the_next(struct kunit *test)
{
	struct device_ *device = new_device_with_stashes(test);
	struct bio *bio[2] = { new_bio(test, device), new_bio(test, device) };

	empty_stashes();
	attach(test, device);
	/* On one processor */
	migrate_disable();
	fake_submit(bio[0]);
	complete_bio(test, bio[0]);
	KUNIT_EXPECT_EQ(test, in_stashes(), 1U);
	memory_is_short = true;
	fake_submit(bio[1]);
	memory_is_short = false;
	migrate_enable();
	expect_went(test, 2);
	KUNIT_EXPECT_EQ(test, in_stashes(), 0U);
	complete_bio(test, bio[1]);
	detach(test, device);
	free_device(test, device);
}

static void no_more_records_are_kept_than_there_is_room_for(struct kunit *test)
{
	struct device_ *device = new_device_with_stashes(test);
	struct bio *bio[THR_STASH + 1];
	unsigned int i;

	empty_stashes();
	attach(test, device);
	for (i = 0; i < ARRAY_SIZE(bio); i++) {
		bio[i] = new_bio(test, device);
		fake_submit(bio[i]);
	}
	migrate_disable();
	for (i = 0; i < ARRAY_SIZE(bio); i++)
		complete_bio(test, bio[i]);
	migrate_enable();
	KUNIT_EXPECT_EQ(test, in_stashes(), (unsigned int)THR_STASH);
	detach(test, device);
	free_device(test, device);
}

static void *no_memory(gfp_t gfp, void *data)
{
	return NULL;
}

/* Somebody may wait for that. */
static void a_pool_that_was_drawn_on_is_filled_first(struct kunit *test)
{
	struct device_ *device = new_device_with_stashes(test);
	struct bio *bio = new_bio(test, device);

	empty_stashes();
	attach(test, device);
	device->port.pool.alloc = no_memory;
	fake_submit(bio);
	device->port.pool.alloc = mempool_alloc_slab;
	expect_went(test, 1);
	KUNIT_EXPECT_EQ(test, device->port.pool.curr_nr, POOL_SIZE - 1);
	complete_bio(test, bio);
	KUNIT_EXPECT_EQ(test, device->port.pool.curr_nr, POOL_SIZE);
	KUNIT_EXPECT_EQ(test, in_stashes(), 0U);
	detach(test, device);
	free_device(test, device);
}

static void a_disk_is_caught_once(struct kunit *test)
{
	struct device_ *device = new_device(test), *other = new_device(test);

	attach(test, device);
	other->bdev.bd_disk = &device->gendisk;
	KUNIT_EXPECT_EQ(test, thr_catch_begin(&other->catch, &other->bdev), -EEXIST);
	detach(test, device);
	thr_port_close(&other->port);
	free_device(test, device);
	free_device(test, other);
}

static void nothing_is_left_where_ftrace_refuses(struct kunit *test)
{
	struct device_ *device = new_device(test);

	register_error = -EBUSY;
	KUNIT_EXPECT_EQ(test, thr_catch_begin(&device->catch, &device->bdev), -EBUSY);
	KUNIT_EXPECT_NULL(test, submit_hooked);
	KUNIT_EXPECT_NULL(test, end_hooked);
	register_error = 0;
	attach(test, device);
	detach(test, device);
	free_device(test, device);
}

/*
 * Chained bios that end in reverse order: the first one's end is the end of all. Returns how much
 * stack that took, if it was this task's.
 */
static unsigned long end_chain(struct kunit *test, struct device_ *device, unsigned int length)
{
	struct bio **bio = kunit_kcalloc(test, length, sizeof(*bio), GFP_KERNEL);
	unsigned int before = ended, i;

	KUNIT_ASSERT_NOT_NULL(test, bio);
	for (i = 0; i < length; i++) {
		bio[i] = new_bio(test, device);
		if (!i)
			continue;
		bio[i - 1]->bi_private = NULL;
		bio[i - 1]->bi_end_io = NULL;
		bio_chain(bio[i - 1], bio[i]);
		/* It stays the test's. */
		bio_get(bio[i - 1]);
	}
	for (i = 0; i < length; i++)
		fake_submit(bio[i]);
	for (i = length; i > 0; i--) {
		KUNIT_EXPECT_EQ(test, ended, before);
		bio_endio(bio[i - 1]);
	}
	for (i = 0; i < length && ended == before; i++)
		flush_workqueue(workqueue);
	KUNIT_EXPECT_EQ(test, ended, before + 1);
	return ended_in == current ? (unsigned long)&before - ended_at : 0;
}

static void a_chain_of_any_length_ends_on_a_short_stack(struct kunit *test)
{
	struct device_ *device = new_device(test);
	unsigned long stack;

	attach(test, device);
	end_chain(test, device, 3);
	stack = end_chain(test, device, 50);
	KUNIT_EXPECT_LT(test, stack, 2048UL);
	/* This would leave the stack. */
	if (stack < 2048)
		end_chain(test, device, 1000);
	KUNIT_EXPECT_EQ(test, counted(device), stack < 2048 ? 1053ULL : 53ULL);
	detach(test, device);
	free_device(test, device);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(what_nothing_limits_passes_and_is_counted),
	KUNIT_CASE(what_comes_back_is_counted_once),
	KUNIT_CASE(every_disk_on_the_way_counts_it),
	KUNIT_CASE(what_waits_goes_with_the_disk),
	KUNIT_CASE(detaching_waits_for_nothing_in_the_device),
	KUNIT_CASE(who_finds_no_memory_waits_for_some),
	KUNIT_CASE(a_chain_of_any_length_ends_on_a_short_stack),
	KUNIT_CASE(a_record_that_is_free_serves_the_next),
	KUNIT_CASE(no_more_records_are_kept_than_there_is_room_for),
	KUNIT_CASE(a_pool_that_was_drawn_on_is_filled_first),
	KUNIT_CASE(a_disk_is_caught_once),
	KUNIT_CASE(nothing_is_left_where_ftrace_refuses),
	{}
};

static int start_suite(struct kunit_suite *suite)
{
	int err = thr_port_module_init();

	if (err)
		return err;
	thr_chain_module_init();
	thr_class.name = "thr_catch_kunit";
	err = class_register(&thr_class);
	if (err)
		thr_port_module_exit();
	return err;
}

static void end_suite(struct kunit_suite *suite)
{
	class_unregister(&thr_class);
	rcu_barrier();
	thr_port_module_exit();
	thr_catch_module_exit();
}

static struct kunit_suite suite = {
	.name = "thr_catch",
	.suite_init = start_suite,
	.suite_exit = end_suite,
	.init = start,
	.test_cases = cases,
};

kunit_test_suite(suite);

MODULE_DESCRIPTION("Tests of bios that are caught");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
