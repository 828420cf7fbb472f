// SPDX-License-Identifier: GPL-2.0
/*
 * Handlers of INTA# that are threads: because their driver wants it so, because of "threadirqs" on
 * the kernel's command line, or because the kernel is a real-time one. Are they still at work?
 *
 * The kernel counts the threads that an interrupt woke until they have returned. A thread that
 * runs, wants a processor, or waits for a spinlock is a slow handler, for which the world waits.
 * One that sleeps may wait for the world itself, so that must go on.
 */
#include <linux/interrupt.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/sched.h>

#include "core.h"

/**
 * struct line - an interrupt line's threads
 * @desc: the kernel's descriptor, NULL while the board has none
 * @sleeps: how often the threads have gone to sleep, when last seen
 */
static struct line {
	struct irq_desc *desc;
	unsigned long sleeps;
} lines[VHW_BOARDS_MAX];	/* protected by the world's lock */

/**
 * vhw_irq_threads_of() - a board is given an interrupt, or loses it
 * @index: the board
 * @data: the interrupt, or NULL
 */
void vhw_irq_threads_of(unsigned int index, struct irq_data *data)
{
	guard(vhw_world)();
	lines[index].desc = data ? irq_data_to_desc(data) : NULL;
}

static bool look_at(const struct irqaction *action, unsigned long *sleeps)
{
	const struct task_struct *thread = action->thread;

	if (!thread)
		return false;
	*sleeps += READ_ONCE(thread->nvcsw);
	return !(READ_ONCE(thread->__state) & TASK_NORMAL);
}

/*
 * Does a thread run? The descriptor's lock keeps the threads from going. It is held around our mask
 * and unmask, which enter the world, so it can only be tried for. Return: -EBUSY if it is taken.
 */
static int look(struct line *line, unsigned long *sleeps)
{
	struct irqaction *action;
	int runs = 0;

	/* On one processor a lock that is taken is ours, and trying for it is reported. */
	if (raw_spin_is_locked(&line->desc->lock) || !raw_spin_trylock(&line->desc->lock))
		return -EBUSY;
	*sleeps = 0;
	for (action = line->desc->action; action; action = action->next) {
		runs |= look_at(action, sleeps);
		if (action->secondary)
			runs |= look_at(action->secondary, sleeps);
	}
	raw_spin_unlock(&line->desc->lock);
	return runs;
}

/**
 * vhw_irq_threads_start() - the handlers have returned: did they wake threads?
 * @index: of which board
 *
 * Context: world.
 * Return: whether there are threads that have not returned.
 */
bool vhw_irq_threads_start(unsigned int index)
{
	struct line *line = &lines[index];

	vhw_assert_world();
	if (!line->desc || !atomic_read(&line->desc->threads_active))
		return false;
	look(line, &line->sleeps);
	return true;
}

/**
 * vhw_irq_threads() - what the threads that were woken do
 * @index: of which board, after vhw_irq_threads_start()
 *
 * A real-time kernel counts a wait for a spinlock as sleep, too. There only a thread that is found
 * asleep has slept.
 *
 * Context: world.
 * Return: what they do.
 */
enum vhw_threads vhw_irq_threads(unsigned int index)
{
	struct line *line = &lines[index];
	unsigned long sleeps, before = line->sleeps;
	int runs;

	vhw_assert_world();
	if (!line->desc || !atomic_read(&line->desc->threads_active))
		return VHW_THREADS_DONE;
	runs = look(line, &sleeps);
	if (runs < 0)
		return VHW_THREADS_RUN;
	line->sleeps = sleeps;
	if (!runs || (sleeps != before && !IS_ENABLED(CONFIG_PREEMPT_RT)))
		return VHW_THREADS_SLEPT;
	return VHW_THREADS_RUN;
}
