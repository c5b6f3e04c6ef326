/* SPDX-License-Identifier: MIT */
/*
 * Dense arrays by bands of their rows, none of whose pieces is decoded twice. Rows are those of
 * the file's first dimension; arrays stand beside each other, each in its columns.
 *
 *	struct gx_hdf5_bands *bands = gx_hdf5_bands_open(&source, nrow, ncol, true);
 *	uint64_t end = gx_hdf5_bands_end(bands, first);
 *	gx_hdf5_bands_fetch(bands, first, end, batch);     one thread, in the order of the rows
 *	gx_hdf5_bands_decode(bands, first, end, batch);    any thread
 *
 * A band is as high as a piece, or several pieces. One above 8 MiB comes in slices, whose threads
 * share its pieces: so there is one of it, whatever the number of threads.
 */
#ifndef GX_HDF5_BANDS_H
#define GX_HDF5_BANDS_H

#include "format/format.h"
#include "hdf5/piece.h"

struct gx_hdf5_bands;

/*
 * mapped: array->sample says which of the ncol columns the columns of an array are. Else there is
 * one array, of ncol columns.
 */
struct gx_hdf5_bands *gx_hdf5_bands_open(const struct gx_hdf5_source *source, uint64_t nrow,
					 uint64_t ncol, bool mapped);
/* NULL is allowed. */
void gx_hdf5_bands_close(struct gx_hdf5_bands *bands);

/* The end of the rows that are to be read at once, of those from `first` on. */
uint64_t gx_hdf5_bands_end(const struct gx_hdf5_bands *bands, uint64_t first);

/* At most so many rows come at once. */
uint64_t gx_hdf5_bands_rows(const struct gx_hdf5_bands *bands);

/* Bytes of values that there are once. */
uint64_t gx_hdf5_bands_memory(const struct gx_hdf5_bands *bands);

/* Claims what rows [first, end) are made of; false with a fault in the batch. */
bool gx_hdf5_bands_fetch(struct gx_hdf5_bands *bands, uint64_t first, uint64_t end,
			 struct gx_batch *batch);

/*
 * Makes the rows, and lets go what was claimed: (end - first) x ncol values in batch->store or
 * batch->raw. Returns where; NULL with a fault in the batch.
 */
double *gx_hdf5_bands_decode(const struct gx_hdf5_bands *bands, uint64_t first, uint64_t end,
			     struct gx_batch *batch);

#endif
