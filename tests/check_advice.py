#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether each message that gives advice - that names an option or a command to go on with -
has a test that takes the advice. advice.tsv says which: a piece of the message, and the test,
as FILE.bats: NAME. Each such message of lib/ and cmd/ must have a row, each piece must be in a
message, and each test must be there. A row with "-" is a message that names an option only to
say what is wrong with it.
Usage: check_advice.py [--missing]    --missing lists the messages without a row"""

import os
import re
import sys

import oracle

HERE = os.path.dirname(os.path.abspath(__file__))
REPO = os.path.dirname(HERE)

LITERAL = r'"(?:[^"\\\n]|\\.)*"'
# Adjacent literals are one text, over the lines of a macro too; what a macro puts between them,
# such as PRIu64, is a number.
TEXT = re.compile(rf"{LITERAL}(?:[\s\\]*(?:PRI\w+\s*)?{LITERAL})*")
# What is no message: comments; the tables of options and the examples, which are help; and the
# text for shells that completes words.
NO_MESSAGE = re.compile(
    r"/\*.*?\*/|struct gx_option \w+\[[^\]]*\] = \{.*?\n\};|"
    r"\.example = \{.*?\" \},|static const char (?:bash|zsh|fish)\w*\[\] =.*?\";\n", re.S)
# "--scale must be above 0" is about the option that was given: it offers none.
SUBJECT = re.compile(r"^(?:%s)?(?:: )?--?[a-z-]+(?:[ =]%\S+)?,?:? ", re.I)
ADVICE = re.compile(
    r"(?<![\w-])--[a-z][a-z-]+|(?<![\w-])-[a-z] (?:[A-Z]{4}|[a-z]\.gxm|[0-9])|"
    r"(?<!\w)(?:sed|tr|grep|tail|iconv|gunzip|unzip|xzcat|zcat|tar|awk|parallel|sqlite3) ['+-]|"
    r"ffmpeg -|unzip -p|tar xf|xzcat|zcat|git lfs|gx-[a-z]+ -|np\.|pd\.|df\.|adata\.|astype|write\.table|"
    r"h5repack|h5clear|h5ls|ptrepack|kallisto h5dump|in Python|in R:|in MATLAB")


def texts(path):
    with open(path, encoding="utf-8") as f:
        source = NO_MESSAGE.sub("", f.read())
    for match in TEXT.finditer(source):
        text = "".join(part[1:-1] for part in re.findall(LITERAL, match.group()))
        yield text.replace('\\"', '"').replace("\\\\", "\\")


def messages():
    """Those with advice in them, and the files that they are in."""
    out = {}
    for top in ("lib", "cmd"):
        for where, _, names in os.walk(os.path.join(REPO, top)):
            for name in sorted(names):
                path = os.path.join(where, name)
                for text in texts(path) if name.endswith((".c", ".h")) else ():
                    if ADVICE.search(SUBJECT.sub("", text)) and " " in text:
                        out.setdefault(text, os.path.relpath(path, REPO))
    return out


def table():
    with open(os.path.join(HERE, "advice.tsv"), encoding="utf-8") as f:
        lines = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    assert lines[0] == ["message", "test"], lines[0]
    return lines[1:]


def test_is_there(test):
    file, _, name = test.partition(": ")
    path = os.path.join(HERE, file)
    if not name or not os.path.exists(path):
        return False
    with open(path, encoding="utf-8") as f:
        return f'@test "{name}" {{\n' in f.read()


def without_row(found, rows):
    return {text: path for text, path in found.items()
            if not any(piece in text for piece, _ in rows)}


def main():
    found, rows = messages(), table()
    missing = without_row(found, rows)
    if "--missing" in sys.argv[1:]:
        for text, path in sorted(missing.items(), key=lambda pair: pair[1]):
            print(f"{path}\t{text}")
        return
    for text, path in missing.items():
        oracle.fail(f"{path}: no row of advice.tsv has a piece of this message: {text!r}")
    for piece, test in rows:
        if not any(piece in text for text in found):
            oracle.fail(f"advice.tsv: no message has this in it: {piece!r}")
        if test != "-" and not test_is_there(test):
            oracle.fail(f"advice.tsv: {piece!r}: there is no test {test!r}")
    oracle.finish(len(rows))


main()
