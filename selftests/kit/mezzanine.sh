#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The example of "write your own FMC mezzanine": registers, interrupt, DMA from the carrier's DDR, EEPROM, and its driver.
# where: uml debug qemu
# processors: one
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

board=/sys/kernel/config/vhw/spec/kit

load vhw-spec
load i2c-ocores
load at24 io_limit=16 write_timeout=2000 # a busy machine is slow to ask the EEPROM
load spec
defer unload spec vhw-spec vhw
defer unload_example sampler_driver sampler
[ -z "${EXAMPLES:-}" ] || load_example sampler
load_example sampler_driver
mkdir $board
defer rmdir $board

find_device() {
	device=/sys/bus/auxiliary/devices/spec.application-53414d50.0
	[ -e $device/samples ] || device=/sys/bus/auxiliary/devices/spec.application-53414d50.1
	[ -e $device/samples ]
}

sixteen() { printf "%s $1 $1 $1 $1 $1 $1 $1 $1 $1 $1 $1 $1 $1 $1 $1" "$1"; }

is_plugged() {
	put sampler $board/fmc
	is sampler $board/fmc
	is 100 $board/sampler/level
	is gain-3 $board/eeprom/content
	put 1 $board/live
	wait_for 10 find_device
}

# the EEPROM's driver may come later than the device
reads() { find_device && read -r samples <$device/samples 2>/dev/null; }
takes_samples() {
	wait_for 10 reads
	reads
	[ "$samples" = "$(sixteen 300)" ] || fail "took $samples"
	put 7 $board/sampler/level
	reads
	[ "$samples" = "$(sixteen 21)" ] || fail "took $samples"
	is 0 $board/violations
}

has_noise() {
	put 100 $board/sampler/faults/noisy/probability
	reads
	put 0 $board/sampler/faults/noisy/probability
	[ "$samples" != "$(sixteen 21)" ]
	is 16 $board/sampler/faults/noisy/count
	reads
	[ "$samples" = "$(sixteen 21)" ]
}

is_exchanged() {
	put 0 $board/live
	put none $board/fmc
	[ ! -e $board/sampler ]
	[ ! -e $board/eeprom ]
	put fmc-tdc $board/fmc
	put 1 $board/live
	[ -e $board/tdc ]
	put 0 $board/live
	put sampler $board/fmc
	put 1 $board/live
	wait_for 10 reads
}

plan 4
testcase "a sampler is plugged into the connector, with its setting and EEPROM" is_plugged
testcase "its driver gets samples by DMA, and the gain from the EEPROM" takes_samples
testcase "a fault strikes in it" has_noise
testcase "mezzanines are exchanged" is_exchanged
