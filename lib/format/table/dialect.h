/* SPDX-License-Identifier: MIT */
/*
 * The dialect of a text table: what its head, and the user, say of how its rows are to be
 * read. Decided once, from the first bytes up to the second data row, by whoever reads any
 * part of it. gx-matrix(5) has the table of what is recognised.
 */
#ifndef GX_DIALECT_H
#define GX_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "bytes/input.h"
#include "format/table/evidence.h"
#include "format/table/header.h"
#include "format/table/known.h"
#include "format/table/layout.h"
#include "format/table/reading.h"

struct gx_dialect {
	const struct gx_reading *reading; /* what the user said; the caller's */
	const char *kind;  /* "table", "GCT 1.2", "GEO series matrix" ... */
	const struct gx_known_table *known; /* NULL: none */
	bool counted; /* counts in its head say which columns are samples (GCT) */
	int delimiter;	   /* a byte, or GX_WHITESPACE */
	enum gx_header header;
	bool strict_space; /* the space was not asked for: an empty field is an error */
	bool trailing;	   /* a last, empty field ends each row */
	bool raw_skip;	   /* quotes mean nothing in fields that are skipped (GCT) */
	bool decimal_comma, skip_blank;
	uint64_t data;	     /* offset of the first data row */
	uint64_t data_line;  /* its number, from 1 */
	const char *end_marker; /* how the line behind the last row ends; NULL: none */
	uint64_t rows;	     /* as the head declares them, or GX_UNKNOWN */
	size_t nfield;	     /* fields of a data row, the trailing one left out */
	size_t nvalue;	     /* of them values: the columns of the matrix */
	size_t name_field;   /* number of the name's field; SIZE_MAX: none */
	unsigned char *field; /* enum gx_field of each */
	/*
	 * Whether the fast loop fits: it passes over the first `lead` fields, one of which may be
	 * the name, and reads values to the end of the line.
	 */
	bool fast;
	size_t lead;
	struct gx_names heading; /* fields of the header as they stand; empty: there is none */
	/*
	 * Whether the header has values alone above the columns kept, so that the header again
	 * could pass as a row; then the first of them.
	 */
	bool heading_of_values;
	double heading_value;
	unsigned char comment; /* begins a comment above the table */
	struct gx_names columns; /* names of the values' columns; empty: implicit */
	struct gx_names skipped; /* names of the skipped columns, numbers where there are none */
	struct gx_names missing; /* tokens that are missing values as well */
	/* What a message about columns is made of. */
	struct gx_names names; /* of all fields; empty: they have numbers alone */
	struct gx_parting parting;
	struct gx_evidence evidence;
};

/*
 * Reads the head of `in` without consuming it. Dies with exit 1 where it is no table, with
 * exit 2 where what the user says does not fit it.
 */
void gx_dialect_detect(struct gx_input *in, const struct gx_reading *reading,
		       struct gx_dialect *dialect);
void gx_dialect_free(struct gx_dialect *dialect);

#endif
