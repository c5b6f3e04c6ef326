/* SPDX-License-Identifier: MIT */
/* Dimension scales: datasets that name the places along a dimension of another. */
#include <stdlib.h>
#include <string.h>

#include "hdf5/confined/file.h"
#include "hdf5/confined/plain.h"

/* The attribute with a list of references for each dimension; below 0 where there is none. */
static hid_t open_list(const struct gx_hdf5_file *file, const char *path)
{
	if (!gx_hdf5_has(file, path, "DIMENSION_LIST"))
		return -1;
	hid_t object = gx_hdf5_open(file, path);
	hid_t attribute = H5Aopen(object, "DIMENSION_LIST", H5P_DEFAULT);
	H5Oclose(object);
	return attribute;
}

/* Whether an attribute is n lists of object references. */
static bool is_lists(hid_t attribute, hssize_t n)
{
	hid_t type = H5Aget_type(attribute), space = H5Aget_space(attribute);
	hid_t base = type >= 0 && H5Tget_class(type) == H5T_VLEN ? H5Tget_super(type) : -1;
	bool is = base >= 0 && H5Tequal(base, H5T_STD_REF_OBJ) > 0 && space >= 0 &&
		  H5Sget_simple_extent_npoints(space) == n;
	H5Tclose(base);
	H5Sclose(space);
	H5Tclose(type);
	return is;
}

/* The path of the dataset that a reference leads to; false where it leads to none. */
static bool path_of(const struct gx_hdf5_file *file, const hobj_ref_t *reference, char *buffer,
		    size_t room)
{
	hid_t object = H5Rdereference2(file->id, H5P_DEFAULT, H5R_OBJECT, reference);
	if (object < 0)
		return false;
	ssize_t n = H5Iget_name(object, buffer, room);
	H5Oclose(object);
	return n > 0 && (size_t)n < room && gx_hdf5_is_dataset(file, buffer);
}

/* A dimension of netCDF that nobody gave names has a scale without values. */
static bool has_values(const struct gx_hdf5_file *file, const char *scale)
{
	static const char none[] = "This is a netCDF dimension but not a netCDF variable";
	char *name = gx_hdf5_text(file, scale, "NAME");
	bool has = !name || strncmp(name, none, sizeof none - 1) != 0;
	free(name);
	return has;
}

bool gx_hdf5_scale(const struct gx_hdf5_file *file, const char *path, int dimension, char *buffer,
		   size_t room)
{
	hid_t attribute = open_list(file, path);
	if (attribute < 0)
		return false;
	hvl_t list[2] = { { 0 } };
	hid_t type = H5Tvlen_create(H5T_STD_REF_OBJ), space = H5Aget_space(attribute);
	bool found = false;
	if (is_lists(attribute, 2)) {
		if (H5Aread(attribute, type, list) < 0)
			gx_hdf5_failed(file, path);
		found = list[dimension].len > 0 && list[dimension].p &&
			path_of(file, list[dimension].p, buffer, room) && has_values(file, buffer);
		H5Dvlen_reclaim(type, space, H5P_DEFAULT, list);
	}
	H5Tclose(type);
	H5Sclose(space);
	H5Aclose(attribute);
	return found;
}
