/* SPDX-License-Identifier: GPL-2.0 */
/* What the pure files of throttle/ need of the kernel's headers, for user space. */
#ifndef SHIM_TYPES_H
#define SHIM_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int64_t s64;

#endif
