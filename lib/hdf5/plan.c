/* SPDX-License-Identifier: MIT */
#include "hdf5/plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void gx_hdf5_plan_free(struct gx_hdf5_plan *plan)
{
	for (size_t a = 0; a < plan->narray; a++) {
		free(plan->array[a].path);
		free(plan->array[a].sample);
	}
	free(plan->array);
	free(plan->gene);
	gx_names_free(&plan->genes);
	gx_names_free(&plan->samples);
	gx_facts_free(&plan->facts);
	*plan = (struct gx_hdf5_plan){ 0 };
}

struct gx_hdf5_array *gx_hdf5_plan_add(struct gx_hdf5_plan *plan, const char *path)
{
	size_t n = plan->narray;
	/* There is room for a power of two of them. */
	if ((n & (n - 1)) == 0)
		plan->array = gx_reallocate(plan->array, n ? 2 * n : 1, sizeof *plan->array);
	struct gx_hdf5_array *array = &plan->array[plan->narray++];
	size_t nbyte = strlen(path) + 1;
	*array = (struct gx_hdf5_array){ .path = gx_allocate(nbyte, 1) };
	memcpy(array->path, path, nbyte);
	return array;
}

uint64_t gx_hdf5_grid(const struct gx_hdf5_array *array, int dimension)
{
	uint64_t extent = array->extent[dimension], piece = array->piece[dimension];
	return extent ? (extent - 1) / piece + 1 : 0;
}

uint64_t gx_hdf5_pieces(const struct gx_hdf5_array *array)
{
	return gx_hdf5_grid(array, 0) * gx_hdf5_grid(array, 1);
}

uint64_t gx_hdf5_piece_bytes(const struct gx_hdf5_array *array)
{
	uint64_t nbyte = array->piece[0] * array->piece[1] * array->type.size;
	return nbyte ? nbyte : 1;
}
