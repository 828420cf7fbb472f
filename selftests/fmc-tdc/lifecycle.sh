#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boards and drivers come and go, in the midst of everything.
# where: time-travel
# extended: time-travel
# time: long
. "$(dirname "$0")/common.sh"

load_spec buffer_records=524288
defer unload_spec
new_card lifecycle
defer remove_card "$card"
plug_active "$card" || skip "the board did not come up"
driver=/sys/bus/auxiliary/drivers/fmc-tdc
[ -d "$driver" ] || driver=/sys/bus/auxiliary/drivers/fmc_tdc.fmc-tdc

rebind() {
	local name
	name=${board##*/}
	echo "$name" >"$driver/unbind"
	has_no_board "$card"
	echo "$name" >"$driver/bind"
	has_board "$card"
}

gives_timestamps() {
	local ch
	wait_for 20 is_active
	ch=$(channel 2)
	enable "$ch"
	train 1 50 1000000 200000
	finished 1
	disable "$ch"
	[ "$(drain "$ch" | wc -l)" -eq 50 ] || fail "no timestamps"
	balanced "$ch"
}

# In each phase of the engine: waiting for a second, settling, active, capturing
rebind_in_each_phase() {
	local pause
	for pause in 0 0.3 1.2 2.5 3.05 3.2; do
		rebind
		sleep "$pause"
	done
	rebind
	gives_timestamps
	enable "$(channel 1)"
	train 0 0 1000000 200000
	sleep 0.05
	rebind
	echo 0 >"$card/input0/train/run"
	gives_timestamps
}

reader_gets_enodev() {
	local status=0
	enable "$(channel 1)" 100
	python3 - "/dev/$(basename "$(channel 1)")" <<-'END' &
		import errno, os, select, sys
		file = os.open(sys.argv[1], os.O_RDONLY)
		try:
		    while os.read(file, 16):
		        pass
		except OSError as error:
		    sys.exit(0 if error.errno == errno.ENODEV else 1)
		sys.exit(2)
	END
	sleep 1
	"$@"
	wait $! || status=$?
	[ "$status" -eq 0 ] || fail "the reader ended with status $status"
}

unbind() { echo "${board##*/}" >"$driver/unbind"; }

unbound_while_reading() {
	reader_gets_enodev unbind
	echo "${board##*/}" >"$driver/bind"
	gives_timestamps
}

yank() {
	echo 1 >"$card/yank"
}

yanked_while_reading() {
	train 0 0 5000000 1000000
	reader_gets_enodev yank
	has_no_board "$card"
	echo 1 >"$card/live" 2>/dev/null || { echo 0 >"$card/live" && echo 1 >"$card/live"; }
	plug_again
	gives_timestamps
}

plug_again() {
	wait_for 10 has_board "$card"
	board=$(board_of "$card")
	pci=${board%/*}
}

# Pulled at arbitrary moments of a busy capture, some of them within a DMA transfer
yanked_at_any_moment() {
	local n
	for n in 11 23 37 41 53 67; do
		plug_again
		wait_for 20 is_active
		enable "$(channel 1)" 1000
		enable "$(channel 3)" 1000
		train 0 0 1000000 200000
		train 2 0 1300000 200000
		sleep 0.0$n
		yank
		echo 1 >"$card/live" 2>/dev/null || { echo 0 >"$card/live" && echo 1 >"$card/live"; }
	done
	plug_again
	gives_timestamps
}

two_boards() {
	local first=$board second=$vhw/second a b
	mkdir "$second"
	echo 1 >"$second/live"
	wait_for 10 has_board "$second"
	b=$(board_of "$second")
	wait_for 20 is_active "$b"
	wait_for 20 is_active "$first"
	[ "$(cat "$(channel 1 "$first")/label")" != "$(cat "$(channel 1 "$b")/label")" ]
	enable "$(channel 1 "$first")" 2000
	enable "$(channel 1 "$b")" 2000
	train 0 1000 1000000 200000
	card=$second train 0 500 1000000 200000
	finished 0
	card=$second finished 0
	disable "$(channel 1 "$first")"
	disable "$(channel 1 "$b")"
	a=$(drain "$(channel 1 "$first")" | wc -l)
	[ "$a" -eq 1000 ] || fail "$a of 1000 on the first board"
	a=$(drain "$(channel 1 "$b")" | wc -l)
	[ "$a" -eq 500 ] || fail "$a of 500 on the second board"
	is 0 "$second/violations"
	echo 0 >"$second/live"
	rmdir "$second"
	gives_timestamps
}

# Modules go and come back; what they leave is as after power on
reload() {
	unload fmc-tdc spec
	load spec
	load fmc-tdc
	plug_again
	gives_timestamps
}

enable_storm() {
	local ch n
	ch=$(channel 4)
	train 3 0 3000000 200000
	for ((n = 0; n < 100; n++)); do
		enable "$ch" 1000
		disable "$ch"
	done
	echo 0 >"$card/input3/train/run"
	balanced "$ch"
	gives_timestamps
}

suspends() {
	[ -w /sys/power/pm_test ] || skip "this kernel has no pm_test"
	enable "$(channel 2)" 1000
	echo devices >/sys/power/pm_test
	echo freeze >/sys/power/state
	echo none >/sys/power/pm_test
	is starting "$board/engine_state"
	wait_for 20 is_active
	train 1 50 1000000 200000
	finished 1
	sleep 0.1
	disable "$(channel 2)"
	[ "$(drain "$(channel 2)" | wc -l)" -eq 50 ]
	gives_timestamps
}

plan 9
testcase "the driver can be unbound and bound in each phase of the engine" rebind_in_each_phase
testcase "whoever reads gets ENODEV when the driver is unbound" unbound_while_reading
testcase "whoever reads gets ENODEV when the board is pulled" yanked_while_reading
testcase "the board can be pulled in the midst of transfers" yanked_at_any_moment
testcase "two boards keep apart" two_boards
testcase "modules can be unloaded and loaded" reload
testcase "a channel can be enabled and disabled a hundred times under pulses" enable_storm
testcase "a channel in use goes on after a suspend" suspends
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
