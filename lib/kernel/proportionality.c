/* SPDX-License-Identifier: MIT */
#include "kernel/proportionality.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/elementary.h"
#include "kernel/elementary_inline.h"
#include "kernel/lanes.h"

typedef gx_lanes lanes;
typedef long long mask __attribute__((vector_size(GX_LANES * sizeof(double))));

/* Eight values; clang 14 made no loop over single ones that finds a least value. */
GX_INLINE void survey_lanes(const double *value, lanes *least, mask *wrong)
{
	const lanes zero = { 0 }, infinite = zero + INFINITY;
	lanes x;
	memcpy(&x, value, sizeof x);
	mask below = (x > zero) & (x < *least);
	*least = (lanes)(((mask)x & below) | ((mask)*least & ~below));
	*wrong |= ~((x >= zero) & (x < infinite));
}

static bool is_wrong(double x)
{
	return !(x >= 0 && x < INFINITY);
}

GX_CLONES void gx_abundances_survey(const double *value, size_t n,
				    struct gx_abundances *survey)
{
	lanes least = { 0 };
	least += INFINITY;
	mask wrong = { 0 };
	size_t i = 0;
	for (; i + GX_LANES <= n; i += GX_LANES)
		survey_lanes(value + i, &least, &wrong);
	double tail[GX_LANES] = { 0 };
	if (i < n)
		memcpy(tail, value + i, (n - i) * sizeof *value);
	survey_lanes(tail, &least, &wrong);

	*survey = (struct gx_abundances){ .least = INFINITY, .wrong = n };
	bool any = false;
	for (int l = 0; l < GX_LANES; l++) {
		survey->least = least[l] < survey->least ? least[l] : survey->least;
		any |= wrong[l] != 0;
	}
	for (i = 0; any && i < survey->wrong; i++)
		if (is_wrong(value[i]))
			survey->wrong = i;
}

GX_CLONES void gx_log_abundances(double *value, size_t n, double least)
{
	if (least < 0x1p-1022) { /* subnormals are for the function that takes all */
		for (size_t i = 0; i < n; i++)
			value[i] = gx_ln(value[i] > 0 ? value[i] : least);
		return;
	}
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		value[i] = gx_ln_normal(value[i] > 0 ? value[i] : least);
}

GX_CLONES void gx_log_add(const double *value, size_t nrow, size_t nsample, double *sum)
{
	for (size_t i = 0; i < nrow; i++)
#pragma omp simd
		for (size_t k = 0; k < nsample; k++)
			sum[k] += value[i * nsample + k];
}

GX_CLONES void gx_log_centre(double *value, size_t nrow, size_t nsample, const double *sum,
			     size_t ngene)
{
	for (size_t i = 0; i < nrow; i++)
#pragma omp simd
		for (size_t k = 0; k < nsample; k++)
			value[i * nsample + k] -= sum[k] / (double)ngene;
}
