#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares two tables of spectra: within 1e-12 of the largest of the expected row, names the
same, and NA and infinities exactly where they are expected.

    check_spectrum.py EXPECTED GOT
    check_spectrum.py cases DIRECTORY
    check_spectrum.py parseval MATRIX SPECTRA RATE
"""
import csv
import math
import os
import subprocess
import sys

WITHIN = 1e-12


def number(text):
    return None if text == "NA" else float(text)


def read(path):
    with open(path, newline="") as file:
        lines = list(csv.reader(file, delimiter="\t"))
    return lines[0][1:], [(line[0], [number(text) for text in line[1:]]) for line in lines[1:]]


def differences(expected, got):
    """What is wrong, a line each."""
    columns, rows = expected
    if got[0] != columns:
        yield "other columns"
        return
    if [name for name, _ in got[1]] != [name for name, _ in rows]:
        yield "other rows"
        return
    for (name, want), (_, have) in zip(rows, got[1]):
        largest = max((abs(x) for x in want if x is not None and math.isfinite(x)), default=0)
        for column, x, y in zip(columns, want, have):
            if x is None or y is None or not math.isfinite(x):
                if x != y:
                    yield f"{name} at {column}: {y}, expected {x}"
            elif not abs(x - y) <= WITHIN * largest:
                yield f"{name} at {column}: {y}, expected {x}: {abs(x - y) / largest:.1e} of the largest"


def compare(expected, got):
    wrong = list(differences(read(expected), read(got)))
    for line in wrong[:5]:
        print(f"{expected}: {line}", file=sys.stderr)
    return not wrong


def cases(directory):
    """Runs each line of cases.tsv there; all are right."""
    right = True
    with open(os.path.join(directory, "cases.tsv"), newline="") as file:
        for case in csv.DictReader(file, delimiter="\t"):
            got = f"{case['case']}.got"
            with open(got, "wb") as out:
                command = ["gx-spectrum", *case["arguments"].split()]
                status = subprocess.run(command, stdout=out, cwd=directory).returncode
            expected = os.path.join(directory, "expected", f"{case['case']}.tsv")
            right &= status == 0 and compare(expected, got)
    return right


def parseval(matrix, spectra, rate):
    """
    Of one segment without a window the sum of density x rate / N is the mean square about the
    mean: no power is lost, or counted twice.
    """
    right = True
    columns, rows = read(matrix)
    for (name, values), (other, power) in zip(rows, read(spectra)[1]):
        n = len(columns)
        if None in values or name != other:
            right &= name == other and set(power) == {None}
            continue
        mean = math.fsum(values) / n
        square = math.fsum((x - mean) ** 2 for x in values) / n
        total = math.fsum(power) * rate / n
        if not abs(total - square) <= WITHIN * square:
            print(f"{name}: {total}, expected {square}", file=sys.stderr)
            right = False
    return right and len(rows) > 0


def main():
    if sys.argv[1] == "cases":
        right = cases(sys.argv[2])
    elif sys.argv[1] == "parseval":
        right = parseval(sys.argv[2], sys.argv[3], float(sys.argv[4]))
    else:
        right = compare(sys.argv[1], sys.argv[2])
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
