#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""attributes.py WRITES SEED BACKING...: random writes, valid and not, to every attribute of throttled disks and groups.

Makes and removes disks and groups meanwhile. Every now and then all that can be read must fit together.
"""
import errno
import os
import random
import signal
import sys

CONFIG = "/sys/kernel/config/thr/"
CLASS = "/sys/class/thr/"
RATE_MAX = 10**15
LIMITS = [a + "-" + b for a in ("bps", "iops") for b in ("total", "read", "write")]
KEYS = [l + s for l in LIMITS for s in ("", "-max", "-max-length")] + ["iops-size"]
NAMES = ["a", "b", "c", "common", "foo.bar", "g-1"]
writes, seed, backings = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
rnd = random.Random(seed)
answers = {}
lived = {"0": 0, "1": 0}


def read(path):
    with open(path, encoding="latin-1") as f:
        return f.read()


def hangs(*_):
    sys.exit("takes too long: " + doing)


def put(path, value):
    global doing
    doing = "%r to %s" % (value, path)
    signal.alarm(30)
    result = 0
    try:
        fd = os.open(path, os.O_WRONLY)
        try:
            os.write(fd, value)
        finally:
            os.close(fd)
    except OSError as e:
        result = e.errno
    signal.alarm(0)
    answers[result] = answers.get(result, 0) + 1
    if path.endswith("/live") and result == 0 and read(path).strip() == "1":
        lived[read(path[:-len("live")] + "in_place").strip()] += 1


def number():
    return rnd.choice([str(rnd.randrange(5)), str(rnd.randrange(100, 1000000)), str(10**rnd.randrange(19)),
                       str(RATE_MAX + rnd.randrange(-1, 2)), str(2**64 - 1), str(2**64), "-1", "", "0x10", "1.5", "7q",
                       " 12", "010"])


def line():
    words = []
    for _ in range(rnd.choice([0, 1, 1, 2, 3, 19])):
        words.append(rnd.choice(KEYS + ["nonsense", "iops"]) + rnd.choice(["=", "=", "=", "=", ""]) + number())
    return rnd.choice([" ", "  ", "\t", "\n"]).join(words)


def junk():
    return bytes(rnd.randrange(256) for _ in range(rnd.choice([0, 1, 7, 63, 64, 65, 300, 4095])))


def sane():
    """What is likely to be taken"""
    return rnd.choice(["iops-total=%d" % rnd.randrange(5000, 50000), "bps-read=%d" % rnd.randrange(10**8, 10**9),
                       "iops-total=0", "bps-total=0 bps-read=0 bps-write=0 iops-total=0 iops-read=0 iops-write=0 iops-size=0"])


def value(name):
    """What is written to an attribute of that name: usually something of its kind"""
    if rnd.random() < 0.15:
        return junk()
    if name in ("limits",):
        return rnd.choice([line, line, sane])().encode()
    if name in ("group", "parent"):
        return rnd.choice(NAMES + ["", "", "no such group", ".x", "x" * 63, "x" * 64]).encode()
    if name == "backing":
        return rnd.choice(backings + ["/dev/null", "/nonesuch", ""]).encode()
    if name in ("live", "in_place", "read_only", "rescan", "account_failed", "account_invalid"):
        return rnd.choice(["0", "1", "1", "y", "2", ""]).encode()
    if name == "fairness":
        return rnd.choice(["requests", "bytes", "neither"]).encode()
    if name in ("zeroes_cost", "discard_cost"):
        return rnd.choice(["full", "one", "none", "two"]).encode()
    if name == "boundaries":
        return rnd.choice(["", "all=1,2,3", "read=5,4", "write=", "flush=%s" % number(), "all=" + ",".join(
            str(i) for i in range(1, rnd.choice([10, 64, 65, 66])))]).encode()
    if name == "intervals":
        return " ".join(number() for _ in range(rnd.randrange(10))).encode()
    return number().encode()


def listing(path):
    try:
        return sorted(os.listdir(path))
    except FileNotFoundError:
        return []


def attributes():
    """Everything that can be written, the same order in every run"""
    found = []
    tops = [CONFIG + "disks/" + d for d in listing(CONFIG + "disks")]
    tops += [CONFIG + "groups/" + g for g in listing(CONFIG + "groups")]
    tops += [CLASS + g + s for g in listing(CLASS) for s in ("", "/limit")]
    tops += ["/sys/block/%s/thr" % d for d in listing("/sys/block") if os.path.isdir("/sys/block/%s/thr" % d)]
    for top in tops:
        for name in listing(top):
            path = top + "/" + name
            if os.path.isfile(path) and not os.path.islink(path) and os.stat(path).st_mode & 0o200 and name != "uevent":
                found.append(path)
    return found


def make_or_remove():
    path = CONFIG + rnd.choice(["disks/", "groups/"]) + rnd.choice(NAMES)
    global doing
    doing = "making or removing " + path
    signal.alarm(60)
    try:
        if os.path.isdir(path):
            os.rmdir(path)
        else:
            os.mkdir(path)
    except OSError as e:
        assert e.errno in (errno.EBUSY, errno.EEXIST), path + ": " + os.strerror(e.errno)
    signal.alarm(0)


def parse(text):
    limits = {key: 1 if key.endswith("-length") else 0 for key in KEYS}
    for word in text.split():
        key, n = word.split("=")
        limits[key] = int(n)
    return limits


def check_limits(limits):
    """Specification 2.2: what is in force is always valid as a whole"""
    for family in ("bps", "iops"):
        for suffix in ("", "-max"):
            total, r, w = (limits["%s-%s%s" % (family, d, suffix)] for d in ("total", "read", "write"))
            assert not (total and (r or w)), limits
    assert not limits["iops-size"] or any(limits["iops-" + d] for d in ("total", "read", "write")), limits
    for name in LIMITS:
        avg, top, length = limits[name], limits[name + "-max"], limits[name + "-max-length"]
        assert avg <= RATE_MAX and top <= RATE_MAX and 1 <= length < 2**32, limits
        assert length == 1 or top, limits
        assert top * length <= RATE_MAX and (not top or avg and top >= avg), limits


def check():
    groups = listing(CLASS)
    disks = listing(CONFIG + "disks")
    members = {g: read(CLASS + g + "/members").split() for g in groups}
    parents = {g: read(CLASS + g + "/parent").strip() for g in groups}
    for g in groups:
        limits = parse(read(CLASS + g + "/limits"))
        check_limits(limits)
        for key in KEYS:
            assert int(read(CLASS + g + "/limit/" + key)) == limits[key], (g, key)
        assert 1 <= int(read(CLASS + g + "/weight")) <= 10000
        assert members[g] or os.path.isdir(CONFIG + "groups/" + g), g + " has neither members nor a directory"
        if parents[g]:
            above = parents[parents[g]]
            assert not above or not parents[above], "more than three levels"
            assert members[parents[g]].count(g) >= 1
    for g in listing(CONFIG + "groups"):
        assert g in groups, g
    for d in disks:
        group = read(CONFIG + "disks/%s/group" % d).strip()
        device = read(CONFIG + "disks/%s/device" % d).strip()
        assert read(CONFIG + "disks/%s/live" % d).strip() == ("1" if device else "0"), d
        assert not group or d in members[group], d + " is not in its group"
        assert not device or read("/sys/block/%s/thr/name" % device).strip() == d
    # Every member is a disk in the group, or a child of it.
    for g in groups:
        expected = [d for d in disks if read(CONFIG + "disks/%s/group" % d).strip() == g]
        expected += [c for c in groups if parents[c] == g]
        assert sorted(expected) == sorted(members[g]), (g, expected, members[g])


doing = ""
signal.signal(signal.SIGALRM, hangs)
paths = []
for i in range(writes):
    if i % 40 == 0:
        make_or_remove()
        paths = attributes()
    if paths:
        target = rnd.choice(paths)
        put(target, value(os.path.basename(target)))
    if i % 500 == 499:
        check()
check()
print("%d writes, seed %d, %d disks stacked, %d in place: %s" % (writes, seed, lived["0"], lived["1"], ", ".join(
    "%s %d" % (errno.errorcode.get(e, "taken"), n) for e, n in sorted(answers.items()))))
