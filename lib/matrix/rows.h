/* SPDX-License-Identifier: MIT */
#ifndef GX_ROWS_H
#define GX_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "base/names.h"

/* Some rows of a matrix, in order. Whoever gives them says how long they live. */
struct gx_rows {
	size_t nrow, ncol;
	const double *value;   /* nrow x ncol, row-major */
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
