/* SPDX-License-Identifier: MIT */
#ifndef GX_ROWS_H
#define GX_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"

/*
 * How values lie. A network is symmetric: its lower triangle with the diagonal has all of it,
 * row i (from 0) with i + 1 values, row behind row.
 */
enum gx_layout {
	GX_FULL, /* doubles, rows by columns */
	GX_TRIANGLE_FLOAT64,
	GX_TRIANGLE_UINT32,
	GX_TRIANGLE_UINT64,
};

/* Bytes of one value. */
static inline size_t gx_layout_size(enum gx_layout layout)
{
	return layout == GX_TRIANGLE_UINT32 ? 4 : 8;
}

/* Values of the first nrow rows of a triangle, which is where row `nrow` begins. */
static inline uint64_t gx_triangle_values(uint64_t nrow)
{
	return nrow % 2 ? (nrow + 1) / 2 * nrow : nrow / 2 * (nrow + 1);
}

/* Some rows of a matrix, in order. Whoever gives them says how long they live. */
struct gx_rows {
	size_t nrow, ncol;
	const double *value;   /* nrow x ncol, row-major; NULL of a triangle */
	/*
	 * Of a triangle (the matrix has its layout): rows first .. first + nrow - 1 of it, row
	 * behind row, and no names, as they are those of the columns. NULL of full rows.
	 */
	const void *triangle;
	struct gx_names names; /* nrow of them, or none */
	uint64_t first; /* number of the first of them in the whole matrix, from 0; or GX_UNKNOWN */
};

/* Rows of one batch: those whose values come nearest to 256 KiB, at least one. */
enum { GX_BATCH_VALUES = 262144 };

static inline uint64_t gx_batch_rows(uint64_t ncol)
{
	uint64_t rows = GX_BATCH_VALUES / 8 / ncol;
	return rows ? rows : 1;
}

#endif
