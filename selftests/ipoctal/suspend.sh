#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A machine that sleeps while ttys are open, on boards that forget everything meanwhile. Only User-Mode Linux can sleep:
# the root of the machines in QEMU would not come back.
# where: uml debug
# time: long
# extended: debug
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

grep -qs freeze /sys/power/state || skip "this kernel does not sleep"
defer unload wake_test
load wake_test || skip "nobody would wake it"
our_board ipoctal232 tty loopback
echo 0 >"$vhw/board0/fault_target"

# sleeps MILLISECONDS
sleeps() {
	put "$1" /sys/module/wake_test/parameters/after_ms
	put freeze /sys/power/state
}

count_of() { "$serial" errors "$near" | grep -oE "$1=[0-9]+"; }

streams() {
	local before text
	exec 7<>"$near" 8<>"$far"
	stty -F "$near" raw -echo 19200
	stty -F "$far" raw -echo 19200
	"$serial" exchange "$near" "$far" 19200 50
	stty -F "$near" raw -echo 19200 parenb
	stty -F "$far" raw -echo 19200 parenb
	before=$(count_of rx)
	text=$(printf 'before the night %.0s' {1..100})
	echo "$text" >&7
	# power goes away with the sleep
	fault board0 module-reset times 1
	fault board0 endian-lost times 1
	sleeps 500
	no_fault board0 module-reset
	no_fault board0 endian-lost
	[ "$(stty -F "$near" speed)" -eq 19200 ]
	stty -F "$near" -a | grep -qE '(^| )parenb'
	[ "$(count_of rx | cut -d= -f2)" -ge "${before#rx=}" ]
	# what had not been sent goes on being sent, in order: the far end hears the end of it
	timeout 100 head -n 1 <&8 >"$OUT/suspend.heard"
	note "$(wc -c <"$OUT/suspend.heard") of $((${#text} + 1)) characters"
	grep -q 'night before the night $' "$OUT/suspend.heard"
	echo "after the night" >&7
	timeout 100 head -n 1 <&8 | grep -x "after the night"
	echo "there too" >&8
	timeout 100 head -n 1 <&7 | grep -x "there too"
	exec 7>&- 8>&-
}
closed() {
	local before
	before=$(cat "$(device board0)/registers_restored")
	sleeps 300
	"$serial" loop 9600 50 "${tty}1"
	is "$before" "$(device board0)/registers_restored"
}

errors_again() {
	local errors slot0=$carrier/slot0
	exec 7<>"$near"
	errors=$(cat "$slot0/errors")
	put 1 "$vhw/board0/slot0/error"
	wait_for 5 counted "$slot0/errors" "$errors"
	sleeps 300
	put 0 "$vhw/board0/slot0/error"
	sleep 2.5
	errors=$(cat "$slot0/errors")
	put 1 "$vhw/board0/slot0/error"
	wait_for 5 counted "$slot0/errors" "$errors"
	put 0 "$vhw/board0/slot0/error"
	exec 7>&-
}
plan 3
testcase "t6 a stream goes on after the machine has slept" streams
testcase "a board that nobody uses sleeps and wakes" closed
testcase "ERROR# is heard after a sleep during which it stood" errors_again
