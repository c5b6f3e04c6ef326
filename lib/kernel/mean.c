/* SPDX-License-Identifier: MIT */
#include "kernel/mean.h"

#include <stdbool.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/digest.h"
#include "kernel/lanes.h"

enum { LANES = GX_LANES };

typedef gx_lanes lanes;
typedef long long mask __attribute__((vector_size(LANES * sizeof(double))));

/*
 * The last n = ncol mod 8 values; the lanes behind them +0: a lane is never -0, so it
 * stays. Where eight can be read they are, and what is behind the row is cleared: a copy
 * of n values would be stored and loaded again, which costs as much as summing 200.
 */
GX_INLINE void load_tail(lanes *v, const double *x, size_t n, bool eight,
			 const mask *keep)
{
	if (eight) {
		memcpy(v, x, sizeof *v);
		*v = (lanes)((mask)*v & *keep);
		return;
	}
	lanes zero = { 0 };
	*v = zero;
	memcpy(v, x, n * sizeof *x);
}

GX_INLINE void fill_keep(mask *keep, size_t n)
{
	for (size_t l = 0; l < LANES; l++)
		(*keep)[l] = l < n ? -1 : 0;
}

/* How many of the rows have eight values to read at their tail. */
GX_INLINE size_t rows_before_end(size_t nrow, size_t ncol)
{
	size_t short_of = ncol % LANES ? LANES - ncol % LANES : 0;
	size_t behind = (short_of + ncol - 1) / ncol; /* rows in which a tail runs out */
	return nrow > behind ? nrow - behind : 0;
}

GX_INLINE double sum_row(const double *x, size_t ncol, bool eight, const mask *keep)
{
	lanes s = { 0 }, v;
	size_t j = 0;
	for (; j + LANES <= ncol; j += LANES) {
		memcpy(&v, x + j, sizeof v);
		s += v;
	}
	if (j < ncol) {
		load_tail(&v, x + j, ncol - j, eight, keep);
		s += v;
	}
	return gx_lanes_join(&s);
}

/* Row sums by n. By 1 the compiler leaves the division out: x / 1 has the bits of x. */
GX_INLINE void sum_rows_by(const double *value, size_t nrow, size_t ncol, double n,
			   double *out)
{
	mask keep;
	fill_keep(&keep, ncol % LANES);
	size_t i = 0, inside = rows_before_end(nrow, ncol);
	for (; i < inside; i++)
		out[i] = sum_row(value + i * ncol, ncol, true, &keep) / n;
	for (; i < nrow; i++)
		out[i] = sum_row(value + i * ncol, ncol, false, &keep) / n;
	gx_nan_canonicalise(out, nrow);
}

GX_CLONES void gx_sum_rows(const double *value, size_t nrow, size_t ncol, double *sum)
{
	sum_rows_by(value, nrow, ncol, 1, sum);
}

GX_CLONES void gx_mean_rows(const double *value, size_t nrow, size_t ncol, double *mean)
{
	sum_rows_by(value, nrow, ncol, (double)ncol, mean);
}

GX_INLINE double sum_row_skip_na(const double *x, size_t ncol, bool eight,
				 const mask *keep, double *n)
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
		load_tail(&v, x + j, rest, eight, keep);
		mask is = v == v;
		s += (lanes)((mask)v & is);
		there -= is;
	}
	long long count = 0;
	for (int l = 0; l < LANES; l++)
		count += there[l];
	/* The lanes behind a tail were counted as there. */
	*n = (double)(count - (rest ? (long long)(LANES - rest) : 0));
	return gx_lanes_join(&s);
}

GX_CLONES void gx_mean_rows_skip_na(const double *value, size_t nrow, size_t ncol,
				    double *mean, double *n)
{
	mask keep;
	fill_keep(&keep, ncol % LANES);
	/* 0 / 0 is the missing mean of no values. */
	size_t i = 0, inside = rows_before_end(nrow, ncol);
	for (; i < nrow; i++) {
		bool eight = i < inside;
		double sum = sum_row_skip_na(value + i * ncol, ncol, eight, &keep, &n[i]);
		mean[i] = sum / n[i];
	}
	gx_nan_canonicalise(mean, nrow);
}
