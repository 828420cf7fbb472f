#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Resets of the PCI function, together with what else touches a carrier: it works afterwards.
# where: uml debug qemu
# smoke: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

boards_and_drivers
make_board one slot0/module=ipoctal232 slot0/line1/peer=loopback
go_live one
pci=/sys/bus/pci/devices/$(<"$boards/one/pci_address")
module=$(echo "$pci"/ipack-dev.*.0)

# until SECONDS COMMAND...: again and again; what it says does not matter
until_then() {
	local end=$((SECONDS + $1))
	shift
	while [ $SECONDS -lt $end ]; do "$@" 2>/dev/null || true; done
}

function_reset() { put 1 "$pci/reset"; }
slot_reset() { put 1 "$pci/slot0/reset"; }
asleep() { put 1 "$boards/one/suspend"; }
opened() { : <"$(tty_of one 0 1)"; }
error_line() {
	put 1 "$boards/one/slot0/error"
	put 0 "$boards/one/slot0/error"
	sleep 0.01
}

# together COMMAND...: each for some seconds, all at once; then the board works
together() {
	local command
	expect_log "reports a failure"
	for command; do until_then 5 "$command" & done
	wait
	put 0 "$boards/one/slot0/error"
	wait_for 5 slot_reset
	wait_for 5 test -c "$(tty_of one 0 1)"
	"$serial" exchange "$(tty_of one 0 1)" "$(tty_of one 0 1)" --bytes 50
}

# likewise, and at no moment is it taken for dead
alive() {
	together "$@"
	if logged "the board does not answer"; then fail "the carrier took itself for dead"; fi
}

# busy COMMAND: while that is done again and again, a slot's reset is refused, sooner or later
busy() {
	local said other end=$((SECONDS + 30))
	until_then 30 "$1" &
	other=$!
	while [ $SECONDS -lt $end ]; do
		before=$(stat -Lc %i "$module" 2>/dev/null) || before=gone
		said=$(slot_reset 2>&1) || true
		after=$(stat -Lc %i "$module" 2>/dev/null) || after=gone
		case $said in *busy*) break ;; esac
	done
	kill $other 2>/dev/null || true # it ends by itself, too
	wait $other || true
	case $said in *busy*) ;; *) fail "it was never refused" ;; esac
	wait_for 5 test -e "$module"
}
busy_asleep() {
	busy asleep
	[ "$before" = "$after" ] || fail "the module was taken away"
}

plan 5
testcase "a slot's reset is refused while the carrier is being reset" busy function_reset
testcase "so it is while the carrier sleeps, and does nothing" busy_asleep
testcase "PCI resets and slot resets" alive function_reset slot_reset
testcase "PCI resets, ERROR# and users" alive function_reset error_line opened
# Unlike the machine's, this sleep may lose what the reset has just saved: the carrier has to find back by itself.
testcase "PCI resets, suspends and slot resets" together function_reset asleep slot_reset
