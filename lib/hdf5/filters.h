/* SPDX-License-Identifier: MIT */
/* Filters of chunks, undone: deflate, shuffle, fletcher32, lzf, zstd. */
#ifndef GX_HDF5_FILTERS_H
#define GX_HDF5_FILTERS_H

#include "hdf5/plan.h"

enum {
	GX_HDF5_DEFLATE = 1,
	GX_HDF5_SHUFFLE = 2,
	GX_HDF5_FLETCHER32 = 3,
	GX_HDF5_SZIP = 4,
	GX_HDF5_NBIT = 5,
	GX_HDF5_SCALEOFFSET = 6,
	GX_HDF5_BZIP2 = 307,
	GX_HDF5_LZF = 32000,
	GX_HDF5_BLOSC = 32001,
	GX_HDF5_ZSTD = 32015,
};

/* Whether gx undoes a filter by itself; all others are left to the library. */
bool gx_hdf5_filter_is_ours(const struct gx_hdf5_filter *filter);

/*
 * Whether n stored bytes can be nout bytes of values at all: for who takes memory for these. A
 * deflated byte stands for 1032 at most; without a filter that shrinks, the sizes tell exactly.
 */
bool gx_hdf5_may_hold(const struct gx_hdf5_filter *filter, uint32_t nfilter, uint32_t mask,
		      uint64_t n, uint64_t nout);

enum gx_hdf5_undone {
	GX_HDF5_UNDONE,
	GX_HDF5_DAMAGED,      /* what is stored cannot be undone */
	GX_HDF5_WRONG_CHECKSUM, /* of fletcher32 */
};

/*
 * Undoes the filters of a chunk, from the last to the first, those not in the mask. stored: n
 * bytes. out: nout bytes, of which all must come. Never writes beyond; allocates scratch, by what
 * is stored and never by what it claims. Any thread.
 */
enum gx_hdf5_undone gx_hdf5_undo(const struct gx_hdf5_filter *filter, uint32_t nfilter,
				 uint32_t mask, const unsigned char *stored, size_t n,
				 unsigned char *out, size_t nout);

/* lzf of LibLZF (Marc Lehmann): returns bytes written to out, at most nout; 0: damaged. */
size_t gx_hdf5_unlzf(const unsigned char *stored, size_t n, unsigned char *out, size_t nout);

#endif
