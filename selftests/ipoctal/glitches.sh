#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Hardware that fails for a moment: what is mended, and that nothing else is lost with it.
# where: time-travel
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 tty loopback
defer remove_board board1
new_board board1 ipoctal485 "bus x" "bus x" "bus x" none
power_on board1
glitches=$(dirname "$0")/glitches.py
faults=$vhw/board0/faults
restored=$(device board0)/registers_restored
timeouts=$carrier/slot0/timeouts
echo 0 >"$vhw/board0/fault_target"
echo 0 >"$vhw/board1/fault_target"
tracing=/sys/kernel/tracing

still() { no_fault "${2:-board0}" "$1"; }

drain_reset() {
	"$glitches" drain-reset "${tty}1" "$faults"
	still module-reset
}

drain_stuck() {
	"$glitches" drain-stuck "${tty}1" "$vhw/board0/slot0/ipoctal/faults"
	still tx-stuck
	logged "channel 1: transmitter stuck"
	"$serial" loop 9600 100 "${tty}1"
}

slow() {
	"$glitches" slow "${tty}2" 5
	"$glitches" slow "${tty}2" 2
	if logged "stuck"; then fail "a slow transmitter is called stuck"; fi
}

held() {
	"$glitches" held "$near" "$far"
	if logged "stuck"; then fail "it is called stuck"; fi
}

# With a watchdog for receivers: a character that takes five seconds is no silence
slow_receiver() {
	put 1 /sys/module/ipoctal/parameters/rx_watchdog
	"$glitches" slow "${tty}2" 2
	put 0 /sys/module/ipoctal/parameters/rx_watchdog
}

five_bits() {
	"$glitches" five-bits "${tty}1" "$faults" "$restored"
	still module-reset
}

all_restored() {
	"$glitches" restored "$near" "$far" "$faults" "$restored"
	still module-reset
}

bus_is_free() {
	local bus sequence
	bus=$(nodes board1)
	echo 1 >$tracing/events/vhw_serial/vhw_serial_driver/enable
	"$glitches" bus-is-free "${bus}0" "${bus}1" "${bus}2" "$vhw/board1/faults"
	still module-reset board1
	echo 0 >$tracing/events/vhw_serial/vhw_serial_driver/enable
	# nobody is left driving: on and off in turn
	sequence=$(grep -o "0/. driver o[nf]*" $tracing/trace | tail -n 4 | tr '\n' ' ')
	[ "$sequence" = "0/0 driver on 0/0 driver off 0/1 driver on 0/1 driver off " ]
}

# test_rates FAULT: the chip's test rates are still in force after it
test_rates() {
	local before
	find_fault "$vhw/board0" "$1"
	before=$(<"$fault_dir/count")
	exec 7<>"${tty}2"
	fault board0 "$1" after 50 times 1
	"$serial" loop 115200 20 "${tty}1" 2>/dev/null || note "what was under way is lost"
	counted "$fault_dir/count" "$before"
	sleep 3
	still "$1"
	exec 7>&-
	"$serial" loop 115200 100 "${tty}1"
	# both ways alike, 115200 may be anything
	"$serial" duration "${tty}1" 115200 2000
}

all_test_rates() {
	unload ipoctal
	load ipoctal brg_test=1
	wait_for 5 test -c "${tty}7"
	test_rates endian-lost
	test_rates module-reset
	unload ipoctal
	load ipoctal
	wait_for 5 test -c "${tty}7"
}

survives() {
	local storms
	storms=$(cat "$carrier/slot0/storms")
	exec 7<>"${tty}5"
	"$glitches" survives "${tty}1" "${tty}3" "$faults" "$timeouts"
	is "$storms" "$carrier/slot0/storms"
	# what was missed is written again, and no more than that
	logged "the chip missed cycles, written again"
	if logged "the chip lost its registers"; then fail "one missed cycle is taken for a reset"; fi
	echo x >&7
	exec 7>&-
}

alone() {
	echo 0/4 >"$vhw/board0/fault_target"
	"$glitches" alone "${tty}4" "${tty}6" "$faults"
	echo 0 >"$vhw/board0/fault_target"
	logged "channel 4 does not answer any more"
}

for_a_moment() {
	echo 0/4 >"$vhw/board0/fault_target"
	"$glitches" for-a-moment "${tty}4" "$faults"
	echo 0 >"$vhw/board0/fault_target"
	if logged "does not answer any more"; then fail "it is given up"; fi
}

module_comes_back() {
	exec 7<>"${tty}1"
	fault board0 no-ack times -1
	wait_for 5 logged "channel 1 does not answer any more"
	exec 7>&-
	still no-ack
	"$serial" loop 9600 200 "${tty}1" "${tty}2" "${tty}7"
}

# A latch that does not clear interrupts for ever
standing_latch() {
	local before
	exec 7<>"${tty}1"
	fault board0 timeout-stuck times -1
	fault board0 no-ack after 5 times 1
	"$serial" loop 9600 50 "${tty}1" 2>/dev/null || note "the glitch may cost a character"
	logged "the timeout status does not clear, masked"
	before=$(interrupts tpci200)
	sleep 5
	[ $(($(interrupts tpci200) - before)) -lt 100 ]
	"$serial" loop 9600 100 "${tty}1"
	still timeout-stuck
	still no-ack
	sleep 3
	before=$(cat "$timeouts")
	fault board0 no-ack times 1
	sleep 3
	still no-ack
	counted "$timeouts" "$before"
	fault board0 timeout-stuck times -1
	fault board0 no-ack times 1
	sleep 3
	still no-ack
	still timeout-stuck
	[ "$(log_since | grep -c "does not clear, masked")" -eq 2 ] || fail "its interrupt was not heard again"
	exec 7>&-
}

# commands CODE COMMAND...: how often channel 0's CR, which is at 5, is given the code meanwhile
commands() {
	local code=$1
	shift
	echo >$tracing/trace
	echo 1 >$tracing/events/vhw/vhw_write/enable
	"$@" >&2
	echo 0 >$tracing/events/vhw/vhw_write/enable
	grep -c "vhw_write: board0 BAR3+0x0005 size=1 value=$code" $tracing/trace
}

# The line is at rest between the reset of the transmitter and the next command: too short to be heard
break_goes_on() {
	local begun
	begun=$(commands 0x60 "$glitches" break-goes-on "$near" "$far" "$faults")
	still module-reset
	[ "$begun" -eq 3 ]
}

# The interrupt of a break's beginning and end is not enabled, but whoever enables it must not find one of long ago. Opening
# and closing give the command as well
break_is_reset() {
	local resets
	exec 7<>"$far"
	resets=$(commands 0x50 "$serial" break "$near" "$far")
	exec 7>&-
	[ "$resets" -eq 3 ]
}

refused_once() {
	"$glitches" no-such-rate "${tty}3"
	[ "$(log_since | grep -c 'channel 3: 115200 bit/s cannot be had')" -eq 1 ]
}

# An interrupt is lost, and before somebody looks too much comes
overfull() {
	fault board0 irq-lost times 1
	fault board0 rx-framing after 1 times 1
	"$serial" overfull "$near" "$far"
	still irq-lost
	still rx-framing
	logged "1 input overrun"
}

kept_manuals() { is 0 "$vhw/board0/violations"; }

plan 20
testcase "tcdrain() returns over a chip that is reset" drain_reset
testcase "tcdrain() returns when the last character is stuck, and it is reported" drain_stuck
testcase "a transmitter at 2 bit/s is slow and not stuck" slow
testcase "nor is a receiver at 2 bit/s deaf" slow_receiver
testcase "a transmitter that CTS or a break holds is not stuck" held
testcase "a chip that is reset is noticed with five data bits" five_bits
testcase "a chip that is reset goes on with all it did" all_restored
testcase "a chip that is reset in its last character gives a two-wire bus back" bus_is_free
testcase "a missed acknowledge is counted and survived, wherever it strikes" survives
testcase "a channel that stays silent is hung up alone, and comes back" alone
testcase "a channel that is silent for a moment goes on" for_a_moment
testcase "a module that answers again comes back by itself" module_comes_back
testcase "a timeout status that does not clear is masked, and heard again" standing_latch
testcase "a break goes on over a flush and a reset of the chip" break_goes_on
testcase "a break is followed by command 50, the reset of its interrupt" break_is_reset
testcase "setserial's spd_ flags work" "$glitches" spd "$near" "$far"
testcase "a rate that cannot be had is logged once" refused_once
testcase "o3 o10 an overrun is told of, and takes no flags along" overfull
testcase "the manuals were kept" kept_manuals
testcase "test rates survive lost byte order and a reset" all_test_rates
