#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A virtual board is recorded and replayed: its driver says and hears the same, at the same times where time is virtual.
# where: uml time-travel debug qemu
# processors: one
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/dice.sh"

throws() { # BOARD COUNT
	local i
	for ((i = 0; i < $2; i++)); do
		cat "/sys/bus/pci/devices/$(cat "$root/$1/pci_address")/throw"
	done
}

# session FILE BOARD COUNT: what is recorded; the throws go to FILE.throws
session() {
	vhwctl record -o "$1" "$(cat "$root/$2/pci_address")" -- \
		bash -c "for ((i = 0; i < $3; i++)); do cat /sys/bus/pci/devices/$(cat "$root/$2/pci_address")/throw; done >$1.throws"
}

# Where time is virtual all is as it was, to the letter. Elsewhere a handler may be called once more than then, and looks
to_the_letter=()
[ "$WHERE" != time-travel ] || to_the_letter=(--exact)
looks=' read BAR0\+0x8/4 '
[ "$WHERE" != time-travel ] || looks='^$'

# what was said, without the time
said() { sed -n '/^events/,$p' "$1" | grep -vE "config|$looks" | cut -d ' ' -f 3-; }

# how long after a throw its interrupt came, ns; to the nanosecond where time is virtual
delays() {
	awk '{ sub(/\./, "", $1) } / write BAR0\+0x0\/4 / { from = $1 } / intx 1$/ { print $1 - from }' "$1"
}

remove() { rmdir $root/replay/replay0; }

records() {
	put 5 $root/dice/d/seed
	put 1 $root/dice/d/live
	session "$scratch/d.rec" dice/d 20
	put 0 $root/dice/d/live
	grep -q '^function 1af4:6d1c' "$scratch/d.rec"
	grep -q '^bar 0 0x10$' "$scratch/d.rec"
	[ "$(grep -c ' write BAR0+0x0/4 0x000001f4$' "$scratch/d.rec")" -eq 20 ]
	[ "$(grep -c ' intx 1$' "$scratch/d.rec")" -eq 20 ]
	[ "$(wc -l <"$scratch/d.rec.throws")" -eq 20 ]
}

replays() {
	vhwctl replay "${to_the_letter[@]}" --strict "$scratch/d.rec" -- \
		bash -c "for ((i = 0; i < 20; i++)); do cat /sys/bus/pci/devices/\$(cat $root/replay/replay0/pci_address)/throw; done" \
		>"$scratch/out"
	head -n 20 "$scratch/out" | diff - "$scratch/d.rec.throws"
	grep -q ' 0 divergences' "$scratch/out"
	[ "$WHERE" != time-travel ] || grep -q ' 0 reads more often than recorded, 0 left out, 0 accesses out of order' "$scratch/out"
}

says_the_same() {
	vhwctl replay "${to_the_letter[@]}" "$scratch/d.rec"
	session "$scratch/again.rec" replay/replay0 20
	is 0 $root/replay/replay0/divergences
	rmdir $root/replay/replay0
	diff <(said "$scratch/d.rec") <(said "$scratch/again.rec")
	[ "$(delays "$scratch/d.rec" | wc -l)" -eq 20 ]
	[ "$WHERE" != time-travel ] || diff <(delays "$scratch/d.rec") <(delays "$scratch/again.rec")
}

# The 21st throw was not recorded
goes_beyond() {
	vhwctl replay --strict "$scratch/d.rec"
	throws replay/replay0 20 >/dev/null
	is none $root/replay/replay0/first
	refuses "timed out" throws replay/replay0 1
	is 1 $root/replay/replay0/divergences
	grep -q '^line [0-9]*: write of 0x1f4 to BAR0+0x0/4 was not recorded here$' $root/replay/replay0/first
	logged 'vhw-replay: replay0: divergence at line'
	remove
}

# A recording that says another value was written is what a driver with one changed write is to it
names_the_line() {
	local line
	line=$(grep -n ' write BAR0+0x0/4' "$scratch/d.rec" | sed -n 3p | cut -d : -f 1)
	sed "${line}s/0x000001f4/0x000001f5/" "$scratch/d.rec" >"$scratch/changed.rec"
	vhwctl replay "$scratch/changed.rec"
	throws replay/replay0 20 >/dev/null
	is 1 $root/replay/replay0/divergences
	is "line $line: write of 0x1f4 to BAR0+0x0/4, recorded was 0x1f5" $root/replay/replay0/first
	remove
}

faults_strike() {
	vhwctl replay "$scratch/d.rec"
	put 1 $root/replay/replay0/faults/lost-interrupt/times
	put 100 $root/replay/replay0/faults/lost-interrupt/probability
	refuses "timed out" throws replay/replay0 1
	is 1 $root/replay/replay0/faults/lost-interrupt/count
	rmdir $root/replay/replay0
	vhwctl replay "$scratch/d.rec"
	put 1 $root/replay/replay0/faults/wrong-value/times
	put 1 $root/replay/replay0/faults/wrong-value/after
	put 100 $root/replay/replay0/faults/wrong-value/probability
	[ "$(throws replay/replay0 1)" != "$(head -n 1 "$scratch/d.rec.throws")" ]
	is 1 $root/replay/replay0/faults/wrong-value/count
	remove
}

# lives through YANK or reset or rmmod of the driver while it is replayed and recorded at once
is_torn_out() {
	vhwctl replay "$scratch/d.rec"
	vhwctl record -o "$scratch/torn.rec" "$(cat $root/replay/replay0/pci_address)" -- \
		bash -c "cat /sys/bus/pci/devices/$(cat $root/replay/replay0/pci_address)/throw; echo 1 >$root/replay/replay0/yank" >/dev/null
	grep -q ' write BAR0+0x0/4' "$scratch/torn.rec"
	put 1 $root/replay/replay0/live
	vhwctl record -o "$scratch/torn.rec" "$(cat $root/replay/replay0/pci_address)" -- rmmod vhw-dice-driver
	modprobe vhw-dice-driver
	throws replay/replay0 1
	remove
}

plan 7
testcase "a conversation is recorded" records
testcase "it is replayed, where time is virtual to the letter" replays
testcase "a replayed board is recorded as what it replays" says_the_same
testcase "an access beyond the end is a divergence, and ends a strict replay" goes_beyond
testcase "a changed write is named with its line" names_the_line
testcase "faults strike a replayed board" faults_strike
testcase "a board may be pulled out, and a driver unloaded, while it is recorded" is_torn_out
