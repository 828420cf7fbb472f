# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# A module to test on. Sourced by this directory's scripts, after ../lib.sh.
#
# BOARD=/dev/ipoctal.0.0. in the environment names a real module, with loop-back plugs on all channels; tests that need
# faults or other cables are skipped then. Empty, as usual: make a virtual board.
# REFERENCE_DRIVERS=DIRECTORY: test the kernel's own ipack.ko, tpci200.ko and ipoctal.ko from there instead of ours.

serial=$(dirname "$0")/../ipoctal/serial.py
vhw=/sys/kernel/config/vhw/tpci200
BOARD=${BOARD:-}
REFERENCE_DRIVERS=${REFERENCE_DRIVERS:-}

# load_stack IPACK TPCI200 IPOCTAL: each "ours" or the "kernels" own from KERNELS_DRIVERS
load_stack() {
	local module
	for module in ipack tpci200 ipoctal; do
		case $1 in
		ours) load "$module" || return ;;
		*) insmod "$KERNELS_DRIVERS/$module.ko" || return ;;
		esac
		shift
	done
}

load_drivers() {
	if [ -z "$REFERENCE_DRIVERS" ]; then
		load tpci200 && load ipoctal
	else
		KERNELS_DRIVERS=$REFERENCE_DRIVERS load_stack kernels kernels kernels
	fi
}

unload_drivers() { unload ipoctal tpci200 ipack; }

# virtual_only: end the script (or case) here on real hardware
virtual_only() { [ -z "$BOARD" ] || skip "needs a virtual board"; }

# ours_only: likewise with the kernel's own drivers
ours_only() { [ -z "$REFERENCE_DRIVERS" ] || skip "the kernel's own drivers do not have this"; }

# new_board NAME MODULE PEER...: a board with the module in slot 0, and a peer for each channel (the last one for the rest);
# "-" leaves a channel as it is, which is at the far end of a cable if another one's peer says so
new_board() {
	local name=$1 module=$2 peer=loopback line
	shift 2
	load vhw-tpci200 || return
	mkdir "$vhw/$name" || return
	echo "$module" >"$vhw/$name/slot0/module" || return
	for line in 0 1 2 3 4 5 6 7; do
		if [ $# -gt 0 ]; then
			peer=$1
			shift
		fi
		[ "$peer" = - ] || echo "$peer" >"$vhw/$name/slot0/line$line/peer" || return
	done
}

# power_on NAME: and wait for the node of channel 7
power_on() {
	echo 1 >"$vhw/$1/live" || return
	wait_for 5 test -c "$(nodes "$1")7"
}

# device NAME [SLOT]: sysfs directory of a module
device() { echo "/sys/bus/pci/devices/$(cat "$vhw/$1/pci_address")/ipack-dev."*."${2:-0}"; }

# nodes NAME [SLOT]: its nodes, without the channel
nodes() {
	local path
	path=$(device "$@")
	echo "/dev/ipoctal.${path##*ipack-dev.}."
}

# far NAME CHANNEL: the tty at the other end of a cable
far() { echo "/dev/$(basename "$(cat "$vhw/$1/slot0/line$2/tty")")"; }

# remove_board NAME
remove_board() { [ ! -d "$vhw/$1" ] || rmdir "$vhw/$1"; }

# fault NAME FAULT [after N] [times N]: arm a fault
fault() {
	find_fault "$vhw/$1" "$2" || return
	shift 2
	while [ $# -gt 0 ]; do
		echo "$2" >"$fault_dir/$1" || return
		shift 2
	done
	echo 100 >"$fault_dir/probability"
}

no_fault() { ! find_fault "$vhw/$1" "$2" || echo 0 >"$fault_dir/probability"; }

# one_board MODULE PEER...: a board for the whole script, drivers loaded; sets tty
one_board() {
	defer unload_drivers
	load_drivers || skip "the drivers do not load"
	if [ -n "$BOARD" ]; then
		tty=$BOARD
		return
	fi
	defer unload vhw-tpci200 vhw
	defer remove_board board0
	new_board board0 "$@" || skip "no virtual board here"
	power_on board0 || skip "the board did not come up"
	tty=$(nodes board0)
}

# our_board MODULE PEER...: likewise, for what needs a virtual board and our drivers, as most does. Sets near (channel 0),
# far (the other end of its cable, if its peer is a tty), nodes (all channels) and carrier (the PCI device) as well
# shellcheck disable=SC2034
our_board() {
	need python3
	virtual_only
	ours_only
	one_board "$@"
	nodes=("$tty"{0..7})
	near=${nodes[0]}
	carrier=/sys/bus/pci/devices/$(<"$vhw/board0/pci_address")
	[ "$2" != tty ] || far=$(far board0 0)
}
