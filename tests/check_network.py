#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A network that gx wrote as text against a lower triangle of another program: the same
genes, missing where that is missing and nowhere else, symmetric to the last digit, and
within a tolerance. Usage: check_network.py GOT.tsv WANT.lower.tsv.gz TOLERANCE
[GENE:GENE ...], pairs that are left out."""

import gzip
import math
import sys

import oracle


def number(text):
    return math.nan if text in ("NA", "NaN") else float(text)


def read(path):
    opening = gzip.open if path.endswith(".gz") else open
    with opening(path, "rt") as file:
        lines = file.read().splitlines()
    rows = [line.split("\t") for line in lines]
    genes = rows[0][1:]
    oracle.expect([row[0] for row in rows[1:]], genes, "genes of " + path)
    return genes, [row[1:] for row in rows[1:]]


def near(got, want, tolerance):
    x, y = number(got), number(want)
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) and math.isnan(y)
    return x == y or abs(x - y) <= tolerance


def check(got_path, want_path, tolerance, left_out):
    genes, got = read(got_path)
    want_genes, want = read(want_path)
    oracle.expect(genes, want_genes, "genes")
    checked = 0
    for i, row in enumerate(want):
        for j, text in enumerate(row):
            pair = f"{genes[i]} {genes[j]}"
            oracle.expect(got[j][i], got[i][j], pair + ", mirrored")
            if frozenset((genes[i], genes[j])) in left_out:
                continue
            checked += 1
            if not near(got[i][j], text, tolerance):
                oracle.fail(f"{pair}: got {got[i][j]}, expected {text}")
    oracle.expect(checked, len(genes) * (len(genes) + 1) // 2 - len(left_out), "pairs")
    return checked


oracle.finish(check(sys.argv[1], sys.argv[2], float(sys.argv[3]),
                    {frozenset(pair.split(":")) for pair in sys.argv[4:]}))
