#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes a WAV of tones and noise, the same for the same arguments.

    wav.py OUT FRAMES [--rate R] [--channels N] [--kind 16|64] [--seed S] [--size HEX]

Both kinds have the same values: whole numbers of 16 bits, and the same over 2^15 as doubles.
--size is written for the size of the data, as a program does that cannot know it."""

import argparse
import array
import random
import struct


def samples(frames, channels, seed):
    """Square waves of 50 and 147 frames, and noise that is anything but white."""
    noise = random.Random(seed)
    level = 0
    out = array.array("h")
    for i in range(frames):
        for c in range(channels):
            level = (level * 3 + noise.randrange(-4000, 4000)) // 4
            out.append(6000 * (1 if i // (25 + c) % 2 else -1) + 3000 * (i // 73 % 2) + level)
    return out


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("frames", type=int)
    parser.add_argument("--rate", type=int, default=8000)
    parser.add_argument("--channels", type=int, default=1)
    parser.add_argument("--kind", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=lambda text: int(text, 16))
    a = parser.parse_args()
    values = samples(a.frames, a.channels, a.seed)
    if a.kind == 64:
        values = array.array("d", (x / 32768 for x in values))
    body = values.tobytes()
    size = len(body) if a.size is None else a.size
    frame = a.channels * a.kind // 8
    with open(a.out, "wb") as file:
        file.write(b"RIFF" + struct.pack("<I", (36 + size) & 0xffffffff) + b"WAVEfmt ")
        file.write(struct.pack("<IHHIIHH", 16, 1 if a.kind == 16 else 3, a.channels, a.rate,
                               a.rate * frame, frame, a.kind))
        file.write(b"data" + struct.pack("<I", size) + body)


if __name__ == "__main__":
    main()
