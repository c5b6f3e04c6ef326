# SPDX-License-Identifier: MIT
"""What gx-time races, as Python does it. gx-time brings this text along.

    peers.py available WORK       what can be raced here, a line each
    peers.py means STRATEGY FILE.npy ROWS COLUMNS THRESHOLD CORES

is the main job: how many rows of a matrix have a mean above a threshold. It prints the count, the
rows whose mean is missing, the seconds that the job itself took, with the matrix in memory and
in the caches and with Numba's compiler done, and the seconds that reading it into the caches took.

    peers.py network numpy FIRST.npy SECOND.npy TERMS.npy

is a step of the study on networks, by NumPy: add two networks, rank the sum, vote on the terms
(genes x terms of 0 and 1). It prints the mean AUROC and the seconds, with the matrices in memory.

    peers.py tasks STRATEGY N SECONDS CORES

is N tasks that sleep so long, by CORES workers. It prints how many were done, by the numbers that
they returned, how often something was handed to a worker, and the seconds until all numbers were
there. The workers run before that.

A strategy is a function and a row of the table of its work, at the end of this file.
"""
import importlib.util
import math
import os
import signal
import sys
import time


def has(name):
    return importlib.util.find_spec(name) is not None


# ---- the main job ----


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


class Matrix:
    """The input of the main job: a file of a known shape, its threshold, and on how many cores."""

    def __init__(self, path, nrow, ncol, threshold, cores):
        self.path, self.nrow, self.ncol = path, int(nrow), int(ncol)
        self.threshold, self.cores = float(threshold), int(cores)
        if math.isnan(self.threshold):
            sys.exit("peers.py: the threshold is missing")

    def load(self):
        import numpy as np

        x = np.load(self.path)
        if x.shape != (self.nrow, self.ncol):
            sys.exit("peers.py: %s is %s, not %d x %d" % (self.path, x.shape, self.nrow, self.ncol))
        return x


def means_python(matrix):
    values = rows_of(matrix.path, matrix.ncol)
    timed(lambda: plain(values, matrix.nrow, matrix.ncol, matrix.threshold))


def means_numpy(matrix):
    x = matrix.load()
    timed(lambda: vectorised(x, matrix.threshold), warm(x))


def means_pool(matrix):
    import multiprocessing

    import numpy as np

    x = matrix.load()
    with multiprocessing.get_context("fork").Pool(matrix.cores) as pool:
        # As it is usually done: the pool is there, the blocks are sent to it.
        def job():
            blocks = [(block, matrix.threshold) for block in np.array_split(x, matrix.cores)]
            parts = pool.map(pool_job, blocks, chunksize=1)
            return sum(p[0] for p in parts), sum(p[1] for p in parts)

        timed(job, warm(x))


def race_numba(matrix, parallel):
    x = matrix.load()
    job = compiled(parallel)
    job(x[:1], matrix.threshold)  # compiles
    timed(lambda: job(x, matrix.threshold), warm(x))


def means_numba(matrix):
    race_numba(matrix, False)


def means_numba_prange(matrix):
    import numba

    numba.set_num_threads(min(matrix.cores, numba.config.NUMBA_NUM_THREADS))
    race_numba(matrix, True)


# ---- the step on networks ----


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


class Networks:
    def __init__(self, *paths):
        import numpy as np

        self.first, self.second, self.terms = [np.load(path) for path in paths]


def network_numpy(networks):
    begin = time.perf_counter()
    mean = float(step(networks.first, networks.second, networks.terms, 3))
    print(repr(mean), repr(time.perf_counter() - begin))


# ---- tasks that sleep ----

READY = 120  # seconds for workers to start, beyond which they never will


class Tasks:
    """N tasks. A task returns its number, so that who waits for the numbers waits for the tasks."""

    def __init__(self, n, seconds, cores):
        self.n, self.seconds, self.cores = int(n), float(seconds), int(cores)
        signal.signal(signal.SIGALRM, self.give_up)
        signal.alarm(READY)

    def give_up(self, *_):
        sys.exit("peers.py: its workers were not ready after %d s" % READY)

    def timed(self, job, parts):
        """Runs the job, which returns the numbers, on workers that are there."""
        signal.alarm(0)
        begin = time.perf_counter()
        numbers = job()
        seconds = time.perf_counter() - begin
        done = len(set(numbers) & set(range(self.n)))
        print(done, parts, repr(seconds), flush=True)


def sleep_and_return(i, seconds):
    time.sleep(seconds)
    return i


def sleep_and_return_both(arguments):
    return sleep_and_return(*arguments)


def warm_threads(pool, cores):
    """Starts all threads of a pool: each of these waits for the others."""
    import threading

    barrier = threading.Barrier(cores)
    list(pool.map(lambda _: barrier.wait(), range(cores)))


def tasks_threads(tasks):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(tasks.cores) as pool:
        warm_threads(pool, tasks.cores)
        seconds = [tasks.seconds] * tasks.n
        tasks.timed(lambda: list(pool.map(sleep_and_return, range(tasks.n), seconds)), tasks.n)


def tasks_pool(tasks):
    import multiprocessing

    # Pool.map's own rule: four chunks for each worker, rounded up.
    chunk = -(-tasks.n // (4 * tasks.cores))
    with multiprocessing.get_context("fork").Pool(tasks.cores) as pool:
        pool.map(sleep_and_return_both, [(0, 0.0)] * tasks.cores, 1)
        arguments = [(i, tasks.seconds) for i in range(tasks.n)]
        tasks.timed(lambda: pool.map(sleep_and_return_both, arguments), -(-tasks.n // chunk))


def tasks_dask(tasks):
    from concurrent.futures import ThreadPoolExecutor

    import dask

    task = dask.delayed(sleep_and_return, pure=False)
    with ThreadPoolExecutor(tasks.cores) as pool:
        warm_threads(pool, tasks.cores)
        with dask.config.set(scheduler="threads", pool=pool, num_workers=tasks.cores):
            dask.compute(task(0, 0.0))
            tasks.timed(
                lambda: dask.compute(*[task(i, tasks.seconds) for i in range(tasks.n)]), tasks.n)


def ray_started(cores):
    """Ray with so many workers, reached from this machine alone, its files in TMPDIR."""
    import secrets
    import tempfile

    os.environ.update({
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # loopback, as everywhere but on Linux
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": secrets.token_hex(32),  # else it would write one to the home directory
    })
    os.environ.pop("RAY_AUTH_TOKEN_PATH", None)
    os.environ.pop("RAY_ADDRESS", None)
    import ray

    # The path of a socket may have 107 bytes, and Ray's own names take 64 of them.
    directory = tempfile.gettempdir()
    if len(os.fsencode(directory)) > 107 - 64:
        os.chdir(directory)
        directory = "/proc/%d/cwd" % os.getpid()
    ray.init(
        num_cpus=cores, num_gpus=0, include_dashboard=False, _temp_dir=directory,
        object_store_memory=80 << 20, log_to_driver=False, logging_level="error",
        _node_ip_address="127.0.0.1")

    @ray.remote
    def number_of_process():
        time.sleep(0.1)  # so that no worker does two of them while others start
        return os.getpid()

    workers = set()
    while len(workers) < cores:
        workers.update(ray.get([number_of_process.remote() for _ in range(cores)]))
    return ray


def tasks_ray(tasks):
    ray = ray_started(tasks.cores)
    task = ray.remote(sleep_and_return)
    ray.get(task.remote(0, 0.0))
    tasks.timed(
        lambda: ray.get([task.remote(i, tasks.seconds) for i in range(tasks.n)]), tasks.n)


def tasks_ray_batched(tasks):
    ray = ray_started(tasks.cores)

    @ray.remote
    def batch(first, last, seconds):
        return [sleep_and_return(i, seconds) for i in range(first, last)]

    # 1000 tasks in each, or fewer, so that every worker has one.
    size = min(1000, -(-tasks.n // tasks.cores))
    ray.get(batch.remote(0, 1, 0.0))

    def job():
        batches = [
            batch.remote(first, min(first + size, tasks.n), tasks.seconds)
            for first in range(0, tasks.n, size)]
        return [number for numbers in ray.get(batches) for number in numbers]

    tasks.timed(job, -(-tasks.n // size))


# ---- the works: their input, and each strategy with the modules that it needs ----

WORKS = {
    "means": (Matrix, {
        "python": (means_python, []),
        "numpy": (means_numpy, ["numpy"]),
        "multiprocessing": (means_pool, ["numpy"]),
        "numba": (means_numba, ["numpy", "numba"]),
        "numba-prange": (means_numba_prange, ["numpy", "numba"]),
    }),
    "network": (Networks, {
        "numpy": (network_numpy, ["numpy"]),
    }),
    "tasks": (Tasks, {
        "python-threads": (tasks_threads, []),
        "multiprocessing": (tasks_pool, []),
        "dask": (tasks_dask, ["dask"]),
        "ray": (tasks_ray, ["ray"]),
        "ray-batched": (tasks_ray_batched, ["ray"]),
    }),
}


def main():
    work, strategy, *rest = sys.argv[1:]
    if work == "available":
        for name, (_, modules) in WORKS[strategy][1].items():
            if all(has(module) for module in modules):
                print(name)
        return
    read, strategies = WORKS[work]
    strategies[strategy][0](read(*rest))


main()
