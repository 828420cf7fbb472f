#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# IP-Octal 485: half duplex on two-wire buses, multidrop.
# where: time-travel qemu
# processors: one
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal485 "bus a" "bus b" "bus a" "bus b" "bus a" loopback

talk() { "$serial" rs485 "${tty}$1" "${tty}$2" "$3" "$4"; }

multidrop() { "$serial" multidrop "${tty}0" "${tty}2" "${tty}4"; }

plan 7
testcase "o14 question and answer with the chip's own turnaround" talk 0 2 0 0
testcase "with a delay after sending" talk 1 3 0 2
testcase "with delays before and after sending" talk 0 2 1 1
testcase "with a delay before sending and the chip's turnaround" talk 1 3 2 0
testcase "what is written while the last character is on the bus is sent" "$serial" rs485-late "${tty}0" "${tty}2"
testcase "two wires become four while it sends" "$serial" rs485-off "${tty}0" "${tty}2"
testcase "multidrop: who is addressed hears, and nobody else" multidrop
