#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Plain files of HDF5, as h5py, netCDF, R and MATLAB have them, for hdf5_plain.bats: which matrix
is read, what names it, and which way it lies. The matrix is 5 x 3, its values 0 to 14 row by row.
Usage: make_plain.py, in the folder where they are to be"""

import h5py
import numpy as np

X = np.arange(15.0).reshape(5, 3)
MATLAB = "MATLAB_class"


def texts(letter, n):
    return np.array([f"{letter}{i + 1}".encode() for i in range(n)])


def write(name, members):
    with h5py.File(name, "w") as f:
        for path, values in members.items():
            f[path] = values


def of_matlab(name, path, values, kind, **more):
    with h5py.File(name, "w") as f:
        f[path] = values
        f[path].attrs[MATLAB] = np.bytes_(kind)
        for key, value in more.items():
            f[key] = value
            f[key].attrs[MATLAB] = np.bytes_("cell")


def scale(f, path, dimension, name, values, text):
    f[name] = values
    f[name].make_scale(text)
    f[path].dims[dimension].attach_scale(f[name])


def several():
    write("group.h5", {"a/m": X, "a/genes": texts("n", 5), "a/samples": texts("c", 3),
                       "genes": texts("z", 5)})
    write("tab.h5", {"m": X, "genes": np.array([b"a\tb", *texts("n", 4)])})
    write("control.h5", {"m\x1b[31m": X, "other": X})
    write("deep.h5", {"d/" * 20 + "m": X})
    with h5py.File("alias.h5", "w") as f:
        f["real/m"] = X
        f["alias"] = h5py.SoftLink("/real/m")
    with h5py.File("flat.h5", "w") as f:
        f["z"] = X
        for i in range(10100):
            f.create_group(f"g{i:05d}")
    with h5py.File("many.h5", "w") as f:
        f["m"] = X
        for i in range(40):
            group = f.create_group(f"g{i}")
            for j in range(260):
                group.create_group(str(j))


def names():
    write("two_lists.h5", {"m": X, "gene_names": texts("n", 5), "gene_ids": texts("i", 5),
                           "cells": texts("c", 3)})
    write("one_fits.h5", {"m": X, "gene_names": texts("n", 9), "gene_ids": texts("i", 5),
                          "cells": texts("c", 3)})
    write("short_names.h5", {"m": X, "genes": texts("n", 4), "samples": texts("c", 3)})
    write("short_samples.h5", {"m": X, "genes": texts("n", 5), "samples": texts("c", 2)})
    write("tissue.h5", {"m": X, "genes": texts("n", 5), "tissue": texts("t", 3)})
    write("described.h5", {"m": X, "genes": texts("n", 5), "about": texts("a", 5)})
    write("numbers.h5", {"m": X, "genes": np.array([6708, 7, 8, 9, 10]), "samples": texts("s", 3)})
    write("network.h5", {"nw": np.eye(4), "genes": texts("n", 4)})
    with h5py.File("scale.h5", "w") as f:
        f["m"] = X
        scale(f, "m", 0, "id", texts("q", 5), "id")
    with h5py.File("netcdf.h5", "w") as f:
        f["m"] = X
        scale(f, "m", 0, "gene", np.zeros(5, ">f4"),
              "This is a netCDF dimension but not a netCDF variable.         5")


def turned():
    of_matlab("double.mat", "e", X, "double")
    of_matlab("logical.mat", "e", (X > 4).astype("u1"), "logical")
    of_matlab("char.mat", "c", np.zeros((2, 6), "u2"), "char")
    of_matlab("cell.mat", "e", X, "double", names=np.zeros((1, 3), "u8"))
    of_matlab("complex.mat", "z", np.zeros((2, 6), [("real", "f8"), ("imag", "f8")]), "double")
    with h5py.File("sparse.mat", "w") as f:
        f["s/data"], f["s/ir"], f["s/jc"] = np.ones(2), np.arange(2), np.arange(3)
        f["s"].attrs[MATLAB], f["s"].attrs["MATLAB_sparse"] = np.bytes_("double"), np.uint64(5)
    with h5py.File("r_network.h5", "w") as f:
        f["m"], f["rownames"] = np.arange(9.0).reshape(3, 3), texts("r", 3)
        f["m"].attrs["rhdf5-NA.OK"] = np.array([1], "i4")


several()
names()
turned()
