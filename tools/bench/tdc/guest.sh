#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# guest.sh: instructions a timestamp costs between interrupt and reader, on a kernel whose clock counts instructions.
#
# The virtual board works on the same CPU, so its part is left out: the pulses of a batch are over before the driver
# fetches them, the function graph tracer times deliver_buffer() (poison, check, convert, push) without the DMA transfer in
# it, and the reader times its read() calls. What a service costs besides, whatever it brings, is the time of the
# interrupt's thread for a single timestamp, with everything.
. "$(dirname "$0")/../../../selftests/fmc-tdc/common.sh"

ready_card bench
ch=$(channel 1)
tracing=/sys/kernel/tracing

trace() {
	echo nop >$tracing/current_tracer
	echo 65536 >$tracing/buffer_size_kb
	printf '%s\n' tdc_irq deliver_buffer spec_fmc_dma_read >$tracing/set_ftrace_filter
	echo function_graph >$tracing/current_tracer
	: >$tracing/trace
}

# session ROUNDS COUNT: capture so many batches of so many timestamps, and read them; prints instructions spent in read()
session() {
	local round
	rm -f /tmp/reading
	enable "$ch" 65536
	python3 - "/dev/${ch##*/}" $(($1 * $2)) <<-'END' &
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
	for ((round = 1; round <= $1; round++)); do
		train 0 "$2" 1000000 100000
		finished 0
		sleep 0.1 # twice as long as the board holds them back
	done
	wait $!
	disable "$ch"
	[ "$(count "$ch" lost)" -eq 0 ] || fail "timestamps were lost"
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

measure() {
	local batch=${BATCH:-10000} rounds=${ROUNDS:-10} read_cost deliver service sum
	echo 1 >$tracing/options/funcgraph-tail
	echo 0.050 >"$ch/buffer/hwfifo_timeout"
	session 1 1000 >/dev/null
	trace
	read_cost=$(($(session "$rounds" "$batch") / (rounds * batch)))
	deliver=$((($(total deliver_buffer) - $(total spec_fmc_dma_read)) / (rounds * batch)))
	trace
	session 1 1 >/dev/null
	service=$(total tdc_irq)
	echo nop >$tracing/current_tracer
	sum=$((deliver + read_cost + service / batch))
	note "timestamps: $rounds batches of $batch at 1 MHz"
	note "check, convert, push: $deliver instructions each"
	note "read() by the user: $read_cost instructions each"
	note "a service for one timestamp, all in: $service instructions, $((service / batch)) each in a batch"
	note "in all: $sum instructions a timestamp"
	[ "$deliver" -gt 0 ]
	[ "$read_cost" -gt 0 ]
	[ "$service" -gt 0 ]
	[ $sum -le 400 ]
}

plan 1
testcase "a timestamp costs at most 400 instructions from interrupt to reader" measure
