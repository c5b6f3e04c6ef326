/* SPDX-License-Identifier: MIT */
/*
 * Whether a square matrix is symmetric, from its rows in any order, while none of them is kept. Each
 * half is hashed, the upper one as if it were turned over, and the sums of 64 bits are compared:
 * that two halves differ and have one sum is an accident of 2^-64.
 *
 * As elsewhere +0 and -0 are equal, and so are missing values; other values are compared by bits.
 */
#ifndef GX_SYMMETRY_H
#define GX_SYMMETRY_H

#include <stddef.h>
#include <stdint.h>

/* The keys of genes 0 .. n - 1: 2 n numbers, to be made once. */
void gx_symmetry_keys(uint64_t *key, size_t n);

/*
 * Adds what rows row .. row + nrow - 1 of an n x n matrix have below and above the diagonal to the
 * sums of the lower and of the upper half; the matrix is symmetric if these are equal in the end.
 * Every NaN must be the canonical one.
 */
void gx_symmetry_rows(const double *value, size_t row, size_t nrow, size_t n, const uint64_t *key,
		      uint64_t *lower, uint64_t *upper);

#endif
