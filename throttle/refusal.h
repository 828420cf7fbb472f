/* SPDX-License-Identifier: GPL-2.0 */
/* Why something was refused, in words, and what names are allowed. */
#ifndef THR_REFUSAL_H
#define THR_REFUSAL_H

#include <linux/types.h>

#define THR_NAME_MAX	64
#define THR_ERROR_MAX	160

int thr_refuse(char *error, int err, const char *format, ...) __printf(3, 4);
void thr_accept(char *error);
ssize_t thr_error_show(const char *error, char *page);
const char *thr_errno_text(int err);
bool thr_name_valid(const char *name);

#endif
