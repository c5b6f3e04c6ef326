#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Damages the files of hdf5/ at random, and looks how gx ends: exit 0 to 3 with at most one
message, never by a signal, never above 10 seconds of CPU (other work of the machine takes its
own), nothing left in TMPDIR and no process.

  check_hdf5_damage.py cuts              each file cut off, at GX_MUTATIONS / 20 places
  check_hdf5_damage.py bytes             GX_MUTATIONS [400] files, 1 to 16 bytes changed
  check_hdf5_damage.py make SEED N FILE  file number N of that seed, to look into it

SEED=n draws what that seed drew before."""

import collections
import ctypes
import os
import random
import resource
import shlex
import shutil
import signal
import sys
import tempfile
import time

import oracle

FILES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hdf5")
COUNT = int(os.environ.get("GX_MUTATIONS") or 400)
WORKERS = 2 * len(os.sched_getaffinity(0))
PATIENCE = 60 if oracle.SANITIZED else 10  # seconds of CPU; thirty times that by the clock
PR_SET_CHILD_SUBREAPER = 36


def calls():
    """The files, and with which arguments each of them is read; those that fail as well."""
    found = collections.OrderedDict()
    with open(os.path.join(FILES, "cases.tsv"), encoding="utf-8") as f:
        for line in list(f)[1:]:
            name, arguments = line.split("\t")[:2]
            found.setdefault(name, []).append(shlex.split(arguments))
    return found


CALLS = calls()


def read(name):
    with open(os.path.join(FILES, name), "rb") as f:
        return f.read()


def changed(seed, number):
    """File number N of a seed: name, the generator, what was changed, and the bytes."""
    draw = random.Random(f"{seed}:{number}")
    name = draw.choice(list(CALLS))
    blob = bytearray(read(name))
    # Half of them where something is: most of a small file is room for more.
    used = [i for i, byte in enumerate(blob) if byte] if draw.random() < 0.5 else range(len(blob))
    changes = {}
    for _ in range(draw.randint(1, 16)):
        at = draw.choice(used)
        old = blob[at]
        blob[at] = draw.choice([draw.randrange(256), 0, 255, old ^ 1 << draw.randrange(8),
                                (old + 1) % 256, (old - 1) % 256])
        changes[at] = blob[at]
    return name, draw, f"bytes {changes}", bytes(blob)


class Runner:
    """Runs a command as a process group of its own, from which nobody may be left."""

    def __init__(self, directory):
        self.path = os.path.join(directory, "damaged")
        self.spare = os.path.join(directory, "spare")
        os.mkdir(self.spare)
        self.environment = {**os.environ, "TMPDIR": self.spare}
        self.null = os.open(os.devnull, os.O_RDWR)
        self.err = os.memfd_create("err")
        self.out = os.memfd_create("out")
        self.pid = 0
        self.late = False
        self.slowest = self.largest = 0, ""
        signal.signal(signal.SIGALRM, self.end)
        # Who loses its parent becomes ours.
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def end(self, *_):
        self.late = True
        os.killpg(self.pid, signal.SIGKILL)

    def anybody_left(self):
        """Waits a second for those who are about to end."""
        give_up = time.monotonic() + 1
        while time.monotonic() < give_up:
            try:
                if os.waitpid(-self.pid, os.WNOHANG)[0] == 0:
                    time.sleep(0.002)
            except ChildProcessError:
                return False
        os.killpg(self.pid, signal.SIGKILL)
        return True

    def run(self, what, blob, command, piped):
        with open(self.path, "wb") as f:
            f.write(blob)
        for fd in (self.out, self.err):
            os.ftruncate(fd, 0)
            os.lseek(fd, 0, os.SEEK_SET)
        stdin = self.null
        if piped:
            stdin = self.pipe(blob)
        else:
            command = [*command, self.path]
        out = self.null if "-b" in command else self.out
        self.late = False
        self.pid = os.posix_spawn(
            oracle.gx(command[0]), command, self.environment, setpgroup=0,
            file_actions=[(os.POSIX_SPAWN_DUP2, stdin, 0), (os.POSIX_SPAWN_DUP2, out, 1),
                          (os.POSIX_SPAWN_DUP2, self.err, 2)])
        signal.setitimer(signal.ITIMER_REAL, 30 * PATIENCE)
        _, status, usage = os.wait4(self.pid, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        code = os.waitstatus_to_exitcode(status)
        cpu = usage.ru_utime + usage.ru_stime
        self.late |= cpu > PATIENCE
        self.slowest = max(self.slowest, (cpu, what))
        self.largest = max(self.largest, (usage.ru_maxrss / 1024, what))
        if piped:
            os.close(stdin)
        self.judge(f"{what}: {shlex.join(command)}{' from a pipe' if piped else ''}",
                   command[0], code)

    def judge(self, what, program, code):
        err = os.pread(self.err, 3000, 0).decode(errors="replace")
        if code == 2:
            err = err.removesuffix(f"Try '{program} --help'\n")
        if self.late:
            oracle.fail(f"{what}: not at an end in {PATIENCE} seconds")
        elif code not in (0, 1, 2, 3):
            oracle.fail(f"{what}: exit {code}: {err!r}")
        elif code == 0 and err:
            oracle.fail(f"{what}: exit 0, and on stderr: {err!r}")
        elif code and not (err.startswith(program + ": ") and err.endswith("\n") and
                           err.count("\n") == 1):
            oracle.fail(f"{what}: exit {code}, not one message: {err!r}")
        if self.anybody_left():
            oracle.fail(f"{what}: left a process")
        left = os.listdir(self.spare)
        if left:
            oracle.fail(f"{what}: left {left} in TMPDIR")
            shutil.rmtree(self.spare)
            os.mkdir(self.spare)

    def pipe(self, blob):
        """The reading end of a pipe that somebody fills, who goes when it is closed."""
        read_end, write_end = os.pipe2(os.O_CLOEXEC)
        pid = os.fork()
        if pid == 0:
            try:
                os.close(read_end)
                signal.signal(signal.SIGPIPE, signal.SIG_DFL)
                while blob:
                    blob = blob[os.write(write_end, blob):]
            finally:
                os._exit(0)
        os.close(write_end)
        return read_end


def command_for(draw, name):
    """How it is read: into binary, which is thrown away, as text, or by gx-info."""
    program = draw.choice([["gx-convert", "-b"], ["gx-convert"], ["gx-info"]])
    return [*program, "-t", draw.choice(["1", "1", "4"]), *draw.choice(CALLS[name])]


def one_change(runner, seed, number):
    name, draw, what, blob = changed(seed, number)
    runner.run(f"seed {seed}, number {number}: {name}, {what}", blob, command_for(draw, name),
               draw.random() < 0.1)


def one_file_cut(runner, seed, name):
    draw = random.Random(f"{seed}:{name}")
    blob = read(name)
    ncut = min(len(blob), max(1, COUNT // 20))
    for i in range(ncut):
        # Spread over all of it: one in each of as many stretches.
        length = draw.randrange(len(blob) * i // ncut, len(blob) * (i + 1) // ncut)
        runner.run(f"seed {seed}: {name} cut to {length}", blob[:length],
                   command_for(draw, name), draw.random() < 0.05)
    return ncut


def shared_out(jobs, do, directory):
    """Runs do(runner, job) for all of them in processes that each take every so-manieth."""
    children = []
    sys.stdout.flush()
    for worker in range(WORKERS):
        pid = os.fork()
        if pid == 0:
            try:
                mine = os.path.join(directory, str(worker))
                os.mkdir(mine)
                runner = Runner(mine)
                for job in jobs[worker::WORKERS]:
                    do(runner, job)
                if runner.slowest[0] > 1:
                    print("slowest: %.1f s: %s" % runner.slowest)
                if runner.largest[0] > 500:
                    print("largest: %.0f MiB: %s" % runner.largest)
            except BaseException as error:  # a worker that dies must not look like success
                oracle.fail(f"worker {worker}: {error!r}")
            sys.stdout.flush()
            os._exit(1 if oracle.failures else 0)
        children.append(pid)
    for pid in children:
        if os.waitpid(pid, 0)[1] != 0:
            oracle.failures += 1


def main():
    what = sys.argv[1]
    if what == "make":
        name, _, changes, blob = changed(*sys.argv[2:4])
        with open(sys.argv[4], "wb") as f:
            f.write(blob)
        print(f"{name}, {changes}")
        return
    seed = oracle.seed()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(dir=os.environ.get("BATS_TEST_TMPDIR")) as directory:
        if what == "bytes":
            jobs = range(COUNT // 10 if oracle.SANITIZED else COUNT)
            shared_out(jobs, lambda runner, job: one_change(runner, seed, job), directory)
            checked = len(jobs)
        else:
            jobs = list(CALLS)[::10] if oracle.SANITIZED else list(CALLS)
            shared_out(jobs, lambda runner, job: one_file_cut(runner, seed, job), directory)
            checked = sum(min(len(read(name)), max(1, COUNT // 20)) for name in jobs)
    oracle.finish(checked)


main()
