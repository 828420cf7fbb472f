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
	is none "$slot/line0/peer"
	is "" "$slot/line0/tty"
	is 0 "$slot/crystal_ppm"
	is 0 "$slot/error"
	is 0 "$slot/handshake"
	is 1 "$slot/echo"
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
	logged 'one/slot0/module: allowed are empty, ipoctal232'
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
	for peer in nonsense "null-modem" "null-modem two" "null-modem two/4/0" "null-modem two/0/8" \
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
	logged 'there is no board "three"'
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
	put -50000 "$slot/crystal_ppm"
	is -50000 "$slot/crystal_ppm"
	refuses "Invalid argument" put 300000 "$slot/crystal_ppm"
	logged 'crystal_ppm: allowed are -200000 to 200000'
	put 0 "$slot/crystal_ppm"
	refuses "Invalid argument" put maybe "$slot/handshake"
	refuses "Invalid argument" put maybe "$slot/echo"
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
	refuses "Device or resource busy" put 5 "$boards/two/slot0/crystal_ppm"
	refuses "Device or resource busy" put 1 "$boards/two/slot0/handshake"
	refuses "Device or resource busy" put 1 "$boards/two/slot0/echo"
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

plan 12
testcase "a new board has four empty slots" starts_empty
testcase "a name serves one board" second_of_a_name
testcase "a slot takes the four kinds of module" takes_modules
testcase "an ID PROM holds what the makers burn, or what is asked for" burns_proms
testcase "a line takes every kind of peer and refuses the rest" takes_peers
testcase "a null-modem cable shows at both ends, and is pulled at both" cables_have_two_ends
testcase "numbers have limits" takes_numbers
testcase "faults are aimed at a slot or a channel" targets_faults
testcase "a live board's attributes are frozen, but for ERROR#" frozen_while_live
testcase "only RS-485 modules share a bus" only_485_shares_a_bus
testcase "a tty peer has a node while its board is live" ttys_come_and_go
testcase "the PCI function has a TPCI200's identity" shows_a_pci_function
