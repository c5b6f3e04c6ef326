/* SPDX-License-Identifier: MIT */
/* ARCHS4: samples x genes in its first version, genes x samples since. */
#include "hdf5/confined/frame.h"

static const char matrix[] = "/data/expression";

static bool fits(const struct gx_hdf5_file *file)
{
	return gx_hdf5_is_dataset(file, matrix) && gx_hdf5_is_group(file, "/meta");
}

/* What has the names says which version it is: /meta/genes is a list at first, then a group. */
static void find_names(const struct gx_hdf5_file *file, bool is_first, struct gx_hdf5_frame side[2])
{
	static const char *const first_genes[] = { "genes", NULL },
				 *const first_samples[] = { "Sample_geo_accession", NULL },
				 *const genes[] = { "symbol", "gene_symbol", "genes", NULL },
				 *const samples[] = { "geo_accession", NULL };
	gx_hdf5_frame_find(file, &side[GX_HDF5_GENES], is_first ? "/meta" : "/meta/genes",
			   is_first ? first_genes : genes);
	gx_hdf5_frame_find(file, &side[GX_HDF5_SAMPLES], is_first ? "/meta" : "/meta/samples",
			   is_first ? first_samples : samples);
}

static void read(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	struct gx_hdf5_frame side[2];
	enum gx_hdf5_object genes = gx_hdf5_look(file, "/meta/genes");
	if (genes != GX_HDF5_DATASET && genes != GX_HDF5_GROUP)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "it looks like ARCHS4, and /meta/genes is missing, which says how %s "
			       "lies: fetch it again",
			       matrix);
	gx_facts_tell(&plan->facts, "format", "HDF5, %s", gx_hdf5_archs4.name);
	gx_hdf5_dense_only(file, matrix, plan);
	plan->samples_first = genes == GX_HDF5_DATASET;
	plan->all_genes = plan->array->extent[plan->samples_first];
	plan->all_samples = plan->array->extent[!plan->samples_first];
	gx_hdf5_frames_begin(file, matrix, plan, side);
	find_names(file, plan->samples_first, side);
	gx_hdf5_frames_read(file, side, plan);
}

const struct gx_hdf5_layout gx_hdf5_archs4 = {
	.name = "ARCHS4",
	.fits = fits,
	.read = read,
	.says_orientation = true,
};
