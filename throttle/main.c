// SPDX-License-Identifier: GPL-2.0
/* Module init and exit. */
#include <linux/module.h>

#include "thr.h"

static int __init thr_init(void)
{
	int err;

	err = thr_disk_module_init();
	if (err)
		return err;
	thr_sysfs_init();
	err = class_register(&thr_class);
	if (err)
		goto exit_disks;
	err = thr_configfs_init();
	if (err)
		goto unregister_class;
	return 0;

unregister_class:
	class_unregister(&thr_class);
exit_disks:
	thr_disk_module_exit();
	return err;
}

static void __exit thr_exit(void)
{
	thr_configfs_exit();
	class_unregister(&thr_class);
	/* Groups, intervals and histograms are freed after a grace period. */
	rcu_barrier();
	thr_disk_module_exit();
}

module_init(thr_init);
module_exit(thr_exit);

MODULE_DESCRIPTION("Throttle groups: disks that share limits");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
