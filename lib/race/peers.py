# SPDX-License-Identifier: MIT
"""What gx-time races, as Python does it. gx-time brings this text along.

    peers.py available                                   what can be raced here, a line each
    peers.py STRATEGY FILE.npy ROWS COLUMNS THRESHOLD CORES

is the main job: how many rows of a matrix have a mean above a threshold. It prints the count, the
rows whose mean is missing, the seconds that the job itself took, with the matrix in memory and
in the caches and with Numba's compiler done, and the seconds that reading it into the caches took.

    peers.py network FIRST.npy SECOND.npy TERMS.npy

is a step of the study on networks, by NumPy: add two networks, rank the sum, vote on the terms
(genes x terms of 0 and 1). It prints the mean AUROC and the seconds, with the matrices in memory.
"""
import importlib.util
import math
import sys
import time


def has(name):
    return importlib.util.find_spec(name) is not None


def available():
    print("python")
    if has("numpy"):
        print("numpy")
        print("multiprocessing")
    if has("numpy") and has("numba"):
        print("numba")
        print("numba-prange")


def rows_of(path, ncol):
    """The matrix as a flat array of doubles, without NumPy."""
    import array

    values = array.array("d")
    with open(path, "rb") as f:
        head = f.read(12)
        major = head[6]
        length = int.from_bytes(head[8:10], "little") if major == 1 else int.from_bytes(head[8:12], "little")
        f.seek((10 if major == 1 else 12) + length)
        values.frombytes(f.read())
    return values


def plain(values, nrow, ncol, threshold):
    count = missing = 0
    for i in range(nrow):
        total = 0.0
        for j in range(i * ncol, (i + 1) * ncol):
            total += values[j]
        mean = total / ncol
        if mean > threshold:
            count += 1
        if mean != mean:
            missing += 1
    return count, missing


def vectorised(x, threshold):
    import numpy as np

    mean = x.mean(axis=1)
    with np.errstate(invalid="ignore"):
        return int((mean > threshold).sum()), int(np.isnan(mean).sum())


def compiled(parallel):
    import numba

    # Sums may be added in any order, as those of NumPy and gx are: else it could not vectorise.
    # All of fastmath would lose the missing means.
    @numba.njit(parallel=parallel, fastmath={"reassoc"})
    def job(x, threshold):
        count = 0
        missing = 0
        for i in numba.prange(x.shape[0]):
            total = 0.0
            for j in range(x.shape[1]):
                total += x[i, j]
            mean = total / x.shape[1]
            if mean > threshold:
                count += 1
            if mean != mean:
                missing += 1
        return count, missing

    return job


def pool_job(arguments):
    return vectorised(*arguments)


def warm(x):
    """Reads the matrix until that gets no faster, as is done for every strategy; the seconds."""
    begin = from_ = time.perf_counter()
    last = math.inf
    for _ in range(8):
        x.max()
        now = time.perf_counter()
        if now - from_ > 0.95 * last:
            break
        last, from_ = now - from_, now
    return time.perf_counter() - begin


def timed(job, warming=0.0):
    begin = time.perf_counter()
    count, missing = job()
    seconds = time.perf_counter() - begin
    print(count, missing, repr(seconds), repr(warming))


def race(strategy, path, nrow, ncol, threshold, cores):
    if strategy == "python":
        values = rows_of(path, ncol)
        return timed(lambda: plain(values, nrow, ncol, threshold))
    import numpy as np

    x = np.load(path)
    if x.shape != (nrow, ncol):
        sys.exit("peers.py: %s is %s, not %d x %d" % (path, x.shape, nrow, ncol))
    if strategy == "numpy":
        return timed(lambda: vectorised(x, threshold), warm(x))
    if strategy == "multiprocessing":
        import multiprocessing

        with multiprocessing.get_context("fork").Pool(cores) as pool:
            # As it is usually done: the pool is there, the blocks are sent to it.
            def job():
                blocks = [(block, threshold) for block in np.array_split(x, cores)]
                parts = pool.map(pool_job, blocks, chunksize=1)
                return sum(p[0] for p in parts), sum(p[1] for p in parts)

            return timed(job, warm(x))
    import numba

    parallel = strategy == "numba-prange"
    if parallel:
        numba.set_num_threads(min(cores, numba.config.NUMBA_NUM_THREADS))
    job = compiled(parallel)
    job(x[:1], threshold)  # compiles
    return timed(lambda: job(x, threshold), warm(x))


def average_ranks(x):
    """Ranks from 1 on; equal values get the mean of theirs."""
    import numpy as np

    order = np.argsort(x)
    ordered = x[order]
    is_first = np.empty(x.size, dtype=bool)
    is_first[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
    begins = np.append(np.flatnonzero(is_first), x.size)
    mean = (begins[:-1] + begins[1:] + 1) / 2
    ranks = np.empty(x.size)
    ranks[order] = mean[np.cumsum(is_first) - 1]
    return ranks


def step(first, second, terms, nfold):
    """The mean AUROC of all terms in the ranked sum of two networks."""
    import numpy as np

    ngene = first.shape[0]
    network = average_ranks((first + second).ravel()).reshape(ngene, ngene)
    np.fill_diagonal(network, network.max())
    # The genes of a term are hidden in turn, a fold each.
    fold = np.where(terms > 0, (np.cumsum(terms, axis=0) - 1) % nfold, -1)
    known = np.concatenate([terms * (fold != f) for f in range(nfold)], axis=1).T
    hidden = np.concatenate([terms * (fold == f) for f in range(nfold)], axis=1).T
    # All votes are one product. Those of known genes do not count: they get the lowest ranks.
    votes = (known @ network) / network.sum(axis=0)
    votes[known > 0] = -1
    ranks = np.array([average_ranks(v) for v in votes]) - known.sum(axis=1, keepdims=True)
    nhidden = hidden.sum(axis=1)
    nother = np.tile(ngene - terms.sum(axis=0), nfold)
    auroc = ((ranks * hidden).sum(axis=1) / nhidden - (nhidden + 1) / 2) / nother
    return auroc.reshape(nfold, -1).mean(axis=0).mean()


def race_network(*paths):
    import numpy as np

    first, second, terms = [np.load(path) for path in paths]
    begin = time.perf_counter()
    mean = float(step(first, second, terms, 3))
    print(repr(mean), repr(time.perf_counter() - begin))


def main():
    if sys.argv[1:] == ["available"]:
        return available()
    if sys.argv[1] == "network":
        return race_network(*sys.argv[2:])
    strategy, path, nrow, ncol, threshold, cores = sys.argv[1:]
    threshold = float(threshold)
    if math.isnan(threshold):
        sys.exit("peers.py: the threshold is missing")
    return race(strategy, path, int(nrow), int(ncol), threshold, int(cores))


main()
