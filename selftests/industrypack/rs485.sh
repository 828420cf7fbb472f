#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# RS-485: stations on a shared pair, turnaround, collisions.
# where: time-travel
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

need python3
load vhw-tpci200
defer unload vhw-tpci200 vhw
load_drivers
make_board one slot0/module=ipoctal485 slot0/echo=0 "slot0/line0/peer=bus field" "slot0/line1/peer=bus field" \
	"slot0/line2/peer=bus field"
make_board two slot3/module=ipoctal485 "slot3/line5/peer=bus field"
go_live one
go_live two

bus_test() {
	python3 - "$1" "$(tty_of one 0 0)" "$(tty_of one 0 1)" "$(tty_of one 0 2)" "$(tty_of two 3 5)" <<'PYTHON'
import fcntl, os, select, struct, sys, termios, time, tty

TIOCSRS485 = 0x542F
ENABLED, RTS_ON_SEND, RX_DURING_TX = 1, 2, 16


def station(node, flags):
    fd = os.open(node, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(fd)
    attributes = termios.tcgetattr(fd)
    attributes[4] = attributes[5] = termios.B9600
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
    fcntl.ioctl(fd, TIOCSRS485, struct.pack("8I", flags, 0, 0, 0, 0, 0, 0, 0))
    return fd


def heard(fd, seconds=0.3):
    got, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        if select.select([fd], [], [], 0.05)[0]:
            got += os.read(fd, 100)
    return got


a, b, c, other = (station(node, ENABLED | RTS_ON_SEND) for node in sys.argv[2:])
if sys.argv[1] == "talk":
    for talker in a, b, other, a:
        os.write(talker, b"question")
        for listener in {a, b, c, other} - {talker}:
            assert heard(listener, 0.1) == b"question", (talker, listener)
        assert heard(talker, 0.05) == b"", "echo"
elif sys.argv[1] == "turnaround":
    # an answer one character after the question meets no driver that is still on, and a receiver that listens
    for _ in range(20):
        os.write(a, b"Q")
        assert select.select([b], [], [], 1)[0] and os.read(b, 10) == b"Q"
        time.sleep(10 / 9600)
        os.write(b, b"A")
        assert heard(a, 0.05) == b"A"
else:
    os.write(a, b"\x55" * 20)
    os.write(b, b"\x0f" * 20)
    got = heard(c)
    assert got and got != b"\x55" * 20 and got != b"\x0f" * 20, got
PYTHON
}

plan 4
testcase "every station hears who talks, and nobody hears himself" bus_test talk
testcase "an answer comes through a character after the question" bus_test turnaround
testcase "two that talk at once garble each other" bus_test collide
testcase "the manuals were kept" no_violations one two
