/* SPDX-License-Identifier: MIT */
/*
 * Lines at the head of a text table that could be its header, each with the rows below it.
 * The present line of the head moves: whoever wants it back marks it (head.h).
 */
#ifndef GX_TABLE_CANDIDATE_H
#define GX_TABLE_CANDIDATE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/names.h"
#include "format/table/head.h"

/* Lines that are looked at for one that could be the header. */
enum { GX_SCAN_MAX = 300 };

/* Lines from one on, without comments and blank lines; read when they are asked for. */
struct gx_scan {
	struct gx_head *head;
	struct {
		/* The line, and the comment directly above it; that one's number is 0: none. */
		struct gx_head_mark mark, comment;
	} line[GX_SCAN_MAX + 2];
	size_t n;
	bool ended;
};

/* The present line is line 0. To be freed with free(). */
struct gx_scan *gx_scan_begin(struct gx_head *head);

/* Moves to line i; false when there is none. */
bool gx_scan_move(struct gx_scan *scan, size_t i);

/* ---- a line's fields ---- */

/* {0} has none. The names are the caller's to free. */
struct gx_fields {
	struct gx_names names;
	size_t filled; /* fields up to the last that is not empty */
};

/* Those of the present line; false, and no fields, where a quote is wrong. */
bool gx_fields_take(const struct gx_head *head, int delimiter, struct gx_fields *fields);

/* Whether these are the same fields. */
bool gx_fields_are_same(const struct gx_fields *a, const struct gx_fields *b);

/* Field i, which is there. */
const char *gx_fields_at(const struct gx_fields *fields, size_t i);

/* Whether a cell is a value, or would be one with the other decimal sign: comma or point. */
bool gx_looks_like_value(const char *cell, const struct gx_reading *reading);

/* Whether the first field is empty or a word that names ids. There is one at least. */
bool gx_has_id_corner(const struct gx_fields *header);

/* Whether a row has a value behind its first field. */
bool gx_has_value(const struct gx_fields *row, const struct gx_reading *reading);

/*
 * Whether a cell of `above` that is text stands above a value of the row below it. What stands
 * above the names of rows proves nothing: an id may be a number.
 */
bool gx_names_a_value(const struct gx_fields *above, const struct gx_fields *below,
		      const struct gx_reading *reading);

/* ---- headers and rows ---- */

/*
 * A line that may be a header, and up to two rows below it; the same line again is no row.
 * {0} is empty.
 */
struct gx_candidate {
	const struct gx_reading *reading;
	int delimiter;
	struct gx_fields header, row[2];
	size_t nrow;
};

/* Reads line i, which becomes the present one. What *candidate had before is used again. */
void gx_candidate_read(struct gx_scan *scan, size_t i, int delimiter,
		       struct gx_candidate *candidate);
void gx_candidate_free(struct gx_candidate *candidate);

/*
 * Whether each row has as many fields as the header, or one more; or one less where the
 * header ends in a delimiter.
 */
bool gx_candidate_fits(const struct gx_candidate *candidate);

/*
 * Whether fields between blanks or commas may be the words of notes, which could fit each
 * other: no value is in the rows.
 */
bool gx_candidate_is_words(const struct gx_candidate *candidate);

/* Whether the line names what is below it, and is not the rows' own first line. */
bool gx_candidate_is_header(const struct gx_candidate *candidate);

#endif
