/* SPDX-License-Identifier: MIT */
/* Small questions to the library: members of groups, the kind of a field, a text of one value. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "hdf5/confined/newer.h"
#include "hdf5/confined/types.h"

struct groups {
	const struct gx_hdf5_file *file;
	struct gx_names *names;
};

static herr_t add_group(hid_t root, const char *name, const H5L_info_t *link, void *context)
{
	const struct groups *groups = context;
	H5O_info_t info;
	if (link->type == H5L_TYPE_HARD && groups->file->bytes->latest)
		gx_hdf5_modernise(groups->file->bytes, link->u.address);
	/* What is damaged is told by who reads it. */
	if (link->type == H5L_TYPE_HARD &&
	    H5Oget_info_by_name2(root, name, &info, H5O_INFO_BASIC, H5P_DEFAULT) >= 0 &&
	    info.type == H5O_TYPE_GROUP)
		gx_names_add(groups->names, name, strlen(name));
	return 0;
}

void gx_hdf5_groups(const struct gx_hdf5_file *file, uint64_t most, struct gx_names *names)
{
	H5G_info_t info;
	hsize_t at = 0;
	struct groups groups = { file, names };
	hid_t root = gx_hdf5_open(file, "/");
	if (H5Gget_info(root, &info) < 0 ||
	    (info.nlinks <= most &&
	     H5Literate(root, H5_INDEX_NAME, H5_ITER_INC, &at, add_group, &groups) < 0))
		gx_hdf5_failed(file, "/");
	H5Oclose(root);
}

void gx_hdf5_own_members(const struct gx_hdf5_file *file, const char *group, struct gx_names *names)
{
	struct gx_names all = { 0 };
	gx_hdf5_members(file, group, &all);
	hid_t id = gx_hdf5_open(file, group);
	const char *name = all.text;
	for (size_t i = 0; i < all.n; i++, name = gx_names_next(name)) {
		H5L_info_t link;
		if (H5Lget_info(id, name, &link, H5P_DEFAULT) < 0)
			gx_hdf5_failed(file, group);
		if (link.type == H5L_TYPE_HARD || link.type == H5L_TYPE_SOFT)
			gx_names_add(names, name, strlen(name));
	}
	H5Oclose(id);
	gx_names_free(&all);
}

enum gx_hdf5_content gx_hdf5_field_content(const struct gx_hdf5_file *file, const char *path,
					   const char *field)
{
	hid_t set = gx_hdf5_open(file, path), whole = H5Dget_type(set);
	int k = whole < 0 ? -1 : H5Tget_member_index(whole, field);
	hid_t type = k < 0 ? -1 : H5Tget_member_type(whole, (unsigned)k);
	if (type < 0)
		gx_hdf5_failed(file, path);
	enum gx_hdf5_content content = gx_hdf5_type_content(type);
	H5Tclose(type);
	H5Tclose(whole);
	H5Dclose(set);
	return content;
}

char *gx_hdf5_value_text(const struct gx_hdf5_file *file, const char *path)
{
	char *text = NULL;
	if (!gx_hdf5_is_dataset(file, path))
		return NULL;
	hid_t set = gx_hdf5_open(file, path), type = H5Dget_type(set), space = H5Dget_space(set);
	if (type < 0 || space < 0)
		gx_hdf5_failed(file, path);
	gx_hdf5_check_storage(file, path, set);
	if (H5Tget_class(type) == H5T_STRING && H5Sget_simple_extent_npoints(space) == 1)
		text = gx_hdf5_type_read_text(set, type);
	H5Sclose(space);
	H5Tclose(type);
	H5Dclose(set);
	return text;
}
