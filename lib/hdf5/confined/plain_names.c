/* SPDX-License-Identifier: MIT */
/* What names the genes and samples of a plain matrix, and which way it lies by that. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hdf5/confined/plain.h"

/* Objects that are looked at: what lies behind these is not asked about. */
enum { LOOKED_AT_MAX = 9000 };

enum from { UNKNOWN, WITHOUT, OPTION, SCALE, BESIDE };

/* What names the genes, or the samples. */
struct side {
	enum from from;
	char path[GX_HDF5_PATH];
	uint64_t n;
	struct gx_hdf5_candidates several; /* of BESIDE: there are more than one that fit */
};

static const char *const option_of[2] = { "--id-column", "--sample-column" };

/* How long a list of names is that could be at a path: one dimension of texts or numbers. */
static bool is_list(const struct gx_hdf5_file *file, const char *path, bool numbers, uint64_t *n)
{
	uint64_t extent[3];
	if (gx_hdf5_extent(file, path, extent) != 1)
		return false;
	enum gx_hdf5_content content = gx_hdf5_content(file, path);
	*n = extent[0];
	return content == GX_HDF5_STRINGS || (numbers && content == GX_HDF5_NUMBERS);
}

/* Names in a cell array of MATLAB are objects of their own, which are not read. */
static bool is_cell(const struct gx_hdf5_file *file, const char *path, uint64_t *n)
{
	uint64_t extent[3];
	char *other = gx_matlab_other(file, path);
	bool is = other && strcmp(other, "cell") == 0 && gx_hdf5_extent(file, path, extent) == 2 &&
		  (extent[0] == 1 || extent[1] == 1);
	free(other);
	*n = is ? extent[0] * extent[1] : 0;
	return is;
}

/* ---- lists in the file ---- */

struct lists {
	const struct gx_plain *plain;
	bool of[2];   /* a list as long as this dimension is one */
	bool numbers; /* those of numbers too */
	bool cells;   /* there are such, and they cannot be read */
	const char *used[2];
	struct gx_hdf5_candidates found;
	size_t nlooked;
};

static bool add_list(void *context, const struct gx_hdf5_file *file, const char *path,
		     enum gx_hdf5_object kind)
{
	struct lists *lists = context;
	const uint64_t *extent = lists->plain->extent;
	uint64_t n;
	char shape[64];
	if (++lists->nlooked > LOOKED_AT_MAX)
		return false;
	if (kind != GX_HDF5_DATASET || gx_plain_is_internal(path))
		return true;
	bool cell = is_cell(file, path, &n);
	if (!cell && !is_list(file, path, lists->numbers, &n))
		return true;
	if (!(lists->of[0] && n == extent[0]) && !(lists->of[1] && n == extent[1]))
		return true;
	for (int i = 0; i < 2; i++)
		if (lists->used[i] && strcmp(lists->used[i], path) == 0)
			return true;
	lists->cells |= cell;
	snprintf(shape, sizeof shape, cell ? "cell array of %" PRIu64 ", not read" : "%" PRIu64, n);
	gx_hdf5_candidates_add(&lists->found, path, shape);
	return true;
}

/* Behind a list with cell arrays in it. */
static const char *cell_advice(const struct lists *lists)
{
	return lists->cells ? "; of a cell array make what can be read, in MATLAB: h5create('FILE', "
			      "'/as_text', numel(C), 'Datatype', 'string'); h5write('FILE', "
			      "'/as_text', string(C(:)))"
			    : "";
}

/* ---- by an option ---- */

GX_NORETURN GX_COLD static void refuse_option(const struct gx_plain *plain, int side,
					      const char *wanted, const char *why)
{
	struct lists lists = { .plain = plain, .of = { true, true }, .numbers = true };
	gx_hdf5_search(plain->file, add_list, &lists);
	const char *shown = gx_show(wanted, strlen(wanted));
	if (!lists.found.paths.n)
		gx_hdf5_refuse(plain->file, GX_EXIT_USAGE,
			       "%s %s: %s, and no list is as long as a side of the matrix: none goes "
			       "without names",
			       option_of[side], shown, why);
	gx_hdf5_refuse(plain->file, GX_EXIT_USAGE,
		       "%s %s: %s: as long as a side of the matrix are: %s; none goes without names%s",
		       option_of[side], shown, why, gx_hdf5_candidates_show(&lists.found),
		       cell_advice(&lists));
}

/* The folder that a path is in, "/" or without a slash in the end. */
static void folder_of(const char *path, char *out)
{
	size_t n = (size_t)(strrchr(path, '/') - path);
	snprintf(out, GX_HDF5_PATH, "%.*s", n ? (int)n : 1, path);
}

/* Puts the path that was given in side->path: from the root, or from beside the matrix. */
static bool find_given(const struct gx_plain *plain, const char *wanted, struct side *side)
{
	char folder[GX_HDF5_PATH];
	snprintf(side->path, sizeof side->path, "%s",
		 gx_hdf5_join("/", wanted + strspn(wanted, "/")));
	if (gx_hdf5_look(plain->file, side->path) != GX_HDF5_ABSENT || *wanted == '/')
		return gx_hdf5_is_dataset(plain->file, side->path);
	folder_of(plain->path, folder);
	snprintf(side->path, sizeof side->path, "%s", gx_hdf5_join(folder, wanted));
	return gx_hdf5_is_dataset(plain->file, side->path);
}

static void by_option(const struct gx_plain *plain, int number, const char *wanted,
		      struct side *side)
{
	uint64_t n;
	if (!wanted)
		return;
	side->from = strcmp(wanted, "none") == 0 ? WITHOUT : OPTION;
	if (side->from == WITHOUT)
		return;
	if (!*wanted || !find_given(plain, wanted, side)) /* or a group */
		refuse_option(plain, number, wanted, "there is no such dataset");
	if (is_cell(plain->file, side->path, &n))
		refuse_option(plain, number, wanted, "it is a cell array of MATLAB, which is not read");
	if (!is_list(plain->file, side->path, true, &side->n))
		refuse_option(plain, number, wanted,
			      "it is no list of names: one dimension of texts or numbers");
	if (side->n != plain->extent[0] && side->n != plain->extent[1])
		refuse_option(plain, number, wanted, "it is as long as no side of the matrix");
}

/* ---- in the same group ---- */

/* One dataset that is called as names are, beside the matrix. One that fits comes before others. */
static void by_name(const struct gx_plain *plain, const char *const *called, struct side *side)
{
	char folder[GX_HDF5_PATH], shape[32];
	struct side other = { 0 };
	uint64_t n;
	folder_of(plain->path, folder);
	for (; *called; called++) {
		const char *path = gx_hdf5_join(folder, *called);
		if (strcmp(path, plain->path) == 0 || !gx_hdf5_is_dataset(plain->file, path) ||
		    !is_list(plain->file, path, true, &n))
			continue;
		bool fits = n == plain->extent[0] || n == plain->extent[1];
		struct side *to = fits ? side : &other;
		snprintf(shape, sizeof shape, "%" PRIu64, n);
		if (fits)
			gx_hdf5_candidates_add(&side->several, path, shape);
		if (to->from == BESIDE)
			continue;
		to->from = BESIDE;
		to->n = n;
		snprintf(to->path, sizeof to->path, "%s", path);
	}
	/* That it does not fit is then said. */
	if (side->from == UNKNOWN && other.from == BESIDE)
		*side = other;
}

static void find_beside(const struct gx_plain *plain, struct side beside[2])
{
	static const char *const genes[] = { "genes",	 "gene_names", "gene_ids", "gene_symbols",
					     "rownames", "row_names",  "features", NULL };
	static const char *const samples[] = { "samples",  "sample_names", "cells",	"cell_names",
					       "barcodes", "colnames",	   "col_names", NULL };
	by_name(plain, genes, &beside[0]);
	by_name(plain, samples, &beside[1]);
}

/* ---- by dimension scales ---- */

/* Scales of both dimensions. Returns how many of them have another length. */
static int take_scales(const struct gx_plain *plain, bool reversed, struct side scale[2])
{
	int nwrong = 0;
	for (int d = 0; d < 2; d++) {
		scale[d] = (struct side){ 0 };
		if (!gx_hdf5_scale(plain->file, plain->path, reversed ? !d : d, scale[d].path,
				   sizeof scale[d].path) ||
		    !is_list(plain->file, scale[d].path, true, &scale[d].n))
			continue;
		scale[d].from = SCALE;
		nwrong += scale[d].n != plain->extent[d];
	}
	return nwrong;
}

static void find_scales(const struct gx_plain *plain, struct side scale[2])
{
	/* HDF5Array of R numbers the scales by the dimensions that R has. */
	if (take_scales(plain, plain->is_r, scale) && plain->is_r) {
		struct side other[2];
		if (take_scales(plain, false, other) == 0)
			memcpy(scale, other, sizeof other);
	}
}

/* ---- putting them together ---- */

struct sources {
	struct side option[2], beside[2]; /* of genes, of samples */
	struct side scale[2];		  /* of dimensions */
};

/* What names a side, where dimension `genes` is the genes. */
static const struct side *source_of(const struct sources *s, int side, int genes)
{
	int dimension = side == 0 ? genes : !genes;
	return s->option[side].from != UNKNOWN	       ? &s->option[side]
	       : s->scale[dimension].from != UNKNOWN ? &s->scale[dimension]
						       : &s->beside[side];
}

static bool fits(const struct gx_plain *plain, const struct sources *s, int genes)
{
	for (int side = 0; side < 2; side++) {
		const struct side *source = source_of(s, side, genes);
		int dimension = side == 0 ? genes : !genes;
		if (source->from > WITHOUT && source->n != plain->extent[dimension])
			return false;
	}
	return true;
}

/* Turns the matrix where the lengths of names fit the other way alone. */
static void orient(struct gx_plain *plain, const struct sources *s)
{
	if (fits(plain, s, plain->genes) || !fits(plain, s, !plain->genes))
		return;
	if (plain->file->reading->transposed)
		gx_hdf5_refuse(plain->file, GX_EXIT_USAGE,
			       "--transposed: the lengths of the names say that the genes of %s are its "
			       "%s dimension: leave it out, or go without names: --id-column none "
			       "--sample-column none",
			       plain->path, plain->genes ? "first" : "last");
	plain->genes = !plain->genes;
}

/* Dies where several datasets beside the matrix are called as names are. */
static void check_only(const struct gx_plain *plain, int side, const struct side *source)
{
	if (source->from != BESIDE || source->several.paths.n < 2)
		return;
	gx_hdf5_refuse(plain->file, GX_EXIT_USAGE,
		       "several lists may name the %s of %s: choose with %s PATH: %s",
		       side == 0 ? "genes" : "samples", plain->path, option_of[side],
		       gx_hdf5_candidates_show(&source->several));
}

/* Dies where there are texts that may be the names of a side that has none. */
static void ask(const struct gx_plain *plain, const struct side *const source[2])
{
	bool open[2] = { source[0]->from == UNKNOWN, source[1]->from == UNKNOWN };
	struct lists lists = { .plain = plain };
	if (!open[0] && !open[1])
		return;
	for (int side = 0; side < 2; side++) {
		lists.of[side == 0 ? plain->genes : !plain->genes] = open[side];
		lists.used[side] = source[side]->from > WITHOUT ? source[side]->path : NULL;
	}
	gx_hdf5_search(plain->file, add_list, &lists);
	if (lists.found.paths.n)
		gx_hdf5_refuse(plain->file, GX_EXIT_USAGE,
			       "what are the names of %s (%" PRIu64 " x %" PRIu64
			       ")? They may be in %s: choose with %s%s%s (PATH, or none, which goes "
			       "without)%s",
			       plain->path, plain->extent[plain->turned], plain->extent[!plain->turned],
			       gx_hdf5_candidates_show(&lists.found), open[0] ? option_of[0] : "",
			       open[0] && open[1] ? " and " : "", open[1] ? option_of[1] : "",
			       cell_advice(&lists));
	gx_hdf5_candidates_free(&lists.found);
}

static void take(const struct gx_plain *plain, const struct side *source, const char *fact,
		 struct gx_names *names, struct gx_facts *facts)
{
	if (source->from <= WITHOUT)
		return;
	gx_facts_tell(facts, fact, "%s", source->path);
	gx_hdf5_names(plain->file, source->path, names);
}

void gx_plain_names(struct gx_plain *plain, struct gx_hdf5_plan *plan)
{
	const struct gx_reading *reading = plain->file->reading;
	struct sources s = { 0 };
	by_option(plain, 0, reading->id_column, &s.option[0]);
	by_option(plain, 1, reading->sample_column, &s.option[1]);
	find_scales(plain, s.scale);
	find_beside(plain, s.beside);
	orient(plain, &s);
	const struct side *source[2];
	const char *const wanted[2] = { reading->id_column, reading->sample_column };
	for (int side = 0; side < 2; side++) {
		source[side] = source_of(&s, side, plain->genes);
		if (source[side]->from == OPTION &&
		    source[side]->n != plain->extent[side == 0 ? plain->genes : !plain->genes])
			refuse_option(plain, side, wanted[side], "it is as long as the other side");
		check_only(plain, side, source[side]);
	}
	/* A network: what names its rows names its columns. */
	if (plain->extent[0] == plain->extent[1] && source[0]->from > WITHOUT &&
	    source[1]->from == UNKNOWN)
		source[1] = source[0];
	ask(plain, source);
	take(plain, source[0], "id_column", &plan->genes, &plan->facts);
	take(plain, source[1], "sample_column", &plan->samples, &plan->facts);
	for (int side = 0; side < 2; side++)
		gx_hdf5_candidates_free(&s.beside[side].several);
}
