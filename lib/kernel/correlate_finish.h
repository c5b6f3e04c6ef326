/* SPDX-License-Identifier: MIT */
/*
 * From a pair's sum of products and the two sums of squares a and b to its value, for the
 * loops over pairs (kernel/correlate.h says which is what). Every NaN is the canonical one.
 */
#ifndef GX_CORRELATE_FINISH_H
#define GX_CORRELATE_FINISH_H

#include <math.h>

#include "base/gx.h"
#include "kernel/elementary_inline.h"

GX_INLINE double gx_finish_canonical(double x)
{
	return x == x ? x : gx_bits_double(GX_NAN_BITS);
}

/* Rounding must not take a correlation beyond 1. */
GX_INLINE double gx_finish_bounded(double x)
{
	x = x > 1 ? 1 : x;
	x = x < -1 ? -1 : x;
	return gx_finish_canonical(x);
}

/* The square root is of the product, so that rows with equal bits give 1: sqrt(x x) is x. */
GX_INLINE double gx_finish_correlation(double dot, double a, double b)
{
	return gx_finish_bounded(dot / sqrt(a * b));
}

GX_INLINE double gx_finish_rho(double dot, double a, double b)
{
	return gx_finish_bounded(2 * dot / (a + b));
}

/* The sum of squares of a difference, which rounding must not take below 0. */
GX_INLINE double gx_square_of_difference(double dot, double a, double b)
{
	double x = (a + b) - 2 * dot;
	return x < 0 ? 0 : x;
}

GX_INLINE double gx_finish_phi(double dot, double a, double b)
{
	return gx_finish_canonical(gx_square_of_difference(dot, a, b) / b);
}

GX_INLINE double gx_finish_phi_s(double dot, double a, double b)
{
	return gx_finish_canonical(gx_square_of_difference(dot, a, b) /
				   gx_square_of_difference(-dot, a, b));
}

GX_INLINE double gx_finish_vlr(double dot, double a, double b, double divisor)
{
	return gx_finish_canonical(gx_square_of_difference(dot, a, b) / divisor);
}

#endif
