#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# QEMU's own TPCI200 with an IP-Octal 232, under our drivers and under the kernel's. A peer on the host answers every
# character with itself in the other case and keeps what it received, so both ends of each line are checked.
# where: qemu-board
. "$(dirname "$0")/../lib.sh"
need lspci python3

unload_all() { unload ipoctal tpci200 ipack; }
defer unload_all

with_ours() {
	load ipoctal
	load tpci200
}

with_the_kernels() {
	[ -d "${KERNELS_DRIVERS:-}" ] || skip "KERNELS_DRIVERS names no directory"
	insmod "$KERNELS_DRIVERS/ipack.ko"
	insmod "$KERNELS_DRIVERS/ipoctal.ko"
	insmod "$KERNELS_DRIVERS/tpci200.ko"
}

board_is_there() { lspci -n -d 1498:30c8 | grep .; }

drivers_bind() {
	"$1"
	wait_for 5 test -c /dev/ipoctal.0.0.7
	[ "$(find /dev -name 'ipoctal.*' | wc -l)" -eq 8 ]
}

# 800 characters a line, different on each line and from one driver to the next
both_ends_agree() {
	"$(dirname "$0")/converse" "$1" "$OUT" "$2" /dev/ipoctal.0.0.{0..7}
}

plan 7
testcase "QEMU's board is on the bus" board_is_there
testcase "our drivers bind to it" drivers_bind with_ours
testcase "eight lines carry text both ways under our drivers" both_ends_agree ours 16
testcase "our drivers let go of it" unload_all
testcase "the kernel's drivers bind to it" drivers_bind with_the_kernels
testcase "eight lines carry text both ways under the kernel's drivers" both_ends_agree theirs 3
testcase "the kernel's drivers let go of it" unload_all
