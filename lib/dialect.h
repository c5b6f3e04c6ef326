/* SPDX-License-Identifier: MIT */
/*
 * The dialect of a text table: what its head says of how its rows are to be read. Decided
 * once, from the first bytes up to the first data row, by whoever reads any part of it.
 */
#ifndef GX_DIALECT_H
#define GX_DIALECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "input.h"
#include "names.h"

/* What a field of a row is for. */
enum gx_field { GX_FIELD_SKIP, GX_FIELD_NAME, GX_FIELD_VALUE };

enum gx_header {
	GX_HEADER_CORNER, /* its first cell names the gene column, or is empty */
	GX_HEADER_SHORT,  /* one field fewer than the rows: no cell for the gene column */
};

struct gx_dialect {
	char delimiter;
	enum gx_header header;
	uint64_t data;	     /* offset of the first data row */
	uint64_t data_line;  /* its number, from 1 */
	size_t nfield;	     /* fields of a data row */
	size_t nvalue;	     /* of them values: the columns of the matrix */
	unsigned char *field; /* enum gx_field of each */
	bool plain;	     /* the name first and only values behind it: the fast loop fits */
	struct gx_names columns; /* names of the values' columns */
};

/* Reads the head of `in` without consuming it; dies (exit 1) where it is no table. */
void gx_dialect_detect(struct gx_input *in, struct gx_dialect *dialect);
void gx_dialect_free(struct gx_dialect *dialect);

/*
 * Names bytes that are no table, or returns NULL: a phrase with the command that converts
 * it. Told by their first bytes; `whole` says that there are no more.
 */
const char *gx_dialect_foreign(const unsigned char *head, size_t nhead);

/*
 * One field of a line: the text without its quotes in *text (in `scratch`, of at least
 * end - p bytes, where quotes are doubled inside), and where the field ends: at the
 * delimiter or at `end`. NULL: a quote is not closed, or something follows it.
 */
const char *gx_field_read(const char *p, const char *end, char delimiter, char *scratch,
			  const char **text, size_t *ntext);

/* Whether the text is a missing value: empty, NA, NaN, N/A or null in any case. */
bool gx_field_is_missing(const char *text, size_t ntext);

#endif
