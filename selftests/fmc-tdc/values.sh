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

# goes_on AGE: pulses each 0.1 s for 12 s, in the midst of which the card has had power for so many seconds
goes_on() {
	local ch
	new_card old
	echo $(($1 - 10)) >"$card/tdc/age"
	echo 1 >"$card/tdc/exact"
	plug_active "$card"
	ch=$(channel 2)
	echo 1700000000 >"$board/time_seconds"
	sleep 3
	echo 1.000 >"$ch/buffer/hwfifo_timeout"
	enable "$ch"
	# one generator alone; one whose pulses come in bursts of 3, with another one between them
	train 1 120 100000000123 150000 1700000004.000000000000
	echo 3 >"$card/input2/train/burst"
	echo 300000000000 >"$card/input2/train/burst_period"
	enable "$(channel 3)"
	train 2 120 1000000 150000 1700000004.000000000000
	finished 1
	finished 2
	sleep 1.5
	is 120 "$ch/delivered"
	disable "$ch"
	disable "$(channel 3)"
	drain "$ch" >"$_scratch/alone"
	drain "$(channel 3)" >"$_scratch/bursts"
	is 1 <(python3 -c "print(int(1700000015 <= $(cut -d. -f1 "$card/tdc/time") <= 1700000019))")
	is 0 "$card/violations"
	remove_card "$card"
	python3 - "$_scratch/alone" "$_scratch/bursts" <<-'END'
		import sys
		def times(path):
		    lines = [tuple(map(int, line.split())) for line in open(path)]
		    assert [line[0] for line in lines] == list(range(120)), lines
		    assert not any(line[2] & 0x3f for line in lines), lines
		    parts = [line[3] * 512 + line[1] for line in lines]
		    assert abs(lines[0][3] - 1700000004 * 10**9) < 10**6, lines[0]
		    return [part - parts[0] for part in parts]
		for i, part in enumerate(times(sys.argv[1])):
		    assert abs(part - i * 100000000123 * 64 / 125) <= 1, (i, part)
		for i, part in enumerate(times(sys.argv[2])):
		    wanted = i // 3 * 300000000000 + i % 3 * 1000000
		    assert abs(part - wanted * 64 / 125) <= 1, (i, part)
	END
}

# added CHANNEL-DIRECTORY: what is added to the time of a pulse on input 1, in 1/512 ns
added() {
	local second
	second=$(($(cut -d. -f1 "$card/tdc/time") + 2))
	enable "$1"
	train 0 1 1000000 150000 $second.000000000000
	finished 0
	disable "$1"
	drain "$1" | { read -r _ subns _ ns && echo $((ns * 512 + subns - second * 512000000000)); }
}

# Offsets are in registers that a board without power loses. What is set while it has none is for afterwards
offset_survives() {
	local ch wanted
	at_rest
	ch=$(channel 1)
	until_active "$board"
	echo 654321 >"$ch/in_timestamp_calibbias"
	wanted=$(added "$ch")
	echo 1 >"$card/suspend"
	until_active "$board"
	is "$wanted" <(added "$ch")
	echo 0 >"$ch/in_timestamp_calibbias"
	[ "$(added "$ch")" -ne "$wanted" ]
	python3 - "$board/time_seconds" "$ch/in_timestamp_calibbias" "$_scratch/waiting" "$_scratch/set" <<-'END' &
		import errno, sys, time
		open(sys.argv[3], "w").close()
		end = time.time() + 10
		while time.time() < end:
		    try:
		        open(sys.argv[1]).read()
		    except OSError as error:
		        if error.errno == errno.EBUSY:
		            open(sys.argv[2], "w").write("654321")
		            open(sys.argv[4], "w").close()
		            break
		    time.sleep(0.001)
	END
	wait_for 50 test -e "$_scratch/waiting"
	fault ddr-calibration 50 # the carrier waits for it
	echo 1 >"$card/suspend"
	test -e "$_scratch/set" || fail "it was not seen to sleep"
	is 654321 "$ch/in_timestamp_calibbias"
	until_active "$board"
	is "$wanted" <(added "$ch")
	echo 0 >"$ch/in_timestamp_calibbias"
}

exact_values() {
	python3 "$(dirname "$0")/values.py" "$card" "$1"
}

plan 8
testcase "100000 pulses at random times and on boundaries, on all channels, with offsets, are exact" exact_values 100000
testcase "48 offsets are added after a suspend, also what was set during it" offset_survives
testcase "the ACAM's bins shift a time by less than 330 ps" within_the_bins
testcase "34 seconds continue beyond 32 bits" seconds_wrap
testcase "a card goes on when it has been live for 48 days" goes_on $((1 << 22))
testcase "and for 106 days, when 64 bits of picoseconds are used up" goes_on 9223372
testcase "and for years" goes_on 100000000
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
