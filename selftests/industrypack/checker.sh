#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the virtual board says of a driver that does not keep to the manuals, and its byte lanes in both orders: by single
# accesses to its registers, without the drivers.
# where: uml qemu
# extended: qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

tracing=/sys/kernel/tracing
load vhw-tpci200
defer unload vhw-tpci200 vhw
load vhw-bar-access
defer unload vhw-bar-access
make_board one slot0/module=ipoctal232 slot1/module=ipoctal232 slot1/id=format2 slot0/line0/peer=loopback
defer put 0 $tracing/events/vhw/vhw_violation/enable
put 1 $tracing/events/vhw/vhw_violation/enable

LCR=0 INTERFACE=2 SLOTS=3 MEM16=4 MEM8=5

# fresh: power off and on, and the registers at hand: little-endian, with the UARTs reset
fresh() {
	local device
	put 0 "$boards/one/live"
	put 1 "$boards/one/live"
	device=/sys/bus/pci/devices/$(<"$boards/one/pci_address")
	put vhw-bar-access "$device/driver_override"
	put "${device##*/}" /sys/bus/pci/drivers/vhw-bar-access/bind
	access=$device/access
}

# writes BAR OFFSET BYTES VALUE; reads VALUE BAR OFFSET BYTES: that value, and no other
writes() { put "$*" "$access"; }
reads() {
	put "$2 $3 $4" "$access"
	is "$1" "$access"
}
big_endian() {
	writes $LCR 0x2c 4 0x154120a2
	writes $LCR 0x30 4 0x154120a2
}

# chip OFFSET [VALUE]: a read of a register of the first module's chip, or a write
chip() { put "$SLOTS $1 1 ${2:-}" "$access"; }

# reports TEXT COMMAND...: that is the one thing wrong with it
reports() {
	local text=$1 before
	shift
	before=$(<"$boards/one/violations")
	echo >$tracing/trace
	"$@"
	grep -q "vhw_violation: one $text" $tracing/trace || fail "not a word of '$text'"
	is $((before + 1)) "$boards/one/violations"
}
# reports_nothing COMMAND...
reports_nothing() {
	local before
	before=$(<"$boards/one/violations")
	"$@"
	is "$before" "$boards/one/violations"
}

# A module of 8 bits drives D7..D0, the odd byte of its bus; of Format II both bytes of a word
crossed_lanes() {
	fresh
	reads 0x49 $SLOTS 0x80 1
	reads 0xff $SLOTS 0x81 1
	reads 0xff49 $SLOTS 0x80 2
	reads 0x49 $SLOTS 0x180 1
	reads 0x56 $SLOTS 0x181 1
	reads 0x5649 $SLOTS 0x180 2
}
straight_lanes() {
	fresh
	big_endian
	reads 0xff $SLOTS 0x80 1
	reads 0x49 $SLOTS 0x81 1
	reads 0x49ff $SLOTS 0x80 2
	reads 0x56 $SLOTS 0x180 1
	reads 0x49 $SLOTS 0x181 1
	reads 0x4956 $SLOTS 0x180 2
}
# MR1 and MR2 of channel 0, and that the other lane reaches no register
registers() { # LANE OTHER
	chip $((4 + $1)) 0x10
	chip "$1" 0x13
	chip "$1" 0x0f
	chip "$2" 0x55
	reads 0xf $SLOTS "$1" 1
	reads 0xff $SLOTS "$2" 1
	chip $((4 + $1)) 0x10
	reads 0x13 $SLOTS "$1" 1
}
crossed_registers() {
	fresh
	registers 0 1
}
straight_registers() {
	fresh
	big_endian
	registers 1 0
}
vectors() {
	fresh
	writes $MEM16 0x0 1 0x5a
	reads 0x5a $SLOTS 0xc0 1
	# the window of 8 bits has D7..D0 of each word, in either order
	reads 0x5a $MEM8 0x0 1
	big_endian
	reads 0x5a $MEM16 0x1 1
	reads 0x5a $SLOTS 0xc1 1
	reads 0x5a $MEM8 0x7 1
	writes $MEM8 0x1 1 0xa5
	reads 0xa5 $MEM16 0x3 1
	writes $INTERFACE 0x0a 2 1 # RESET of slot 0
	writes $INTERFACE 0x0a 2 0
	reads 0x0 $MEM16 0x3 1
}

test_addresses() {
	fresh
	big_endian
	reports "read of the BRG test address" chip 0x05
	reports "read of the 1X test address" chip 0x15
}
ipcr() {
	fresh
	big_endian
	reports_nothing chip 0x09
	chip 0x09 0x01
	reports_nothing chip 0x09
	chip 0x0b 0x80
	reports "block 0: IPCR read" chip 0x09
	# CTS comes with RTS through the plug: now the interrupt is there, and so is the reason to read
	chip 0x05 0x80
	sleep 0.01
	reports_nothing chip 0x09
	reports "block 0: IPCR read" chip 0x09
}
fifos() {
	fresh
	big_endian
	reports "channel 0: RHR read while empty" chip 0x07
	reports "channel 0: THR written while the transmitter is disabled" chip 0x07 0x55
	# at 50 baud the first is on the wire for long
	chip 0x05 0x04
	reports_nothing chip 0x07 0x55
	reports_nothing chip 0x07 0x55
	reports "channel 0: THR overwritten" chip 0x07 0x55
}
reserved() {
	fresh
	big_endian
	reports "channel 0: CR command 0xb0 is reserved" chip 0x05 0xb0
	reports "block 0: read of reserved register 0xc" chip 0x19
	reports "block 0: counter/timer preset 1 is below 2" preset 1
	chip 0x05 0x10
	chip 0x01 0x93
	reports "channel 0: receiver and transmitter both told to control RTSN" chip 0x01 0x27
}
preset() {
	chip 0x0d 0
	chip 0x0f "$1"
	chip 0x1d
}
sizes() {
	fresh
	reports "8-bit read of 16-bit interface register 0x0c" put "$INTERFACE 0x0c 1" "$access"
	reports "8-bit write of 16-bit interface register 0x02" writes $INTERFACE 0x02 1 0
	reports "32-bit read of 16-bit interface register 0x0c" put "$INTERFACE 0x0c 4" "$access"
	reports "32-bit access to a slot of 16 bits" put "$SLOTS 0x80 4" "$access"
	reports_nothing put "$INTERFACE 0x0c 2" "$access"
	reports_nothing put "$SLOTS 0x80 2" "$access"
}
bridge() {
	fresh
	reports "bits 0x01000000 of local configuration register 0x28 changed" writes $LCR 0x28 4 0xd54160a0
	fresh
	reports_nothing big_endian
}
# what the manual's tables have, with offsets as numbers: the model has its own from the drivers' header
power_on_values() {
	local i values
	fresh
	# PCI9030 (section 2.4), from 0x00 on
	values=(0x0fffff00 0x0ffffc00 0x0e000000 0x0f000000 0 0x08000001 0x04000001 0x00000001 0x02000001 0
		0xd44160a0 0x144120a2 0x144120a2 0x140120a2 0 0x08000081 0x04000201 0x01000001 0x02800001)
	for ((i = 0; i < ${#values[@]}; i++)); do
		reads "$(printf '0x%x' "${values[i]}")" $LCR $((4 * i)) 4
	done
	reads 0x41 $LCR 0x4c 2
	reads 0x7a4000 $LCR 0x50 4
	reads 0x2249252 $LCR 0x54 4
	# interface registers (section 2.2): nothing enabled, reset, pending; reserved ones read 0
	for ((i = 0; i < 0x20; i += 2)); do
		reads 0x0 $INTERFACE $i 2
	done
	# SCC2698B (section 3.4): modes 0 with the pointer at MR1, no status but CTS, nothing pending, per block
	big_endian
	for ((i = 0; i < 4; i++)); do
		reads 0x0 $SLOTS $((0x20 * i + 0x01)) 1
		reads 0x0 $SLOTS $((0x20 * i + 0x01)) 1
		reads 0x0 $SLOTS $((0x20 * i + 0x03)) 1
		reads 0x0 $SLOTS $((0x20 * i + 0x0b)) 1
		reads 0x0 $SLOTS $((0x20 * i + 0x13)) 1
	done
}
clocks() {
	fresh
	reports_nothing writes $INTERFACE 0x02 2 0
	# nobody answers at 32 MHz who stands 8 only: all ones, and the timeout's bit
	reports "slot 0: 32 MHz for a module that stands 8 MHz only" writes $INTERFACE 0x02 2 1
	reads 0xff $SLOTS 0x80 1
	reads 0x1000 $INTERFACE 0x0c 2
	writes $INTERFACE 0x02 2 0
	writes $INTERFACE 0x0c 2 0x1000
	reads 0x49 $SLOTS 0x80 1
	reads 0x0 $INTERFACE 0x0c 2
	# Format II says that it stands both
	reports_nothing writes $INTERFACE 0x04 2 1
	reads 0x5649 $SLOTS 0x180 2
	reads 0x0 $INTERFACE 0x0c 2
}
decoding() {
	local config
	fresh
	config=${access%/*}/config
	printf '\0' | dd of="$config" bs=1 seek=4 conv=notrunc status=none
	reports "access to BAR2+0xc with decoding off" put "$INTERFACE 0x0c 2" "$access"
	is 0xffff "$access"
	printf '\2' | dd of="$config" bs=1 seek=4 conv=notrunc status=none
	reads 0x0 $INTERFACE 0x0c 2
}

plan 14
testcase "after power on registers hold the values of the manual's tables" power_on_values
testcase "as it powers up the bridge crosses the byte lanes of modules" crossed_lanes
testcase "told to be big-endian it keeps them" straight_lanes
testcase "crossed, a chip's registers lie at even addresses" crossed_registers
testcase "big-endian, at odd ones" straight_registers
testcase "a module's vector reads the same through all windows" vectors
testcase "reads of test addresses are reported" test_addresses
testcase "a read of IPCR out of place is reported" ipcr
testcase "a read of an empty FIFO and a write to a full one are reported" fifos
testcase "reserved registers, commands and modes are reported" reserved
testcase "accesses of the wrong size are reported" sizes
testcase "a change of the bridge that no driver has a reason for is reported" bridge
testcase "a clock too fast for the module is reported, and the module does not answer" clocks
testcase "an access with decoding off is reported" decoding
