// SPDX-License-Identifier: GPL-2.0
/*
 * A task that waits for its request cannot be frozen, and an image of gigabytes is not to be
 * written as slowly as a limit has it. So nothing waits from before a machine freezes its tasks
 * until they run again.
 */
#include <linux/suspend.h>

#include "group.h"
#include "sleep.h"

static int on_change(struct notifier_block *block, unsigned long event, void *data)
{
	switch (event) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		thr_groups_suspend();
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		thr_groups_resume();
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block notifier = { .notifier_call = on_change };

/**
 * thr_sleep_init - take notice when the machine goes to sleep
 *
 * Return: 0 or an errno.
 */
int thr_sleep_init(void)
{
	return register_pm_notifier(&notifier);
}

/**
 * thr_sleep_exit - and no more
 */
void thr_sleep_exit(void)
{
	unregister_pm_notifier(&notifier);
}
