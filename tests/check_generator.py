#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gx-simulate against the generator written once more (oracle.philox), and against the
distributions. Usage: check_generator.py WHAT"""

import math
import operator
import struct
import sys
from decimal import Decimal, getcontext
from statistics import NormalDist

import oracle

getcontext().prec = 60

DISTRIBUTIONS = {
    "exponential": [],
    "uniform": [],
    "normal": ["--mean", "-3", "--sd", "2.5"],
    "lognormal": ["--mean", "1", "--sd", "1.5"],
    "nbinom": ["--mean", "50", "--sd", "1", "--dispersion", "0.3"],
    "nbinom ": ["--mean", "7", "--sd", "0.5", "--dispersion", "0"],
    "exponential ": ["--modules", "3"],
    "normal ": ["--modules", "1", "--strength", "0.7"],
    "nbinom  ": ["--modules", "2", "--strength", "0.4"],
}


def simulate(dist, *options):
    return oracle.run("gx-simulate", "--dist", dist.strip(), *options)


def values(dist, *options):
    """The rows of a simulation, from its npy form."""
    nrow, ncol, bits = oracle.npy_read(simulate(dist, *options, "-f", "npy"))
    flat = struct.unpack(f"<{nrow * ncol}d", struct.pack(f"<{nrow * ncol}Q", *bits))
    return [flat[i * ncol:(i + 1) * ncol] for i in range(nrow)]


def ulps(got, exact):
    """The distance of a double from an exact Decimal, in units of its last place."""
    return abs(Decimal(got) - exact) / Decimal(math.ulp(got))


def known_answers():
    full = 0xFFFFFFFF
    for counter, key, want in (
            ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
            ((full,) * 4, (full,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
            ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0),
             (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1))):
        oracle.expect(tuple(oracle.philox(counter, key)), want, f"philox {counter} {key}")
    return 3


def cells():
    """Every cell is the one function of seed, row and column."""
    checked = 0
    shapes = [(1, 1, 1), (1, 5, 7), (0, 3, 2), (2 ** 64 - 1, 4, 9), (12345678901234567, 9, 1),
              (42, 3, 33), (1, 2, 257)]
    for seed, nrow, ncol in shapes:
        options = ("-s", seed, "-n", nrow, "-m", ncol)
        u = [[oracle.uniform(seed, i, j) for j in range(ncol)] for i in range(nrow)]
        for scale in (10.0, 1.0, 0.3):
            rows = values("uniform", *options, "--scale", scale)
            oracle.expect(rows, [tuple(scale * x for x in row) for row in u],
                          f"uniform {options} scale {scale}")
        exponential = values("exponential", *options, "--scale", 1)
        ten = values("exponential", *options)
        normal = values("normal", *options)
        shifted = values("normal", *options, "--mean", -3, "--sd", 2.5)
        lognormal = values("lognormal", *options)
        for i in range(nrow):
            for j in range(ncol):
                checked += 5
                where = f"seed {seed} row {i} column {j}"
                e, z = exponential[i][j], normal[i][j]
                if ulps(e, -Decimal(u[i][j]).ln()) > 1:
                    oracle.fail(f"{where}: {e!r} is not -ln {u[i][j]!r}")
                oracle.expect(ten[i][j], 10 * e, f"{where}: exponential of scale 10")
                if abs(z - NormalDist().inv_cdf(u[i][j])) > 4e-15 * max(1, abs(z)):
                    oracle.fail(f"{where}: {z!r} is not the normal quantile of {u[i][j]!r}")
                oracle.expect(shifted[i][j], -3 + 2.5 * z, f"{where}: normal of -3, 2.5")
                if ulps(lognormal[i][j], Decimal(z).exp()) > 1:
                    oracle.fail(f"{where}: {lognormal[i][j]!r} is not exp {z!r}")
    # The row's number has 64 bits, of which a part reaches any.
    for n in (2 ** 33, 2 ** 33 + 5, 10 ** 12):
        for k in (n, n // 2, 2 ** 32 + 1, 2 ** 32):
            row = values("uniform", "-n", n, "-m", 3, "--part", f"{k}/{n}", "--scale", 1)
            oracle.expect(row, [tuple(oracle.uniform(1, k - 1, j) for j in range(3))],
                          f"row {k - 1} of {n}")
            checked += 1
    return checked


def parts():
    """Part K of N has the rows of the whole, and the digests add up."""
    checked = 0
    for dist, parameters in DISTRIBUTIONS.items():
        for nrow, ncol in ((57, 7), (7, 50)):
            shape = (*parameters, "-n", nrow, "-m", ncol, "-s", 5)
            whole = oracle.gxm_read(simulate(dist, *shape, "-b"))[0]
            threads = simulate(dist, *shape, "-b", "-t", 4)
            oracle.expect(oracle.gxm_read(threads)[0], whole, f"{dist}: 4 threads")
            text = simulate(dist, *shape).decode().splitlines(keepends=True)
            header = "gene" + "".join(f"\ts{j + 1}" for j in range(ncol)) + "\n"
            oracle.expect(text[0], header, f"{dist}: header")
            for n in (1, 3, 7) if oracle.SANITIZED else (1, 2, 3, 7, 100):
                if nrow == 7 and n == 100:
                    continue
                bits, lines, digest = [], [], 0
                for k in range(1, n + 1):
                    part = simulate(dist, *shape, "-b", "-p", f"{k}/{n}")
                    segment = oracle.gxm_read(part)[0]
                    oracle.expect(segment["first"], len(bits), f"{dist} {k}/{n}: first row")
                    oracle.expect(segment["whole"], nrow, f"{dist} {k}/{n}: rows of the whole")
                    oracle.expect((segment["identity"], segment["provenance"]),
                                  (whole["identity"], whole["provenance"]), f"{dist} {k}/{n}")
                    size = nrow // n + (k <= nrow % n)
                    oracle.expect(len(segment["bits"]), size, f"{dist} {k}/{n}: rows")
                    bits += segment["bits"]
                    digest += segment["digest"]
                    lines.append(simulate(dist, *shape, "-H", "-p", f"{k}/{n}").decode())
                    checked += 1
                oracle.expect(bits, whole["bits"], f"{dist}: the rows of {n} parts")
                oracle.expect(digest & oracle.MASK, whole["digest"], f"{dist}: digests of {n}")
                oracle.expect("".join(lines), "".join(text[1:]), f"{dist}: text of {n} parts")
    return checked


def identity():
    """The identity is of generator, distribution, parameters, seed, genes and samples."""
    seen = {}
    for options in ((), ("-s", 2), ("-n", 5), ("-m", 5), ("--dist", "uniform"),
                    ("--scale", 11), ("--dist", "normal"), ("--dist", "normal", "--mean", 1),
                    ("--dist", "normal", "--sd", 2), ("--dist", "lognormal"),
                    ("--dist", "nbinom"), ("--dist", "nbinom", "--mean", 7),
                    ("--dist", "nbinom", "--sd", 1), ("--dist", "nbinom", "--dispersion", 1),
                    ("--modules", 1), ("--modules", 2), ("--modules", 2, "--strength", 0.3),
                    ("--modules", 2, "--dist", "normal")):
        command = ("gx-simulate", "-b", "-n", 4, "-m", 4, *options)
        name = oracle.gxm_read(oracle.run(*command))[0]["identity"]
        if not name.startswith("simulation:") or len(name) != 27:
            oracle.fail(f"{options}: identity {name!r}")
        if name in seen:
            oracle.fail(f"{options} and {seen[name]} have one identity")
        seen[name] = options
        for more in (("-t", 3), ("-p", "2/3")):
            again = oracle.gxm_read(oracle.run(*command, *more))[0]["identity"]
            oracle.expect(again, name, f"{options} {more}: identity")
    return len(seen)


def moments(rows, mean, variance, what):
    flat = [x for row in rows for x in row]
    n = len(flat)
    m = math.fsum(flat) / n
    v = math.fsum((x - m) ** 2 for x in flat) / (n - 1)
    fourth = math.fsum((x - m) ** 4 for x in flat) / n
    if abs(m - mean) > 5 * math.sqrt(variance / n):
        oracle.fail(f"{what}: mean {m}, expected {mean}")
    if abs(v - variance) > 6 * math.sqrt((fourth - v * v) / n):
        oracle.fail(f"{what}: variance {v}, expected {variance}")


def goodness(rows, mean, dispersion):
    """Chi-square of counts against the exact probabilities of the negative binomial."""
    flat = [x for row in rows for x in row]
    what = f"nbinom mean {mean} dispersion {dispersion}"
    if any(x < 0 or x != math.floor(x) for x in flat):
        oracle.fail(f"{what}: not counts")

    def probability(k):
        if dispersion == 0:
            return math.exp(k * math.log(mean) - mean - math.lgamma(k + 1))
        r = 1 / dispersion
        return math.exp(math.lgamma(k + r) - math.lgamma(r) - math.lgamma(k + 1) +
                        r * math.log(r / (r + mean)) + k * math.log(mean / (r + mean)))

    counts = {}
    for x in flat:
        counts[int(x)] = counts.get(int(x), 0) + 1
    n, statistic, cells_used, left, seen, k = len(flat), 0.0, 0, 1.0, 0, 0
    expected = observed = 0.0
    while left * n > 20:
        p = probability(k)
        expected += p * n
        observed += counts.get(k, 0)
        left -= p
        k += 1
        if expected >= 20:
            statistic += (observed - expected) ** 2 / expected
            cells_used += 1
            seen += observed
            expected = observed = 0.0
    rest = expected + max(left, 0) * n
    if rest > 5:
        statistic += (n - seen - rest) ** 2 / rest
        cells_used += 1
    if statistic > cells_used + 6 * math.sqrt(2 * cells_used):
        oracle.fail(f"{what}: chi-square {statistic} in {cells_used} cells")


def distributions():
    n = ("-n", 1000, "-m", 50)
    moments(values("exponential", *n), 10, 100, "exponential")
    moments(values("uniform", *n), 5, 100 / 12, "uniform")
    moments(values("normal", *n, "--mean", 4, "--sd", 3), 4, 9, "normal")
    e = math.exp
    moments(values("lognormal", *n, "--sd", 0.5), e(0.125), (e(0.25) - 1) * e(0.25), "lognormal")
    checked = 4
    for mean in (0.05, 3, 40, 1e6):
        for dispersion in (0, 0.2, 3):
            rows = values("nbinom", *n, "--sd", 0, "--mean", mean, "--dispersion", dispersion)
            moments(rows, mean, mean + dispersion * mean ** 2, f"nbinom {mean} {dispersion}")
            if mean < 100:
                goodness(rows, mean, dispersion)
            checked += 2
    # The genes' means: lognormal around --mean, one draw a gene.
    rows = values("nbinom", "-n", 2000, "-m", 50, "--mean", 1e5, "--sd", 1.5, "--dispersion", 0)
    logs = [[math.log(sum(row) / len(row))] for row in rows]
    moments(logs, math.log(1e5), 1.5 ** 2, "log of nbinom's gene means")
    return checked + 1


def digests():
    """The digest is the sum of XXH3-64 over the rows, here over cells of our own making."""
    for seed, nrow, ncol in ((1, 20, 7), (9, 3, 50), (3, 40, 1)):
        rows = [[10 * oracle.uniform(seed, i, j) for j in range(ncol)] for i in range(nrow)]
        stream = simulate("uniform", "-s", seed, "-n", nrow, "-m", ncol, "-b")
        record = oracle.run("gx-threshold", stdin=stream).decode().splitlines()
        oracle.expect(record[1].split("\t")[10], oracle.matrix_digest(rows),
                      f"digest of {nrow} x {ncol}, seed {seed}")
    return 3


# ---- modules ----

def module_of(row, modules):
    """From 1; None: no module."""
    at = row % (2 * modules)
    return at + 1 if at < modules else None


def planted_z(seed, row, column, modules, strength):
    z = NormalDist().inv_cdf(oracle.uniform(seed, row, column))
    module = module_of(row, modules)
    if module is None:
        return z
    factor = NormalDist().inv_cdf(oracle.uniform(seed, module - 1, column, draw=1 << 30))
    return math.sqrt(strength) * factor + math.sqrt(1 - strength) * z


def module_cells():
    """Every planted cell is the function of seed, row, column, modules and strength that the
    page names, in each distribution of one u a cell."""
    checked = 0
    for seed, nrow, ncol, modules, strength in (
            (1, 9, 7, 2, 0.2), (0, 4, 3, 1, 0.5), (2 ** 64 - 1, 23, 5, 3, 0.999),
            (12345678901234567, 4, 131, 2, 0.001), (7, 2, 1030, 1, 0.3)):
        options = ("-s", seed, "-n", nrow, "-m", ncol, "--modules", modules,
                   *(() if strength == 0.2 else ("--strength", strength)))
        got = {dist: values(dist, *options, *more) for dist, more in (
            ("normal", ("--mean", -3, "--sd", 2.5)), ("lognormal", ("--sd", 0.5)),
            ("uniform", ("--scale", 1)), ("exponential", ()))}
        for i in range(nrow):
            for j in range(ncol):
                z = planted_z(seed, i, j, modules, strength)
                u = math.erfc(-z / math.sqrt(2)) / 2
                want = {"normal": -3 + 2.5 * z, "lognormal": math.exp(0.5 * z), "uniform": u,
                        "exponential": -10 * math.log(u)}
                for dist, rows in got.items():
                    checked += 1
                    if abs(rows[i][j] - want[dist]) > 2e-14 * max(1, abs(want[dist])):
                        oracle.fail(f"{dist} {options} row {i} column {j}: {rows[i][j]!r}, "
                                    f"expected {want[dist]!r}")
    # Rows of no module are those of a simulation without modules, bit for bit; the others not.
    for dist in ("exponential", "uniform", "normal", "lognormal", "nbinom"):
        plain = values(dist, "-n", 40, "-m", 11)
        for modules in (1, 3, 20):
            planted = values(dist, "-n", 40, "-m", 11, "--modules", modules)
            for i in range(40):
                checked += 1
                if (planted[i] == plain[i]) != (module_of(i, modules) is None):
                    oracle.fail(f"{dist}, {modules} modules: row {i}")
    return checked


def module_annotation():
    """The file has each gene of a module, in order, and depends on genes and modules alone."""
    checked = 0
    for genes, modules in ((10, 2), (11, 5), (2000, 20), (3, 1)):
        want = "gene\tterm\n" + "".join(
            f"g{i + 1}\tmodule{module_of(i, modules)}\n" for i in range(genes)
            if module_of(i, modules) is not None)
        for more in ((), ("-s", 99), ("--strength", 0.5), ("--dist", "nbinom"), ("-t", 3),
                     ("-p", "2/3"), ("-b",), ("-H",)):
            oracle.run("gx-simulate", "-n", genes, "-m", 3, "--modules", modules,
                       "--annotation", "annotation.tsv", *more)
            with open("annotation.tsv", "rb") as f:
                oracle.expect(f.read().decode(), want, f"{genes} genes, {modules} modules {more}")
            checked += 1
    return checked


def standardised(rows):
    out = []
    for row in rows:
        mean = math.fsum(row) / len(row)
        size = math.sqrt(math.fsum((x - mean) ** 2 for x in row))
        out.append([(x - mean) / size for x in row])
    return out


def correlations(rows, modules):
    """Those of pairs within a module, and all others."""
    rows, within, between = standardised(rows), [], []
    for i, a in enumerate(rows):
        for j in range(i):
            same = module_of(i, modules) is not None and \
                module_of(i, modules) == module_of(j, modules)
            (within if same else between).append(sum(map(operator.mul, a, rows[j])))
    return within, between


def module_correlations():
    """Within modules what the page says, outside of them none. The bounds are five standard
    errors, which 16 modules of 4 genes by 2,000 samples leave."""
    e = math.exp
    checked = 0
    for dist, parameters, strength, want, tolerance in (
            ("normal", (), 0.2, 0.2, 0.02), ("normal", (), 0.8, 0.8, 0.02),
            ("lognormal", (), 0.2, (e(0.2) - 1) / (e(1) - 1), 0.03),
            ("lognormal", ("--sd", 0.5), 0.6, (e(0.15) - 1) / (e(0.25) - 1), 0.03),
            ("uniform", (), 0.5, 6 / math.pi * math.asin(0.25), 0.02),
            ("exponential", (), 0.2, 0.17, 0.02), ("exponential", (), 0.5, 0.45, 0.03),
            ("nbinom", ("--sd", 0, "--mean", 1e6), 0.2, 0.19, 0.02),
            ("nbinom", ("--sd", 0, "--mean", 5), 0.2, 0.095, 0.02)):
        within, between = correlations(values(
            dist, "-n", 128, "-m", 2000, "--modules", 16, "--strength", strength, *parameters), 16)
        got = math.fsum(within) / len(within)
        if abs(got - want) > tolerance:
            oracle.fail(f"{dist} {parameters} {strength}: correlation {got}, expected {want}")
        rest = math.fsum(between) / len(between)
        if abs(rest) > 0.005 or max(map(abs, between)) > 0.25:
            oracle.fail(f"{dist} {strength}: between modules {rest}")
        checked += 2
    return checked


def module_votes():
    """Neighbour voting finds the modules: the mean AUROC of three folds, each gene of a module
    hidden once, on the ranks of the correlations, at the default strength and 30 samples."""
    genes, modules = 400, 4
    checked = 0
    for dist in ("normal", "lognormal", "exponential", "nbinom"):
        rows = standardised(values(dist, "-n", genes, "-m", 30, "--modules", modules))
        pairs = sorted((sum(map(operator.mul, rows[i], rows[j])), i, j)
                       for i in range(genes) for j in range(i))
        rank = [[1.0] * genes for _ in range(genes)]
        for at, (_, i, j) in enumerate(pairs):
            rank[i][j] = rank[j][i] = (at + 1) / len(pairs)
        degree = [math.fsum(row) for row in rank]
        aurocs = []
        for module in range(1, modules + 1):
            members = [i for i in range(genes) if module_of(i, modules) == module]
            for fold in range(3):
                hidden = members[fold::3]
                known = [i for i in members if i not in hidden]
                vote = [sum(rank[i][j] for j in known) / degree[i] for i in range(genes)]
                others = [vote[i] for i in range(genes) if i not in members]
                aurocs.append(sum(vote[i] > v for i in hidden for v in others) /
                              (len(hidden) * len(others)))
        mean = math.fsum(aurocs) / len(aurocs)
        if not 0.8 <= mean <= 0.99:
            oracle.fail(f"{dist}: mean AUROC {mean}")
        checked += 1
    return checked


oracle.finish({"known-answers": known_answers, "cells": cells, "parts": parts,
               "identity": identity, "distributions": distributions,
               "digests": digests, "module-cells": module_cells,
               "module-annotation": module_annotation,
               "module-correlations": module_correlations,
               "module-votes": module_votes}[sys.argv[1]]())
