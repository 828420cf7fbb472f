#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""serial.py COMMAND...: talk through ttys, for the selftests.

    exchange A B [--baud N] [--bytes N] [--format 8N1] [--rtscts]   bytes from A to B and back, compared
    duplex SECONDS BAUD A=B...                 as long and as fast as it goes, both ways of each pair at once
"""
import argparse
import os
import select
import sys
import termios
import time

BAUDS = {getattr(termios, name): int(name[1:]) for name in dir(termios) if name[:1] == "B" and name[1:].isdigit()}
CODES = {rate: code for code, rate in BAUDS.items()}
SIZES = {"5": termios.CS5, "6": termios.CS6, "7": termios.CS7, "8": termios.CS8}
CMSPAR = 0o10000000000
PARITY = {"N": 0, "E": termios.PARENB, "O": termios.PARENB | termios.PARODD,
          "S": termios.PARENB | CMSPAR, "M": termios.PARENB | termios.PARODD | CMSPAR}


def open_tty(node, baud, form="8N1", rtscts=False):
    """The port, raw, at a rate; None asks for nothing but what it has."""
    fd = os.open(node, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    attributes = termios.tcgetattr(fd)
    attributes[0] = attributes[1] = attributes[3] = 0
    attributes[2] = (termios.CREAD | termios.CLOCAL | SIZES[form[0]] | PARITY[form[1]]
                     | (termios.CSTOPB if form[2:] != "1" else 0) | (termios.CRTSCTS if rtscts else 0))
    attributes[4] = attributes[5] = CODES[baud]
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
    termios.tcflush(fd, termios.TCIOFLUSH)
    return fd


def transfer(pairs, patience=10.0):
    """Send data through each (from, to, data); return what arrived, in the same order."""
    todo = {source: data for source, _, data in pairs}
    arrived = {sink: bytearray() for _, sink, _ in pairs}
    wanted = {sink: len(data) for _, sink, data in pairs}
    deadline = time.monotonic() + patience
    while any(len(arrived[sink]) < wanted[sink] for sink in wanted) and time.monotonic() < deadline:
        readers = [sink for sink in wanted if len(arrived[sink]) < wanted[sink]]
        writers = [source for source in todo if todo[source]]
        readable, writable, _ = select.select(readers, writers, [], 0.5)
        for fd in readable:
            arrived[fd] += os.read(fd, 4096)
            deadline = time.monotonic() + patience
        for fd in writable:
            todo[fd] = todo[fd][os.write(fd, todo[fd][:1024]):]
    return [bytes(arrived[sink]) for _, sink, _ in pairs]


def differ(name, sent, got):
    if sent == got:
        return False
    first = next((i for i, (a, b) in enumerate(zip(sent, got)) if a != b), min(len(sent), len(got)))
    print(f"{name}: sent {len(sent)}, got {len(got)} bytes; they differ at {first}: "
          f"{sent[first:first + 8].hex()} {got[first:first + 8].hex()}")
    return True


def pattern(count, bits, salt):
    return bytes((i * 7 + i // 251 + salt) & ((1 << bits) - 1) for i in range(count))


def exchange(args):
    one = open_tty(args.a, args.baud, args.format, args.rtscts)
    two = one if args.a == args.b else open_tty(args.b, args.baud, args.format, args.rtscts)
    there = pattern(args.bytes, int(args.format[0]), 1)
    back = pattern(args.bytes, int(args.format[0]), 99)
    got = transfer([(one, two, there)])[0]
    bad = differ(f"{args.a} to {args.b}", there, got)
    if one != two:
        got = transfer([(two, one, back)])[0]
        bad |= differ(f"{args.b} to {args.a}", back, got)
    return bad


def duplex(args):
    characters = int(args.seconds * args.baud / 10)
    pairs = []
    for i, pair in enumerate(args.pairs):
        a, b = (open_tty(node, args.baud) for node in pair.split("="))
        pairs += [(a, b, pattern(characters, 8, i)), (b, a, pattern(characters, 8, i + 100))]
    begin = time.monotonic()
    got = transfer(pairs)
    took = time.monotonic() - begin
    print(f"{len(pairs)} x {characters} characters in {took:.6f} s")
    return any(differ(f"stream {i}", pairs[i][2], data) for i, data in enumerate(got))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("exchange")
    command.add_argument("a")
    command.add_argument("b")
    command.add_argument("--baud", type=int, default=9600)
    command.add_argument("--bytes", type=int, default=200)
    command.add_argument("--format", default="8N1")
    command.add_argument("--rtscts", action="store_true")
    command.set_defaults(run=exchange)
    command = commands.add_parser("duplex")
    command.add_argument("seconds", type=float)
    command.add_argument("baud", type=int)
    command.add_argument("pairs", nargs="+")
    command.set_defaults(run=duplex)
    args = parser.parse_args()
    sys.exit(1 if args.run(args) else 0)


main()
