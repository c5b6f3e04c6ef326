/* SPDX-License-Identifier: MIT */
/*
 * The digest of the full matrix that a triangle stands for, while the triangle streams by. Each
 * gene has a hash that goes on with its values as they come: 640 bytes a gene.
 */
#ifndef GX_FULL_DIGEST_H
#define GX_FULL_DIGEST_H

#include "kernel/hash.h"

#include <stdint.h>

struct gx_full_digest {
	uint64_t ngene;
	XXH3_state_t *state; /* of each gene's row */
	double *late;	     /* what the last rows have for each gene before them */
};

enum { GX_FULL_DIGEST_BYTES = 640 }; /* a gene */

void gx_full_digest_start(struct gx_full_digest *digest, uint64_t ngene);

/* Rows row .. row + nrow - 1 of the triangle, packed, as doubles: in order, from row 0. */
void gx_full_digest_add(struct gx_full_digest *digest, const double *value, uint64_t row,
			size_t nrow);

/* The digest, when all rows were added. What is held is freed. */
uint64_t gx_full_digest_end(struct gx_full_digest *digest);

#endif
