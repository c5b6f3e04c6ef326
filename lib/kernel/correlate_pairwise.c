/* SPDX-License-Identifier: MIT */
#include "kernel/correlate_pairwise.h"

#include <stdbool.h>
#include <string.h>

#include "base/gx.h"
#include "kernel/correlate_finish.h"
#include "kernel/lanes.h"

typedef gx_lanes lanes;
typedef long long mask __attribute__((vector_size(GX_PANEL * sizeof(double)), aligned(8)));

#define AND(which, x) ((lanes)((which) & (mask)(x)))
#define CHOOSE(which, yes, no) ((lanes)(((which) & (mask)(yes)) | (~(which) & (mask)(no))))

void gx_sample_bits(const uint32_t *order, size_t n, size_t nsample, uint64_t *there)
{
	memset(there, 0, gx_sample_words(nsample) * sizeof *there);
	for (size_t k = 0; k < n; k++)
		there[order[k] / 2 / 64] |= UINT64_C(1) << order[k] / 2 % 64;
}

GX_CLONES void gx_panel_count(const double *panel, size_t nsample, size_t *nthere)
{
	mask n = { 0 };
	for (size_t k = 0; k < nsample; k++) {
		const lanes x = *(const lanes *)(const void *)(panel + k * GX_PANEL);
		n -= x == x;
	}
	for (int l = 0; l < GX_PANEL; l++)
		nthere[l] = (size_t)n[l];
}

/* ---- Pearson: one gene with the eight of a panel ---- */

/* Of the common samples of one gene and each lane. */
struct common {
	mask n;
	lanes sum_a, sum_b, low_a, high_a, low_b, high_b;
};

/* a: of gene i, as it lies in its panel, at these n samples. */
GX_INLINE void find_means(const double *a, const double *b, const uint32_t *sample, size_t n,
			  struct common *c)
{
	const lanes zero = { 0 }, infinite = zero + INFINITY;
	*c = (struct common){ .low_a = infinite,
			      .high_a = -infinite,
			      .low_b = infinite,
			      .high_b = -infinite };
	for (size_t t = 0; t < n; t++) {
		const size_t k = (size_t)sample[t] * GX_PANEL;
		const lanes x = zero + a[k], y = *(const lanes *)(const void *)(b + k);
		const mask both = y == y;
		c->n -= both;
		c->sum_a += AND(both, x);
		c->sum_b += AND(both, y);
		c->low_a = CHOOSE(both & (x < c->low_a), x, c->low_a);
		c->high_a = CHOOSE(both & (x > c->high_a), x, c->high_a);
		c->low_b = CHOOSE(y < c->low_b, y, c->low_b);
		c->high_b = CHOOSE(y > c->high_b, y, c->high_b);
	}
}

GX_INLINE void correlate_lanes(const double *a, const double *b, const uint32_t *sample,
			       size_t n, size_t least, double *value)
{
	struct common c;
	find_means(a, b, sample, n, &c);
	lanes count, square_a = { 0 }, square_b = { 0 }, dot = { 0 };
	for (int l = 0; l < GX_PANEL; l++)
		count[l] = (double)c.n[l];
	const lanes zero = { 0 }, mean_a = c.sum_a / count, mean_b = c.sum_b / count;
	for (size_t t = 0; t < n; t++) {
		const size_t k = (size_t)sample[t] * GX_PANEL;
		const lanes y = *(const lanes *)(const void *)(b + k);
		const mask both = y == y;
		const lanes p = AND(both, (zero + a[k]) - mean_a), q = AND(both, y - mean_b);
		square_a += p * p;
		square_b += q * q;
		dot += p * q;
	}
	const mask varies = (c.low_a < c.high_a) & (c.low_b < c.high_b);
	for (int l = 0; l < GX_PANEL; l++)
		value[l] = varies[l] && (size_t)c.n[l] >= least ?
				   gx_finish_correlation(dot[l], square_a[l], square_b[l]) :
				   gx_bits_double(GX_NAN_BITS);
}

static bool is_whole(const struct gx_pairwise *pairwise, size_t gene)
{
	return pairwise->nthere[gene] == pairwise->all.nsample;
}

/* The pairs of row i one gene of which has a missing value; the others have their value. */
GX_CLONES static void pearson_row(const struct gx_pairwise *pairwise, size_t i,
				  uint32_t *sample, double *row)
{
	const size_t nsample = pairwise->all.nsample, size = GX_PANEL * nsample;
	const double *a = pairwise->value + i / GX_PANEL * size + i % GX_PANEL;
	const bool whole = is_whole(pairwise, i);
	size_t n = 0;
	for (size_t k = 0; k < nsample; k++)
		if (a[k * GX_PANEL] == a[k * GX_PANEL])
			sample[n++] = (uint32_t)k;
	for (size_t j = 0; j < i; j += GX_PANEL) {
		const size_t lane = i - j < GX_PANEL ? i - j : GX_PANEL;
		unsigned odd = 0;
		for (size_t l = 0; l < lane; l++)
			odd |= (unsigned)(!whole || !is_whole(pairwise, j + l)) << l;
		if (!odd)
			continue;
		double value[GX_PANEL];
		correlate_lanes(a, pairwise->value + j / GX_PANEL * size, sample, n,
				pairwise->least, value);
		for (size_t l = 0; l < lane; l++)
			if (odd >> l & 1)
				row[j + l] = value[l];
	}
}

/* ---- Spearman: two genes ---- */

/* Of the common samples of a gene's order and of another gene's bits. */
struct walk {
	const uint32_t *order;
	size_t n;
	const uint64_t *there;
	size_t common;
	uint32_t *sample; /* as they come; scratch */
};

struct sums {
	double square, dot;
};

/* Samples [begin, end) of the common ones share a rank, which goes to rank or meets other. */
GX_INLINE void close_ties(const struct walk *w, size_t begin, size_t end, double *rank,
			  const double *other, struct sums *sums)
{
	const double tied = (double)(begin + 1 + end) - (double)(w->common + 1);
	for (size_t t = begin; t < end; t++) {
		sums->square += tied * tied;
		if (other)
			sums->dot += tied * other[w->sample[t]];
		else
			rank[w->sample[t]] = tied;
	}
}

GX_INLINE struct sums walk(const struct walk *w, double *rank, const double *other)
{
	struct sums sums = { 0 };
	size_t begin = 0, end = 0;
	bool above = false; /* the one before it, even if that one is left out */
	for (size_t k = 0; k < w->n; k++) {
		const uint32_t sample = w->order[k] / 2;
		above |= w->order[k] & 1;
		if (!(w->there[sample / 64] >> sample % 64 & 1))
			continue;
		if (above) {
			close_ties(w, begin, end, rank, other, &sums);
			begin = end;
			above = false;
		}
		w->sample[end++] = sample;
	}
	close_ties(w, begin, end, rank, other, &sums);
	return sums;
}

GX_CLONES static double spearman_pair(const struct gx_pairwise *pairwise, size_t i, size_t j,
				      uint32_t *sample, double *rank)
{
	const size_t nsample = pairwise->all.nsample, nword = gx_sample_words(nsample);
	const uint64_t *a = pairwise->there + i * nword, *b = pairwise->there + j * nword;
	size_t common = 0;
	for (size_t w = 0; w < nword; w++)
		common += (size_t)__builtin_popcountll(a[w] & b[w]);
	if (common < pairwise->least)
		return gx_bits_double(GX_NAN_BITS);
	const struct walk first = { pairwise->order + i * nsample, pairwise->nthere[i], b, common,
				    sample },
			  second = { pairwise->order + j * nsample, pairwise->nthere[j], a,
				     common, sample };
	const double square = walk(&first, rank, NULL).square;
	const struct sums sums = walk(&second, NULL, rank);
	return gx_finish_correlation(sums.dot, square, sums.square);
}

static void spearman_row(const struct gx_pairwise *pairwise, size_t i, uint32_t *sample,
			 double *rank, double *row)
{
	const bool whole = is_whole(pairwise, i);
	for (size_t j = 0; j < i; j++)
		if (!whole || !is_whole(pairwise, j))
			row[j] = spearman_pair(pairwise, i, j, sample, rank);
}

void gx_correlate_pairwise(const struct gx_pairwise *pairwise, size_t first, size_t last,
			   uint32_t *samples, double *rank, double *triangle)
{
	gx_correlate_rows(&pairwise->all, first, last, triangle);
	double *row = triangle;
	for (size_t i = first; i < last; row += ++i) {
		for (size_t j = 0; j < i && pairwise->all.nsample < pairwise->least; j++)
			row[j] = gx_bits_double(GX_NAN_BITS);
		if (pairwise->all.method == GX_PEARSON)
			pearson_row(pairwise, i, samples, row);
		else
			spearman_row(pairwise, i, samples, rank, row);
		if (pairwise->nthere[i] == 0)
			row[i] = gx_bits_double(GX_NAN_BITS);
	}
}
