#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An IP-Octal 232 against a UART of another make: formats, rates, handshake, breaks.
# where: uml time-travel debug qemu
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 tty

check() { "$serial" "$@"; }

plan 15
testcase "o1 o12 every character format agrees with another UART" check formats "$near" "$far"
testcase "o1 even parity meets odd: each character is marked and counted" check wrong-parity "$near" "$far"
testcase "every rate of the chip is made" check rates "$near" "$far"
testcase "receiver and transmitter have rates of their own" check split "$near" "$far"
testcase "o11 B0 drops RTS and a rate brings it back" check b0 "$near" "$far"
testcase "o13 o24 RTS and CTS are set, read, counted and waited for" check modem "$near" "$far"
testcase "o24 a change of CTS from before is not told" check modem-before "$near" "$far"
testcase "o9 a slow reader loses nothing with RTS and CTS" check flow-control "$near" "$far" 12000
testcase "without CTS nothing is sent, and a flush gets rid of it" check cts-holds "$near" "$far"
testcase "o13 breaks are sent and received, once each" check break "$near" "$far"
testcase "o8 a change of format loses nothing" check termios-busy "$near" "$far"
testcase "o13 XOFF stops and XON starts the transmitter" check xonxoff "$near" "$far"
testcase "o13 a reader that is slow sends XOFF, and XON" check slow-reader "$near" "$far"
testcase "TIOCM_LOOP loops inside the chip" check loopback "$near"
testcase "data goes both ways at 57600 at once" check exchange "$near" "$far" 57600 3000
