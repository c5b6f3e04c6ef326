/* SPDX-License-Identifier: MIT */
/* AnnData, in a file of its own or as a modality of MuData. */
#ifndef GX_HDF5_ANNDATA_H
#define GX_HDF5_ANNDATA_H

#include "hdf5/confined/layout.h"

/* Adds the matrices of the AnnData at a path ("" is the root): X, raw/X, layers. */
void gx_hdf5_anndata_list(const struct gx_hdf5_file *file, const char *root,
			  struct gx_hdf5_candidates *list);

/* Makes the plan of one of them, and tells storage, id_column and sample_column. */
void gx_hdf5_anndata_read(const struct gx_hdf5_file *file, const char *root, const char *matrix,
			  struct gx_hdf5_plan *plan);

#endif
