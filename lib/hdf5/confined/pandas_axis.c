/* SPDX-License-Identifier: MIT */
/* The index and the columns of a frame of pandas. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/confined/pandas.h"

/* Names have no encoding then: it is None, as a pickle. */
static bool is_of_python_2(const struct gx_hdf5_file *file, const char *frame)
{
	char *encoding = gx_hdf5_text(file, frame, "encoding");
	bool is = encoding && strcmp(encoding, "N.") == 0;
	free(encoding);
	return is;
}

void gx_pandas_mend(const struct gx_hdf5_file *file, const char *frame, const char *what,
		    const char *lines)
{
	const char *key = frame + strspn(frame, "/");
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "%s%s: in Python: df = pd.read_hdf('FILE', '%s'); %s; df.to_hdf('NEW.h5', "
		       "key='%s')",
		       what,
		       is_of_python_2(file, frame) ? "; as Python 2 wrote it, pandas below 3 alone reads it"
						   : "",
		       key, lines, key);
}

bool gx_pandas_is_empty(const struct gx_hdf5_file *file, const char *node)
{
	uint64_t transposed;
	if (gx_hdf5_has(file, node, "shape"))
		return true;
	/* pandas turns each array that has a value; of a pickled empty one this is the only mark. */
	return gx_hdf5_has(file, node, "PSEUDOATOM") &&
	       gx_hdf5_integers(file, node, "transposed", 1, &transposed) && transposed == 0;
}

/* Whether an axis has a kind whose array has a value for each name. */
static bool is_plain_kind(const char *kind)
{
	return kind && (strcmp(kind, "string") == 0 || strcmp(kind, "integer") == 0 ||
			strcmp(kind, "float") == 0 || strcmp(kind, "category") == 0);
}

bool gx_pandas_axis_length(const struct gx_hdf5_file *file, const char *frame, const char *axis,
			   uint64_t *n)
{
	const char *node = gx_hdf5_join(frame, axis);
	uint64_t extent[3];
	*n = 0;
	if (!gx_hdf5_is_dataset(file, node))
		return false;
	if (gx_pandas_is_empty(file, node))
		return true;
	char *kind = gx_hdf5_text(file, node, "kind");
	bool known = is_plain_kind(kind) && gx_hdf5_extent(file, node, extent) == 1;
	free(kind);
	if (known)
		*n = extent[0];
	return known;
}

/* "index" or "columns", as Python calls what an axis of a frame is. */
static const char *python_name(const char *axis)
{
	return strncmp(axis, "axis1", 5) == 0 ? "index" : "columns";
}

GX_NORETURN GX_COLD static void refuse_levels(const struct gx_hdf5_file *file, const char *frame,
					      const char *axis)
{
	char what[1400];
	bool is_index = strcmp(python_name(axis), "index") == 0;
	snprintf(what, sizeof what,
		 "%s/%s (%s) has several levels (MultiIndex), and gx has one name for each: join them, "
		 "or leave them out (%s)",
		 frame, axis, python_name(axis),
		 is_index ? "df = df.reset_index(drop=True)" : "df = df.T.reset_index(drop=True).T");
	gx_pandas_mend(file, frame, what,
		       is_index ? "df.index = ['_'.join(map(str, i)) for i in df.index]"
				: "df.columns = ['_'.join(map(str, i)) for i in df.columns]");
}

/* Dies: the line makes text of the names. */
GX_NORETURN GX_COLD static void refuse_kind(const struct gx_hdf5_file *file, const char *frame,
					    const char *axis, const char *of)
{
	char what[1200], line[64];
	const char *name = python_name(axis);
	snprintf(what, sizeof what, "%s/%s (%s) %s", frame, axis, name, of);
	snprintf(line, sizeof line, "df.%s = df.%s.astype(str)", name, name);
	gx_pandas_mend(file, frame, what, line);
}

/* Dies unless an axis has one level of strings, numbers or categories. Returns its kind. */
static char *check_kind(const struct gx_hdf5_file *file, const char *frame, const char *axis,
			const char *node)
{
	char variety[64];
	snprintf(variety, sizeof variety, "%s_variety", axis);
	char *value = gx_hdf5_text(file, frame, variety);
	if (value && strcmp(value, "multi") == 0)
		refuse_levels(file, frame, axis);
	free(value);
	if (!gx_hdf5_is_dataset(file, node))
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s is not there, which a frame of pandas has: write it again with to_hdf",
			       node);
	char *kind = gx_hdf5_text(file, node, "kind");
	char *class = gx_hdf5_text(file, node, "index_class"); /* periods are stored as integers */
	const char *dates = class && *class ? class : kind ? kind : "";
	if (strncmp(dates, "date", 4) == 0 || strncmp(dates, "timedelta", 9) == 0 ||
	    strcmp(dates, "period") == 0)
		refuse_kind(file, frame, axis,
			    strncmp(dates, "date", 4) == 0
				    ? "has dates (datetime64), which are no names: make text of them"
				    : "has times, which are no names: make text of them");
	free(class);
	if (kind && strcmp(kind, "object") == 0)
		refuse_kind(file, frame, axis,
			    "is a pickle, which gx never decodes: make plain text of it");
	if (!is_plain_kind(kind))
		refuse_kind(file, frame, axis, "is of a kind that gx does not know: make text of it");
	return kind;
}

GX_NORETURN GX_COLD static void refuse_missing(const struct gx_hdf5_file *file, const char *frame,
					       const char *axis, uint64_t number)
{
	char what[1200], line[128];
	const char *name = python_name(axis);
	snprintf(what, sizeof what,
		 "name %" PRIu64 " in %s/%s (%s) is missing (NaN): give it one", number, frame, axis,
		 name);
	snprintf(line, sizeof line, "df.%s = df.%s.astype(str).where(df.%s.notna(), 'unnamed')", name,
		 name, name);
	gx_pandas_mend(file, frame, what, line);
}

/* Dies where one of the names says that it is none. */
static void check_missing(const struct gx_hdf5_file *file, const char *frame, const char *axis,
			  const struct gx_names *names, const char *missing)
{
	const char *name = names->text;
	for (size_t i = 0; i < names->n; i++, name = gx_names_next(name))
		if (strcmp(name, missing) == 0)
			refuse_missing(file, frame, axis, i + 1);
}

/* Names of one kind that stand there themselves. */
static void read_plain(const struct gx_hdf5_file *file, const char *frame, const char *axis,
		       const char *node, const char *kind, struct gx_names *names)
{
	gx_hdf5_names(file, node, names);
	/* From pandas 3.1 on; without the attribute "nan" is a name like any other. */
	char *missing = strcmp(kind, "string") == 0 ? gx_hdf5_text(file, node, "nan_rep") : NULL;
	if (missing && *missing)
		check_missing(file, frame, axis, names, missing);
	free(missing);
	if (strcmp(kind, "float") == 0)
		check_missing(file, frame, axis, names, "nan");
}

static void read_categories(const struct gx_hdf5_file *file, const char *frame, const char *axis,
			    const char *node, struct gx_names *names)
{
	char of[80];
	uint64_t n;
	struct gx_names categories = { 0 };
	snprintf(of, sizeof of, "%s_categories", axis);
	gx_pandas_axis(file, frame, of, &categories);
	const char **category = gx_allocate(categories.n + 1, sizeof *category);
	const char *name = categories.text;
	for (size_t i = 0; i < categories.n; i++, name = gx_names_next(name))
		category[i] = name;
	int64_t *code = gx_hdf5_whole_numbers(file, node, NULL, &n);
	for (uint64_t i = 0; i < n; i++) {
		if (code[i] < 0)
			refuse_missing(file, frame, axis, i + 1);
		if ((uint64_t)code[i] >= categories.n)
			gx_hdf5_refuse(file, GX_EXIT_DATA,
				       "damaged: code %" PRIi64 " in %s, and there are %zu categories",
				       code[i], node, categories.n);
		gx_names_add(names, category[code[i]], strlen(category[code[i]]));
	}
	free(code);
	free(category);
	gx_names_free(&categories);
}

void gx_pandas_axis(const struct gx_hdf5_file *file, const char *frame, const char *axis,
		    struct gx_names *names)
{
	char node[GX_HDF5_PATH];
	snprintf(node, sizeof node, "%s", gx_hdf5_join(frame, axis));
	char *kind = check_kind(file, frame, axis, node);
	bool is_category = strcmp(kind, "category") == 0;
	if (is_category && strstr(axis, "_categories"))
		gx_hdf5_refuse(file, GX_EXIT_DATA, "damaged: %s are categories of categories", node);
	if (is_category)
		read_categories(file, frame, axis, node, names);
	else
		read_plain(file, frame, axis, node, kind, names);
	free(kind);
}
