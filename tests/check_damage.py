#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Damages GXM files and records in every way there is, and looks that each of them is
refused: exit 1, nothing on stdout, something on stderr. Usage:

  check_damage.py bits FILE      every bit flipped, every truncation; as file and as pipe
  check_damage.py random FILE N  N random bits of a large file, one at a time (SEED=...)
  check_damage.py record FILE    every bit flipped, every line lost or doubled, every cut

A process a case is the point, so it is all about starting them: posix_spawn, two workers,
outputs in memory."""

import fcntl
import os
import random
import sys
import tempfile

import oracle

WORKERS = 2 * len(os.sched_getaffinity(0))


class Runner:
    """Runs one command over and over; its outputs go to files that are looked at."""

    def __init__(self, command):
        self.command = [oracle.gx(command[0]), *command[1:]]
        self.name = command[0].encode() + b": "
        self.out = os.memfd_create("out")
        self.err = os.memfd_create("err")
        self.null = os.open(os.devnull, os.O_RDONLY)

    def refused(self, what, stdin=None, operand=()):
        for fd in (self.out, self.err):
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, os.SEEK_SET)
        actions = [(os.POSIX_SPAWN_DUP2, self.null if stdin is None else stdin, 0),
                   (os.POSIX_SPAWN_DUP2, self.out, 1), (os.POSIX_SPAWN_DUP2, self.err, 2)]
        pid = os.posix_spawn(self.command[0], [*self.command, *operand], os.environ,
                             file_actions=actions)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        if code != 1:
            oracle.fail(f"{what}: exit {code}, expected 1: "
                        f"{os.pread(self.err, 500, 0).decode(errors='replace')}")
        elif os.fstat(self.out).st_size:
            oracle.fail(f"{what}: on stdout: {os.pread(self.out, 200, 0)!r}")
        elif os.pread(self.err, len(self.name), 0) != self.name:
            oracle.fail(f"{what}: no message: {os.pread(self.err, 200, 0)!r}")

    def refused_bytes(self, what, blob, path):
        """As a file and from a pipe."""
        with open(path, "wb") as f:
            f.write(blob)
        self.refused(what + ", file", operand=(path,))
        self.refused_pipe(what, blob)

    def refused_pipe(self, what, blob):
        read, write = os.pipe2(os.O_CLOEXEC)
        if len(blob) > 65536:
            fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 1 << 20)
        os.write(write, blob)
        os.close(write)
        self.refused(what + ", pipe", stdin=read)
        os.close(read)


def flipped(blob, bit):
    b = bytearray(blob)
    b[bit // 8] ^= 1 << bit % 8
    return bytes(b)


def shared_out(jobs, do):
    """Runs do(job) for all jobs in WORKERS processes; returns how many there were."""
    jobs = list(jobs)
    children = []
    sys.stdout.flush()
    for worker in range(WORKERS):
        pid = os.fork()
        if pid == 0:
            try:
                do(jobs[worker::WORKERS], worker)
            except BaseException as error:  # a worker that dies must not look like success
                oracle.fail(f"worker {worker}: {error!r}")
            sys.stdout.flush()
            os._exit(1 if oracle.failures else 0)
        children.append(pid)
    for pid in children:
        if os.waitpid(pid, 0)[1] != 0:
            oracle.failures += 1
    return len(jobs)


def sampled(cases):
    """All of them, unless a sanitizer makes each of them slow."""
    return cases[::61] if oracle.SANITIZED else cases


def bits(path, directory):
    with open(path, "rb") as f:
        blob = f.read()
    cases = [("bit", i) for i in range(8 * len(blob))]
    cases += [("cut to", n) for n in range(len(blob))]
    cases += [("grown by", n) for n in (1, 7, 8, 63, 64, 65, 128, 640)]

    def do(jobs, worker):
        runner = Runner(["gx-threshold"])
        mine = os.path.join(directory, str(worker))
        for what, n in jobs:
            damaged = (flipped(blob, n) if what == "bit" else
                       blob[:n] if what == "cut to" else blob + bytes(n))
            runner.refused_bytes(f"{path}: {what} {n}", damaged, mine)

    return 2 * shared_out(sampled(cases), do)


def random_bits(path, count, directory):
    with open(path, "rb") as f:
        blob = f.read()
    seed = oracle.seed()
    draw = random.Random(seed)
    cases = [draw.randrange(8 * len(blob)) for _ in range(count // 60 if oracle.SANITIZED
                                                          else count)]

    def do(jobs, worker):
        runner = Runner(["gx-threshold"])
        mine = os.path.join(directory, str(worker))
        with open(mine, "wb") as f:
            f.write(blob)
        fd = os.open(mine, os.O_RDWR)
        for i, bit in enumerate(jobs):
            byte = blob[bit // 8]
            os.pwrite(fd, bytes([byte ^ 1 << bit % 8]), bit // 8)
            runner.refused(f"{path}: seed {seed}: bit {bit}", operand=(mine,))
            os.pwrite(fd, bytes([byte]), bit // 8)
            if i % 20 == 0:
                runner.refused_pipe(f"{path}: seed {seed}: bit {bit}", flipped(blob, bit))

    return shared_out(cases, do)


def record(path, directory):
    with open(path, "rb") as f:
        blob = f.read()
    lines = blob.splitlines(keepends=True)
    cases = [("bit", flipped(blob, i)) for i in range(8 * len(blob))]
    # A cut at the end of the header of an empty line list, or of the whole, is the whole.
    cases += [("cut to", blob[:n]) for n in range(len(blob))]
    for i, line in enumerate(lines):
        rest = lines[:i] + lines[i + 1:]
        cases.append((f"line {i} lost", b"".join(rest)))
        cases.append((f"line {i} twice", b"".join(lines[:i] + [line] + lines[i:])))
    if len(lines) > 2:
        cases.append(("lines swapped", b"".join([lines[0], *reversed(lines[1:])])))
    cases.append(("a blank line more", blob + b"\n"))
    cases.append(("CR LF", blob.replace(b"\n", b"\r\n")))

    def do(jobs, worker):
        runner = Runner(["gx-reduce"])
        lenient = Runner(["gx-reduce", "--unverified"])
        partial = Runner(["gx-reduce", "--partial"])
        mine = os.path.join(directory, str(worker))
        for i, (what, damaged) in enumerate(jobs):
            if damaged == blob:
                continue
            name = f"{path}: {what} {damaged!r}"
            if i % 3 == 0:
                runner.refused_bytes(name, damaged, mine)
            else:
                (lenient if i % 3 == 1 else partial).refused_pipe(name, damaged)

    return shared_out(sampled(cases), do)


def main():
    what, path = sys.argv[1:3]
    with tempfile.TemporaryDirectory(dir=os.environ.get("BATS_TEST_TMPDIR")) as directory:
        checked = (bits(path, directory) if what == "bits" else
                   record(path, directory) if what == "record" else
                   random_bits(path, int(sys.argv[3]), directory))
    oracle.finish(checked)


main()
