/* SPDX-License-Identifier: MIT */
/*
 * All of a network in memory, from any input.
 *
 *	struct gx_request request = gx_cli_request(&common);
 *	request.triangles = true;
 *	struct gx_reader *reader = gx_reader_open(&request);
 *	struct gx_network_whole whole = { 0 };
 *	gx_network_whole_read(&whole, reader, GX_SYMMETRIZE_NOT, nthread);
 *	... whole.triangle, of whole.matrix.layout ...
 *	gx_network_whole_free(&whole);
 *
 * A triangle takes 4 or 8 bytes a pair. A full matrix takes 16 while it is read, and 8 then.
 */
#ifndef GX_NETWORK_WHOLE_H
#define GX_NETWORK_WHOLE_H

#include "matrix/triangle.h"
#include "stream/reader.h"

struct gx_network_whole {
	/* As it came; of a full matrix it is GX_TRIANGLE_FLOAT64, without facts of a network. */
	struct gx_matrix matrix;
	void *triangle;	  /* packed: row i has i + 1 values */
	uint64_t missing; /* values of the triangle that are NaN */

	/* private */
	size_t nbyte;
};

/*
 * Reads and verifies the input to its end. Dies with exit 1 where it is no network: not square,
 * other names of rows than of columns, not symmetric to the bit (unless symmetrize says what
 * to do), a part of a triangle; with exit 3 where it takes more memory than there is, before
 * any of it is taken.
 */
void gx_network_whole_read(struct gx_network_whole *whole, struct gx_reader *reader,
			   enum gx_symmetrize symmetrize, int nthread);

/* Writes its triangle, by threads: the writer was opened with its matrix, or one of its layout. */
struct gx_writer;
void gx_network_whole_write(const struct gx_network_whole *whole, struct gx_writer *writer,
			    int nthread);

/* {0} is an empty one. Freed, it is one again. */
void gx_network_whole_free(struct gx_network_whole *whole);

#endif
