// SPDX-License-Identifier: GPL-2.0
/* Kinds of IndustryPack module that a slot can be given. */

#include <linux/export.h>

#include "tpci200.h"

static VHW_PARTS(modules, "vhw-ip");

/**
 * vhw_ip_module_register() - offer a kind of IndustryPack module
 * @model: the kind
 *
 * Return: 0; -EINVAL for a name that is none, with a line in the log; -EEXIST.
 */
int vhw_ip_module_register(struct ip_model *model)
{
	return vhw_parts_add(&modules, &model->part);
}
EXPORT_SYMBOL_GPL(vhw_ip_module_register);

/**
 * vhw_ip_module_unregister() - withdraw it; a module in a slot pins its kernel module
 * @model: the kind
 */
void vhw_ip_module_unregister(struct ip_model *model)
{
	vhw_parts_remove(&modules, &model->part);
}
EXPORT_SYMBOL_GPL(vhw_ip_module_unregister);

/* May load a module */
const struct ip_model *tpci200_model_get(const char *name)
{
	const struct vhw_part_model *model = vhw_parts_get(&modules, name);

	return model ? container_of(model, const struct ip_model, part) : NULL;
}

void tpci200_model_put(const struct ip_model *model)
{
	vhw_parts_put(model ? &model->part : NULL);
}

void tpci200_models_list(char *text, size_t size)
{
	vhw_parts_list(&modules, text, size);
}
