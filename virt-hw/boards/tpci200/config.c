// SPDX-License-Identifier: GPL-2.0
/* The TPCI200's part of configfs: slot0 to slot3. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/kstrtox.h>
#include <linux/mutex.h>
#include <linux/string_helpers.h>
#include <linux/sysfs.h>

#include "tpci200.h"

static struct tpci200_slot *to_slot(struct config_item *item)
{
	return container_of(to_config_group(item), struct tpci200_slot, group);
}

/* Say why a value is refused; once a write, which only root can make */
static __printf(2, 3) void slot_err(const struct tpci200_slot *slot, const char *fmt, ...)
{
	struct va_format vaf = { .fmt = fmt };
	va_list args;

	va_start(args, fmt);
	vaf.va = &args;
	pr_err("%s/slot%u/%pV\n", vhw_name(slot->carrier->board), slot->index, &vaf);
	va_end(args);
}

static const char *const id_names[] = {
	[IP_ID_FORMAT1] = "format1",
	[IP_ID_FORMAT1_32MHZ] = "format1-32mhz",
	[IP_ID_FORMAT2] = "format2",
	[IP_ID_FORMAT2_SWAPPED] = "format2-swapped",
};

/* A live board's attributes are frozen. Call with the carrier's lock held, and keep it */
static int check_changeable(struct tpci200_slot *slot, const char *attribute)
{
	lockdep_assert_held(&slot->carrier->lock);
	if (slot->carrier->leaving)
		return -ENODEV;
	if (!slot->carrier->powered)
		return 0;
	slot_err(slot, "%s: the board is live", attribute);
	return -EBUSY;
}

static ssize_t slot_module_show(struct config_item *item, char *page)
{
	struct tpci200_slot *slot = to_slot(item);

	guard(mutex)(&slot->carrier->lock);
	return sysfs_emit(page, "%s\n", slot->module ? slot->module->model->part.name : "empty");
}

static int exchange_module(struct tpci200_slot *slot, const struct vhw_part_model *model)
{
	int err;

	guard(mutex)(&slot->carrier->lock);
	err = check_changeable(slot, "module");
	if (err || (slot->module ? slot->module->part.model : NULL) == model) {
		vhw_parts_put(model);
		return err;
	}
	tpci200_slot_unplug(slot);
	return model ? tpci200_slot_plug(slot, model) : 0;
}

static ssize_t slot_module_store(struct config_item *item, const char *page, size_t count)
{
	struct tpci200_slot *slot = to_slot(item);
	const struct vhw_part_model *model = NULL;
	char name[VHW_PART_NAME + 1] = "", known[256];
	int err;

	strscpy(name, page, min(count + 1, sizeof(name)));
	if (!sysfs_streq(name, "empty")) {
		model = vhw_parts_get(&tpci200_modules, strim(name));
		if (!model) {
			vhw_parts_list(&tpci200_modules, known, sizeof(known));
			slot_err(slot, "module: there is no module \"%s\"; loaded are: empty, %s",
				 name, known);
			return -EINVAL;
		}
	}
	err = exchange_module(slot, model);
	return err ?: count;
}

static ssize_t slot_id_show(struct config_item *item, char *page)
{
	struct tpci200_slot *slot = to_slot(item);

	guard(mutex)(&slot->carrier->lock);
	return sysfs_emit(page, "%*phN\n", slot->prom.length, slot->prom.bytes);
}

/* The bytes of a PROM in the order of the standard, as hexadecimal digits */
static int parse_id(struct ip_idprom *prom, const char *page, size_t count)
{
	size_t length = strcspn(page, "\n") / 2;

	memset(prom, 0, sizeof(*prom));
	if (!length || length > IP_IDPROM_MAX || hex2bin(prom->bytes, page, length) ||
	    (page[2 * length] && page[2 * length] != '\n'))
		return -EINVAL;
	prom->length = length;
	prom->wide = !memcmp(prom->bytes, "VI", 2) || !memcmp(prom->bytes, "IV", 2);
	return 0;
}

static ssize_t slot_id_store(struct config_item *item, const char *page, size_t count)
{
	struct tpci200_slot *slot = to_slot(item);
	int format = sysfs_match_string(id_names, page);
	struct ip_idprom custom;
	int err;

	if (format < 0 && parse_id(&custom, page, count)) {
		slot_err(slot,
			 "id: allowed are format1, format1-32mhz, format2, format2-swapped and up to %u bytes in hexadecimal",
			 IP_IDPROM_MAX);
		return -EINVAL;
	}
	guard(mutex)(&slot->carrier->lock);
	err = check_changeable(slot, "id");
	if (err)
		return err;
	slot->id_custom = format < 0;
	if (slot->id_custom)
		slot->prom = custom;
	else
		slot->id_format = format;
	tpci200_slot_make_prom(slot);
	return count;
}

static ssize_t slot_error_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(to_slot(item)->error));
}

/* ERROR# is a wire that anybody may pull, at any time */
static ssize_t slot_error_store(struct config_item *item, const char *page, size_t count)
{
	struct tpci200_slot *slot = to_slot(item);
	bool error;
	int err = kstrtobool(page, &error);

	if (err) {
		slot_err(slot, "error: allowed are 0 and 1");
		return err;
	}
	guard(vhw_world)();
	slot->error = error;
	tpci200_update_intx(slot->carrier);
	return count;
}

CONFIGFS_ATTR(slot_, module);
CONFIGFS_ATTR(slot_, id);
CONFIGFS_ATTR(slot_, error);

static struct configfs_attribute *slot_attrs[] = {
	&slot_attr_module,
	&slot_attr_id,
	&slot_attr_error,
	NULL
};

/* The groups lie in the board's memory, so each of them holds it */
static void slot_release(struct config_item *item)
{
	config_group_put(vhw_group(to_slot(item)->carrier->board));
}

static struct configfs_item_operations slot_ops = {
	.release = slot_release,
};

static const struct config_item_type slot_type = {
	.ct_item_ops = &slot_ops,
	.ct_attrs = slot_attrs,
	.ct_owner = THIS_MODULE,
};

static ssize_t tpci200_fault_target_show(struct config_item *item, char *page)
{
	struct tpci200 *carrier = vhw_priv(vhw_board_of(item));

	if (carrier->target_slot < 0)
		return sysfs_emit(page, "all\n");
	if (carrier->target_channel < 0)
		return sysfs_emit(page, "%d\n", carrier->target_slot);
	return sysfs_emit(page, "%d/%d\n", carrier->target_slot, carrier->target_channel);
}

static int parse_target(const char *page, int *slot, int *channel)
{
	char rest;
	int n;

	*slot = -1;
	*channel = -1;
	if (sysfs_streq(page, "all"))
		return 0;
	n = sscanf(page, "%d/%d%c", slot, channel, &rest);
	if (n < 1 || *slot < 0 || *slot >= TPCI200_SLOTS)
		return -EINVAL;
	if (n > 1 && (*channel < 0 || *channel >= TPCI200_CHANNELS))
		return -EINVAL;
	return n == 3 && rest != '\n' ? -EINVAL : 0;
}

static ssize_t tpci200_fault_target_store(struct config_item *item, const char *page, size_t count)
{
	struct tpci200 *carrier = vhw_priv(vhw_board_of(item));
	int slot, channel;

	if (parse_target(page, &slot, &channel)) {
		pr_err("%s/fault_target: allowed are all, SLOT (0 to %u) and SLOT/CHANNEL (0 to %u)\n",
		       vhw_name(carrier->board), TPCI200_SLOTS - 1, TPCI200_CHANNELS - 1);
		return -EINVAL;
	}
	guard(vhw_world)();
	carrier->target_slot = slot;
	carrier->target_channel = channel;
	return count;
}

CONFIGFS_ATTR(tpci200_, fault_target);

struct configfs_attribute *tpci200_attrs[] = {
	&tpci200_attr_fault_target,
	NULL
};

static void add_slot(struct tpci200 *carrier, unsigned int index)
{
	struct tpci200_slot *slot = &carrier->slot[index];
	char name[] = "slot0";

	name[4] += index;
	slot->carrier = carrier;
	slot->index = index;
	tpci200_slot_make_prom(slot);
	config_group_init_type_name(&slot->group, name, &slot_type);
	config_group_get(vhw_group(carrier->board));
	configfs_add_default_group(&slot->group, vhw_group(carrier->board));
}

/* mkdir: four empty slots */
int tpci200_config_init(struct vhw_board *board)
{
	struct tpci200 *carrier = vhw_priv(board);

	carrier->board = board;
	mutex_init(&carrier->lock);
	carrier->target_slot = -1;
	carrier->target_channel = -1;
	for (unsigned int i = 0; i < TPCI200_SLOTS; i++)
		add_slot(carrier, i);
	return 0;
}
