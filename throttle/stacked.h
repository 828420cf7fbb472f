/* SPDX-License-Identifier: GPL-2.0 */
/* Disks of their own, stacked on a backing device: /dev/thrN. See stacked.c. */
#ifndef THR_STACKED_H
#define THR_STACKED_H

struct thr_disk;

extern const struct thr_port_operations thr_stacked_operations;

int thr_stacked_start(struct thr_disk *disk);
int thr_stacked_stop(struct thr_disk *disk, bool force);
void thr_stacked_module_exit(void);

#endif
