# SPDX-License-Identifier: MIT
"""A table by all ways: as a file and from a pipe, with one thread and with four, whole and in
parts. All read the same bytes, or all refuse it with the same words."""

import itertools
import os
import subprocess
from typing import NamedTuple

import oracle

# How many of its parts refuse a table that the whole refuses. What is wrong in the head is
# seen by each part; what is wrong in a row further down by the part that has the row.
ALL_PARTS, SOME_PARTS, NOT_CUT = "all", "some", "-"


class Outcome(NamedTuple):
    code: int
    out: bytes
    err: bytes

    def message(self, name):
        """What it says behind the name of the filter, the input called INPUT."""
        text = self.err.decode(errors="replace")
        return text.partition(": ")[2].replace(name, "INPUT").replace("<stdin>", "INPUT")


def run(*command, stdin=b"", shell=False):
    if not shell:
        command = [oracle.gx(command[0]), *map(str, command[1:])]
    done = subprocess.run(command[0] if shell else command, input=stdin, capture_output=True,
                          check=False, shell=shell, close_fds=False,
                          executable="/bin/bash" if shell else None)
    return Outcome(done.returncode, done.stdout, done.stderr)


def complaint(what, got, want):
    return f"{what}: got {oracle.shown(got, 0)}, expected {oracle.shown(want, 0)}"


def sound(outcome, command, means_refusal=(1, 2)):
    """What no run may do, whatever its input is."""
    if outcome.code == 0:
        return [f"{command}: on stderr: {outcome.err!r}"] if outcome.err else []
    if outcome.code not in means_refusal:
        return [complaint(f"{command}: exit code", (outcome.code, outcome.err), means_refusal)]
    if not outcome.err.startswith(b"gx-"):
        return [f"{command}: exit {outcome.code} without a message: {outcome.err!r}"]
    return []


def read_alike(path, options, n):
    """The table is read: the same means by all ways, and in n parts; the record of the parts
    adds up to that of the whole."""
    whole = run("gx-means", *options, path)
    with open(path, "rb") as f:
        blob = f.read()
    found = sound(whole, "gx-means", (0,))
    ways = {"a pipe": run("gx-means", *options, stdin=blob),
            "-t 4": run("gx-means", "-t", 4, *options, path),
            "a pipe, -t 4": run("gx-means", "-t", 4, *options, "-", stdin=blob)}
    for way, got in ways.items():
        if got != whole:
            found.append(complaint(way, got, whole))
    return found + parts_add_up(path, options, whole.out, n) if n else found


def parts_add_up(path, options, means, n):
    header, rows = means.split(b"\n", 1)
    parts = [run("gx-means", "-H", *options, "-p", f"{k}/{n}", path) for k in range(1, n + 1)]
    found = list(itertools.chain(*(sound(part, f"gx-means -p K/{n}", (0,)) for part in parts)))
    if b"".join(part.out for part in parts) != rows:
        found.append(complaint(f"means of {n} parts", b"".join(part.out for part in parts), rows))
    record = run("gx-threshold", "-T", 1, *options, path)
    records = [run("gx-threshold", "-T", 1, *options, "-p", f"{k}/{n}", path)
               for k in range(1, n + 1)]
    total = run("gx-reduce", stdin=b"".join(part.out for part in records))
    found += sound(record, "gx-threshold", (0,)) + sound(total, "gx-reduce", (0,))
    if total != record:
        found.append(complaint(f"the record of {n} parts", total, record))
    return found


def refused_alike(path, options, n, parts):
    """The table is refused: with the same exit code and words by all ways."""
    whole = run("gx-means", *options, path)
    found = sound(whole, "gx-means")
    want = (whole.code, whole.message(path))
    with open(path, "rb") as f:
        blob = f.read()
    ways = {"a pipe": run("gx-means", *options, stdin=blob),
            "-t 4": run("gx-means", "-t", 4, *options, path)}
    for way, got in ways.items():
        if (got.code, got.message(path)) != want:
            found.append(complaint(way, (got.code, got.message(path)), want))
    if parts != NOT_CUT and n:
        found += parts_refuse(path, options, whole.code, n, parts)
    return found


def parts_refuse(path, options, code, n, parts):
    codes = [run("gx-threshold", "-T", 1, *options, "-p", f"{k}/{n}", path).code
             for k in range(1, n + 1)]
    if set(codes) != {code} if parts == ALL_PARTS else set(codes) not in ({code}, {0, code}):
        return [f"{parts} of {n} parts must exit with {code}: {codes}"]
    return []


def write(directory, blob):
    path = os.path.join(directory, "t")
    with open(path, "wb") as f:
        f.write(blob)
    return path
