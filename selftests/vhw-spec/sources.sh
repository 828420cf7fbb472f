#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The sources of pulses of the virtual FMC TDC, and its settings: what they do, and what they refuse.
# where: uml time-travel
# extended: uml
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

modules
new_board
input=$board/input0
train=$input/train

settings_wait_for_no_power() {
	refuses "No such device" put "+0 100" "$input/pulse"
	refuses "No such device" put "+0" "$train/run"
	refuses "Invalid argument" put nonsense "$board/bitstream"
	refuses "Invalid argument" put nonsense "$board/eeprom/content"
	refuses "Numerical result out of range" put 16 "$board/pcb_rev"
	put 3 "$board/pcb_rev"
	is 3 "$board/pcb_rev"
	plug
	ready
	refuses "Device or resource busy" put none "$board/bitstream"
	refuses "Device or resource busy" put 2 "$board/pcb_rev"
	refuses "Device or resource busy" put blank "$board/eeprom/content"
	refuses "Device or resource busy" put 10 "$board/tdc/wr_lock_ms"
}

# received N: a session of input 1 has received so many
received() {
	stop 0
	[ $(($(count 0 received) - _before[0])) -eq "$1" ] ||
		fail "$(($(count 0 received) - _before[0])) received"
}

single_pulses() {
	remember 0
	start 0
	printf '+2000000000 500000\n+1000000000 500000\n' >"$input/pulse"
	is 2 "$input/waiting"
	sleep 0.05
	is 0 "$input/waiting"
	received 2
}

single_pulses_refused() {
	refuses "Invalid argument" put "soon 100" "$input/pulse"
	refuses "Invalid argument" put "+100" "$input/pulse"
	refuses "Invalid argument" put "+100 0" "$input/pulse"
	refuses "Invalid argument" put "+100 5 5" "$input/pulse"
	refuses "Numerical result out of range" put "0.5 100" "$input/pulse"
}

too_many_single_pulses() {
	local i
	for i in {1..16}; do
		seq -f "+%.0f 1000" 100000000000 64 100000004095 >"$input/pulse"
	done
	is 1024 "$input/waiting"
	refuses "No space left on device" put "+100000000000 1000" "$input/pulse"
}

bursts_of_5_mhz() {
	remember 0
	start 0
	train 0 period=200000 width=100000 burst=100 burst_period=1000000000 count=1000
	wait_for 3 done_with 0
	sleep 0.03
	put 0 "$train/burst"
	received 1000
}

train_refused() {
	put 1000000 "$train/period"
	put 1000000 "$train/width"
	refuses "Invalid argument" put "+0" "$train/run"
	put 500000 "$train/width"
	refuses "Numerical result out of range" put "0.1" "$train/run"
	refuses "Numerical result out of range" put 1000000000000001 "$train/period"
	put 0 "$train/count"
	put "+0" "$train/run"
	refuses "Device or resource busy" put 5 "$train/count"
	is 1 "$train/run"
	put 0 "$train/run"
	is 0 "$train/run"
}

# What would keep the machine busy with pulses, and with nothing else
too_fast() {
	put 2 "$train/period"
	put 1 "$train/width"
	put 0 "$train/count"
	refuses "Value too large" put "+0" "$train/run"
	logged "pulses a second together, 10000000 are allowed"
	put 125000 "$train/period"
	put 50000 "$train/width"
	put "+0" "$train/run"
	put 200000 "$board/input1/train/period"
	put 50000 "$board/input1/train/width"
	refuses "Value too large" put "+0" "$board/input1/train/run"
	put 0 "$train/run"
	put "+0" "$board/input1/train/run"
	put 0 "$board/input1/train/run"
	seq 0 2 30000 | awk '{ print $1, 1; print $1 + 1, 0 }' >"$input/edges"
	logged "refused: more than 10000 pulses in a millisecond"
}

# A time that the card could never tell from another is none
too_far() {
	local now
	now=$(cut -d. -f1 "$board/tdc/time")
	refuses "Numerical result out of range" put "$((now + 9300000)).0 1000" "$input/pulse"
	refuses "Numerical result out of range" put "$((now + 2600000)).0 1000" "$input/pulse"
	refuses "Numerical result out of range" put "$(((now + 3000000000) % (1 << 32))).0 1000" "$input/pulse"
	logged "s is more than 30 days from now"
	put "$((now + 2500000)).0 1000" "$input/pulse"
	is 1 "$input/waiting"
	put "3000000000000000000 1" "$input/edges"
	logged "begins in the past, or exceeds 30 days"
	is 1 "$input/waiting"
	put 0 "$board/live"
	plug
	ready
}

# widths between 50 and 200 ns: some pass the filter
noise() {
	local grown
	remember 0
	start 0
	put 1000000 "$input/noise/period"
	put 50000 "$input/noise/width"
	put 200000 "$input/noise/width_max"
	put 1000 "$input/noise/count"
	put "+0" "$input/noise/run"
	sleep 0.05
	stop 0
	grown=$(($(count 0 received) - _before[0]))
	[ "$grown" -gt 500 ]
	[ "$grown" -lt 900 ]
}

recording() {
	remember 0
	start 0
	printf '# two pulses, the second without an end, and a third\n%s\n' \
		"$(printf '1000000 1\n2000000 0\n3000000 1\n5000000 1\n6000000 0\n')" >"$input/edges"
	sleep 0.03
	received 2
}

recording_refused() {
	put "5 1 1" "$input/edges"
	put $'5 1\n4 0' "$input/edges"
	put $'@x\n5 1' "$input/edges"
	[ "$(log_since | grep -c 'input0: the recording is refused: a line is not')" -eq 3 ]
	put $'@0\n5 1' "$input/edges"
	logged 'input0: the recording is refused: begins in the past, or'
	is 0 "$input/waiting"
}

pulses_within_pulses() {
	local swallowed
	swallowed=$(cat "$input/swallowed")
	printf '+1000000000 5000000\n+1001000000 500000\n' >"$input/pulse"
	sleep 0.01
	is $((swallowed + 1)) "$input/swallowed"
}

temperature() {
	put -160 "$board/tdc/temperature"
	is -160 "$board/tdc/temperature"
	is -10000 /sys/class/hwmon/hwmon*/temp1_input
}

unplugged_sources_stop() {
	put 0 "$train/burst"
	train 0 period=1000000 width=500000 count=0
	unplug
	plug
	is 0 "$train/run"
	is 0 "$input/waiting"
}

plan 16
testcase "settings are taken while there is no power, and only then" settings_wait_for_no_power
testcase "single pulses come, in the order of their times" single_pulses
testcase "single pulses that make no sense are refused" single_pulses_refused
testcase "bursts of 5 MHz are received" bursts_of_5_mhz
testcase "trains that make no sense are refused" train_refused
testcase "more pulses than the machine could bear are refused" too_fast
testcase "times beyond a month are refused" too_far
testcase "noise passes the filter if it is long enough" noise
testcase "a recording is played" recording
testcase "recordings that make no sense are refused" recording_refused
testcase "a pulse within a pulse is not seen" pulses_within_pulses
testcase "the thermometer shows what is set" temperature
testcase "more than 1024 single pulses are refused" too_many_single_pulses
testcase "the driver kept to the manual" is 0 "$board/violations"
testcase "no power, no pulses" unplugged_sources_stop
testcase "an unplugged board can be removed" unplug
