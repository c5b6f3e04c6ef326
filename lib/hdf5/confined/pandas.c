/* SPDX-License-Identifier: MIT */
/* Frames that pandas wrote with to_hdf in its format "fixed". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/confined/pandas.h"

/* ---- where columns lie ---- */

/* A column of the frame, to be found by its name. */
struct column {
	const char *name;
	uint32_t number;
	uint32_t block; /* that has it; UINT32_MAX: none yet */
};

static int compare_columns(const void *a, const void *b)
{
	const struct column *x = a, *y = b;
	int order = strcmp(x->name, y->name);
	return order ? order : x->number < y->number ? -1 : x->number > y->number;
}

static struct column *sort_columns(const struct gx_names *names)
{
	struct column *column = gx_allocate(names->n + 1, sizeof *column);
	const char *name = names->text;
	for (size_t i = 0; i < names->n; i++, name = gx_names_next(name))
		column[i] = (struct column){ name, (uint32_t)i, UINT32_MAX };
	qsort(column, names->n, sizeof *column, compare_columns);
	return column;
}

/* The first of the columns that are called so; NULL: none is. */
static struct column *find_column(struct column *column, size_t n, const char *name)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strcmp(column[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && strcmp(column[low].name, name) == 0 ? &column[low] : NULL;
}

struct frame {
	const struct gx_hdf5_file *file;
	struct gx_hdf5_plan *plan;
	char path[GX_HDF5_PATH];
	uint64_t nblock, nrow, ncolumn;
	bool unnamed;		 /* one block, and the user does without the names of its columns */
	struct gx_names columns; /* axis0 */
	struct column *sorted;
	uint32_t *chosen; /* for each column which sample it is; NULL: its own number */
};

/* Which column each item of a block is. Repeated names are in the order of the frame. */
static uint32_t *place_items(const struct frame *f, uint64_t block, const struct gx_names *items)
{
	uint32_t *number = gx_allocate(items->n + 1, sizeof *number);
	const char *name = items->text;
	size_t n = f->columns.n;
	for (size_t i = 0; i < items->n; i++, name = gx_names_next(name)) {
		struct column *at = find_column(f->sorted, n, name);
		const struct column *end = f->sorted + n;
		for (; at && at < end && at->block != UINT32_MAX && strcmp(at->name, name) == 0; at++)
			if (at->block != block)
				gx_hdf5_refuse(f->file, GX_EXIT_DATA,
					       "%s has several columns called %s, of different types, "
					       "and does not say which is which: give each a name of its "
					       "own, and write it again",
					       f->path, gx_show(name, strlen(name)));
		if (!at || at == end || strcmp(at->name, name) != 0)
			gx_hdf5_refuse(f->file, GX_EXIT_DATA,
				       "damaged: %s/block%" PRIu64 "_items has the column %s, which is "
				       "not in axis0: write it again with to_hdf",
				       f->path, block, gx_show(name, strlen(name)));
		at->block = (uint32_t)block;
		number[i] = at->number;
	}
	return number;
}

/* ---- blocks ---- */

/* A name in a block: "/nw/block0_values". In one of eight buffers, used in turn. */
static const char *part_of(const struct frame *f, uint64_t block, const char *part)
{
	char name[64];
	snprintf(name, sizeof name, "block%" PRIu64 "_%s", block, part);
	return gx_hdf5_join(f->path, name);
}

/* What values can be that are no numbers, and the line of Python that leaves numbers. */
struct unread {
	const char *what, *line;
};

/* What the values of a block are instead of numbers; NULL: they are. */
static const struct unread *no_numbers(const struct gx_hdf5_file *file, const char *values)
{
	static const struct unread pickle = { "text or mixed values, stored as a pickle, which gx never "
					      "decodes",
					      "df = df.select_dtypes(['number', 'bool'])" };
	static const struct unread dates = { "dates or times (datetime64)",
					     "df = df.select_dtypes(['number', 'bool'], 'timedelta')" };
	static const struct unread complex = { "complex numbers (compound)",
					       "df = df.apply(lambda x: x.to_numpy().real)" };
	static const struct unread other = { "no numbers", "df = df.astype(float)" };
	const struct unread *unread = NULL;
	char *type = gx_hdf5_text(file, values, "value_type");
	enum gx_hdf5_content content = gx_hdf5_content(file, values);
	if (gx_hdf5_has(file, values, "PSEUDOATOM"))
		unread = &pickle;
	else if (type && (strncmp(type, "datetime", 8) == 0 || strncmp(type, "timedelta", 9) == 0))
		unread = &dates;
	else if (content == GX_HDF5_COMPOUND)
		unread = &complex;
	else if (content != GX_HDF5_NUMBERS)
		unread = &other;
	free(type);
	return unread;
}

/* The first names of a list, as they are shown. */
static void show_items(const struct gx_names *items, char *out, size_t room)
{
	const char *name = items->text;
	size_t used = (size_t)snprintf(out, room, "%s", items->n == 1   ? ", column "
							: items->n ? ", columns "
								   : "");
	for (size_t i = 0; i < items->n && used < room; i++, name = gx_names_next(name)) {
		size_t n = strlen(name);
		bool over = used > room / 2;
		used += (size_t)snprintf(out + used, room - used, "%s%s", i ? ", " : "",
					 over ? "..." : gx_show(name, n < 40 ? n : 40));
		if (over)
			break;
	}
}

GX_NORETURN GX_COLD static void refuse_block(const struct frame *f, const char *values,
					     const struct gx_names *items,
					     const struct unread *unread)
{
	char text[1600], shown[400];
	show_items(items, shown, sizeof shown);
	/* Of numbers that are objects of Python all may be asked for. */
	bool all = items->n == f->ncolumn && strstr(unread->line, "select");
	snprintf(text, sizeof text, "%s%s, holds %s: %swrite the numbers alone", values, shown,
		 unread->what,
		 f->file->reading->transposed ? "" : "choose others with --columns, or ");
	gx_pandas_mend(f->file, f->path, text, all ? "df = df.astype(float)" : unread->line);
}

/* Whether a block lies as pandas has it in memory, column behind column, which old ones wrote. */
static bool lies_turned(const struct gx_hdf5_file *file, const char *values)
{
	uint64_t transposed;
	return gx_hdf5_integers(file, values, "transposed", 1, &transposed) && transposed == 0;
}

/* Which samples the items of a block are; NULL: each is the sample of its own number. */
static uint32_t *samples_of(const struct frame *f, const uint32_t *number, size_t n)
{
	uint32_t *sample = gx_allocate(n + 1, sizeof *sample);
	bool same = n == f->ncolumn;
	for (size_t i = 0; i < n; i++) {
		uint32_t column = number ? number[i] : (uint32_t)i;
		sample[i] = f->chosen ? f->chosen[column] : column;
		same = same && sample[i] == i;
	}
	if (!same)
		return sample;
	free(sample);
	return NULL;
}

static bool is_dropped(const uint32_t *sample, size_t n)
{
	for (size_t i = 0; sample && i < n; i++)
		if (sample[i] != GX_HDF5_DROPPED)
			return false;
	return sample;
}

/* The names of the columns in a block, and which samples they are (as samples_of). */
static uint32_t *read_items(const struct frame *f, uint64_t block, struct gx_names *items)
{
	char name[64];
	if (f->unnamed)
		return samples_of(f, NULL, f->ncolumn);
	snprintf(name, sizeof name, "block%" PRIu64 "_items", block);
	gx_pandas_axis(f->file, f->path, name, items);
	uint32_t *number = place_items(f, block, items);
	uint32_t *sample = samples_of(f, number, items->n);
	free(number);
	return sample;
}

/* Dies unless there is one block, with its columns in their order. */
static void demand_one_block(const struct frame *f, const uint32_t *sample)
{
	if (f->nblock == 1 && (!sample || f->chosen))
		return;
	if (f->file->reading->transposed)
		gx_hdf5_refuse(f->file, GX_EXIT_USAGE,
			       "--transposed: %s has columns of several types, which are not turned "
			       "here: gx-convert -b -o m.gxm FILE, then gx-convert --transpose m.gxm",
			       f->path);
	gx_hdf5_refuse(f->file, GX_EXIT_DATA,
		       "%s has columns of several types, which lie as old versions of pandas wrote "
		       "them: in Python: pd.read_hdf('FILE', '%s').to_hdf('NEW.h5', key='%s')",
		       f->path, f->path + 1, f->path + 1);
}

/* Adds a block to the plan, unless none of its columns is chosen. */
static void add_block(struct frame *f, uint64_t block)
{
	struct gx_names items = { 0 };
	char values[GX_HDF5_PATH];
	snprintf(values, sizeof values, "%s", part_of(f, block, "values"));
	uint32_t *sample = read_items(f, block, &items);
	size_t nitem = f->unnamed ? f->ncolumn : items.n;
	if (!is_dropped(sample, nitem) && f->nrow) {
		const struct unread *unread = no_numbers(f->file, values);
		if (unread)
			refuse_block(f, values, &items, unread);
		struct gx_hdf5_array *a = gx_hdf5_array_add(f->file, values, f->plan);
		bool turned = lies_turned(f->file, values);
		if (a->extent[turned] != f->nrow || a->extent[!turned] != nitem)
			gx_hdf5_refuse(f->file, GX_EXIT_DATA,
				       "damaged: %s is %" PRIu64 " x %" PRIu64 " for %" PRIu64
				       " rows and %zu columns: write it again with to_hdf",
				       values, a->extent[0], a->extent[1], f->nrow, nitem);
		f->plan->samples_first = turned != f->file->reading->transposed;
		if (f->plan->samples_first || f->file->reading->transposed)
			demand_one_block(f, sample);
		a->sample = sample;
		a->nsample = sample ? nitem : 0;
		sample = NULL;
	}
	free(sample);
	gx_names_free(&items);
}

/* ---- the frame ---- */

/* Whether all blocks are marked as empty: there are no rows. */
static bool is_empty(const struct frame *f)
{
	uint64_t nempty = 0;
	for (uint64_t i = 0; i < f->nblock; i++)
		nempty += gx_hdf5_has(f->file, part_of(f, i, "values"), "shape");
	if (nempty && nempty < f->nblock)
		gx_hdf5_refuse(f->file, GX_EXIT_DATA,
			       "damaged: some blocks of %s are empty and some are not: write it again "
			       "with to_hdf",
			       f->path);
	return nempty || f->nblock == 0;
}

static void count_blocks(struct frame *f)
{
	if (!gx_hdf5_integers(f->file, f->path, "nblocks", 1, &f->nblock) || f->nblock > 10000)
		gx_hdf5_refuse(f->file, GX_EXIT_DATA,
			       "damaged: %s does not say in how many blocks its values are: write it "
			       "again with to_hdf",
			       f->path);
	for (uint64_t i = 0; i < f->nblock; i++)
		if (!gx_hdf5_is_dataset(f->file, part_of(f, i, "values")))
			gx_hdf5_refuse(f->file, GX_EXIT_DATA,
				       "damaged: %s is not there: write it again with to_hdf",
				       part_of(f, i, "values"));
}

/* How many rows and columns there are, by the first block of numbers, before names are read. */
static void count_rows(struct frame *f)
{
	uint64_t extent[3];
	if (is_empty(f)) {
		if (f->nblock == 0) /* but there may be an index */
			gx_pandas_axis_length(f->file, f->path, "axis1", &f->nrow);
		return;
	}
	for (uint64_t i = 0; i < f->nblock; i++) {
		const char *values = part_of(f, i, "values");
		if (gx_hdf5_has(f->file, values, "PSEUDOATOM") ||
		    gx_hdf5_extent(f->file, values, extent) != 2)
			continue;
		bool turned = lies_turned(f->file, values);
		f->nrow = extent[turned];
		f->ncolumn = extent[!turned];
		return;
	}
	gx_pandas_axis_length(f->file, f->path, "axis1", &f->nrow);
}

/* Whether the user does without the names of an axis; another name than the axis' own is wrong. */
static bool is_unnamed(const struct frame *f, const char *axis, bool genes)
{
	const struct gx_reading *reading = f->file->reading;
	const char *wanted = genes ? reading->id_column : reading->sample_column;
	const char *option = genes ? "--id-column" : "--sample-column";
	if (!wanted || strcmp(wanted, axis) == 0)
		return false;
	if (strcmp(wanted, "none") == 0)
		return true;
	gx_hdf5_refuse(f->file, GX_EXIT_USAGE,
		       "%s %s: a frame of pandas has no such names: there are %s (%s/%s), or none", option,
		       gx_show(wanted, strlen(wanted)), axis, f->path, axis);
}

/* Reads the names of genes and samples, those of axis0 in any case: blocks are placed by them. */
static void read_names(struct frame *f)
{
	struct gx_hdf5_plan *plan = f->plan;
	bool turned = f->file->reading->transposed;
	const char *of_genes = turned ? "axis0" : "axis1", *of_samples = turned ? "axis1" : "axis0";
	bool no_genes = is_unnamed(f, of_genes, true), no_samples = is_unnamed(f, of_samples, false);
	bool no_columns = turned ? no_genes : no_samples, no_index = turned ? no_samples : no_genes;
	struct gx_names *columns = turned ? &plan->genes : &plan->samples;
	struct gx_names *index = turned ? &plan->samples : &plan->genes;
	f->unnamed = no_columns && f->nblock == 1 && f->ncolumn;
	if (f->nblock && !f->unnamed) {
		gx_pandas_axis(f->file, f->path, "axis0", &f->columns);
		f->ncolumn = f->columns.n;
		f->sorted = sort_columns(&f->columns);
	}
	if (!no_columns)
		gx_names_append(columns, &f->columns);
	if (!no_index && f->nrow)
		gx_pandas_axis(f->file, f->path, "axis1", index);
	if (!no_genes)
		gx_facts_tell(&plan->facts, "id_column", "%s/%s", f->path, of_genes);
	if (!no_samples)
		gx_facts_tell(&plan->facts, "sample_column", "%s/%s", f->path, of_samples);
	plan->all_genes = turned ? f->ncolumn : f->nrow;
	plan->all_samples = turned ? f->nrow : f->ncolumn;
}

static void check_placed(const struct frame *f)
{
	for (size_t i = 0; i < f->columns.n; i++)
		if (f->sorted[i].block == UINT32_MAX)
			gx_hdf5_refuse(f->file, GX_EXIT_DATA,
				       "damaged: the column %s of %s is in none of its blocks: write it "
				       "again with to_hdf",
				       gx_show(f->sorted[i].name, strlen(f->sorted[i].name)), f->path);
}

static void read(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan)
{
	struct frame f = { .file = file, .plan = plan };
	plan->order = GX_HDF5_DENSE;
	gx_pandas_choose(file, plan, f.path);
	count_blocks(&f);
	count_rows(&f);
	read_names(&f);
	/* Blocks of text may be among those that are not chosen. */
	if (!file->reading->transposed)
		f.chosen = gx_hdf5_choose_samples(file, plan);
	for (uint64_t i = 0; i < f.nblock; i++)
		add_block(&f, i);
	check_placed(&f);
	free(f.chosen);
	free(f.sorted);
	gx_names_free(&f.columns);
}

const struct gx_hdf5_layout gx_hdf5_pandas = { .name = "pandas",
					       .fits = gx_pandas_fits,
					       .read = read };
