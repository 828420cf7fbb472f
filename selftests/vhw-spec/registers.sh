#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The virtual SPEC and FMC TDC without a driver: registers after a reset, and what reads and writes do to interrupts.
# Offsets are numbers, and so not those of the headers that model and drivers share; sections are the manual's.
# where: time-travel
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

load vhw-spec
load vhw-bar-access
defer unload vhw-bar-access vhw-spec
new_board
put 1 "$board/live"
defer put 0 "$board/live"
pci=/sys/bus/pci/devices/$(cat "$board/pci_address")
if [ -e "$pci/driver" ]; then
	put "${pci##*/}" "$pci/driver/unbind"
fi
put vhw-bar-access "$pci/driver_override"
put "${pci##*/}" /sys/bus/pci/drivers/vhw-bar-access/bind

get() { # get BAR OFFSET
	put "$1 $2 4" "$pci/access"
	cat "$pci/access"
}
set_register() { put "$1 $2 4 $3" "$pci/access"; }

# reads BAR OFFSET VALUE SECTION
reads() {
	[ "$(get "$1" "$2")" = "$3" ] || fail "section $4: BAR $1 + $2 reads $(get "$1" "$2"), not $3"
}

after_reset() {
	local i
	reads 4 0xa14 0xffff 1.4 # INT_MASK
	reads 4 0xa20 0x0 1.4
	for ((i = 0x820; i < 0x840; i += 4)); do
		reads 4 "$i" 0x0 1.3
	done
	reads 0 0x000 0x10dc 1.7
	reads 0 0x004 0x53504543 1.7
	reads 0 0x00c 0xfffe0000 1.7
	reads 0 0x020 0x39 1.7
	reads 0 0x040 0x2000 1.7
	reads 0 0x044 0x0 1.7
	reads 0 0x0c4 0x0 1.10 # DMA STAT
	reads 0 0x110 0x0 1.8 # IMR
	reads 0 0x114 0x12345678 1.8
	reads 0 0x2004 0x574e0001 1.7
	sleep 0.1 # the mezzanine's PLL locks
	reads 0 0x2208c 0xc000ffee 2.2
	reads 0 0x22080 0x0 2.2
	reads 0 0x22084 0x0 2.2
	reads 0 0x22090 0x1 2.2
	reads 0 0x22094 0x1 2.2
	reads 0 0x22098 0xa8f5 2.2
	reads 0 0x220ac 0x1 2.2
	reads 0 0x220b4 0x0 2.2
	for i in 0x88 0x9c 0xa4 0xa8; do
		reads 0 $((0x22000 + i)) 0x0 2.2
	done
	reads 0 0x23008 0x0 1.9
	for ((i = 0; i < 5 * 0x40; i += 4)); do
		reads 0 $((0x26000 + i)) 0x0 2.7
	done
}

# A level that is gone leaves its bit of INT_STATUS until it is read, and only then (1.4); with the VIC's output low after
# EOIR for as long as CTL says (1.8)
service() {
	set_register 4 0xa24 0x100 # TYPE: level
	set_register 4 0xa28 0x100 # VALUE: high
	set_register 0 0x198 6 # IVT[6]
	set_register 0 0x100 $((1 | 2 | 4 | 0xffff << 3)) # ENABLE, POL, EMU_EDGE, EMU_LEN: 1.05 ms
	get 4 0xa20 >/dev/null # clears
	reads 4 0xa20 0x0 1.4
	set_register 0 0x108 0x60 # IER: lines 5 and 6
	set_register 0 0x118 0x60 # SWIR raises them
	reads 0 0x114 0x0 1.8 # IVT[5] was not set
	reads 4 0xa20 0x100 1.4
	reads 4 0xa20 0x100 1.4 # it stands
	set_register 0 0x11c 0 # EOIR
	reads 4 0xa20 0x100 1.4 # left by the level before
	reads 4 0xa20 0x0 1.4 # read, and so gone: the output dips, although line 6 waits
	reads 0 0x114 0x12345678 1.8
	sleep 0.01
	reads 0 0x114 0x6 1.8
	reads 4 0xa20 0x100 1.4
	set_register 0 0x11c 0
	sleep 0.01
	reads 4 0xa20 0x100 1.4
	reads 4 0xa20 0x0 1.4
}

# An interrupt of the DMA engine while it is busy is no end of the transfer
early_interrupt() {
	fault dma-irq-early 1
	set_register 0 0x0c8 0 # CSTART
	set_register 0 0x0cc 0
	set_register 0 0x0d0 0
	set_register 0 0x0d4 16 # LEN
	set_register 0 0x0c0 1 # START
	struck dma-irq-early 1
	reads 0 0x0c4 0x5 6.2 # BUSY, with the interrupt
	set_register 0 0x0c4 4
	reads 0 0x0c4 0x1 6.2
	sleep 0.01
	[ $(($(get 0 0x0c4) & 7)) -ge 4 ] || fail "no interrupt at the end"
}

plan 3
testcase "registers read as the manual says after a reset" after_reset
testcase "reading INT_STATUS clears it, and the VIC dips after EOIR" service
testcase "row 5: an early DMA interrupt comes while the engine is busy" early_interrupt
