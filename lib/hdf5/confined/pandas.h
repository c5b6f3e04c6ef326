/* SPDX-License-Identifier: MIT */
/* What the parts of reading a frame of pandas share. */
#ifndef GX_HDF5_PANDAS_H
#define GX_HDF5_PANDAS_H

#include "hdf5/confined/layout.h"

/* Whether pandas wrote the file, or what --dataset names in it. */
bool gx_pandas_fits(const struct gx_hdf5_file *file);

/* The path of the frame that is read, in frame[0 .. GX_HDF5_PATH). Tells it. */
void gx_pandas_choose(const struct gx_hdf5_file *file, struct gx_hdf5_plan *plan, char *frame);

/* Dies with exit 1: what is wrong, and the lines of Python between read_hdf and to_hdf that mend it. */
void gx_pandas_mend(const struct gx_hdf5_file *file, const char *frame, const char *what,
		    const char *lines) GX_NORETURN GX_COLD;

/*
 * The names of an axis (axis0, axis1, block0_items) of a frame. Dies where it has several levels,
 * is a pickle, has dates, or a name of it is missing. It must not be empty.
 */
void gx_pandas_axis(const struct gx_hdf5_file *file, const char *frame, const char *axis,
		    struct gx_names *names);

/* How many names an axis has, as far as that can be seen without reading it: else false. */
bool gx_pandas_axis_length(const struct gx_hdf5_file *file, const char *frame, const char *axis,
			   uint64_t *n);

/* Whether pandas marked a node as empty: what is in it then stands for nothing. */
bool gx_pandas_is_empty(const struct gx_hdf5_file *file, const char *node);

#endif
