#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Programs that people use on serial ports, on ours: stty, setserial, pyserial, picocom, socat.
# TRANSFER_BYTES (4 KiB; 1 MiB with EXTENDED=1 in virtual time): size of the file that goes both ways at once.
# where: uml time-travel debug qemu
# extended: time-travel debug qemu
# time: long
. "$(dirname "$0")/../lib.sh"
. "$(dirname "$0")/board.sh"

our_board ipoctal232 tty loopback
plug=${nodes[1]}
bytes=4096
[ -z "${EXTENDED:-}" ] || [ "${WHERE:-}" != time-travel ] || bytes=1048576
bytes=${TRANSFER_BYTES:-$bytes}
rate=57600
[ "${WHERE:-}" != qemu ] || rate=4800

input_flags='ignbrk brkint ignpar parmrk inpck istrip inlcr igncr icrnl iuclc ixon ixany ixoff imaxbel iutf8'
output_flags='opost olcuc onlcr ocrnl onocr onlret ofill ofdel'
control_flags='parenb parodd cmspar hupcl cstopb cread clocal crtscts'
local_flags='isig icanon iexten xcase echo echoe echok echonl noflsh tostop echoctl echoprt echoke extproc'

# keeps SETTING...: the tty takes and shows them, all in one go, as programs are slow to start in emulated machines
keeps() {
	local shown setting
	stty -F "$plug" "$@"
	shown=" $(stty -F "$plug" -a | tr ';\n' '  ') "
	for setting; do
		[[ $shown = *" $setting "* ]] || fail "$setting is not kept"
	done
}

# each PATTERN FLAG...: the flags, of which every second is off (+-, -+), or all are (--), or none (++)
each() {
	local pattern=$1 sign=0 flags=()
	shift
	for flag; do
		[ "${pattern:sign:1}" = + ] || flag=-$flag
		flags+=("$flag")
		sign=$((1 - sign))
	done
	keeps "${flags[@]}"
}

flags() {
	local pattern
	exec 7<>"$plug"
	stty -F "$plug" raw 9600
	for pattern in ++ +- -+ --; do
		# shellcheck disable=SC2086
		each $pattern $input_flags $output_flags $control_flags $local_flags
	done
	keeps cs5 nl1 cr1 tab1 bs1 vt1 ff1
	keeps cs6 nl0 cr2 tab2 bs0 vt0 ff0
	keeps cs7 cr3 tab3
	keeps cs8 cr0 tab0
	exec 7>&-
}

speeds() {
	local speed
	exec 7<>"$plug"
	for speed in 50 75 110 134 150 200 300 600 1200 1800 2400 4800 9600 19200 38400 57600; do
		keeps $speed
	done
	stty -F "$plug" 9600
	# not to be had: refused, and what is in force stays
	refuses "unable to perform all requested operations" stty -F "$plug" 115200
	[ "$(stty -F "$plug" speed)" -eq 9600 ]
	exec 7>&-
}

characters() {
	local saved
	exec 7<>"$plug"
	stty -F "$plug" start ^A stop ^B eof ^E eol ^F intr ^G quit ^H erase ^I kill ^K susp ^L min 7 time 3
	stty -F "$plug" -a | tr ';' '\n' | sed 's/^ *//' >"$OUT/stty.txt"
	for setting in 'start = ^A' 'stop = ^B' 'intr = ^G' 'kill = ^K' 'min = 7' 'time = 3'; do
		grep -qxF "$setting" "$OUT/stty.txt"
	done
	saved=$(stty -F "$plug" -g)
	stty -F "$plug" sane
	stty -F "$plug" "$saved"
	[ "$(stty -F "$plug" -g)" = "$saved" ]
	stty -F "$plug" sane
	exec 7>&-
}

setserial_works() {
	need setserial
	setserial -g -a "$plug" | grep -q "Baud_base: 115200"
	setserial "$plug" low_latency
	setserial -g -a "$plug" | grep -q low_latency
	setserial "$plug" ^low_latency closing_wait 200 close_delay 10
	setserial -g -a "$plug" | grep -qi "close_delay: 10,"
	setserial -g -a "$plug" | grep -qi "closing_wait: 200$"
	if setserial -g -a "$plug" | grep -q low_latency; then
		fail "low_latency stays"
	fi
	refuses "Invalid argument" setserial "$plug" baud_base 921600
	refuses "Invalid argument" setserial "$plug" uart 16550A
	setserial "$plug" closing_wait 3000 close_delay 50
	"$serial" loop 9600 20 "$plug"
}

pyserial() {
	# from standard input, as this directory has a module of the same name
	(cd / && python3 - "$plug" "$near" "$far" "$rate") <<'PYTHON'
import sys
import time
import serial

plug, near, far, rate = *sys.argv[1:4], int(sys.argv[4])
with serial.Serial(plug, rate, timeout=10) as port:
    for size, parity, stop in ((8, "N", 1), (7, "E", 2), (7, "O", 1), (8, "M", 1), (8, "S", 2), (6, "N", 1), (5, "N", 1.5)):
        port.bytesize, port.parity, port.stopbits = size, parity, stop
        data = bytes(range(1 << size)) if size < 8 else bytes(range(256))
        assert port.write(data) == len(data)
        port.flush()
        assert port.out_waiting == 0
        assert port.read(len(data)) == data, (size, parity, stop)
    port.bytesize, port.parity, port.stopbits = 8, "N", 1
    port.write(b"line one\nline two\n")
    assert port.readline() == b"line one\n" and port.read_until(b"two\n") == b"line two\n"
    port.timeout = 0.1
    start = time.monotonic()
    assert port.read(1) == b"" and 0.09 < time.monotonic() - start < 5
    port.write(b"dropped")
    port.flush()
    time.sleep(0.1)
    assert port.in_waiting == 7
    port.reset_input_buffer()
    assert port.in_waiting == 0
    # the plug has RTS on CTS
    for on in False, True, False, True:
        port.rts = on
        time.sleep(0.01)
        assert port.cts == on
    assert port.dsr and port.cd
    port.baudrate = 28800
    assert port.baudrate == 28800
    port.timeout = 10
    port.write(b"at an odd rate")
    assert port.read(14) == b"at an odd rate"

with serial.Serial(near, rate, timeout=10, rtscts=True) as left, serial.Serial(far, rate, timeout=10, rtscts=True) as right:
    data = bytes(i * 7 & 255 for i in range(2000))
    left.write(data)
    assert right.read(len(data)) == data
    right.write(data)
    assert left.read(len(data)) == data
    left.send_break(0.05)
    left.write(b"x")
    assert right.read(2)[-1:] == b"x"
PYTHON
}

picocom_works() {
	need picocom
	stty -F "$far" raw -echo 9600
	exec 7<>"$far"
	echo "from picocom" | picocom -q -b 9600 -x 1000 "$near" >"$OUT/picocom.txt"
	timeout 10 head -n 1 <&7 | grep -qx "from picocom"
	(sleep 0.3 && echo "to picocom" >&7) &
	picocom -q -b 9600 -x 1500 "$near" </dev/null >"$OUT/picocom.txt"
	wait
	grep -q "to picocom" "$OUT/picocom.txt"
	exec 7>&-
}

# transfer [OPTION]: a file each way at once, through socat on both sides
transfer() {
	local port=raw,echo=0,b$rate,$1 one=$OUT/there two=$OUT/back limit
	need socat
	limit=$((bytes * 10 / rate + 60))
	head -c "$bytes" /dev/urandom >/tmp/one
	head -c "$bytes" /dev/urandom >/tmp/two
	exec 7<>"$near" 8<>"$far"
	stty -F "$near" raw -echo $rate "${2:--crtscts}"
	stty -F "$far" raw -echo $rate "${2:--crtscts}"
	timeout $limit head -c "$bytes" <&7 >/tmp/back &
	timeout $limit head -c "$bytes" <&8 >/tmp/there &
	timeout $limit socat -u FILE:/tmp/one "OPEN:$near,$port" &
	timeout $limit socat -u FILE:/tmp/two "OPEN:$far,$port"
	wait
	exec 7>&- 8>&-
	cmp /tmp/one /tmp/there
	cmp /tmp/two /tmp/back
	rm -f /tmp/one /tmp/two /tmp/there /tmp/back
}

to_a_pty() {
	local bridge
	need socat
	stty -F "$near" raw -echo 9600
	stty -F "$far" raw -echo 9600
	socat "$far",raw,echo=0 PTY,link=/tmp/far,raw,echo=0 &
	bridge=$!
	wait_for 10 test -e /tmp/far
	exec 7<>/tmp/far 8<>"$near"
	echo "through a pty" >&8
	timeout 10 head -n 1 <&7 | grep -qx "through a pty"
	echo "and back" >&7
	timeout 10 head -n 1 <&8 | grep -qx "and back"
	exec 7>&- 8>&-
	kill $bridge
	wait $bridge || [ $? -eq 143 ]
}

plan 10
testcase "stty: every flag is kept, and given up" flags
testcase "stty: every rate is, and an impossible one is refused" speeds
testcase "stty: control characters, and saving and restoring all" characters
testcase "setserial shows and sets what there is, and is refused the rest" setserial_works
testcase "pyserial: formats, lines, buffers, breaks, flow control" pyserial
testcase "picocom sends and shows" picocom_works
testcase "socat takes a file each way at once, without flow control" transfer crtscts=0 -crtscts
testcase "and with RTS and CTS" transfer crtscts=1 crtscts
testcase "socat makes the far end a pty" to_a_pty
testcase "the manuals were kept" is 0 "$vhw/board0/violations"
