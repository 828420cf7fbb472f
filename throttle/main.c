// SPDX-License-Identifier: GPL-2.0
/* Module init and exit. */
#include <linux/module.h>

#include "attributes.h"
#include "chain.h"
#include "configfs.h"
#include "inplace.h"
#include "port.h"
#include "sleep.h"
#include "stacked.h"

static int __init thr_init(void)
{
	int err;

	err = thr_port_module_init();
	if (err)
		return err;
	thr_chain_module_init();
	err = thr_class_init();
	if (err)
		goto exit_ports;
	err = thr_sleep_init();
	if (err)
		goto unregister_class;
	err = thr_configfs_init();
	if (err)
		goto exit_sleep;
	return 0;

exit_sleep:
	thr_sleep_exit();
unregister_class:
	thr_class_exit();
exit_ports:
	thr_port_module_exit();
	return err;
}

static void __exit thr_exit(void)
{
	thr_configfs_exit();
	thr_sleep_exit();
	thr_class_exit();
	/* Groups, intervals and histograms are freed after a grace period. */
	rcu_barrier();
	thr_inplace_module_exit();
	thr_stacked_module_exit();
	thr_port_module_exit();
}

module_init(thr_init);
module_exit(thr_exit);

MODULE_DESCRIPTION("Throttle groups: disks that share limits");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
