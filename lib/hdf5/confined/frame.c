/* SPDX-License-Identifier: MIT */
#include "hdf5/confined/frame.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { SHOWN_MAX = 20, SHOWN_BYTES = 800 };

/* Bytes of names of categories: a long one may be meant often. */
#define NAMES_MAX (UINT64_C(1) << 30)

void gx_hdf5_frames_begin(const struct gx_hdf5_file *file, const char *matrix,
			  struct gx_hdf5_plan *plan, struct gx_hdf5_frame side[2])
{
	side[GX_HDF5_GENES] = (struct gx_hdf5_frame){ .option = "--id-column",
						      .wanted = file->reading->id_column,
						      .what = "genes",
						      .matrix = matrix,
						      .n = plan->all_genes,
						      .names = &plan->genes };
	side[GX_HDF5_SAMPLES] = (struct gx_hdf5_frame){ .option = "--sample-column",
							.wanted = file->reading->sample_column,
							.what = "samples",
							.matrix = matrix,
							.n = plan->all_samples,
							.names = &plan->samples };
}

/* ---- which columns there are ---- */

/* The members of a column that is a group: what is numbered, and the numbers or the mask. */
static bool is_categorical(const struct gx_hdf5_file *file, const char *path)
{
	return gx_hdf5_is_dataset(file, gx_hdf5_join(path, "codes")) &&
	       gx_hdf5_look(file, gx_hdf5_join(path, "categories")) != GX_HDF5_ABSENT;
}

static bool is_nullable(const struct gx_hdf5_file *file, const char *path)
{
	return gx_hdf5_is_dataset(file, gx_hdf5_join(path, "values"));
}

/* Whether a dataset is as long as a side, and of what names can be made of. */
static bool has_length(const struct gx_hdf5_file *file, const char *path, uint64_t n)
{
	uint64_t extent[3];
	enum gx_hdf5_content content = gx_hdf5_content(file, path);
	return (content == GX_HDF5_STRINGS || content == GX_HDF5_NUMBERS) &&
	       gx_hdf5_extent(file, path, extent) == 1 && extent[0] == n;
}

/* Whether a member of a frame is a column that could name its side. */
static bool is_column(const struct gx_hdf5_file *file, const char *path, uint64_t n)
{
	enum gx_hdf5_object kind = gx_hdf5_look(file, path);
	if (kind == GX_HDF5_DATASET)
		return has_length(file, path, n);
	if (kind != GX_HDF5_GROUP)
		return false;
	if (is_categorical(file, path))
		return has_length(file, gx_hdf5_join(path, "codes"), n);
	return is_nullable(file, path) && has_length(file, gx_hdf5_join(path, "values"), n);
}

static void candidates(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
		       struct gx_names *names)
{
	if (frame->only)
		for (const char *const *p = frame->only; *p; p++)
			gx_names_add(names, *p, strlen(*p));
	else if (frame->is_compound)
		gx_hdf5_fields(file, frame->path, names);
	else
		gx_hdf5_own_members(file, frame->path, names);
}

/* Lists the columns, as many as a message takes. */
static void list_columns(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
			 char out[SHOWN_BYTES])
{
	struct gx_names names = { 0 };
	size_t n = 0, shown = 0;
	candidates(file, frame, &names);
	const char *name = names.text;
	strcpy(out, "nothing there fits");
	for (size_t i = 0; i < names.n; i++, name = gx_names_next(name)) {
		if (!frame->is_compound &&
		    !is_column(file, gx_hdf5_join(frame->path, name), frame->n))
			continue;
		if (shown++ == SHOWN_MAX || n + strlen(name) + 8 > SHOWN_BYTES) {
			strcpy(out + n, " ...");
			break;
		}
		n += (size_t)sprintf(out + n, "%s%s", n ? ", " : "", name);
	}
	gx_names_free(&names);
}

GX_NORETURN GX_COLD static void refuse_wanted(const struct gx_hdf5_file *file,
					      const struct gx_hdf5_frame *frame)
{
	char list[SHOWN_BYTES];
	list_columns(file, frame, list);
	gx_hdf5_refuse(file, GX_EXIT_USAGE, "%s: there is no column %s in %s: choose one of these, or none: %s",
		       frame->option, gx_show(frame->wanted, strlen(frame->wanted)), frame->path,
		       list);
}

static bool is_among(const char *name, const struct gx_names *names)
{
	const char *p = names->text;
	for (size_t i = 0; i < names->n; i++, p = gx_names_next(p))
		if (strcmp(p, name) == 0)
			return true;
	return false;
}

/* ---- which one it is ---- */

static bool is_none(const struct gx_hdf5_frame *frame)
{
	return frame->wanted && strcmp(frame->wanted, "none") == 0;
}

static bool has_column(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
		       const char *name)
{
	return *name && gx_hdf5_look(file, gx_hdf5_join(frame->path, name)) != GX_HDF5_ABSENT;
}

static void choose(struct gx_hdf5_frame *frame, const char *name)
{
	snprintf(frame->column, sizeof frame->column, "%s", name);
}

static void find_wanted(const struct gx_hdf5_file *file, struct gx_hdf5_frame *frame)
{
	struct gx_names names = { 0 };
	bool found;
	if (frame->only || frame->is_compound) {
		candidates(file, frame, &names);
		found = is_among(frame->wanted, &names);
	} else {
		const char *path = gx_hdf5_join(frame->path, frame->wanted);
		/* What is one by its form, whatever its length: how many there are is said later. */
		found = has_column(file, frame, frame->wanted) &&
			(gx_hdf5_is_dataset(file, path) || is_categorical(file, path) ||
			 is_nullable(file, path));
	}
	gx_names_free(&names);
	if (!found)
		refuse_wanted(file, frame);
	choose(frame, frame->wanted);
}

static void find_usual(const struct gx_hdf5_file *file, struct gx_hdf5_frame *frame,
		       const char *const usual[])
{
	if (frame->is_compound) {
		struct gx_names fields = { 0 };
		gx_hdf5_fields(file, frame->path, &fields);
		choose(frame, fields.n ? fields.text : "");
		gx_names_free(&fields);
		return;
	}
	for (; *usual && !frame->column[0]; usual++)
		if (has_column(file, frame, *usual))
			choose(frame, *usual);
}

void gx_hdf5_frame_find(const struct gx_hdf5_file *file, struct gx_hdf5_frame *frame,
			const char *path, const char *const usual[])
{
	snprintf(frame->path, sizeof frame->path, "%s", path);
	enum gx_hdf5_object kind = gx_hdf5_look(file, path);
	frame->is_compound = kind == GX_HDF5_DATASET &&
			     gx_hdf5_content(file, path) == GX_HDF5_COMPOUND;
	if (is_none(frame))
		return;
	if (kind != GX_HDF5_GROUP && !frame->is_compound)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s %s, and columns with the names of the %s should be there: write the "
			       "file again, or do without names (%s none)",
			       path, kind == GX_HDF5_ABSENT ? "is missing" : "is no table",
			       frame->what, frame->option);
	if (frame->wanted)
		find_wanted(file, frame);
	else
		find_usual(file, frame, usual);
}

/* ---- reading it ---- */

GX_NORETURN GX_COLD static void wrong_count(const struct gx_hdf5_file *file,
					    const struct gx_hdf5_frame *frame, const char *path,
					    uint64_t n)
{
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "%" PRIu64 " name%s in %s for %" PRIu64
		       " %s of %s: they do not belong together: write the file again, or do without "
		       "names (%s none)",
		       n, n == 1 ? "" : "s", path, frame->n, frame->what, frame->matrix, frame->option);
}

/* One dimension, as long as the side. */
static void demand_length(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
			  const char *path)
{
	uint64_t extent[3];
	int ndim = gx_hdf5_extent(file, path, extent);
	if (ndim != 1)
		gx_hdf5_refuse(file, GX_EXIT_USAGE,
			       "%s has %d dimensions, and names have one: choose another column (%s)",
			       path, ndim, frame->option);
	if (extent[0] != frame->n)
		wrong_count(file, frame, path, extent[0]);
}

GX_NORETURN GX_COLD static void missing_name(const struct gx_hdf5_file *file,
					     const struct gx_hdf5_frame *frame, const char *path,
					     uint64_t i)
{
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "name %" PRIu64 " in %s is missing: fill it in, or choose another column (%s)",
		       i + 1, path, frame->option);
}

/* A mask beside values tells which of them are missing. */
static void check_mask(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
		       const char *path)
{
	uint64_t n;
	const char *mask = gx_hdf5_join(path, "mask");
	if (!gx_hdf5_is_dataset(file, mask))
		return;
	demand_length(file, frame, mask);
	int64_t *set = gx_hdf5_whole_numbers(file, mask, NULL, &n);
	for (uint64_t i = 0; i < n; i++)
		if (set[i])
			missing_name(file, frame, path, i);
	free(set);
}

/* Names of numbered categories; how long they are together is known before memory is taken. */
static void name_codes(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
		       const char *path, const int64_t *code, const struct gx_names *categories)
{
	const char **category = gx_allocate(categories->n, sizeof *category), *p = categories->text;
	size_t *length = gx_allocate(categories->n, sizeof *length);
	uint64_t nbyte = 0;
	for (size_t i = 0; i < categories->n; i++, p = gx_names_next(p)) {
		category[i] = p;
		length[i] = strlen(p);
	}
	for (uint64_t i = 0; i < frame->n; i++) {
		if (code[i] < 0)
			missing_name(file, frame, path, i);
		if ((uint64_t)code[i] >= categories->n)
			gx_hdf5_refuse(file, GX_EXIT_DATA,
				       "%s is damaged: row %" PRIu64 " is of category %" PRId64
				       ", from 0, and there are %zu of them",
				       path, i + 1, code[i], categories->n);
		nbyte += length[code[i]] + 1;
	}
	if (nbyte > NAMES_MAX)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "the names in %s take %" PRIu64 " bytes, and gx reads at most %" PRIu64
			       ": choose another column (%s)",
			       path, nbyte, NAMES_MAX, frame->option);
	gx_names_reserve(frame->names, nbyte);
	for (uint64_t i = 0; i < frame->n; i++)
		gx_names_put(frame->names, category[code[i]], length[code[i]]);
	free(category);
	free(length);
}

/* Categories have no mask that is set. A single one may be no list (anndata before 0.7). */
static void read_categories(const struct gx_hdf5_file *file, const char *path,
			    struct gx_names *categories)
{
	if (gx_hdf5_is_group(file, path) && is_nullable(file, path))
		path = gx_hdf5_join(path, "values");
	uint64_t extent[3];
	char *one = gx_hdf5_extent(file, path, extent) == 0 ? gx_hdf5_value_text(file, path) : NULL;
	if (one)
		gx_names_add(categories, one, strlen(one));
	else
		gx_hdf5_names(file, path, categories);
	free(one);
}

/* field: of a compound dataset at codes; or NULL. */
static void read_codes(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
		       const char *path, const char *codes, const char *field,
		       const char *categories_path)
{
	uint64_t n;
	struct gx_names categories = { 0 };
	demand_length(file, frame, codes);
	int64_t *code = gx_hdf5_whole_numbers(file, codes, field, &n);
	read_categories(file, categories_path, &categories);
	name_codes(file, frame, path, code, &categories);
	gx_names_free(&categories);
	free(code);
}

static void read_field(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame)
{
	char path[GX_HDF5_PATH], categories[GX_HDF5_PATH], name[GX_HDF5_PATH];
	snprintf(path, sizeof path, "%s", gx_hdf5_join(frame->path, frame->column));
	snprintf(name, sizeof name, "%.900s_categories", frame->column);
	snprintf(categories, sizeof categories, "%s",
		 frame->categories ? gx_hdf5_join(frame->categories, name) : "");
	demand_length(file, frame, frame->path);
	if (categories[0] && gx_hdf5_is_dataset(file, categories) &&
	    gx_hdf5_field_content(file, frame->path, frame->column) == GX_HDF5_NUMBERS)
		read_codes(file, frame, path, frame->path, frame->column, categories);
	else
		gx_hdf5_field_names(file, frame->path, frame->column, frame->names);
}

static void read_column(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
			const char *path)
{
	char categories[GX_HDF5_PATH];
	if (gx_hdf5_is_group(file, path) && is_categorical(file, path)) {
		char codes[GX_HDF5_PATH];
		snprintf(codes, sizeof codes, "%s", gx_hdf5_join(path, "codes"));
		snprintf(categories, sizeof categories, "%s", gx_hdf5_join(path, "categories"));
		read_codes(file, frame, path, codes, NULL, categories);
	} else if (gx_hdf5_is_group(file, path)) {
		char values[GX_HDF5_PATH];
		snprintf(values, sizeof values, "%s", gx_hdf5_join(path, "values"));
		check_mask(file, frame, path);
		demand_length(file, frame, values);
		gx_hdf5_names(file, values, frame->names);
	} else if (gx_hdf5_has(file, path, "categories")) {
		if (!gx_hdf5_reference(file, path, "categories", categories, sizeof categories))
			gx_hdf5_refuse(file, GX_EXIT_DATA,
				       "damaged: the categories of %s are not there: choose another "
				       "column (%s)",
				       path, frame->option);
		read_codes(file, frame, path, path, NULL, categories);
	} else {
		demand_length(file, frame, path);
		gx_hdf5_names(file, path, frame->names);
	}
}

/* Names of one side; tells where they came from. */
static void read_names(const struct gx_hdf5_file *file, const struct gx_hdf5_frame *frame,
		       const char *key, struct gx_facts *facts)
{
	char path[GX_HDF5_PATH] = "none";
	if (!is_none(frame)) {
		snprintf(path, sizeof path, "%s", gx_hdf5_join(frame->path, frame->column));
		if (frame->is_compound)
			read_field(file, frame);
		else
			read_column(file, frame, path);
	}
	gx_facts_tell(facts, key, "%s", path);
}

/* Neither the options nor the file say what names a side, or both: says what there is. */
static void demand_columns(const struct gx_hdf5_file *file, const struct gx_hdf5_frame side[2])
{
	char text[2][SHOWN_BYTES + 256] = { "", "" };
	bool asks[2];
	for (int i = 0; i < 2; i++) {
		char list[SHOWN_BYTES];
		asks[i] = !side[i].column[0] && !is_none(&side[i]);
		if (!asks[i])
			continue;
		list_columns(file, &side[i], list);
		snprintf(text[i], sizeof text[i], "%s%s NAME of %.200s (%s) or none",
			 i && asks[0] ? ", and " : "", side[i].option, side[i].path, list);
	}
	if (asks[0] || asks[1])
		gx_hdf5_refuse(file, GX_EXIT_USAGE,
			       "it does not say what names its %s%s%s: choose %s%s",
			       asks[0] ? "genes" : "", asks[0] && asks[1] ? " and " : "",
			       asks[1] ? "samples" : "", text[0], text[1]);
}

void gx_hdf5_frames_read(const struct gx_hdf5_file *file, const struct gx_hdf5_frame side[2],
			 struct gx_hdf5_plan *plan)
{
	demand_columns(file, side);
	read_names(file, &side[GX_HDF5_GENES], "id_column", &plan->facts);
	read_names(file, &side[GX_HDF5_SAMPLES], "sample_column", &plan->facts);
}
