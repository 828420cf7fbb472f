#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# In the midst of a recording a real function, which is QEMU's, is taken away, or its driver, or the recorder.
# where: qemu-devices
# extended: qemu-devices
# time: long
. "$(dirname "$0")/../lib.sh"

need python3 lspci pgrep
. "$(dirname "$0")/pci.sh"
load vhw-record
defer unload vhw-edu-driver vhw-record vhw

# torn HOW: in the midst of a conversation that is recorded the device goes, or its driver does. Nothing hangs, who was
# talking is told, and afterwards device and driver are as good as ever
torn() {
	local device file=$OUT/torn-$1.rec act
	device=$(address_of 1234:11e8)
	modprobe vhw-edu-driver
	case $1 in
	unbind) act="echo $device >/sys/bus/pci/drivers/vhw-edu-driver/unbind" ;;
	rmmod) act="rmmod vhw-edu-driver" ;;
	remove) act="echo 1 >$(attribute "$device" remove)" ;;
	esac
	rm -f "$OUT/begun"
	vhwctl record -o "$file" "$device" -- bash -c "
		for ((n = 0; n < 200; n++)); do echo 5 >$(attribute "$device" factorial) || break; : >$OUT/begun; done 2>$OUT/why &
		for ((n = 0; n < 200; n++)); do [ ! -e $OUT/begun ] || break; sleep 0.05; done
		$act
		wait"
	cat "$OUT/why"
	grep -qE 'No such (device|file)|Permission denied|timed out' "$OUT/why"
	vhwctl show-recording "$file" | grep '^BAR0+0x8/4 '
	case $1 in
	rmmod) modprobe vhw-edu-driver ;;
	remove) put 1 /sys/bus/pci/rescan ;;
	esac
	wait_for 10 test -e "$(attribute "$device" factorial)"
	put 6 "$(attribute "$device" factorial)"
	is 720 "$(attribute "$device" factorial)"
	rmmod vhw-edu-driver
}

# The recorder is killed: the driver is back on the plain device
killed() {
	local device recorder sleeper
	device=$(address_of 1234:11e8)
	modprobe vhw-edu-driver
	bash -c "exec vhwctl record -o $OUT/killed.rec $device -- sleep 120" &
	recorder=$!
	wait_for 20 pgrep -P $recorder sleep
	sleeper=$(pgrep -P $recorder sleep)
	refuses "in use" rmmod vhw-record
	put 6 "$(attribute "$device" factorial)"
	kill -KILL $recorder
	wait $recorder || true
	kill "$sleeper"
	put 7 "$(attribute "$device" factorial)"
	is 5040 "$(attribute "$device" factorial)"
	rmmod vhw-record
	modprobe vhw-record
	put 3 "$(attribute "$device" factorial)"
	is 6 "$(attribute "$device" factorial)"
	rmmod vhw-edu-driver
}

plan 4
for way in unbind rmmod remove; do
	testcase "$way in the midst of a recording" torn $way
done
testcase "a recorder that is killed leaves the device to its driver" killed
