#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""bursts.py ROUNDS CARD_DIR PERIOD_PS:COUNT... INPUT=IIO_DIR...: bursts of pulses, counted and right to the last bit.

All inputs at once. The board's times must be exact (tdc/exact), the periods a whole number of ns, the scan complete, and
the buffers have room for a burst.
"""
import array
import os
import sys
import time

COUNTERS = ("received", "delivered", "lost", "rejected")
SCAN = 16
RISING = 0x40
SECOND = 10**12
LEAD = 5 * 10**9  # from setting a train up to its first pulse


def put(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{value}\n")


def get(path):
    with open(path, encoding="ascii") as file:
        return file.read()


def card_time(card):
    seconds, ps = get(card + "/tdc/time").split(".")
    return int(seconds) * SECOND + int(ps)


def offset_ps(iio):
    zero, wr, user = (int(get(f"{iio}/in_timestamp_{name}")) for name in ("zero_offset", "wr_offset", "calibbias"))
    return zero - wr + user


class Channel:
    def __init__(self, card, word):
        number, self.iio = word.split("=", 1)
        self.flags = RISING | int(number) << 8
        self.source = f"{card}/input{number}"
        self.device = "/dev/" + os.path.basename(self.iio)
        self.offset = offset_ps(self.iio)

    def counters(self):
        return [int(get(f"{self.iio}/{name}")) for name in COUNTERS]

    def begin(self, at):
        put(self.iio + "/buffer/enable", 1)
        put(self.source + "/train/run", "%d.%012d" % divmod(at, SECOND))

    def read(self, count):
        fd = os.open(self.device, os.O_RDONLY | os.O_NONBLOCK)
        data = b""
        while len(data) < count * SCAN:
            data += os.read(fd, count * SCAN - len(data))
        os.close(fd)
        return data

    def check(self, count, start, period):
        """The offset is added in units of 8 ns / 4096, to the nearest, as the hardware does."""
        data = self.read(count)
        units = start * 64 // 125 + (self.offset * 128 + 125) // 250
        first, subns = divmod(units, 512)
        step = period // 1000
        if array.array("I", data)[0::4] != array.array("I", range(count)):
            sys.exit(f"{self.source}: the sequence is not contiguous")
        if array.array("q", data)[1::2] != array.array("q", range(first, first + count * step, step)):
            sys.exit(f"{self.source}: not all times are right")
        if array.array("H", data)[2::8].count(subns) != count:
            sys.exit(f"{self.source}: not all parts of a ns are {subns}")
        if array.array("H", data)[3::8].count(self.flags) != count:
            sys.exit(f"{self.source}: not all flags are {self.flags:#x}")


def burst(card, channels, period, count):
    for channel in channels:
        put(channel.source + "/train/period", period)
        put(channel.source + "/train/width", period // 2)
        put(channel.source + "/train/count", count)
    before = [channel.counters() for channel in channels]
    start = card_time(card) + LEAD
    for channel in channels:
        channel.begin(start)
    time.sleep((LEAD + period * count) / SECOND + 0.02)
    for channel in channels:
        put(channel.iio + "/buffer/enable", 0)
    for channel, old in zip(channels, before):
        grown = [now - was for now, was in zip(channel.counters(), old)]
        if grown != [count, count, 0, 0]:
            sys.exit(f"{channel.source}, {period} ps: {', '.join(COUNTERS)} grew by {grown}")
        channel.check(count, start, period)


def main():
    rounds, card, words = int(sys.argv[1]), sys.argv[2], sys.argv[3:]
    channels = [Channel(card, word) for word in words if "=" in word]
    trains = [map(int, word.split(":")) for word in words if "=" not in word]
    for period, count in trains:
        for _ in range(rounds):
            burst(card, channels, period, count)


main()
