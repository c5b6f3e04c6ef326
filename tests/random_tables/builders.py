# SPDX-License-Identifier: MIT
"""What makes a draft unusual: the functions that the rows of kinds.py name. Some change the
draft; some say whether a draft may be changed so."""

from random_tables import words
from random_tables.draft import ID, LEFTOVER, NOTE, SAMPLE, Column


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


def named_as_ids(draft):
    """It lacks its corner, and the first of its names may be one: that of an annotation."""
    return draft.short and draft.columns[1].role == NOTE


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


def may_be_note(draft):
    """Nothing says that its first line is none."""
    return "plain corner" in draft.kinds() or \
        (draft.delimiter == " " and draft.quoting == "needed")


def is_not(condition):
    return lambda draft: not condition(draft)


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
    pool = ["# made", "#", "##" + draft.delimiter * 6]
    # Directly above rows, and what looks like one, they would be headers.
    rows = not draft.has_header or "numbers, plain corner" in draft.kinds()
    pool += ["# made by x"] if tabs_or_commas(draft) or not rows else []
    pool += [f"# made{draft.delimiter}by x", "# a b c d, e"] if not rows else []
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
    """One field above two, which may be the header, or a row with a token for a missing value,
    or a row without a name: a title, or the name of the one sample."""
    fields = len(draft.header_fields()) if draft.has_header else len(draft.columns)
    id_words = without("plain corner", "short", "short #", "short of numbers",
                       "numbers, plain corner", "numbers, empty corner", "no header", "no names")
    return tabs_or_commas(draft) and fields == 2 and not id_words(draft)


def may_have_title(draft):
    return tabs_or_commas(draft) and not two_readings(draft) and "STAR" not in draft.kinds()


def wide(draft):
    return len(draft.columns) > 3 and "STAR" not in draft.kinds()


def wider_than_words(draft):
    """Three words above rows of four fields are a header that is a field short."""
    return wide(draft) and (tabs_or_commas(draft) or len(draft.columns) > 4)


def by_tabs(draft):
    return draft.delimiter == "\t"


def blank_end(draft):
    draft.below += [""] * draft.draw.choice([1, 2])


def delimiters_end(draft):
    width = len(draft.columns) + len(draft.row_tail)
    draft.below += [draft.delimiter * (width - 1)] * draft.draw.choice([1, 3])
