#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Boards and drivers come and go, in the midst of everything. The numbers are rows of the fault catalogue.
# where: time-travel debug qemu
# extended: debug qemu
# time: long
. "$(dirname "$0")/common.sh"

ready_card lifecycle

unbind() {
	echo "${board##*/}" >"$driver/unbind"
	has_no_board "$card"
	is 0x000000 "$card/tdc/input_enable"
}

rebind() {
	unbind
	echo "${board##*/}" >"$driver/bind"
	has_board "$card"
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
	gives_timestamps
}

# reader_gets_enodev COMMAND...: who waits in read() when the command comes is told
reader_gets_enodev() {
	local reader status=0
	at_rest
	enable "$(channel 1)" 100
	python3 - "/dev/$(basename "$(channel 1)")" "$_scratch/opened" <<-'END' &
		import errno, os, sys
		file = os.open(sys.argv[1], os.O_RDONLY)
		open(sys.argv[2], "w").close()
		try:
		    while os.read(file, 16):
		        pass
		except OSError as error:
		    sys.exit(0 if error.errno == errno.ENODEV else 1)
		sys.exit(2)
	END
	reader=$!
	wait_for 50 test -e "$_scratch/opened"
	sleep 0.1
	"$@"
	wait $reader || status=$?
	[ "$status" -eq 0 ] || fail "the reader ended with status $status"
}

unbound_while_reading() {
	reader_gets_enodev unbind
	gives_timestamps
}

yank() { echo 1 >"$card/yank"; }

yanked_while_reading() {
	at_rest
	train 0 0 5000000 1000000
	reader_gets_enodev yank
	has_no_board "$card"
	gives_timestamps
}

# Pulled at arbitrary moments of a busy capture, some of them within a DMA transfer
yanked_at_any_moment() {
	local n
	for n in 11 23 37 41 53 67; do
		at_rest
		until_active "$board"
		enable "$(channel 1)" 1000
		enable "$(channel 3)" 1000
		train 0 0 1000000 200000
		train 2 0 1300000 200000
		sleep 0.0$n
		yank
	done
	gives_timestamps
}

two_boards() {
	local first second=$vhw/second a b
	at_rest
	first=$board
	[ -d "$second" ] || mkdir "$second"
	echo 1 >"$second/live"
	wait_for 10 has_board "$second"
	b=$(board_of "$second")
	until_active "$b"
	until_active "$first"
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

# What a trace of all writes leaves enabled, or never enabled: interrupts of the mezzanine, lines of the carrier, outputs
# of the bridge
enabled_by() {
	python3 - "$1" <<-'PYTHON'
		import re, sys
		enable, disable = {0x23004: "mezzanine", 0x108: "carrier"}, {0x23000: "mezzanine", 0x10c: "carrier"}
		now, ever = {}, {"mezzanine": 0, "carrier": 0, "bridge0": 0}
		for match in re.finditer(r"vhw_write: .* BAR(\d)\+(\w+) size=4 value=(\w+)", open(sys.argv[1]).read()):
		    bar, offset, value = (int(text, 0) for text in match.groups())
		    if bar == 0 and offset in enable:
		        name = enable[offset]
		        now[name] = now.get(name, 0) | value
		    elif bar == 0 and offset in disable:
		        name = disable[offset]
		        now[name] = now.get(name, 0) & ~value
		    elif bar == 4 and 0x820 <= offset < 0x840:
		        name = f"bridge{(offset - 0x820) // 4}"
		        now[name] = value
		    else:
		        continue
		    ever[name] = ever.get(name, 0) | now[name]
		print(*[f"{name}={value:#x}" for name, value in now.items() if value],
		      *[f"{name} never" for name in ("mezzanine", "carrier", "bridge0") if not ever[name]])
	PYTHON
}

# Modules go and come back; what they leave is as after power on, and nothing interrupts any more
reload() {
	local tracing=/sys/kernel/tracing left
	unload fmc-tdc spec
	echo >$tracing/trace
	put 1 $tracing/events/vhw/vhw_write/enable
	load spec
	load fmc-tdc
	gives_timestamps
	unload fmc-tdc spec
	put 0 $tracing/events/vhw/vhw_write/enable
	cat $tracing/trace >"$OUT/reload.trace"
	echo >$tracing/trace
	left=$(enabled_by "$OUT/reload.trace")
	[ -z "$left" ] || fail "left enabled: $left"
	load spec
	load fmc-tdc
	gives_timestamps
}

enable_storm() {
	local ch n
	at_rest
	ch=$(channel 4)
	enable "$ch" 1000
	disable "$ch"
	train 3 0 3000000 200000
	for ((n = 0; n < 100; n++)); do
		echo 1 >"$ch/buffer/enable"
		echo 0 >"$ch/buffer/enable"
	done
	echo 0 >"$card/input3/train/run"
	balanced "$ch"
	gives_timestamps
}

# A board that loses power in its sleep comes back as it was: what was set is set, who captured goes on
suspends() {
	local ch irqs_lost
	at_rest
	ch=$(channel 2)
	until_active "$board"
	echo 50 >"$(channel 3)/termination"
	echo 1234 >"$ch/in_timestamp_calibbias"
	enable "$ch" 1000
	train 1 10 1000000 200000
	finished 1
	echo 1 >"$card/suspend"
	is starting "$board/engine_state"
	until_active "$board"
	irqs_lost=$(cat "$board/irqs_lost")
	train 1 50 1000000 200000
	finished 1
	sleep 0.3
	# who has no time may be late
	[ "${WHERE:-}" != time-travel ] || is "$irqs_lost" "$board/irqs_lost"
	disable "$ch"
	[ "$(drain "$ch" | wc -l)" -eq 60 ]
	balanced "$ch"
	is 50 "$(channel 3)/termination"
	is "$(printf '0x%06x' $((0x80 | 1 << 2)))" "$card/tdc/input_enable"
	echo 2000 >"$(channel 3)/termination"
	echo 0 >"$ch/in_timestamp_calibbias"
}

# In each phase of the engine, and while pulses come
suspends_in_each_phase() {
	local pause
	for pause in 0 0.3 1.2 2.5 3.2; do
		at_rest
		sleep "$pause"
		echo 1 >"$card/suspend"
	done
	at_rest
	until_active "$board"
	enable "$(channel 1)" 1000
	train 0 0 1000000 200000
	for pause in 0 0.01 0.03; do
		sleep "$pause"
		echo 1 >"$card/suspend"
	done
	gives_timestamps
}

# The EEPROM is read and written through i2c-ocores and at24, which slept as well
suspends_the_bus() {
	at_rest
	cmp "$(echo "$board"/../ocores-i2c*/i2c-*/*-0050/eeprom)" "$card/eeprom/image"
	echo 1 >"$card/suspend"
	cmp "$(echo "$board"/../ocores-i2c*/i2c-*/*-0050/eeprom)" "$card/eeprom/image"
}

plan 11
testcase "the driver can be unbound and bound in each phase of the engine" rebind_in_each_phase
testcase "whoever reads gets ENODEV when the driver is unbound" unbound_while_reading
testcase "38 whoever reads gets ENODEV when the board is pulled" yanked_while_reading
testcase "the board can be pulled in the midst of transfers" yanked_at_any_moment
testcase "two boards keep apart" two_boards
testcase "modules can be unloaded and loaded" reload
testcase "a channel can be enabled and disabled a hundred times under pulses" enable_storm
testcase "48 a channel in use goes on after a suspend, and settings stay" suspends
testcase "the board can be suspended in each phase of the engine" suspends_in_each_phase
testcase "the EEPROM can be read after a suspend" suspends_the_bus
testcase "the driver did nothing that the manual forbids" is 0 "$card/violations"
