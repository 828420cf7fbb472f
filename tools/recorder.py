# SPDX-License-Identifier: GPL-2.0
"""Where recordings come from: /dev/vhw-record, and the kernel's mmiotrace."""
import collections
import os
import pathlib
import re
import signal
import struct
import subprocess
import time

import ctllib
from ctllib import Refused
from recording import BITS64, CONFIG, MASKS, PREFETCH, Bar, Event, Recording

DEVICE = pathlib.Path("/dev/vhw-record")
EVENT = struct.Struct("=QQIHBBB7x")  # virt-hw/record/event.h
KINDS = ("read", "write", "config-read", "config-write", "irq", "irq-end", "intx", "msi", "lost", "bar", "image")
RESULTS = ("none", "handled", "thread")
PAUSE = 0.02


def take(device, raw):
    """Whatever events there are."""
    while True:
        data = os.read(device, 1 << 20)
        if not data:
            return
        raw += data


def write(device, text):
    log = ctllib.kernel_log("vhw")
    try:
        os.write(device, text.encode())
    except OSError as error:
        raise Refused("\n".join([f"{text}: {error.strerror}"] + [f"  kernel: {line}" for line in log()])) from error


def wait(device, raw, command):
    """Take events while a command runs, or until interrupted. Return its exit status."""
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, signal.default_int_handler)
    process = None
    try:
        if command:
            process = subprocess.Popen(command)
        while not process or process.poll() is None:
            take(device, raw)
            time.sleep(PAUSE)
        return process.returncode
    except OSError as error:
        raise Refused(f"{command[0]}: {error.strerror}") from error
    except KeyboardInterrupt:
        if process:
            process.wait()
        return 0


def record(address, command, source):
    """Record a function while a command runs. Return the recording and the command's exit status."""
    if not DEVICE.exists():
        subprocess.run(["modprobe", "vhw-record"], stderr=subprocess.DEVNULL, check=False)
    raw = bytearray()
    log = ctllib.kernel_log("vhw")
    try:
        device = os.open(DEVICE, os.O_RDWR)
    except OSError as error:
        raise Refused("\n".join([f"{DEVICE}: {error.strerror}; is vhw-record loaded?"] + [f"  kernel: {line}" for line in log()])) from error
    try:
        write(device, address)
        status = wait(device, raw, command)
        write(device, "end")
        take(device, raw)
    finally:
        os.close(device)
    return decode(raw, source), status


def decode(raw, source):
    result = Recording(source=source)
    for number, (when, value, offset, cpu, kind, size, bar) in enumerate(EVENT.iter_unpack(raw)):
        name = KINDS[kind]
        if name == "bar":
            result.bars[bar] = Bar(value, offset)
        elif name == "image":
            result.config += value.to_bytes(4, "little")
        else:
            event = Event(number, when, cpu, name, CONFIG if kind in (2, 3) else bar, offset, size, value)
            if name == "irq-end":
                event.text = RESULTS[value]
            result.lost += value if name == "lost" else 0
            result.events.append(event)
    identify(result)
    return result


def identify(result):
    """Identity from config space."""
    def field(at, size):
        return int.from_bytes(result.config[at:at + size], "little")

    result.vendor, result.device = field(0, 2), field(2, 2)
    result.revision, result.class_code = field(8, 1), field(9, 3)
    result.subvendor, result.subdevice = field(0x2c, 2), field(0x2e, 2)
    result.pin = field(0x3d, 1) != 0


# mmiotrace, as Documentation/trace/mmiotrace.rst of the kernel describes it

class MmioTrace:
    """Parse a trace; its devices and what was said to all of them."""

    def __init__(self, path):
        self.path, self.devices, self.accesses, self.lost = path, {}, [], 0
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                for number, text in enumerate(file, 1):
                    self.take(number, text.split())
        except OSError as error:
            raise Refused(f"{path}: {error.strerror}") from error
        if not self.devices:
            raise Refused(f"{path}: there is no line PCIDEV; this is not what mmiotrace writes")

    def take(self, number, words):
        try:
            if words[:1] == ["PCIDEV"] and len(words) >= 18:
                self.devices[words[1]] = words[2], [int(word, 16) for word in words[4:18]]
            elif words[:1] in (["R"], ["W"]) and len(words) >= 6:
                seconds, fraction = words[2].split(".")
                when = int(seconds) * 10 ** 9 + int(fraction.ljust(9, "0")[:9])
                self.accesses.append((number, words[0] == "W", int(words[1]), when, int(words[4], 16), int(words[5], 16)))
            elif words[:1] == ["MARK"] and "lost" in words:
                self.lost += sum(int(word) for word in words if word.isdigit())
        except ValueError as error:
            raise Refused(f"{self.path}:{number}: a number is malformed") from error

    def bars_of(self, name):
        """{number: (start, size, flags)} of memory BARs."""
        numbers = self.devices[name][1]
        found = {}
        for index in range(6):
            start, size = numbers[index], numbers[7 + index]
            if size and not start & 1 and not size & (size - 1):
                flags = (BITS64 if start & 4 else 0) | (PREFETCH if start & 8 else 0)
                found[index] = start & ~15, size, flags
        return found

    def place(self, name, address):
        for index, (start, size, _flags) in self.bars_of(name).items():
            if start <= address < start + size:
                return index, address - start
        return None


def import_mmiotrace(path, wanted, config):
    trace = MmioTrace(path)
    if wanted is None:
        hits = collections.Counter(name for *_rest, address, _value in trace.accesses for name in trace.devices
                                   if trace.place(name, address))
        if not hits:
            raise Refused(f"{path}: no access is to a BAR of a device in it")
        wanted = hits.most_common(1)[0][0]
    address = wanted
    match = re.fullmatch(r"(?:[0-9a-f]{4}:)?([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])", wanted)
    if match:
        wanted = f"{match[1]}{int(match[2], 16) << 3 | int(match[3]):02x}"
    if wanted not in trace.devices:
        raise Refused(f"{path}: there is no device {address}; there are: {' '.join(trace.devices)}")
    result = Recording(source=f"mmiotrace of device {wanted}")
    identity = trace.devices[wanted][0]
    result.vendor, result.device, result.pin = int(identity[:4], 16), int(identity[4:], 16), True
    result.bars = {index: Bar(max(size, 16), flags) for index, (_start, size, flags) in trace.bars_of(wanted).items()}
    if config:
        try:
            result.config = bytearray(pathlib.Path(config).read_bytes())
        except OSError as error:
            raise Refused(f"{config}: {error.strerror}") from error
        identify(result)
    first = None
    for number, written, size, when, address, value in trace.accesses:
        place = trace.place(wanted, address)
        if not place or size not in MASKS:
            continue
        first = when if first is None else first
        result.events.append(Event(number, when - first, 0, "write" if written else "read", place[0], place[1], size,
                                   value & MASKS[size]))
    if trace.lost:
        result.lost = trace.lost
        result.events.append(Event(0, result.events[-1].time if result.events else 0, 0, "lost", value=trace.lost))
    return result
