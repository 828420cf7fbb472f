#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""values.py INPUT_DIR TIME_FILE DEVICE OFFSET_PS COUNT exact|acam: random pulses in, the right samples out?

Writes a recording of COUNT pulses to the input, reads as many samples and compares each with the time of its pulse:
"exact" to the last bit, "acam" within a bin and the scale error of the hardware. The times cover several seconds and
lie on both sides of seconds, retriggers (512 ns) and rollovers (131.072 us).
"""
import os
import random
import select
import struct
import sys

SCAN = struct.Struct("<IHHq")
SECOND = 10**12
BIN_AND_SCALE_PS = 82 + 247 + 4
WAIT_MS = 8000


def pulse_times(count):
    """Rising edges in ps from the beginning of the recording, at least 500 ns apart."""
    rng = random.Random(count)
    times, now = [], 0
    while len(times) < count:
        now += rng.choice((500_000, 1_000_000, 30_000_000)) + rng.randrange(30_000_000)
        kind = rng.randrange(4)
        edge = {0: 512_000, 1: 131_072_000, 2: SECOND}.get(kind)
        at = now if edge is None else now // edge * edge + rng.randrange(-300, 300)
        if at - (times[-1] if times else 0) > 500_000:
            times.append(at)
            now = at
    return times


def read_samples(device, count):
    fd = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    samples = []
    while len(samples) < count and poll.poll(WAIT_MS):
        try:
            samples += SCAN.iter_unpack(os.read(fd, SCAN.size * 4096))
        except BlockingIOError:
            continue
    return samples


def expected(ps, offset_ps):
    """In 1/512 ns, the unit of the hardware."""
    return ps * 4096 // 8000 + (offset_ps * 4096 * 2 + 8000) // (8000 * 2)


def main():
    input_dir, time_file, device = sys.argv[1:4]
    offset_ps, count, exact = int(sys.argv[4]), int(sys.argv[5]), sys.argv[6] == "exact"
    with open(time_file, encoding="ascii") as file:
        second = int(file.read().split(".")[0]) + 2
    times = pulse_times(count)
    text = f"@{second}\n" + "".join(f"{t} 1\n{t + 200_000} 0\n" for t in times)
    with open(input_dir + "/edges", "wb", buffering=0) as file:  # in one piece: each grows a copy
        file.write(text.encode())
    samples = read_samples(device, count)
    if len(samples) != count:
        sys.exit(f"{len(samples)} samples instead of {count}")
    slack = 0 if exact else BIN_AND_SCALE_PS * 512 // 1000 + 1
    for number, ((sequence, subns, _, ns), ps) in enumerate(zip(samples, times)):
        error = ns * 512 + subns - expected(second * SECOND + ps, offset_ps)
        if sequence != number:
            sys.exit(f"sample {number} has sequence {sequence}")
        if not -slack <= error <= (0 if exact else 1):
            sys.exit(f"pulse {number} at {ps} ps: sample {error}/512 ns off")


main()
