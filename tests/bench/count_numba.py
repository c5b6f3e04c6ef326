# SPDX-License-Identifier: MIT
"""What count_kernel.c does, by Numba: the same arguments, input and output, and a last one
that is 1 when the sums may be reordered (fastmath), as gx's lanes do."""
import sys
import time

import numba
import numpy

path, nrow, ncol, threshold, nthread, repeats, fastmath = sys.argv[1:]
value = numpy.load(path)
assert value.shape == (int(nrow), int(ncol))
numba.set_num_threads(int(nthread))


@numba.njit(parallel=True, fastmath=fastmath == "1")
def count(value, threshold):
    above = 0
    for i in numba.prange(value.shape[0]):
        total = 0.0
        for j in range(value.shape[1]):
            total += value[i, j]
        if total / value.shape[1] > threshold:
            above += 1
    return above


expected = count(value, float(threshold))
print(expected, flush=True)
for line in sys.stdin:
    times = []
    for _ in range(int(repeats)):
        start = time.perf_counter()
        assert count(value, float(threshold)) == expected
        times.append(time.perf_counter() - start)
    print(*("%.9f" % t for t in times), flush=True)
