#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The files of hdf5/, which the libraries of users wrote, read by gx-convert and gx-info.
Usage: check_hdf5.py WHAT

  cases    each call of hdf5/cases.tsv, as a file and through standard input, with 1 and 4
           threads: the same bytes, exit code, and words of the message
  info     gx-info succeeds and fails on the same calls, with the digest of the expected table;
           --quick tells the same shape; GXM made of the file has that digest, too
  facts    the lines of gx-info about how a file was read, for one file of each layout
  outputs  where a call fails, -o leaves nothing
  index    each byte of an index of chunks that HDF5 2.0 wrote, changed, is refused: its checksum is
           made anew for an older library, and must not hide the damage

A process a call is the point, so several run at once."""

import concurrent.futures
import gzip
import os
import shlex
import subprocess
import sys
import tempfile

import oracle

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = os.path.join(HERE, "hdf5")
PATIENCE = 120  # seconds for a call, of a slow build on a busy machine


class Case:
    """A line of cases.tsv."""

    def __init__(self, line):
        name, arguments, code, table, words, self.note = line.split("\t")
        self.path = os.path.join(FILES, name)
        self.arguments = shlex.split(arguments)
        self.code = int(code)
        self.words = [word for word in words.split("|") if word]
        self.table = table and os.path.join(FILES, table)
        self.title = f"{name} {arguments}".rstrip()

    def want(self):
        if not self.table:
            return b""
        opener = gzip.open if self.table.endswith(".gz") else open
        with opener(self.table, "rb") as f:
            return f.read()

    def asks_for_kinds(self):
        """gx-convert asks which kinds of features are meant; gx-info counts them."""
        return "--feature-type" in self.words and "--feature-type" not in self.arguments

    def fails_late(self):
        """What is wrong is among the values: rows before it may have been written."""
        return self.code == 1 and any(word.startswith(("rows ", "indices", "indptr", "twice"))
                                      for word in self.words)


def cases():
    with open(os.path.join(FILES, "cases.tsv"), encoding="utf-8") as f:
        lines = [line.rstrip("\n") for line in f]
    assert lines[0] == "file\targuments\texit\tstdout\tmessage\tnote"
    return [Case(line) for line in lines[1:]]


def called(program, *arguments, stdin=None):
    """(exit code, stdout, stderr). stdin: a path, or bytes that come through a pipe."""
    how = {"stdin": subprocess.DEVNULL}
    if isinstance(stdin, bytes):
        how = {"input": stdin}
    elif stdin is not None:
        how = {"stdin": open(stdin, "rb")}
    try:
        done = subprocess.run([oracle.gx(program), *arguments], capture_output=True, check=False,
                              timeout=PATIENCE, **how)
    except subprocess.TimeoutExpired:
        return "none: it took too long", b"", b""
    finally:
        if "stdin" in how and how["stdin"] != subprocess.DEVNULL:
            how["stdin"].close()
    return done.returncode, done.stdout, done.stderr


def at_once(check, jobs):
    """Runs check(job) for all jobs, several at a time; returns how many there were."""
    jobs = list(jobs)
    with concurrent.futures.ThreadPoolExecutor(2 * len(os.sched_getaffinity(0))) as pool:
        for job, ran in [(job, pool.submit(check, job)) for job in jobs]:
            try:
                ran.result()
            except Exception as error:  # one that dies must not look like success
                oracle.fail(f"{job}: {error!r}")
    return len(jobs)


def expect_message(case, program, err, what):
    """One message, and where it is wrong usage, where to read about it."""
    text = err.decode(errors="replace")
    if case.code == 2:
        text = text.removesuffix(f"Try '{program} --help'\n")
    if not text.startswith(program + ": ") or not text.endswith("\n") or text.count("\n") != 1:
        oracle.fail(f"{what}: not one message of {program}: {text!r}")
    for word in case.words:
        if word not in text:
            oracle.fail(f"{what}: no '{word}' in {text!r}")


# ---- gx-convert ----

def ways(case):
    """how, arguments and standard input of each way to name the file."""
    with open(case.path, "rb") as f:
        blob = f.read()
    yield "file", [case.path], None
    yield "-t 1", ["-t", "1", case.path], None
    yield "-t 4", ["-t", "4", case.path], None
    yield "standard input", ["-t", "1"], case.path
    yield "pipe", ["-t", "1", "-"], blob
    yield "pipe, -t 4", ["-t", "4"], blob


def check_case(case):
    want = case.want()
    for how, arguments, stdin in ways(case):
        what = f"{case.title}, {how}"
        code, out, err = called("gx-convert", *case.arguments, *arguments, stdin=stdin)
        if code != case.code:
            oracle.fail(f"{what}: exit {code}, expected {case.code}: {err[:500]!r}")
        elif code == 0:
            oracle.expect(out, want, what)
            oracle.expect(err, b"", what + ": stderr")
        else:
            if out and not (case.fails_late() and out.startswith(b"gene\t")):
                oracle.fail(f"{what}: on stdout: {out[:200]!r}")
            expect_message(case, "gx-convert", err, what)


def check_output(case):
    with tempfile.TemporaryDirectory() as directory:
        for name in ("m.gxm", "m.tsv"):
            code, _, err = called("gx-convert", *case.arguments, "-o",
                                  os.path.join(directory, name), case.path)
            what = f"{case.title} -o {name}"
            oracle.expect(code, case.code, f"{what}: exit ({err[:300]!r})")
            oracle.expect(os.listdir(directory), [], f"{what}: left behind")


# ---- gx-info ----

def facts_of(blob):
    return dict(line.split(" ", 1) for line in blob.decode(errors="replace").splitlines())


def told_of(blob, keys):
    """What gx-info says of a matrix, under some keys."""
    code, out, err = called("gx-info", stdin=blob)
    return [facts_of(out).get(key) for key in keys] if code == 0 else [code, err[:300]]


def table_of(case):
    """The table that gx-info reads, where it reads one."""
    if not case.asks_for_kinds():
        return case.want()
    all_kinds = [c for c in cases() if c.path == case.path and
                 c.arguments == ["--feature-type", "all"]]
    return all_kinds[0].want()


def check_info(case):
    code = 0 if case.asks_for_kinds() else case.code
    got, out, err = called("gx-info", *case.arguments, case.path)
    if got != code:
        oracle.fail(f"gx-info {case.title}: exit {got}, expected {code}: {err[:500]!r}")
        return
    if code != 0:
        oracle.expect(out, b"", f"gx-info {case.title}: stdout")
        expect_message(case, "gx-info", err, f"gx-info {case.title}")
        return
    oracle.expect(err, b"", f"gx-info {case.title}: stderr")
    keys = ("genes", "samples", "digest")
    want = told_of(table_of(case), keys)
    oracle.expect([facts_of(out).get(key) for key in keys], want, f"gx-info {case.title}")
    got, out, err = called("gx-info", "--quick", *case.arguments, case.path)
    oracle.expect((got, [facts_of(out).get(key) for key in keys[:2]]), (0, want[:2]),
                  f"gx-info --quick {case.title} ({err[:300]!r})")
    if case.code == 0:
        binary = called("gx-convert", "-b", *case.arguments, case.path)
        oracle.expect(binary[::2], (0, b""), f"gx-convert -b {case.title}")
        oracle.expect(told_of(binary[1], keys), want, f"gx-convert -b {case.title}")


def check_facts(job):
    line, (name, arguments, want) = job
    code, out, err = called("gx-info", *shlex.split(arguments), os.path.join(FILES, name))
    # Between the name of the file and what all formats tell.
    told = out.decode(errors="replace").splitlines()
    ends = [i for i, fact in enumerate(told) if fact.startswith("genes ")]
    oracle.expect((code, " | ".join(told[1:ends[0]] if ends else [err.decode()])), (0, want),
                  f"facts.tsv:{line}: {name} {arguments}")


def facts():
    with open(os.path.join(FILES, "facts.tsv"), encoding="utf-8") as f:
        lines = [line.rstrip("\n").split("\t") for line in f]
    assert lines[0] == ["file", "arguments", "facts"]
    return enumerate(lines[1:], 2)


def check_index(job):
    name, arguments, at = job
    with open(os.path.join(FILES, name), "rb") as f:
        blob = bytearray(f.read())
    blob[at] ^= 1
    code, out, err = called("gx-convert", *arguments, stdin=bytes(blob))
    oracle.expect((code, err.count(b"\n")), (1, 1), f"{name}, byte {at} changed: {err!r}")


def indexes():
    """Bytes of fixed arrays: all of one, and some of one whose entries are in pages."""
    for name, arguments, step in (("h5py_latest.h5", (), 1),
                                  ("h5py_latest_indexes.h5", ("--dataset", "pages"), 397)):
        with open(os.path.join(FILES, name), "rb") as f:
            blob = f.read()
        # The header: kind, bytes of an entry, bits of a page, entries, where they are.
        arrays = [at for at in range(len(blob)) if blob.startswith(b"FAHD", at)
                  and blob[at + 6] == 20]
        header = max(arrays, key=lambda at: int.from_bytes(blob[at + 8:at + 16], "little"))
        nentry = int.from_bytes(blob[header + 8:header + 16], "little")
        nentry = min(nentry, 1024)  # a page: nobody reads one that was never written
        # From the superblock on, before which there may be something else.
        block = blob.index(b"\x89HDF") + int.from_bytes(blob[header + 16:header + 24], "little")
        assert blob.startswith(b"FADB", block)
        for at in [*range(header, header + 28, step), *range(block, block + 18 + 20 * nentry, step)]:
            yield name, arguments, at


CHECKS = {"cases": (check_case, cases), "info": (check_info, cases),
          "facts": (check_facts, facts),
          "index": (check_index, lambda: list(indexes())),
          "outputs": (check_output, lambda: [case for case in cases() if case.code])}


def main():
    check, jobs = CHECKS[sys.argv[1]]
    with tempfile.TemporaryDirectory() as spare:
        os.environ["TMPDIR"] = spare
        checked = at_once(check, jobs())
        oracle.expect(os.listdir(spare), [], "left in TMPDIR")
    oracle.finish(checked)


main()
