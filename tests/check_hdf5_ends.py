#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Ends of gx-convert on HDF5, which it has in two processes. Usage: check_hdf5_ends.py WHAT FILE ...

  killed FILE      killed while its child waits for it, or with a reader that goes away: the
                   child goes with it. FILE is more than a pipe holds, as text
  memory FILE ...  within less and less memory: the table, or exit 3"""

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time

import oracle

PATIENCE = 60  # seconds
PR_SET_CHILD_SUBREAPER = 36


def until(condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.002)
    return True


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as f:
        return [int(child) for child in f.read().split()]


def runs(pid):
    """Whether a process is there, and not only its exit status."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def expect_gone(pids, what):
    if not until(lambda: not any(map(runs, pids)), 5):
        oracle.fail(f"{what}: its child is still there")
        for pid in filter(runs, pids):
            os.kill(pid, signal.SIGKILL)


def heed_signals():
    """Who runs the tests may have it that some are ignored, as nohup does."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def started(path):
    """gx-convert on a file, held by a reader that does not read, and its children."""
    process = subprocess.Popen([oracle.gx("gx-convert"), path], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=heed_signals)
    if not until(lambda: process.poll() is not None or children_of(process.pid)):
        oracle.fail("no child")
    children = children_of(process.pid) if process.poll() is None else []
    if not children:
        oracle.fail(f"it ended before it had a child to look at: exit {process.returncode}")
    return process, children


def killed(path):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
        process, children = started(path)
        # Early or late: in the middle of what the child does, too.
        time.sleep(0.001 * number)
        process.send_signal(number)
        process.communicate()
        what = signal.Signals(number).name
        oracle.expect(process.returncode, -number, f"{what}: ended by")
        expect_gone(children, what)

    process, children = started(path)
    process.stdout.read(10)
    process.stdout.close()
    process.wait()
    expect_gone(children, "its reader went away")

    # The child is killed: a message, as of any damage.
    process, children = started(path)
    os.kill(children[0], signal.SIGKILL)
    _, err = process.communicate()
    if process.returncode not in (0, 1, 3) or (process.returncode and
                                               not err.startswith(b"gx-convert: ")):
        oracle.fail(f"its child was killed: exit {process.returncode}, {err!r}")
    return 6


def table(path, mib=None):
    """(exit code, stdout, stderr) of gx-convert within so much address space."""
    def limit():
        resource.setrlimit(resource.RLIMIT_AS, (mib << 20, mib << 20))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    process = subprocess.Popen([oracle.gx("gx-convert"), path], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=limit if mib else None)
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return "none: it took too long", b"", b""
    return process.returncode, out, err


def memory(paths):
    checked = 0
    for path in paths:
        whole = table(path)
        oracle.expect(whole[0], 0, path)
        # From what a program of text is well with to what hardly starts one.
        for mib in (400, 200, 120, 80, 60, 50, 40, 32, 24, 20, 16):
            code, out, err = table(path, mib)
            what = f"{path} within {mib} MiB"
            if code == 0:
                oracle.expect(out, whole[1], what)
            elif code != 3 or not err.startswith(b"gx-convert: ") or err.count(b"\n") != 1:
                oracle.fail(f"{what}: exit {code}, {err!r}")
            checked += 1
        # A small file needs little.
        oracle.expect(table(path, 400)[0], 0, f"{path} within 400 MiB")
    return checked


def main():
    # Who loses its parent becomes ours, and is seen.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    what, *paths = sys.argv[1:]
    checked = killed(*paths) if what == "killed" else memory(paths)
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        oracle.fail("a process is left")
    except ChildProcessError:
        pass
    oracle.finish(checked)


main()
