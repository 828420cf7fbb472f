#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""glitches.py COMMAND ARGUMENT...: ttys on hardware that fails for a moment.

Each command is a check: silent and 0 when it holds, a traceback when it does not.
"""
import fcntl
import os
import random
import select
import signal
import struct
import sys
import termios
import threading
import time

import serial
from serial import Tty, expect, pattern


def put(value, path):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(value))


def get(path):
    with open(path, encoding="ascii") as file:
        return int(file.read())


def strike(faults, name, after=0, times=1):
    """Arm a fault"""
    put(after, f"{faults}/{name}/after")
    put(times, f"{faults}/{name}/times")
    put(100, f"{faults}/{name}/probability")


def drains(tty, limit):
    """tcdrain() returns within so many seconds"""
    def late(*_):
        raise AssertionError(f"tcdrain() waits for more than {limit} s")
    signal.signal(signal.SIGALRM, late)
    signal.alarm(limit)
    termios.tcdrain(tty.fd)
    signal.alarm(0)
    expect(tty.outq(), 0, "TIOCOUTQ after tcdrain()")


def cmd_drain_reset(near, faults):
    """Who waits for the last character is let go when a reset of the chip has lost it"""
    tty = Tty(near, 300)
    tty.write(b"ab")
    strike(faults, "module-reset")
    drains(tty, 5)


def cmd_drain_stuck(near, faults):
    """... and when the chip keeps it"""
    tty = Tty(near, 300)
    strike(faults, "tx-stuck", after=1)
    tty.write(b"ab")
    drains(tty, 5)
    tty.flush()
    # of what is written next, two characters at most are lost with the chip's, the others are sent
    strike(faults, "tx-stuck")
    tty.write(b"cdefgh")
    expect(tty.read(6, 5)[-4:], b"efgh", "sent after the reset")


def cmd_held(near, far):
    """What CTS holds, or a break, is not stuck"""
    left, right = Tty(near, 9600, termios.CS8 | serial.CRTSCTS), Tty(far)
    right.set_modem(False, termios.TIOCM_RTS)
    time.sleep(0.1)
    left.write(b"held by CTS")
    time.sleep(10)
    right.set_modem(True, termios.TIOCM_RTS)
    expect(right.read(11, 1), b"held by CTS", "sent with CTS")
    fcntl.ioctl(left.fd, 0x5427)  # TIOCSBRK
    left.write(b"held by a break")
    time.sleep(10)
    fcntl.ioctl(left.fd, 0x5428)  # TIOCCBRK
    expect(right.read(100, 1)[-15:], b"held by a break", "sent after the break")


def cmd_slow(near, rate):
    """Characters that take seconds are sent whole"""
    rate = int(rate)
    tty = Tty(near, rate)
    expect(tty.get()[3], rate, "rate")
    tty.write(b"ABCDEFGHIJ")
    expect(tty.read(10, 40 * 10 / rate), b"ABCDEFGHIJ", f"at {rate} bit/s")


def cmd_restored(near, far, faults, restored):
    """After a reset of the chip all is as before: RTS, the receiver, its interrupt"""
    left, right = Tty(near), Tty(far)
    before = get(restored)
    strike(faults, "module-reset")
    time.sleep(5)
    expect(get(restored) - before, 1, "restorations")
    expect(bool(right.modem() & termios.TIOCM_CTS), True, "RTS")
    for c in (b"a", b"b", b"c"):
        right.write(c)
        expect(left.read(1, 0.3), c, "received")


def cmd_five_bits(near, faults, restored):
    """A chip that was reset is noticed whatever the format"""
    tty = Tty(near, 9600, termios.CS5)
    serial.transfer(tty, tty, b"\x01\x02")
    before = get(restored)
    strike(faults, "module-reset")
    tty.modem()
    time.sleep(3)
    expect(get(restored) - before, 1, "restorations")
    serial.transfer(tty, tty, b"\x03\x04")


def cmd_bus_is_free(a, b, c, faults):
    """A station whose chip is reset in its last character gives the bus back"""
    one, two, three = (Tty(path, 300) for path in (a, b, c))
    serial.rs485(one, 3, 0, 1)
    one.write(b"ab")
    time.sleep(0.05)
    strike(faults, "module-reset")
    two.modem()
    time.sleep(5)
    for tty in (one, three):
        tty.flush()
    two.write(b"free?")
    expect(three.read(5), b"free?", "heard from another station")
    expect(one.read(5), b"free?", "heard by the one that was reset")


def cmd_survives(near, other, faults, counter):
    """A read that nobody acknowledges is counted and costs nothing; nor does another port notice"""
    tty, bystander = Tty(near), Tty(other)
    before = get(counter)
    for turn in range(20):
        strike(faults, "no-ack", after=turn)
        data = pattern(20, turn + 1)
        tty.write(data)
        got = tty.read(20, 3)
        if len(got) < 18:
            raise AssertionError(f"{got!r} of {data!r} after a glitch at access {turn}")
        put(0, f"{faults}/no-ack/probability")
        time.sleep(2)
        tty.flush()
        serial.transfer(tty, tty, data)
    expect(get(counter) - before, 20, "missed acknowledges")
    # three characters: also what turns interrupts on and off again is hit
    for turn in range(24):
        strike(faults, "no-ack", after=turn)
        tty.write(b"abc")
        tty.read(3, 3)
        put(0, f"{faults}/no-ack/probability")
        time.sleep(2)
        tty.flush()
        serial.transfer(tty, tty, b"def")
    serial.transfer(bystander, bystander, b"still here")


def cmd_alone(near, other, faults):
    """A channel that stays silent is hung up, its neighbour is not; and it comes back"""
    tty, bystander = Tty(near, 300), Tty(other)
    # who waits for what is never sent does not hold up the hangup
    tty.write(pattern(100))
    waits = threading.Thread(target=lambda: tty.set(1200, wait=True), daemon=True)
    waits.start()
    strike(faults, "no-ack", times=-1)
    # a read without a character ends at once, hung up or not
    poll = select.poll()
    poll.register(tty.fd, 0)
    expect([event for _, event in poll.poll(10000)], [select.POLLHUP | select.POLLERR], "events of a silent channel")
    waits.join(2)
    expect(not waits.is_alive(), True, "who waits is let go")
    serial.transfer(bystander, bystander, pattern(200))
    tty.close()
    put(0, f"{faults}/no-ack/probability")
    tty = Tty(near)
    serial.transfer(tty, tty, pattern(100))
    serial.transfer(bystander, bystander, pattern(100))


def cmd_for_a_moment(near, faults):
    """A channel that does not answer an interrupt goes on when it answers the watchdog"""
    tty = Tty(near)
    tty.write(b"abc")
    strike(faults, "no-ack", times=-1)
    time.sleep(0.1)
    put(0, f"{faults}/no-ack/probability")
    time.sleep(2)
    tty.flush()
    serial.transfer(tty, tty, pattern(100))


def lines_of(channel):
    """Numbered lines without end"""
    number = 0
    while True:
        yield f"{channel} {number:06} abcdefghijklmnopqrstuvwxyz\n".encode()
        number += 1


def cmd_storm_of_glitches(count, faults, *nodes):
    """Glitches at random on busy channels: nobody is hung up, and a line is lost for a glitch at most"""
    count, ttys, stop = int(count), [Tty(node) for node in nodes], []
    heard, said, failed = [0] * len(ttys), [0] * len(ttys), []

    def talk(index):
        try:
            for line in lines_of(index):
                if stop:
                    return
                ttys[index].write(line)
                got = ttys[index].read(len(line), 3)
                said[index] += 1
                heard[index] += got == line
                if got != line:
                    time.sleep(0.1)
                    ttys[index].flush()
        except BaseException as error:  # pylint: disable=broad-except
            failed.append((nodes[index], error))
    threads = [threading.Thread(target=talk, args=(i,)) for i in range(len(ttys))]
    for thread in threads:
        thread.start()
    chance = random.Random(1)
    kinds = ("no-ack", "irq-lost", "irq-spurious")
    struck = 0
    while struck < count and not failed:
        kind = chance.choice(kinds)
        before = get(f"{faults}/{kind}/count")
        strike(faults, kind, after=chance.randrange(60))
        end = time.monotonic() + 1
        while get(f"{faults}/{kind}/count") == before and time.monotonic() < end:
            time.sleep(0.002)
        put(0, f"{faults}/{kind}/probability")
        struck += get(f"{faults}/{kind}/count") - before
    stop.append(1)
    for thread in threads:
        thread.join()
    expect(failed, [], "ports that failed")
    lost = sum(said) - sum(heard)
    print(f"{struck} glitches, {sum(said)} lines, {lost} of them hit")
    if lost > struck:
        raise AssertionError(f"{lost} lines lost to {struck} glitches")
    time.sleep(3)
    for tty in ttys:
        tty.flush()
        serial.transfer(tty, tty, pattern(200))


def cmd_break_goes_on(near, far, faults):
    """A break lasts until its end is asked for: over a flush, and over a reset of the chip"""
    left, right = Tty(near, 9600, termios.CS8 | serial.CRTSCTS), Tty(far)
    right.set_modem(False, termios.TIOCM_RTS)
    time.sleep(0.05)
    before = right.count()["brk"]
    fcntl.ioctl(left.fd, 0x5427)
    time.sleep(0.05)
    expect(right.count()["brk"] - before, 1, "breaks heard")
    left.flush()
    time.sleep(0.05)
    expect(right.count()["brk"] - before, 1, "breaks heard after a flush")
    strike(faults, "module-reset")
    left.modem()
    time.sleep(3)
    expect(right.count()["brk"] - before, 2, "breaks heard after a reset of the chip")
    fcntl.ioctl(left.fd, 0x5428)
    right.set_modem(True, termios.TIOCM_RTS)
    time.sleep(0.05)
    right.flush()
    serial.transfer(left, right, pattern(20))


def cmd_spd(near, far):
    """setserial's spd_ flags: 38400 means something else, for everybody"""
    left, right = Tty(near, 9600), Tty(far, 9600)
    for flag, divisor, rate in ((0x0010, 0, 57600), (0x0030, 96, 1200), (0, 0, 38400)):
        raw = bytearray(fcntl.ioctl(left.fd, serial.TIOCGSERIAL, bytes(72)))
        flags = struct.unpack_from("i", raw, 16)[0]
        struct.pack_into("i", raw, 16, flags & ~0x1030 | flag)
        struct.pack_into("i", raw, 24, divisor)
        fcntl.ioctl(left.fd, serial.TIOCSSERIAL, bytes(raw))
        left.set(38400)
        right.set(rate)
        expect(left.get()[3], 38400, "rate read back")
        serial.transfer(left, right, pattern(30))
        serial.transfer(right, left, pattern(30))


def cmd_no_such_rate(near):
    """A rate that cannot be had"""
    tty = Tty(near, 9600)
    for _ in range(3):
        tty.set(115200)
        expect(tty.get()[3], 9600, "rate")


if __name__ == "__main__":
    globals()["cmd_" + sys.argv[1].replace("-", "_")](*sys.argv[2:])
