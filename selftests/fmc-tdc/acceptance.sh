#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# CERN's acceptance tests of the FMC TDC, with the same figures; and with the values of the timestamps checked.
# where: time-travel
# time: long
. "$(dirname "$0")/common.sh"

ready_card acceptance
echo 1 >"$card/tdc/exact"

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
	echo 0 >"$card/tdc/onewire"
	sleep 2
	refuses "No data available" cat "$board"/hwmon/hwmon*/temp1_input
	echo 1 >"$card/tdc/onewire"
	sleep 2
	is fmc_tdc "$board"/hwmon/hwmon*/name
}

is_locked() { holds locked "$board/wr_status"; }

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

# every pulse counted, and each a period after the one before. CERN's bursts of 65535 are in vhw-spec/rates.sh
counts() {
	local ch
	ch=$(channel "$1")
	enable "$ch" 65600
	disable "$ch"
	python3 "$(dirname "$0")/../vhw-spec/bursts.py" 1 "$card" $(($1 - 1))="$ch" \
		200000:65000 250000:65000 500000:65000 1000000:65000 1700000:65000 1875000:60000 2500000:40000 \
		5000000:20000 10000000:10000 12500000:8000 20000000:5000 100000000:1000 1000000000:100 10000000000:10
}

all_balanced() {
	local i
	for i in 1 2 3 4 5; do
		balanced "$(channel "$i")"
	done
}

plan 12
testcase "termination is set and read back" termination
testcase "enabling a channel enables that one" enabling
testcase "offsets are set and read back" offsets
testcase "45 the temperature is right, also below zero, and absent when it is not measured" temperature
testcase "White Rabbit locks, loses its link, and does not let the time be set" white_rabbit
testcase "37 seconds are set and read back, not while a channel is in use" set_time
testcase "time flows" time_flows
testcase "a disabled channel gives nothing" disabled_gives_nothing
testcase "every pulse is counted, and its time is right, at all of CERN's rates" counts 1
testcase "likewise on the last channel" counts 5
testcase "all accounts balance" all_balanced
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
