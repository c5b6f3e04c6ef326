#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Finds lines of test files that cannot fail a test, or that fail it by chance. Bash's -e
passes over what stands behind an exclamation mark, and over all of `a && b` but b; and a
reader that stops early, `| head` or `| grep -q`, may end the writer by SIGPIPE, which
pipefail shows. Each file must load lib.bash, which sets pipefail.
Usage: check_bats.py FILE ..."""

import re
import sys

HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
# These end the list on purpose: whether they are reached is a condition, not a check.
JUMP = re.compile(r"&&\s*(continue|break|return|exit|note)\b")
CONDITION = re.compile(r"^(if|elif|while|until)\b")
INVERTED = re.compile(r"(?:^|[;&|({]|\b(?:do|then|else)\b)\s*!\s")
STOPS_EARLY = re.compile(r"(?<!\|)\|\s*(head(?! -[cn] -)|grep\s+(-\w+\s+)*-\w*[qm])")


class Scanner:
    """Bash with its strings, comments, tests, subshells and substitutions taken out."""

    def __init__(self, text):
        self.text, self.at, self.out, self.heredocs = text, 0, [], []
        self.unended = False

    def keep(self, inside, what):
        if not inside:
            self.out.append(what)

    def newline(self):
        """The text of here-documents begins behind the line that names them."""
        for word in self.heredocs:
            while self.at < len(self.text):
                end = self.text.find("\n", self.at)
                end = len(self.text) if end < 0 else end
                line = self.text[self.at:end]
                self.at = end + 1
                self.out.append("\n")
                if line.strip() == word:
                    break
        self.heredocs = []

    def quoted(self, close):
        """To the end of a string; the lines in it are still counted."""
        while self.at < len(self.text) and self.text[self.at] != close:
            if self.text[self.at] == "\\" and close != "'":
                self.at += 1
            elif self.text.startswith("$(", self.at) and close == '"':
                self.at += 2
                self.scan(")", True)
                continue
            if self.text[self.at] == "\n":
                self.out.append("\\\n")
            self.at += 1
        self.unended |= self.at >= len(self.text)
        self.at += 1

    def scan(self, close="", inside=False):
        """To `close`; inside of something, only line ends are kept."""
        text, begin = self.text, self.at
        while self.at < len(text):
            if close and text.startswith(close, self.at):
                self.at += len(close)
                return
            c, before = text[self.at], text[self.at - 1] if self.at > begin else " "
            heredoc = HEREDOC.match(text, self.at) if text[self.at - 1] != "<" else None
            self.at += 1
            if c == "\\":
                self.keep(inside, text[self.at - 1:self.at + 1])
                if inside and text[self.at:self.at + 1] == "\n":
                    self.out.append("\\\n")
                self.at += 1
            elif c in "'\"":
                self.keep(inside, "''")
                ansi = c == "'" and before == "$"
                self.quoted("'" if c == "'" and not ansi else c) if not ansi else self.ansi()
            elif c == "#" and before in " \t\n;":
                while self.at < len(text) and text[self.at] != "\n":
                    self.at += 1
            elif heredoc and not text.startswith("<<<", self.at - 1):
                self.heredocs.append(heredoc.group(2))
                self.at = heredoc.end()
            elif c == "\n":
                self.out.append("\\\n" if inside else "\n")
                self.newline()
            elif text.startswith("[[ ", self.at - 1):
                self.keep(inside, "[[]]")
                self.scan(" ]]", True)
            elif text.startswith("((", self.at - 1):
                self.keep(inside, "(())")
                self.at += 1
                self.scan("))", True)
            elif c == "(" and text[self.at:self.at + 1] != ")":
                self.keep(inside, "()")
                self.scan(")", True)
            else:
                self.keep(inside, c)
        self.unended |= bool(close)

    def ansi(self):
        while self.text[self.at] != "'":
            self.at += 2 if self.text[self.at] == "\\" else 1
        self.at += 1


def statements(lines):
    """(line, statement) of each, with lines that are continued as one."""
    number, begin, whole = 0, 1, ""
    for line in lines:
        number += 1
        whole += line.rstrip("\\") if line.endswith("\\") else line
        if line.endswith("\\") or re.search(r"(&&|\|)\s*$", line):
            whole += " "
            continue
        for part in re.split(r";|\bdo\b|\bthen\b|\belse\b|^\s*\{\s|\s\{\s", whole):
            yield begin, part.strip()
        begin, whole = number + 1, ""


def faults(text):
    scanner = Scanner(text)
    scanner.scan()
    bare = "".join(scanner.out).split("\n")
    if scanner.unended or len(bare) != text.count("\n") + 1:
        yield 1, "a string or a substitution has no end, as this program reads it"
    for line, part in statements(bare):
        if CONDITION.match(part) or "||" in part:
            continue
        if INVERTED.search(part + " ") and not re.match(r'! \'\'$', part):
            yield line, "never fails behind an exclamation mark: lacks, run ! or || note"
        if "&&" in part and not JUMP.search(part):
            yield line, "only the last of a && b && c fails a test: a line for each"
    for number, (line, code) in enumerate(zip(text.split("\n"), bare), 1):
        if STOPS_EARLY.search(line) and code.strip() and "bash -c '" not in line:
            yield number, "ends the writer early: read all of it (sed -n 1p, grep), or a file"


def main():
    found = 0
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        lines = text.split("\n")
        wrong = list(faults(text))
        if path.endswith(".bats") and "load lib.bash" not in lines:
            wrong.append((1, "load lib.bash is missing"))
        for number, why in wrong:
            print(f"{path}:{number}: {why}: {lines[number - 1].strip()}")
        found += len(wrong)
    sys.exit(found != 0)


main()
