#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel's own, unmodified watchdog driver on the virtual 6300ESB.
# where: qemu
# processors: one
. "$(dirname "$0")/../lib.sh"

board=/sys/kernel/config/vhw/i6300esb/w
need python3
load vhw-i6300esb
modprobe i6300esb 2>/dev/null || skip "this kernel brings no i6300esb driver"
defer unload i6300esb vhw-i6300esb vhw
mkdir $board
defer rmdir $board

# the driver gives its watchdog no parent, so it is found by what it says of itself
node() { basename "$(dirname "$(grep -l "i6300ESB timer" /sys/class/watchdog/*/identity)")"; }
config() { setpci -s "$(cat $board/pci_address)" "$1"; }

# watchdog TIMEOUT PINGS PAUSE: open it, set the timeout, ping so often, close it properly
watchdog() {
	python3 - "/dev/$(node)" "$@" <<-'END'
		import fcntl, struct, sys, time
		path, timeout, pings, pause = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
		with open(path, 'wb', buffering=0) as wd:
		    fcntl.ioctl(wd, 0xc0045706, struct.pack('i', timeout))
		    for i in range(pings):
		        time.sleep(pause)
		        wd.write(b'x')
		    time.sleep(pause)
		    wd.write(b'V')
	END
}

binds() {
	put 1 $board/live
	[ -c "/dev/$(node)" ]
	is 0 $board/resets
	is 0 $board/violations
}

is_kept_from_ending() {
	watchdog 2 4 1
	is 0 $board/resets
}

ends() {
	watchdog 1 0 4
	is 1 $board/resets
	[ $((0x$(config 68.b))) -eq 0 ]
}

misses_a_reload() {
	put 100 $board/faults/lost-reload/probability
	watchdog 2 4 1
	is 2 $board/resets
	put 0 $board/faults/lost-reload/probability
}

interrupts_at_the_first_stage() {
	setpci -s "$(cat $board/pci_address)" 60.w=0000
	watchdog 2 0 1.6
	[ $((0x$(config STATUS) & 8)) -ne 0 ]
}

locks() {
	setpci -s "$(cat $board/pci_address)" 68.b=03
	setpci -s "$(cat $board/pci_address)" 68.b=00
	[ $((0x$(config 68.b))) -eq 3 ]
	put 1 $board/reset
	[ $((0x$(config 68.b))) -eq 0 ]
}

plan 6
testcase "the kernel's driver binds and does nothing the manual forbids" binds
testcase "a watchdog that is fed in time does not end" is_kept_from_ending
testcase "a watchdog that is not fed ends" ends
testcase "a watchdog whose reloads are lost ends" misses_a_reload
testcase "the first stage raises the interrupt" interrupts_at_the_first_stage
testcase "a locked watchdog stays enabled until reset" locks
