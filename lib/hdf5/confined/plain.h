/* SPDX-License-Identifier: MIT */
/* What the parts of reading plain files share: a matrix that says little of itself. */
#ifndef GX_HDF5_PLAIN_H
#define GX_HDF5_PLAIN_H

#include "hdf5/confined/layout.h"

/* A dataset of two dimensions of numbers, and which of them is which. */
struct gx_plain {
	const struct gx_hdf5_file *file;
	char path[GX_HDF5_PATH];
	uint64_t extent[2];
	bool is_r;   /* written by rhdf5 or HDF5Array */
	bool turned; /* by who has the last dimension in the file as the first: R, MATLAB */
	int genes; /* the dimension that is the genes; the other one is the samples */
};

/* The path of the first scale of a dimension, with names in it; false where there is none. */
bool gx_hdf5_scale(const struct gx_hdf5_file *file, const char *path, int dimension, char *buffer,
		   size_t room);

/*
 * Finds what names the genes and the samples, and tells it (id_column, sample_column), reads them
 * into plan->genes and plan->samples, and turns plain->genes where their lengths fit the other
 * way alone. Dies with exit 2 where the user has to say what they are.
 */
void gx_plain_names(struct gx_plain *plain, struct gx_hdf5_plan *plan);

/* Whether a path leads into what MATLAB or PyTables keep for themselves. */
bool gx_plain_is_internal(const char *path);

/* What a dataset or group of MATLAB is, where it is no matrix of numbers ("cell", "sparse"); to be freed.
 * NULL: it is one, or not of MATLAB. */
char *gx_matlab_other(const struct gx_hdf5_file *file, const char *path);

#endif
