/* SPDX-License-Identifier: MIT */
/*
 * What the work "network" of gx-time is done on: two networks by ranks, made of the halves of the
 * samples of one matrix, and simulated terms.
 */
#ifndef GX_NETWORK_STEP_H
#define GX_NETWORK_STEP_H

#include "network/folds.h"
#include "race/contest.h"

/* Sizes that it can be done on. Ranks of more genes do not fit 32 bits. */
enum { GX_STEP_GENES_MIN = 10, GX_STEP_GENES_MAX = 46340, GX_STEP_SAMPLES_MIN = 4 };

/* Modules of so many genes that a simulated matrix has, and its annotation: one for 100 genes. */
static inline uint64_t gx_step_modules(uint64_t ngene)
{
	return ngene < 200 ? 1 : ngene / 100;
}

struct gx_network_step {
	size_t ngene;
	size_t nvalue;	   /* of a triangle */
	uint32_t *rank[2]; /* of each network: q = 2 x rank, nvalue of them */
	uint64_t max[2];
	/*
	 * One for 10 genes, of 20 to 100 genes (no more than half of all), as GO has them: every
	 * other draw is from the genes of a module, the rest from all. The names are empty.
	 */
	struct gx_terms terms;
	struct gx_folds folds; /* stride:3 */
};

/*
 * Makes them of contest->value by contest->nthread threads. Missing pairs get the median rank. The
 * race keeps all of it. Dies with exit 1 where the matrix is too small or too large, with exit 3
 * where there is not the memory.
 */
void gx_network_step_make(struct gx_network_step *step, struct gx_race *race,
			  const struct gx_contest *contest);

/* Bytes of memory that all of the work takes at most. */
uint64_t gx_network_step_memory(uint64_t ngene, uint64_t nsample);

#endif
