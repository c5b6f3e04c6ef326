#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""npy in: how its header may be written, orders, parts and pipes, and what is refused.
Types and damage in general are check_formats.py's. Usage: check_npy.py WHAT"""

import os
import random
import struct
import subprocess
import sys
import tempfile

import oracle

draw = random.Random(oracle.seed(19))


def blob(header, payload, version=1, pad=True):
    """An npy file whose header is this text."""
    before = 10 if version == 1 else 12
    if pad:
        header += " " * (-(before + len(header) + 1) % 64) + "\n"
    text = header.encode()
    return b"\x93NUMPY" + bytes([version, 0]) + \
        struct.pack("<H" if version == 1 else "<I", len(text)) + text + payload


SIX = struct.pack("<6d", 1, 2, 3, 4, 5, 7)
MEANS = b"gene\tmean\ng1\t2\ng2\t5.333333333333333\n"


def headers():
    """Spellings of one header, each read as the same 2 x 3."""
    texts = ["{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }",
             "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}",
             "{'shape': (2, 3), 'fortran_order': False, 'descr': '<f8'}",
             "{'descr':'<f8','fortran_order':False,'shape':(2,3)}",
             "{ 'descr' : '<f8' , 'fortran_order' : False , 'shape' : ( 2 , 3 , ) , }",
             "{'descr': '=f8', 'fortran_order': False, 'shape': (2, 3), }",
             "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }" + " " * 3000]
    checked = 0
    for text in texts:
        for version in (1, 2, 3):
            for pad in (True, False):
                oracle.expect(oracle.run("gx-means", stdin=blob(text, SIX, version, pad)), MEANS,
                              f"{text!r}, version {version}")
                checked += 1
    # A header of 100 KB needs version 2.
    long = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }" + " " * 100000
    oracle.expect(oracle.run("gx-means", stdin=blob(long, SIX, 2)), MEANS, "a long header")
    return checked + 1


def orders():
    """C and Fortran order of one matrix, larger than what is turned at once: the same rows,
    digest and parts from file and pipe."""
    checked = 0
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "m.npy")
        os.environ["TMPDIR"] = directory
        for nrow, ncol in ((1, 1), (1, 9), (9, 1), (7, 5), (300, 41), (20000, 60)):
            big = nrow * ncol > 1 << 17
            rows = [[float((i * 31 + j * 17) % 1009) for j in range(ncol)] for i in range(nrow)]
            code, descr = ("d", "<f8") if big else draw.choice([("d", "<f8"), ("f", "<f4"),
                                                               ("H", "<u2")])
            flat = [v for row in rows for v in row]
            turned = [v for column in zip(*rows) for v in column]
            kind = int if code == "H" else float
            c, f = (oracle.npy_bytes(nrow, ncol, struct.pack(f"<{len(x)}{code}", *map(kind, x)), descr,
                                     fortran) for x, fortran in ((flat, False), (turned, True)))
            what = f"{nrow} x {ncol} {descr}"
            want = oracle.run("gx-convert", stdin=c)
            text = "".join(f"g{i}\t" + "\t".join(map(oracle.number_text, row)) + "\n"
                           for i, row in enumerate(rows, 1))
            oracle.expect(want.split(b"\n", 1)[1] == text.encode(), True, f"{what}: text")
            for name, data in (("C", c), ("Fortran", f)):
                with open(path, "wb") as file:
                    file.write(data)
                for threads in ("1", "4"):
                    oracle.expect(oracle.run("gx-convert", "-t", threads, path) == want, True,
                                  f"{what}, {name}, file")
                    oracle.expect(oracle.run("gx-convert", "-t", threads, stdin=data) == want, True,
                                  f"{what}, {name}, pipe")
                record = oracle.run("gx-threshold", "-T", "500", path)
                oracle.expect(oracle.run("gx-threshold", "-T", "500", stdin=data), record,
                              f"{what}, {name}: the record of a pipe")
                for n in (2, 5):
                    for how in ("file", "pipe"):
                        given = ([path], b"") if how == "file" else ([], data)
                        records = b"".join(
                            oracle.run("gx-threshold", "-T", "500", "-p", f"{k}/{n}", *given[0],
                                       stdin=given[1]) for k in range(1, n + 1))
                        oracle.expect(oracle.run("gx-reduce", stdin=records), record,
                                      f"{what}, {name}: {n} parts, {how}")
                checked += 8
            oracle.expect(sorted(os.listdir(directory)), ["m.npy"], "nothing is left in TMPDIR")
    return checked


def refused(data, message, what):
    with tempfile.TemporaryDirectory() as directory:
        with open(os.path.join(directory, "m"), "wb") as f:
            f.write(data)
        for name, command, stdin in (("m", ["m"], b""), ("<stdin>", [], data)):
            done = subprocess.run([oracle.gx("gx-means"), *command], input=stdin, cwd=directory,
                                  capture_output=True, check=False)
            text = message if isinstance(message, str) else message[name == "<stdin>"]
            oracle.expect((done.returncode, done.stderr.decode()),
                          (1, f"gx-means: {name}: {text}\n"), what)


def errors():
    good = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }"

    def changed(old, new):
        assert old in good
        return blob(good.replace(old, new), SIX)

    again = ": write it again with np.save"
    right = blob(good, SIX)
    wrong = [
        (changed("'descr'", "'dtype'"), "npy: its 'descr' is no plain number type" + again),
        (changed("'<f8'", "[('a', '<f8')]"), "npy: records of several fields are not read: write "
         "them as columns: np.save('x.npy', np.lib.recfunctions.structured_to_unstructured("
         "np.load('FILE'), 'f8')) (import numpy.lib.recfunctions)"),
        (changed("<f8", "<f2"), "npy: values of type '<f2', no plain numbers, are not read: convert them in "
         "NumPy: np.save('x.npy', np.load('FILE').astype('f8'))"),
        (changed("<f8", "<c16"), "npy: values of type '<c16', complex numbers, are not read: convert them in "
         "NumPy: np.save('x.npy', np.load('FILE').real.astype('f8'))"),
        (changed("<f8", "|b1"), "npy: values of type '|b1', no plain numbers, are not read: convert them in "
         "NumPy: np.save('x.npy', np.load('FILE').astype('f8'))"),
        (changed("<f8", "<M8[ns]"), None),
        (changed("False", "false"), "npy: its 'fortran_order' is neither True nor False" + again),
        (changed("'shape'", "'size'"), "npy: its 'shape' is missing" + again),
        (changed("(2, 3)", "(2, x)"), "npy: its 'shape' is damaged" + again),
        (changed("(2, 3)", "(-2, 3)"), "npy: its 'shape' is damaged" + again),
        (changed("(2, 3)", "(1, 2, 3)"), "npy: a matrix has two dimensions, genes and samples: "
         "reshape it in NumPy"),
        (changed("(2, 3)", "()"), "npy: a matrix has two dimensions, genes and samples: reshape "
         "it in NumPy"),
        (changed("(2, 3)", "(2, 0)"), "npy: no columns" + again),
        (changed("(2, 3)", "(9000000000000000000, 3)"), "npy: its shape is larger than any file" +
         again),
        (changed("(2, 3)", "(2, 9000000000000)"), "npy: more columns than there can be" + again),
        (right[:6] + b"\x04" + right[7:], "npy: a version that is not known (1, 2 and 3 are)" + again),
        (b"\x93NUMPX" + right[7:], "npy: damaged in its first bytes" + again),
        (right[:11], "npy: damaged in its first bytes" + again),
        (right[:60], "npy: cut off within its header" + again),
        (b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + right[12:], "npy: its header is damaged" + again),
        (right + b"x", ("npy: 177 bytes where its header asks for 176: bytes follow the array: write "
                        "it again", "npy: bytes follow the array: one npy file is one matrix")),
        (right[:-1], ("npy: 175 bytes where its header asks for 176: cut off: write it again",
                      "npy: cut off: rows from 1 on are missing: write it again")),
        (changed("False", "True ")[:-1],
         ("npy: 175 bytes where its header asks for 176: cut off: write it again",
          "npy: cut off" + again)),
    ]
    for data, message in wrong:
        if message is None:
            oracle.run("gx-means", stdin=data, code=1)
        else:
            refused(data, message, message)
    return len(wrong)


oracle.finish({"headers": headers, "orders": orders, "errors": errors}[sys.argv[1]]())
