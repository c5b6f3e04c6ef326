#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What gx-time makes of its runs, computed again from the file of single runs.

    check_time.py table RUNS TABLE      the TSV has the figures that follow from the runs
    check_time.py json TABLE JSON       the JSON says the same as the TSV
    check_time.py svg FILE NAME ...     the picture is SVG, with a curve for each name

Quartiles are those of Python's statistics module (method "inclusive", type 7), or NumPy's
where there is NumPy.
"""
import json
import math
import statistics
import sys
import xml.etree.ElementTree as tree
from collections import OrderedDict
from math import comb, isclose, isnan, nan

try:
    import numpy
except ImportError:
    numpy = None


def read_table(path):
    facts, rows, header = [], [], None
    with open(path) as f:
        for line in f.read().splitlines():
            if line.startswith("# "):
                facts.append(tuple(line[2:].split("\t", 1)) if "\t" in line else (line[2:], ""))
            elif header is None:
                header = line.split("\t")
            else:
                rows.append(dict(zip(header, line.split("\t"), strict=True)))
    return facts, rows


def number(text):
    return nan if text == "NA" else float(text)


def quantile(values, q):
    if numpy is not None:
        return float(numpy.quantile(values, q))
    if len(values) == 1:
        return values[0]
    return statistics.quantiles(values, n=4, method="inclusive")[int(4 * q) - 1]


def interval(values):
    """The order statistics around the median with at least 95%, or all there is."""
    n, ordered = len(values), sorted(values)
    rank = 1
    for r in range(1, n // 2 + 1):
        if sum(comb(n, k) for k in range(r)) / 2**n <= 0.025:
            rank = r
    return ordered[rank - 1], ordered[n - rank]


def expect(what, got, want):
    if isnan(got) and isnan(want):
        return
    if not isclose(got, want, rel_tol=1e-9, abs_tol=1e-15):
        sys.exit(f"{what} is {got!r}, not {want!r}")


def summarise(runs):
    seconds = [number(r["seconds"]) for r in runs]
    s = {"median_s": statistics.median(seconds), "min_s": min(seconds), "max_s": max(seconds)}
    s["lower_quartile_s"], s["upper_quartile_s"] = quantile(seconds, 0.25), quantile(seconds, 0.75)
    s["median_low_s"], s["median_high_s"] = interval(seconds)
    fence = 1.5 * (s["upper_quartile_s"] - s["lower_quartile_s"])
    s["outliers"] = sum(
        x < s["lower_quartile_s"] - fence or x > s["upper_quartile_s"] + fence for x in seconds
    )

    def median(name):
        known = [number(r[name]) for r in runs if r[name] != "NA"]
        return statistics.median(known) if known else nan

    s["processor_s"], s["whole_s"] = median("processor"), median("whole")
    s["processes"], amount = median("processes"), median("amount")
    peaks = [number(r["peak"]) for r in runs if r["peak"] != "NA"]
    s["peak_bytes"] = max(peaks) if peaks else nan
    s["rate"] = amount / s["median_s"]
    return s


def ranked(strategy):
    return strategy != "read" and not strategy.endswith("-start")


# What hands tasks to workers that run already.
POOLS = {"threads", "python-threads", "multiprocessing", "dask", "ray", "ray-batched"}


def limit_of(work, all_of, strategy, p):
    """What limits a strategy on p cores, by the rules of the manual; None: not known."""
    s = all_of[strategy, p]
    median, read = s["median_s"], all_of.get(("read", p))
    busy = s["processor_s"] / p / median if isnan(s["whole_s"]) else nan
    share = s["rate"] / read["rate"] if read else nan

    def time_of(name, cores):
        return all_of[name, cores]["median_s"] if (name, cores) in all_of else None

    def alone():
        if busy < 0.8:
            return "waiting"
        if isnan(share):
            return None
        if share >= 0.8:
            return "memory bandwidth"
        return None if isnan(busy) and p > 1 else "compute"

    def by_parts(start, sums, copying):
        for name, part in (("start-up", start), ("copying", copying)):
            if part >= median / 2:
                return name
        if sums < median / 2:
            return "nothing alone"
        return limit_of(work, all_of, "openmp" if ("openmp", p) in all_of else "simd", p)

    sums = time_of("openmp", p) or (time_of("simd", 1) if p == 1 else None)
    if median < 100e-6:
        return None
    if work == "tasks":
        loop = time_of("loop", 1)
        if not loop or (strategy != "loop" and isnan(s["processes"])):
            return None
        if 1 - loop / p / median < 0.5:
            return "waiting"
        return "handing out" if strategy in POOLS else "start-up"
    if work in ("matmul", "network"):
        return None if isnan(busy) else "waiting" if busy < 0.8 else "compute"
    if strategy in ("processes", "shared"):
        shared = time_of("shared", p)
        if not shared or not sums:
            return None
        if strategy == "processes" and (shared > median or 2 * (shared - sums) >= median):
            return None
        return by_parts(max(shared - sums, 0), sums, max(median - shared, 0))
    if strategy in ("xargs", "parallel"):
        start = time_of(strategy + "-start", p)
        if not start or not sums:
            return None
        return by_parts(start, sums, max(median - start - sums, 0))
    if strategy in ("multiprocessing", "mpi4py"):
        numpy_alone = time_of("numpy", 1)
        return "copying" if numpy_alone and 1 - numpy_alone / median >= 0.5 else None
    if strategy == "python-threads" and p > 1:
        one = time_of(strategy, 1)
        if not one:
            return None
        return "the lock of Python (GIL)" if median >= 0.8 * one else alone()
    if strategy.startswith("cupy"):
        there = time_of("cupy", 1)
        return "copying" if there and 1 - there / median >= 0.5 else None
    return alone()


def check_limits(facts, all_of):
    """One sentence for each strategy, on its most cores of those that there are."""
    facts_of = dict(facts)
    there = 0
    if " of " in facts_of.get("cores", ""):
        there = int(facts_of["cores"].split()[0])
        if facts_of.get("quota", "none") not in ("none", "unknown"):
            there = min(there, math.ceil(float(facts_of["quota"])))
    want = []
    for strategy in dict.fromkeys(name for name, _ in all_of if ranked(name)):
        cores = [p for name, p in all_of if name == strategy]
        waits = facts_of.get("work") == "tasks"  # and takes no core
        p = max([p for p in cores if waits or not there or p <= there] or [min(cores)])
        on = f"{strategy} on {p} core{'s' if p > 1 else ''}"
        limit = limit_of(facts_of.get("work"), all_of, strategy, p)
        want.append(f"{on} is limited by {limit}: " if limit else
                    f"what limits {on} is not known: ")
    got = [v for k, v in facts if k == "conclusion" and
           (" is limited by " in v or v.startswith("what limits "))]
    if len(got) != len(want) or not all(g.startswith(w) for g, w in zip(got, want)):
        sys.exit(f"the limits are {got}, not {want}")


def check_table(runs_path, table_path):
    _, runs = read_table(runs_path)
    facts, table = read_table(table_path)
    groups = OrderedDict()
    for run in runs:
        groups.setdefault((run["strategy"], int(run["cores"])), []).append(run)
    keys = [(row["strategy"], int(row["cores"])) for row in table]
    if keys != list(groups):
        sys.exit(f"the table has {keys}, the runs have {list(groups)}")
    all_of = {key: summarise(group) for key, group in groups.items()}
    racing = {k: s for k, s in all_of.items() if ranked(k[0])}
    fastest = min(racing, key=lambda k: racing[k]["median_s"])
    plain = all_of.get((keys[0][0], 1))
    work = all_of.get(("loop", 1)) or all_of.get(("simd", 1))

    for row, (key, s) in zip(table, all_of.items()):
        p, median = key[1], s["median_s"]
        one, read = all_of.get((key[0], 1)), all_of.get(("read", p))
        takes_part = key in racing
        s["gain"] = plain["median_s"] / median if plain and takes_part else nan
        s["speedup"] = one["median_s"] / median if one else nan
        s["efficiency"] = s["speedup"] / p
        s["serial_fraction"] = (1 / s["speedup"] - 1 / p) / (1 - 1 / p) if p > 1 else nan
        s["read_share"] = s["rate"] / read["rate"] if read and takes_part else nan
        s["overhead_s"] = (p * median - work["median_s"]) / s["processes"] if work else nan
        s["behind"] = median / all_of[fastest]["median_s"] if takes_part else nan
        for name, want in s.items():
            expect(f"{name} of {key}", number(row[name]), want)
        if int(row["runs"]) != len(groups[key]):
            sys.exit(f"{key}: {row['runs']} runs, not {len(groups[key])}")
        best = all_of[fastest]
        apart = s["median_low_s"] > best["median_high_s"] and int(row["runs"]) > 1
        single = min(int(row["runs"]), len(groups[fastest])) == 1
        want = "NA" if not takes_part else "fastest" if key == fastest else (
            "NA" if single else "slower" if apart else "none")
        if row["difference"] != want:
            sys.exit(f"{key}: difference {row['difference']}, not {want}")
    check_limits(facts, all_of)
    named = [v for k, v in facts if k == "conclusion" and v.startswith("outliers of")]
    if len(named) != sum(1 for s in all_of.values() if s["outliers"]):
        sys.exit(f"outliers are named for {len(named)} strategies")
    if not any(k == "conclusion" and v.startswith(f"fastest: {fastest[0]} on {fastest[1]}") for k, v in facts):
        sys.exit(f"the conclusions do not name {fastest}")


def check_json(table_path, json_path):
    facts, table = read_table(table_path)
    with open(json_path) as f:
        data = json.load(f, parse_constant=lambda c: sys.exit(f"not JSON: {c}"))
    for name in ("cpu", "simd", "cores", "quota", "load", "governor", "kernel", "work", "answer"):
        if name not in data["facts"]:
            sys.exit(f"no fact {name}")
    if [k for k, _ in facts if k not in ("note", "conclusion")] != list(data["facts"]):
        sys.exit("other facts than in the table")
    if [v for k, v in facts if k == "conclusion"] != data["conclusions"]:
        sys.exit("other conclusions than in the table")
    for row, entry in zip(table, data["strategies"], strict=True):
        for name, value in entry.items():
            if name == "seconds":
                if len(value) != int(row["runs"]) or not isclose(statistics.median(value), number(row["median_s"])):
                    sys.exit(f"{row['strategy']}: other seconds")
            elif value is None:
                if row[name] != "NA":
                    sys.exit(f"{name}: null, and {row[name]} in the table")
            elif isinstance(value, str):
                if value != row[name]:
                    sys.exit(f"{name}: {value}, and {row[name]} in the table")
            elif float(row[name]) != value:
                sys.exit(f"{name}: {value}, and {row[name]} in the table")


def check_svg(path, names):
    root = tree.parse(path).getroot()
    if not root.tag.endswith("svg"):
        sys.exit("no SVG")
    text = " ".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("text"))
    paths = [e.get("d") for e in root.iter() if e.tag.endswith("path") and e.get("d")]
    for name in [*names, "ideal", "speed-up against one core", "efficiency", "time, and the interval"]:
        if name not in text:
            sys.exit(f"'{name}' is not in the picture: {text}")
    # gnuplot draws a group for each curve, titled with its name or its number.
    groups = [e for e in root.iter() if e.tag.endswith("}g") and (e.get("id") or "").startswith("gnuplot_plot_")]
    if len(groups) < len(names) or not paths:
        sys.exit(f"{len(groups)} curves for {len(names)} names")


if __name__ == "__main__":
    what, *rest = sys.argv[1:]
    if what == "table":
        check_table(*rest)
    elif what == "json":
        check_json(*rest)
    elif what == "svg":
        check_svg(rest[0], rest[1:])
    else:
        sys.exit(__doc__)
