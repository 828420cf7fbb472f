#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The life of a board: mkdir, live, yank, reset, rmdir; what is refused, and what is said about it.
# where: uml debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"

root=/sys/kernel/config/vhw
boards=$root/exerciser
driver=/sys/bus/pci/drivers/vhw-exerciser

load vhw-exerciser
load vhw-exerciser-driver
defer unload vhw-exerciser-driver vhw-exerciser vhw
defer remove_boards

device_of() { echo "/sys/bus/pci/devices/$(cat "$boards/$1/pci_address")"; }

make_live() {
	[ -d "$boards/$1" ] || mkdir "$boards/$1"
	[ "$(cat "$boards/$1/live")" = 1 ] || put 1 "$boards/$1/live"
}

# whatever a failed case left behind
remove_boards() {
	local board
	for board in "$boards"/*/; do
		[ ! -d "$board" ] || rmdir "$board"
	done
}

# the driver's own cases, see exerciser.sh
passes_selftest() {
	local result
	result=$(cat "$(device_of "$1")/selftest")
	case $result in
	*"not ok"*) fail "$result" ;;
	"ok "*) ;;
	*) fail "nothing ran" ;;
	esac
}

lists_features() {
	local word
	for word in dma faults functions hotplug intx msi msix reset seed suspend trace violations yank; do
		grep -qw "$word" $root/features || fail "$word is missing"
	done
	refuses "Permission denied" put x $root/features
}

has_parameters() {
	local parameters=/sys/module/vhw/parameters
	is 512 $parameters/window_mib
	is 0 $parameters/window_at
	is 100 $parameters/late_us
	put 0 $parameters/late_us
	is 0 $parameters/late_us
	put 100 $parameters/late_us
}

appears_bound() {
	make_live a
	is 1 "$boards/a/live"
	is 0x1172 "$(device_of a)/vendor"
	is 0x5678 "$(device_of a)/subsystem_device"
	[ "$(readlink -f "$(device_of a)/driver")" = "$(readlink -f $driver)" ]
}

refuses_changes_while_live() {
	refuses "Device or resource busy" put 1 "$boards/a/live"
	logged "a: it is live already"
	refuses "Device or resource busy" put 5 "$boards/a/seed"
	logged "a: seed cannot change while the board is live"
}

refuses_a_second_of_the_name() { refuses "File exists" mkdir "$boards/a"; }

refuses_nonsense() {
	refuses "Invalid argument" put perhaps "$boards/a/live"
	logged 'a: live: "perhaps" is not 0 or 1'
	refuses "Invalid argument" put 0 "$boards/a/yank"
	refuses "Invalid argument" put -3 "$boards/a/reset"
	refuses "Invalid argument" put 2 "$boards/a/suspend"
	put 0 "$boards/a/live"
	refuses "Invalid argument" put hello "$boards/a/seed"
	logged 'a: seed: "hello" is not a number'
	refuses "No such file" mkdir $root/no-such-model/a
	refuses "not permitted" mkdir $root/unknown
}

refuses_what_needs_power() {
	refuses "No such device" put 1 "$boards/a/yank"
	refuses "No such device" put 1 "$boards/a/reset"
	refuses "No such device" put 1 "$boards/a/suspend"
	logged "a: reset: the board is not live"
	refuses "No such device" cat "$boards/a/pci_address"
	put 0 "$boards/a/live"
	is 0 "$boards/a/live"
}

unplugs() {
	local device
	make_live a
	device=$(device_of a)
	put 0 "$boards/a/live"
	[ ! -e "$device" ]
	is 0 "$boards/a/live"
}

yanks() {
	local device
	make_live a
	device=$(device_of a)
	put 1 "$boards/a/yank"
	[ ! -e "$device" ]
	is 0 "$boards/a/live"
	make_live a
	is 0x1172 "$(device_of a)/vendor"
}

removes_a_live_board() {
	local device
	make_live a
	device=$(device_of a)
	rmdir "$boards/a"
	[ ! -e "$device" ] && [ ! -e "$boards/a" ]
}

resets() {
	make_live a
	setpci -s "$(cat "$boards/a/pci_address")" LATENCY_TIMER=77
	put 1 "$boards/a/reset"
	[ "$(setpci -s "$(cat "$boards/a/pci_address")" COMMAND)" = 0000 ]
	[ "$(setpci -s "$(cat "$boards/a/pci_address")" LATENCY_TIMER)" = 00 ]
	rmdir "$boards/a"
}

counts_violations() {
	make_live a
	is 0 "$boards/a/violations"
	put 0x38 "$(device_of a)/read_register"
	is 1 "$boards/a/violations"
	wait_for 2 logged "a: the driver violates the manual: read of the forbidden register"
	rmdir "$boards/a"
}

drives_two() {
	make_live a
	make_live b
	[ "$(device_of a)" != "$(device_of b)" ]
	passes_selftest a
	passes_selftest b
	rmdir "$boards/a"
	passes_selftest b
	rmdir "$boards/b"
}

survives_remove_and_rescan() {
	local device
	make_live a
	device=$(device_of a)
	put 1 "$device/remove"
	[ ! -e "$device" ]
	refuses "No such device" cat "$boards/a/pci_address"
	put 1 /sys/bus/pci/rescan
	passes_selftest a
	put 1 "$device/remove"
	rmdir "$boards/a"
}

reports_a_forgotten_mapping() {
	make_live a
	is 2 "$boards/a/mappings"
	put Y /sys/module/vhw_exerciser_driver/parameters/leak
	rmdir "$boards/a"
	put N /sys/module/vhw_exerciser_driver/parameters/leak
	logged "a: 1 mappings of its registers were not unmapped"
	is 0xffffffff /sys/module/vhw_exerciser_driver/parameters/stale
}

keeps_a_forgotten_mapping_from_the_next_board() {
	make_live b
	grep -q "id=0x76687721" "$(device_of b)/registers"
	is 0xffffffff /sys/module/vhw_exerciser_driver/parameters/stale
	is 2 "$boards/b/mappings"
	rmdir "$boards/b"
	unload vhw-exerciser-driver
	load vhw-exerciser-driver
}

fills_all_slots() {
	local i
	# User-Mode Linux has not so many interrupts for its drivers
	[ ! -e /sys/module/vhw_window ] || unload vhw-exerciser-driver
	for i in $(seq 256); do
		make_live "n$i"
	done
	[ -e /sys/module/vhw_window ] || passes_selftest n256
	mkdir "$boards/n257"
	refuses "No space left" put 1 "$boards/n257/live"
	logged "n257: all 256 slots are taken"
	is 0 "$boards/n257/live"
	rmdir "$boards/n7"
	put 1 "$boards/n257/live"
	rmdir "$boards"/n*
	load vhw-exerciser-driver
}

pins_modules() {
	mkdir "$boards/a"
	refuses "in use" rmmod vhw-exerciser
	rmdir "$boards/a"
}

survives_an_open_file() {
	mkdir "$boards/a"
	exec 5<"$boards/a/faults/odd/help"
	rmdir "$boards/a"
	refuses "No such file" cat <&5
	exec 5<&-
}

refuses_a_window() {
	unload vhw-exerciser-driver vhw-exerciser vhw
	refuses "Invalid argument" modprobe vhw window_mib=100
	logged "window_mib=100 is not a power of two from 16 to 1024"
	modprobe vhw window_mib=16
	rmmod vhw
}

# where memory is, below 4 GiB, and far above what any machine has
refuses_an_occupied_window() {
	local address
	for address in 0x1000000 0x1004000000000000; do
		refuses "busy" modprobe vhw window_at=$address
		logged "no free 512 MiB at $address for the window of memory BARs"
		[ ! -d /sys/module/vhw ]
	done
	# User-Mode Linux has 512 MiB for it in all
	[ -e /sys/module/vhw_window ] || return 0
	refuses "busy" modprobe vhw window_mib=1024
	logged "no free 1024 MiB for the window of memory BARs"
}

# where the first register of a board is
first_register() {
	local start
	load vhw-exerciser
	mkdir "$boards/a"
	put 1 "$boards/a/live"
	read -r start _ <"$(device_of a)/resource"
	echo "$start"
	rmdir "$boards/a"
	unload vhw-exerciser vhw
}

takes_the_window_asked_for() {
	local address
	address=$(printf '0x%016x' $(($(first_register) + 64 * 1024 * 1024)))
	load vhw window_mib=64 "window_at=$address"
	is $((address)) /sys/module/vhw/parameters/window_at
	[ "$(first_register)" = "$address" ]
}

plan 22
testcase "features are listed and read-only" lists_features
testcase "module parameters have their documented defaults" has_parameters
testcase "a live board is a PCI device with its driver bound" appears_bound
testcase "a live board refuses changes" refuses_changes_while_live
testcase "a second board of the same name is refused" refuses_a_second_of_the_name
testcase "values that mean nothing are refused and the allowed ones named" refuses_nonsense
testcase "what needs power is refused without" refuses_what_needs_power
testcase "live=0 unplugs, and the device is gone when the write returns" unplugs
testcase "a yanked board is gone, and comes back when live again" yanks
testcase "rmdir unplugs a live board" removes_a_live_board
testcase "reset returns config space to power-on" resets
testcase "violations are counted and logged" counts_violations
testcase "two boards do not disturb each other" drives_two
testcase "a device removed behind our back comes back by rescan, with interrupts" survives_remove_and_rescan
testcase "a forgotten mapping is reported and reads all-ones" reports_a_forgotten_mapping
testcase "a forgotten mapping never reaches the next board at its place" keeps_a_forgotten_mapping_from_the_next_board
testcase "256 boards live at once; one more is refused, and fits when a slot is free" fills_all_slots
testcase "a board pins its model's module" pins_modules
testcase "an attribute open across rmdir" survives_an_open_file
testcase "a window that is no window is refused" refuses_a_window
testcase "a window that cannot be allocated is refused" refuses_an_occupied_window
testcase "a window is where it was asked for" takes_the_window_asked_for
