#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Buffers, attributes, readers and the life of the board, all at once and on all processors. EXTENDED=1: five minutes.
# where: debug qemu
# extended: debug
# time: long
. "$(dirname "$0")/common.sh"

ready_card stress
seconds=15
[ -z "${EXTENDED:-}" ] || seconds=300

# What is refused or gone is said in the log; that is not what this looks for
together() {
	python3 "$(dirname "$0")/stress.py" "$card" "$1"
}

# Everything that the storm changed is as it was
calm() {
	at_rest
	echo local >"$board/time_source"
	! holds failed "$board/engine_state" || echo restart >"$board/engine_state"
}

still_works() {
	calm
	sleep 7 # a restart may be under way
	gives_timestamps
	all_balanced
}

all_balanced() {
	local i
	for i in 1 2 3 4 5; do
		balanced "$(channel "$i")"
	done
}

plan 3
testcase "for $seconds s everybody gets something done, and nothing breaks" together "$seconds"
testcase "the board works as before" still_works
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
