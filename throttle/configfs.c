// SPDX-License-Identifier: GPL-2.0
/* thr/groups/<name> and thr/disks/<name>: what exists. Tuning is in sysfs. */
#include <linux/configfs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "config.h"
#include "configfs.h"
#include "disk.h"

static struct thr_disk *disk_of(struct config_item *item)
{
	return container_of(item, struct thr_disk, item);
}

/* A copy of a line without the white space around it; an error pointer. */
static char *stripped(const char *page)
{
	char *copy = kstrdup(page, GFP_KERNEL), *text;

	if (!copy)
		return ERR_PTR(-ENOMEM);
	text = strim(copy);
	memmove(copy, text, strlen(text) + 1);
	return copy;
}

static ssize_t disk_backing_show(struct config_item *item, char *page)
{
	struct thr_disk *disk = disk_of(item);
	ssize_t length;

	mutex_lock(&disk->live_lock);
	length = sysfs_emit(page, "%s\n", disk->path ? : "");
	mutex_unlock(&disk->live_lock);
	return length;
}

static ssize_t disk_backing_store(struct config_item *item, const char *page, size_t count)
{
	struct thr_disk *disk = disk_of(item);
	char *path = stripped(page);
	ssize_t ret = count;

	if (IS_ERR(path))
		return PTR_ERR(path);
	mutex_lock(&disk->live_lock);
	if (thr_disk_is_live(disk)) {
		ret = thr_refuse(disk->port.error, -EBUSY,
				 "%s: the backing device cannot change while the disk is live",
				 disk->port.name);
		kfree(path);
	} else {
		kfree(disk->path);
		disk->path = path;
	}
	mutex_unlock(&disk->live_lock);
	return ret;
}

static ssize_t disk_read_only_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(disk_of(item)->read_only));
}

static ssize_t disk_read_only_store(struct config_item *item, const char *page, size_t count)
{
	struct thr_disk *disk = disk_of(item);
	ssize_t ret = count;
	bool read_only;
	int err;

	err = kstrtobool(page, &read_only);
	if (err)
		return err;
	mutex_lock(&disk->live_lock);
	if (thr_disk_is_live(disk))
		ret = thr_refuse(disk->port.error, -EBUSY,
				 "%s: read_only cannot change while the disk is live",
				 disk->port.name);
	else
		disk->read_only = read_only;
	mutex_unlock(&disk->live_lock);
	return ret;
}

static ssize_t disk_in_place_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(disk_of(item)->in_place));
}

static ssize_t disk_in_place_store(struct config_item *item, const char *page, size_t count)
{
	struct thr_disk *disk = disk_of(item);
	ssize_t ret = count;
	bool in_place;
	int err;

	err = kstrtobool(page, &in_place);
	if (err)
		return err;
	mutex_lock(&disk->live_lock);
	if (thr_disk_is_live(disk))
		ret = thr_refuse(disk->port.error, -EBUSY,
				 "%s: in_place cannot change while the disk is live",
				 disk->port.name);
	else if (in_place && !IS_ENABLED(CONFIG_DYNAMIC_FTRACE_WITH_ARGS))
		ret = thr_refuse(disk->port.error, -EOPNOTSUPP,
				 "%s: this kernel has no function tracer with arguments, which limiting in place needs; a stacked disk needs none",
				 disk->port.name);
	else
		disk->in_place = in_place;
	mutex_unlock(&disk->live_lock);
	return ret;
}

static ssize_t disk_group_show(struct config_item *item, char *page)
{
	struct thr_disk *disk = disk_of(item);
	ssize_t length;

	mutex_lock(&thr_config_lock);
	length = sysfs_emit(page, "%s\n",
			    disk->port.member.group ? dev_name(&disk->port.member.group->dev) : "");
	mutex_unlock(&thr_config_lock);
	return length;
}

static ssize_t disk_group_store(struct config_item *item, const char *page, size_t count)
{
	struct thr_disk *disk = disk_of(item);
	char *name = stripped(page);
	int err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	mutex_lock(&thr_config_lock);
	if (*name && !thr_name_valid(name))
		err = thr_refuse(disk->port.error, -EINVAL, "%s: \"%.32s\" is no name for a group",
				 disk->port.name, name);
	else
		err = thr_port_join(&disk->port, name);
	if (err == -EBUSY)
		thr_refuse(disk->port.error, err, "%s: group %s is being made or removed",
			   disk->port.name, name);
	mutex_unlock(&thr_config_lock);
	kfree(name);
	return err ? : count;
}

static ssize_t disk_limits_show(struct config_item *item, char *page)
{
	struct thr_disk *disk = disk_of(item);
	struct thr_limits limits;

	thr_limits_init(&limits);
	mutex_lock(&thr_config_lock);
	if (disk->port.member.group)
		limits = disk->port.member.group->rotation.meter.limits;
	mutex_unlock(&thr_config_lock);
	return thr_config_show(&limits, page);
}

static ssize_t disk_limits_store(struct config_item *item, const char *page, size_t count)
{
	int err;

	mutex_lock(&thr_config_lock);
	err = thr_config_set_port(&disk_of(item)->port, page);
	mutex_unlock(&thr_config_lock);
	return err ? : count;
}

static ssize_t disk_device_show(struct config_item *item, char *page)
{
	struct thr_disk *disk = disk_of(item);
	ssize_t length;

	mutex_lock(&disk->live_lock);
	length = thr_disk_show_device(disk, page);
	mutex_unlock(&disk->live_lock);
	return length;
}

static ssize_t disk_error_show(struct config_item *item, char *page)
{
	return thr_error_show(disk_of(item)->port.error, page);
}

static ssize_t disk_live_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", thr_disk_is_live(disk_of(item)));
}

static ssize_t disk_live_store(struct config_item *item, const char *page, size_t count)
{
	struct thr_disk *disk = disk_of(item);
	bool live;
	int err;

	err = kstrtobool(page, &live);
	if (err)
		return err;
	mutex_lock(&disk->live_lock);
	err = live ? thr_disk_start(disk) : thr_disk_stop(disk, false);
	mutex_unlock(&disk->live_lock);
	return err ? : count;
}

CONFIGFS_ATTR(disk_, backing);
CONFIGFS_ATTR(disk_, read_only);
CONFIGFS_ATTR(disk_, in_place);
CONFIGFS_ATTR(disk_, group);
CONFIGFS_ATTR(disk_, limits);
CONFIGFS_ATTR_RO(disk_, device);
CONFIGFS_ATTR_RO(disk_, error);
CONFIGFS_ATTR(disk_, live);

static struct configfs_attribute *disk_attrs[] = {
	&disk_attr_backing,
	&disk_attr_read_only,
	&disk_attr_in_place,
	&disk_attr_group,
	&disk_attr_limits,
	&disk_attr_device,
	&disk_attr_error,
	&disk_attr_live,
	NULL
};

static void disk_release(struct config_item *item)
{
	thr_disk_free(disk_of(item));
}

static struct configfs_item_operations disk_operations = {
	.release = disk_release,
};

static const struct config_item_type disk_item_type = {
	.ct_item_ops = &disk_operations,
	.ct_attrs = disk_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *make_disk(struct config_group *parent, const char *name)
{
	struct thr_disk *disk;

	if (!thr_name_valid(name))
		return ERR_PTR(-EINVAL);
	disk = thr_disk_new();
	if (!disk)
		return ERR_PTR(-ENOMEM);
	config_item_init_type_name(&disk->item, name, &disk_item_type);
	disk->port.name = config_item_name(&disk->item);
	return &disk->item;
}

/* Like pulling a disk out: whoever uses it sees errors from now on. */
static void drop_disk(struct config_group *parent, struct config_item *item)
{
	struct thr_disk *disk = disk_of(item);

	mutex_lock(&disk->live_lock);
	thr_disk_stop(disk, true);
	mutex_unlock(&disk->live_lock);
	mutex_lock(&thr_config_lock);
	thr_port_leave(&disk->port);
	mutex_unlock(&thr_config_lock);
	config_item_put(item);
}

static struct configfs_group_operations disks_operations = {
	.make_item = make_disk,
	.drop_item = drop_disk,
};

static const struct config_item_type disks_dir_type = {
	.ct_group_ops = &disks_operations,
	.ct_owner = THIS_MODULE,
};

/* A directory in groups/ */
struct group_item {
	struct config_item item;
	struct thr_group *group;
};

static struct thr_group *group_of(struct config_item *item)
{
	return container_of(item, struct group_item, item)->group;
}

static ssize_t group_limits_show(struct config_item *item, char *page)
{
	ssize_t length;

	mutex_lock(&thr_config_lock);
	length = thr_config_show(&group_of(item)->rotation.meter.limits, page);
	mutex_unlock(&thr_config_lock);
	return length;
}

static ssize_t group_limits_store(struct config_item *item, const char *page, size_t count)
{
	struct thr_group *group;
	int err;

	mutex_lock(&thr_config_lock);
	group = group_of(item);
	err = thr_config_set(group, page, group->error);
	mutex_unlock(&thr_config_lock);
	return err ? : count;
}

static ssize_t group_error_show(struct config_item *item, char *page)
{
	return thr_error_show(group_of(item)->error, page);
}

CONFIGFS_ATTR(group_, limits);
CONFIGFS_ATTR_RO(group_, error);

static struct configfs_attribute *group_attrs[] = {
	&group_attr_limits,
	&group_attr_error,
	NULL
};

static void group_release(struct config_item *item)
{
	kfree(container_of(item, struct group_item, item));
}

static struct configfs_item_operations group_operations = {
	.release = group_release,
};

static const struct config_item_type group_item_type = {
	.ct_item_ops = &group_operations,
	.ct_attrs = group_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_item *make_group(struct config_group *parent, const char *name)
{
	struct group_item *item;
	int err;

	if (!thr_name_valid(name))
		return ERR_PTR(-EINVAL);
	item = kzalloc(sizeof(*item), GFP_KERNEL);
	if (!item)
		return ERR_PTR(-ENOMEM);
	mutex_lock(&thr_config_lock);
	item->group = thr_group_find(name) ? ERR_PTR(-EEXIST) : thr_group_new(name, &item->item);
	err = PTR_ERR_OR_ZERO(item->group);
	mutex_unlock(&thr_config_lock);
	if (err) {
		kfree(item);
		return ERR_PTR(err);
	}
	config_item_init_type_name(&item->item, name, &group_item_type);
	return &item->item;
}

/* The item is still linked here, so until now, and no longer, it could be pinned. */
static void disconnect_group(struct config_group *parent, struct config_item *item)
{
	mutex_lock(&thr_config_lock);
	thr_group_drop(group_of(item));
	mutex_unlock(&thr_config_lock);
}

static struct configfs_group_operations groups_operations = {
	.make_item = make_group,
	.disconnect_notify = disconnect_group,
};

static const struct config_item_type groups_dir_type = {
	.ct_group_ops = &groups_operations,
	.ct_owner = THIS_MODULE,
};

static ssize_t root_features_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "backing read_only in_place group limits device error live\n");
}

CONFIGFS_ATTR_RO(root_, features);

static struct configfs_attribute *root_attrs[] = {
	&root_attr_features,
	NULL
};

static const struct config_item_type root_type = {
	.ct_attrs = root_attrs,
	.ct_owner = THIS_MODULE,
};

static struct config_group groups_dir, disks_dir;

int __init thr_configfs_init(void)
{
	struct config_group *root = &thr_subsystem.su_group;

	config_group_init_type_name(root, "thr", &root_type);
	mutex_init(&thr_subsystem.su_mutex);
	config_group_init_type_name(&groups_dir, "groups", &groups_dir_type);
	configfs_add_default_group(&groups_dir, root);
	config_group_init_type_name(&disks_dir, "disks", &disks_dir_type);
	configfs_add_default_group(&disks_dir, root);
	return configfs_register_subsystem(&thr_subsystem);
}

void thr_configfs_exit(void)
{
	configfs_unregister_subsystem(&thr_subsystem);
}
