#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Random tables, of all kinds of tables/kinds.py. Each is read as it was written, or refused,
never read as another one; the advice of a message is taken, and what comes out is the table
again, or another refusal. All ways to read it are alike: file, pipe, threads, parts.
Usage: check_tables.py [--count N] [--seed S] [--table K [--show]]"""

import argparse
import collections
import itertools
import multiprocessing
import os
import random
import sys
import tempfile

import oracle
from random_tables import advice, kinds, ways
from random_tables.draft import EITHER, READ, REFUSED, Draft

ROUNDS = 8  # a message is about one of the dimensions in which a table is unusual
# Options that are another reading wherever a message names them: they say what no text says.
OTHER_READING = {"--all-columns", "--transposed"}


class Check:
    """One table: what is wrong with how it is read is in `found`."""

    def __init__(self, seed, number, directory):
        self.draw = random.Random(f"{seed} {number}")
        self.draft = kinds.build(Draft(self.draw))
        self.truths = self.draft.truths()
        self.directory, self.path = directory, os.path.join(directory, "t")
        self.found, self.trail = [], []
        self.result = None
        self.known = {field for line in self.draft.lines() if not isinstance(line, str)
                      for field in line}
        # A `#` of the header is no part of the name.
        self.known |= {column.name for column in self.draft.columns}

    def fail(self, text):
        self.found.append(text)

    def outcome(self, reading):
        path = ways.write(self.directory, reading.blob)
        got = ways.run("gx-convert", *reading.words(), path)
        for complaint in ways.sound(got, "gx-convert"):
            self.fail(complaint)
        return got

    def is_true(self, got, how):
        """Of a table that was read: whether it is the one that was written."""
        if got.out in self.truths:
            return True
        self.fail(f"{how}: read as {oracle.shown(got.out, 0)}, expected "
                  f"{oracle.shown(self.truths[0], 0)}")
        return False

    # ---- the first look ----

    def run(self):
        reading = advice.Reading(self.draft.text())
        got = self.outcome(reading)
        demand = self.draft.demand()
        self.trail.append(self.shown(reading, got))
        if got.code == 0:
            if demand == REFUSED:
                self.fail(f"it was read, and must be refused: {oracle.shown(got.out, 0)}")
            self.result = "read" if self.is_true(got, "at once") else "wrong"
        elif demand == READ:
            self.fail(f"it was refused, and must be read: {got.err!r}")
            self.result = "refused"
        self.look_at_ways(reading, got)
        if got.code and self.result is None:
            self.follow(reading, got)

    def look_at_ways(self, reading, got):
        path = ways.write(self.directory, reading.blob)
        options = reading.words()
        n = self.draw.choice([2, 3, 7, 7])
        if got.code == 0:
            self.found += ways.read_alike(path, options, n)
        else:
            in_head = all(trait.demand != REFUSED or trait.in_head
                          for trait in self.draft.traits)
            # Once advice has been taken, what is left may be in a row.
            surely = in_head and not options and self.draft.demand() == REFUSED
            self.found += ways.refused_alike(path, options, n, ways.ALL_PARTS if surely else
                                             ways.SOME_PARTS)

    # ---- the advice ----

    def follow(self, reading, got):
        """Takes the first advice of each message, and looks at where the others lead."""
        for _ in range(ROUNDS):
            offered = [offer for offer in advice.offers(got.message(self.path), self.known)
                       if not reading.has(offer)]
            taken = self.preferred(offered)
            for other in offered:
                if other != taken:
                    self.look_aside(reading, other)
            if taken is None:
                return self.stuck(f"no way out: {got.err!r}")
            reading = reading.take(taken)
            got = self.outcome(reading)
            self.trail.append(self.shown(reading, got))
            if got.code == 0:
                right = self.is_true(got, f"after {taken.text()}")
                self.result = "reached" if right else "wrong"
                self.look_at_ways(reading, got)
                return None
        return self.stuck(f"refused after {ROUNDS} rounds: {got.err!r}")

    def preferred(self, offered):
        """Where the message cannot know which of two readings is meant, the one that is."""
        first = {trait.first for trait in self.draft.traits if trait.first}
        if self.draft.reached():
            # Of the kinds that the table has, the message may be about one alone.
            able = [offer for offer in offered if not offer.names() & OTHER_READING]
        else:
            able = [offer for offer in offered if not self.is_other(offer)]
        orders = (lambda offer: offer.names() & first and not self.is_other(offer),
                  lambda offer: offer.names() & first,
                  lambda offer: not self.is_other(offer),
                  lambda offer: True)
        return next((offer for order in orders for offer in able if order(offer)), None)

    def is_other(self, offer):
        other = {name for trait in self.draft.traits for name in trait.other}
        return bool(offer.names() & (OTHER_READING | other))

    def look_aside(self, reading, offer):
        if self.is_other(offer):
            return
        got = self.outcome(reading.take(offer))
        if got.code == 0:
            self.is_true(got, f"after {offer.text()}, which is offered too")

    def stuck(self, why):
        self.result = "stuck"
        if self.draft.reached():
            self.fail(why)

    # ---- for who reads it ----

    def shown(self, reading, got):
        return f"{' '.join(reading.words()) or '(no option)'}: exit {got.code} " \
               f"{got.err.decode(errors='replace').strip()}"

    def describe(self):
        plain = {kinds.DIMENSIONS[name][0].name for name in kinds.DIMENSIONS}
        return ", ".join(trait.kind for trait in self.draft.traits
                         if trait.kind not in plain) or "plain"

    def report(self, seed, number):
        lines = [f"table {number} (check_tables.py --seed {seed} --table {number}): "
                 f"{self.describe()}"]
        lines += [f"  {text}" for text in self.found] + [f"  > {text}" for text in self.trail]
        return "\n".join(lines + [f"  {self.draft.text()[:400]!r}"])


def check(job):
    seed, number = job
    with tempfile.TemporaryDirectory() as directory:
        one = Check(seed, number, directory)
        one.run()
    named = [(trait.kind, one.result) for trait in one.draft.traits]
    return named, one.report(seed, number) if one.found else None


def summary(counts):
    """How each kind fared; one that was never reached, or never drawn, shows."""
    print(f"{'kind':32} {'read':>6} {'reached':>8} {'stuck':>6} {'other':>6}")
    for name, of in kinds.DIMENSIONS.items():
        print(f"{name}:")
        for kind in of:
            got = counts[kind.name]
            other = sum(n for what, n in got.items() if what not in ("read", "reached", "stuck"))
            print(f"  {kind.name:30} {got['read']:6} {got['reached']:8} {got['stuck']:6} {other:6}")


def show(seed, number):
    with tempfile.TemporaryDirectory() as directory:
        one = Check(seed, number, directory)
        sys.stdout.buffer.write(one.draft.text())
        one.run()
        print(one.report(seed, number))
    return 1 if one.found else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--table", type=int, help="this one alone, with its text")
    parser.add_argument("--summary", action="store_true", help="how each kind fared")
    given = parser.parse_args()
    seed = given.seed or oracle.seed(1)  # another one looks at other tables
    if given.table is not None:
        sys.exit(show(seed, given.table))
    counts = collections.defaultdict(collections.Counter)
    jobs = zip(itertools.repeat(seed), range(given.count))
    with multiprocessing.Pool(min(4, len(os.sched_getaffinity(0)))) as pool:
        for named, report in pool.imap_unordered(check, jobs, chunksize=8):
            for kind, result in named:
                counts[kind][result] += 1
            if report:
                oracle.fail(report)
    if given.summary:
        summary(counts)
    oracle.finish(given.count)


if __name__ == "__main__":
    main()
