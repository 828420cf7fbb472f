#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A pulse at a known time becomes a sample of that time: to the last bit, or within what the hardware's chip adds.
# where: uml time-travel
# extended: uml
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

modules
new_board

comes_up() {
	plug
	ready
}

# matches N COUNT exact|acam: so many pulses on input N
matches() {
	local dir
	dir=$(channel "$1")
	put "$([ "$3" = exact ] && echo 1 || echo 0)" "$board/tdc/exact"
	start "$1" 262144
	python3 "$_here/values.py" "$board/input$1" "$board/tdc/time" "/dev/$(basename "$dir")" \
		"$(offset_of "$dir")" "$2" "$3"
	counts "$1" "$2" "$2" 0 0
	stop "$1"
}

# The sum of what calibration and user add, in ps
offset_of() {
	echo $(($(cat "$1/in_timestamp_zero_offset") - $(cat "$1/in_timestamp_wr_offset") + \
		$(cat "$1/in_timestamp_calibbias")))
}

with_calibbias() {
	put "$2" "$(channel "$1")/in_timestamp_calibbias"
	matches "$1" 100 exact
}

no_violation() { is 0 "$board/violations"; }

plan 12
testcase "a board and its driver come up" comes_up
testcase "100000 random times are exact on input 1" matches 0 100000 exact
testcase "100000 random times are within the chip's error on input 2" matches 1 100000 acam
testcase "input 3 has its own offset" matches 2 1000 exact
testcase "input 4 has its own offset" matches 3 1000 exact
testcase "an offset of 3999 ps is added right" with_calibbias 4 3999

# counters start anew with a board, so that each offset gets its own
quadrant() {
	put 0 "$board/live"
	comes_up
	with_calibbias 4 "$1"
}

for offset in 4000 7999 -1 -4000 1000000000; do
	testcase "an offset of $offset ps is added right" quadrant "$offset"
done
testcase "the driver kept to the manual" no_violation
