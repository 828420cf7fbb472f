# SPDX-License-Identifier: GPL-2.0
"""Boards of the fmc-tdc driver, found in sysfs, and their streams of timestamps."""

import collections
import glob
import heapq
import os
import select
import struct
import sys
import time

SCAN = struct.Struct("<IHHq")
PARTS = 512  # of a nanosecond
CHANNELS = range(1, 6)

FLAGS = {
    0: "lost-before",
    1: "duplicate",
    2: "rollover",
    3: "wr",
    4: "uncertain",
    5: "overflow-before",
}


class Error(Exception):
    """What a user is told in one line."""


Sample = collections.namedtuple("Sample", "ns subns channel sequence flags")


def flag_names(flags):
    """The flags that say something, as words."""
    return ",".join(name for bit, name in FLAGS.items() if flags >> bit & 1) or "-"


def parts(sample):
    """Time in units of 1/512 ns: an exact integer."""
    return sample.ns * PARTS + sample.subns


def seconds_text(value):
    """Units of 1/512 ns as seconds with 12 decimals, rounded to the nearest picosecond."""
    picoseconds = (abs(value) * 1000 + PARTS // 2) // PARTS
    return "%s%d.%012d" % ("-" if value < 0 else "", *divmod(picoseconds, 10**12))


def read_text(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def write_text(path, value):
    # unbuffered: a buffer whose write was refused tries again when it is closed
    with open(path, "wb", buffering=0) as file:
        file.write(str(value).encode())


class Channel:
    """An input: an IIO device."""

    def __init__(self, number, path):
        self.number = number
        self.path = path
        self.node = "/dev/" + os.path.basename(path)
        self.file = None
        self.timeout = None

    def get(self, name):
        return read_text(os.path.join(self.path, name))

    def set(self, name, value):
        write_text(os.path.join(self.path, name), value)

    def start(self, length, timeout):
        """Enable all of the scan and the buffer, of @length timestamps."""
        if self.get("buffer/enable") != "0":
            raise Error("channel %d is in use" % self.number)
        for element in ("in_count0", "in_count1", "in_count2", "in_timestamp"):
            self.set("scan_elements/%s_en" % element, 1)
        self.set("buffer/length", length)
        if timeout is not None:
            self.timeout = self.get("buffer/hwfifo_timeout")
            self.set("buffer/hwfifo_timeout", "%.3f" % timeout)
        self.file = os.open(self.node, os.O_RDONLY | os.O_NONBLOCK)
        self.set("buffer/enable", 1)

    def stop(self):
        """Disable the buffer; what is in it can still be read. The timeout is again what it was."""
        self.set("buffer/enable", 0)
        if self.timeout is not None:
            self.set("buffer/hwfifo_timeout", self.timeout)

    def close(self):
        if self.file is not None:
            os.close(self.file)
            self.file = None

    def read(self):
        """What is there now."""
        samples = []
        while True:
            try:
                data = os.read(self.file, SCAN.size * 4096)
            except BlockingIOError:
                break
            if not data:
                break
            for sequence, subns, flags, ns in SCAN.iter_unpack(data):
                samples.append(Sample(ns, subns, self.number, sequence, flags))
        return samples


class Board:
    """A mezzanine."""

    def __init__(self, path):
        self.path = path
        self.address = os.path.basename(os.path.dirname(path))
        self.channels = {}
        for device in glob.glob(os.path.join(path, "iio:device*")):
            name = read_text(os.path.join(device, "name"))
            number = int(name[len("fmc-tdc-ch"):])
            self.channels[number] = Channel(number, device)

    def get(self, name):
        return read_text(os.path.join(self.path, name))

    def set(self, name, value):
        write_text(os.path.join(self.path, name), value)

    def eeprom(self):
        """File of the mezzanine's EEPROM."""
        pattern = os.path.join(self.path, "..", "ocores-i2c*", "i2c-*", "*-0050", "eeprom")
        found = glob.glob(pattern)
        if not found:
            raise Error("no EEPROM at %s: is the at24 module loaded?" % self.address)
        return found[0]


def boards():
    """All boards, by PCI address."""
    return [Board(os.path.realpath(path))
            for path in sorted(glob.glob("/sys/bus/auxiliary/devices/spec.fmc-tdc.*"))]


def find_board(address):
    """The board at that PCI address; the only one if it is None."""
    found = [board for board in boards() if address in (None, board.address)]
    if not found:
        raise Error("no FMC TDC board" + (" at " + address if address else ""))
    if len(found) > 1:
        raise Error("several boards: choose one of %s with --board" %
                    ", ".join(board.address for board in found))
    if not found[0].channels:
        raise Error("the board at %s is not set up; see the kernel's log" % found[0].address)
    return found[0]


class Merge:
    """Timestamps of several channels, brought into the order of their times.

    Each channel delivers in order, but not at the same moment, so a timestamp is held back until it is @window
    older than the newest one.
    """

    def __init__(self, window):
        self.window = int(window * 10**9)
        self.heap = []
        self.newest = None

    def add(self, samples):
        for sample in samples:
            heapq.heappush(self.heap, sample)
            if self.newest is None or sample.ns > self.newest:
                self.newest = sample.ns

    def take(self, everything=False):
        while self.heap and (everything or self.heap[0].ns <= self.newest - self.window):
            yield heapq.heappop(self.heap)


def capture(channels, length, timeout, count=None, duration=None, stop=None):
    """Yield samples in the order of time, until @count came, @duration seconds passed or the file @stop can be read;
    what the hardware still has then is delivered too, unless @count is reached."""
    period = timeout if timeout is not None else max(float(c.get("buffer/hwfifo_timeout")) for c in channels)
    merge = Merge(2 * period if len(channels) > 1 else 0)
    end = None if duration is None else time.monotonic() + duration
    started, given = [], 0
    try:
        for channel in channels:
            channel.start(length, timeout)
            started.append(channel)
        poll = select.poll()
        by_file = {channel.file: channel for channel in channels}
        for file in by_file:
            poll.register(file, select.POLLIN)
        if stop is not None:
            poll.register(stop, select.POLLIN)
        while count is None or given < count:
            wait = 2 * period if merge.heap else 1.0
            if end is not None:
                wait = min(wait, end - time.monotonic())
                if wait <= 0:
                    break
            ready = poll.poll(wait * 1000)
            if (stop, select.POLLIN) in ready:
                break
            for file, event in ready:
                if event & (select.POLLERR | select.POLLHUP) and not event & select.POLLIN:
                    raise Error("the board is gone")
                merge.add(by_file[file].read())
            for sample in merge.take(not ready):
                yield sample
                given += 1
                if given == count:
                    return
    finally:
        for channel in started:
            try:
                channel.stop()
                merge.add(channel.read())
            except OSError as error:
                print("channel %d: %s" % (channel.number, error.strerror), file=sys.stderr)
            channel.close()
    for sample in merge.take(True):
        if given == count:
            return
        yield sample
        given += 1
