#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Records written once more from gx-matrix(5), for matrices made here: every field of each,
for the whole and for its parts, from files and pipes. Then what gx-reduce makes of them."""

import os
import random
import struct
import tempfile

import oracle

draw = random.Random(oracle.seed(7))
NAN = float("nan")


def fingerprint(blob, reading=b""):
    n = len(blob)
    end, block = min(n, 65536), min(n, 4096)
    sampled = struct.pack("<Q", n) + blob[:end] + blob[n - end:]
    for i in range(16):
        at = i * (n - block) // 15
        sampled += blob[at:at + block]
    return f"{oracle.xxh3(sampled + reading):016x}"


def bound(units, k, n):
    return units // n * k + min(k, units % n)


def field(name, delimiter):
    """A name as a text table or a record has it."""
    if name.startswith('"') or delimiter in name:
        return '"' + name.replace('"', '""') + '"'
    return name


class Matrix:
    def __init__(self, nrow, columns):
        self.columns = columns
        self.rows = [[draw.choice([NAN, draw.uniform(-20, 40), float(draw.randrange(-5, 30)), 12.0])
                      for _ in columns] for _ in range(nrow)]
        self.names = [f"gene{i}" for i in range(nrow)]

    def record(self, rows, threshold, below, unit, first, last, of, identity, columns=None,
               work="value"):
        def counts(j):
            values = [row[j] for row in rows]
            if below:
                return sum(v < threshold for v in values)
            return sum(v > threshold for v in values)

        digest = oracle.matrix_digest(rows)
        return oracle.record_bytes([
            (field(name, "\t"), counts(j), len(rows), sum(row[j] != row[j] for row in rows),
             oracle.number_text(threshold), work + (" below" if below else " above"), unit,
             first, last, of, digest, identity)
            for j, name in enumerate(columns or self.columns)])


def options_of(threshold, below):
    return ["-T", oracle.number_text(threshold)] + ["--below"] * below


CASES = [(12.0, False), (12.0, True), (0.0, False), (-1.5, True), (1e300, False), (0.1, True),
         (1e-07, False), (-0.0, False)]
PARTS = (1, 3, 7) if oracle.SANITIZED else (1, 2, 3, 7, 100)


def check_text(directory):
    path = os.path.join(directory, "t")
    checked = 0
    for nrow, columns, delimiter, eol, last_eol in (
            (40, ["a", "b", "c"], "\t", "\n", True),
            (40, ["s 1", "x,y", 'q"r', '"in', "5'"], "\t", "\r\n", False),
            (7, ["tab\there", "plain"], "\t", "\n", True),
            (0, ["only"], "\t", "\n", True),
            (9000, [f"c{j}" for j in range(10)], "\t", "\n", True)):
        m = Matrix(nrow, columns)
        lines = [delimiter.join(["gene", *(field(c, delimiter) for c in columns)]) + eol]
        lines += [delimiter.join([name, *map(oracle.number_text, row)]) + eol
                  for name, row in zip(m.names, m.rows)]
        if not last_eol:
            lines[-1] = lines[-1][:-len(eol)]
        blob = "".join(lines).encode()
        with open(path, "wb") as f:
            f.write(blob)
        size, identity = len(blob), "text:" + fingerprint(blob)
        starts, at = [], 0
        for line in lines:
            starts.append(at)
            at += len(line.encode())
        large = nrow > 1000
        for threshold, below in CASES[:1] if large else CASES:
            o = options_of(threshold, below)
            want = m.record(m.rows, threshold, below, "bytes", 0, size, size, identity)
            for threads in ("1", "4"):
                oracle.expect(oracle.run("gx-threshold", *o, "-t", threads, path), want, "text file")
                want_pipe = m.record(m.rows, threshold, below, "rows", 0, nrow, ".", ".")
                oracle.expect(oracle.run("gx-threshold", *o, "-t", threads, stdin=blob), want_pipe,
                              "text pipe")
            checked += 4
            for n in (3,) if large else PARTS:
                if threshold != 12.0:
                    break
                parts = []
                for k in range(1, n + 1):
                    first, last = bound(size, k - 1, n), bound(size, k, n)
                    rows = [row for row, start in zip(m.rows, starts[1:]) if first <= start < last]
                    part = oracle.run("gx-threshold", *o, "-p", f"{k}/{n}", path)
                    oracle.expect(part, m.record(rows, threshold, below, "bytes", first, last, size,
                                                 identity), f"text part {k}/{n}")
                    parts.append(part)
                    checked += 1
                draw.shuffle(parts)
                oracle.expect(oracle.run("gx-reduce", stdin=b"".join(parts)), want, f"sum of {n}")
    return checked


def check_rows(directory):
    """GXM with an identity, GXM without, npy."""
    path = os.path.join(directory, "m")
    checked = 0
    for nrow, ncol, named, kind in ((23, 3, True, "simulation"), (23, 2, False, "simulation"),
                                    (12, 4, True, "digest"), (23, 3, False, "npy"), (1, 1, False, "npy"),
                                    (0, 2, False, "digest"), (70000, 1, False, "npy")):
        columns = [f"c{j}" if named else f"s{j + 1}" for j in range(ncol)]
        m = Matrix(nrow, columns)
        provenance = "simulate something"
        identity = f"simulation:{oracle.xxh3(provenance.encode()):016x}"
        if kind == "npy":
            flat = [oracle.bits_of(v) for row in m.rows for v in row]
            blob = oracle.npy_bytes(nrow, ncol, struct.pack(f"<{len(flat)}Q", *flat))
            identity = "npy:" + fingerprint(blob)
        else:
            if kind == "digest":
                identity, provenance = "digest:" + oracle.matrix_digest(m.rows), ""
            blob = oracle.Segment(
                ncol, m.rows, names=m.names if named else None, columns=columns if named else (),
                identity=identity if kind == "simulation" else "", provenance=provenance).bytes()
        with open(path, "wb") as f:
            f.write(blob)
        large = nrow > 1000
        for threshold, below in CASES[:1] if large else CASES:
            o = options_of(threshold, below)
            want = m.record(m.rows, threshold, below, "rows", 0, nrow, nrow, identity)
            for threads in ("1", "4"):
                for how in (dict(), dict(stdin=blob)):
                    operand = () if how else (path,)
                    got = oracle.run("gx-threshold", *o, "-t", threads, *operand, **how)
                    oracle.expect(got, want, f"{kind} {how.keys()}")
                    checked += 1
            for n in (3,) if large else PARTS:
                if threshold != 12.0 or (large and below):
                    break
                parts = []
                for k in range(1, n + 1):
                    first, last = bound(nrow, k - 1, n), bound(nrow, k, n)
                    wanted = m.record(m.rows[first:last], threshold, below, "rows", first, last, nrow,
                                      identity)
                    part = oracle.run("gx-threshold", *o, "-p", f"{k}/{n}", path)
                    oracle.expect(part, wanted, f"{kind} part {k}/{n}")
                    if kind != "digest" or n == 1 or k == 1:
                        piped = oracle.run("gx-threshold", *o, "-p", f"{k}/{n}", stdin=blob)
                        oracle.expect(piped, wanted, f"{kind} part {k}/{n} of a pipe")
                    parts.append(part)
                    checked += 2
                draw.shuffle(parts)
                oracle.expect(oracle.run("gx-reduce", stdin=b"".join(parts)), want, f"sum of {n}")
    return checked


def check_work(directory):
    """The steps between input and count, of streams that filters made."""
    path = os.path.join(directory, "m")
    m = Matrix(31, ["a", "b"])
    text = "gene\ta\tb\n" + "".join(
        "\t".join([name, *map(oracle.number_text, row)]) + "\n" for name, row in zip(m.names, m.rows))
    with open(path, "w", encoding="ascii") as f:
        f.write(text)
    size = len(text)
    identity = "text:" + fingerprint(text.encode())
    digest = oracle.matrix_digest(m.rows)
    checked = 0

    def expect(stream, columns, rows, work, threshold=3.0):
        nonlocal checked
        got = oracle.run("gx-threshold", "-T", oracle.number_text(threshold), stdin=stream)
        want = oracle.record_bytes([
            (name, sum(row[j] > threshold for row in rows), len(rows),
             sum(row[j] != row[j] for row in rows), oracle.number_text(threshold), work + " above",
             "bytes", 0, size, size, digest, identity) for j, name in enumerate(columns)])
        oracle.expect(got, want, work)
        checked += 1

    means = [[oracle.mean_of(row)] for row in m.rows]
    skipped = [[oracle.mean_of(row, True)] for row in m.rows]
    with_n = [[oracle.mean_of(row, True), float(sum(v == v for v in row))] for row in m.rows]
    expect(oracle.run("gx-means", "-b", path), ["mean"], means, "mean")
    expect(oracle.run("gx-means", "-b", "--skip-na", path), ["mean"], skipped, "mean skip-na")
    expect(oracle.run("gx-means", "-b", "--skip-na", "--with-n", path), ["mean", "n"], with_n,
           "mean skip-na")
    anyone = [row for row in m.rows if any(v > 5 for v in row)]
    passed = oracle.run("gx-threshold", "--pass", "--any", "-T", "5", "-b", path)
    expect(passed, ["a", "b"], anyone, "pass any above:5")
    expect(oracle.run("gx-threshold", "--pass", "--all", "--below", "-T", "0.5", "-b", path),
           ["a", "b"], [row for row in m.rows if all(v < 0.5 for v in row)], "pass all below:0.5")
    expect(oracle.run("gx-threshold", "--pass", "--at-least", "2", "-T", "-1e-05", "-b", path),
           ["a", "b"], [row for row in m.rows if sum(v > -1e-5 for v in row) >= 2],
           "pass at-least:2 above:-1e-05")
    expect(oracle.run("gx-means", "-b", stdin=passed), ["mean"], [[oracle.mean_of(r)] for r in anyone],
           "pass any above:5 mean")
    twice = oracle.run("gx-threshold", "--pass", "-T", "7", "-b", stdin=oracle.run(
        "gx-means", "-b", stdin=passed))
    expect(twice, ["mean"], [[v] for v in map(oracle.mean_of, anyone) if v > 7],
           "pass any above:5 mean pass any above:7")
    # The stream's own source facts, as the format says.
    s = oracle.gxm_read(oracle.run("gx-means", "-b", path))[0]
    oracle.expect(s["source"], f"identity {identity}\nunit bytes\nfirst 0\nlast {size}\nof {size}\n"
                               f"digest {digest}\nwork mean\n", "source facts")
    oracle.expect((s["identity"], s["provenance"], s["flags"]), ("", "mean", 3), "a derived header")
    s = oracle.gxm_read(oracle.run("gx-means", "-b", "-p", "2/3", path))[0]
    oracle.expect(s["first"], oracle.UNKNOWN, "no first row in what a text part made")
    s = oracle.gxm_read(oracle.run("gx-simulate", "-b", "-n", "5"))[0]
    oracle.expect(s["identity"], f"simulation:{oracle.xxh3(s['provenance'].encode()):016x}",
                  "identity of a simulation")
    return checked + 4


def main():
    with tempfile.TemporaryDirectory() as directory:
        oracle.finish(check_text(directory) + check_rows(directory) + check_work(directory))


main()
