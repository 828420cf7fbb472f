#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Pulses at known times in, exact samples out: values.py CARD COUNT"""

import random
import sys
import time

import tdclib

BATCH = 800
PS = 10**12
TICK_NS = 8
RETRIGGER_PS = 512000
ROLLOVER_PS = 256 * RETRIGGER_PS
LEAD_PS = 20 * 10**9


def card_time(card):
    seconds, _, picoseconds = tdclib.read_text(card + "/tdc/time").partition(".")
    return int(seconds) * PS + int(picoseconds)


def boundaries(rng, start, end):
    """Times just before, at and just after what the gateware has to carry across."""
    for step in (PS, ROLLOVER_PS, RETRIGGER_PS, 8000):
        first = -(-start // step)
        last = (end - 1) // step
        if first <= last:
            yield rng.randint(first, last) * step + rng.choice((-1953, -2, -1, 0, 1, 2, 1953))
    # the second in sight, always
    whole = -(-start // PS) * PS
    if whole < end:
        yield whole + rng.choice((-1, 0, 1))


def make_batch(rng, start):
    """Rising edges at least 400 ns apart, and widths of 100 to 200 ns."""
    span = rng.choice((BATCH * 10**6, BATCH * 10**8, 2 * PS))
    times = sorted([start + rng.randrange(span) for _ in range(BATCH)] + list(boundaries(rng, start, start + span)))
    kept = []
    for value in times:
        if not kept or value - kept[-1] >= 400000:
            kept.append(value)
    return [(value, rng.randrange(100000, 200000)) for value in kept]


def give(card, index, pulses):
    """Write them in pieces that fit a page."""
    lines = ["%d.%012d %d\n" % (*divmod(value, PS), width) for value, width in pulses]
    for i in range(0, len(lines), 80):
        tdclib.write_text("%s/input%d/pulse" % (card, index), "".join(lines[i:i + 80]))


def offset_parts(channel):
    """What the driver has the hardware add, in 1/512 ns, rounded to the nearest."""
    total = (int(channel.get("in_timestamp_zero_offset")) - int(channel.get("in_timestamp_wr_offset")) +
             int(channel.get("in_timestamp_calibbias")))
    return (total * 64 * 2 + 125) // 250


def check(samples, pulses, offset, sequence):
    if len(samples) != len(pulses):
        raise SystemExit("%d pulses gave %d samples" % (len(pulses), len(samples)))
    for sample, (value, _) in zip(samples, pulses):
        expected = value * 64 // 125 + offset
        if tdclib.parts(sample) != expected:
            raise SystemExit("pulse at %d ps: sample %d/512 ns, not %d" % (value, tdclib.parts(sample), expected))
        if sample.sequence != sequence:
            raise SystemExit("sequence %d, not %d" % (sample.sequence, sequence))
        if sample.flags & 0x3f:
            raise SystemExit("flags %s" % tdclib.flag_names(sample.flags))
        sequence += 1


def collect(channel, count):
    """Read so many, for at most 10 s."""
    samples, end = [], time.monotonic() + 10
    while len(samples) < count and time.monotonic() < end:
        time.sleep(0.01)
        samples += channel.read()
    return samples


def main():
    card, count = sys.argv[1], int(sys.argv[2])
    rng = random.Random(5)
    board = tdclib.find_board(None)
    done = 0
    while done < count:
        number = rng.choice(list(tdclib.CHANNELS))
        channel = board.channels[number]
        channel.set("in_timestamp_calibbias", rng.choice((0, 0, -3999, 4000, 7999, 10**9, -10**9, rng.randint(0, 10**6))))
        channel.start(2048, 0.001)
        sequence = 0
        for _ in range(4):
            pulses = make_batch(rng, card_time(card) + LEAD_PS)
            give(card, number - 1, pulses)
            time.sleep((pulses[-1][0] - card_time(card)) / PS + 0.005)
            check(collect(channel, len(pulses)), pulses, offset_parts(channel), sequence)
            sequence += len(pulses)
            done += len(pulses)
        channel.stop()
        channel.close()
    print("%d exact" % done)


if __name__ == "__main__":
    main()
