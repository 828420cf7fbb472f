/* SPDX-License-Identifier: GPL-2.0 */
/* Nothing waits in a machine that sleeps: see sleep.c. */
#ifndef THR_SLEEP_H
#define THR_SLEEP_H

int thr_sleep_init(void);
void thr_sleep_exit(void);

#endif
