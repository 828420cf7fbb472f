// SPDX-License-Identifier: GPL-2.0
/*
 * Parts: kinds of them, and their directories below a board that stays.
 *
 * configfs wants a directory that is registered to be unregistered again before what is above it is
 * removed; see model_rmdir() in configfs.c. It is registered while a file of the slot is being
 * written, by a worker: configfs holds a lock of the board's tree meanwhile that is of the same
 * kind as the one it takes for a part's.
 */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/completion.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "core.h"
#include "part.h"

static struct vhw_part_model *find(struct vhw_parts *parts, const char *name)
{
	struct vhw_part_model *model;

	list_for_each_entry(model, &parts->models, entry)
		if (!strcmp(model->name, name))
			return model;
	return NULL;
}

static bool well_named(const char *name)
{
	size_t length = strlen(name);

	return length && length < VHW_PART_NAME &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/**
 * vhw_parts_add() - offer a kind of part
 * @parts: registry of the carrier
 * @model: the kind
 *
 * Return: 0; -EINVAL for a name that nobody could write; -EEXIST.
 */
int vhw_parts_add(struct vhw_parts *parts, struct vhw_part_model *model)
{
	if (!well_named(model->name)) {
		pr_err("part \"%s\": a name is 1 to %u small letters, digits and hyphens\n",
		       model->name, VHW_PART_NAME - 1);
		return -EINVAL;
	}
	guard(mutex)(&parts->lock);
	if (find(parts, model->name))
		return -EEXIST;
	list_add_tail(&model->entry, &parts->models);
	return 0;
}
EXPORT_SYMBOL_GPL(vhw_parts_add);

/**
 * vhw_parts_remove() - withdraw it; no part of it is left, since each pins its module
 * @parts: registry
 * @model: the kind
 */
void vhw_parts_remove(struct vhw_parts *parts, struct vhw_part_model *model)
{
	guard(mutex)(&parts->lock);
	list_del(&model->entry);
}
EXPORT_SYMBOL_GPL(vhw_parts_remove);

static const struct vhw_part_model *get(struct vhw_parts *parts, const char *name)
{
	struct vhw_part_model *model;

	guard(mutex)(&parts->lock);
	model = find(parts, name);
	return model && try_module_get(model->owner) ? model : NULL;
}

/**
 * vhw_parts_get() - a kind of part by its name; its module is loaded if need be
 * @parts: registry
 * @name: name
 *
 * Context: may sleep, with no lock that a module's init could want.
 * Return: the kind, until vhw_parts_put(); NULL when there is none.
 */
const struct vhw_part_model *vhw_parts_get(struct vhw_parts *parts, const char *name)
{
	const struct vhw_part_model *model;

	if (!well_named(name))
		return NULL;
	model = get(parts, name);
	if (model)
		return model;
	request_module("%s-%s", parts->alias, name);
	return get(parts, name);
}
EXPORT_SYMBOL_GPL(vhw_parts_get);

/**
 * vhw_parts_put() - it may go
 * @model: what vhw_parts_get() gave, or NULL
 */
void vhw_parts_put(const struct vhw_part_model *model)
{
	if (model)
		module_put(model->owner);
}
EXPORT_SYMBOL_GPL(vhw_parts_put);

/**
 * vhw_parts_list() - names of all kinds whose modules are loaded
 * @parts: registry
 * @text: where to
 * @size: its size; what does not fit is left out
 *
 * Return: length of the text.
 */
ssize_t vhw_parts_list(struct vhw_parts *parts, char *text, size_t size)
{
	struct vhw_part_model *model;
	ssize_t length = 0;

	text[0] = 0;
	guard(mutex)(&parts->lock);
	list_for_each_entry(model, &parts->models, entry)
		length += scnprintf(text + length, size - length, "%s%s", length ? ", " : "",
				    model->name);
	return length;
}
EXPORT_SYMBOL_GPL(vhw_parts_list);

/**
 * vhw_put_groups() - drop the references with which all groups below a group were made
 * @group: the group
 */
void vhw_put_groups(struct config_group *group)
{
	struct config_group *child;

	list_for_each_entry(child, &group->default_groups, group_entry)
		vhw_put_groups(child);
	configfs_remove_default_groups(group);
}

static void dir_release(struct config_item *item)
{
	config_group_put(&vhw_part_of(item)->dir.group);
}

static struct configfs_item_operations dir_ops = {
	.release = dir_release,
};

static void part_release(struct config_item *item)
{
	struct vhw_part *part = vhw_part_of(item);
	struct vhw_board *board = part->board;

	vhw_faults_free(part->faults);
	part->free(part);
	config_group_put(&board->group);
}

static struct configfs_item_operations part_ops = {
	.release = part_release,
};

static void init_dir(struct vhw_part *part, struct vhw_dir *dir, const char *name,
		     struct configfs_item_operations *ops, struct configfs_attribute **attrs,
		     struct configfs_bin_attribute **bin_attrs)
{
	dir->part = part;
	dir->type.ct_owner = part->model->owner;
	dir->type.ct_item_ops = ops;
	dir->type.ct_attrs = attrs;
	dir->type.ct_bin_attrs = bin_attrs;
	config_group_init_type_name(&dir->group, name, &dir->type);
}

/**
 * vhw_part_init() - begin a part: its main directory and its faults, which nobody sees yet
 * @part: the part, zeroed
 * @model: what it is
 * @board: for which board
 * @parent: directory of its slot or connector
 * @number: of the slot or connector
 * @free: frees its memory, once nobody needs it; not called when this fails
 *
 * Return: 0 or -ENOMEM.
 */
int vhw_part_init(struct vhw_part *part, const struct vhw_part_model *model,
		  struct vhw_board *board, struct config_group *parent, unsigned int number,
		  void (*free)(struct vhw_part *part))
{
	part->faults = vhw_faults_create(board, &part->dir.group, model->faults, model->nr_faults);
	if (!part->faults)
		return -ENOMEM;
	part->board = board;
	part->model = model;
	part->parent = parent;
	part->number = number;
	part->free = free;
	config_group_get(&board->group);
	init_dir(part, &part->dir, model->directory, &part_ops, model->attrs, NULL);
	vhw_faults_add(part->faults, &part->dir.group);
	return 0;
}
EXPORT_SYMBOL_GPL(vhw_part_init);

/**
 * vhw_part_add_dir() - a part gets one more directory
 * @part: the part, while it is made
 * @dir: the directory, in the part's memory
 * @parent: in which directory of the part; NULL: beside its main one
 * @name: name
 * @attrs: attributes or NULL
 * @bin_attrs: likewise
 *
 * Return: 0; -ENOSPC beyond VHW_PART_DIRS of them beside each other.
 */
int vhw_part_add_dir(struct vhw_part *part, struct vhw_dir *dir, struct vhw_dir *parent,
		     const char *name, struct configfs_attribute **attrs,
		     struct configfs_bin_attribute **bin_attrs)
{
	if (!parent && part->nr_beside == VHW_PART_DIRS)
		return -ENOSPC;
	config_group_get(&part->dir.group);
	init_dir(part, dir, name, &dir_ops, attrs, bin_attrs);
	if (parent)
		configfs_add_default_group(&dir->group, &parent->group);
	else
		part->beside[part->nr_beside++] = dir;
	return 0;
}
EXPORT_SYMBOL_GPL(vhw_part_add_dir);

static int show(struct vhw_part *part)
{
	unsigned int i;
	int err;

	err = configfs_register_group(part->parent, &part->dir.group);
	if (err)
		return err;
	for (i = 0; i < part->nr_beside; i++) {
		err = configfs_register_group(part->parent, &part->beside[i]->group);
		if (err)
			goto unregister;
	}
	return 0;

unregister:
	while (i--)
		configfs_unregister_group(&part->beside[i]->group);
	configfs_unregister_group(&part->dir.group);
	return err;
}

static void hide(struct vhw_part *part)
{
	unsigned int i;

	for (i = 0; i < part->nr_beside; i++)
		configfs_unregister_group(&part->beside[i]->group);
	configfs_unregister_group(&part->dir.group);
}

/* What a worker does for somebody who waits */
struct errand {
	struct work_struct work;
	struct completion done;
	struct vhw_part *part;
	bool show;
	int err;
};

static void run_errand(struct work_struct *work)
{
	struct errand *errand = container_of(work, struct errand, work);

	if (errand->show)
		errand->err = show(errand->part);
	else
		hide(errand->part);
	complete(&errand->done);
}

static int send_worker(struct vhw_part *part, bool show)
{
	struct errand errand = { .part = part, .show = show };

	INIT_WORK_ONSTACK(&errand.work, run_errand);
	init_completion(&errand.done);
	schedule_work(&errand.work);
	wait_for_completion(&errand.done);
	destroy_work_on_stack(&errand.work);
	return errand.err;
}

/**
 * vhw_part_plug() - its directories appear
 * @part: the part, complete
 *
 * Return: 0 or -errno; then vhw_part_discard() it.
 */
int vhw_part_plug(struct vhw_part *part)
{
	int err = send_worker(part, true);

	if (err)
		return err;
	guard(vhw_world)();
	list_add_tail(&part->entry, &part->board->parts);
	return 0;
}
EXPORT_SYMBOL_GPL(vhw_part_plug);

/**
 * vhw_part_unplug() - its directories go, and nobody is in a function of its attributes any more
 * @part: the part, which has no power
 */
void vhw_part_unplug(struct vhw_part *part)
{
	scoped_guard(vhw_world)
		list_del(&part->entry);
	send_worker(part, false);
}
EXPORT_SYMBOL_GPL(vhw_part_unplug);

/**
 * vhw_part_discard() - a part that is not plugged in goes; its memory is freed now or soon
 * @part: the part
 */
void vhw_part_discard(struct vhw_part *part)
{
	unsigned int i;

	for (i = 0; i < part->nr_beside; i++) {
		vhw_put_groups(&part->beside[i]->group);
		config_group_put(&part->beside[i]->group);
	}
	vhw_put_groups(&part->dir.group);
	config_group_put(&part->dir.group);
}
EXPORT_SYMBOL_GPL(vhw_part_discard);

/**
 * vhw_parts_start() - a board gets power: faults of what is plugged into it have not struck yet
 * @board: the board
 *
 * Context: world.
 */
void vhw_parts_start(struct vhw_board *board)
{
	struct vhw_part *part;

	list_for_each_entry(part, &board->parts, entry)
		vhw_faults_start(part->faults, board->seed ^ ((u64)(part->number + 1) << 48));
}

/**
 * vhw_part_fault() - ask the fault engine
 * @part: the part
 * @fault: index in its model's table
 *
 * Context: world.
 * Return: whether the fault strikes now.
 */
bool vhw_part_fault(struct vhw_part *part, unsigned int fault)
{
	return vhw_faults_strike(part->faults, fault);
}
EXPORT_SYMBOL_GPL(vhw_part_fault);
