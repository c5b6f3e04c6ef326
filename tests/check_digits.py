#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gx-convert --digits N against the decimal module, which rounds the exact value of a double.

    check_digits.py [SEED] [COUNT]: COUNT numbers of each kind, and each N from 1 to 17
"""
import decimal
import math
import random
import struct
import subprocess
import sys


def spelled(sign, digits, exponent):
    """The digits d.ddd * 10^exponent in the form of gx-matrix(5)."""
    digits = digits.rstrip("0") or "0"
    if exponent < -4 or exponent >= 16:
        point = "." if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{point}{digits[1:]}e{exponent:+03d}"
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{digits}"
    whole = digits[:exponent + 1].ljust(exponent + 1, "0")
    rest = digits[exponent + 1:]
    return sign + whole + ("." + rest if rest else "")


def wanted(value, most):
    sign = "-" if math.copysign(1, value) < 0 else ""
    if math.isnan(value):
        return "NA"
    if math.isinf(value):
        return sign + "Inf"
    if value == 0:
        return sign + "0"
    # repr has the shortest digits that read back.
    _, digits, exponent = decimal.Decimal(repr(abs(value))).normalize().as_tuple()
    if len(digits) > most:
        context = decimal.Context(prec=most, rounding=decimal.ROUND_HALF_EVEN,
                                  Emin=-400, Emax=400)
        _, digits, exponent = context.plus(decimal.Decimal(abs(value))).as_tuple()
    text = "".join(map(str, digits))
    return spelled(sign, text, exponent + len(digits) - 1)


def numbers(count):
    yield from (0.5, 2.5, 3.5, 0.125, 0.375, 1e22, 1e23, 9.995e-5, 9.995e-4, 999.96, 999.94,
                0.15, 2.675, 1.005, 99999999, 123456789, 2.0**70, 10.0**15, 10.0**16, 9.9999e15,
                5e-324, 2.2250738585072014e-308, sys.float_info.max, 0.0, -0.0,
                math.inf, -math.inf, math.nan)
    for _ in range(count):
        yield struct.unpack("<d", struct.pack("<Q", random.getrandbits(64)))[0]
        yield struct.unpack("<d", struct.pack("<Q", random.getrandbits(random.randint(1, 52))))[0]
        yield random.lognormvariate(0, 4)
        yield float(random.getrandbits(random.randint(1, 80)))
        # Behind its digits there is a five; and exact ties.
        places = random.randint(1, 16)
        yield float(f"{random.randrange(10**(places - 1), 10**places)}5e{random.randint(-330, 290)}")
        yield float(f"{random.randrange(10**(places - 1), 10**places)}5e{random.randint(-20, 3)}")
        yield (random.getrandbits(random.randint(2, 40)) | 1) / 2.0**random.randint(0, 20)


def main():
    random.seed(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
    values = list(numbers(int(sys.argv[2]) if len(sys.argv) > 2 else 300))
    with open("numbers.tsv", "w") as f:
        f.write("gene\ta\n")
        f.writelines(f"g{i}\t{value!r}\n" for i, value in enumerate(values))
    subprocess.run(["gx-convert", "-b", "-o", "numbers.gxm", "numbers.tsv"], check=True)
    for most in range(1, 18):
        text = subprocess.run(["gx-convert", "-H", "--digits", str(most), "numbers.gxm"],
                              check=True, stdout=subprocess.PIPE, text=True).stdout
        got = [line.split("\t")[1] for line in text.splitlines()]
        assert len(got) == len(values)
        for value, shown in zip(values, got):
            want = wanted(value, most)
            if shown != want:
                sys.exit(f"{value!r} to {most} digits: {shown}, not {want}")


main()
