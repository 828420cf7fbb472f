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

/*
 * Bus types may be const, and their match() takes a const driver, from 6.11 on;
 * uevent() takes a const device from 6.3 on.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
#define compat_bus_type		const struct bus_type
#define compat_match_driver	const struct device_driver
#else
#define compat_bus_type		struct bus_type
#define compat_match_driver	struct device_driver
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define compat_uevent_device	const struct device
#else
#define compat_uevent_device	struct device
#endif

/*
 * struct ftrace_regs got accessors in 6.2; before, the one setter had another name and arguments
 * were read from the struct pt_regs inside. Macros, so that nothing is included for them.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
#define ftrace_regs_get_argument(fregs, n)		regs_get_kernel_argument(&(fregs)->regs, n)
#define ftrace_regs_set_instruction_pointer(fregs, ip)	ftrace_instruction_pointer_set(fregs, ip)
#endif

/* The source of a trace event's string is named once, in __string(), from 6.10 on. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define compat_assign_str(dst, src)	__assign_str(dst)
#else
#define compat_assign_str(dst, src)	__assign_str(dst, src)
#endif

/* The flag that asks for INTA# is named for what it is from 6.8 on. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define PCI_IRQ_INTX	PCI_IRQ_LEGACY
#endif

/*
 * tty callbacks: write() counts in size_t, and XON and XOFF are u8, from 6.6 on; a tty port's
 * dtr_rts() takes a bool from 6.3 on.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
#define compat_tty_written	ssize_t
#define compat_tty_length	size_t
#define compat_tty_char		u8
#define compat_tty_flag		u8
#else
#define compat_tty_written	int
#define compat_tty_length	int
#define compat_tty_char		char
#define compat_tty_flag		char
#endif
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define compat_dtr_rts		bool
#else
#define compat_dtr_rts		int
#endif

#endif
