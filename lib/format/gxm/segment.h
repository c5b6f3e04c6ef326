/* SPDX-License-Identifier: MIT */
/*
 * Segments of a GXM stream as they are read: their headers and trailers, judged alike in a
 * file, by its index, and in a stream. What is wrong is a static phrase, lower case, or NULL.
 */
#ifndef GX_SEGMENT_H
#define GX_SEGMENT_H

#include "bytes/input.h"
#include "format/gxm/gxm.h"

struct gx_gxm_segment {
	struct gx_gxm_header header;
	struct gx_gxm_trailer trailer; /* by index: from the start; else once it was read */
	struct gx_source source;       /* of a derived one, likewise */
	uint64_t start;		       /* offset in the file */
	uint64_t row;		       /* rows of the segments before it */
	uint64_t *index; /* as the trailer has it, gx_gxm_index_width numbers a block */
};

/* A header's fixed part: it bounds what follows. */
const char *gx_gxm_header_fault(const struct gx_gxm_header *h);
/* All of it: `bytes` has h->nbyte bytes, and is as before afterwards. */
const char *gx_gxm_header_body_fault(const struct gx_gxm_header *h, unsigned char *bytes);
/* What the header says; m->columns is kept for its memory. */
void gx_gxm_header_take(const struct gx_gxm_header *h, const unsigned char *bytes,
			struct gx_matrix *m);

/* After the first segment more may follow, unless it reaches its matrix's end. */
void gx_gxm_announce(struct gx_matrix *m);

/* What keeps a header from going on behind `rows_before` rows from `base` on. */
const char *gx_gxm_join_fault(const struct gx_matrix *m, uint64_t base,
			      const struct gx_gxm_header *h, const unsigned char *bytes,
			      uint64_t rows_before);

/* A trailer's fixed part. */
const char *gx_gxm_trailer_fault(const struct gx_gxm_trailer *t,
				 const struct gx_gxm_header *h);
/* What follows it: `rest` has t->nbyte - sizeof *t bytes. Leaves the facts in *source. */
const char *gx_gxm_trailer_body_fault(const struct gx_gxm_trailer *t,
				      const struct gx_gxm_header *h, unsigned char *rest,
				      uint64_t segment_bytes, struct gx_source *source);

/* ---- by index ---- */

/*
 * Walks the segments of a seekable file from its end, in the order of the file: false when
 * it is not whole to its last byte. What was allocated is freed by gx_gxm_segments_free
 * either way. Memory: 8 bytes a block, 16 of a triangle.
 */
bool gx_gxm_index_file(const struct gx_input *in, struct gx_gxm_segment **segment,
		       size_t *nsegment);
void gx_gxm_segments_free(struct gx_gxm_segment **segment, size_t *nsegment);

/* Of block i of an indexed segment: its offset from the segment's start ... */
uint64_t gx_gxm_block_offset(const struct gx_gxm_segment *s, uint64_t i);
/* ... where it ends: at the next one, or where the trailer begins ... */
uint64_t gx_gxm_block_end(const struct gx_gxm_segment *s, uint64_t i);
/* ... and its first row, counted in the segment; of the number of blocks the rows of all. */
uint64_t gx_gxm_block_row(const struct gx_gxm_segment *s, uint64_t i);
/* The block with a row of the segment. */
uint64_t gx_gxm_block_with(const struct gx_gxm_segment *s, uint64_t row);

#endif
