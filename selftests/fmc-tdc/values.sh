#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A pulse at a known time becomes exactly the sample that it should.
# where: time-travel
# time: long
. "$(dirname "$0")/common.sh"

ready_card values
echo 1 >"$card/tdc/exact"

# Wherever the ACAM's bins fall, the time is less than 330 ps too early, never late
within_the_bins() {
	local ch before
	ch=$(channel 1)
	echo 0 >"$card/tdc/exact"
	echo 0 >"$ch/in_timestamp_calibbias"
	echo 1700000000 >"$board/time_seconds"
	enable "$ch"
	train 0 1000 1000008101 150000 1700000001.000000000000
	finished 0
	disable "$ch"
	echo 1 >"$card/tdc/exact"
	drain "$ch" | python3 -c '
import sys
offset = (int(sys.argv[1]) * 128 + 125) // 250
worst = 0
for i, line in enumerate(sys.stdin):
    sequence, subns, flags, ns = map(int, line.split())
    error = (ns * 512 + subns - offset) * 125 - (1700000001 * 10**12 + i * 1000008101) * 64
    assert -330 * 64 < error <= 0, (i, error / 64)
    assert sequence == i
    worst = min(worst, error)
assert i == 999
assert worst < 0, "bins without effect"
' -291305
}

# Seconds beyond 32 bits: the counter starts anew, the samples go on
seconds_wrap() {
	local ch
	ch=$(channel 1)
	echo 4294967294 >"$board/time_seconds"
	enable "$ch"
	train 0 4 1000000000000 150000 +10000000000
	finished 0
	disable "$ch"
	drain "$ch" | python3 -c '
import sys
times = [int(line.split()[3]) for line in sys.stdin]
assert len(times) == 4, times
assert all(after - before == 10**9 for before, after in zip(times, times[1:])), times
assert times[-1] > 2**32 * 10**9, times
'
}

exact_values() {
	python3 "$(dirname "$0")/values.py" "$card" "$1"
}

plan 4
testcase "100000 pulses at random times and on boundaries, on all channels, with offsets, are exact" exact_values 100000
testcase "the ACAM's bins shift a time by less than 330 ps" within_the_bins
testcase "34 seconds continue beyond 32 bits" seconds_wrap
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
