/* SPDX-License-Identifier: MIT */
/*
 * A whole matrix in memory, which forked workers share with the process that read it. It is
 * mapped, so neither a fork nor writing to it copies anything.
 *
 *	struct gx_shared_values values = { 0 };
 *	gx_shared_values_read(&values, reader);
 *	... values.value, nrow x ncol, row-major ...
 *	gx_shared_values_free(&values);
 */
#ifndef GX_SHARED_VALUES_H
#define GX_SHARED_VALUES_H

#include <stddef.h>

#include "kernel/distribution.h"
#include "stream/reader.h"

struct gx_shared_values {
	double *value; /* nrow x ncol, row-major */
	size_t nrow, ncol;
	size_t n, room; /* values: in it, and that there is memory for */
	int file;
};

/*
 * Runs the reader and keeps all its values, 8 bytes each. Dies with exit 3 before the memory is
 * used if the machine does not have that much.
 */
void gx_shared_values_read(struct gx_shared_values *values, struct gx_reader *reader);

/* Fills it with a simulated matrix (distribution.h), by nthread threads. */
void gx_shared_values_simulate(struct gx_shared_values *values,
			       const struct gx_distribution *distribution, size_t nrow,
			       size_t ncol, int nthread);

void gx_shared_values_free(struct gx_shared_values *values);

#endif
