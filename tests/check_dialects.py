#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Text tables in dialects. Usage: check_dialects.py WHAT [N]

  cases        each file of dialects/cases against dialects/expected.tsv
  parts        files in dialects, in 1 to 100 parts: the records add up to that of the whole
  random [N]   random tables, written in random dialects by a writer of its own, read back"""

import gzip
import os
import random
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import oracle

HERE = os.path.dirname(os.path.abspath(__file__))


def outcome(*command, stdin=None):
    """(exit code, stdout, stderr)"""
    done = subprocess.run([oracle.gx(command[0]), *map(str, command[1:])], input=stdin,
                          stdin=None if stdin is not None else subprocess.DEVNULL,
                          capture_output=True, check=False)
    return done.returncode, done.stdout, done.stderr


def write(path, blob):
    with open(path, "wb") as f:
        f.write(blob)
    return path


# ---- the table of cases ----

def unescape(text):
    return text.encode().decode("unicode_escape").encode("latin-1")


def cases():
    with open(os.path.join(HERE, "dialects", "expected.tsv"), encoding="utf-8") as f:
        lines = [line.rstrip("\n").split("\t") for line in f if not line.startswith("#")]
    assert lines[0] == ["case", "exit", "expected"]
    directory = os.path.join(HERE, "dialects", "cases")
    oracle.expect(sorted(line[0] + ".txt" for line in lines[1:]), sorted(os.listdir(directory)),
                  "the table has each file")
    for name, code, expected in lines[1:]:
        path = os.path.join(directory, name + ".txt")
        with open(path, "rb") as f:
            blob = f.read()
        if code == "0":
            pairs = [unescape(pair).rsplit(b"=", 1) for pair in expected.split(" ") if pair]
            want = b"gene\tmean\n" + b"".join(g + b"\t" + m + b"\n" for g, m in pairs)
            message = b""
        for how, options, stdin, called in (("file", [path], None, path),
                                            ("-t 4", ["-t", "4", path], None, path),
                                            ("pipe", [], blob, "<stdin>")):
            if code != "0":
                want = b""
                message = f"gx-means: {called}{expected}\n".encode()
                if not blob and how == "pipe":
                    message = (b"gx-means: <stdin>: no data on standard input: did you mean to "
                               b"name a file?\n")
            oracle.expect(outcome("gx-means", *options, stdin=stdin), (int(code), want, message),
                          f"{name}, {how}")
    return len(lines) - 1


# ---- parts ----

GENES = [(f"gene{i}", i % 7 + i / 8, 100 - i) for i in range(1, 24)]


def rows(form, end="\n"):
    return "".join(form.format(g, a, b) + end for g, a, b in GENES)


def dialect_files():
    """name, bytes, options"""
    plain = rows("{}\t{}\t{}")
    yield "plain", "gene\ta\tb\n" + plain, []
    yield "CR LF, BOM, no last line end", "\ufeffgene,a,b\r\n" + rows("{},{},{}", "\r\n")[:-2], []
    yield "short header, spaces", "a b\n" + rows("{} {} {}"), []
    yield "blank lines at the end", "gene\ta\tb\n" + plain + "\n\r\n\n\n", []
    yield "comments", "# one\n## two\t\t\n#\ngene\ta\tb\n" + plain, []
    yield "a header longer than the rows", \
        "# " + "x" * 900 + "\n" + "\t".join(["gene", "a" * 700, "b" * 900]) + "\n" + plain, []
    yield "GCT 1.2", f"#1.2\n{len(GENES)}\t2\nName\tDescription\ta\tb\n" + \
        rows('{}\t"d\t{}\t{}').replace('gene1\t"d', "gene1\td"), []
    yield "GCT 1.3", f"#1.3\n{len(GENES)}\t2\t1\t2\nid\tw\ta\tb\nx\tna\t1\t2\ny\tna\tu\tv\n" + \
        rows("{}\t7\t{}\t{}"), []
    meta = "!Series_title\t\"x\"\n!Sample_data\t\"one\rtwo\n3\t4\t5\n\"\n\n"
    table = '"ID_REF"\t"a"\t"b"\n' + rows('"{}"\t{}\t{}')
    yield "GEO series matrix", \
        f"{meta}!series_matrix_table_begin\n{table}!series_matrix_table_end\n", []
    yield "GEO series matrix, blank lines and more behind it", \
        f"{meta}!series_matrix_table_begin\n{table}\n\n!series_matrix_table_end\n!x\ty\n\n", []
    yield "GEO dataset", "^DATASET = G\n!x = y\n#ID_REF = z\n!dataset_table_begin\n" \
        "ID_REF\tIDENTIFIER\ta\tb\n" + rows("{}\tSYM\t{}\t{}") + "!dataset_table_end\n", []
    yield "featureCounts", "# Program:featureCounts\tx\nGeneid\tChr\tStart\tEnd\tStrand\tLength\t" \
        "a\tb\n" + rows("{}\t1;1\t5;9\t7;11\t+;+\t6\t{}\t{}"), []
    yield "PCL", "YORF\tNAME\tGWEIGHT\ta\tb\nEWEIGHT\t\t\t1\t1\n" + rows("x\t{}\t1\t{}\t{}"), []
    yield "no header", plain, ["--no-header"]
    yield "no ids", "a\tb\n" + rows("{1}\t{2}"), ["--id-column", "none"]
    yield "no ids, no header, CR LF", rows("{1},{2}", "\r\n"), ["--id-column", "none", "--no-header"]
    yield "no ids, blank lines", "a\tb\n" + rows("{1}\t{2}", "\n\n"), \
        ["--id-column", "none", "--skip-blank"]
    yield "blank lines passed over", "gene\ta\tb\n" + rows("{}\t{}\t{}", "\n\r\n"), ["--skip-blank"]
    yield "ends of rows, spaces", "gene  a  b\n" + rows("  {}   {}\t{}  "), \
        ["--delimiter", "whitespace"]
    yield "rows end in a delimiter", "gene\ta\tb\n" + rows("{}\t{}\t{}\t"), ["--trailing-delimiter"]
    yield "decimal comma", "gene;a;b\n" + rows("{};{};{}").replace(".", ","), \
        ["--delimiter", ";", "--decimal-comma"]
    yield "columns chosen", "chr\tid\tlength\ta\tb\n" + rows("c\t{}\t5\t{}\t{}"), \
        ["--id-column", "id", "--skip-columns", "chr,3"]


def parts():
    checked = 0
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "t")
        for name, text, options in dialect_files():
            write(path, text.encode())
            whole = oracle.run("gx-threshold", "-T", "9", *options, path)
            oracle.expect(whole.split(b"\n")[1].split(b"\t")[2], b"23", f"{name}: rows")
            means = oracle.run("gx-means", "-H", *options, path)
            unnamed = "none" in options
            want = "".join(f"{f'g{i}' if unnamed else g}\t{oracle.number_text(oracle.mean_of([a, b]))}\n"
                           for i, (g, a, b) in enumerate(GENES, 1)).encode()
            oracle.expect(means, want, f"{name}: means")
            for n in (1, 3, 7) if oracle.SANITIZED else (1, 2, 3, 7, 100):
                records, text_parts = b"", b""
                for k in range(1, n + 1):
                    part = f"{k}/{n}"
                    records += oracle.run("gx-threshold", "-T", "9", *options, "-p", part, path)
                    if n == 7 or unnamed:
                        text_parts += oracle.run("gx-means", "-H", *options, "-p", part, path)
                oracle.expect(oracle.run("gx-reduce", stdin=records), whole, f"{name}: {n} parts")
                if text_parts:
                    oracle.expect(text_parts, want, f"{name}: means of {n} parts")
                checked += n
        checked += wrong_parts(path)
    return checked


def wrong_parts(path):
    """What is wrong in the whole is refused by a part, wherever the parts are cut."""
    wrong = {
        "blank line": "gene\ta\tb\nx\t1\t2\n\ny\t3\t4\nz\t5\t6\n",
        "blank lines, CR LF": "gene\ta\tb\r\nx\t1\t2\r\n\r\n\r\ny\t3\t4\r\n",
        "blank line behind the header": "gene\ta\tb\n\nx\t1\t2\ny\t3\t4\n",
        "blank line in GEO": "!x\n!series_matrix_table_begin\nID_REF\ta\tb\nx\t1\t2\n\ny\t3\t4\n"
                             "!series_matrix_table_end\n",
        "no end of GEO": "!x\n!series_matrix_table_begin\nID_REF\ta\tb\nx\t1\t2\ny\t3\t4\n",
        "a row of GCT is missing": "#1.2\n3\t2\nName\tDescription\ta\tb\nx\td\t1\t2\ny\td\t3\t4\n",
        "a row of GCT too many": "#1.2\n1\t2\nName\tDescription\ta\tb\nx\td\t1\t2\ny\td\t3\t4\n",
    }
    for name, text in wrong.items():
        write(path, text.encode())
        oracle.expect(outcome("gx-threshold", path)[0], 1, name)
        for n in (2, 5, 10) if oracle.SANITIZED else (*range(1, 13), len(text), len(text) + 5):
            codes = {outcome("gx-threshold", "-T", "1", "-p", f"{k}/{n}", path)[0] for k in range(1, n + 1)}
            if codes not in ({1}, {0, 1}):
                oracle.fail(f"{name}: {n} parts exit with {codes}")
    return len(wrong)


# ---- random tables ----

def read_gxm(blob):
    """(names of columns, names of rows or None, rows of bits) of a GXM stream of one segment,
    as bytes; its checks are another program's."""
    nbyte, ncol = struct.unpack_from("<2Q", blob, 16)
    flags, ncolumns = struct.unpack_from("<2Q", blob, 56)
    columns = blob[128:128 + ncolumns].split(b"\0")[:-1]
    names, values, at = [], [], nbyte
    while blob[at:at + 8] == b"GXMBLOCK":
        nbyte, _, nrow, nnames = struct.unpack_from("<4Q", blob, at + 8)
        names += blob[at + 64:at + 64 + nnames].split(b"\0")[:-1]
        start = at + 64 + oracle.pad(nnames)
        values += [struct.unpack_from(f"<{ncol}Q", blob, start + 8 * ncol * i)
                   for i in range(nrow)]
        at += nbyte
    return columns, names if flags & 1 else None, values


PIECES = [b"g", b"x", b"TP53", b"007", b"NA", b"nan", b"#", b"!", b"'", b"5'-NT", b"-", b"+", b"/",
          b"|", b":", b"\xc3\xa9", b"\xe6\xbc\xa2", b"\xb5", b"\xff", b"1", b".", b"e", b"Inf", b"%",
          b"1,5", b"a b", b'"', b'""', b",", b" ", b";", b"\t", b"_", b"\\", b"Sep-01", b"\xef\xbb\xbf"]


class Table:
    """A random table, and its text in a random dialect."""

    def __init__(self, draw):
        self.draw = draw
        self.delimiter = draw.choice([b"\t", b"\t", b"\t", b",", b",", b",", b" ", b"|", b";"])
        self.end = draw.choice([b"\n", b"\n", b"\r\n", None])  # None: now this, now that
        self.quoting = draw.choice(["needed", "names", "all", "some"])
        self.options = []
        if self.delimiter in b"|;" or draw.random() < 0.1:
            self.options += ["--delimiter", {b"\t": "tab", b" ": "space"}.get(
                self.delimiter, self.delimiter.decode())]
        self.tokens = draw.sample([b"NA", b"na", b"NaN", b"N/A", b"null", b"NULL", b""], 2)
        if draw.random() < 0.2:
            self.tokens += [b"-", b"-999"]
            self.options += ["--na", "-,-999"]
        self.comma = self.delimiter == b";" and draw.random() < 0.5
        if self.comma:
            self.options += ["--decimal-comma"]
        self.header = draw.choice(["named", "named", "empty", "short", "none"])
        if self.header == "none":
            self.options += ["--no-header"]
        self.nrow = draw.choice([0, 1, 2, 3, 5, 8, 30])
        self.ncol = draw.choice([1, 2, 3, 7, 8, 9, 20])
        if self.nrow == 0 and self.header in ("short", "none"):
            self.header = "named"
            self.options = [o for o in self.options if o != "--no-header"]
        self.ids = self.header == "none" or draw.random() < 0.9
        if not self.ids:
            self.header = "named"
            self.options += ["--id-column", "none"]
        self.blank = draw.random() < 0.15 and self.nrow > 0
        if self.blank:
            self.options += ["--skip-blank"]
        self.trailing = self.ids and self.nrow > 0 and draw.random() < 0.1
        if self.trailing:
            self.options += ["--trailing-delimiter"]
        self.extra = self.ids and self.header == "named" and draw.random() < 0.2
        if self.extra:
            self.options += ["--skip-columns", draw.choice(["extra column", "2"])]
        self.columns = [self.name() for _ in range(self.ncol)]
        self.columns[0] = b"s" + self.columns[0]
        self.names = [self.name() for _ in range(self.nrow)]
        self.rows = [[self.value() for _ in range(self.ncol)] for _ in range(self.nrow)]
        for i, (name, row) in enumerate(zip(self.names, self.rows)):
            # Nothing but delimiters is a blank line, not a row.
            if all(v != v for v in row) and (not self.ids or not name.strip(b" \t;,")):
                self.names[i], row[0] = b"g", row[0] if self.ids else 1.0

    def name(self):
        return b"".join(self.draw.choices(PIECES, k=self.draw.choice([0, 1, 1, 2, 3, 5])))

    def value(self):
        draw = self.draw
        kind = draw.random()
        if kind < 0.3:
            return float(draw.randrange(10 ** draw.randrange(1, 8)))
        if kind < 0.6:
            return round(draw.uniform(-1000, 1000), draw.randrange(8))
        if kind < 0.7:
            return 0.0
        if kind < 0.8:
            return float("nan")
        if kind < 0.83:
            return draw.choice([float("inf"), float("-inf"), -0.0, 5e-324, 3.1e-311])
        return struct.unpack("<d", struct.pack("<Q", draw.randrange(0x7FE0000000000000)))[0]

    def spelled(self, v):
        """A spelling that has the same nearest double."""
        draw = self.draw
        if v != v:
            return draw.choice(self.tokens)
        if v in (float("inf"), float("-inf")):
            return draw.choice([b"inf", b"Inf", b"INF"]) if v > 0 else draw.choice([b"-inf", b"-Inf"])
        ways = [repr(v), f"{v:.17g}", f"{v:.16e}", f"{v:.17E}", f"{v:.25e}"]
        if v == int(v) and abs(v) < 1e15:
            ways += [f"{v:.0f}", f"{v:.0f}", f"{v:.0f}.", f"{v:.3f}", f"{v:.0f}e0", f"{v:.0f}E+000"]
        text = draw.choice(ways)
        if draw.random() < 0.1 and v > 0:
            text = "+" + text
        if draw.random() < 0.1 and text.startswith("0.") and text[2:3].isdigit():
            text = text[1:]
        if self.delimiter != b" " and draw.random() < 0.1:
            text = " " + text + " "
        return (text.replace(".", ",") if self.comma else text).encode()

    def field(self, text, is_name, first=False):
        """With quotes where they are needed: in the first line also around what would be
        taken for a delimiter, TAB before comma before space."""
        needed = self.delimiter in text or text.startswith(b'"')
        if first and "--delimiter" not in self.options:
            needed |= any(c in text for c in (b"\t", b",", b" ") if self.delimiter != b"\t")
        quoted = needed or self.quoting == "all" or (self.quoting == "names" and is_name) or \
            (self.quoting == "some" and self.draw.random() < 0.3)
        return b'"' + text.replace(b'"', b'""') + b'"' if quoted else text

    def line_end(self):
        return self.end or self.draw.choice([b"\n", b"\r\n"])

    def text(self):
        body, bom = self.lines(), b"\xef\xbb\xbf"
        # A first name that begins with these bytes is read as it is only behind a mark.
        return (bom if body.startswith(bom) else self.draw.choice([b"", b"", bom])) + body

    def lines(self):
        draw = self.draw
        out = b""
        if draw.random() < 0.2:
            out += b"# made by x, with\ttwo fields" + self.line_end() + b"##,,,,\t\t" + self.line_end()
        extra = [b"extra column"] if self.extra else []
        tail = [b""] if self.trailing and draw.random() < 0.5 else []
        if self.header != "none":
            corner = {"named": [draw.choice([b"gene", b"ID", b"Gene name", b"symbol"])], "empty": [b""],
                      "short": []}[self.header] if self.ids else []
            if corner and self.delimiter == b" " and b" " in corner[0]:
                corner = [b"id"]
            cells = [self.field(c, True, True) for c in corner + extra + self.columns]
            out += self.delimiter.join(cells + tail) + self.line_end()
        for i, (name, row) in enumerate(zip(self.names, self.rows)):
            first = self.header == "none" and i == 0
            if self.blank and draw.random() < 0.3 and not first:
                out += self.line_end()
            cells = ([self.field(name, True, first)] if self.ids else []) + \
                ([self.field(b"text", True)] if self.extra else []) + \
                [self.field(self.spelled(v), False) for v in row] + ([b""] if self.trailing else [])
            out += self.delimiter.join(cells) + self.line_end()
        if draw.random() < 0.2:
            return out + self.line_end() * draw.randrange(1, 4)
        if draw.random() < 0.3:
            return out[:-2] if out.endswith(b"\r\n") else out[:-1]
        return out

    def right(self):
        """Whether this text means this table: some are refused, or mean another, on purpose."""
        first = self.rows[0] if self.rows else [0.0]
        if not self.ids and self.ncol == 1:
            return False  # an empty field alone is a blank line
        if self.ids and self.nrow > 1 and self.names[0] == self.names[1] and \
                re.fullmatch(rb"[-+]?[0-9.]{1,3}\.?", self.names[0]):
            return False  # two genes called 1: a sample, it seems
        if self.trailing and self.columns[-1] == b"":
            return False  # the header's own delimiter at the end
        if self.header != "none" and self.columns[-1] == b"" and first[-1] != first[-1]:
            return False  # ends in a delimiter, as the header does
        if self.header == "short" and first[-1] != first[-1]:
            return False  # one more than the header, and empty
        if self.header in ("named", "empty") and self.columns[-1] == b"":
            return False  # a last column without a name that has values
        if self.header == "none" and self.trailing and first[-1] != first[-1]:
            return False
        if self.header == "none" and self.names and self.names[0][:1] in (b"#", b"!"):
            return False  # a comment, metadata
        if self.header == "short" and self.ncol == 1 and self.nrow > 1 and self.names[0] == b"":
            return False  # one name above a row without one, or a title above the header
        if "--delimiter" in self.options or self.delimiter == b"\t":
            return True
        if self.header == "short" and self.ncol == 1:
            return False  # no delimiter in the header
        # Empty fields are not taken for missing values where single spaces were guessed.
        return self.delimiter != b" " or (b"" not in self.tokens and b"" not in self.columns and
                                          b"" not in self.names and not self.trailing)


def pack(draw, blob):
    """The text as it is, or compressed: (bytes, whether it can be cut)."""
    way = draw.random()
    if way < 0.1:
        at = draw.randrange(len(blob) + 1)
        return gzip.compress(blob[:at], 1) + gzip.compress(blob[at:]), False
    if way < 0.17 and shutil.which("zstd"):
        return subprocess.run(["zstd", "-qc"], input=blob, capture_output=True, check=True).stdout, \
            False
    return blob, True


def one(table, path, draw):
    blob, plain = pack(draw, table.text())
    write(path, blob)
    options = table.options
    binary = oracle.run("gx-convert", "-b", *options, path)
    if not binary:
        return False
    columns, names, values = read_gxm(binary)
    want = [tuple(map(oracle.bits_of, row)) for row in table.rows]
    oracle.expect(len(values), len(want), "rows")
    for name, row, got, right in zip(table.names, table.rows, values, want):
        for j, (g, w) in enumerate(zip(got, right)):
            if g != w:
                value = struct.unpack("<d", struct.pack("<Q", g))[0]
                oracle.fail(f"row {name!r}, column {j + 1}: {value!r}, expected {row[j]!r}")
                return True
    oracle.expect(names, table.names if table.ids else None, "names of rows")
    oracle.expect(columns, table.columns if table.header != "none" else [], "names of columns")
    way = draw.randrange(3)  # one of the other ways for each table: there are many tables
    if way == 0:
        oracle.expect(oracle.run("gx-convert", "-b", *options, stdin=blob), binary, "a pipe")
    elif way == 1:
        oracle.expect(oracle.run("gx-convert", "-b", "-t", "4", *options, path), binary, "-t 4")
    else:
        oracle.expect(oracle.run("gx-convert", "-b", "-t", "4", *options, "-", stdin=blob), binary,
                      "a pipe, -t 4")
    if not plain:
        oracle.expect(outcome("gx-threshold", "-p", "1/2", *options, path)[0], 2, "cut")
        return True
    whole = oracle.run("gx-threshold", "-T", "1", *options, path)
    digest = whole.split(b"\n")[1].split(b"\t")[-3].decode()  # names may hold TABs
    oracle.expect(digest, oracle.matrix_digest(table.rows), "digest")
    n = draw.choice([1, 2, 7])
    records = b"".join(oracle.run("gx-threshold", "-T", "1", *options, "-p", f"{k}/{n}", path)
                       for k in range(1, n + 1))
    oracle.expect(oracle.run("gx-reduce", stdin=records), whole, f"{n} parts")
    return True


def random_tables(n):
    seed = oracle.seed(1)  # another one looks at other tables
    made = 0
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "t")
        number = 0
        while made < n and oracle.failures < 5:
            draw = random.Random(f"{seed} {number}")
            table = Table(draw)
            number += 1
            if not table.right():
                continue
            before = oracle.failures
            one(table, path, draw)
            made += 1
            if oracle.failures > before:
                with open(path, "rb") as f:
                    print(f"^ table {number}: {' '.join(table.options)} {f.read()[:300]!r}")
    return made


if __name__ == "__main__":
    what = sys.argv[1]
    oracle.finish(cases() if what == "cases" else parts() if what == "parts" else
                  random_tables(int(sys.argv[2])))
