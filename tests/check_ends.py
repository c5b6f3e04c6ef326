#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command where something is broken. Usage: check_ends.py WHAT ... COMMAND [ARGUMENT ...]

Its place is taken by the command (exit 77 where that cannot be arranged):
  without CALL:ERROR[:N=VALUE] ... -- COMMAND   the system refuses this call, always, or where
                                                its argument N has the bits VALUE (seccomp)
  deaf COMMAND                                  standard error is a pipe that nobody reads
  mute COMMAND                                  so is standard output

It looks on:
  nonblocking COMMAND    standard output and error are small non-blocking pipes that are read
                         slowly; what came through them is on its own, and the exit code
  killed COMMAND         sends each signal that ends a process by default in the middle of
                         COMMAND -o OUT
  pipes N COMMAND        as a user without privilege: N of them whose pipes are full leave the
                         user a new pipe of the usual size"""

import ctypes
import errno
import fcntl
import glob
import os
import platform
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time

import oracle

PATIENCE = 60  # seconds that a slow build on a slow machine may take
CANNOT = 77

# ---- system calls that are refused ----

NUMBERS = {
    "x86_64": {"fstat": 5, "clone": 56, "openat": 257, "newfstatat": 262, "clone3": 435},
    "aarch64": {"openat": 56, "newfstatat": 79, "fstat": 80, "clone": 220, "clone3": 435},
}
NAMED = {"O_TMPFILE": os.O_TMPFILE}
LOAD, AND, EQUAL, RETURN = 0x20, 0x54, 0x15, 0x06  # of BPF, on words of 32 bits
ALLOW, REFUSE = 0x7FFF0000, 0x00050000
NO_NEW_PRIVS, SECCOMP = 38, 22  # of prctl(2)


class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def refusal(numbers, call, error, argument=None):
    """Instructions that refuse one call; they fall through for all others."""
    code = struct.pack("HBBI", RETURN, 0, 0, REFUSE | getattr(errno, error))
    if argument:
        which, bits = argument.split("=")
        bits = NAMED[bits] if bits in NAMED else int(bits)
        mask = bits if call == "openat" else 0xFFFFFFFF
        code = (struct.pack("HBBI", LOAD, 0, 0, 16 + 8 * int(which))
                + struct.pack("HBBI", AND, 0, 0, mask)
                + struct.pack("HBBI", EQUAL, 0, 1, bits) + code)
    return (struct.pack("HBBI", LOAD, 0, 0, 0)
            + struct.pack("HBBI", EQUAL, 0, len(code) // 8, numbers[call]) + code)


def without(arguments):
    end = arguments.index("--")
    numbers = NUMBERS.get(platform.machine())
    if not numbers:
        sys.exit(CANNOT)
    code = b"".join(refusal(numbers, *a.split(":")) for a in arguments[:end])
    code += struct.pack("HBBI", RETURN, 0, 0, ALLOW)
    program = Program(len(code) // 8, code)
    call = ctypes.CDLL(None).prctl
    if call(NO_NEW_PRIVS, 1, 0, 0, 0) or call(SECCOMP, 2, ctypes.byref(program)):
        sys.exit(CANNOT)
    become(arguments[end + 1:])


# ---- pipes that nobody reads, or slowly ----

def become(command):
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it
    os.execvp(command[0], command)


def break_pipe(descriptor, command):
    reader, writer = os.pipe()
    os.close(reader)
    os.dup2(writer, descriptor)
    os.close(writer)
    become(command)


def nonblocking(command):
    ends = [os.pipe() for _ in range(2)]
    for reader, writer in ends:
        fcntl.fcntl(writer, fcntl.F_SETFL, os.O_NONBLOCK)
        fcntl.fcntl(writer, 1031, 4096)  # F_SETPIPE_SZ
        # It begins full.
        os.write(writer, b"\n" * 4096)
        os.set_blocking(reader, False)
    process = subprocess.Popen(command, stdout=ends[0][1], stderr=ends[1][1])
    for _, writer in ends:
        os.close(writer)
    said = {reader: b"" for reader, _ in ends}
    time.sleep(0.05)
    while said:
        for reader in list(said):
            try:
                piece = os.read(reader, 3000)
            except BlockingIOError:
                continue
            said[reader] += piece
            if not piece:
                own = 1 if reader == ends[0][0] else 2
                os.write(own, said.pop(reader)[4096:])
        time.sleep(0.0005)
    sys.exit(process.wait())


# ---- signals ----

SPARED = {"SIGKILL", "SIGSTOP", "SIGCHLD", "SIGCLD", "SIGCONT", "SIGTSTP", "SIGTTIN", "SIGTTOU",
          "SIGURG", "SIGWINCH", "SIGUSR1", "SIGXFSZ"}
SANITIZERS = {"SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGABRT", "SIGIOT", "SIGTRAP"}


def until(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            oracle.fail(f"{what}: waited in vain")
            return
        time.sleep(0.002)


def killed(command):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    spared = SPARED | (SANITIZERS if os.environ.get("GX_SANITIZED") else set())
    numbers = sorted({s for s in signal.Signals if s.name not in spared})
    for number in numbers:
        # Whoever runs the tests may ignore some (nohup, a job in the background).
        process = subprocess.Popen(command + ["-o", "OUT"], stdin=subprocess.PIPE,
                                   stderr=subprocess.PIPE,
                                   preexec_fn=lambda n=number: signal.signal(n, signal.SIG_DFL))
        process.stdin.write(b"gene\ta\tb\n" + b"g\t1\t2\n" * 1000)
        process.stdin.flush()
        name = signal.Signals(number).name
        until(name + ": no temporary file", lambda: glob.glob("OUT.gxtmp.*"))
        process.send_signal(number)
        _, err = process.communicate()
        oracle.expect(process.returncode, -number, name + ": ended by")
        oracle.expect(err, b"", name + ": stderr")
        oracle.expect(glob.glob("OUT*"), [], name + ": left behind")
    return len(numbers)


# ---- the pipes of a user ----

def drop_privileges():
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)


def pipes(arguments):
    """The program is copied, since nobody may not read the place where it was built."""
    count, command = int(arguments[0]), arguments[1:]
    with tempfile.TemporaryDirectory(dir="/tmp") as place:
        os.chmod(place, 0o755)
        program = os.path.join(place, os.path.basename(command[0]))
        with open(oracle.gx(command[0]), "rb") as source, open(program, "wb") as copy:
            copy.write(source.read())
        os.chmod(program, 0o755)
        pid = os.fork()
        if pid == 0:
            try:
                drop_privileges()
                subprocess.run([program, "--version"], stdout=subprocess.DEVNULL, check=True)
            except (OSError, subprocess.CalledProcessError):
                os._exit(CANNOT)
            code = hold_pipes(count, [program] + command[1:])
            sys.stdout.flush()
            os._exit(code)
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def hold_pipes(count, command):
    usual, _ = os.pipe()
    usual = fcntl.fcntl(usual, 1032)  # F_GETPIPE_SZ
    if usual < 65536:
        return CANNOT  # this user has too many already
    held = []
    for _ in range(count):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        held.append(process)
    for process in held:
        os.set_blocking(process.stdout.fileno(), True)
        os.read(process.stdout.fileno(), 1)  # it has opened its output
    left, _ = os.pipe()
    left = fcntl.fcntl(left, 1032)
    sizes = {fcntl.fcntl(p.stdout, 1032) for p in held}
    for process in held:
        process.kill()
        process.wait()
    print(f"pipes of {sizes} bytes; a new one has {left}, and had {usual}")
    return 0 if left == usual else 1


def main():
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "without":
        without(arguments)
    elif what in ("deaf", "mute"):
        break_pipe(2 if what == "deaf" else 1, arguments)
    elif what == "nonblocking":
        nonblocking(arguments)
    elif what == "pipes":
        pipes(arguments)
    else:
        arguments[0] = oracle.gx(arguments[0])
        oracle.finish(killed(arguments))


main()
