/* SPDX-License-Identifier: MIT */
/* The three arrays of a sparse matrix. */
#include <inttypes.h>

#include "hdf5/confined/layout.h"

/* Adds one of them; returns how long it is. */
static uint64_t add(const struct gx_hdf5_file *file, const char *group, const char *name,
		    struct gx_hdf5_plan *plan)
{
	uint64_t extent[3];
	const char *path = gx_hdf5_join(group, name);
	if (!gx_hdf5_is_dataset(file, path))
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s is missing: %s is no whole sparse matrix: write it again", path,
			       group);
	int ndim = gx_hdf5_extent(file, path, extent);
	if (ndim != 1)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s has %d dimensions, and of a sparse matrix it has one: write %s again",
			       path, ndim, group);
	gx_hdf5_array_add(file, path, plan);
	return extent[0];
}

/* Numbers of entries and of genes or samples are whole ones. */
static void demand_integers(const struct gx_hdf5_file *file, const struct gx_hdf5_array *array)
{
	if (array->type.kind == 'f')
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s has numbers with a fraction, and they must be whole: write the "
			       "matrix again",
			       array->path);
}

void gx_hdf5_sparse_add(const struct gx_hdf5_file *file, const char *group, uint64_t major,
			struct gx_hdf5_plan *plan)
{
	size_t at = plan->narray;
	uint64_t ndata = add(file, group, "data", plan);
	uint64_t nindex = add(file, group, "indices", plan);
	uint64_t npointer = add(file, group, "indptr", plan);
	demand_integers(file, &plan->array[at + 1]);
	demand_integers(file, &plan->array[at + 2]);
	if (ndata != nindex)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "data and indices of %s differ in length, %" PRIu64 " and %" PRIu64
			       ": it is damaged: write it again",
			       group, ndata, nindex);
	if (npointer == 0 || npointer - 1 != major)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "indptr of %s has %" PRIu64 " numbers, and %" PRIu64
			       " %s have one more than that: it is damaged: write it again",
			       group, npointer, major,
			       plan->order == GX_HDF5_BY_GENE ? "genes" : "samples");
}
