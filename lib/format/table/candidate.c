/* SPDX-License-Identifier: MIT */
#include "format/table/candidate.h"

#include <string.h>

#include "base/memory.h"
#include "format/table/cell.h"
#include "format/table/id_words.h"
#include "format/table/preamble.h"

struct gx_scan *gx_scan_begin(struct gx_head *head)
{
	struct gx_scan *scan = gx_allocate_zeroed(1, sizeof *scan);
	scan->head = head;
	scan->line[scan->n++].mark = gx_head_mark(head);
	return scan;
}

bool gx_scan_move(struct gx_scan *scan, size_t i)
{
	struct gx_head *head = scan->head;
	while (scan->n <= i && !scan->ended && scan->n < GX_SCAN_MAX + 2) {
		gx_head_return(head, &scan->line[scan->n - 1].mark);
		scan->ended = !gx_head_next(head) ||
			      !gx_preamble_pass(head, &scan->line[scan->n].comment);
		if (!scan->ended)
			scan->line[scan->n++].mark = gx_head_mark(head);
	}
	if (i < scan->n)
		gx_head_return(head, &scan->line[i].mark);
	return i < scan->n;
}

/* ---- a line's fields ---- */

const char *gx_fields_at(const struct gx_fields *fields, size_t i)
{
	const char *p = fields->names.text;
	while (i--)
		p = gx_names_next(p);
	return p;
}

bool gx_fields_take(const struct gx_head *head, int delimiter, struct gx_fields *fields)
{
	gx_names_clear(&fields->names);
	fields->filled = 0;
	if (!gx_head_try_split(head, delimiter, &fields->names)) {
		gx_names_clear(&fields->names);
		return false;
	}
	const char *p = fields->names.text;
	for (size_t i = 0; i < fields->names.n; i++, p = gx_names_next(p))
		if (*p)
			fields->filled = i + 1;
	return true;
}

bool gx_fields_are_same(const struct gx_fields *a, const struct gx_fields *b)
{
	return a->names.n && a->names.n == b->names.n &&
	       a->names.nbyte == b->names.nbyte &&
	       memcmp(a->names.text, b->names.text, a->names.nbyte) == 0;
}

bool gx_looks_like_value(const char *cell, const struct gx_reading *reading)
{
	struct gx_reading other = *reading;
	other.decimal_comma = !reading->decimal_comma;
	return gx_cell_is_value(cell, reading) || gx_cell_is_value(cell, &other);
}

/* ---- headers and rows ---- */

void gx_candidate_free(struct gx_candidate *c)
{
	gx_names_free(&c->header.names);
	gx_names_free(&c->row[0].names);
	gx_names_free(&c->row[1].names);
}

void gx_candidate_read(struct gx_scan *scan, size_t i, int delimiter,
		       struct gx_candidate *c)
{
	enum { BELOW = 3 };
	c->reading = scan->head->reading;
	c->delimiter = delimiter;
	c->nrow = 0;
	gx_scan_move(scan, i);
	gx_fields_take(scan->head, delimiter, &c->header);
	for (size_t j = 1; j <= BELOW && c->nrow < 2 && gx_scan_move(scan, i + j); j++) {
		struct gx_fields *row = &c->row[c->nrow];
		gx_fields_take(scan->head, delimiter, row);
		/* The header again is no row: whoever reads the rows refuses it. */
		c->nrow += !gx_fields_are_same(row, &c->header);
	}
	gx_scan_move(scan, i);
}

bool gx_candidate_fits(const struct gx_candidate *c)
{
	size_t n = c->header.names.n;
	for (size_t i = 0; i < c->nrow; i++) {
		size_t row = c->row[i].names.n;
		bool spare = row + 1 == n && c->header.filled < n;
		if ((row != n && row != n + 1 && !spare) || row != c->row[0].names.n)
			return false;
	}
	return n > 0;
}

bool gx_names_a_value(const struct gx_fields *above, const struct gx_fields *below,
		      const struct gx_reading *reading)
{
	size_t shift = below->names.n == above->names.n + 1;
	const char *p = above->names.text, *q = below->names.text;
	if (shift && below->names.n)
		q = gx_names_next(q);
	for (size_t i = 0; i < above->names.n && i + shift < below->names.n; i++) {
		if (i + shift > 0 && *p && !gx_looks_like_value(p, reading) &&
		    gx_looks_like_value(q, reading))
			return true;
		p = gx_names_next(p);
		q = gx_names_next(q);
	}
	return false;
}

bool gx_has_id_corner(const struct gx_fields *header)
{
	const char *corner = header->names.text;
	return !*corner || gx_is_id_word(corner, strlen(corner));
}

bool gx_has_value(const struct gx_fields *row, const struct gx_reading *reading)
{
	const char *p = row->names.text;
	for (size_t i = 1; i < row->names.n; i++) {
		p = gx_names_next(p);
		if (gx_looks_like_value(p, reading))
			return true;
	}
	return false;
}

bool gx_candidate_is_words(const struct gx_candidate *c)
{
	if (c->nrow == 0 || (c->delimiter != ' ' && c->delimiter != ','))
		return false;
	for (size_t i = 0; i < c->nrow; i++)
		if (gx_has_value(&c->row[i], c->reading))
			return false;
	return true;
}

bool gx_candidate_is_header(const struct gx_candidate *c)
{
	if (!gx_candidate_fits(c) || c->header.filled < 2 || gx_candidate_is_words(c))
		return false;
	/* Whatever it looks like, one that is a field shorter than the rows is a header. */
	if (gx_has_id_corner(&c->header) ||
	    (c->nrow && c->row[0].names.n == c->header.names.n + 1 &&
	     gx_has_value(&c->row[0], c->reading)))
		return true;
	/* Between it and its first row may stand a second line of the header. */
	const struct gx_fields *row = &c->row[0];
	if (c->nrow == 2 && !gx_has_value(row, c->reading))
		row++;
	return c->nrow && gx_names_a_value(&c->header, row, c->reading);
}
