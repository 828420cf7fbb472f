#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The IndustryPack bus and its carrier: modules found, described and refused.
# where: uml debug qemu
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/../ipoctal/board.sh"

our_board ipoctal232 loopback

# restart MODULE ID [FAULT [SETTING VALUE]...]: power off, fit a module in slot 0, power on
restart() {
	put 0 "$vhw/board0/live"
	for switch in id-crc id-length id-letters endian-stuck warm-boot no-ack; do no_fault board0 "$switch"; done
	echo "$1" >"$vhw/board0/slot0/module"
	[ "$1" = empty ] || echo "$2" >"$vhw/board0/slot0/id"
	shift $(($# > 1 ? 2 : 1))
	[ $# -eq 0 ] || fault board0 "$@"
	put 1 "$vhw/board0/live"
}
found() { [ -d "$(device board0)" ]; }
shows() { is "$2" "$(device board0)/$1"; }

empty() {
	restart empty
	[ -z "$(ls /sys/bus/ipack/devices)" ]
	! logged "ipack-dev" || fail "an empty slot is not worth a line"
}
format_1() {
	restart ipoctal232 format1
	shows id_format 0x1
	shows id_vendor 0xf0
	shows id_device 0x22
	shows id_crc_ok 1
	shows modalias ipack:f01v000000F0d00000022
	[ "$(wc -l <"$(device board0)/modalias")" -eq 1 ]
	shows id "4950 4143 f022 a100
0000 0ccc"
	grep -qx MODALIAS=ipack:f01v000000F0d00000022 "$(device board0)/uevent"
}
format_2() {
	restart ipoctal232 "$1"
	shows id_format 0x2
	shows id_crc_ok 1
	head -n 1 "$(device board0)/id" | grep -qx '5649 5441 3420 \([0-9a-f]\{4\} \)\{4\}[0-9a-f]\{4\}'
	[ "$(sed 's/^/x/' "$(device board0)/modalias")" = "x$(cut -d= -f2 "$(device board0)/uevent" | grep ipack)" ]
}
bad_crc() {
	local stored
	expect_log "checksum"
	restart ipoctal232 format1 id-crc
	shows id_crc_ok 0
	stored=$(tr -d ' \n' <"$(device board0)/id" | tail -c 2)
	[ "$stored" != cc ]
	logged "ID PROM checksum is 0x$stored, computed 0xcc"
	put Y /sys/module/ipack/parameters/strict_crc
	defer put N /sys/module/ipack/parameters/strict_crc
	restart ipoctal232 format1 id-crc
	put N /sys/module/ipack/parameters/strict_crc
	! found || fail "strict_crc did not refuse it"
}
bad_length() {
	restart ipoctal232 format1 id-length
	found
	[ "$(wc -w <"$(device board0)/id")" -eq 6 ]
}
bad_letters() {
	expect_log "no ID PROM"
	restart ipoctal232 format1 id-letters
	! found || fail "garbage was taken for a module"
}
warm_boot() {
	restart ipoctal232 format1 warm-boot
	wait_for 5 test -c "$(nodes board0)7"
	is 0 "$carrier/slot0/storms"
}
endian_stuck() {
	expect_log "big-endian"
	restart ipoctal232 format1 endian-stuck
	! found || fail "modules on a carrier without the right byte order"
	logged "does not take the big-endian bit"
}
counters() {
	restart ipoctal232 format1
	for slot in 0 1 2 3; do
		for name in timeouts errors storms; do [ "$(cat "$carrier/slot$slot/$name")" -ge 0 ]; done
		[ ! -r "$carrier/slot$slot/reset" ] || [ -w "$carrier/slot$slot/reset" ]
	done
	refuses "Invalid argument" put 0 "$carrier/slot0/reset"
	refuses "Invalid argument" put nonsense "$carrier/slot0/reset"
	put 1 "$carrier/slot1/reset"
	put 1 "$carrier/slot0/reset"
	found
}
autoload() {
	modprobe -n -v "$(cat "$(device board0)/modalias")" 2>&1 | grep -q ipoctal || modinfo -F alias ipoctal |
		grep -qxF 'ipack:f01v000000F0d00000022*'
	modinfo -F alias tpci200 | grep -q '^pci:v00001498d000030C8sv00001498sd0000300A'
}
cycles() {
	local n
	for n in $(seq "${CYCLES:-20}"); do
		put 0 "$vhw/board0/live"
		put 1 "$vhw/board0/live"
		if [ $((n % 4)) -eq 0 ]; then
			unload_drivers
			load_drivers
		fi
	done
	wait_for 5 test -c "$(nodes board0)7"
}

mhz_32() {
	local tracing=/sys/kernel/tracing
	echo >$tracing/trace
	put 1 $tracing/events/vhw/vhw_write/enable
	restart ipoctal232 format1-32mhz
	put 0 $tracing/events/vhw/vhw_write/enable
	found
	# bit 0 of slot A's CONTROL: the PROM was read at 8 MHz, everything after that at 32
	grep -q "BAR2+0x0002 .*value=0x...[13579bdf] " $tracing/trace || fail "the clock was never set to 32 MHz"
	wait_for 5 test -c "$(nodes board0)7"
	is 0 "$carrier/slot0/timeouts"
	restart ipoctal232 format1
	found
}

plan 13
testcase "b10 an empty slot is no device and no line in the log" empty
testcase "b3 a module of Format I shows what its PROM says" format_1
testcase "b4 b9 a module of Format II is found and dumped" format_2 format2
testcase "b4 likewise with its bytes swapped" format_2 format2-swapped
testcase "b5 a module for 32 MHz gets them" mhz_32
testcase "b11 a wrong checksum is reported, and refused when strict" bad_crc
testcase "b6 a length that cannot be is not believed" bad_length
testcase "a PROM without its letters is no module" bad_letters
testcase "t5 o16 a module left running by a warm boot is silenced" warm_boot
testcase "t1 a carrier that does not keep the byte order is refused" endian_stuck
testcase "t5 slots are reset and counted one by one" counters
testcase "boards and drivers come and go many times" cycles
testcase "the drivers load by themselves" autoload
