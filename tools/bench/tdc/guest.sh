#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh: instructions a timestamp costs between interrupt and reader, on a kernel whose clock counts instructions.
#
# The virtual board works on the same CPU, so its part is left out: the function graph tracer times deliver_buffer()
# (poison, check, convert, push) without the DMA transfer in it, and the reader times its read() calls. What a service
# costs besides, whatever it brings, is the time of the interrupt's thread for a single timestamp, with everything.
set -eu
. "$(dirname "$0")/../../../selftests/fmc-tdc/common.sh"

load_spec buffer_records=524288
new_card bench
plug_active "$card"
ch=$(channel 1)
tracing=/sys/kernel/tracing

trace() {
	echo nop >$tracing/current_tracer
	echo 65536 >$tracing/buffer_size_kb
	printf '%s\n' tdc_irq deliver_buffer spec_fmc_dma_read >$tracing/set_ftrace_filter
	echo function_graph >$tracing/current_tracer
	: >$tracing/trace
}

# session COUNT PERIOD-PS: capture and read; prints instructions spent in read(). The virtual board may keep the only CPU
# busy for as long as pulses come, so the buffer holds all of them; the reader waits for the first before they begin.
session() {
	rm -f /tmp/reading
	enable "$ch" 262144
	python3 - "/dev/${ch##*/}" "$1" <<-'END' &
		import os, select, sys, time
		file, left, spent = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK), int(sys.argv[2]), 0
		poll = select.poll()
		poll.register(file, select.POLLIN)
		open("/tmp/reading", "w").close()
		while left:
		    poll.poll() # no limit: while the host reads a file, virtual time leaps
		    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
		    try:
		        got = len(os.read(file, 65536 * 16)) // 16
		    except BlockingIOError:
		        continue
		    spent += time.clock_gettime_ns(time.CLOCK_MONOTONIC) - before
		    left -= got
		print(spent)
	END
	wait_for 60 test -e /tmp/reading
	train 0 "$1" "$2" 100000
	wait $!
	disable "$ch"
}

# total FUNCTION: its time in the trace, ns
total() {
	python3 - "$1" <<-'END'
		import re, sys
		total = 0
		for line in open("/sys/kernel/tracing/trace"):
		    found = re.search(r"([0-9.]+) us +\|.*(?:\} /\* %s(?: \[\w+\])? \*/|\b%s(?: \[\w+\])?\(\);)" % ((sys.argv[1],) * 2), line)
		    if found:
		        total += round(float(found.group(1)) * 1000)
		print(total)
	END
}

count=${COUNT:-200000}
echo 1 >$tracing/options/funcgraph-tail
session 1000 1000000 >/dev/null
trace
read_cost=$(session "$count" 1000000)
deliver=$(($(total deliver_buffer) - $(total spec_fmc_dma_read)))
trace
session 1 1000000 >/dev/null
service=$(total tdc_irq)
echo nop >$tracing/current_tracer
printf 'timestamps: %d at 1 MHz, in batches of 10 ms\n' "$count"
printf 'check, convert, push: %d instructions each\n' $((deliver / count))
printf 'read() by the user: %d instructions each\n' $((read_cost / count))
printf 'a service for one timestamp, all in: %d instructions, %d each in a batch of 10000\n' "$service" $((service / 10000))
printf 'in all: %d instructions a timestamp (limit: 400)\n' $(((deliver + read_cost) / count + service / 10000))
[ $(((deliver + read_cost) / count + service / 10000)) -le 400 ]
