/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What /dev/vhw-record gives to who reads it: tools/vhwctl knows this layout.
 */
#ifndef VHW_RECORD_EVENT_H
#define VHW_RECORD_EVENT_H

#include <linux/types.h>

enum record_kind {
	RECORD_READ,		/* size bytes of a BAR at offset were read: value */
	RECORD_WRITE,
	RECORD_CONFIG_READ,	/* likewise of config space */
	RECORD_CONFIG_WRITE,
	RECORD_IRQ,		/* the driver's handler of INTA# is called */
	RECORD_IRQ_END,		/* it returns: 0 not mine, 1 handled, 2 a thread does the rest */
	RECORD_INTX,		/* INTA# changes to value */
	RECORD_MSI,		/* message value is sent, or its handler called */
	RECORD_LOST,		/* value events did not fit before this one */
	RECORD_BAR,		/* at first: there is a BAR of value bytes; offset has VHW_BAR_* */
	RECORD_IMAGE,		/* at first: size bytes of config space */
};

/**
 * struct record_event - an event; 32 bytes in the machine's byte order
 * @time: ns since the recording began
 * @value: what was read or written
 * @offset: in the BAR
 * @cpu: on which processor
 * @kind: enum record_kind
 * @size: bytes
 * @bar: which
 * @reserved: 0
 */
struct record_event {
	__u64 time;
	__u64 value;
	__u32 offset;
	__u16 cpu;
	__u8 kind;
	__u8 size;
	__u8 bar;
	__u8 reserved[7];
};

#endif
