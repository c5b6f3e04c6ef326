/* SPDX-License-Identifier: MIT */
/* The state of a GXM operand, which read.c and stream.c share. */
#ifndef GX_GXM_READER_H
#define GX_GXM_READER_H

#include "format/format.h"
#include "format/gxm/segment.h"
#include "kernel/hash.h"

struct gx_gxm_reader {
	bool indexed;
	struct gx_gxm_segment *segment; /* by index: all; else the present one */
	size_t nsegment;
	enum gx_layout layout;
	uint64_t base;	     /* the stream's first row in its matrix, or GX_UNKNOWN */
	uint64_t begin, end; /* the rows that are wanted, counted in the stream */
	bool skips; /* blocks outside them are not read: no digest of all is known */

	/* fetch: where it is */
	size_t at;
	uint64_t block;
	bool inside;
	size_t segments_seen;
	XXH3_state_t offsets; /* of the blocks met, to be compared with the trailer's index */
	uint64_t nrow;	      /* rows in the segments that ended */
	uint64_t in_segment;
	bool was_short; /* the block before: it must have been the last one */
	unsigned char *scratch;
	size_t scratch_room;
	struct gx_source source;
	bool source_started;
	uint64_t digests; /* sum over the trailers */

	/* accept: what it has seen of the segment */
	uint64_t accepted_digest;
};

/* Puts one more derived segment's facts to those before it; what is against it, or NULL. */
const char *gx_gxm_add_source(struct gx_gxm_reader *g, const struct gx_source *source);

/* Exit code and message, behind the input's name, of a segment that does not follow. */
void gx_gxm_segment_fault(const struct gx_operand *operand, size_t number, const char *why,
			  struct gx_fault *fault);

/* Reads the header of the first segment from the stream; what is wrong with it, or NULL. */
const char *gx_gxm_stream_open(struct gx_operand *operand);
bool gx_gxm_stream_fetch(struct gx_operand *operand, struct gx_batch *batch);

#endif
