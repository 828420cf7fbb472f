// SPDX-License-Identifier: GPL-2.0
/*
 * IP-Octal: power, and where its chip and its vector lie in the spaces of an IndustryPack slot.
 */

#include <linux/cleanup.h>
#include <linux/slab.h>

#include "ipoctal.h"

#define INT_WORDS	2

bool ipoctal_read(struct ip_module *module, enum ip_space space, u32 word, u8 lanes, u16 *value)
{
	struct ipoctal *ipoctal = ip_priv(module);

	switch (space) {
	case IP_INT:
		if (word >= INT_WORDS)
			return false;
		*value = IP_UNDRIVEN << 8 | ipoctal->vector;
		return true;
	case IP_MEM:
		*value = IP_UNDRIVEN << 8 | ipoctal->vector;
		return true;
	default:
		*value = IP_UNDRIVEN << 8 | IP_UNDRIVEN;
		if (lanes & IP_LANE_LOW)
			*value = IP_UNDRIVEN << 8 | scc2698_read(ipoctal->chip, word);
		return true;
	}
}

bool ipoctal_write(struct ip_module *module, enum ip_space space, u32 word, u8 lanes, u16 value)
{
	struct ipoctal *ipoctal = ip_priv(module);

	switch (space) {
	case IP_IO:
		if (lanes & IP_LANE_LOW)
			scc2698_write(ipoctal->chip, word, value);
		return true;
	case IP_MEM:
		if (lanes & IP_LANE_LOW)
			ipoctal->vector = value;
		return true;
	default:
		return false;
	}
}

void ipoctal_reset(struct ip_module *module)
{
	struct ipoctal *ipoctal = ip_priv(module);

	ipoctal->vector = 0;
	scc2698_reset(ipoctal->chip);
	if (ipoctal->fresh && ip_fault(module, -1, IPOCTAL_WARM_BOOT))
		scc2698_warm_boot(ipoctal->chip);
	ipoctal->fresh = false;
}

static int make_chip(struct ipoctal *ipoctal)
{
	struct scc2698 *chip = kzalloc(sizeof(*chip), GFP_KERNEL);

	if (!chip)
		return -ENOMEM;
	scc2698_init(chip, ipoctal->module);
	chip->ppm = ipoctal->ppm;
	chip->echo = ipoctal->echo;
	chip->mpo_enables_driver = ipoctal->kind == IPOCTAL_485;
	chip->handshake = ipoctal->kind == IPOCTAL_232 ||
			  (ipoctal->kind == IPOCTAL_422 && ipoctal->handshake);

	guard(vhw_world)();
	ipoctal->chip = chip;
	ipoctal->fresh = true;
	for (unsigned int i = 0; i < IPOCTAL_LINES; i++)
		scc2698_plug(chip, i, &ipoctal->line[i].port);
	return 0;
}

static void free_chip(struct ipoctal *ipoctal)
{
	struct scc2698 *chip = ipoctal->chip;

	scoped_guard(vhw_world) {
		scc2698_unplug(chip);
		ipoctal->chip = NULL;
	}
	kfree(chip);
}

int ipoctal_power_on(struct ip_module *module)
{
	struct ipoctal *ipoctal = ip_priv(module);
	int err;

	guard(mutex)(&ipoctal_cables);
	err = make_chip(ipoctal);
	if (err)
		return err;
	err = ipoctal_cables_power_on(ipoctal);
	if (err) {
		ipoctal_cables_power_off(ipoctal);
		free_chip(ipoctal);
		return err;
	}
	ipoctal->powered = true;
	return 0;
}

void ipoctal_power_off(struct ip_module *module)
{
	struct ipoctal *ipoctal = ip_priv(module);

	guard(mutex)(&ipoctal_cables);
	ipoctal_cables_power_off(ipoctal);
	free_chip(ipoctal);
	ipoctal->powered = false;
}
