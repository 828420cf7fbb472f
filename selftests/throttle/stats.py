#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""stats.py NODE: T-STATS. In virtual time, on a device of 1 ms and one tag whose sector 64 is bad, or over one.

For each setting of account_failed and account_invalid, and for combinations of sizes and numbers of reads, writes,
flushes, failed and refused requests, every number in NODE's statistics must be exactly what follows from them.
"""
import errno
import fcntl
import mmap
import os
import struct
import sys
import threading
import time

MS = 1000000
node = sys.argv[1]
tuning = "/sys/block/%s/thr/" % os.path.basename(node)
fd = os.open(node, os.O_RDWR | os.O_DIRECT)
buffer = mmap.mmap(-1, 65536)
BAD = 64 * 512
BLKDISCARD = 0x1277
# Virtual time stands still except that reading the clock takes 256 ns. A request meets less than this on its way. Where
# the clock counts instructions, what the processor does takes its time too.
READING = 200000 if os.environ.get("EXACT_CLOCK") else 2000


def put(name, value):
    with open(tuning + name, "w", encoding="ascii") as f:
        f.write(str(value))


def numbers(name):
    with open(tuning + name, encoding="ascii") as f:
        return [int(n) for n in f.read().split()]


def stats():
    return {kind: numbers("stat_" + kind) for kind in ("read", "write", "flush", "discard")}


def averages():
    result = {}
    with open(tuning + "intervals", encoding="ascii") as f:
        for line in f:
            seconds, kind, *rest = line.split()
            assert seconds == "10" and kind not in result, "exactly one interval is reported"
            result[kind] = [float(n) for n in rest]
    return result


def transfer(write, size, offset, flags=0):
    part = [memoryview(buffer)[:size]]
    return os.pwritev(fd, part, offset, flags) if write else os.preadv(fd, part, offset, flags)


def fails(write, error, *arguments):
    try:
        transfer(write, *arguments)
    except OSError as e:
        assert e.errno == error, os.strerror(e.errno)
        return
    raise AssertionError("not refused")


def refused(write):
    """The device has one tag: a request that may not wait for it is refused while another has it."""
    other = threading.Thread(target=transfer, args=(False, 512, 0))
    other.start()
    time.sleep(0.0003)
    fails(write, errno.EAGAIN, 512, 0, os.RWF_NOWAIT)
    other.join()


def equal(what, value, expected):
    if value != expected:
        raise AssertionError("%s: %s, expected %s" % (what, value, expected))


def check(account_failed, account_invalid, reads, writes, flushes, failed, invalid):
    """reads and writes: (size, count)"""
    put("account_failed", account_failed)
    put("account_invalid", account_invalid)
    put("intervals", 10)
    put("boundaries", "all=%d,%d" % (MS, MS + READING))
    before = stats()
    for values in averages().values():
        equal("averages before any request", values, [0, 0, 0, 0])
    time.sleep(5)
    for write, (size, count) in ((False, reads), (True, writes)):
        for _ in range(count):
            transfer(write, size, 1 << 20)
        for _ in range(failed):
            fails(write, errno.EIO, 512, BAD)
    for _ in range(flushes):
        os.fsync(fd)
    # Each takes one good read along
    for write in [False, True] * invalid:
        refused(write)
    after = stats()
    expected = {
        "read": (reads[1] + 2 * invalid, reads[0] * reads[1] + 512 * 2 * invalid, failed, invalid),
        "write": (writes[1], writes[0] * writes[1], failed, invalid),
        "flush": (flushes, 0, 0, 0),
        "discard": (0, 0, 0, 0),
    }
    now = averages()
    accessed = False
    for kind, (ops, size, bad, wrong) in expected.items():
        timed = ops + (bad if account_failed else 0)
        *counts, total = (a - b for a, b in zip(after[kind], before[kind]))
        low, high, average, depth = now[kind]
        total = timed * MS if 0 <= total - timed * MS < READING * max(timed, 1) else total
        low, high, average = (n - n % MS if n % MS < READING else n for n in (low, high, average))
        equal(kind, counts + [total], [ops, size, bad, wrong, timed * MS])
        equal(kind + " latencies", [low, high, average], [MS if timed else 0] * 3)
        equal(kind + " has a depth", depth > 0, timed > 0)
        # Failures are in the histogram whatever the switches say, refusals never.
        equal(kind + " histogram", numbers("histogram_" + kind), [0, ops + bad, 0])
        accessed = accessed or timed or (wrong and account_invalid)
    idle = numbers("idle_ns")  # nothing before the first access
    equal("a fresh access", bool(idle) and idle[0] < 1000 * MS, bool(accessed))


def only_refused():
    """A refused request refreshes the time of the last access only when it is told to.

    The device below loses its discards, for good: once there are none, the kernel takes no other limit.
    """
    slaves = "/sys/block/%s/slaves/" % os.path.basename(node)
    if not os.listdir(slaves):
        return  # limited in place: what the kernel refuses before it is a request is none
    with open(slaves + os.listdir(slaves)[0] + "/queue/discard_max_bytes", "w", encoding="ascii") as f:
        f.write("0")
    for account in (0, 1):
        put("account_invalid", account)
        transfer(False, 512, 0)
        time.sleep(7)
        before = stats()["discard"]
        # That it was not done the kernel does not say.
        fcntl.ioctl(fd, BLKDISCARD, struct.pack("QQ", 0, 4096))
        equal("discards", [a - b for a, b in zip(stats()["discard"], before)], [0, 0, 0, 1, 0])
        equal("a refusal counts as an access", numbers("idle_ns")[0] < 1000 * MS, bool(account))


def idles():
    """A disk is idle for as long as the clock says, which may be longer than one wanted to sleep."""
    before = time.monotonic_ns()
    transfer(False, 512, 0)
    after = time.monotonic_ns()
    time.sleep(100)
    early = time.monotonic_ns()
    idle = numbers("idle_ns")[0]
    late = time.monotonic_ns()
    if not 100000 * MS <= early - after <= idle <= late - before:
        raise AssertionError("idle for %d ns, expected %d to %d" % (idle, early - after, late - before))
    for kind, values in averages().items():
        equal("average of %s long after" % kind, values[:3], [0, 0, 0])


done = 0
for af in (0, 1):
    for ai in (0, 1):
        for read in ((512, 0), (512, 1), (4096, 4), (65536, 16)):
            for written in ((512, 0), (4096, 1), (65536, 4), (512, 16)):
                for flushed, bad_ones, refusals in ((0, 0, 0), (3, 0, 0), (0, 2, 0), (0, 0, 2), (1, 2, 1)):
                    check(af, ai, read, written, flushed, bad_ones, refusals)
                    done += 1
only_refused()
idles()
print("%d combinations" % done)
