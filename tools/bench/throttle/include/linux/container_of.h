/* SPDX-License-Identifier: GPL-2.0 */
#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))
