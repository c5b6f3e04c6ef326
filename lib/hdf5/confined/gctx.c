/* SPDX-License-Identifier: MIT */
/* GCTX of the Connectivity Map: samples x genes. */
#include <string.h>

#include "hdf5/confined/frame.h"

static const char matrix[] = "/0/DATA/0/matrix";

static bool fits(const struct gx_hdf5_file *file)
{
	return gx_hdf5_is_dataset(file, matrix);
}

/* Texts have one length in a file, and some writers fill them up with blanks. */
static void strip_blanks(struct gx_names *names)
{
	char *out = names->text;
	const char *name = names->text;
	for (size_t i = 0; i < names->n; i++) {
		const char *next = gx_names_next(name);
		size_t n = (size_t)(next - name) - 1;
		while (n && name[n - 1] == ' ')
			n--;
		memmove(out, name, n);
		out[n] = 0;
		out += n + 1;
		name = next;
	}
	names->nbyte = names->n ? (size_t)(out - names->text) : 0;
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
	strip_blanks(&plan->genes);
	strip_blanks(&plan->samples);
}

const struct gx_hdf5_layout gx_hdf5_gctx = {
	.name = "GCTX",
	.fits = fits,
	.read = read,
	.says_orientation = true,
};
