#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""serial.py COMMAND ARGUMENT...: what a shell cannot ask of a tty.

Each command is a check: silent and 0 when it holds, a traceback when it does not.
"""
import errno
import fcntl
import os
import select
import struct
import sys
import termios
import threading
import time

TCGETS2, TCSETS2, TCSETSW2 = 0x802C542A, 0x402C542B, 0x402C542C
TIOCGICOUNT, TIOCMIWAIT = 0x545D, 0x545C
TIOCSERGETLSR, TIOCGSERIAL, TIOCSSERIAL = 0x5459, 0x541E, 0x541F
TIOCGRS485, TIOCSRS485 = 0x542E, 0x542F
TIOCM_LOOP = 0x8000
BOTHER, CIBAUD_SHIFT, CMSPAR = 0o010000, 16, 0o10000000000
CRTSCTS = 0o20000000000
ADDRB = 0x20000000
# Where time is real a machine may be busy; who waits for something then waits so many times as long
PATIENCE = 1 if os.environ.get("WHERE") == "time-travel" else int(os.environ.get("TEST_BUSY", 1))
CHIP_RATES = [50, 75, 110, 134, 150, 200, 300, 600, 1050, 1200, 1800, 2000, 2400, 3600, 4800, 7200,
              9600, 14400, 19200, 28800, 38400, 57600]


class Tty:
    """A tty in raw mode."""

    def __init__(self, path, rate=9600, cflag=termios.CS8, iflag=0, rx_rate=None, **keep):
        self.path = path
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        if not keep.get("keep"):
            self.set(rate, cflag, iflag, rx_rate)

    def set(self, rate=9600, cflag=termios.CS8, iflag=0, rx_rate=None, wait=False):
        speed = BOTHER | (BOTHER << CIBAUD_SHIFT if rx_rate else 0)
        flags = cflag | termios.CREAD | termios.CLOCAL | speed
        cc = bytes(19)
        self.raw = struct.pack("4IB19s2I", iflag, 0, flags, 0, 0, cc, rx_rate or rate, rate)
        fcntl.ioctl(self.fd, TCSETSW2 if wait else TCSETS2, self.raw)

    def get(self):
        """iflag, cflag, input rate, output rate"""
        raw = fcntl.ioctl(self.fd, TCGETS2, bytes(44))
        iflag, _, cflag, _, _, _, rx, tx = struct.unpack("4IB19s2I", raw)
        return iflag, cflag, rx, tx

    def read(self, size, timeout=10 * PATIENCE):
        """Read exactly size bytes, or what has come when nothing more comes"""
        got = b""
        while len(got) < size:
            if not select.select([self.fd], [], [], timeout)[0]:
                break
            more = os.read(self.fd, size - len(got))
            if not more:
                break
            got += more
        return got

    def write(self, data, timeout=30 * PATIENCE):
        while data:
            if not select.select([], [self.fd], [], timeout)[1]:
                raise TimeoutError(f"{self.path} takes nothing more")
            data = data[os.write(self.fd, data):]

    def drain(self):
        if "ipoctal" in self.path:
            termios.tcdrain(self.fd)
        while self.outq():
            time.sleep(0.001)

    def flush(self):
        termios.tcflush(self.fd, termios.TCIOFLUSH)

    def modem(self):
        return struct.unpack("I", fcntl.ioctl(self.fd, termios.TIOCMGET, bytes(4)))[0]

    def set_modem(self, on, bits):
        fcntl.ioctl(self.fd, termios.TIOCMBIS if on else termios.TIOCMBIC, struct.pack("I", bits))

    def count(self):
        names = "cts dsr rng dcd rx tx frame overrun parity brk buf_overrun".split()
        raw = fcntl.ioctl(self.fd, TIOCGICOUNT, bytes(80))
        return dict(zip(names, struct.unpack("11i", raw[:44])))

    def outq(self):
        return struct.unpack("I", fcntl.ioctl(self.fd, termios.TIOCOUTQ, bytes(4)))[0]

    def close(self):
        os.close(self.fd)


def pattern(size, seed=1):
    value, out = seed, bytearray()
    for _ in range(size):
        value = (value * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(value >> 16 & 0xFF)
    return bytes(out)


def expect(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: {got!r}, not {wanted!r}")


def transfer(source, sink, data):
    """Send data while somebody reads it"""
    got = []
    reader = threading.Thread(target=lambda: got.append(sink.read(len(data))))
    reader.start()
    source.write(data)
    reader.join()
    if got[0] != data:
        same = next((i for i, (a, b) in enumerate(zip(got[0], data)) if a != b), len(got[0]))
        raise AssertionError(f"{source.path} -> {sink.path}: {len(got[0])} of {len(data)} bytes, "
                             f"right up to {same}: {got[0][same:same + 8]!r} not {data[same:same + 8]!r}")


def cmd_exchange(a, b, rate, size, flow=""):
    """Data both ways at once between two ttys"""
    cflag = termios.CS8 | (CRTSCTS if flow == "crtscts" else 0)
    left, right = Tty(a, int(rate), cflag), Tty(b, int(rate), cflag)
    before = left.count()
    failed = []

    def one(source, sink, seed):
        try:
            transfer(source, sink, pattern(int(size), seed))
        except BaseException as error:  # pylint: disable=broad-except
            failed.append(error)
    threads = [threading.Thread(target=one, args=args) for args in ((left, right, 1), (right, left, 2))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    after = left.count()
    expect([after[k] - before[k] for k in ("overrun", "frame")], [0, 0], "overruns and framing errors")


def cmd_plain(a, b, size):
    """
    Text one way and then the other, as any driver can: set up, closed and opened again first, because the kernel's own
    leaves the receiver off after a change of termios; by way of a write that fits its buffer, because it wakes no
    writers; slowly, because it makes interrupts without end while the last character of a write is under way
    """
    for path in (a, b):
        Tty(path, 2400).close()
    ends = Tty(a, keep=True), Tty(b, keep=True)
    for source, sink in (ends, ends[::-1]):
        data = pattern(int(size), 90)
        source.write(data)
        expect(sink.read(len(data), 30 * PATIENCE), data, f"{source.path} -> {sink.path}")


def cmd_send(a, b, rate, size):
    """Data one way"""
    transfer(Tty(a, int(rate)), Tty(b, int(rate)), pattern(int(size)))


def cmd_loop(rate, size, *nodes):
    """Each of the ttys sends to itself, all at the same time"""
    failed = []

    def one(node, seed):
        try:
            tty = Tty(node, int(rate))
            tty.flush()
            before = tty.count()
            transfer(tty, tty, pattern(int(size), seed))
            after = tty.count()
            expect(after["rx"] - before["rx"], int(size), f"{node} received")
            expect(after["tx"] - before["tx"], int(size), f"{node} sent")
            expect(after["overrun"], before["overrun"], f"{node} overruns")
            tty.close()
        except BaseException as error:  # pylint: disable=broad-except
            failed.append(error)
    threads = [threading.Thread(target=one, args=(n, i + 1)) for i, n in enumerate(nodes)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


def formats():
    for bits, size in ((5, termios.CS5), (6, termios.CS6), (7, termios.CS7), (8, termios.CS8)):
        for name, parity in (("none", 0), ("even", termios.PARENB), ("odd", termios.PARENB | termios.PARODD),
                             ("mark", termios.PARENB | termios.PARODD | CMSPAR),
                             ("space", termios.PARENB | CMSPAR)):
            for stop in (0, termios.CSTOPB):
                yield f"{bits} {name} {2 if stop else 1}", bits, size | parity | stop


def cmd_formats(near, far):
    """Every character format, against a UART of another make; each refuses the other's bad parity"""
    left, right = Tty(near), Tty(far)
    for name, bits, cflag in formats():
        for tty in (left, right):
            tty.set(9600, cflag, termios.INPCK | termios.IGNPAR)
        mask = termios.CSIZE | termios.CSTOPB | termios.PARENB | termios.PARODD | CMSPAR
        expect(left.get()[1] & mask, cflag & mask, f"{name}: flags read back")
        data = bytes(b & ((1 << bits) - 1) for b in pattern(24, 7))
        transfer(left, right, data)
        transfer(right, left, data)
    before = left.count()
    expect(before["frame"] + before["parity"], 0, "errors")


def cmd_wrong_parity(near, far):
    """Even meets odd: every character is a parity error, marked for who wants that, and counted"""
    left, right = Tty(near), Tty(far)
    left.set(9600, termios.CS8 | termios.PARENB, termios.INPCK | termios.PARMRK)
    right.set(9600, termios.CS8 | termios.PARENB | termios.PARODD)
    before = left.count()
    right.write(b"abc")
    expect(left.read(9), b"\xff\0a\xff\0b\xff\0c", "marked characters")
    expect(left.count()["parity"] - before["parity"], 3, "parity errors")
    left.set(9600, termios.CS8 | termios.PARENB, termios.PARMRK)
    right.write(b"abc")
    expect(left.read(3), b"abc", "characters without INPCK")


def cmd_rates(near, far):
    """Every rate of the chip, at its real speed: the far end, at that rate, understands"""
    left, right = Tty(near), Tty(far)
    for rate in [*CHIP_RATES, 320]:  # which takes both halves of the timer's preset
        for tty in (left, right):
            tty.set(rate)
        expect(left.get()[2:], (rate, rate), "rates read back")
        size = max(4, min(64, rate // 20))
        transfer(left, right, pattern(size, 3))
        transfer(right, left, pattern(size, 4))


def cmd_duration(near, rate, size, stop_bits=1):
    """So many characters take exactly their time, and tcdrain() returns within one more"""
    rate, size, stop_bits = int(rate), int(size), int(stop_bits)
    tty = Tty(near, rate, termios.CS8 | (termios.CSTOPB if stop_bits == 2 else 0))
    character = (9 + stop_bits) / rate
    tty.drain()
    start = time.monotonic()
    tty.write(pattern(size, 5))
    if size <= 2:
        expect(tty.outq(), size, "TIOCOUTQ with all in the chip")
    tty.drain()
    took = time.monotonic() - start
    if not size * character - 2e-6 <= took <= (size + 1) * character:
        raise AssertionError(f"{size} characters at {rate} took {took * 1e6:.1f} us, "
                             f"not {size * character * 1e6:.1f}")
    expect(tty.outq(), 0, "TIOCOUTQ after tcdrain()")


def cmd_refuse(near):
    """A rate that cannot be made leaves the old one, and says so"""
    tty = Tty(near, 4800)
    for rate in (1, 31250, 115200, 4000000):
        tty.set(rate)
        expect(tty.get()[2:], (4800, 4800), f"rates after asking for {rate}")
    for rate in CHIP_RATES:
        tty.set(rate)
        expect(tty.get()[3], rate, "rate")


def cmd_rates_made(near, *wanted):
    """RATE=yes or RATE=no: which rates there are"""
    tty = Tty(near, 9600)
    for rate, made in (item.split("=") for item in wanted):
        tty.set(9600)
        tty.set(int(rate))
        expect(tty.get()[3], int(rate) if made == "yes" else 9600, f"rate after asking for {rate}")


def cmd_singles(near, rate, count):
    """Characters one by one, each awaited before the next"""
    tty = Tty(near, int(rate))
    for c in pattern(int(count), 14):
        tty.write(bytes([c]))
        expect(tty.read(1), bytes([c]), "a character alone")


def cmd_beside(busy, near):
    """A character arrives though the other channel of the block receives without a pause"""
    other, tty = Tty(busy, 9600), Tty(near, 9600)
    data = pattern(600, 15)
    thread = threading.Thread(target=transfer, args=(other, other, data))
    thread.start()
    cmd_singles(near, 9600, 3)
    # where time is real the other may be done before this comes to look
    expect(thread.is_alive() or os.environ.get("WHERE") != "time-travel", True, "awaited while the other talks")
    thread.join()
    tty.close()


def cmd_neighbours(a, b):
    """Two channels of a block: rates that cannot both be made are refused to the second"""
    first, second = Tty(a, 57600), Tty(b, 9600)
    second.set(28800)
    expect(second.get()[3], 9600, "second rate beside 57600")
    second.set(50)
    expect(second.get()[3], 50, "second rate beside 57600")
    expect(first.get()[3], 57600, "first rate")
    transfer(first, first, pattern(200, 8))
    second.set(38400)
    first.set(19200)
    expect((first.get()[3], second.get()[3]), (19200, 38400), "both rates")
    transfer(second, second, pattern(100, 9))
    transfer(first, first, pattern(100, 10))
    first.close()
    # A closed neighbour binds nobody.
    second.set(28800)
    expect(second.get()[3], 28800, "second rate alone")


def cmd_undisturbed(a, b):
    """Setting up a channel costs its neighbour nothing, while it receives at full speed"""
    busy, other = Tty(a, 38400), Tty(b)
    stop = []

    def fiddle():
        while not stop:
            for rate in (50, 75, 150, 19200, 57600, 300):
                other.set(rate)
                time.sleep(0.002)
    thread = threading.Thread(target=fiddle)
    thread.start()
    try:
        transfer(busy, busy, pattern(4000, 11))
    finally:
        stop.append(1)
        thread.join()


def cmd_split(near, far_fast, far_slow=None):
    """Receive at one rate and send at another"""
    del far_slow
    left, right = Tty(near), Tty(far_fast)
    left.set(1200, rx_rate=9600)
    expect(left.get()[2:], (9600, 1200), "rates read back")
    right.set(9600)
    right.write(b"from the fast one")
    expect(left.read(17), b"from the fast one", "received at 9600")
    right.set(1200)
    left.write(b"slow")
    expect(right.read(4), b"slow", "sent at 1200")


def cmd_b0(near, far):
    """B0 hangs up: RTS goes, and comes back with a rate"""
    left, right = Tty(near, 4800), Tty(far, 4800)
    expect(bool(right.modem() & termios.TIOCM_CTS), True, "CTS of an open port")
    attr = termios.tcgetattr(left.fd)
    attr[4] = attr[5] = termios.B0
    termios.tcsetattr(left.fd, termios.TCSANOW, attr)
    expect(bool(right.modem() & termios.TIOCM_CTS), False, "CTS after B0")
    right.write(b"heard")
    expect(left.read(5), b"heard", "received at the rate of before")
    right.set(9600)
    left.set(9600)
    expect(bool(right.modem() & termios.TIOCM_CTS), True, "CTS after 9600")
    transfer(left, right, b"still there")


def cmd_modem(near, far):
    """RTS and CTS both ways; a change is counted, and wakes who waits for it"""
    left, right = Tty(near), Tty(far)
    for on in (False, True, False, True):
        left.set_modem(on, termios.TIOCM_RTS)
        expect(bool(left.modem() & termios.TIOCM_RTS), on, "own RTS")
        expect(bool(right.modem() & termios.TIOCM_CTS), on, "far CTS")
    right.set_modem(False, termios.TIOCM_RTS)
    expect(bool(left.modem() & termios.TIOCM_CTS), False, "CTS")
    expect(left.modem() & (termios.TIOCM_DSR | termios.TIOCM_CD), termios.TIOCM_DSR | termios.TIOCM_CD,
           "DSR and CD")
    beside = Tty(near[:-1] + str(int(near[-1]) ^ 1), 9600, termios.CS8 | CRTSCTS)
    before = left.count()["cts"]
    for on in (True, False, True):
        timer = threading.Timer(0.1, right.set_modem, (on, termios.TIOCM_RTS))
        timer.start()
        fcntl.ioctl(left.fd, TIOCMIWAIT, termios.TIOCM_CTS)
        timer.join()
    expect(left.count()["cts"] - before, 3, "counted changes of CTS")
    expect(bool(left.modem() & termios.TIOCM_CTS), True, "CTS")
    expect(beside.count()["cts"], 0, "changes of CTS of the other channel of the block")


def cmd_modem_before(near, far):
    """The chip remembers that CTS changed and came back; who waits for a change from now on is not told of that"""
    left, right = Tty(near), Tty(far)
    for on in (False, True):
        right.set_modem(on, termios.TIOCM_RTS)
        time.sleep(0.05)
    before = left.count()["cts"]
    timer = threading.Timer(0.5, right.set_modem, (False, termios.TIOCM_RTS))
    start = time.monotonic()
    timer.start()
    fcntl.ioctl(left.fd, TIOCMIWAIT, termios.TIOCM_CTS)
    took = time.monotonic() - start
    timer.join()
    if took < 0.4:
        raise AssertionError(f"a change is told after {took} s, long before it came")
    expect(left.count()["cts"] - before, 1, "counted changes of CTS")
    right.set_modem(True, termios.TIOCM_RTS)


def cmd_no_handshake(near):
    """Where there are no wires CRTSCTS is given up, and CTS reads as if nobody minded"""
    tty = Tty(near, 9600, termios.CS8 | CRTSCTS)
    expect(tty.get()[1] & CRTSCTS, 0, "CRTSCTS")
    lines = termios.TIOCM_CTS | termios.TIOCM_DSR | termios.TIOCM_CD
    expect(tty.modem() & lines, lines, "CTS, DSR and CD")


def cmd_flow_control(near, far, size):
    """A slow reader loses nothing, in either direction"""
    size = int(size)
    cflag = termios.CS8 | CRTSCTS
    left, right = Tty(near, 38400, cflag), Tty(far, 38400, cflag)
    for source, sink, seed in ((right, left, 21), (left, right, 22)):
        data, got = pattern(size, seed), b""
        writer = threading.Thread(target=source.write, args=(data, 60))
        writer.start()
        while len(got) < size:
            time.sleep(0.3)
            more = sink.read(min(3000, size - len(got)))
            if not more:
                break
            got += more
        writer.join()
        expect(len(got), size, "bytes received")
        expect(got == data, True, "data right")
    expect(left.count()["overrun"], 0, "overruns")


def cmd_cts_holds(near, far):
    """Without CTS nothing is sent; a flush gets rid of it, and neither another rate nor closing hangs"""
    left, right = Tty(near, 9600, termios.CS8 | CRTSCTS), Tty(far)
    right.set_modem(False, termios.TIOCM_RTS)
    time.sleep(0.05)
    left.write(b"0123456789")
    expect(right.read(1, 0.2), b"", "sent without CTS")
    expect(left.outq(), 10, "TIOCOUTQ")
    right.set_modem(True, termios.TIOCM_RTS)
    expect(right.read(10), b"0123456789", "sent with CTS")
    right.set_modem(False, termios.TIOCM_RTS)
    time.sleep(0.05)
    left.write(b"0123456789")
    left.set(4800, termios.CS8 | CRTSCTS)
    left.set(9600, termios.CS8 | CRTSCTS)
    left.flush()
    right.set_modem(True, termios.TIOCM_RTS)
    expect(right.read(1, 0.2), b"", "sent after a flush")
    left.write(b"again")
    expect(right.read(5), b"again", "sent after what was flushed")
    right.set_modem(False, termios.TIOCM_RTS)
    time.sleep(0.05)
    # Who waits for what the chip holds returns soon after CTS has let it go
    left.write(b"ab")
    threading.Timer(0.2, right.set_modem, (True, termios.TIOCM_RTS)).start()
    start = time.monotonic()
    left.drain()
    took = time.monotonic() - start
    expect(0.2 < took < 0.22 or os.environ.get("WHERE") != "time-travel", True, f"sent 0.2 s later, drained after {took} s")
    expect(right.read(2), b"ab", "sent")
    right.set_modem(False, termios.TIOCM_RTS)
    time.sleep(0.05)
    left.write(b"0123456789")
    left.flush()
    start = time.monotonic()
    left.close()
    if time.monotonic() - start > 2:
        raise AssertionError(f"close took {time.monotonic() - start} s")
    right.set_modem(True, termios.TIOCM_RTS)
    expect(right.read(1, 0.2), b"", "sent after a flush")


def send_break(tty):
    fcntl.ioctl(tty.fd, 0x5427)
    time.sleep(0.05)
    fcntl.ioctl(tty.fd, 0x5428)
    time.sleep(0.01)


def cmd_break(near, far):
    """A break each way: marked once, counted once, and data goes on after it"""
    left, right = Tty(near), Tty(far)
    for tty in (left, right):
        tty.set(9600, termios.CS8, termios.PARMRK)
    before = left.count()
    right.write(b"a")
    right.drain()
    send_break(right)
    right.write(b"b")
    expect(left.read(5), b"a\xff\0\0b", "received around a break")
    expect(left.count()["brk"] - before["brk"], 1, "counted breaks")
    left.write(b"c")
    left.drain()
    send_break(left)
    left.write(b"d")
    expect(right.read(5), b"c\xff\0\0d", "sent around a break")


def cmd_errors(near, **_):
    """Print the error counters"""
    tty = Tty(near, keep=True)
    print(" ".join(f"{k}={v}" for k, v in tty.count().items()))


def cmd_marked(near, far, sent, wanted, overruns=0, frames=0, parities=0, breaks=0):
    """What arrives with PARMRK, and how it is counted"""
    left, right = Tty(near), Tty(far)
    left.set(9600, termios.CS8, termios.PARMRK | termios.INPCK)
    before = left.count()
    right.write(sent.encode())
    right.drain()
    wanted = bytes.fromhex(wanted)
    expect(left.read(len(wanted) + 1, 0.3), wanted, "received")
    after = left.count()
    expect([after[k] - before[k] for k in ("overrun", "frame", "parity", "brk")],
           [int(overruns), int(frames), int(parities), int(breaks)], "overruns, framing, parity, breaks")


def cmd_break_within(near, far):
    """A break while characters come without a pause: one break in place of the first it hits, and no more after it"""
    left, right = Tty(near), Tty(far)
    left.set(9600, termios.CS8, termios.PARMRK | termios.INPCK)
    before = left.count()["brk"]
    right.write(b"abcdefgh")
    right.drain()
    expect(left.read(100, 0.3)[:6], b"abc\xff\0\0", "received until the break")
    expect(left.count()["brk"] - before, 1, "counted breaks")
    right.write(b"well again")
    expect(left.read(10), b"well again", "received after it")


def cmd_overrun(near, far):
    """An overrun is counted once, and the other characters are right"""
    left, right = Tty(near), Tty(far)
    left.set(9600, termios.CS8, termios.PARMRK | termios.INPCK)
    before = left.count()["overrun"]
    right.write(b"abcdefgh")
    right.drain()
    got = left.read(20, 0.3)
    expect(left.count()["overrun"] - before, 1, "counted overruns")
    expect(len(got) in (7, 8) and sorted(set(got)) == list(got), True, f"the rest of {got!r} in order")


def cmd_overfull(near, far):
    """Nobody comes for six characters: three are kept in the FIFO, with their flags, and the last behind it"""
    left, right = Tty(near), Tty(far)
    left.set(9600, termios.CS8, termios.PARMRK | termios.INPCK)
    before = left.count()
    time.sleep(1.1)  # an overrun is logged once a second, not in the first one
    right.write(b"abcdef")
    right.drain()
    expect(left.read(7, 5), b"a\xff\0bcf", "received")
    after = left.count()
    expect([after[k] - before[k] for k in ("rx", "overrun", "frame")], [4, 1, 1], "received, overruns, framing errors")


def cmd_deaf(near, far, fault, kick):
    """Noise leaves the receiver deaf until it is reset"""
    left, right = Tty(near), Tty(far)
    for name, value in (("times", "1"), ("probability", "100")):
        with open(f"{fault}/{name}", "w", encoding="ascii") as file:
            file.write(value)
    right.write(b"abcdef")
    right.drain()
    if left.read(6, 0.3) == b"abcdef":
        raise AssertionError("the receiver is not deaf")
    with open(kick, "w", encoding="ascii") as file:
        file.write(near[-1])
    left.read(10, 0.1)
    right.write(b"heard")
    expect(left.read(5), b"heard", "received after the kick")


def cmd_stuck(near, far):
    """A transmitter that says nothing for a while goes on after its reset"""
    left, right = Tty(near), Tty(far)
    data = pattern(100, 81)
    left.write(data)
    got = right.read(100, 5)
    if len(got) < 95:
        raise AssertionError(f"{len(got)} of 100 characters")
    left.drain()
    left.write(b"well again")
    expect(right.read(10), b"well again", "sent after the reset")


def cmd_suspended(near):
    """An open port goes on after a suspend: format, RTS, counters"""
    cflag = termios.CS7 | termios.PARENB | termios.PARODD | termios.CSTOPB
    tty = Tty(near, 19200, cflag)
    transfer(tty, tty, bytes(range(100)))
    before = tty.count()
    for value, file in (("devices", "pm_test"), ("freeze", "state"), ("none", "pm_test")):
        with open(f"/sys/power/{file}", "w", encoding="ascii") as power:
            power.write(value)
    transfer(tty, tty, bytes(range(100)))
    expect(bool(tty.modem() & termios.TIOCM_CTS), True, "CTS after the suspend")
    after = tty.count()
    expect([after[k] - before[k] for k in ("tx", "rx", "parity", "frame")], [100, 100, 0, 0], "counted since")


def cmd_loopback(near):
    """TIOCM_LOOP: what is sent comes back inside the chip"""
    tty = Tty(near)
    tty.set_modem(True, TIOCM_LOOP)
    transfer(tty, tty, pattern(100, 31))
    tty.set_modem(False, TIOCM_LOOP)
    tty.write(b"x")
    expect(tty.read(1, 0.2), b"", "received without the loop")


def cmd_termios_busy(near, far):
    """Changing the format neither loses nor garbles what was written before"""
    left, right = Tty(near, 1200), Tty(far, 1200)
    left.write(b"at twelve hundred")
    left.set(9600, wait=True)
    expect(right.read(17), b"at twelve hundred", "sent before the change")
    right.set(9600)
    left.write(b"at 9600")
    expect(right.read(7), b"at 9600", "sent after the change")
    # TCSANOW holds back the rest of the buffer, and lets it go at the new rate.
    left.set(1200)
    right.set(1200)
    left.write(b"0123456789")
    start = time.monotonic()
    left.set(1200, termios.CS7 | termios.CSTOPB)
    took = time.monotonic() - start
    # two characters are in the chip; where time is real, it may take longer to see that they are sent
    expect(took < 2.75 * 10 / 1200 or os.environ.get("WHERE") != "time-travel", True, f"the change took {took} s")
    got = right.read(10)
    expect(len(got), 10, "characters of a write during which the format changed")
    expect(got[:2], b"01", "what was in the chip")


def cmd_large_write(near, size):
    """A write larger than the buffer blocks, and ends; poll() says writable when it is"""
    data = pattern(int(size), 41)
    tty = Tty(near, 38400)
    transfer(tty, tty, data)
    tty.drain()
    expect(tty.outq(), 0, "TIOCOUTQ")
    tty.write(data[:4000])
    select.select([], [tty.fd], [])
    left = tty.outq()
    # where time is real all of it may be gone before this comes to look
    expect(left > 200 or os.environ.get("WHERE") != "time-travel", True, f"{left} left: writable before all is sent")
    tty.flush()


def cmd_two_openers(near):
    """Closing one of two descriptors takes nothing from the other"""
    first, second = Tty(near, 2400), Tty(near, 2400)
    data = pattern(200, 51)
    first.write(data)
    second.close()
    expect(first.read(200), data, "received")
    expect(first.count()["rx"] >= 200, True, "counters survive a close")


def cmd_xonxoff(near, far):
    """XOFF stops the transmitter, XON lets it go on"""
    left, right = Tty(near), Tty(far)
    left.set(9600, termios.CS8, termios.IXON)
    attr = termios.tcgetattr(left.fd)
    attr[6][termios.VSTART], attr[6][termios.VSTOP] = b"\x11", b"\x13"
    termios.tcsetattr(left.fd, termios.TCSANOW, attr)
    right.write(b"\x13")
    right.drain()
    time.sleep(0.05)
    left.write(b"held")
    expect(right.read(1, 0.2), b"", "sent after XOFF")
    right.write(b"\x11")
    expect(right.read(4), b"held", "sent after XON")


def cmd_slow_reader(near, far):
    """XOFF is sent when nobody reads, XON when somebody does"""
    left, right = Tty(near), Tty(far)
    left.set(38400, termios.CS8, termios.IXOFF)
    right.set(38400)
    attr = termios.tcgetattr(left.fd)
    attr[6][termios.VSTART], attr[6][termios.VSTOP] = b"\x11", b"\x13"
    termios.tcsetattr(left.fd, termios.TCSANOW, attr)
    data = pattern(6000)
    right.write(data)
    expect(right.read(1), b"\x13", "sent when nobody reads")
    expect(left.read(len(data)), data, "read")
    expect(right.read(1), b"\x11", "sent when it was read")


def cmd_setserial(near):
    """TIOCGSERIAL tells the truth; nonsense is refused"""
    tty = Tty(near)
    raw = bytearray(fcntl.ioctl(tty.fd, TIOCGSERIAL, bytes(72)))
    kind, line, _, _, _, _, _, base = struct.unpack_from("iiIiiiii", raw)
    expect((kind, base), (82, 115200), "type and base rate")
    expect(line, int(near[-1]), "line")
    struct.pack_into("i", raw, 28, 921600)
    try:
        fcntl.ioctl(tty.fd, TIOCSSERIAL, bytes(raw))
    except OSError as error:
        expect(error.errno, errno.EINVAL, "another base rate")
    else:
        raise AssertionError("another base rate was taken")


def rs485(tty, flags, before=0, after=0, own=0, dest=0):
    raw = struct.pack("IIIBBxx4I", flags, before, after, own, dest, 0, 0, 0, 0)
    got = fcntl.ioctl(tty.fd, TIOCSRS485, raw)
    return struct.unpack_from("III", got)


def cmd_multidrop(talker, first, second):
    """Stations with addresses on one bus: each hears what is for it; who has none hears all, addresses marked"""
    talk, one, two = (Tty(path) for path in (talker, first, second))
    on, addressed, recv, dest = 3, 1 << 6, 1 << 7, 1 << 8
    expect(rs485(one, on | addressed | recv, own=0x11)[0], on | addressed | recv, "flags of the first")
    expect(bool(one.get()[1] & ADDRB), True, "ADDRB in termios")
    rs485(two, on | addressed | recv, own=0x22)
    for number, sink, other, text in ((0x11, one, two, b"for one"), (0x22, two, one, b"and for two"),
                                      (0x11, one, two, b"\x22 is data here")):
        rs485(talk, on | addressed | dest, dest=number)
        talk.write(text)
        expect(sink.read(len(text)), text, "received by whom it was for")
        expect(other.read(1, 0.05), b"", "received by the other")
    two.set(9600, termios.CS8, termios.INPCK | termios.PARMRK)
    rs485(two, on | addressed)
    before = two.count()["parity"]
    rs485(talk, on | addressed | dest, dest=0x33)
    talk.write(b"all")
    expect(two.read(6), b"\xff\0\x33all", "received without an address")
    expect(two.count()["parity"], before, "parity errors")
    expect(one.read(1, 0.05), b"", "received by nobody's station")
    # An address without the mode that has addresses is an error; so is one that nothing uses.
    for flags, own in ((on | recv, 1), (on | addressed, 1)):
        try:
            rs485(one, flags, own=own)
        except OSError as error:
            expect(error.errno, errno.EINVAL, "an address that makes no sense")
        else:
            raise AssertionError(f"flags {flags:#x} with address {own} were taken")
    for tty in (talk, one):
        rs485(tty, on)
    rs485(two, on)
    expect(bool(one.get()[1] & ADDRB), False, "ADDRB after multidrop")
    talk.write(b"plain again")
    expect(one.read(11), b"plain again", "received without multidrop")


def cmd_rs485(a, b, before, after, size=20):
    """Question and answer on a two-wire bus; nobody hears himself"""
    left, right = Tty(a, 9600), Tty(b, 9600)
    for tty in (left, right):
        expect(rs485(tty, 3, int(before), int(after)), (3, int(before), int(after)), "settings")
    for turn in range(5):
        for source, sink in ((left, right), (right, left)):
            data = pattern(int(size), 60 + turn)
            source.write(data)
            expect(sink.read(len(data)), data, "received")
            expect(source.read(1, 0.05), b"", "heard from oneself")
    for tty in (left, right):
        counts = tty.count()
        expect(counts["frame"] + counts["brk"] + counts["overrun"], 0, f"errors of {tty.path}")


def cmd_rs485_late(a, b):
    """What is written while the last character is on the bus is sent as well"""
    left, right = Tty(a, 1200), Tty(b, 1200)
    for tty in (left, right):
        rs485(tty, 3)
    left.write(b"a")
    time.sleep(0.004)
    left.write(b"b")
    # the watchdog would bring it a second later
    expect(right.read(2, 0.3 * PATIENCE), b"ab", "received")


def cmd_rs485_off(a, b):
    """Two wires become four in the midst of a question: what follows is driven as well"""
    left, right = Tty(a, 1200), Tty(b, 1200)
    rs485(left, 3)
    left.write(b"0123456789")
    time.sleep(0.03)
    rs485(left, 0)
    left.drain()
    time.sleep(0.05)
    left.write(b"and more")
    expect(right.read(18), b"0123456789and more", "received")


def cmd_burst(near, rate, size, before, after):
    """A burst on a two-wire bus, and time for it to end"""
    tty = Tty(near, int(rate))
    rs485(tty, 3, int(before), int(after))
    tty.write(pattern(int(size), 94))
    tty.drain()
    time.sleep(0.1)


def cmd_hangup(near, ready, gone):
    """Hold a tty open while its board goes: reads end, writes fail, nothing hangs"""
    tty = Tty(near)
    tty.write(pattern(3000, 71))
    with open(ready, "w", encoding="ascii") as file:
        file.write("ready")
    end = time.monotonic() + 20
    while not os.path.exists(gone):
        if time.monotonic() > end:
            raise TimeoutError("the board did not go")
        time.sleep(0.01)
    while True:
        try:
            if not os.read(tty.fd, 4096):
                break
        except BlockingIOError:
            raise AssertionError("a read of a dead tty waits") from None
        except OSError as error:
            expect(error.errno, errno.EIO, "read")
            break
    try:
        os.write(tty.fd, b"x")
    except OSError as error:
        expect(error.errno, errno.EIO, "write")
    else:
        raise AssertionError("a dead tty takes data")
    tty.close()


def cmd_hangup_drain(near, ready):
    """Change the format after characters that take ten seconds, on a board that goes meanwhile"""
    tty = Tty(near, 110)
    tty.write(bytes(100))
    with open(ready, "w", encoding="ascii") as file:
        file.write("ready")
    start = time.monotonic()
    try:
        tty.set(110, termios.CS7, wait=True)
    except OSError as error:
        expect(error.errno, errno.EIO, "a change of termios")
    if time.monotonic() - start > 9:
        raise AssertionError("all was sent")
    tty.close()


def main():
    command = globals().get("cmd_" + sys.argv[1].replace("-", "_"))
    if not command:
        sys.exit(f"{sys.argv[0]}: no command {sys.argv[1]}")
    command(*sys.argv[2:])


if __name__ == "__main__":
    main()
