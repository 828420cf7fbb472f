#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Each allocation that the virtual bus, a board and its driver make fails once: refused in good order, or done without.
# where: debug
# extended: debug
# time: long
. "$(dirname "$0")/../lib.sh"

boards=/sys/kernel/config/vhw/exerciser
driver=/sys/bus/pci/drivers/vhw-exerciser
last=150 # of a module's allocations: those of its init function
[ -z "${EXTENDED:-}" ] || last=20000
defer unload vhw-exerciser-driver vhw-exerciser vhw
defer remove_board

remove_board() {
	local board
	for board in "$boards"/*/; do
		[ ! -d "$board" ] || rmdir "$board"
	done
}

loads() {
	load vhw-window
	# a device whose name could not be allocated is an invalid argument to the driver core
	fail_each --last $last --allow EINVAL insmod vhw -- rmmod vhw
	load vhw
	fail_each --last $last insmod vhw-exerciser -- rmmod vhw-exerciser
	load vhw-exerciser
	# so is a directory that could not be made for a module's drivers
	fail_each --last $last --allow EINVAL insmod vhw-exerciser-driver -- rmmod vhw-exerciser-driver
}

is_made() {
	load vhw-exerciser
	fail_each --check "! test -e $boards/a" mkdir $boards/a -- rmdir $boards/a
	mkdir $boards/a
}

# The PCI core frees the files of the first BARs when it cannot make the next, and all of them again with the device.
is_plugged() {
	expect_log 'BUG: KASAN: .* in (sysfs_remove_bin_file|pci_remove_resource_files|kernfs_name_hash|strlen)\+'
	fail_each --check "grep -q 0 $boards/a/live" write $boards/a/live 1 -- write $boards/a/live 0
	put 1 $boards/a/live
}

# none of its functions without the other
is_a_card() {
	expect_log 'BUG: KASAN: .* in (sysfs_remove_bin_file|pci_remove_resource_files|kernfs_name_hash|strlen)\+'
	mkdir $boards/f0 $boards/f1
	fail_each --check "grep -q 1f.1 $boards/f1/address || grep -q auto $boards/f1/address" \
		write $boards/f1/address 1f.1 -- write $boards/f1/address auto
	put 1f.0 $boards/f0/address
	put 1f.1 $boards/f1/address
	fail_each --check "grep -q 0 $boards/f0/live && grep -q 0 $boards/f1/live" write $boards/f0/live 1 -- write $boards/f0/live 0
	put 1 $boards/f0/live
	is 1 $boards/f1/live
	fail_each write $boards/f1/yank 1 -- write $boards/f0/live 1
	rmdir $boards/f0 $boards/f1
}

is_bound() {
	local device
	device=$(cat $boards/a/pci_address)
	load vhw-exerciser-driver
	put "$device" $driver/unbind
	# no memory for a mapping is an invalid argument to the PCI core, and none for a claim to one a claim that fails
	fail_each --allow EINVAL,EBUSY --check "! test -e $driver/$device" write $driver/bind "$device" -- write $driver/unbind "$device"
	put "$device" $driver/bind
}

# what takes apart must not fail
lets_go() {
	local device
	device=$(cat $boards/a/pci_address)
	fail_each write $driver/unbind "$device" -- write $driver/bind "$device"
	fail_each write $boards/a/live 0 -- write $boards/a/live 1
	fail_each write $boards/a/yank 1 -- write $boards/a/live 1
	fail_each rmdir $boards/a -- mkdir $boards/a
}

works_after_all() {
	put 1 $boards/a/live
	grep -q "id=0x76687721" "$driver/$(cat $boards/a/pci_address)/registers"
	if grep "^not ok" "$driver/$(cat $boards/a/pci_address)/selftest"; then
		fail "its driver finds fault with it"
	fi
}

plan 7
testcase "bus, model and driver load" loads
testcase "a board is made" is_made
testcase "a board is plugged in" is_plugged
testcase "a card of two functions is plugged in, and pulled out" is_a_card
testcase "its driver is bound" is_bound
testcase "all is taken apart" lets_go
testcase "a board made after all that works" works_after_all
