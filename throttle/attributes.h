/* SPDX-License-Identifier: GPL-2.0 */
/* What is in /sys/class/thr/ and in /sys/block/X/thr/. */
#ifndef THR_ATTRIBUTES_H
#define THR_ATTRIBUTES_H

struct attribute_group;

/* Of the device that thr_port_show() was told of */
extern const struct attribute_group *thr_port_groups[];

int thr_class_init(void);
void thr_class_exit(void);

#endif
