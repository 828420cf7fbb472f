#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""stress.py CARD SECONDS [SEED]: everybody uses a board at the same time, and it comes and goes.

A process each for: enabling and disabling buffers, writing attributes, reading, pulses, and the life of the board
(unbound, pulled, suspended, reset by "restart"). Any of them may find the board gone at any moment, so errors are
counted, not judged; what must hold is that nothing hangs, that the kernel does not complain, and that each gets
something done. Prints what they did.
"""

import glob
import os
import random
import select
import sys
import time

DRIVER = "/sys/bus/auxiliary/drivers/fmc_tdc.fmc-tdc"


def put(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(str(value))


def get(path):
    with open(path, encoding="ascii") as file:
        return file.read().strip()


def channels():
    return glob.glob("/sys/bus/auxiliary/devices/spec.fmc-tdc.*/iio:device*")


def boards():
    return glob.glob("/sys/bus/auxiliary/devices/spec.fmc-tdc.*")


def switch_buffers(card, rng):
    path = rng.choice(channels())
    put(path + "/buffer/enable", 0)
    for element in ("in_count0", "in_count1", "in_count2", "in_timestamp"):
        put(path + "/scan_elements/%s_en" % element, 1)
    put(path + "/buffer/length", rng.choice((2, 64, 4096)))
    put(path + "/buffer/enable", 1)
    time.sleep(rng.uniform(0, 0.05))


def write_attributes(card, rng):
    path = rng.choice(channels())
    board = os.path.dirname(path)
    name, value = rng.choice((
        ("/termination", rng.choice((50, 2000))), ("/in_timestamp_calibbias", rng.randrange(-10**9, 10**9)),
        ("/drop_duplicates", rng.randrange(2)), ("/buffer/hwfifo_timeout", "0.00%d" % rng.randrange(1, 9))))
    put(path + name, value)
    for name in ("received", "delivered", "lost", "rejected", "last_timestamp", "buffer/hwfifo_enabled"):
        if rng.randrange(4) == 0:
            get(path + "/" + name)
    if rng.randrange(8) == 0:
        put(board + "/time_source", rng.choice(("wr", "local")))
    if rng.randrange(8) == 0:
        put(board + "/time_seconds", rng.randrange(2**32))
    get(board + "/" + rng.choice(("wr_status", "time_seconds", "serial_id", "engine_state", "calibration_source")))


def read_samples(card, rng):
    device = "/dev/" + os.path.basename(rng.choice(channels()))
    file = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    try:
        poll = select.poll()
        poll.register(file, select.POLLIN)
        for _ in range(20):
            if poll.poll(20):
                os.read(file, 65536)
    finally:
        os.close(file)


def give_pulses(card, rng):
    train = "%s/input%d/train" % (card, rng.randrange(5))
    put(train + "/run", 0)
    put(train + "/count", rng.choice((100, 2000)))
    put(train + "/period", rng.choice((1000000, 5000000, 10000000)))
    put(train + "/width", 200000)
    put(train + "/run", "+0")
    time.sleep(rng.uniform(0, 0.05))


def live_and_die(card, rng):
    time.sleep(rng.choice((0.1, 0.5, 4)))
    name = os.path.basename(boards()[0])
    kind = rng.randrange(5)
    if kind == 0:
        put(DRIVER + "/unbind", name)
        put(DRIVER + "/bind", name)
    elif kind == 1:
        put(card + "/yank", 1)
        put(card + "/live", 1)
    elif kind == 2:
        put(card + "/suspend", 1)
    elif kind == 3:
        put(card + "/live", 0)
        put(card + "/live", 1)
    else:
        put(boards()[0] + "/engine_state", "restart")


WORKERS = (switch_buffers, switch_buffers, write_attributes, read_samples, read_samples, give_pulses, live_and_die)


def work(number, card, end, seed):
    """Exit status 0 if something succeeded."""
    rng = random.Random(seed * 100 + number)
    done = failed = 0
    while time.monotonic() < end:
        try:
            WORKERS[number](card, rng)
            done += 1
        except (OSError, IndexError):  # IndexError: there is no board at the moment
            failed += 1
            time.sleep(0.001)
    print("%s: %d times, %d found no board or were refused" % (WORKERS[number].__name__, done, failed), flush=True)
    return 0 if done else 1


def main():
    card, seconds = sys.argv[1], float(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    end = time.monotonic() + seconds
    children = []
    for number in range(len(WORKERS)):
        child = os.fork()
        if not child:
            os._exit(work(number, card, end, seed))
        children.append(child)
    if any([os.waitpid(child, 0)[1] for child in children]):
        sys.exit("someone never got anything done")


if __name__ == "__main__":
    main()
