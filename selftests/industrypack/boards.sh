# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# For selftests that make virtual TPCI200 boards; sourced after lib.sh.
boards=/sys/kernel/config/vhw/tpci200
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
# shellcheck disable=SC2034
serial=$here/serial.py

# Rates at which a driver can follow: four characters of slack must outlast the moments in which an emulated processor
# stands still. SERIAL_BAUD is for whoever does not say, fast_baud for whoever wants more.
export SERIAL_BAUD=9600
fast_baud=38400
if [ "${WHERE:-}" = qemu ]; then
	SERIAL_BAUD=1200
	# shellcheck disable=SC2034
	fast_baud=2400
fi

# make_board NAME [ATTRIBUTE=VALUE...]: mkdir, attributes; not yet live. Gone when the script ends
make_board() {
	local name=$1 setting
	shift
	mkdir "$boards/$name" || return
	defer remove_board "$name"
	for setting; do
		put "${setting#*=}" "$boards/$name/${setting%%=*}" || return
	done
}

# remove_board NAME: if it is still there
remove_board() {
	[ ! -d "$boards/$1" ] || rmdir "$boards/$1"
}

go_live() { put 1 "$boards/$1/live"; }
go_dark() { put 0 "$boards/$1/live"; }

# tty_of BOARD SLOT CHANNEL: the driver's node of a channel of a live board
tty_of() {
	local bus
	bus=$(basename "$(echo /sys/bus/pci/devices/"$(cat "$boards/$1/pci_address")"/ipack-dev.*."$2")")
	bus=${bus#ipack-dev.}
	echo "/dev/ipoctal.${bus%.*}.$2.$3"
}

# far_tty BOARD SLOT CHANNEL: the node of a tty peer
far_tty() { echo "/dev/$(cat "$boards/$1/slot$2/line$3/tty")"; }

# no_violations BOARD...: no driver has done what the manuals forbid
no_violations() {
	local board
	for board; do
		is 0 "$boards/$board/violations"
	done
}

# boards_and_drivers: load both, for the whole script
boards_and_drivers() {
	need python3
	load vhw-tpci200
	defer unload vhw-tpci200 vhw
	load ipack && load tpci200 && load ipoctal
	defer unload ipoctal tpci200 ipack
}
