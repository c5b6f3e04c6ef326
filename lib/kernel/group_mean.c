/* SPDX-License-Identifier: MIT */
#include "kernel/group_mean.h"

#include <stdbool.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/digest.h"

/* The lanes of each group joined as kernel/lanes.h has it, for all groups side by side. */
GX_INLINE void join(const double *lanes, size_t ngroup, double *sum)
{
	const size_t n = ngroup + 1;
	const double *s = lanes;
	for (size_t g = 0; g < ngroup; g++)
		sum[g] = ((s[g] + s[4 * n + g]) + (s[2 * n + g] + s[6 * n + g])) +
			 ((s[n + g] + s[5 * n + g]) + (s[3 * n + g] + s[7 * n + g]));
}

GX_INLINE void sum_row(const double *x, size_t ncol, const struct gx_column_groups *groups,
		       double *sum, double *lanes)
{
	memset(lanes, 0, 8 * (groups->ngroup + 1) * sizeof *lanes);
	for (size_t j = 0; j < ncol; j++)
		lanes[groups->lane[j]] += x[j];
	join(lanes, groups->ngroup, sum);
}

GX_CLONES void gx_mean_groups(const double *value, size_t nrow, size_t ncol,
			      const struct gx_column_groups *groups, double *mean, double *lanes)
{
	const size_t ngroup = groups->ngroup;
	for (size_t i = 0; i < nrow; i++) {
		double *out = mean + i * ngroup;
		sum_row(value + i * ncol, ncol, groups, out, lanes);
		for (size_t g = 0; g < ngroup; g++)
			out[g] /= groups->size[g];
	}
	gx_nan_canonicalise(mean, nrow * ngroup);
}

/* Sums of what is there; counts are whole numbers below 2^53, and so exact. */
GX_INLINE void sum_there(const double *x, size_t ncol, const struct gx_column_groups *groups,
			 double *sum, double *n, double *lanes)
{
	const size_t nlane = 8 * (groups->ngroup + 1);
	double *count = lanes + nlane;
	memset(lanes, 0, 2 * nlane * sizeof *lanes);
	for (size_t j = 0; j < ncol; j++) {
		const uint32_t lane = groups->lane[j];
		lanes[lane] += x[j] == x[j] ? x[j] : 0;
		count[lane] += x[j] == x[j];
	}
	join(lanes, groups->ngroup, sum);
	join(count, groups->ngroup, n);
}

GX_INLINE bool has_nan(const double *x, size_t n)
{
	size_t found = 0;
	for (size_t i = 0; i < n; i++)
		found += x[i] != x[i];
	return found;
}

/* Most rows miss nothing: no sum of theirs is NaN, and there is nothing to skip. */
GX_CLONES void gx_mean_groups_skip_na(const double *value, size_t nrow, size_t ncol,
				      const struct gx_column_groups *groups, double *mean,
				      double *n, double *lanes)
{
	const size_t ngroup = groups->ngroup;
	for (size_t i = 0; i < nrow; i++) {
		const double *x = value + i * ncol;
		double *out = mean + i * ngroup, *there = n + i * ngroup;
		sum_row(x, ncol, groups, out, lanes);
		memcpy(there, groups->size, ngroup * sizeof *there);
		if (has_nan(out, ngroup))
			sum_there(x, ncol, groups, out, there, lanes);
		/* 0 / 0 is the missing mean of no values. */
		for (size_t g = 0; g < ngroup; g++)
			out[g] /= there[g];
	}
	gx_nan_canonicalise(mean, nrow * ngroup);
}
