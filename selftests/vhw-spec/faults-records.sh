#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What goes wrong with single timestamps: each is counted, tagged or rejected, and no time is altered.
# where: uml time-travel
# extended: uml
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

ready_board

# flags of samples, as the driver documents them
LOST_BEFORE=$((1 << 0))
DUPLICATE=$((1 << 1))
ROLLOVER=$((1 << 2))

# collect COUNT [KEY=VALUE...]: as play on input 1, with the samples in $lines; its counters are remembered
collect() {
	remember 0
	start 0
	train 0 period=10000000 width=1000000 jitter=0 "$@"
	wait_for 5 done_with 0
	sleep 0.03
	mapfile -t lines < <(samples 0 100000)
	stop 0
}

# flagged FLAG: sequence numbers of the samples that carry it
flagged() {
	local sequence flags
	printf '%s\n' "${lines[@]}" | while read -r sequence _ flags _; do
		[ $((flags & $1)) -eq 0 ] || printf '%s ' "$sequence"
	done
}

# step I: ns from sample I - 1 to sample I
step() {
	local before=${lines[$(($1 - 1))]##* } now=${lines[$1]##* }
	echo $((now - before))
}

noise_is_silent() {
	collect count=100 width=80000
	grew 0 0 0 0 0
}

pulses_at_the_limit() {
	collect count=100 width=104000
	grew 0 100 100 0 0
}

double_falling_edge() {
	fault extra-falling-edge 1 50
	collect count=100
	struck extra-falling-edge 1
	grew 0 101 101 0 0 1
	[ "$(flagged $DUPLICATE)" = "51 " ]
	[ "$(step 51)" -eq 0 ]
}

double_falling_edge_dropped() {
	fault extra-falling-edge 1 50
	put 1 "$(channel 0)/drop_duplicates"
	collect count=100
	put 0 "$(channel 0)/drop_duplicates"
	grew 0 101 100 0 1 1
}

missing_falling_edge() {
	fault missing-falling-edge 1 50
	collect count=100
	grew 0 99 99 0 0
	[ "$(step 50)" -gt 19990 ]
}

missing_rising_edge() {
	fault missing-rising-edge 1 50
	collect count=100
	grew 0 100 100 0 0 1
}

rollover_early() {
	fault rollover-minus 1 50
	collect count=100
	grew 0 100 100 0 0 0 1
	[ "$(flagged $ROLLOVER)" = "50 " ]
	[ "$(step 50)" -lt -120000 ]
}

rollover_late() {
	fault rollover-plus 1 50
	collect count=100
	grew 0 100 100 0 0 0 1
	[ "$(flagged $ROLLOVER)" = "51 " ]
}

outlier_passes() {
	fault outlier 1 50
	collect count=100
	struck outlier 1
	grew 0 100 100 0 0 0 0
	[ "$(step 50)" -ne 10000 ]
}

coarse_invalid() {
	fault coarse-invalid 1 50
	collect count=100
	grew 0 100 99 0 1
}

wrong_channel() {
	fault channel-wrong 2 50
	collect count=100
	grew 0 100 98 0 2
}

wrong_slope() {
	fault slope-wrong 1 50
	collect count=100
	grew 0 100 99 0 1
}

sequence_gap() {
	fault sequence-gap 1 50
	collect count=100
	grew 0 110 100 10 0
	[ "$(flagged $LOST_BEFORE)" = "60 " ]
}

# the session's first records are close to the wrap: a jump that is not a loss of 2^28
sequence_wraps() {
	start 0
	remember 0
	train 0 period=10000000 width=1000000 jitter=0 count=10
	wait_for 5 done_with 0
	put 0x0ffffff0 "$board/input0/sequence"
	train 0 period=10000000 width=1000000 jitter=0 count=100
	wait_for 5 done_with 0
	sleep 0.03
	stop 0
	is 0x0000054 "$board/input0/sequence"
	adds_up 0
	[ $(($(count 0 lost) - _before[2])) -lt 100 ]
	[ $(($(count 0 delivered) - _before[1])) -ge 108 ]
}

# on an input whose DDR holds nothing that looks like a record
unwritten_burst() {
	fault record-unwritten 1 2
	remember 1
	play 1 100
	struck record-unwritten 1
	grew 1 100 84 0 16
}

# pulses between two sessions must not show up in the second one
no_stale_records() {
	collect count=7
	collect count=5
	grew 0 5 5 0 0
	[ "${lines[0]%% *}" -eq 0 ]
}

plan 17
testcase "row 23: pulses below 96 ns leave no trace" noise_is_silent
testcase "row 23: pulses of 104 ns are all reported" pulses_at_the_limit
testcase "row 24: a double falling edge is tagged" double_falling_edge
testcase "row 24: and dropped if that is wanted" double_falling_edge_dropped
testcase "row 25: a missing falling edge leaves no gap" missing_falling_edge
testcase "row 25: a missing rising edge repeats the one before" missing_rising_edge
testcase "row 26: a step back of 131 us is tagged" rollover_early
testcase "row 26: a step forth is tagged one record later" rollover_late
testcase "row 27: an outlier of 4 ns passes" outlier_passes
testcase "row 28: too many ticks are rejected" coarse_invalid
testcase "row 29: another channel's records are rejected" wrong_channel
testcase "row 29: falling edges are rejected" wrong_slope
testcase "row 30: the sequence wraps without loss" sequence_wraps
testcase "row 31: a gap in the sequence is loss" sequence_gap
testcase "row 32: no record of an earlier session is delivered" no_stale_records
testcase "a burst that never reached the DDR is not made up" unwritten_burst
testcase "the driver kept to the manual" is 0 "$board/violations"
