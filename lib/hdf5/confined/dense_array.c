/* SPDX-License-Identifier: MIT */
/* The one array of a dense matrix. */
#include <inttypes.h>
#include <stdio.h>

#include "hdf5/confined/layout.h"

void gx_hdf5_candidates_add_dense(struct gx_hdf5_candidates *list, const struct gx_hdf5_file *file,
				  const char *path)
{
	uint64_t extent[3];
	char shape[64];
	if (!gx_hdf5_is_dataset(file, path) || gx_hdf5_extent(file, path, extent) != 2 ||
	    gx_hdf5_content(file, path) != GX_HDF5_NUMBERS)
		return;
	snprintf(shape, sizeof shape, "%" PRIu64 " x %" PRIu64, extent[0], extent[1]);
	gx_hdf5_candidates_add(list, path, shape);
}

const struct gx_hdf5_array *gx_hdf5_dense_add(const struct gx_hdf5_file *file, const char *path,
					      struct gx_hdf5_plan *plan)
{
	uint64_t extent[3];
	const struct gx_hdf5_array *array = gx_hdf5_array_add(file, path, plan);
	int ndim = gx_hdf5_extent(file, path, extent);
	if (ndim != 2)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s has %d dimension%s, and a matrix has two: write it again", path,
			       ndim, ndim == 1 ? "" : "s");
	plan->order = GX_HDF5_DENSE;
	gx_facts_tell(&plan->facts, "storage", "dense");
	return array;
}

const struct gx_hdf5_array *gx_hdf5_dense_only(const struct gx_hdf5_file *file, const char *path,
					       struct gx_hdf5_plan *plan)
{
	struct gx_hdf5_candidates list = { 0 };
	if (file->reading->dataset) {
		gx_hdf5_candidates_add_dense(&list, file, path);
		gx_hdf5_choose(file, &list);
		gx_hdf5_candidates_free(&list);
	}
	gx_facts_tell(&plan->facts, "dataset", "%s", path);
	return gx_hdf5_dense_add(file, path, plan);
}
