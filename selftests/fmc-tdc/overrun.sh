#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Buffers on the card that are too small for the rate: row 6 of the fault catalogue, with real overruns.
# where: time-travel
. "$(dirname "$0")/common.sh"

ready_card overrun buffer_records=64
one=$(channel 1)

# session COUNT [COMMAND...]: pulses while the hardware holds its interrupt back, one more later; the command comes first.
# Counters before are in $before
session() {
	echo 0.200 >"$one/buffer/hwfifo_timeout"
	read -r -a before <<<"$(count "$one" received) $(count "$one" delivered) $(count "$one" lost)"
	enable "$one" 4096
	"${@:2}"
	train 0 "$1" 1000000 200000
	finished 0
	sleep 0.3
	train 0 1 1000000 200000
	finished 0
	disable "$one"
	balanced "$one"
}

# grew RECEIVED DELIVERED LOST
grew() {
	local found
	found="$(($(count "$one" received) - before[0])) $(($(count "$one" delivered) - before[1]))"
	found+=" $(($(count "$one" lost) - before[2]))"
	[ "$found" = "$*" ] || fail "received, delivered, lost: $found, not $*"
	[ "$(drain "$one" | wc -l)" -eq "$2" ]
}

nothing_lost() {
	session "$1"
	grew $(($1 + 1)) $(($1 + 1)) 0
}

beyond_both() {
	session "$1"
	grew $(($1 + 1)) 129 $(($1 - 128))
}

# The ring goes round many times, with switches by driver and hardware in any mixture. The hardware's own switch withdraws
# an interrupt that nobody came for yet: at 9 us a pulse, two buffers of 64 would not last until the next one, a ms later.
many_rounds() {
	local period
	echo 0.001 >"$one/buffer/hwfifo_timeout"
	for period in 20000000 15000000 10000000 9000000; do
		read -r -a before <<<"$(count "$one" received) $(count "$one" delivered) $(count "$one" lost)"
		enable "$one" 20000
		train 0 10000 $period 200000
		finished 0
		disable "$one"
		balanced "$one"
		grew 10000 10000 0
	done
	# each withdrawn interrupt had called for something
	is 0 "$board/irqs_spurious"
}

# A switch found no next buffer. What lies at the end of the buffer is of an earlier round: it was not filled just now
earlier_round() {
	session 20 fault next-invalid
	fault_struck "$card" next-invalid
	grew 21 21 0
	no_faults "$card"
}

# Nor did the one with which a session begins
invalid_at_once() {
	fault next-invalid
	session 20
	fault_struck "$card" next-invalid
	grew 21 21 0
	no_faults "$card"
}

plan 10
testcase "a buffer that was not filled is delivered" nothing_lost 63
testcase "a buffer just filled is delivered" nothing_lost 64
testcase "6 a buffer that the hardware switched is delivered with the next" nothing_lost 65
testcase "6 both buffers are delivered, the second just filled" nothing_lost 128
testcase "6 what comes when both are full is lost and counted" beyond_both 129
testcase "however much that is" beyond_both 5000
testcase "the ring of buffers goes round without loss" many_rounds
testcase "7 records of an earlier round are not delivered again" earlier_round
testcase "7 a session that begins without a buffer gets one" invalid_at_once
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
