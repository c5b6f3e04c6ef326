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
#include "matrix/rows.h"
#include "matrix/source.h"

/*
 * What a network says of itself beside its genes. The unit of max, median and mean is that of
 * its values: twice the rank, or 2^-46 of the largest rank in a sum.
 */
struct gx_network {
	char kind[GX_KIND_MAX]; /* "pearson", "rank integer fill:median" ...; "" for none */
	uint64_t networks;	/* how many were added; 0: it is no sum */
	uint64_t max;		/* of integer ranks, the largest; these three may be GX_UNKNOWN */
	uint64_t median, mean;	/* over all pairs, both triangles and the diagonal */
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
	bool terms; /* rows are terms and no genes: gx-vote's */
	bool derived; /* made by a filter: its source facts come behind the rows */
	char identity[GX_IDENTITY_MAX]; /* of a source that has one in advance; else "" */
	char provenance[GX_WORK_MAX];   /* what determines the values; may be "" */
	/* Of a triangle ncol is `whole`, and the columns' names are those of the rows. */
	enum gx_layout layout;
	struct gx_network network; /* of a triangle */
};

/* A triangle of more genes has 2^47 pairs and more: nobody has it. */
#define GX_NETWORK_GENES_MAX (UINT64_C(1) << 24)

void gx_matrix_free(struct gx_matrix *matrix);

/* Whether two networks say the same of themselves. */
bool gx_network_same(const struct gx_network *a, const struct gx_network *b);

/* Whether the stream says that it is a part: of more rows, or of another input's rows. */
bool gx_matrix_is_part(const struct gx_matrix *matrix);

/* Whether no name has a control byte; a TAB is none. */
bool gx_matrix_names_clean(const struct gx_names *names);

/* The columns' names, of a triangle the genes'; implicit ones are made in `buffer`, which the caller frees. */
struct gx_names gx_matrix_columns(const struct gx_matrix *matrix,
				  struct gx_names *buffer);

/*
 * What is wrong with the facts of a stream's head, taken together; NULL: nothing. A static
 * phrase, lower case. One place for all formats and both directions: columns, the rows'
 * range within the matrix, and text without control bytes.
 */
const char *gx_matrix_fault(const struct gx_matrix *matrix);

/* Far above what fits anywhere, far below what overflows. */
#define GX_COLUMNS_MAX (UINT64_C(1) << 40)
/* Columns without a row cost their input nothing: this many are taken for real. */
#define GX_COLUMNS_WITHOUT_ROWS_MAX (UINT64_C(1) << 24)

#endif
