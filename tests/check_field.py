#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Tables that users have, as field/cases.tsv has them: each command with its outcome, from
file and pipe, with one thread and four, whole and in seven parts. Usage: check_field.py"""

import os
import shlex
import tempfile

import oracle
from random_tables import ways

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "field")
COLUMNS = ["file", "command", "exit", "right", "never", "parts"]


def table():
    with open(os.path.join(HERE, "cases.tsv"), encoding="utf-8") as f:
        lines = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    assert lines[0] == COLUMNS, lines[0]
    for line in lines[1:]:
        assert len(line) == len(COLUMNS), line
        yield dict(zip(COLUMNS, line))


def words(cell):
    return [] if cell == "-" else cell.split(" ; ")


def check_output(what, command, right, out):
    text = out.decode()
    if "gx-means" in command:
        want = "gene\tmean\n" + "".join("\t".join(pair.rsplit("=", 1)) + "\n"
                                        for pair in right.split(" "))
        oracle.expect(text, want, what)
    elif "gx-threshold" in command:
        oracle.expect(text, right.replace(" ", "\n") + "\n", what)
    else:
        for word in words(right):
            if word not in text.replace("\t", " "):
                oracle.fail(f"{what}: {word!r} is not in {text!r}")


def check_message(what, path, case, err):
    text = err.decode(errors="replace")
    for word in words(case["right"]):
        if word.replace("FILE", path) not in text:
            oracle.fail(f"{what}: {word!r} is not in {text!r}")
    for word in words(case["never"]):
        if word in text:
            oracle.fail(f"{what}: {word!r} is in {text!r}")


def check(case, path):
    what = f"{case['file']}: {case['command']}"
    command = case["command"].replace("FILE", shlex.quote(path))
    got = ways.run(f"set -o pipefail; {command}", shell=True)
    for complaint in ways.sound(got, command):
        oracle.fail(f"{what}: {complaint}")
    if got.code != int(case["exit"]):
        oracle.fail(f"{what}: exit {got.code}, expected {case['exit']}: {got.err!r}")
        return
    if got.code == 0:
        check_output(what, case["command"], case["right"], got.out)
    else:
        oracle.expect(got.out, b"", f"{what}: output")
        check_message(what, path, case, got.err)
    if case["parts"] == ways.NOT_CUT:
        return
    words_of = shlex.split(case["command"])
    options = [word for word in words_of[1:-1] if words_of[0] == "gx-means"]
    found = ways.read_alike(path, options, 7) if got.code == 0 else \
        ways.refused_alike(path, options, 7, case["parts"])
    for complaint in found:
        oracle.fail(f"{what}: {complaint}")


def main():
    cases = list(table())
    there = {name for name in os.listdir(os.path.join(HERE, "cases"))
             if not name.endswith(".expected")}
    oracle.expect({case["file"] for case in cases}, there, "each case is in the table")
    with tempfile.TemporaryDirectory() as directory:
        # A short name, which is in no other word of a message.
        for case in cases:
            path = os.path.join(directory, case["file"])
            if not os.path.exists(path):
                os.symlink(os.path.join(HERE, "cases", case["file"]), path)
            check(case, path)
    oracle.finish(len(cases))


main()
