#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hardware that fails, and what the drivers make of it.
# where: uml debug qemu
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 tty loopback
module=$(device board0)
slot0=$carrier/slot0

echo 0/0 >"$vhw/board0/fault_target"

# marked FAULT SENT WANTED OVERRUNS FRAMING PARITY BREAKS: a fault at the third character
marked() {
	fault board0 "$1" after 2 times 1
	"$serial" marked "$near" "$far" "$2" "$3" "$4" "$5" "$6" "$7"
	no_fault board0 "$1"
}

framing() { marked rx-framing abcde 6162ff00636465 0 1 0 0; }
parity() { marked rx-parity abcde 6162ff00636465 0 0 1 0; }
flipped() { marked rx-flip abcde 6162626465 0 0 0 0; }
overrun() {
	fault board0 rx-overrun after 2 times 1
	"$serial" overrun "$near" "$far"
	no_fault board0 rx-overrun
}
consecutive() {
	fault board0 rx-framing times 3
	"$serial" marked "$near" "$far" abcde ff0061ff0062ff00636465 0 3 0 0
	no_fault board0 rx-framing
}
breaks() { marked rx-break abc 616263ff0000 0 0 0 1; }
break_within() {
	fault board0 rx-break after 2 times 1
	"$serial" break-within "$near" "$far"
	no_fault board0 rx-break
}
noise() { marked rx-noise abcde 6162636465 0 0 0 0; }

deaf() {
	"$serial" deaf "$near" "$far" "$vhw/board0/slot0/ipoctal/faults/rx-deaf" "$module/reset_receiver"
	no_fault board0 rx-deaf
}

transmitter_stuck() {
	expect_log "transmitter stuck"
	fault board0 tx-stuck times 1
	"$serial" stuck "$near" "$far"
	no_fault board0 tx-stuck
	logged "transmitter stuck"
}

lost_interrupt() {
	local before
	before=$(cat "$module/interrupts_recovered")
	fault board0 irq-lost times 1
	"$serial" send "$near" "$far" 9600 300
	no_fault board0 irq-lost
	[ "$(cat "$module/interrupts_recovered")" -gt "$before" ]
}

spurious() {
	fault board0 irq-spurious times 5
	"$serial" exchange "$near" "$far" 9600 100
	no_fault board0 irq-spurious
}

registers_lost() {
	local before
	before=$(cat "$module/registers_restored")
	exec 7<>"$near"
	fault board0 module-reset times 1
	wait_for 5 counted "$module/registers_restored" "$before"
	no_fault board0 module-reset
	"$serial" exchange "$near" "$far" 9600 100
	exec 7>&-
}

storm() {
	local before
	before=$(cat "$slot0/storms")
	expect_log "nobody handled"
	exec 7<>"$near"
	fault board0 irq-stuck times 1
	echo x >"$far"
	wait_for 10 counted "$slot0/storms" "$before"
	no_fault board0 irq-stuck
	exec 7>&-
	logged "masked"
	put 1 "$slot0/reset"
	wait_for 5 test -c "${tty}7"
	"$serial" exchange "$near" "$far" 9600 100
}

error_line() {
	local before
	before=$(cat "$slot0/errors")
	expect_log "reports a failure"
	fault board0 error-line times 1
	"$serial" send "$near" "$far" 9600 10
	wait_for 5 counted "$slot0/errors" "$before"
	no_fault board0 error-line
	"$serial" exchange "$near" "$far" 9600 100
	put 1 "$slot0/reset"
	wait_for 5 test -c "${tty}7"
}

silent() {
	local before
	before=$(cat "$slot0/timeouts")
	expect_log "does not answer|did not acknowledge|does not acknowledge"
	rm -f /tmp/faults-ready /tmp/faults-gone
	"$serial" hangup "$near" /tmp/faults-ready /tmp/faults-gone &
	wait_for 10 test -e /tmp/faults-ready
	echo 0 >"$vhw/board0/fault_target"
	fault board0 no-ack
	wait_for 5 counted "$slot0/timeouts" "$before"
	wait_for 5 logged "does not answer"
	touch /tmp/faults-gone
	wait $!
	no_fault board0 no-ack
	echo 0/0 >"$vhw/board0/fault_target"
	put 1 "$slot0/reset"
	wait_for 5 test -c "${tty}7"
	"$serial" exchange "$near" "$far" 9600 100
}

plan 16
testcase "a framing error marks its character and no other" framing
testcase "a parity error does" parity
testcase "o10 consecutive errors are all reported" consecutive
testcase "o3 an overrun is counted once and costs one character" overrun
testcase "a break is one break" breaks
testcase "a break into a character is one break" break_within
testcase "an inverted bit without parity goes unnoticed" flipped
testcase "a glitch is no character" noise
testcase "a deaf receiver hears again after reset_receiver" deaf
testcase "a transmitter that is stuck is reset and reported" transmitter_stuck
testcase "an interrupt that is lost is recovered within seconds" lost_interrupt
testcase "t3 spurious interrupts are not ours" spurious
testcase "a chip that lost its registers is programmed again" registers_lost
testcase "t3 t4 an interrupt nobody handles is masked, and a reset brings the slot back" storm
testcase "an asserted ERROR# is counted and reported, and does not storm" error_line
testcase "a module that stops answering is hung up, and a reset brings it back" silent
