#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boards and drivers that go while ttys are open and carry data.
# where: uml debug qemu
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 loopback
ready=/tmp/removal-ready gone=/tmp/removal-gone

# while_open COMMAND...: hold the tty open with output pending, run the command, and see what became of the tty
while_open() {
	rm -f "$ready" "$gone"
	"$serial" hangup "$near" "$ready" "$gone" &
	local holder=$!
	wait_for 10 test -e "$ready"
	"$@"
	touch "$gone"
	wait "$holder"
}

back() {
	[ "$(cat "$vhw/board0/live")" = 1 ] || put 1 "$vhw/board0/live"
	wait_for 5 test -c "$near"
	"$serial" loop 9600 100 "$near"
}

yank() { put 1 "$vhw/board0/yank"; }
driver_of() { basename "$(readlink -f "$1/driver")"; }
unbind_module() {
	local dev
	dev=$(basename "$(device board0)")
	echo "$dev" >/sys/bus/ipack/drivers/ipoctal/unbind
	[ ! -e "$near" ]
}
unbind_carrier() { cat "$vhw/board0/pci_address" >/sys/bus/pci/drivers/tpci200/unbind; }
bind_module() { basename "$(device board0)" >/sys/bus/ipack/drivers/ipoctal/bind; }
bind_carrier() { cat "$vhw/board0/pci_address" >/sys/bus/pci/drivers/tpci200/bind; }

yanked() {
	expect_log "does not answer"
	while_open yank
	put 0 "$vhw/board0/live"
	back
}
# A hangup waits for whoever waits for a character that the chip will never send
yanked_in_drain() {
	local waiter
	expect_log "does not answer"
	rm -f "$ready"
	timeout 60 "$serial" hangup-drain "$near" "$ready" &
	waiter=$!
	wait_for 10 test -e "$ready"
	yank
	wait "$waiter"
	put 0 "$vhw/board0/live"
	back
}
unplugged() {
	while_open put 0 "$vhw/board0/live"
	back
}
module_unbound() {
	while_open unbind_module
	bind_module
	back
}
carrier_unbound() {
	while_open unbind_carrier
	bind_carrier
	back
}
slot_reset() {
	while_open put 1 "$carrier/slot0/reset"
	back
}
pci_reset() {
	[ -e "$carrier/reset" ] || skip "the function has no reset"
	while_open put 1 "$carrier/reset"
	back
}
signalled() {
	# A signal to whoever unbinds must not leave the handler behind.
	(
		trap : USR1
		(sleep 0.01 && kill -USR1 "$BASHPID") 2>/dev/null &
		unbind_module
	)
	bind_module
	back
}
modules_in_use() {
	exec 7<>"$near"
	refuses "in use" rmmod ipoctal
	exec 7>&-
	wait_for 5 rmmod ipoctal
	[ ! -e "$near" ]
	load ipoctal
	back
}
held_across() {
	# The old file is dead, the new one works, both at the same time.
	exec 7<>"$near"
	unbind_module
	bind_module
	back
	exec 7>&-
	back
}
rmmod_order() {
	rmmod ipoctal tpci200 ipack
	load ipoctal
	load tpci200
	back
	rmmod tpci200
	rmmod ipoctal
	load_drivers
	back
}
two_modules() {
	# B1: each of several modules is removed with its carrier, not only the first.
	put 0 "$vhw/board0/live"
	for slot in 1 2 3; do echo ipoctal232 >"$vhw/board0/slot$slot/module"; done
	power_on board0
	for slot in 1 2 3; do [ -c "$(nodes board0 "$slot")7" ]; done
	while_open put 0 "$vhw/board0/live"
	[ -z "$(ls /sys/bus/ipack/devices)" ]
	for slot in 1 2 3; do echo empty >"$vhw/board0/slot$slot/module"; done
	back
}
suspends() {
	[ "${WHERE:-}" != qemu ] || skip "the root of the machine in QEMU would not come back"
	[ -w /sys/power/pm_test ] || skip "this kernel has no pm_test"
	"$serial" suspended "$near"
}

plan 13
testcase "o20 o21 a yanked board ends reads and fails writes" yanked
testcase "an unplugged board does the same" unplugged
testcase "a yanked board lets go of who waits for the last character" yanked_in_drain
testcase "o21 unbinding the module hangs up its ttys" module_unbound
testcase "t7 unbinding the carrier hangs up its modules' ttys" carrier_unbound
testcase "t5 a slot reset brings up a fresh module" slot_reset
testcase "t6 a reset of the PCI function brings the board back" pci_reset
testcase "t2 a signal while unbinding leaves nothing behind" signalled
testcase "an open tty keeps its module" modules_in_use
testcase "a dead file and a new one live side by side" held_across
testcase "modules go and come in any order" rmmod_order
testcase "t6 an open port goes on after a suspend" suspends
testcase "b1 all modules of a carrier go with it" two_modules
