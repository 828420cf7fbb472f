#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A virtual TPCI200 with an IP-Octal is recorded under its drivers, and replayed: probe, eight ttys, 1000 characters.
# where: uml time-travel
. "$(dirname "$0")/../lib.sh"

need python3
BOARD=
. "$(dirname "$0")/../ipoctal/board.sh"
here=$(readlink -f "$(dirname "$0")/..")
PATH=$here/../tools:$PATH
replayed=/sys/kernel/config/vhw/replay/replay0
scratch=$(mktemp -d)
load vhw-record
load vhw-replay
load_drivers
new_board b ipoctal232 loopback
defer rm -rf "$scratch"
defer unload vhw-record vhw-replay vhw-tpci200 vhw
defer unload_drivers
defer rmdir $vhw/b

talk="for i in {1..100}; do [ ! -c /dev/ipoctal.0.0.7 ] || break; sleep 0.1; done; $here/record/talk /dev/ipoctal.0.0. 8 125 loopback"

# ttys keep their settings from one board to the next, and the driver says less when they need no change
afresh() {
	unload_drivers
	load_drivers
}

records() {
	put 1 $vhw/b/live
	vhwctl record -o "$scratch/b.rec" b -- bash -ec "$talk" | tee "$scratch/said"
	put 0 $vhw/b/live
	grep -qx 'heard 1000' "$scratch/said"
	[ "$(grep -c ' intx 1$' "$scratch/b.rec")" -gt 100 ]
	cp "$scratch/b.rec" "$OUT/virtual-tpci200.rec"
}

replays() {
	afresh
	vhwctl replay --strict "$scratch/b.rec" -- bash -ec "$talk" | tee "$scratch/said"
	grep -qx 'heard 1000' "$scratch/said"
	grep -q ' 0 divergences' "$scratch/said"
}

# what the driver says and hears, without what others do on the bus
said() { sed -n '/^events/,$p' "$1" | grep -E ' (read|write|intx) ' | cut -d ' ' -f 3-; }

says_the_same() {
	unload_drivers
	vhwctl replay "$scratch/b.rec"
	# no driver before, so that it is probed once
	vhwctl record -o "$scratch/again.rec" replay0 -- bash -ec "modprobe -a ipoctal tpci200; $talk; rmmod ipoctal tpci200" >/dev/null
	is 0 $replayed/divergences
	rmdir $replayed
	if [ "$WHERE" = time-travel ]; then
		diff <(said "$scratch/b.rec") <(said "$scratch/again.rec")
	else
		diff <(said "$scratch/b.rec" | grep write | sort) <(said "$scratch/again.rec" | grep write | sort)
	fi
}

# A driver that writes one register otherwise: here, the recording of one that did
names_the_line() {
	local line
	afresh
	line=$(grep -nE ' write BAR3\+.*/1 0x[0-9a-f]+$' "$scratch/b.rec" | sed -n 40p | cut -d : -f 1)
	sed -E "${line}s/.\$/e/; ${line}s/0xee/0xe1/" "$scratch/b.rec" >"$scratch/changed.rec"
	if cmp -s "$scratch/b.rec" "$scratch/changed.rec"; then
		fail "nothing was changed"
	fi
	vhwctl replay "$scratch/changed.rec" -- bash -ec "$talk" >"$scratch/said" || true
	grep "^first divergence: line $line: " "$scratch/said"
}

plan 4
testcase "probe, eight ttys and 1000 characters are recorded" records
testcase "they are replayed, right to the last" replays
testcase "the driver says and hears the same" says_the_same
testcase "a driver with one changed register write is told the line" names_the_line
