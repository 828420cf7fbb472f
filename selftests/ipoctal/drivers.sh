#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The driver matrix on the virtual board: each of bus, carrier and serial driver ours or the kernel's own, unmodified.
# KERNELS_DRIVERS=DIRECTORY holds those (make check builds them from Debian's kernel source). Every stack carries data.
# On QEMU's board: ../ipack/qemu-board.sh.
# where: uml qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

need python3 lspci
[ -d "${KERNELS_DRIVERS:-}" ] || skip "KERNELS_DRIVERS names no directory"
virtual_only

defer unload vhw-tpci200 vhw
defer remove_board matrix
defer unload_drivers
new_board matrix ipoctal232 "null-modem matrix/0/1" - loopback || skip "no virtual board here"

# whose MODULE ours|kernels: is it that one? Ours say a version.
whose() {
	case $2 in
	ours) is "$(modinfo -F version "$1")" "/sys/module/$1/version" ;;
	*) [ -d "/sys/module/$1" ] && [ ! -e "/sys/module/$1/version" ] ;;
	esac
}

received() { cat "$vhw/matrix/slot0/line$1/received"; }

carries_data() { # IPACK TPCI200 IPOCTAL
	local near far
	load_stack "$@"
	whose ipack "$1"
	whose tpci200 "$2"
	whose ipoctal "$3"
	power_on matrix
	lspci -k -d 1498:30c8 | grep "driver in use: tpci200"
	is 0xf0 "$(device matrix)/id_vendor"
	near=$(received 0) far=$(received 1)
	"$serial" plain "$(nodes matrix)0" "$(nodes matrix)1" 120
	# and the cable saw it
	[ $(($(received 0) - near)) -eq 120 ]
	[ $(($(received 1) - far)) -eq 120 ]
	put 0 "$vhw/matrix/live"
	[ -z "$(find /dev -name 'ipoctal.*')" ]
	unload_drivers
}

plan 8
for ipack in ours kernels; do
	for tpci200 in ours kernels; do
		for ipoctal in ours kernels; do
			testcase "data both ways: ipack $ipack, tpci200 $tpci200, ipoctal $ipoctal; our board" \
				carries_data $ipack $tpci200 $ipoctal
			[ ! -d "$vhw/matrix" ] || echo 0 >"$vhw/matrix/live"
			unload_drivers
		done
	done
done
