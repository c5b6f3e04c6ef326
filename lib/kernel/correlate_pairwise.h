/* SPDX-License-Identifier: MIT */
/*
 * Pearson's and Spearman's correlations of the samples that both genes of a pair have. For
 * each pair means, ranks and sums of squares are those of its common samples alone, in the
 * order that kernel/correlate.h gives: genes without a missing value have the same bits as
 * there, and take as long; a pair with one takes about eight times as long (Pearson), or
 * two walks over its sorted samples (Spearman).
 */
#ifndef GX_CORRELATE_PAIRWISE_H
#define GX_CORRELATE_PAIRWISE_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/correlate.h"

struct gx_pairwise {
	struct gx_correlation all; /* GX_PEARSON or GX_SPEARMAN, prepared as for all samples */
	const size_t *nthere;	   /* samples of each gene that are not missing */
	size_t least;		   /* common samples that a pair must have, 1 or more */

	/* Pearson: panels as gx_panel_scale leaves them, in all.panel's shape. */
	const double *value;

	/*
	 * Spearman: gx_sample_order of each gene, ngene x nsample; and its samples that are not
	 * missing as bits, ngene x gx_sample_words(nsample), sample k in word k / 64.
	 */
	const uint32_t *order;
	const uint64_t *there;
};

static inline size_t gx_sample_words(size_t nsample)
{
	return (nsample + 63) / 64;
}

/* The bits of a gene: those of an order of n samples. */
void gx_sample_bits(const uint32_t *order, size_t n, size_t nsample, uint64_t *there);

/* How many samples of each gene of a panel are not missing: nthere[8]. */
void gx_panel_count(const double *panel, size_t nsample, size_t *nthere);

/*
 * Rows [first, last) of the packed triangle. A pair is missing where it has less than `least`
 * common samples, or one of its genes is constant (Pearson: or infinite) in them. The
 * diagonal is 1, of a gene without any value missing. Scratch: samples[nsample] and
 * rank[nsample].
 */
void gx_correlate_pairwise(const struct gx_pairwise *pairwise, size_t first, size_t last,
			   uint32_t *samples, double *rank, double *triangle);

#endif
