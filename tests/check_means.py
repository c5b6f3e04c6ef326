#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gx-means of a table against exact sums. Usage:

  check_means.py TABLE              the table is read here, row by row, and summed by fsum
  check_means.py TABLE MEANS.tsv    against means made elsewhere (gene n mean n_gt0 mean_abs)

Means of numbers of both signs cancel: what a difference may be is told by the mean of the
absolute values."""

import csv
import gzip
import io
import math
import sys

import oracle

MISSING = {"", "na", "nan", "n/a", "null"}


def read(path):
    """(sample names, [(gene, row)]) of a plain table."""
    with open(path, "rb") as f:
        blob = f.read()
    if blob[:2] == b"\x1f\x8b":
        blob = gzip.decompress(blob)
    text = blob.decode("utf-8-sig").replace("\r\n", "\n")
    head = text.split("\n", 1)[0]
    delimiter = "\t" if "\t" in head else "," if "," in head else " "
    lines = [line for line in csv.reader(io.StringIO(text), delimiter=delimiter) if line]
    header, rows = lines[0], lines[1:]
    samples = header if len(rows[0]) == len(header) + 1 else header[1:]
    table = []
    for fields in rows:
        assert len(fields) == len(samples) + 1, fields
        table.append((fields[0], [float("nan") if x.lower() in MISSING else float(x)
                                  for x in fields[1:]]))
    return samples, table


def ours(path, *options):
    lines = oracle.run("gx-means", *options, path).decode().splitlines()
    return lines[0].split("\t"), [line.split("\t") for line in lines[1:]]


def near(got, want, scale, what):
    value = float("nan") if got == "NA" else float(got)
    if want != want or value != value:
        if (want != want) != (value != value):
            oracle.fail(f"{what}: {got}, expected {want!r}")
    elif abs(value - want) > 1e-12 * scale:
        oracle.fail(f"{what}: {got}, expected {want!r}")


def against_rows(path):
    samples, table = read(path)
    head, got = ours(path)
    oracle.expect(head, ["gene", "mean"], "header")
    _, skipped = ours(path, "--skip-na", "--with-n")
    oracle.expect(len(got), len(table), "rows")
    for (gene, row), line, skip in zip(table, got, skipped):
        there = [x for x in row if x == x]
        scale = math.fsum(map(abs, there)) / len(there) if there else 0.0
        exact = math.fsum(there) / len(there) if there else float("nan")
        oracle.expect(line[0], gene, "gene")
        near(line[1], exact if len(there) == len(row) else float("nan"), scale, gene)
        # The order of addition is fixed: the very digits.
        oracle.expect(line[1], oracle.number_text(oracle.mean_of(row)), gene)
        near(skip[1], exact, scale, gene + " --skip-na")
        oracle.expect(skip[2], str(len(there)), gene + " n")
    # The whole table passes through with its names and values.
    low = oracle.run("gx-threshold", "--pass", "--any", "--below", "-T", "1e300", path)
    lines = low.decode().splitlines()
    oracle.expect(lines[0].split("\t"), ["gene", *samples], "sample names")
    want = ["\t".join([gene, *map(oracle.number_text, row)]) for gene, row in table
            if any(x == x for x in row)]
    oracle.expect(lines[1:] == want, True, "the rows")
    return len(table)


def against_reference(path, reference):
    with open(reference, encoding="utf-8") as f:
        lines = f.read().splitlines()
    names = lines[0].split("\t")
    gene, n, mean, scale = map(names.index, ("gene", "n", "mean", "mean_abs"))
    want = [line.split("\t") for line in lines[1:]]
    _, got = ours(path, "--skip-na", "--with-n")
    oracle.expect(len(got), len(want), "rows")
    for w, g in zip(want, got):
        oracle.expect(g[0], w[gene], "gene")
        near(g[1], float(w[mean]), float(w[scale]), g[0])
        oracle.expect(g[2], w[n], g[0] + ": n")
    return len(want)


oracle.finish(against_rows(*sys.argv[1:]) if len(sys.argv) == 2 else
              against_reference(*sys.argv[1:]))
