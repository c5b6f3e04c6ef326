/* SPDX-License-Identifier: MIT */
/* Where a table seems to begin, for messages about one that does not begin where it is read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "format/table/candidate.h"
#include "format/table/delimiter.h"
#include "format/table/opening.h"

/* Where a table may begin. */
struct beginning {
	uint64_t number; /* of the line; 0: nowhere */
	bool with_row;	 /* it may be a row, or a header of values */
	size_t filled;	 /* fields of the first line up to the last that is not empty */
	bool words;	 /* these may be the words of a note */
	/* Fields of lines with values that were seen: what has as many is a row like them. */
	size_t row[16], nrow;
};

/* The first line, which is the present one, by what it tells itself. */
static void look_at_first(struct gx_head *head, struct beginning *at)
{
	struct gx_fields fields = { 0 };
	int delimiter = gx_delimiter_told(head);
	gx_fields_take(head, delimiter ? delimiter : '\t', &fields);
	gx_names_free(&fields.names);
	at->filled = fields.filled;
	at->words = delimiter == ' ';
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

/* Looks at line i; true where it settles the question. */
static bool begins_here(struct gx_scan *scan, size_t i, struct gx_candidate *c,
			struct beginning *at)
{
	struct gx_head *head = scan->head;
	int delimiter = gx_delimiter_told(head);
	gx_candidate_read(scan, i, delimiter ? delimiter : '\t', c);
	/* Notes are no fuller than the table; else a row was cut, and no table begins here. */
	bool fuller = c->header.filled > at->filled,
	     values = gx_has_value(&c->header, c->reading);
	size_t n = c->header.names.n;
	/* Words of a note may be more: there a corner says that it is a header. */
	bool has_corner = at->words && n && c->nrow && c->row[0].names.n == n &&
			  gx_has_id_corner(&c->header);
	if ((fuller || has_corner) && c->nrow && gx_candidate_is_header(c)) {
		if (!is_like_rows(at, c->row[0].names.n))
			begin_at(at, scan->line[i].mark.lines.number, false);
		return true;
	}
	if (fuller && values && scan->line[i].comment.lines.number) {
		gx_scan_move(scan, i);
		if (gx_opening_take_comment(head, &scan->line[i].comment)) {
			begin_at(at, scan->line[i].comment.lines.number, false);
			return true;
		}
	}
	if (fuller && values && !at->number && (c->nrow == 0 || c->row[0].names.n == n))
		begin_at(at, scan->line[i].mark.lines.number, true);
	if (values && !is_like_rows(at, n) && at->nrow < 16)
		at->row[at->nrow++] = n;
	return false;
}

bool gx_opening_advise(struct gx_head *head, bool fits_rows, char *text, size_t room)
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
	free(scan);
	gx_head_return(head, &present);
	if (at.with_row && fits_rows)
		return false;
	if (at.number)
		snprintf(text, room,
			 "the table seems to begin on line %" PRIu64
			 ": --skip-lines %" PRIu64,
			 at.number, at.number - 1);
	return at.number > 0;
}
