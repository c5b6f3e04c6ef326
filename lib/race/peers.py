# SPDX-License-Identifier: MIT
"""What gx-time races, as Python does it. gx-time brings this text along.

    peers.py available WORK STRATEGIES   what of this work can be raced here, a line each

STRATEGIES are names, separated by commas: only these are looked at; '' is all. Behind the name of
one that cannot be raced are a TAB and why, as it goes on behind the name of the Python. It is told
once for each module; the other strategies that need it are named there.

    peers.py means STRATEGY FILE.npy ROWS COLUMNS THRESHOLD CORES

is the main job: how many rows of a matrix have a mean above a threshold. It prints the count, the
rows whose mean is missing, the seconds that the job itself took, with the matrix in memory and
in the caches, with compilers done and with threads and processes started, and the seconds that
reading it into the caches took.

    peers.py network numpy FIRST.npy SECOND.npy TERMS.npy

is a step of the study on networks, by NumPy: add two networks, rank the sum, vote on the terms
(genes x terms of 0 and 1). It prints the mean AUROC and the seconds, with the matrices in memory.

    peers.py tasks STRATEGY N SECONDS CORES

is N tasks that sleep so long, by CORES workers. It prints how many were done, by the numbers that
they returned, how often something was handed to a worker, and the seconds until all numbers were
there. The workers run before that.

What modules write to files goes beside this text, into a directory that gx-time removes. A
strategy is a function and a row of the table of its work, at the end.
"""
import importlib
import importlib.util
import math
import os
import shutil
import signal
import sys
import time

SCRATCH = os.path.dirname(os.path.abspath(__file__))
BLOCKS = 8  # that a matrix is cut into for Dask and Ray, which share them out


# ---- what is there ----


class Unfit(Exception):
    """A module is there and loads, and cannot be used."""


def launcher_of_mpi():
    """The mpirun beside this Python, as in a virtual environment, or that on PATH."""
    beside = os.path.join(os.path.dirname(sys.executable), "mpirun")
    return beside if os.access(beside, os.X_OK) else shutil.which("mpirun")


def load(module):
    if module == "mpi4py":
        import mpi4py

        mpi4py.rc.initialize = False  # this process is no rank
        importlib.import_module("mpi4py.MPI")
        if not launcher_of_mpi():
            raise Unfit("mpirun is not on PATH: install Open MPI or MPICH")
    elif module == "cupy":
        import cupy

        try:
            cupy.cuda.runtime.getDeviceCount()
        except cupy.cuda.runtime.CUDARuntimeError as error:
            raise Unfit("it finds no GPU: %s" % error)
    else:
        importlib.import_module(module)


def loading(module):
    """Why it cannot be used, or "". A child loads it, so that a crash is one reason more."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 1)
        os.dup2(null, 2)
        try:
            load(module)
            why = ""
        except Unfit as error:
            why = str(error)
        except BaseException as error:
            why = "it does not load: %s: %s" % (type(error).__name__, error)
        os.write(writer, " ".join(why.split())[:300].encode(errors="replace"))
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as answer:
        why = answer.read().decode(errors="replace")
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        why = "it does not load: it ends by signal %d" % os.WTERMSIG(status)
    return why


def fault(module, others):
    """Why not, of the Python; `others` are strategies that need it too."""
    too = ", which %s need%s too" % (", ".join(others), "s" * (len(others) == 1)) if others else ""
    if importlib.util.find_spec(module) is None:
        return "has no %s%s: install it, or give --python PROGRAM" % (module, too)
    why = loading(module)
    return why and "has %s%s, but %s" % (module, too, why)


def available(work, strategies):
    wanted = {strategy: modules for strategy, (_, modules) in WORKS[work][1].items()
              if not strategies or strategy in strategies.split(",")}
    if not strategies and importlib.util.find_spec("cupy") is None:
        # Who has no GPU has no need of it, and is not told.
        wanted = {strategy: modules for strategy, modules in wanted.items() if "cupy" not in modules}
    why = {}
    for strategy, modules in wanted.items():
        for module in modules:
            if module not in why:
                why[module] = fault(module, [other for other in wanted
                                             if other != strategy and module in wanted[other]])
                if why[module]:
                    print(strategy + "\t" + why[module])
                    break
            elif why[module]:
                break
        else:
            print(strategy)


# ---- starting what has processes of its own ----


def start_ray(cores, nbytes=0):
    """Ray with so many workers and room for so many bytes: its own, and of this machine alone."""
    os.environ.update({
        "RAY_TMPDIR": SCRATCH,
        "RAY_USAGE_STATS_ENABLED": "0",
        # It takes the address of the network, also where 127.0.0.1 is asked for. That it stays on
        # this machine, as where a firewall would ask the user, goes by this name.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        # Other users of this machine reach it too. It would keep the token in ~/.ray.
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN": os.urandom(32).hex(),
    })
    for name in ("RAY_ADDRESS", "RAY_AUTH_TOKEN_PATH"):  # of a cluster of the user
        os.environ.pop(name, None)
    import ray

    # The path of a socket may have 107 bytes, and Ray's own names take 64 of them.
    directory = SCRATCH
    if len(os.fsencode(directory)) > 107 - 64:
        os.chdir(directory)
        directory = "/proc/%d/cwd" % os.getpid()
    # The least store is 75 MiB.
    ray.init(address="local", num_cpus=cores, num_gpus=0, include_dashboard=False,
             _node_ip_address="127.0.0.1", _temp_dir=directory, log_to_driver=False,
             logging_level="error", object_store_memory=max(nbytes * 5 // 4, 80 << 20))

    @ray.remote
    def number_of_process():
        time.sleep(0.1)  # so that no worker does two of them while others start
        return os.getpid()

    workers = set()
    while len(workers) < cores:
        workers.update(ray.get([number_of_process.remote() for _ in range(cores)]))
    return ray


def run_mpi(cores):
    """Starts this program as so many ranks, on this machine alone, with their files in SCRATCH."""
    mpirun = launcher_of_mpi() or sys.exit("mpirun is not on PATH: install Open MPI or MPICH")
    # Neither an engine that gx-time runs under nor a user's settings send ranks elsewhere.
    for name in list(os.environ):
        if name.startswith(("SLURM", "PBS_", "LSB_", "OMPI_", "PMIX_", "PMI_", "PRTE_", "HYDRA_")):
            del os.environ[name]
    settings = {
        # Open MPI 4, and from 5 on; the affinity that gx-time gave them stays.
        "OMPI_MCA_rmaps_base_oversubscribe": "1",
        "OMPI_MCA_hwloc_base_binding_policy": "none",
        "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",
        "PRTE_MCA_hwloc_default_binding_policy": "none",
        "OMPI_MCA_plm": "isolated",
        "OMPI_MCA_oob_tcp_if_include": "lo",
        "OMPI_MCA_btl_tcp_if_include": "lo",
        "PRTE_MCA_prte_if_include": "lo",
        "OMPI_MCA_pml": "ob1",
        "OMPI_MCA_orte_execute_quiet": "1",  # what a rank says comes last
        "OMPI_MCA_btl_vader_backing_directory": SCRATCH,
        "OMPI_MCA_btl_sm_backing_directory": SCRATCH,
        # MPICH.
        "HYDRA_LAUNCHER": "fork",
        "HYDRA_IFACE": "lo",
        "GX_RANKS": str(cores),
    }
    if os.geteuid() == 0:
        settings.update({"%s_ALLOW_RUN_AS_ROOT%s" % (who, confirm): "1"
                         for who in ("OMPI", "PRTE") for confirm in ("", "_CONFIRM")})
    os.environ.update(settings)
    os.execv(mpirun, [mpirun, "-n", str(cores), sys.executable, os.path.abspath(sys.argv[0]),
                      *sys.argv[1:]])


# ---- the main job: rows whose mean is above a threshold ----


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


def plain(values, first, last, ncol, threshold):
    count = missing = 0
    for i in range(first, last):
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

    with np.errstate(invalid="ignore"):
        mean = x.mean(axis=1)
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


def added(parts):
    """The answer of all blocks."""
    parts = list(parts)
    return sum(p[0] for p in parts), sum(p[1] for p in parts)


def bounds(n, parts):
    """Of `parts` blocks of n rows: the first ones have one more."""
    return [n // parts * k + min(k, n % parts) for k in range(parts + 1)]


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
    timed(lambda: plain(values, 0, matrix.nrow, matrix.ncol, matrix.threshold))


def means_python_threads(matrix):
    from concurrent.futures import ThreadPoolExecutor

    values, cores = rows_of(matrix.path, matrix.ncol), matrix.cores
    at = bounds(matrix.nrow, cores)

    def block(k):
        return plain(values, at[k], at[k + 1], matrix.ncol, matrix.threshold)

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(time.sleep, [0.01] * cores))  # starts all of them
        timed(lambda: added(pool.map(block, range(cores))))


def means_numpy(matrix):
    x = matrix.load()
    timed(lambda: vectorised(x, matrix.threshold), warm(x))


def means_pool(matrix):
    import multiprocessing

    import numpy as np

    x, threshold, cores = matrix.load(), matrix.threshold, matrix.cores
    with multiprocessing.get_context("fork").Pool(cores) as pool:
        # As it is usually done: the pool is there, the blocks are sent to it.
        def job():
            blocks = [(block, threshold) for block in np.array_split(x, cores)]
            return added(pool.map(pool_job, blocks, chunksize=1))

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


def means_dask(matrix):
    import dask

    x, threshold, cores = matrix.load(), matrix.threshold, matrix.cores
    at = bounds(len(x), BLOCKS)

    # Delayed calls: an array of Dask makes a graph that takes longer than these sums.
    def job(x=x):
        parts = [dask.delayed(vectorised)(x[at[k]:at[k + 1]], threshold) for k in range(BLOCKS)
                 if at[k] < len(x)]
        return added(dask.compute(*parts, scheduler="threads", num_workers=cores))

    job(x[:1])  # starts the threads
    timed(job, warm(x))


def means_ray(matrix):
    x, threshold = matrix.load(), matrix.threshold
    at = bounds(len(x), BLOCKS)
    ray = start_ray(matrix.cores, x.nbytes)
    try:
        reference = ray.put(x)

        @ray.remote
        def count(x, first, last):
            return vectorised(x[first:last], threshold)

        def job():
            return added(ray.get([count.remote(reference, at[k], at[k + 1])
                                  for k in range(BLOCKS)]))

        job()  # the workers load NumPy and map the store
        timed(job, warm(x))
    finally:
        ray.shutdown()


def means_mpi4py(matrix):
    if os.environ.get("GX_RANKS") != str(matrix.cores):
        run_mpi(matrix.cores)
    from mpi4py import MPI

    size = MPI.COMM_WORLD.Get_size()
    if size != matrix.cores:
        sys.exit("mpirun started %d ranks, not %d: it is not of the MPI that mpi4py has loaded (%s)"
                 % (size, matrix.cores, MPI.Get_library_version().split(",")[0]))
    try:
        be_rank(matrix, MPI)
    except BaseException as error:
        print("%s: %s" % (type(error).__name__, error), file=sys.stderr, flush=True)
        MPI.COMM_WORLD.Abort(1)  # the others would wait for this one


def be_rank(matrix, MPI):
    import numpy as np

    nrow, ncol, threshold, cores = matrix.nrow, matrix.ncol, matrix.threshold, matrix.cores
    world = MPI.COMM_WORLD
    rank = world.Get_rank()
    at = bounds(nrow, cores)
    row = MPI.DOUBLE.Create_contiguous(ncol).Commit()
    x = matrix.load() if rank == 0 else None
    block = np.ones((at[rank + 1] - at[rank], ncol))

    def job(counts, offsets):
        sent = [x, counts, offsets, row] if rank == 0 else None
        mine = block[:counts[rank]]
        world.Scatterv(sent, [mine, counts[rank], row], root=0)
        total = np.zeros(2, dtype=np.int64)
        world.Reduce(np.array(vectorised(mine, threshold), dtype=np.int64), total, root=0)
        return int(total[0]), int(total[1])

    job([min(1, b - a) for a, b in zip(at, at[1:])], at[:-1])  # connects the ranks
    warming = warm(x) if rank == 0 else 0
    world.Barrier()
    whole = [b - a for a, b in zip(at, at[1:])]
    if rank == 0:
        timed(lambda: job(whole, at[:-1]), warming)
    else:
        job(whole, at[:-1])


def means_polars(matrix):
    os.environ["POLARS_MAX_THREADS"] = str(matrix.cores)
    import polars as pl

    x, threshold = matrix.load(), matrix.threshold
    frame = pl.from_numpy(x, schema=["s%d" % j for j in range(x.shape[1])])

    def job(frame=frame):
        # To Polars a NaN is above all numbers.
        mean = pl.col("mean")
        counts = frame.lazy().select(pl.mean_horizontal(pl.all()).alias("mean")).select(
            ((mean > threshold) & mean.is_not_nan()).sum().alias("count"),
            mean.is_nan().sum().alias("missing")).collect()
        return counts.row(0)

    job(frame.head(1))
    timed(job, warm(x))


def means_duckdb(matrix):
    import duckdb

    x = matrix.load()

    def total(first, last):
        """A sum of columns, as a tree: the depth of an expression has a bound."""
        if last - first == 1:
            return "s%d" % first
        middle = (first + last) // 2
        return "(%s + %s)" % (total(first, middle), total(middle, last))

    base = duckdb.connect(config={"threads": matrix.cores, "temp_directory": SCRATCH})
    columns = {"s%d" % j: x[:, j] for j in range(matrix.ncol)}  # DuckDB finds it by its name
    base.execute("CREATE TABLE x AS SELECT * FROM columns")
    # To DuckDB a NaN is above all numbers; those of NumPy become NULL. A number of its SQL is a
    # decimal one.
    query = ("SELECT count(*) FILTER (mean > '%r'::DOUBLE AND NOT isnan(mean)),"
             " count(*) FILTER (mean IS NULL OR isnan(mean)) FROM (SELECT %s / %d AS mean FROM %%s)"
             % (matrix.threshold, total(0, matrix.ncol), matrix.ncol))
    base.execute(query % "(SELECT * FROM x LIMIT 1)").fetchone()
    timed(lambda: base.execute(query % "x").fetchone(), warm(x))


def race_cupy(matrix, where):
    """`where` the matrix is: on the card, or in pinned or pageable memory."""
    os.environ["CUPY_CACHE_DIR"] = os.path.join(SCRATCH, "cupy")
    import cupy

    import numpy as np

    x, threshold = matrix.load(), matrix.threshold
    if where == "pinned":
        memory = cupy.cuda.alloc_pinned_memory(x.nbytes)
        pinned = np.frombuffer(memory, x.dtype, x.size).reshape(x.shape)
        pinned[...] = x
        x = pinned
    on_card = cupy.asarray(x)

    def job():
        if where != "card":
            on_card.set(x)
        mean = on_card.mean(axis=1)
        return int((mean > threshold).sum()), int(cupy.isnan(mean).sum())

    job()  # compiles
    timed(job, warm(x))


def means_cupy(matrix):
    race_cupy(matrix, "card")


def means_cupy_pinned(matrix):
    race_cupy(matrix, "pinned")


def means_cupy_pageable(matrix):
    race_cupy(matrix, "pageable")


# ---- a step of the study on networks ----


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
            # To optimise graphs of nothing but tasks takes a time that grows with their number squared:
            # of 20,000 minutes.
            tasks.timed(lambda: dask.compute(*[task(i, tasks.seconds) for i in range(tasks.n)],
                                             optimize_graph=False), tasks.n)


def tasks_ray(tasks):
    ray = start_ray(tasks.cores)
    task = ray.remote(sleep_and_return)
    ray.get(task.remote(0, 0.0))
    tasks.timed(
        lambda: ray.get([task.remote(i, tasks.seconds) for i in range(tasks.n)]), tasks.n)


def tasks_ray_batched(tasks):
    ray = start_ray(tasks.cores)

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
        "python-threads": (means_python_threads, []),
        "numpy": (means_numpy, ["numpy"]),
        "numba": (means_numba, ["numpy", "numba"]),
        "numba-prange": (means_numba_prange, ["numpy", "numba"]),
        "polars": (means_polars, ["numpy", "polars"]),
        "duckdb": (means_duckdb, ["numpy", "duckdb"]),
        "multiprocessing": (means_pool, ["numpy"]),
        "dask": (means_dask, ["numpy", "dask"]),
        "ray": (means_ray, ["numpy", "ray"]),
        "mpi4py": (means_mpi4py, ["numpy", "mpi4py"]),
        "cupy": (means_cupy, ["numpy", "cupy"]),
        "cupy-pinned": (means_cupy_pinned, ["numpy", "cupy"]),
        "cupy-pageable": (means_cupy_pageable, ["numpy", "cupy"]),
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
        return available(strategy, *rest)
    read, strategies = WORKS[work]
    strategies[strategy][0](read(*rest))


if __name__ == "__main__":
    main()
