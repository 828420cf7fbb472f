#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Ttys at their limits: full, nearly empty, closed, killed or cut off while nothing moves; and chips that need help.
# where: uml debug qemu
# extended: debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 tty loopback
edges=$(dirname "$0")/edges.py
echo 0 >"$vhw/board0/fault_target"
# takes a minute to send: slow machines need that to get at it meanwhile
many=60000

recovered() { cat "$(device board0)/interrupts_recovered"; }
again() {
	[ "$(cat "$vhw/board0/live")" = 0 ] || put 0 "$vhw/board0/live"
	put 1 "$vhw/board0/live"
	wait_for 5 test -c "${tty}7"
	"$serial" exchange "$near" "$far" 9600 100
}

stalls() {
	local before
	before=$(recovered)
	"$edges" stalls "${tty}1"
	[ "$(recovered)" -eq "$before" ]
}

killed() {
	local told=/tmp/edges-ready
	rm -f $told
	fault board0 tx-stuck after 5 times -1
	"$edges" killed "${tty}1" $told &
	wait_for 20 logged "transmitter stuck"
	touch $told
	wait $!
	no_fault board0 tx-stuck
	"$serial" loop 9600 100 "${tty}1"
}

hears_again() {
	put 2 /sys/module/ipoctal/parameters/rx_watchdog
	"$edges" hears-again "$near" "$far" "$vhw/board0/slot0/ipoctal/faults/rx-deaf" 20
	put 0 /sys/module/ipoctal/parameters/rx_watchdog
	no_fault board0 rx-deaf
}

break_when_full() {
	fault board0 irq-lost times 1
	"$edges" break-when-full "$near" "$far"
	no_fault board0 irq-lost
}

order_lost() {
	local before
	before=$(cat "$(device board0)/registers_restored")
	exec 7<>"$near"
	fault board0 endian-lost after 50 times 1
	"$serial" loop 9600 20 "${tty}1" || note "what was under way is lost"
	[ "$(cat "$vhw/board0/faults/endian-lost/count")" -eq 1 ]
	wait_for 5 logged "byte order lost"
	wait_for 5 counted "$(device board0)/registers_restored" "$before"
	no_fault board0 endian-lost
	"$serial" exchange "$near" "$far" 9600 100
	exec 7>&-
}

hung_up() { ! echo x 2>/dev/null >&7; }

# Power fails for a moment: the function comes back without addresses
reset_line() {
	expect_log "does not answer"
	exec 7<>"$near"
	put 1 "$vhw/board0/reset"
	wait_for 5 logged "does not answer"
	wait_for 5 hung_up
	exec 7>&-
	# and is there again without anybody's doing
	wait_for 5 logged "the board answers again"
	wait_for 5 test -c "${tty}7"
	"$serial" exchange "$near" "$far" 9600 100
}

reset_under_load() {
	local busy before
	before=$(($(cat "$vhw/board0/slot0/line0/sent") + 100))
	"$serial" send "$near" "$far" 9600 $many 2>/dev/null &
	busy=$!
	wait_for 20 counted "$vhw/board0/slot0/line0/sent" "$before"
	put 1 "$carrier/slot0/reset"
	if wait $busy; then
		fail "$many characters went through a reset"
	fi
	wait_for 5 test -c "${tty}7"
	"$serial" exchange "$near" "$far" 9600 100
}

two_under_load() {
	local busy=() slot
	put 0 "$vhw/board0/live"
	for slot in 1 2; do
		put ipoctal232 "$vhw/board0/slot$slot/module"
		put loopback "$vhw/board0/slot$slot/line0/peer"
	done
	power_on board0
	for slot in 1 2; do
		"$serial" loop 9600 $many "$(nodes board0 $slot)0" 2>/dev/null &
		busy+=($!)
	done
	for slot in 1 2; do wait_for 20 counted "$vhw/board0/slot$slot/line0/sent" 100; done
	cat "$vhw/board0/pci_address" >/sys/bus/pci/drivers/tpci200/unbind
	for slot in 0 1; do
		if wait "${busy[slot]}"; then
			fail "$many characters went through an unbind"
		fi
	done
	[ -z "$(ls /sys/bus/ipack/devices)" ]
	put 0 "$vhw/board0/live"
	for slot in 1 2; do put empty "$vhw/board0/slot$slot/module"; done
	again
}

signals() {
	"$edges" signals /sys/bus/ipack/drivers/ipoctal "$(basename "$(device board0)")" "$near" 10
	wait_for 5 test -c "${tty}7"
	"$serial" exchange "$near" "$far" 9600 100
}

kept_manuals() { is 0 "$vhw/board0/violations"; }

plan 12
testcase "o5 a full buffer takes nothing more, and loses nothing" "$edges" brimful "$near" "$far"
testcase "o7 a write at the very end of another is sent" stalls
testcase "CTS that stays low holds close() for closing_wait and no longer" "$edges" closing-wait "$near" "$far"
testcase "who waits for a stuck transmitter can be killed, and it is reset" killed
testcase "a receiver that noise has left deaf hears again by its watchdog" hears_again
testcase "a break that finds the FIFO full comes after what is in it" break_when_full
testcase "a bridge that loses its byte order is set right" order_lost
testcase "a board that is reset behind its driver's back is hung up, and set up again" reset_line
testcase "a slot that is reset under load ends what goes on, and works again" reset_under_load
testcase "b1 two modules under load go with their carrier" two_under_load
testcase "t2 signals while unbinding leave no handler behind" signals
testcase "the manuals were kept" kept_manuals
