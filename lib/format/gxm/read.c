/* SPDX-License-Identifier: MIT */
/*
 * GXM in. A regular file is read by the indexes of its segments, block by block and by any
 * thread; a pipe, or a file whose end is damaged, is read from its start. Both ways verify
 * all that they read.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/progress.h"
#include "format/gxm/reader.h"
#include "kernel/digest.h"
#include "matrix/triangle.h"

static bool recognise(const unsigned char *head, size_t nhead)
{
	(void)nhead;
	/* The first byte is in no text: a file cut to it is damaged GXM, not a table. */
	return head[0] == (unsigned char)GX_GXM_MAGIC[0];
}

/* Bytes of the values of nrow rows from `row` on, counted in the stream. */
static uint64_t payload(const struct gx_operand *operand, uint64_t row, uint64_t nrow)
{
	const struct gx_gxm_reader *g = operand->state;
	/* Not the header's: on a stream fetch may be reading the next segment's. */
	const struct gx_gxm_header h = { .layout = g->layout,
					 .ncol = operand->matrix.ncol,
					 .first = g->base };
	return gx_gxm_payload(&h, row, nrow);
}

/* ---- segments that continue each other ---- */

const char *gx_gxm_add_source(struct gx_gxm_reader *g, const struct gx_source *source)
{
	if (g->source_started)
		return gx_source_continue(&g->source, source);
	g->source = *source;
	g->source_started = true;
	return NULL;
}

void gx_gxm_segment_fault(const struct gx_operand *operand, size_t number, const char *why,
			  struct gx_fault *fault)
{
	bool missing = operand->request->gap_is_missing && why == gx_source_gap;
	gx_fault_note(fault, missing ? GX_EXIT_MISSING : GX_EXIT_DATA,
		      ": segment %zu does not continue the one before it: %s: join the parts of "
		      "one matrix in their order (gx-reduce --join)",
		      number + 1, why);
}

GX_NORETURN GX_COLD static void die_segment(const struct gx_operand *operand, size_t number,
					    const char *why)
{
	struct gx_fault fault = { 0 };
	gx_gxm_segment_fault(operand, number, why, &fault);
	gx_fault_die(&fault, operand->in->name);
}

/* Checks all headers and that the segments continue each other. */
static void check_segments(struct gx_operand *operand)
{
	struct gx_gxm_reader *g = operand->state;
	uint64_t rows = 0;
	for (size_t i = 0; i < g->nsegment; i++) {
		struct gx_gxm_segment *s = &g->segment[i];
		unsigned char *bytes = gx_allocate(s->header.nbyte, 1);
		if (gx_input_at(operand->in, bytes, s->header.nbyte, s->start, NULL) !=
		    s->header.nbyte)
			gx_die(GX_EXIT_DATA,
			       "%s: it became shorter while it was read: try again when nobody "
			       "writes it",
			       operand->in->name);
		const char *why = gx_gxm_header_body_fault(&s->header, bytes);
		if (why)
			gx_die(GX_EXIT_DATA,
			       "%s: segment %zu: %s: no row of it can be trusted: make the file "
			       "again",
			       operand->in->name, i + 1, why);
		if (i == 0) {
			gx_gxm_header_take(&s->header, bytes, &operand->matrix);
			g->base = operand->matrix.first;
			g->layout = operand->matrix.layout;
			gx_gxm_announce(&operand->matrix);
		} else if ((why = gx_gxm_join_fault(&operand->matrix, g->base, &s->header, bytes,
					     rows))) {
			die_segment(operand, i, why);
		}
		free(bytes);
		if (operand->matrix.derived && (why = gx_gxm_add_source(g, &s->source)))
			die_segment(operand, i, why);
		s->row = rows;
		rows += s->trailer.nrow;
		g->digests += s->trailer.digest;
	}
	operand->matrix.nrow = rows;
	g->nrow = rows;
}

/* ---- --part ---- */

static void choose_rows(struct gx_operand *operand)
{
	struct gx_gxm_reader *g = operand->state;
	struct gx_matrix *m = &operand->matrix;
	g->begin = 0;
	g->end = GX_UNKNOWN;
	if (!operand->request->part.n ||
	    (m->layout != GX_FULL && operand->request->whole_triangles))
		return;
	if (m->derived)
		gx_operand_refuse_part(operand,
				       "a filter made this stream from another input: "
				       "cut the source, or write it with gx-convert -b "
				       "to start anew");
	if (g->indexed && m->first == 0 && m->whole == GX_UNKNOWN)
		m->whole = m->nrow;
	if (!g->indexed && m->whole == GX_UNKNOWN)
		gx_operand_refuse_part(operand,
				       "this pipe does not say how many rows it will "
				       "have: write it to a file first (-o m.gxm)");
	if (m->layout != GX_FULL && !g->indexed && !m->identity[0])
		gx_operand_refuse_part(operand,
				       "this pipe tells its digest at its end, by which parts know each other: "
				       "write it to a file first (-o m.gxm)");
	if (m->first != 0 || (m->nrow != GX_UNKNOWN && g->indexed && m->nrow != m->whole))
		gx_operand_refuse_part(operand,
				       "it is itself a part: a part is cut from the "
				       "whole (gx-reduce --join makes it)");
	uint64_t (*bound)(uint64_t, uint64_t, uint64_t) =
		m->layout == GX_FULL ? gx_part_bound : gx_triangle_bound;
	g->begin = bound(m->whole, operand->request->part.k - 1, operand->request->part.n);
	g->end = bound(m->whole, operand->request->part.k, operand->request->part.n);
	g->skips = true;
	m->first = g->begin;
	m->nrow = m->announced = g->end - g->begin;
}

/* The bytes of the blocks that are read. */
static uint64_t count_bytes(const struct gx_gxm_reader *g)
{
	uint64_t nbyte = 0;
	for (size_t i = 0; i < g->nsegment; i++) {
		const struct gx_gxm_segment *s = &g->segment[i];
		uint64_t end = s->row + s->trailer.nrow;
		if (end <= g->begin || s->row >= g->end || s->trailer.nblock == 0)
			continue;
		uint64_t from = g->begin > s->row ? g->begin - s->row : 0;
		uint64_t to = (end < g->end ? end : g->end) - s->row;
		if (to > from)
			nbyte += gx_gxm_block_end(s, gx_gxm_block_with(s, to - 1)) -
				 gx_gxm_block_offset(s, gx_gxm_block_with(s, from));
	}
	return nbyte;
}

/* ---- opening ---- */

/* The source facts of nrow rows with this digest, when all trailers were read. */
static void tell_source(struct gx_operand *operand, uint64_t nrow, uint64_t digest)
{
	const struct gx_gxm_reader *g = operand->state;
	const struct gx_matrix *m = &operand->matrix;
	struct gx_source *source = &operand->source;
	if (m->derived) {
		*source = g->source;
		return;
	}
	if (m->first == GX_UNKNOWN) {
		/* Nobody says where the rows belong: then nothing is known of the whole. */
		*source = (struct gx_source){ .identity = ".",
					      .unit = GX_UNIT_UNKNOWN,
					      .first = GX_UNKNOWN,
					      .last = GX_UNKNOWN,
					      .of = GX_UNKNOWN,
					      .digest = digest };
		return;
	}
	uint64_t whole = m->whole != GX_UNKNOWN ? m->whole
			 : m->first == 0	? g->nrow
						: GX_UNKNOWN;
	*source = (struct gx_source){ .unit = GX_UNIT_ROWS,
				      .first = m->first,
				      .last = m->first + nrow,
				      .of = whole,
				      .digest = digest };
	bool all = g->skips || (m->first == 0 && g->nrow == whole);
	if (m->identity[0])
		memcpy(source->identity, m->identity, sizeof source->identity);
	else if (all)
		gx_source_identify(source, "digest", g->digests);
	else
		strcpy(source->identity, ".");
}

/* What is known of the rows before they are read. */
static void foresee(struct gx_operand *operand)
{
	const struct gx_gxm_reader *g = operand->state;
	const struct gx_matrix *m = &operand->matrix;
	struct gx_source *source = &operand->source;
	if (operand->end_is_damaged)
		gx_die(GX_EXIT_DATA, "%s: its end is damaged: make the file again",
		       operand->in->name);
	if (g->indexed || m->derived)
		return;
	*source = (struct gx_source){ .unit = GX_UNIT_ROWS,
				      .first = m->first,
				      .last = m->nrow == GX_UNKNOWN || m->first == GX_UNKNOWN
						      ? GX_UNKNOWN
						      : m->first + m->nrow,
				      .of = m->whole };
	memcpy(source->identity, m->identity, sizeof source->identity);
}

static void tell_facts(struct gx_operand *operand)
{
	const struct gx_matrix *m = &operand->matrix;
	struct gx_facts *facts = &operand->facts;
	gx_facts_tell(facts, "format", "GXM %d", GX_GXM_VERSION);
	gx_facts_tell(facts, "rows_named", "%s", m->named ? "yes" : "no");
	gx_facts_tell(facts, "columns_named", "%s", m->columns.n ? "yes" : "no");
	gx_facts_tell(facts, "made_by", "%s%s", m->derived ? "a filter: " : "",
		      m->provenance[0] ? m->provenance : ".");
}

static void gxm_open(struct gx_operand *operand)
{
	struct gx_gxm_reader *g = operand->state = gx_allocate_zeroed(1, sizeof *g);
	struct gx_matrix *m = &operand->matrix;
	g->indexed = operand->in->seekable &&
		     gx_gxm_index_file(operand->in, &g->segment, &g->nsegment);
	if (g->indexed) {
		check_segments(operand);
	} else {
		gx_gxm_segments_free(&g->segment, &g->nsegment);
		g->segment = gx_allocate_zeroed(1, sizeof *g->segment);
		g->nsegment = 1;
		const char *why = gx_gxm_stream_open(operand);
		if (why)
			gx_die(GX_EXIT_DATA,
			       "%s: not GXM as gx writes it: %s: no row can be read: make the "
			       "file again",
			       operand->in->name, why);
		g->base = m->first;
		g->layout = m->layout;
		gx_gxm_announce(m);
		m->nrow = m->announced;
	}
	tell_facts(operand);
	/* A file with a damaged end is read through to say where the damage is. */
	operand->end_is_damaged = operand->in->seekable && !g->indexed;
	if (operand->end_is_damaged)
		g->end = GX_UNKNOWN;
	else
		choose_rows(operand);
	if (g->indexed) {
		operand->nbyte = count_bytes(g);
		tell_source(operand, m->nrow, g->digests);
		if (!g->skips)
			gx_facts_tell(&operand->facts, "stored_digest", "%016" PRIx64, g->digests);
	}
	if (operand->request->head_only)
		foresee(operand);
}

/* ---- fetch ---- */

static bool index_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gx_gxm_reader *g = operand->state;
	for (; g->at < g->nsegment; g->at++, g->block = 0) {
		const struct gx_gxm_segment *s = &g->segment[g->at];
		if (s->row + s->trailer.nrow <= g->begin)
			continue;
		/* Straight to the block with the first row that is wanted. */
		if (g->block == 0 && s->row < g->begin)
			g->block = gx_gxm_block_with(s, g->begin - s->row);
		uint64_t i = g->block;
		if (i == s->trailer.nblock)
			continue;
		uint64_t row = s->row + gx_gxm_block_row(s, i);
		if (row >= g->end)
			break;
		g->block++;
		batch->gxm.offset = s->start + gx_gxm_block_offset(s, i);
		batch->gxm.nbyte = gx_gxm_block_end(s, i) - gx_gxm_block_offset(s, i);
		batch->gxm.number = i;
		batch->gxm.row = row;
		batch->gxm.segment = s;
		return true;
	}
	g->at = g->nsegment;
	return false;
}

static bool gxm_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	const struct gx_gxm_reader *g = operand->state;
	batch->gxm.trailer = false;
	return g->indexed ? index_fetch(operand, batch) : gx_gxm_stream_fetch(operand, batch);
}

/* ---- decode ---- */

/* A block's names, those of the rows from `skip` on. */
static struct gx_names block_names(const char *text, size_t nbyte, size_t nrow,
				   size_t skip, size_t n)
{
	const char *from = text;
	for (size_t i = 0; i < skip; i++)
		from = gx_names_next(from);
	const char *to = text + nbyte;
	if (skip + n < nrow) {
		to = from;
		for (size_t i = 0; i < n; i++)
			to = gx_names_next(to);
	}
	return (struct gx_names){ (char *)(uintptr_t)from, n, (size_t)(to - from), 0 };
}

static void digest_block(const struct gx_operand *operand, uint64_t row, const void *value,
			 uint64_t nrow, uint64_t *digest)
{
	const struct gx_gxm_reader *g = operand->state;
	if (g->layout == GX_FULL)
		gx_digest_rows(value, nrow, operand->matrix.ncol, digest);
	else
		gx_digest_triangle(value, g->base + row, nrow, gx_layout_size(g->layout), digest);
}

/* NULL when the block in batch->raw is what its place in the segment asks for. */
static const char *block_fault(const struct gx_operand *operand, const struct gx_batch *batch,
			       uint64_t *digest)
{
	const struct gx_gxm_reader *g = operand->state;
	struct gx_gxm_block b;
	memcpy(&b, batch->raw, sizeof b);
	const unsigned char *names = batch->raw + sizeof b;
	size_t padded = gx_gxm_pad(b.name_bytes);
	size_t nvalue = payload(operand, batch->gxm.row, b.nrow);
	const unsigned char *value = names + padded;
	digest_block(operand, batch->gxm.row, value, b.nrow, digest);
	if (gx_gxm_block_checksum(&b, (const char *)names, digest) != b.checksum)
		return "checksum";
	if ((b.name_bytes &&
	     !gx_names_sound((const char *)names, b.name_bytes, b.nrow)) ||
	    !gx_all_zero(names + b.name_bytes, padded - b.name_bytes))
		return "names";
	const struct gx_names list = { (char *)(uintptr_t)names, b.nrow, b.name_bytes, 0 };
	if (b.name_bytes && !gx_matrix_names_clean(&list))
		return "a control byte in a name";
	if (!gx_all_zero(value + nvalue, gx_gxm_pad(nvalue) - nvalue))
		return "padding";
	bool real = g->layout == GX_FULL || g->layout == GX_TRIANGLE_FLOAT64;
	if (real && !gx_nan_is_canonical((const double *)(const void *)value, nvalue / 8))
		return "a NaN that gx does not write";
	return NULL;
}

/* By index the block is read here, in parallel. */
static bool read_block(const struct gx_operand *operand, struct gx_batch *batch)
{
	uint64_t nbyte = batch->gxm.nbyte;
	gx_batch_raw_filled(batch, nbyte);
	gx_progress_bytes(nbyte);
	return gx_input_at(operand->in, batch->raw, nbyte, batch->gxm.offset, &batch->fault) ==
	       nbyte;
}

/* Whether the head of that block is what the index promised. */
static bool is_promised(const struct gx_batch *batch)
{
	const struct gx_gxm_segment *s = batch->gxm.segment;
	uint64_t nbyte = batch->gxm.nbyte, row = gx_gxm_block_row(s, batch->gxm.number);
	uint64_t nrow = gx_gxm_block_row(s, batch->gxm.number + 1) - row;
	struct gx_gxm_block b;
	memcpy(&b, batch->raw, sizeof b);
	bool named = s->header.flags & GX_GXM_ROWS_NAMED;
	return memcmp(b.magic, GX_GXM_BLOCK_MAGIC, 8) == 0 && b.nbyte == nbyte &&
	       b.nrow == nrow && b.header_checksum == s->header.checksum && b.reserved == 0 &&
	       b.first == row &&
	       (named ? b.name_bytes >= nrow : b.name_bytes == 0) && b.name_bytes <= nbyte &&
	       b.nbyte == sizeof b + gx_gxm_pad(b.name_bytes) +
				  gx_gxm_pad(gx_gxm_payload(&s->header, row, nrow));
}

/* Rows of the block, as far as its place tells before its head is trusted. */
static uint64_t rows_of_block(const struct gx_gxm_reader *g, const struct gx_batch *batch)
{
	struct gx_gxm_block b;
	if (!g->indexed) {
		memcpy(&b, batch->raw, sizeof b);
		return b.nrow;
	}
	const struct gx_gxm_segment *s = batch->gxm.segment;
	uint64_t i = batch->gxm.number;
	return gx_gxm_block_row(s, i + 1) - gx_gxm_block_row(s, i);
}

static void gxm_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct gx_gxm_reader *g = operand->state;
	uint64_t row = batch->gxm.row;
	uint64_t nrow = rows_of_block(g, batch);
	uint64_t *digest = gx_batch_digests(batch, nrow);
	const char *why = NULL;
	if (g->indexed && !read_block(operand, batch))
		why = "it became shorter while it was read";
	else if (g->indexed && !is_promised(batch))
		why = "its head";
	else
		why = block_fault(operand, batch, digest);
	if (why) {
		gx_fault_note(&batch->fault, GX_EXIT_DATA,
			      ": damaged (%s): rows %" PRIu64 " to %" PRIu64
			      " cannot be trusted: make the file again, or send the stream again",
			      why, row + 1, row + nrow);
		return;
	}
	uint64_t from = g->begin > row ? g->begin - row : 0;
	uint64_t to = g->end < row + nrow ? g->end - row : nrow;
	struct gx_gxm_block b;
	memcpy(&b, batch->raw, sizeof b);
	const unsigned char *names = batch->raw + sizeof b;
	const unsigned char *value = names + gx_gxm_pad(b.name_bytes);
	batch->rows.nrow = to - from;
	value += payload(operand, row, from);
	if (g->layout == GX_FULL)
		batch->rows.value = (const double *)(const void *)value;
	else
		batch->rows.triangle = value;
	if (b.name_bytes)
		batch->rows.names = block_names((const char *)names, b.name_bytes, nrow,
						from, to - from);
	/* operand->matrix.first is that of row `begin`. */
	if (operand->matrix.first != GX_UNKNOWN)
		batch->rows.first = operand->matrix.first + row + from - g->begin;
	batch->digest_sum = gx_digest_sum(digest + from, to - from);
	batch->gxm.digest = gx_digest_sum(digest, nrow);
}

/* ---- accept and finish ---- */

static void gxm_accept(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gx_gxm_reader *g = operand->state;
	if (!batch->gxm.trailer) {
		g->accepted_digest += batch->fault.code ? 0 : batch->gxm.digest;
		return;
	}
	if (!g->skips && g->accepted_digest != batch->gxm.digest)
		gx_fault_note(&batch->fault, GX_EXIT_DATA,
			      ": its digest disagrees with its rows: make the file again");
	g->accepted_digest = 0;
}

static void gxm_finish(struct gx_operand *operand)
{
	struct gx_gxm_reader *g = operand->state;
	const struct gx_matrix *m = &operand->matrix;
	const char *name = operand->in->name;
	if (g->indexed && !g->skips && g->accepted_digest != g->digests)
		gx_die(GX_EXIT_DATA,
		       "%s: its digest disagrees with its rows: make the file again",
		       name);
	if (g->skips && !g->indexed && g->nrow != m->whole)
		gx_die(GX_EXIT_DATA,
		       "%s: --part needs the whole: it has %" PRIu64 " of %" PRIu64
		       " rows: join its parts "
		       "first (gx-reduce --join)",
		       name, g->nrow, m->whole);
	if (!g->indexed && operand->in->seekable)
		gx_die(GX_EXIT_DATA, "%s: its end is damaged: make the file again", name);
	gx_facts_tell(&operand->facts, "segments", "%zu",
		      g->indexed ? g->nsegment : g->segments_seen);
	tell_source(operand, operand->nrow, operand->digest);
}

static void gxm_close(struct gx_operand *operand)
{
	struct gx_gxm_reader *g = operand->state;
	gx_gxm_segments_free(&g->segment, &g->nsegment);
	free(g->scratch);
	free(g);
}

const struct gx_reader_format gx_reader_gxm = { .name = "GXM",
						.recognise = recognise,
						.open = gxm_open,
						.fetch = gxm_fetch,
						.decode = gxm_decode,
						.accept = gxm_accept,
						.finish = gxm_finish,
						.close = gxm_close };
