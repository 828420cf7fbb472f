/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that knows kernels differ; every file is compiled with it in front. It tests features where the
 * kernel lets it, and versions only where a change left no other mark.
 */
#ifndef MEZZANINE_COMPAT_H
#define MEZZANINE_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0) || LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
#error "Mezzanine supports kernels 6.1 to 6.12; this one is outside that range."
#endif

#endif
