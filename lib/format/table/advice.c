/* SPDX-License-Identifier: MIT */
/* Where a table seems to begin, for messages about one that does not begin where it is read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/table/candidate.h"
#include "format/table/delimiter.h"
#include "format/table/opening.h"

/* How a line is parted, by what it tells itself. */
struct parted {
	int delimiter; /* 0: it tells none */
	size_t n, filled; /* its fields, and those up to the last that is not empty */
	bool names;	  /* a corner, and a name behind it in each field, but perhaps the last */
};

/* Where a table may begin. */
struct beginning {
	uint64_t number;      /* of the line; 0: nowhere */
	bool with_row;	      /* it may be a row, or a header of values */
	struct parted line, first; /* it, and the first line of all */
	struct gx_fields fields;   /* of the first line */
	/* Fields of lines with values that were seen: what has as many is a row like them. */
	size_t row[16], nrow;
};

static bool has_names(const struct gx_fields *line)
{
	const char *name = line->names.text;
	for (size_t i = 0; i + 1 < line->names.n; i++, name = gx_names_next(name))
		if (i == 0 ? !gx_has_id_corner(line) : !*name)
			return false;
	return line->names.n > 1;
}

/* The first line, which is the present one, by what it tells itself. */
static void look_at_first(struct gx_head *head, struct beginning *at)
{
	int delimiter = gx_delimiter_told(head);
	gx_fields_take(head, delimiter ? delimiter : '\t', &at->fields);
	at->first = (struct parted){ delimiter, at->fields.names.n, at->fields.filled,
				     has_names(&at->fields) };
}

static bool is_like_rows(const struct beginning *at, size_t n)
{
	for (size_t i = 0; i < at->nrow; i++)
		if (at->row[i] == n)
			return true;
	return false;
}

static void begin_at(struct beginning *at, uint64_t number, bool with_row)
{
	at->number = number;
	at->with_row = with_row;
}

/* Whether a line is fuller than the first one of all. */
static bool is_fuller(const struct parted *line, const struct parted *first)
{
	/* Words of a note are no fields of the table. */
	bool strong = line->delimiter == '\t' || line->delimiter == ';';
	bool words = first->delimiter == ' ' ? line->delimiter != ' '
					     : first->delimiter == ',' && strong;
	return line->filled > (words ? 1 : first->filled);
}

/* Whether the first row has the line's fields; it lacks the delimiter that ends a header. */
static bool fits_row(const struct gx_candidate *c)
{
	size_t n = c->header.names.n;
	return c->nrow == 0 || c->row[0].names.n == n ||
	       (c->row[0].names.n + 1 == n && c->header.filled < n);
}

/* Words of a note may be more: there a corner says that a line is a header. */
static bool has_corner_below_words(const struct gx_candidate *c, const struct parted *first)
{
	size_t n = c->header.names.n;
	return first->delimiter == ' ' && n && c->nrow && c->row[0].names.n == n &&
	       gx_has_id_corner(&c->header);
}

/* Looks at line i; true where it settles the question. */
static bool begins_here(struct gx_scan *scan, size_t i, struct gx_candidate *c,
			struct beginning *at)
{
	struct gx_head *head = scan->head;
	int delimiter = gx_delimiter_told(head);
	gx_candidate_read(scan, i, delimiter ? delimiter : '\t', c);
	size_t n = c->header.names.n;
	const struct parted line = { delimiter, n, c->header.filled, false };
	/* Notes are no fuller than the table; else a row was cut, and no table begins here. */
	bool fuller = is_fuller(&line, &at->first),
	     values = gx_has_value(&c->header, c->reading);
	/* Nothing says that a line with the names of as many columns is a note. */
	bool note = !at->first.names || at->first.n != n;
	if (note && (fuller || has_corner_below_words(c, &at->first)) && c->nrow &&
	    gx_candidate_is_header(c)) {
		if (!is_like_rows(at, c->row[0].names.n))
			begin_at(at, scan->line[i].mark.lines.number, false);
		return true;
	}
	if (fuller && values && scan->line[i].comment.lines.number) {
		gx_scan_move(scan, i);
		if (gx_opening_take_comment(head, &scan->line[i].comment)) {
			gx_fields_take(head, delimiter ? delimiter : '\t', &c->header);
			/* The header again begins nothing new. */
			if (!gx_fields_are_same(&c->header, &at->fields))
				begin_at(at, scan->line[i].comment.lines.number, false);
			return true;
		}
	}
	if (fuller && values && !at->number && fits_row(c)) {
		begin_at(at, scan->line[i].mark.lines.number, true);
		at->line = line;
	}
	if (values && !is_like_rows(at, n) && at->nrow < 16)
		at->row[at->nrow++] = n;
	return false;
}

/* Whether the first line could be the header of a row. */
static bool could_be_header(const struct parted *first, const struct parted *row)
{
	return first->delimiter == row->delimiter &&
	       (row->n == first->n || row->n == first->n + 1 || row->n + 1 == first->n);
}

bool gx_opening_advise(struct gx_head *head, bool may_be_header, char *text, size_t room)
{
	struct gx_head_mark present = gx_head_mark(head);
	struct gx_scan *scan = gx_scan_begin(head);
	struct gx_candidate c = { 0 };
	struct beginning at = { 0 };
	look_at_first(head, &at);
	for (size_t i = 1; i < GX_SCAN_MAX && gx_scan_move(scan, i); i++)
		if (begins_here(scan, i, &c, &at))
			break;
	gx_candidate_free(&c);
	gx_names_free(&at.fields.names);
	free(scan);
	gx_head_return(head, &present);
	if (at.with_row && may_be_header && could_be_header(&at.first, &at.line))
		return false;
	if (at.number)
		snprintf(text, room,
			 "the table seems to begin on line %" PRIu64
			 ": --skip-lines %" PRIu64,
			 at.number, at.number - 1);
	return at.number > 0;
}
