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

struct gx_hdf5_older;

/* What is read: a descriptor, or bytes where that is -1. */
struct gx_hdf5_bytes {
	int fd;
	const unsigned char *bytes;
	uint64_t size;
	int error; /* errno of the last read that failed; 0 */
	struct gx_hdf5_older *older; /* what is to be read otherwise (older.h) */
};

/* Opens the file that the bytes are; they must outlive it. Negative: the library says why not. */
hid_t gx_hdf5_drive(struct gx_hdf5_bytes *bytes);

/* Bytes as they are in the file. False where there are not as many. */
bool gx_hdf5_bytes_read(struct gx_hdf5_bytes *bytes, uint64_t address, size_t n, void *out);

/*
 * Whether the superblock (version 3, of files for SWMR) says that a writer has it open, or has
 * died. The library looks at that with drivers alone that lock files.
 */
bool gx_hdf5_is_open_for_write(struct gx_hdf5_bytes *bytes);

#endif
