#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Many times (a hundred in the debugging kernel): load everything, plug two boards with drivers bound and used, yank one, unplug the other, unload.
# where: uml debug qemu
# extended: qemu debug
# time: long
. "$(dirname "$0")/../lib.sh"

boards=/sys/kernel/config/vhw/exerciser
cycles=20
[ "$WHERE" != debug ] || cycles=100
defer unload vhw-exerciser-driver vhw-exerciser vhw

cycle() {
	local i=$1 device
	load vhw-exerciser
	[ $((i % 2)) -eq 0 ] || load vhw-exerciser-driver
	mkdir $boards/a $boards/b
	put 1 $boards/a/live
	put 1 $boards/b/live
	load vhw-exerciser-driver
	device=/sys/bus/pci/devices/$(cat $boards/a/pci_address)
	grep -q "id=0x76687721" "$device/registers"
	[ $((i % 10)) -ne 0 ] || ! grep "^not ok" "$device/selftest"
	case $((i % 3)) in
	0) put 1 $boards/a/yank ;;
	1) put 0 $boards/a/live ;;
	2) unload vhw-exerciser-driver ;;
	esac
	rmdir $boards/a $boards/b
	unload vhw-exerciser-driver vhw-exerciser vhw
}

load_use_and_unload() {
	local i
	for ((i = 0; i < cycles; i++)); do
		cycle "$i" || fail "cycle $i"
	done
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

plan 2
testcase "$cycles times loaded, plugged, used, unplugged and unloaded" load_use_and_unload
testcase "$cycles times pulled out while its driver reads" yanks_in_use
