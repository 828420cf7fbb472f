#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""stress.py SECONDS SEED NODE...: two processes on each tty open, set up, write to, read from and close it, for so long.

The ttys may vanish and come back at any time. What is not to happen: an error that does not say so, or a process that
does not come back. Prints how many rounds went through.
"""
import errno
import fcntl
import os
import random
import select
import signal
import struct
import sys
import termios
import time
import traceback

GONE = {errno.EIO, errno.ENOENT, errno.ENODEV, errno.ENXIO}
RATES = (termios.B1200, termios.B2400, termios.B9600, termios.B19200, termios.B38400, termios.B57600)
FORMATS = (termios.CS8, termios.CS7 | termios.PARENB, termios.CS6 | termios.CSTOPB, termios.CS5)
PATIENCE = 60  # seconds: closing_wait, and some


def work(fd, dice):
    attributes = termios.tcgetattr(fd)
    attributes[0] = attributes[1] = attributes[3] = 0
    attributes[2] = termios.CREAD | termios.CLOCAL | termios.HUPCL | dice.choice(FORMATS)
    attributes[4] = attributes[5] = dice.choice(RATES)
    try:
        termios.tcsetattr(fd, dice.choice((termios.TCSANOW, termios.TCSAFLUSH)), attributes)
    except termios.error as error:
        # the C library asks what has been set; the other process may have set something else meanwhile
        if error.args[0] != errno.EINVAL:
            raise
    for _ in range(dice.randrange(6)):
        what = dice.randrange(8)
        if what < 4:
            try:
                os.write(fd, bytes(dice.randrange(1, 200)))
            except BlockingIOError:
                pass
        elif what == 4 and select.select([fd], [], [], 0.02)[0]:
            os.read(fd, 4096)
        elif what == 5:
            termios.tcflush(fd, termios.TCIOFLUSH)
        elif what == 6:
            fcntl.ioctl(fd, dice.choice((termios.TIOCMBIS, termios.TIOCMBIC)), struct.pack("I", termios.TIOCM_RTS))
        else:
            fcntl.ioctl(fd, 0x545D, bytes(80))  # TIOCGICOUNT
    if dice.random() < 0.2:
        os.write(fd, b"x")
        termios.tcflush(fd, termios.TCOFLUSH)
        termios.tcdrain(fd)
    if dice.random() < 0.7:
        termios.tcflush(fd, termios.TCIOFLUSH)


def worker(node, seed, end):
    """Exits with 1 after an error that is none of GONE; the rounds it made go into its share of the count"""
    dice, rounds = random.Random(seed), 0
    while time.monotonic() < end:
        try:
            fd = os.open(node, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno not in GONE | {errno.EBUSY, errno.EAGAIN}:
                raise
            time.sleep(0.01)
            continue
        try:
            work(fd, dice)
            rounds += 1
        except BlockingIOError:
            pass
        except (OSError, termios.error) as error:
            if error.args[0] not in GONE:
                raise
        finally:
            os.close(fd)
    return rounds


def start(node, seed, end, pipe):
    child = os.fork()
    if not child:
        status = 1
        try:
            os.write(pipe, struct.pack("I", worker(node, seed, end)))
            status = 0
        except BaseException:  # pylint: disable=broad-except
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    return child


def main():
    seconds, seed, nodes = float(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    end = time.monotonic() + seconds
    out, pipe = os.pipe()
    workers = {start(node, seed * 100 + i, end, pipe): node for i, node in enumerate(nodes * 2)}
    os.close(pipe)
    bad = 0
    while workers and time.monotonic() < end + PATIENCE:
        child, status = os.waitpid(-1, os.WNOHANG)
        if child:
            node = workers.pop(child)
            if status:
                print(f"a process on {node} failed: status {status}")
                bad += 1
        else:
            time.sleep(0.1)
    for child, node in workers.items():
        with open(f"/proc/{child}/stack", encoding="ascii") as stack:
            print(f"a process on {node} does not come back:\n{stack.read()}")
        os.kill(child, signal.SIGKILL)
        bad += 1
    rounds = sum(struct.unpack(f"{len(nodes) * 2 - bad}I", os.read(out, 4096)))
    print(f"{rounds} rounds")
    sys.exit(1 if bad or rounds < len(nodes) else 0)


main()
