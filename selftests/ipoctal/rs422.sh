#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# IP-Octal 422: full duplex, without and with wires for RTS and CTS, against a UART of another make.
# where: uml time-travel qemu
# extended: qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal422 tty

check() { "$serial" "$@"; }

with_wires() {
	put 0 "$vhw/board0/live"
	unload ipoctal
	put 1 "$vhw/board0/slot0/ipoctal/handshake"
	load ipoctal handshake_422=1
	power_on board0
	far=$(far board0 0)
}

plan 5
testcase "data goes both ways at once" check exchange "$near" "$far" 9600 200
testcase "without wires there is no handshake to be had" check no-handshake "$near"
with_wires
testcase "with wires RTS and CTS are set, read, counted and waited for" check modem "$near" "$far"
testcase "with wires a slow reader loses nothing" check flow-control "$near" "$far" 4000
testcase "the manuals were kept" is 0 "$vhw/board0/violations"
