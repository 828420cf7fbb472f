/* SPDX-License-Identifier: GPL-2.0 */
/* glibc defines __always_inline. */
#include <sys/cdefs.h>

#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
