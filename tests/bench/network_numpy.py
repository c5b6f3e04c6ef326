# SPDX-License-Identifier: MIT
"""A network in memory as Python makes it, in count_kernel.c's manner: for each line on standard
input the seconds of one call. OPENBLAS_NUM_THREADS=1 goes before it.

    network_numpy.py corrcoef MATRIX.npy     numpy.corrcoef of the rows
    network_numpy.py nanrankdata NETWORK.npy bottleneck's ranks of all cells, as EGAD's port has it

The first line that it prints is of the result: the mean row, counted from 1, weighed by the
cells."""
import os
import sys
import time

import numpy

what, path = sys.argv[1:]
if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
    sys.exit("network_numpy.py: set OPENBLAS_NUM_THREADS=1: the race is of one thread")
value = numpy.load(path)
if what == "corrcoef":
    call = numpy.corrcoef
else:
    import bottleneck

    def call(network):
        return bottleneck.nanrankdata(network, axis=None)

rows = call(value).reshape(len(value), -1).sum(axis=1)
print("%.15g" % (numpy.arange(1, len(rows) + 1).dot(rows) / rows.sum()), flush=True)
for line in sys.stdin:
    start = time.perf_counter()
    result = call(value)
    seconds = time.perf_counter() - start
    del result
    print("%.9f" % seconds, flush=True)
