#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# QEMU's TPCI200 with an IP-Octal 232 is recorded under our drivers and under the kernel's own, and replayed beside itself.
# A peer on the host answers every character with itself in the other case.
# where: qemu-board
# extended: qemu-board
# time: long
. "$(dirname "$0")/../lib.sh"

need lspci python3
BOARD=
. "$(dirname "$0")/../ipoctal/board.sh"
here=$(readlink -f "$(dirname "$0")")
PATH=$(readlink -f "$here/../../tools"):$PATH
device=$(lspci -D -n -d 1498:30c8 | awk '{ print $1; exit }')
[ -n "$device" ] || skip "there is no TPCI200"
[ -d "${KERNELS_DRIVERS:-}" ] || skip "KERNELS_DRIVERS names no directory"
load vhw-record
load vhw-replay
defer unload vhw-record vhw-replay vhw
defer unload_drivers

# driver_override NAME: the true device gets no other driver, so that it is out of the way; empty: as ever
driver_override() { put "$1" "/sys/bus/pci/devices/$device/driver_override"; }

# Recorded from its probe on; then replayed
records() { # WHOSE LINES CHARACTERS
	load_stack "$1" "$1" "$1"
	wait_for 5 test -c /dev/ipoctal.0.0.7
	vhwctl record -o "$OUT/tpci200-$1.rec" "$device" -- bash -ec "
		for i in {1..100}; do [ ! -c /dev/ipoctal.0.0.7 ] || break; sleep 0.1; done
		$here/talk /dev/ipoctal.0.0. $2 $3" | tee "$OUT/said"
	grep -q "^heard $(($2 * $3))\$" "$OUT/said"
	wait_for 5 test -c /dev/ipoctal.0.0.7
	grep -q ' irq-end handled$' "$OUT/tpci200-$1.rec"
	put "$device" /sys/bus/pci/drivers/tpci200/unbind
	# ttys keep their settings from one board to the next, and the driver says less when they need no change
	unload_drivers
	driver_override none
	load_stack "$1" "$1" "$1"
	vhwctl replay "$OUT/tpci200-$1.rec" -- bash -ec "
		for i in {1..100}; do [ ! -c /dev/ipoctal.0.0.7 ] || break; sleep 0.1; done
		$here/talk /dev/ipoctal.0.0. $2 $3" | tee "$OUT/said"
	grep -q "^heard $(($2 * $3))\$" "$OUT/said"
	grep -q ' 0 divergences' "$OUT/said"
	unload_drivers
	driver_override ''
}

# Each character is read from its FIFO once, by whichever processor, and recorded once: 22 080 in three rounds
sees_each_pop() {
	load_stack ours ours ours
	wait_for 5 test -c /dev/ipoctal.0.0.7
	vhwctl record -o "$OUT/pops.rec" "$device" -- bash -ec "
		for i in {1..100}; do [ ! -c /dev/ipoctal.0.0.7 ] || break; sleep 0.1; done
		for round in 1 2 3; do $here/../ipack/converse pops\$round $OUT 16 /dev/ipoctal.0.0.{0..7}; done"
	python3 - "$OUT/pops.rec" <<-'END'
		import collections, re, sys
		# the receiver's FIFO of channel n is at 7, 0x17 ... 0x77 (or 6, by byte lane) of the module's I/O space
		pops = collections.Counter()
		for line in open(sys.argv[1]):
		    match = re.search(r" read BAR3\+(0x[0-9a-f]+)/1 ", line)
		    if match and int(match[1], 16) % 16 in (6, 7) and int(match[1], 16) < 0x80:
		        pops[match[1]] += 1
		print(sum(pops.values()), dict(pops))
		assert sum(pops.values()) >= 20000
	END
	unload_drivers
}

plan 3
testcase "our drivers' probe, eight ttys and 1000 characters are recorded and replayed, right to the last" records ours 8 125
testcase "likewise those of the kernel's own" records kernels 8 125
testcase "more than 20 000 characters are popped and recorded once each" sees_each_pop
