#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What the drivers make of the hardware, in exact virtual time: throughput, interrupts, drain, idle.
# SECONDS_OF_TRAFFIC: how long all channels talk at once; 5, with EXTENDED=1 60.
# where: time-travel
# extended: time-travel
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

need python3
load vhw-tpci200
defer unload vhw-tpci200 vhw
load_drivers
make_board one slot0/module=ipoctal232 "slot0/line0/peer=null-modem one/0/1" "slot0/line2/peer=null-modem one/0/3" \
	"slot0/line4/peer=null-modem one/0/5" "slot0/line6/peer=null-modem one/0/7"
go_live one

interrupts() { awk '/tpci200/ { n += $2 } END { print n + 0 }' /proc/interrupts; }

all_at_once() {
	local before said seconds=${SECONDS_OF_TRAFFIC:-${EXTENDED:+60}}
	seconds=${seconds:-5}
	local characters=$((8 * seconds * 3840))
	before=$(interrupts)
	said=$("$serial" duplex "$seconds" 38400 "$(tty_of one 0 0)=$(tty_of one 0 1)" "$(tty_of one 0 2)=$(tty_of one 0 3)" \
		"$(tty_of one 0 4)=$(tty_of one 0 5)" "$(tty_of one 0 6)=$(tty_of one 0 7)")
	note "$said, $(($(interrupts) - before)) interrupts"
	# each character is an interrupt at its sender and one at its receiver, and both count
	[ $((10 * ($(interrupts) - before))) -le $((12 * 2 * characters)) ]
	# and it takes no longer than the wire, but for the way of the last buffers through the tty layer
	awk -v seconds="$seconds" '{ exit !($6 >= seconds - 0.001 && $6 < seconds + 0.05) }' <<<"$said"
}

idle_ports() {
	local before node
	for node in 0 1 2 3 4 5 6 7; do
		node=$(tty_of one 0 "$node")
		exec {fd}<>"$node"
	done
	sleep 1
	before=$(interrupts)
	sleep 10
	[ "$(interrupts)" -eq "$before" ]
}

drain() {
	python3 - "$(tty_of one 0 0)" <<'PYTHON'
import os, sys, termios, time, tty

fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
tty.setraw(fd)
for baud, rate in (termios.B1200, 1200), (termios.B9600, 9600), (termios.B38400, 38400):
    attributes = termios.tcgetattr(fd)
    attributes[4] = attributes[5] = baud
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
    for count in 1, 10, 100:
        begin = time.monotonic()
        os.write(fd, b"U" * count)
        termios.tcdrain(fd)
        took = time.monotonic() - begin
        ideal = count * 10 / rate
        print(f"{count} characters at {rate}: {took:.6f} s, {(took - ideal) * rate / 10:.2f} characters late")
        assert -1e-6 < took - ideal < 10 / rate + 1e-6
PYTHON
}

plan 4
testcase "8 x 38400 both ways: nothing is lost, at most 1.2 interrupts a character" all_at_once
testcase "idle ports make no interrupt" idle_ports
testcase "drain returns within a character of the last stop bit" drain
testcase "the manuals were kept" no_violations one
