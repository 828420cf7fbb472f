// SPDX-License-Identifier: GPL-2.0
/*
 * The user's side: /sys/kernel/config/vhw/<model>/<board>/.
 *
 * A board's memory is counted by its directory's item. The directories below it hold a reference,
 * because a file that someone keeps open in one of them outlives the rmdir.
 */
#define pr_fmt(fmt) "vhw: " fmt

#include <linux/fs.h>
#include <linux/kstrtox.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "../mmio/mmio.h"
#include "core.h"

/**
 * struct vhw_model_dir - a registered model
 * @group: its directory
 * @board_type: type of the boards in it
 * @model: the model
 * @inherited: what configfs does with the directory
 * @ops: likewise, but for rmdir
 */
struct vhw_model_dir {
	struct config_group group;
	struct config_item_type board_type;
	const struct vhw_model *model;
	const struct inode_operations *inherited;
	struct inode_operations ops;
};

/* A change that a live board does not allow */
static int busy(struct vhw_board *board, const char *attribute)
{
	pr_err_ratelimited("%s: %s cannot change while the board is live; write 0 to live first\n",
			   vhw_name(board), attribute);
	return -EBUSY;
}

static int invalid(struct config_item *item, const char *attribute, const char *page,
		   const char *allowed)
{
	pr_err_ratelimited("%s: %s: \"%.*s\" is not %s\n", config_item_name(item), attribute,
			   (int)strcspn(page, "\n"), page, allowed);
	return -EINVAL;
}

/* A trigger: only 1 is accepted */
static int pull_trigger(struct config_item *item, const char *attribute, const char *page)
{
	bool on;

	if (kstrtobool(page, &on) || !on)
		return invalid(item, attribute, page, "1");
	if (vhw_live(vhw_board_of(item)))
		return 0;
	pr_err_ratelimited("%s: %s: the board is not live\n", config_item_name(item), attribute);
	return -ENODEV;
}

static ssize_t vhw_board_live_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", vhw_live(vhw_board_of(item)));
}

static ssize_t vhw_board_live_store(struct config_item *item, const char *page, size_t count)
{
	struct vhw_board *board = vhw_board_of(item);
	bool live;
	int err;

	if (kstrtobool(page, &live))
		return invalid(item, "live", page, "0 or 1");
	if (live) {
		err = vhw_card_plug(board);
		if (err)
			return err;
	} else {
		vhw_card_unplug(board, false);
	}
	return count;
}
CONFIGFS_ATTR(vhw_board_, live);

static ssize_t vhw_board_yank_store(struct config_item *item, const char *page, size_t count)
{
	struct vhw_board *board = vhw_board_of(item);
	int err;

	err = pull_trigger(item, "yank", page) ?: vhw_card_unplug(board, true);
	return err ?: count;
}
CONFIGFS_ATTR_WO(vhw_board_, yank);

static ssize_t vhw_board_reset_store(struct config_item *item, const char *page, size_t count)
{
	struct vhw_board *board = vhw_board_of(item);
	int err;

	guard(mutex)(&board->lock);
	err = pull_trigger(item, "reset", page);
	if (err)
		return err;
	guard(vhw_world)();
	vhw_card_reset(board);
	return count;
}
CONFIGFS_ATTR_WO(vhw_board_, reset);

static ssize_t vhw_board_suspend_store(struct config_item *item, const char *page, size_t count)
{
	struct vhw_board *board = vhw_board_of(item);
	int err;

	guard(mutex)(&board->lock);
	err = pull_trigger(item, "suspend", page) ?: vhw_board_suspend(board);
	return err ?: count;
}
CONFIGFS_ATTR_WO(vhw_board_, suspend);

static ssize_t vhw_board_seed_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%llu\n", vhw_seed(vhw_board_of(item)));
}

static ssize_t vhw_board_seed_store(struct config_item *item, const char *page, size_t count)
{
	struct vhw_board *board = vhw_board_of(item);
	u64 seed;

	if (kstrtou64(page, 0, &seed))
		return invalid(item, "seed", page, "a number of 64 bits");
	guard(mutex)(&board->lock);
	if (vhw_live(board))
		return busy(board, "seed");
	board->seed = seed;
	return count;
}
CONFIGFS_ATTR(vhw_board_, seed);

static ssize_t vhw_board_address_show(struct config_item *item, char *page)
{
	struct vhw_board *board = vhw_board_of(item);
	int place = READ_ONCE(board->place);

	if (place == VHW_ANYWHERE)
		return sysfs_emit(page, "auto\n");
	return sysfs_emit(page, "%04x:%02x:%02x.%u\n", vhw_bus_domain(),
			  VHW_MMIO_BUS_NUMBER + place / VHW_BUS_PLACES,
			  PCI_SLOT(place % VHW_BUS_PLACES), PCI_FUNC(place % VHW_BUS_PLACES));
}

static ssize_t vhw_board_address_store(struct config_item *item, const char *page, size_t count)
{
	struct vhw_board *board = vhw_board_of(item);
	int place = VHW_ANYWHERE;
	char allowed[120];

	if (!sysfs_streq(page, "auto")) {
		place = vhw_address_parse(page, vhw_bus_domain());
		snprintf(allowed, sizeof(allowed),
			 "auto or [[domain:]bus:]device.function from %04x:%02x:00.0 to %02x:1f.7, as lspci has it",
			 vhw_bus_domain(), VHW_MMIO_BUS_NUMBER,
			 VHW_MMIO_BUS_NUMBER + VHW_BUSES - 1);
		if (place < 0)
			return invalid(item, "address", page, allowed);
	}
	guard(mutex)(&board->lock);
	if (vhw_live(board))
		return busy(board, "address");
	if (!vhw_address_ask(board, place))
		return count;
	pr_err_ratelimited("%s: address: another board has been given \"%.*s\"; take another function or slot\n",
			   vhw_name(board), (int)strcspn(page, "\n"), page);
	return -EEXIST;
}
CONFIGFS_ATTR(vhw_board_, address);

static ssize_t vhw_board_pci_address_show(struct config_item *item, char *page)
{
	struct vhw_board *board = vhw_board_of(item);
	struct pci_dev *pdev;

	guard(vhw_world)();
	pdev = board->pdev;
	return pdev ? sysfs_emit(page, "%s\n", pci_name(pdev)) : -ENODEV;
}
CONFIGFS_ATTR_RO(vhw_board_, pci_address);

static ssize_t vhw_board_violations_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%lu\n", READ_ONCE(vhw_board_of(item)->violations));
}
CONFIGFS_ATTR_RO(vhw_board_, violations);

static ssize_t vhw_board_mappings_show(struct config_item *item, char *page)
{
	struct vhw_board *board = vhw_board_of(item);

	guard(vhw_world)();
	return sysfs_emit(page, "%u\n", board->state == VHW_OFF ? 0 : vhw_mapping_count(board));
}
CONFIGFS_ATTR_RO(vhw_board_, mappings);

/* A number of the board's identity, up to @max */
static ssize_t identity_store(struct config_item *item, const char *page, size_t count,
			      const char *attribute, u32 max, u32 *value)
{
	char allowed[40];

	if (!kstrtou32(page, 0, value) && *value <= max)
		return count;
	snprintf(allowed, sizeof(allowed), "a number from 0 to %#x", max);
	return invalid(item, attribute, page, allowed);
}

#define IDENTITY(_name, _field, _digits, _max)						\
static ssize_t vhw_board_##_name##_show(struct config_item *item, char *page)		\
{											\
	struct vhw_board *board = vhw_board_of(item);					\
											\
	return sysfs_emit(page, "0x%0*x\n", _digits, board->identity._field);		\
}											\
static ssize_t vhw_board_##_name##_store(struct config_item *item, const char *page,	\
					 size_t count)					\
{											\
	struct vhw_board *board = vhw_board_of(item);					\
	ssize_t result;									\
	u32 value;									\
											\
	result = identity_store(item, page, count, #_name, _max, &value);		\
	if (result < 0)									\
		return result;								\
	guard(mutex)(&board->lock);							\
	if (vhw_live(board))								\
		return busy(board, #_name);						\
	board->identity._field = value;							\
	return count;									\
}											\
CONFIGFS_ATTR(vhw_board_, _name)

/* 0xffff is what reads where nobody is */
IDENTITY(vendor, vendor, 4, 0xfffe);
IDENTITY(device, device, 4, 0xffff);
IDENTITY(subsystem_vendor, subvendor, 4, 0xffff);
IDENTITY(subsystem_device, subdevice, 4, 0xffff);
IDENTITY(class, class, 6, 0xffffff);
IDENTITY(revision, revision, 2, 0xff);

static struct configfs_attribute *board_attrs[] = {
	&vhw_board_attr_vendor,
	&vhw_board_attr_device,
	&vhw_board_attr_subsystem_vendor,
	&vhw_board_attr_subsystem_device,
	&vhw_board_attr_class,
	&vhw_board_attr_revision,
	&vhw_board_attr_live,
	&vhw_board_attr_suspend,
	&vhw_board_attr_yank,
	&vhw_board_attr_reset,
	&vhw_board_attr_seed,
	&vhw_board_attr_address,
	&vhw_board_attr_pci_address,
	&vhw_board_attr_violations,
	&vhw_board_attr_mappings,
};

static void board_release(struct config_item *item)
{
	struct vhw_board *board = vhw_board_of(item);

	if (board->initialized && board->model->exit)
		board->model->exit(board);
	vhw_board_free(board);
}

static struct configfs_item_operations board_item_ops = {
	.release = board_release,
};

static struct vhw_model_dir *model_dir_of(struct config_group *group)
{
	return container_of(group, struct vhw_model_dir, group);
}

static struct config_group *make_board(struct config_group *group, const char *name)
{
	struct vhw_model_dir *dir = model_dir_of(group);
	struct vhw_board *board;
	int err;

	if (!READ_ONCE(dir->inherited))
		return ERR_PTR(-EAGAIN);	/* it is just being registered */
	board = vhw_board_create(dir->model, name);
	if (!board)
		return ERR_PTR(-ENOMEM);
	config_group_init_type_name(&board->group, name, &dir->board_type);
	vhw_faults_add(board->faults, &board->group);
	err = dir->model->init ? dir->model->init(board) : 0;
	board->initialized = !err;
	if (err) {
		vhw_put_groups(&board->group);
		config_group_put(&board->group);
		return ERR_PTR(err);
	}
	return &board->group;
}

static void drop_board(struct config_group *group, struct config_item *item)
{
	vhw_address_drop(vhw_board_of(item));
	vhw_put_groups(to_config_group(item));
	config_item_put(item);
}

static struct configfs_group_operations model_group_ops = {
	.make_group = make_board,
	.drop_item = drop_board,
};

static void model_release(struct config_item *item)
{
	struct vhw_model_dir *dir = model_dir_of(to_config_group(item));

	kfree(dir->board_type.ct_attrs);
	kfree(dir);
}

static struct configfs_item_operations model_item_ops = {
	.release = model_release,
};

static const struct config_item_type model_type = {
	.ct_owner = THIS_MODULE,
	.ct_item_ops = &model_item_ops,
	.ct_group_ops = &model_group_ops,
};

static ssize_t vhw_features_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%s %s\n", VHW_MMIO_NAME,
			  "dma faults functions hotplug intx msi msix reset seed suspend trace violations yank");
}
CONFIGFS_ATTR_RO(vhw_, features);

static struct configfs_attribute *root_attrs[] = {
	&vhw_attr_features,
	NULL,
};

static const struct config_item_type root_type = {
	.ct_owner = THIS_MODULE,
	.ct_attrs = root_attrs,
};

static struct configfs_subsystem subsystem = {
	.su_group = {
		.cg_item = {
			.ci_namebuf = "vhw",
			.ci_type = &root_type,
		},
	},
	.su_mutex = __MUTEX_INITIALIZER(subsystem.su_mutex),
};

static struct vhw_board *find_board(struct vhw_model_dir *dir, const struct dentry *dentry)
{
	struct config_item *item;

	guard(mutex)(&subsystem.su_mutex);
	item = config_group_find_item(&dir->group, dentry->d_name.name);
	return item ? vhw_board_of(item) : NULL;
}

/* Out of the bus, and out with what is plugged into the board */
static void strip(struct vhw_board *board)
{
	scoped_guard(mutex, &board->lock)
		board->leaving = true;
	vhw_card_unplug(board, false);
	guard(mutex)(&board->lock);
	if (board->model->strip)
		board->model->strip(board);
}

/*
 * configfs cannot remove a directory by rmdir that was registered below it, as those of parts are.
 * So they go first, and no file of theirs is open when configfs takes the board's own. The caller
 * holds the locks of both directories; parts may need that of the board.
 */
static int model_rmdir(struct inode *inode, struct dentry *dentry)
{
	struct vhw_model_dir *dir = container_of(inode->i_op, struct vhw_model_dir, ops);
	struct vhw_board *board = find_board(dir, dentry);
	int err;

	if (board) {
		inode_unlock(d_inode(dentry));
		strip(board);
		inode_lock(d_inode(dentry));
		config_group_put(&board->group);
	}
	err = dir->inherited->rmdir(inode, dentry);
	board = err ? find_board(dir, dentry) : NULL;
	if (board) {
		scoped_guard(mutex, &board->lock)
			board->leaving = false;
		config_group_put(&board->group);
	}
	return err;
}

static void take_rmdir(struct vhw_model_dir *dir)
{
	struct inode *inode = d_inode(dir->group.cg_item.ci_dentry);

	inode_lock(inode);
	dir->ops = *inode->i_op;
	dir->ops.rmdir = model_rmdir;
	dir->inherited = inode->i_op;
	inode->i_op = &dir->ops;
	inode_unlock(inode);
}

static void return_rmdir(struct vhw_model_dir *dir)
{
	struct inode *inode = d_inode(dir->group.cg_item.ci_dentry);

	inode_lock(inode);
	inode->i_op = dir->inherited;
	inode_unlock(inode);
	synchronize_rcu();	/* who walks through the directory */
}

static struct configfs_attribute **all_attrs(const struct vhw_model *model)
{
	struct configfs_attribute **attrs, **attr;
	unsigned int own = ARRAY_SIZE(board_attrs), theirs = 0;

	for (attr = model->attrs; attr && *attr; attr++)
		theirs++;
	attrs = kcalloc(own + theirs + 1, sizeof(*attrs), GFP_KERNEL);
	if (!attrs)
		return NULL;
	memcpy(attrs, board_attrs, sizeof(board_attrs));
	if (theirs)
		memcpy(attrs + own, model->attrs, theirs * sizeof(*attrs));
	return attrs;
}

/**
 * vhw_model_register() - offer a kind of board: its directory appears
 * @model: the model
 *
 * Return: 0; -EINVAL when its config space cannot exist, with a line in the log; -EEXIST; -ENOMEM.
 */
int vhw_model_register(const struct vhw_model *model)
{
	struct vhw_model_dir *dir;
	const char *why;
	int err;

	err = vhw_config_check(model, &why);
	if (err) {
		pr_err("model %s: %s\n", model->name, why);
		return err;
	}
	dir = kzalloc(sizeof(*dir), GFP_KERNEL);
	if (!dir)
		return -ENOMEM;
	dir->model = model;
	dir->board_type.ct_owner = model->owner;
	dir->board_type.ct_item_ops = &board_item_ops;
	dir->board_type.ct_attrs = all_attrs(model);
	if (!dir->board_type.ct_attrs) {
		kfree(dir);
		return -ENOMEM;
	}
	config_group_init_type_name(&dir->group, model->name, &model_type);
	err = configfs_register_group(&subsystem.su_group, &dir->group);
	if (err)
		config_group_put(&dir->group);
	else
		take_rmdir(dir);
	return err;
}
EXPORT_SYMBOL_GPL(vhw_model_register);

/**
 * vhw_model_unregister() - withdraw it; no board of it is left, since each pins the model's module
 * @model: the model
 */
void vhw_model_unregister(const struct vhw_model *model)
{
	struct config_item *item;

	scoped_guard(mutex, &subsystem.su_mutex)
		item = config_group_find_item(&subsystem.su_group, model->name);
	return_rmdir(model_dir_of(to_config_group(item)));
	configfs_unregister_group(to_config_group(item));
	config_item_put(item);	/* found */
	config_item_put(item);	/* made */
}
EXPORT_SYMBOL_GPL(vhw_model_unregister);

/**
 * vhw_configfs_init() - make the directory
 *
 * Return: 0 or -errno.
 */
int vhw_configfs_init(void)
{
	config_group_init(&subsystem.su_group);
	return configfs_register_subsystem(&subsystem);
}

/**
 * vhw_configfs_exit() - unmake it; no model is left
 */
void vhw_configfs_exit(void)
{
	configfs_unregister_subsystem(&subsystem);
}
