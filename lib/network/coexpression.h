/* SPDX-License-Identifier: MIT */
/*
 * The co-expression network of a matrix that is in memory, row by row of its triangle: the
 * kernels of kernel/correlate.h and the steps before them, by threads. Nothing depends on
 * their number.
 *
 *	struct gx_coexpression c = { .method = GX_PEARSON };
 *	gx_coexpression_prepare(&c, &whole, &samples, "counts.tsv", nthread);
 *	struct gx_coexpression_scratch scratch = { 0 };	    one for each thread
 *	gx_coexpression_rows(&c, &scratch, first, last, triangle);
 */
#ifndef GX_COEXPRESSION_H
#define GX_COEXPRESSION_H

#include <stdbool.h>

#include "kernel/correlate.h"
#include "kernel/correlate_pairwise.h"
#include "stream/whole.h"

struct gx_coexpression {
	enum gx_correlation_method method;
	bool pairwise;	    /* Pearson and Spearman: of the samples that both genes have */
	size_t min_obs;	    /* pairwise: less of them are too few */

	/* Known when it is prepared. */
	size_t constant, missing; /* genes in those states */

	/* private */
	struct gx_pairwise of; /* of.all alone, where it is not pairwise */
	double *square, *value;
	size_t *nthere;
	uint32_t *order;
	uint64_t *there;
	size_t value_bytes, order_bytes;
	double *log_sum; /* of each sample, over all genes */
};

/* The words that name a method on the command line and in a network's header. */
extern const char *const gx_coexpression_names[GX_VLR + 1];

/* Whether it compares log-ratios of abundances. */
static inline bool gx_coexpression_is_ratio(enum gx_correlation_method method)
{
	return method >= GX_RHO;
}

/* Bytes that --pairwise takes beside the matrix, which has nvalue values. */
static inline uint64_t gx_coexpression_extra(enum gx_correlation_method method, uint64_t nvalue)
{
	return method == GX_PEARSON ? 8 * nvalue : 4 * nvalue + nvalue / 8;
}

/*
 * Takes the values of `whole` for its own work: they are no longer the matrix's, and must
 * outlive it. `samples`: names of the columns, for messages, in which `input` is the matrix.
 * Dies with exit 1 where log-ratios are asked of what has none. Pairwise it needs more
 * memory: 8 bytes a value (Pearson), or a bit more than 4 (Spearman); exit 3 where that is more
 * than there is.
 */
void gx_coexpression_prepare(struct gx_coexpression *c, struct gx_whole *whole,
			     const struct gx_names *samples, const char *input, int nthread);

/* What a thread needs for itself; {0} is empty. */
struct gx_coexpression_scratch {
	uint32_t *samples;
	double *rank;
};

void gx_coexpression_rows(const struct gx_coexpression *c,
			  struct gx_coexpression_scratch *scratch, size_t first, size_t last,
			  double *triangle);

void gx_coexpression_scratch_free(struct gx_coexpression_scratch *scratch);
void gx_coexpression_free(struct gx_coexpression *c);

#endif
