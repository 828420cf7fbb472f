#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# CERN's acceptance tests of the FMC TDC, with the same figures; and with the values of the timestamps checked.
# where: time-travel
# extended: time-travel
# time: long
. "$(dirname "$0")/common.sh"

load_spec buffer_records=524288
defer unload_spec
new_card acceptance
defer remove_card "$card"
echo 1 >"$card/tdc/exact"
plug_active "$card" || skip "the board did not come up"

termination() {
	local i value
	for i in 1 2 3 4 5; do
		for value in 2000 50 2000; do
			echo "$value" >"$(channel "$i")/termination"
			is "$value" "$(channel "$i")/termination"
		done
		echo 50 >"$(channel "$i")/termination"
		is "$(printf '0x%06x' $((0x80 | 1 << (i - 1))))" "$card/tdc/input_enable"
		echo 2000 >"$(channel "$i")/termination"
	done
	refuses "Invalid argument" put 75 "$(channel 1)/termination"
}

only_enabled() {
	local i
	for i in 1 2 3 4 5; do
		is "$([ "$i" = "$1" ] && echo 1 || echo 0)" "$(channel "$i")/buffer/enable"
		is "$([ "$i" = "$1" ] && echo 1 || echo 0)" "$(channel "$i")/buffer/hwfifo_enabled"
	done
}

enabling() {
	local i
	only_enabled 0
	for i in 1 2 3 4 5; do
		enable "$(channel "$i")"
		only_enabled "$i"
		is "$(printf '0x%06x' $((0x80 | 1 << (15 + i))))" "$card/tdc/input_enable"
		disable "$(channel "$i")"
		only_enabled 0
	done
}

offsets() {
	local i n value
	RANDOM=7
	for i in 1 2 3 4 5; do
		for n in 1 2 3 4 5 6 7 8 9 10; do
			value=$((RANDOM * 32768 % 1000000 + n))
			echo "$value" >"$(channel "$i")/in_timestamp_calibbias"
			is "$value" "$(channel "$i")/in_timestamp_calibbias"
		done
		echo -1000000000 >"$(channel "$i")/in_timestamp_calibbias"
		is -1000000000 "$(channel "$i")/in_timestamp_calibbias"
		refuses "Invalid argument" put 1000000001 "$(channel "$i")/in_timestamp_calibbias"
		echo 0 >"$(channel "$i")/in_timestamp_calibbias"
	done
}

temperature() {
	is 48125 "$board"/hwmon/hwmon*/temp1_input
	echo -16 >"$card/tdc/temperature"
	sleep 2
	is -1000 "$board"/hwmon/hwmon*/temp1_input
	echo $((0x550)) >"$card/tdc/temperature"
	sleep 2
	refuses "No data available" cat "$board"/hwmon/hwmon*/temp1_input
	echo $((0x302)) >"$card/tdc/temperature"
	sleep 2
	is fmc_tdc "$board"/hwmon/hwmon*/name
}

is_locked() { [ "$(cat "$board/wr_status")" = locked ]; }

white_rabbit() {
	is off "$board/wr_status"
	is "local wr" "$board/time_source_available"
	echo wr >"$board/time_source"
	is wr "$board/time_source"
	wait_for 30 is_locked
	refuses "Operation not permitted" put 5 "$board/time_seconds"
	refuses "Operation not permitted" put 1 "$board/set_host_time"
	echo 0 >"$card/tdc/wr_link"
	is no-link "$board/wr_status"
	echo 1 >"$card/tdc/wr_link"
	wait_for 30 is_locked
	time_flows
	echo local >"$board/time_source"
	is off "$board/wr_status"
}

set_time() {
	local n value
	RANDOM=9
	for n in 1 2 3 4 5 6 7 8 9 10; do
		value=$((RANDOM * 32768 % 1000000 + n))
		echo "$value" >"$board/time_seconds"
		is "$value" "$board/time_seconds"
	done
	echo 1 >"$board/set_host_time"
	value=$(($(cat "$board/time_seconds") - $(date +%s)))
	[ "${value#-}" -le 1 ] || fail "host time is off by $value s"
	enable "$(channel 1)"
	refuses "Device or resource busy" put 5 "$board/time_seconds"
	disable "$(channel 1)"
}

time_flows() {
	local n before
	for n in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		before=$(cat "$board/time_seconds")
		sleep 1
		is $((before + 1)) "$board/time_seconds" || fail "read $n"
	done
}

disabled_gives_nothing() {
	local ch
	ch=$(channel 3)
	train 2 100 1000000 200000
	finished 2
	sleep 0.1
	is 0 "$ch/received"
	[ -z "$(drain "$ch")" ] || fail "data of a disabled channel"
}

# burst COUNT PERIOD-PS: on $inputs; counted exactly, and each a period after the one before
burst() {
	local i ch before start
	start=$(($(cut -d. -f1 "$card/tdc/time") + 1))
	for i in $inputs; do
		enable "$(channel $((i + 1)))" $(($1 + 64))
		train "$i" "$1" "$2" $(($2 / 2)) "$start.000000000000"
	done
	for i in $inputs; do
		ch=$(channel $((i + 1)))
		before=${received[i]:-0}
		finished "$i" 30
		disable "$ch"
		received[i]=$(count "$ch" received)
		[ $((received[i] - before)) -eq "$1" ] ||
			fail "period $2 ps: $((received[i] - before)) of $1 on channel $((i + 1))"
		balanced "$ch"
		is 0 "$ch/lost"
		steps "/dev/${ch##*/}" "$1" "$2" $((start)) "$(cat "$ch/in_timestamp_zero_offset")"
	done
}

# steps NODE COUNT PERIOD-PS START ZERO-OFFSET: what the buffer holds is this train, to the last bit
steps() {
	python3 - "$@" <<-'END'
		import os, sys, tdclib
		node, (count, period, start, zero) = sys.argv[1], map(int, sys.argv[2:])
		offset = ((zero - 291305) * 128 + 125) // 250
		file = os.open(node, os.O_RDONLY | os.O_NONBLOCK)
		data = b""
		while len(data) < 16 * count:
		    data += os.read(file, 16 * count - len(data))
		for i, (sequence, subns, flags, ns) in enumerate(tdclib.SCAN.iter_unpack(data)):
		    expected = (start * 10**12 + i * period) * 64 // 125 + offset
		    assert ns * 512 + subns == expected, (i, ns * 512 + subns - expected)
		    assert sequence == i, (i, sequence)
		    assert not flags & 0x3f, (i, flags)
	END
}

counts() {
	local received=() inputs=0 row i
	for i in 0 1 2 3 4; do
		received[i]=$(count "$(channel $((i + 1)))" received)
	done
	for inputs in 0 4; do
		for row in 200:65000 250:65000 500:65000 1000:65000 1700:65000 1875:60000 2500:40000 5000:20000 \
			10000:10000 12500:8000 20000:5000 100000:1000 1000000:100 10000000:10; do
			burst "${row#*:}" "${row%:*}000"
		done
	done
}

# high_speed INPUTS TIMES
high_speed() {
	local received=() inputs=$1 period n i
	for i in 0 1 2 3 4; do
		received[i]=$(count "$(channel $((i + 1)))" received)
	done
	for period in 200000 250000 500000 1000000; do
		for ((n = 0; n < $2; n++)); do
			burst 65535 "$period"
		done
	done
}

all_balanced() {
	local i
	for i in 1 2 3 4 5; do
		balanced "$(channel "$i")"
	done
}

plan 13
testcase "termination is set and read back" termination
testcase "enabling a channel enables that one" enabling
testcase "offsets are set and read back" offsets
testcase "45 the temperature is right, also below zero, and absent when it is not measured" temperature
testcase "White Rabbit locks, loses its link, and does not let the time be set" white_rabbit
testcase "37 seconds are set and read back, not while a channel is in use" set_time
testcase "time flows" time_flows
testcase "a disabled channel gives nothing" disabled_gives_nothing
testcase "every pulse is counted at all of CERN's rates" counts
testcase "65535 pulses at 5, 4, 2 and 1 MHz are counted and right on one channel" \
	high_speed 0 1
testcase "65535 pulses at 5, 4, 2 and 1 MHz are counted and right on five channels at once" \
	high_speed "0 1 2 3 4" 1
testcase "all accounts balance" all_balanced
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
