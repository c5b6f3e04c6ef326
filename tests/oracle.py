# SPDX-License-Identifier: MIT
"""What gx's results are compared with: XXH3-64, Philox, GXM and npy written once more from
their specifications, in plain Python, sharing nothing with lib/. Also the small tools that
the check_*.py programs share."""

import os
import random
import struct
import subprocess
import sys

MASK = (1 << 64) - 1
NAN_BITS = 0x7FF8000000000000
UNKNOWN = MASK

BIN = os.environ.get("GX_BIN") or os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bin")
SANITIZED = bool(os.environ.get("GX_SANITIZED"))


def gx(name):
    return os.path.join(BIN, name)


# ---- failures ----

failures = 0


def fail(text):
    """Says what is wrong; after twenty there is nothing more to learn."""
    global failures
    failures += 1
    if failures <= int(os.environ.get("MOST", 20)):
        print(text)


def shown(value, at):
    """Its text; of a long one the neighbourhood of an index."""
    whole = repr(value)
    if len(whole) <= 400 or not isinstance(value, (bytes, str, list, tuple)):
        return whole if len(whole) <= 1000 else whole[:1000] + "..."
    return f"...{value[max(at - 20, 0):at + 20]!r:.800}... ({len(value)} long)"


def expect(got, want, what):
    if got != want:
        at = 0
        if type(got) is type(want) and isinstance(got, (bytes, str, list, tuple)):
            while at < min(len(got), len(want)) and got[at] == want[at]:
                at += 1
            what += f": differs at {at}"
        fail(f"{what}: got {shown(got, at)}, expected {shown(want, at)}")


def seed(default=None):
    """SEED of the environment, else the default, else another each time; it is printed, and
    whoever runs the test shows what was printed when it fails."""
    number = int(os.environ.get("SEED") or default or random.randrange(1, 1 << 32))
    print(f"seed {number} (SEED={number} repeats it)", flush=True)
    return number


def finish(checked):
    print(f"{checked} checked, {failures} failed")
    if not checked:
        print("nothing was checked")
    sys.exit(1 if failures or not checked else 0)


def run(*command, stdin=b"", code=0):
    """Runs a command to its end; its standard output as bytes. The code must be `code`."""
    done = subprocess.run([gx(command[0]), *map(str, command[1:])], input=stdin,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if done.returncode != code:
        fail(f"{' '.join(map(str, command))}: exit {done.returncode}, expected {code}: "
             f"{done.stderr.decode(errors='replace')}")
    elif code == 0 and done.stderr:
        fail(f"{' '.join(map(str, command))}: on stderr: {done.stderr!r}")
    return done.stdout


# ---- XXH3-64, seed 0 ----

SECRET = bytes.fromhex(
    "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
    "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
    "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
    "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
    "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
    "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e")
P32_1, P32_2, P32_3 = 0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D
P64_1, P64_2, P64_3 = 0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9
P64_4, P64_5 = 0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5


def _r64(b, at):
    return int.from_bytes(b[at:at + 8], "little")


def _r32(b, at):
    return int.from_bytes(b[at:at + 4], "little")


def _rotate(x, n):
    return (x << n | x >> (64 - n)) & MASK


def _swap(x):
    return int.from_bytes(x.to_bytes(8, "little"), "big")


def _fold(a, b):
    product = a * b
    return (product & MASK) ^ (product >> 64)


def _avalanche(h):
    h ^= h >> 37
    h = h * 0x165667919E3779F9 & MASK
    return h ^ h >> 32


def _avalanche64(h):
    h = (h ^ h >> 33) * P64_2 & MASK
    h = (h ^ h >> 29) * P64_3 & MASK
    return h ^ h >> 32


def _mix(b, at, secret):
    return _fold(_r64(b, at) ^ _r64(SECRET, secret), _r64(b, at + 8) ^ _r64(SECRET, secret + 8))


_KEYS = [_r64(SECRET, i) for i in range(len(SECRET) - 7)]


def _long(b):
    n = len(b)
    acc = [P32_3, P64_1, P64_2, P64_3, P64_4, P32_2, P64_5, P32_1]

    def stripe(at, secret):
        for i, value in enumerate(struct.unpack_from("<8Q", b, at)):
            key = value ^ _KEYS[secret + 8 * i]
            acc[i ^ 1] = acc[i ^ 1] + value & MASK
            acc[i] = acc[i] + (key & 0xFFFFFFFF) * (key >> 32) & MASK

    blocks = (n - 1) // 1024
    for block in range(blocks):
        for i in range(16):
            stripe(1024 * block + 64 * i, 8 * i)
        for i in range(8):
            acc[i] = (acc[i] ^ acc[i] >> 47 ^ _KEYS[128 + 8 * i]) * P32_1 & MASK
    for i in range((n - 1 - 1024 * blocks) // 64):
        stripe(1024 * blocks + 64 * i, 8 * i)
    stripe(n - 64, 192 - 64 - 7)
    h = n * P64_1
    for i in range(4):
        h += _fold(acc[2 * i] ^ _KEYS[11 + 16 * i], acc[2 * i + 1] ^ _KEYS[19 + 16 * i])
    return _avalanche(h & MASK)


def xxh3(b):
    n = len(b)
    if n == 0:
        return _avalanche64(_r64(SECRET, 56) ^ _r64(SECRET, 64))
    if n <= 3:
        word = b[0] << 16 | b[n >> 1] << 24 | b[n - 1] | n << 8
        return _avalanche64(word ^ _r32(SECRET, 0) ^ _r32(SECRET, 4))
    if n <= 8:
        h = (_r32(b, n - 4) + (_r32(b, 0) << 32)) ^ _r64(SECRET, 8) ^ _r64(SECRET, 16)
        h ^= _rotate(h, 49) ^ _rotate(h, 24)
        h = h * 0x9FB21C651E98DF25 & MASK
        h ^= (h >> 35) + n
        h = h * 0x9FB21C651E98DF25 & MASK
        return h ^ h >> 28
    if n <= 16:
        low = _r64(b, 0) ^ _r64(SECRET, 24) ^ _r64(SECRET, 32)
        high = _r64(b, n - 8) ^ _r64(SECRET, 40) ^ _r64(SECRET, 48)
        return _avalanche(n + _swap(low) + high + _fold(low, high) & MASK)
    h = n * P64_1
    if n <= 128:
        for i in range((n - 1) // 32 + 1):
            h += _mix(b, 16 * i, 32 * i) + _mix(b, n - 16 * i - 16, 32 * i + 16)
        return _avalanche(h & MASK)
    if n <= 240:
        for i in range(8):
            h += _mix(b, 16 * i, 16 * i)
        h = _avalanche(h & MASK)
        for i in range(8, n // 16):
            h += _mix(b, 16 * i, 16 * (i - 8) + 3)
        return _avalanche(h + _mix(b, n - 16, 136 - 17) & MASK)
    return _long(b)


def canonical(bits):
    """The bits of a double, every NaN as the one that gx knows."""
    return NAN_BITS if bits & 0x7FFFFFFFFFFFFFFF > 0x7FF0000000000000 else bits


def bits_of(value):
    return canonical(struct.unpack("<Q", struct.pack("<d", value))[0])


def row_digest(row):
    """Of a row of doubles."""
    return xxh3(struct.pack(f"<{len(row)}Q", *map(bits_of, row)))


def matrix_digest(rows):
    return f"{sum(map(row_digest, rows)) & MASK:016x}"


# ---- number text ----

def number_text(value):
    """The shortest decimal that reads back, as gx writes it."""
    if value != value:
        return "NA"
    text = repr(float(value))
    if text in ("inf", "-inf"):
        return text.replace("inf", "Inf")
    return text[:-2] if text.endswith(".0") else text


def mean_of(row, skip_na=False):
    """A mean with the lanes and the tree of DESIGN: bit for bit what gx has to give."""
    lane, n = [0.0] * 8, 0
    for j, value in enumerate(row):
        if skip_na and value != value:
            continue
        lane[j % 8] += value
        n += 1
    total = (((lane[0] + lane[4]) + (lane[2] + lane[6])) +
             ((lane[1] + lane[5]) + (lane[3] + lane[7])))
    return total / n if n else float("nan")


# ---- Philox4x32-10 ----

def philox(counter, key):
    c, k = list(counter), list(key)
    for _ in range(10):
        a, b = c[0] * 0xD2511F53, c[2] * 0xCD9E8D57
        c = [b >> 32 ^ c[1] ^ k[0], b & 0xFFFFFFFF, a >> 32 ^ c[3] ^ k[1], a & 0xFFFFFFFF]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def uniform(seed, row, column, draw=0):
    """u of a cell; of a module, in the place of the row, on a draw of its own."""
    out = philox((row & 0xFFFFFFFF, row >> 32, column >> 1, draw),
                 (seed & 0xFFFFFFFF, seed >> 32))
    low, high = out[2 * (column & 1)], out[2 * (column & 1) + 1]
    return ((high << 32 | low) >> 12) * 2.0 ** -52 + 2.0 ** -53


# ---- npy ----

def npy_bytes(nrow, ncol, payload, descr="<f8", fortran=False, version=1, shape=None):
    shape = f"({nrow}, {ncol})" if shape is None else shape
    text = f"{{'descr': '{descr}', 'fortran_order': {fortran}, 'shape': {shape}, }}"
    before = 10 if version == 1 else 12
    text += " " * (-(before + len(text) + 1) % 64) + "\n"
    length = struct.pack("<H" if version == 1 else "<I", len(text))
    return b"\x93NUMPY" + bytes([version, 0]) + length + text.encode() + payload


def npy_read(blob):
    """(nrow, ncol, bits of the values) of an npy file as gx writes it."""
    assert blob[:8] == b"\x93NUMPY\x01\x00", blob[:16]
    length = struct.unpack_from("<H", blob, 8)[0]
    assert (10 + length) % 64 == 0 and blob[9 + length:10 + length] == b"\n"
    header = eval(blob[10:10 + length].decode(), {"__builtins__": {}})  # a literal dictionary
    assert header["descr"] == "<f8" and header["fortran_order"] is False, header
    nrow, ncol = header["shape"]
    assert len(blob) == 10 + length + 8 * nrow * ncol, (len(blob), header)
    return nrow, ncol, struct.unpack_from(f"<{nrow * ncol}Q", blob, 10 + length)


# ---- GXM ----

def pad(n):
    return (n + 63) // 64 * 64


def padded(b):
    return b + bytes(pad(len(b)) - len(b))


def names_bytes(names):
    return b"".join(name.encode() + b"\0" for name in names)


class Segment:
    """One GXM segment, to be written right or, by changing what it has, wrong: all
    checksums are made of what it says, so that only what was changed is wrong."""

    def __init__(self, ncol, rows, *, names=None, columns=(), first=0, nrow=None, whole=None,
                 identity="", provenance="", source=""):
        self.ncol, self.rows, self.names, self.columns = ncol, rows, names, list(columns)
        self.first = first
        self.nrow = len(rows) if nrow is None else nrow
        self.whole = len(rows) if whole is None else whole
        self.identity, self.provenance, self.source = identity, provenance, source
        self.version, self.layout = 1, 0
        self.header_fields = {}   # name -> value, put in place of the right one
        self.block_fields = {}
        self.trailer_fields = {}
        self.bits = None          # values as bits instead of rows

    def bytes(self):
        columns = names_bytes(self.columns)
        flags = (1 if self.names is not None else 0) | (2 if self.source else 0)
        rest = columns + self.provenance.encode()
        h = dict(magic=b"\x89GXM\r\n\x1a\n", version=self.version, layout=self.layout,
                 nbyte=pad(128 + len(rest)), ncol=self.ncol, first=self.first, nrow=self.nrow,
                 whole=self.whole, flags=flags, column_name_bytes=len(columns),
                 provenance_bytes=len(self.provenance.encode()),
                 identity=self.identity.encode(), reserved=0)
        h.update(self.header_fields)
        fixed = struct.pack("<8sII8Q32sQ", *h.values())
        head = padded(fixed + bytes(8) + rest)
        checksum = xxh3(head)
        out = bytearray(head[:120] + struct.pack("<Q", checksum) + head[128:])

        each = max(1, 262144 // 8 // self.ncol)
        offsets, total = [], 0
        bits = self.bits or [[bits_of(v) for v in row] for row in self.rows]
        for at in range(0, len(bits), each):
            block = bits[at:at + each]
            names = names_bytes(self.names[at:at + each]) if self.names is not None else b""
            digests = [xxh3(struct.pack(f"<{len(row)}Q", *row)) for row in block]
            values = b"".join(struct.pack(f"<{len(row)}Q", *row) for row in block)
            b = dict(magic=b"GXMBLOCK",
                     nbyte=64 + pad(len(names)) + pad(len(values)), first=at, nrow=len(block),
                     name_bytes=len(names), reserved=0, header_checksum=checksum)
            b.update(self.block_fields)
            fixed = struct.pack("<8s6Q", *b.values())
            check = xxh3(fixed + bytes(8) + padded(names) +
                         struct.pack(f"<{len(digests)}Q", *digests))
            offsets.append(len(out))
            out += fixed + struct.pack("<Q", check) + padded(names) + padded(values)
            total += sum(digests)

        index = struct.pack(f"<{len(offsets)}Q", *offsets)
        source = self.source.encode()
        before = pad(64 + len(index) + len(source))
        t = dict(magic=b"GXMTRAIL", nbyte=before + 64, nrow=len(bits), digest=total & MASK,
                 nblock=len(offsets), source_bytes=len(source), header_checksum=checksum,
                 reserved=0)
        t.update(self.trailer_fields)
        trailer = padded(struct.pack("<8s7Q", *t.values()) + index + source)
        footer = struct.pack("<2Q32sQ8s", before + 64, len(out) + before + 64, b"", 0,
                             b"\x89GXEND\r\n")
        check = xxh3(trailer + footer)
        out += trailer + footer[:48] + struct.pack("<Q", check) + footer[56:]
        return bytes(out)


def gxm_read(blob):
    """The segments of a GXM stream as dictionaries, with every checksum and total verified
    as the format says: an AssertionError says what is not so."""
    segments, at = [], 0
    while at < len(blob):
        start = at
        (magic, version, layout, nbyte, ncol, first, nrow, whole, flags, ncolumns, nprovenance,
         identity, reserved, checksum) = struct.unpack_from("<8sII8Q32sQQ", blob, at)
        assert magic == b"\x89GXM\r\n\x1a\n" and version == 1 and layout == 0 and not reserved
        head = blob[at:at + nbyte]
        assert xxh3(head[:120] + bytes(8) + head[128:]) == checksum, "header checksum"
        columns = head[128:128 + ncolumns].split(b"\0")[:-1]
        assert len(columns) in (0, ncol)
        s = dict(ncol=ncol, first=first, nrow=nrow, whole=whole, flags=flags,
                 identity=identity.rstrip(b"\0").decode(),
                 columns=[c.decode() for c in columns],
                 provenance=head[128 + ncolumns:128 + ncolumns + nprovenance].decode(),
                 names=[], bits=[], digest=0, checksum=checksum)
        used = 128 + ncolumns + nprovenance
        assert nbyte == pad(used) and not any(head[used:]), "header padding"
        at += nbyte
        offsets = []
        each = max(1, 262144 // 8 // ncol)
        while blob[at:at + 8] == b"GXMBLOCK":
            offsets.append(at - start)
            _, nbyte, bfirst, bnrow, nnames, reserved, of, check = struct.unpack_from(
                "<8s7Q", blob, at)
            assert bfirst == len(s["bits"]) and not reserved and of == checksum
            assert bfirst % each == 0 and 0 < bnrow <= each
            names = blob[at + 64:at + 64 + pad(nnames)]
            values = at + 64 + pad(nnames)
            rows, digests = [], []
            for i in range(bnrow):
                row = blob[values + 8 * ncol * i:values + 8 * ncol * (i + 1)]
                rows.append(struct.unpack(f"<{ncol}Q", row))
                digests.append(xxh3(row))
            assert all(canonical(b) == b for row in rows for b in row), "NaN"
            assert xxh3(blob[at:at + 56] + bytes(8) + names +
                        struct.pack(f"<{bnrow}Q", *digests)) == check, "block checksum"
            end = values + pad(8 * ncol * bnrow)
            assert end == at + nbyte
            assert not any(names[nnames:]) and not any(blob[values + 8 * ncol * bnrow:end])
            s["names"] += [n.decode() for n in names[:nnames].split(b"\0")[:-1]]
            s["bits"] += rows
            s["digest"] = s["digest"] + sum(digests) & MASK
            at = end
        magic, nbyte, tnrow, digest, nblock, nsource, of, reserved = struct.unpack_from(
            "<8s7Q", blob, at)
        assert magic == b"GXMTRAIL" and not reserved and of == checksum
        assert tnrow == len(s["bits"]) and digest == s["digest"] and nblock == len(offsets)
        assert s["nrow"] in (UNKNOWN, tnrow)
        trailer = blob[at:at + nbyte]
        assert len(trailer) == nbyte, "cut trailer"
        assert struct.unpack_from(f"<{nblock}Q", trailer, 64) == tuple(offsets), "index"
        used = 64 + 8 * nblock + nsource
        s["source"] = trailer[64 + 8 * nblock:used].decode()
        assert nbyte == pad(used) + 64 and not any(trailer[used:pad(used)])
        tbytes, sbytes, zero, check, magic = struct.unpack_from("<2Q32sQ8s", trailer, nbyte - 64)
        at += nbyte
        assert magic == b"\x89GXEND\r\n" and not any(zero)
        assert tbytes == nbyte and sbytes == at - start and (at - start) % 64 == 0
        assert xxh3(trailer[:-16] + bytes(8) + trailer[-8:]) == check, "trailer checksum"
        assert bool(s["names"]) == bool(flags & 1 and s["bits"])
        assert bool(s["source"]) == bool(flags & 2)
        segments.append(s)
    return segments


# ---- records ----

RECORD_HEADER = ("column\tcount\trows\tna\tthreshold\twork\tunit\tfirst\tlast\tof\tdigest\t"
                 "input\tcheck\n")


def record_bytes(lines):
    """A record of lines of twelve fields, with its check."""
    body = ["\t".join(map(str, line)) + "\t" for line in lines]
    check = xxh3((RECORD_HEADER + "".join(line + "\n" for line in body)).encode())
    return (RECORD_HEADER + "".join(f"{line}{check:016x}\n" for line in body)).encode()
