/* SPDX-License-Identifier: MIT */
/*
 * A gene's ranks over its samples, ties at their average, as whole numbers: twice the rank
 * less n + 1, which is the deviation of the doubled rank from its mean. Their sums of
 * squares and products are whole too and exact in a double while n < 2e5. Above, sums are
 * rounded, in the one order that all sums of kernel/correlate.h have.
 */
#ifndef GX_SAMPLE_RANKS_H
#define GX_SAMPLE_RANKS_H

#include <stddef.h>
#include <stdint.h>

/* Samples that an order can have. */
#define GX_SAMPLES_MAX (UINT32_C(1) << 31)

/*
 * The samples of a gene by ascending value, without the missing ones; returns how many there
 * are. Each is twice its number, plus 1 where its value is above the one before it, or it is
 * the first: so ties can be told without the values. Infinities are the ends. order[nsample]
 * and scratch[nsample] must not overlap.
 */
size_t gx_sample_order(const double *value, size_t nsample, uint32_t *order,
		       uint32_t *scratch);

/* rank[s] of each sample s of an order of n, on a scale whose mean is 0; others as they are. */
void gx_sample_ranks(const uint32_t *order, size_t n, double *rank);

#endif
