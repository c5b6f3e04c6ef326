#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Votes of gx against those of other programs.

    check_vote.py unfold NAME.lower.tsv.gz >NAME.tsv   the full matrix of a lower triangle
    check_vote.py table GOT WANT TOLERANCE             a line a term, as EGAD has it
    check_vote.py matrix GOT WANT TOLERANCE [NAME=NAME ...]
                       the columns of WANT, or those that are named (WANT's=GOT's)

Terms of fewer than two genes are left out: EGAD gives 0.5 where there is nothing to learn
from."""

import gzip
import math
import sys

# Names in the tables of EGAD in R and in Python, and of EGAD with output = "PR".
COLUMNS = {
    "n_genes": "genes", "auc": "auroc", "AUC": "auroc", "avgprc": "precision",
    "avg_node_degree": "degree", "AVG_NODE_DEGREE": "degree",
    "degree_null_auc": "degree_auroc", "DEGREE_NULL_AUC": "degree_auroc",
    "p_value": "p", "P_Value": "p",
}


def read(path):
    opening = gzip.open if path.endswith(".gz") else open
    with opening(path, "rt") as file:
        rows = [line.split("\t") for line in file.read().splitlines()]
    return rows[0], {row[0]: row[1:] for row in rows[1:]}


def unfold(path):
    head, rows = read(path)
    genes = head[1:]
    value = [rows[gene] for gene in genes]
    print("\t".join(head))
    for i, gene in enumerate(genes):
        full = value[i] + [value[j][i] for j in range(i + 1, len(genes))]
        print("\t".join([gene] + full))


def number(text):
    return math.nan if text in ("NA", "NaN") else float(text)


def near(got, want, tolerance):
    x, y = number(got), number(want)
    if math.isnan(x) or math.isnan(y):
        return math.isnan(x) and math.isnan(y)
    return abs(x - y) <= tolerance * max(1.0, abs(y))


def compare(got_path, want_path, tolerance, names, wanted):
    got_head, got = read(got_path)
    want_head, want = read(want_path)
    checked = 0
    for row in want:
        if not wanted(dict(zip(want_head[1:], want[row]))):
            continue
        if row not in got:
            sys.exit("no row %s in %s" % (row, got_path))
        for j, column in enumerate(want_head[1:]):
            if column not in names or names[column] not in got_head:
                continue
            k = got_head.index(names[column]) - 1
            if not near(got[row][k], want[row][j], tolerance):
                sys.exit("%s, %s: %s, expected %s (%s)" %
                         (row, column, got[row][k], want[row][j], want_path))
            checked += 1
    if not checked:
        sys.exit("nothing to compare in %s and %s" % (got_path, want_path))
    print("%d values" % checked)


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "unfold":
        unfold(arguments[0])
    elif what == "table":
        got, want, tolerance = arguments
        compare(got, want, float(tolerance), COLUMNS, lambda row: int(row["n_genes"]) >= 2)
    else:
        got, want, tolerance, *pairs = arguments
        names = dict(pair.split("=") for pair in pairs)
        if not pairs:
            names = {name: name for name in read(want)[0]}
        compare(got, want, float(tolerance), names, lambda row: True)


main()
