/* SPDX-License-Identifier: MIT */
/*
 * 10x Genomics, and CellBender: features x barcodes as CSC, the entries of a cell together. Since
 * version 3 in /matrix, with features of several kinds; before, in a group for each genome.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "format/market/kinds.h"
#include "hdf5/confined/frame.h"

/* At the root of version 2 is a group for each genome, one or two. With more than that it is another. */
enum { MEMBERS_MAX = 100 };

/* Whether a group has all of these members; NULL ends them. */
static bool has_all(const struct gx_hdf5_file *file, const char *group, const char *const *name)
{
	while (*name && gx_hdf5_look(file, gx_hdf5_join(group, *name)) != GX_HDF5_ABSENT)
		name++;
	return !*name;
}

static bool is_matrix(const struct gx_hdf5_file *file, const char *group)
{
	static const char *const members[] = { "data",	"indices",  "indptr",
					       "shape", "barcodes", NULL };
	return gx_hdf5_is_group(file, group) && has_all(file, group, members);
}

/* ---- the matrix ---- */

/* Features and barcodes. */
static void read_shape(const struct gx_hdf5_file *file, const char *group, uint64_t shape[2])
{
	uint64_t n;
	const char *path = gx_hdf5_join(group, "shape");
	int64_t *numbers = gx_hdf5_whole_numbers(file, path, NULL, &n);
	if (n != 2 || numbers[0] < 0 || numbers[1] < 0)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "damaged: %s is not two numbers, of features and of barcodes: fetch it "
			       "again",
			       path);
	shape[0] = (uint64_t)numbers[0];
	shape[1] = (uint64_t)numbers[1];
	free(numbers);
}

static void add_candidate(const struct gx_hdf5_file *file, const char *group,
			  struct gx_hdf5_candidates *list)
{
	uint64_t shape[2];
	char text[64];
	read_shape(file, group, shape);
	snprintf(text, sizeof text, "%" PRIu64 " x %" PRIu64, shape[0], shape[1]);
	gx_hdf5_candidates_add(list, group, text);
}

static void read_matrix(const struct gx_hdf5_file *file, const struct gx_hdf5_layout *layout,
			const char *group, struct gx_hdf5_plan *plan)
{
	uint64_t shape[2];
	read_shape(file, group, shape);
	plan->order = GX_HDF5_BY_SAMPLE;
	plan->all_genes = shape[0];
	plan->all_samples = shape[1];
	gx_hdf5_sparse_add(file, group, shape[1], plan);
	gx_facts_tell(&plan->facts, "format", "HDF5, %s", layout->name);
	gx_facts_tell(&plan->facts, "dataset", "%s", group);
	gx_facts_tell(&plan->facts, "storage", "CSC");
}

/* ---- names ---- */

/* What both versions call a column, or its number in a 10x directory. */
struct spelling {
	const char *name, *column;
};

static void find_names(const struct gx_hdf5_file *file, const char *group, const char *features,
		       const struct spelling *known, const char *const *only,
		       struct gx_hdf5_frame side[2])
{
	static const char *const barcodes[] = { "barcodes", NULL };
	struct gx_hdf5_frame *genes = &side[GX_HDF5_GENES], *samples = &side[GX_HDF5_SAMPLES];
	const char *const usual[] = { known->column, NULL };
	for (const struct spelling *s = known; genes->wanted && s->name; s++)
		if (strcmp(genes->wanted, s->name) == 0) {
			genes->wanted = s->column;
			break;
		}
	genes->only = only;
	samples->only = barcodes;
	gx_hdf5_frame_find(file, genes, features, usual);
	gx_hdf5_frame_find(file, samples, group, barcodes);
}

/* ---- kinds of features ---- */

static void demand_kinds(const struct gx_hdf5_file *file, const struct gx_names *kind,
			 const char *path, uint64_t n)
{
	if (kind->n != n)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%zu kind%s in %s for %" PRIu64
			       " features: they do not belong together: fetch the file again",
			       kind->n, kind->n == 1 ? "" : "s", path, n);
	const char *p = kind->text;
	for (size_t i = 0; i < kind->n; i++, p = gx_names_next(p))
		if (!*p)
			gx_hdf5_refuse(file, GX_EXIT_DATA,
				       "feature %zu has no kind in %s: write the file again", i + 1,
				       path);
}

/* Numbers the features that are chosen by their kinds. */
static void number_features(const char *list, const struct gx_names *kind, struct gx_hdf5_plan *plan)
{
	const char *p = kind->text;
	uint32_t next = 0;
	plan->gene = gx_allocate(kind->n, sizeof *plan->gene);
	for (size_t i = 0; i < kind->n; i++, p = gx_names_next(p))
		plan->gene[i] = gx_kinds_chosen(list, p, strlen(p)) ? next++ : GX_HDF5_DROPPED;
}

/* Without --feature-type there must be one kind; gx-info takes all, and tells how many. */
static void choose_features(const struct gx_hdf5_file *file, const char *path,
			    struct gx_hdf5_plan *plan)
{
	struct gx_names kind = { 0 };
	struct gx_kinds kinds = { 0 };
	const char *list = file->reading->feature_type;
	gx_hdf5_names(file, path, &kind);
	demand_kinds(file, &kind, path, plan->all_genes);
	const char *p = kind.text;
	for (size_t i = 0; i < kind.n; i++, p = gx_names_next(p))
		gx_kinds_add(&kinds, p, strlen(p));
	if (list)
		gx_kinds_demand(&kinds, list, file->name);
	else if (kinds.names.n > 1 && !file->is_survey)
		gx_kinds_ask(&kinds, file->name);
	if (list && !gx_kinds_is_all(list))
		number_features(list, &kind, plan);
	gx_kinds_tell(&kinds, &plan->facts);
	gx_kinds_free(&kinds);
	gx_names_free(&kind);
}

/* "all" of none is what there is: a loop may have files of both versions. */
static void refuse_kinds(const struct gx_hdf5_file *file)
{
	const char *list = file->reading->feature_type;
	if (list && !gx_kinds_is_all(list))
		gx_hdf5_refuse(file, GX_EXIT_USAGE,
			       "--feature-type: no kinds of features are in it (feature_type would have "
			       "them): leave the option out");
}

/* ---- since version 3 ---- */

static bool fits_3(const struct gx_hdf5_file *file)
{
	return is_matrix(file, "/matrix") && gx_hdf5_is_group(file, "/matrix/features");
}

static void read_3(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	static const struct spelling known[] = {
		{ "1", "id" }, { "2", "name" }, { "3", "feature_type" }, { NULL, NULL }
	};
	static const char kinds[] = "/matrix/features/feature_type";
	struct gx_hdf5_frame side[2];
	/* The chunk of shape is as long as those of data, so that it is read again only if need be. */
	if (file->reading->dataset) {
		struct gx_hdf5_candidates list = { 0 };
		add_candidate(file, "/matrix", &list);
		gx_hdf5_choose(file, &list);
		gx_hdf5_candidates_free(&list);
	}
	read_matrix(file, &gx_hdf5_tenx3, "/matrix", plan);
	gx_hdf5_frames_begin(file, "/matrix", plan, side);
	find_names(file, "/matrix", "/matrix/features", known, NULL, side);
	gx_hdf5_frames_read(file, side, plan);
	if (gx_hdf5_is_dataset(file, kinds))
		choose_features(file, kinds, plan);
	else
		refuse_kinds(file);
}

/* ---- version 2 ---- */

static bool is_genome(const struct gx_hdf5_file *file, const char *group)
{
	static const char *const members[] = { "genes", "gene_names", NULL };
	return is_matrix(file, group) && has_all(file, group, members);
}

static void list_genomes(const struct gx_hdf5_file *file, struct gx_hdf5_candidates *list)
{
	struct gx_names names = { 0 };
	gx_hdf5_groups(file, MEMBERS_MAX, &names);
	const char *name = names.text;
	for (size_t i = 0; i < names.n; i++, name = gx_names_next(name)) {
		char group[GX_HDF5_PATH];
		snprintf(group, sizeof group, "%s", gx_hdf5_join("/", name));
		if (is_genome(file, group))
			gx_hdf5_candidates_add(list, group, "");
	}
	gx_names_free(&names);
}

static bool fits_2(const struct gx_hdf5_file *file)
{
	struct gx_hdf5_candidates list = { 0 };
	list_genomes(file, &list);
	bool fits = list.paths.n > 0;
	gx_hdf5_candidates_free(&list);
	return fits;
}

static void read_2(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	static const struct spelling known[] = { { "1", "genes" },
						 { "2", "gene_names" },
						 { "id", "genes" },
						 { "name", "gene_names" },
						 { NULL, NULL } };
	static const char *const only[] = { "genes", "gene_names", NULL };
	struct gx_hdf5_candidates genomes = { 0 }, list = { 0 };
	struct gx_hdf5_frame side[2];
	list_genomes(file, &genomes);
	const char *genome = genomes.paths.text;
	for (size_t i = 0; i < genomes.paths.n; i++, genome = gx_names_next(genome))
		add_candidate(file, genome, &list);
	const char *chosen = gx_hdf5_choose(file, &list);
	read_matrix(file, &gx_hdf5_tenx2, chosen, plan);
	gx_hdf5_frames_begin(file, chosen, plan, side);
	find_names(file, chosen, chosen, known, only, side);
	gx_hdf5_frames_read(file, side, plan);
	refuse_kinds(file);
	gx_hdf5_tell_others(&list, chosen, &plan->facts);
	gx_hdf5_candidates_free(&genomes);
	gx_hdf5_candidates_free(&list);
}

const struct gx_hdf5_layout gx_hdf5_tenx3 = {
	.name = "10x v3",
	.fits = fits_3,
	.read = read_3,
	.says_orientation = true,
};

const struct gx_hdf5_layout gx_hdf5_tenx2 = {
	.name = "10x v2",
	.fits = fits_2,
	.read = read_2,
	.says_orientation = true,
};
