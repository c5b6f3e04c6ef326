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

/*
 * Reads the record that begins at text[0] and leaves *nused at the bytes that it has; the
 * next one may follow there. Returns NULL, or what is wrong (static) with *line set to the
 * line of the text, from 1, that is meant.
 */
const char *gx_record_read(const char *text, size_t ntext, struct gx_record *record,
			   size_t *nused, size_t *line);

/* Whether the text begins as a record does, whole or cut. */
bool gx_record_recognise(const char *text, size_t ntext);

/* Whether a record says which part of which input it is of. */
static inline bool gx_record_has_provenance(const struct gx_record *record)
{
	return record->source.of != GX_UNKNOWN && record->source.identity[0] != '.';
}

#endif
