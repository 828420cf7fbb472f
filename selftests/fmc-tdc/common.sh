# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# What the tests of spec and fmc-tdc share.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

tools=$(realpath "$(dirname "${BASH_SOURCE[0]}")/../../tools")
export PYTHONPATH=$tools PYTHONDONTWRITEBYTECODE=1
vhw=/sys/kernel/config/vhw/spec
driver=/sys/bus/auxiliary/drivers/fmc_tdc.fmc-tdc

# load_spec [PARAMETER=VALUE...]: the drivers; parameters are fmc-tdc's
load_spec() {
	load vhw-spec
	load i2c-ocores
	# the adapter gives each message a second, in which a busy machine may not get through 128 bytes
	load at24 io_limit=16 write_timeout=2000
	load spec
	load fmc-tdc "$@"
}

unload_spec() { unload fmc-tdc spec vhw-spec; }

# new_card NAME: a virtual board without power; its directory is $card
new_card() {
	card=$vhw/$1
	mkdir "$card"
	put fmc-tdc "$card/fmc"
}

remove_card() {
	[ ! -d "$1" ] || {
		echo 0 >"$1/live" 2>/dev/null
		rmdir "$1"
	}
}

# find_board CARD: $found is the device of its mezzanine, once the driver has bound. Without a process: it is polled
find_board() {
	local address
	read -r address <"$1/pci_address" || return
	for found in "/sys/bus/pci/devices/$address"/spec.fmc-tdc.*; do
		[ -e "$found/engine_state" ]
		return
	done
}

board_of() { find_board "$1" && echo "$found"; }
has_board() { find_board "$1"; }
has_no_board() { ! find_board "$1"; }

# plug CARD: power on; wait until its driver has bound. $pci and $board are its devices
plug() {
	echo 1 >"$1/live"
	# shellcheck disable=SC2034 # for the tests
	pci=/sys/bus/pci/devices/$(cat "$1/pci_address")
	wait_for 10 has_board "$1" || return
	board=$(board_of "$1")
}

# is_active BOARD: its engine takes timestamps
is_active() { holds active "$1/engine_state"; }

# until_active BOARD: an engine takes three seconds to start; to look earlier would only cost the machine's time
until_active() {
	is_active "$1" || sleep 3
	wait_for 20 is_active "$1"
}

plug_active() {
	plug "$1" && until_active "$board"
}

# ready_card NAME [PARAMETER=VALUE...]: a virtual board that takes timestamps, until the script ends
ready_card() {
	load_spec "${@:2}"
	defer unload_spec
	new_card "$1"
	defer remove_card "$card"
	plug_active "$card" || fail "the board did not come up"
}

# channel N [BOARD]: directory of the IIO device
channel() {
	local device name
	for device in "${2:-$board}"/iio:device*; do
		read -r name <"$device/name"
		[ "$name" != "fmc-tdc-ch$1" ] || echo "$device"
	done
}

# enable CHANNEL-DIRECTORY [LENGTH]: all of the scan, and the buffer
enable() {
	local element
	for element in in_count0 in_count1 in_count2 in_timestamp; do
		echo 1 >"$1/scan_elements/${element}_en"
	done
	echo "${2:-4096}" >"$1/buffer/length"
	echo 1 >"$1/buffer/enable"
}

disable() { echo 0 >"$1/buffer/enable"; }

# drain CHANNEL-DIRECTORY: what is in the buffer, as lines "sequence subns flags ns"
drain() {
	python3 - "/dev/${1##*/}" <<-'END'
		import os, sys, tdclib
		file = os.open(sys.argv[1], os.O_RDONLY | os.O_NONBLOCK)
		while True:
		    try:
		        data = os.read(file, 65536)
		    except BlockingIOError:
		        break
		    if not data:
		        break
		    for sample in tdclib.SCAN.iter_unpack(data):
		        print(*sample)
	END
}

count() {
	local value
	read -r value <"$1/$2" && echo "$value"
}

# balanced CHANNEL-DIRECTORY: received = delivered + lost + rejected
balanced() {
	local received delivered lost rejected
	received=$(count "$1" received) delivered=$(count "$1" delivered)
	lost=$(count "$1" lost) rejected=$(count "$1" rejected)
	[ "$received" -eq $((delivered + lost + rejected)) ] ||
		fail "received $received is not delivered $delivered + lost $lost + rejected $rejected"
}

# train INPUT COUNT PERIOD-PS WIDTH-PS [START]: a pulse train on $card
train() {
	local dir=$card/input$1/train
	echo 0 >"$dir/run"
	echo "$2" >"$dir/count"
	echo "$3" >"$dir/period"
	echo "$4" >"$dir/width"
	echo "${5:-+100000000}" >"$dir/run"
}

has_run() { holds 0 "$card/input$1/train/run"; }

# finished INPUT [SECONDS]: its train is over
finished() { wait_for "${2:-20}" has_run "$1"; }

# fault NAME [TIMES]: strikes at each opportunity, so many times (-1: always)
fault() {
	find_fault "$card" "$1" || return
	echo "${2:-1}" >"$fault_dir/times"
	echo 100 >"$fault_dir/probability"
}

struck() { fault_struck "$card" "$1"; }

# at_rest: whatever happened before, the board $card is there, with its driver, and quiet
at_rest() {
	local input
	holds 1 "$card/live" || echo 1 >"$card/live"
	wait_for 10 has_device
	[ -e "$device/engine_state" ] || echo "${device##*/}" >"$driver/bind"
	wait_for 10 has_board "$card"
	board=$(board_of "$card")
	for input in 0 1 2 3 4; do
		echo 0 >"$card/input$input/train/run"
		echo 0 >"$(channel $((input + 1)))/buffer/enable"
	done
}

has_device() {
	device=$(echo "/sys/bus/pci/devices/$(cat "$card/pci_address")"/spec.fmc-tdc.*)
	[ -e "$device" ]
}

# captures CHANNEL COUNT: so many pulses become so many timestamps, and the accounts balance
captures() {
	local ch
	until_active "$board"
	ch=$(channel "$1")
	enable "$ch"
	train $(($1 - 1)) "$2" 1000000 200000
	finished $(($1 - 1))
	disable "$ch"
	[ "$(drain "$ch" | wc -l)" -eq "$2" ] || fail "not $2 timestamps"
	balanced "$ch"
}

# whatever happened before, the board works
gives_timestamps() {
	at_rest
	captures 2 50
}
