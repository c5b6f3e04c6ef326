/* SPDX-License-Identifier: MIT */
/*
 * A matrix out, in any format.
 *
 *	struct gx_writer *w = gx_writer_open(&options, &matrix);
 *	for each batch of rows:
 *		gx_writer_encode(w, &rows, &piece);     any thread, a piece of its own
 *		gx_writer_put(w, &rows, &piece);        one at a time, in order
 *	gx_writer_close(w, &source);
 */
#ifndef GX_WRITER_H
#define GX_WRITER_H

#include "format/format.h"

/*
 * Opens the output and writes what stands before the rows. `options` and `matrix` must
 * outlive the writer. Dies with exit 2 where the format cannot be written there.
 */
struct gx_writer *gx_writer_open(const struct gx_output_options *options,
				 const struct gx_matrix *matrix);

void gx_writer_encode(const struct gx_writer *writer, const struct gx_rows *rows,
		      struct gx_piece *piece);
void gx_writer_put(struct gx_writer *writer, const struct gx_rows *rows,
		   struct gx_piece *piece);

/*
 * Writes what stands behind the rows, `source` with it when the matrix is derived. What was
 * written is held against what was announced in `matrix`, in every format: rows, their
 * numbers, the source's range. Where they differ an input was not what its head said: exit 1,
 * and no output file.
 */
void gx_writer_close(struct gx_writer *writer, const struct gx_source *source);

/*
 * For --explain: what would be written, and nothing is opened. `source`: as far as it is
 * known; may be NULL.
 */
struct gx_writing_plan {
	const char *format; /* "tsv" ... */
	uint64_t nbyte;	    /* of the output, or GX_UNKNOWN */
	uint64_t each_row;  /* bytes of memory for each row of a piece */
	uint64_t once;	    /* bytes of memory that there are once */
};
void gx_writer_plan(const struct gx_output_options *options, const struct gx_matrix *matrix,
		    const struct gx_source *source, struct gx_writing_plan *plan);

#endif
