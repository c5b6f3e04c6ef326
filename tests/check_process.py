#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs commands as a shell cannot: with signals in the middle, on a terminal, with readers
that go away. Usage: check_process.py WHAT COMMAND [ARGUMENT ...]"""

import glob
import os
import resource
import pty
import select
import signal
import subprocess
import sys
import time

import oracle

PATIENCE = 60  # seconds that a slow build on a slow machine may take


# Those that may end a run in the middle; no core is dumped for the last two.
FATAL = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGXCPU)
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
# What a caller ignores (nohup, a shell that starts us in the background) the commands would
# ignore as well, and rightly so.
for caught in FATAL + (signal.SIGUSR1, signal.SIGPIPE):
    signal.signal(caught, signal.SIG_DFL)


def until(what, condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            oracle.fail(f"{what}: waited in vain")
            return False
        time.sleep(0.002)
    return True


def catches(pid, number):
    """Whether the process has a handler for the signal by now."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("SigCgt:"):
                    return bool(int(line.split()[1], 16) >> number - 1 & 1)
    except OSError:
        pass
    return False


def start(command, **how):
    return subprocess.Popen(command, stderr=subprocess.PIPE, restore_signals=True, **how)


def killed(command):
    """Killed in the middle of writing OUT: dead of that signal, and OUT is as it was."""
    for number in FATAL:
        for before in (None, b"before"):
            if before is None:
                if os.path.exists("OUT"):
                    os.unlink("OUT")
            else:
                with open("OUT", "wb") as f:
                    f.write(before)
            # Held in its middle by an input that does not end.
            process = start(command + ["-o", "OUT"], stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)
            if "-" in command:
                process.stdin.write(b"gene\ta\tb\n" + b"g\t1\t2\n" * 100000)
                process.stdin.flush()
            name = f"{command[0]} {signal.Signals(number).name}"
            until(name + ": no temporary file", lambda: glob.glob("OUT.gxtmp.*"))
            process.send_signal(number)
            _, err = process.communicate()
            oracle.expect(process.returncode, -number, name + ": ended by")
            oracle.expect(err, b"", name + ": stderr")
            oracle.expect(glob.glob("*.gxtmp.*"), [], name + ": left behind")
            if before is None:
                oracle.expect(os.path.exists("OUT"), False, name + ": OUT exists")
            else:
                with open("OUT", "rb") as f:
                    oracle.expect(f.read(), before, name + ": OUT")
    return 6


def ended(command):
    """Killed while it waits for input or for its reader: dead of that signal, silently."""
    checked = 0
    for number in FATAL:
        process = start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        name = f"{command[0]} {signal.Signals(number).name}"
        until(name + ": no handler", lambda: catches(process.pid, number))
        process.send_signal(number)
        _, err = process.communicate()
        oracle.expect(process.returncode, -number, name + ": ended by")
        oracle.expect(err, b"", name + ": stderr")
        checked += 1
    return checked


def ignored(command):
    """nohup's ignored HUP stays ignored."""
    process = start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                    preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    until("no handler", lambda: catches(process.pid, signal.SIGTERM))
    process.send_signal(signal.SIGHUP)
    out, err = process.communicate(b"gene\ta\ng1\t1\n")
    oracle.expect(process.returncode, 0, "exit")
    oracle.expect(err, b"", "stderr")
    oracle.expect(bool(out), True, "output")
    return 1


def ask_progress(process, command):
    """Sends SIGUSR1 twice: each gives one line."""
    if not until("no handler", lambda: catches(process.pid, signal.SIGUSR1)):
        return
    for _ in range(2):
        process.send_signal(signal.SIGUSR1)
        ready, _, _ = select.select([process.stderr], [], [], PATIENCE)
        line = os.read(process.stderr.fileno(), 4096) if ready else b""
        name = os.path.basename(command[0]).encode()
        if not (line.startswith(name + b": ") and b" rows" in line and line.endswith(b"\n")
                and line.count(b"\n") == 1):
            oracle.fail(f"not a progress line: {line!r}")


def usr1(command):
    """Each SIGUSR1 prints one line on stderr, and the result is as without."""
    text = b"gene\ta\tb\n" + b"g\t1\t2\n" * 1000
    quiet = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout
    process = start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    ask_progress(process, command)
    out, err = process.communicate(text)
    oracle.expect(process.returncode, 0, "exit")
    oracle.expect(err, b"", "stderr behind the lines")
    oracle.expect(out == quiet, True, "the same output")
    return 3


def usr1_endless(command):
    """The same while it waits for its reader."""
    process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    os.read(process.stdout.fileno(), 1)
    ask_progress(process, command)
    process.stdout.close()
    process.wait()
    return 2


def sigpipe(command):
    """A reader that goes away ends the command by SIGPIPE, without a word."""
    process = start(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    os.read(process.stdout.fileno(), 1)
    process.stdout.close()
    err = process.stderr.read()
    oracle.expect(process.wait(), -signal.SIGPIPE, f"{command[0]}: ended by")
    oracle.expect(err, b"", f"{command[0]}: stderr")
    return 1


def on_terminal(command, which, feed=None):
    """The command's exit code, what it wrote on the terminal, and its other stream."""
    master, slave = pty.openpty()
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
               "stderr": subprocess.PIPE, which: slave}
    if feed is not None:
        streams["stdin"] = subprocess.PIPE
    process = subprocess.Popen(command, **streams)
    os.close(slave)
    if feed is not None:
        process.stdin.write(feed)
        process.stdin.close()
    shown = b""
    try:
        while which != "stdin":
            piece = os.read(master, 65536)
            if not piece:
                break
            shown += piece
    except OSError:
        pass  # the other end is closed
    out = process.stdout.read() if process.stdout else b""
    err = process.stderr.read() if process.stderr else b""
    code = process.wait()
    os.close(master)
    return code, shown, out, err


def binary_terminal(command):
    """Binary output is not written to a terminal; text is."""
    code, shown, _, err = on_terminal(command + ["-b"], "stdout")
    oracle.expect(code, 2, "exit")
    oracle.expect(shown, b"", "on the terminal")
    oracle.expect(b"terminal" in err, True, f"message {err!r}")
    code, shown, _, err = on_terminal(command, "stdout")
    oracle.expect((code, err), (0, b""), "text")
    oracle.expect(bool(shown), True, "text on the terminal")
    return 2


def terminal_input(command):
    """No operand and a terminal as standard input: usage, at once."""
    code, _, out, err = on_terminal(command, "stdin")
    oracle.expect(code, 2, f"{command[0]}: exit")
    oracle.expect(out, b"", "stdout")
    oracle.expect(b"--help" in err, True, f"message {err!r}")
    return 1


def progress_terminal(command):
    """--progress redraws its line on a terminal and leaves it whole."""
    feed = b"gene\ta\n" + b"g\t1\n" * 10
    code, shown, _, _ = on_terminal(command + ["--progress"], "stderr", feed)
    oracle.expect(code, 0, "exit")
    oracle.expect(b"10 rows" in shown, True, f"shown {shown!r}")
    oracle.expect(shown.endswith(b"\n"), True, f"ends its line: {shown!r}")
    return 1


def aligned(command):
    """What the command writes on a terminal, on standard output."""
    code, shown, _, err = on_terminal(command, "stdout")
    oracle.expect((code, err), (0, b""), "succeeds")
    if code == 0:
        sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
        sys.exit()
    return 1


def drains(command):
    """Standard input is read to its end on success, so that its writer is not killed."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    source = sys.stdin.buffer.read()
    try:
        process.stdin.write(source)
        process.stdin.close()
    except BrokenPipeError:
        oracle.fail(f"{command}: stopped reading before the end")
    process.stdout.read()
    oracle.expect(process.wait(), 0, "exit")
    return 1


def main():
    what, command = sys.argv[1], sys.argv[2:]
    command[0] = oracle.gx(command[0])
    oracle.finish({"killed": killed, "ended": ended, "ignored": ignored, "usr1": usr1, "usr1-endless": usr1_endless,
                   "sigpipe": sigpipe,
                   "binary-terminal": binary_terminal,
                   "aligned": aligned,
                   "terminal-input": terminal_input, "drains": drains,
                   "progress-terminal": progress_terminal}[what](command))


main()
