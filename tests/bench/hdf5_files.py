# SPDX-License-Identifier: MIT
"""Files of HDF5 as users have them, written by the libraries that they come from.
hdf5_files.py KIND OUT NGENE NSAMPLE

  network  a frame of pandas, contiguous doubles of 16 digits
  frame    a frame of pandas, float32, deflated
  csr      AnnData, sparse by cell, deflated; csc: by gene; dense: float32, deflated
  loom     as loompy writes it; archs4: uint32 in chunks of 20 genes, deflated"""
import sys

import numpy as np

kind, out, ngene, nsample = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
draw = np.random.default_rng(20261127)
genes = ["GENE%05d" % i for i in range(1, ngene + 1)]
samples = ["CELL%06d-1" % i for i in range(1, nsample + 1)]


def counts():
    """Genes x samples of small numbers, of which most are 0."""
    return draw.negative_binomial(0.3, 0.2, (ngene, nsample))


def frame(values, **options):
    import pandas as pd
    pd.DataFrame(values, genes, samples).to_hdf(out, key="nw", mode="w", **options)


def sparse_by_cell():
    """About a twentieth of the genes in each cell."""
    import scipy.sparse
    found = [np.unique(draw.integers(0, ngene, ngene // 20)) for _ in range(nsample)]
    indptr = np.concatenate([[0], np.cumsum([len(f) for f in found])])
    values = draw.geometric(0.4, indptr[-1]).astype(np.float32)
    return scipy.sparse.csr_matrix((values, np.concatenate(found), indptr), (nsample, ngene))


def annotated(x):
    import anndata
    import pandas as pd
    anndata.AnnData(x, pd.DataFrame(index=samples), pd.DataFrame(index=genes)).write_h5ad(
        out, compression="gzip")


def loom():
    import h5py
    with h5py.File(out, "w") as f:
        f.create_group("attrs")["LOOM_SPEC_VERSION"] = "3.0.0"
        f.create_dataset("matrix", data=counts().astype(np.float32), chunks=(64, 64),
                         compression="gzip", compression_opts=2, shuffle=False)
        f["row_attrs/Gene"] = np.array(genes, dtype=h5py.string_dtype())
        f["col_attrs/CellID"] = np.array(samples, dtype=h5py.string_dtype())
        for group in ("layers", "row_graphs", "col_graphs"):
            f.create_group(group)


def archs4():
    import h5py
    with h5py.File(out, "w") as f:
        f.create_dataset("data/expression", data=counts().astype(np.uint32),
                         chunks=(20, nsample), compression="gzip", shuffle=True)
        f["meta/genes/symbol"] = np.array(genes, dtype=h5py.string_dtype())
        f["meta/samples/geo_accession"] = np.array(samples, dtype=h5py.string_dtype())


{
    "network": lambda: frame(draw.random((ngene, nsample))),
    "frame": lambda: frame(draw.normal(size=(ngene, nsample)).round(3).astype(np.float32),
                           complib="zlib", complevel=1),
    "csr": lambda: annotated(sparse_by_cell()),
    "csc": lambda: annotated(sparse_by_cell().tocsc()),
    "dense": lambda: annotated(counts().T.astype(np.float32)),
    "loom": loom,
    "archs4": archs4,
}[kind]()
