/* SPDX-License-Identifier: MIT */
#include "mean.h"

#include <math.h>
#include <string.h>

#include "digest.h"
#include "gx.h"

enum { LANES = 8 };

/*
 * Eight doubles as one value: GCC and clang lower it to one register of AVX-512, two of
 * AVX or four of SSE2. With a loop over eight lanes GCC 12 kept them in memory.
 */
typedef double lanes __attribute__((vector_size(LANES * sizeof(double)), aligned(8)));
typedef long long mask __attribute__((vector_size(LANES * sizeof(double))));

GX_INLINE double join(const lanes *lane)
{
	lanes s = *lane;
	return ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
}

/* The last ncol mod 8 values, the lanes behind them +0: a lane is never -0, so it stays. */
GX_INLINE void load_tail(lanes *v, const double *x, size_t n)
{
	lanes zero = { 0 };
	*v = zero;
	memcpy(v, x, n * sizeof *x);
}

GX_INLINE double sum_row(const double *x, size_t ncol)
{
	lanes s = { 0 }, v;
	size_t j = 0;
	for (; j + LANES <= ncol; j += LANES) {
		memcpy(&v, x + j, sizeof v);
		s += v;
	}
	if (j < ncol) {
		load_tail(&v, x + j, ncol - j);
		s += v;
	}
	return join(&s);
}

GX_CLONES void gx_mean_rows(const double *value, size_t nrow, size_t ncol, double *mean)
{
	double n = (double)ncol;
	for (size_t i = 0; i < nrow; i++)
		mean[i] = sum_row(value + i * ncol, ncol) / n;
	gx_nan_canonicalise(mean, nrow);
}

GX_INLINE double sum_row_skip_na(const double *x, size_t ncol, double *n)
{
	lanes s = { 0 }, v;
	mask there = { 0 };
	size_t j = 0;
	for (; j + LANES <= ncol; j += LANES) {
		memcpy(&v, x + j, sizeof v);
		mask is = v == v;
		s += (lanes)((mask)v & is);
		there -= is;
	}
	size_t rest = ncol - j;
	if (rest) {
		load_tail(&v, x + j, rest);
		mask is = v == v;
		s += (lanes)((mask)v & is);
		there -= is;
	}
	long long count = 0;
	for (int l = 0; l < LANES; l++)
		count += there[l];
	/* The lanes behind a tail were counted as there. */
	*n = (double)(count - (rest ? (long long)(LANES - rest) : 0));
	return join(&s);
}

GX_CLONES void gx_mean_rows_skip_na(const double *value, size_t nrow, size_t ncol,
				    double *mean, double *n)
{
	for (size_t i = 0; i < nrow; i++) {
		double sum = sum_row_skip_na(value + i * ncol, ncol, &n[i]);
		mean[i] = sum / n[i]; /* 0 / 0 is the missing mean of no values */
	}
	gx_nan_canonicalise(mean, nrow);
}
