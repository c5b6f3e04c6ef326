/* SPDX-License-Identifier: MIT */
#include "format/table/opening.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/message.h"
#include "format/table/candidate.h"
#include "format/table/delimiter.h"
#include "format/table/id_words.h"

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

/* Numbers that name samples stand behind a word that names ids. */
static bool has_id_word(const struct gx_fields *fields)
{
	return *fields->names.text && gx_has_id_corner(fields);
}

static bool is_comment_header(const struct gx_fields *comment,
			      const struct gx_candidate *c)
{
	const struct gx_fields *row = &c->row[0];
	size_t n = comment->names.n;
	if (c->nrow == 0 || n < 2 || comment->filled < 2)
		return false;
	if (row->names.n != n && row->names.n != n + 1)
		return false;
	if (c->nrow > 1 && c->row[1].names.n != row->names.n)
		return false;
	/* A first row without any cell proves nothing: the one behind it is judged. */
	const struct gx_fields *judged = row->filled <= 1 && c->nrow > 1 ? &c->row[1] : row;
	return !gx_has_id_corner(row) &&
	       (gx_names_a_value(comment, judged, c->reading) ||
		(has_id_word(comment) && gx_has_value(judged, c->reading)));
}

bool gx_opening_has_rival(struct gx_head *head, const struct gx_head_mark *above)
{
	struct gx_head_mark present = gx_head_mark(head);
	struct gx_fields comment = { 0 }, line = { 0 };
	gx_head_return(head, above);
	cut_comment(head);
	int delimiter = gx_delimiter_told(head);
	gx_fields_take(head, delimiter ? delimiter : '\t', &comment);
	gx_head_return(head, &present);
	gx_fields_take(head, delimiter ? delimiter : '\t', &line);
	bool rival = comment.names.n == line.names.n && comment.filled > 1 &&
		     has_id_word(&comment);
	gx_names_free(&comment.names);
	gx_names_free(&line.names);
	return rival;
}

bool gx_opening_take_comment(struct gx_head *head, const struct gx_head_mark *above)
{
	struct gx_head_mark first = gx_head_mark(head);
	struct gx_scan *scan = gx_scan_begin(head);
	struct gx_candidate c = { .reading = head->reading };
	struct gx_fields comment = { 0 };
	gx_head_return(head, above);
	bool marked = head->lines.n > 1 && head->lines.text[1] == '!';
	cut_comment(head);
	struct gx_head_mark cut = gx_head_mark(head);
	int delimiter = gx_delimiter_told(head);
	if (!marked && delimiter) {
		gx_fields_take(head, delimiter, &comment);
		/* The line below and the one behind it are the rows here. */
		for (; c.nrow < 2 && gx_scan_move(scan, c.nrow); c.nrow++)
			gx_fields_take(head, delimiter, &c.row[c.nrow]);
	}
	bool is = is_comment_header(&comment, &c);
	gx_head_return(head, is ? &cut : &first);
	gx_names_free(&comment.names);
	gx_candidate_free(&c);
	free(scan);
	return is;
}

/* ---- titles ---- */

/* Whether the first field alone is not empty. */
static bool is_single(struct gx_scan *scan, size_t i, int delimiter,
		      struct gx_fields *fields)
{
	return gx_scan_move(scan, i) && gx_fields_take(scan->head, delimiter, fields) &&
	       fields->filled <= 1;
}

/* Whether the delimiter that line j and the one behind it tell is this one. */
static bool is_told(struct gx_scan *scan, size_t j, int delimiter)
{
	return gx_scan_move(scan, j) && gx_delimiter_told(scan->head) == delimiter;
}

/*
 * The line above candidate j may name the one sample of a table without a corner cell: then
 * j is its first row.
 */
static bool is_one_name(struct gx_scan *scan, size_t j, int delimiter,
			const struct gx_candidate *c, struct gx_fields *fields)
{
	const char *corner = c->header.names.text;
	bool above = scan->line[j - 1].mark.lines.number + 1 ==
		     scan->line[j].mark.lines.number;
	if (c->header.names.n != 2 || (c->nrow && c->row[0].names.n != 2) || !above)
		return false;
	bool value = gx_looks_like_value(gx_names_next(corner), c->reading);
	if (*corner ? gx_is_id_word(corner, strlen(corner)) : !value)
		return false;
	return is_told(scan, j - 1, delimiter) &&
	       is_single(scan, j - 1, delimiter, fields) && fields->names.n == 1;
}

GX_NORETURN static void refuse_two_readings(struct gx_scan *scan, size_t j,
					    const struct gx_candidate *c)
{
	uint64_t title = scan->line[j - 1].mark.lines.number;
	const char *cell = gx_fields_at(&c->header, 1);
	size_t ncell = strlen(cell);
	gx_scan_move(scan, j);
	if (!*c->header.names.text) {
		char above[60] = "";
		if (j > 1)
			snprintf(above, sizeof above, " --skip-lines %" PRIu64, title - 1);
		gx_head_refuse(scan->head,
			       "a value without a name: if line %" PRIu64
			       " is a title and this line the header, use --skip-lines %" PRIu64
			       "; if line %" PRIu64 " is the header and this line a row, use --header%s",
			       title, title, title, above);
	}
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
static bool judge_below_titles(struct gx_scan *scan, size_t j, int delimiter)
{
	struct gx_fields fields = { 0 };
	struct gx_candidate c = { 0 };
	gx_candidate_read(scan, j, delimiter, &c);
	bool one = is_one_name(scan, j, delimiter, &c, &fields);
	bool value = c.header.names.n > 1 &&
		     gx_looks_like_value(gx_fields_at(&c.header, 1), scan->head->reading);
	bool corner = one && *c.header.names.text;
	if (one && (corner ? !value && c.header.filled == 2 : c.nrow > 0))
		refuse_two_readings(scan, j, &c);
	bool found = one || gx_candidate_is_header(&c);
	if (found)
		gx_scan_move(scan, one ? j - 1 : j);
	if (!found && scan->line[j].comment.lines.number) {
		gx_scan_move(scan, j);
		found = gx_opening_take_comment(scan->head, &scan->line[j].comment);
	}
	gx_names_free(&fields.names);
	gx_candidate_free(&c);
	return found;
}

/* Moves to the header behind titles, where there are some; else stays. */
static void pass_titles(struct gx_scan *scan)
{
	const struct gx_reading *reading = scan->head->reading;
	const char own[] = { (char)reading->delimiter, 0 };
	const char *order = reading->delimiter       ? own
			    : reading->decimal_comma ? "\t; "
						     : "\t,; ";
	struct gx_fields fields = { 0 };
	bool found = false;
	/* Words of a title are fields of their own under GX_WHITESPACE. */
	for (const char *c = reading->delimiter < 256 ? order : ""; *c && !found; c++) {
		int delimiter = (unsigned char)*c;
		size_t j = 0;
		while (j < GX_SCAN_MAX && is_single(scan, j, delimiter, &fields))
			j++;
		if (j > 0 && j < GX_SCAN_MAX && gx_scan_move(scan, j) &&
		    is_told(scan, j, delimiter) && judge_below_titles(scan, j, delimiter))
			found = true;
	}
	if (!found)
		gx_scan_move(scan, 0);
	gx_names_free(&fields.names);
}

/*
 * Whether the first line is no title: it has more than its first field, and fits the rows
 * below it as a header, as in almost every table. Words of a title hold neither TABs nor
 * semicolons.
 */
static bool is_plain(struct gx_scan *scan)
{
	struct gx_head *head = scan->head;
	struct gx_candidate c = { 0 };
	const char *row = NULL;
	size_t nrow = 0;
	int delimiter = gx_delimiter_told(head);
	if (!gx_head_look_ahead(head, &row, &nrow))
		row = NULL;
	if (!delimiter || (delimiter == ' ' && row && memchr(row, '\t', nrow)))
		return false;
	gx_candidate_read(scan, 0, delimiter, &c);
	bool words = delimiter == ' ' || delimiter == ',';
	bool plain = c.header.filled > 1 &&
		     (!words || (gx_candidate_fits(&c) && !gx_candidate_is_words(&c)));
	gx_candidate_free(&c);
	return plain;
}

/* ---- all of it ---- */

int gx_opening_find(struct gx_head *head, const struct gx_preamble *preamble)
{
	const struct gx_reading *reading = head->reading;
	bool free_form = !preamble->kind && !reading->no_header;
	bool taken = free_form && preamble->comment.lines.number &&
		     gx_opening_take_comment(head, &preamble->comment);
	if (!taken && free_form && !reading->header) {
		struct gx_scan *scan = gx_scan_begin(head);
		if (!is_plain(scan))
			pass_titles(scan);
		free(scan);
		gx_head_check_line(head);
	}
	return gx_delimiter_choose(head);
}
