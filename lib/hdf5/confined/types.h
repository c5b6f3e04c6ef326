/* SPDX-License-Identifier: MIT */
/* Types of the library, as gx reads them: in the file's own type, never through a conversion. */
#ifndef GX_HDF5_TYPES_H
#define GX_HDF5_TYPES_H

#include <hdf5.h>

#include "hdf5/confined/file.h"

/* Whether a type is a number that gx_widen takes; says how it is stored. */
bool gx_hdf5_type_stored(hid_t type, struct gx_stored *stored);

enum gx_hdf5_content gx_hdf5_type_content(hid_t type);

/* A stored whole number; those of 2^63 and above are below 0. */
int64_t gx_hdf5_type_whole(const struct gx_stored *stored, const unsigned char *bytes);

/*
 * How many bytes of a text of fixed size count: to the first NUL where it is null-terminated, else
 * without the NULs or blanks behind it.
 */
size_t gx_hdf5_type_text(hid_t type, const char *text, size_t size);

/*
 * The text of one value of an attribute or a dataset of this type, which is of text: to be freed.
 * NULL where it cannot be read, or is longer than any version or name.
 */
char *gx_hdf5_type_read_text(hid_t object, hid_t type);

#endif
