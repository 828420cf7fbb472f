/* SPDX-License-Identifier: GPL-2.0 */
/* What is in /sys/class/thr/ and in /sys/block/X/thr/. */
#ifndef THR_ATTRIBUTES_H
#define THR_ATTRIBUTES_H

#include <linux/types.h>

struct attribute_group;
struct thr_member;

/* Of the device that thr_port_show() was told of */
extern const struct attribute_group *thr_port_groups[];

ssize_t thr_member_store_weight(struct thr_member *member, const char *page, size_t count);
ssize_t thr_member_show_group(const struct thr_member *member, char *page);
int thr_class_init(void);
void thr_class_exit(void);

#endif
