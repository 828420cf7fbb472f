#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A card of several functions: boards in one slot, each with its own driver, interrupt, resets and directory.
# where: uml debug qemu
# extended: debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"

root=/sys/kernel/config/vhw
first=$root/exerciser/first
second=$root/dice/second
third=$root/exerciser-large/third
other=$root/dice/other

load vhw-exerciser
load vhw-exerciser-driver
load vhw-dice
load vhw-dice-driver
load vhw-bar-access
defer unload vhw-bar-access vhw-dice-driver vhw-dice vhw-exerciser-driver vhw-exerciser vhw-replay vhw
defer remove_boards

remove_boards() {
	local board
	for board in "$root"/replay/*/ $other $third $second "$root"/dice/f?/ "$root"/exerciser/*/; do
		[ ! -d "$board" ] || rmdir "$board"
	done
}

# without a process where it can be: they are many
device() { printf '/sys/bus/pci/devices/%s' "$(<"$1/pci_address")"; }
config() { setpci -s "$(<"$1/pci_address")" "${@:2}"; }
has_driver() { [ "$(device "$1")/driver" -ef "/sys/bus/pci/drivers/$2" ]; }
live() {
	local board
	for board; do is 1 "$board/live"; done
}
dead() {
	local board
	for board; do is 0 "$board/live"; done
	for board; do refuses "No such device" cat "$board/pci_address"; done
}

# a driver that gives user space the registers; access BOARD "BAR OFFSET BYTES[ VALUE]"
give_registers() {
	put vhw-bar-access "$(device "$1")/driver_override"
	[ ! -e "$(device "$1")/driver" ] || put "$(<"$1/pci_address")" "$(device "$1")/driver/unbind"
	put "$(<"$1/pci_address")" /sys/bus/pci/drivers/vhw-bar-access/bind
}
access() {
	local file
	file=$(device "$1")/access
	put "$2" "$file"
	printf '%s' "$(<"$file")"
}

throws() { [[ $(<"$(device "${1:-$second}")/throw") = [1-6] ]]; }

# both functions work, and so do their interrupts; the first one's driver takes long to try all
both_work() {
	live $first $second
	has_driver $first vhw-exerciser
	has_driver $second dice
	[[ $(<"$(device $first)/registers") = id=0x76687721* ]]
	throws
}
# but for what it says of time, which is judged in exerciser.sh
first_works() {
	local results
	results=$(<"$(device $first)/selftest")
	if grep "^not ok" <<<"$results" | grep -v "time waits"; then
		fail "the first function's driver is not content"
	fi
	grep -q "^ok INTA# is a level" <<<"$results"
	grep -q "^ok MSI-X" <<<"$results"
}

comes_as_one() {
	mkdir $first $second
	is auto $first/address
	put 05.0 $first/address
	put 05.1 $second/address
	put 1 $first/live
	live $first $second
	[ "$(<$first/address)" = "$(<$first/pci_address)" ]
	[ "$(<$second/address)" = "$(<$second/pci_address)" ]
	[ "$(<$second/pci_address)" = "$(sed 's/\.0$/.1/' $first/pci_address)" ]
	[[ $(<$first/pci_address) = *:05.0 ]]
	[ "$(lspci -D -n -s "$(sed 's/\.0$//' $first/pci_address)" | awk '{ print $3 }' | xargs)" = "1172:e0e0 1af4:6d1c" ]
	[ "$(config $first HEADER_TYPE INTERRUPT_PIN | xargs)" = "80 01" ]
	[ "$(config $second HEADER_TYPE INTERRUPT_PIN | xargs)" = "80 02" ]
	is 1 "$(device $first)/neighbour"
	both_work
	first_works
	both_work
}

pulls_its_own_pin() {
	local tracing=/sys/kernel/tracing
	[ -w $tracing/events/vhw/vhw_irq/enable ] || skip "this kernel traces nothing"
	echo >$tracing/trace
	put 1 $tracing/events/vhw/vhw_irq/enable
	throws
	put 0 $tracing/events/vhw/vhw_irq/enable
	grep -q "vhw_irq: second INTB# 0 asserted" $tracing/trace
	grep -q "vhw_irq: second INTB# 0 deasserted" $tracing/trace
}

has_faults_of_its_own() {
	put 1 $second/faults/stuck/times
	put 100 $second/faults/stuck/probability
	refuses "timed out" cat "$(device $second)/throw"
	is 1 $second/faults/stuck/count
	throws
	both_work
}

# reset_leaves_alone BOARD ANOTHER
reset_leaves_alone() {
	access "$1" "0 4 4 0x11" >/dev/null
	access "$2" "0 4 4 0x33" >/dev/null
	put 1 "$(device "$1")/reset"
	[ $(($(access "$1" "0 4 4"))) = 0 ]
	[ "$(config "$1" HEADER_TYPE)" = 80 ]
	[ $(($(access "$2" "0 4 4"))) = $((0x33)) ]
}

# an exerciser's is through Advanced Features, of the other kind through PCI Express
resets_alone() {
	mkdir $third
	put 05.3 $third/address
	put 1 $third/live
	give_registers $first
	give_registers $third
	reset_leaves_alone $first $third
	reset_leaves_alone $third $first
	has_driver $first vhw-bar-access
	has_driver $third vhw-bar-access
	[ "$(config $third INTERRUPT_PIN)" = 04 ]
	throws
}

sleeps_alone() {
	access $third "0 4 4 0x33" >/dev/null
	config $third 44.b=3
	[ $(($(access $third "0 4 4"))) = $((0xffffffff)) ]
	[ $(($(access $first "0 0 4"))) = $((0x76687721)) ]
	throws
	config $third 44.b=0
	[ $(($(access $third "0 4 4"))) = $((0x33)) ]
	put 1 $second/suspend
	[ $(($(access $third "0 4 4"))) = $((0x33)) ]
	throws
}

# the slot's reset line is not a function's
resets_together() {
	access $third "0 4 4 0x33" >/dev/null
	put 1 $second/reset
	[ "$(config $first COMMAND)" = 0000 ]
	[ "$(config $third COMMAND)" = 0000 ]
	put 0 $first/live
	dead $first $second $third
	rmdir $third
	put 1 $first/live
	both_work
}

leaves_and_comes_back() {
	put 0 $second/live
	live $first
	dead $second
	[ "$(config $first HEADER_TYPE)" = 00 ]
	put 1 $second/live
	[ "$(config $first HEADER_TYPE)" = 80 ]
	both_work
}

rescan() { put 1 /sys/bus/pci/rescan; }

is_found_by_rescan() {
	put 1 "$(device $second)/remove"
	refuses "No such device" cat $second/pci_address
	live $first
	rescan
	both_work
	put 1 "$(device $first)/remove"
	throws
	rescan
	both_work
	put 1 "$(device $first)/remove"
	put 1 "$(device $second)/remove"
	rescan
	both_work
	# one whose neighbour came when its device was there already
	put 0 $first/live
	put auto $second/address
	put 1 $first/live
	put 05.1 $second/address
	put 1 $second/live
	put 1 "$(device $second)/remove"
	rescan
	both_work
}

is_pulled_out_as_one() {
	put 1 $second/yank
	dead $first $second
	put 1 $first/live
	both_work
	put 1 $first/yank
	dead $first $second
	put 1 $first/live
	both_work
	put 0 $first/live
	dead $first $second
}

# the function that is made second may be the first
leaves_with_its_first() {
	local gone
	rmdir $first
	refuses "No such device" put 1 $second/live
	logged "second: there is no function 0 in slot [0-9a-f]+:05; make that live"
	mkdir $first
	put 05.0 $first/address
	put 1 $first/live
	live $first $second
	rmdir $first
	dead $second
	mkdir $first
	put 05.0 $first/address
	put 1 $first/live
	gone=$(device $second)
	[ -e "$gone" ]
	rmdir $second
	[ ! -e "$gone" ]
	live $first
	rmdir $first
}

refuses_what_cannot_be() {
	local text
	mkdir $first $second
	for text in 05.8 20.0 05 .1 05.1.2 05.1x 100:05.1 3f:05.1 0001:00:05.1 5,1 -5.1 ""; do
		refuses "Invalid argument" put "$text" $second/address
	done
	logged 'second: address: "05.8" is not auto or \[\[domain:\]bus:\]device.function from'
	is auto $second/address
	put 05.1 $second/address
	refuses "No such device" put 1 $second/live
	dead $second
	refuses "File exists" put 05.1 $first/address
	logged 'first: address: another board has been given "05.1"'
	is auto $first/address
	put auto $second/address
	put 05.1 $first/address
	put auto $first/address
	# somebody is there already, by chance
	put 1 $first/live
	put "$(<$first/pci_address)" $second/address
	refuses "Device or resource busy" put 1 $second/live
	logged "second: another board is in slot"
	refuses "Device or resource busy" put 06.0 $first/address
	logged "first: address cannot change while the board is live"
	put "$(sed 's/\.0$/.7/' $first/pci_address)" $second/address
	put 1 $second/live
	[ "$(config $second INTERRUPT_PIN)" = 04 ]
	both_work
	rmdir $first $second
}

# a recording without a file is refused power; the card then has none
refuses_a_card_in_whole() {
	load vhw-replay
	mkdir $first $second $root/replay/none
	put 05.0 $first/address
	put 05.1 $second/address
	put 05.2 $root/replay/none/address
	refuses "" put 1 $first/live
	dead $first $second $root/replay/none
	rmdir $root/replay/none
	put 1 $first/live
	both_work
	rmdir $first $second
}

# a slot that somebody wants is left free, live or not; eight functions; another bus
fills_a_slot() {
	local i last bus
	mkdir $first $second
	put 00.0 $first/address
	put 1 $second/live
	[[ $(<$second/pci_address) != *:00.0 ]] || fail "a board took a slot that another was given"
	bus=$(sed 's/:[^:]*$//; s/.*://' $second/pci_address)
	put 0 $second/live
	put "$(printf '%02x:1f.0' $((0x$bus + 7)))" $first/address
	for i in 1 2 3 4 5 6 7; do
		mkdir $root/dice/f$i
		put "$(printf '%02x:1f.%d' $((0x$bus + 7)) "$i")" $root/dice/f$i/address
	done
	put 1 $first/live
	last=$(<$root/dice/f7/pci_address)
	[[ $last = *"$(printf '%02x:1f.7' $((0x$bus + 7)))" ]]
	[ "$(lspci -D -s "${last%.7}" | wc -l)" = 8 ]
	for i in 1 2 3 4 5 6 7; do
		throws $root/dice/f$i
	done
	put 1 $root/dice/f4/yank
	dead $first $root/dice/f?
	rmdir $root/dice/f? $first $second
}

# for 2 s, whatever each says
again_and_again() {
	local end=$((SECONDS + 2))
	while [ $SECONDS -lt $end ]; do "$@"; done 2>/dev/null
}

plugs_all() {
	put 1 $first/live || true
	put 0 $first/live || true
}
plugs_second() {
	put 1 $second/live || true
	put 0 $second/live || true
}
yanks_third() { put 1 $third/yank || true; }
makes_second() {
	rmdir $second || true
	mkdir $second || true
	put 05.1 $second/address || true
	put 1 $first/live || true
}
disturbs() {
	put 1 $third/suspend || true
	put 1 $second/reset || true
	put 05.1 $other/address || true
	put auto $other/address || true
}
# Not the kernel's own "remove": it keeps no reference to a device that somebody else removes meanwhile.
rebinds() {
	local address
	address=$(<$second/pci_address) || true
	put "$address" /sys/bus/pci/drivers/dice/unbind || true
	put "$address" /sys/bus/pci/drivers/dice/bind || true
}

survives_a_crowd() {
	mkdir $first $second $third $other
	put 05.0 $first/address
	put 05.1 $second/address
	put 05.3 $third/address
	again_and_again plugs_all &
	again_and_again plugs_second &
	again_and_again yanks_third &
	again_and_again makes_second &
	again_and_again disturbs &
	again_and_again rescan &
	again_and_again rebinds &
	wait
	rmdir $other
	[ -d $second ] || mkdir $second
	put 0 $first/live
	dead $first $second $third
	put 05.1 $second/address
	put 1 $first/live
	live $third
	both_work
	put 1 $third/yank
	dead $first $second $third
	[ -z "$(lspci -D -s "$(sed 's/[01]$//' $first/address)")" ]
	rmdir $first $second $third
}

plan 14
testcase "a card comes as one: two functions, each with its driver and its interrupt" comes_as_one
testcase "a function pulls its own pin" pulls_its_own_pin
testcase "a function has faults of its own" has_faults_of_its_own
testcase "a function level reset, through either capability, resets one function, its driver bound" resets_alone
testcase "a function sleeps alone" sleeps_alone
testcase "the reset line resets all" resets_together
testcase "a function leaves and comes back alone" leaves_and_comes_back
testcase "a function that was removed behind our back comes back by rescan" is_found_by_rescan
testcase "whichever function is pulled out, all are" is_pulled_out_as_one
testcase "function 0 takes the others with it" leaves_with_its_first
testcase "what cannot be is refused, and nothing changes" refuses_what_cannot_be
testcase "a card of which one function gets no power stays out" refuses_a_card_in_whole
testcase "eight functions in the last slot of the last bus" fills_a_slot
testcase "functions come, go, are looked for, bound and reset, all at once" survives_a_crowd
