// SPDX-License-Identifier: GPL-2.0
/*
 * An IndustryPack module that adds up what is in its memory: the example of
 * Documentation/write-your-own-module.md.
 */
#include <linux/device.h>
#include <linux/module.h>

#include "../tpci200/ip_module.h"

/* I/O space, by word */
#define START		0		/* write: add up so many words, a microsecond each */
#define SUM		1		/* read: the sum, modulo 65536 */
#define STATUS		2
#define   STATUS_DONE	BIT(0)		/* raises interrupt 0; write 1 to clear */

#define WORDS		512		/* in memory space */

enum { STUCK };

struct adder {
	struct ip_module *module;
	struct vhw_timer timer;
	u16 memory[WORDS];
	u16 count;
	u16 sum;
	u16 status;
	unsigned long runs;
};

static void done(struct vhw_timer *timer, u64 when)
{
	struct adder *adder = container_of(timer, struct adder, timer);

	adder->sum = 0;
	for (unsigned int i = 0; i < adder->count; i++)
		adder->sum += adder->memory[i];
	adder->runs++;
	adder->status |= STATUS_DONE;
	ip_set_irq(adder->module, 0, true);
}

static bool adder_read(struct ip_module *module, enum ip_space space, u32 word, u8 lanes,
		       u16 *value)
{
	struct adder *adder = ip_priv(module);

	if (space == IP_MEM && word < WORDS)
		*value = adder->memory[word];
	else if (space == IP_IO && word == SUM)
		*value = adder->sum;
	else if (space == IP_IO && word == STATUS)
		*value = adder->status;
	else
		return false;
	return true;
}

static void start(struct adder *adder, u16 count)
{
	if (count > WORDS) {
		vhw_violation(adder->module->board, "START with %u words, there are %u", count,
			      WORDS);
		return;
	}
	adder->count = count;
	if (!ip_fault(adder->module, -1, STUCK))
		vhw_timer_start(&adder->timer, vhw_now() + count * NSEC_PER_USEC);
}

static bool adder_write(struct ip_module *module, enum ip_space space, u32 word, u8 lanes,
			u16 value)
{
	struct adder *adder = ip_priv(module);

	if (lanes != (IP_LANE_LOW | IP_LANE_HIGH))
		vhw_violation(module->board, "the adder takes words only");
	if (space == IP_MEM && word < WORDS) {
		adder->memory[word] = value;
	} else if (space == IP_IO && word == START) {
		start(adder, value);
	} else if (space == IP_IO && word == STATUS) {
		adder->status &= ~value;
		ip_set_irq(module, 0, adder->status & STATUS_DONE);
	} else {
		return false;
	}
	return true;
}

static void adder_reset(struct ip_module *module)
{
	struct adder *adder = ip_priv(module);

	vhw_timer_stop(&adder->timer);
	adder->status = 0;
	ip_set_irq(module, 0, false);
}

static int adder_init(struct ip_module *module)
{
	struct adder *adder = ip_priv(module);

	adder->module = module;
	vhw_timer_init(&adder->timer, module->board, done);
	return 0;
}

static ssize_t adder_runs_show(struct config_item *item, char *page)
{
	struct adder *adder = ip_priv(ip_module_of(item));

	return sysfs_emit(page, "%lu\n", READ_ONCE(adder->runs));
}
CONFIGFS_ATTR_RO(adder_, runs);

static struct configfs_attribute *attrs[] = { &adder_attr_runs, NULL };

static const struct vhw_fault_info faults[] = {
	[STUCK] = { "stuck", "the adder adds for ever" },
};

static struct ip_model model = {
	.part = {
		.name = "adder",
		.owner = THIS_MODULE,
		.directory = "adder",
		.size = sizeof(struct adder),
		.attrs = attrs,
		.faults = faults,
		.nr_faults = ARRAY_SIZE(faults),
	},
	.id = { .manufacturer = 0x05, .model = 0xad, .revision = 1 },
	.init = adder_init,
	.reset = adder_reset,
	.read = adder_read,
	.write = adder_write,
};
module_driver(model, vhw_ip_module_register, vhw_ip_module_unregister);

MODULE_ALIAS("vhw-ip-adder");
MODULE_DESCRIPTION("Virtual IndustryPack module that adds");
MODULE_AUTHOR("The Mezzanine authors");
MODULE_LICENSE("GPL");
MODULE_VERSION("1.0");
