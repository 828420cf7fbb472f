#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""serial.py COMMAND...: talk through ttys, for the selftests.

    exchange A B [--baud N] [--bytes N] [--format 8N1] [--rtscts]   bytes from A to B and back, compared
    duplex SECONDS BAUD A=B...                 as long and as fast as it goes, both ways of each pair at once
    hear FROM TO TEXT [--baud N]                  what TO makes of TEXT, errors marked as PARMRK does
    icount NODE                                counters of a port, as NAME=VALUE
"""
import argparse
import fcntl
import os
import select
import struct
import sys
import termios
import time

BAUDS = {getattr(termios, name): int(name[1:]) for name in dir(termios) if name[:1] == "B" and name[1:].isdigit()}
DEFAULT_BAUD = int(os.environ.get("SERIAL_BAUD", "9600"))
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


def transfer(pairs, patience=10.0, step=0.0):
    """
    Send data through each (from, to, data); return what arrived, in the same order. With a step, look only so often
    (in seconds): being woken for each character is most of what a large transfer costs.
    """
    todo = {source: data for source, _, data in pairs}
    arrived = {sink: bytearray() for _, sink, _ in pairs}
    wanted = {sink: len(data) for _, sink, data in pairs}
    deadline = time.monotonic() + patience
    while any(len(arrived[sink]) < wanted[sink] for sink in wanted) and time.monotonic() < deadline:
        readers = [sink for sink in wanted if len(arrived[sink]) < wanted[sink]]
        writers = [source for source in todo if todo[source]]
        readable, writable, _ = select.select(readers, writers, [], 0 if step else 0.5)
        for fd in readable:
            arrived[fd] += os.read(fd, 4096)
            deadline = time.monotonic() + patience
        for fd in writable:
            todo[fd] = todo[fd][os.write(fd, todo[fd][:1024]):]
        time.sleep(step)
    return [bytes(arrived[sink]) for _, sink, _ in pairs]


def differ(name, sent, got):
    if sent == got:
        return False
    first = next((i for i, (a, b) in enumerate(zip(sent, got)) if a != b), min(len(sent), len(got)))
    print(f"{name}: sent {len(sent)}, got {len(got)} bytes; they differ at {first}: "
          f"{sent[first:first + 8].hex()} {got[first:first + 8].hex()}")
    return True


def icount(fd):
    """struct serial_icounter_struct"""
    values = struct.unpack("20i", fcntl.ioctl(fd, 0x545D, bytes(80)))
    return dict(zip("cts dsr rng dcd rx tx frame overrun parity brk buf_overrun".split(), values))


def show_icount(args):
    fd = os.open(args.node, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    print(" ".join(f"{name}={value}" for name, value in icount(fd).items()))
    return False


def read_for(fd, seconds):
    got = b""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if select.select([fd], [], [], 0.1)[0]:
            got += os.read(fd, 4096)
    return got


def hear(args):
    """Print what arrived, as Python would, and what the counters of the listening port say."""
    sender = open_tty(args.a, args.baud, args.format)
    listener = open_tty(args.b, args.baud, args.format)
    attributes = termios.tcgetattr(listener)
    attributes[0] = termios.PARMRK | termios.INPCK
    termios.tcsetattr(listener, termios.TCSANOW, attributes)
    before = icount(listener)
    os.write(sender, args.text.encode())
    got = read_for(listener, args.seconds)
    counts = {name: value - before[name] for name, value in icount(listener).items() if value != before[name]}
    print(ascii(got.decode("latin1"))[1:-1], " ".join(f"{name}={value}" for name, value in counts.items()))
    return False


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
    got = transfer(pairs, step=0.02)
    took = time.monotonic() - begin
    print(f"{len(pairs)} x {characters} characters in {took:.6f} s")
    return any(differ(f"stream {i}", pairs[i][2], data) for i, data in enumerate(got))


def main():
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("exchange")
    command.add_argument("a")
    command.add_argument("b")
    command.add_argument("--baud", type=int, default=DEFAULT_BAUD)
    command.add_argument("--bytes", type=int, default=200)
    command.add_argument("--format", default="8N1")
    command.add_argument("--rtscts", action="store_true")
    command.set_defaults(run=exchange)
    command = commands.add_parser("duplex")
    command.add_argument("seconds", type=float)
    command.add_argument("baud", type=int)
    command.add_argument("pairs", nargs="+")
    command.set_defaults(run=duplex)
    command = commands.add_parser("hear")
    command.add_argument("a")
    command.add_argument("b")
    command.add_argument("text")
    command.add_argument("--baud", type=int, default=DEFAULT_BAUD)
    command.add_argument("--format", default="8N1")
    command.add_argument("--seconds", type=float, default=0.5)
    command.set_defaults(run=hear)
    command = commands.add_parser("icount")
    command.add_argument("node")
    command.set_defaults(run=show_icount)
    args = parser.parse_args()
    sys.exit(1 if args.run(args) else 0)


main()
