/* SPDX-License-Identifier: MIT */
/*
 * HDF5 in: pandas, AnnData, loom, 10x, GCTX, ARCHS4, MATLAB, and plain files.
 *
 * The HDF5 library is not trusted with this process. It runs in a child that may read the one
 * file and answer, and no more (confined/): the child finds the matrix, says what it is (plan.h),
 * and hands out pieces of its arrays (client.h). This process undoes their filters in any thread
 * (piece.h) and makes rows of them (read.c).
 *
 * A command that reads HDF5 gives the format to its request: gx_common.hdf5 = GX_HDF5.
 * No other links the library.
 */
#ifndef GX_HDF5_H
#define GX_HDF5_H

#include "format/format.h"

#ifdef GX_NO_HDF5
#define GX_HDF5 NULL /* this build reads none */
#else
extern const struct gx_reader_format gx_reader_hdf5;
#define GX_HDF5 (&gx_reader_hdf5)
#endif

#endif
