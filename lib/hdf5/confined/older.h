/* SPDX-License-Identifier: MIT */
/*
 * Datasets of HDF5 2.0 for a library of 1.10. With libver='latest' the new one writes version 5
 * of the message that says where chunks are. It is version 4 but for one thing: the index of
 * chunks that went through filters has eight bytes for the size of each. So the library is given
 * such a message and its index as those of version 4; all else comes as it is in the file.
 */
#ifndef GX_HDF5_OLDER_H
#define GX_HDF5_OLDER_H

#include "hdf5/confined/driver.h"

struct gx_hdf5_older;

/* Bytes that outlive it. NULL where the superblock is older than such messages. */
struct gx_hdf5_older *gx_hdf5_older_open(struct gx_hdf5_bytes *bytes);
/* NULL is allowed. */
void gx_hdf5_older_free(struct gx_hdf5_older *older);

/*
 * Bytes `address` .. `address` + n - 1 as they were read: puts in place what the library is to
 * read otherwise. Where they begin with the head of an object it is looked into first: a dataset
 * whose index is not known here, or is damaged, stays as it is. NULL is allowed.
 */
void gx_hdf5_older_apply(struct gx_hdf5_older *older, uint64_t address, size_t n,
			 unsigned char *out);

#endif
