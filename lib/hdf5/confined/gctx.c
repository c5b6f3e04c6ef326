/* SPDX-License-Identifier: MIT */
/* GCTX of the Connectivity Map: samples x genes. */
#include <string.h>

#include "hdf5/confined/frame.h"

static const char matrix[] = "/0/DATA/0/matrix";

static bool fits(const struct gx_hdf5_file *file)
{
	return gx_hdf5_is_dataset(file, matrix);
}

static void read(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	static const char *const usual[] = { "id", NULL };
	struct gx_hdf5_frame side[2];
	gx_facts_tell(&plan->facts, "format", "HDF5, %s", gx_hdf5_gctx.name);
	gx_hdf5_dense_only(file, matrix, plan);
	plan->samples_first = true;
	plan->all_samples = plan->array->extent[0];
	plan->all_genes = plan->array->extent[1];
	gx_hdf5_frames_begin(file, matrix, plan, side);
	gx_hdf5_frame_find(file, &side[GX_HDF5_GENES], "/0/META/ROW", usual);
	gx_hdf5_frame_find(file, &side[GX_HDF5_SAMPLES], "/0/META/COL", usual);
	gx_hdf5_frames_read(file, side, plan);
}

const struct gx_hdf5_layout gx_hdf5_gctx = {
	.name = "GCTX",
	.fits = fits,
	.read = read,
	.says_orientation = true,
};
