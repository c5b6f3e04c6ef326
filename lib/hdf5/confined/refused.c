/* SPDX-License-Identifier: MIT */
/* Files of programs that have no matrix in them, or none that is read: what to read instead. */
#include "hdf5/confined/layout.h"

static bool is_molecules(const struct gx_hdf5_file *file)
{
	return gx_hdf5_look(file, "/barcode_idx") != GX_HDF5_ABSENT &&
	       gx_hdf5_look(file, "/feature_idx") != GX_HDF5_ABSENT;
}

static bool is_kallisto(const struct gx_hdf5_file *file)
{
	return gx_hdf5_look(file, "/est_counts") != GX_HDF5_ABSENT &&
	       gx_hdf5_look(file, "/aux") != GX_HDF5_ABSENT;
}

static bool is_seurat(const struct gx_hdf5_file *file)
{
	return gx_hdf5_has(file, "/", "active.assay");
}

static bool fits(const struct gx_hdf5_file *file)
{
	return is_molecules(file) || is_kallisto(file) || is_seurat(file);
}

static void read(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	(void)plan;
	if (is_molecules(file))
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "molecule_info.h5 of 10x has a line for each molecule and no matrix: "
			       "name filtered_feature_bc_matrix.h5 of the same run");
	if (is_kallisto(file))
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "abundance.h5 of kallisto has one sample and its bootstraps: name "
			       "abundance.tsv beside it, or make it: kallisto h5dump -o DIRECTORY FILE");
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "h5Seurat keeps assays in a form of its own: make an h5ad of it in R: "
		       "SeuratDisk::Convert(\"FILE\", dest = \"h5ad\")");
}

const struct gx_hdf5_layout gx_hdf5_no_matrix = {
	.name = "no matrix",
	.fits = fits,
	.read = read,
};
