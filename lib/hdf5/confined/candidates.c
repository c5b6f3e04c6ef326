/* SPDX-License-Identifier: MIT */
/* The matrices that a file has, and which of them is read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/confined/plain.h"

enum { SHOWN_MAX = 20 };

void gx_hdf5_candidates_add(struct gx_hdf5_candidates *list, const char *path, const char *shape)
{
	gx_names_add(&list->paths, path, strlen(path));
	gx_names_add(&list->shapes, shape, strlen(shape));
}

void gx_hdf5_candidates_free(struct gx_hdf5_candidates *list)
{
	gx_names_free(&list->paths);
	gx_names_free(&list->shapes);
}

char *gx_hdf5_candidates_show(const struct gx_hdf5_candidates *list)
{
	char *text;
	size_t ntext;
	FILE *out = open_memstream(&text, &ntext);
	if (!out)
		gx_die_errno("no memory for a message");
	const char *path = list->paths.text, *shape = list->shapes.text;
	for (size_t i = 0; i < list->paths.n && i < SHOWN_MAX; i++) {
		fprintf(out, "%s%s (%s)", i ? ", " : "", path, shape);
		path = gx_names_next(path);
		shape = gx_names_next(shape);
	}
	if (list->paths.n > SHOWN_MAX)
		fprintf(out, " and %zu more", list->paths.n - SHOWN_MAX);
	if (fclose(out) != 0)
		gx_die_errno("no memory for a message");
	return text;
}

/* What is at a path that is no matrix of this file, as the end of a sentence. */
static void describe(const struct gx_hdf5_file *file, const char *path, char *out, size_t room)
{
	uint64_t extent[3];
	enum gx_hdf5_object kind = gx_hdf5_look(file, path);
	char *other = kind == GX_HDF5_OTHER ? NULL : gx_matlab_other(file, path);
	if (other) {
		snprintf(out, room, "is a %s%s of MATLAB and no matrix of numbers", other,
			 strcmp(other, "sparse") == 0 ? " matrix (make it full(X))" : " array");
		free(other);
		return;
	}
	if (kind != GX_HDF5_DATASET) {
		snprintf(out, room, "is %s and no matrix",
			 kind == GX_HDF5_GROUP ? "a group" : "a type");
		return;
	}
	int ndim = gx_hdf5_extent(file, path, extent);
	enum gx_hdf5_content content = gx_hdf5_content(file, path);
	const char *what = content == GX_HDF5_STRINGS	 ? "holds text and no numbers"
			   : content == GX_HDF5_COMPOUND ? "holds records of several fields (compound)"
			   : content == GX_HDF5_ELSE	 ? "holds no numbers"
							 : NULL;
	if (what)
		snprintf(out, room, "%s", what);
	else if (ndim != 2)
		snprintf(out, room, "has %d dimension%s, and a matrix has 2", ndim,
			 ndim == 1 ? "" : "s");
	else
		snprintf(out, room, "(%" PRIu64 " x %" PRIu64 ") is no matrix of genes and samples",
			 extent[0], extent[1]);
}

/* Whether two paths are the same; slashes in front and behind do not count. */
static bool same_path(const char *a, const char *b)
{
	a += strspn(a, "/");
	b += strspn(b, "/");
	size_t na = strlen(a), nb = strlen(b);
	while (na && a[na - 1] == '/')
		na--;
	while (nb && b[nb - 1] == '/')
		nb--;
	return na == nb && memcmp(a, b, na) == 0;
}

GX_NORETURN GX_COLD static void refuse_wanted(const struct gx_hdf5_file *file,
					      const struct gx_hdf5_candidates *list)
{
	const char *wanted = file->reading->dataset;
	char *there = gx_hdf5_candidates_show(list), what[256];
	const char *shown = gx_show(wanted, strlen(wanted));
	const char *others = list->paths.n ? "; choose another with --dataset: " : "";
	if (!*wanted || gx_hdf5_look(file, wanted) == GX_HDF5_ABSENT)
		gx_hdf5_refuse(file, GX_EXIT_USAGE, "--dataset %s: there is no such dataset%s%s",
			       shown, others, there);
	describe(file, wanted, what, sizeof what);
	const char *path = gx_hdf5_join("/", wanted + strspn(wanted, "/"));
	gx_hdf5_refuse(file, GX_EXIT_USAGE, "--dataset: %s %s%s%s", gx_show(path, strlen(path)), what,
		       others, there);
}

const char *gx_hdf5_choose(const struct gx_hdf5_file *file, const struct gx_hdf5_candidates *list)
{
	const char *path = list->paths.text;
	if (file->reading->dataset) {
		for (size_t i = 0; i < list->paths.n; i++, path = gx_names_next(path))
			if (same_path(path, file->reading->dataset))
				return path;
		refuse_wanted(file, list);
	}
	if (list->paths.n == 1)
		return path;
	if (list->paths.n > 1)
		gx_hdf5_refuse(file, GX_EXIT_USAGE,
			       "several matrices are in it: choose one with --dataset PATH: %s",
			       gx_hdf5_candidates_show(list));
	gx_hdf5_refuse_passed_over(file);
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "there is no matrix in it: h5ls -r FILE lists what there is (--dataset PATH "
		       "reads what lies deeper than 16 groups)");
}

void gx_hdf5_tell_others(const struct gx_hdf5_candidates *list, const char *chosen,
			 struct gx_facts *facts)
{
	struct gx_names others = { 0 };
	const char *path = list->paths.text;
	for (size_t i = 0; i < list->paths.n; i++, path = gx_names_next(path))
		if (!same_path(path, chosen))
			gx_names_add(&others, path, strlen(path));
	/* The names become one text with commas between. */
	for (size_t i = 0; i + 1 < others.nbyte; i++)
		if (!others.text[i])
			others.text[i] = ',';
	if (others.n)
		gx_facts_tell(facts, "other_datasets", "%s", others.text);
	gx_names_free(&others);
}
