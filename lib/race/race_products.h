/* SPDX-License-Identifier: MIT */
/*
 * Dot products, and n x n matrix products on doubles and on 64-bit integers, which gx-time
 * races. There is no library for integers, so they show what a library is worth.
 */
#ifndef GX_RACE_PRODUCTS_H
#define GX_RACE_PRODUCTS_H

#include <stddef.h>
#include <stdint.h>

enum { GX_DOT_BLOCK = 8192 }; /* values */

/*
 * x . y of n values. In each block of GX_DOT_BLOCK values from the first on, value j goes to
 * lane j mod 8, and the lanes are joined as in mean.h; the blocks are added up in order. So
 * threads with whole blocks give the bits of one thread. A NaN is the canonical one; who adds
 * up partials has to make it canonical again (Inf - Inf).
 */
double gx_dot(const double *x, const double *y, size_t n);
/* partial[i]: the product of block i; there are (n + GX_DOT_BLOCK - 1) / GX_DOT_BLOCK. */
void gx_dot_blocks(const double *x, const double *y, size_t n, double *partial);

/*
 * c = a b, all n x n, row-major, c not overlapping a and b. Naive: three loops as in the
 * definition, row times column. Rows [first, last) of c alone, so that threads can share
 * the work. The blocked ones take the loops in tiles that stay in the cache and run along
 * rows, which vectorises; the order of the sums differs from the naive one's, so on doubles
 * the results agree bit for bit only where all sums are exact. Integers wrap modulo 2^64.
 */
void gx_product_naive(const double *a, const double *b, size_t n, size_t first, size_t last,
		      double *c);
void gx_product_blocked(const double *a, const double *b, size_t n, size_t first, size_t last,
			double *c);
void gx_product_naive_int64(const int64_t *a, const int64_t *b, size_t n, size_t first,
			    size_t last, int64_t *c);
void gx_product_blocked_int64(const int64_t *a, const int64_t *b, size_t n, size_t first,
			      size_t last, int64_t *c);

/* The exclusive or of the bits of n values, as fast as they can be read. */
uint64_t gx_read_values(const double *value, size_t n);

#endif
