#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What can go wrong with a running board, and what the driver makes of it. The numbers are the rows of the fault
# catalogue in Documentation/fmc-tdc.md.
# where: time-travel
# time: long
. "$(dirname "$0")/common.sh"

ready_card faults
one=$(channel 1)

# Counters of channel 1 are compared with what they were when the case began
begin() {
	no_faults "$card"
	echo 0 >"$card/input0/train/run"
	disable "$one"
	echo 0.010 >"$one/buffer/hwfifo_timeout"
	received=$(count "$one" received) delivered=$(count "$one" delivered)
	lost=$(count "$one" lost) rejected=$(count "$one" rejected)
	duplicates=$(count "$one" duplicates) rollovers=$(count "$one" rollovers)
	enable "$one" 20000
}

# pulses COUNT: one each 10 us, and time for the driver to see them
pulses() {
	train 0 "$1" 10000000 1000000
	finished 0
	sleep 0.3
}

# end RECEIVED DELIVERED LOST REJECTED: by how much the counters have grown; stops the channel
end() {
	disable "$one"
	balanced "$one"
	local found="$(($(count "$one" received) - received)) $(($(count "$one" delivered) - delivered))"
	found+=" $(($(count "$one" lost) - lost)) $(($(count "$one" rejected) - rejected))"
	[ "$found" = "$*" ] || fail "received, delivered, lost, rejected: $found, not $*"
	drain "$one" >"$_scratch/samples"
	is_count "$2" <"$_scratch/samples"
}

# reading: what ends a reader of channel 1 that waits as long as it takes, by read() and by poll(); its file is open before
# the next command runs
reading() {
	timeout 200 python3 - "/dev/${one##*/}" "$_scratch/reading" "$_scratch/ended" <<-'END' &
		import errno, os, select, sys
		file = os.open(sys.argv[1], os.O_RDONLY)
		open(sys.argv[2], "w").close()
		try:
		    while os.read(file, 4096):
		        pass
		    end = "end of file"
		except OSError as error:
		    end = errno.errorcode[error.errno]
		poll = select.poll()
		poll.register(file, select.POLLIN)
		with open(sys.argv[3], "w") as ended:
		    ended.write(end if poll.poll(0) else "asleep")
	END
	wait_for 50 test -e "$_scratch/reading"
}

is_count() {
	local lines
	lines=$(wc -l)
	[ "$lines" -eq "$1" ] || fail "$lines samples, not $1"
}

# flagged BIT COUNT: so many samples of the last "end" carry that flag
flagged() {
	local found
	found=$(awk -v bit="$1" 'int($3 / 2 ^ bit) % 2' "$_scratch/samples" | wc -l)
	[ "$found" -eq "$2" ] || fail "$found samples have flag $1, not $2"
}

in_order() {
	awk 'NR > 1 && $1 != before + 1 { exit 1 } { before = $1 }' "$_scratch/samples" || fail "a gap in the sequence"
}

# Faults after which nothing is missing
harmless() {
	begin
	fault "$1" "${2:-1}"
	pulses 1000
	pulses 1000
	struck "$1"
	end 2000 2000 0 0
	in_order
	is active "$board/engine_state"
}

# A transfer fails once: what it should have brought is lost, and counted
transfer_fails() {
	expect_log "DMA"
	begin
	pulses 100
	fault "$1"
	pulses 100
	struck "$1"
	sleep 1.2
	[ $(($(count "$one" received) - received)) -eq 200 ] || fail "what was not transferred counts only when more comes"
	pulses 100
	disable "$one"
	balanced "$one"
	[ $(($(count "$one" received) - received)) -eq 300 ] || fail "received $(($(count "$one" received) - received))"
	[ $(($(count "$one" lost) - lost)) -ge 1 ] || fail "nothing lost"
	drain "$one" >"$_scratch/samples"
	flagged 0 1
	logged "DMA (failed|of .* did not end)"
	[ "$(cat "$pci/dma_errors")" -gt 0 ]
	is active "$board/engine_state"
}

is_failed() { holds failed "$board/engine_state"; }

# Transfers always fail: the board is reset some times, then stopped
transfers_always_fail() {
	expect_log "DMA"
	begin
	reading
	fault dma-error -1
	train 0 0 1000000000 1000000
	wait_for 60 is_failed
	wait_for 5 holds EIO "$_scratch/ended"
	is 0 "$one/buffer/hwfifo_enabled"
	[ "$(log_since | grep -c "resetting the board")" -eq 3 ]
	logged "keeps failing: stopped"
	disable "$one"
	refuses "Input/output error" put 1 "$one/buffer/enable"
	no_faults "$card"
	echo 0 >"$card/input0/train/run"
	echo restart >"$board/engine_state"
	until_active "$board"
	begin
	pulses 100
	end 100 100 0 0
}

# What fails while the board is stopped to be reset is part of the same trouble
fails_while_stopped() {
	expect_log "DMA"
	begin
	fault dma-error 3
	train 0 0 10000000 1000000
	sleep 0.5
	echo 0 >"$card/input0/train/run"
	is 0 "$fault_dir/times"
	was_reset 1 || fail "reset again"
	until_active "$board"
	begin
	pulses 100
	end 100 100 0 0
}

was_reset() { [ "$(log_since | grep -c "resetting the board")" -eq "$1" ]; }

# As often as the board is reset, if that helps
resets_help() {
	local n
	expect_log "DMA"
	begin
	for n in 1 2 3 4; do
		fault dma-error 2
		pulses 100
		pulses 100
		was_reset "$n"
		if is_failed; then fail "given up after $n resets"; fi
		until_active "$board"
		pulses 100
	done
	disable "$one"
	balanced "$one"
}

irq_lost() {
	local before
	before=$(cat "$board/irqs_lost")
	begin
	fault timestamp-irq-lost -1
	pulses 100
	struck timestamp-irq-lost
	[ "$(cat "$board/irqs_lost")" -gt "$before" ] || fail "the watchdog served nothing"
	[ $(($(count "$one" delivered) - delivered)) -eq 100 ] || fail "the watchdog delivered nothing"
	end 100 100 0 0
}

# The watchdog leaves an interrupt from one of its looks, a tenth of a second apart, to the next to come by itself
irq_has_its_time() {
	local pause
	for pause in 0.02 0.05 0.08; do
		begin
		fault timestamp-irq-lost -1
		sleep $pause
		train 0 10 10000000 1000000
		sleep 0.1
		is "$delivered" "$one/delivered" || fail "served before its interrupt could come"
		sleep 0.15
		end 10 10 0 0
	done
}

# The end is looked for each 20 ms, not when the transfer would be late. Who reads a counter waits for it
dma_irq_lost() {
	local before begun
	before=$(cat "$pci/dma_irqs_lost")
	harmless dma-irq-lost
	[ "$(cat "$pci/dma_irqs_lost")" -eq $((before + 1)) ]
	begin
	fault dma-irq-lost
	begun=${EPOCHREALTIME/./}
	train 0 10 10000000 1000000
	sleep 0.02
	is $((delivered + 10)) "$one/delivered"
	begun=$((${EPOCHREALTIME/./} - begun))
	[ "$begun" -lt 50000 ] || fail "$begun us"
	end 10 10 0 0
}

# Each of the two transfers interrupts once when it ends, one of them once too early
dma_irq_early() {
	local before
	before=$(interrupts spec-dma)
	harmless dma-irq-early
	before=$(($(interrupts spec-dma) - before))
	[ "$before" -le 10 ] || fail "$before interrupts"
}

stuck_level() {
	begin
	fault irq-stuck -1
	pulses 100
	sleep 2
	[ "$(log_since | grep -c "its interrupt stands and there is nothing")" -eq 1 ]
	delivered=$(count "$one" delivered)
	pulses 100
	[ $(($(count "$one" delivered) - delivered)) -eq 100 ] || fail "what comes afterwards is not seen"
	delivered=$(count "$one" delivered)
	no_faults "$card"
	disable "$one"
	balanced "$one"
	begin
	pulses 100
	disable "$one"
	balanced "$one"
	[ $(($(count "$one" delivered) - delivered)) -eq 100 ]
}

# Sixteen services for nothing in a row are a level that stands, twice ten are not
stuck_now_and_then() {
	begin
	for _ in 1 2; do
		fault irq-stuck 10
		pulses 100
		is 0 "$fault_dir/times"
	done
	if logged "its interrupt stands and there is nothing"; then fail "silenced"; fi
	end 200 200 0 0
}

# No watchdog has to help
bad_vector() {
	local before irqs_lost dma_irqs_lost
	irqs_lost=$(cat "$board/irqs_lost") dma_irqs_lost=$(cat "$pci/dma_irqs_lost")
	before=$(cat "$pci/irqs_unexpected")
	harmless vic-bad-vector
	harmless vic-bad-vector -1 # then nothing else tells which line it was
	echo 0 >"$fault_dir/times"
	[ "$(cat "$pci/irqs_unexpected")" -gt "$before" ]
	is "$irqs_lost" "$board/irqs_lost"
	is "$dma_irqs_lost" "$pci/dma_irqs_lost"
}

# As often as a switch fails, if the next one is in time
never_done() {
	begin
	for _ in 1 2 3 4; do
		fault switch-never-done
		pulses 100
		struck switch-never-done
		delivered=$(count "$one" delivered)
		pulses 100
		[ $(($(count "$one" delivered) - delivered)) -ge 100 ] || fail "it did not recover"
	done
	logged "a switch of buffers does not complete"
	disable "$one"
	balanced "$one"
}

# Three switches in a row fail: the fourth is in time, the session goes on
never_done_three_times() {
	local before
	before=$(cat "$card/tdc/faults/switch-never-done/count")
	begin
	pulses 10
	fault switch-never-done 3
	pulses 10
	struck switch-never-done
	pulses 10
	disable "$one"
	is $((before + 3)) "$card/tdc/faults/switch-never-done/count"
	drain "$one" >"$_scratch/samples"
	is_count 20 <"$_scratch/samples"
	in_order
	flagged 0 1
}

# All fail: the channel is stopped, its reader told, the others and the board go on
never_done_for_good() {
	local two before
	two=$(channel 2)
	before=$(cat "$card/tdc/faults/switch-never-done/count")
	begin
	reading
	fault switch-never-done -1
	pulses 10
	logged "channel 1 stopped: its buffers cannot be switched"
	is $((before + 4)) "$card/tdc/faults/switch-never-done/count"
	wait_for 5 holds EIO "$_scratch/ended"
	is 1 "$one/buffer/enable"
	is 0 "$one/buffer/hwfifo_enabled"
	is active "$board/engine_state"
	no_faults "$card"
	captures 2 50
	begin
	pulses 100
	end 100 100 0 0
	is 0 "$two/buffer/hwfifo_enabled"
}

# What was delivered before can still be read, then comes the error
rest_is_read() {
	begin
	pulses 10
	fault switch-never-done -1
	pulses 10
	logged "channel 1 stopped: its buffers cannot be switched"
	is "10 EIO" <(python3 - "/dev/${one##*/}" <<-'END'
		import errno, os, sys
		file = os.open(sys.argv[1], os.O_RDONLY)
		size = 0
		try:
		    while True:
		        size += len(os.read(file, 64))
		except OSError as error:
		    print(size // 16, errno.errorcode[error.errno])
	END
	)
	no_faults "$card"
	disable "$one"
}

# While a switch is waited for in vain pulses go on to come. Whose session is that? Nobody reads them
never_done_under_pulses() {
	begin
	train 0 0 10000000 1000000
	sleep 0.05
	fault switch-never-done
	sleep 0.1
	struck switch-never-done
	echo 0 >"$card/input0/train/run"
	disable "$one"
	balanced "$one"
	is "$rejected" "$one/rejected"
	drain "$one" >"$_scratch/samples"
	in_order
	flagged 0 1
}

count_wrong() {
	begin
	fault "$1"
	pulses 100
	struck "$1"
	logged "timestamps in a buffer for"
	pulses 100
	end 200 100 100 0
	flagged 0 1
}

next_invalid() {
	begin
	fault next-invalid
	pulses 100
	pulses 100
	struck next-invalid
	disable "$one"
	balanced "$one"
	[ $(($(count "$one" received) - received)) -eq 200 ] || fail "received $(($(count "$one" received) - received))"
}

engine_stuck() {
	begin
	disable "$one"
	fault engine-stuck
	echo restart >"$board/engine_state"
	is starting "$board/engine_state"
	refuses "Device or resource busy" put restart "$board/engine_state"
	until_active "$board"
	struck engine-stuck
	begin
	pulses 100
	end 0 0 0 0
	echo restart >"$board/engine_state"
	until_active "$board"
	begin
	pulses 100
	end 100 100 0 0
}

noise() {
	begin
	train 0 1000 1000000 87000
	finished 0
	sleep 0.1
	end 0 0 0 0
}

duplicate() {
	begin
	fault extra-falling-edge
	pulses 100
	end 101 101 0 0
	flagged 1 1
	[ $(($(count "$one" duplicates) - duplicates)) -eq 1 ]
	echo 1 >"$one/drop_duplicates"
	begin
	fault extra-falling-edge
	pulses 100
	echo 0 >"$one/drop_duplicates"
	end 101 100 0 1
}

missing_edge() {
	begin
	fault "$1"
	pulses 100
	struck "$1"
	disable "$one"
	balanced "$one"
	is 0 <(echo $(($(count "$one" lost) - lost)))
	[ $(($(count "$one" received) - received)) -le 100 ]
	drain "$one" >"$_scratch/samples"
	in_order
}

rollover() {
	begin
	echo 10 >"$card/tdc/faults/$1/after"
	fault "$1"
	pulses 100
	struck "$1"
	end 100 100 0 0
	flagged 2 1
	[ $(($(count "$one" rollovers) - rollovers)) -eq 1 ]
}

outlier() {
	begin
	fault outlier
	pulses 100
	struck outlier
	end 100 100 0 0
	flagged 2 0
}

rejected() {
	begin
	echo 10 >"$card/tdc/faults/$1/after"
	fault "$1"
	pulses 100
	struck "$1"
	end 100 99 0 1
	flagged 0 1
}

gap() {
	begin
	echo 10 >"$card/tdc/faults/sequence-gap/after"
	fault sequence-gap
	pulses 100
	end 110 100 10 0
	flagged 0 1
}

unwritten() {
	begin
	fault record-unwritten
	pulses 100
	struck record-unwritten
	disable "$one"
	balanced "$one"
	[ $(($(count "$one" received) - received)) -eq 100 ] || fail "received $(($(count "$one" received) - received))"
	[ $(($(count "$one" rejected) - rejected)) -ge 1 ]
}

short_transfer() {
	begin
	fault dma-short
	pulses 100
	struck dma-short
	disable "$one"
	balanced "$one"
	[ $(($(count "$one" received) - received)) -eq 100 ]
	[ $(($(count "$one" rejected) - rejected)) -ge 1 ]
}

sequence_wraps() {
	begin
	pulses 10
	printf '0x0ffffff0\n' >"$card/input0/sequence"
	pulses 100
	disable "$one"
	balanced "$one"
	is "$lost" "$one/lost"
	[ $(($(count "$one" rejected) - rejected)) -le 1 ]
}

# A session ends in the midst of pulses; the next one begins with its own first
no_stale() {
	local n
	begin
	train 0 0 10000000 1000000
	for n in 1 2 3 4 5 6 7 8 9 10; do
		sleep 0.0$n
		disable "$one"
		drain "$one" >"$_scratch/samples"
		in_order
		read -r first _ <"$_scratch/samples"
		[ "$first" -eq 0 ] || fail "session $n begins with $first"
		enable "$one" 20000
	done
	echo 0 >"$card/input0/train/run"
	disable "$one"
	balanced "$one"
	is "$lost" "$one/lost"
}

# What was taken before the channel was disabled comes, however long the hardware would have held it back
tail_comes() {
	begin
	disable "$one"
	echo 1.023 >"$one/buffer/hwfifo_timeout"
	enable "$one" 1000
	train 0 777 1000000 200000
	finished 0
	sleep 0.001
	is "$received" "$one/received"
	end 777 777 0 0
	in_order
}

timeout_out_of_range() {
	refuses "Invalid argument" put 0 "$one/buffer/hwfifo_timeout"
	refuses "Invalid argument" put 0.0004 "$one/buffer/hwfifo_timeout"
	refuses "Invalid argument" put 1.024 "$one/buffer/hwfifo_timeout"
}

timeout_while_running() {
	begin
	refuses "Device or resource busy" put 0.001 "$one/buffer/hwfifo_timeout"
	is 0.010 "$one/buffer/hwfifo_timeout"
}

reader_too_slow() {
	begin
	disable "$one"
	enable "$one" 64
	pulses 1000
	sleep 0.1
	balanced "$one"
	[ $(($(count "$one" received) - received)) -eq 1000 ]
	[ $(($(count "$one" lost) - lost)) -eq $((1000 - $(count "$one" delivered) + delivered)) ]
	[ "$(drain "$one" | wc -l)" -ge 64 ]
	pulses 10
	disable "$one"
	drain "$one" >"$_scratch/samples"
	flagged 5 1
}

# The first, or the second, time that the counter is read
second_edge() {
	local before now n
	begin
	for n in 0 1; do
		echo $n >"$card/tdc/faults/second-edge/after"
		fault second-edge
		before=$(cut -d. -f1 "$card/tdc/time")
		now=$(cat "$board/time_seconds")
		is 0 "$fault_dir/times"
		[ $((now - before)) -ge 0 ]
		[ $((now - before)) -le 1 ]
	done
	pulses 10
	end 10 10 0 0
}

white_rabbit_toggled() {
	begin
	echo wr >"$board/time_source"
	pulses 100
	sleep 30
	pulses 100
	disable "$one"
	echo local >"$board/time_source"
	drain "$one" >"$_scratch/samples"
	flagged 4 101 # the first one after it has locked as well
	flagged 3 100
}

# The fibre is pulled while the board follows White Rabbit: it goes on, and what it gives says so
white_rabbit_lost() {
	echo wr >"$board/time_source"
	sleep 6
	is locked "$board/wr_status"
	begin
	pulses 100
	echo 0 >"$card/tdc/wr_link"
	pulses 100
	is no-link "$board/wr_status"
	sleep 3
	pulses 100
	echo 1 >"$card/tdc/wr_link"
	end 300 300 0 0
	in_order
	flagged 3 100
	flagged 4 102 # the first ones after a change as well
	echo local >"$board/time_source"
	sleep 3
}

# set_master on|off: may the board write to the host's memory? The host's part of an IOMMU that refuses
set_master() {
	local command
	command=$(od -An -tu1 -j4 -N1 "$pci/config")
	command=$([ "$1" = on ] && echo $((command | 4)) || echo $((command & ~4)))
	# shellcheck disable=SC2059 # an octal escape is meant
	printf "\\$(printf %03o "$command")" | dd of="$pci/config" bs=1 seek=4 conv=notrunc status=none
}

host_refuses() {
	local before
	expect_log "DMA"
	before=$(cat "$pci/dma_errors")
	begin
	pulses 100
	set_master off
	pulses 100
	set_master on
	pulses 100
	disable "$one"
	balanced "$one"
	[ "$(cat "$pci/dma_errors")" -gt "$before" ] || fail "no transfer failed"
	[ $(($(count "$one" lost) - lost)) -eq 100 ] || fail "$(($(count "$one" lost) - lost)) lost"
	drain "$one" >"$_scratch/samples"
	flagged 0 1
	wait_for 5 is_active "$board"
}

unhandled() { grep last_unhandled "/proc/irq/$(cat "$pci/irq")/spurious"; }

# The line is shared: what is not the board's is left to others, and said so to the kernel
not_ours() {
	local before
	before=$(unhandled)
	harmless irq-spurious
	[ "$(unhandled)" != "$before" ] || fail "it was taken"
}

# wakes FILE COMMAND...: who polls the attribute is woken by what the command does
wakes() {
	local file=$1 poller
	shift
	python3 - "$file" "$_scratch/polling" <<-'END' &
		import os, select, sys
		file = os.open(sys.argv[1], os.O_RDONLY)
		os.read(file, 4096)
		open(sys.argv[2], "w").close()
		poll = select.poll()
		poll.register(file, select.POLLPRI | select.POLLERR)
		sys.exit(not poll.poll(10000))
	END
	poller=$!
	wait_for 50 test -e "$_scratch/polling"
	"$@"
	wait $poller || fail "nobody was woken"
}

# Also while no channel is in use
white_rabbit_changes() {
	begin
	disable "$one"
	wakes "$board/wr_status" put wr "$board/time_source"
	sleep 6
	wakes "$board/wr_status" put 0 "$card/tdc/wr_link"
	echo 1 >"$card/tdc/wr_link"
	echo local >"$board/time_source"
	sleep 3
}

loss_wakes() {
	begin
	fault sequence-gap
	wakes "$one/lost" pulses 100
	end 110 100 10 0
}

pulled() {
	echo 0 >"$card/fmc_present"
	wait_for 5 has_no_board "$card"
	logged "does not answer any more"
	echo 1 >"$card/fmc_present"
	echo 0 >"$card/live"
	plug_active "$card"
	one=$(channel 1)
}

# A transfer that hangs ends with the board: it did not fail
pulled_within_a_transfer() {
	begin
	fault dma-stuck
	train 0 100 10000000 1000000
	wait_for 5 struck dma-stuck
	echo 1 >"$card/yank"
	wait_for 5 has_no_board "$card"
	if logged "DMA (failed|of)"; then fail "it is said to have failed"; fi
	no_faults "$card"
	plug_active "$card"
	one=$(channel 1)
	pci=/sys/bus/pci/devices/$(cat "$card/pci_address")
}

mezzanine_pulled() {
	begin
	train 0 0 10000000 1000000
	sleep 0.05
	pulled
	pulled # nobody has used it
}

plan 53
testcase " 1 a DMA error is counted, and what it lost" transfer_fails dma-error
testcase " 1 DMA that always fails stops the board" transfers_always_fail
testcase " 1 resets that help may be many" resets_help
testcase " 1 a failure while the board is stopped is no reason for one more reset" fails_while_stopped
testcase " 2 a DMA abort is counted, and what it lost" transfer_fails dma-aborted
testcase " 3 DMA that never ends is ended" transfer_fails dma-stuck
testcase " 4 the end of a transfer is seen without its interrupt" dma_irq_lost
testcase " 5 a DMA interrupt that comes early is not taken for the end" dma_irq_early
testcase " 7 the buffers are given anew when the next one was invalid" next_invalid
testcase " 8 a switch that does not complete restarts the channel" never_done
testcase " 8 three in a row are borne, the session goes on" never_done_three_times
testcase " 8 the fourth stops the channel, and who reads is told" never_done_for_good
testcase " 8 who reads from a channel that was stopped gets what was there before" rest_is_read
testcase " 9 a count beyond the buffer is not believed" count_wrong count-too-large
testcase " 9 nor is garbage" count_wrong count-garbage
testcase "11 timestamps are served without their interrupt" irq_lost
testcase "11 an interrupt has its time to come" irq_has_its_time
testcase "12 a spurious interrupt of the bridge is nobody's" harmless irq-spurious
testcase "12 a spurious interrupt of the controller does nothing" harmless vic-spurious
testcase "13 a level that stands for nothing is silenced, its channel looked at" stuck_level
testcase "13 services for nothing count in a row" stuck_now_and_then
testcase "14 a vector that nobody uses is counted, and nothing is lost" bad_vector
testcase "18 an engine that hangs is restarted" engine_stuck
testcase "23 noise below the filter's limit is not counted" noise
testcase "24 a duplicate is tagged, or dropped" duplicate
testcase "25 a missing falling edge leaves no trace" missing_edge missing-falling-edge
testcase "25 nor does a missing rising edge" missing_edge missing-rising-edge
testcase "26 a record 131 us late is suspected" rollover rollover-plus
testcase "26 a record 131 us early is suspected" rollover rollover-minus
testcase "27 an outlier passes" outlier
testcase "28 an impossible time is rejected" rejected coarse-invalid
testcase "29 another channel's record is rejected" rejected channel-wrong
testcase "29 a falling edge's record is rejected" rejected slope-wrong
testcase "30 the sequence wraps without loss" sequence_wraps
testcase "31 a gap in the sequence is loss" gap
testcase "32 a session begins with its own first timestamp" no_stale
testcase "32 what comes while a switch fails is of no session" never_done_under_pulses
testcase "   what was taken before the end of a session is delivered" tail_comes
testcase "   what a slow reader misses is counted and flagged" reader_too_slow
testcase "33 seconds are read right while they step" second_edge
testcase "36 time is uncertain after White Rabbit was switched on" white_rabbit_toggled
testcase "35 White Rabbit lost is flagged, and nothing else" white_rabbit_lost
testcase "35 who polls wr_status is woken, also while nobody captures" white_rabbit_changes
testcase "31 who polls the counter of losses is woken" loss_wakes
testcase "46 an interrupt of the shared line that is another's is left to it" not_ours
testcase "47 a transfer that the host refuses is a failed transfer" host_refuses
testcase "51 a timeout that would be a storm, or too long, is refused" timeout_out_of_range
testcase "52 a timeout is not changed while the hardware counts it" timeout_while_running
testcase "38 a board that is pulled within a transfer is gone, the transfer did not fail" pulled_within_a_transfer
testcase "44 a mezzanine that is pulled is detached, also when it was never used" mezzanine_pulled
testcase "54 records that the hardware did not write are rejected" unwritten
testcase "54 a transfer that brings half is noticed" short_transfer
testcase "   the driver did nothing that the manual forbids" is 0 "$card/violations"
