# SPDX-License-Identifier: MIT
"""Sounds to race on, and their spectra as Python makes them.

    spectrum_scipy.py make OUT SECONDS   stereo, 16 bits, 44.1 kHz: tones and noise
    spectrum_scipy.py song SOUND         a process: reads a WAV, averages its channels, welch;
                                         prints frequency and density, a line each
    spectrum_scipy.py rows MATRIX.npy    a worker, in count_kernel.c's manner: welch of each row
                                         of an array in memory, in seconds of CPU; the first line
                                         is the mean of all densities
"""
import sys
import time

import numpy

RATE, LENGTH = 44100, 4096


def make(out, seconds):
    from scipy.io import wavfile

    noise = numpy.random.default_rng(1)
    t = numpy.arange(RATE * seconds)
    sound = numpy.empty((len(t), 2), "<i2")
    for channel in (0, 1):
        tones = 3000 * numpy.sin(t * (0.05 + 0.01 * channel)) + 2000 * numpy.sin(t * 0.3)
        sound[:, channel] = tones + 1500 * noise.standard_normal(len(t))
    wavfile.write(out, RATE, sound)


def song(path):
    from scipy.io import wavfile
    from scipy.signal import welch

    rate, frames = wavfile.read(path)
    frequency, power = welch(frames.mean(axis=1) / 32768, fs=rate, nperseg=LENGTH)
    print("\n".join(f"{f!r} {p!r}" for f, p in zip(frequency.tolist(), power.tolist())))


def rows(path):
    from scipy.signal import welch

    matrix = numpy.load(path)
    length = min(LENGTH, matrix.shape[1])
    print(repr(float(welch(matrix, nperseg=length)[1].mean())), flush=True)
    for _ in sys.stdin:
        begin = time.process_time()
        welch(matrix, nperseg=length)
        print(time.process_time() - begin, flush=True)


if sys.argv[1] == "make":
    make(sys.argv[2], int(sys.argv[3]))
elif sys.argv[1] == "song":
    song(sys.argv[2])
else:
    rows(sys.argv[2])
