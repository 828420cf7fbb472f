#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A board that does not come up says why, and one that can still be used is used.
# where: uml time-travel
# extended: uml
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

modules
new_board

# refused REGEX: the carrier or the mezzanine is not taken into service, and the log says why
refused() {
	expect_log "$1"
	put 1 "$board/live"
	wait_for 5 logged "$1"
	sleep 0.2
	no_channels
	put 0 "$board/live"
}

no_channels() {
	if has_channels; then
		fail "there are channels"
	fi
}

# with ATTRIBUTE VALUE: while the board is off
with() {
	put 0 "$board/live"
	put "$2" "$board/$1"
}


# always FAULT REGEX: with the fault standing, the board is refused
always() {
	put 0 "$board/live"
	put -1 "$board/faults/$1/times"
	put 100 "$board/faults/$1/probability"
	refused "$2"
	put 0 "$board/faults/$1/probability"
}

readback_once() {
	fault acam-readback 1
	plug
	struck acam-readback 1
	put 0 "$board/live"
}

# eeprom CONTENT REGEX
eeprom() {
	with eeprom/content "$1"
	refused "$2"
	with eeprom/content good
}

# calibration CONTENT SOURCE: the board works, and says what its calibration is
calibration() {
	with eeprom/content "$1"
	plug
	is "$2" /sys/bus/auxiliary/devices/spec.fmc-tdc.*/calibration_source
	put 0 "$board/live"
	with eeprom/content good
}

# design NAME REGEX
design() {
	with bitstream "$1"
	refused "$2"
	with bitstream tdc
}

no_mezzanine() {
	with fmc_present 0
	put 1 "$board/live"
	sleep 1
	no_channels
	put 0 "$board/live"
	with fmc_present 1
}

no_bitstream() {
	with bitstream none
	put 1 "$board/live"
	sleep 0.5
	no_channels
	is 0 "$board/violations"
	put 0 "$board/live"
	with bitstream tdc
}

engine_stuck() {
	fault engine-stuck 1
	plug
	sleep 2
	wait_for 3 holds deaf "$board/tdc/engine"
	# not earlier than 3.1 s after the engine was started
	sleep 1
	put restart /sys/bus/auxiliary/devices/spec.fmc-tdc.*/engine_state
	ready
	put 0 "$board/live"
}

plan 21
testcase "row 15: the mezzanine's PLL does not lock" always mezzanine-pll 'PLL|clock'
testcase "row 16: the ACAM's PLL does not lock" always acam-pll 'ACAM|PLL'
testcase "row 17: a register of the ACAM reads back wrong once" readback_once
testcase "row 17: a register of the ACAM reads back wrong" always acam-readback 'register 5'
testcase "row 18: an engine that gives no timestamps is restarted" engine_stuck
testcase "row 19: the EEPROM is blank" eeprom blank 'blank'
testcase "row 19: its calibration is blank" calibration no-calibration default
testcase "row 20: the EEPROM does not answer" always eeprom-nack 'EEPROM|fmc-tdc.*-6|at24'
testcase "row 20: the bus is stuck" always i2c-stuck 'EEPROM|i2c|ocores'
testcase "row 21: the FRU's checksum is wrong" eeprom bad-checksum 'damaged'
testcase "row 21: the calibration is implausible" calibration implausible default
testcase "row 22: another mezzanine" eeprom other-product 'FmcDel1ns4cha'
testcase "row 39: no bitstream: nothing is touched" no_bitstream
testcase "row 42: a design for the other byte order" design byte-swapped 'byte|swap|endian'
testcase "row 42: a design for another carrier" design other-carrier '0x53564543|not a SPEC'
testcase "row 42: a design of another version" design old 'version'
testcase "row 42: a design without DMA" design no-dma 'DMA'
testcase "row 42: a design without VIC" design no-vic 'VIC|interrupt'
testcase "row 42: a design for another mezzanine" design other-application 'application|0x574e0002'
testcase "row 43: the DDR is not calibrated" always ddr-calibration 'DDR'
testcase "row 44: no mezzanine" no_mezzanine
