#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Characters take as long as they should, to the nanosecond.
# where: time-travel
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

boards_and_drivers
make_board one slot0/module=ipoctal232 slot0/line0/peer=loopback "slot0/line1/peer=null-modem one/0/2"
go_live one
tracing=/sys/kernel/tracing

# traced FILE COMMAND...: characters' times while it runs, from the first on
traced() {
	local file=$1
	shift
	echo 0 >$tracing/tracing_on
	echo 16384 >$tracing/buffer_size_kb
	echo >$tracing/trace
	echo 1 >$tracing/events/vhw_serial/vhw_serial/enable
	echo 1 >$tracing/tracing_on
	"$@"
	echo 0 >$tracing/tracing_on
	echo 0 >$tracing/events/vhw_serial/vhw_serial/enable
	sed -n 's/.*vhw_serial: //p' $tracing/trace |
		awk '{ if (!start) start = $NF; $NF -= start; print }' >"$file"
	echo 1 >$tracing/tracing_on
}

a_second() {
	traced "$OUT/second.txt" "$serial" exchange "$(tty_of one 0 0)" "$(tty_of one 0 0)" --baud 9600 --bytes 961
	[ "$(grep -c ' tx ' "$OUT/second.txt")" -eq 961 ]
	[ "$(grep -c ' rx ' "$OUT/second.txt")" -eq 961 ]
	[ "$(grep ' tx ' "$OUT/second.txt" | sed -n '961s/.* //p')" -eq 1000000000 ]
}

# that a second run has the same trace is for make check-repeat to see
both_ways() {
	traced "$OUT/both-ways.txt" "$serial" duplex 1 38400 "$(tty_of one 0 1)=$(tty_of one 0 2)"
	[ "$(grep -c ' rx ' "$OUT/both-ways.txt")" -eq 7680 ]
}

plan 2
testcase "960 characters at 9600 baud take exactly 1.000000000 s" a_second
testcase "3840 characters take a second, both ways at once" both_ways
