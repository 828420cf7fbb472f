#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The kernel's own ipack, tpci200 and ipoctal, unmodified, on the virtual board: they bind and exchange data.
# KERNELS_DRIVERS=DIRECTORY holds them (make check builds them from Debian's kernel source).
# where: uml qemu
# extended: uml qemu
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"
[ -d "${KERNELS_DRIVERS:-}" ] || skip "KERNELS_DRIVERS names no directory"
export REFERENCE_DRIVERS=$KERNELS_DRIVERS

defer unload_drivers
load_drivers
new_board own ipoctal232 "null-modem own/0/1" none loopback
defer rmdir "$vhw/own"

binds() {
	power_on own
	lspci -k -d 1498:30c8 | grep "driver in use: tpci200"
	[ "$(cat "$(device own)/id_vendor")" = 0xf0 ]
}

# Set up, close and open again first: their receiver stays off after a change of termios
talks() {
	python3 - "$(nodes own)0" "$(nodes own)1" <<-'END'
		import os, select, sys, termios, tty
		def reopened(node):
		    fd = os.open(node, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
		    tty.setraw(fd)
		    attributes = termios.tcgetattr(fd)
		    attributes[2] = attributes[2] & ~termios.CRTSCTS | termios.CLOCAL | termios.CREAD
		    attributes[4] = attributes[5] = termios.B2400
		    termios.tcsetattr(fd, termios.TCSANOW, attributes)
		    os.close(fd)
		    return os.open(node, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
		a, b = (reopened(node) for node in sys.argv[1:])
		for source, sink, text in ((a, b, b'there ' * 20), (b, a, b'and back ' * 20)):
		    os.write(source, text)
		    heard = b''
		    while len(heard) < len(text) and select.select([sink], [], [], 20)[0]:
		        heard += os.read(sink, 4096)
		    if heard != text:
		        sys.exit(f'{len(heard)} of {len(text)} characters: {heard[:60]}')
	END
}

counted() { [ "$(cat "$vhw/own/slot0/line1/received")" -ge 120 ]; }

unplugs() {
	echo 0 >"$vhw/own/live"
	[ ! -e /dev/ipoctal.0.0.0 ]
}

plan 4
testcase "the kernel's drivers bind to the virtual board" binds
testcase "text goes both ways over a null-modem cable" talks
testcase "the cable saw it" counted
testcase "they let go of it" unplugs
