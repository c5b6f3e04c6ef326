/* SPDX-License-Identifier: MIT */
/* Names: of genes and samples, in datasets of one dimension or fields of compound ones. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/confined/types.h"
#include "number/number.h"

/* What is read of a dataset of one dimension: all of it, or a field. */
struct column {
	const struct gx_hdf5_file *file;
	const char *path;
	hid_t set, type; /* of a value, or of a field alone */
	hid_t memory;	 /* the type that is read: of a field, a compound of it alone */
	uint64_t n;
};

/* What a few bytes must not ask for: a chunk of n bytes inflates to 1032 n at most. */
static bool is_credible(const struct gx_hdf5_file *file, uint64_t n, uint64_t size)
{
	const uint64_t most = (UINT64_C(1) << 24) + 1032 * file->size;
	return size && n <= most / size;
}

static void check_written(const struct column *c)
{
	if (c->n && H5Dget_storage_size(c->set) == 0)
		gx_hdf5_refuse(c->file, GX_EXIT_DATA, "%s was never written: write the file again",
			       c->path);
}

static uint64_t length_of(const struct column *c)
{
	uint64_t extent[3];
	int n = gx_hdf5_extent(c->file, c->path, extent);
	if (n != 1)
		gx_hdf5_refuse(c->file, GX_EXIT_DATA,
			       "%s has %d dimensions: names are a list, of one dimension", c->path, n);
	return extent[0];
}

static void demand_field(const struct column *c, hid_t whole, const char *field)
{
	int k = H5Tget_class(whole) == H5T_COMPOUND ? H5Tget_member_index(whole, field) : -1;
	if (k < 0)
		gx_hdf5_refuse(c->file, GX_EXIT_DATA, "%s has no field %s", c->path, field);
}

static struct column open_column(const struct gx_hdf5_file *file, const char *path,
				 const char *field)
{
	struct column c = { .file = file, .path = path };
	if (!gx_hdf5_is_dataset(file, path))
		gx_hdf5_refuse(file, GX_EXIT_DATA, "%s is no dataset: names are expected there", path);
	c.n = length_of(&c);
	c.set = gx_hdf5_open(file, path);
	gx_hdf5_check_storage(file, path, c.set);
	c.type = c.memory = H5Dget_type(c.set);
	if (c.type < 0)
		gx_hdf5_failed(file, path);
	if (field) {
		demand_field(&c, c.type, field);
		hid_t whole = c.type;
		c.type = H5Tget_member_type(whole, (unsigned)H5Tget_member_index(whole, field));
		c.memory = c.type < 0 ? -1 : H5Tcreate(H5T_COMPOUND, H5Tget_size(c.type));
		if (c.memory < 0 || H5Tinsert(c.memory, field, 0, c.type) < 0)
			gx_hdf5_failed(file, path);
		H5Tclose(whole);
	}
	if (!is_credible(file, c.n, H5Tget_size(c.type)))
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "damaged: %s says %" PRIu64 " values, more than the file can hold", path,
			       c.n);
	check_written(&c);
	return c;
}

static void close_column(struct column *c)
{
	if (c->memory != c->type)
		H5Tclose(c->memory);
	H5Tclose(c->type);
	H5Dclose(c->set);
}

/* All values, one behind the other, to be freed. */
static unsigned char *read_values(const struct column *c)
{
	unsigned char *bytes = gx_allocate_zeroed(c->n + 1, H5Tget_size(c->type));
	if (c->n && H5Dread(c->set, c->memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) < 0)
		gx_hdf5_failed(c->file, c->path);
	return bytes;
}

/* ---- names ---- */

static void add_name(const struct column *c, uint64_t i, const char *text, size_t n,
		     struct gx_names *names)
{
	if (memchr(text, 0, n))
		gx_hdf5_refuse(c->file, GX_EXIT_DATA,
			       "%s: name %" PRIu64 " has a NUL within: %s: write the file again",
			       c->path, i + 1, gx_show(text, n));
	gx_names_add(names, text, n);
}

static void fixed_names(const struct column *c, struct gx_names *names)
{
	size_t size = H5Tget_size(c->type);
	unsigned char *bytes = read_values(c);
	for (uint64_t i = 0; i < c->n; i++) {
		const char *text = (const char *)bytes + i * size;
		add_name(c, i, text, gx_hdf5_type_text(c->type, text, size), names);
	}
	free(bytes);
}

static void variable_names(const struct column *c, struct gx_names *names)
{
	unsigned char *bytes = read_values(c);
	char **text = (char **)(void *)bytes;
	for (uint64_t i = 0; i < c->n; i++) {
		const char *name = text[i] ? text[i] : "";
		add_name(c, i, name, strlen(name), names);
		H5free_memory(text[i]);
	}
	free(bytes);
}

/* The digits that tell a float of 4 bytes from its neighbours are fewer than a double's. */
static double as_written(const struct gx_stored *stored, double value)
{
	char text[32];
	if (stored->size != 4 || !isfinite(value))
		return value;
	for (int digits = 1; digits <= 9; digits++) {
		snprintf(text, sizeof text, "%.*g", digits, value);
		if (strtof(text, NULL) == (float)value)
			break;
	}
	return strtod(text, NULL);
}

/* As Python prints it: 2.0, 1e-05, nan. */
static size_t print_float(double value, char *out)
{
	if (!isfinite(value))
		return (size_t)sprintf(out, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
	char *end = gx_number_print(value, out);
	*end = 0;
	if (!strpbrk(out, ".e"))
		end = stpcpy(end, ".0");
	return (size_t)(end - out);
}

static void number_names(const struct column *c, struct gx_names *names)
{
	struct gx_stored stored;
	char text[GX_NUMBER_MAX + 32];
	gx_hdf5_type_stored(c->type, &stored);
	unsigned char *bytes = read_values(c);
	for (uint64_t i = 0; i < c->n; i++) {
		const unsigned char *p = bytes + i * stored.size;
		size_t n;
		if (stored.kind == 'f') {
			double value;
			gx_widen(&stored, p, 1, &value);
			n = print_float(as_written(&stored, value), text);
		} else {
			int64_t whole = gx_hdf5_type_whole(&stored, p);
			n = (size_t)(stored.kind == 'u' ? sprintf(text, "%" PRIu64, (uint64_t)whole)
							: sprintf(text, "%" PRId64, whole));
		}
		gx_names_add(names, text, n);
	}
	free(bytes);
}

/* A TAB is a control byte here: it would end a cell of text. */
static bool is_clean(const char *name)
{
	for (; *name; name++)
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return false;
	return true;
}

static void check_clean(const struct column *c, const struct gx_names *names, size_t from)
{
	const char *name = names->text;
	for (size_t i = 0; i < names->n; i++, name = gx_names_next(name)) {
		if (i >= from && !is_clean(name))
			gx_hdf5_refuse(c->file, GX_EXIT_DATA,
				       "%s: name %zu has a control byte: %s: write the file again",
				       c->path, i - from + 1, gx_show(name, strlen(name)));
	}
}

static void read_names(const struct gx_hdf5_file *file, const char *path, const char *field,
		       struct gx_names *names)
{
	struct column c = open_column(file, path, field);
	size_t before = names->n;
	struct gx_stored stored;
	if (H5Tget_class(c.type) == H5T_STRING && H5Tis_variable_str(c.type) > 0)
		variable_names(&c, names);
	else if (H5Tget_class(c.type) == H5T_STRING)
		fixed_names(&c, names);
	else if (gx_hdf5_type_stored(c.type, &stored))
		number_names(&c, names);
	else
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s has neither texts nor numbers: names are expected there", path);
	check_clean(&c, names, before);
	close_column(&c);
}

void gx_hdf5_names(const struct gx_hdf5_file *file, const char *path, struct gx_names *names)
{
	read_names(file, path, NULL, names);
}

void gx_hdf5_field_names(const struct gx_hdf5_file *file, const char *path, const char *field,
			 struct gx_names *names)
{
	read_names(file, path, field, names);
}

void gx_hdf5_fields(const struct gx_hdf5_file *file, const char *path, struct gx_names *fields)
{
	hid_t set = gx_hdf5_open(file, path), type = H5Dget_type(set);
	int n = type < 0 ? -1 : H5Tget_nmembers(type);
	if (n < 0)
		gx_hdf5_failed(file, path);
	for (int k = 0; k < n; k++) {
		char *name = H5Tget_member_name(type, (unsigned)k);
		if (!name)
			gx_hdf5_failed(file, path);
		gx_names_add(fields, name, strlen(name));
		H5free_memory(name);
	}
	H5Tclose(type);
	H5Dclose(set);
}

int64_t *gx_hdf5_whole_numbers(const struct gx_hdf5_file *file, const char *path, const char *field,
			       uint64_t *n)
{
	struct column c = open_column(file, path, field);
	struct gx_stored stored;
	if (!gx_hdf5_type_stored(c.type, &stored) || stored.kind == 'f')
		gx_hdf5_refuse(file, GX_EXIT_DATA, "%s has no whole numbers, which are expected there",
			       path);
	unsigned char *bytes = read_values(&c);
	int64_t *whole = gx_allocate(c.n + 1, sizeof *whole);
	for (uint64_t i = 0; i < c.n; i++)
		whole[i] = gx_hdf5_type_whole(&stored, bytes + i * stored.size);
	free(bytes);
	*n = c.n;
	close_column(&c);
	return whole;
}
