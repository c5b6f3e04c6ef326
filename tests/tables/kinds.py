# SPDX-License-Identifier: MIT
"""What tables look like out there, a dimension at a time. A random table has one kind of each
dimension. DIMENSIONS, at the end, is the table of them all, with what is demanded of each; the
first kind of a dimension is what most tables have."""

from typing import Callable, NamedTuple

from tables import words
from tables.draft import EITHER, ID, LEFTOVER, NOTE, READ, REFUSED, SAMPLE, Column, Trait


class Kind(NamedTuple):
    name: str
    weight: int                 # how often it is drawn, beside the others of its dimension
    demand: str
    build: Callable = None      # changes the draft
    fits: Callable = None       # whether this draft may have it
    reached: bool = True        # refused: the advice ends in the truth
    in_head: bool = True        # refused: by each part, as the head tells
    first: str = ""             # refused: what is followed where the message gives several readings
    other: tuple = ()           # refused: options of the message that mean another table


def choose(draft, kinds):
    """One of them that this draft may have, but not the first, unless there is no other."""
    able = [kind for kind in kinds[1:] if kind.fits is None or kind.fits(draft)] or kinds[:1]
    kind = draft.draw.choices(able, [kind.weight for kind in able])[0]
    draft.traits.append(Trait(kind.name, kind.demand, kind.reached, kind.in_head, kind.first,
                              frozenset(kind.other)))
    if kind.build:
        kind.build(draft)


# ---- delimiters, quotes, line ends ----

def delimited(by, decimal_comma=False):
    def build(draft):
        draft.delimiter, draft.decimal_comma = by, decimal_comma
        if decimal_comma:
            draft.of(SAMPLE)[0].cells[0] = "1.5"
    return build


def quotes(how):
    def build(draft):
        draft.quoting = how
    return build


def crlf(draft):
    draft.line_end = "\r\n"


def mark(draft):
    draft.mark = "\ufeff"


def tabs_or_commas(draft):
    return draft.delimiter != " "


# ---- values ----

def missing(rows):
    """In these rows; the first sample keeps its values."""
    def build(draft):
        tokens = [t for t in words.MISSING if t or tabs_or_commas(draft)]
        for column in draft.of(SAMPLE)[1:]:
            for i in range(*rows.indices(draft.nrow)):
                if draft.draw.random() < 0.5:
                    column.cells[i] = draft.draw.choice(tokens)
    return build


def last_is_empty(draft):
    return draft.of(SAMPLE)[-1].cells[0] == ""


def several_samples(draft):
    return len(draft.of(SAMPLE)) > 1


# ---- columns that are no samples ----

def texts(draft, name=None):
    pool = [t for t in words.TEXTS if t != "," or draft.delimiter == "\t"]
    name = name or draft.draw.choice(words.TEXT_NAMES)
    return Column(NOTE, name, draft.draw.choices(pool, k=draft.nrow))


def lengths(draft, name):
    return Column(NOTE, name, [str(draft.draw.randrange(50, 9000)) for _ in range(draft.nrow)])


def insert_behind_id(draft, columns):
    draft.columns[1:1] = columns


def text_behind_id(draft):
    names = draft.draw.sample(words.TEXT_NAMES, draft.draw.choice([1, 1, 2]))
    insert_behind_id(draft, [texts(draft, name) for name in names])


def text_at_end(draft):
    draft.columns.append(texts(draft))


def text_of_each_sample(draft):
    spread(draft, lambda column: texts(draft, column.name + "_status"))


def spread(draft, beside):
    out = []
    for column in draft.columns:
        out += [column, beside(column)] if column.role == SAMPLE else [column]
    draft.columns = out


def numbers_behind_id(draft):
    names = draft.draw.sample(words.WHOLE_NAMES, draft.draw.choice([1, 1, 2, 3]))
    insert_behind_id(draft, [lengths(draft, name) for name in names])


def numbers_of_each_sample(draft):
    end = draft.draw.choice(words.OF_EACH_SAMPLE)
    spread(draft, lambda column: lengths(draft, column.name + end))


def text_and_numbers(draft):
    numbers_behind_id(draft)
    insert_behind_id(draft, [texts(draft)])


def text_further_down(draft):
    column = texts(draft)
    column.cells[:2] = draft.draw.choices(["NA", "na"], k=2)
    insert_behind_id(draft, [column])


KNOWN = [
    "Geneid=id Chr=text Start=number End=number Strand=text Length=number",
    "GeneID=id Chr=text Start=number End=number Strand=text Length=number",
    "gene_id=id gene_name=text", "tx=id gene_id=text",
    "Hugo_Symbol=id Entrez_Gene_Id=number",
    "NAME=id DESCRIPTION=missing", "Name=id Description=text", "name=id description=number",
    "YORF=number NAME=id GWEIGHT=number",
]
MEASURES = [
    "Name=id Length=number EffectiveLength=number TPM=sample NumReads=sample",
    "target_id=id length=number eff_length=number est_counts=sample tpm=sample",
    "gene_id=id transcript_id(s)=text length=number effective_length=number "
    "expected_count=sample TPM=sample FPKM=sample",
    "transcript_id=id gene_id=text length=number effective_length=number "
    "expected_count=sample TPM=sample FPKM=sample IsoPct=sample",
]


def columns_of(draft, heads):
    ids = draft.of(ID)[0]
    for item in draft.draw.choice(heads).split(" "):
        name, what = item.split("=")
        if what == "id":
            ids.name = name
            yield ids
        elif what == "sample":
            yield Column(SAMPLE, name, [words.value(draft.draw) for _ in range(draft.nrow)])
        elif what == "missing":
            yield Column(NOTE, name, ["na"] * draft.nrow)
        else:
            yield texts(draft, name) if what == "text" else lengths(draft, name)


def bed_head(draft):
    place = [texts(draft, "chr"), lengths(draft, "start"), lengths(draft, "end")]
    draft.of(ID)[0].name = draft.draw.choice(["gene_id", "gene", "ID"])
    draft.columns[:0] = place
    if draft.draw.random() < 0.5:
        draft.hash, draft.quoting = "#", "needed"


def star_counts(draft):
    """ReadsPerGene.out.tab: no header, but four lines above the genes."""
    names = ["unstranded", "forward", "reverse"]
    draft.columns = [draft.of(ID)[0]] + [
        Column(SAMPLE, name, [str(draft.draw.randrange(9000)) for _ in range(draft.nrow)])
        for name in names]
    draft.has_header = False
    draft.inserted += [(0, [name, *draft.draw.choices(["7", "120", "0"], k=3)]) for name in
                       ("N_unmapped", "N_multimapping", "N_noFeature", "N_ambiguous")]
    draft.alternatives = [[column] for column in draft.of(SAMPLE)]
    draft.quoting = "needed"


def known_head(draft):
    draft.columns = [*columns_of(draft, KNOWN), *draft.of(SAMPLE)]


def several_measures(draft):
    draft.columns = list(columns_of(draft, MEASURES))
    draft.alternatives = [[column] for column in draft.of(SAMPLE)]


# ---- where the names of the rows are ----

def row_numbers_first(draft):
    start = draft.draw.choice([0, 1])
    draft.columns.insert(0, Column(NOTE, "", map(str, range(start, start + draft.nrow))))


def counted_names(draft):
    """A matrix without names, as pandas writes one: its rows are called 0 1 2 ..."""
    draft.columns[0].name = ""
    draft.columns[0].cells = [str(i) for i in range(draft.nrow)]


def no_names(draft):
    draft.columns = draft.of(SAMPLE)
    draft.columns[0].cells[:2] = [draft.draw.choice(["0", "1", "7", "250"])] * 2
    draft.unnamed_rows = True


def without(*kinds):
    return lambda draft: not draft.kinds() & set(kinds)


def also(*conditions):
    return lambda draft: all(condition(draft) for condition in conditions)


names_first = without("row numbers first", "no names", "counted names")
no_annotation = without("text", "text at the end", "text of each sample", "numbers",
                        "numbers of each sample", "text and numbers", "text further down",
                        "known head", "several measures", "BED head", "STAR")
free_head = without("known head", "several measures", "BED head", "STAR")


# ---- headers ----

def corner(pick):
    def build(draft):
        draft.columns[0].name = pick(draft)
    return build


def id_word(draft):
    return words.spelled(draft.draw, draft.draw.choice(words.ID_WORDS))


def plain_corner(draft):
    return draft.draw.choice(words.PLAIN_CORNERS)


def short(draft):
    draft.short = True


def hash_sign(draft):
    """Of a first name that needs no quotes: behind a quote the sign is part of it."""
    draft.hash, draft.quoting = "#", "needed"
    first = draft.columns[1 if draft.short else 0]
    first.name = first.name.replace(" ", "_")


def short_hash(draft):
    short(draft)
    hash_sign(draft)


def numbered(then):
    """The samples are called by numbers."""
    def build(draft):
        start = draft.draw.choice([0, 1, 1, 2001, 24])
        step = draft.draw.choice([1, 1, 12, 0.5])
        for j, column in enumerate(draft.of(SAMPLE)):
            column.name = f"{start + step * j:g}"
        then(draft)
    return build


def no_header(draft):
    draft.has_header = draft.named = False


# ---- ends of lines ----

def tails(header, row):
    def build(draft):
        k = draft.draw.choice([2, 3, 4]) if 2 in (header, row) else 1
        draft.header_tail, draft.row_tail = [""] * (k * bool(header)), [""] * (k * bool(row))
    return build


def unnamed_column(rows):
    def build(draft):
        cells = [""] * draft.nrow
        for i in range(*rows.indices(draft.nrow)):
            cells[i] = words.value(draft.draw)
        draft.columns.append(Column(LEFTOVER, "", cells))
    return build


FULL = ("named corner", "id word", "plain corner", "empty corner", "numbers, id word",
        "numbers, plain corner", "numbers, empty corner")


def has_header(draft):
    return draft.has_header


def full_header(draft):
    return draft.has_header and not draft.short and not draft.hash


# ---- lines among the rows ----

def header_again(draft):
    # Two of them above the rows are a comment and the header.
    first = 1 if draft.hash else 0
    draft.inserted.append((draft.draw.randrange(first, draft.nrow + 1), draft.header_fields()))


def between(line):
    def build(draft):
        width = len(draft.columns) + len(draft.row_tail)
        fields = "" if line == "blank" else draft.delimiter * (width - 1)
        draft.inserted.append((draft.draw.randrange(1, draft.nrow), fields))
    return build


def second_header(draft):
    word = draft.draw.choice(["normalized_count", "RPKM", "raw count"])
    cells = [id_word(draft)] + [word] * (len(draft.columns) - 1)
    draft.inserted.append((0, cells + draft.row_tail))


def typed_columns(draft):
    for word in draft.draw.sample(["E", "group1", "C"], draft.draw.choice([1, 2])):
        cells = ["#!{Type}" + word] + [word] * (len(draft.columns) - 1)
        draft.inserted.append((0, cells + draft.row_tail))


def row_of_text(draft):
    draft.odd = draft.draw.choice(words.ODD_TOKENS)
    i = draft.draw.randrange(2, draft.nrow)
    for column in draft.of(SAMPLE):
        column.cells[i] = draft.odd


def odd_cell(draft):
    """Of a column that shows in the head that it has numbers."""
    draft.odd = draft.draw.choice(words.ODD_TOKENS)
    i = draft.draw.randrange(2, draft.nrow)
    numbers = [column for column in draft.of(SAMPLE)
               if any(cell not in words.MISSING for cell in column.cells[:2])]
    draft.draw.choice(numbers).cells[i] = draft.odd


def three_rows(draft):
    return draft.nrow > 2


# ---- above and below ----

def comments(draft):
    pool = ["# made by x", "#", "##" + draft.delimiter * 6]
    # Directly above rows they would be headers.
    pool += [f"# made{draft.delimiter}by x", "# a b c d, e"] if draft.has_header else []
    draft.above += draft.draw.choices(pool, k=draft.draw.choice([1, 2, 3]))


def blank(draft):
    draft.above += [""] * draft.draw.choice([1, 2])


TITLES = ["Supplementary Table 2. Normalised counts of all genes", "GSE00001", "counts (raw)"]


def title(draft):
    """Not the same one twice."""
    draft.above += [text for text in draft.draw.sample(TITLES, len(TITLES))
                    if text not in draft.above][:1]


def title_with_others(draft):
    """Another delimiter is in it than between the fields."""
    draft.above.append("Table S1. Counts, normalised, of all genes")


def padded_title(draft):
    draft.above.append(["Table S1"] + [""] * (len(draft.header_fields()) - 1))


def titles(draft):
    for build in draft.draw.choices([title, blank, comments], k=draft.draw.choice([2, 3, 4])):
        build(draft)


def title_in_fields(draft):
    draft.above.append(f"Table S1{draft.delimiter}counts")


def two_readings(draft):
    """One field above two, which may be the header, or a row with a token for a missing value:
    a title, or the name of the one sample."""
    fields = len(draft.header_fields()) if draft.has_header else len(draft.columns)
    id_words = without("plain corner", "short", "short #", "short of numbers",
                       "numbers, plain corner", "no header", "no names")
    return tabs_or_commas(draft) and fields == 2 and not id_words(draft)


def may_have_title(draft):
    return tabs_or_commas(draft) and not two_readings(draft) and "STAR" not in draft.kinds()


def wide(draft):
    return len(draft.columns) > 3 and "STAR" not in draft.kinds()


def by_tabs(draft):
    return draft.delimiter == "\t"


def blank_end(draft):
    draft.below += [""] * draft.draw.choice([1, 2])


def delimiters_end(draft):
    width = len(draft.columns) + len(draft.row_tail)
    draft.below += [draft.delimiter * (width - 1)] * draft.draw.choice([1, 3])


TEXT_SKIPPED = ("--id-column",)  # the names may be taken from a column of text
ODD = ("--skip-columns", "--columns", "--id-column")

DIMENSIONS = {
    "delimiter": [
        Kind("tabs", 8, READ),
        Kind("commas", 4, READ, delimited(",")),
        Kind("spaces", 1, READ, delimited(" ")),
        Kind("semicolons", 1, REFUSED, delimited(";")),
        Kind("semicolons, decimal commas", 1, REFUSED, delimited(";", True)),
        Kind("decimal commas", 1, REFUSED, delimited("\t", True)),
    ],
    "quotes": [
        Kind("where needed", 5, READ),
        Kind("names quoted", 1, READ, quotes("names")),
        Kind("all quoted", 1, READ, quotes("all")),
    ],
    "line ends": [
        Kind("LF", 5, READ),
        Kind("CR LF", 1, READ, crlf),
        Kind("byte order mark", 1, READ, mark),
    ],
    "values": [
        Kind("all there", 4, READ),
        Kind("missing in the head", 1, READ, missing(slice(0, 2)), several_samples),
        Kind("missing anywhere", 1, READ, missing(slice(0, None)), several_samples),
    ],
    "annotation": [
        Kind("none", 14, READ),
        Kind("text", 2, REFUSED, text_behind_id, other=TEXT_SKIPPED),
        Kind("text at the end", 1, REFUSED, text_at_end, other=TEXT_SKIPPED),
        Kind("text of each sample", 1, REFUSED, text_of_each_sample, other=TEXT_SKIPPED),
        Kind("text further down", 1, REFUSED, text_further_down, three_rows, in_head=False,
             other=TEXT_SKIPPED),
        Kind("numbers", 3, REFUSED, numbers_behind_id),
        Kind("numbers of each sample", 1, REFUSED, numbers_of_each_sample),
        Kind("text and numbers", 2, REFUSED, text_and_numbers, other=TEXT_SKIPPED),
        Kind("known head", 3, READ, known_head),
        Kind("several measures", 2, REFUSED, several_measures),
        Kind("BED head", 1, REFUSED, bed_head),
        Kind("STAR", 1, REFUSED, star_counts, lambda draft: draft.delimiter == "\t"),
    ],
    "row names": [
        Kind("first", 14, READ),
        Kind("counted names", 1, READ, counted_names, no_annotation),
        Kind("row numbers first", 2, REFUSED, row_numbers_first,
             also(free_head, without("text further down")), first="--id-column"),
        Kind("no names", 1, REFUSED, no_names, also(no_annotation, several_samples),
             first="--id-column", other=("--id-column",)),
    ],
    "header": [
        Kind("named corner", 8, READ),
        Kind("id word", 3, READ, corner(id_word), also(names_first, free_head)),
        Kind("plain corner", 1, READ, corner(plain_corner), also(names_first, free_head)),
        Kind("empty corner", 2, READ, corner(lambda draft: ""),
             also(tabs_or_commas, names_first, free_head)),
        Kind("short", 2, READ, short, also(names_first, free_head, several_samples,
                                           lambda draft: not last_is_empty(draft))),
        Kind("#", 2, READ, hash_sign, also(names_first, free_head)),
        Kind("short #", 1, READ, short_hash, also(names_first, free_head, several_samples,
                                                  lambda draft: not last_is_empty(draft))),
        Kind("numbers, id word", 2, READ, numbered(corner(id_word)),
             also(names_first, free_head, no_annotation)),
        Kind("numbers, empty corner", 1, READ, numbered(corner(lambda draft: "")),
             also(tabs_or_commas, names_first, no_annotation)),
        Kind("short of numbers", 1, READ, numbered(short),
             also(names_first, no_annotation, several_samples,
                  lambda draft: not last_is_empty(draft))),
        Kind("numbers, plain corner", 2, REFUSED, numbered(corner(plain_corner)),
             also(names_first, no_annotation), first="--header", other=("--no-header",)),
        Kind("no header", 3, REFUSED, no_header,
             also(names_first, free_head,
                  without("numbers", "numbers of each sample", "text and numbers",
                          "text further down"),
                  lambda draft: not last_is_empty(draft)),
             first="--no-header", other=("--header",)),
    ],
    "ends of lines": [
        Kind("nothing there", 12, READ),
        Kind("delimiter", 1, READ, tails(1, 1), also(tabs_or_commas, full_header)),
        Kind("delimiter, header alone", 1, READ, tails(1, 0), also(tabs_or_commas, full_header)),
        Kind("delimiter, rows alone", 1, REFUSED, tails(0, 1), also(tabs_or_commas, full_header)),
        Kind("empty columns", 1, READ, tails(2, 2), also(tabs_or_commas, full_header)),
        Kind("delimiters, short header", 1, EITHER,
             lambda draft: draft.draw.choice([tails(1, 1), tails(2, 2)])(draft),
             also(tabs_or_commas, has_header, without(*FULL))),
        Kind("delimiter, one line alone", 1, EITHER,
             lambda draft: draft.draw.choice([tails(0, 1), tails(1, 0)])(draft),
             also(tabs_or_commas, has_header, without(*FULL)), reached=False,
             other=("--header", "--no-header")),
        Kind("unnamed column", 1, REFUSED, unnamed_column(slice(0, None)),
             also(tabs_or_commas, full_header), reached=False),
        Kind("unnamed column further down", 1, REFUSED, unnamed_column(slice(-1, None)),
             also(tabs_or_commas, full_header, three_rows), reached=False, in_head=False),
    ],
    "among the rows": [
        Kind("rows alone", 14, READ),
        Kind("header again", 2, REFUSED, header_again, has_header, in_head=False),
        Kind("blank line", 1, REFUSED, between("blank"), in_head=False),
        Kind("line of delimiters", 1, REFUSED, between("delimiters"), tabs_or_commas,
             in_head=False),
        Kind("second header", 1, REFUSED, second_header,
             also(full_header, several_samples, no_annotation, names_first,
                  without("numbers, id word", "numbers, plain corner", "numbers, empty corner"))),
        Kind("types of columns", 1, REFUSED, typed_columns,
             also(full_header, several_samples, no_annotation, names_first,
                  without("numbers, id word", "numbers, plain corner", "numbers, empty corner"))),
        Kind("row of text", 1, REFUSED, row_of_text,
             also(three_rows, several_samples, without("several measures", "STAR")),
             in_head=False,
             first="--na", other=("sed", "grep", *ODD)),
        Kind("odd cell", 1, REFUSED, odd_cell,
             also(three_rows, without("several measures", "STAR")),
             in_head=False, first="--na", other=ODD),
    ],
    "above": [
        Kind("nothing above", 10, READ),
        Kind("comments", 3, READ, comments),
        Kind("blank lines", 1, READ, blank),
        Kind("title", 1, READ, title, may_have_title),
        Kind("title, other delimiters", 1, READ, title_with_others,
             also(may_have_title, by_tabs)),
        Kind("padded title", 1, READ, padded_title, also(tabs_or_commas, wide)),
        Kind("titles, blank lines, comments", 2, READ, titles, may_have_title),
        Kind("title or name", 1, EITHER, title,
             also(two_readings, has_header, without("short #")),
             first="--skip-lines", other=("--na", "--header", "--no-header", "--id-column")),
        Kind("title in fields", 1, EITHER, title_in_fields, wide),
    ],
    "below": [
        Kind("nothing below", 8, READ),
        Kind("blank lines at the end", 1, READ, blank_end),
        Kind("delimiters at the end", 1, READ, delimiters_end, tabs_or_commas),
    ],
}


def build(draft):
    """A table that is unusual in some dimensions, and in the others as most are."""
    often = ["annotation", "annotation", "header", "header", "ends of lines", "above"]
    unusual = draft.draw.sample([*DIMENSIONS, *often], draft.draw.choice([1, 2, 2, 3, 3, 4, 6]))
    for name, kinds in DIMENSIONS.items():
        choose(draft, kinds if name in unusual else kinds[:1])
    return draft
