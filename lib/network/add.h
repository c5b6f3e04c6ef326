/* SPDX-License-Identifier: MIT */
/*
 * Networks, or matrices, added up element by element.
 *
 *	struct gx_addition *addition = gx_addition_open(&options, &paths);
 *	... gx_addition_matrix(addition) tells what the sum will be ...
 *	gx_addition_write(addition, &output);
 *	gx_addition_close(addition);
 *
 * Ranks (gx-rank --method integer) and sums of them are added as whole numbers, exactly
 * (kernel/fixed_point.h): the same sum in any order, and sums of sums. Doubles are added in the
 * order of the operands. All of one kind; what is none of it ends the process with exit 1.
 *
 * With the same genes in the same order all are read in step, in 512 KiB for each. With a list
 * of genes the sum is held: 8 bytes a pair. What cannot be read twice or sought in (a pipe, compressed
 * GXM) is held whole, 4 or 8 bytes a pair, as the sum's head says what it is a sum of.
 */
#ifndef GX_NETWORK_ADD_H
#define GX_NETWORK_ADD_H

#include "bytes/output.h"
#include "bytes/paths.h"
#include "format/table/reading.h"
#include "matrix/triangle.h"
#include "stream/reader.h"

/* What a pair counts in a network that lacks one of its genes. */
enum gx_missing_pairs {
	GX_MISSING_REFUSED,
	GX_MISSING_MEDIAN, /* the network's own, as its head has it */
	GX_MISSING_MEAN,
	GX_MISSING_SKIPPED, /* nothing */
};

struct gx_addition_options {
	/* NULL: the same genes are demanded; "common", "union", or the name of a file. */
	const char *genes;
	enum gx_missing_pairs missing;
	enum gx_symmetrize symmetrize; /* not GX_SYMMETRIZE_NOT: full matrices are networks */
	bool as_values;		       /* full matrices are matrices, whatever their names */
	int nthread;
	bool head_only; /* --explain */
};

struct gx_addition;

/* Opens all operands and judges their heads. The paths and the options must outlive it. */
struct gx_addition *gx_addition_open(const struct gx_addition_options *options,
				     const struct gx_paths *paths);

/* What the sum says before its rows. */
const struct gx_matrix *gx_addition_matrix(const struct gx_addition *addition);
/* Bytes that adding takes beside the writer. */
uint64_t gx_addition_memory(const struct gx_addition *addition);

void gx_addition_write(struct gx_addition *addition, const struct gx_output_options *output);
void gx_addition_close(struct gx_addition *addition);

#endif
