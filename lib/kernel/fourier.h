/* SPDX-License-Identifier: MIT */
/*
 * The discrete Fourier transforms of eight real series of one length, one in each lane. X(k) is
 * the sum over i of x(i) exp(-2 pi sqrt(-1) i k / length), k = 0 ... length / 2.
 *
 * The length is a product of factors. Each pass joins the transforms of p parts of a series,
 * of `size` values each, to one of p x size, beginning with the values themselves (size 1).
 * What comes from real values is symmetric, X(size - k) = conj X(k), so that only half of each is
 * computed and kept, in as many doubles as there were values: of all lengths, odd ones too, at
 * half the cost of a complex transform, and without a step that takes two series apart.
 *
 * Between passes there are `count` transforms of `size` values, count x size = length; number t
 * is of the values t, t + count, t + 2 count ... In memory there is a row for each k, of all t:
 * that of X(0), which is real, then real and imaginary parts of each k below size / 2 side
 * by side, then that of X(size / 2) where the size is even, which is real.
 */
#ifndef GX_FOURIER_H
#define GX_FOURIER_H

#include <stdbool.h>
#include <stddef.h>

#include "kernel/lanes.h"

/* p transforms of `size` values become one, `count` times. */
struct gx_fourier_pass {
	size_t p, size, count;
	/* For k = 1 ... size / 2 and q = 1 ... p - 1, cosine and sine of q k / (p size) turns. */
	const double *twiddle;
	/* For j = 0 ... p - 1, cosine and sine of j / p turns; of a p without code of its own. */
	const double *root;
};

/*
 * The factors of a length, first to last: the odd ones, largest first, as one of p costs p
 * operations a value, and half of it where the values are real; then 8, 4 and 2.
 */
size_t gx_fourier_factors(size_t length, size_t *factor);

/* Whether a pass of p has code of its own: 2, 3, 4, 5 and 8. */
GX_INLINE bool gx_fourier_special(size_t p)
{
	return p <= 5 || p == 8;
}

/* Goes to the next pass, or the first one from { 0 }. table is that of gx_fourier_fill. */
void gx_fourier_next(struct gx_fourier_pass *pass, size_t length, size_t p,
		     const double *table);

/* Doubles of the tables of all passes: at most 2 a value. */
size_t gx_fourier_table_size(size_t length);
void gx_fourier_fill(size_t length, double *table);

/* One pass. Its input may be overwritten. */
void gx_fourier_join(const struct gx_fourier_pass *pass, gx_lanes *from, gx_lanes *to);

/* The last pass: |X(k)|^2 is added to sum[k]. */
void gx_fourier_add_power(const struct gx_fourier_pass *pass, gx_lanes *from, gx_lanes *sum);

#endif
