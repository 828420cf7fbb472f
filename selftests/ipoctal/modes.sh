#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The serial driver's options for a whole module: few interrupts, and the test rates.
# where: uml time-travel debug qemu
# processors: one
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 loopback

with() { # PARAMETER...: load the driver anew
	unload ipoctal
	load ipoctal "$@"
	wait_for 5 test -c "${tty}7"
}

# few_interrupts TENTHS NODE...: at most so many for a character that is both sent and received, of 300 on each
few_interrupts() {
	local most=$1 before count
	shift
	before=$(interrupts tpci200)
	"$serial" loop 9600 300 "$@"
	count=$(($(interrupts tpci200) - before))
	note "$count interrupts for 300 characters sent and received on each of $# channels"
	[ "$count" -gt 0 ]
	[ "$count" -le $((300 * $# * most / 10)) ]
}
low_irq() {
	local most=14
	with low_irq=1
	# one to send each, and one to receive three; two without it
	few_interrupts $most "$near"
	# some of which are the same for several channels: exactly how many is certain in virtual time only
	[ "$WHERE" != time-travel ] || most=11
	few_interrupts $most "${nodes[@]}"
}
# Each comes alone: only the pause after it can bring it in
single() { "$serial" singles "${tty}2" 1200 5; }
busy_neighbour() {
	with low_irq=1
	"$serial" beside "${tty}4" "${tty}5"
}
no_timer() { "$serial" rates-made "${tty}2" 57600=no 28800=no 7200=yes 38400=yes; }
overruns() { "$serial" loop 38400 2000 "${tty}0"; }

test_rates() {
	is 0 "$vhw/board0/violations"
	with brg_test=1
	"$serial" rates-made "${tty}2" 115200=yes 57600=yes 19200=yes 300=yes 31250=no
	"$serial" loop 115200 300 "${tty}2"
	"$serial" loop 9600 100 "${tty}3"
}
put_back() {
	with
	"$serial" loop 1200 30 "${tty}2"
	# the two reads that switch the rates are all that the manual frowns upon
	is 2 "$vhw/board0/violations"
}

plan 7
testcase "low_irq: three characters a receive interrupt, nothing lost" low_irq
testcase "low_irq: a character alone arrives after a pause" single
testcase "low_irq: also beside a neighbour that never pauses" busy_neighbour
testcase "low_irq: rates that need the timer are refused" no_timer
testcase "low_irq: a channel at 38400" overruns
testcase "brg_test: 115200, and the rates that go with it" test_rates
testcase "brg_test: is undone when the driver goes" put_back
