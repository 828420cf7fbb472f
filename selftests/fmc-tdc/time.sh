#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What a user may rely on for time: what happens to seconds, sequences and flags when the time base changes, the board
# sleeps or is reset. The numbers are rows of the fault catalogue in Documentation/fmc-tdc.md.
# where: time-travel
# time: long
. "$(dirname "$0")/common.sh"

ready_card time
one=$(channel 1)
LOST=0 SYNCED=3 UNCERTAIN=4

# pulses COUNT [PERIOD-PS]: and time for the driver to see them
pulses() {
	train 0 "$1" "${2:-10000000}" 1000000
	finished 0
	sleep 0.1
}

# begin [TIMEOUT]: a session of channel 1, long after whatever was before
begin() {
	no_faults "$card"
	disable "$one"
	holds local "$board/time_source" || echo local >"$board/time_source"
	until_active "$board"
	sleep 3
	enable "$one"
	pulses 1
	disable "$one"
	echo "${1:-0.010}" >"$one/buffer/hwfifo_timeout"
	enable "$one" 20000
	: >"$_scratch/samples"
}

# pause: the session ends, another one will follow
pause() {
	disable "$one"
	drain "$one" >>"$_scratch/samples"
}

# end COUNT: of the session; so many samples came
end() {
	pause
	[ "$(wc -l <"$_scratch/samples")" -eq "$1" ] || fail "$(wc -l <"$_scratch/samples") samples, not $1"
	balanced "$one"
}

# flags BIT 01...: whether each sample carries it
flags() {
	local found
	found=$(awk -v bit="$1" '{ printf "%d", int($3 / 2 ^ bit) % 2 }' "$_scratch/samples")
	[ "$found" = "$2" ] || fail "flag $1 of the samples is $found, not $2"
}

in_order() {
	awk 'NR > 1 && $1 <= before { exit 1 } { before = $1 }' "$_scratch/samples" || fail "the sequence steps back"
}

# seconds_of N: of the sample in line N
seconds_of() { sed -n "$1p" "$_scratch/samples" | awk '{ printf "%.0f", $4 / 1e9 }'; }

# near A B: less than a second apart
near() {
	local apart=$(($1 - $2))
	[ "${apart#-}" -le 1 ] || fail "$1 is not near $2"
}

set_before_capture() {
	begin
	pulses 1
	pause
	echo 1800000000 >"$board/time_seconds"
	enable "$one"
	pulses 2
	sleep 3
	pulses 2
	end 5
	flags $UNCERTAIN 01100
	near "$(seconds_of 2)" 1800000000
}

# Long after it was set, the first sample still says that the time is another than that of the sample before
set_long_before_capture() {
	begin
	pulses 1
	pause
	echo 1 >"$board/set_host_time"
	sleep 10
	enable "$one"
	pulses 1
	pulses 2
	end 4
	flags $UNCERTAIN 0100
}

# Made 1.5 s after the switch, read 2.5 s after it
switched_with_a_long_timeout() {
	begin 1.000
	pulses 1
	sleep 2
	echo wr >"$board/time_source"
	sleep 1.5
	pulses 3
	sleep 1.5
	end 4
	flags $UNCERTAIN 0111
}

# made_after SECONDS FLAG: whether a sample made so long after a switch is flagged. White Rabbit locks 3 s after it
made_after() {
	begin
	pulses 1
	echo wr >"$board/time_source"
	pulses 1
	sleep "$1"
	pulses 1
	end 3
	flags $UNCERTAIN "01$2"
}

# However late the first sample comes; before that, a batch of samples that are older
first_after_switch() {
	begin 1.000
	train 0 2 10000000 1000000
	finished 0
	echo wr >"$board/time_source"
	sleep 20
	pulses 1
	pulses 1
	sleep 1.5
	end 4
	flags $UNCERTAIN 1110
	flags $SYNCED 0011
}

# Pulses before and after White Rabbit locks, in one batch: none of it is called locked
locks_within_a_batch() {
	begin 1.000
	echo wr >"$board/time_source"
	sleep 2.5
	pulses 1
	sleep 0.6
	pulses 1
	sleep 1.5
	is locked "$board/wr_status"
	end 2
	flags $SYNCED 00
	flags $UNCERTAIN 11
}

# by how much the board is ahead of the host, in seconds
ahead() { python3 -c "print($(cat "$card/tdc/time") - $EPOCHREALTIME)"; }

# over_gap COMMAND...: time set by the user goes on over what the command does to a running capture, and so does the
# sequence; the first sample says that something is missing and that the time base is another
over_gap() {
	local before
	begin
	disable "$one"
	echo 1900000000 >"$board/time_seconds"
	sleep 5
	enable "$one" 20000
	pulses 3
	before=$(ahead)
	"$@"
	until_active "$board"
	pulses 2
	pulses 1
	python3 -c "assert abs($(ahead) - $before) < 0.6" || fail "$(ahead) s ahead of the host, not $before"
	end 6
	in_order
	flags $UNCERTAIN 100100
	flags $LOST 000100
	near "$(seconds_of 6)" "$(cat "$board/time_seconds")"
}

sleeps() { echo 1 >"$card/suspend"; }

recovers() {
	expect_log "DMA"
	fault dma-error 2
	train 0 30 10000000000 1000000
	sleep 0.5
	logged "resetting the board"
	no_faults "$card"
}

# Five sleeps do not add up to more than each does by itself
sleeps_often() {
	local n
	for n in 1 2 3 4 5; do
		sleeps
		sleep 0.7
	done
}

wakes_following_white_rabbit() {
	begin
	echo wr >"$board/time_source"
	sleep 6
	pulses 2
	sleeps
	until_active "$board"
	sleep 6
	pulses 2
	end 4
	in_order
	flags $UNCERTAIN 1010
	flags $SYNCED 1111
	near "$(seconds_of 2)" "$(($(seconds_of 3) - 9))"
}

begins_as_the_host() {
	local tai
	begin
	disable "$one"
	echo "${board##*/}" >"$driver/unbind"
	echo "${board##*/}" >"$driver/bind"
	tai=$(python3 -c 'import time; print(int(time.clock_gettime(time.CLOCK_TAI)))')
	near "$(cat "$board/time_seconds")" "$tai"
}

plan 13
testcase "37 time set just before a capture is flagged for two seconds" set_before_capture
testcase "37 and on the first sample however late" set_long_before_capture
testcase "36 a sample is flagged for when it was made, not read" switched_with_a_long_timeout
testcase "36 a switch is flagged for 1.8 s" made_after 1.7 1
testcase "36 but not for more than 2.3 s" made_after 2.3 0
testcase "36 and on the first sample however late" first_after_switch
testcase "35 what was taken before White Rabbit locked is not called locked" locks_within_a_batch
testcase "48 time and sequence go on over a suspend, flagged" over_gap sleeps
testcase " 1 time and sequence go on over a recovery, flagged" over_gap recovers
testcase "48 many suspends do not add up" over_gap sleeps_often
testcase "48 White Rabbit is followed again after a suspend" wakes_following_white_rabbit
testcase "   seconds begin as the host's" begins_as_the_host
testcase "   the driver did nothing that the manual forbids" is 0 "$card/violations"
