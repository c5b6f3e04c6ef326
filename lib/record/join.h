/* SPDX-License-Identifier: MIT */
/*
 * The parts of a matrix put together: files in any order, which are planned by their heads
 * and then read, or a stream of them in their order. What does not make a whole ends the
 * process, with exit 75 where parts are missing.
 *
 *	struct gx_join join = { .nthread = nthread };
 *	gx_join_plan(&join, &paths);               or gx_join_open(&join, "-") for a stream
 *	gx_join_files(&join, &common.output);      or gx_join_stream(&join, ...)
 *	gx_join_free(&join);
 *
 * A part costs about 100 bytes; one is open at a time.
 */
#ifndef GX_JOIN_H
#define GX_JOIN_H

#include "bytes/output.h"
#include "bytes/paths.h"
#include "matrix/matrix.h"
#include "record/tiling.h"
#include "stream/reader.h"

/* What a part's head and end say, beside its range: it must say the same when it is read. */
struct gx_join_part {
	uint64_t first, nrow; /* of its matrix; GX_UNKNOWN where it does not say */
	uint64_t digest;      /* of the input rows that were seen */
	uint64_t rows_digest; /* of its own rows */
};

struct gx_join {
	int nthread;
	bool head_only;		/* --explain: no row is read */
	bool may_be_none;	/* no part at all is no reason to end */
	const uint64_t *digest; /* that the whole must have; NULL: any */

	/* What was planned. */
	struct gx_matrix whole;
	struct gx_source source; /* of the whole; all but its digest */
	bool derived;            /* of the parts; the whole may be a new source */
	struct gx_tile *tile;    /* sorted; the index is that of its part */
	struct gx_join_part *part;
	size_t npart;

	struct gx_reader *reader; /* of a stream */
};

/*
 * Looks at the head and the end of each file: they must be parts of one matrix that do not
 * overlap. Files of directories that have vanished are passed over. The paths must outlive
 * the plan.
 */
void gx_join_plan(struct gx_join *join, const struct gx_paths *paths);

/*
 * Demands that no part is missing, and writes the whole. The files are opened again: one
 * that is not what was planned any more is exit 1.
 */
void gx_join_files(struct gx_join *join, const struct gx_output_options *output);

/* Whether a path is standard input, a pipe or a device: it can be read once only. */
bool gx_join_is_stream(const char *path);

/*
 * Opens a stream, "-" or another path that can be read once only, and plans by its first
 * header.
 */
void gx_join_open(struct gx_join *join, const char *path);

/* Writes the whole, and demands at the end that it is one. */
void gx_join_stream(struct gx_join *join, const struct gx_output_options *output);

void gx_join_free(struct gx_join *join);

#endif
