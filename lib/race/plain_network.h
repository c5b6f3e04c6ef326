/* SPDX-License-Identifier: MIT */
/*
 * A step of the study on networks as anybody would write it first: plain loops that the compiler
 * is told not to vectorise, and the C library's sort. They have the numbers of the real kernels
 * (fixed_point.h, rank.h, vote.h), which are raced against them and checked with them. A network
 * is its lower triangle: row i holds i + 1 values.
 */
#ifndef GX_PLAIN_NETWORK_H
#define GX_PLAIN_NETWORK_H

#include <stddef.h>
#include <stdint.h>

/* As gx_fixed_add_uint32, by its definition: q[i] / max in units of 2^-46 is added to sum[i]. */
void gx_plain_add_ranks(const uint32_t *q, size_t n, uint64_t max, uint64_t *sum);

/* A value that is sorted, where it lies, and how many cells of the matrix have it from there. */
struct gx_plain_cell {
	uint64_t value;
	uint32_t at, weight;
};

/*
 * As kernel/rank.h, the diagonal being set: twice the rank of each value of a triangle among all
 * cells of the matrix. ngene <= GX_RANK_NARROW; cell: one for each value.
 */
void gx_plain_rank(const uint64_t *value, size_t ngene, struct gx_plain_cell *cell,
		   uint32_t *rank);

/*
 * As kernel/vote.h with the folds stride:3: gene k of a term is hidden in fold k mod 3. Term t
 * has the genes member[at[t]] .. member[at[t + 1] - 1], increasing. auroc[t]: the mean over the
 * folds that hide a gene; NaN where there are less than two genes, or no others.
 */
enum { GX_PLAIN_FOLDS = 3 };

struct gx_plain_terms {
	size_t ngene, nterm;
	const uint32_t *member;
	const uint64_t *at;
};

/* row: ngene values. vote: nterm x GX_PLAIN_FOLDS x ngene. in_term: ngene bytes, 0. */
void gx_plain_vote(const uint32_t *link, const struct gx_plain_terms *terms, uint32_t *row,
		   double *vote, unsigned char *in_term, double *auroc);

#endif
