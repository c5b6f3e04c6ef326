/* SPDX-License-Identifier: MIT */
/* Arrays of values: where they lie, and how they are stored. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/confined/plugins.h"
#include "hdf5/confined/types.h"
#include "hdf5/filters.h"

/* Bytes of a piece of what lies in the file as one. */
enum { BAND = 1 << 20 };

int gx_hdf5_extent(const struct gx_hdf5_file *file, const char *path, uint64_t extent[3])
{
	hsize_t size[H5S_MAX_RANK];
	hid_t set = gx_hdf5_open(file, path), space = H5Dget_space(set);
	int n = space < 0 ? -1 : H5Sget_simple_extent_dims(space, size, NULL);
	if (n < 0)
		gx_hdf5_failed(file, path);
	for (int k = 0; k < n && k < 3; k++)
		extent[k] = size[k];
	H5Sclose(space);
	H5Dclose(set);
	return n;
}

enum gx_hdf5_content gx_hdf5_content(const struct gx_hdf5_file *file, const char *path)
{
	hid_t set = gx_hdf5_open(file, path), type = H5Dget_type(set);
	if (type < 0)
		gx_hdf5_failed(file, path);
	enum gx_hdf5_content content = gx_hdf5_type_content(type);
	H5Tclose(type);
	H5Dclose(set);
	return content;
}

/* ---- what is refused ---- */

GX_NORETURN GX_COLD static void refuse_filter(const struct gx_hdf5_file *file, const char *path,
					      unsigned id, const char *given)
{
	const char *name = gx_hdf5_filter_name(id);
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "%s is compressed by the filter %s (%u), which is not in gx: write it again: "
		       "'ptrepack --complib=zlib --complevel=1 FILE NEW' where PyTables reads it, or with "
		       "hdf5plugin of Python: HDF5_PLUGIN_PATH=$(python3 -c 'import hdf5plugin as h; "
		       "print(h.PLUGINS_PATH)') h5repack -f GZIP=1 FILE NEW",
		       path, name ? name : *given ? gx_show(given, strlen(given)) : "of a number", id);
}

void gx_hdf5_check_storage(const struct gx_hdf5_file *file, const char *path, hid_t set)
{
	hid_t creation = H5Dget_create_plist(set);
	H5D_layout_t layout = creation < 0 ? H5D_LAYOUT_ERROR : H5Pget_layout(creation);
	int nexternal = creation < 0 ? -1 : H5Pget_external_count(creation);
	int nfilter = creation < 0 ? -1 : H5Pget_nfilters(creation);
	if (layout == H5D_LAYOUT_ERROR || nexternal < 0 || nfilter < 0)
		gx_hdf5_failed(file, path);
	if (layout == H5D_VIRTUAL || nexternal > 0)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s is %s: its values are in another file, which gx does not open: copy "
			       "them into one with h5py in Python: new['NAME'] = f['NAME'][()]",
			       path, layout == H5D_VIRTUAL ? "a virtual dataset" : "stored outside");
	for (int k = 0; k < nfilter; k++) {
		unsigned flags, config;
		size_t nvalue = 0;
		char name[64] = "";
		H5Z_filter_t id = H5Pget_filter2(creation, (unsigned)k, &flags, &nvalue, NULL,
						 sizeof name, name, &config);
		if (id < 0)
			gx_hdf5_failed(file, path);
		if (H5Zfilter_avail(id) <= 0)
			refuse_filter(file, path, (unsigned)id, name);
	}
	H5Pclose(creation);
}

/* ---- type and extent ---- */

static const char *called(H5T_class_t class)
{
	return class == H5T_COMPOUND	 ? "a compound type (complex numbers are one)"
	       : class == H5T_STRING	 ? "text"
	       : class == H5T_REFERENCE ? "references"
	       : class == H5T_OPAQUE	 ? "opaque bytes"
	       : class == H5T_VLEN	 ? "lists of any length"
					 : "a type that is no number of 1 to 8 bytes";
}

static void take_type(const struct gx_hdf5_file *file, hid_t set, struct gx_hdf5_array *array)
{
	hid_t type = H5Dget_type(set);
	if (type < 0)
		gx_hdf5_failed(file, array->path);
	if (!gx_hdf5_type_stored(type, &array->type))
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s has %s: integers and floats of 1 to 8 bytes are read: in Python, "
			       "on a copy: f = h5py.File('FILE', 'r+'); x = f['%s'][()].astype('f8'); "
			       "del f['%s']; f['%s'] = x",
			       array->path, called(H5Tget_class(type)), array->path, array->path,
			       array->path);
	H5Tclose(type);
}

static void take_extent(const struct gx_hdf5_file *file, struct gx_hdf5_array *array)
{
	uint64_t extent[3];
	int n = gx_hdf5_extent(file, array->path, extent);
	if (n != 1 && n != 2)
		gx_hdf5_refuse(file, GX_EXIT_DATA, "%s has %d dimensions: a matrix has two",
			       array->path, n);
	array->extent[0] = extent[0];
	array->extent[1] = n == 2 ? extent[1] : 1;
	/* A chunk of n bytes inflates to 1032 n at most; what is never written may be more. */
	uint64_t count, most = (UINT64_C(1) << 24) + 1032 * file->size;
	if (__builtin_mul_overflow(array->extent[0], array->extent[1], &count) || count > most)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "%s says %" PRIu64 " x %" PRIu64
			       " values, far more than the file's %" PRIu64 " bytes can hold: damaged",
			       array->path, array->extent[0], array->extent[1], file->size);
}

/* ---- storage ---- */

/* The filters, in the order in which they were applied; false: too many or too long for us. */
static bool take_filters(const struct gx_hdf5_file *file, hid_t creation,
			 struct gx_hdf5_array *array)
{
	int n = H5Pget_nfilters(creation);
	bool ours = n <= GX_HDF5_FILTERS_MAX;
	if (n < 0)
		gx_hdf5_failed(file, array->path);
	for (int k = 0; k < n; k++) {
		unsigned flags, config, value[GX_HDF5_FILTER_VALUES_MAX] = { 0 };
		size_t nvalue = GX_HDF5_FILTER_VALUES_MAX;
		H5Z_filter_t id = H5Pget_filter2(creation, (unsigned)k, &flags, &nvalue, value, 0, NULL,
						 &config);
		if (id < 0)
			gx_hdf5_failed(file, array->path);
		if (k >= GX_HDF5_FILTERS_MAX)
			continue;
		struct gx_hdf5_filter *f = &array->filter[k];
		*f = (struct gx_hdf5_filter){ .id = (uint32_t)id };
		f->nvalue = nvalue < GX_HDF5_FILTER_VALUES_MAX ? (uint32_t)nvalue
							      : GX_HDF5_FILTER_VALUES_MAX;
		memcpy(f->value, value, sizeof value);
		ours = ours && gx_hdf5_filter_is_ours(f);
	}
	array->nfilter = n < GX_HDF5_FILTERS_MAX ? (uint32_t)n : GX_HDF5_FILTERS_MAX;
	return ours;
}

static void take_fill(const struct gx_hdf5_file *file, hid_t set, hid_t creation,
		      struct gx_hdf5_array *array)
{
	H5D_fill_value_t defined;
	hid_t type = H5Dget_type(set);
	if (H5Pfill_value_defined(creation, &defined) < 0 ||
	    (defined != H5D_FILL_VALUE_UNDEFINED &&
	     H5Pget_fill_value(creation, type, array->fill) < 0))
		gx_hdf5_failed(file, array->path);
	H5Tclose(type);
}

/* What a line of h5repack asks for: of a chunk that is longer than a side it takes no notice. */
static uint64_t smaller(uint64_t side, uint64_t chunk)
{
	return side && side < chunk ? side : chunk;
}

/* Bands of whole rows. */
static void cut_in_bands(const struct gx_hdf5_file *file, struct gx_hdf5_array *array)
{
	uint64_t row = array->extent[1] * array->type.size, most = array->extent[0];
	if (row > GX_HDF5_PIECE_MAX)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "a row of %s has %" PRIu64
			       " bytes, which would be held whole: write it in chunks: "
			       "h5repack -l %s:CHUNK=%" PRIu64 "x1000 FILE NEW",
			       array->path, row, array->path, smaller(most, 1000));
	uint64_t nrow = row && row < BAND ? BAND / row : 1;
	array->piece[0] = nrow < most ? nrow : most ? most : 1;
	array->piece[1] = array->extent[1] ? array->extent[1] : 1;
}

GX_NORETURN GX_COLD static void refuse_chunks(const struct gx_hdf5_file *file,
					      const struct gx_hdf5_array *array, int n, uint64_t nbyte)
{
	char sides[64];
	if (n == 2)
		snprintf(sides, sizeof sides, "%" PRIu64 "x%" PRIu64, smaller(array->piece[0], 1000),
			 smaller(array->piece[1], 1000));
	else
		strcpy(sides, "100000");
	gx_hdf5_refuse(file, GX_EXIT_DATA,
		       "%s has chunks of %" PRIu64 " x %" PRIu64 " values, %" PRIu64
		       " bytes, which would be held whole: write smaller ones: "
		       "h5repack -l %s:CHUNK=%s FILE NEW",
		       array->path, array->piece[0], array->piece[1], nbyte, array->path, sides);
}

static void take_chunks(const struct gx_hdf5_file *file, hid_t creation,
			struct gx_hdf5_array *array)
{
	hsize_t chunk[2] = { 1, 1 };
	int n = H5Pget_chunk(creation, 2, chunk);
	uint64_t nbyte;
	if (n < 1 || n > 2)
		gx_hdf5_failed(file, array->path);
	array->piece[0] = chunk[0];
	array->piece[1] = n == 2 ? chunk[1] : 1;
	if (array->piece[0] == 0 || array->piece[1] == 0)
		gx_hdf5_refuse(file, GX_EXIT_DATA, "damaged: %s has chunks of nothing", array->path);
	if (__builtin_mul_overflow(array->piece[0], array->piece[1], &nbyte) ||
	    __builtin_mul_overflow(nbyte, array->type.size, &nbyte) || nbyte > GX_HDF5_PIECE_MAX)
		refuse_chunks(file, array, n, nbyte);
	bool ours = take_filters(file, creation, array);
	array->storage = ours ? GX_HDF5_CHUNKS : GX_HDF5_LIBRARY;
}

/* What lies in the file as one is read there; what is not written, or in a header, by the library. */
static void take_contiguous(const struct gx_hdf5_file *file, hid_t set, struct gx_hdf5_array *array)
{
	haddr_t offset = H5Dget_offset(set);
	uint64_t nbyte = array->extent[0] * array->extent[1] * array->type.size;
	cut_in_bands(file, array);
	if (offset == HADDR_UNDEF || nbyte == 0)
		return;
	if (offset > file->size || nbyte > file->size - offset || H5Dget_storage_size(set) != nbyte)
		gx_hdf5_refuse(file, GX_EXIT_DATA,
			       "damaged: the values of %s reach beyond the end of the file: fetch it "
			       "again, or write it again",
			       array->path);
	array->storage = GX_HDF5_CONTIGUOUS;
	array->offset = offset;
}

struct gx_hdf5_array *gx_hdf5_array_add(const struct gx_hdf5_file *file, const char *path,
					struct gx_hdf5_plan *plan)
{
	if (!gx_hdf5_is_dataset(file, path))
		gx_hdf5_refuse(file, GX_EXIT_DATA, "%s is no dataset: values are expected there", path);
	struct gx_hdf5_array *array = gx_hdf5_plan_add(plan, path);
	hid_t set = gx_hdf5_open(file, path);
	gx_hdf5_check_storage(file, path, set);
	hid_t creation = H5Dget_create_plist(set);
	H5D_layout_t layout = H5Pget_layout(creation);
	array->storage = GX_HDF5_LIBRARY;
	take_type(file, set, array);
	if (layout == H5D_CHUNKED)
		take_chunks(file, creation, array);
	take_extent(file, array);
	take_fill(file, set, creation, array);
	if (layout == H5D_CONTIGUOUS)
		take_contiguous(file, set, array);
	else if (layout != H5D_CHUNKED)
		cut_in_bands(file, array);
	H5Pclose(creation);
	H5Dclose(set);
	return array;
}

void gx_hdf5_array_tell(const struct gx_hdf5_array *array, struct gx_facts *facts)
{
	char filters[256] = "";
	size_t n = 0;
	bool checked = false;
	for (uint32_t k = 0; k < array->nfilter && n < sizeof filters; k++) {
		const char *name = gx_hdf5_filter_name(array->filter[k].id);
		checked |= array->filter[k].id == GX_HDF5_FLETCHER32;
		n += (size_t)snprintf(filters + n, sizeof filters - n, "%s%s", k ? "," : "",
				      name ? name : "?");
	}
	gx_facts_tell(facts, "type", "%c%zu%s", array->type.kind, array->type.size,
		      array->type.swapped ? ", big-endian" : "");
	gx_facts_tell(facts, "filters", "%s", n ? filters : "none");
	gx_facts_tell(facts, "checksums", "%s", checked ? "fletcher32" : "none");
}
