// SPDX-License-Identifier: GPL-2.0
/*
 * The world: one lock, one clock, one queue of events, one timer of the machine's that wakes it.
 *
 * Whoever takes the lock first runs the events that are due, so nothing ever sees a model that is
 * late. The machine's timer is a hard one: it must fire while a driver waits with softirqs off.
 * It also is where interrupts are delivered, outside the lock, because a handler's first act is
 * to read a register.
 */
#include <linux/bitops.h>
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/moduleparam.h>
#include <linux/spinlock.h>

#include "core.h"

/*
 * How much time passes at most from one entry into the world to the next while a handler is at
 * work: what an access takes on a slow bus
 */
#define ACCESS_NS	2000
/* When to look again then, if nobody enters: the machine needs time for its handlers */
#define PATIENCE_NS	NSEC_PER_MSEC

static unsigned int late_us = 100;
module_param(late_us, uint, 0644);
MODULE_PARM_DESC(late_us, "How late events may be before virtual time stands still, microseconds; 0: it never does");

/**
 * struct vhw_world - the world
 * @lock: protects all that is virtual; raw, because it is taken in exceptions and in hard timers
 * @queue: events
 * @now: time of the event that runs, or when the lock was taken: time stands still for whoever
 *	holds it, or an event could find that another has already looked beyond it. 0: not read yet
 * @slip: how far the world's clock is behind the machine's
 * @timer: the machine's
 * @armed: for when @timer is set, U64_MAX when it is not
 * @due: boards, by their indexes, whose interrupts wait to be delivered
 * @deliver: there are such
 * @handled: boards whose handler for INTA# was called for and has not returned
 * @handling: how many they are
 * @threaded: those of @handled whose handler left the rest to threads
 * @threads: how many they are
 * @handlers: who calls them, and knows of their threads
 * @entered: time when somebody last took the lock meanwhile
 */
static struct vhw_world {
	raw_spinlock_t lock;
	struct timerqueue_head queue;
	u64 now;
	u64 slip;
	struct hrtimer timer;
	u64 armed;
	DECLARE_BITMAP(due, VHW_BOARDS_MAX);
	bool deliver;
	DECLARE_BITMAP(handled, VHW_BOARDS_MAX);
	unsigned int handling;
	DECLARE_BITMAP(threaded, VHW_BOARDS_MAX);
	unsigned int threads;
	const struct vhw_handlers *handlers;
	u64 entered;
} world = {
	.lock = __RAW_SPIN_LOCK_UNLOCKED(world.lock),
	.armed = U64_MAX,
};

/**
 * vhw_assert_world() - the caller must hold the world's lock
 */
void vhw_assert_world(void)
{
	lockdep_assert_held(&world.lock);
}
EXPORT_SYMBOL_GPL(vhw_assert_world);

/* Whose threads have returned is done. Return: is any handler left, or only threads that sleep? */
static bool handlers_run(void)
{
	unsigned int asleep = 0;
	unsigned int index;

	if (!world.threads)
		return world.handling;
	for_each_set_bit(index, world.threaded, VHW_BOARDS_MAX) {
		enum vhw_threads state = world.handlers->threads(index);

		if (state == VHW_THREADS_DONE)
			vhw_world_delivered(index);
		else if (state == VHW_THREADS_SLEPT)
			asleep++;
	}
	return world.handling > asleep;
}

/*
 * The time to be. A machine that is late for its first event by more than is allowed (its host
 * ran something else) makes the world stand still for as long, so that boards do not run ahead of
 * drivers that had no chance to follow. Likewise a processor that is slower than a real one, or
 * taken away, between an interrupt and the end of its handler.
 */
static u64 world_time(const struct timerqueue_node *first)
{
	u64 now = ktime_get_ns() - world.slip;
	bool waits = handlers_run();
	u64 latest = U64_MAX;

	if (!late_us)
		return now;
	if (first)
		latest = first->expires + late_us * NSEC_PER_USEC;
	if (waits)
		latest = min(latest, world.entered + ACCESS_NS);
	if (now <= latest)
		return now;
	world.slip += now - latest;
	return latest;
}

/**
 * vhw_now() - nanoseconds on the world's clock
 *
 * Context: world.
 * Return: in a timer's callback, the time for which it was set; else the machine's monotonic
 * clock when the world's lock was taken.
 */
u64 vhw_now(void)
{
	vhw_assert_world();
	if (!world.now)
		world.now = world_time(NULL);
	return world.now;
}
EXPORT_SYMBOL_GPL(vhw_now);

static void run_due(void)
{
	struct timerqueue_node *node = timerqueue_getnext(&world.queue);
	u64 now = world_time(node);

	while (node && node->expires <= now) {
		struct vhw_timer *timer = container_of(node, struct vhw_timer, node);

		timerqueue_del(&world.queue, node);
		world.now = node->expires;
		timer->expired(timer, world.now);
		node = timerqueue_getnext(&world.queue);
	}
	world.now = now;
}

/* Firing too early is harmless, so the timer is only ever pulled forward */
static void arm(void)
{
	struct timerqueue_node *node = timerqueue_getnext(&world.queue);
	u64 when = node ? node->expires + world.slip : U64_MAX;
	u64 patience = world.entered + world.slip + PATIENCE_NS;

	if (world.threads)
		when = patience;	/* somebody has to see that they sleep */
	else if (world.handling)
		when = max(when, patience);
	if (world.deliver)
		when = 0;
	if (when >= world.armed)
		return;
	world.armed = when;
	hrtimer_start(&world.timer, when, HRTIMER_MODE_ABS_HARD);
}

/* Seldom needed, and so out of the way of every access. Return: @flags */
static noinline unsigned long catch_up(unsigned long flags)
{
	run_due();
	if (world.handling)
		world.entered = world.now;
	return flags;
}

/**
 * vhw_world_lock() - enter the world; events that are due run first
 *
 * Return: flags for vhw_world_unlock().
 */
unsigned long vhw_world_lock(void)
	__acquires(&world.lock)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&world.lock, flags);
	if (unlikely(timerqueue_getnext(&world.queue) || world.handling))
		return catch_up(flags);
	world.now = 0;	/* read when somebody asks */
	return flags;
}
EXPORT_SYMBOL_GPL(vhw_world_lock);

/* Likewise */
static noinline void leave_armed(unsigned long flags)
	__releases(&world.lock)
{
	arm();
	raw_spin_unlock_irqrestore(&world.lock, flags);
}

/**
 * vhw_world_unlock() - leave the world
 * @flags: from vhw_world_lock()
 */
void vhw_world_unlock(unsigned long flags)
	__releases(&world.lock)
{
	if (unlikely(timerqueue_getnext(&world.queue) || world.deliver || world.threads))
		leave_armed(flags);
	else
		raw_spin_unlock_irqrestore(&world.lock, flags);
}
EXPORT_SYMBOL_GPL(vhw_world_unlock);

/**
 * vhw_timer_init() - make a timer
 * @timer: the timer
 * @board: whose power it needs
 * @expired: called when it expires
 */
void vhw_timer_init(struct vhw_timer *timer, struct vhw_board *board,
		    void (*expired)(struct vhw_timer *timer, u64 when))
{
	timerqueue_init(&timer->node);
	timer->board = board;
	timer->expired = expired;
}
EXPORT_SYMBOL_GPL(vhw_timer_init);

/**
 * vhw_timer_start() - set a timer, or set it anew; nothing happens on a board without power
 * @timer: the timer
 * @when: absolute, on the world's clock; a time that has passed means at once
 *
 * Context: world.
 */
void vhw_timer_start(struct vhw_timer *timer, u64 when)
{
	vhw_assert_world();
	vhw_timer_stop(timer);
	if (timer->board->state != VHW_STARTING && timer->board->state != VHW_LIVE)
		return;
	/* an event never starts one before itself */
	timer->node.expires = max(when, vhw_now());
	timerqueue_add(&world.queue, &timer->node);
}
EXPORT_SYMBOL_GPL(vhw_timer_start);

/**
 * vhw_timer_stop() - unset a timer, whether or not it is set
 * @timer: the timer
 *
 * Context: world.
 */
void vhw_timer_stop(struct vhw_timer *timer)
{
	vhw_assert_world();
	if (vhw_timer_active(timer))
		timerqueue_del(&world.queue, &timer->node);
}
EXPORT_SYMBOL_GPL(vhw_timer_stop);

/**
 * vhw_timer_active() - is a timer set?
 * @timer: the timer
 *
 * Context: world.
 * Return: whether it will expire.
 */
bool vhw_timer_active(const struct vhw_timer *timer)
{
	return !RB_EMPTY_NODE(&timer->node.node);
}
EXPORT_SYMBOL_GPL(vhw_timer_active);

/**
 * vhw_world_drop() - a board loses power: its timers are unset
 * @board: the board
 */
void vhw_world_drop(struct vhw_board *board)
{
	struct timerqueue_node *node, *next;

	vhw_assert_world();
	for (node = timerqueue_getnext(&world.queue); node; node = next) {
		next = timerqueue_iterate_next(node);
		if (container_of(node, struct vhw_timer, node)->board == board)
			timerqueue_del(&world.queue, node);
	}
}

/**
 * vhw_world_deliver() - have handlers called from the machine's timer, at once
 * @index: for which board
 * @wait: let time pass no faster than the handler works, until vhw_world_delivered()
 */
void vhw_world_deliver(unsigned int index, bool wait)
{
	vhw_assert_world();
	__set_bit(index, world.due);
	world.deliver = true;
	if (wait) {
		world.entered = vhw_now();
		if (!__test_and_set_bit(index, world.handled))
			world.handling++;
		if (__test_and_clear_bit(index, world.threaded))
			world.threads--;
	}
}

/**
 * vhw_world_threaded() - the handlers have returned, their threads have not
 * @index: of which board
 */
void vhw_world_threaded(unsigned int index)
{
	vhw_assert_world();
	if (test_bit(index, world.handled) && !__test_and_set_bit(index, world.threaded))
		world.threads++;
}

/**
 * vhw_world_delivered() - the handlers have returned, and their threads
 * @index: of which board
 */
void vhw_world_delivered(unsigned int index)
{
	vhw_assert_world();
	if (__test_and_clear_bit(index, world.handled))
		world.handling--;
	if (__test_and_clear_bit(index, world.threaded))
		world.threads--;
}

static enum hrtimer_restart fire(struct hrtimer *timer)
{
	unsigned long flags = vhw_world_lock();
	DECLARE_BITMAP(due, VHW_BOARDS_MAX);
	unsigned int index;

	bitmap_copy(due, world.due, VHW_BOARDS_MAX);
	bitmap_zero(world.due, VHW_BOARDS_MAX);
	world.deliver = false;
	world.armed = U64_MAX;
	vhw_world_unlock(flags);

	for_each_set_bit(index, due, VHW_BOARDS_MAX)
		world.handlers->deliver(index);
	return HRTIMER_NORESTART;
}

/**
 * vhw_world_init() - make the world
 * @handlers: who calls the handlers of interrupts
 *
 * Return: 0.
 */
int vhw_world_init(const struct vhw_handlers *handlers)
{
	world.handlers = handlers;
	timerqueue_init_head(&world.queue);
	compat_hrtimer_setup(&world.timer, fire, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	return 0;
}

/**
 * vhw_world_exit() - end it; no board is left
 */
void vhw_world_exit(void)
{
	hrtimer_cancel(&world.timer);
}
