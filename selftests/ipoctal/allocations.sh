#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each allocation that bus, carrier and serial driver make fails once: refused in good order, or done without.
# where: debug
# extended: debug
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

need python3
virtual_only
ours_only
pci=/sys/bus/pci/drivers/tpci200
ipack=/sys/bus/ipack/drivers/ipoctal
last=150 # of a module's allocations: those of its init function
every=7 # of what has had its turn in another way
[ -z "${EXTENDED:-}" ] || last=20000 every=1
defer unload vhw-tpci200 vhw
defer remove_board board0
defer unload_drivers

loads() {
	# a directory that could not be made for a driver is an invalid argument to the driver core
	fail_each --last $last --allow EINVAL insmod ipack -- rmmod ipack
	load ipack
	fail_each --last $last --allow EINVAL insmod tpci200 -- rmmod tpci200
	load tpci200
	load ipoctal # and what it needs
	unload ipoctal
	fail_each --last $last --allow EINVAL insmod ipoctal -- rmmod ipoctal
	load ipoctal
}

# nothing of a module is left: no node, and no driver that thinks it has it
# shellcheck disable=SC2016
no_module='test -z "$(ls /dev/ipoctal.* 2>/dev/null)"'

# No memory for a mapping is an invalid argument to the PCI core, and none for a claim to one a claim that fails.
carrier_is_bound() {
	unload ipoctal
	put "$address" $pci/unbind
	fail_each --allow EINVAL,EBUSY --check "! test -e $pci/$address && test -z \"\$(ls /sys/bus/ipack/devices)\"" \
		write $pci/bind "$address" -- write $pci/unbind "$address"
	put "$address" $pci/bind
}

# Whoever opens a tty as soon as it is there has it when the next one fails.
opens_meanwhile() {
	until [ -e /tmp/enough ]; do
		stty -F "${tty}0" >/dev/null 2>&1 && opened=$((opened + 1))
	done
	[ "$opened" -gt 0 ]
}

module_is_bound() {
	local opened=0
	rm -f /tmp/enough
	load ipoctal
	put "$module" $ipack/unbind
	fail_each --check "$no_module && ! test -e $ipack/$module" \
		write $ipack/bind "$module" -- write $ipack/unbind "$module"
	opens_meanwhile &
	fail_each --every $every write $ipack/bind "$module" -- write $ipack/unbind "$module"
	touch /tmp/enough
	wait $!
	put "$module" $ipack/bind
}

# both at once: the carrier binds, whatever becomes of its module's driver
all_is_bound() {
	load tpci200 # this case may be the only one that is asked for
	load ipoctal
	put "$address" $pci/unbind
	fail_each --every $every --allow EINVAL,EBUSY --check "! test -e $pci/$address && $no_module" \
		write $pci/bind "$address" -- write $pci/unbind "$address"
	put "$address" $pci/bind
}

is_opened() {
	wait_for 10 test -c "${tty}0"
	fail_each open "${tty}0"
	fail_each termios "${tty}0" 19200 -- termios "${tty}0" 9600
}

lets_go() {
	fail_each write "$carrier/slot0/reset" 1
	fail_each write $ipack/unbind "$module" -- write $ipack/bind "$module"
	fail_each write $pci/unbind "$address" -- write $pci/bind "$address"
}

works() {
	wait_for 10 test -c "${tty}7"
	"$serial" loop 9600 100 "${tty}0" "${tty}7"
	is 0 "$vhw/board0/violations"
}

load_drivers
new_board board0 ipoctal232 loopback
put 1 "$vhw/board0/live"
address=$(cat "$vhw/board0/pci_address")
carrier=/sys/bus/pci/devices/$address
module=$(basename "$(device board0)")
tty=$(nodes board0)
put 0 "$vhw/board0/live"
unload_drivers

plan 7
testcase "the drivers load" loads
put 1 "$vhw/board0/live"
testcase "b7 t10 the carrier is bound" carrier_is_bound
testcase "o22 the module is bound" module_is_bound
testcase "t10 o22 carrier and module are bound" all_is_bound
testcase "a tty is opened and set up" is_opened
testcase "slots are reset, module and carrier unbound" lets_go
testcase "what is there after all that works" works
