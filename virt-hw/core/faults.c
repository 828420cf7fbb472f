// SPDX-License-Identifier: GPL-2.0
/* The directory "faults": what can go wrong in a board, or in what is plugged into it. */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "core.h"
#include "fault.h"
#include "trace.h"

/**
 * struct fault_dir - a fault and its configfs directory
 * @group: the directory
 * @faults: in which it is
 * @info: name and help
 * @fault: settings and state, protected by the world's lock
 */
struct fault_dir {
	struct config_group group;
	struct vhw_faults *faults;
	const struct vhw_fault_info *info;
	struct vhw_fault fault;
};

/**
 * struct vhw_faults - the directory "faults" of a board or of a part
 * @group: the directory
 * @board: whose faults they are, in the end
 * @holder: directory in whose memory they are; each directory here holds a reference to it
 * @count: how many
 * @dir: faults
 */
struct vhw_faults {
	struct config_group group;
	struct vhw_board *board;
	struct config_group *holder;
	unsigned int count;
	struct fault_dir dir[];
};

static struct fault_dir *fault_dir_of(struct config_item *item)
{
	return container_of(to_config_group(item), struct fault_dir, group);
}

/* One attribute of a fault: a number from @min to @max, changed and read under the world's lock */
static int fault_store(struct config_item *item, const char *page, const char *name, s64 min,
		       s64 max, s64 *value)
{
	if (!kstrtos64(page, 0, value) && *value >= min && *value <= max)
		return 0;
	pr_err_ratelimited("%s: fault %s: %s: \"%.*s\" is not a number from %lld to %lld\n",
			   fault_dir_of(item)->faults->board->name, config_item_name(item), name,
			   (int)strcspn(page, "\n"), page, min, max);
	return -EINVAL;
}

#define FAULT_SHOW(_name)								\
static ssize_t vhw_fault_##_name##_show(struct config_item *item, char *page)		\
{											\
	s64 value;									\
											\
	scoped_guard(vhw_world)								\
		value = fault_dir_of(item)->fault._name;				\
	return sysfs_emit(page, "%lld\n", value);					\
}

#define FAULT_STORE(_name, _min, _max)							\
static ssize_t vhw_fault_##_name##_store(struct config_item *item, const char *page,	\
					 size_t count)					\
{											\
	s64 value;									\
	int err = fault_store(item, page, #_name, _min, _max, &value);			\
											\
	if (err)									\
		return err;								\
	guard(vhw_world)();								\
	fault_dir_of(item)->fault._name = value;					\
	return count;									\
}

FAULT_SHOW(probability)
FAULT_STORE(probability, 0, 100)
CONFIGFS_ATTR(vhw_fault_, probability);

FAULT_SHOW(times)
FAULT_STORE(times, -1, S32_MAX)
CONFIGFS_ATTR(vhw_fault_, times);

FAULT_SHOW(after)
FAULT_STORE(after, 0, U32_MAX)
CONFIGFS_ATTR(vhw_fault_, after);

FAULT_SHOW(interval)
FAULT_STORE(interval, 1, U32_MAX)
CONFIGFS_ATTR(vhw_fault_, interval);

static ssize_t vhw_fault_count_show(struct config_item *item, char *page)
{
	u64 count;

	scoped_guard(vhw_world)
		count = fault_dir_of(item)->fault.count;
	return sysfs_emit(page, "%llu\n", count);
}
CONFIGFS_ATTR_RO(vhw_fault_, count);

static ssize_t vhw_fault_help_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s\n", fault_dir_of(item)->info->help);
}
CONFIGFS_ATTR_RO(vhw_fault_, help);

static struct configfs_attribute *fault_attrs[] = {
	&vhw_fault_attr_probability,
	&vhw_fault_attr_times,
	&vhw_fault_attr_after,
	&vhw_fault_attr_interval,
	&vhw_fault_attr_count,
	&vhw_fault_attr_help,
	NULL,
};

static void fault_release(struct config_item *item)
{
	config_group_put(fault_dir_of(item)->faults->holder);
}

static struct configfs_item_operations fault_item_ops = {
	.release = fault_release,
};

static const struct config_item_type fault_type = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &fault_item_ops,
	.ct_attrs = fault_attrs,
};

static void faults_release(struct config_item *item)
{
	config_group_put(container_of(to_config_group(item), struct vhw_faults, group)->holder);
}

static struct configfs_item_operations faults_item_ops = {
	.release = faults_release,
};

static const struct config_item_type faults_type = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &faults_item_ops,
};

/**
 * vhw_faults_create() - a table of faults, all off
 * @board: whose
 * @holder: directory whose release frees it
 * @infos: table
 * @count: how many
 *
 * Return: the faults, without directories, or NULL without memory.
 */
struct vhw_faults *vhw_faults_create(struct vhw_board *board, struct config_group *holder,
				     const struct vhw_fault_info *infos, unsigned int count)
{
	struct vhw_faults *faults = kzalloc(struct_size(faults, dir, count), GFP_KERNEL);
	unsigned int i;

	if (!faults)
		return NULL;
	faults->board = board;
	faults->holder = holder;
	faults->count = count;
	for (i = 0; i < count; i++) {
		faults->dir[i].faults = faults;
		faults->dir[i].info = &infos[i];
		faults->dir[i].fault.times = -1;
		faults->dir[i].fault.interval = 1;
	}
	return faults;
}

/**
 * vhw_faults_free() - no directory is left
 * @faults: the faults, or NULL
 */
void vhw_faults_free(struct vhw_faults *faults)
{
	kfree(faults);
}

/**
 * vhw_faults_add() - make the directory, below one that is not in the tree yet
 * @faults: the faults
 * @parent: where
 */
void vhw_faults_add(struct vhw_faults *faults, struct config_group *parent)
{
	struct fault_dir *dir;

	config_group_init_type_name(&faults->group, "faults", &faults_type);
	config_group_get(faults->holder);
	configfs_add_default_group(&faults->group, parent);
	for (dir = faults->dir; dir < faults->dir + faults->count; dir++) {
		config_group_init_type_name(&dir->group, dir->info->name, &fault_type);
		config_group_get(faults->holder);
		configfs_add_default_group(&dir->group, &faults->group);
	}
}

/**
 * vhw_faults_start() - power on: nothing has struck yet
 * @faults: the faults
 * @seed: equal seeds give equal strikes
 *
 * Each has a generator of its own, so that its setting does not change when another strikes.
 *
 * Context: world.
 */
void vhw_faults_start(struct vhw_faults *faults, u64 seed)
{
	unsigned int i;

	for (i = 0; i < faults->count; i++)
		vhw_fault_start(&faults->dir[i].fault, seed ^ ((u64)(i + 1) << 32));
}

/**
 * vhw_faults_strike() - ask the fault engine
 * @faults: the faults
 * @fault: index in the table
 *
 * Context: world.
 * Return: whether it strikes now.
 */
bool vhw_faults_strike(struct vhw_faults *faults, unsigned int fault)
{
	struct fault_dir *dir = &faults->dir[fault];

	vhw_assert_world();
	if (!vhw_fault_strikes(&dir->fault))
		return false;
	trace_vhw_fault(faults->board, dir->info->name, dir->fault.count);
	return true;
}

/**
 * vhw_fault() - ask the fault engine
 * @board: the board
 * @fault: index in struct vhw_model.faults
 *
 * Context: world.
 * Return: whether the fault strikes now.
 */
bool vhw_fault(struct vhw_board *board, unsigned int fault)
{
	return vhw_faults_strike(board->faults, fault);
}
EXPORT_SYMBOL_GPL(vhw_fault);
