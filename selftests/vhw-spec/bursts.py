#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""bursts.py PERIOD_PS COUNT ROUNDS INPUT_DIR=IIO_DIR...: bursts of pulses, each counted exactly.

The buffers must have room for a burst; it is not read but thrown away with the buffer when a round ends.
"""
import sys
import time

COUNTERS = ("received", "delivered", "lost", "rejected")


def put(path, value):
    with open(path, "w", encoding="ascii") as file:
        file.write(f"{value}\n")


def get(path):
    with open(path, encoding="ascii") as file:
        return int(file.read())


def main():
    period, count, rounds = map(int, sys.argv[1:4])
    channels = [word.split("=", 1) for word in sys.argv[4:]]
    for source, _ in channels:
        put(source + "/train/period", period)
        put(source + "/train/width", period // 2)
        put(source + "/train/count", count)
    for number in range(1, rounds + 1):
        for source, iio in channels:
            put(iio + "/buffer/enable", 1)
            put(source + "/train/run", "+1000000000")
        time.sleep(period * count / 1e12 + 0.02)
        for _, iio in channels:
            put(iio + "/buffer/enable", 0)
        for _, iio in channels:
            now = [get(f"{iio}/{name}") for name in COUNTERS]
            if now != [number * count, number * count, 0, 0]:
                sys.exit(f"round {number}: {', '.join(COUNTERS)} are {now}")


main()
