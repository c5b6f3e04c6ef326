#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Forges the records of N parts of 100 rows each: what N runs of gx-threshold would leave,
in seconds and not in minutes.

    forge_records.py DIRECTORY N COLUMNS

Part K goes to DIRECTORY/K, and what gx-reduce must make of them all to DIRECTORY.whole.
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle  # noqa: E402

ROWS = 100


def record(first, last, whole, counts, digest):
    return oracle.record_bytes(
        (f"s{j + 1}", count, last - first, 0, 12, "value above", "rows", first, last, whole,
         f"{digest & oracle.MASK:016x}", "simulation:00000000000000aa")
        for j, count in enumerate(counts))


def main():
    directory, npart, ncol = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.mkdir(directory)
    whole = npart * ROWS
    total, digests = [0] * ncol, 0
    for k in range(npart):
        counts = [(k * 7 + j) % (ROWS + 1) for j in range(ncol)]
        digest = k * oracle.P64_1 & oracle.MASK
        with open(os.path.join(directory, str(k + 1)), "wb") as file:
            file.write(record(k * ROWS, k * ROWS + ROWS, whole, counts, digest))
        total = [a + b for a, b in zip(total, counts)]
        digests += digest
    with open(directory + ".whole", "wb") as file:
        file.write(record(0, whole, whole, total, digests))


if __name__ == "__main__":
    main()
