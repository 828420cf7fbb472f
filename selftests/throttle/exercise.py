#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""exercise.py FILE SEED FLAG: do to a file, at random, all that can be done to one, in the manner of fsx, while FLAG exists.

Buffered, direct and mapped reads and writes, truncation both ways, holes, zeroes, copies, syncs, dropped caches. What is
read must be what a copy in memory has. Prints how many operations that were.
"""
import ctypes
import errno
import mmap
import os
import random
import sys

SIZE = 1 << 20
BLOCK = 4096
KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE = 1, 2, 16
path, seed, flag = sys.argv[1:4]
rnd = random.Random(int(seed))
libc = ctypes.CDLL(None, use_errno=True)
model = bytearray()
fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
direct = os.open(path, os.O_RDWR | os.O_DIRECT)
aligned = mmap.mmap(-1, 1 << 17)
doing = ""


def compare(what, offset, data):
    expected = bytes(model[offset:offset + len(data)])
    if data != expected:
        bad = next(i for i, (a, b) in enumerate(zip(data, expected)) if a != b)
        sys.exit("%s: byte %d of %s differs; the last operation: %s" % (what, offset + bad, path, doing))


def span(most, unit=1):
    """an offset and a length of at least one unit, within the largest size"""
    offset = rnd.randrange(0, SIZE - most, unit)
    return offset, rnd.randrange(unit, most + 1, unit)


def within():
    """a part of the file as it is"""
    offset = rnd.randrange(len(model))
    return offset, min(rnd.randint(1, 1 << 16), len(model) - offset)


def changed(offset, data):
    if offset > len(model):
        model.extend(bytes(offset - len(model)))
    model[offset:offset + len(data)] = data


def write():
    offset, length = span(1 << 16)
    data = rnd.randbytes(length)
    os.pwrite(fd, data, offset)
    changed(offset, data)
    return offset, length


def write_direct():
    offset, length = span(1 << 17, BLOCK)
    aligned[:length] = rnd.randbytes(length)
    os.pwrite(direct, memoryview(aligned)[:length], offset)
    changed(offset, aligned[:length])
    return offset, length


def write_mapped():
    offset, length = within()
    data = rnd.randbytes(length)
    with mmap.mmap(fd, len(model)) as m:
        m[offset:offset + length] = data
        if rnd.random() < 0.5:
            m.flush()
    changed(offset, data)
    return offset, length


def read():
    offset, length = within()
    compare("read", offset, os.pread(fd, length, offset))


def read_direct():
    offset = rnd.randrange(0, len(model), BLOCK)
    count = os.preadv(direct, [aligned], offset)
    compare("direct read", offset, aligned[:count])


def read_mapped():
    offset, length = within()
    with mmap.mmap(fd, len(model), access=mmap.ACCESS_READ) as m:
        compare("mapped read", offset, m[offset:offset + length])


def truncate():
    length = rnd.randint(1, SIZE)
    os.ftruncate(fd, length)
    del model[length:]
    model.extend(bytes(length - len(model)))
    return length


def fallocate(mode):
    offset, length = within()
    result = libc.fallocate(fd, mode | KEEP_SIZE, ctypes.c_long(offset), ctypes.c_long(length))
    if result == 0:
        changed(offset, bytes(length))
    elif ctypes.get_errno() != errno.EOPNOTSUPP:
        raise OSError(ctypes.get_errno(), "fallocate")
    return mode, offset, length


def punch():
    return fallocate(PUNCH_HOLE)


def zero():
    return fallocate(ZERO_RANGE)


def copy():
    offset, length = within()
    to = rnd.randrange(SIZE - length)
    if abs(to - offset) < length:
        return None
    done = os.copy_file_range(fd, fd, length, offset, to)
    changed(to, bytes(model[offset:offset + done]))
    return offset, to, done


def sync():
    os.fsync(fd)


def forget():
    os.fsync(fd)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)


def whole():
    compare("size", 0, os.pread(fd, SIZE + 1, 0))
    if os.fstat(fd).st_size != len(model):
        sys.exit("%s has %d bytes, not %d" % (path, os.fstat(fd).st_size, len(model)))


operations = [write, write_direct, write_mapped, read, read_direct, read_mapped, truncate, punch, zero, copy, sync, forget]
count = 0
write()
while os.path.exists(flag):
    operation = rnd.choice(operations)
    doing = operation.__name__
    doing = "%s %s" % (doing, operation())
    count += 1
    if count % 50 == 0:
        whole()
forget()
whole()
print(count)
