/* SPDX-License-Identifier: MIT */
/* npy, NumPy's array file. */
#ifndef GX_NPY_H
#define GX_NPY_H

#include "bytes/input.h"
#include "kernel/widen.h"

#define GX_NPY_MAGIC "\x93NUMPY"

enum {
	/* The header that gx writes: room for any shape, so that rows can be put in later. */
	GX_NPY_HEADER = 128,
};

#define GX_NPY_COLUMNS_MAX (UINT64_C(1) << 40)

/* What a header says. */
struct gx_npy_header {
	struct gx_stored type; /* of f 4 or 8 bytes */
	bool by_column; /* Fortran order, of more than one row and one column */
	uint64_t data;	/* offset of the first value */
	uint64_t nrow, ncol; /* an array of one dimension is one column */
};

/*
 * Looks at the header, which stays in the input. Dies with exit 1 where it is none, or says
 * what gx does not read. The bytes of the array fit 63 bits then.
 */
void gx_npy_header_read(struct gx_input *in, struct gx_npy_header *npy);

/*
 * Fortran order: rows out of what is stored column behind column. Of a file, strips of rows
 * are read, each column's piece of them, as long as such a piece is a kilobyte or so; where
 * there are too many columns for that, and of a pipe, all goes through a transposer
 * (bytes/transposer.h). Of a file that is at most 48 MiB, whatever the number of threads; of
 * a pipe 24 MiB, or 24 bytes a row where that is more.
 */
struct gx_npy_columns;

/* Rows [begin, end) are wanted. */
struct gx_npy_columns *gx_npy_columns_open(const struct gx_npy_header *npy, uint64_t begin,
					   uint64_t end);
/* NULL is allowed. */
void gx_npy_columns_close(struct gx_npy_columns *columns);

/*
 * Puts rows [first, first + n) into out, n x ncol; they follow those taken before. Faults of
 * the input go where in->fault says; false then.
 */
bool gx_npy_columns_take(struct gx_npy_columns *columns, struct gx_input *in, uint64_t first,
			 size_t n, double *out);

/* Called with what passes of a pipe. */
typedef void gx_npy_passes(void *context, uint64_t offset, const void *bytes, size_t n);

/* Reads all of a pipe that stands at the first value; false with a fault. */
bool gx_npy_columns_read(struct gx_npy_columns *columns, struct gx_input *in,
			 gx_npy_passes *passes, void *context);

#endif
