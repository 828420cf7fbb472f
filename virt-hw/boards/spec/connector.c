// SPDX-License-Identifier: GPL-2.0
/* The FMC connector: kinds of mezzanine, the one plugged in, and what it asks of the SPEC. */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cleanup.h>
#include <linux/export.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "spec.h"

VHW_PARTS(spec_mezzanines, "vhw-fmc");

/**
 * vhw_fmc_register() - offer a kind of mezzanine
 * @model: the kind
 *
 * Return: 0; -EINVAL for a name that is none, with a line in the log; -EEXIST.
 */
int vhw_fmc_register(struct fmc_model *model)
{
	return vhw_parts_add(&spec_mezzanines, &model->part);
}
EXPORT_SYMBOL_GPL(vhw_fmc_register);

/**
 * vhw_fmc_unregister() - withdraw it; a mezzanine on a connector pins its kernel module
 * @model: the kind
 */
void vhw_fmc_unregister(struct fmc_model *model)
{
	vhw_parts_remove(&spec_mezzanines, &model->part);
}
EXPORT_SYMBOL_GPL(vhw_fmc_unregister);

static struct spec *spec_of(struct fmc *fmc)
{
	return vhw_priv(fmc->board);
}

static void set_irq(struct fmc *fmc, bool asserted)
{
	vic_set_line(spec_of(fmc), SPEC_LINE_TDC, asserted);
}

static int store(struct fmc *fmc, u32 address, const void *from, size_t length)
{
	return ddr_write(&spec_of(fmc)->ddr, address, from, length);
}

static u32 i2c_read(struct fmc *fmc, u32 offset)
{
	return ocores_read(spec_of(fmc), offset);
}

static void i2c_write(struct fmc *fmc, u32 offset, u32 value)
{
	ocores_write(spec_of(fmc), offset, value);
}

static const struct fmc_carrier services = {
	.set_irq = set_irq,
	.ddr_write = store,
	.i2c_read = i2c_read,
	.i2c_write = i2c_write,
};

static void fill_eeprom(struct spec *spec, const struct fmc_model *model)
{
	const struct fmc_eeprom_content *content = model ? model->eeprom : NULL;

	memset(&spec->eeprom, 0, sizeof(spec->eeprom));
	memset(spec->eeprom.image, 0xff, sizeof(spec->eeprom.image));
	if (content)
		content->fill(spec->eeprom.image);
	spec->eeprom_content = content ? content->name : NULL;
}

static void set_mezzanine(struct spec *spec, struct fmc *fmc)
{
	guard(vhw_world)();
	spec->fmc = fmc;
	fill_eeprom(spec, fmc ? fmc->model : NULL);
}

static void free_mezzanine(struct vhw_part *part)
{
	kvfree(container_of(part, struct fmc, part));
}

static void discard(struct fmc *fmc)
{
	const struct fmc_model *model = fmc->model;

	if (model->exit)
		model->exit(fmc);
	vhw_part_discard(&fmc->part);
	vhw_parts_put(&model->part);
}

/**
 * spec_plug() - put a mezzanine on the empty connector of a board without power
 * @spec: the board
 * @part: what kind; it is given back when this fails, or when the mezzanine is taken off
 *
 * Context: the connector's lock is held.
 * Return: 0 or -errno.
 */
int spec_plug(struct spec *spec, const struct vhw_part_model *part)
{
	const struct fmc_model *model = container_of(part, const struct fmc_model, part);
	struct fmc *fmc;
	int err;

	lockdep_assert_held(&spec->connector);
	fmc = kvzalloc(struct_size(fmc, priv, DIV_ROUND_UP(part->size, 8)), GFP_KERNEL);
	if (!fmc || vhw_part_init(&fmc->part, part, spec->board, vhw_group(spec->board), 0,
				  free_mezzanine)) {
		kvfree(fmc);
		vhw_parts_put(part);
		return -ENOMEM;
	}
	fmc->model = model;
	fmc->carrier = &services;
	fmc->board = spec->board;
	fmc->fitted = true;
	err = spec_add_eeprom(fmc);
	err = err ?: model->init ? model->init(fmc) : 0;
	if (!err) {
		set_mezzanine(spec, fmc);
		err = vhw_part_plug(&fmc->part);
	}
	if (err) {
		set_mezzanine(spec, NULL);
		discard(fmc);
	}
	return err;
}

/**
 * spec_unplug() - take the mezzanine, if any, off a board without power
 * @spec: the board
 *
 * Context: the connector's lock is held.
 */
void spec_unplug(struct spec *spec)
{
	struct fmc *fmc = spec->fmc;

	lockdep_assert_held(&spec->connector);
	if (!fmc)
		return;
	set_mezzanine(spec, NULL);
	vhw_part_unplug(&fmc->part);
	discard(fmc);
}

/* Nobody has said what is plugged in, and the power comes on */
int spec_plug_default(struct spec *spec)
{
	const struct vhw_part_model *model = vhw_parts_get(&spec_mezzanines, SPEC_FMC_DEFAULT);
	int err;

	if (!model) {
		pr_err("%s/fmc: there is no mezzanine \"%s\"; write none for a bare carrier\n",
		       vhw_name(spec->board), SPEC_FMC_DEFAULT);
		return -ENOENT;
	}
	err = spec_plug(spec, model);
	spec->chosen = !err;
	return err;
}

/* rmdir */
void spec_strip(struct vhw_board *board)
{
	struct spec *spec = vhw_priv(board);

	guard(mutex)(&spec->connector);
	spec->leaving = true;
	spec_unplug(spec);
}
