/* SPDX-License-Identifier: MIT */
/*
 * gx's own elementary functions: within 1 ulp, vectorisable, and with the same bits on
 * every machine, which no libm promises. Only + - * / sqrt, floor and integer operations
 * are used, none of them contracted. elementary_inline.h has them for loops.
 */
#ifndef GX_ELEMENTARY_H
#define GX_ELEMENTARY_H

#include <stdint.h>

/*
 * Natural logarithm, within 1 ulp for all x > 0, subnormals too. 0 gives -Inf, Inf gives
 * Inf, what is below 0 or NaN gives the one NaN.
 */
double gx_ln(double x);

/*
 * e^x for any x but NaN, within 1 ulp, also where it is subnormal; too large gives Inf, too
 * small 0.
 */
double gx_exp(double x);

/*
 * The normal quantile of u in (0, 1): Wichura's AS 241, PPND16. With its roundings, within
 * 1e-15 relative. That of 1 - u is the same with the sign changed.
 */
double gx_normal_quantile(double u);

/*
 * The probability that a normal value is below z, the inverse of the quantile: within 1e-15
 * relative where it is a normal number (z > -37.5). That of -z is the upper tail.
 */
double gx_normal_below(double z);

/* sin(pi x) and cos(pi x) for x in [0, 1/4], within 1 ulp. */
double gx_sin_pi(double x);
double gx_cos_pi(double x);

/*
 * Cosine and sine of m / n of a turn, m < n < 2^50. What is left of a quarter is found in whole
 * numbers, so that all symmetries of the circle hold to the bit, and so do 0, 1/2 and 1.
 */
void gx_turn(uint64_t m, uint64_t n, double *cosine, double *sine);

#endif
