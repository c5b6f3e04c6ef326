#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gx-joblog against a second computation of the same facts, in whole microseconds and
fractions, and hostile joblogs. Usage: check_joblog.py WHAT [JOBLOG ...]"""

import json
import os
import pty
import random
import re
import struct
import subprocess
import sys
import xml.etree.ElementTree
from fractions import Fraction

import oracle

HEADER = b"Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand"
OUTCOMES = ("done", "failed", "killed", "timed_out", "skipped")
WRONG = ("failed", "killed", "timed_out")
COLOURS = {"done": (127, 184, 220), "failed": (208, 49, 45), "killed": (142, 68, 173),
           "timed_out": (230, 159, 0), "skipped": (160, 160, 160)}


class Attempt:
    def __init__(self, line):
        seq, host, start, run, _, _, code, signal, self.command = line.split(b"\t", 8)
        self.seq = int(seq)
        self.host = host.decode("latin-1")
        self.start = int(Fraction(start.decode()) * 1000000)
        self.run = int(Fraction(run.decode().strip()) * 1000000)
        self.backwards = self.run < 0
        self.run = max(self.run, 0)
        self.end = self.start + self.run
        code, signal = int(code), int(signal)
        self.outcome = ("timed_out" if code == -1 else "skipped" if code == -2 else
                        "killed" if signal else "failed" if code else "done")
        self.slot = self.gap = None


def read(text):
    lines = text.split(b"\n")[:-1]
    if lines and lines[0].rstrip(b"\r") == HEADER:
        crlf = lines[0].endswith(b"\r")
        lines = [line[:-1] if crlf and line.endswith(b"\r") else line for line in lines[1:]]
    return [Attempt(line) for line in lines]


def quantile(ordered, q):
    at = Fraction(q) * (len(ordered) - 1)
    i = int(at)
    above = ordered[min(i + 1, len(ordered) - 1)]
    return ordered[i] + (at - i) * (above - ordered[i])


def natural(name):
    return [(0, int(part), "") if part.isdigit() else (1, 0, part)
            for part in re.findall(r"\d+|\D", name)]


def place(attempts):
    """The lowest slot of the host that is free, or another one."""
    slots = {}
    for a in sorted(attempts, key=lambda a: a.start):
        lanes = slots.setdefault(a.host, [])
        for i, lane in enumerate(lanes):
            if lane[-1].end <= a.start:
                a.slot, a.gap = i, a.start - lane[-1].end
                lane.append(a)
                break
        else:
            a.slot = len(lanes)
            lanes.append([a])
    return slots


def peak(attempts):
    """What is the most that runs: one list of slots for all hosts."""
    ends = []
    for a in sorted(attempts, key=lambda a: a.start):
        for i, end in enumerate(ends):
            if end <= a.start:
                ends[i] = a.end
                break
        else:
            ends.append(a.end)
    return len(ends)


def covered(attempts):
    total, until = 0, None
    for a in sorted(attempts, key=lambda a: a.start):
        if until is None or a.start > until:
            total += a.run
            until = a.end
        elif a.end > until:
            total += a.end - until
            until = a.end
    return total


def share(part, whole):
    return Fraction(part) / whole if whole else None


def gaps_of(attempts):
    found = sorted(a.gap for a in attempts if a.gap is not None)
    return (seconds(quantile(found, Fraction(1, 2))) if found else None), seconds(sum(found))


def seconds(microseconds):
    return None if microseconds is None else Fraction(microseconds) / 1000000


def facts(attempts):
    """All that gx-joblog says, in its order; hosts as dictionaries."""
    last = {}
    for a in attempts:
        last[a.seq] = a
    jobs = [last[seq] for seq in sorted(last)]
    count = {o: sum(a.outcome == o for a in jobs) for o in OUTCOMES}
    slots = place(attempts)
    first = min((a.start for a in attempts), default=0)
    end = max((a.end for a in attempts), default=0)
    wall, busy = end - first, sum(a.run for a in attempts)
    nslot = sum(map(len, slots.values()))
    at_start = sum(lane[0].start - first for lanes in slots.values() for lane in lanes)
    at_end = sum(end - lane[-1].end for lanes in slots.values() for lane in lanes)
    over_time = []
    for k in range(10 if wall else 0):
        low, high = first + Fraction(wall * k, 10), first + Fraction(wall * (k + 1), 10)
        over_time.append(sum(max(0, min(a.end, high) - max(a.start, low))
                             for a in attempts) / (high - low))
    run = sorted(a.run for a in jobs if a.outcome == "done")
    median = quantile(run, Fraction(1, 2)) if run else None
    long = sorted((a for a in jobs if median and a.run > 2 * median),
                  key=lambda a: (-a.run, a.seq))
    gap, gaps = gaps_of(attempts)
    said = {"jobs": len(jobs), "attempts": len(attempts), **count,
            "missing": max(last, default=0) - len(jobs),
            "to_run_again": [a.seq for a in jobs if a.outcome in WRONG][:8],
            "started": seconds(first) if attempts else None, "wall": seconds(wall),
            "run_time": seconds(busy),
            "run_time_lost": seconds(sum(a.run for a in attempts if a.outcome in WRONG)),
            "idle": seconds(wall - covered(attempts)), "slots": nslot,
            "running_mean": share(busy, wall), "running_peak": peak(attempts),
            "running_over_time": over_time, "speed_up": share(busy, wall),
            "efficiency": share(busy, wall * nslot), "overhead_median": gap,
            "overhead_total": gaps,
            "overhead_share": None if gap is None or median is None else
            share(gap, gap + seconds(median)),
            "idle_at_start": seconds(at_start),
            "idle_at_start_share": share(at_start, wall * nslot),
            "idle_at_end": seconds(at_end),
            "idle_at_end_share": share(at_end, wall * nslot)}
    for name, q in (("min", 0), ("lower_quartile", Fraction(1, 4)), ("median", Fraction(1, 2)),
                    ("upper_quartile", Fraction(3, 4)), ("95", Fraction(95, 100)), ("max", 1)):
        said["run_time_" + name] = seconds(quantile(run, q)) if run else None
    said["stragglers"] = len(long)
    said["longest_stragglers"] = [a.seq for a in long[:8]]
    said["clock_steps"] = sum(a.backwards for a in attempts)
    said["hosts"] = []
    for host in sorted(slots, key=natural):
        mine = [a for a in jobs if a.host == host]
        gap, gaps = gaps_of([a for a in attempts if a.host == host])
        said["hosts"].append({
            "name": host, "slots": len(slots[host]), "jobs": len(mine),
            "failed": sum(a.outcome in WRONG for a in mine),
            "run_time": seconds(sum(a.run for a in attempts if a.host == host)),
            "overhead_median": gap, "overhead_total": gaps})
    said["overhead_total_share"] = share(1000000 * said["overhead_total"], wall * nslot)
    # The time of all slots is what ran and what did not.
    assert nslot * wall == busy + 1000000 * said["overhead_total"] + at_start + at_end
    return said


def close(got, want):
    """As numbers to six decimals; None is null or '.'."""
    if want is None or got is None:
        return got is None and want is None
    return abs(float(got) - float(want)) <= 1.1e-6 + 1e-12 * abs(float(want))


def expect_value(got, want, what):
    if isinstance(want, list):
        good = len(got) == len(want) and all(map(close, got, want))
    elif isinstance(want, str):
        good = got == want
    else:
        good = close(got, want)
    if not good:
        oracle.fail(f"{what}: got {got!r}, expected "
                    f"{[float(x) for x in want] if isinstance(want, list) else want!r}")


def flat(said):
    """What TSV has: the keys of host N behind host_N."""
    pairs = [(k, v) for k, v in said.items() if k not in ("hosts", "overhead_total_share")]
    pairs.append(("hosts", len(said["hosts"])))
    for n, host in enumerate(said["hosts"], 1):
        pairs += [(f"host_{n}" + ("" if k == "name" else "_" + k), v) for k, v in host.items()]
    return pairs + [("overhead_total_share", said["overhead_total_share"])]


advised = set()  # the first words of all advice so far


def pause(attempts):
    """The gaps in the middle of the first of the longest ones, if they are few, or that one."""
    behind = [a for a in attempts if a.gap is not None]
    if not behind:
        return 0
    longest = max(behind, key=lambda a: a.gap)
    middle = longest.start - longest.gap // 2
    held = [a.gap for a in behind if a.gap and a.start - a.gap <= middle <= a.start]
    return sum(held) if 4 * len(held) <= len(behind) else longest.gap


def advice(attempts, said):
    """The first words of each line of --advice, with the share that it must name."""
    if not attempts:
        return [("nothing to say yet", None)]
    lines = []
    if said["missing"] or any(said[o] for o in WRONG):
        lines.append(("failing", None))
    gaps = sorted(a.gap for a in attempts if a.gap is not None)
    between = said["overhead_total_share"] or 0
    few = sum(gaps[-max(1, len(gaps) // 20):])
    fine = 20 * (sum(gaps) - few) <= 1000000 * said["wall"] * said["slots"] - few
    small = (said["jobs"] > said["slots"] and 2 * pause(attempts) <= sum(gaps)
             and not (2 * few > sum(gaps) and fine))
    median = said["run_time_median"] or 0
    differ = 10 * seconds(max(a.run for a in attempts)) > 11 * median
    if between > Fraction(1, 20):
        lines.append(("too small" if small else "waiting", between))
    for words, key in (("too uneven", "idle_at_end_share"), ("late", "idle_at_start_share")):
        if words == "too uneven" and (said["slots"] < 2
                                      or between > Fraction(1, 20) and not differ):
            continue
        if (said[key] or 0) > Fraction(1, 10):
            lines.append((words, said[key]))
    return lines or [("fine", between)]


def check_advice(name, text, got):
    """Each line is there or not as the shares of the table are above their bounds or not."""
    attempts = read(text)
    want = advice(attempts, facts(attempts))
    lines = oracle.run("gx-joblog", "--advice", stdin=text).decode().split("\n")[:-1]
    oracle.expect(lines, got["advice"], name + ": advice in JSON")
    oracle.expect([line.split(":")[0] for line in lines], [w for w, _ in want], name + ": advice")
    advised.update(words for words, _ in want)
    for line, (words, part) in zip(lines, want):
        # A share in the middle of two is printed as either: gx adds doubles.
        near = [] if part is None else [f" {100 * (float(part) + e):.1f}% " for e in (-1e-9, 1e-9)]
        if near and not any(text in line for text in near):
            oracle.fail(f"{name}: {near[0]} is not in: {line}")


def parse_tsv(text, want):
    if text == ".":
        return [] if isinstance(want, list) else None
    return text.split() if isinstance(want, list) else text


def check(name, text):
    said = facts(read(text))
    lines = oracle.run("gx-joblog", stdin=text).decode("latin-1").split("\n")[:-1]
    want = flat(said)
    oracle.expect([line.split("\t")[0] for line in lines], [k for k, _ in want], name + ": keys")
    for line, (key, value) in zip(lines, want):
        expect_value(parse_tsv(line.split("\t", 1)[1], value), value, f"{name}: {key}")
    got = json.loads(oracle.run("gx-joblog", "--json", stdin=text).decode())
    oracle.expect(list(got), list(said), name + ": keys of JSON")
    for key, value in said.items():
        if key != "hosts":
            expect_value(got.get(key), value, f"{name}: JSON {key}")
    oracle.expect(len(got["hosts"]), len(said["hosts"]), name + ": hosts")
    for mine, theirs in zip(got["hosts"], said["hosts"]):
        oracle.expect(list(mine), list(theirs), name + ": keys of a host")
        for key, value in theirs.items():
            expect_value(mine[key], value, f"{name}: host {theirs['name']}: {key}")
    check_advice(name, text, json.loads(
        oracle.run("gx-joblog", "--json", "--advice", stdin=text).decode()))
    return 2 + 2 * len(want)


def line(seq, host, start, run, code=0, signal=0, command="true"):
    return (f"{seq}\t{host}\t{start}\t{run:>10}\t0\t12\t{code}\t{signal}\t{command}\n").encode()


def milliseconds(n):
    return f"{'-' if n < 0 else ''}{abs(n) // 1000}.{abs(n) % 1000:03d}"


def forge(seed):
    """A joblog with everything that may happen, in the order in which jobs end."""
    r = random.Random(seed)
    hosts = r.choice([[":"], ["n1", "n2"], [f"node{i}" for i in (1, 2, 10, 9)], ["2/a b", ":"]])
    n = r.choice([1, 2, 3, 10, 50, 300])
    lanes = [[1700000000000 + r.randrange(20), h] for h in hosts
             for _ in range(r.choice([1, 2, 5]))]
    typical = r.choice([1, 30, 4000, 100000])
    rows = []
    for seq in range(1, n + 1):
        if r.random() < 0.05:
            continue
        for _ in range(1 + (r.random() < 0.1)):
            lane = min(lanes)
            start = lane[0] + r.choice([0, 0, 3, r.randrange(40)])
            run = r.choice([0, typical, r.randrange(3 * typical + 1), 7 * typical])
            code, signal = r.choice([(0, 0)] * 12 + [(1, 0), (255, 0), (0, 9), (0, 13),
                                                      (-1, 15), (-2, 0)])
            lane[0] = start + run
            if r.random() < 0.01:
                run = -r.randrange(1, 3600000)
            rows.append((lane[0], line(seq, lane[1], milliseconds(start), milliseconds(run),
                                       code, signal, f"job {seq}\twith a tab")))
    if r.random() < 0.7:
        rows.sort(key=lambda row: row[0])
    if not rows:
        rows = [(0, line(1, ":", "1.5", "2"))]
    head = HEADER + b"\n" if r.random() < 0.9 else b""
    return head + b"".join(row[1] for row in rows)


# ---- what may be in a file that is said to be a joblog ----

GOOD = line(1, ":", "1700000000.000", "1.500")

REFUSED = [  # what, text, where
    (b"", "empty"),
    (b"gene\ta\tb\n", ":1: not a joblog"),
    (b"\x7fELF\x02\x01\x01" + bytes(100), ":1: not a joblog"),
    (HEADER, ":1: it ends in its header"),
    (HEADER[:20], ":1: it ends in its header"),
    (HEADER.lower() + b"\n" + GOOD, ":1: not a joblog"),
    (HEADER + b"\textra\n" + GOOD, ":1: not a joblog"),
    (HEADER + b"\n" + GOOD + HEADER + b"\n" + GOOD, ":3: a second header"),
    (HEADER + b"\n\n" + GOOD, ":2: 1 field"),
    (HEADER + b"\n" + GOOD + b"parallel: Warning: no more\n", ":3: 1 field"),
    (HEADER + b"\n" + b"\t".join(GOOD.split(b"\t")[:8]) + b"\n", ":2: 8 fields"),
    (GOOD.replace(b"\t", b" "), ":1: not a joblog"),
]

BAD_FIELDS = [  # field, values
    (1, ["", "0", "-1", "x", "1.5", "1e3", "9" * 20, " 1", "0x1"]),
    (2, ["", "a\0b", "a\x1b[31mb", "a\rb", "a\x7f"]),
    (3, ["", "nan", "NaN", "inf", "-inf", "-1.0", "1e9", "1e999", "1.", ".5", "1.5x", "1,5",
         "9999999999999.0", "0x10", "1 ", "1.5.5", "-"]),
    (4, ["", "     ", "nan", "1e999", "inf", "1.", "--1", "1.5 ", "9999999999999", "\0"]),
    (5, ["", "x", "1\0"]),
    (6, ["", "NaN"]),
    (7, ["", "x", "1.5", "--1", "9" * 19, "-"]),
    (8, ["", "-9", "TERM", "9" * 19]),
]


def refused(text, where):
    done = subprocess.run([oracle.gx("gx-joblog")], input=text, capture_output=True, check=False)
    message = done.stderr.decode("latin-1")
    oracle.expect(done.returncode, 1, f"{text[:80]!r}: exit")
    oracle.expect(done.stdout, b"", f"{text[:80]!r}: stdout")
    if not message.startswith("gx-joblog: <stdin>:") or where not in message:
        oracle.fail(f"{text[:80]!r}: '{where}' is not in {message!r}")
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f]", message) or message.count("\n") != 1:
        oracle.fail(f"not a clean line: {message!r}")


def hostile():
    for text, where in REFUSED:
        refused(text, where)
    checked = len(REFUSED)
    for number, values in BAD_FIELDS:
        for value in values:
            fields = GOOD.split(b"\t")
            fields[number - 1] = value.encode("latin-1")
            refused(HEADER + b"\n" + GOOD + b"\t".join(fields), f"<stdin>:3:{number}: not ")
            checked += 1
    # What is odd and still one.
    odd = HEADER + b"\n" + b"".join((
        line(2, "h", "0", "0"), line(1, "h\xe9", "999999999999.9999994", "999999999999.999"),
        line(10 ** 17, "2/user@n1", "1.0000005", "-0.000", -999999, 0, "x\0y\tz\r"),
        line(10 ** 17, "2/user@n1", "1700000000.1234564", "-3599.5", 0, 64, "\x1b[2J\x07"),
        line(4, "h", "000000001.5", "    3", -2, 0, "")))
    done = subprocess.run([oracle.gx("gx-joblog"), "--json"], input=odd, capture_output=True,
                          check=False)
    oracle.expect(done.returncode, 0, "odd: exit")
    got = json.loads(done.stdout)
    oracle.expect([got[k] for k in ("jobs", "attempts", "done", "killed", "skipped", "missing",
                                    "clock_steps")],
                  [4, 5, 2, 1, 1, 10 ** 17 - 4, 1], "odd")
    oracle.expect([h["name"] for h in got["hosts"]], ["2/user@n1", "h", "h\xe9"],
                  "odd: hosts")
    return checked + 3


def cut(names):
    """A joblog that ends anywhere has its whole lines, or is refused, and says so."""
    checked = 0
    for name in names:
        with open(name, "rb") as file:
            text = file.read()
        for n in range(1, len(text) + 1):
            done = subprocess.run([oracle.gx("gx-joblog")], input=text[:n],
                                  capture_output=True, check=False)
            whole = text[:n].count(b"\n")
            torn = not text[:n].endswith(b"\n")
            if whole == 0:
                oracle.expect(done.returncode, 1, f"{n} bytes: exit")
            else:
                oracle.expect(done.returncode, 0, f"{n} bytes: exit")
                oracle.expect(b"\nattempts\t%d\n" % (whole - 1) in done.stdout, True,
                              f"{n} bytes: attempts")
            oracle.expect(done.stderr.count(b"\n"), int(torn), f"{n} bytes: lines on stderr")
            checked += 1
    return checked


# ---- pictures ----

def bars(root, outcome):
    """Polygons of an outcome's colour, but the one of the legend."""
    want = COLOURS[outcome]
    n = 0
    for node in root.iter():
        rgb = re.findall(r"\d+", node.get("fill") or "")
        if node.tag.endswith("}polygon") and tuple(map(int, rgb)) == want:
            n += 1
    return max(n - 1, 0)


def picture(names):
    checked = 0
    for name in names:
        with open(name, "rb") as file:
            attempts = read(file.read())
        for extension in ("svg", "png", "txt", "PDF"):
            oracle.run("gx-joblog", "--plot", "plot." + extension, name)
        with open("plot.PDF", "rb") as file:
            oracle.expect(file.read(5), b"%PDF-", f"{name}: PDF")
        root = xml.etree.ElementTree.parse("plot.svg").getroot()
        words = [node.text for node in root.iter() if node.tag.endswith("}text")]
        for outcome in OUTCOMES:
            n = sum(a.outcome == outcome for a in attempts)
            oracle.expect(bars(root, outcome), n, f"{name}: bars {outcome}")
            label = f"{outcome.replace('_', ' ')} ({n})"
            oracle.expect(label in words, n > 0, f"{name}: legend {label}")
            checked += 2
        hosts = {a.host for a in attempts}
        if 1 < len(hosts) <= 40:
            oracle.expect(hosts <= set(words), True, f"{name}: names of hosts")
        if not any("sans-serif" in (node.get("font-family") or "") for node in root.iter()):
            oracle.fail(f"{name}: no generic font")
        with open("plot.png", "rb") as file:
            head = file.read(24)
        oracle.expect(head[:8], b"\x89PNG\r\n\x1a\n", f"{name}: PNG")
        width, height = struct.unpack(">II", head[16:])
        oracle.expect((width, height), tuple(int(root.get(k)) for k in ("width", "height")),
                      f"{name}: size of PNG and SVG")
        oracle.expect(width == 1200 and 200 < height < 2000, True, f"{name}: {width} x {height}")
        with open("plot.txt", encoding="ascii") as file:
            text = file.read()
        for outcome, letter in zip(OUTCOMES, "=FKTs"):
            if any(a.outcome == outcome and a.run for a in attempts):
                # More than the one of the legend.
                oracle.expect(text.count(letter) > 1, True, f"{name}: {letter} in the text")
        checked += 5
    return checked


def terminal(names):
    """On a terminal: a table for people, without control bytes, whatever hosts are called."""
    master, slave = pty.openpty()
    process = subprocess.Popen([oracle.gx("gx-joblog"), names[0]], stdout=slave,
                               stderr=subprocess.PIPE)
    os.close(slave)
    shown = b""
    while True:
        try:
            piece = os.read(master, 65536)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    oracle.expect(process.wait(), 0, "exit")
    oracle.expect(process.stderr.read(), b"", "stderr")
    with open(names[0], "rb") as file:
        attempts = read(file.read())
    said = facts(attempts)
    for words in (f"jobs         {said['jobs']} in {said['attempts']} attempts: {said['done']} done",
                  f"wall         {float(said['wall']):.3f} s, from ",
                  f"slots        {said['slots']}, busy for {100 * float(said['efficiency']):.1f}% ",
                  f" {100 * float(said['overhead_total_share']):.1f}% between, ",
                  f"a job        median {float(said['run_time_median']):.3f} s,"):
        if words.encode() not in shown:
            oracle.fail(f"'{words}' is not in {shown!r}")
    if re.search(rb"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\xff]", shown):
        oracle.fail(f"control bytes: {shown!r}")
    return 8


def random_logs():
    first = oracle.seed(1)
    checked = sum(check(f"seed {seed}", forge(seed)) for seed in range(first, first + 60))
    if not {"failing", "too small", "waiting", "too uneven", "late"} <= advised:
        oracle.fail(f"of all advice only this was tried: {sorted(advised)}")
    return checked


def recorded(names):
    checked = 0
    for name in names:
        with open(name, "rb") as file:
            checked += check(name, file.read())
    return checked


def main():
    what, names = sys.argv[1], sys.argv[2:]
    modes = {"facts": lambda: recorded(names), "random": random_logs, "hostile": hostile,
             "cut": lambda: cut(names), "picture": lambda: picture(names),
             "terminal": lambda: terminal(names)}
    if what == "forge":
        sys.stdout.buffer.write(forge(int(names[0])))
        return
    oracle.finish(modes[what]())


main()
