#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A virtual TPCI200's directory: what it takes, what it refuses and with which error.
# where: uml debug qemu
# extended: qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

load vhw-tpci200
defer unload vhw-tpci200 vhw
make_board one
make_board two slot0/module=ipoctal232
slot=$boards/one/slot0

starts_empty() {
	is empty "$slot/module"
	[ ! -e "$slot/line0" ]
	is 0 "$slot/error"
	is all "$boards/one/fault_target"
}

second_of_a_name() {
	refuses "File exists" mkdir "$boards/one"
}

takes_modules() {
	local module
	for module in ipoctal232 ipoctal422 ipoctal485 empty; do
		put $module "$slot/module"
		is $module "$slot/module"
	done
	refuses "Invalid argument" put ipoctal999 "$slot/module"
	logged 'one/slot0/module: there is no module "ipoctal999"; loaded are: empty, ipoctal232'
}

# What a module has in the tree comes and goes with it, whoever looks at it meanwhile
brings_its_own() {
	put ipoctal232 "$slot/module"
	is 0 "$slot/ipoctal/crystal_ppm"
	is 0 "$slot/ipoctal/handshake"
	is 1 "$slot/ipoctal/echo"
	is none "$slot/line7/peer"
	is "" "$slot/line7/tty"
	[ -d "$slot/ipoctal/faults/rx-framing" ]
	[ ! -e "$boards/one/faults/rx-framing" ]
	put loopback "$slot/line0/peer"
	put ipoctal232 "$slot/module"
	is loopback "$slot/line0/peer"
	exec 5<"$slot/line0/peer" 6<"$slot/ipoctal/faults"
	put ipoctal485 "$slot/module"
	refuses "No such file" cat <&5
	is none "$slot/line0/peer"
	exec 5<&- 6<&-
	put empty "$slot/module"
	[ ! -e "$slot/line0" ] && [ ! -e "$slot/ipoctal" ]
}

# A module's kernel module is loaded when it is needed, and held as long
holds_its_kind() {
	put ipoctal232 "$slot/module"
	refuses "in use" rmmod vhw_ipoctal
	put empty "$slot/module"
	put empty "$boards/two/slot0/module"
	rmmod vhw_ipoctal
	put ipoctal232 "$boards/two/slot0/module"
	[ -d /sys/module/vhw_ipoctal ]
}

# Whoever uses a file or directory of a module does not keep the board
goes_whole() {
	mkdir "$boards/three"
	put ipoctal232 "$boards/three/slot1/module"
	put ipoctal485 "$boards/three/slot2/module"
	go_live three
	exec 5<"$boards/three/slot1/line0/peer" 6<"$boards/three/slot2/ipoctal/faults/rx-flip/help"
	cd "$boards/three/slot2/line3"
	rmdir "$boards/three"
	refuses "No such file" cat <&5
	refuses "No such file" cat <&6
	cd /
	exec 5<&- 6<&-
	[ ! -e "$boards/three" ]
	mkdir "$boards/three"
	rmdir "$boards/three"
}

# Modules that come and go while others look, and while the board goes
comes_and_goes() {
	local i
	(
		while [ ! -e "$_scratch/enough" ]; do
			mkdir "$boards/four" 2>/dev/null || true
			for i in ipoctal232 empty ipoctal485 ipoctal422; do
				echo $i 2>/dev/null >"$boards/four/slot0/module" && touch "$_scratch/plugged"
				echo loopback 2>/dev/null >"$boards/four/slot0/line0/peer" || true
			done
		done
	) 2>/dev/null &
	(
		while [ ! -e "$_scratch/enough" ]; do
			cat "$boards"/four/slot0/*/* 2>/dev/null || true
		done
	) >/dev/null 2>&1 &
	for i in {1..30}; do
		rmdir "$boards/four" 2>/dev/null || true
		sleep 0.1
	done
	touch "$_scratch/enough"
	wait
	[ -e "$_scratch/plugged" ] || fail "no module was ever plugged"
	remove_board four
}

burns_proms() {
	put ipoctal232 "$slot/module"
	is 49504143f022a10000000ccc "$slot/id"
	put ipoctal422 "$slot/module"
	is 49504143f02aa10000000c61 "$slot/id"
	put ipoctal485 "$slot/module"
	is 49504143f048a10000000c98 "$slot/id"
	put ipoctal232 "$slot/module"
	put format1-32mhz "$slot/id"
	is 49504148f022a10000000c77 "$slot/id"
	put format2 "$slot/id"
	[ "$(head -c 12 "$slot/id")" = 564954413420 ]
	put format2-swapped "$slot/id"
	[ "$(head -c 12 "$slot/id")" = 495641542034 ]
	put 0102030405 "$slot/id"
	is 0102030405 "$slot/id"
	refuses "Invalid argument" put 012 "$slot/id"
	refuses "Invalid argument" put format3 "$slot/id"
	put format1 "$slot/id"
	is 49504143f022a10000000ccc "$slot/id"
}

takes_peers() {
	local peer
	for peer in loopback tty "bus left" none; do
		put "$peer" "$slot/line3/peer"
		is "$peer" "$slot/line3/peer"
	done
	for peer in nonsense "null-modem" "null-modem two" "null-modem two/0/8" \
		"null-modem one/0/3" "loopback now" "bus" "bus a b" "bus $(printf 'x%.0s' {1..40})"; do
		refuses "Invalid argument" put "$peer" "$slot/line3/peer"
	done
	logged 'one/slot0/line3/peer: allowed are none, loopback, tty'
	is none "$slot/line3/peer"
}

cables_have_two_ends() {
	put "null-modem two/0/5" "$slot/line1/peer"
	is "null-modem one/0/1" "$boards/two/slot0/line5/peer"
	refuses "No such file" put "null-modem three/0/5" "$slot/line2/peer"
	logged 'there is no IP-Octal in slot 0 of a board "three"'
	refuses "No such file" put "null-modem two/1/5" "$slot/line2/peer"
	refuses "Device or resource busy" put "null-modem two/0/5" "$slot/line2/peer"
	logged 'two/0/5 is taken'
	put loopback "$boards/two/slot0/line5/peer"
	is none "$slot/line1/peer"
	put "null-modem two/0/6" "$slot/line1/peer"
	rmdir "$boards/two"
	is none "$slot/line1/peer"
	mkdir "$boards/two"
	put ipoctal232 "$boards/two/slot0/module"
}

takes_numbers() {
	put -50000 "$slot/ipoctal/crystal_ppm"
	is -50000 "$slot/ipoctal/crystal_ppm"
	refuses "Invalid argument" put 300000 "$slot/ipoctal/crystal_ppm"
	logged 'crystal_ppm: allowed are -200000 to 200000'
	put 0 "$slot/ipoctal/crystal_ppm"
	refuses "Invalid argument" put maybe "$slot/ipoctal/handshake"
	refuses "Invalid argument" put maybe "$slot/ipoctal/echo"
	refuses "Invalid argument" put maybe "$slot/error"
}

targets_faults() {
	put 2 "$boards/one/fault_target"
	is 2 "$boards/one/fault_target"
	put 2/7 "$boards/one/fault_target"
	is 2/7 "$boards/one/fault_target"
	refuses "Invalid argument" put 4 "$boards/one/fault_target"
	refuses "Invalid argument" put 0/8 "$boards/one/fault_target"
	refuses "Invalid argument" put 0/1/2 "$boards/one/fault_target"
	refuses "Invalid argument" put some "$boards/one/fault_target"
	put all "$boards/one/fault_target"
}

frozen_while_live() {
	go_live two
	refuses "Device or resource busy" put empty "$boards/two/slot0/module"
	logged 'two/slot0/module: the board is live'
	refuses "Device or resource busy" put format2 "$boards/two/slot0/id"
	refuses "Device or resource busy" put 5 "$boards/two/slot0/ipoctal/crystal_ppm"
	refuses "Device or resource busy" put 1 "$boards/two/slot0/ipoctal/handshake"
	refuses "Device or resource busy" put 1 "$boards/two/slot0/ipoctal/echo"
	refuses "Device or resource busy" put tty "$boards/two/slot0/line0/peer"
	logged 'two/slot0/line0/peer: the board is live'
	put 1 "$boards/two/slot0/error"
	is 1 "$boards/two/slot0/error"
	put 0 "$boards/two/slot0/error"
	go_dark two
}

only_485_shares_a_bus() {
	put "bus left" "$boards/two/slot0/line0/peer"
	refuses "Invalid argument" go_live two
	logged 'only an ipoctal485 can share a bus'
	is 0 "$boards/two/live"
	put none "$boards/two/slot0/line0/peer"
}

ttys_come_and_go() {
	put tty "$boards/two/slot0/line2/peer"
	go_live two
	node=$(far_tty two 0 2)
	[ -c "$node" ]
	go_dark two
	is "" "$boards/two/slot0/line2/tty"
	wait_for 2 test ! -e "$node"
}

shows_a_pci_function() {
	go_live two
	device=/sys/bus/pci/devices/$(cat "$boards/two/pci_address")
	is 0x1498 "$device/vendor"
	is 0x30c8 "$device/device"
	is 0x1498 "$device/subsystem_vendor"
	is 0x300a "$device/subsystem_device"
	is 0x068000 "$device/class"
	go_dark two
}

plan 16
testcase "a new board has four empty slots" starts_empty
testcase "a name serves one board" second_of_a_name
testcase "a slot takes the four kinds of module" takes_modules
testcase "what a module has in the tree comes and goes with it" brings_its_own
testcase "its kernel module is loaded when it is needed, and held as long" holds_its_kind
testcase "rmdir takes all of it, whoever has a file of it open" goes_whole
testcase "modules come and go while others look and the board goes" comes_and_goes
testcase "an ID PROM holds what the makers burn, or what is asked for" burns_proms
testcase "a line takes every kind of peer and refuses the rest" takes_peers
testcase "a null-modem cable shows at both ends, and is pulled at both" cables_have_two_ends
testcase "numbers have limits" takes_numbers
testcase "faults are aimed at a slot or a channel" targets_faults
testcase "a live board's attributes are frozen, but for ERROR#" frozen_while_live
testcase "only RS-485 modules share a bus" only_485_shares_a_bus
testcase "a tty peer has a node while its board is live" ttys_come_and_go
testcase "the PCI function has a TPCI200's identity" shows_a_pci_function
