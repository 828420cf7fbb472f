#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""edges.py COMMAND ARGUMENT...: ttys at their limits: full, nearly empty, closed or killed while nothing moves.

Each command is a check: silent and 0 when it holds, a traceback when it does not.
"""
import errno
import fcntl
import os
import signal
import struct
import sys
import termios
import time

import serial
from serial import CRTSCTS, Tty, expect, pattern


def held(near, far):
    """NEAR, which may not send because FAR takes RTS back"""
    right = Tty(far, 38400)
    right.set_modem(False, termios.TIOCM_RTS)
    time.sleep(0.05)
    return Tty(near, 38400, termios.CS8 | CRTSCTS), right


def fill(tty, data):
    """Write until there is no room for another character; how many there was room for"""
    done = 0
    while True:
        try:
            done += os.write(tty.fd, data[done:done + 1000])
        except BlockingIOError:
            return done


def cmd_brimful(near, far):
    """A buffer that is full takes nothing more, and loses nothing of what it took"""
    left, right = held(near, far)
    data = pattern(20000, 91)
    taken = fill(left, data)
    expect(left.outq(), taken, "TIOCOUTQ of a full buffer")
    right.set_modem(True, termios.TIOCM_RTS)
    expect(right.read(taken), data[:taken], "what was taken")
    expect(right.read(1, 0.2), b"", "beyond")


def cmd_stalls(near):
    """A write that comes when the last character of another leaves is sent, whenever exactly that is"""
    tty = Tty(near, 57600)
    character = 10 / 57600
    for step in range(128):
        os.write(tty.fd, b"a")
        time.sleep(step * character / 40)
        os.write(tty.fd, b"b")
        expect(tty.read(2), b"ab", f"{step}/40 of a character after the write")


def cmd_closing_wait(near, far):
    """close() waits for what cannot be sent as long as closing_wait says, and no longer"""
    left, right = held(near, far)
    raw = bytearray(fcntl.ioctl(left.fd, serial.TIOCGSERIAL, bytes(72)))
    struct.pack_into("H", raw, 40, 100)
    fcntl.ioctl(left.fd, serial.TIOCSSERIAL, bytes(raw))
    left.write(pattern(100, 92))
    start = time.monotonic()
    left.close()
    took = time.monotonic() - start
    if not 0.9 <= took < 10:
        raise AssertionError(f"close() took {took} s, closing_wait is 1 s")
    right.set_modem(True, termios.TIOCM_RTS)


def cmd_killed(near, ready):
    """A process that waits for a transmitter that says nothing can be killed"""
    Tty(near)
    child = os.fork()
    if not child:
        fd = os.open(near, os.O_RDWR | os.O_NOCTTY)
        while True:
            os.write(fd, pattern(1000, 93))
    end = time.monotonic() + 30
    while not os.path.exists(ready) and time.monotonic() < end:
        time.sleep(0.05)
    os.kill(child, signal.SIGKILL)
    end = time.monotonic() + 20
    while not os.waitpid(child, os.WNOHANG)[0]:
        if time.monotonic() > end:
            raise AssertionError("it does not die")
        time.sleep(0.05)


def cmd_hears_again(near, far, fault, seconds):
    """A deaf receiver hears again by itself, within so many seconds"""
    left, right = Tty(near), Tty(far)
    for name, value in (("times", "1"), ("probability", "100")):
        with open(f"{fault}/{name}", "w", encoding="ascii") as file:
            file.write(value)
    right.write(b"abcdef")
    if left.read(6, 0.3) == b"abcdef":
        raise AssertionError("the receiver is not deaf")
    end = time.monotonic() + float(seconds)
    while time.monotonic() < end:
        right.write(b"?")
        if left.read(1, 0.5):
            return
    raise AssertionError(f"still deaf after {seconds} s")


def cmd_break_when_full(near, far):
    """A break that finds the FIFO full, as an interrupt was lost: three characters, then one break"""
    left, right = Tty(near), Tty(far)
    left.set(9600, termios.CS8, termios.PARMRK)
    before = left.count()
    right.write(b"abc")
    right.drain()
    serial.send_break(right)
    expect(left.read(6, 5), b"abc\xff\0\0", "received")
    expect(left.count()["brk"] - before["brk"], 1, "counted breaks")
    expect(left.count()["overrun"], before["overrun"], "overruns")
    right.write(b"d")
    expect(left.read(1), b"d", "received after the break")


def cmd_signals(path, name, other, count):
    """Unbind and bind a device again and again while signals arrive"""
    signal.signal(signal.SIGALRM, lambda *_: None)
    for _ in range(int(count)):
        for action in ("unbind", "bind"):
            fd = os.open(f"{path}/{action}", os.O_WRONLY)
            signal.setitimer(signal.ITIMER_REAL, 0.0002, 0.0002)
            try:
                os.write(fd, name.encode())
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
                os.close(fd)
    expect(os.path.exists(other), True, f"{other} after that")


def cmd_eio(near):
    """A tty that is dead says so to who opens it and writes"""
    try:
        # who may set it up may open it, but that is all
        fd = os.open(near, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        os.write(fd, b"x")
    except OSError as error:
        expect(error.errno, errno.EIO, "error")
    else:
        raise AssertionError("a dead tty takes data")


if __name__ == "__main__":
    globals()["cmd_" + sys.argv[1].replace("-", "_")](*sys.argv[2:])
