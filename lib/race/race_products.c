/* SPDX-License-Identifier: MIT */
#include "race/race_products.h"

#include <string.h>

#include "base/gx.h"
#include "kernel/lanes.h"

enum { LANES = GX_LANES };

typedef gx_lanes lanes;
typedef uint64_t bits __attribute__((vector_size(LANES * sizeof(uint64_t)), aligned(8)));

/* ---- dot products ---- */

GX_INLINE double dot_block(const double *x, const double *y, size_t n)
{
	lanes s = { 0 }, u = { 0 }, v = { 0 };
	size_t j = 0;
	for (; j + LANES <= n; j += LANES) {
		memcpy(&u, x + j, sizeof u);
		memcpy(&v, y + j, sizeof v);
		s += u * v;
	}
	/* Lanes without a value of the tail add +0, which changes none: no lane is ever -0. */
	if (j < n) {
		u = (lanes){ 0 };
		v = (lanes){ 0 };
		memcpy(&u, x + j, (n - j) * sizeof *x);
		memcpy(&v, y + j, (n - j) * sizeof *y);
		s += u * v;
	}
	return gx_lanes_join(&s);
}

GX_INLINE size_t block_size(size_t n, size_t from)
{
	return n - from < GX_DOT_BLOCK ? n - from : GX_DOT_BLOCK;
}

GX_CLONES void gx_dot_blocks(const double *x, const double *y, size_t n, double *partial)
{
	for (size_t j = 0; j < n; j += GX_DOT_BLOCK)
		partial[j / GX_DOT_BLOCK] = gx_nan_canonical(dot_block(x + j, y + j, block_size(n, j)));
}

GX_CLONES double gx_dot(const double *x, const double *y, size_t n)
{
	double sum = 0;
	for (size_t j = 0; j < n; j += GX_DOT_BLOCK)
		sum += dot_block(x + j, y + j, block_size(n, j));
	return gx_nan_canonical(sum);
}

/* ---- matrix products ---- */

/*
 * A tile is DEEP rows of b, WIDE values of each: 256 KiB, which stays in the second-level
 * cache while all rows of c pass over it. Two rows of c take four rows of b at once: eight
 * products for two loads and stores of c, so that the loop waits for arithmetic and not for
 * the cache. Measured in ms for doubles, n = 512 and 1024, AVX-512, the fastest of five:
 * 64 x 512 6.6 and 61; 128 x 512 6.6 and 57, which caches of 256 KiB would not hold;
 * 16 x 512 8.1 and 71; one row of c at a time 8.4 and 75; four rows of 16 values of c held
 * in registers along all of a tile 10.4 and 97.
 */
enum { DEEP = 64, WIDE = 512 };

GX_INLINE size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/*
 * The products on one type. a points to values of a row of a, b to a row of b; the next row
 * is n values on; deep rows of b and wide values of c are meant. `four` adds one by one.
 */
#define PRODUCTS(type, four, add_row, add_two_rows, naive, blocked)					\
GX_INLINE type four(type sum, const type *a, const type *b, size_t n)					\
{													\
	return (((sum + a[0] * b[0]) + a[1] * b[n]) + a[2] * b[2 * n]) + a[3] * b[3 * n];		\
}													\
													\
GX_INLINE void add_row(const type *a, const type *b, size_t n, size_t deep, size_t wide,		\
		       type *restrict c)								\
{													\
	size_t k = 0;											\
	for (; k + 4 <= deep; k += 4) {									\
		const type *row = b + k * n, x[4] = { a[k], a[k + 1], a[k + 2], a[k + 3] };		\
		_Pragma("omp simd")									\
		for (size_t j = 0; j < wide; j++)							\
			c[j] = four(c[j], x, row + j, n);						\
	}												\
	for (; k < deep; k++) {										\
		const type *row = b + k * n, x = a[k];							\
		_Pragma("omp simd")									\
		for (size_t j = 0; j < wide; j++)							\
			c[j] += x * row[j];								\
	}												\
}													\
													\
GX_INLINE void add_two_rows(const type *a, const type *b, size_t n, size_t deep,			\
			    size_t wide, type *restrict c)						\
{													\
	type *restrict d = c + n;									\
	size_t k = 0;											\
	for (; k + 4 <= deep; k += 4) {									\
		const type *row = b + k * n, *e = a + n;						\
		const type x[4] = { a[k], a[k + 1], a[k + 2], a[k + 3] };				\
		const type y[4] = { e[k], e[k + 1], e[k + 2], e[k + 3] };				\
		_Pragma("omp simd")									\
		for (size_t j = 0; j < wide; j++) {							\
			c[j] = four(c[j], x, row + j, n);						\
			d[j] = four(d[j], y, row + j, n);						\
		}											\
	}												\
	add_row(a + k, b + k * n, n, deep - k, wide, c);						\
	add_row(a + n + k, b + k * n, n, deep - k, wide, d);						\
}													\
													\
GX_INLINE void blocked(const type *a, const type *b, size_t n, size_t first,				\
		       size_t last, type *c)								\
{													\
	memset(c + first * n, 0, (last - first) * n * sizeof *c);					\
	for (size_t j = 0; j < n; j += WIDE)								\
		for (size_t k = 0; k < n; k += DEEP) {							\
			size_t deep = least(DEEP, n - k), wide = least(WIDE, n - j), i = first;		\
			const type *tile = b + k * n + j;						\
			for (; i + 2 <= last; i += 2)							\
				add_two_rows(a + i * n + k, tile, n, deep, wide, c + i * n + j);	\
			if (i < last)									\
				add_row(a + i * n + k, tile, n, deep, wide, c + i * n + j);		\
		}											\
}													\
													\
GX_INLINE void naive(const type *a, const type *b, size_t n, size_t first,				\
		     size_t last, type *c)								\
{													\
	for (size_t i = first; i < last; i++)								\
		for (size_t j = 0; j < n; j++) {							\
			type sum = 0;									\
			for (size_t k = 0; k < n; k++)							\
				sum += a[i * n + k] * b[k * n + j];					\
			c[i * n + j] = sum;								\
		}											\
}

/* Integers are multiplied unsigned: that wraps, and has the bits of the signed product. */
PRODUCTS(double, four, add_row, add_two_rows, naive, blocked)
PRODUCTS(uint64_t, four_int64, add_row_int64, add_two_rows_int64, naive_int64, blocked_int64)

GX_CLONES void gx_product_naive(const double *a, const double *b, size_t n, size_t first,
				size_t last, double *c)
{
	naive(a, b, n, first, last, c);
}

GX_CLONES void gx_product_blocked(const double *a, const double *b, size_t n, size_t first,
				  size_t last, double *c)
{
	blocked(a, b, n, first, last, c);
}

GX_CLONES void gx_product_naive_int64(const int64_t *a, const int64_t *b, size_t n,
				      size_t first, size_t last, int64_t *c)
{
	naive_int64((const uint64_t *)a, (const uint64_t *)b, n, first, last, (uint64_t *)c);
}

GX_CLONES void gx_product_blocked_int64(const int64_t *a, const int64_t *b, size_t n,
					size_t first, size_t last, int64_t *c)
{
	blocked_int64((const uint64_t *)a, (const uint64_t *)b, n, first, last, (uint64_t *)c);
}

/* ---- reading ---- */

/*
 * Four registers, so that no exclusive or waits for the last one. On 80 MB and 480 MB
 * one core reads 31 and 17 GB/s so (fastest of 15), and no variant had more than noise over
 * it: one register, prefetching 1 to 16 KiB ahead or the next page, two to eight pages or
 * ranges side by side.
 */
GX_CLONES uint64_t gx_read_values(const double *value, size_t n)
{
	bits s[4] = { { 0 } }, v;
	size_t i = 0;
	for (; i + 4 * LANES <= n; i += 4 * LANES)
		for (int r = 0; r < 4; r++) {
			memcpy(&v, value + i + (size_t)r * LANES, sizeof v);
			s[r] ^= v;
		}
	s[0] = (s[0] ^ s[1]) ^ (s[2] ^ s[3]);
	uint64_t all = 0, one;
	for (int l = 0; l < LANES; l++)
		all ^= s[0][l];
	for (; i < n; i++) {
		memcpy(&one, value + i, sizeof one);
		all ^= one;
	}
	return all;
}
