/* SPDX-License-Identifier: MIT */
/* Attributes: those that are asked for by name alone, as others may be pickles. */
#include "hdf5/confined/types.h"

enum { INTEGERS_MAX = 64 };

/* The attribute of the object at a path; below 0 where there is none. */
static hid_t open_attribute(const struct gx_hdf5_file *file, const char *path, const char *name)
{
	hid_t object = gx_hdf5_open(file, path), attribute = -1;
	htri_t there = H5Aexists(object, name);
	if (there > 0)
		attribute = H5Aopen(object, name, H5P_DEFAULT);
	if (there < 0 || (there > 0 && attribute < 0))
		gx_hdf5_failed(file, path);
	H5Oclose(object);
	return attribute;
}

/* How many values it has; 0 of an empty one. */
static uint64_t values_of(hid_t attribute)
{
	hid_t space = H5Aget_space(attribute);
	hssize_t n = space < 0 ? -1 : H5Sget_simple_extent_npoints(space);
	H5Sclose(space);
	return n < 0 ? 0 : (uint64_t)n;
}

bool gx_hdf5_has(const struct gx_hdf5_file *file, const char *path, const char *name)
{
	hid_t attribute = open_attribute(file, path, name);
	if (attribute >= 0)
		H5Aclose(attribute);
	return attribute >= 0;
}

char *gx_hdf5_text(const struct gx_hdf5_file *file, const char *path, const char *name)
{
	hid_t attribute = open_attribute(file, path, name);
	if (attribute < 0)
		return NULL;
	hid_t type = H5Aget_type(attribute);
	char *text = NULL;
	if (type >= 0 && H5Tget_class(type) == H5T_STRING && values_of(attribute) == 1)
		text = gx_hdf5_type_read_text(attribute, type);
	H5Tclose(type);
	H5Aclose(attribute);
	return text;
}

bool gx_hdf5_integers(const struct gx_hdf5_file *file, const char *path, const char *name, size_t n,
		      uint64_t *out)
{
	hid_t attribute = open_attribute(file, path, name);
	if (attribute < 0)
		return false;
	hid_t type = H5Aget_type(attribute);
	struct gx_stored stored;
	unsigned char bytes[INTEGERS_MAX * 8];
	bool good = type >= 0 && n <= INTEGERS_MAX && values_of(attribute) == n &&
		    gx_hdf5_type_stored(type, &stored) && stored.kind != 'f' &&
		    H5Aread(attribute, type, bytes) >= 0;
	for (size_t i = 0; good && i < n; i++)
		out[i] = (uint64_t)gx_hdf5_type_whole(&stored, bytes + i * stored.size);
	H5Tclose(type);
	H5Aclose(attribute);
	return good;
}

bool gx_hdf5_reference(const struct gx_hdf5_file *file, const char *path, const char *name,
		       char *buffer, size_t room)
{
	hid_t attribute = open_attribute(file, path, name);
	if (attribute < 0)
		return false;
	hid_t type = H5Aget_type(attribute), object = -1;
	hobj_ref_t reference;
	ssize_t n = 0;
	if (type >= 0 && H5Tequal(type, H5T_STD_REF_OBJ) > 0 && values_of(attribute) == 1 &&
	    H5Aread(attribute, H5T_STD_REF_OBJ, &reference) >= 0)
		object = H5Rdereference2(file->id, H5P_DEFAULT, H5R_OBJECT, &reference);
	if (object >= 0)
		n = H5Iget_name(object, buffer, room);
	H5Oclose(object);
	H5Tclose(type);
	H5Aclose(attribute);
	return n > 0 && (size_t)n < room;
}
