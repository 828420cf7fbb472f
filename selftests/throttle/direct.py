#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""direct.py read|nowait|write|dsync|flush DEVICE SIZE [COUNT]: direct requests; prints "ok" or the name of the error."""
import errno
import mmap
import os
import sys

what, device, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
count = int(sys.argv[4]) if len(sys.argv) > 4 else 1
try:
    fd = os.open(device, (os.O_RDONLY if what in ("read", "nowait") else os.O_RDWR) | os.O_DIRECT)
    buffer = mmap.mmap(-1, max(size, 4096))
    part = [memoryview(buffer)[:size]]
    for _ in range(count):
        if what == "flush":
            os.fsync(fd)
        elif what in ("write", "dsync"):
            os.pwritev(fd, part, 0, os.RWF_DSYNC if what == "dsync" else 0)
        else:
            os.preadv(fd, part, 0, os.RWF_NOWAIT if what == "nowait" else 0)
    print("ok")
except OSError as e:
    print(errno.errorcode[e.errno])
