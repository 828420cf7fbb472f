#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The connector of a SPEC: what it takes, and what comes and goes with a mezzanine.
# where: uml debug qemu
# processors: one
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/common.sh"

defer unload vhw
modules
mkdir "$specs/a"
a=$specs/a

remove() { [ ! -d "$specs/$1" ] || rmdir "$specs/$1"; }
defer remove a
presence() { echo "$(<"$a/fmc") $(<"$a/fmc_present")"; }
carrier() { echo "/sys/bus/pci/devices/$(<"$a/pci_address")"; }
bound() { [ -e "$(carrier)/driver" ]; }
has_mezzanine() { compgen -G "$(carrier)/spec.fmc-tdc.*" >/dev/null; }

default_comes_with_power() {
	is fmc-tdc "$a/fmc"
	[ ! -e "$a/tdc" ]
	put 1 "$a/live"
	[ -d "$a/tdc/faults/outlier" ]
	[ -d "$a/input4/train" ]
	[ -e "$a/eeprom/image" ]
	[ "$(presence)" = "fmc-tdc 1" ]
	wait_for 5 has_mezzanine
	put 0 "$a/live"
	[ -d "$a/tdc" ]
}

is_exchanged() {
	put 7 "$a/tdc/temperature"
	put fmc-tdc "$a/fmc"
	is 7 "$a/tdc/temperature"
	exec 5<"$a/tdc/temperature"
	put none "$a/fmc"
	refuses "No such file" cat <&5
	exec 5<&-
	[ ! -e "$a/tdc" ]
	[ ! -e "$a/input0" ]
	[ ! -e "$a/eeprom" ]
	[ "$(presence)" = "none 0" ]
	refuses "No such device" put 1 "$a/fmc_present"
	put fmc-tdc "$a/fmc"
	is 770 "$a/tdc/temperature"
	is good "$a/eeprom/content"
}

refuses_what_is_not_there() {
	refuses "Invalid argument" put no-such-card "$a/fmc"
	logged 'a/fmc: there is no mezzanine "no-such-card"; loaded are: none, fmc-tdc'
	refuses "Invalid argument" put ../evil "$a/fmc"
	refuses "Invalid argument" put "$(printf 'x%.0s' {1..100})" "$a/fmc"
	is fmc-tdc "$a/fmc"
	put 1 "$a/live"
	refuses "Device or resource busy" put none "$a/fmc"
	logged 'a/fmc: the board is live'
	put 0 "$a/live"
}

# Nothing is on it: the carrier works, and says that there is no application
bare_carrier_works() {
	put none "$a/fmc"
	put 1 "$a/live"
	wait_for 5 bound
	if has_mezzanine; then fail "there is a mezzanine"; fi
	is 0 "$a/violations"
	put 0 "$a/live"
}

module_is_held() {
	put none "$a/fmc"
	rmmod vhw_fmc_tdc
	put fmc-tdc "$a/fmc"
	refuses "in use" rmmod vhw_fmc_tdc
}

goes_whole() {
	put fmc-tdc "$a/fmc"
	put 1 "$a/live"
	exec 5<"$a/input0/train/period" 6<"$a/tdc/faults/outlier/help"
	cd "$a/input3/noise"
	rmdir "$a"
	refuses "No such file" cat <&5
	refuses "No such file" cat <&6
	cd /
	exec 5<&- 6<&-
	mkdir "$a"
	is fmc-tdc "$a/fmc"
}

plan 6
testcase "a new board gets its FMC TDC with the power" default_comes_with_power
testcase "what a mezzanine has in the tree comes and goes with it" is_exchanged
testcase "what does not exist is refused in words, and so is a change while live" refuses_what_is_not_there
testcase "a bare carrier works" bare_carrier_works
testcase "a mezzanine's kernel module is loaded when it is needed, and held as long" module_is_held
testcase "rmdir takes all of it, whoever has a file of it open" goes_whole
