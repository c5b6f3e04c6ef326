#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A second reader of gx's formats, written from gx-matrix(5) alone.

    gxm_reader.py matrix [FILE]       a GXM stream as text, all of it checked
    gxm_reader.py facts [FILE]        what the stream says of itself, key and value
    gxm_reader.py damage FILE         changes each byte of a GXM file and wants it refused
    gxm_reader.py record [FILE]       checks the records in a file
    gxm_reader.py fingerprint FILE [WORDS]   the identity of a text table or an npy file

It shares no code with gx. Exit status 1 and a message where something is not as the page
says it is.
"""
import ctypes
import ctypes.util
import math
import struct
import sys

UNKNOWN = 2**64 - 1
NAN = struct.pack("<Q", 0x7FF8000000000000)
# What a value is in each layout; those behind the first are triangles.
LAYOUTS = ["d", "d", "I", "Q"]


class Wrong(Exception):
    pass


def demand(condition, what):
    if not condition:
        raise Wrong(what)


def load_xxh3():
    name = ctypes.util.find_library("xxhash") or "libxxhash.so.0"
    function = ctypes.CDLL(name).XXH3_64bits
    function.restype = ctypes.c_uint64
    function.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return lambda data: function(data, len(data))


xxh3 = load_xxh3()


def pad(n):
    return (n + 63) // 64 * 64


def without(data, offset):
    """The bytes with the checksum at this offset taken as zero."""
    return data[:offset] + bytes(8) + data[offset + 8 :]


def demand_clean(data, allowed, what):
    """No control byte but those that are allowed."""
    demand(not any((c < 32 or c == 127) and c not in allowed for c in data), what)


def t(n):
    """Values of the first n rows of a triangle."""
    return n * (n + 1) // 2


def names_of(data, n):
    if not data:
        return []
    demand(data[-1:] == b"\0" and data.count(b"\0") == n, "names")
    demand_clean(data, b"\0\t", "a control byte in a name")
    return data[:-1].split(b"\0")


# ---- GXM ----


class Segment:
    """One segment of the bytes, from `start` on; `end` is where it ends."""

    def __init__(self, data, start):
        self.data = data
        self.read_header(start)
        self.at = start + self.header_bytes
        self.rows = []  # of (name or None, values)
        self.digest = 0
        self.offsets = []  # as the index has them
        self.short = False  # the block before: it is the last one then
        while self.take(self.at, 8) == b"GXMBLOCK":
            self.read_block(start)
        self.read_trailer(start)

    def take(self, offset, n):
        demand(offset + n <= len(self.data), "cut off")
        return self.data[offset : offset + n]

    def read_header(self, start):
        head = self.take(start, 128)
        demand(head[:8] == bytes.fromhex("8947584d0d0a1a0a"), "magic of the header")
        version, self.layout = struct.unpack("<II", head[8:16])
        demand(version == 1 and self.layout < len(LAYOUTS), "version or layout")
        size, self.ncol, self.first, self.nrow, self.whole, flags, c, p = struct.unpack(
            "<8Q", head[16:80]
        )
        f = struct.unpack("<Q", head[112:120])[0]
        demand(1 <= self.ncol <= 2**40, "columns")
        demand(p <= 1023 and (c == 0 or c >= self.ncol), "sizes in the header")
        demand(1 <= f <= 224 if self.layout else f == 0, "bytes of the facts of a network")
        demand(size == pad(128 + c + p + f), "bytes of the header")
        demand(flags <= 3, "flags")
        if self.layout:
            demand(self.ncol <= 2**24 and self.whole == self.ncol, "genes of a network")
            demand(UNKNOWN not in (self.first, self.nrow) and flags == 0, "rows of a triangle")
        if UNKNOWN not in (self.first, self.nrow):
            demand(self.first + self.nrow < UNKNOWN, "rows beyond the numbers that there are")
        if UNKNOWN not in (self.first, self.whole):
            demand(self.first <= self.whole, "a first row behind the whole matrix")
            if self.nrow != UNKNOWN:
                demand(self.first + self.nrow <= self.whole, "more rows than the whole matrix")
        self.named, self.derived = bool(flags & 1), bool(flags & 2)
        identity = head[80:112]
        self.identity = identity.rstrip(b"\0")
        demand(identity[-1] == 0 and b"\0" not in self.identity, "identity")
        whole = self.take(start, size)
        self.checksum = head[120:128]
        demand(struct.pack("<Q", xxh3(without(whole, 120))) == self.checksum, "header's checksum")
        self.columns = names_of(whole[128 : 128 + c], self.ncol)
        self.provenance = whole[128 + c : 128 + c + p]
        demand_clean(self.identity + self.provenance, b"", "a control byte in the header")
        self.network = self.read_network(whole[128 + c + p : 128 + c + p + f]) if f else {}
        demand(not any(whole[128 + c + p + f :]), "padding of the header")
        demand(not (self.derived and self.identity), "a derived stream with an identity")
        self.header_bytes = size

    @staticmethod
    def read_network(text):
        lines = text.split(b"\n")
        demand(len(lines) == 6 and lines[5] == b"", "lines of the facts of a network")
        network = {}
        for key, line in zip(["kind", "networks", "max", "median", "mean"], lines):
            demand(line.startswith(key.encode() + b" "), "keys of the facts of a network")
            value = line[len(key) + 1 :]
            network[key] = value.decode(errors="replace")
            if key == "kind":
                demand(len(value) <= 63, "the kind of a network")
                demand_clean(value, b"", "a control byte in the kind of a network")
            elif value != b"." or key == "networks":
                demand(value == b"%d" % int(value), "numbers of the facts of a network")
                demand(0 <= int(value) < UNKNOWN, "numbers of the facts of a network")
        return network

    def value_bytes(self, row, nrow):
        """Bytes of the values of rows, `row` counted in the segment."""
        if not self.layout:
            return 8 * nrow * self.ncol
        size = struct.calcsize("<" + LAYOUTS[self.layout])
        return size * (t(self.first + row + nrow) - t(self.first + row))

    def block_rows(self, row):
        """Rows of the block that begins with this one, if it is not the last."""
        n = 1
        while self.value_bytes(row, n + 1) <= 262144:
            n += 1
        return n

    def read_block(self, start):
        head = self.take(self.at, 64)
        size, first, nrow, nname, reserved = struct.unpack("<5Q", head[8:48])
        full = self.block_rows(first)
        demand(not self.short, "a short block that is not the last")
        demand(first == len(self.rows), "first row of a block")
        demand(1 <= nrow <= full and reserved == 0, "rows of a block")
        self.short = nrow < full
        demand(not self.layout or self.first + first + nrow <= self.ncol, "rows beyond the whole")
        nvalue = self.value_bytes(first, nrow)
        demand(size == 64 + pad(nname) + pad(nvalue), "bytes of a block")
        demand(nname >= nrow if self.named else nname == 0, "names of a block")
        demand(head[48:56] == self.checksum, "a block of another segment")
        block = self.take(self.at, size)
        names = block[64 : 64 + pad(nname)]
        demand(not any(names[nname:]), "padding of names")
        values = block[64 + pad(nname) : 64 + pad(nname) + nvalue]
        demand(not any(block[64 + pad(nname) + nvalue :]), "padding of values")
        digests = b""
        rows = []
        kind, at = LAYOUTS[self.layout], 0
        for i in range(nrow):
            row = values[at : at + self.value_bytes(first + i, 1)]
            at += len(row)
            digest = xxh3(row)
            self.digest = (self.digest + digest) % 2**64
            digests += struct.pack("<Q", digest)
            numbers = struct.unpack("<%d%s" % (len(row) // struct.calcsize(kind), kind), row)
            for j, x in enumerate(numbers):
                demand(x == x or row[8 * j : 8 * j + 8] == NAN, "another NaN")
            rows.append(numbers)
        checksum = xxh3(without(head, 56) + names + digests)
        demand(struct.pack("<Q", checksum) == head[56:64], "checksum of a block")
        given = names_of(names[:nname], nrow) if self.named else [None] * nrow
        self.rows += zip(given, rows)
        self.offsets += [first, self.at - start] if self.layout else [self.at - start]
        self.at += size

    def read_trailer(self, start):
        head = self.take(self.at, 64)
        demand(head[:8] == b"GXMTRAIL", "neither a block nor a trailer")
        size, nrow, digest, nblock, nsource = struct.unpack("<5Q", head[8:48])
        demand(nrow == len(self.rows) and self.nrow in (nrow, UNKNOWN), "rows in the trailer")
        if UNKNOWN not in (self.first, self.whole):
            demand(self.first + nrow <= self.whole, "more rows than the whole matrix")
        demand(nrow or self.ncol <= 2**24, "columns without a row")
        demand(digest == self.digest, "digest in the trailer")
        width = 16 if self.layout else 8
        demand(8 * len(self.offsets) == width * nblock, "number of blocks")
        demand(bool(nsource) == self.derived, "source facts")
        demand(head[48:56] == self.checksum and head[56:64] == bytes(8), "trailer")
        used = 64 + width * nblock + nsource
        demand(size == pad(used) + 64, "bytes of the trailer")
        whole = self.take(self.at, size)
        index = struct.unpack("<%dQ" % len(self.offsets), whole[64 : 64 + width * nblock])
        demand(list(index) == self.offsets, "index")
        demand(not any(whole[used : size - 64]), "padding of the trailer")
        foot = whole[size - 64 :]
        self.end = self.at + size
        demand(struct.unpack("<QQ", foot[:16]) == (size, self.end - start), "sizes in the footer")
        demand(foot[16:48] == bytes(32), "reserved in the footer")
        checksum = struct.pack("<Q", xxh3(without(whole, size - 16)))
        demand(checksum == foot[48:56], "checksum of the trailer")
        demand(foot[56:64] == bytes.fromhex("894758454e440d0a"), "magic at the end")
        self.source = self.read_source(whole[64 + width * nblock : used]) if nsource else None

    @staticmethod
    def read_source(text):
        keys = ["identity", "unit", "first", "last", "of", "digest", "work"]
        lines = text.decode().split("\n")
        demand(len(lines) == 8 and lines[7] == "", "lines of the source facts")
        source = {}
        for key, line in zip(keys, lines):
            demand(line.startswith(key + " "), "keys of the source facts")
            source[key] = line[len(key) + 1 :]
        for key in ("first", "last", "of"):
            value = source[key]
            demand(value == "." or value == str(int(value)), "numbers of the source facts")
        first, last, of = (
            None if source[key] == "." else int(source[key]) for key in ("first", "last", "of")
        )
        known = first is not None and last is not None
        demand(not known or first <= last, "source facts that run backwards")
        demand(of is None or (known and last <= of), "source facts beyond the source")
        demand(source["unit"] in ("rows", "bytes", "terms", "."), "unit of the source facts")
        demand(source["digest"] == "%016x" % int(source["digest"], 16), "digest of the source")
        return source


def same_matrix(a, b):
    keys = ["layout", "ncol", "columns", "named", "derived", "provenance", "identity", "whole"]
    return all(getattr(a, key) == getattr(b, key) for key in [*keys, "network"])


def follows(a, b):
    """Whether segment b goes on where segment a ends."""
    demand(same_matrix(a, b), "a segment of another matrix")
    if a.first == UNKNOWN:
        demand(b.first == UNKNOWN, "a segment with its first row behind one without")
    else:
        demand(b.first == a.first + len(a.rows), "a gap or an overlap of rows")
    if a.derived:
        for key in ("identity", "unit", "of", "work"):
            demand(a.source[key] == b.source[key], "a segment of another source")
        demand(a.source["last"] == b.source["first"] != ".", "a gap in the source")


def read_stream(data):
    demand(data, "empty")
    segments = []
    at = 0
    while at < len(data):
        segments.append(Segment(data, at))
        at = segments[-1].end
        if len(segments) > 1:
            follows(segments[-2], segments[-1])
    return segments


def starts_from_end(data):
    """The starts of the segments as the footers tell them, last one first."""
    starts = []
    end = len(data)
    while end > 0:
        trailer, segment = struct.unpack("<QQ", data[end - 64 : end - 48])
        demand(data[end - trailer : end - trailer + 8] == b"GXMTRAIL", "trailer, from the end")
        end -= segment
        starts.append(end)
    return starts


def facts(segments):
    a, digest, nrow = segments[0], 0, 0
    for s in segments:
        digest = (digest + s.digest) % 2**64
        nrow += len(s.rows)
    known = lambda n: "." if n == UNKNOWN else str(n)
    whole = nrow if a.whole == UNKNOWN and a.first == 0 else a.whole
    identity = a.identity.decode()
    if not identity and not a.derived:
        identity = "digest:%016x" % digest if a.first == 0 and whole == nrow else "."
    told = {
        "segments": len(segments),
        "columns": a.ncol,
        "first": known(a.first),
        "rows": nrow,
        "whole": known(a.whole),
        "named": int(a.named),
        "derived": int(a.derived),
        "provenance": a.provenance.decode(),
        "identity": identity or ".",
        "digest": "%016x" % digest,
    }
    if a.layout:
        told["layout"] = a.layout
        told.update({"network-" + key: value for key, value in a.network.items()})
    if a.derived:
        last = segments[-1].source
        seen = sum(int(s.source["digest"], 16) for s in segments) % 2**64
        told.update({"source-" + key: a.source[key] for key in ("identity", "unit", "first")})
        told.update({"source-" + key: last[key] for key in ("last", "of", "work")})
        told["source-digest"] = "%016x" % seen
    return told


# ---- text ----


def number_text(x):
    if math.isnan(x):
        return b"NA"
    if math.isinf(x):
        return b"Inf" if x > 0 else b"-Inf"
    text = repr(float(x))
    return (text[:-2] if text.endswith(".0") else text).encode()


def field_text(name):
    if name[:1] == b'"' or any(c in name for c in b"\t\n\r"):
        return b'"' + name.replace(b'"', b'""') + b'"'
    return name


def print_network(segments, out):
    """The full matrix that a triangle stands for."""
    a = segments[0]
    rows = [values for s in segments for name, values in s.rows]
    demand(a.first == 0 and len(rows) == a.ncol, "a part of a triangle has no full rows")
    genes = [field_text(c) for c in a.columns] or [b"g%d" % (j + 1) for j in range(a.ncol)]
    out.write(b"\t".join([b"gene"] + genes) + b"\n")
    for i, name in enumerate(genes):
        row = rows[i] + tuple(rows[j][i] for j in range(i + 1, a.ncol))
        demand(all(x != x or float(x) == x for x in row), "a whole number that is no double")
        out.write(b"\t".join([name] + [number_text(x) for x in row]) + b"\n")


def print_matrix(segments, out):
    a = segments[0]
    if a.layout:
        print_network(segments, out)
        return
    columns = a.columns or [b"s%d" % (j + 1) for j in range(a.ncol)]
    out.write(b"\t".join([b"gene"] + [field_text(c) for c in columns]) + b"\n")
    for s in segments:
        for i, (name, values) in enumerate(s.rows):
            name = b"g%d" % (s.first + i + 1) if name is None else field_text(name)
            out.write(b"\t".join([name] + [number_text(x) for x in values]) + b"\n")


# ---- records ----

RECORD = b"column count rows na threshold work unit first last of digest input check".replace(
    b" ", b"\t"
)


def check_records(data):
    demand(data.endswith(b"\n"), "the last line has no end")
    lines = data[:-1].split(b"\n")
    demand(lines[0] == RECORD, "header of a record")
    records = []
    for line in lines:
        if line == RECORD:
            records.append([])
        else:
            records[-1].append(line)
    for record in records:
        demand(record, "a record without a line")
        hashed = RECORD + b"\n"
        for line in record:
            fields = line.rsplit(b"\t", 12)
            demand(len(fields) == 13, "fields of a record")
            hashed += line[: len(line) - len(fields[12])] + b"\n"
        check = b"%016x" % xxh3(hashed)
        for line in record:
            demand(line.endswith(b"\t" + check), "check of a record")
            first = record[0].rsplit(b"\t", 12)[4:]
            demand(line.rsplit(b"\t", 12)[4:] == first, "lines of a record differ")
    return len(records)


# ---- fingerprints ----


def fingerprint(data, reading):
    n = len(data)
    end, small = min(n, 65536), min(n, 4096)
    hashed = struct.pack("<Q", n) + data[:end] + data[n - end :]
    for i in range(16):
        at = i * (n - small) // 15
        hashed += data[at : at + small]
    hashed += reading.encode()
    return "%s:%016x" % ("npy" if data[:1] == b"\x93" else "text", xxh3(hashed))


# ---- damage ----


def sound(data):
    try:
        read_stream(data)
        return True
    except (Wrong, ValueError):
        return False


def check_damage(data):
    demand(sound(data), "damaged before it was changed")
    for i in range(len(data)):
        for bit in (1, 128):
            changed = bytearray(data)
            changed[i] ^= bit
            demand(not sound(bytes(changed)), "byte %d can be changed" % i)
    for n in range(len(data)):
        demand(n == 0 or not sound(data[:n]), "cut to %d bytes it is accepted" % n)


def main(arguments):
    if not 1 <= len(arguments) <= 3:
        sys.exit(__doc__)
    path = arguments[1] if len(arguments) > 1 else "-"
    if path == "-":
        data = sys.stdin.buffer.read()
    else:
        with open(path, "rb") as file:
            data = file.read()
    try:
        if arguments[0] in ("matrix", "facts"):
            segments = read_stream(data)
            starts = starts_from_end(data)
            demand(len(starts) == len(segments), "walked from the end it has other segments")
            if arguments[0] == "matrix":
                print_matrix(segments, sys.stdout.buffer)
            else:
                for key, value in facts(segments).items():
                    print(key, value)
        elif arguments[0] == "damage":
            check_damage(data)
        elif arguments[0] == "record":
            print(check_records(data))
        elif arguments[0] == "fingerprint":
            print(fingerprint(data, arguments[2] if len(arguments) > 2 else ""))
        else:
            sys.exit(__doc__)
    except Wrong as wrong:
        sys.exit("gxm_reader.py: %s: %s" % (path, wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
