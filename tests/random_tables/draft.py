# SPDX-License-Identifier: MIT
"""A table whose right reading is known, because it was there before its text was."""

from typing import NamedTuple

import oracle
from random_tables import words

# What the specification demands of a text: that it is read, that it is refused, or either,
# but never that it is read as something else.
READ, REFUSED, EITHER = "read", "refused", "either"

ID, SAMPLE, NOTE, LEFTOVER = "id", "sample", "note", "leftover"


class Column:
    def __init__(self, role, name, cells):
        self.role, self.name, self.cells = role, name, list(cells)


class Trait(NamedTuple):
    """What a kind made of the draft: the rows of kinds.py, as far as a check needs them."""
    kind: str
    demand: str
    reached: bool
    in_head: bool
    first: str        # the option to follow where the message leaves it to the reader
    other: frozenset  # options of the message that are another reading, on purpose


class Draft:
    """Begins as a plain table; the kinds change it. `truth` is what gx-convert must write."""

    def __init__(self, draw):
        self.draw = draw
        self.traits = []
        ncol, nrow = draw.choice([1, 2, 3, 4, 9]), draw.choice([2, 3, 4, 7, 12])
        names = draw.sample(words.SAMPLES, ncol)
        genes = draw.sample(words.GENES[draw.choice(list(words.GENES))], nrow)
        self.columns = [Column(ID, draw.choice(["gene", "Geneid", "ID_REF", "symbol"]), genes)]
        self.columns += [Column(SAMPLE, name, [words.value(draw) for _ in genes])
                         for name in names]
        self.delimiter, self.line_end, self.quoting = "\t", "\n", "needed"
        self.decimal_comma, self.mark = False, ""  # a byte order mark
        self.odd = None                           # a token that stands for a missing value
        self.has_header, self.short, self.hash = True, False, ""
        self.header_tail, self.row_tail = [], []  # empty fields at the ends of lines
        self.above, self.below = [], []           # lines: lists of fields, or bare texts
        self.inserted = []                        # (row that it stands before, line)
        self.unnamed_rows = False                 # the genes are g1 g2 ...
        self.alternatives = []                    # other tables that the text holds: lists of samples
        self.named = True                         # samples have the header's names

    @property
    def nrow(self):
        return len(self.columns[0].cells)

    def of(self, role):
        return [column for column in self.columns if column.role == role]

    def kinds(self):
        return {trait.kind for trait in self.traits}

    def number(self, text):
        return float("nan") if text == self.odd else number(text)

    # ---- what it means ----

    def written(self, samples):
        """As gx-convert writes these columns, with the names of the rows."""
        ids = self.of(ID)
        genes = ids[0].cells if ids and not self.unnamed_rows else \
            [f"g{i}" for i in range(1, self.nrow + 1)]
        names = [column.name for column in samples] if self.named else \
            [f"s{j}" for j in range(1, len(samples) + 1)]
        lines = [["gene", *names]]
        lines += [[gene, *(oracle.number_text(self.number(column.cells[i])) for column in samples)]
                  for i, gene in enumerate(genes)]
        return "".join("\t".join(line) + "\n" for line in lines).encode()

    def truths(self):
        """All that may come out."""
        return [self.written(samples) for samples in self.alternatives or [self.of(SAMPLE)]]

    def demand(self):
        demands = {trait.demand for trait in self.traits}
        return EITHER if EITHER in demands else REFUSED if REFUSED in demands else READ

    def reached(self):
        """Whether the advice of the messages, taken, must end in the truth."""
        return all(trait.reached for trait in self.traits)

    # ---- its text ----

    def field(self, text):
        needed = any(c in text for c in (self.delimiter, '"')) or \
            (self.delimiter != "\t" and any(c in text for c in "\t, "))
        if needed or self.quoting == "all" or (self.quoting == "names" and not is_number(text)):
            return '"' + text.replace('"', '""') + '"'
        return text

    def line(self, fields):
        return fields if isinstance(fields, str) else \
            self.delimiter.join(self.field(text) for text in fields)

    def header_fields(self):
        names = [column.name for column in self.columns]
        names = names[1:] if self.short else names
        return [self.hash + names[0], *names[1:], *self.header_tail]

    def cell(self, column, i):
        text = column.cells[i]
        # A spreadsheet writes "<0,1" as it writes 0,1; "n.d." has no number in it.
        comma = self.decimal_comma and column.role == SAMPLE and any(map(str.isdigit, text))
        return text.replace(".", ",") if comma else text

    def lines(self):
        out = list(self.above)
        if self.has_header:
            out.append(self.header_fields())
        for i in range(self.nrow + 1):
            out += [line for at, line in self.inserted if at == i]
            if i < self.nrow:
                out.append([self.cell(column, i) for column in self.columns] + self.row_tail)
        return out + self.below

    def text(self):
        return (self.mark + "".join(self.line(line) + self.line_end
                                    for line in self.lines())).encode()


def number(text):
    return float("nan") if text.strip().lower() in {t.lower() for t in words.MISSING} else float(text)


def is_number(text):
    """Or a missing value: what may stand where values are."""
    try:
        number(text)
        return True
    except ValueError:
        return False
