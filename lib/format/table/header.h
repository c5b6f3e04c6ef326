/* SPDX-License-Identifier: MIT */
/* The header line of a text table, and how its fields stand to those of the first row. */
#ifndef GX_TABLE_HEADER_H
#define GX_TABLE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "format/table/head.h"
#include "format/table/known.h"
#include "format/table/preamble.h"

enum gx_header {
	GX_HEADER_CORNER, /* its first cell names the gene column, or is empty */
	GX_HEADER_SHORT,  /* one field fewer than the rows: no cell for the gene column */
	GX_HEADER_NONE,   /* there is none: --no-header */
};

struct gx_heading {
	enum gx_header header;
	struct gx_names
		names;   /* fields of the header; GX_HEADER_NONE: of the first row */
	uint64_t number; /* of that line, from 1 */
	struct gx_head_mark line; /* the line itself */
	bool has_row; /* a row stands below it */
	const struct gx_known_table *known; /* whose header begins like it; NULL: none */
	bool strict_space;  /* the space was not asked for: an empty field is an error */
	bool trailing;      /* a last, empty field ends each row */
	size_t nfield;      /* fields of a row, the trailing one left out */
	uint64_t data;      /* offset of the first data row */
	uint64_t data_line; /* its number, from 1 */
};

/*
 * The present line is the header, or with --no-header the first row. Dies with exit 1 where
 * it does not fit the rows, or the counts of the preamble. Frees nothing of *heading that was
 * there before.
 */
void gx_heading_read(struct gx_head *head, const struct gx_preamble *preamble,
		     int delimiter, struct gx_heading *heading);
void gx_heading_free(struct gx_heading *heading);

#endif
