/* SPDX-License-Identifier: MIT */
/* Which layout a file has, and what holds for the matrix of each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/table/columns.h"
#include "hdf5/confined/layout.h"

/* Numbers of genes and samples are 32 bits wide, and GX_HDF5_DROPPED is none. */
#define SIDE_MAX (UINT64_C(4294967294))

static const struct gx_hdf5_layout *const layouts[] = {
	&gx_hdf5_tenx3, &gx_hdf5_tenx2,	 &gx_hdf5_loom,	     &gx_hdf5_mudata, &gx_hdf5_anndata,
	&gx_hdf5_gctx,	&gx_hdf5_archs4, &gx_hdf5_no_matrix, &gx_hdf5_pandas, &gx_hdf5_plain,
};

static const struct gx_hdf5_layout *layout_of(const struct gx_hdf5_file *file)
{
	size_t n = sizeof layouts / sizeof *layouts, i = 0;
	while (i + 1 < n && !layouts[i]->fits(file))
		i++;
	return layouts[i];
}

static void refuse_options(const struct gx_hdf5_file *file, const struct gx_hdf5_layout *layout)
{
	const struct gx_reading *reading = file->reading;
	bool is_tenx = layout == &gx_hdf5_tenx3 || layout == &gx_hdf5_tenx2;
	/* What is no matrix says so itself. */
	if (layout == &gx_hdf5_no_matrix)
		return;
	if (reading->feature_type && !is_tenx)
		gx_hdf5_refuse(file, GX_EXIT_USAGE,
			       "--feature-type chooses features of a 10x file, and this is HDF5, %s",
			       layout->name);
	if (reading->transposed && layout->says_orientation)
		gx_hdf5_refuse(file, GX_EXIT_USAGE,
			       "--transposed: a file of %s says itself which way it lies: leave it out",
			       layout->name);
}

/* ---- sizes ---- */

/*
 * Names and tables of genes and samples are made before any value is read: a file of 4 KB must
 * not make us believe in a million million of them. Deflate makes at most 1032 bytes of one, and
 * a chunk that was never written takes no bytes at all: small matrices of these are allowed.
 */
static void check_size(const struct gx_hdf5_file *file, const struct gx_hdf5_plan *plan)
{
	bool dense = plan->order == GX_HDF5_DENSE;
	uint64_t genes = plan->all_genes, samples = plan->all_samples, most;
	if (genes > SIDE_MAX || samples > SIDE_MAX)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "it has %" PRIu64 " genes and %" PRIu64
			       " samples, and gx reads at most %" PRIu64
			       " of each: it is damaged, or it is to be cut into several files",
			       genes, samples, SIDE_MAX);
	if (__builtin_mul_overflow(file->size, UINT64_C(dense ? 1032 : 4096), &most) ||
	    __builtin_add_overflow(most, UINT64_C(1) << (dense ? 24 : 27), &most))
		most = UINT64_MAX;
	/* Both are below 2^32. */
	if ((genes ? genes : 1) * (samples ? samples : 1) > most)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "it claims %" PRIu64 " genes x %" PRIu64
			       " samples, far more values than its bytes can hold: it is damaged",
			       genes, samples);
}

static void check_names(const struct gx_hdf5_file *file, const struct gx_facts *facts,
			const struct gx_names *names, uint64_t n, bool genes)
{
	if (names->n == 0 || names->n == n)
		return;
	const char *from = gx_facts_find(facts, genes ? "id_column" : "sample_column");
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "%zu names in %s for %" PRIu64 " %s: write the file again with a name for each%s",
		       names->n, from ? from : "it", n, genes ? "genes" : "samples",
		       genes ? ", or read it without names: --id-column none"
			     : ", or read it without names: --sample-column none");
}

static void check_extents(const struct gx_hdf5_file *file, const struct gx_hdf5_plan *plan)
{
	if (plan->order != GX_HDF5_DENSE)
		return;
	int samples = plan->samples_first ? 0 : 1;
	for (size_t i = 0; i < plan->narray; i++) {
		const struct gx_hdf5_array *a = &plan->array[i];
		/* A block says itself which samples it has. */
		bool fits = a->extent[!samples] == plan->all_genes &&
			    (a->sample ? a->nsample : plan->all_samples) == a->extent[samples];
		if (!fits)
			gx_hdf5_refuse(file, GX_EXIT_DATA,
				       "%s is %" PRIu64 " x %" PRIu64 ", which does not fit %" PRIu64
				       " genes and %" PRIu64 " samples: write the file again",
				       a->path, a->extent[0], a->extent[1], plan->all_genes,
				       plan->all_samples);
	}
}

/* ---- choosing ---- */

/* Keeps the names whose number is not GX_HDF5_DROPPED. */
static void narrow(struct gx_names *names, const uint32_t *number, uint64_t n)
{
	struct gx_names kept = { 0 };
	const char *name = names->text;
	for (uint64_t i = 0; i < n; i++, name = gx_names_next(name))
		if (number[i] != GX_HDF5_DROPPED)
			gx_names_add(&kept, name, strlen(name));
	gx_names_free(names);
	*names = kept;
}

uint32_t *gx_hdf5_choose_samples(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	uint64_t n = plan->all_samples;
	check_size(file, plan);
	if (n == 0)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       file->reading->transposed
				       ? "--transposed: it has no rows, so there are no samples"
				       : "it has no columns, so there are no samples");
	check_names(file, &plan->facts, &plan->samples, n, false);
	plan->nsample = n;
	if (!file->reading->columns)
		return NULL;
	/* A sample keeps its name, also one that is implicit. */
	for (uint64_t i = plan->samples.n; i < n; i++)
		gx_names_add_implicit(&plan->samples, 's', i + 1);
	bool *chosen = gx_allocate_zeroed(n, sizeof *chosen);
	gx_columns_choose(file->reading->columns, &plan->samples, n, SIZE_MAX, "--columns", chosen);
	uint32_t *number = gx_allocate(n, sizeof *number);
	plan->nsample = 0;
	for (uint64_t i = 0; i < n; i++)
		number[i] = chosen[i] ? (uint32_t)plan->nsample++ : GX_HDF5_DROPPED;
	narrow(&plan->samples, number, n);
	free(chosen);
	return number;
}

/* Tells the arrays which samples are read, but those that a layout has told. */
static void place_samples(struct gx_hdf5_plan *plan, const uint32_t *number)
{
	size_t n = plan->order == GX_HDF5_DENSE ? plan->narray : 1;
	for (size_t i = 0; number && i < n && i < plan->narray; i++) {
		struct gx_hdf5_array *a = &plan->array[i];
		if (a->sample)
			continue;
		a->nsample = plan->all_samples;
		a->sample = gx_allocate(a->nsample, sizeof *a->sample);
		memcpy(a->sample, number, a->nsample * sizeof *a->sample);
	}
}

/* How many genes are read, and their names alone; which, a layout has told. */
static void choose_genes(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	plan->ngene = plan->all_genes;
	if (plan->gene) {
		plan->ngene = 0;
		for (uint64_t i = 0; i < plan->all_genes; i++)
			plan->ngene += plan->gene[i] != GX_HDF5_DROPPED;
		if (plan->genes.n == plan->all_genes)
			narrow(&plan->genes, plan->gene, plan->all_genes);
	}
	check_names(file, &plan->facts, &plan->genes, plan->ngene, true);
}

/* ---- facts ---- */

/* Adds to a list what is not in it: "f8" and "i8" become "f8,i8". */
static void tell_once(struct gx_facts *facts, const char *key, const struct gx_facts *each,
		      size_t n)
{
	struct gx_names values = { 0 };
	for (size_t i = 0; i < n; i++) {
		const char *value = gx_facts_find(&each[i], key), *have = values.text;
		size_t k = 0;
		while (value && k < values.n && strcmp(have, value) != 0) {
			have = gx_names_next(have);
			k++;
		}
		if (value && k == values.n)
			gx_names_add(&values, value, strlen(value));
	}
	for (size_t i = 0; i + 1 < values.nbyte; i++)
		if (!values.text[i])
			values.text[i] = ',';
	if (values.n)
		gx_facts_tell(facts, key, "%s", values.text);
	gx_names_free(&values);
}

/* What the arrays themselves tell: of a sparse matrix its values, else each of its blocks. */
static void tell_arrays(const struct gx_hdf5_plan *plan, struct gx_facts *facts)
{
	size_t n = plan->order == GX_HDF5_DENSE || plan->narray == 0 ? plan->narray : 1;
	struct gx_facts *each = gx_allocate_zeroed(n ? n : 1, sizeof *each);
	for (size_t i = 0; i < n; i++)
		gx_hdf5_array_tell(&plan->array[i], &each[i]);
	tell_once(facts, "type", each, n);
	tell_once(facts, "filters", each, n);
	tell_once(facts, "checksums", each, n);
	if (plan->order == GX_HDF5_DENSE)
		gx_facts_tell(facts, "storage", "dense");
	else if (n)
		gx_facts_count(facts, "entries", plan->array[0].extent[0]);
	if (plan->samples_first || plan->order == GX_HDF5_BY_SAMPLE)
		gx_facts_tell(facts, "transposed", "samples first");
	for (size_t i = 0; i < n; i++)
		gx_facts_free(&each[i]);
	free(each);
}

/* Tells a value; a control byte, as a path may have it, is shown as in messages. */
static void tell_clean(struct gx_facts *facts, const char *key, const char *value)
{
	char clean[2048];
	snprintf(clean, sizeof clean, "%s", value);
	for (char *p = clean; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	gx_facts_tell(facts, key, "%s", clean);
}

/* Puts all facts in one order; what the layout told stands before what is true of any. */
static void tell(struct gx_hdf5_plan *plan)
{
	static const char *const keys[] = { "format", "dataset", "type", "storage", "entries",
					    "filters", "checksums", "id_column", "sample_column",
					    "feature_types", "other_datasets", "transposed" };
	enum { NKEY = sizeof keys / sizeof *keys };
	struct gx_facts told = plan->facts, ordered = { 0 };
	tell_arrays(plan, &told);
	for (size_t i = 0; i < NKEY; i++) {
		const char *value = gx_facts_find(&told, keys[i]);
		if (value)
			tell_clean(&ordered, keys[i], value);
	}
	for (struct gx_fact f = { 0 }; gx_facts_next(&told, &f);)
		if (!gx_facts_find(&ordered, f.key))
			tell_clean(&ordered, f.key, f.value);
	gx_facts_free(&told);
	plan->facts = ordered;
}

void gx_hdf5_find(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	const struct gx_hdf5_layout *layout = layout_of(file);
	refuse_options(file, layout);
	layout->read(file, plan);
	if (plan->nsample == 0) { /* else the layout chose them itself */
		uint32_t *number = gx_hdf5_choose_samples(file, plan);
		/* Extents are compared with all samples, as long as blocks have no other. */
		check_extents(file, plan);
		place_samples(plan, number);
		free(number);
	} else
		check_extents(file, plan);
	choose_genes(file, plan);
	tell(plan);
}
