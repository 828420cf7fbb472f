# SPDX-License-Identifier: GPL-2.0
"""Recordings of what a driver and its board said to each other: read, write, judge, and make a program for vhw-replay.

The format is described in Documentation/record-replay.md.
"""
import dataclasses
import gzip
import lzma
import pathlib
import re

from ctllib import Refused

HEADER = "vhw-recording 1"
PROGRAM = "vhw-replay 1"
RULES = ("sequence", "constant", "storage", "counter", "status")
STATUS_VALUES = 8  # that many values at most, and four times as many reads, are what a status has
PIN = 0xffff
CONFIG = 6  # instead of a BAR
IO, PREFETCH, BITS64 = 1, 2, 4
BAR_MAX = 1 << 30
ACCESSES = ("read", "write", "config-read", "config-write")
MASKS = {1: 0xff, 2: 0xffff, 4: 0xffffffff, 8: 0xffffffffffffffff}


@dataclasses.dataclass
class Bar:
    size: int
    flags: int = 0


@dataclasses.dataclass
class Event:
    """What happened: kind is one of ACCESSES, irq, irq-end, intx, msi, lost or note."""
    line: int
    time: int  # ns
    cpu: int
    kind: str
    bar: int = 0
    offset: int = 0
    size: int = 0
    value: int = 0
    text: str = ""


@dataclasses.dataclass
class Recording:
    path: str = ""
    source: str = ""
    vendor: int = 0
    device: int = 0
    subvendor: int = 0
    subdevice: int = 0
    class_code: int = 0
    revision: int = 0
    pin: bool = False
    bars: dict = dataclasses.field(default_factory=dict)
    config: bytearray = dataclasses.field(default_factory=bytearray)
    rules: dict = dataclasses.field(default_factory=dict)  # (bar, offset, size): (rule, initial, step)
    events: list = dataclasses.field(default_factory=list)
    lost: int = 0


# Reading

class Line:
    """A line and its number, for whoever finds fault with it."""

    def __init__(self, path, number, text):
        self.path, self.number, self.text = path, number, text
        self.words = text.split()

    def wrong(self, what):
        return Refused(f"{self.path}:{self.number}: {what}: {self.text.strip()[:80]}")

    def number_at(self, index, what, limit, base=0):
        try:
            text = self.words[index]
            value = int(text, base)
        except IndexError as error:
            raise self.wrong(f"{what} is missing") from error
        except ValueError as error:
            raise self.wrong(f"{what} is not a number") from error
        if not 0 <= value <= limit:
            raise self.wrong(f"{what} is not a number from 0 to {limit:#x}")
        return value

    def pair(self, index, what):
        match = re.fullmatch(r"([0-9a-f]{4}):([0-9a-f]{4})", self.words[index] if len(self.words) > index else "")
        if not match:
            raise self.wrong(f"{what} is not of the form 8086:25ab")
        return int(match[1], 16), int(match[2], 16)


def parse_function(line, recording):
    recording.vendor, recording.device = line.pair(1, "the identity")
    rest = line.words[2:]
    for index in range(0, len(rest), 2):
        at = index + 3
        if rest[index] == "subsystem":
            recording.subvendor, recording.subdevice = line.pair(at, "the subsystem")
        elif rest[index] == "class":
            recording.class_code = line.number_at(at, "the class", 0xffffff)
        elif rest[index] == "revision":
            recording.revision = line.number_at(at, "the revision", 0xff)
        elif rest[index] == "pin":
            recording.pin = bool(line.number_at(at, "the pin", 1))
        else:
            raise line.wrong(f"\"{rest[index]}\" is not subsystem, class, revision or pin")


def parse_bar(line, recording):
    number = line.number_at(1, "the BAR", 5)
    size = line.number_at(2, "its size", 1 << 40)
    flags = 0
    for word in line.words[3:]:
        if word not in ("io", "prefetchable", "64-bit"):
            raise line.wrong(f"\"{word}\" is not io, prefetchable or 64-bit")
        flags |= {"io": IO, "prefetchable": PREFETCH, "64-bit": BITS64}[word]
    if size & (size - 1) or size < (4 if flags & IO else 16):
        raise line.wrong("the size of a BAR is not a power of two of at least 16")
    recording.bars[number] = Bar(size, flags)


def parse_config(line, recording):
    try:
        offset = int(line.words[1].rstrip(":"), 16)
        data = bytes.fromhex("".join(line.words[2:]))
    except (IndexError, ValueError) as error:
        raise line.wrong("this is not \"config OFFSET: BYTES\" in hexadecimal digits") from error
    if offset != len(recording.config) or offset + len(data) > 4096:
        raise line.wrong("config space is not told from the beginning without gaps, or has more than 4096 bytes")
    recording.config += data


def register_name(bar, offset, size):
    return f"{'config' if bar == CONFIG else f'BAR{bar}'}+{offset:#x}/{size}"


def parse_register(line, index, recording=None):
    text = line.words[index] if len(line.words) > index else ""
    match = re.fullmatch(r"(?:BAR([0-5])|(config))\+(0x[0-9a-f]+)/([1248])", text)
    if not match:
        raise line.wrong("a register is not of the form BAR0+0x10/4 or config+0x60/2")
    bar, offset, size = CONFIG if match[2] else int(match[1]), int(match[3], 16), int(match[4])
    if recording:
        space = 4096 if bar == CONFIG else recording.bars[bar].size if bar in recording.bars else 0
        if offset + size > space:
            raise line.wrong("the register lies outside its BAR" if space else "there is no such BAR")
    return bar, offset, size


def parse_rule(line, recording):
    register = parse_register(line, 1, recording)
    rule = line.words[2] if len(line.words) > 2 else ""
    if rule not in RULES:
        raise line.wrong(f"the rule is not one of {', '.join(RULES)}")
    limit = MASKS[register[2]]
    initial = line.number_at(3, "the value", limit) if len(line.words) > 3 else None
    step = line.number_at(4, "the step", limit) if len(line.words) > 4 else 1
    recording.rules[register] = (rule, initial, step)


def parse_source(line, recording):
    recording.source = line.text.strip().partition(" ")[2].strip()


HEADER_LINES = {"function": parse_function, "bar": parse_bar, "config": parse_config, "rule": parse_rule,
                "source": parse_source}


def parse_time(line):
    match = re.fullmatch(r"([0-9]{1,9})\.([0-9]{9})", line.words[0])
    if not match:
        raise line.wrong("this is not an event, which begins with a time such as 0.000012345")
    return int(match[1]) * 10 ** 9 + int(match[2])


def parse_event(line, recording):
    event = Event(line.number, parse_time(line), line.number_at(1, "the processor", 0xffff, 10), line.words[2] if len(line.words) > 2 else "")
    words = len(line.words)
    if event.kind in ("read", "write", "config-read", "config-write"):
        event.bar, event.offset, event.size = parse_register(line, 3, recording)
        if event.kind.startswith("config") != (event.bar == CONFIG):
            raise line.wrong("an access to config space is called config-read or config-write, and no other is")
        event.value = line.number_at(4, "the value", MASKS[event.size])
        expected = 5
    elif event.kind in ("irq", "intx", "msi", "lost"):
        limit = {"irq": 0, "intx": 1, "msi": 2047, "lost": 1 << 62}[event.kind]
        event.value = line.number_at(3, "the number", limit)
        expected = 4
    elif event.kind == "irq-end":
        event.text = line.words[3] if words > 3 else ""
        if event.text not in ("handled", "none", "thread"):
            raise line.wrong("a handler has ended neither with handled nor with none or thread")
        expected = 4
    elif event.kind == "note":
        event.text = " ".join(line.words[3:])
        expected = words
    else:
        raise line.wrong("the kind of event is unknown")
    if words != expected:
        raise line.wrong("there are more words than such a line has")
    if event.kind == "lost":
        recording.lost += event.value
    recording.events.append(event)


def parse(path):
    """Read a recording; whatever is wrong with it is refused with its line."""
    opener = {".xz": lzma.open, ".gz": gzip.open}.get(pathlib.Path(path).suffix, open)
    try:
        with opener(path, "rt", encoding="utf-8", errors="replace") as file:
            lines = file.read().split("\n")
    except (EOFError, lzma.LZMAError) as error:
        raise Refused(f"{path}: {error}") from error
    except OSError as error:
        raise Refused(f"{path}: {error.strerror or error}") from error
    recording = Recording(str(path))
    if lines[0].strip() != HEADER:
        raise Refused(f"{path}:1: this is no recording of this version: its first line is not \"{HEADER}\"")
    events = ended = False
    for number, text in enumerate(lines[1:], 2):
        line = Line(path, number, text)
        if not line.words or line.words[0].startswith("#"):
            continue
        if ended:
            raise line.wrong("something follows the end")
        if events and line.words[0] == "end":
            ended = True
        elif events:
            parse_event(line, recording)
        elif line.words[0] == "events":
            events = True
        elif line.words[0] in HEADER_LINES:
            HEADER_LINES[line.words[0]](line, recording)
        else:
            raise line.wrong(f"this is neither {', '.join(HEADER_LINES)} nor events")
    if not ended:
        raise Refused(f"{path}: the line \"end\" is missing: the file is truncated")
    return recording


# Writing

def event_line(event):
    head = f"{event.time // 10 ** 9}.{event.time % 10 ** 9:09d} {event.cpu} {event.kind}"
    if event.kind in ACCESSES:
        return f"{head} {register_name(event.bar, event.offset, event.size)} {event.value:#0{2 * event.size + 2}x}"
    return f"{head} {event.text or event.value}"


def header_lines(recording):
    yield HEADER
    if recording.source:
        yield f"source {recording.source}"
    yield (f"function {recording.vendor:04x}:{recording.device:04x} subsystem {recording.subvendor:04x}:{recording.subdevice:04x} "
           f"class {recording.class_code:#08x} revision {recording.revision:#04x} pin {int(recording.pin)}")
    for number, bar in sorted(recording.bars.items()):
        words = [word for flag, word in ((IO, "io"), (BITS64, "64-bit"), (PREFETCH, "prefetchable")) if bar.flags & flag]
        yield " ".join(["bar", str(number), f"{bar.size:#x}"] + words)
    for offset in range(0, len(recording.config), 16):
        yield f"config {offset:03x}: {recording.config[offset:offset + 16].hex(' ')}"
    for register, (rule, initial, step) in sorted(recording.rules.items()):
        yield rule_line(register, rule, initial, step)


def rule_line(register, rule, initial, step):
    words = ["rule", register_name(*register), rule]
    if rule == "counter":
        words += [f"{initial or 0:#x}", f"{step:#x}"]
    elif rule not in ("sequence", "status") and initial is not None:
        words.append(f"{initial:#x}")
    return " ".join(words)


def write(recording, file):
    for text in header_lines(recording):
        file.write(f"{text}\n")
    file.write("events\n")
    for event in recording.events:
        file.write(f"{event_line(event)}\n")
    file.write("end\n")


# Judging

@dataclasses.dataclass
class Register:
    """A register's history, and what it looks like."""
    reads: list = dataclasses.field(default_factory=list)
    writes: list = dataclasses.field(default_factory=list)
    history: list = dataclasses.field(default_factory=list)  # (is a write, value)
    quiet: int = None  # what was read first while INTA# was not asserted
    rule: str = "sequence"
    initial: int = 0
    step: int = 1
    given: bool = False
    looks: str = ""


def halves(event):
    """An access of 8 bytes is two of 4 to a virtual board, the low one first."""
    if event.size != 8:
        return [event]
    return [dataclasses.replace(event, size=4, value=event.value & MASKS[4]),
            dataclasses.replace(event, size=4, offset=event.offset + 4, value=event.value >> 32)]


def looks_like_counter(reads, size):
    steps = {(b - a) & MASKS[size] for a, b in zip(reads, reads[1:])}
    return len(reads) >= 4 and len(steps) == 1 and 0 not in steps


def is_storage(register):
    """Every read gives what was written last, and before the first write always the same."""
    value, first, seen = None, None, False
    for written, item in register.history:
        if written:
            value = item
        elif value is None and first is None:
            first = item
        elif value is None and item != first:
            return False
        elif value is not None:
            if item != value:
                return False
            seen = True
    return seen


def judge(register, size, overlapped):
    reads = register.reads
    distinct = set(reads)
    if reads and is_storage(register) and not overlapped:
        written, first = register.history[0]
        register.rule, register.initial = "storage", 0 if written else first
        register.looks = "storage"
    elif len(distinct) == 1:
        register.rule, register.initial, register.looks = "constant", reads[0], "constant"
        if register.writes:
            register.looks = "command, reads constant"
    elif looks_like_counter(reads, size):
        register.rule, register.initial, register.step = "counter", reads[0], (reads[1] - reads[0]) & MASKS[size]
        register.looks = "counter"
    elif reads:
        register.initial = reads[0]
        rising = all(a <= b for a, b in zip(reads, reads[1:]))
        if rising and len(distinct) > 3:
            register.looks = "counter of time or events"
        elif len(distinct) <= STATUS_VALUES and len(reads) >= 4 * len(distinct):
            register.rule = register.looks = "status"
            # a handler that is called for nothing is to find nothing
            register.initial = reads[0] if register.quiet is None else register.quiet
        elif len(distinct) <= 4 or len(distinct) * 4 <= len(reads):
            register.looks = "status"
        else:
            register.looks = "FIFO or data"
    else:
        register.looks = "write only"


def registers(recording):
    """What was accessed, with the rule for each register: the one in the file, or else one inferred."""
    found = {}
    asserted = False
    rises = "intx" if any(event.kind == "intx" for event in recording.events) else "irq"
    for event in recording.events:
        if event.kind in (rises, f"{rises}-end"):
            asserted = event.kind == "irq" or (event.kind == "intx" and event.value == 1)
        if event.kind not in ("read", "write"):
            continue
        for half in halves(event):
            register = found.setdefault((half.bar, half.offset, half.size), Register())
            (register.writes if half.kind == "write" else register.reads).append(half.value)
            register.history.append((half.kind == "write", half.value))
            if half.kind == "read" and not asserted and register.quiet is None:
                register.quiet = half.value
    keys = sorted(found)
    ends = {}
    overlapped = set()
    for key in keys:
        bar, offset, size = key
        other, end = ends.get(bar, (None, 0))
        if offset < end:
            overlapped |= {key, other}
        if offset + size > end:
            ends[bar] = key, offset + size
    for key in keys:
        judge(found[key], key[2], key in overlapped)
    for key, (rule, initial, step) in recording.rules.items():
        register = found.setdefault(key, Register())
        register.rule, register.step, register.given = rule, step, True
        if initial is not None:
            register.initial = initial
    return dict(sorted(found.items()))


def interrupts(recording):
    """How often each came: INTA# raised or handled, messages by vector."""
    counts = {}
    for event in recording.events:
        if event.kind == "irq" or (event.kind == "intx" and event.value):
            counts["INTA#"] = counts.get("INTA#", 0) + 1
        elif event.kind == "msi":
            counts[f"message {event.value}"] = counts.get(f"message {event.value}", 0) + 1
    return counts


def is_master(recording):
    """Did the driver let the board read and write memory by itself? None of that is in a recording."""
    return any(event.kind == "config-write" and event.offset == 4 and event.value & 4 for event in recording.events)


# Config space

STANDARD = {0x01: 8, 0x03: 8, 0x05: 14, 0x10: 0x3c, 0x11: 12, 0x13: 6, 0x0d: 8}


@dataclasses.dataclass
class Capability:
    id: int
    version: int
    offset: int
    length: int


def chain(config, first, extended):
    """Offsets of a list of capabilities; a list that is broken ends where it breaks."""
    offset, found = first, []
    while offset >= (0x100 if extended else 0x40) and offset + 4 <= len(config) and offset not in found and len(found) < 48:
        found.append(offset)
        offset = (config[offset + 3] << 4 | config[offset + 2] >> 4) & ~3 if extended else config[offset + 1] & ~3
    return found


def capabilities(recording):
    config = recording.config
    if len(config) < 0x40:
        return []
    normal = chain(config, config[0x34] & ~3, False) if config[6] & 0x10 else []
    more = chain(config, 0x100, True) if len(config) >= 0x104 and any(config[0x100:0x104]) else []
    found = []
    for offsets, end in ((normal, 0x100), (more, len(config))):
        for offset in sorted(offsets) if end > 0x100 else offsets:
            limit = min([other for other in offsets if other > offset] + [end])
            extended = offset >= 0x100
            number = config[offset] | (config[offset + 1] << 8 if extended else 0)
            length = min(limit - offset, STANDARD.get(number, 0x40) if not extended else 0x100)
            if number == 0x09:
                length = min(limit - offset, max(config[offset + 2], 3))
            found.append(Capability(number, config[offset + 2] & 15 if extended else 0, offset, length))
    return found


def learn_mask(recording, mask):
    """Bits that the driver wrote and found changed, outside of the header."""
    image = bytearray(recording.config)
    for event in recording.events:
        if event.kind == "config-write" and event.offset >= 0x40 and event.offset + event.size <= len(mask):
            data = event.value.to_bytes(event.size, "little")
            for index, byte in enumerate(data):
                mask[event.offset + index] |= byte ^ image[event.offset + index]
    for event in recording.events:
        if event.kind == "config-write" and event.offset >= 0x40 and event.offset + event.size <= len(mask):
            data = event.value.to_bytes(event.size, "little")
            for index, byte in enumerate(data):
                at = event.offset + index
                image[at] = image[at] & ~mask[at] | byte & mask[at]
        elif event.kind == "config-read" and event.offset >= 0x40 and event.offset + event.size <= len(mask):
            for index, byte in enumerate(event.value.to_bytes(event.size, "little")):
                at = event.offset + index
                mask[at] &= ~(image[at] ^ byte)
                image[at] = byte


# A program for the kernel

def config_program(recording, msix_lines):
    """Lines for capabilities and config space; which bits can be written; which bytes the PCI core writes as it likes."""
    config = recording.config
    mask = bytearray(len(config))
    learn_mask(recording, mask)
    own, cores = set(range(0x40)), set(range(0x40))
    lines = []
    express = False
    room = capabilities(recording)
    for cap in room:
        at = cap.offset
        if cap.id != 0x09 or at >= 0x100:
            cores |= set(range(at, at + cap.length))
        if cap.id == 0x05 and at < 0x100:
            others = [other.offset for other in room if other.offset > at] + [0x100]
            if min(others) - at >= 14:
                lines.append(f"msi {at:x} {1 << (config[at + 2] >> 1 & 7):x}")
            length = (14 if config[at + 2] & 0x80 else 10) + (10 if config[at + 3] & 1 else 0)
            own |= set(range(at, min(at + max(length, 14), *others)))
        elif cap.id == 0x11 and at < 0x100:
            table, pending = (int.from_bytes(config[at + 4 * n:at + 4 * n + 4], "little") for n in (1, 2))
            count = (config[at + 2] | config[at + 3] << 8 & 0x700) + 1
            if table & 7 == pending & 7 and table & 7 in recording.bars:
                lines.append(f"msix {at:x} {count:x} {table & 7:x} {table & ~7:x} {pending & ~7:x}")
                msix_lines.append((table & 7, table & ~7, 16 * count))
                msix_lines.append((table & 7, pending & ~7, (count + 63) // 64 * 8))
            own |= set(range(at, at + 12))
        elif at < 0x100 or express:
            express |= cap.id == 0x10
            if cap.id == 0x01 and cap.length >= 6:
                mask[at + 4] |= 3
                mask[at + 5] |= 1
            if cap.id == 0x10:
                mask[at + 8] = mask[at + 9] = 0xff
                mask[at + 9] &= 0x7f
            lines.append(f"cap {cap.id:x} {cap.version:x} {at:x} {cap.length:x}")
            own |= set(range(at, at + (4 if at >= 0x100 else 2)))
    for at, byte in enumerate(config):
        if at < 0x40 and (byte or mask[at]):
            lines.append(f"cfg {at:x} {byte:x} 0")
        elif at not in own and (byte or mask[at]):
            lines.append(f"cfg {at:x} {byte:x} {mask[at]:x}")
    return lines, mask, own | cores


def falls_with(recording, start):
    """The last access that a handler made, which entered at index start: with it the line fell. None: it made none."""
    cpu = recording.events[start].cpu
    last = None
    for index in range(start + 1, len(recording.events)):
        event = recording.events[index]
        if event.cpu == cpu and event.kind in ("read", "write"):
            last = index
        if event.kind == "irq-end" and event.cpu == cpu:
            if event.text == "none":
                return None, False
            if last is not None:
                return last, True
            break
    # a thread does the work: most boards are quieted by a write
    for later in range(index + 1, len(recording.events)):
        event = recording.events[later]
        if event.kind == "write":
            return later, True
        if event.kind in ("irq", "msi"):
            break
    return start, True


def edges(recording):
    """Where the interrupt rises and falls: {index of an event: [(after which it is, vector or None, line, time)]}."""
    found = {}
    events = recording.events
    line_known = any(event.kind == "intx" for event in events)
    # a virtual board tells of a fall before the read that brings it about, and of a write before the fall that it does
    virtual = not any(event.kind == "irq" for event in events)

    def add(index, vector, event):
        found.setdefault(index, []).append((vector, event.line, event.time))

    for index, event in enumerate(events):
        if event.kind == "msi":
            add(index, event.value, event)
        elif event.kind == "intx":
            by_read = virtual and not event.value and index + 1 < len(events) and events[index + 1].kind == "read" and \
                events[index + 1].cpu == event.cpu and not (events[index - 1].kind == "write" and events[index - 1].cpu == event.cpu)
            add(index + by_read, PIN if event.value else None, event)
        elif event.kind == "irq" and not line_known:
            fall, handled = falls_with(recording, index)
            if handled:
                add(index, PIN, event)
                add(fall, None, events[fall])
    return found


def program(recording):
    """The text that vhw-replay takes."""
    lines = [PROGRAM, f"id {recording.vendor:x} {recording.device:x} {recording.subvendor:x} {recording.subdevice:x} "
             f"{recording.class_code:x} {recording.revision:x} {int(recording.pin)}"]
    for number, bar in sorted(recording.bars.items()):
        if bar.size > BAR_MAX:
            raise Refused(f"{recording.path}: BAR {number} is larger than 1 GiB, which no virtual board can have")
        lines.append(f"bar {number:x} {max(bar.size, 16):x} {bar.flags:x}")
    tables = []
    config_lines, mask, cores = config_program(recording, tables)
    lines += config_lines

    def in_table(event):
        return any(event.bar == bar and start <= event.offset < start + size for bar, start, size in tables)

    known = {key: register for key, register in registers(recording).items()
             if key[2] != 8 and not (recording.bars.get(key[0], Bar(0)).flags & IO)
             and not any(key[0] == bar and start <= key[1] < start + size for bar, start, size in tables)}
    config_keys = {(CONFIG, e.offset, e.size) for e in recording.events
                   if e.kind == "config-write" and is_drivers(e, cores, len(mask))}
    numbers = {}
    for key in sorted(list(known) + list(config_keys)):
        register = known.get(key, Register())
        numbers[key] = len(numbers)
        lines.append(f"reg {key[0]:x} {key[1]:x} {key[2]:x} {RULES.index(register.rule):x} {register.initial:x} {register.step:x}")
    image = bytearray(recording.config)
    found, count = edges(recording), 0
    # the last access of which something may have come, an interrupt for one: its number and time
    cause = cause_time = last = 0
    for index, event in enumerate(recording.events):
        if event.kind in ("read", "write") and not in_table(event):
            for half in halves(event):
                key = half.bar, half.offset, half.size
                if key in numbers:
                    lines.append(f"{half.kind[0]} {half.line:x} {numbers[key]:x} {half.value:x}")
                    count += 1
                    last = event.time
                    if half.kind == "write" or known[key].rule == "sequence":
                        cause, cause_time = count, last
        elif event.kind == "config-write" and (CONFIG, event.offset, event.size) in config_keys:
            value = 0
            for at in range(event.size):
                where = event.offset + at
                image[where] = image[where] & ~mask[where] | event.value >> 8 * at & mask[where]
                value |= image[where] << 8 * at
            lines.append(f"w {event.line:x} {numbers[CONFIG, event.offset, event.size]:x} {value:x}")
            count += 1
            cause, cause_time = count, event.time
            last = event.time
        for vector, line, time in found.get(index, ()):
            if vector is None:
                lines.append(f"down {line:x}")
            else:
                since, back = (cause_time, count - cause) if cause else (last, 0)
                lines.append(f"up {line:x} {vector:x} {max(time - since, 0):x} {back:x}")
    lines.append(f"end {count:x}")
    return "\n".join(lines) + "\n"


def is_drivers(event, cores, size):
    """A register of the device's own in config space, whose writes are the driver's."""
    return event.offset >= 0x40 and event.offset + event.size <= min(size, 0x100) and event.size <= 4 and \
        not cores & set(range(event.offset, event.offset + event.size))
