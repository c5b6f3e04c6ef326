/* SPDX-License-Identifier: MIT */
/* AnnData: cells x genes, dense or sparse, with obs and var. */
#include "hdf5/confined/anndata.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hdf5/confined/frame.h"

/* ---- one matrix ---- */

enum storage { NO_MATRIX, DENSE, CSR, CSC };

/* How a group is sparse: since 0.7 by encoding-type, before by h5sparse_format. */
static enum storage sparse_storage(const struct gx_hdf5_file *file, const char *path,
				   uint64_t shape[2])
{
	enum storage storage = NO_MATRIX;
	char *format = gx_hdf5_text(file, path, "encoding-type");
	bool is_old = !format;
	if (is_old)
		format = gx_hdf5_text(file, path, "h5sparse_format");
	if (format && strncmp(format, "csr", 3) == 0)
		storage = CSR;
	else if (format && strncmp(format, "csc", 3) == 0)
		storage = CSC;
	free(format);
	if (!gx_hdf5_integers(file, path, is_old ? "h5sparse_shape" : "shape", 2, shape))
		return NO_MATRIX;
	return storage;
}

/* What is at a path, and its shape, cells and genes. */
static enum storage storage_of(const struct gx_hdf5_file *file, const char *path,
			       uint64_t shape[2])
{
	uint64_t extent[3];
	switch (gx_hdf5_look(file, path)) {
	case GX_HDF5_GROUP:
		return sparse_storage(file, path, shape);
	case GX_HDF5_DATASET:
		if (gx_hdf5_extent(file, path, extent) != 2 ||
		    gx_hdf5_content(file, path) != GX_HDF5_NUMBERS)
			return NO_MATRIX;
		shape[0] = extent[0];
		shape[1] = extent[1];
		return DENSE;
	default:
		return NO_MATRIX;
	}
}

static void read_dense(const struct gx_hdf5_file *file, const char *path, struct gx_hdf5_plan *plan)
{
	const struct gx_hdf5_array *array = gx_hdf5_dense_add(file, path, plan);
	plan->samples_first = true;
	plan->all_samples = array->extent[0];
	plan->all_genes = array->extent[1];
}

static void read_matrix(const struct gx_hdf5_file *file, const char *path,
			struct gx_hdf5_plan *plan)
{
	uint64_t shape[2];
	enum storage storage = storage_of(file, path, shape);
	if (storage == NO_MATRIX)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s is no matrix that gx knows: neither numbers in two dimensions nor "
			       "sparse (csr_matrix or csc_matrix, with a shape): write it again with "
			       "anndata",
			       path);
	if (storage == DENSE) {
		read_dense(file, path, plan);
		return;
	}
	bool by_cell = storage == CSR;
	plan->order = by_cell ? GX_HDF5_BY_SAMPLE : GX_HDF5_BY_GENE;
	plan->all_samples = shape[0];
	plan->all_genes = shape[1];
	gx_hdf5_sparse_add(file, path, shape[by_cell ? 0 : 1], plan);
	gx_facts_tell(&plan->facts, "storage", by_cell ? "CSR" : "CSC");
}

/* ---- which there are ---- */

/* "/X" of the root "", "/mod/rna/X" of "/mod/rna". */
static void place(char out[GX_HDF5_PATH], const char *root, const char *name)
{
	snprintf(out, GX_HDF5_PATH, "%.900s/%.100s", root, name);
}

/* Before 0.7 raw was no group: raw.X and raw.var stood beside X and var. */
static bool has_old_raw(const struct gx_hdf5_file *file, const char *root)
{
	char path[GX_HDF5_PATH];
	place(path, root, "raw/X");
	if (gx_hdf5_look(file, path) != GX_HDF5_ABSENT)
		return false;
	place(path, root, "raw.X");
	return gx_hdf5_look(file, path) != GX_HDF5_ABSENT;
}

static void add_candidate(const struct gx_hdf5_file *file, const char *path, const char *called,
			  struct gx_hdf5_candidates *list)
{
	uint64_t shape[2];
	char text[64];
	if (storage_of(file, path, shape) == NO_MATRIX)
		return;
	snprintf(text, sizeof text, "%" PRIu64 " x %" PRIu64, shape[0], shape[1]);
	gx_hdf5_candidates_add(list, called, text);
}

void gx_hdf5_anndata_list(const struct gx_hdf5_file *file, const char *root,
			  struct gx_hdf5_candidates *list)
{
	char path[GX_HDF5_PATH], called[GX_HDF5_PATH];
	struct gx_names layers = { 0 };
	place(path, root, "X");
	add_candidate(file, path, path, list);
	place(called, root, "raw/X");
	place(path, root, has_old_raw(file, root) ? "raw.X" : "raw/X");
	add_candidate(file, path, called, list);
	place(path, root, "layers");
	if (gx_hdf5_is_group(file, path))
		gx_hdf5_own_members(file, path, &layers);
	const char *name = layers.text;
	for (size_t i = 0; i < layers.n; i++, name = gx_names_next(name)) {
		const char *layer = gx_hdf5_join(path, name);
		add_candidate(file, layer, layer, list);
	}
	gx_names_free(&layers);
}

/* ---- names ---- */

/*
 * The column that a frame says names it. Frames of SeuratDisk say nothing, and their column is
 * called _index or index.
 */
static void find_names(const struct gx_hdf5_file *file, const char *path,
		       struct gx_hdf5_frame *frame)
{
	char *index = gx_hdf5_is_group(file, path) ? gx_hdf5_text(file, path, "_index") : NULL;
	const char *const said[] = { index, NULL }, *const usual[] = { "_index", "index", NULL };
	gx_hdf5_frame_find(file, frame, path, index ? said : usual);
	free(index);
}

void gx_hdf5_anndata_read(const struct gx_hdf5_file *file, const char *root, const char *matrix,
			  struct gx_hdf5_plan *plan)
{
	char raw[GX_HDF5_PATH], path[GX_HDF5_PATH], categories[2][GX_HDF5_PATH];
	struct gx_hdf5_frame side[2];
	place(raw, root, "raw/X");
	bool is_raw = strcmp(matrix, raw) == 0, is_old = is_raw && has_old_raw(file, root);
	place(raw, root, "raw.X");
	read_matrix(file, is_old ? raw : matrix, plan);
	gx_hdf5_frames_begin(file, matrix, plan, side);
	place(categories[GX_HDF5_GENES], root, is_old ? "raw.cat" : "uns");
	place(categories[GX_HDF5_SAMPLES], root, "uns");
	for (int i = 0; i < 2; i++)
		side[i].categories = categories[i];
	place(path, root, is_old ? "raw.var" : is_raw ? "raw/var" : "var");
	find_names(file, path, &side[GX_HDF5_GENES]);
	place(path, root, "obs");
	find_names(file, path, &side[GX_HDF5_SAMPLES]);
	gx_hdf5_frames_read(file, side, plan);
}

/* ---- the layout ---- */

static bool fits(const struct gx_hdf5_file *file)
{
	return gx_hdf5_look(file, "/obs") != GX_HDF5_ABSENT &&
	       gx_hdf5_look(file, "/var") != GX_HDF5_ABSENT;
}

/* X is read where there is one; "raw.X" is what raw/X was called before 0.7. */
static const char *choose(const struct gx_hdf5_file *file, const struct gx_hdf5_candidates *list)
{
	const char *wanted = file->reading->dataset;
	if (!wanted && gx_hdf5_look(file, "/X") != GX_HDF5_ABSENT)
		return "/X";
	struct gx_reading reading = *file->reading;
	struct gx_hdf5_file asked = *file;
	asked.reading = &reading;
	if (wanted && strcmp(wanted + strspn(wanted, "/"), "raw.X") == 0 && has_old_raw(file, ""))
		reading.dataset = "raw/X";
	return gx_hdf5_choose(&asked, list);
}

static void read(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	struct gx_hdf5_candidates list = { 0 };
	gx_hdf5_anndata_list(file, "", &list);
	const char *matrix = choose(file, &list);
	gx_facts_tell(&plan->facts, "format", "HDF5, %s", gx_hdf5_anndata.name);
	gx_facts_tell(&plan->facts, "dataset", "%s", matrix);
	gx_hdf5_anndata_read(file, "", matrix, plan);
	gx_hdf5_tell_others(&list, matrix, &plan->facts);
	gx_hdf5_candidates_free(&list);
}

const struct gx_hdf5_layout gx_hdf5_anndata = {
	.name = "AnnData",
	.fits = fits,
	.read = read,
	.says_orientation = true,
};
