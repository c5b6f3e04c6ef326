/* SPDX-License-Identifier: MIT */
#include "format/table/opening.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/table/cell.h"
#include "format/table/delimiter.h"
#include "format/table/id_words.h"

/* Lines that are looked at for one that could be the header. */
enum { LINES_MAX = 300 };

/* Lines from one on, without comments and blank lines; read when they are asked for. */
struct scan {
	struct gx_head *head;
	struct {
		struct gx_head_mark mark, comment; /* the comment directly above */
	} line[LINES_MAX + 2];
	size_t n;
	bool ended;
};

static struct scan *scan_from(struct gx_head *head)
{
	struct scan *scan = gx_allocate_zeroed(1, sizeof *scan);
	scan->head = head;
	scan->line[scan->n++].mark = gx_head_mark(head);
	return scan;
}

/* Moves to line i (from 0); false when there is none. */
static bool move_to(struct scan *scan, size_t i)
{
	struct gx_head *head = scan->head;
	while (scan->n <= i && !scan->ended && scan->n < LINES_MAX + 2) {
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

struct fields {
	struct gx_names names;
	size_t filled; /* fields up to the last that is not empty */
};

static const char *field_at(const struct fields *fields, size_t i)
{
	const char *p = fields->names.text;
	while (i--)
		p = gx_names_next(p);
	return p;
}

/* Of the present line; false, and no fields, where a quote is wrong. */
static bool take_fields(const struct gx_head *head, int delimiter, struct fields *fields)
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

/* Whether a cell is a value, or would be one if its comma were a decimal point. */
static bool is_value(const char *cell, const struct gx_reading *reading)
{
	struct gx_reading with_comma = *reading;
	with_comma.decimal_comma = true;
	return gx_cell_is_value(cell, reading) || gx_cell_is_value(cell, &with_comma);
}

/* ---- headers and rows ---- */

/* A line that may be a header, and up to two rows below it. */
struct candidate {
	const struct gx_reading *reading;
	int delimiter;
	struct fields header, row[2];
	size_t nrow;
};

static void candidate_free(struct candidate *c)
{
	gx_names_free(&c->header.names);
	gx_names_free(&c->row[0].names);
	gx_names_free(&c->row[1].names);
}

static void read_candidate(struct scan *scan, size_t i, int delimiter,
			   struct candidate *c)
{
	c->reading = scan->head->reading;
	c->delimiter = delimiter;
	c->nrow = 0;
	while (c->nrow < 2 && move_to(scan, i + 1 + c->nrow)) {
		take_fields(scan->head, delimiter, &c->row[c->nrow]);
		c->nrow++;
	}
	move_to(scan, i);
	take_fields(scan->head, delimiter, &c->header);
}

/*
 * A row has as many fields as the header, or one more; or one less where the header ends in a
 * delimiter.
 */
static bool fits(const struct candidate *c)
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

/*
 * Whether a cell of `above` that is text stands above a value of the row below it. What stands
 * above the names of rows proves nothing: an id may be a number.
 */
static bool names_a_value(const struct fields *above, const struct fields *below,
			  const struct gx_reading *reading)
{
	size_t shift = below->names.n == above->names.n + 1;
	const char *p = above->names.text, *q = below->names.text;
	if (shift && below->names.n)
		q = gx_names_next(q);
	for (size_t i = 0; i < above->names.n && i + shift < below->names.n; i++) {
		if (i + shift > 0 && *p && !is_value(p, reading) &&
		    is_value(q, reading))
			return true;
		p = gx_names_next(p);
		q = gx_names_next(q);
	}
	return false;
}

static bool has_id_corner(const struct fields *header)
{
	const char *corner = header->names.text;
	return !*corner || gx_is_id_word(corner, strlen(corner));
}

/* Whether a row has a value behind its first field. */
static bool has_value(const struct fields *row, const struct gx_reading *reading)
{
	const char *p = row->names.text;
	for (size_t i = 1; i < row->names.n; i++) {
		p = gx_names_next(p);
		if (is_value(p, reading))
			return true;
	}
	return false;
}

/* Words and commas of two notes could fit each other: there a row needs a value. */
static bool are_words(const struct candidate *c)
{
	return (c->delimiter == ' ' || c->delimiter == ',') && c->nrow &&
	       !has_value(&c->row[0], c->reading);
}

/* Whether the line names what is below it, and is not the rows' own first line. */
static bool is_header(const struct candidate *c)
{
	if (!fits(c) || c->header.filled < 2 || are_words(c))
		return false;
	/* Whatever it looks like, one that is a field shorter than the rows is a header. */
	if (has_id_corner(&c->header) || (c->nrow && c->row[0].names.n == c->header.names.n + 1))
		return true;
	return c->nrow && names_a_value(&c->header, &c->row[0], c->reading);
}

/* ---- a comment that is the header ---- */

/* Cuts what makes the present line a comment. */
static void cut_comment(struct gx_head *head)
{
	char c = *head->lines.text;
	while (head->lines.n && *head->lines.text == c)
		head->lines.text++, head->lines.n--;
	while (head->lines.n && *head->lines.text == ' ')
		head->lines.text++, head->lines.n--;
}

static bool is_comment_header(const struct fields *comment, const struct candidate *c)
{
	const struct fields *row = &c->row[0];
	size_t n = comment->names.n;
	if (c->nrow == 0 || n < 2 || comment->filled < 2)
		return false;
	if (row->names.n != n && row->names.n != n + 1)
		return false;
	if (c->nrow > 1 && c->row[1].names.n != row->names.n)
		return false;
	return !has_id_corner(row) && names_a_value(comment, row, c->reading);
}

/*
 * Moves from the first row to the comment above it where that is the header: it is cut then.
 * Returns whether it is.
 */
static bool take_comment(struct gx_head *head, const struct gx_head_mark *above)
{
	struct gx_head_mark first = gx_head_mark(head);
	struct scan *scan = scan_from(head);
	struct candidate c = { .reading = head->reading };
	struct fields comment = { 0 };
	const char *row = NULL;
	size_t nrow = 0;
	gx_head_return(head, above);
	bool marked = head->lines.n > 1 && head->lines.text[1] == '!';
	cut_comment(head);
	struct gx_head_mark cut = gx_head_mark(head);
	gx_head_look_ahead(head, &row, &nrow);
	int delimiter = gx_delimiter_of(head->reading, head->lines.text, head->lines.n,
					row, nrow);
	if (!marked && delimiter) {
		take_fields(head, delimiter, &comment);
		/* The line below and the one behind it are the rows here. */
		for (; c.nrow < 2 && move_to(scan, c.nrow); c.nrow++)
			take_fields(head, delimiter, &c.row[c.nrow]);
	}
	bool is = is_comment_header(&comment, &c);
	gx_head_return(head, is ? &cut : &first);
	gx_names_free(&comment.names);
	candidate_free(&c);
	free(scan);
	return is;
}

/* ---- titles ---- */

/* Whether the first field alone is not empty. */
static bool is_single(struct scan *scan, size_t i, int delimiter, struct fields *fields)
{
	return move_to(scan, i) && take_fields(scan->head, delimiter, fields) &&
	       fields->filled <= 1;
}

/* Whether the delimiter that line j and the one behind it tell is this one. */
static bool is_told(struct scan *scan, size_t j, int delimiter)
{
	struct gx_head *head = scan->head;
	const char *row = NULL;
	size_t nrow = 0;
	move_to(scan, j);
	if (!gx_head_look_ahead(head, &row, &nrow))
		row = NULL;
	return gx_delimiter_of(head->reading, head->lines.text, head->lines.n, row,
			       nrow) == delimiter;
}

/*
 * The line above candidate j may name the one sample of a table without a corner cell: then
 * j is its first row. A row without a name is taken for one; a name above it is none.
 */
static bool is_one_name(struct scan *scan, size_t j, int delimiter,
			const struct candidate *c, struct fields *fields)
{
	const char *corner = c->header.names.text;
	bool above = scan->line[j - 1].mark.lines.number + 1 ==
		     scan->line[j].mark.lines.number;
	if (c->header.names.n != 2 || (c->nrow && c->row[0].names.n != 2) || !above)
		return false;
	bool value = is_value(gx_names_next(corner), c->reading);
	if (*corner ? gx_is_id_word(corner, strlen(corner)) : !value)
		return false;
	return is_told(scan, j - 1, delimiter) &&
	       is_single(scan, j - 1, delimiter, fields) && fields->names.n == 1;
}

GX_NORETURN static void refuse_two_readings(struct scan *scan, size_t j,
					    const struct candidate *c)
{
	uint64_t title = scan->line[j - 1].mark.lines.number;
	const char *cell = field_at(&c->header, 1);
	size_t ncell = strlen(cell);
	move_to(scan, j);
	gx_head_refuse(
		scan->head,
		"%s is no number: if it is a missing value, use --na with that token; if "
		"line %" PRIu64 " is a title and this line the header, use --skip-lines "
		"%" PRIu64,
		gx_show(cell, ncell), title, title);
}

/*
 * Moves to the header of a table whose first line has nothing behind its first field, and
 * returns whether there is one. Line j is the first that has more.
 */
static bool judge_below_titles(struct scan *scan, size_t j, int delimiter)
{
	struct fields fields = { 0 };
	struct candidate c = { 0 };
	read_candidate(scan, j, delimiter, &c);
	bool one = is_one_name(scan, j, delimiter, &c, &fields);
	bool value = c.header.names.n > 1 &&
		     is_value(field_at(&c.header, 1), scan->head->reading);
	if (one && !value && c.header.filled == 2)
		refuse_two_readings(scan, j, &c);
	bool found = one || is_header(&c);
	if (found)
		move_to(scan, one ? j - 1 : j);
	if (!found && scan->line[j].comment.lines.number) {
		move_to(scan, j);
		found = take_comment(scan->head, &scan->line[j].comment);
	}
	gx_names_free(&fields.names);
	candidate_free(&c);
	return found;
}

/* Moves to the header behind titles, where there are some; else stays. */
static void pass_titles(struct scan *scan)
{
	const struct gx_reading *reading = scan->head->reading;
	const char own[] = { (char)reading->delimiter, 0 };
	const char *order = reading->delimiter       ? own
			    : reading->decimal_comma ? "\t; "
						     : "\t,; ";
	struct fields fields = { 0 };
	bool found = false;
	/* Words of a title are fields of their own under GX_WHITESPACE. */
	for (const char *c = reading->delimiter < 256 ? order : ""; *c && !found; c++) {
		int delimiter = (unsigned char)*c;
		size_t j = 0;
		while (j < LINES_MAX && is_single(scan, j, delimiter, &fields))
			j++;
		if (j > 0 && j < LINES_MAX && move_to(scan, j) &&
		    is_told(scan, j, delimiter) && judge_below_titles(scan, j, delimiter))
			found = true;
	}
	if (!found)
		move_to(scan, 0);
	gx_names_free(&fields.names);
}

/*
 * Whether the first line is no title: it has more than its first field, and fits the rows
 * below it as a header, as in almost every table. Words of a title hold neither TABs nor
 * semicolons.
 */
static bool is_plain(struct scan *scan)
{
	struct gx_head *head = scan->head;
	struct candidate c = { 0 };
	const char *row = NULL;
	size_t nrow = 0;
	if (!gx_head_look_ahead(head, &row, &nrow))
		row = NULL;
	int delimiter =
		gx_delimiter_of(head->reading, head->lines.text, head->lines.n, row, nrow);
	if (!delimiter || (delimiter == ' ' && row && memchr(row, '\t', nrow)))
		return false;
	read_candidate(scan, 0, delimiter, &c);
	bool words = delimiter == ' ' || delimiter == ',';
	bool plain = c.header.filled > 1 && (!words || (fits(&c) && !are_words(&c)));
	candidate_free(&c);
	return plain;
}

/* ---- all of it ---- */

int gx_opening_find(struct gx_head *head, const struct gx_preamble *preamble)
{
	const struct gx_reading *reading = head->reading;
	bool free_form = !preamble->kind && !reading->no_header;
	bool taken = free_form && preamble->comment.lines.number &&
		     take_comment(head, &preamble->comment);
	if (!taken && free_form && !reading->header) {
		struct scan *scan = scan_from(head);
		if (!is_plain(scan))
			pass_titles(scan);
		free(scan);
		gx_head_check_line(head);
	}
	return gx_delimiter_choose(head);
}

/* ---- advice ---- */

/* Fields up to the last of the present line that is not empty, by what it tells itself. */
static size_t filled_of(struct gx_head *head)
{
	struct fields fields = { 0 };
	const char *row = NULL;
	size_t nrow = 0;
	if (!gx_head_look_ahead(head, &row, &nrow))
		row = NULL;
	int delimiter =
		gx_delimiter_of(head->reading, head->lines.text, head->lines.n, row, nrow);
	take_fields(head, delimiter ? delimiter : '\t', &fields);
	gx_names_free(&fields.names);
	return fields.filled;
}

/* Where a table may begin. */
struct beginning {
	uint64_t number; /* of the line; 0: nowhere */
	bool with_row;	 /* it may be a row, or a header of values */
	/* Fields of lines with values that were seen: what has as many is a row like them. */
	size_t row[16], nrow;
};

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
static bool begins_here(struct scan *scan, size_t i, size_t filled, struct candidate *c,
			struct beginning *at)
{
	struct gx_head *head = scan->head;
	const char *row = NULL;
	size_t nrow = 0;
	if (!gx_head_look_ahead(head, &row, &nrow))
		row = NULL;
	int delimiter =
		gx_delimiter_of(head->reading, head->lines.text, head->lines.n, row, nrow);
	read_candidate(scan, i, delimiter ? delimiter : '\t', c);
	/* Notes are no fuller than the table; else a row was cut, and no table begins here. */
	bool fuller = c->header.filled > filled, values = has_value(&c->header, c->reading);
	size_t n = c->header.names.n;
	if (fuller && c->nrow && is_header(c)) {
		if (!is_like_rows(at, c->row[0].names.n))
			begin_at(at, scan->line[i].mark.lines.number, false);
		return true;
	}
	if (fuller && values && scan->line[i].comment.lines.number) {
		move_to(scan, i);
		if (take_comment(head, &scan->line[i].comment)) {
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
	struct scan *scan = scan_from(head);
	struct candidate c = { 0 };
	struct beginning at = { 0 };
	size_t filled = filled_of(head);
	for (size_t i = 1; i < LINES_MAX && move_to(scan, i); i++)
		if (begins_here(scan, i, filled, &c, &at))
			break;
	candidate_free(&c);
	free(scan);
	gx_head_return(head, &present);
	if (at.with_row && fits_rows)
		return false;
	if (at.number)
		snprintf(text, room,
			 "the table seems to begin on line %" PRIu64 ": --skip-lines %" PRIu64,
			 at.number, at.number - 1);
	return at.number > 0;
}
