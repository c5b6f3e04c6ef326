/* SPDX-License-Identifier: MIT */
#include "network/full_digest.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Values that are gathered for a gene before they are hashed: one call for eight rows. */
enum { LATE = 8 };

_Static_assert(sizeof(XXH3_state_t) + LATE * sizeof(double) <= GX_FULL_DIGEST_BYTES,
	       "what the manual says of the memory");

void gx_full_digest_start(struct gx_full_digest *digest, uint64_t ngene)
{
	digest->ngene = ngene;
	digest->state = gx_allocate_aligned(ngene, sizeof *digest->state, 0);
	digest->late = gx_allocate_aligned(LATE * ngene, sizeof *digest->late, 0);
}

/* Row `row` was the last of its eight, or of all: the genes before it take what they got. */
static void take_late(struct gx_full_digest *digest, uint64_t row)
{
	uint64_t group = row - row % LATE;
	for (uint64_t gene = 0; gene < row; gene++) {
		uint64_t from = gene < group ? group : gene + 1;
		double value[LATE];
		for (uint64_t i = from; i <= row; i++)
			value[i - from] = digest->late[i % LATE * digest->ngene + gene];
		XXH3_64bits_update(&digest->state[gene], value, (row + 1 - from) * sizeof *value);
	}
}

void gx_full_digest_add(struct gx_full_digest *digest, const double *value, uint64_t row,
			size_t nrow)
{
	for (uint64_t i = row; i < row + nrow; i++) {
		memcpy(digest->late + i % LATE * digest->ngene, value, i * sizeof *value);
		XXH3_64bits_reset(&digest->state[i]);
		XXH3_64bits_update(&digest->state[i], value, (i + 1) * sizeof *value);
		if (i % LATE == LATE - 1 || i + 1 == digest->ngene)
			take_late(digest, i);
		value += i + 1;
	}
}

uint64_t gx_full_digest_end(struct gx_full_digest *digest)
{
	uint64_t sum = 0;
	for (uint64_t i = 0; i < digest->ngene; i++)
		sum += XXH3_64bits_digest(&digest->state[i]);
	free(digest->state);
	free(digest->late);
	*digest = (struct gx_full_digest){ 0 };
	return sum;
}
