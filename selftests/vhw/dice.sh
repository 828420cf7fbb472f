#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The example of "write your own board": registers, interrupt, fault, determinism.
# where: uml debug qemu
# processors: one
. "$(dirname "$0")/../lib.sh"

board=/sys/kernel/config/vhw/dice/d
load vhw-dice
load vhw-dice-driver
defer unload vhw-dice-driver vhw-dice vhw
mkdir $board
defer rmdir $board

live_with_seed() {
	put 0 $board/live
	put "$1" $board/seed
	put 1 $board/live
}

throws() {
	local i
	for ((i = 0; i < $1; i++)); do
		cat "/sys/bus/pci/devices/$(cat $board/pci_address)/throw"
	done
}

throws_one_to_six() {
	local results
	live_with_seed 1
	results=$(throws 30)
	if printf '%s\n' "$results" | grep -v '^[1-6]$'; then
		fail "no die shows that"
	fi
	[ "$(printf '%s\n' "$results" | sort -u | wc -l)" -gt 3 ]
}

repeats_with_the_seed() {
	local first
	live_with_seed 7
	first=$(throws 10 | tr '\n' ' ')
	live_with_seed 7
	[ "$(throws 10 | tr '\n' ' ')" = "$first" ]
	live_with_seed 8
	[ "$(throws 10 | tr '\n' ' ')" != "$first" ]
}

sticks() {
	put 1 $board/faults/stuck/times
	put 100 $board/faults/stuck/probability
	refuses "timed out" throws 1
	is 1 $board/faults/stuck/count
	throws 1 | grep -q '^[1-6]$'
}

is_short_enough() { [ "$(wc -l <virt-hw/boards/examples/dice.c)" -lt 150 ]; }

plan 4
testcase "dice show one to six, and tell by interrupt" throws_one_to_six
testcase "a seed repeats the throws" repeats_with_the_seed
testcase "stuck dice time out, once" sticks
testcase "the model has less than 150 lines" is_short_enough
