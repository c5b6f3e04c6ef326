#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Networks in GXM as gx-matrix(5) has them, right and wrong.

    forge_triangle.py write FILE LAYOUT GENES [NAME=VALUE ...]
    forge_triangle.py wrong DIRECTORY       one file for each thing that can be wrong

NAME: names (none, plain, odd), kind, networks, max, median, mean, identity, provenance, first
and end (its rows), big (above 2^53), missing. What is wrong is alone so: all checksums are made
of what the file says.
"""
import functools
import os
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import oracle  # noqa: E402
from oracle import names_bytes, pad, padded  # noqa: E402

xxh3 = functools.lru_cache(maxsize=None)(oracle.xxh3)
UNKNOWN = oracle.MASK
SIZE = {1: 8, 2: 4, 3: 8}
LETTER = {1: "Q", 2: "I", 3: "Q"}  # doubles as their bits


def t(n):
    return n * (n + 1) // 2


def value(layout, i, j, big=False, missing=False):
    """The value of genes i >= j, as bits: whole numbers, fractions, ties."""
    n = (i * 7919 + j * 104729) % 2003
    if layout == 1:
        if missing and i != j and n % 97 == 3:
            return oracle.NAN_BITS
        return oracle.bits_of([n / 64 - 10, -0.0, float("inf"), n / 7][n % 4 if missing else 3])
    if layout == 2:
        return 2**32 - 1 - n if n % 5 == 0 else n
    return 2**63 + 2 * n + 1 if big else 2**53 - n if n % 5 == 0 else n


class Triangle:
    """A segment; what its fields are given takes the place of what is right."""

    def __init__(self, layout, ngene, names=(), first=0, end=None, big=False, missing=False,
                 identity="", provenance="", **facts):
        self.layout, self.ngene, self.names, self.first = layout, ngene, list(names), first
        end = ngene if end is None else end
        self.rows = [[value(layout, i, j, big, missing) for j in range(i + 1)]
                     for i in range(first, end)]
        known = dict(kind="pearson" if layout == 1 else "rank integer", networks=0, max=".",
                     median=".", mean=".")
        known.update(facts)
        self.network = "".join(f"{key} {known[key]}\n" for key in known).encode()
        self.identity, self.provenance, self.source = identity, provenance, b""
        self.header, self.block, self.trailer = {}, {}, {}
        self.block_number = 0  # which block it is that has the fields of `block`
        self.block_rows = None  # a function of the row: as many as fit
        self.row_names = b""
        self.index = lambda index: index

    def size(self, row, nrow):
        at = self.first + row
        return SIZE[self.layout] * (t(at + nrow) - t(at))

    def full(self, row):
        n = 1
        while self.size(row, n + 1) <= 262144:
            n += 1
        return n

    def bytes(self):
        columns = names_bytes(self.names)
        rest = columns + self.provenance.encode() + self.network
        h = dict(magic=b"\x89GXM\r\n\x1a\n", version=1, layout=self.layout,
                 nbyte=pad(128 + len(rest)), ncol=self.ngene, first=self.first,
                 nrow=len(self.rows), whole=self.ngene, flags=0,
                 column_name_bytes=len(columns), provenance_bytes=len(self.provenance.encode()),
                 identity=self.identity.encode(), network_bytes=len(self.network))
        h.update(self.header)
        fixed = struct.pack("<8sII8Q32sQ", *h.values())
        head = padded(fixed + bytes(8) + rest)
        checksum = xxh3(head)
        out = bytearray(head[:120] + struct.pack("<Q", checksum) + head[128:])

        index, total, at = [], 0, 0
        while at < len(self.rows):
            n = (self.block_rows or self.full)(at)
            rows = [struct.pack(f"<{len(row)}{LETTER[self.layout]}", *row)
                    for row in self.rows[at:at + n]]
            digests = [xxh3(row) for row in rows]
            values = padded(b"".join(rows))
            b = dict(magic=b"GXMBLOCK", nbyte=64 + pad(len(self.row_names)) + len(values),
                     first=at, nrow=len(rows), name_bytes=len(self.row_names), reserved=0,
                     header_checksum=checksum)
            if len(index) == 2 * self.block_number:
                b.update(self.block)
            fixed = struct.pack("<8s6Q", *b.values())
            check = xxh3(fixed + bytes(8) + padded(self.row_names) +
                         struct.pack(f"<{len(digests)}Q", *digests))
            index += [at, len(out)]
            out += fixed + struct.pack("<Q", check) + padded(self.row_names) + values
            total += sum(digests)
            at += len(rows)

        index = self.index(index)
        text = struct.pack(f"<{len(index)}Q", *index)
        before = pad(64 + len(text) + len(self.source))
        tr = dict(magic=b"GXMTRAIL", nbyte=before + 64, nrow=len(self.rows),
                  digest=total & oracle.MASK, nblock=len(index) // 2,
                  source_bytes=len(self.source), header_checksum=checksum, reserved=0)
        tr.update(self.trailer)
        trailer = padded(struct.pack("<8s7Q", *tr.values()) + text + self.source)
        footer = struct.pack("<2Q32sQ8s", before + 64, len(out) + before + 64, b"", 0,
                             b"\x89GXEND\r\n")
        check = xxh3(trailer + footer)
        return bytes(out + trailer + footer[:48] + struct.pack("<Q", check) + footer[56:])


def wrong():
    """(what, bytes) of each."""
    genes = 7
    names = [f"n{i}" for i in range(genes)]

    def small(layout=2, **other):
        return Triangle(layout, genes, names, **other)

    def headers():
        for layout in (0, 4, 5, 7, 1 << 31):
            yield "layout", layout
        for n in (0, 1, len(small().network) - 1, len(small().network) + 1, 225, 1 << 40, 1 << 63,
                  UNKNOWN):
            yield "network_bytes", n
        for n in (genes - 1, genes + 1, 0, 1 << 24, 1 << 63, UNKNOWN):
            yield "whole", n
        for n in (1, genes, 1 << 40, (1 << 64) - genes, UNKNOWN):
            yield "first", n
        for n in (0, genes - 1, genes + 1, 1 << 40, UNKNOWN):
            yield "nrow", n
        for n in (0, 1, genes + 1, (1 << 24) + 1, 1 << 40, UNKNOWN):
            yield "ncol", n
        for n in (1, 2, 3, 4, 1 << 63):
            yield "flags", n
        for n in (64, 1 << 20, UNKNOWN):
            yield "nbyte", n
        yield "version", 2

    for name, n in headers():
        s = small()
        s.header[name] = n
        yield f"header.{name}.{n}", s
    # As large as it says, and of as many genes.
    for n in ((1 << 24) + 1, 1 << 31, 1 << 40):
        s = Triangle(2, genes)
        s.header.update(ncol=n, whole=n)
        yield f"genes.{n}", s
    for layout in (1, 2, 3):
        good = small(layout).network
        for what, text in (("lines", good[:good.rindex(b"mean")]), ("more", good + b"x 1\n"),
                           ("key", good.replace(b"networks", b"Networks")),
                           ("zeros", good.replace(b"networks 0", b"networks 00")),
                           ("sign", good.replace(b"networks 0", b"networks +1")),
                           ("unknown", good.replace(b"networks 0", b"networks .")),
                           ("beyond", good.replace(b"max .", b"max 18446744073709551615")),
                           ("far", good.replace(b"max .", b"max 18446744073709551616")),
                           ("word", good.replace(b"max .", b"max x")),
                           ("cr", good.replace(b"\n", b"\r\n")),
                           ("control", good.replace(b"kind ", b"kind \x1b")),
                           ("long", good.replace(b"kind ", b"kind " + 60 * b"x")),
                           ("end", good[:-1])):
            s = small(layout)
            s.network = text
            yield f"facts.{layout}.{what}", s
    for name, n in (("nrow", genes - 1), ("nrow", genes + 1), ("nrow", 0), ("nrow", 1 << 62),
                    ("first", 1), ("name_bytes", 1), ("name_bytes", 64), ("reserved", 1),
                    ("nbyte", 128), ("nbyte", 1 << 62), ("header_checksum", 0)):
        s = small()
        s.block[name] = n
        yield f"block.{name}.{n}", s
    s = small()
    s.row_names = names_bytes(names)
    yield "row-names", s
    for name, n in (("nrow", genes - 1), ("nrow", genes + 1), ("digest", 1), ("nblock", 0),
                    ("nblock", 2), ("nblock", 1 << 47), ("nblock", UNKNOWN), ("source_bytes", 8),
                    ("reserved", 1), ("nbyte", 128), ("header_checksum", 0)):
        s = small()
        s.trailer[name] = n
        yield f"trailer.{name}.{n}", s
    s = small()
    s.source = (b"identity .\nunit rows\nfirst 0\nlast 7\nof 7\ndigest 0000000000000000\n"
                b"work mean\n")
    yield "source-facts", s

    def of_two():
        return Triangle(1, 300)  # two blocks

    def changed(at, n):
        def change(index):
            index = list(index)
            index[at] += n
            return index
        return change

    for at in range(4):
        for n in (1, 64) if at % 2 else (1, 300):
            s = of_two()
            s.index = changed(at, n)
            yield f"index.{at}.{n}", s
    for what, change in (("swapped", lambda x: x[2:] + x[:2]), ("turned", lambda x: x[::-1]),
                         ("short", lambda x: x[:2]), ("long", lambda x: x + x[2:]),
                         ("none", lambda x: [])):
        s = of_two()
        s.index = change
        yield f"index.{what}", s
    for what, rows in (("small", lambda row: 100), ("one-less", lambda row: s.full(row) - 1),
                       ("rows", lambda row: 1)):
        s = of_two()
        s.block_rows = rows
        yield f"blocks.{what}", s
    s = of_two()
    s.block_rows = lambda row: 256
    yield "blocks.large", s
    # More rows than the head says that there are genes: they would not fit what was taken for them.
    for layout in (1, 2, 3):
        s = Triangle(layout, 180)
        s.header.update(ncol=genes, whole=genes, nrow=genes)
        yield f"blocks.more.{layout}", s
    s = of_two()
    s.block_number = 1
    s.block["first"] = 0
    yield "block.second.first", s
    for n in (0x7FF8000000000001, 0xFFF8000000000000, 0x7FF0000000000001, UNKNOWN):
        s = small(1)
        s.rows[3][1] = n
        yield f"nan.{n:x}", s


def padding():
    """What no checksum covers: (what, bytes)."""
    s = Triangle(2, 7, ["n%d" % i for i in range(7)])
    good = s.bytes()
    at = good.index(b"GXMTRAIL")
    assert not any(good[at - 8:at])
    for back in (1, 8):
        bad = bytearray(good)
        bad[at - back] = 1
        yield f"padding.{back}", bytes(bad)


def write(path, layout, genes, words):
    given = dict(word.split("=", 1) for word in words)
    facts, names = {}, given.pop("names", "none")
    for key, text in given.items():
        facts[key] = int(text) if key in ("first", "end", "big", "missing") else text
    if names == "plain":
        facts["names"] = [f"gene{i + 1}" for i in range(genes)]
    elif names == "odd":
        odd = ['"quoted"', "a\tb", "", "NA", "a,b", "é"]
        facts["names"] = [odd[i] if i < len(odd) else f"x{i}" for i in range(genes)]
    with open(path, "wb") as file:
        file.write(Triangle(layout, genes, **facts).bytes())


def main():
    if sys.argv[1] == "write":
        write(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5:])
        return
    os.mkdir(sys.argv[2])
    for what, s in wrong():
        with open(os.path.join(sys.argv[2], what), "wb") as file:
            file.write(s.bytes())
    for what, data in padding():
        with open(os.path.join(sys.argv[2], what), "wb") as file:
            file.write(data)


if __name__ == "__main__":
    main()
