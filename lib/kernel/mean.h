/* SPDX-License-Identifier: MIT */
/*
 * Row sums and means. A sum has eight lanes: the j-th value goes to lane j mod 8, each lane
 * is added up in order from +0, and the lanes are joined as
 * ((0 + 4) + (2 + 6)) + ((1 + 5) + (3 + 7)). So every SIMD width, compiler and thread
 * count gives the same bits. A NaN that arises is the canonical one.
 */
#ifndef GX_MEAN_H
#define GX_MEAN_H

#include <stddef.h>

/* sum[i] of each of nrow rows of ncol values, ncol >= 1: missing with a missing value. */
void gx_sum_rows(const double *value, size_t nrow, size_t ncol, double *sum);

/* mean[i] of each of nrow rows of ncol values, ncol >= 1: missing with a missing value. */
void gx_mean_rows(const double *value, size_t nrow, size_t ncol, double *mean);

/*
 * The same over what is there: a missing value adds nothing and is not counted; a row of
 * missing values has a missing mean. n[i] is the number of values that are there.
 */
void gx_mean_rows_skip_na(const double *value, size_t nrow, size_t ncol, double *mean,
			  double *n);

#endif
