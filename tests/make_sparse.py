#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes files of AnnData with one sparse matrix of 3,000 cells x 2,000 genes, half of it stored,
in the present directory, and m.npy, the same as genes x cells. Needs h5py."""

import h5py
import numpy as np

CELLS, GENES = 3000, 2000
GZIP = {"compression": "gzip", "compression_opts": 1}


def entries(matrix, order):
    lines = matrix if order == "csr" else matrix.T
    kept = lines != 0
    indptr = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
    return lines[kept], np.nonzero(kept)[1].astype(np.int32), indptr


def write(name, order, data, indices, indptr, **storage):
    with h5py.File(name + ".h5ad", "w") as f:
        x = f.create_group("X")
        x.attrs["encoding-type"] = order + "_matrix"
        x.attrs["shape"] = (CELLS, GENES)
        x.create_dataset("data", data=data, **storage)
        x.create_dataset("indices", data=indices, **storage)
        x.create_dataset("indptr", data=indptr)
        for group, n, letters in (("obs", CELLS, "cell"), ("var", GENES, "gene")):
            g = f.create_group(group)
            g.attrs["_index"] = "_index"
            names = [f"{letters}{i + 1}" for i in range(n)]
            g.create_dataset("_index", data=names, dtype=h5py.string_dtype("utf-8"))


def damage(name):
    """Changes bytes of a chunk in the middle of data."""
    with h5py.File(name + ".h5ad", "r") as f:
        dataset = f["X/data"]
        chunk = dataset.id.get_chunk_info(dataset.id.get_num_chunks() // 2)
    with open(name + ".h5ad", "r+b") as f:
        f.seek(chunk.byte_offset + chunk.size // 2)
        f.write(b"\xa5" * 200)


def main():
    rng = np.random.default_rng(1)
    matrix = rng.integers(1, 200, (CELLS, GENES)).astype(np.float32) / 8
    matrix[rng.random(matrix.shape) < 0.5] = 0
    np.save("m.npy", np.ascontiguousarray(matrix.T.astype(np.float64)))
    csr, csc = entries(matrix, "csr"), entries(matrix, "csc")
    write("csr", "csr", *csr, chunks=(70000,), **GZIP)
    write("csc", "csc", *csc, chunks=(30011,), shuffle=True, fletcher32=True, **GZIP)
    write("contiguous", "csr", *csr)
    write("small_chunks", "csr", *csr, chunks=(1000,))
    data, indices, indptr = csr
    wide = data.astype(np.float64), indices.astype(np.uint64), indptr.astype(np.int32)
    write("wide", "csr", *wide, chunks=(500000,), **GZIP)

    # Gene 1501 of cell 8 comes twice, in place of the entry behind it.
    for name, order, (data, indices, indptr), line, index in (
        ("csr", "csr", csr, 7, 1500),
        ("csc", "csc", csc, 1500, 7),
    ):
        changed = indices.copy()
        at = indptr[line] + np.searchsorted(indices[indptr[line] : indptr[line + 1]], index)
        changed[at] = changed[at + 1] = index
        write(name + "_twice", order, data, changed, indptr, chunks=(70000,), **GZIP)
        changed[at] = CELLS if order == "csc" else GENES
        write(name + "_beyond", order, data, changed, indptr, chunks=(70000,), **GZIP)
        write(name + "_damaged", order, data, indices, indptr, chunks=(70000,), **GZIP)
        damage(name + "_damaged")


if __name__ == "__main__":
    main()
