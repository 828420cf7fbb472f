#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# RS-485: stations on a shared pair, turnaround, collisions.
# where: time-travel
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/boards.sh"

boards_and_drivers
make_board one slot0/module=ipoctal485 slot0/ipoctal/echo=0 "slot0/line0/peer=bus field" "slot0/line1/peer=bus field" \
	"slot0/line2/peer=bus field"
make_board two slot3/module=ipoctal485 "slot3/line5/peer=bus field"
go_live one
go_live two
tracing=/sys/kernel/tracing

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

# window RATE COUNT BEFORE AFTER: for how long the line driver is on around so many characters, with delays in ms before
# and after them: their ten bits each, the delays, and one more bit where the chip turns the line round by itself
window() {
	local events=$tracing/events/vhw_serial/enable
	echo >$tracing/trace
	put 1 $events
	"$here/../ipoctal/serial.py" burst "$(tty_of one 0 0)" "$@"
	put 0 $events
	sed -nE 's/.* one\/0\/0 (driver on|driver off|tx).* at ([0-9]+)$/\1 \2/p' $tracing/trace >"$OUT/window.txt"
	awk -v rate="$1" -v count="$2" -v before="$3" -v after="$4" '
		# a driver takes some us between two commands to the chip
		function near(is, wanted) { return is - wanted < 0.5 * bit && wanted - is < 0.01 * bit }
		BEGIN { bit = 1e9 / rate }
		$2 == "on" { on = $3; switched++ }
		$2 == "off" { off = $3; switched++ }
		$1 == "tx" && !sent++ { first = $2 }
		END {
			wanted = count * 10 * bit + (before + after) * 1e6 + (after ? 0 : bit)
			printf "%d characters at %d: driver on for %.3f bits, wanted are %.3f\n", count, rate, (off - on) / bit,
				wanted / bit
			exit !(switched == 2 && sent == count && near(off - on, wanted) && near(first - on, before * 1e6))
		}' "$OUT/window.txt"
}

windows() {
	local rate
	for rate in 1200 9600 57600; do
		window $rate 1 "$@"
		window $rate 2 "$@"
		window $rate 20 "$@"
	done
}

plan 7
testcase "every station hears who talks, and nobody hears himself" bus_test talk
testcase "an answer comes through a character after the question" bus_test turnaround
testcase "two that talk at once garble each other" bus_test collide
testcase "the chip's turnaround: the line driver is on for the characters and one bit" windows 0 0
testcase "with delays: for those and the characters, and no bit more" windows 2 3
testcase "with a delay before and the chip's turnaround" windows 2 0
testcase "the manuals were kept" no_violations one two
