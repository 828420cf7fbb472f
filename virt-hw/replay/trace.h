/* SPDX-License-Identifier: GPL-2.0 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM vhw_replay

#if !defined(VHW_REPLAY_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define VHW_REPLAY_TRACE_H

#include <linux/tracepoint.h>

TRACE_EVENT(vhw_divergence,
	TP_PROTO(const char *board, unsigned int line, const char *what),
	TP_ARGS(board, line, what),
	TP_STRUCT__entry(
		__string(board, board)
		__field(u32, line)
		__string(what, what)
	),
	TP_fast_assign(
		compat_assign_str(board, board);
		__entry->line = line;
		compat_assign_str(what, what);
	),
	TP_printk("%s line=%u %s", __get_str(board), __entry->line, __get_str(what))
);

#endif

#undef TRACE_INCLUDE_PATH
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_PATH .
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
