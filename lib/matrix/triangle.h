/* SPDX-License-Identifier: MIT */
/* The lower triangle of a symmetric matrix, and the full rows that it stands for. */
#ifndef GX_TRIANGLE_H
#define GX_TRIANGLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "matrix/rows.h"

/* What becomes of a full matrix whose halves differ, where a network is wanted. */
enum gx_symmetrize {
	GX_SYMMETRIZE_NOT,   /* it is refused */
	GX_SYMMETRIZE_LOWER, /* the lower triangle counts */
	GX_SYMMETRIZE_MEAN,  /* the mean of the two values of a pair */
};

/* Value number `at` of a triangle, as a double: the nearest one of a whole number. */
double gx_triangle_value(const void *triangle, enum gx_layout layout, uint64_t at);

/*
 * Values number from .. from + n - 1 of a triangle, as doubles. False where a whole number is none
 * of them exactly (above 2^53).
 */
bool gx_triangle_widen(const void *triangle, enum gx_layout layout, uint64_t from, size_t n,
		       double *out);

/*
 * Full rows row .. row + nrow - 1 of a triangle of ngene genes that is whole: nrow x ngene
 * doubles into `value`. False where a whole number is none of them exactly (above 2^53).
 * Many rows at a time are faster: of a later gene they lie beside each other.
 */
bool gx_triangle_full_rows(const void *triangle, enum gx_layout layout, uint64_t ngene,
			   uint64_t row, size_t nrow, double *value);

/* How many full rows are well assembled at a time. */
static inline uint64_t gx_triangle_batch(uint64_t ngene)
{
	enum { LEAST = 16 }; /* two cache lines of doubles */
	uint64_t rows = gx_batch_rows(ngene);
	return rows > LEAST ? rows : LEAST;
}

/* Bytes that a whole triangle takes. */
static inline uint64_t gx_triangle_bytes(enum gx_layout layout, uint64_t ngene)
{
	return gx_triangle_values(ngene) * gx_layout_size(layout);
}

/*
 * The first row of part k + 1 of n, k from 0 to n: of parts with equal numbers of values, not
 * of rows. The least row i with i (i + 1) / 2 >= k / n of all values.
 */
uint64_t gx_triangle_bound(uint64_t ngene, uint64_t k, uint64_t n);

#endif
