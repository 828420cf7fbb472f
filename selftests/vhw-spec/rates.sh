#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every pulse is counted and delivered, at the rates that the hardware can sustain and in its fastest bursts; in the
# bursts the values are right, too. EXTENDED=1 is as long as CERN's acceptance test: 100 bursts each.
# where: time-travel
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

modules
new_board
times=1
[ -z "${EXTENDED:-}" ] || times=100

comes_up() {
	plug
	ready
}

# sustains PERIOD_PS COUNT INPUT...: all inputs at once, read while they come
sustains() {
	local period=$1 count=$2 n devices=()
	shift 2
	for n; do
		start "$n" 262144
		devices+=("/dev/$(basename "$(channel "$n")")")
		train "$n" period="$period" width=$((period / 2)) count="$count" jitter=0
	done
	python3 "$_here/drain.py" "$period" "$count" "${devices[@]}" >/dev/null
	for n; do
		stop "$n"
		is 0 "$board/input$n/dropped"
		counts "$n" "$count" "$count" 0 0
	done
	again
}

again() {
	unplug
	comes_up
}

# bursts PERIOD_PS INPUT...: 65535 pulses, many times, counted exactly each time, and right
bursts() {
	local period=$1 n channels=()
	shift
	put 1 "$board/tdc/exact"
	for n; do
		start "$n" 131072
		stop "$n"
		channels+=("$n=$(channel "$n")")
	done
	python3 "$_here/bursts.py" "$times" "$board" "$period:65535" "${channels[@]}"
	put 0 "$board/tdc/exact"
}

REPEATS=a7f62f908ca20c83b028fe918587116ae6368fabd8eff0290a6f7d567297cd9d

# A jittered train gives the same samples, to the last bit, in every run of the test
repeats() {
	local device hash
	put 15 /sys/bus/auxiliary/devices/spec.fmc-tdc.*/time_seconds
	play 0 1 # a sample that says that the time has changed
	sleep 2.5
	start 0
	device=/dev/$(basename "$(channel 0)")
	train 0 period=5000000 width=200000 jitter=100 seed=7 count=20000 at=20
	hash=$(python3 "$_here/drain.py" 5000000 20000 "$device")
	stop 0
	[ "$hash" = "$REPEATS" ] || fail "the digest is $hash"
}

no_violation() { is 0 "$board/violations"; }

plan 13
testcase "a board and its driver come up" comes_up
testcase "1 MHz on one input for 10 s" sustains 1000000 10000000 0
testcase "200 kHz on five inputs for 10 s" sustains 5000000 2000000 0 1 2 3 4
for period in 200 250 500 1000; do
	testcase "65535 pulses every $period ns on one input, rounds: $times" bursts ${period}000 3
done
for period in 200 250 500 1000; do
	testcase "65535 pulses every $period ns on five inputs, rounds: $times" bursts ${period}000 0 1 2 3 4
done
testcase "a jittered train repeats to the last bit" repeats
testcase "the driver kept to the manual" no_violation
