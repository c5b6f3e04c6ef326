/* SPDX-License-Identifier: MIT */
/*
 * What the full rows of a network give, while its triangle streams by: nothing is held but what is
 * kept of each gene (kernel/fold.h).
 *
 *	common.triangles = common.whole_triangles = true;
 *	struct gx_reader *reader = gx_cli_open(&common);
 *	if (gx_reader_matrix(reader)->layout != GX_FULL) {
 *		struct gx_fold fold = gx_fold_choose(reader, &common.part);
 *		fold.context = &mine;
 *		fold.add = add;
 *		gx_fold_run(&fold, reader, nthread);
 *		... gx_fold_source(&fold, reader, &source) ...
 *	}
 *
 * The rows that are told of, and their names, facts and digests, are those that reading full rows
 * would give.
 */
#ifndef GX_NETWORK_FOLD_H
#define GX_NETWORK_FOLD_H

#include "stream/reader.h"

struct gx_fold {
	uint64_t ngene;
	uint64_t first, last; /* full rows that are wanted: all, or those of the part */
	void *context;
	/* In order, one at a time: rows row .. row + nrow - 1 of the triangle, as doubles, packed. */
	void (*add)(void *context, const double *value, uint64_t row, size_t nrow);

	/* private */
	const struct gx_reader *reader;
	const struct gx_matrix *triangle;
	uint64_t nrow, digest;
};

/* Dies with exit 1 where the input is a part of a triangle, as far as its head tells. */
struct gx_fold gx_fold_choose(const struct gx_reader *reader, const struct gx_part *part);

/*
 * Reads and verifies all of the triangle. Dies with exit 1 where rows of it are missing, and where a
 * whole number is no double.
 */
void gx_fold_run(struct gx_fold *fold, struct gx_reader *reader, int nthread);

/* The source facts of the wanted rows: after gx_fold_run, or of what is planned. */
void gx_fold_source(const struct gx_fold *fold, struct gx_source *source);

/* What gx_reader_derive says of the full rows, in place of what it says of the triangle. */
void gx_fold_describe(const struct gx_fold *fold, struct gx_matrix *derived);

/*
 * Names of wanted rows, some at a time: of n of them from number `row` on. Valid until the next
 * call. {0} is one at the start; gx_fold_names_free frees what it holds.
 */
struct gx_fold_names {
	const char *next;
	uint64_t row;
	struct gx_names implicit;
};
struct gx_names gx_fold_names(struct gx_fold_names *names, const struct gx_fold *fold, uint64_t row,
			      size_t n);
void gx_fold_names_free(struct gx_fold_names *names);

#endif
