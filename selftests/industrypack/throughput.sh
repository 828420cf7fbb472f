#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the drivers make of the hardware, in exact virtual time: throughput, interrupts, drain, idle.
# SECONDS_OF_TRAFFIC: how long all channels talk at once; 5, with EXTENDED=1 60.
# where: time-travel
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

boards_and_drivers
make_board one slot0/module=ipoctal232 "slot0/line0/peer=null-modem one/0/1" "slot0/line2/peer=null-modem one/0/3" \
	"slot0/line4/peer=null-modem one/0/5" "slot0/line6/peer=null-modem one/0/7"
go_live one
make_board slow slot0/module=ipoctal232 slot0/ipoctal/crystal_ppm=-100000
go_live slow

all_at_once() {
	local before said seconds=${SECONDS_OF_TRAFFIC:-${EXTENDED:+60}}
	seconds=${seconds:-5}
	local characters=$((8 * seconds * 3840))
	before=$(interrupts tpci200)
	said=$("$serial" duplex "$seconds" 38400 "$(tty_of one 0 0)=$(tty_of one 0 1)" "$(tty_of one 0 2)=$(tty_of one 0 3)" \
		"$(tty_of one 0 4)=$(tty_of one 0 5)" "$(tty_of one 0 6)=$(tty_of one 0 7)")
	note "$said, $(($(interrupts tpci200) - before)) interrupts"
	# each character is an interrupt at its sender and one at its receiver, and both count
	[ $((10 * ($(interrupts tpci200) - before))) -le $((12 * 2 * characters)) ]
	# and it takes no longer than the wire, but for the way of the last buffers through the tty layer
	awk -v seconds="$seconds" '{ exit !($6 >= seconds - 0.001 && $6 < seconds + 0.05) }' <<<"$said"
}

idle_ports() {
	local before node
	for node in 0 1 2 3 4 5 6 7; do
		node=$(tty_of one 0 "$node")
		exec {fd}<>"$node"
	done
	sleep 1
	before=$(interrupts tpci200)
	sleep 10
	[ "$(interrupts tpci200)" -eq "$before" ]
}

# drain RATE COUNT: they take exactly their time, and tcdrain() returns within one more
drain() { "$here/../ipoctal/serial.py" duration "$(tty_of one 0 0)" "$@"; }
# A clock that is a tenth slow: the last character is asked for more than once
drain_late() { "$here/../ipoctal/serial.py" duration "$(tty_of slow 0 0)" 300 2; }

each_once() {
	local before count
	before=$(interrupts tpci200)
	drain 1200 100
	count=$(($(interrupts tpci200) - before))
	note "$count interrupts for 100 characters sent"
	[ "$count" -le 101 ]
}

plan 11
testcase "8 x 38400 both ways: nothing is lost, at most 1.2 interrupts a character" all_at_once
testcase "idle ports make no interrupt" idle_ports
testcase "o6 no interrupts but one a character" each_once
testcase "drain returns within a character of the last stop bit: 960 at 9600" drain 9600 960
testcase "one at 1200" drain 1200 1
testcase "two at 50" drain 50 2
testcase "three at 57600" drain 57600 3
testcase "a hundred at 38400" drain 38400 100
testcase "a hundred with two stop bits" drain 9600 100 2
testcase "two with a slow clock" drain_late
testcase "the manuals were kept" no_violations one
