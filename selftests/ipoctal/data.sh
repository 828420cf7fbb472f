#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Data on every channel of an IP-Octal 232 with loop-back plugs.
# where: uml time-travel debug qemu
# smoke: qemu
# smoke cases: all channels|large|neighbour
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

need python3
one_board ipoctal232 loopback
nodes=()
for channel in 0 1 2 3 4 5 6 7; do nodes+=("$tty$channel"); done

all_channels() { "$serial" loop "$1" "$2" "${nodes[@]}"; }
one_channel() { "$serial" "$@"; }
ours() {
	ours_only
	"$serial" "$@"
}

plan 8
testcase "a channel carries data at 9600" one_channel loop 9600 500 "${tty}3"
testcase "all channels carry data at 9600 at the same time" all_channels 9600 300
testcase "o2 a write larger than the buffer ends" ours large-write "${tty}0" 10000
testcase "o4 closing one of two descriptors takes nothing from the other" ours two-openers "${tty}1"
testcase "o11 an impossible rate is refused and the old one kept" ours refuse "${tty}2"
testcase "rates that exclude each other are refused to the second channel of a block" ours neighbours "${tty}4" "${tty}5"
testcase "setting up a channel costs its neighbour nothing" ours undisturbed "${tty}6" "${tty}7"
testcase "setserial shows type and base rate, and refuses another" ours setserial "${tty}5"
