#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Devices of QEMU's that were recorded on a stock kernel (selftests/record) are replayed where they are not.
# Not under debugging: CONFIG_DEBUG_SHIRQ calls handlers for nothing, which nobody recorded.
# where: uml time-travel qemu
# processors: one
. "$(dirname "$0")/../lib.sh"

need python3
here=$(readlink -f "$(dirname "$0")/..")
recordings=$here/replay/recordings
PATH=$here/../tools:$PATH
replayed=/sys/kernel/config/vhw/replay/replay0
scratch=$(mktemp -d)
load vhw-replay
defer rm -rf "$scratch"
defer unload vhw-edu-driver i6300esb vhw-replay vhw

# session TEXT RECORDING COMMAND...: replays it without a divergence, and says so and TEXT
session() {
	local text=$1 recording=$2
	shift 2
	vhwctl replay --strict "$recordings/$recording" -- "$@" | tee "$scratch/said"
	grep -qx "$text" "$scratch/said"
	grep -q ' 0 divergences' "$scratch/said"
}

computes() {
	load vhw-edu-driver
	session '6 120 5040 3628800 ' edu.rec bash -ec "
		device=/sys/bus/pci/devices/\$(cat $replayed/pci_address)
		for n in 3 5 7 10; do echo \$n >\$device/factorial; cat \$device/factorial; done | tr '\\n' ' '; echo"
	rmmod vhw-edu-driver
}

watches() {
	modprobe i6300esb 2>/dev/null || skip "this kernel brings no i6300esb driver"
	session 'fed' i6300esb.rec "$here/record/watchdog" 5
	rmmod i6300esb
}

plan 2
testcase "the edu device computes, and interrupts by message" computes
testcase "the kernel's watchdog driver feeds a 6300ESB" watches
