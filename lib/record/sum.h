/* SPDX-License-Identifier: MIT */
/*
 * Records of the parts of one input, gathered and added up.
 *
 *	struct gx_sum sum = { 0 };
 *	for each file:
 *		gx_sum_read(&sum, path, false);
 *	if (gx_sum_verify(&sum, NULL))
 *		... they are complete: gx_sum_range gives one record, the whole ...
 *	gx_sum_free(&sum);
 *
 * What is no record, is damaged or is of another run ends the process with exit 1 and a
 * message that says where. A record costs 24 bytes a column and about 100 bytes.
 */
#ifndef GX_SUM_H
#define GX_SUM_H

#include "record/read.h"
#include "record/record.h"
#include "record/tiling.h"

struct gx_sum_part {
	uint64_t digest;
	struct gx_tally *tally; /* of each column */
};

/* {0}, or `unverified` alone set, is an empty one. */
struct gx_sum {
	/* Ranges are not looked at; records that do not say what they are of are taken. */
	bool unverified;

	struct gx_record reference; /* the first record: all others agree with it */
	const char *reference_where;
	struct gx_sum_part *part;
	struct gx_tile *tile; /* of the same parts */
	size_t npart, room;
	size_t nfile; /* that were read */
	struct gx_record_input in;
};

/*
 * Reads all records of a file, or of standard input ("-"). `found`: a directory had it, so
 * that nobody named it; then one that has vanished is passed over. `path` must outlive the
 * sum.
 */
void gx_sum_read(struct gx_sum *sum, const char *path, bool found);

/*
 * Sorts the parts and demands that they do not overlap, unless `unverified`. Returns
 * whether they are all of their input; then the digest of their rows must be the one of the
 * input, and *wanted where that is not NULL.
 */
bool gx_sum_verify(struct gx_sum *sum, const uint64_t *wanted);

/* Where gx_sum_range is; begin with {0}. */
struct gx_sum_cursor {
	size_t at;
	bool any;
};

/*
 * Adds up the next contiguous range, in order: false behind the last one. Parts without
 * extent that touch no other are a range only where there is nothing else. The record
 * shares the sum's names of columns: free(record->tally) frees what is its own.
 */
bool gx_sum_range(const struct gx_sum *sum, struct gx_sum_cursor *cursor,
		  struct gx_record *record);

/* Adds up all there are, without regard to ranges: what they are of is not known. */
void gx_sum_unverified(const struct gx_sum *sum, struct gx_record *record);

void gx_sum_free(struct gx_sum *sum);

#endif
