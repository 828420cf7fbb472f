// SPDX-License-Identifier: GPL-2.0
/*
 * A disk limited in place: its own node stays the way to it, whoever has it open or mounted. It is
 * not opened, so that it can be removed, and goes on as if nothing had happened, at any time.
 *
 * That the device goes is learnt from a managed resource of it, which device_del() releases.
 */
#include <linux/device.h>
#include <linux/llist.h>
#include <linux/module.h>

#include "attributes.h"
#include "disk.h"
#include "group.h"
#include "inplace.h"

/* Requests that were in the device when a disk was detached may take so long before it is back. */
#define PATIENCE	(10 * HZ)

/* Protects thr_disk.target and what begins and ends with it. */
static DEFINE_MUTEX(lock);

/* Disks whose last bio is done; and for those whose device has gone, the hook. */
static LLIST_HEAD(idle_disks);

static void reap(struct work_struct *work)
{
	struct llist_node *list = llist_del_all(&idle_disks);
	struct thr_disk *disk, *next;

	llist_for_each_entry_safe(disk, next, list, idle_node) {
		percpu_ref_exit(&disk->port.inflight);
		complete_all(&disk->idle);
		config_item_put(&disk->item);
		module_put(THIS_MODULE);
	}
	thr_catch_settle();
}

static DECLARE_WORK(reap_work, reap);

static void idle(struct thr_port *port)
{
	struct thr_disk *disk = container_of(port, struct thr_disk, port);

	llist_add(&disk->idle_node, &idle_disks);
	queue_work(system_unbound_wq, &reap_work);
}

const struct thr_port_operations thr_inplace_operations = {
	.send = thr_catch_send,
	.idle = idle,
};

/* No more bios from now on; what waits goes. What is in the device may take its time. */
static void detach(struct thr_disk *disk)
{
	struct block_device *bdev = disk->target;

	lockdep_assert_held(&lock);
	thr_catch_end(&disk->catch);
	WRITE_ONCE(disk->port.gone, true);
	thr_port_drain(&disk->port);
	sysfs_remove_groups(&bdev->bd_device.kobj, thr_port_groups);
	thr_port_hide(&disk->port);
	thr_port_close(&disk->port);
	WRITE_ONCE(disk->target, NULL);
	put_device(&bdev->bd_device);
}

/* The device goes. */
static void on_release(struct device *dev, void *data)
{
	struct thr_disk *disk = *(struct thr_disk **)data;

	mutex_lock(&lock);
	detach(disk);
	complete_all(&disk->released);
	mutex_unlock(&lock);
}

static int is_of(struct device *dev, void *data, void *disk)
{
	return *(struct thr_disk **)data == disk;
}

static const char *catch_error(int err)
{
	switch (err) {
	case -EEXIST:
		return "it is limited in place already, or a partition of it is, or its disk";
	case -EBUSY:
		return "submit_bio_noacct() is patched already, or ftrace_enabled is 0";
	case -EOPNOTSUPP:
		return "no function tracer with arguments; a stacked disk needs none";
	case -ENOMEM:
		return thr_errno_text(err);
	default:
		return "ftrace refused to divert submit_bio_noacct()";
	}
}

static int refuse(struct thr_disk *disk, int err, const char *why)
{
	return thr_refuse(disk->port.error, err, "%s: cannot limit %s in place: %s",
			  disk->port.name, disk->path, why);
}

static int check(struct thr_disk *disk, struct block_device *bdev)
{
	if (bdev->bd_disk->fops->owner == THIS_MODULE)
		return refuse(disk, -EINVAL, "it is a throttled disk, with limits of its own");
	if (bdev_is_zoned(bdev))
		return refuse(disk, -EOPNOTSUPP, "zoned devices are not supported");
	return 0;
}

/* With @lock */
static int attach(struct thr_disk *disk, struct block_device *bdev, struct thr_disk **res)
{
	struct block_device *again;
	int err;

	thr_port_show(&disk->port, &bdev->bd_device);
	err = sysfs_create_groups(&bdev->bd_device.kobj, thr_port_groups);
	if (err) {
		thr_port_hide(&disk->port);
		return err;
	}
	WRITE_ONCE(disk->port.gone, false);
	WRITE_ONCE(disk->target, bdev);
	devres_add(&bdev->bd_device, res);
	/* It may have gone before there was anything to release. */
	again = compat_bdev_find(disk->path);
	if (!IS_ERR(again))
		put_device(&again->bd_device);
	if (again == bdev || devres_destroy(&bdev->bd_device, on_release, is_of, disk))
		return 0;
	detach(disk);
	return -ENODEV;
}

/**
 * thr_inplace_start - attach a disk
 * @disk: configured disk that is not live
 *
 * Return: 0, or an errno whose reason is in its error.
 */
int thr_inplace_start(struct thr_disk *disk)
{
	struct block_device *bdev;
	struct thr_disk **res;
	int err;

	lockdep_assert_held(&disk->live_lock);
	if (!disk->path)
		return thr_refuse(disk->port.error, -EINVAL, "%s: no backing device is set",
				  disk->port.name);
	if (!wait_for_completion_timeout(&disk->idle, PATIENCE))
		return refuse(disk, -EBUSY, "requests from before are still in it");
	bdev = compat_bdev_find(disk->path);
	if (IS_ERR(bdev))
		return refuse(disk, PTR_ERR(bdev), thr_errno_text(PTR_ERR(bdev)));
	err = check(disk, bdev);
	if (err)
		goto put;
	err = -ENOMEM;
	res = devres_alloc(on_release, sizeof(*res), GFP_KERNEL);
	if (!res || thr_port_open(&disk->port)) {
		refuse(disk, err, thr_errno_text(err));
		goto free;
	}
	*res = disk;
	reinit_completion(&disk->idle);
	reinit_completion(&disk->released);
	/* Until the last bio is done, as reap() finds */
	config_item_get(&disk->item);
	__module_get(THIS_MODULE);
	/* Nothing waits before it is attached. */
	WRITE_ONCE(disk->port.gone, true);
	err = thr_catch_begin(&disk->catch, bdev);
	if (err) {
		refuse(disk, err, catch_error(err));
		goto close;
	}
	mutex_lock(&lock);
	err = attach(disk, bdev, res);
	mutex_unlock(&lock);
	if (!err)
		return 0;
	refuse(disk, err, thr_errno_text(err));
	/* Then it is detached already. */
	if (err == -ENODEV)
		return err;
	thr_catch_end(&disk->catch);
close:
	thr_port_close(&disk->port);
free:
	devres_free(res);
put:
	put_device(&bdev->bd_device);
	return err;
}

/**
 * thr_inplace_stop - detach a disk
 * @disk: live disk
 *
 * What waits goes at once; what is in the device is not waited for. When it returns, and it was the
 * last one, the hook is gone.
 *
 * Return: 0.
 */
int thr_inplace_stop(struct thr_disk *disk)
{
	struct block_device *bdev;

	lockdep_assert_held(&disk->live_lock);
	mutex_lock(&lock);
	bdev = disk->target;
	if (bdev && !devres_destroy(&bdev->bd_device, on_release, is_of, disk)) {
		detach(disk);
		complete_all(&disk->released);
	}
	mutex_unlock(&lock);
	/* The device may be just going. */
	wait_for_completion(&disk->released);
	thr_catch_settle();
	return 0;
}

/**
 * thr_inplace_show_device - the name of the device
 * @disk: disk
 * @page: receives a line, which is empty while none is limited
 *
 * Return: characters written.
 */
ssize_t thr_inplace_show_device(struct thr_disk *disk, char *page)
{
	ssize_t length;

	mutex_lock(&lock);
	length = disk->target ? sysfs_emit(page, "%pg\n", disk->target) : sysfs_emit(page, "\n");
	mutex_unlock(&lock);
	return length;
}

/**
 * thr_inplace_init - what a disk needs to be limited in place
 * @disk: new disk
 */
void thr_inplace_init(struct thr_disk *disk)
{
	thr_catch_init(&disk->catch, &disk->port);
	init_completion(&disk->released);
}

void thr_inplace_module_exit(void)
{
	flush_work(&reap_work);
	thr_catch_module_exit();
}
