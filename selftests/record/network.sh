#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A network card of QEMU's is recorded under the distribution's driver, and replayed up to where DMA ends it.
# where: qemu-devices
# extended: qemu-devices
# time: long
. "$(dirname "$0")/../lib.sh"

need python3 lspci ip
. "$(dirname "$0")/pci.sh"
load vhw-record
load vhw-replay
defer unload 8139cp vhw-record vhw-replay vhw

# Up to where DMA ends it: the address is right and the interface comes up; no frame can come or go
rtl8139() {
	local device file=$OUT/rtl8139.rec
	device=$(address_of 10ec:8139)
	[ -n "${NETWORK_DRIVERS:-}" ] || skip "the kernel's drivers of network cards could not be got"
	modprobe mii
	insmod "$NETWORK_DRIVERS/8139cp.ko"
	vhwctl record -o "$file" "$device" -- bash -e -c 'ip link set eth0 up; ip link set eth0 down'
	without_driver "$device"
	vhwctl show-recording "$file" | grep -F '(DMA)'
	# the divergences are addresses of memory, and that is said
	vhwctl replay "$file" -- bash -e -c "
		ip link show eth0; ip link set eth0 up; ip link set eth0 down; echo 'it came up'" | tee "$OUT/said" || true
	grep -q 52:54:00:12:34:56 "$OUT/said"
	grep -qx 'it came up' "$OUT/said"
	grep '^first divergence: line [0-9]*: write of ' "$OUT/said"
	grep 'by DMA is not in the recording' "$OUT/said"
	rmmod 8139cp
}

plan 1
testcase "a network card is recorded and replayed up to where DMA ends it" rtl8139
