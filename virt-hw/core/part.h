/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is plugged into a board: a module into a slot, a mezzanine on a connector. The carrier's
 * seam (tpci200/ip_module.h, spec/fmc.h) is built on this.
 *
 * A part has directories that appear below its slot or connector when it is plugged in and go when
 * it is taken out: one of its own name with its settings and its "faults", and others beside that.
 */
#ifndef VHW_PART_H
#define VHW_PART_H

#include <linux/list.h>
#include <linux/mutex.h>

#include "vhw.h"

#define VHW_PART_DIRS		16	/* directories of a part beside its main one */
#define VHW_PART_NAME		32	/* longest name, with its end */

struct vhw_faults;
struct vhw_part;

/**
 * struct vhw_part_model - a kind of part, whatever it is plugged into
 * @name: value of the carrier's attribute that plugs it in: small letters, digits and hyphens
 * @owner: THIS_MODULE, which stays while a part is plugged
 * @directory: name of the part's main directory
 * @size: bytes of zeroed state
 * @attrs: attributes of the main directory, NULL-terminated, or NULL; their functions find the part
 *	with vhw_part_of(). They must not wait for whoever plugs it in
 * @faults: the faults it knows
 * @nr_faults: how many
 * @entry: the registry's
 */
struct vhw_part_model {
	const char *name;
	struct module *owner;
	const char *directory;
	size_t size;
	struct configfs_attribute **attrs;
	const struct vhw_fault_info *faults;
	unsigned int nr_faults;
	struct list_head entry;
};

/**
 * struct vhw_parts - all kinds of part for one kind of carrier
 * @alias: a kind that is not here is asked for as module ALIAS-NAME
 * @lock: protects @models
 * @models: registered
 */
struct vhw_parts {
	const char *alias;
	struct mutex lock;	/* models */
	struct list_head models;
};

#define VHW_PARTS(_name, _alias)						\
	struct vhw_parts _name = {						\
		.alias = _alias,						\
		.lock = __MUTEX_INITIALIZER(_name.lock),			\
		.models = LIST_HEAD_INIT(_name.models),				\
	}

int vhw_parts_add(struct vhw_parts *parts, struct vhw_part_model *model);
void vhw_parts_remove(struct vhw_parts *parts, struct vhw_part_model *model);
const struct vhw_part_model *vhw_parts_get(struct vhw_parts *parts, const char *name);
void vhw_parts_put(const struct vhw_part_model *model);
ssize_t vhw_parts_list(struct vhw_parts *parts, char *text, size_t size);

/**
 * struct vhw_dir - a directory of a part
 * @group: the directory
 * @type: what it is to configfs
 * @part: whose
 */
struct vhw_dir {
	struct config_group group;
	struct config_item_type type;
	struct vhw_part *part;
};

/**
 * struct vhw_part - something plugged in. All is the core's
 * @board: into which board
 * @model: what it is
 * @dir: its main directory, whose reference count is the part's
 * @faults: what can go wrong
 * @parent: directory of its slot or connector
 * @beside: its other directories there
 * @nr_beside: how many
 * @number: of the slot or connector: equal parts in two of them do not have equal faults
 * @entry: in the board's list
 * @free: nobody needs its memory any more
 */
struct vhw_part {
	struct vhw_board *board;
	const struct vhw_part_model *model;
	struct vhw_dir dir;
	struct vhw_faults *faults;
	struct config_group *parent;
	struct vhw_dir *beside[VHW_PART_DIRS];
	unsigned int nr_beside;
	unsigned int number;
	struct list_head entry;
	void (*free)(struct vhw_part *part);
};

/* For carriers. All may sleep */
int vhw_part_init(struct vhw_part *part, const struct vhw_part_model *model,
		  struct vhw_board *board, struct config_group *parent, unsigned int number,
		  void (*free)(struct vhw_part *part));
int vhw_part_plug(struct vhw_part *part);
void vhw_part_unplug(struct vhw_part *part);
void vhw_part_discard(struct vhw_part *part);

/* For parts, while they are made */
int vhw_part_add_dir(struct vhw_part *part, struct vhw_dir *dir, struct vhw_dir *parent,
		     const char *name, struct configfs_attribute **attrs,
		     struct configfs_bin_attribute **bin_attrs);

/* Which directory, and which part, an attribute's function is called for */
static inline struct vhw_dir *vhw_dir_of(struct config_item *item)
{
	return container_of(to_config_group(item), struct vhw_dir, group);
}

static inline struct vhw_part *vhw_part_of(struct config_item *item)
{
	return vhw_dir_of(item)->part;
}

/* Does this fault of the part (an index of its table) strike now? World */
bool vhw_part_fault(struct vhw_part *part, unsigned int fault);

#endif
