// SPDX-License-Identifier: GPL-2.0
/* Kinds of IndustryPack module that a slot can be given. */

#include <linux/export.h>

#include "tpci200.h"

VHW_PARTS(tpci200_modules, "vhw-ip");

/**
 * vhw_ip_module_register() - offer a kind of IndustryPack module
 * @model: the kind
 *
 * Return: 0; -EINVAL for a name that is none, with a line in the log; -EEXIST.
 */
int vhw_ip_module_register(struct ip_model *model)
{
	return vhw_parts_add(&tpci200_modules, &model->part);
}
EXPORT_SYMBOL_GPL(vhw_ip_module_register);

/**
 * vhw_ip_module_unregister() - withdraw it; a module in a slot pins its kernel module
 * @model: the kind
 */
void vhw_ip_module_unregister(struct ip_model *model)
{
	vhw_parts_remove(&tpci200_modules, &model->part);
}
EXPORT_SYMBOL_GPL(vhw_ip_module_unregister);
