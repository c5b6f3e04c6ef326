/* SPDX-License-Identifier: MIT */
/* Comparing values with a threshold, column by column and row by row. */
#ifndef GX_COUNT_H
#define GX_COUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Adds to above[j] the rows whose value in column j is strictly above the threshold
 * (strictly below with `below`), and to missing[j] those whose value is NaN.
 * value: nrow x ncol.
 */
void gx_count_columns(const double *value, size_t nrow, size_t ncol, double threshold,
		      bool below, uint64_t *above, uint64_t *missing);

/* above[i]: in how many columns row i is strictly above (or below) the threshold. */
void gx_count_rows(const double *value, size_t nrow, size_t ncol, double threshold, bool below,
		   uint64_t *above);

#endif
