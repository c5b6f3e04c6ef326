/* SPDX-License-Identifier: MIT */
/*
 * What names the genes and the samples of a matrix: columns of a frame, one for each side. A
 * frame is a group whose members are columns (obs and var, row_attrs, META/ROW ...) or, before
 * anndata 0.7, a compound dataset whose fields are.
 *
 *	struct gx_hdf5_frame side[2];
 *	gx_hdf5_frames_begin(file, "/X", plan, side);
 *	gx_hdf5_frame_find(file, &side[GX_HDF5_GENES], "/var", usual);
 *	gx_hdf5_frame_find(file, &side[GX_HDF5_SAMPLES], "/obs", usual);
 *	gx_hdf5_frames_read(file, side, plan);
 */
#ifndef GX_HDF5_FRAME_H
#define GX_HDF5_FRAME_H

#include "hdf5/confined/layout.h"

enum { GX_HDF5_GENES, GX_HDF5_SAMPLES };

struct gx_hdf5_frame {
	const char *option; /* "--id-column" */
	const char *wanted; /* what it says; NULL: it was not given */
	const char *what;   /* "genes" */
	const char *matrix; /* that they are of: a path */
	uint64_t n;	    /* how many it has */
	struct gx_names *names;
	const char *const *only; /* columns that can be; NULL: all in the frame */
	const char *categories;	 /* the group that has COLUMN_categories of a compound; or NULL */
	char path[GX_HDF5_PATH];
	char column[GX_HDF5_PATH]; /* that names them; "": none was found */
	bool is_compound;
};

/* Both sides of a matrix, whose extents are in the plan. */
void gx_hdf5_frames_begin(const struct gx_hdf5_file *file, const char *matrix,
			  struct gx_hdf5_plan *plan, struct gx_hdf5_frame side[2]);

/*
 * Finds the column that names a side: the one that was asked for (exit 2 where it is not there,
 * with those that are), else the first of those usual (NULL ends the list) that is there, or none.
 * A compound is named by its first field.
 */
void gx_hdf5_frame_find(const struct gx_hdf5_file *file, struct gx_hdf5_frame *frame,
			const char *path, const char *const usual[]);

/*
 * Reads the names of both sides, whose columns may be of any form, and tells id_column and
 * sample_column. Exit 2 where a side has no column and "none" was not asked for, with the columns
 * that there are; exit 1 where there are more names than it has, or fewer.
 */
void gx_hdf5_frames_read(const struct gx_hdf5_file *file, const struct gx_hdf5_frame side[2],
			 struct gx_hdf5_plan *plan);

#endif
