#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""defects.py DEFECT NODE...: silent and 0 when a driver has the defect, a traceback when it has not.

For the kernel's own ipoctal. The numbers are those of the list of its defects.
"""
import os
import select
import subprocess
import sys
import termios
import time

from serial import CRTSCTS, Tty, expect, pattern


def prepared(path, rate=9600, cflag=termios.CS8, iflag=0):
    """Set up, and opened anew: the receiver stays off after a change of termios"""
    Tty(path, rate, cflag, iflag).close()
    return Tty(path, keep=True)


def show(holds, what):
    if not holds:
        raise AssertionError(f"not so: {what}")


def o1(near, far):
    """Even is odd, as a UART of another make sees it"""
    port, peer = prepared(near, 9600, termios.CS8 | termios.PARENB), Tty(far)
    peer.set(9600, termios.CS8 | termios.PARENB)
    before = port.count()["parity"]
    peer.write(b"abc")
    time.sleep(0.1)
    expect(port.count()["parity"] - before, 3, "parity errors between two that were told even")


def o2(near):
    """Nobody is woken when the buffer has room again"""
    port = prepared(near, 38400)
    expect(os.write(port.fd, pattern(1000)), 1000, "written")
    start = time.monotonic()
    select.select([], [port.fd], [], 5)
    show(time.monotonic() - start >= 5, "a writer waits for a quarter of a second's output until its time is up")
    expect(port.outq(), 0, "left in the buffer after that")


def o3(near):
    """What is received is not counted"""
    port = prepared(near)
    os.write(port.fd, b"0123456789")
    expect(port.read(10, 1), b"0123456789", "received")
    expect(port.count()["rx"], 0, "counted")


def o4(near):
    """Closing one of two descriptors takes the output of the other"""
    first = prepared(near, 2400)
    second = Tty(near, keep=True)
    os.write(first.fd, pattern(200))
    second.close()
    show(len(first.read(200, 2)) < 200, "characters are lost when another descriptor is closed")


def o5(near):
    """A full buffer takes more"""
    port = prepared(near, 1200)
    os.write(port.fd, pattern(6000))
    show(port.outq() > 4096, "a buffer of 4096 says that it holds more")


def o8(near):
    """A change of termios stops what is being sent, for good"""
    port = prepared(near, 1200)
    os.write(port.fd, pattern(20))
    time.sleep(0.05)
    port.set(1200)
    time.sleep(2)
    show(port.outq() > 0, "output is stuck after a change of termios")


def o9(near, far):
    """With CRTSCTS no RTS, so that a peer that minds it never sends"""
    port, peer = prepared(near, 9600, termios.CS8 | CRTSCTS), Tty(far)
    expect(peer.modem() & termios.TIOCM_CTS, 0, "CTS at the far end")
    port.close()


def o10(near, far, pci):
    """Of errors in a row every other one is lost"""
    def line(off):
        subprocess.run(["setpci", "-s", pci, f"COMMAND={0x400 if off else 0:x}:400"], check=True)
    port, peer = prepared(near, 9600), Tty(far)
    before = port.count()["frame"]
    line(True)
    peer.write(b"abc")
    time.sleep(0.1)
    line(False)
    time.sleep(0.1)
    expect(port.count()["frame"] - before, 2, "counted of three framing errors")


def o11(near):
    """What cannot be becomes 38400"""
    port = Tty(near, 9600)
    for rate in (57600, 7200):
        port.set(9600)
        port.set(rate)
        expect(port.get()[3], 38400, f"rate after asking for {rate}")


def send(near, rate, size):
    """So many characters, and time for them to be gone"""
    port = prepared(near, int(rate))
    os.write(port.fd, pattern(int(size)))
    time.sleep((int(size) + 3) * 10 / int(rate))


globals()[sys.argv[1]](*sys.argv[2:])
