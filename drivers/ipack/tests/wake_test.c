// SPDX-License-Identifier: GPL-2.0
/*
 * Wakes a machine that sleeps, for tests of suspend and resume on machines without a clock that
 * does.
 */
#include <linux/module.h>
#include <linux/suspend.h>
#include <linux/timer.h>

static void wake(struct timer_list *timer)
{
	pm_system_wakeup();
}

static DEFINE_TIMER(wake_timer, wake);

static int set_after_ms(const char *text, const struct kernel_param *param)
{
	unsigned int ms;
	int ret = kstrtouint(text, 0, &ms);

	if (ret)
		return ret;
	mod_timer(&wake_timer, jiffies + msecs_to_jiffies(ms));
	return 0;
}

static const struct kernel_param_ops after_ms_ops = {
	.set = set_after_ms,
};

module_param_cb(after_ms, &after_ms_ops, NULL, 0200);
MODULE_PARM_DESC(after_ms, "writing it wakes the machine so many milliseconds later");

static int __init wake_test_init(void)
{
	return 0;
}
module_init(wake_test_init);

static void __exit wake_test_exit(void)
{
	timer_shutdown_sync(&wake_timer);
}
module_exit(wake_test_exit);

MODULE_DESCRIPTION("Waking a machine, for tests");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
