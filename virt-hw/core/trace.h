/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vhw

#if !defined(VHW_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VHW_TRACE_H

#include <linux/tracepoint.h>

#include "core.h"

DECLARE_EVENT_CLASS(vhw_access,
	TP_PROTO(const struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		 u32 value, void *caller),
	TP_ARGS(board, bar, offset, size, value, caller),
	TP_STRUCT__entry(
		__string(board, board->name)
		__field(u8, bar)
		__field(u8, size)
		__field(u32, offset)
		__field(u32, value)
		__field(void *, caller)
	),
	TP_fast_assign(
		compat_assign_str(board, board->name);
		__entry->bar = bar;
		__entry->size = size;
		__entry->offset = offset;
		__entry->value = value;
		__entry->caller = caller;
	),
	TP_printk("%s BAR%u+%#06x size=%u value=%#0*x caller=%pS", __get_str(board), __entry->bar,
		  __entry->offset, __entry->size, 2 * __entry->size + 2, __entry->value,
		  __entry->caller)
);

DEFINE_EVENT(vhw_access, vhw_read,
	TP_PROTO(const struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		 u32 value, void *caller),
	TP_ARGS(board, bar, offset, size, value, caller)
);

DEFINE_EVENT(vhw_access, vhw_write,
	TP_PROTO(const struct vhw_board *board, unsigned int bar, u32 offset, unsigned int size,
		 u32 value, void *caller),
	TP_ARGS(board, bar, offset, size, value, caller)
);

TRACE_EVENT(vhw_no_decode,
	TP_PROTO(u64 offset, unsigned int size, void *caller),
	TP_ARGS(offset, size, caller),
	TP_STRUCT__entry(
		__field(u64, offset)
		__field(u8, size)
		__field(void *, caller)
	),
	TP_fast_assign(
		__entry->offset = offset;
		__entry->size = size;
		__entry->caller = caller;
	),
	TP_printk("window+%#llx size=%u caller=%pS", __entry->offset, __entry->size,
		  __entry->caller)
);

DECLARE_EVENT_CLASS(vhw_config,
	TP_PROTO(const struct vhw_board *board, unsigned int where, unsigned int size, u32 value),
	TP_ARGS(board, where, size, value),
	TP_STRUCT__entry(
		__string(board, board->name)
		__field(u16, where)
		__field(u8, size)
		__field(u32, value)
	),
	TP_fast_assign(
		compat_assign_str(board, board->name);
		__entry->where = where;
		__entry->size = size;
		__entry->value = value;
	),
	TP_printk("%s config+%#04x size=%u value=%#0*x", __get_str(board), __entry->where,
		  __entry->size, 2 * __entry->size + 2, __entry->value)
);

DEFINE_EVENT(vhw_config, vhw_config_read,
	TP_PROTO(const struct vhw_board *board, unsigned int where, unsigned int size, u32 value),
	TP_ARGS(board, where, size, value)
);

DEFINE_EVENT(vhw_config, vhw_config_write,
	TP_PROTO(const struct vhw_board *board, unsigned int where, unsigned int size, u32 value),
	TP_ARGS(board, where, size, value)
);

TRACE_EVENT(vhw_irq,
	TP_PROTO(const struct vhw_board *board, const char *kind, unsigned int vector,
		 bool asserted),
	TP_ARGS(board, kind, vector, asserted),
	TP_STRUCT__entry(
		__string(board, board->name)
		__string(kind, kind)
		__field(u16, vector)
		__field(bool, asserted)
	),
	TP_fast_assign(
		compat_assign_str(board, board->name);
		compat_assign_str(kind, kind);
		__entry->vector = vector;
		__entry->asserted = asserted;
	),
	TP_printk("%s %s %u %s", __get_str(board), __get_str(kind), __entry->vector,
		  __entry->asserted ? "asserted" : "deasserted")
);

TRACE_EVENT(vhw_dma,
	TP_PROTO(const struct vhw_board *board, bool write, u64 address, size_t length, int err),
	TP_ARGS(board, write, address, length, err),
	TP_STRUCT__entry(
		__string(board, board->name)
		__field(bool, write)
		__field(u64, address)
		__field(size_t, length)
		__field(int, err)
	),
	TP_fast_assign(
		compat_assign_str(board, board->name);
		__entry->write = write;
		__entry->address = address;
		__entry->length = length;
		__entry->err = err;
	),
	TP_printk("%s %s address=%#llx length=%zu err=%d", __get_str(board),
		  __entry->write ? "write" : "read", __entry->address, __entry->length,
		  __entry->err)
);

TRACE_EVENT(vhw_fault,
	TP_PROTO(const struct vhw_board *board, const char *name, u64 count),
	TP_ARGS(board, name, count),
	TP_STRUCT__entry(
		__string(board, board->name)
		__string(name, name)
		__field(u64, count)
	),
	TP_fast_assign(
		compat_assign_str(board, board->name);
		compat_assign_str(name, name);
		__entry->count = count;
	),
	TP_printk("%s %s count=%llu", __get_str(board), __get_str(name), __entry->count)
);

TRACE_EVENT(vhw_violation,
	TP_PROTO(const struct vhw_board *board, struct va_format *vaf),
	TP_ARGS(board, vaf),
	TP_STRUCT__entry(
		__string(board, board->name)
		__array(char, what, 120)
	),
	TP_fast_assign(
		compat_assign_str(board, board->name);
		snprintf(__entry->what, sizeof(__entry->what), "%pV", vaf);
	),
	TP_printk("%s %s", __get_str(board), __entry->what)
);

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
