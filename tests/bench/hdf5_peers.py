# SPDX-License-Identifier: MIT
"""HDF5 read by the libraries that users have. hdf5_peers.py HOW FILE [means]

  versions     which they are
  frame-csv    pandas: the frame as TSV; cells-csv: anndata: genes x cells as TSV
  frame        pandas: the frame, in memory
  csr          anndata: dense rows of doubles, genes first, on standard output; csc, dense
  PATH         h5py: all values of that dataset, in memory

means: instead of the rows, the mean of each."""
import sys

how = sys.argv[1]
means = sys.argv[3:] == ["means"]


def put(rows):
    """Rows of doubles, or their means."""
    for row in rows:
        if means:
            print(repr(float(row.mean())))
        else:
            sys.stdout.buffer.write(row.tobytes())


def versions():
    import importlib.metadata
    import h5py
    print("Python %d.%d.%d" % sys.version_info[:3],
          *(f"{name} {importlib.metadata.version(name)}" for name in
            ("pandas", "tables", "anndata", "scipy", "h5py")),
          "HDF5 " + h5py.version.hdf5_version, sep=", ")


def sparse_rows(x):
    import numpy as np
    genes = x.T.tocsr()
    for i in range(genes.shape[0]):
        row = np.zeros(genes.shape[1])
        at = slice(genes.indptr[i], genes.indptr[i + 1])
        row[genes.indices[at]] = genes.data[at]
        yield row


def dense_rows(x):
    import numpy as np
    for i in range(0, x.shape[1], 256):  # a gene at a time takes longer
        yield from np.ascontiguousarray(x[:, i:i + 256].T, dtype=np.float64)


def values():
    if how == "frame":
        import pandas
        return pandas.read_hdf(sys.argv[2]).to_numpy()
    import h5py
    with h5py.File(sys.argv[2]) as f:
        return f[how][:]


if how == "versions":
    versions()
elif how == "frame-csv":
    import pandas
    pandas.read_hdf(sys.argv[2]).to_csv(sys.stdout, sep="\t")
elif how in ("cells-csv", "csr", "csc", "dense"):
    import anndata
    cells = anndata.read_h5ad(sys.argv[2])
    if how == "cells-csv":
        cells.to_df().T.to_csv(sys.stdout, sep="\t")
    else:
        put(dense_rows(cells.X) if how == "dense" else sparse_rows(cells.X))
else:
    all_values = values()
    if means:
        put(all_values.astype("float64"))
