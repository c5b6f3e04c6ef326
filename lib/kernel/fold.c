/* SPDX-License-Identifier: MIT */
#include "kernel/fold.h"

#include <string.h>

#include "base/gx.h"
#include "kernel/lanes.h"

typedef long long mask __attribute__((vector_size(GX_LANES * sizeof(double)), aligned(8)));

/* Eight values, of which a missing one counts -1 in *none. */
GX_INLINE void add_eight(const gx_lanes *v, bool skip_na, gx_lanes *sum, mask *none)
{
	mask is = *v == *v;
	*none += ~is;
	*sum += skip_na ? (gx_lanes)((mask)*v & is) : *v;
}

/* The lanes of a row's own n values; what is missing is counted, and left out with skip_na. */
GX_INLINE void own_lanes(const double *x, size_t n, bool skip_na, gx_lanes *sum,
			 uint64_t *missing)
{
	gx_lanes s = { 0 }, v, tail = { 0 };
	mask none = { 0 };
	size_t j = 0;
	for (; j + GX_LANES <= n; j += GX_LANES) {
		memcpy(&v, x + j, sizeof v);
		add_eight(&v, skip_na, &s, &none);
	}
	/* A lane is never -0, so +0 leaves it what it is. */
	if (j < n) {
		memcpy(&tail, x + j, (n - j) * sizeof *x);
		add_eight(&tail, skip_na, &s, &none);
	}
	long long count = 0;
	for (int l = 0; l < GX_LANES; l++)
		count -= none[l];
	*missing = (uint64_t)count;
	*sum = s;
}

GX_INLINE void fold_row(const double *x, uint64_t row, uint64_t first, uint64_t last, bool skip_na,
			double *lane, uint64_t *missing)
{
	size_t n = (size_t)(last - first);
	/* Value `row` of the genes before it. */
	double *own = lane + row % GX_LANES * n;
	size_t before = row <= first ? 0 : row < last ? (size_t)(row - first) : n;
	const double *y = x + first;
#pragma omp simd
	for (size_t k = 0; k < before; k++) {
		bool is = y[k] == y[k];
		own[k] += is || !skip_na ? y[k] : 0;
		missing[k] += !is;
	}
	if (row < first || row >= last)
		return;
	gx_lanes s;
	own_lanes(x, (size_t)row + 1, skip_na, &s, &missing[row - first]);
	for (size_t l = 0; l < GX_LANES; l++)
		lane[l * n + (row - first)] = s[l];
}

GX_CLONES void gx_fold_sums(const double *value, uint64_t row, size_t nrow, uint64_t first,
			    uint64_t last, bool skip_na, double *lane, uint64_t *missing)
{
	for (size_t i = 0; i < nrow; i++) {
		if (skip_na)
			fold_row(value, row + i, first, last, true, lane, missing);
		else
			fold_row(value, row + i, first, last, false, lane, missing);
		value += row + i + 1;
	}
}

GX_CLONES void gx_fold_join(const double *lane, size_t n, size_t from, size_t count, double *sum)
{
	for (size_t k = 0; k < count; k++) {
		gx_lanes s;
		for (size_t l = 0; l < GX_LANES; l++)
			s[l] = lane[l * n + from + k];
		sum[k] = gx_lanes_join(&s);
	}
}

GX_CLONES void gx_fold_counts(const double *value, uint64_t row, size_t nrow, uint64_t first,
			      uint64_t last, double threshold, bool below, uint64_t *above,
			      uint64_t *missing)
{
	/* below is above with both signs turned: x < t is -x > -t, for NaN as well. */
	double sign = below ? -1 : 1, t = sign * threshold;
	for (size_t i = 0; i < nrow; i++) {
		uint64_t gene = row + i, over = 0, none = 0;
		const double *x = value;
		value += gene + 1;
		/* This gene's column, in the wanted rows before its own. */
		uint64_t to = gene < last ? gene : last;
#pragma omp simd reduction(+ : over, none)
		for (uint64_t j = first; j < to; j++) {
			over += sign * x[j] > t;
			none += x[j] != x[j];
		}
		above[gene] += over;
		missing[gene] += none;
		if (gene < first || gene >= last)
			continue;
		/* Its row: a value in the column of each gene up to itself. */
#pragma omp simd
		for (uint64_t j = 0; j <= gene; j++) {
			above[j] += sign * x[j] > t;
			missing[j] += x[j] != x[j];
		}
	}
}
