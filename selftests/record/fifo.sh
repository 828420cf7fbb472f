#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A FIFO of a real function, which is QEMU's SD host controller, is recorded while two processors empty it.
# where: qemu-devices
# time: long
. "$(dirname "$0")/../lib.sh"

need python3 lspci
. "$(dirname "$0")/pci.sh"
load vhw-record
load vhw-bar-access
defer unload vhw-bar-access vhw-record vhw

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

plan 1
testcase "20 480 words that two processors take from a FIFO are each seen once, in order" is_popped
