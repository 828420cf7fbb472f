#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ioctls.py DEVICE QUESTION [NUMBER]: ask a block device something that is no bio; print the answer, or the errno's name."""
import array
import errno
import fcntl
import os
import struct
import sys

HDIO_GETGEO, ERASER_IOCTL, PR_RESERVE, PR_RELEASE, PR_CLEAR = 0x301, 0x12ee, 0x401070c9, 0x401070ca, 0x401070cd


def geometry(device, _):
    answer = array.array("B", bytes(16))
    fcntl.ioctl(device, HDIO_GETGEO, answer)
    heads, sectors, cylinders, start = struct.unpack("BBHxxxxQ", answer)
    return f"heads={heads} sectors={sectors} cylinders={cylinders} start={start}"


def unknown(device, number):
    return fcntl.ioctl(device, ERASER_IOCTL, number)


def passed(_):
    """An ioctl that is given a structure answers with it, and fails with an exception."""
    return 0


def reserve(device, key):
    return passed(fcntl.ioctl(device, PR_RESERVE, struct.pack("QII", key, 1, 0)))


def release(device, key):
    return passed(fcntl.ioctl(device, PR_RELEASE, struct.pack("QII", key, 1, 0)))


def clear(device, key):
    return passed(fcntl.ioctl(device, PR_CLEAR, struct.pack("QII", key, 0, 0)))


def ask(device, question, number):
    try:
        return {"geometry": geometry, "unknown": unknown, "reserve": reserve, "release": release,
                "clear": clear}[question](device, number)
    except OSError as error:
        return errno.errorcode[error.errno]


def main():
    path, question, number = sys.argv[1], sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 0
    device = os.open(path, os.O_RDWR)
    print(ask(device, question, number), flush=True)
    if sys.argv[4:] == ["again"]: # once a line comes
        sys.stdin.readline()
        print(ask(device, question, number), flush=True)


if __name__ == "__main__":
    main()
