/* SPDX-License-Identifier: GPL-2.0 */
/* The directories in configfs: see configfs.c. */
#ifndef THR_CONFIGFS_H
#define THR_CONFIGFS_H

int thr_configfs_init(void);
void thr_configfs_exit(void);

#endif
