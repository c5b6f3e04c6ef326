/* SPDX-License-Identifier: MIT */
/*
 * The transforms of 2, 3, 4, 5 and 8 values that the passes are made of, for the loops that
 * inline them (fourier.h). Vectors go by address: by value they would need an ABI that depends
 * on the level of SIMD. Every operation is rounded once, in the order in which it is written.
 */
#ifndef GX_FOURIER_INLINE_H
#define GX_FOURIER_INLINE_H

#include <stdbool.h>

#include "kernel/fourier.h"

#ifdef __clang__
#define GX_UNROLL _Pragma("unroll")
#else
#define GX_UNROLL _Pragma("GCC unroll 8")
#endif

struct gx_complex_lanes {
	gx_lanes re, im;
};

#define GX_COS_8 0x1.6a09e667f3bcdp-1  /* of 1/8 turn: sqrt(1/2) */
#define GX_SIN_3 0x1.bb67ae8584caap-1  /* of 1/3 turn */
#define GX_COS_5 0x1.3c6ef372fe950p-2  /* of 1/5 and 2/5 turn */
#define GX_SIN_5 0x1.e6f0e134454ffp-1
#define GX_COS_25 -0x1.9e3779b97f4a8p-1
#define GX_SIN_25 0x1.2cf2304755a5ep-1

/* x times exp(-i angle), of the cosine and the sine of the angle. */
GX_INLINE void gx_turn_back(struct gx_complex_lanes *x, const double *turn)
{
	gx_lanes re = x->re * turn[0] + x->im * turn[1];
	gx_lanes im = x->im * turn[0] - x->re * turn[1];

	x->re = re;
	x->im = im;
}

/* plus = a + b and minus = a - b. */
GX_INLINE void gx_add_subtract(const struct gx_complex_lanes *a,
			       const struct gx_complex_lanes *b,
			       struct gx_complex_lanes *plus, struct gx_complex_lanes *minus)
{
	struct gx_complex_lanes left = *a, right = *b;

	plus->re = left.re + right.re;
	plus->im = left.im + right.im;
	minus->re = left.re - right.re;
	minus->im = left.im - right.im;
}

/* back = a - i b and forth = a + i b. */
GX_INLINE void gx_add_subtract_turned(const struct gx_complex_lanes *a,
				      const struct gx_complex_lanes *b,
				      struct gx_complex_lanes *back,
				      struct gx_complex_lanes *forth)
{
	struct gx_complex_lanes left = *a, right = *b;

	back->re = left.re + right.im;
	back->im = left.im - right.re;
	forth->re = left.re - right.im;
	forth->im = left.im + right.re;
}

/* ---- complex values: x becomes its transform ---- */

GX_INLINE void gx_fourier_2(struct gx_complex_lanes *x)
{
	gx_add_subtract(&x[0], &x[1], &x[0], &x[1]);
}

GX_INLINE void gx_fourier_3(struct gx_complex_lanes *x)
{
	struct gx_complex_lanes sum, difference, middle;

	gx_add_subtract(&x[1], &x[2], &sum, &difference);
	middle.re = x[0].re - 0.5 * sum.re;
	middle.im = x[0].im - 0.5 * sum.im;
	x[0].re += sum.re;
	x[0].im += sum.im;
	difference.re *= GX_SIN_3;
	difference.im *= GX_SIN_3;
	gx_add_subtract_turned(&middle, &difference, &x[1], &x[2]);
}

GX_INLINE void gx_fourier_4(struct gx_complex_lanes *x)
{
	struct gx_complex_lanes even, even_turned, odd, odd_turned;

	gx_add_subtract(&x[0], &x[2], &even, &even_turned);
	gx_add_subtract(&x[1], &x[3], &odd, &odd_turned);
	gx_add_subtract(&even, &odd, &x[0], &x[2]);
	gx_add_subtract_turned(&even_turned, &odd_turned, &x[1], &x[3]);
}

GX_INLINE void gx_fourier_5(struct gx_complex_lanes *x)
{
	struct gx_complex_lanes sum1, sum2, difference1, difference2, a, b;

	gx_add_subtract(&x[1], &x[4], &sum1, &difference1);
	gx_add_subtract(&x[2], &x[3], &sum2, &difference2);
	a.re = x[0].re + (GX_COS_5 * sum1.re + GX_COS_25 * sum2.re);
	a.im = x[0].im + (GX_COS_5 * sum1.im + GX_COS_25 * sum2.im);
	b.re = GX_SIN_5 * difference1.re + GX_SIN_25 * difference2.re;
	b.im = GX_SIN_5 * difference1.im + GX_SIN_25 * difference2.im;
	gx_add_subtract_turned(&a, &b, &x[1], &x[4]);
	a.re = x[0].re + (GX_COS_25 * sum1.re + GX_COS_5 * sum2.re);
	a.im = x[0].im + (GX_COS_25 * sum1.im + GX_COS_5 * sum2.im);
	b.re = GX_SIN_25 * difference1.re - GX_SIN_5 * difference2.re;
	b.im = GX_SIN_25 * difference1.im - GX_SIN_5 * difference2.im;
	gx_add_subtract_turned(&a, &b, &x[2], &x[3]);
	x[0].re += sum1.re + sum2.re;
	x[0].im += sum1.im + sum2.im;
}

GX_INLINE void gx_fourier_8(struct gx_complex_lanes *x)
{
	struct gx_complex_lanes even[4] = { x[0], x[2], x[4], x[6] };
	struct gx_complex_lanes odd[4] = { x[1], x[3], x[5], x[7] };
	struct gx_complex_lanes turned;

	gx_fourier_4(even);
	gx_fourier_4(odd);
	gx_add_subtract(&even[0], &odd[0], &x[0], &x[4]);
	turned.re = (odd[1].re + odd[1].im) * GX_COS_8;
	turned.im = (odd[1].im - odd[1].re) * GX_COS_8;
	gx_add_subtract(&even[1], &turned, &x[1], &x[5]);
	gx_add_subtract_turned(&even[2], &odd[2], &x[2], &x[6]);
	/* By a quarter less than it is to be turned. */
	turned.re = (odd[3].re + odd[3].im) * GX_COS_8;
	turned.im = (odd[3].im - odd[3].re) * GX_COS_8;
	gx_add_subtract_turned(&even[3], &turned, &x[3], &x[7]);
}

/* p is a constant where it is called. */
GX_INLINE void gx_fourier_small(size_t p, struct gx_complex_lanes *x)
{
	if (p == 2)
		gx_fourier_2(x);
	else if (p == 3)
		gx_fourier_3(x);
	else if (p == 4)
		gx_fourier_4(x);
	else if (p == 5)
		gx_fourier_5(x);
	else
		gx_fourier_8(x);
}

/* ---- real values: x.re, to the first p / 2 + 1 values of the transform ---- */

/* Of the first and, where p is even, the last of them no imaginary part is set: it is 0. */
GX_INLINE void gx_fourier_small_real(size_t p, struct gx_complex_lanes *x)
{
	gx_lanes x0 = x[0].re, x1 = x[1].re;

	if (p == 2) {
		x[0].re = x0 + x1;
		x[1].re = x0 - x1;
	} else if (p == 3) {
		gx_lanes sum = x1 + x[2].re;
		x[1].im = (x[2].re - x1) * GX_SIN_3;
		x[1].re = x0 - 0.5 * sum;
		x[0].re = x0 + sum;
	} else if (p == 4) {
		gx_lanes even = x0 + x[2].re, odd = x1 + x[3].re;
		x[1].re = x0 - x[2].re;
		x[1].im = x[3].re - x1;
		x[0].re = even + odd;
		x[2].re = even - odd;
	} else if (p == 5) {
		gx_lanes sum1 = x1 + x[4].re, sum2 = x[2].re + x[3].re;
		gx_lanes less1 = x[4].re - x1, less2 = x[3].re - x[2].re;
		x[1].re = x0 + (GX_COS_5 * sum1 + GX_COS_25 * sum2);
		x[1].im = GX_SIN_5 * less1 + GX_SIN_25 * less2;
		x[2].re = x0 + (GX_COS_25 * sum1 + GX_COS_5 * sum2);
		x[2].im = GX_SIN_25 * less1 - GX_SIN_5 * less2;
		x[0].re = x0 + (sum1 + sum2);
	} else {
		gx_lanes sum0 = x0 + x[4].re, less0 = x0 - x[4].re;
		gx_lanes sum1 = x1 + x[5].re, less1 = x1 - x[5].re;
		gx_lanes sum2 = x[2].re + x[6].re, less2 = x[2].re - x[6].re;
		gx_lanes sum3 = x[3].re + x[7].re, less3 = x[3].re - x[7].re;
		gx_lanes even = sum0 + sum2, odd = sum1 + sum3;
		gx_lanes along = (less1 - less3) * GX_COS_8;
		gx_lanes across = (less1 + less3) * GX_COS_8;
		x[0].re = even + odd;
		x[4].re = even - odd;
		x[2].re = sum0 - sum2;
		x[2].im = sum3 - sum1;
		x[1].re = less0 + along;
		x[3].re = less0 - along;
		x[3].im = less2 - across;
		x[1].im = -(less2 + across);
	}
}

/* ---- what comes out ---- */

/* To memory, or its power to sums. */
enum gx_fourier_output { GX_FOURIER_ROWS, GX_FOURIER_POWER };

/* X(k) of transform t, where 0 < k < half of the size. `conjugate` is of X. */
GX_INLINE void gx_fourier_put(enum gx_fourier_output output, size_t count,
			      const struct gx_complex_lanes *x, bool conjugate, size_t k,
			      size_t t, gx_lanes *to)
{
	if (output == GX_FOURIER_POWER) {
		to[k] += x->re * x->re + x->im * x->im;
		return;
	}
	gx_lanes *at = to + count * (2 * k - 1) + 2 * t;
	at[0] = x->re;
	if (conjugate)
		at[1] = -x->im;
	else
		at[1] = x->im;
}

/* X(k) of transform t, where it is real: k is 0 or half of the size, which is even. */
GX_INLINE void gx_fourier_put_real(enum gx_fourier_output output, size_t count,
				   const gx_lanes *x, size_t k, size_t t, gx_lanes *to)
{
	if (output == GX_FOURIER_POWER)
		to[k] += *x * *x;
	else if (k == 0)
		to[t] = *x;
	else
		to[count * (2 * k - 1) + t] = *x;
}

/* The transform of real values, from gx_fourier_small_real. */
GX_INLINE void gx_fourier_put_small(enum gx_fourier_output output, size_t p, size_t size,
				    size_t count, const struct gx_complex_lanes *x, size_t t,
				    gx_lanes *to)
{
	gx_fourier_put_real(output, count, &x[0].re, 0, t, to);
	GX_UNROLL
	for (size_t r = 1; r <= (p - 1) / 2; r++)
		gx_fourier_put(output, count, &x[r], false, size * r, t, to);
	if (p % 2 == 0)
		gx_fourier_put_real(output, count, &x[p / 2].re, size * (p / 2), t, to);
}

#endif
