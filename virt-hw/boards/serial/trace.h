/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One event for each character that a chip sends or receives, and for each time that the driver of
 * a two-wire bus is switched, with the world's time.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vhw_serial

#if !defined(VHW_SERIAL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VHW_SERIAL_TRACE_H

#include <linux/tracepoint.h>

#include "../../core/vhw.h"

TRACE_EVENT(vhw_serial,
	    TP_PROTO(struct vhw_board *board, unsigned int slot, unsigned int channel, bool sent,
		     u8 data, u8 status),
	    TP_ARGS(board, slot, channel, sent, data, status),
	    TP_STRUCT__entry(__string(board, vhw_name(board)) __field(u64, time) __field(u8, slot)
				     __field(u8, channel) __field(bool, sent) __field(u8, data)
					     __field(u8, status)),
	    TP_fast_assign(compat_assign_str(board, vhw_name(board)); __entry->time = vhw_now();
			   __entry->slot = slot; __entry->channel = channel; __entry->sent = sent;
			   __entry->data = data; __entry->status = status;),
	    TP_printk("%s/%u/%u %s %02x status=%02x at %llu", __get_str(board), __entry->slot,
		      __entry->channel, __entry->sent ? "tx" : "rx", __entry->data, __entry->status,
		      __entry->time));

TRACE_EVENT(vhw_serial_driver,
	    TP_PROTO(struct vhw_board *board, unsigned int slot, unsigned int channel, bool on),
	    TP_ARGS(board, slot, channel, on),
	    TP_STRUCT__entry(__string(board, vhw_name(board)) __field(u64, time) __field(u8, slot)
				     __field(u8, channel) __field(bool, on)),
	    TP_fast_assign(compat_assign_str(board, vhw_name(board)); __entry->time = vhw_now();
			   __entry->slot = slot; __entry->channel = channel; __entry->on = on;),
	    TP_printk("%s/%u/%u driver %s at %llu", __get_str(board), __entry->slot,
		      __entry->channel, __entry->on ? "on" : "off", __entry->time));

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
