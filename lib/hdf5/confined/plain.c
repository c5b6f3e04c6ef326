/* SPDX-License-Identifier: MIT */
/* Plain files, of h5py, R and MATLAB: datasets of two dimensions. */
#include "hdf5/confined/plain.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* With a dataset that was named, a search is for what is told alone: it ends before it dies. */
enum { LOOKED_AT_MAX = 9000 };

bool gx_plain_is_internal(const char *path)
{
	return strncmp(path, "/#refs#", 7) == 0 || strncmp(path, "/#subsystem#", 12) == 0 ||
	       strstr(path, "/_i_");
}

char *gx_matlab_other(const struct gx_hdf5_file *file, const char *path)
{
	static const char *const numbers[] = { "double", "single", "logical", "int8",  "int16", "int32",
					       "int64",	 "uint8",  "uint16",  "uint32", "uint64" };
	char *class = gx_hdf5_text(file, path, "MATLAB_class");
	if (!class)
		return NULL;
	if (gx_hdf5_has(file, path, "MATLAB_sparse")) {
		free(class);
		class = gx_allocate(8, 1);
		return strcpy(class, "sparse");
	}
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		if (strcmp(class, numbers[i]) == 0) {
			free(class);
			return NULL;
		}
	return class;
}

static bool is_of_r(const struct gx_hdf5_file *file, const char *path)
{
	return gx_hdf5_has(file, path, "rhdf5-NA.OK");
}

/* R and MATLAB have what is the last dimension in the file as the first one. */
static bool is_turned(const struct gx_hdf5_file *file, const char *path)
{
	return is_of_r(file, path) || gx_hdf5_has(file, path, "MATLAB_class");
}

/* ---- which dataset ---- */

struct search {
	struct gx_hdf5_candidates matrices;
	char other[GX_HDF5_PATH]; /* the first that is nearly one; "" */
	size_t nlooked, most;	  /* objects; 0: no limit */
};

/* Whether a dataset has two dimensions of numbers. */
static bool is_matrix(const struct gx_hdf5_file *file, const char *path, uint64_t extent[3])
{
	if (gx_hdf5_extent(file, path, extent) != 2 ||
	    gx_hdf5_content(file, path) != GX_HDF5_NUMBERS)
		return false;
	char *other = gx_matlab_other(file, path);
	free(other);
	return !other;
}

/* All of MATLAB has two dimensions: numbers alone, and lists of them, are no matrices. */
static bool is_list_of_matlab(const struct gx_hdf5_file *file, const char *path,
			      const uint64_t extent[3])
{
	return (extent[0] < 2 || extent[1] < 2) && gx_hdf5_has(file, path, "MATLAB_class");
}

static bool is_near(const struct gx_hdf5_file *file, const char *path, enum gx_hdf5_object kind)
{
	uint64_t extent[3];
	if (kind == GX_HDF5_GROUP)
		return gx_hdf5_has(file, path, "MATLAB_sparse");
	return gx_hdf5_extent(file, path, extent) == 2 &&
	       gx_hdf5_content(file, path) != GX_HDF5_NUMBERS;
}

static bool add_matrix(void *context, const struct gx_hdf5_file *file, const char *path,
		       enum gx_hdf5_object kind)
{
	struct search *search = context;
	uint64_t extent[3];
	char shape[48];
	if (search->most && ++search->nlooked > search->most)
		return false;
	if (gx_plain_is_internal(path) || kind == GX_HDF5_OTHER)
		return true;
	if (kind == GX_HDF5_DATASET && is_matrix(file, path, extent)) {
		if (is_list_of_matlab(file, path, extent))
			return true;
		bool turned = is_turned(file, path);
		snprintf(shape, sizeof shape, "%" PRIu64 " x %" PRIu64, extent[turned], extent[!turned]);
		gx_hdf5_candidates_add(&search->matrices, path, shape);
	} else if (!search->other[0] && is_near(file, path, kind))
		snprintf(search->other, sizeof search->other, "%s", path);
	return true;
}

/* Dies: there is no matrix; what is nearest to one, and what it is instead. */
GX_NORETURN GX_COLD static void refuse_other(const struct gx_hdf5_file *file, const char *path)
{
	char *other = gx_matlab_other(file, path);
	const char *what = "holds no numbers of 1 to 8 bytes: write it as such, in two dimensions";
	if (other && strcmp(other, "sparse") == 0)
		what = "is a sparse matrix of MATLAB: in MATLAB: X = full(X); save('NEW.mat', 'X', "
		       "'-v7.3')";
	else if (other)
		what = "is of a class of MATLAB that is no number: in MATLAB: make a matrix of it, and "
		       "save('NEW.mat', 'X', '-v7.3')";
	else if (gx_hdf5_content(file, path) == GX_HDF5_STRINGS)
		what = "holds text: write its numbers as such, in two dimensions";
	else if (gx_hdf5_content(file, path) == GX_HDF5_COMPOUND)
		what = gx_hdf5_has(file, path, "MATLAB_class")
			       ? "is of a compound type, complex numbers: in MATLAB: X = real(X); "
				 "save('NEW.mat', 'X', '-v7.3')"
			       : "is of a compound type, complex numbers or records: write what is "
				 "meant as numbers, in Python with h5py: new['x'] = f['NAME'][()].real";
	gx_hdf5_refuse(file, GX_EXIT_DATA, "there is no matrix of numbers in it: %s %s", path, what);
}

/* The path that was named, as it is told; false where it is no matrix. */
static bool named(const struct gx_hdf5_file *file, char *path)
{
	const char *wanted = file->reading->dataset;
	uint64_t extent[3];
	if (!wanted || !gx_hdf5_is_dataset(file, wanted) || !is_matrix(file, wanted, extent))
		return false;
	snprintf(path, GX_HDF5_PATH, "%s", gx_hdf5_join("/", wanted + strspn(wanted, "/")));
	for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = 0;
	return true;
}

static void choose(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan, char *path)
{
	struct search search = { 0 };
	bool is_named = named(file, path);
	search.most = is_named ? LOOKED_AT_MAX : 0;
	/* What else is there may be damaged: who names a dataset reads it nevertheless. */
	if (!is_named || file->is_survey)
		gx_hdf5_search(file, add_matrix, &search);
	if (!is_named) {
		if (!search.matrices.paths.n && !file->reading->dataset && search.other[0])
			refuse_other(file, search.other);
		snprintf(path, GX_HDF5_PATH, "%s", gx_hdf5_choose(file, &search.matrices));
	}
	gx_facts_tell(&plan->facts, "format", "HDF5, %s",
		      gx_hdf5_has(file, path, "MATLAB_class") ? "MATLAB" : "plain");
	gx_facts_tell(&plan->facts, "dataset", "%s", path);
	gx_hdf5_tell_others(&search.matrices, path, &plan->facts);
	gx_hdf5_candidates_free(&search.matrices);
}

/* ---- reading ---- */

static bool fits(const struct gx_hdf5_file *file)
{
	(void)file;
	return true;
}

static void read(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	struct gx_plain plain = { .file = file };
	uint64_t extent[3], na_ok;
	plan->order = GX_HDF5_DENSE;
	choose(file, plan, plain.path);
	gx_hdf5_extent(file, plain.path, extent);
	/* Before names: a matrix that cannot be read needs none. */
	struct gx_hdf5_array *array = gx_hdf5_array_add(file, plain.path, plan);
	plain.extent[0] = extent[0];
	plain.extent[1] = extent[1];
	plain.is_r = is_of_r(file, plain.path);
	plain.genes = plain.turned = is_turned(file, plain.path);
	if (file->reading->transposed)
		plain.genes = !plain.genes;
	array->type.least_is_missing = array->type.kind == 'i' && array->type.size == 4 &&
				       gx_hdf5_integers(file, plain.path, "rhdf5-NA.OK", 1, &na_ok) &&
				       na_ok == 1;
	gx_plain_names(&plain, plan);
	plan->samples_first = plain.genes == 1;
	plan->all_genes = extent[plain.genes];
	plan->all_samples = extent[!plain.genes];
}

const struct gx_hdf5_layout gx_hdf5_plain = { .name = "plain", .fits = fits, .read = read };
