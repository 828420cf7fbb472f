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

# Two samples, and the first two after a switch of 20 s ago; they come in batches
switched_long_before() {
	begin 1.000
	train 0 2 10000000 1000000
	finished 0
	echo wr >"$board/time_source"
	sleep 20
	pulses 1
	pulses 1
	sleep 1.5
}

# However late the first sample comes; before that, a batch of samples that are older
first_after_switch() {
	switched_long_before
	end 4
	flags $UNCERTAIN 1110
	flags $SYNCED 0011
}

# Without a lock that would be a change of its own
first_after_switch_alone() {
	echo 0 >"$card/tdc/wr_link"
	switched_long_before
	is no-link "$board/wr_status"
	echo local >"$board/time_source"
	echo 1 >"$card/tdc/wr_link"
	end 4
	flags $UNCERTAIN 1110
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

# ahead: by how much the board is ahead of the host, in microseconds; without a process of its own
ahead() {
	local seconds picoseconds
	IFS=. read -r seconds picoseconds <"$card/tdc/time"
	echo $((seconds * 1000000 + 10#${picoseconds:0:6} - ${EPOCHREALTIME/./}))
}

# off_by AHEAD [MICROSECONDS]: how far that has changed: by half a second at most, and what a test takes to look
off_by() {
	local off=$(($(ahead) - $1))
	[ "${off#-}" -le "${2:-502000}" ] || fail "off by $off us"
}

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
	off_by "$before" 600000
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

# until_part MICROSECONDS AHEAD: until so much of a second has passed of a time that is so far ahead of the host's
until_part() {
	local wait=$((($1 - ${EPOCHREALTIME/./} - $2) % 1000000))
	[ "$wait" -ge 0 ] || wait=$((wait + 1000000))
	sleep "$(printf '0.%06d' "$wait")"
}

# At whatever part of a second a board wakes, its seconds are the nearest to what they would have been. Around a half
# the time since its reset counts
sleeps_at_any_part() {
	local before part
	begin
	disable "$one"
	echo 1900000000 >"$board/time_seconds"
	before=$(ahead)
	for part in 50 250 {400..600..5} 750 950; do
		until_part $((part * 1000)) "$before"
		sleeps
		off_by "$before"
	done
}

# At whatever part of a second the host's time is asked for, the board's seconds are the nearest that it can have
host_time_at_any_part() {
	local tai part
	begin
	disable "$one"
	tai=$(python3 -c 'import time; print(round(time.clock_gettime(time.CLOCK_TAI) - time.time()) * 10**6)')
	for part in 100 300 500 700 900; do
		until_part $((part * 1000)) "$tai"
		echo 1 >"$board/set_host_time"
		off_by "$tai"
	done
}

# What the hardware still held back is not lost with its power
sleeps_on_timestamps() {
	begin 1.000
	train 0 7 10000000 1000000
	finished 0
	sleeps
	until_active "$board"
	pulses 2
	sleep 1.5
	end 9
	in_order
	flags $LOST 000000010
}

# who asks for the time of a board that sleeps is told that, and no time
asked_while_asleep() {
	begin
	python3 - "$board/time_seconds" "$_scratch/asking" "$_scratch/told" <<-'END' &
		import errno, os, sys, time
		told = set()
		open(sys.argv[2], "w").close()
		end = time.time() + 2
		while time.time() < end:
		    try:
		        open(sys.argv[1]).read()
		    except OSError as error:
		        told.add(errno.errorcode[error.errno])
		    time.sleep(0.001)
		print(*sorted(told), file=open(sys.argv[3], "w"))
	END
	wait_for 50 test -e "$_scratch/asking"
	fault ddr-calibration 50 # the carrier waits for it
	sleeps
	wait
	is EBUSY "$_scratch/told"
}

# Five sleeps do not add up to more than each does by itself
sleeps_often() {
	local n
	for n in 1 2 3 4 5; do
		sleeps
		sleep 0.7
	done
}

# The board's own counter goes on with the time of White Rabbit until that has locked again
recovers_following_white_rabbit() {
	local before
	begin
	echo wr >"$board/time_source"
	sleep 6
	before=$(cat "$board/time_seconds")
	recovers
	is syncing "$board/wr_status"
	near "$(cat "$board/time_seconds")" "$before"
	sleep 6
	is locked "$board/wr_status"
	echo local >"$board/time_source"
}

wakes_following_white_rabbit() {
	local before
	begin
	echo wr >"$board/time_source"
	sleep 6
	pulses 2
	before=$(cat "$board/time_seconds")
	sleeps
	near "$(cat "$board/time_seconds")" "$before"
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

plan 19
testcase "37 time set just before a capture is flagged for two seconds" set_before_capture
testcase "37 and on the first sample however late" set_long_before_capture
testcase "36 a sample is flagged for when it was made, not read" switched_with_a_long_timeout
testcase "36 a switch is flagged for 1.8 s" made_after 1.7 1
testcase "36 but not for more than 2.3 s" made_after 2.3 0
testcase "36 and on the first sample however late" first_after_switch
testcase "36 also when nothing else changes" first_after_switch_alone
testcase "35 what was taken before White Rabbit locked is not called locked" locks_within_a_batch
testcase "48 time and sequence go on over a suspend, flagged" over_gap sleeps
testcase " 1 time and sequence go on over a recovery, flagged" over_gap recovers
testcase "48 many suspends do not add up" over_gap sleeps_often
testcase "48 White Rabbit is followed again after a suspend" wakes_following_white_rabbit
testcase " 1 White Rabbit's time goes on over a recovery" recovers_following_white_rabbit
testcase "48 seconds are the nearest whenever a board wakes" sleeps_at_any_part
testcase "48 what was taken before a suspend is delivered" sleeps_on_timestamps
testcase "48 a board that sleeps has no time" asked_while_asleep
testcase "37 the host's time is set to the nearest second whenever it is asked for" host_time_at_any_part
testcase "   seconds begin as the host's" begins_as_the_host
testcase "   the driver did nothing that the manual forbids" is 0 "$card/violations"
