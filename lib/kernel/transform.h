/* SPDX-License-Identifier: MIT */
/* Loops that turn u, uniform on (0, 1) as the generator gives it, into a distribution. */
#ifndef GX_TRANSFORM_H
#define GX_TRANSFORM_H

#include <stddef.h>

/* The values of a block: 32 KiB or less, which stay in the first-level cache. */
enum { GX_TRANSFORM_BLOCK = 4096 };

/* x[n] from u, in place: -scale * ln(u), and scale * u. */
void gx_transform_exponential(double scale, double *x, size_t n);
void gx_transform_uniform(double scale, double *x, size_t n);

/* From u to its normal quantile z, in place; n is at most GX_TRANSFORM_BLOCK. */
void gx_transform_quantile(double *x, size_t n);

/* From z to a u, in place: the inverse of the quantile, and at most 1 - 2^-53. */
void gx_transform_below(double *x, size_t n);

/* x[n] from z, in place: mean + sd * z, and e to that power. */
void gx_transform_normal(double mean, double sd, double *x, size_t n);
void gx_transform_lognormal(double mean, double sd, double *x, size_t n);

#endif
