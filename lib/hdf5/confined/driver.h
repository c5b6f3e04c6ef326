/* SPDX-License-Identifier: MIT */
/*
 * How the library reads: from one descriptor, or from memory, and from nothing else. It gets no
 * path that it could open, takes no lock, and learns of I/O errors apart from damage.
 */
#ifndef GX_HDF5_DRIVER_H
#define GX_HDF5_DRIVER_H

#include <hdf5.h>
#include <stdbool.h>
#include <stdint.h>

/* What is read: a descriptor, or bytes where that is -1. */
struct gx_hdf5_bytes {
	int fd;
	const unsigned char *bytes;
	uint64_t size;
	int error; /* errno of the last read that failed; 0 */
	uint64_t base; /* of addresses in it: what stands before the superblock */
	bool latest;   /* its superblock is that of the latest format */
	struct gx_hdf5_patch *patch; /* what is read in the place of the file's bytes (newer.h) */
	size_t npatch;
};

struct gx_hdf5_patch {
	uint64_t address;
	size_t n;
	unsigned char *bytes;
};

/* Reads n bytes, as the library does; false where they are not all there. */
bool gx_hdf5_bytes_read(struct gx_hdf5_bytes *bytes, uint64_t address, size_t n, void *out);

/* From now on these are read instead; a copy is kept. */
void gx_hdf5_bytes_patch(struct gx_hdf5_bytes *bytes, uint64_t address, size_t n,
			 const unsigned char *with);
void gx_hdf5_bytes_free(struct gx_hdf5_bytes *bytes);

/* Opens the file that the bytes are; they must outlive it. Negative: the library says why not. */
hid_t gx_hdf5_drive(struct gx_hdf5_bytes *bytes);

/*
 * Looks at the superblock: sets base and latest. Says whether a writer has the file open, or has
 * died (version 3, of files for SWMR): the library looks at that with drivers alone that lock files.
 */
bool gx_hdf5_is_open_for_write(struct gx_hdf5_bytes *bytes);

#endif
