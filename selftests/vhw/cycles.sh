#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many times (a hundred with EXTENDED=1): load everything, plug boards with drivers bound and in use, pull them out, unload.
# where: uml debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"

boards=/sys/kernel/config/vhw/exerciser
carriers=/sys/kernel/config/vhw/tpci200
cycles=8
[ -z "${EXTENDED:-}" ] || cycles=100
defer unload ipoctal tpci200 ipack vhw-tpci200 vhw-exerciser-driver vhw-exerciser vhw
defer remove_boards

remove_boards() {
	local board
	for board in "$boards"/*/ "$carriers"/*/; do
		[ ! -d "$board" ] || rmdir "$board"
	done
}

# times COMMAND: so often, with the number of the cycle
times() {
	local i
	for ((i = 0; i < cycles; i++)); do
		"$1" "$i"
	done
}

two_boards() {
	local i=$1 device
	load vhw-exerciser
	[ $((i % 2)) -eq 0 ] || load vhw-exerciser-driver
	mkdir $boards/a $boards/b
	put 1 $boards/a/live
	put 1 $boards/b/live
	load vhw-exerciser-driver
	device=/sys/bus/pci/devices/$(cat $boards/a/pci_address)
	grep -q "id=0x76687721" "$device/registers"
	if [ $((i % 10)) -eq 0 ] && grep "^not ok" "$device/selftest"; then
		fail "in cycle $i"
	fi
	case $((i % 3)) in
	0) put 1 $boards/a/yank ;;
	1) put 0 $boards/a/live ;;
	2) unload vhw-exerciser-driver ;;
	esac
	rmdir $boards/a $boards/b
	unload vhw-exerciser-driver vhw-exerciser vhw
}

# an open port holds ipoctal, not the board; characters are on their way when it goes
open_port() {
	local i=$1 node=/dev/ipoctal.0.0.0
	load vhw-tpci200
	[ $((i % 2)) -eq 0 ] || load tpci200
	mkdir $carriers/c
	put ipoctal232 $carriers/c/slot0/module
	put loopback $carriers/c/slot0/line0/peer
	put 1 $carriers/c/live
	load tpci200
	load ipoctal
	wait_for 10 test -c $node
	exec 5<>$node
	printf 'characters on their way' >&5
	case $((i % 3)) in
	0) put 1 $carriers/c/yank ;;
	1) put 0 $carriers/c/live ;;
	2) rmdir $carriers/c ;;
	esac
	[ ! -e $node ]
	exec 5>&-
	[ ! -d $carriers/c ] || rmdir $carriers/c
	unload ipoctal tpci200 ipack vhw-tpci200 vhw
}

# the driver uses the registers of a board while it is pulled out and put back
yanks_in_use() {
	local i reader
	load vhw-exerciser
	load vhw-exerciser-driver
	mkdir $boards/a
	put 1 $boards/a/live
	(while :; do cat /sys/bus/pci/drivers/vhw-exerciser/*/registers || :; done >/dev/null 2>&1) &
	reader=$!
	for ((i = 0; i < cycles; i++)); do
		put 1 $boards/a/yank
		put 1 $boards/a/live
	done
	kill $reader
	wait $reader || :
	grep -q "id=0x76687721" /sys/bus/pci/drivers/vhw-exerciser/*/registers
	rmdir $boards/a
	unload vhw-exerciser-driver vhw-exerciser vhw
}

plan 3
testcase "$cycles times loaded, plugged, used, unplugged and unloaded" times two_boards
testcase "$cycles times with a port open and characters on their way" times open_port
testcase "$cycles times pulled out while its driver reads" yanks_in_use
