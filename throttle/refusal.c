// SPDX-License-Identifier: GPL-2.0
/* Why something was refused, in words, and what names are allowed. */
#include <linux/ctype.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "refusal.h"

/* Reasons of refusals are written and read from everywhere, and rarely. */
static DEFINE_MUTEX(error_lock);

/**
 * thr_refuse - say why something was refused
 * @error: where the user can read it, THR_ERROR_MAX characters
 * @err: errno
 * @format: like printf
 *
 * Return: @err.
 */
int thr_refuse(char *error, int err, const char *format, ...)
{
	va_list args;

	mutex_lock(&error_lock);
	va_start(args, format);
	vsnprintf(error, THR_ERROR_MAX, format, args);
	va_end(args);
	pr_notice_ratelimited("%s\n", error);
	mutex_unlock(&error_lock);
	return err;
}

/**
 * thr_errno_text - an errno for people
 * @err: negative errno of opening a device, or of making a disk or group
 *
 * Return: half a sentence.
 */
const char *thr_errno_text(int err)
{
	switch (err) {
	case -EACCES:
	case -EPERM:
		return "it does not allow that";
	case -EBUSY:
		return "it is in use: mounted, or a part of another device";
	case -ENOENT:
		return "there is no such file";
	case -ENOMEM:
		return "memory is short";
	case -ENOSPC:
		return "there are too many";
	case -ENOTBLK:
		return "it is no block device";
	case -EROFS:
		return "it is read-only";
	case -ENODEV:
	case -ENOMEDIUM:
	case -ENXIO:
		return "there is no device behind it";
	default:
		return "the kernel refused it";
	}
}

/**
 * thr_accept - nothing was refused
 * @error: what thr_refuse() was given
 */
void thr_accept(char *error)
{
	mutex_lock(&error_lock);
	*error = '\0';
	mutex_unlock(&error_lock);
}

/**
 * thr_error_show - why the last change was refused
 * @error: what thr_refuse() was given
 * @page: receives a line
 *
 * Return: characters written.
 */
ssize_t thr_error_show(const char *error, char *page)
{
	ssize_t length;

	mutex_lock(&error_lock);
	length = sysfs_emit(page, "%s\n", error);
	mutex_unlock(&error_lock);
	return length;
}

/**
 * thr_name_valid - may a disk or group be called so?
 * @name: name
 *
 * Return: true for 1 to THR_NAME_MAX - 1 ASCII letters, digits, and . _ - : with no dot in front.
 */
bool thr_name_valid(const char *name)
{
	const char *c;

	if (!*name || *name == '.' || strlen(name) >= THR_NAME_MAX)
		return false;
	for (c = name; *c; c++)
		if (!isascii(*c) || (!isalnum(*c) && !strchr("._-:", *c)))
			return false;
	return true;
}
