# SPDX-License-Identifier: MIT
"""Exponential values in memory by numpy, in count_kernel.c's manner: for each line on
standard input the seconds of one call. random_numpy.py legacy|generator ROWS COLUMNS"""
import sys
import time

import numpy

draw = {
    "legacy": numpy.random.exponential,
    "generator": numpy.random.default_rng(1).exponential,
}[sys.argv[1]]
shape = int(sys.argv[2]), int(sys.argv[3])
print(draw(10, shape).size, flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    value = draw(10, shape)
    seconds = time.perf_counter() - start
    del value
    print("%.9f" % seconds, flush=True)
