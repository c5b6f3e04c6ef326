/* SPDX-License-Identifier: MIT */
#include "kernel/order_statistics.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

double gx_order_statistics_quantile(const double *sorted, size_t n, double q)
{
	double at = q * (double)(n - 1);
	size_t i = (size_t)at;
	if (i + 1 >= n)
		return sorted[n - 1];
	double share = at - (double)i;
	if (share == 0) /* so that an infinite neighbour does not matter */
		return sorted[i];
	return sorted[i] + share * (sorted[i + 1] - sorted[i]);
}

/*
 * The largest r >= 1 with P(binomial(n, 1/2) < r) <= 0.025, or 1 where there is none. The
 * terms are added from C(n, 0) / 2^n on; where that underflows (n > 1074) the normal
 * approximation is as good.
 */
static size_t interval_rank(size_t n)
{
	if (n > 1000) {
		double r = floor((double)n / 2 + 0.5 - 1.959964 * sqrt((double)n) / 2);
		return r < 1 ? 1 : (size_t)r;
	}
	double term = ldexp(1, -(int)n), below = 0;
	size_t r = 0;
	while (r < n / 2 && below + term <= 0.025) {
		below += term;
		term = term * (double)(n - r) / (double)(r + 1);
		r++;
	}
	return r < 1 ? 1 : r;
}

void gx_order_statistics_describe(double *value, size_t n,
				  struct gx_order_statistics *sample)
{
	qsort(value, n, sizeof *value, ascending);
	size_t r = interval_rank(n);
	*sample = (struct gx_order_statistics){
		.n = n,
		.min = value[0],
		.lower = gx_order_statistics_quantile(value, n, 0.25),
		.median = gx_order_statistics_quantile(value, n, 0.5),
		.upper = gx_order_statistics_quantile(value, n, 0.75),
		.max = value[n - 1],
		.low = value[r - 1],
		.high = value[n - r]
	};
	for (size_t i = 0; i < n; i++)
		sample->sum += value[i];
}

bool gx_order_statistics_is_outlier(const struct gx_order_statistics *sample,
				    double value)
{
	double fence = 1.5 * (sample->upper - sample->lower);
	return value < sample->lower - fence || value > sample->upper + fence;
}

bool gx_order_statistics_differ(const struct gx_order_statistics *a,
				const struct gx_order_statistics *b)
{
	return a->n > 1 && b->n > 1 && (a->high < b->low || b->high < a->low);
}
