/* SPDX-License-Identifier: MIT */
/* The layouts of files, and what they share. */
#ifndef GX_HDF5_LAYOUT_H
#define GX_HDF5_LAYOUT_H

#include "hdf5/confined/file.h"

/*
 * One kind of file. `read` fills in the plan: order, samples_first, all_genes, all_samples, the
 * arrays, and genes and samples with the names of ALL that are in the file (empty: implicit), and
 * calls the helpers below. It tells the facts format ("HDF5, AnnData"), dataset ("/X"), storage,
 * id_column, sample_column, other_datasets, transposed, in this order as far as they are there. In the end
 * gx_hdf5_find checks that names and extents agree, and chooses columns.
 */
struct gx_hdf5_layout {
	const char *name; /* "AnnData", as gx-info says it */
	bool (*fits)(const struct gx_hdf5_file *file);
	void (*read)(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan);
	bool says_orientation; /* --transposed is refused */
};

/* In the order in which they are tried; the last one fits all. */
extern const struct gx_hdf5_layout gx_hdf5_tenx3, gx_hdf5_tenx2, gx_hdf5_loom, gx_hdf5_mudata,
	gx_hdf5_anndata, gx_hdf5_gctx, gx_hdf5_archs4, gx_hdf5_no_matrix, gx_hdf5_pandas,
	gx_hdf5_plain;

/* Finds the layout of a file and makes the plan of its matrix. Dies where there is none. */
void gx_hdf5_find(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan);

/*
 * Candidates: paths with their shapes, for messages and other_datasets. Shows up to 20 of them,
 * "/X (300 x 200), /raw/X (300 x 900)".
 */
struct gx_hdf5_candidates {
	struct gx_names paths, shapes; /* "300 x 200" */
};
void gx_hdf5_candidates_add(struct gx_hdf5_candidates *list, const char *path, const char *shape);
void gx_hdf5_candidates_free(struct gx_hdf5_candidates *list);
char *gx_hdf5_candidates_show(const struct gx_hdf5_candidates *list); /* to be freed */

/*
 * Which of the candidates is read: that of --dataset (a leading slash is optional), else the only
 * one. Dies with exit 2 where none is called so (no such dataset: those there are), or several are and none was named.
 * `what` is for the message: "no such dataset". Returns its path, valid as long as the list.
 */
const char *gx_hdf5_choose(const struct gx_hdf5_file *file, const struct gx_hdf5_candidates *list);

/* Tells other_datasets: all candidates but the one that is read; nothing where there is no other. */
void gx_hdf5_tell_others(const struct gx_hdf5_candidates *list, const char *chosen,
			 struct gx_facts *facts);

/*
 * Chooses samples by --columns, where it was given: plan->samples are those of the file, all_samples
 * of them. Sets nsample, narrows plan->samples, and returns for each sample of the file its number
 * among those chosen or GX_HDF5_DROPPED (to be freed; NULL: all). It is called once, by gx_hdf5_find
 * behind `read`, which fills in array[0].sample of each array that has none; or by a layout that
 * has to know first (pandas), which then sets plan->nsample and the arrays' own.
 */
uint32_t *gx_hdf5_choose_samples(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan);

/* Adds what is at a path to the candidates where it has two dimensions of numbers. */
void gx_hdf5_candidates_add_dense(struct gx_hdf5_candidates *list, const struct gx_hdf5_file *file,
				  const char *path);

/* A dense matrix, in one dataset of two dimensions: adds its array. */
const struct gx_hdf5_array *gx_hdf5_dense_add(const struct gx_hdf5_file *file, const char *path,
					      struct gx_hdf5_plan *plan);

/* The same of a file that has no other: refuses another --dataset, and tells dataset. */
const struct gx_hdf5_array *gx_hdf5_dense_only(const struct gx_hdf5_file *file, const char *path,
					       struct gx_hdf5_plan *plan);

/*
 * A sparse matrix: group with data, indices, indptr. Adds the three arrays (in this order) and
 * checks that their lengths agree with `major` (extent of what indptr goes over) as far as that
 * can be known without reading values: indptr has major + 1, data and indices are equally long.
 */
void gx_hdf5_sparse_add(const struct gx_hdf5_file *file, const char *group, uint64_t major,
			struct gx_hdf5_plan *plan);

#endif
