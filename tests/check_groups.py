#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gx-means --groups. Usage:

  check_groups.py GOT.tsv WANT.tsv    means within 4 units in the last place; NA and Inf as they are
  check_groups.py random              matrices and sample sheets by chance, to the bit, and the step
                                      of the source facts, from the sheet alone"""

import csv
import io
import math
import random
import struct
import sys
import tempfile

import oracle


def read(path):
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split("\t") for line in f]


def near(got_path, want_path):
    got, want = read(got_path), read(want_path)
    oracle.expect(got[0], want[0], "header")
    oracle.expect([row[0] for row in got], [row[0] for row in want], "genes")
    checked = 0
    for g, w in zip(got[1:], want[1:]):
        for column, a, b in zip(got[0][1:], g[1:], w[1:]):
            checked += 1
            if a == b or a in ("NA", "Inf", "-Inf") or b in ("NA", "Inf", "-Inf"):
                oracle.expect(a, b, f"{g[0]}, {column}")
            elif abs(float(a) - float(b)) > 4 * math.ulp(float(b)):
                oracle.fail(f"{g[0]}, {column}: {a}, expected {b}")
    oracle.finish(checked)


def draw_sheet(draw, samples, names):
    """Its lines, shuffled, with lines of others and left-out samples; group of each sample."""
    group = {s: draw.choice(names) for s in samples}
    # One is in a group, whatever else is drawn.
    for s in samples[1:]:
        if draw.random() < 0.15:
            group[s] = draw.choice(["", "NA", "."])
    lines = [[s, group[s]] for s in samples]
    lines += [[f"other{i}", draw.choice(names)] for i in range(draw.randrange(4))]
    lines += [list(draw.choice(lines)) for _ in range(draw.randrange(2))]  # twice the same
    draw.shuffle(lines)
    if draw.random() < 0.5:
        lines.insert(0, ["sample", "condition"])
    return lines, group


def groups_of(lines, samples, group):
    """Names in the order in which the sheet has them, and the columns of each, from 0."""
    order = dict.fromkeys(g for _, g in lines)
    columns = {g: [j for j, s in enumerate(samples) if group[s] == g] for g in order}
    return [(g, c) for g, c in columns.items() if c and g not in ("", "NA", ".")]


def step_of(groups):
    b = b"".join(name.encode() + b"\0" + b"".join(struct.pack("<Q", j + 1) for j in columns) + b"\0"
                 for name, columns in groups)
    return f"groups:{oracle.xxh3(b):016x}"


def value(draw):
    r = draw.random()
    if r < 0.1:
        return float("nan")
    if r < 0.12:
        return draw.choice([math.inf, -math.inf])
    return draw.choice([draw.gauss(0, 1e6), draw.random(), -0.0, 1e-300])


def one(draw, where):
    ncol, names = draw.randrange(1, 90), ["liver", "brain, left", 'a "b"', "é", "x" * 300, "7"]
    samples = [f"s{j}" for j in range(ncol)]
    rows = [[value(draw) for _ in samples] for _ in range(6)]
    with open(f"{where}/m.tsv", "w", encoding="utf-8") as f:
        f.write("\t".join(["gene", *samples]) + "\n")
        for i, row in enumerate(rows):
            f.write("\t".join([f"g{i}", *map(oracle.number_text, row)]) + "\n")
    lines, group = draw_sheet(draw, samples, names[:draw.randrange(1, 7)])
    text = io.StringIO()
    csv.writer(text, delimiter=draw.choice("\t,"), lineterminator=draw.choice(["\n", "\r\n"])
               ).writerows(lines)
    with open(f"{where}/sheet", "w", encoding=draw.choice(["utf-8", "utf-8-sig"]), newline="") as f:
        f.write(text.getvalue())
    skip, with_n = draw.random() < 0.5, draw.random() < 0.5
    options = ["--skip-na"] * skip + ["--with-n"] * with_n + ["--groups", f"{where}/sheet"]
    groups = groups_of(lines, samples, group)
    want = [["gene"] + [c for g, _ in groups for c in ([g, f"n:{g}"] if with_n else [g])]]
    for i, row in enumerate(rows):
        want.append([f"g{i}"])
        for _, columns in groups:
            chosen = [row[j] for j in columns]
            want[-1].append(oracle.number_text(oracle.mean_of(chosen, skip)))
            if with_n:
                want[-1].append(str(sum(x == x for x in chosen)))
    got = oracle.run("gx-means", *options, "-f", "csv", f"{where}/m.tsv").decode()
    oracle.expect(list(csv.reader(io.StringIO(got))), want, f"{ncol} samples, {options}")
    stream = oracle.run("gx-means", *options, "-b", f"{where}/m.tsv")
    record = oracle.run("gx-threshold", "-T", "0", stdin=stream).decode().split("\n")
    work = f"mean {step_of(groups)}{' skip-na' * skip} above"
    oracle.expect(record[1].split("\t")[5], work, "work")


def main():
    if sys.argv[1] != "random":
        near(*sys.argv[1:])
    draw = random.Random(oracle.seed())
    rounds = 15 if oracle.SANITIZED else 60
    with tempfile.TemporaryDirectory() as where:
        for _ in range(rounds):
            one(draw, where)
    oracle.finish(rounds)


main()
