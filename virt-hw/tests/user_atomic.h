/* SPDX-License-Identifier: GPL-2.0 */
/* What x86_known.h needs of the kernel, for tests in user space. */
#ifndef USER_ATOMIC_H
#define USER_ATOMIC_H

#define ____cacheline_aligned
#define unlikely(x)			__builtin_expect(x, 0)
#define READ_ONCE(x)			__atomic_load_n(&(x), __ATOMIC_RELAXED)
#define cmpxchg(p, old, new)		__sync_val_compare_and_swap(p, old, new)
#define smp_rmb()			__atomic_thread_fence(__ATOMIC_ACQUIRE) /* the same */
#define smp_load_acquire(p)		__atomic_load_n(p, __ATOMIC_ACQUIRE) /* the same */
#define smp_store_release(p, v)		__atomic_store_n(p, v, __ATOMIC_RELEASE) /* the same */

#endif
