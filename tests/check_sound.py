#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Sounds: what gx-info tells of WAV, against a second reader that shares nothing with lib/.
Usage: check_sound.py facts FILE...     of these files, in every way that they can come
       check_sound.py cut               small sounds of every kind, cut at every byte
       check_sound.py random N          N sounds with chunks in any order, and N that were damaged
A sound that the second reader refuses must be exit 1, and no other end is allowed."""

import gzip
import math
import os
import random
import struct
import subprocess
import sys
import tempfile

import oracle

INFO = oracle.gx("gx-info")
GUID = bytes.fromhex("0000000010008000" "00aa00389b71")
UNKNOWN = (0xFFFFFFFF, 0xFFFFFFFE, 0x7FFFFFFF, 0x7FFFF000)
NAMES = {(1, 8): "8-bit unsigned integer", (1, 16): "16-bit integer", (1, 24): "24-bit integer",
         (1, 32): "32-bit integer", (3, 32): "32-bit float", (3, 64): "64-bit float"}


# ---- the second reader ----


def read_format(body):
    """Tag, channels, rate, bits; None where it is not sound."""
    if len(body) < 16:
        return None
    tag, channels, rate, _, block, bits = struct.unpack("<HHIIHH", body[:16])
    if tag == 0xFFFE:
        if len(body) < 40 or body[26:40] != GUID:
            return None
        tag, valid = struct.unpack("<H", body[24:26])[0], struct.unpack("<H", body[18:20])[0]
        if valid > bits:
            return None
    if (tag, bits) not in NAMES or not channels or not rate or block != channels * bits // 8:
        return None
    return tag, channels, rate, bits


def samples(raw, tag, bits):
    if bits == 8:
        return [(x - 128) / 128 for x in raw]
    if tag == 3:
        return [x[0] for x in struct.iter_unpack("<f" if bits == 32 else "<d", raw)]
    size = bits // 8
    return [int.from_bytes(raw[i:i + size], "little", signed=True) / 2 ** (bits - 1)
            for i in range(0, len(raw), size)]


def mean(frame):
    total = frame[0]
    for x in frame[1:]:
        total += x
    return total / len(frame)


def read(b):
    """The facts, and the values as bytes; None where it is to be refused."""
    if b[:4] not in (b"RIFF", b"RF64") or b[8:12] != b"WAVE":
        return None
    at, form, wide = 12, None, None
    while True:
        if at + 8 > len(b):
            return None
        name, size = b[at:at + 4], struct.unpack("<I", b[at + 4:at + 8])[0]
        at += 8
        if name == b"data":
            break
        if at + size + size % 2 > len(b):
            return None
        body = b[at:at + size]
        if name == b"fmt ":
            form = read_format(body) if form is None else None
            if form is None:
                return None
        elif name == b"ds64" and b[:4] == b"RF64":
            if size < 16:
                return None
            wide = struct.unpack("<Q", body[8:16])[0]
        at += size + size % 2
    if form is None:
        return None
    tag, channels, rate, bits = form
    frame, left = channels * bits // 8, len(b) - at
    if b[:4] == b"RF64" and size == 0xFFFFFFFF:
        if wide is None:
            return None
        size = wide
    elif size in UNKNOWN and size > left:
        size = left - left % frame
    if size == 0 or size % frame or size > left:
        return None
    flat = samples(b[at:at + size], tag, bits)
    values = [mean(flat[i:i + channels]) for i in range(0, len(flat), channels)]
    facts = {"format": "sound, " + ("RF64" if b[:4] == b"RF64" else "WAV"), "sample_kind": NAMES[tag, bits],
             "rate": str(rate), "channels": str(channels), "frames": str(len(values)),
             "seconds": len(values) / rate}
    # Every NaN has the same bits.
    return facts, b"".join(struct.pack("<d", x) if x == x else struct.pack("<Q", 0x7FF8 << 48) for x in values)


# ---- sounds ----


def chunk(name, body, pad=True):
    return name + struct.pack("<I", len(body)) + body + b"\0" * (pad and len(body) % 2)


def format_chunk(tag, channels, rate, bits, extensible=False, valid=None, more=b""):
    block = channels * bits // 8
    body = struct.pack("<HHIIHH", 0xFFFE if extensible else tag, channels, rate, rate * block % 2**32, block, bits)
    if extensible:
        body += struct.pack("<HHIH", 22, bits if valid is None else valid, 0, tag) + GUID
    return chunk(b"fmt ", body + more)


def wav(form, data, before=b"", after=b"", size=None, rf64=False):
    ds64 = chunk(b"ds64", struct.pack("<QQQI", 0, len(data), 0, 0)) if rf64 else b""
    size = 0xFFFFFFFF if rf64 and size is None else len(data) if size is None else size
    body = ds64 + before + form + b"data" + struct.pack("<I", size) + data + after
    return (b"RF64" if rf64 else b"RIFF") + struct.pack("<I", (len(body) + 4) % 2**32) + b"WAVE" + body


def random_values(r, tag, bits, n):
    raw = r.randbytes(n * bits // 8)
    if tag == 1:
        return raw
    odd = [0.0, -0.0, math.inf, -math.inf, math.nan, 1e-310, 1e308]
    if bits == 32:
        odd[5:] = [1e-42, 3e38]
    pack = "<f" if bits == 32 else "<d"
    return b"".join(struct.pack(pack, r.choice(odd) if r.random() < 0.05 else r.gauss(0, 1)) for _ in range(n))


def random_chunk(r):
    name = r.choice([b"LIST", b"JUNK", b"fact", b"bext", b"id3 ", b"\0\xff\1x", b"PAD "])
    return chunk(name, r.randbytes(r.choice([0, 1, 2, 26, 27, 300])))


def random_wav(r):
    tag, bits = r.choice(list(NAMES))
    channels = r.choice([1, 1, 2, 2, 3, 5, 6, 17])
    n = r.choice([1, 2, 3, 50, 333])
    data = random_values(r, tag, bits, channels * n)
    valid = r.choice([0, bits, bits, max(1, bits - 4)])
    form = format_chunk(tag, channels, r.choice([1, 8000, 44100, 2**32 - 1]), bits, r.random() < 0.4, valid,
                        r.choice([b"", b"", b"\0\0", b"\0\0\0"]))
    before = b"".join(random_chunk(r) for _ in range(r.choice([0, 0, 1, 3])))
    between = b"".join(random_chunk(r) for _ in range(r.choice([0, 0, 1])))
    kind = r.choice(["plain", "plain", "rf64", "unknown"])
    if kind == "unknown":
        return wav(form + between, data + r.randbytes(r.randrange(channels * bits // 8)), before,
                   size=r.choice(UNKNOWN))
    after = b"" if len(data) % 2 and r.random() < 0.5 else b"\0" * (len(data) % 2) + r.choice([b"", random_chunk(r), b"rubbish"])
    return wav(form + between, data, before, after, rf64=kind == "rf64")


def damaged(r, b):
    b = bytearray(b)
    for _ in range(r.choice([1, 1, 2, 5])):
        if not b:
            break
        at = r.randrange(min(len(b), 120))
        how = r.randrange(5)
        if how == 0:
            b[at] ^= 1 << r.randrange(8)
        elif how == 1:
            b[at:at + 4] = r.choice([b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\1\0\0\0", b"data", b"fmt "])
        elif how == 2:
            del b[at:at + r.choice([1, 2, 8])]
        elif how == 3:
            b[at:at] = r.randbytes(r.choice([1, 2, 8]))
        else:
            b = b[:r.randrange(1, len(b) + 1)]
    return bytes(b)


# ---- gx-info beside it ----


def run(arguments, given=None):
    # A pipe, and not a file: subprocess would take it for one where there is nothing.
    done = subprocess.run([INFO, *arguments], input=given, stdin=None if given is not None else subprocess.DEVNULL,
                          capture_output=True)
    text = done.stdout.decode()
    return done.returncode, dict(line.split(" ", 1) for line in text.splitlines()), done.stderr.decode(errors="replace")


def ways(path, b, few):
    yield "file", run([path])
    yield "pipe", run([], b)
    if not few:
        packed = path + ".gz"
        with gzip.open(packed, "wb") as f:
            f.write(b)
        yield "gzip", run([packed])
        os.unlink(packed)


checked = 0


def check(holds, message):
    global checked
    checked += 1
    if not holds:
        oracle.fail(message)


def begins_as_sound(b):
    return b[:4] in (b"RIFF", b"RF64") and b[8:12] == b"WAVE"


def check_all(sounds, few=True):
    """Each in all ways."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "x.wav")
        for name, b in sounds:
            with open(path, "wb") as f:
                f.write(b)
            right = read(b)
            digest = right and f"{oracle.xxh3(right[1]):016x}"
            for way, (code, facts, said) in ways(path, b, few):
                where = f"{name} ({way})"
                if right is None:
                    # Damage to its first bytes may leave what is a text without a row.
                    is_text = (not begins_as_sound(b) and facts.get("format", "").startswith("text")
                               and facts.get("genes") == "0")
                    check(is_text if code == 0 else code == 1 and not facts and said.startswith("gx-info: "),
                          f"{where}: refused by the second reader; exit {code}: {facts} {said} {b[:200].hex()}")
                    continue
                check(code == 0, f"{where}: exit {code}: {said} {b[:200].hex()}")
                for key, value in (right[0] | {"digest": digest}).items() if code == 0 else ():
                    same = float(facts[key]) == value if key == "seconds" else facts[key] == value
                    check(same, f"{where}: {key} is {facts[key]}, not {value}")


def small_sounds(r):
    for i, (tag, bits) in enumerate(NAMES):
        channels = 1 + i % 2
        data = random_values(r, tag, bits, channels * 3)
        form = format_chunk(tag, channels, 8000, bits, i % 3 == 0)
        yield f"{NAMES[tag, bits]} {channels}", wav(form, data), wav(form, data, after=b"\0" * (len(data) % 2))
    form, data = format_chunk(1, 1, 8000, 16), r.randbytes(6)
    yield "RF64", wav(form, data, rf64=True), None
    yield "chunks", wav(form, data, before=chunk(b"JUNK", b"\1\1\1"), after=chunk(b"LIST", b"abc")), None


def cut():
    r = random.Random(1)
    for name, whole, padded in small_sounds(r):
        check(read(whole) is not None and (padded is None or read(padded) is not None), f"{name}: whole")
        # What lies behind the samples may be missing: the last byte of them is there.
        end = next(n for n in range(len(whole), 0, -1) if read(whole[:n - 1]) is None) if name == "chunks" else len(whole)
        lengths = range(1, end)
        check_all((f"{name}, {n} bytes of {len(whole)}", whole[:n]) for n in lengths)
        for n in lengths:
            check(read(whole[:n]) is None, f"{name}: {n} bytes of {len(whole)} are a sound to the second reader")


def main():
    mode, *rest = sys.argv[1:]
    if mode == "facts":
        check_all(((path, open(path, "rb").read()) for path in rest), few=False)
    elif mode == "cut":
        cut()
    else:
        n, r = int(rest[0]), random.Random(oracle.seed())
        sounds = [random_wav(r) for _ in range(n)]
        for b in sounds:
            check(read(b) is not None, f"the second reader refuses {b[:200].hex()}")
        check_all((f"sound {i}", b) for i, b in enumerate(sounds))
        check_all((f"damaged {i}", damaged(r, r.choice(sounds))) for i in range(n))
    oracle.finish(checked)


main()
