// SPDX-License-Identifier: GPL-2.0
#define CREATE_TRACE_POINTS
#include "trace.h"

/* for vhw-record */
EXPORT_TRACEPOINT_SYMBOL_GPL(vhw_read);
EXPORT_TRACEPOINT_SYMBOL_GPL(vhw_write);
EXPORT_TRACEPOINT_SYMBOL_GPL(vhw_config_read);
EXPORT_TRACEPOINT_SYMBOL_GPL(vhw_config_write);
EXPORT_TRACEPOINT_SYMBOL_GPL(vhw_irq);
