#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The driver matrix on QEMU's own TPCI200 with an IP-Octal 232: bus, carrier and serial driver ours or the kernel's own.
# A peer on the host answers every character with itself in the other case and keeps what it received, so both ends of
# each line are checked.
# where: qemu-board
# processors: one
. "$(dirname "$0")/../lib.sh"
need lspci python3

BOARD=
. "$(dirname "$0")/../ipoctal/board.sh"
defer unload_drivers

board_is_there() { lspci -n -d 1498:30c8 | grep .; }

[ -d "${KERNELS_DRIVERS:-}" ] || skip "KERNELS_DRIVERS names no directory"

converse() { "$(dirname "$0")/converse" "$@" /dev/ipoctal.0.0.{0..7}; }

# 1520 characters a line, different on each line and from one stack to the next
carries_data() { # IPACK TPCI200 IPOCTAL
	load_stack "$@"
	wait_for 5 test -c /dev/ipoctal.0.0.7
	[ "$(find /dev -name 'ipoctal.*' | wc -l)" -eq 8 ]
	if [ "$3" = ours ]; then
		converse "$*" "$OUT" 16
	else
		# No more under way than the chip's FIFO holds. And the kernel's own now and then loses a character that
		# is written while its interrupt finds the queue empty (O7): it gets two more tries.
		converse "$*" "$OUT" 3 || converse "$* again" "$OUT" 3 || converse "$* once more" "$OUT" 3
	fi
	unload_drivers
	[ -z "$(find /dev -name 'ipoctal.*')" ]
}

plan 9
testcase "QEMU's board is on the bus" board_is_there
for ipack in ours kernels; do
	for tpci200 in ours kernels; do
		for ipoctal in ours kernels; do
			testcase "data on eight lines: ipack $ipack, tpci200 $tpci200, ipoctal $ipoctal; QEMU's board" \
				carries_data $ipack $tpci200 $ipoctal
			unload_drivers
		done
	done
done
