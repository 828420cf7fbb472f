// SPDX-License-Identifier: GPL-2.0
/* Modules in the slots of a TPCI200: power on and off. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/slab.h>

#include "tpci200.h"

static const u8 models[] = {
	[TPCI200_IPOCTAL232] = IPOCTAL_MODEL_232,
	[TPCI200_IPOCTAL422] = IPOCTAL_MODEL_422,
	[TPCI200_IPOCTAL485] = IPOCTAL_MODEL_485,
};

/* After a change of what its content follows from */
void tpci200_slot_make_prom(struct tpci200_slot *slot)
{
	if (!slot->id_custom)
		ip_idprom_make(&slot->prom, slot->id_format, models[slot->kind]);
}

static int insert_module(struct tpci200_slot *slot)
{
	struct ipoctal *ipoctal = kzalloc(sizeof(*ipoctal), GFP_KERNEL);
	struct scc2698 *chip;

	if (!ipoctal)
		return -ENOMEM;
	ipoctal_init(ipoctal, slot->carrier->board, slot->index, &slot->prom);
	chip = &ipoctal->chip;
	chip->ppm = slot->ppm;
	chip->echo = slot->echo;
	chip->mpo_enables_driver = slot->kind == TPCI200_IPOCTAL485;
	chip->handshake = slot->kind == TPCI200_IPOCTAL232 ||
			  (slot->kind == TPCI200_IPOCTAL422 && slot->handshake);

	guard(vhw_world)();
	slot->ipoctal = ipoctal;
	for (unsigned int i = 0; i < TPCI200_LINES; i++)
		scc2698_plug(chip, i, &slot->line[i].port);
	return 0;
}

static void remove_module(struct tpci200_slot *slot)
{
	struct ipoctal *ipoctal = slot->ipoctal;

	if (!ipoctal)
		return;
	scoped_guard(vhw_world) {
		scc2698_unplug(&ipoctal->chip);
		slot->ipoctal = NULL;
	}
	kfree(ipoctal);
}

static void power_off_slots(struct tpci200 *carrier)
{
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++) {
		tpci200_cables_power_off(&carrier->slot[i]);
		remove_module(&carrier->slot[i]);
	}
}

static int power_on_slots(struct tpci200 *carrier)
{
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++) {
		struct tpci200_slot *slot = &carrier->slot[i];
		int err;

		if (slot->kind == TPCI200_EMPTY)
			continue;
		err = insert_module(slot) ?: tpci200_cables_power_on(slot);
		if (err)
			return err;
	}
	return 0;
}

int tpci200_power_on(struct vhw_board *board)
{
	struct tpci200 *carrier = vhw_priv(board);
	int err;

	guard(mutex)(&tpci200_cables);
	err = power_on_slots(carrier);
	if (err)
		power_off_slots(carrier);
	else
		carrier->powered = true;
	return err;
}

void tpci200_power_off(struct vhw_board *board)
{
	struct tpci200 *carrier = vhw_priv(board);

	guard(mutex)(&tpci200_cables);
	power_off_slots(carrier);
	carrier->powered = false;
}
