/* SPDX-License-Identifier: MIT */
/*
 * All of a matrix in memory, in huge pages where the system has them (base/pages.h). Workers
 * that are forked behind it find it there: nothing is copied as long as nobody writes to it.
 *
 * The threads that read or make it touch its pages first, so they lie on the memory of those
 * threads' processors. An array that NumPy loads lies on that of one thread.
 *
 *	struct gx_whole whole = { 0 };
 *	gx_whole_read(&whole, reader, nthread, most_bytes);
 *	... whole.value, nrow x ncol, row-major ...
 *	gx_whole_free(&whole);
 */
#ifndef GX_WHOLE_H
#define GX_WHOLE_H

#include "stream/reader.h"

struct gx_whole {
	double *value; /* nrow x ncol, row-major, aligned to a page */
	size_t nrow, ncol;
	struct gx_names names; /* of the rows; empty: implicit */

	/* private */
	size_t room; /* values that there is memory for */
};

/*
 * Reads all rows, with their names, and verifies the input: 8 bytes a value. Dies with exit 3
 * where that takes more than most_bytes (0: more than this machine has), before it is used.
 */
void gx_whole_read(struct gx_whole *whole, struct gx_reader *reader, int nthread,
		   uint64_t most_bytes);

/* The same memory, zeroed, for a matrix that is made and not read. */
void gx_whole_make(struct gx_whole *whole, size_t nrow, size_t ncol);

/*
 * Gives the values to the caller, cut to their first nbyte bytes, which gx_pages_free frees;
 * the rest is freed.
 */
void *gx_whole_yield(struct gx_whole *whole, size_t nbyte);

/*
 * Room for `rows` rows, at least as many as there are, for who works in place and in steps
 * of several: values behind the last row are 0.
 */
void gx_whole_pad(struct gx_whole *whole, size_t rows);

/* {0} is an empty one. Freed, it is one again. */
void gx_whole_free(struct gx_whole *whole);

#endif
