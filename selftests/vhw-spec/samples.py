#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""samples.py DEVICE COUNT: print samples of an IIO buffer until COUNT or until none comes for 0.3 s."""
import os
import select
import struct
import sys

QUIET_MS = 300
SCAN = struct.Struct("<IHHq")


def main():
    device, count = sys.argv[1], int(sys.argv[2])
    fd = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    out = []
    while len(out) < count and poll.poll(QUIET_MS):
        try:
            data = os.read(fd, SCAN.size * min(count - len(out), 4096))
        except BlockingIOError:
            continue
        if not data:
            break
        out += SCAN.iter_unpack(data)
    for sequence, subns, flags, ns in out:
        print(sequence, subns, flags, ns)


main()
