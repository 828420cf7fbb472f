#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# QEMU's TPCI200 with an IP-Octal, as it was recorded on a stock 6.12 under our drivers and under the kernel's own (by
# selftests/record/tpci200.sh), is replayed where it is not: probe, eight ttys, 1000 characters.
# Not under debugging: CONFIG_DEBUG_SHIRQ calls handlers for nothing, which nobody recorded.
# where: uml time-travel qemu
# extended: qemu
. "$(dirname "$0")/../lib.sh"

need python3
BOARD=
. "$(dirname "$0")/../ipoctal/board.sh"
here=$(readlink -f "$(dirname "$0")/..")
PATH=$here/../tools:$PATH
load vhw-replay
defer unload vhw-replay vhw
defer unload_drivers

# What was recorded had a peer that answers in the other case
converses() { # WHOSE
	[ "$1" = ours ] || [ -d "${KERNELS_DRIVERS:-}" ] || skip "KERNELS_DRIVERS names no directory"
	load_stack "$1" "$1" "$1"
	vhwctl replay --strict "$here/replay/recordings/tpci200-$1.rec.xz" -- bash -ec "
		for i in {1..100}; do [ ! -c /dev/ipoctal.0.0.7 ] || break; sleep 0.1; done
		$here/record/talk /dev/ipoctal.0.0. 8 125" | tee "$_scratch/said"
	grep -qx 'heard 1000' "$_scratch/said"
	grep -q ' 0 divergences' "$_scratch/said"
	unload_drivers
}

plan 2
testcase "our drivers talk on eight lines, 1000 characters, to the last one" converses ours
testcase "so do the kernel's own" converses kernels
