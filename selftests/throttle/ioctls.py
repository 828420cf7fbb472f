#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""ioctls.py DEVICE QUESTION [NUMBER]: ask a block device something that is no bio; print the answer, or the errno's name."""
import array
import ctypes
import errno
import fcntl
import os
import struct
import sys

HDIO_GETGEO, ERASER_IOCTL, PR_RESERVE, PR_RELEASE, PR_CLEAR = 0x301, 0x12ee, 0x401070c9, 0x401070ca, 0x401070cd
PR_REGISTER, SG_IO, NVME_ID, NVME_ADMIN, NVME_IO = 0x401870c8, 0x2285, 0x4e40, 0xc0484e41, 0xc0484e43
INQUIRY, RESERVE_IN = b"\x12\0\0\0\x60\0", b"\x5e%c\0\0\0\0\0\0\x60\0"
READ_KEYS, READ_RESERVATION = 0, 1
NVME_IDENTIFY, NVME_READ = 6, 2


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


def register(device, key):
    """From whatever key there is, with PR_FL_IGNORE_KEY"""
    return passed(fcntl.ioctl(device, PR_REGISTER, struct.pack("QQII", 0, key, 1, 0)))


def scsi(device, command):
    """What a SCSI command brings, of 96 bytes; its status, if that is not good"""
    data, sense, block = (ctypes.create_string_buffer(n) for n in (96, 32, 16))
    block.raw = command.ljust(16, b"\0")
    address = ctypes.addressof
    header = bytearray(struct.pack("iiBBHIQQQIIiQBBBBHHiII4x", ord("S"), -3, len(command), 32, 0, 96, address(data),
                                   address(block), address(sense), 20000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0))
    fcntl.ioctl(device, SG_IO, header)
    status = header[64]
    return data.raw.hex() if not status else f"status {status}"


def nvme(device, request, opcode, low, size):
    """What an NVMe command brings; its status, if that is not success"""
    data = ctypes.create_string_buffer(size)
    command = bytearray(struct.pack("BBHIIIQQIIIIIIIIII", opcode, 0, 0, fcntl.ioctl(device, NVME_ID), 0, 0, 0,
                                    ctypes.addressof(data), 0, size, low, 0, 0, 0, 0, 0, 20000, 0))
    status = fcntl.ioctl(device, request, command)
    return data.raw.hex() if not status else f"status {status}"


QUESTIONS = {
    "geometry": geometry, "unknown": unknown, "register": register, "reserve": reserve, "release": release, "clear": clear,
    "inquiry": lambda device, _: scsi(device, INQUIRY),
    "keys": lambda device, _: scsi(device, RESERVE_IN % READ_KEYS),
    "reservation": lambda device, _: scsi(device, RESERVE_IN % READ_RESERVATION),
    "nvme-id": lambda device, _: fcntl.ioctl(device, NVME_ID),
    "nvme-controller": lambda device, _: nvme(device, NVME_ADMIN, NVME_IDENTIFY, 1, 4096),
    "nvme-namespace": lambda device, _: nvme(device, NVME_ADMIN, NVME_IDENTIFY, 0, 4096),
    "nvme-read": lambda device, _: nvme(device, NVME_IO, NVME_READ, 0, 512),
}


def ask(device, question, number):
    try:
        return QUESTIONS[question](device, number)
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
