# SPDX-License-Identifier: GPL-2.0
"""What vhwctl and thrctl share: attributes of the kernel's as files, refusals in words, tables, numbers."""
import errno
import fractions
import os
import re
import signal
import subprocess
import sys

FACTORS = {"": 1, "k": 10 ** 3, "m": 10 ** 6, "g": 10 ** 9, "t": 10 ** 12,
           "ki": 2 ** 10, "mi": 2 ** 20, "gi": 2 ** 30, "ti": 2 ** 40}
U64_MAX = 2 ** 64 - 1


class Refused(Exception):
    """What went wrong, and what would not have, for people."""


def read(path):
    """An attribute's text; empty where there is none, or none for us."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").rstrip("\n")
    except OSError:
        return ""


def put(path, value):
    """Write an attribute, once: a buffer whose write was refused tries again when it is closed."""
    with open(path, "wb", buffering=0) as attribute:
        attribute.write(f"{value}\n".encode(errors="surrogateescape"))


def kernel_log(prefix):
    """A function that returns what the kernel has logged, with that prefix, since this call."""
    try:
        log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(log, 0, os.SEEK_END)
    except OSError:
        return lambda: []

    def since():
        lines = []
        try:
            while True:
                line = os.read(log, 8192).decode(errors="replace").split(";", 1)[1].split("\n")[0]
                if line.startswith(prefix):
                    lines.append(line)
        except OSError:
            os.close(log)
        return lines
    return since


def in_words(error):
    """An OSError for people."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return "only root may do that"
    return error.strerror


def number(text, example="500, 1.5k or 10MiB"):
    """1.5k -> 1500; k, M, G, T are powers of 1000, Ki, Mi, Gi, Ti of 1024, and a B may follow."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([kmgt]i?)?b?", text, re.ASCII | re.IGNORECASE)
    value = match and fractions.Fraction(match[1]) * FACTORS[(match[2] or "").lower()]
    if not match:
        raise Refused(f"\"{text}\" is not a number that is not negative, such as {example}")
    if value.denominator != 1:
        raise Refused(f"{text} is not a whole number")
    if value > U64_MAX:
        raise Refused(f"{text} is too large: at most {U64_MAX}")
    return int(value)


def table(rows):
    widths = [max(len(str(cell)) for cell in column) for column in zip(*rows)]
    for row in rows:
        print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())


def need(directory, module):
    """The module's tree is there, or can be had."""
    if not directory.is_dir():
        try:
            subprocess.run(["modprobe", module], stderr=subprocess.DEVNULL, check=False)
        except OSError:
            pass # said below
    if not directory.is_dir():
        how = "" if os.geteuid() == 0 else " as root"
        raise Refused(f"{directory} is not there: load the module {module}{how}, and mount configfs on /sys/kernel/config")


def run(program, command):
    """Do it, and turn what goes wrong into a sentence and an exit status."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL) # whoever reads us may have seen enough
    try:
        command()
    except Refused as refusal:
        print(f"{program}: {refusal}", file=sys.stderr)
        return 1
    except PermissionError as error:
        print(f"{program}: {error.filename}: {in_words(error)}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{program}: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0
