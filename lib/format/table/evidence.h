/* SPDX-License-Identifier: MIT */
/*
 * What the first two rows of a table show of its columns. They belong to the head: whoever
 * reads any part of a table has looked at them, and judges alike.
 */
#ifndef GX_TABLE_EVIDENCE_H
#define GX_TABLE_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/names.h"
#include "bytes/input.h"
#include "format/table/cell.h"
#include "format/table/field.h"

struct gx_evidence_row {
	uint64_t number;     /* of its line, from 1 */
	size_t at, n;        /* offset of the line in the input, and its bytes */
	uint64_t hash;       /* of these */
	char *first;         /* text of the first field */
	unsigned char *cell; /* enum gx_cell of each of nfield fields */
	bool *point; /* of each, whether gx_cell_has_point says so */
};

struct gx_evidence {
	size_t n; /* rows that are there, at most 2, of as many fields as there should be */
	struct gx_evidence_row row[2];
	/* A line behind these that is no such row: as of a row. Its number is 0: there is none. */
	struct {
		uint64_t number;
		size_t at, n;
	} misfit;
};

/* What rows are told from other lines by, and values from text. */
struct gx_evidence_terms {
	struct gx_parting parting;
	size_t nfield, trailing; /* fields of a row, and empty ones behind them */
	uint64_t data,
		data_line; /* where the first row begins, and the number of its line */
	const char *end_marker; /* how the line behind the last row begins; NULL: none */
	bool skip_blank, decimal_comma;
	const struct gx_names *missing;
};

/* Looks at the first rows of an input that stands at its start, and does not consume them. */
void gx_evidence_read(struct gx_input *in, const struct gx_evidence_terms *terms,
		      struct gx_evidence *evidence);
void gx_evidence_free(struct gx_evidence *evidence);

/*
 * Whether the fields at the start of the rows number them: 1 2 or 0 1. A lone row has 1 or 0
 * there.
 */
bool gx_evidence_is_numbered(const struct gx_evidence *evidence);

/* Whether one of the rows has text there that is no number with a point. */
bool gx_evidence_has_words(const struct gx_evidence *evidence, size_t field);

/* The kinds of a row's fields, to be freed; nfield of them. */
unsigned char *gx_row_cells(const struct gx_names *fields, size_t nfield,
			    bool decimal_comma, const struct gx_names *missing);

/* Of each of a row's fields whether gx_cell_has_point says so; to be freed. */
bool *gx_row_points(const struct gx_names *fields, size_t nfield);

/* Text of a field, which is there. */
const char *gx_row_field(const struct gx_names *fields, size_t field);

#endif
