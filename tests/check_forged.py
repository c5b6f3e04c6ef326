#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""GXM and npy whose sizes are lies, under sound checksums: refused with exit 1, at once, in
little memory. Also what is wrong but sums up: NaNs of other bits, padding, names, totals;
and segments whose source facts do not continue each other. Usage: check_forged.py WHAT"""

import os
import resource
import subprocess
import sys
import tempfile
import time

import oracle

BIG = (1 << 31, 1 << 32, 1 << 40, (1 << 40) + 1, 1 << 60, (1 << 61) - 1, 1 << 61, 1 << 63,
       oracle.MASK - 1, oracle.MASK)


def small_memory():
    resource.setrlimit(resource.RLIMIT_AS, (256 << 20, 256 << 20))


def refused(what, blob, path):
    with open(path, "wb") as f:
        f.write(blob)
    for how, command, stdin in (("file", [path], b""), ("pipe", [], blob)):
        began = time.monotonic()
        done = subprocess.run([oracle.gx("gx-threshold"), *command], input=stdin,
                              capture_output=True, preexec_fn=small_memory, check=False)
        if done.returncode != 1 or done.stdout or not done.stderr.startswith(b"gx-threshold: "):
            oracle.fail(f"{what}, {how}: exit {done.returncode}, {done.stdout[:200]!r}, "
                        f"{done.stderr!r}")
        if time.monotonic() - began > 5:
            oracle.fail(f"{what}, {how}: it took {time.monotonic() - began:.1f} s")
    return 2


def segment(**fields):
    return oracle.Segment(3, [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], names=["x", "y"],
                          columns=["a", "b", "c"], **fields)


def forged():
    """(what, bytes) of each."""
    s = segment()
    assert oracle.gxm_read(s.bytes())[0]["names"] == ["x", "y"]
    for size in BIG:
        for name in ("nbyte", "ncol", "nrow", "column_name_bytes", "provenance_bytes", "flags",
                     "reserved"):
            if name == "nrow" and size == oracle.MASK:
                continue  # not known: the trailer tells
            s = segment()
            s.header_fields[name] = size
            yield f"header {name} {size}", s.bytes()
        for name in ("nbyte", "first", "nrow", "name_bytes", "reserved", "header_checksum"):
            s = segment()
            s.block_fields[name] = size
            yield f"block {name} {size}", s.bytes()
        for name in ("nbyte", "nrow", "digest", "nblock", "source_bytes", "header_checksum",
                     "reserved"):
            s = segment()
            s.trailer_fields[name] = size
            yield f"trailer {name} {size}", s.bytes()
        # A header of that many columns without names, as large as it says.
        s = oracle.Segment(3, [[1.0, 2.0, 3.0]])
        s.header_fields["ncol"] = size
        yield f"{size} columns", s.bytes()
        yield f"{size} columns, header alone", s.bytes()[:256]
        for shape in (f"({size}, 3)", f"(2, {size})", f"({size}, {size})", f"({size},)",
                      f"(0, {size})"):
            if shape.startswith("(0") and size <= 1 << 40:
                continue  # a matrix of no rows, however wide
            yield f"npy {shape}", oracle.npy_bytes(0, 0, bytes(48), shape=shape)
    for name, value in (("version", 0), ("version", 2), ("layout", 1), ("ncol", 0), ("flags", 4),
                        ("identity", b"x" * 32), ("nrow", 1), ("nrow", 3)):
        s = segment()
        if name in ("version", "layout"):
            setattr(s, name, value)
        else:
            s.header_fields[name] = value
        yield f"header {name} {value}", s.bytes()
    for bits in (0x7FF8000000000001, 0xFFF8000000000000, 0x7FF0000000000001, oracle.MASK):
        s = segment()
        s.bits = [[oracle.bits_of(1.0), bits, 0], [0, 0, 0]]
        yield f"NaN {bits:x}", s.bytes()
    for names in (["x"], ["x", "y", "z"], ["x\0", "y"], []):
        s = segment()
        s.names = names
        yield f"names {names}", s.bytes()
    for columns in (["a", "b"], ["a", "b", "c", "d"], ["a\0b", "c", "d"]):
        s = segment()
        s.columns = columns
        yield f"columns {columns}", s.bytes()
    # Padding that is not zero, where no checksum is.
    good = bytearray(segment().bytes())
    at = good.index(b"GXMTRAIL")
    for back in (1, 7, 8, 16):
        bad = bytearray(good)
        bad[at - back] = 1
        yield f"padding -{back}", bytes(bad)
    for source in ("x", "identity .\n", "identity digest:0\nunit rows\nfirst 0\nlast 2\nof 2\n"
                   "digest 0\nwork mean\n",
                   "identity .\nunit rows\nfirst 00\nlast 2\nof 2\ndigest 0000000000000000\n"
                   "work mean\n",
                   "identity .\nunit rows\nfirst 0\nlast 2\nof 2\ndigest 0000000000000000\n"
                   "work mean\nmore\n"):
        yield f"source facts {source!r}", segment(source=source).bytes()


def facts(first, last, of=4, unit="rows", work="mean", identity="simulation:00000000000000aa"):
    return (f"identity {identity}\nunit {unit}\nfirst {first}\nlast {last}\nof {of}\n"
            f"digest 0000000000000000\nwork {work}\n")


def derived(first, **other):
    """Two rows of a matrix of four that a filter made of rows first, first + 1."""
    return segment(first=first, whole=4, provenance="mean",
                   source=facts(first, first + 2, **other)).bytes()


def segments(path):
    """Derived segments whose headers continue each other and whose source facts do not."""
    checked = 0
    with open(path, "wb") as f:
        f.write(derived(0) + derived(2))
    oracle.expect(oracle.run("gx-threshold", "-T", "12", path).count(b"\n"), 4, "two that continue")
    oracle.expect(len(oracle.gxm_read(oracle.run("gx-reduce", "--join", "-b", path))), 1, "joined")
    for other in (dict(of=5), dict(unit="bytes"), dict(work="pass any above:1 mean"),
                  dict(identity="simulation:00000000000000ab"), dict(identity=".")):
        checked += refused(f"then {other}", derived(0) + derived(2, **other), path)
        names = []
        for name, blob in (("1", derived(0)), ("2", derived(2, **other))):
            names.append(path + name)
            with open(names[-1], "wb") as f:
                f.write(blob)
        oracle.run("gx-reduce", "--join", "-b", *names, code=1)
        oracle.run("gx-threshold", *names, code=1)
        for name in names:
            os.unlink(name)
        checked += 2
    for first, last in ((1, 3), (3, 4), (0, 2), (2, 1), (2, 5)):
        second = segment(first=2, whole=4, provenance="mean", source=facts(first, last)).bytes()
        checked += refused(f"then rows {first} to {last}", derived(0) + second, path)
    return checked


def sizes(path):
    checked = 1
    for what, blob in forged():
        checked += refused(what, blob, path)
    # Sizes that the input bears out are no lies.
    record = oracle.run("gx-threshold", "-T", "12", stdin=segment().bytes())
    oracle.expect(record.count(b"\n"), 4, "the sound one")
    return checked


with tempfile.NamedTemporaryFile() as file:
    oracle.finish({"sizes": sizes, "segments": segments}[sys.argv[1]](file.name))
