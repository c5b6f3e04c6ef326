/* SPDX-License-Identifier: MIT */
/* MuData: several AnnData, the modalities, below /mod. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/confined/anndata.h"

static bool fits(const struct gx_hdf5_file *file)
{
	char *type = gx_hdf5_text(file, "/", "encoding-type");
	bool is = type && strcmp(type, "MuData") == 0;
	free(type);
	return is;
}

static void list_modalities(const struct gx_hdf5_file *file, struct gx_hdf5_candidates *list)
{
	struct gx_names modalities = { 0 };
	if (!gx_hdf5_is_group(file, "/mod"))
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "/mod is missing, and a file of MuData has its matrices there: write it "
			       "again");
	gx_hdf5_own_members(file, "/mod", &modalities);
	const char *name = modalities.text;
	for (size_t i = 0; i < modalities.n; i++, name = gx_names_next(name)) {
		char root[GX_HDF5_PATH];
		snprintf(root, sizeof root, "%s", gx_hdf5_join("/mod", name));
		gx_hdf5_anndata_list(file, root, list);
	}
	gx_names_free(&modalities);
}

static void read(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	struct gx_hdf5_candidates list = { 0 };
	list_modalities(file, &list);
	const char *matrix = gx_hdf5_choose(file, &list);
	gx_facts_tell(&plan->facts, "format", "HDF5, %s", gx_hdf5_mudata.name);
	gx_facts_tell(&plan->facts, "dataset", "%s", matrix);
	/* "/mod/rna" of "/mod/rna/layers/counts" */
	const char *name = matrix + strlen("/mod/");
	char *root = gx_allocate_zeroed(strlen(matrix) + 1, 1);
	memcpy(root, matrix, (size_t)(name - matrix) + strcspn(name, "/"));
	gx_hdf5_anndata_read(file, root, matrix, plan);
	gx_hdf5_tell_others(&list, matrix, &plan->facts);
	gx_hdf5_candidates_free(&list);
	free(root);
}

const struct gx_hdf5_layout gx_hdf5_mudata = {
	.name = "MuData",
	.fits = fits,
	.read = read,
	.says_orientation = true,
};
