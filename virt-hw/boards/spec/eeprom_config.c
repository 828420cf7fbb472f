// SPDX-License-Identifier: GPL-2.0
/* The directory of a mezzanine's EEPROM in configfs. */

#include <linux/cleanup.h>
#include <linux/configfs.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "spec.h"

static struct spec *spec_of_eeprom(struct config_item *item)
{
	return vhw_priv(vhw_part_of(item)->board);
}

static ssize_t eeprom_content_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", spec_of_eeprom(item)->eeprom_content ?: "image");
}

static ssize_t eeprom_content_store(struct config_item *item, const char *page, size_t length)
{
	struct spec *spec = spec_of_eeprom(item);
	const struct fmc_eeprom_content *content;

	guard(vhw_world)();
	if (vhw_live(spec->board))
		return -EBUSY;
	content = spec->fmc ? spec->fmc->model->eeprom : NULL;
	for (; content && content->name; content++) {
		if (!sysfs_streq(page, content->name))
			continue;
		content->fill(spec->eeprom.image);
		spec->eeprom_content = content->name;
		return length;
	}
	return -EINVAL;
}

static ssize_t eeprom_image_read(struct config_item *item, void *buffer, size_t length)
{
	struct spec *spec = spec_of_eeprom(item);

	if (!buffer)
		return FMC_EEPROM_SIZE;
	guard(vhw_world)();
	memcpy(buffer, spec->eeprom.image, min_t(size_t, length, FMC_EEPROM_SIZE));
	return FMC_EEPROM_SIZE;
}

/* An image shorter than the chip leaves the rest as it was */
static ssize_t eeprom_image_write(struct config_item *item, const void *buffer, size_t length)
{
	struct spec *spec = spec_of_eeprom(item);

	if (length > FMC_EEPROM_SIZE)
		return -EFBIG;
	guard(vhw_world)();
	if (vhw_live(spec->board))
		return -EBUSY;
	memcpy(spec->eeprom.image, buffer, length);
	spec->eeprom_content = NULL;
	return length;
}

CONFIGFS_ATTR(eeprom_, content);
CONFIGFS_BIN_ATTR(eeprom_, image, NULL, FMC_EEPROM_SIZE);

static struct configfs_attribute *eeprom_attrs[] = {
	&eeprom_attr_content,
	NULL
};

static struct configfs_bin_attribute *eeprom_bin_attrs[] = {
	&eeprom_attr_image,
	NULL
};

/* A mezzanine is being plugged in */
int spec_add_eeprom(struct fmc *fmc)
{
	return vhw_part_add_dir(&fmc->part, &fmc->eeprom, NULL, "eeprom", eeprom_attrs,
				eeprom_bin_attrs);
}
