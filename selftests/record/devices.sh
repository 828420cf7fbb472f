#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Real functions, which are QEMU's, are recorded with their drivers, and replayed beside themselves.
# where: qemu-devices
# time: long
. "$(dirname "$0")/../lib.sh"

need python3 lspci taskset
here=$(readlink -f "$(dirname "$0")")
tools=$(readlink -f "$(dirname "$0")/../../tools")
PATH=$tools:$PATH
feed=$here/watchdog
replayed=/sys/kernel/config/vhw/replay/replay0
load vhw-record
load vhw-replay
load vhw-bar-access
defer unload vhw-bar-access vhw-edu-driver i6300esb 8139cp vhw-record vhw-replay vhw

# address_of VENDOR:DEVICE: of the true one
address_of() { lspci -D -n -d "$1" | awk '!/^1/ { print $1; exit }'; }
attribute() { echo "/sys/bus/pci/devices/$1/$2"; }

with_bar_access() {
	put vhw-bar-access "$(attribute "$1" driver_override)"
	put "$1" /sys/bus/pci/drivers/vhw-bar-access/bind
}

without_driver() { put "$1" "$(attribute "$1" driver/unbind)"; }

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

# A FIFO whose every read takes the next word out: 10 240 by each of two processors at once. The card's words count
is_popped() {
	local device file=$OUT/pops.rec
	device=$(address_of 1b36:0007)
	with_bar_access "$device"
	vhwctl record -o "$file" "$device" -- bash -e -c "
		$here/sdcard $(attribute "$device" access) 160
		$here/pops $(attribute "$device" pops) 10240 $OUT/pops0 $OUT/pops1"
	python3 - "$file" "$OUT/pops0" "$OUT/pops1" <<-'END'
		import array, re, sys
		read = [list(array.array("I", open(path, "rb").read())) for path in sys.argv[2:]]
		recorded = [[int(word, 0) for word in match.groups()] for line in open(sys.argv[1])
		            if (match := re.search(r"^\S+ ([0-9]+) read BAR0\+0x20/4 (\S+)$", line))]
		switches = sum(a[0] != b[0] for a, b in zip(recorded, recorded[1:]))
		print(f"{len(recorded)} recorded; the processor changed {switches} times")
		assert [len(part) for part in read] == [10240, 10240]
		# each seen once by who read them, in order by each processor
		assert sorted(read[0] + read[1]) == list(range(20480))
		assert all(part == sorted(part) for part in read)
		# the recording says the same, and knows the order in which the device saw them
		assert [value for _, value in recorded] == list(range(20480))
		assert [[value for cpu, value in recorded if cpu == n] for n in (0, 1)] == read
		assert switches > 10
	END
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

# Up to where DMA ends it: the address is right and the interface comes up; no frame can come or go
rtl8139() {
	local device file=$OUT/rtl8139.rec
	device=$(address_of 10ec:8139)
	[ -n "${NETWORK_DRIVERS:-}" ] || skip "the kernel's drivers of network cards could not be got"
	modprobe mii
	insmod "$NETWORK_DRIVERS/8139cp.ko"
	vhwctl record -o "$file" "$device" -- bash -e -c 'ip link set eth0 up; ip link set eth0 down'
	without_driver "$device"
	vhwctl show-recording "$file" | grep -F '(DMA)'
	# the divergences are addresses of memory, and that is said
	vhwctl replay "$file" -- bash -e -c "
		ip link show eth0; ip link set eth0 up; ip link set eth0 down; echo 'it came up'" | tee "$OUT/said" || true
	grep -q 52:54:00:12:34:56 "$OUT/said"
	grep -qx 'it came up' "$OUT/said"
	grep '^first divergence: line [0-9]*: write of ' "$OUT/said"
	grep 'by DMA is not in the recording' "$OUT/said"
	rmmod 8139cp
}

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

plan 13
testcase "a device with a driver is recorded, and has its driver back" counts
testcase "20 000 writes from two processors are passed on once each, and recorded" is_hammered
testcase "20 480 words that two processors take from a FIFO are each seen once, in order" is_popped
testcase "a device that interrupts by message is recorded and replayed" edu msi 1 'msi 0'
testcase "a device that interrupts by pin is recorded and replayed" edu pin 0 'irq-end handled'
testcase "the kernel's watchdog driver cannot tell a recording from the device" i6300esb
testcase "a network card is recorded and replayed up to where DMA ends it" rtl8139
for way in unbind rmmod remove; do
	testcase "$way in the midst of a recording" torn $way
done
testcase "a recorder that is killed leaves the device to its driver" killed
testcase "what cannot be recorded is refused in words" refuses_what_it_must
testcase "what does not fit is counted" loses_nothing_in_silence
