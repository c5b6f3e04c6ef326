/* SPDX-License-Identifier: MIT */
/* A GXM stream from its start to its end: a pipe, or a file whose end is damaged. */
#include <inttypes.h>
#include <string.h>

#include "format/gxm/reader.h"
#include "kernel/digest.h"

/* Reads a header from the stream; NULL, or what is wrong with it. */
static const char *stream_header(struct gx_operand *operand, const unsigned char **bytes)
{
	struct gx_gxm_reader *g = operand->state;
	struct gx_gxm_header *h = &g->segment->header;
	size_t used = gx_input_read_grow(operand->in, &g->scratch, &g->scratch_room, 0,
					 sizeof *h);
	if (used < sizeof *h)
		return "it ends within its header";
	memcpy(h, g->scratch, sizeof *h);
	const char *why = gx_gxm_header_fault(h);
	if (why)
		return why;
	used += gx_input_read_grow(operand->in, &g->scratch, &g->scratch_room, used,
				   h->nbyte - used);
	if (used < h->nbyte)
		return "it ends within its header";
	*bytes = g->scratch;
	return gx_gxm_header_body_fault(h, g->scratch);
}

static void start_segment(struct gx_gxm_reader *g)
{
	g->inside = true;
	g->segments_seen++;
	g->in_segment = g->block = 0;
	g->was_short = false;
	g->segment->start = 0;
	XXH3_64bits_reset(&g->offsets);
	/* The offset of the next block, from the segment's start. */
	g->segment->row = g->segment->header.nbyte;
}

const char *gx_gxm_stream_open(struct gx_operand *operand)
{
	struct gx_gxm_reader *g = operand->state;
	const unsigned char *bytes;
	const char *why = stream_header(operand, &bytes);
	if (why)
		return why;
	gx_gxm_header_take(&g->segment->header, bytes, &operand->matrix);
	start_segment(g);
	return NULL;
}

/* Notes what is wrong; false, as fetch returns it. */
static bool stream_fault(struct gx_operand *operand, struct gx_batch *batch, const char *why)
{
	const struct gx_gxm_reader *g = operand->state;
	gx_fault_note(&batch->fault, GX_EXIT_DATA,
		      ": %s: %" PRIu64
		      " rows are whole, those behind them are lost: make the file again, or send "
		      "the stream again",
		      why, g->nrow + g->in_segment);
	return false;
}

/* What stands where a block or a trailer has to. */
static const char *not_a_block(const char magic[8])
{
	if (memcmp(magic, GX_GXM_MAGIC, 8) == 0)
		return "a segment begins within another (was this written by --line-buffer or "
		       "-u, or cut short?)";
	return "damaged: neither a block nor the trailer follows";
}

/* Reads the trailer, whose first 64 bytes are in *t; the batch is its END. */
static bool stream_trailer(struct gx_operand *operand, struct gx_batch *batch,
			   const struct gx_gxm_trailer *t)
{
	struct gx_gxm_reader *g = operand->state;
	struct gx_gxm_segment *s = g->segment;
	const char *why = gx_gxm_trailer_fault(t, &s->header);
	if (!why && (t->nrow != g->in_segment || t->nblock != g->block))
		why = "its totals disagree: rows were lost";
	if (why)
		return stream_fault(operand, batch, why);
	size_t rest = t->nbyte - sizeof *t;
	if (gx_input_read_grow(operand->in, &g->scratch, &g->scratch_room, 0, rest) <
	    rest)
		return stream_fault(operand, batch, "cut off within its trailer");
	why = gx_gxm_trailer_body_fault(t, &s->header, g->scratch, s->row + t->nbyte, &s->source);
	if (!why &&
	    XXH3_64bits(g->scratch, 8 * gx_gxm_index_width(&s->header) * t->nblock) != XXH3_64bits_digest(&g->offsets))
		why = "its index disagrees with its blocks";
	if (why)
		return stream_fault(operand, batch, why);
	if (operand->matrix.derived && (why = gx_gxm_add_source(g, &s->source)))
		gx_gxm_segment_fault(operand, g->segments_seen - 1, why, &batch->fault);
	g->inside = false;
	g->nrow += t->nrow;
	g->in_segment = 0;
	g->digests += t->digest;
	batch->end = batch->gxm.trailer = true;
	batch->gxm.digest = t->digest;
	return true;
}

/* Reads or skips a block, whose first 64 bytes are in *b: false where there is no batch. */
static bool stream_block(struct gx_operand *operand, struct gx_batch *batch,
			const struct gx_gxm_block *b)
{
	struct gx_gxm_reader *g = operand->state;
	struct gx_gxm_segment *s = g->segment;
	uint64_t each = gx_gxm_block_rows(&s->header, g->in_segment);
	bool named = s->header.flags & GX_GXM_ROWS_NAMED;
	/* Who reads a triangle has taken room for its rows, and no more: the trailer is too late. */
	if (s->header.layout != GX_FULL && b->nrow > s->header.nrow - g->in_segment)
		return stream_fault(operand, batch, "damaged: more rows than its head says");
	if (b->nrow == 0 || b->nrow > each || b->first != g->in_segment ||
	    g->was_short || b->header_checksum != s->header.checksum ||
	    b->reserved || b->name_bytes > (UINT64_C(1) << 44) ||
	    (named ? b->name_bytes < b->nrow : b->name_bytes != 0) ||
	    b->nbyte != sizeof *b + gx_gxm_pad(b->name_bytes) +
				gx_gxm_pad(gx_gxm_payload(&s->header, b->first, b->nrow)))
		return stream_fault(
			operand, batch,
			"damaged: the next block is not the one that must follow (was "
			"this written by --line-buffer or -u?)");
	uint64_t row = g->nrow + g->in_segment, left = b->nbyte - sizeof *b;
	if (gx_gxm_index_width(&s->header) == 2)
		XXH3_64bits_update(&g->offsets, &b->first, sizeof b->first);
	XXH3_64bits_update(&g->offsets, &s->row, sizeof s->row);
	g->was_short = b->nrow < each;
	g->block++;
	batch->gxm.row = row;
	s->row += b->nbyte;
	if (row + b->nrow <= g->begin || row >= g->end) {
		if (gx_input_skip(operand->in, left) < left)
			return stream_fault(operand, batch, "cut off");
		g->in_segment += b->nrow;
		return false;
	}
	gx_batch_raw(batch, sizeof *b);
	memcpy(batch->raw, b, sizeof *b);
	if (gx_input_read_grow(operand->in, &batch->raw, &batch->raw_room, sizeof *b,
			       left) < left)
		return stream_fault(operand, batch, "cut off");
	g->in_segment += b->nrow;
	return true;
}

bool gx_gxm_stream_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gx_gxm_reader *g = operand->state;
	while (!batch->fault.code) {
		const unsigned char *bytes;
		if (!g->inside) {
			if (gx_input_peek(operand->in, 1, &bytes) == 0)
				return false;
			const char *why = stream_header(operand, &bytes);
			if (why)
				return stream_fault(operand, batch, why);
			why = gx_gxm_join_fault(&operand->matrix, g->base, &g->segment->header,
					 bytes, g->nrow);
			if (why) {
				gx_gxm_segment_fault(operand, g->segments_seen, why, &batch->fault);
				return false;
			}
			start_segment(g);
		}
		union {
			char magic[8];
			struct gx_gxm_block block;
			struct gx_gxm_trailer trailer;
		} head;
		if (gx_input_read(operand->in, &head, sizeof head) < sizeof head)
			return stream_fault(operand, batch, "cut off");
		if (memcmp(head.magic, GX_GXM_TRAILER_MAGIC, 8) == 0)
			return stream_trailer(operand, batch, &head.trailer);
		if (memcmp(head.magic, GX_GXM_BLOCK_MAGIC, 8) != 0)
			return stream_fault(operand, batch, not_a_block(head.magic));
		if (stream_block(operand, batch, &head.block))
			return true;
	}
	return false;
}

