/* SPDX-License-Identifier: MIT */
/*
 * A matrix stream: what is known of it before its rows, the rows, and what is known
 * behind them. Rows are genes, columns are samples, values are doubles.
 */
#ifndef GX_MATRIX_H
#define GX_MATRIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/gx.h"
#include "base/names.h"

enum {
	GX_IDENTITY_MAX = 32, /* "simulation:" and 16 hex digits, and room */
	GX_WORK_MAX = 1024,
};

/* What a stream says before its rows. */
struct gx_matrix {
	uint64_t ncol;
	struct gx_names columns; /* empty: s1 s2 ... */
	bool named;              /* rows have names; else g1 g2 ... by their number */
	uint64_t first;          /* the stream's first row in its matrix, from 0 */
	uint64_t nrow;           /* rows that the stream has */
	uint64_t announced;      /* the same, as far as a pipe would tell it in advance */
	uint64_t whole;          /* rows of the matrix; these four may be GX_UNKNOWN */
	bool derived; /* made by a filter: its source facts come behind the rows */
	char identity[GX_IDENTITY_MAX]; /* of a source that has one in advance; else "" */
	char provenance[GX_WORK_MAX];   /* what determines the values; may be "" */
};

void gx_matrix_free(struct gx_matrix *matrix);

/* Whether the stream says that it is a part: of more rows, or of another input's rows. */
bool gx_matrix_is_part(const struct gx_matrix *matrix);

/* The columns' names; implicit ones are made in `buffer`, which the caller frees. */
struct gx_names gx_matrix_columns(const struct gx_matrix *matrix,
				  struct gx_names *buffer);

enum gx_unit { GX_UNIT_UNKNOWN, GX_UNIT_ROWS, GX_UNIT_BYTES };

/*
 * Source facts: which part of which input the rows come from, and what was done to them.
 * [first, last) of `of`, in `unit`; GX_UNKNOWN where nobody knows.
 */
struct gx_source {
	char identity[GX_IDENTITY_MAX]; /* "kind:HEX", or "." */
	enum gx_unit unit;
	uint64_t first, last, of;
	uint64_t digest; /* sum of the row digests of the input rows that were seen */
	char work[GX_WORK_MAX]; /* the steps so far, one space between; "" for none */
};

const char *gx_unit_name(enum gx_unit unit);

/* Appends a step to source->work; dies when there are more than fit. */
void gx_source_add_step(struct gx_source *source, const char *step);

/*
 * Takes `next`, which continues *source, into it. Returns NULL, or says (static, lower
 * case) what keeps the two from being neighbours in one input.
 */
const char *gx_source_continue(struct gx_source *source, const struct gx_source *next);

/* The one of them that running the missing parts mends: compared by address. */
extern const char gx_source_gap[];

/* Some rows of a matrix, in order. Whoever gives them says how long they live. */
struct gx_rows {
	size_t nrow, ncol;
	const double *value;   /* nrow x ncol, row-major */
	struct gx_names names; /* nrow of them, or none */
	uint64_t first; /* number of the first of them in the whole matrix, from 0 */
};

#endif
