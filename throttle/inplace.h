/* SPDX-License-Identifier: GPL-2.0 */
/* Disks that are limited in place, where they are: see inplace.c. */
#ifndef THR_INPLACE_H
#define THR_INPLACE_H

struct thr_disk;

extern const struct thr_port_operations thr_inplace_operations;

void thr_inplace_init(struct thr_disk *disk);
int thr_inplace_start(struct thr_disk *disk);
int thr_inplace_stop(struct thr_disk *disk);
ssize_t thr_inplace_show_device(struct thr_disk *disk, char *page);
void thr_inplace_module_exit(void);

#endif
