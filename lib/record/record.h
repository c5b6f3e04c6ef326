/* SPDX-License-Identifier: MIT */
/*
 * Records: partial results that say what they are of. TSV with a header line and a line per
 * column of the matrix:
 *
 *	column count rows na threshold work unit first last of digest input check
 *
 * A record is written in one way only; whatever is not that, byte for byte, is damage.
 */
#ifndef GX_RECORD_H
#define GX_RECORD_H

#include "bytes/output.h"
#include "matrix/matrix.h"

/* What is counted of one column. */
struct gx_tally {
	uint64_t count, rows, na;
};

struct gx_record {
	struct gx_names columns; /* their names, all of them */
	struct gx_tally *tally;	 /* columns.n of them */
	double threshold;
	/* What the rows were: work has its last step, above or below; digest is the sum over
	 * the input rows that were seen. */
	struct gx_source source;
};

/* {0} is an empty record; freed, it is one again. */
void gx_record_free(struct gx_record *record);

/* Appends the record's text to a piece of growing memory. */
struct gx_text {
	char *bytes;
	size_t n, room;
};
void gx_record_print(const struct gx_record *record, struct gx_text *text);

/* Whether a record says which part of which input it is of. */
static inline bool gx_record_has_provenance(const struct gx_record *record)
{
	return record->source.of != GX_UNKNOWN && record->source.identity[0] != '.';
}

/* ---- for record/read.c: the one way in which a record is written ---- */

/* The first line, with its LF. */
extern const char gx_record_header[];
enum { GX_RECORD_HEADER = 74, GX_RECORD_TAIL = GX_WORK_MAX + 512 };

/* Writes name, count, rows and na of a column; returns the end. Needs 2 * nname + 96 bytes. */
char *gx_record_print_tally(const char *name, size_t nname, const struct gx_tally *tally,
			    char *out);

/* Writes what stands behind that, up to the check, on each line alike; returns its bytes. */
size_t gx_record_print_tail(const struct gx_record *record, char out[GX_RECORD_TAIL]);

#endif
