#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The carrier without, with wrong and with right bitstreams; loading; bring-up that fails. Numbers: fault catalogue.
# where: time-travel
# time: long
. "$(dirname "$0")/../fmc-tdc/common.sh"

load_spec
defer unload_spec
new_card fpga
defer remove_card "$card"

# A bitstream is what the virtual FPGA takes for one: a sync word and some length
firmware=$(mktemp -d)
defer rm -rf "$firmware"
printf '%s' "$firmware" >/sys/module/firmware_class/parameters/path
{ printf '\xff\xff\xff\xff\xaa\x99\x55\x66' && head -c 100001 /dev/zero; } >"$firmware/good.bin"
: >"$firmware/empty.bin"

power_cycle() {
	no_faults "$card"
	echo 0 >"$card/live"
}

bound() { [ -e "$pci/driver" ] && [ -e "$pci/fpga" ]; }

live() {
	echo 1 >"$card/live"
	pci=/sys/bus/pci/devices/$(cat "$card/pci_address")
	wait_for 5 bound
}

load_file() { echo "$1" >"$pci/firmware_name"; }

works() {
	wait_for 10 has_board "$card"
	board=$(board_of "$card")
	is running "$pci/fpga"
	captures 5 10
}

empty() {
	power_cycle
	echo none >"$card/bitstream"
	live
	is empty "$pci/fpga"
	logged "the FPGA is empty"
	refuses "No data available" cat "$pci/gateware"
	has_no_board "$card"
	is 0 "$card/violations"
}

loaded() {
	empty
	load_file good.bin
	is good.bin "$pci/firmware_name"
	works
	grep -qE "^3\.[0-9]+\.[0-9]+$" "$pci/gateware"
	[ -n "$(cat "$pci/build_info")" ]
	is "$(cat "$card/pcb_rev")" "$pci/pcb_rev"
	refuses "No such file" load_file missing.bin
	refuses "No such file" load_file empty.bin
	refuses "Invalid argument" load_file ""
	refuses "File name too long" load_file "$(head -c 100 /dev/zero | tr '\0' x)"
	works
	load_file good.bin
	works
	is 3 "$card/bootsel"
}

load_fails() {
	empty
	fault "$1" -1
	refuses "$2" load_file good.bin
	is 3 "$card/bootsel"
	is empty "$pci/fpga"
	is "" "$pci/firmware_name"
	no_faults "$card"
	load_file good.bin
	works
}

unusable() {
	power_cycle
	echo "$1" >"$card/bitstream"
	live
	is unusable "$pci/fpga"
	logged "$2"
	has_no_board "$card"
	load_file good.bin
	works
}

not_ready() {
	power_cycle
	echo tdc >"$card/bitstream"
	fault "$1" -1
	live
	is unusable "$pci/fpga"
	logged "$2"
}

no_application() {
	power_cycle
	echo "$1" >"$card/bitstream"
	live
	is running "$pci/fpga"
	logged "$2"
	has_no_board "$card"
}

mezzanine_absent() {
	power_cycle
	echo tdc >"$card/bitstream"
	echo 0 >"$card/fmc_present"
	live
	is running "$pci/fpga"
	logged "no mezzanine is plugged in"
	echo 0 >"$card/live"
	echo 1 >"$card/fmc_present"
}

# bind_error ERRNO: the mezzanine's driver, asked to bind, gives that
bind_error() {
	python3 - "$1" "$driver/bind" "$(basename "$pci"/spec.fmc-tdc.*)" <<-'END'
		import errno, os, sys
		file = os.open(sys.argv[2], os.O_WRONLY)
		try:
		    os.write(file, sys.argv[3].encode())
		    got = "success"
		except OSError as error:
		    got = errno.errorcode[error.errno]
		sys.exit(got != sys.argv[1] and f"binding gives {got}, not {sys.argv[1]}")
	END
}

# bring_up_fails FAULT TEXT ERRNO: the mezzanine's driver does not bind, and says why
bring_up_fails() {
	power_cycle
	echo tdc >"$card/bitstream"
	fault "$1" -1
	live
	wait_for 20 logged "$2"
	sleep 3
	has_no_board "$card" || fail "bound nevertheless"
	bind_error "$3"
	no_faults "$card"
}

# A board whose FPGA does not come back from a suspend offers to be loaded again; who reads is not left waiting
resume_fails() {
	power_cycle
	echo tdc >"$card/bitstream"
	plug_active "$card"
	fault "$1" -1
	echo 1 >"$card/suspend" || true
	wait_for 5 has_no_board "$card" || fail "the mezzanine stays"
	logged "of no use after the suspend"
	is unusable "$pci/fpga"
	refuses "No data available" cat "$pci/gateware"
	no_faults "$card"
	load_file good.bin
	works
}

# set_decoding on|off: does the board answer to memory accesses?
set_decoding() {
	local command
	command=$(od -An -tu1 -j4 -N1 "$pci/config")
	command=$([ "$1" = on ] && echo $((command | 2)) || echo $((command & ~2)))
	# shellcheck disable=SC2059 # an octal escape is meant
	printf "\\$(printf %03o "$command")" | dd of="$pci/config" bs=1 seek=4 conv=notrunc status=none
}

# What is asked of a board that answers with all ones is not where another register lies
version_is_known() {
	local version
	power_cycle
	echo tdc >"$card/bitstream"
	plug "$card"
	set_decoding off
	version=$(cat "$board/gateware_version")
	set_decoding on
	[ "$version" = 8.0.1 ] || fail "version $version"
}

# ACAM's read-back is wrong once or twice: the tries suffice
readback_recovers() {
	power_cycle
	fault acam-readback 1
	plug_active "$card"
	struck acam-readback
	if logged "ACAM register"; then fail "it was given up, and bound a second time"; fi
}

eeprom_refused() {
	power_cycle
	echo "$1" >"$card/eeprom/content"
	live
	wait_for 10 logged "$2"
	has_no_board "$card" || fail "bound nevertheless"
	bind_error "$3"
	echo 0 >"$card/live"
	echo good >"$card/eeprom/content"
}

calibrated() {
	power_cycle
	echo "$1" >"$card/eeprom/content"
	plug "$card"
	is "$2" "$board/calibration_source"
	is "$3" "$(channel 3)/in_timestamp_zero_offset"
	is "$4" "$(channel 3)/in_timestamp_wr_offset"
	[ "$2" != default ] || logged "no valid calibration in the EEPROM"
	echo 0 >"$card/live"
	echo good >"$card/eeprom/content"
}

# Two bridges that load at the same time spoil it for each other
loads_two() {
	local other=$vhw/other first second status=0
	empty
	[ -d "$other" ] || mkdir "$other"
	echo none >"$other/bitstream"
	echo 1 >"$other/live"
	first=$pci/firmware_name
	second=/sys/bus/pci/devices/$(cat "$other/pci_address")/firmware_name
	wait_for 5 test -e "$second"
	put good.bin "$second" &
	put good.bin "$first" || status=$?
	wait $! || status=$?
	[ "$status" -eq 0 ] || fail "loading failed"
	is good.bin "$first"
	is good.bin "$second"
	is 0 "$other/violations"
	echo 0 >"$other/live"
	rmdir "$other"
	works
}

message_interrupt() {
	power_cycle
	unload fmc-tdc spec
	load spec msi=1
	load fmc-tdc
	[ -z "$1" ] || fault "$1" -1
	live
	[ -z "$1" ] || logged "using the shared line"
	works
	power_cycle
	unload fmc-tdc spec
	load spec
	load fmc-tdc
}

plan 38
testcase "39 an empty FPGA is left alone" empty
testcase "   a bitstream is loaded, and another one" loaded
testcase "40 an error while loading is told" load_fails fcl-error "Input/output error"
testcase "40 loading that never ends is given up" load_fails fcl-no-done "Connection timed out"
testcase "40 a FIFO that runs empty is told" load_fails fcl-underflow "Input/output error"
testcase "41 a FIFO that stays full is given up" load_fails fcl-full "Connection timed out"
testcase "50 two boards can be loaded at once" loads_two
testcase "42 swapped bytes are named" unusable byte-swapped "its bytes are swapped"
testcase "42 another carrier's design is named" unusable other-carrier "for device 0x"
testcase "42 an old design is named" unusable old "version .*, not 3"
testcase "42 a design without DMA is named" unusable no-dma "capabilities .* lack"
testcase "42 a design without interrupts is named" unusable no-vic "capabilities .* lack"
testcase "43 a local bus PLL that does not lock is named" not_ready gn4124-pll "local bus PLL does not lock"
testcase "43 DDR that does not calibrate is named" not_ready ddr-calibration "DDR memory does not calibrate"
testcase "   a design without application is in order" no_application no-application "no application"
testcase "   an unknown application is in order" no_application other-application "no driver is known"
testcase "44 a carrier without mezzanine is in order" mezzanine_absent
testcase "10 gateware that gives timestamps by FIFO is refused" bring_up_fails fifo-readout "does not write timestamps to the DDR" ENODEV
testcase "15 a mezzanine whose PLL does not lock is refused" bring_up_fails mezzanine-pll "mezzanine's PLL has not locked" ETIMEDOUT
testcase "16 an ACAM that does not lock is refused" bring_up_fails acam-pll "ACAM's PLL does not lock" EIO
testcase "17 an ACAM register that reads back wrong is named" bring_up_fails acam-readback "ACAM register 5 reads" EIO
testcase "17 once wrong is no reason to give up" readback_recovers
testcase "19 a blank EEPROM is refused" eeprom_refused blank "EEPROM is blank" ENODATA
testcase "21 a damaged EEPROM is refused" eeprom_refused bad-checksum "EEPROM is damaged" EBADMSG
testcase "22 another product is refused" eeprom_refused other-product "the mezzanine is a" ENODEV
testcase "20 an EEPROM that does not answer is refused" bring_up_fails eeprom-nack "EEPROM does not answer" ENXIO
testcase "20 a bus that hangs is refused" bring_up_fails i2c-stuck "EEPROM does not answer" ENXIO
testcase "   a good calibration is used" calibrated good eeprom 481 291305
testcase "   an old board has the default WR offset" calibrated before-2018 eeprom-old 481 229460
testcase "19 a blank calibration gives defaults" calibrated no-calibration default 609 229460
testcase "19 a calibration of zeros gives defaults" calibrated zero-calibration default 609 229460
testcase "21 an implausible calibration gives defaults" calibrated implausible default 609 229460
testcase "   a message interrupt is used where it works" message_interrupt ""
testcase "49 where it does not, the shared line is" message_interrupt msi-lost
testcase "48 an FPGA that does not come back from a suspend lets its mezzanine go" resume_fails ddr-calibration
testcase "48 nor does one whose local bus PLL is lost" resume_fails gn4124-pll
testcase "38 the gateware's version is not asked of a board that is gone" version_is_known
testcase "   the driver did nothing that the manual forbids" is 0 "$card/violations"
