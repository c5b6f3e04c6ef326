# SPDX-License-Identifier: MIT
"""
Small HDF5 files in the working directory, of forms that the reference files in hdf5/ do not have:
columns of obs and var of every kind, damaged ones, odd sparse matrices, 10x with and without kinds
of features, loom of several versions. All of 4 genes x 3 samples; hdf5_cells.bats reads them.
"""
import h5py
import numpy as np

GENES = ["g%d" % i for i in range(4)]
CELLS = ["c%d" % i for i in range(3)]
X = np.arange(12.0).reshape(3, 4)  # cells x genes
TEXT = h5py.special_dtype(vlen=str)
REFERENCE = h5py.special_dtype(ref=h5py.Reference)


def texts(group, name, names):
    return group.create_dataset(name, data=np.array(names, dtype=object), dtype=TEXT)


def frame(h, name, names):
    g = h.create_group(name)
    g.attrs["_index"] = "_index"
    texts(g, "_index", names)
    return g


def h5ad(name, x=X):
    h = h5py.File(name, "w")
    if x is not None:
        h["X"] = x
    frame(h, "obs", CELLS)
    frame(h, "var", GENES)
    return h


def categorical(group, name, codes, categories=("a", "b")):
    g = group.create_group(name)
    texts(g, "categories", list(categories))
    g["codes"] = np.array(codes, "i1")
    return g


def columns():
    with h5ad("columns.h5ad") as h:
        var = h["var"]
        g = var.create_group("masked")
        texts(g, "values", GENES)
        g["mask"] = np.array([False, False, True, False])
        categorical(var, "missing", [0, 1, -1, 0])
        categorical(var, "beyond", [0, 1, 2, 0])
        g = categorical(var, "nullable", [0, 1, 1, 0])
        del g["categories"]
        texts(g, "categories/values", ["a", "b"])
        g["categories/mask"] = np.zeros(2, bool)
        var["entrez"] = np.array([5, 7, 100, 3])
        var["embedding"] = np.zeros((4, 2))
        var["short"] = np.array([1, 2, 3])
        d = var.create_dataset("dangling", data=np.array([0, 1, 1, 0], "i1"))
        d.attrs["categories"] = "not a reference"
        d = var.create_dataset("old", data=np.array([1, 0, 0, 1], "i1"))
        d.attrs.create("categories", texts(var, "__categories/old", ["p", "q"]).ref, dtype=REFERENCE)
        h["obsm/X_pca"] = np.zeros((3, 2))
        h["layers/elsewhere"] = h5py.ExternalLink("another.h5", "/a")
    with h5ad("no_names.h5ad") as h:
        del h["var/_index"], h["obs"]
        h["var/symbol"] = np.array([b"a", b"b", b"c", b"d"])
        h["obs/well"] = np.array([b"x", b"y", b"z"])
    with h5py.File("before07.h5ad", "w") as h:  # records, and categories beside them
        h["X"] = X
        h["obs"] = np.array([(b"c%d" % i,) for i in range(3)], [("index", "S4")])
        rows = [(b"g%d" % i, 0, i, b"t", -1) for i in range(4)]
        h["var"] = np.array(rows, [("index", "S4"), ("k", "i1"), ("number", "i8"), ("text", "S3"), ("gone", "i1")])
        h["uns/k_categories"], h["uns/text_categories"] = "only", np.array([b"a"])
        h["uns/gone_categories"] = np.array([b"a"])
        h["raw.X"], h["raw.var"] = X * 2, h["var"][()]
        h["raw.cat/k_categories"] = np.array([b"raw"])


def sparse(name, shape=(3, 4), kind="csr_matrix", **parts):
    with h5ad(name, None) as h:
        g = h.create_group("X")
        if kind:
            g.attrs["encoding-type"] = kind
        if shape:
            g.attrs["shape"] = np.array(shape)
        have = dict(data=np.arange(3.0), indices=np.arange(3), indptr=np.arange(4))
        have.update(parts)
        for key, value in have.items():
            if value is not None:
                g[key] = value


def matrices():
    sparse("no_shape.h5ad", None)
    sparse("no_kind.h5ad", kind=None)
    sparse("no_data.h5ad", data=None)
    sparse("float_indptr.h5ad", indptr=np.arange(4.0))
    sparse("flat_data.h5ad", data=np.zeros((3, 1)))
    sparse("no_indptr.h5ad", indptr=np.array([], "i4"))
    sparse("turned.h5ad", (4, 3))
    sparse("negative.h5ad", (-1, 4))
    for name, x in ("text.h5ad", np.array([[b"x"] * 4] * 3)), ("vector.h5ad", np.arange(3.0)), ("none.h5ad", None):
        h5ad(name, x).close()
    with h5ad("soft.h5ad", None) as h:
        h["kept/X"], h["X"] = X, h5py.SoftLink("/kept/X")
    with h5py.File("one.h5mu", "w") as h:
        h.attrs["encoding-type"] = "MuData"
        h["mod/rna/X"], h["mod/extra"] = X, np.arange(3)
        frame(h, "mod/rna/obs", CELLS)
        frame(h, "mod/rna/var", GENES)
    with h5py.File("none.h5mu", "w") as h:
        h.attrs["encoding-type"] = "MuData"
    with h5py.File("many.h5", "w") as h:  # more groups than a file of 10x version 2 has
        for i in range(300):
            h.create_group("g%d" % i)
        h["m"] = X


def tenx(name, kinds=None, **parts):
    with h5py.File(name, "w") as h:
        g = h.create_group("matrix")
        have = dict(data=np.arange(1, 4), indices=np.arange(3), indptr=np.arange(4), shape=np.array([4, 3], "i4"),
                    barcodes=np.array([c.encode() for c in CELLS]))
        have.update(parts)
        for key, value in have.items():
            g[key] = value
        f = g.create_group("features")
        f["id"], f["name"] = np.array([b"a", b"b", b"c", b"d"]), np.array([b"A", b"B", b"C", b"D"])
        if kinds:
            f["feature_type"] = np.array(kinds)


def others():
    kinds = [b"Gene Expression", b"Peaks", b"Gene Expression", b"Custom"]
    tenx("kinds.h5", kinds)
    tenx("one_kind.h5", [b"Peaks"] * 4)
    tenx("no_kinds.h5")
    tenx("empty_kind.h5", [b"Peaks", b"", b"Peaks", b"Peaks"])
    tenx("few_kinds.h5", [b"Peaks"])
    tenx("bad_shape.h5", shape=np.array([4, -3]))
    tenx("huge_shape.h5", shape=np.array([2 ** 40, 3]))
    tenx("few_barcodes.h5", barcodes=np.array([b"x"]))
    rows = [b"&#945;&lt;b&gt;&amp;amp;", b"&#0;&#10;&#55296;&#1114112;", b"&quot;& &; &#12", b"&#128512;&#233;&#8364;"]
    for name, dataset, attribute in (("loom2.loom", None, "2.0.1"), ("loom3.loom", "3.0.0", None), ("loom0.loom", None, None)):
        with h5py.File(name, "w") as h:
            h["matrix"], h["row_attrs/Gene"], h["col_attrs/CellID"] = X.T, np.array(rows), np.array([b"x", b"y", b"z"])
            h["row_attrs/map"] = np.zeros((4, 2))
            if dataset:
                h["attrs/LOOM_SPEC_VERSION"] = dataset
            if attribute:
                h.attrs["LOOM_SPEC_VERSION"] = attribute
    with h5py.File("archs4.h5", "w") as h:
        h["data/expression"], h["meta/genes"] = np.zeros((3, 4), "i4"), np.array([b"a", b"b", b"c"])
        h["meta/Sample_geo_accession"], h["meta/Sample_title"] = np.array([b"a"] * 4), np.array([b"r", b"s", b"t"])
        h["meta/gene_symbols"] = np.array([b"w", b"x", b"y", b"z"])
    with h5py.File("blanks.gctx", "w") as h:
        h["0/DATA/0/matrix"] = X.astype("f4")
        h["0/META/ROW/id"], h["0/META/COL/id"] = np.array([b"a   ", b"b", b" c  ", b"d"]), np.array([1, 2, 3])


columns()
matrices()
others()
