// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>

#include "core.h"

static int __init vhw_init(void)
{
	int err = vhw_world_init(&vhw_delivery);

	if (err)
		return err;
	err = vhw_irq_init();
	if (err)
		goto exit_world;
	err = vhw_msi_init();
	if (err)
		goto exit_irq;
	err = vhw_bus_init();
	if (err)
		goto exit_msi;
	err = vhw_configfs_init();
	if (err)
		goto exit_bus;
	return 0;

exit_bus:
	vhw_bus_exit();
exit_msi:
	vhw_msi_exit();
exit_irq:
	vhw_irq_exit();
exit_world:
	vhw_world_exit();
	return err;
}
module_init(vhw_init);

static void __exit vhw_exit(void)
{
	vhw_configfs_exit();
	vhw_bus_exit();
	vhw_msi_exit();
	vhw_irq_exit();
	vhw_world_exit();
	rcu_barrier();	/* mappings */
}
module_exit(vhw_exit);

MODULE_DESCRIPTION("Virtual hardware: PCI boards made of models");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION(MEZZANINE_VERSION);
