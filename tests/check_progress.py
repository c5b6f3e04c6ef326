#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What --progress and SIGUSR1 show while a command runs.

    check_progress.py share LOW HIGH COMMAND ...
        The command is held up by a reader that does not read. The share that SIGUSR1 tells
        then is from LOW to HIGH (none: no share), and at the end it is 100%.
    check_progress.py terminal WIDTH EXPECTED COMMAND ...
        Output and messages go to one terminal of that width, while the input comes slowly;
        then it shows the lines of EXPECTED, and none of them is glued to a line of progress.
    check_progress.py narrow WIDTH COMMAND ...
        No line that is redrawn is wider than the terminal.
    check_progress.py failed MESSAGE COMMAND ...
        A message, and death by a signal, leave the terminal at the start of a line.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time

import oracle

PATIENCE = 20


def read_line(stream):
    ready, _, _ = select.select([stream], [], [], PATIENCE)
    return os.read(stream.fileno(), 65536).decode() if ready else ""


def share_of(line):
    found = re.search(r", (\d+)%", line)
    return int(found.group(1)) if found else None


def until(condition):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            oracle.fail("it never came")
            return
        time.sleep(0.05)


def held_up(process):
    """Waits until it sleeps because its reader does not read: its counters stand still."""
    last, since = None, time.monotonic()
    while time.monotonic() - since < PATIENCE:
        with open(f"/proc/{process.pid}/io", encoding="ascii") as f:
            now = f.read()
        if now == last and "wchar: 0" not in now:
            return
        last = now
        time.sleep(0.1)
    oracle.fail("it is never held up")


def share(low, high, command):
    process = subprocess.Popen(command + ["--progress"], stdin=sys.stdin, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    held_up(process)
    process.send_signal(signal.SIGUSR1)
    line = read_line(process.stderr)
    process.stdout.read()
    last = process.stderr.read().decode()
    oracle.expect(process.wait(), 0, "exit")
    oracle.expect(line.endswith("\n") and " MB in " in line, True, f"a line: {line!r}")
    if low == "none":
        oracle.expect((share_of(line), "ETA" in line, share_of(last)), (None, False, None),
                      f"no share: {line!r} {last!r}")
        return 1
    got = share_of(line)
    oracle.expect(got is not None and int(low) <= got <= int(high), True,
                  f"from {low} to {high}: {line!r}")
    oracle.expect("ETA" in line or got == 100, True, f"ETA: {line!r}")
    oracle.expect((share_of(last), "ETA" in last), (100, False), f"at the end: {last!r}")
    return 2


class Terminal:
    """A command on a terminal: what it shows is read all the time; standard input is a pipe."""

    def __init__(self, command, width, stdout=True):
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=slave,
                                        stdout=slave if stdout else subprocess.DEVNULL,
                                        env=dict(os.environ, TERM="xterm"))
        os.close(slave)
        self.bytes = b""
        self.reader = threading.Thread(target=self.read)
        self.reader.start()

    def read(self):
        try:
            while True:
                piece = os.read(self.master, 65536)
                if not piece:
                    break
                self.bytes += piece
        except OSError:
            pass  # the other end is closed

    def feed(self, pieces):
        """Writes the pieces; each is longer away than a line that is redrawn."""
        try:
            for piece in pieces:
                time.sleep(0.3)
                self.process.stdin.write(piece)
                self.process.stdin.flush()
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # it has ended: its exit code is looked at

    def end(self):
        """The exit code, and all that was shown."""
        code = self.process.wait()
        self.reader.join()
        os.close(self.master)
        return code, self.bytes.decode()


def screen(shown):
    """The lines that are left: CR, LF and "erase to the end of the line" are obeyed."""
    lines, at = [""], 0
    for token in re.findall(r"\r|\n|\x1b\[K|[^\r\n\x1b]+", shown):
        if token == "\r":
            at = 0
        elif token == "\n":
            lines.append("")
            at = 0
        elif token == "\x1b[K":
            lines[-1] = lines[-1][:at]
        else:
            lines[-1] = lines[-1][:at] + token + lines[-1][at + len(token):]
            at += len(token)
    return lines


def rows(first, n):
    return b"".join(b"g%d\t%d\t1\n" % (i, i) for i in range(first, first + n))


def pieces():
    # Each is more than the output gathers, so that text comes between what is drawn.
    n = 40000
    return [b"gene\ta\tb\n" + rows(0, n), rows(n, n), rows(2 * n, n), rows(3 * n, 5)]


def terminal(width, expected, command):
    run = Terminal(command + ["--progress"], int(width))
    run.feed(pieces())
    code, shown = run.end()
    oracle.expect(code, 0, "exit")
    oracle.expect(shown.count("\x1b[K") >= 3, True, "it is redrawn, and taken away")
    lines = screen(shown)
    oracle.expect(lines[-1], "", "ends its line")
    name = os.path.basename(command[0])
    oracle.expect(lines[-2].startswith(f"{name}: 120005 rows, "), True, f"last line {lines[-2]!r}")
    with open(expected, encoding="ascii") as f:
        want = f.read().splitlines()
    oracle.expect(lines[:-2] == want, True, "the lines of the output and no other")
    return 3


def narrow(width, command):
    run = Terminal(command + ["--progress"], int(width), stdout=False)
    run.feed(pieces())
    code, shown = run.end()
    oracle.expect(code, 0, "exit")
    drawn = re.findall(r"\r([^\r\n\x1b]+)\x1b\[K", shown)
    oracle.expect(len(drawn) >= 2, True, f"drawn: {shown!r}")
    for line in drawn:
        oracle.expect(len(line) < int(width), True, f"{line!r} in {width} columns")
    return len(drawn)


def failed(message, command):
    run = Terminal(command + ["--progress"], 100)
    run.feed(pieces() + [b"last\tx\t1\n"])
    code, shown = run.end()
    lines = screen(shown)
    oracle.expect(code, 1, "exit")
    oracle.expect(lines[-1], "", "ends its line")
    oracle.expect(message in lines[-2] and lines[-2].startswith(os.path.basename(command[0])),
                  True, f"the message: {lines[-2:]!r}")
    run = Terminal(command + ["--progress"], 100, stdout=False)
    for piece in pieces()[:2]:
        time.sleep(0.3)
        run.process.stdin.write(piece)
        run.process.stdin.flush()
    until(lambda: screen(run.bytes.decode())[-1].startswith("gx-"))
    run.process.send_signal(signal.SIGTERM)
    code, shown = run.end()
    run.process.stdin.close()
    oracle.expect(code, -signal.SIGTERM, "ended by")
    oracle.expect(screen(shown)[-1], "", f"the prompt's line is empty: {shown[-200:]!r}")
    return 4


def main():
    what, words = sys.argv[1], sys.argv[2:]
    count = {"share": 2, "terminal": 2, "narrow": 1, "failed": 1}[what]
    command = words[count:]
    command[0] = oracle.gx(command[0])
    function = {"share": share, "terminal": terminal, "narrow": narrow, "failed": failed}[what]
    oracle.finish(function(*words[:count], command))


main()
