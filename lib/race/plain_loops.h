/* SPDX-License-Identifier: MIT */
/*
 * The kernels as anybody would write them first: plain loops, one element at a time, which
 * the compiler is told not to vectorise. They keep the eight lanes of mean.h, and so have
 * the bits of the real kernels, which are raced against them and checked with them.
 */
#ifndef GX_PLAIN_LOOPS_H
#define GX_PLAIN_LOOPS_H

#include <stddef.h>
#include <stdint.h>

/* As gx_mean_rows, gx_sum_rows, gx_dot and gx_count_columns (one column, above). */
void gx_plain_mean_rows(const double *value, size_t nrow, size_t ncol, double *mean);
void gx_plain_sum_rows(const double *value, size_t nrow, size_t ncol, double *sum);
double gx_plain_dot(const double *x, const double *y, size_t n);
void gx_plain_count(const double *value, size_t n, double threshold, uint64_t *above,
		    uint64_t *missing);

#endif
