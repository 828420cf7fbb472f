#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The fault engine through configfs: settings, limits, determinism, trace.
# where: uml debug qemu
# processors: one
# time: long
. "$(dirname "$0")/../lib.sh"

boards=/sys/kernel/config/vhw/exerciser
odd=$boards/f/faults/odd
tracing=/sys/kernel/tracing

load vhw-exerciser
load vhw-exerciser-driver
defer unload vhw-exerciser-driver vhw-exerciser vhw
mkdir $boards/f
defer rmdir $boards/f

device_of() { echo "/sys/bus/pci/devices/$(cat "$boards/$1/pci_address")"; }

live_with_seed() {
	put 0 $boards/f/live
	put "$1" $boards/f/seed
	put 1 $boards/f/live
}

set_fault() {
	put "$1" $odd/probability
	put "$2" $odd/times
	put "$3" $odd/after
	put "$4" $odd/interval
}

# strikes N: of N opportunities, which ones struck, as 0s and 1s
strikes() {
	local i device line
	device=$(device_of f)
	for ((i = 0; i < $1; i++)); do
		read -r line <"$device/registers"
		line=${line#*faulty=}
		printf '%s' "${line%% *}"
	done
}

is_off_at_first() {
	is 0 $odd/probability
	is -1 $odd/times
	is 0 $odd/after
	is 1 $odd/interval
	is 0 $odd/count
	is "register FAULTY reads 1" $odd/help
	live_with_seed 1
	[ "$(strikes 10)" = 0000000000 ]
}

refuses_nonsense() {
	refuses "Invalid argument" put 101 $odd/probability
	logged 'f: fault odd: probability: "101" is not a number from 0 to 100'
	refuses "Invalid argument" put -2 $odd/times
	refuses "Invalid argument" put -1 $odd/after
	refuses "Invalid argument" put 0 $odd/interval
	refuses "Invalid argument" put often $odd/interval
	refuses "Permission denied" put 1 $odd/count
	refuses "not permitted" mkdir $boards/f/faults/more
}

strikes_after_and_so_often() {
	set_fault 100 3 5 1
	[ "$(strikes 12)" = 000001110000 ]
	is 3 $odd/count
	is 0 $odd/times
	is 0 $odd/after
}

strikes_at_intervals() {
	set_fault 100 -1 0 4
	live_with_seed 1
	[ "$(strikes 12)" = 000100010001 ]
}

repeats_with_the_seed() {
	local first again other
	set_fault 30 -1 0 1
	live_with_seed 7
	first=$(strikes 40)
	live_with_seed 7
	again=$(strikes 40)
	live_with_seed 8
	other=$(strikes 40)
	note "$first"
	[ "$first" = "$again" ]
	[ "$first" != "$other" ]
	[[ $first == *1* && $first == *0* ]]
}

is_traced() {
	[ -d $tracing/events/vhw ] || skip "no trace events in this kernel"
	set_fault 100 1 0 1
	put 1 $tracing/events/vhw/enable
	: >$tracing/trace
	strikes 2 >/dev/null
	put 0x38 "$(device_of f)/read_register"
	put 0 $tracing/events/vhw/enable
	grep -q "vhw_fault: f odd count=" $tracing/trace
	grep -q "vhw_read: f BAR0+0x0030 size=4 value=0x00000001" $tracing/trace
	grep -q "vhw_violation: f read of the forbidden register" $tracing/trace
	put 1 $tracing/events/vhw/enable
	: >$tracing/trace
	cat "$(device_of f)/selftest" >/dev/null
	put 0 $tracing/events/vhw/enable
	grep -q "vhw_write: f BAR0+0x0005 size=1 value=0xab" $tracing/trace
	grep -q "vhw_irq: f INTA# 0 asserted" $tracing/trace
	grep -q "vhw_irq: f INTA# 0 deasserted" $tracing/trace
	grep -q "vhw_irq: f message 3 asserted" $tracing/trace
	grep -q "vhw_dma: f read address=" $tracing/trace
	grep -q "vhw_config_write: f config+0x04 size=2" $tracing/trace
	grep -q "vhw_no_decode: window+" $tracing/trace
}

plan 6
testcase "a fault is off at first" is_off_at_first
testcase "settings that mean nothing are refused and the allowed ones named" refuses_nonsense
testcase "a fault strikes after so many opportunities, so many times" strikes_after_and_so_often
testcase "a fault strikes at intervals" strikes_at_intervals
testcase "equal seeds give equal strikes, others others" repeats_with_the_seed
testcase "faults, registers, interrupts, DMA and config space are traced" is_traced
