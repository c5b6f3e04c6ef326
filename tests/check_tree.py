#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reductions as trees: records of parts, in random order, reduced in random groups by
--partial, and those again, until one record is left. It must be the bytes of the flat
reduction, which must be those of the whole. Usage: check_tree.py MATRIX PARTS ROUNDS"""

import os
import random
import subprocess
import sys
import tempfile

import oracle

draw = random.Random(oracle.seed())


def ranges(record):
    """[first, last) of each record in a stream, and the bytes of each."""
    records = record.split(oracle.RECORD_HEADER.encode())[1:]
    out = []
    for body in records:
        fields = body.decode().split("\n")[0].split("\t")
        out.append((int(fields[7]), int(fields[8]), oracle.RECORD_HEADER.encode() + body))
    return out


def check_partial(stream, inputs):
    """Maximal contiguous ranges of the inputs, in order of first."""
    got = [(first, last) for first, last, _ in ranges(stream)]
    want = []
    for first, last in sorted({r[:2] for blob in inputs for r in ranges(blob)}):
        if want and first <= want[-1][1]:
            want[-1] = (want[-1][0], max(want[-1][1], last))
        else:
            want.append((first, last))
    full = [r for r in want if r[0] < r[1]]
    oracle.expect(got, full or got, "ranges of --partial")


def tree(records, directory):
    pool = list(records)
    number = 0
    while len(pool) > 1:
        draw.shuffle(pool)
        k = min(len(pool), draw.randrange(2, 9))
        group, pool = pool[:k], pool[k:]
        if draw.random() < 0.5:
            node = oracle.run("gx-reduce", "--partial", stdin=b"".join(group))
        else:
            # As a directory of files.
            number += 1
            where = os.path.join(directory, str(number))
            os.mkdir(where)
            for i, blob in enumerate(group):
                with open(os.path.join(where, str(i)), "wb") as f:
                    f.write(blob)
            node = oracle.run("gx-reduce", "--partial", where)
        check_partial(node, group)
        if len(pool) == 0 and len(ranges(node)) > 1:
            oracle.fail("all parts are in, and more than one range is left")
            return b""
        pool.append(node)
    return oracle.run("gx-reduce", stdin=pool[0])


def main():
    matrix, parts, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    whole = oracle.run("gx-threshold", "-T", "5", matrix)
    checked = 0
    for _ in range(rounds):
        n = draw.randrange(2, parts + 1)
        records = [oracle.run("gx-threshold", "-T", "5", "-p", f"{k}/{n}", matrix)
                   for k in range(1, n + 1)]
        flat = oracle.run("gx-reduce", stdin=b"".join(records))
        oracle.expect(flat, whole, f"{n} parts, flat")
        with tempfile.TemporaryDirectory() as directory:
            oracle.expect(tree(records, directory), whole, f"{n} parts, a tree")
        # A tree that lacks a part ends in 75, and names it.
        lost = draw.randrange(n)
        first, last, _ = ranges(records[lost])[0]
        rest = records[:lost] + records[lost + 1:]
        if first < last and rest:
            oracle.run("gx-reduce", stdin=b"".join(rest), code=75)
            node = oracle.run("gx-reduce", "--partial", stdin=b"".join(rest))
            oracle.run("gx-reduce", stdin=node, code=75)
            missing = subprocess.run([oracle.gx("gx-reduce"), f"--missing={n}"], input=node,
                                     stdout=subprocess.PIPE, check=False).stdout
            oracle.expect(missing, f"{lost + 1}\n".encode(), f"the one missing of {n}")
        checked += 3
    oracle.finish(checked)


main()
