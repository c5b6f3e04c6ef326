#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Values through text, GXM and npy and back, bit for bit. Usage: check_formats.py WHAT"""

import os
import random
import struct
import sys
import tempfile
from decimal import Decimal, localcontext
from fractions import Fraction

import oracle

draw = random.Random(oracle.seed(20240611))

AWKWARD = [0.0, -0.0, 1.0, -1.0, 0.1, 0.2, 0.3, 1 / 3, 2 / 3, 5e-324, -5e-324, 1e-323,
           2.2250738585072014e-308, 2.225073858507201e-308, 2.2250738585072011e-308,
           1.7976931348623157e308, -1.7976931348623157e308, 8.98846567431158e307, 1e308,
           2.0 ** 53, 2.0 ** 53 - 1, 2.0 ** 53 + 2, 9007199254740993.0, 2.0 ** 63, 2.0 ** 64,
           1e15, 1e16, 1e17, 123456789012345680.0, 999999999999999.9, 9999999999999998.0,
           1e21, 1e22, 1e23, 9e15, 0.0001, 0.00001, 0.00012345, 1.5e-5, 1e-4, 9.999e-5,
           4.35, 0.5, 123456.789, 284.8333333333333, 0.30000000000000004, 3.1e-311,
           1.1125369292536007e-308, 6.02214076e23, 2.5e-10, 5e-5, 1e100, 1.5e300, 7e-10,
           float("nan"), float("inf"), float("-inf")]


def bits(values):
    return tuple(map(oracle.bits_of, values))


def random_doubles(n):
    """Any bits at all, digits of a few lengths, neighbours of powers."""
    out = []
    for _ in range(n):
        out.append(struct.unpack("<d", draw.randbytes(8))[0])
        out.append(float(f"{draw.randrange(10 ** draw.randrange(1, 18))}e"
                         f"{draw.randrange(-25, 25)}"))
        power = draw.choice([2.0, 10.0]) ** draw.randrange(-300, 300)
        near = struct.unpack("<q", struct.pack("<d", power))[0] + draw.randrange(-2, 3)
        out.append(struct.unpack("<d", struct.pack("<q", near))[0])
    return out


# All rows pass, whatever is in the columns before the last one, which is 0.
PASS = ("gx-threshold", "--pass", "--any", "--below", "-T", "1")


def text_rows(blob):
    lines = blob.decode().split("\n")
    assert lines[-1] == "", "the last line has no end"
    return lines[0].split("\t"), [line.split("\t") for line in lines[1:-1]]


def doubles():
    """text -> GXM -> text -> npy -> GXM -> npy -> text"""
    values = AWKWARD + random_doubles(400)
    values += [0.0] * (-len(values) % 3)
    rows = [[*values[i:i + 3], 0.0] for i in range(0, len(values), 3)]
    names = [f"r{i}" for i in range(len(rows))]
    want = [bits(row) for row in rows]
    flat = b"".join(struct.pack("<4Q", *row) for row in want)
    text = "gene\ta\tb\tc\tzero\n" + "".join(
        name + "".join("\t" + oracle.number_text(v) for v in row) + "\n"
        for name, row in zip(names, rows))
    reprs = "gene\ta\tb\tc\tzero\n" + "".join(
        name + "".join("\t" + repr(v) for v in row) + "\n" for name, row in zip(names, rows))

    def gxm(blob, what):
        s = oracle.gxm_read(blob)[0]
        oracle.expect(s["bits"], want, f"{what}: bits")
        return s

    with tempfile.TemporaryDirectory() as directory:
        npy, path = os.path.join(directory, "m.npy"), os.path.join(directory, "m")

        def put(blob):
            with open(path, "wb") as f:
                f.write(blob)
            return path

        binary = oracle.run(*PASS, "-b", put(reprs.encode()))
        s = gxm(binary, "repr text to GXM")
        oracle.expect((s["names"], s["columns"]), (names, ["a", "b", "c", "zero"]), "names")
        oracle.expect(oracle.run(*PASS, put(binary)).decode(), text, "GXM to text")
        oracle.expect(oracle.run(*PASS, stdin=binary).decode(), text, "GXM pipe to text")
        gxm(oracle.run(*PASS, "-b", put(text.encode())), "our text to GXM")
        gxm(oracle.run(*PASS, "-b", stdin=text.encode()), "our text, a pipe, to GXM")
        csv = oracle.run(*PASS, "-f", "csv", put(binary)).decode()
        oracle.expect(csv, text.replace("\t", ","), "GXM to CSV")
        gxm(oracle.run(*PASS, "-b", put(csv.encode())), "CSV to GXM")
        oracle.run(*PASS, "-o", npy, put(text.encode()))
        with open(npy, "rb") as f:
            blob = f.read()
        oracle.expect(oracle.npy_read(blob), (len(rows), 4, tuple(b for r in want for b in r)),
                      "text to npy")
        s = gxm(oracle.run(*PASS, "-b", npy), "npy to GXM")
        oracle.expect(s["names"][:2], ["g1", "g2"], "names of an npy's rows, once passed")
        gxm(oracle.run(*PASS, "-b", stdin=blob), "npy pipe to GXM")
        # An npy of NumPy's own NaNs, of any bits.
        odd = flat.replace(struct.pack("<Q", oracle.NAN_BITS), struct.pack("<Q", 0xFFF8000000000123))
        gxm(oracle.run(*PASS, "-b", put(oracle.npy_bytes(len(rows), 4, odd))), "odd NaNs in npy")
        digests = set()
        for source in (reprs.encode(), text.encode(), csv.encode(), binary, blob,
                       oracle.npy_bytes(len(rows), 4, odd)):
            for how in ((put(source),), ("-",)):
                record = oracle.run("gx-threshold", "-T", "12", *how, stdin=source if how == ("-",) else b"")
                digests.add(record.decode().splitlines()[1].split("\t")[10])
        oracle.expect(digests, {oracle.matrix_digest(rows)}, "one digest in all formats")
    return 15 * len(rows)


def number_text():
    """Spellings of numbers, each read as the nearest double."""
    spellings = """0 -0 +0 1 +1 -1 .5 5. +.5 -.5 -5. 007 1e5 1E5 1e+5 1e-5 1E-05 2.5E+03 8.58e+003
        1e400 -1e400 1e-400 -1e-400 1e99999999999999999999 1e-99999999999999999999 0e999999
        0.0000000000000000000000000000000000000001 123456789012345678901234567890
        9007199254740993 9007199254740992.999999999999999999999 9007199254740993.000000000000001
        2.2250738585072011e-308 2.2250738585072012e-308 2.47032822920623272e-324 2.4703282292062328e-324
        2.47e-324 1.7976931348623157e308 1.7976931348623158e308 1.7976931348623159e308
        0.1e1 10e-1 100000000000000000000000e-23 1.00000000000000011102230246251565404236316680908203125
        1.00000000000000011102230246251565404236316680908203124
        1.00000000000000011102230246251565404236316680908203126 inf Inf INF -inf +inf -Inf
        infinity Infinity -Infinity +INFINITY iNfInItY -infinity
        8.5894163e+003 6.631236e-10 3.14159265358979323846264338327950288419716939937510582097
        179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880
        """.split()
    for _ in range(1500):
        digits = "".join(draw.choices("0123456789", k=draw.randrange(1, 26)))
        at = draw.randrange(len(digits) + 1)
        text = draw.choice(["", "-", "+"]) + digits[:at] + "." + digits[at:]
        if draw.random() < 0.5:
            text += draw.choice("eE") + draw.choice(["", "-", "+"]) + str(draw.randrange(330))
        spellings.append(text)
    # Exactly half-way between two doubles, and a little beside it.
    with localcontext() as context:
        context.prec = 1200
        for _ in range(150):
            low = struct.unpack("<d", struct.pack("<Q", draw.randrange(1, 0x7FE0000000000000)))[0]
            high = struct.unpack("<d", struct.pack("<Q", oracle.bits_of(low) + 1))[0]
            half = (Fraction(low) + Fraction(high)) / 2
            text = format(Decimal(half.numerator) / Decimal(half.denominator), "f")
            text = text.rstrip("0") if "." in text else text + "."
            spellings += [text, text + "000000000000000000000000000001", text[:-1]]
    rows = [spellings[i:i + 40] for i in range(0, len(spellings), 40)]
    rows[-1] += ["0"] * (40 - len(rows[-1]))
    for quote, delimiter in (("", "\t"), ('"', ","), ("", " ")):
        text = delimiter.join(["gene", *(f"c{j}" for j in range(40)), "zero"]) + "\n" + "".join(
            delimiter.join([f"r{i}", *(quote + s + quote for s in row), "0"]) + "\n"
            for i, row in enumerate(rows))
        s = oracle.gxm_read(oracle.run(*PASS, "-b", stdin=text.encode()))[0]
        oracle.expect(len(s["bits"]), len(rows), "rows")
        for row, got in zip(rows, s["bits"]):
            for spelling, b in zip(row, got):
                if b != oracle.bits_of(float(spelling)):
                    value = struct.unpack("<d", struct.pack("<Q", b))[0]
                    oracle.fail(f"{spelling} was read as {value!r}, not {float(spelling)!r}")
    return 3 * len(spellings)


def not_numbers():
    """What is no number is refused, and the message has its line, field and token."""
    tokens = """- + . -. e5 .e5 1e 1e+ 1x 0x1A 0x1p3 1D3 1,5 1_000 12% $5 1..2 1.2.3 --1 +-1 1e5.5 1e5e5
        infin infinit infinite infinity1 Infinity, +-Infinity nan(1) nane inff NAN1 NA1 nann N/AA
        nul #N/A #VALUE! TRUE abc 1f 1.0f 1l
        ٣ １ −1 1e٣ 1;2 1|2 ' 1' n na. none None NULL0""".split()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "t.tsv")
        for token in tokens:
            for line in (2, 4):
                rows = ["g\t1\t2\t3\n"] * 5
                rows[line - 2] = f"g\t1\t{token}\t3\n"
                with open(path, "w", encoding="utf-8") as f:
                    f.write("gene\ta\tb\tc\n" + "".join(rows))
                import subprocess
                done = subprocess.run([oracle.gx("gx-threshold"), path], capture_output=True,
                                      check=False)
                message = done.stderr.decode()
                want = f"gx-threshold: {path}:{line}:3: not a number: '{token}'"
                if done.returncode != 1 or done.stdout or not message.startswith(want):
                    oracle.fail(f"{token!r}: exit {done.returncode}, stdout {done.stdout!r}, "
                                f"{message!r}, expected {want!r}")
    return 2 * len(tokens)


def missing():
    """Missing in any case, in quotes and out; and empty."""
    tokens = ["NA", "na", "Na", "nA", "NaN", "nan", "NAN", "N/A", "n/a", "null", "NULL", "Null", ""]
    for delimiter, quote in (("\t", ""), (",", ""), ("\t", '"'), (",", '"'), (" ", '"')):
        for token in tokens:
            field = quote + token + quote
            for row in ([field, "2"], ["1", field], [field, field]):
                text = delimiter.join(["gene", "a", "b"]) + "\n" + \
                    delimiter.join(["g", *row]) + "\n"
                got = oracle.run("gx-threshold", "-T", "0", stdin=text.encode()).decode()
                na = [line.split("\t")[3] for line in got.splitlines()[1:]]
                oracle.expect(na, [str(int(f == field)) for f in row], f"{text!r}: na")
    return 5 * len(tokens) * 3


def npy_types():
    """Every number type, byte order, storage order, version and shape of npy."""
    nrow, ncol = 5, 3
    checked = 0
    formats = {"f8": "d", "f4": "f", "i1": "b", "i2": "h", "i4": "i", "i8": "q",
               "u1": "B", "u2": "H", "u4": "I", "u8": "Q"}
    limits = {"i1": (-128, 127), "i2": (-2 ** 15, 2 ** 15 - 1), "i4": (-2 ** 31, 2 ** 31 - 1),
              "i8": (-2 ** 63, 2 ** 63 - 1), "u1": (0, 255), "u2": (0, 2 ** 16 - 1),
              "u4": (0, 2 ** 32 - 1), "u8": (0, 2 ** 64 - 1)}
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "m")
        for name, code in formats.items():
            if name[0] == "f":
                values = [1.5, -0.0, 0.1, 3e38, 1e-45, float("inf"), float("-inf"),
                          float("nan"), 16777217.0, 2.5, 1e-38, -7.25, 1.0, 0.0, 1e10]
            else:
                low, high = limits[name]
                values = [low, high, low + 1, high - 1, 0, 1, high // 2, low // 2]
                values += [draw.randrange(low, high + 1) for _ in range(7)]
            stored = struct.unpack(f"<15{code}", struct.pack(f"<15{code}", *values))
            rows = [list(map(float, stored[3 * i:3 * i + 3])) for i in range(nrow)]
            want = [bits(row) for row in rows]
            for order in "<>|=" if name[1] == "1" else "<>=":
                for fortran in (False, True):
                    for version in (1, 2, 3):
                        sequence = ([stored[3 * i + j] for j in range(ncol) for i in range(nrow)]
                                    if fortran else stored)
                        payload = struct.pack(f"{'>' if order == '>' else '<'}15{code}", *sequence)
                        blob = oracle.npy_bytes(nrow, ncol, payload, order + name, fortran, version)
                        with open(path, "wb") as f:
                            f.write(blob)
                        what = f"{order}{name} {'F' if fortran else 'C'} version {version}"
                        record = oracle.run("gx-threshold", "-T", "12", path).decode().splitlines()[1]
                        oracle.expect(record.split("\t")[10], oracle.matrix_digest(rows), what)
                        checked += 1
                        if version == 1:
                            got = oracle.run(*PASS[:3], "--below", "-T", "1e308", "-b", path)
                            kept = [b for b, row in zip(want, rows) if any(v < 1e308 for v in row)]
                            oracle.expect(oracle.gxm_read(got)[0]["bits"], kept, what + ": bits")
        # Fortran order in parts: rows are gathered from each column.
        rows = [[float(100 * i + j) for j in range(6)] for i in range(20)]
        payload = struct.pack("<120d", *(rows[i][j] for j in range(6) for i in range(20)))
        with open(path, "wb") as f:
            f.write(oracle.npy_bytes(20, 6, payload, fortran=True))
        text = b"".join(oracle.run("gx-means", "-H", "-p", f"{k}/7", path) for k in range(1, 8))
        oracle.expect(text, oracle.run("gx-means", "-H", path), "parts of Fortran order")
        # One dimension is one column.
        payload = struct.pack("<4d", 1, 2, 3, 4)
        for shape in ("(4,)", "(4, 1)"):
            blob = oracle.npy_bytes(4, 1, payload, shape=shape)
            oracle.expect(oracle.run("gx-means", stdin=blob), b"gene\tmean\ng1\t1\ng2\t2\ng3\t3\ng4\t4\n",
                          f"shape {shape}")
        blob = oracle.npy_bytes(0, 3, b"")
        oracle.expect(oracle.run("gx-means", stdin=blob), b"gene\tmean\n", "no rows")
    return checked + 4


def means():
    """Means of random rows: lanes, tree and missing values, bit for bit."""
    checked = 0
    for ncol in [*range(1, 20), 23, 31, 32, 33, 63, 64, 65, 100, 129]:
        rows = [[draw.choice([draw.uniform(-1e6, 1e6), draw.lognormvariate(0, 20), 1e-300,
                              float(draw.randrange(1000))]) for _ in range(ncol)]
                for _ in range(6)]
        holes = [[draw.choice([v, v, v, float("nan")]) for v in row] for row in rows]
        holes.append([float("nan")] * ncol)
        holes.append([-0.0] * ncol)
        holes.append([float("inf")] * ncol)
        holes.append([float("inf"), float("-inf"), 1.0][:ncol] + [2.0] * (ncol - 3))
        for data in (rows, holes):
            flat = [v for row in data for v in row]
            blob = oracle.npy_bytes(len(data), ncol, struct.pack(f"<{len(flat)}d", *flat))
            for options in ((), ("--skip-na",), ("--with-n",), ("--skip-na", "--with-n")):
                got = oracle.gxm_read(oracle.run("gx-means", "-b", *options, stdin=blob))[0]
                skip = "--skip-na" in options
                want = [bits([oracle.mean_of(row, skip)] + (
                    [float(sum(v == v for v in row))] if "--with-n" in options else []))
                    for row in data]
                oracle.expect(got["bits"], want, f"{ncol} columns {options}")
                oracle.expect(got["columns"], ["mean", "n"][:1 + ("--with-n" in options)], "names")
                checked += len(data)
    return checked


oracle.finish({"doubles": doubles, "number-text": number_text, "not-numbers": not_numbers,
               "missing": missing, "npy-types": npy_types, "means": means}[sys.argv[1]]())
