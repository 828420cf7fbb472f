#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Data through every kind of cable, with this project's drivers.
# where: uml time-travel debug qemu
# extended: qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

boards_and_drivers
make_board near slot0/module=ipoctal232 slot0/line0/peer=loopback \
	"slot0/line1/peer=null-modem near/0/2" slot0/line3/peer=tty
make_board far slot2/module=ipoctal232 "slot2/line6/peer=null-modem near/0/7"
go_live near
go_live far

exchange() { "$serial" exchange "$@"; }

loopback() { exchange "$(tty_of near 0 0)" "$(tty_of near 0 0)" --baud "$fast_baud"; }
null_modem() { exchange "$(tty_of near 0 1)" "$(tty_of near 0 2)" --baud "$fast_baud" --bytes 500; }
two_boards() { exchange "$(tty_of near 0 7)" "$(tty_of far 2 6)"; }
far_end() { exchange "$(tty_of near 0 3)" "$(far_tty near 0 3)" --baud "$fast_baud" --bytes 500; }

formats() {
	local format
	for format in 5N1 6E1 7O2 8M1 8S1 8E2; do
		exchange "$(tty_of near 0 3)" "$(far_tty near 0 3)" --format $format --bytes 40
	done
}

with_handshake() {
	exchange "$(tty_of near 0 1)" "$(tty_of near 0 2)" --baud "$fast_baud" --rtscts --bytes 500
	exchange "$(tty_of near 0 3)" "$(far_tty near 0 3)" --baud "$fast_baud" --rtscts --bytes 500
}

rts_is_cts_there() {
	local near far
	near=$(tty_of near 0 3)
	far=$(far_tty near 0 3)
	python3 - "$near" "$far" <<'PYTHON'
import fcntl, os, struct, sys, termios, time

def lines(fd):
    return struct.unpack("i", fcntl.ioctl(fd, termios.TIOCMGET, b"\0" * 4))[0]

def set_rts(fd, on):
    fcntl.ioctl(fd, termios.TIOCMBIS if on else termios.TIOCMBIC, struct.pack("i", termios.TIOCM_RTS))

near, far = (os.open(node, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK) for node in sys.argv[1:])
for a, b in (near, far), (far, near):
    for on in False, True, False, True:
        set_rts(a, on)
        time.sleep(0.01)
        assert bool(lines(b) & termios.TIOCM_CTS) == on, (sys.argv, on)
PYTHON
}

counts_characters() {
	local line=$boards/near/slot0/line0 before
	before=$(cat "$line/sent")
	loopback
	is $((before + 200)) "$line/sent"
}

plan 9
testcase "a loopback plug brings back what was sent" loopback
testcase "a null-modem cable joins two channels" null_modem
testcase "a null-modem cable joins two boards" two_boards
testcase "a tty peer is the far end of the cable" far_end
testcase "characters of every shape reach the far end" formats
testcase "RTS and CTS hold nothing back for good" with_handshake
testcase "RTS here is CTS there, both ways" rts_is_cts_there
testcase "a line counts its characters" counts_characters
testcase "the drivers did nothing that the manuals forbid" no_violations near far
