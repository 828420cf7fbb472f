// SPDX-License-Identifier: GPL-2.0
/*
 * What the sleep of the whole system is to one board: its driver, and every device below it, are
 * suspended by the callbacks and in the order that the kernel uses; the board loses power and gets
 * it back; all are resumed. The rest of the machine stays awake, so that this can be tried where
 * the machine itself could not sleep.
 */
#include <linux/interrupt.h>
#include <linux/pm.h>
#include <linux/slab.h>

#include "core.h"

enum phase { PREPARE, SUSPEND, LATE, NOIRQ, PHASES };

typedef int (*pm_callback)(struct device *dev);

/**
 * struct sleeper - a device that goes to sleep with the board
 * @list: parents before their children
 * @dev: it
 * @phases: of going to sleep that it has been through
 */
struct sleeper {
	struct list_head list;
	struct device *dev;
	unsigned int phases;
};

static int add_sleeper(struct device *dev, void *data)
{
	struct list_head *sleepers = data;
	struct sleeper *sleeper = kzalloc(sizeof(*sleeper), GFP_KERNEL);

	if (!sleeper)
		return -ENOMEM;
	sleeper->dev = get_device(dev);
	list_add_tail(&sleeper->list, sleepers);
	return device_for_each_child(dev, sleepers, add_sleeper);
}

static void free_sleepers(struct list_head *sleepers)
{
	struct sleeper *sleeper, *next;

	list_for_each_entry_safe(sleeper, next, sleepers, list) {
		put_device(sleeper->dev);
		kfree(sleeper);
	}
}

/* The first of these that exists has the say; a driver is asked where it says nothing */
static const struct dev_pm_ops *subsystem_ops(const struct device *dev)
{
	if (dev->pm_domain)
		return &dev->pm_domain->ops;
	if (dev->type && dev->type->pm)
		return dev->type->pm;
	if (dev->class && dev->class->pm)
		return dev->class->pm;
	return dev->bus ? dev->bus->pm : NULL;
}

static pm_callback falling_asleep(const struct dev_pm_ops *ops, enum phase phase)
{
	const pm_callback callbacks[PHASES] = {
		[PREPARE] = ops->prepare,
		[SUSPEND] = ops->suspend,
		[LATE] = ops->suspend_late,
		[NOIRQ] = ops->suspend_noirq,
	};

	return callbacks[phase];
}

static pm_callback waking_up(const struct dev_pm_ops *ops, enum phase phase)
{
	const pm_callback callbacks[PHASES] = {
		[SUSPEND] = ops->resume,
		[LATE] = ops->resume_early,
		[NOIRQ] = ops->resume_noirq,
	};

	return callbacks[phase];
}

/*
 * The board's own device stays locked from end to end: its driver would find an interrupt switched
 * off, or on, that it has given back, if it came or went in between
 */
static void lock_sleeper(struct device *dev)
{
	if (!dev_is_pci(dev))
		device_lock(dev);
}

static void unlock_sleeper(struct device *dev)
{
	if (!dev_is_pci(dev))
		device_unlock(dev);
}

static int call(struct device *dev, enum phase phase,
		pm_callback (*of)(const struct dev_pm_ops *ops, enum phase phase))
{
	const struct dev_pm_ops *ops;
	pm_callback callback;
	int err = 0;

	lock_sleeper(dev);
	ops = subsystem_ops(dev);
	callback = ops ? of(ops, phase) : NULL;
	if (!callback && dev->driver && dev->driver->pm)
		callback = of(dev->driver->pm, phase);
	if (callback)
		err = callback(dev);
	unlock_sleeper(dev);
	return min(err, 0);
}

static void complete_sleep(struct device *dev)
{
	const struct dev_pm_ops *ops;

	lock_sleeper(dev);
	ops = subsystem_ops(dev);
	if (ops && ops->complete)
		ops->complete(dev);
	else if (dev->driver && dev->driver->pm && dev->driver->pm->complete)
		dev->driver->pm->complete(dev);
	unlock_sleeper(dev);
}

static int go_down(struct list_head *sleepers, enum phase phase)
{
	struct sleeper *sleeper;
	int err;

	list_for_each_entry_reverse(sleeper, sleepers, list) {
		/* as the PM core says to subsystems: none may be left asleep */
		sleeper->dev->power.must_resume = true;
		err = call(sleeper->dev, phase, falling_asleep);
		if (err)
			return err;
		sleeper->phases = phase + 1;
	}
	return 0;
}

/* Undo a phase for those that went through it. Returns the first error, but goes on */
static int come_up(struct list_head *sleepers, enum phase phase)
{
	struct sleeper *sleeper;
	int err = 0;

	list_for_each_entry(sleeper, sleepers, list) {
		if (sleeper->phases <= phase)
			continue;
		if (phase == PREPARE)
			complete_sleep(sleeper->dev);
		else
			err = call(sleeper->dev, phase, waking_up) ?: err;
	}
	return err;
}

static int sleep_and_wake(struct vhw_board *board, struct list_head *sleepers, int irq)
{
	int err = 0, wake_err;
	int phase;

	for (phase = PREPARE; phase < NOIRQ && !err; phase++)
		err = go_down(sleepers, phase);
	if (irq)	/* of a driver's */
		disable_irq(irq);
	if (!err)
		err = go_down(sleepers, NOIRQ);
	if (!err) {
		guard(vhw_world)();
		vhw_board_reset(board);
	}
	wake_err = come_up(sleepers, NOIRQ);
	if (irq)
		enable_irq(irq);
	for (phase = LATE; phase >= PREPARE; phase--)
		wake_err = come_up(sleepers, phase) ?: wake_err;
	return err ?: wake_err;
}

/**
 * vhw_board_suspend() - "echo 1 > suspend"
 * @board: the board, in state VHW_LIVE
 *
 * Return: 0, or the error of a driver's callback; all devices are awake again in any case.
 */
int vhw_board_suspend(struct vhw_board *board)
{
	LIST_HEAD(sleepers);
	struct pci_dev *pdev;
	int err = -ENODEV;

	lockdep_assert_held(&board->lock);
	pci_lock_rescan_remove();
	scoped_guard(vhw_world)
		pdev = pci_dev_get(board->pdev);
	if (pdev) {
		device_lock(&pdev->dev);
		err = add_sleeper(&pdev->dev, &sleepers) ?:
		      sleep_and_wake(board, &sleepers, irq_has_action(pdev->irq) ? pdev->irq : 0);
		device_unlock(&pdev->dev);
		free_sleepers(&sleepers);
		pci_dev_put(pdev);
	}
	pci_unlock_rescan_remove();
	return err;
}
