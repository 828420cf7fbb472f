// SPDX-License-Identifier: GPL-2.0
/* Modules in the slots of a TPCI200: plugged and unplugged, power on and off. */

#include <linux/cleanup.h>
#include <linux/slab.h>

#include "tpci200.h"

/* After a change of what its content follows from */
void tpci200_slot_make_prom(struct tpci200_slot *slot)
{
	static const struct ip_id nobody;

	if (!slot->id_custom)
		ip_idprom_make(&slot->prom, slot->id_format,
			       slot->module ? &slot->module->model->id : &nobody);
}

static void set_module(struct tpci200_slot *slot, struct ip_module *module)
{
	scoped_guard(vhw_world)
		slot->module = module;
	tpci200_slot_make_prom(slot);
}

static void free_module(struct vhw_part *part)
{
	kvfree(container_of(part, struct ip_module, part));
}

/* What has begun ends, whatever became of it: its kind is given back */
static void discard(struct ip_module *module)
{
	const struct ip_model *model = module->model;

	if (model->exit)
		model->exit(module);
	vhw_part_discard(&module->part);
	vhw_parts_put(&model->part);
}

/**
 * tpci200_slot_plug() - put a module into an empty slot of a board without power
 * @slot: the slot
 * @part: what kind; it is given back when this fails, or when the module is taken out
 *
 * Context: the carrier's lock is held.
 * Return: 0 or -errno.
 */
int tpci200_slot_plug(struct tpci200_slot *slot, const struct vhw_part_model *part)
{
	const struct ip_model *model = container_of(part, const struct ip_model, part);
	struct vhw_board *board = slot->carrier->board;
	struct ip_module *module;
	int err;

	lockdep_assert_held(&slot->carrier->lock);
	module = kvzalloc(struct_size(module, priv, DIV_ROUND_UP(part->size, 8)), GFP_KERNEL);
	if (!module || vhw_part_init(&module->part, part, board, &slot->group, slot->index,
				     free_module)) {
		kvfree(module);
		vhw_parts_put(part);
		return -ENOMEM;
	}
	module->model = model;
	module->carrier = &tpci200_services;
	module->board = board;
	module->slot = slot->index;
	err = model->init ? model->init(module) : 0;
	if (!err) {
		set_module(slot, module);
		err = vhw_part_plug(&module->part);
	}
	if (err) {
		set_module(slot, NULL);
		discard(module);
	}
	return err;
}

/**
 * tpci200_slot_unplug() - take the module, if any, out of a slot of a board without power
 * @slot: the slot
 *
 * Context: the carrier's lock is held.
 */
void tpci200_slot_unplug(struct tpci200_slot *slot)
{
	struct ip_module *module = slot->module;

	lockdep_assert_held(&slot->carrier->lock);
	if (!module)
		return;
	set_module(slot, NULL);
	vhw_part_unplug(&module->part);
	discard(module);
}

/* rmdir */
void tpci200_strip(struct vhw_board *board)
{
	struct tpci200 *carrier = vhw_priv(board);

	guard(mutex)(&carrier->lock);
	carrier->leaving = true;
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++)
		tpci200_slot_unplug(&carrier->slot[i]);
}

/* The first so many slots */
static void power_off_slots(struct tpci200 *carrier, unsigned int count)
{
	while (count--) {
		struct ip_module *module = carrier->slot[count].module;

		if (module && module->model->power_off)
			module->model->power_off(module);
	}
}

int tpci200_power_on(struct vhw_board *board)
{
	struct tpci200 *carrier = vhw_priv(board);

	guard(mutex)(&carrier->lock);
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++) {
		struct ip_module *module = carrier->slot[i].module;
		int err = module && module->model->power_on ? module->model->power_on(module) : 0;

		if (err) {
			power_off_slots(carrier, i);
			return err;
		}
	}
	carrier->powered = true;
	return 0;
}

void tpci200_power_off(struct vhw_board *board)
{
	struct tpci200 *carrier = vhw_priv(board);

	guard(mutex)(&carrier->lock);
	power_off_slots(carrier, TPCI200_SLOTS);
	carrier->powered = false;
}
