/* SPDX-License-Identifier: MIT */
/*
 * Files of HDF5 2.0 for a library before it. Where a writer asks for the latest format, HDF5 2.0
 * says "version 5" in the layout message of a dataset of chunks, which older libraries refuse.
 * What is new is that the size of a chunk, in an index of chunks that went through filters, takes
 * 8 bytes, and no longer as few as hold the largest one. So what the library reads is made what
 * version 4 would be, in place: the version, and, where there are filters, the entries of a fixed
 * array, the index of a dataset of fixed size. Other indexes with filters (of datasets that grow)
 * stay as they are, and are refused.
 *
 * Source: HDF5 File Format Specification, versions 3 and 4: IV.A.2.i (layout), VII.B (fixed array).
 */
#ifndef GX_HDF5_NEWER_H
#define GX_HDF5_NEWER_H

#include "hdf5/confined/driver.h"

/*
 * Looks at the object whose header is at an address, relative to the superblock's base, before the
 * library does. Where it is such a dataset, patches are added to what is read. What is damaged is
 * left to the library to refuse.
 */
void gx_hdf5_modernise(struct gx_hdf5_bytes *bytes, uint64_t address);

/* Bob Jenkins' lookup3 of n bytes, which is the checksum of metadata. */
uint32_t gx_hdf5_lookup3(const unsigned char *bytes, size_t n);

#endif
