#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The defects known of the kernel's own drivers show on the virtual board: that the model is true enough to show them. The
# names are those of the list that our drivers are tested against under the same names.
#
# Not here: T2 (a signal during free_irq counts only when another task holds a mutex at that moment) and O7 (a race of a
# few instructions). B1 comes last and leaves a device behind whose bus is gone, so this script wants a guest to itself:
# make check-kernels-defects.
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

need python3 setpci
[ -d "${KERNELS_DRIVERS:-}" ] || skip "KERNELS_DRIVERS names no directory"
virtual_only
virtual_time() { grep -q time-travel /proc/cmdline; }
virtual_time || skip "the figures are those of virtual time"

new_board old ipoctal232 tty "null-modem old/0/2" - loopback || skip "no virtual board here"
load_stack kernels kernels kernels
pci() { cat "$vhw/old/pci_address"; }
restart() { # ID
	put 0 "$vhw/old/live"
	put "$1" "$vhw/old/slot0/id"
	put 1 "$vhw/old/live"
}
restart format1
tty=$(nodes old)

defect() { "$(dirname "$0")/defects.py" "$@"; }

b3() {
	# no k, and no newline
	is ipac:f01v000000F0d00000022 "$(device old)/modalias"
	[ "$(wc -l <"$(device old)/modalias")" -eq 0 ]
}
b4() {
	restart format2
	[ ! -e "$(device old)" ] || fail "a module of Format II was found"
	restart format1
}
traced() { # COMMAND...: what it does to registers goes to $trace
	echo >/sys/kernel/tracing/trace
	echo 1 >/sys/kernel/tracing/events/vhw/enable
	"$@"
	echo 0 >/sys/kernel/tracing/events/vhw/enable
}
accesses() { grep -cE "vhw_$1: old BAR$2" /sys/kernel/tracing/trace; } # read|write REGEX
b5() {
	traced restart format1-32mhz
	[ "$(head -c 9 "$(device old)/id")" = "4950 4148" ]
	# slot A's CONTROL, bit 0
	[ "$(accesses write '2\+0x0002 .*value=0x...[13579bdf] ')" -eq 0 ] || fail "an IPAH module got 32 MHz"
	restart format1
}
b6() {
	traced restart "49504143f022a10000003000"
	# odd bytes above the ID space: nobody else reads such
	[ "$(accesses read '3\+0x00[c-f][13579bdf] ')" -gt 0 ] || fail "the interrupt space was not read as PROM"
	restart format1
}
t1() {
	put 0 "$vhw/old/live"
	rmmod ipoctal tpci200
	put 1 "$vhw/old/live"
	setpci -s "$(pci)" COMMAND=0
	insmod "$KERNELS_DRIVERS/tpci200.ko"
	insmod "$KERNELS_DRIVERS/ipoctal.ko"
	[ "$(cat "$vhw/old/violations")" -gt 0 ]
	[ ! -e "$(device old)" ] || fail "a module was found through crossed byte lanes"
	restart format1
}
o6() {
	local before count
	before=$(interrupts tpci200)
	defect send "${tty}3" 1200 1
	count=$(($(interrupts tpci200) - before))
	note "$count interrupts for a character sent and received"
	[ "$count" -gt 100 ]
}
o10() {
	fault old rx-framing times 3
	defect o10 "${tty}0" "$(far old 0)" "$(pci)"
	no_fault old rx-framing
}
b1() {
	put 0 "$vhw/old/live"
	put ipoctal232 "$vhw/old/slot1/module"
	put 1 "$vhw/old/live"
	[ "$(find /sys/bus/ipack/devices/ -type l | wc -l)" -eq 2 ]
	pci >/sys/bus/pci/drivers/tpci200/unbind
	[ "$(find /sys/bus/ipack/devices/ -type l | wc -l)" -eq 1 ]
}

plan 16
testcase "b3 the modalias of sysfs names no bus and ends in no newline" b3
testcase "b4 a module of Format II is not found" b4
testcase "b5 a module for 32 MHz gets 8" b5
testcase "b6 a length too large has the interrupt space read" b6
testcase "t1 with decoding off the byte order is not set" t1
testcase "o1 even parity is odd" defect o1 "${tty}0" "$(far old 0)"
testcase "o2 writers are not woken" defect o2 "${tty}1"
testcase "o3 received characters are not counted" defect o3 "${tty}3"
testcase "o4 closing a descriptor takes another's output" defect o4 "${tty}4"
testcase "o5 a full buffer takes more" defect o5 "${tty}1"
testcase "o6 a storm of interrupts while the last character is sent" o6
testcase "o8 a change of termios stops the output" defect o8 "${tty}5"
testcase "o9 CRTSCTS without RTS" defect o9 "${tty}0" "$(far old 0)"
testcase "o10 errors in a row are lost" o10
testcase "o11 rates that cannot be become 38400" defect o11 "${tty}6"
testcase "b1 unbinding the carrier leaves all modules but one behind" b1
