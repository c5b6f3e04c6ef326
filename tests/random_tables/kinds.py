# SPDX-License-Identifier: MIT
"""What tables look like out there, a dimension at a time. A random table has one kind of each
dimension. DIMENSIONS is the table of them all, with what is demanded of each; the first kind of
a dimension is what most tables have."""

from typing import Callable, NamedTuple

from random_tables.builders import (
    FULL, also, bed_head, between, blank, blank_end, by_tabs, comments, corner, counted_names,
    crlf, delimited, delimiters_end, free_head, full_header, has_header, hash_sign,
    header_again, id_word, is_not, known_head, last_is_empty, mark, may_be_note, may_have_title,
    missing, named_as_ids, names_first, no_annotation, no_header, no_names, numbered, numbers_behind_id,
    numbers_of_each_sample, odd_cell, padded_title, plain_corner, quotes, row_numbers_first,
    row_of_text, second_header, several_measures, several_samples, short, short_hash,
    star_counts, tabs_or_commas, tails, text_and_numbers, text_at_end, text_behind_id,
    text_further_down, text_of_each_sample, three_rows, title, title_in_fields,
    title_with_others, titles, two_readings, typed_columns, unnamed_column, wide, wider_than_words,
    without)
from random_tables.draft import EITHER, READ, REFUSED, Trait


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
             also(tabs_or_commas, has_header, without(*FULL), is_not(named_as_ids)),
             reached=False, other=("--header", "--no-header", "--id-column")),
        # It is as well a column without a name below a header with its corner.
        Kind("delimiter, one line alone, below a name like ids", 1, EITHER,
             lambda draft: draft.draw.choice([tails(0, 1), tails(1, 0)])(draft),
             also(tabs_or_commas, has_header, without(*FULL), named_as_ids), reached=False,
             other=("--header", "--no-header", "--id-column", "--skip-columns", "--columns")),
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
             also(full_header, several_samples, no_annotation, names_first, is_not(may_be_note),
                  without("numbers, id word", "numbers, plain corner", "numbers, empty corner"))),
        Kind("second header, or a note above one", 1, REFUSED, second_header,
             also(full_header, several_samples, no_annotation, names_first, may_be_note,
                  without("numbers, id word", "numbers, plain corner", "numbers, empty corner")),
             other=("--skip-lines",)),
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
             # Names that are numbers, and no corner: it is a header of one name above rows.
             also(two_readings, has_header, without("short #", "numbers, plain corner")),
             first="--skip-lines", other=("--na", "--header", "--no-header", "--id-column")),
        Kind("title in fields", 1, EITHER, title_in_fields, wider_than_words),
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
