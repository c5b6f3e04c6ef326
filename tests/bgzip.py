#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Standard input as bgzip writes it: blocks of gzip that say their size, and an empty one."""
import struct
import sys
import zlib


def block(data):
    deflate = zlib.compressobj(6, zlib.DEFLATED, -15)
    body = deflate.compress(data) + deflate.flush()
    head = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0"
    size = len(head) + 2 + len(body) + 8
    return head + struct.pack("<H", size - 1) + body + struct.pack("<II", zlib.crc32(data), len(data))


text = sys.stdin.buffer.read()
for at in range(0, len(text), 65280):
    sys.stdout.buffer.write(block(text[at : at + 65280]))
sys.stdout.buffer.write(block(b""))
