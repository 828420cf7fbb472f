#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The example of "write your own IndustryPack module": registers, interrupt, memory, a fault, and its driver.
# where: uml debug qemu
# processors: one
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

carriers=/sys/kernel/config/vhw/tpci200
board=$carriers/kit
slot=$board/slot1

load vhw-tpci200
defer unload tpci200 vhw-tpci200 vhw
defer unload_example adder_driver adder
[ -z "${EXAMPLES:-}" ] || load_example adder
mkdir $board
defer rmdir $board

find_device() { for device in /sys/bus/ipack/devices/ipack-dev.*.1; do [ -e "$device/sum" ] && return; done; }

is_plugged() {
	put adder $slot/module
	is adder $slot/module
	is 4950414305ad010000000cc7 $slot/id
	is 0 $slot/adder/runs
	[ -d $slot/adder/faults/stuck ]
}

adds() {
	load tpci200
	load_example adder_driver
	put 1 $board/live
	wait_for 5 find_device
	find_device
	put "1 2 3 4" "$device/sum"
	is 10 "$device/sum"
	put "65535 2" "$device/sum"
	is 1 "$device/sum"
	is 2 $slot/adder/runs
	is 0 $board/violations
}

gets_stuck() {
	find_device
	put 1 $slot/adder/faults/stuck/times
	put 100 $slot/adder/faults/stuck/probability
	refuses "Connection timed out" put "1 2" "$device/sum"
	is 1 $slot/adder/faults/stuck/count
	put "5 6" "$device/sum"
	is 11 "$device/sum"
}

is_aimed_at() {
	find_device
	put 0 $board/fault_target
	put -1 $slot/adder/faults/stuck/times
	put "7 8" "$device/sum"
	is 15 "$device/sum"
	put 1 $board/fault_target
	refuses "Connection timed out" put "7 8" "$device/sum"
	put 0 $slot/adder/faults/stuck/probability
	put all $board/fault_target
}

is_yanked() {
	put 1 $board/yank
	put empty $slot/module
	[ ! -e $slot/adder ]
}

lines() { for file in ../virt-hw/boards/examples/{adder,sampler}.c; do [ "$(wc -l <"$(dirname "$0")/../$file")" -le 150 ]; done; }

plan 6
testcase "an adder is plugged into a slot, with its PROM, setting and fault" is_plugged
testcase "its driver adds numbers up" adds
testcase "a fault strikes in it" gets_stuck
testcase "the carrier aims it" is_aimed_at
testcase "it is pulled out" is_yanked
testcase "the models of the tutorials stay short" lines
