#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""drain.py PERIOD_PS COUNT DEVICE...: read COUNT samples from each device while they come; check and digest them.

Fails if a sequence has a gap or two samples are further from PERIOD_PS than the hardware's error. Prints a SHA-256 of
each stream's samples, which depends on nothing but the times of the pulses.
"""
import array
import hashlib
import operator
import os
import select
import sys

WAIT_MS = 3000
SLACK_PS = 1335     # a bin and the scale error, either way, and the rounding to ns


class Stream:
    def __init__(self, device):
        self.fd = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
        self.count = 0
        self.last = None
        self.hash = hashlib.sha256()

    def check(self, data, period):
        sequences = array.array("I", data)[0::4]
        times = array.array("q", data)[1::2]
        if sequences != array.array("I", range(self.count, self.count + len(sequences))):
            sys.exit(f"the sequence is not contiguous after {self.count}")
        self.count += len(sequences)
        self.hash.update(data)
        if self.last is not None:
            times.insert(0, self.last)
        self.last = times[-1]
        steps = array.array("q", map(operator.sub, times[1:], times[:-1]))
        for step in (min(steps, default=None), max(steps, default=None)):
            if step is not None and abs(step * 1000 - period) > SLACK_PS:
                sys.exit(f"{step} ns between two samples before {self.count}")


def main():
    period, count = int(sys.argv[1]), int(sys.argv[2])
    streams = {s.fd: s for s in map(Stream, sys.argv[3:])}
    poll = select.poll()
    for fd in streams:
        poll.register(fd, select.POLLIN)
    while any(s.count < count for s in streams.values()):
        events = poll.poll(WAIT_MS)
        if not events:
            sys.exit("silence after " + ", ".join(str(s.count) for s in streams.values()))
        for fd, _ in events:
            try:
                streams[fd].check(os.read(fd, 1 << 18), period)
            except BlockingIOError:
                pass
    for stream in streams.values():
        print(stream.hash.hexdigest())


main()
