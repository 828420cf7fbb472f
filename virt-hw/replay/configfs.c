// SPDX-License-Identifier: GPL-2.0
/*
 * A replayed board's attributes.
 */
#define pr_fmt(fmt) "vhw-replay: " fmt

#include <linux/err.h>
#include <linux/kernel_read_file.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/sysfs.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "replay.h"

static struct replay *replay_of(struct config_item *item)
{
	return vhw_priv(vhw_board_of(item));
}

static struct replay_program *load(struct replay *replay, const char *path)
{
	struct replay_program *program;
	struct replay_why why;
	void *text = NULL;
	ssize_t length;

	/* Security modules warn of a file that is read for nothing they know. */
	length = kernel_read_file_from_path(path, 0, &text, REPLAY_LENGTH_MAX, NULL,
					    READING_FIRMWARE);
	if (length < 0) {
		pr_err_ratelimited("%s: %s cannot be read, error %zd; it is to be a file of at most 64 MiB with an absolute path\n",
				   vhw_name(replay->board), path, length);
		return ERR_PTR(length);
	}
	program = replay_program_parse(text, length, &replay_model, &why);
	vfree(text);
	if (IS_ERR(program))
		pr_err_ratelimited("%s: %s: line %u: %s\n", vhw_name(replay->board), path, why.line,
				   why.what);
	return program;
}

static ssize_t replay_recording_show(struct config_item *item, char *page)
{
	struct replay *replay = replay_of(item);

	guard(mutex)(&replay->lock);
	return sysfs_emit(page, "%s\n", replay->name ?: "");
}

static int become(struct replay *replay, const char *path)
{
	struct replay_program *program;
	char *name;
	int err;

	program = load(replay, path);
	if (IS_ERR(program))
		return PTR_ERR(program);
	name = kstrdup(path, GFP_KERNEL);
	err = name ? vhw_board_shape(replay->board, &program->shape) : -ENOMEM;
	if (err) {
		kfree(name);
		replay_program_put(program);
		return err;
	}
	replay_program_put(replay->program);
	kfree(replay->name);
	replay->program = program;
	replay->name = name;
	return 0;
}

static ssize_t replay_recording_store(struct config_item *item, const char *page, size_t count)
{
	struct replay *replay = replay_of(item);
	char *path;
	int err;

	path = kstrndup(page, strcspn(page, "\n"), GFP_KERNEL);
	if (!path)
		return -ENOMEM;
	scoped_guard(mutex, &replay->lock)
		err = become(replay, path);
	kfree(path);
	return err ?: count;
}
CONFIGFS_ATTR(replay_, recording);

static ssize_t replay_window_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%u\n", READ_ONCE(replay_of(item)->window));
}

static ssize_t replay_window_store(struct config_item *item, const char *page, size_t count)
{
	struct replay *replay = replay_of(item);
	unsigned int window;

	if (kstrtouint(page, 0, &window) || !window || window > REPLAY_WINDOW_MAX) {
		pr_err_ratelimited("%s: window: \"%.*s\" is not a number from 1 to %u\n",
				   vhw_name(replay->board), (int)strcspn(page, "\n"), page,
				   REPLAY_WINDOW_MAX);
		return -EINVAL;
	}
	guard(vhw_world)();
	if (vhw_live(replay->board))
		return -EBUSY;
	replay->window = window;
	return count;
}
CONFIGFS_ATTR(replay_, window);

static ssize_t replay_strict_show(struct config_item *item, char *page)
{
	return sysfs_emit(page, "%d\n", READ_ONCE(replay_of(item)->strict));
}

static ssize_t replay_strict_store(struct config_item *item, const char *page, size_t count)
{
	struct replay *replay = replay_of(item);
	bool strict;

	if (kstrtobool(page, &strict)) {
		pr_err_ratelimited("%s: strict: \"%.*s\" is not 0 or 1\n", vhw_name(replay->board),
				   (int)strcspn(page, "\n"), page);
		return -EINVAL;
	}
	guard(vhw_world)();
	replay->strict = strict;
	return count;
}
CONFIGFS_ATTR(replay_, strict);

#define COUNT(_name)									\
static ssize_t replay_##_name##_show(struct config_item *item, char *page)		\
{											\
	u64 count;									\
											\
	scoped_guard(vhw_world)								\
		count = replay_of(item)->path._name;					\
	return sysfs_emit(page, "%llu\n", count);					\
}											\
CONFIGFS_ATTR_RO(replay_, _name)

COUNT(divergences);
COUNT(made);
COUNT(skipped);
COUNT(repeated);
COUNT(reordered);

static ssize_t replay_first_show(struct config_item *item, char *page)
{
	struct replay *replay = replay_of(item);

	guard(vhw_world)();
	return sysfs_emit(page, "%s\n", replay->first[0] ? replay->first : "none");
}
CONFIGFS_ATTR_RO(replay_, first);

static ssize_t replay_line_show(struct config_item *item, char *page)
{
	struct replay *replay = replay_of(item);

	u32 line;

	scoped_guard(vhw_world)
		line = replay->running ? replay_path_line(&replay->path) : 0;
	return sysfs_emit(page, "%u\n", line);
}
CONFIGFS_ATTR_RO(replay_, line);

static ssize_t replay_accesses_show(struct config_item *item, char *page)
{
	struct replay *replay = replay_of(item);

	guard(mutex)(&replay->lock);
	return sysfs_emit(page, "%u\n", replay->program ? replay->program->nr_accesses : 0);
}
CONFIGFS_ATTR_RO(replay_, accesses);

struct configfs_attribute *replay_attrs[] = {
	&replay_attr_recording,
	&replay_attr_window,
	&replay_attr_strict,
	&replay_attr_divergences,
	&replay_attr_first,
	&replay_attr_line,
	&replay_attr_accesses,
	&replay_attr_made,
	&replay_attr_skipped,
	&replay_attr_repeated,
	&replay_attr_reordered,
	NULL,
};
