# SPDX-License-Identifier: MIT
"""What gx-time --peers races, as whole processes: from the start of Python to the answer, without
warming up. It prints how many rows have a mean above a threshold, and how many a missing one.

    peers.py versions                                             which they are
    peers.py means STRATEGY FILE.npy ROWS COLUMNS THRESHOLD CORES  of lib/race/peers.py
    peers.py text polars|duckdb FILE.tsv THRESHOLD                from text
"""
import os
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def versions():
    import importlib.metadata

    names = ("numpy", "numba", "polars", "duckdb", "dask", "ray", "mpi4py")
    print("Python %d.%d.%d" % sys.version_info[:3],
          *(f"{name} {importlib.metadata.version(name)}" for name in names), sep=", ")


def means():
    # Into this module, as Ray sends its processes what belongs to the main one.
    path = os.path.join(HERE, "..", "..", "lib", "race", "peers.py")
    with open(path) as source:
        exec(compile(source.read().partition("\nif __name__")[0], path, "exec"), globals())
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
        globals().update(SCRATCH=scratch, warm=lambda x: 0,
                         timed=lambda job, warming=0: print(*job()))
        main()  # noqa: F821


def text_polars(path, threshold):
    import polars as pl
    import polars.selectors as cs

    mean = pl.col("mean")
    print(*pl.scan_csv(path, separator="\t")
          .select(pl.mean_horizontal(cs.numeric()).alias("mean"))
          .select(((mean > threshold) & mean.is_not_nan()).sum().alias("count"),
                  mean.is_nan().sum().alias("missing"))
          .collect().row(0))


def text_duckdb(path, threshold):
    import duckdb

    base = duckdb.connect()
    # A name and type for each column are what read_csv finds by itself.
    table = base.read_csv(path, sep="\t")
    numbers = [f'"{name}"' for name, kind in zip(table.columns, table.types) if kind == "DOUBLE"]
    print(*base.execute(
        f"SELECT count(*) FILTER (mean > '{threshold!r}'::DOUBLE AND NOT isnan(mean)),"
        " count(*) FILTER (mean IS NULL OR isnan(mean))"
        f" FROM (SELECT ({' + '.join(numbers)}) / {len(numbers)} AS mean FROM read_csv($1, sep='\t'))",
        [path]).fetchone())


if __name__ == "__main__":
    if sys.argv[1] == "versions":
        versions()
    elif sys.argv[1] == "text":
        {"polars": text_polars, "duckdb": text_duckdb}[sys.argv[2]](sys.argv[3], float(sys.argv[4]))
    else:
        means()
