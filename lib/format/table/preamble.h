/* SPDX-License-Identifier: MIT */
/*
 * What stands before the header of a text table: lines that the user passes over, the counts
 * of GCT, the metadata of GEO, comments and blank lines.
 */
#ifndef GX_TABLE_PREAMBLE_H
#define GX_TABLE_PREAMBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/table/head.h"

struct gx_preamble {
	const char *kind;	/* "GCT 1.2", "GEO series matrix" ...; NULL: nothing said it */
	const char *end_marker; /* how the line behind the last row begins; NULL: none */
	/* The file is GCT, and its second line has these counts; all 0 elsewhere. */
	bool is_gct;
	uint64_t rows, columns;
	uint64_t row_annotations; /* columns between the name and the values */
	uint64_t column_annotations; /* lines between the header and the rows */
	uint64_t first; /* number of the line that is next: a title, or the header */
	/* The comment directly above it; its line's number is 0: none. */
	struct gx_head_mark comment;
};

/*
 * Moves from the first line to the first one behind all this, which may be a title or the
 * header. Dies with exit 1 where there is none.
 */
void gx_preamble_read(struct gx_head *head, struct gx_preamble *preamble);

/*
 * Passes over comments and blank lines, from the present line on; false where nothing follows
 * them. *comment is the one directly above where it stops; its line's number is 0: none.
 */
bool gx_preamble_pass(struct gx_head *head, struct gx_head_mark *comment);

/* Dies with exit 1 where a line of GCT, called `what`, has other than its counts' fields. */
void gx_preamble_check_counts(const struct gx_preamble *preamble,
			      const struct gx_head *head, size_t nfield,
			      const char *what);

#endif
