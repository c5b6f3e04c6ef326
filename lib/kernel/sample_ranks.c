/* SPDX-License-Identifier: MIT */
#include "kernel/sample_ranks.h"

#include <string.h>

/* Runs of this many are sorted by insertion, then merged: 2 to 4 samples a run was slower. */
enum { RUN = 16 };

static void sort_run(const double *value, uint32_t *order, size_t n)
{
	for (size_t k = 1; k < n; k++) {
		uint32_t sample = order[k];
		double x = value[sample];
		size_t at = k;
		for (; at && value[order[at - 1]] > x; at--)
			order[at] = order[at - 1];
		order[at] = sample;
	}
}

static void merge(const double *value, const uint32_t *from, size_t half, size_t n,
		  uint32_t *to)
{
	size_t a = 0, b = half;
	for (size_t k = 0; k < n; k++) {
		int second = a == half || (b < n && value[from[b]] < value[from[a]]);
		to[k] = from[second ? b : a];
		b += (size_t)second;
		a += (size_t)!second;
	}
}

/* Sorted, in one of the two; the other is overwritten. */
static uint32_t *sort(const double *value, uint32_t *order, size_t n, uint32_t *scratch)
{
	for (size_t at = 0; at < n; at += RUN)
		sort_run(value, order + at, n - at < RUN ? n - at : RUN);
	for (size_t run = RUN; run < n; run *= 2) {
		for (size_t at = 0; at < n; at += 2 * run) {
			size_t both = n - at < 2 * run ? n - at : 2 * run;
			merge(value, order + at, run < both ? run : both, both, scratch + at);
		}
		uint32_t *sorted = scratch;
		scratch = order;
		order = sorted;
	}
	return order;
}

size_t gx_sample_order(const double *value, size_t nsample, uint32_t *order,
		       uint32_t *scratch)
{
	size_t n = 0;
	for (size_t k = 0; k < nsample; k++)
		if (value[k] == value[k])
			order[n++] = (uint32_t)k;
	const uint32_t *sorted = sort(value, order, n, scratch);
	double before = 0;
	for (size_t k = 0; k < n; k++) {
		double x = value[sorted[k]];
		scratch[k] = sorted[k] * 2 + (k == 0 || x > before);
		before = x;
	}
	if (n)
		memcpy(order, scratch, n * sizeof *order);
	return n;
}

void gx_sample_ranks(const uint32_t *order, size_t n, double *rank)
{
	for (size_t k = 0, end; k < n; k = end) {
		for (end = k + 1; end < n && !(order[end] & 1); end++)
			;
		/* Ranks k + 1 .. end: twice their average is k + 1 + end. */
		double tied = (double)(k + 1 + end) - (double)(n + 1);
		for (size_t t = k; t < end; t++)
			rank[order[t] / 2] = tied;
	}
}
