/* SPDX-License-Identifier: MIT */
/* Which of the frames that pandas wrote is read. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "hdf5/confined/pandas.h"

struct search {
	struct gx_hdf5_candidates frames;
	char other[GX_HDF5_PATH]; /* the first object of pandas that is no frame; "" */
};

static bool is_of_pandas(const struct gx_hdf5_file *file, const char *path)
{
	return gx_hdf5_is_group(file, path) && gx_hdf5_has(file, path, "pandas_type");
}

/* Whether a group is a frame of a format: "frame" of the fixed one, "frame_table". */
static bool is_type(const struct gx_hdf5_file *file, const char *path, const char *type)
{
	char *text = gx_hdf5_text(file, path, "pandas_type");
	bool is = text && strcmp(text, type) == 0;
	free(text);
	return is;
}

static void shape_of(const struct gx_hdf5_file *file, const char *frame, char *out, size_t room)
{
	uint64_t n;
	int used = gx_pandas_axis_length(file, frame, "axis1", &n)
			   ? snprintf(out, room, "%" PRIu64 " x ", n)
			   : snprintf(out, room, "? x ");
	if (gx_pandas_axis_length(file, frame, "axis0", &n))
		snprintf(out + used, room - (size_t)used, "%" PRIu64, n);
	else
		snprintf(out + used, room - (size_t)used, "?");
}

static bool add_frame(void *context, const struct gx_hdf5_file *file, const char *path,
		      enum gx_hdf5_object kind)
{
	struct search *search = context;
	char shape[64] = "table format";
	if (kind != GX_HDF5_GROUP || !gx_hdf5_has(file, path, "pandas_type"))
		return true;
	bool is_frame = is_type(file, path, "frame");
	if (is_frame)
		shape_of(file, path, shape, sizeof shape);
	if (is_frame || is_type(file, path, "frame_table"))
		gx_hdf5_candidates_add(&search->frames, path, shape);
	else if (!search->other[0])
		snprintf(search->other, sizeof search->other, "%s", path);
	return true;
}

static bool find_any(void *context, const struct gx_hdf5_file *file, const char *path,
		     enum gx_hdf5_object kind)
{
	bool *found = context;
	*found = kind == GX_HDF5_GROUP && gx_hdf5_has(file, path, "pandas_type");
	return !*found;
}

bool gx_pandas_fits(const struct gx_hdf5_file *file)
{
	const char *wanted = file->reading->dataset;
	bool found = false;
	if (wanted && *wanted) {
		uint64_t extent[3];
		enum gx_hdf5_object kind = gx_hdf5_look(file, wanted);
		if (kind == GX_HDF5_GROUP && gx_hdf5_has(file, wanted, "pandas_type"))
			return true;
		/* An array within a frame can be read by itself: it is a plain one. */
		if (kind == GX_HDF5_DATASET && gx_hdf5_extent(file, wanted, extent) == 2 &&
		    gx_hdf5_content(file, wanted) == GX_HDF5_NUMBERS)
			return false;
	}
	gx_hdf5_search(file, find_any, &found);
	return found;
}

/* Dies: it is a Series, or something else that has no two dimensions. */
GX_NORETURN GX_COLD static void refuse_other(const struct gx_hdf5_file *file, const char *path)
{
	char what[1200];
	char *type = gx_hdf5_text(file, path, "pandas_type");
	bool is_series = type && strncmp(type, "series", 6) == 0;
	if (!is_series)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s is of pandas, of type %s, and gx reads frames alone: write it as a "
			       "DataFrame with to_hdf",
			       path, type ? gx_show(type, strlen(type)) : "''");
	snprintf(what, sizeof what, "%s is a Series of pandas and no frame", path);
	gx_pandas_mend(file, path, what, "df = df.to_frame()");
}

GX_NORETURN GX_COLD static void refuse_table(const struct gx_hdf5_file *file, const char *path)
{
	const char *key = path + strspn(path, "/");
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "%s is in the table format of pandas, whose column names are pickles, which gx "
		       "never decodes: in Python: pd.read_hdf('FILE', '%s').to_hdf('NEW.h5', key='%s', "
		       "format='fixed')",
		       path, key, key);
}

void gx_pandas_choose(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan, char *frame)
{
	struct search search = { 0 };
	const char *wanted = file->reading->dataset;
	if (wanted && *wanted && is_of_pandas(file, wanted)) {
		/* It may lie deeper than a search goes. */
		const char *path = gx_hdf5_join("/", wanted + strspn(wanted, "/"));
		if (!is_type(file, path, "frame") && !is_type(file, path, "frame_table"))
			refuse_other(file, path);
		snprintf(frame, GX_HDF5_PATH, "%s", path);
	} else {
		gx_hdf5_search(file, add_frame, &search);
		if (!search.frames.paths.n && search.other[0] && !wanted)
			refuse_other(file, search.other);
		snprintf(frame, GX_HDF5_PATH, "%s", gx_hdf5_choose(file, &search.frames));
	}
	for (size_t n = strlen(frame); n > 1 && frame[n - 1] == '/'; n--)
		frame[n - 1] = 0;
	if (is_type(file, frame, "frame_table"))
		refuse_table(file, frame);
	gx_facts_tell(&plan->facts, "format", "HDF5, pandas");
	gx_facts_tell(&plan->facts, "dataset", "%s", frame);
	gx_hdf5_candidates_free(&search.frames);
}
