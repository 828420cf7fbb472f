#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In virtual time: characters take exactly their time, and interrupts are counted.
# where: time-travel
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

need python3
virtual_only
one_board ipoctal232 loopback
nodes=()
for channel in 0 1 2 3 4 5 6 7; do nodes+=("$tty$channel"); done

interrupts() { awk '/tpci200/ { n += $2 } END { print n }' /proc/interrupts; }

drains() { "$serial" duration "${tty}0" "$1" "$2"; }

idle() {
	local before
	exec 7<>"${tty}0" 8<>"${tty}5"
	sleep 0.1
	before=$(interrupts)
	sleep 10
	[ "$(interrupts)" -eq "$before" ] || fail "$(($(interrupts) - before)) interrupts in 10 s"
}

# LOAD_SECONDS of full duplex on eight channels
full_load() {
	local before size=$((3840 * ${LOAD_SECONDS:-4})) count
	before=$(interrupts)
	"$serial" loop 38400 "$size" "${nodes[@]}"
	count=$(($(interrupts) - before))
	note "$count interrupts for $((size * 16)) characters"
	# at most 1.2 a character sent and received
	[ $((count * 10)) -le $((size * 8 * 2 * 12)) ]
}

transmit_storm() {
	local before count
	before=$(interrupts)
	"$serial" duration "${tty}1" 1200 100
	count=$(($(interrupts) - before))
	note "$count interrupts for 100 characters sent and received"
	[ "$count" -le 202 ]
}

plan 7
testcase "960 characters at 9600 take 1 s, and tcdrain returns within a character" drains 9600 960
testcase "one character at 1200" drains 1200 1
testcase "three characters at 57600" drains 57600 3
testcase "two characters at 50" drains 50 2
testcase "o6 no interrupts but one a character" transmit_storm
testcase "idle ports make no interrupts" idle
testcase "eight channels at 38400, full duplex, lose nothing" full_load
