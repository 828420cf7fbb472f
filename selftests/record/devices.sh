#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Real functions, which are QEMU's, are recorded with their drivers, and replayed beside themselves.
# where: qemu-devices
# time: long
. "$(dirname "$0")/../lib.sh"

need python3 lspci taskset
. "$(dirname "$0")/pci.sh"
feed=$here/watchdog
replayed=/sys/kernel/config/vhw/replay/replay0
load vhw-record
load vhw-replay
load vhw-bar-access
defer unload vhw-bar-access vhw-edu-driver i6300esb vhw-record vhw-replay vhw

# pci-testdev: the first test counts writes of 0xfa to an offset that it tells
counts() {
	local device file=$OUT/testdev.rec
	device=$(address_of 1b36:0005)
	with_bar_access "$device"
	vhwctl record -o "$file" "$device" -- bash -e -c "
		access() { echo \"\$*\" >$(attribute "$device" access); }
		byte() { access 0 \$1 1; echo \$((\$(cat $(attribute "$device" access)))); }
		access 0 0 1 0
		at=\$((\$(byte 4) + 256 * \$(byte 5)))
		echo \$at >$OUT/at
		access x100 0 \$at 1 0xfa
		echo \$((\$(byte 12) + 256 * \$(byte 13))) >$OUT/count"
	is 100 "$OUT/count"
	[ "$(grep -c " write BAR0+$(printf %#x "$(cat "$OUT/at")")/1 0xfa\$" "$file")" -eq 100 ]
	# what was recorded is the device, and the plain driver is back
	grep -q '^function 1b36:0005' "$file"
	put "0 0 1 0" "$(attribute "$device" access)"
}

# 10 000 writes from each of two processors at once: the device counts them all, once each, and all are recorded
is_hammered() {
	local device at file=$OUT/hammer.rec
	device=$(address_of 1b36:0005)
	at=$(cat "$OUT/at")
	vhwctl record -o "$file" "$device" -- bash -e -c "
		access() { echo \"\$*\" >$(attribute "$device" access); }
		byte() { access 0 \$1 1; echo \$((\$(cat $(attribute "$device" access)))); }
		access 0 0 1 0
		taskset -c 0 bash -c 'echo x10000 0 $at 1 0xfa >$(attribute "$device" access)' &
		taskset -c 1 bash -c 'echo x10000 0 $at 1 0xfa >$(attribute "$device" access)' &
		wait
		echo \$((\$(byte 12) + 256 * \$(byte 13))) >$OUT/count"
	is 20000 "$OUT/count"
	grep " write BAR0+$(printf %#x "$at")/1 0xfa\$" "$file" | cut -d ' ' -f 2 | sort | uniq -c | tee "$OUT/by-cpu"
	[ "$(awk '{ sum += $1 } END { print sum }' "$OUT/by-cpu")" -eq 20000 ]
	[ "$(awk '$1 == 10000' "$OUT/by-cpu" | wc -l)" -eq 2 ]
	# times never run backwards
	sed -n '/^events/,/^end/p' "$file" | awk '/^[0-9]/ { if ($1 < last) exit 1; last = $1 }'
	without_driver "$device"
}

# edu KIND: by message or by pin
edu() {
	local device file=$OUT/edu-$1.rec
	device=$(address_of 1234:11e8)
	modprobe vhw-edu-driver msi="$2"
	vhwctl record -o "$file" "$device" -- bash -e -c "
		for n in 3 5 7 10; do echo \$n >$(attribute "$device" factorial); cat $(attribute "$device" factorial); done >$OUT/factorials"
	printf '%d\n' 6 120 5040 3628800 | diff - "$OUT/factorials"
	grep -qE " $3\$" "$file"
	put 4 "$(attribute "$device" factorial)"
	is 24 "$(attribute "$device" factorial)"
	vhwctl replay --strict "$file" -- bash -e -c "
		device=/sys/bus/pci/devices/\$(cat $replayed/pci_address)
		for n in 3 5 7 10; do echo \$n >\$device/factorial; cat \$device/factorial; done >$OUT/replayed" >"$OUT/said"
	diff "$OUT/factorials" "$OUT/replayed"
	grep -q ' 0 divergences' "$OUT/said"
	# the interrupt comes no more: the driver notices
	vhwctl replay "$file"
	put 100 $replayed/faults/lost-interrupt/probability
	refuses "timed out" put 3 "$(attribute "$(cat $replayed/pci_address)" factorial)"
	rmdir $replayed
	rmmod vhw-edu-driver
}

i6300esb() {
	local device file=$OUT/i6300esb.rec
	device=$(address_of 8086:25ab)
	modprobe i6300esb 2>/dev/null || skip "this kernel brings no i6300esb driver"
	vhwctl record -o "$file" "$device" -- "$feed" 5
	grep -q ' config-write config+0x68/1 ' "$file"
	without_driver "$device"
	vhwctl replay --strict "$file" -- "$feed" 5 >"$OUT/said"
	grep -q ' 0 divergences' "$OUT/said"
	# a ping more than then
	refuses "was not recorded here" vhwctl_out replay --strict "$file" -- "$feed" 6
	rmmod i6300esb
}
vhwctl_out() { vhwctl "$@" >&2; }

refuses_what_it_must() {
	refuses "there is no board" vhwctl record -o "$OUT/none.rec" 0000:00:1e.7
	refuses "Invalid argument" bash -c 'echo rubbish >/dev/vhw-record'
	refuses "No such device" bash -c 'echo 0000:00:1e.7 >/dev/vhw-record'
	refuses "No such device" bash -c 'echo end >/dev/vhw-record'
	exec 7<>/dev/vhw-record
	refuses "Device or resource busy" bash -c 'echo 0000:00:00.0 >/dev/vhw-record'
	exec 7>&-
}

# more than there is room for, while nobody reads: what was lost is counted
loses_nothing_in_silence() {
	local device
	device=$(address_of 1b36:0005)
	with_bar_access "$device"
	rmmod vhw-record
	modprobe vhw-record events=512
	# the reader sleeps while a thousand accesses are made
	refuses "events were lost" vhwctl record -o "$OUT/lost.rec" "$device" -- \
		bash -c "kill -STOP \$PPID; echo x1000 0 0xc 1 >$(attribute "$device" access); kill -CONT \$PPID"
	grep -qE ' lost [0-9]+$' "$OUT/lost.rec"
	[ "$(($(grep -c ' read BAR0+0xc/1' "$OUT/lost.rec") + $(sed -nE 's/.* lost ([0-9]+)$/\1/p' "$OUT/lost.rec")))" -ge 1000 ]
	rmmod vhw-record
	modprobe vhw-record
	without_driver "$device"
}

plan 7
testcase "a device with a driver is recorded, and has its driver back" counts
testcase "20 000 writes from two processors are passed on once each, and recorded" is_hammered
testcase "a device that interrupts by message is recorded and replayed" edu msi 1 'msi 0'
testcase "a device that interrupts by pin is recorded and replayed" edu pin 0 'irq-end handled'
testcase "the kernel's watchdog driver cannot tell a recording from the device" i6300esb
testcase "what cannot be recorded is refused in words" refuses_what_it_must
testcase "what does not fit is counted" loses_nothing_in_silence
