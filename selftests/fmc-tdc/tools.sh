#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What people use: tdc-read, tdc-stat, tdc-calib, libiio's clients.
# where: uml time-travel qemu
# processors: one
# smoke: qemu
# smoke cases: lists boards|merges all|subset|manual forbids
# time: long
. "$(dirname "$0")/common.sh"

ready_card tools
echo 1 >"$card/tdc/exact"
work=$(mktemp -d)
defer rm -rf "$work"
export TZ=UTC

lists() {
	"$tools/tdc-read" --list >"$work/list"
	grep -E "^[0-9a-f:.]+ serial [^ ]+ gateware [0-9.]+ engine active time local$" "$work/list"
}

# reads FORMAT ARGUMENT...: tdc-read in the background, pulses on all inputs, its output in $work/out
reads() {
	local i
	"$tools/tdc-read" "$@" >"$work/out" &
	wait_for 60 all_enabled || {
		kill $!
		fail "tdc-read does not begin"
	}
	for i in 0 1 2 3 4; do
		train "$i" 100 10000000 200000
	done
	wait $!
}

all_enabled() { holds 1 "$(channel 5)/buffer/enable"; }

merges() {
	reads -f csv -n 500 -o 0.005
	python3 - "$work/out" <<-'END'
		import csv, sys
		rows = list(csv.DictReader(open(sys.argv[1])))
		times = [int(row["ns"]) * 512 + int(row["subns"]) for row in rows]
		assert len(rows) == 500, len(rows)
		assert times == sorted(times), "not in order"
		for channel in "12345":
		    assert [int(row["sequence"]) for row in rows if row["channel"] == channel] == list(range(100))
	END
}

prints_text() {
	reads -n 500 --differences -t 100
	[ "$(wc -l <"$work/out")" -eq 500 ]
	grep -qE "^ch3 +99 [0-9]+\.[0-9]{12} - 0\.000010000000 s 100000\.000000 Hz$" "$work/out" || {
		tail -n 3 "$work/out"
		fail "no such line"
	}
}

stops_in_time() {
	[ "$("$tools/tdc-read" -f csv -t 0.2)" = channel,sequence,ns,subns,flags ]
	is 0 "$(channel 1)/buffer/enable"
}

writes_binary() {
	reads -f binary -n 500
	[ "$(stat -c %s "$work/out")" -eq 8000 ]
}

counts_utc() {
	local tai utc
	echo 2000000 >"$board/time_seconds"
	reads -f csv -n 500 -u 37
	utc=$(sed -n 2p "$work/out" | cut -d, -f3)
	tai=$(cut -d. -f1 "$card/tdc/time")
	[ $((tai - utc / 1000000000)) -ge 37 ] && [ $((tai - utc / 1000000000)) -le 40 ]
}

# stopped ARGUMENT...: tdc-read, 100 pulses on each input after two seconds, and the end by a signal
stopped() {
	local reader i
	"$tools/tdc-read" "$@" >"$work/out" &
	reader=$!
	wait_for 60 all_enabled
	sleep 2.2
	for i in 0 1 2 3 4; do
		train "$i" 100 1000000 200000
	done
	for i in 0 1 2 3 4; do
		finished "$i"
	done
	kill $reader
	wait $reader
}

# Also when nothing comes; and each timestamp is shown once
shows_rates() {
	stopped --rate
	[ "$(head -n 1 "$work/out")" = "ch1 0/s  ch2 0/s  ch3 0/s  ch4 0/s  ch5 0/s" ]
	[ "$(wc -l <"$work/out")" -ge 3 ]
	[ "$(tr -d / <"$work/out" | awk '{ for (i = 2; i <= NF; i += 2) sum[i] += $i } END { print sum[2], sum[10] }')" = "100 100" ]
}

# What the board still holds when tdc-read is stopped
prints_the_last() {
	stopped -f csv -o 1.023
	[ "$(wc -l <"$work/out")" -eq 501 ]
	is 0.010 "$(channel 5)/buffer/hwfifo_timeout"
}

refuses_in_use() {
	enable "$(channel 1)" 100
	refuses "channel 1 is in use" "$tools/tdc-read" -c 1 -n 1
	disable "$(channel 1)"
	refuses "no FMC TDC board at 0000:77:00.0" "$tools/tdc-read" -b 0000:77:00.0 -n 1
}

statistics() {
	need gnuplot
	reads -f csv -n 500
	"$tools/tdc-stat" "$work/out" | tee "$work/stat"
	grep -qE "^channel 5: 100 timestamps, mean period 0\.000010000000 s, sigma 0\.[0-9] ps" "$work/stat"
	"$tools/tdc-stat" --histogram "$work/h.png" "$work/out" >/dev/null
	[ "$(head -c 4 "$work/h.png" | tail -c 3)" = PNG ]
	python3 -c '
print("channel,sequence,ns,subns,flags")
for i in range(1000):
    print("1,%d,%d,%d,0" % (i, i * 1000, i * 37 % 100))' >"$work/jitter"
	"$tools/tdc-stat" --text "$work/jitter" >"$work/text"
	# each of the 999 periods is in one of the bins
	[ "$(awk '/ ps +[0-9]+ #*$/ { sum += $3 } END { print sum }' "$work/text")" -eq 999 ]
	"$tools/tdc-stat" --allan "$work/a.png" "$work/jitter"
	[ "$(head -c 4 "$work/a.png" | tail -c 3)" = PNG ]
	refuses "no channel has two timestamps" "$tools/tdc-stat" /dev/null
}

calibrates() {
	"$tools/tdc-calib" show >"$work/show"
	grep -q "ch3 = 481" "$work/show"
	is valid <("$tools/tdc-calib" check)
	"$tools/tdc-calib" write ch3=500.5 temperature=30
	is 501 "$(channel 3)/in_timestamp_zero_offset"
	is user "$board/calibration_source"
	"$tools/tdc-calib" show | grep -q "ch3 = 500.5" || fail "not in the EEPROM"
	refuses "not within 100000 ps" "$tools/tdc-calib" write ch2=100001
	refuses "is not NAME=VALUE" "$tools/tdc-calib" write ch9=1
	"$tools/tdc-calib" dump >"$work/record"
	"$tools/tdc-calib" check "$work/record"
	"$tools/tdc-calib" write --volatile wr-offset=1
	is 1 "$(channel 1)/in_timestamp_wr_offset"
	"$tools/tdc-calib" write -f "$work/record" ch3=481 wr-offset=291305
	is 481 "$(channel 3)/in_timestamp_zero_offset"
	refuses "Invalid argument" cp "$work/show" "$board/calibration"
}

libiio_lists() {
	need iio_info
	iio_info -u local: >"$work/info"
	[ "$(grep -c "fmc-tdc-ch[1-5]" "$work/info")" -eq 5 ]
	grep -q "count0: .*format: le:[uU]32/32>>0" "$work/info"
	grep -q "count1: .*format: le:[uU]9/16>>0" "$work/info"
	grep -q "count2: .*format: le:[uU]16/16>>0" "$work/info"
	grep -q "timestamp: .*format: le:[sS]64/64>>0" "$work/info"
	! grep -q "ERROR: Invalid" "$work/info"
}

libiio_sets() {
	need iio_attr
	iio_attr -u local: -c fmc-tdc-ch1 timestamp calibbias 1000
	is 1000 "$(channel 1)/in_timestamp_calibbias"
	iio_attr -u local: -c fmc-tdc-ch1 timestamp calibbias 0
}

libiio_reads() {
	local reader
	need iio_readdev
	iio_readdev -u local: -b 64 -s 640 fmc-tdc-ch1 >"$work/dump" &
	reader=$!
	wait_for 5 is_reading
	train 0 640 1000000000 200000
	wait "$reader"
	python3 - "$work/dump" <<-'END'
		import sys, tdclib
		samples = list(tdclib.SCAN.iter_unpack(open(sys.argv[1], "rb").read()))
		assert [sample[0] for sample in samples] == list(range(640)), len(samples)
		steps = [b[3] * 512 + b[1] - a[3] * 512 - a[1] for a, b in zip(samples, samples[1:])]
		assert all(step == 512000000 for step in steps), set(steps)
	END
}

is_reading() { holds 1 "$(channel 1)/buffer/enable"; }

python_reads() {
	local reader
	/usr/bin/python3 -c "import iio" 2>/dev/null || skip "python3-libiio is not installed"
	/usr/bin/python3 - <<-'END' &
		import iio, tdclib
		device = iio.Context("local:").find_device("fmc-tdc-ch1")
		for channel in device.channels:
		    channel.enabled = True
		buffer = iio.Buffer(device, 100)
		buffer.refill()
		samples = list(tdclib.SCAN.iter_unpack(buffer.read()))
		assert [sample[0] for sample in samples] == list(range(100)), samples
	END
	reader=$!
	wait_for 5 is_reading
	train 0 100 10000000 200000
	wait "$reader"
}

# A scan of less than everything
subset() {
	local ch flags
	ch=$(channel 2)
	echo 0 >"$ch/scan_elements/in_count0_en"
	echo 0 >"$ch/scan_elements/in_count1_en"
	echo 1 >"$ch/scan_elements/in_count2_en"
	echo 0 >"$ch/scan_elements/in_timestamp_en"
	echo 100 >"$ch/buffer/length"
	echo 1 >"$ch/buffer/enable"
	train 1 10 10000000 200000
	finished 1
	disable "$ch"
	flags=$(timeout 20 dd if="/dev/${ch##*/}" bs=100 count=1 2>/dev/null | od -An -v -tx2 -w2 | sort -u | tr -d ' ')
	[ "$flags" = 0140 ] || fail "the samples are: $flags"
}

plan 17
testcase "tdc-read lists boards" lists
testcase "tdc-read merges all channels in the order of time" merges
testcase "tdc-read prints differences and frequencies" prints_text
testcase "tdc-read stops after a time" stops_in_time
testcase "tdc-read writes binary" writes_binary
testcase "tdc-read prints UTC" counts_utc
testcase "tdc-read shows rates" shows_rates
testcase "tdc-read that is stopped prints what was still held back" prints_the_last
testcase "tdc-read says what is wrong" refuses_in_use
testcase "tdc-stat computes and draws" statistics
testcase "tdc-calib shows, checks and writes" calibrates
testcase "iio_info understands the devices" libiio_lists
testcase "iio_attr sets an offset" libiio_sets
testcase "iio_readdev reads a stream" libiio_reads
testcase "python3-libiio reads a stream" python_reads
testcase "a scan of one element is one element" subset
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
