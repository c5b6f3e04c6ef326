/* SPDX-License-Identifier: MIT */
/*
 * GXM in. A regular file is read by the indexes of its segments, block by block and by
 * any thread; a pipe, or a file whose end is damaged, is read from its start. Both ways
 * verify all that they read.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "format/gxm/gxm.h"
#include "kernel/digest.h"
#include "kernel/hash.h"
#include "stream/reader.h"

/* Far above what fits anywhere, far below what overflows. */
static const uint64_t COLUMNS_MAX = UINT64_C(1) << 40;

struct segment {
	struct gx_gxm_header header;
	struct gx_gxm_trailer
		trailer;         /* by index: from the start; else once it was read */
	struct gx_source source; /* of a derived one, likewise */
	uint64_t start;          /* offset in the file */
	uint64_t row;            /* rows of the segments before it */
	uint64_t *offset;        /* by index: of each block */
};

struct gxm_reader {
	bool indexed;
	struct segment *segment; /* by index: all; else the present one */
	size_t nsegment;
	uint64_t base;       /* the stream's first row in its matrix, or GX_UNKNOWN */
	uint64_t begin, end; /* the rows that are wanted, counted in the stream */
	bool skips; /* blocks outside them are not read: no digest of all is known */

	/* fetch: where it is */
	size_t at;
	uint64_t block;
	bool inside, over;
	size_t segments_seen;
	XXH3_state_t index; /* of the offsets met, to be compared with the trailer's */
	uint64_t nrow;      /* rows in the segments that ended */
	uint64_t in_segment;
	unsigned char *scratch;
	size_t scratch_room;
	struct gx_source source;
	bool source_started;
	uint64_t digests; /* sum over the trailers */

	/* accept: what it has seen of the segment */
	uint64_t accepted_digest;
};

static bool recognise(const unsigned char *head, size_t nhead)
{
	(void)nhead;
	/* The first byte is in no text: a file cut to it is damaged GXM, not a table. */
	return head[0] == (unsigned char)GX_GXM_MAGIC[0];
}

/* ---- headers and trailers, however they were read ---- */

/* What is wrong with a header's fixed part, NULL when nothing is: it bounds what follows.
 */
static const char *header_fault(const struct gx_gxm_header *h)
{
	if (memcmp(h->magic, GX_GXM_MAGIC, sizeof h->magic) != 0)
		return memcmp(h->magic, GX_GXM_MAGIC, 4) == 0
			       ? "its magic bytes were changed, as a transfer in text mode does"
			       : "there is no GXM header";
	if (h->version != GX_GXM_VERSION)
		return "it is of another version of GXM";
	if (h->layout != 0)
		return "its values are not float64, rows by columns";
	if (h->ncol == 0 || h->ncol > COLUMNS_MAX || h->provenance_bytes >= GX_WORK_MAX ||
	    h->column_name_bytes > (UINT64_C(1) << 44) ||
	    (h->column_name_bytes && h->column_name_bytes < h->ncol) ||
	    h->nbyte !=
		    gx_gxm_pad(sizeof *h + h->column_name_bytes + h->provenance_bytes) ||
	    h->flags > (GX_GXM_ROWS_NAMED | GX_GXM_DERIVED) || h->reserved)
		return "its header is damaged";
	if (h->whole != GX_UNKNOWN && h->first != GX_UNKNOWN &&
	    (h->first > h->whole ||
	     (h->nrow != GX_UNKNOWN && h->nrow > h->whole - h->first)))
		return "its header says more rows than its matrix has";
	return NULL;
}

/* The same for all of it: `bytes` has h->nbyte bytes. */
static const char *header_body_fault(const struct gx_gxm_header *h, unsigned char *bytes)
{
	const size_t at = offsetof(struct gx_gxm_header, checksum);
	const char *names = (const char *)bytes + sizeof *h;
	size_t used = sizeof *h + h->column_name_bytes + h->provenance_bytes;
	memset(bytes + at, 0, sizeof h->checksum);
	uint64_t checksum = XXH3_64bits(bytes, h->nbyte);
	memcpy(bytes + at, &h->checksum, sizeof h->checksum);
	if (checksum != h->checksum || h->identity[GX_IDENTITY_MAX - 1] != 0 ||
	    !gx_all_zero(bytes + used, h->nbyte - used) ||
	    (h->column_name_bytes &&
	     !gx_names_sound(names, h->column_name_bytes, h->ncol)))
		return "its header is damaged (checksum)";
	return NULL;
}

static void take_header(struct gx_matrix *m, const struct gx_gxm_header *h,
			const unsigned char *bytes)
{
	const char *names = (const char *)bytes + sizeof *h;
	m->ncol = h->ncol;
	m->first = h->first;
	m->nrow = m->announced = h->nrow;
	m->whole = h->whole;
	m->named = h->flags & GX_GXM_ROWS_NAMED;
	m->derived = h->flags & GX_GXM_DERIVED;
	memcpy(m->identity, h->identity, sizeof m->identity);
	memcpy(m->provenance, names + h->column_name_bytes, h->provenance_bytes);
	m->provenance[h->provenance_bytes] = 0;
	gx_names_clear(&m->columns);
	if (h->column_name_bytes) {
		struct gx_names all = { (char *)(uintptr_t)names, h->ncol,
					h->column_name_bytes, 0 };
		gx_names_append(&m->columns, &all);
	}
}

/* After the first segment's header more may follow, unless it reaches its matrix's end.
 */
static void announce(struct gx_matrix *m)
{
	if (m->whole == GX_UNKNOWN || m->first == GX_UNKNOWN || m->nrow == GX_UNKNOWN ||
	    m->first + m->nrow != m->whole)
		m->announced = GX_UNKNOWN;
}

/* Whether a segment's header goes on where the stream is; what is against it, or NULL. */
static const char *join_fault(const struct gx_matrix *m, uint64_t base,
			      const struct gx_gxm_header *h, const unsigned char *bytes,
			      uint64_t rows_before)
{
	struct gx_matrix next = { 0 };
	take_header(&next, h, bytes);
	const char *why = NULL;
	if (next.ncol != m->ncol)
		why = "it has another number of columns";
	else if (!gx_names_equal(&next.columns, &m->columns))
		why = "its columns have other names";
	else if (next.named != m->named || next.derived != m->derived ||
		 strcmp(next.provenance, m->provenance) != 0)
		why = "something else was done to it";
	else if (strcmp(next.identity, m->identity) != 0 || next.whole != m->whole)
		why = "it is of another matrix";
	else if ((next.first == GX_UNKNOWN) != (base == GX_UNKNOWN))
		why = "only one of the two says where its rows belong";
	else if (next.first != GX_UNKNOWN && next.first < base + rows_before)
		why = "its rows overlap those before it";
	else if (next.first != GX_UNKNOWN && next.first > base + rows_before)
		why = gx_source_gap;
	gx_matrix_free(&next);
	return why;
}

static const char *trailer_fault(const struct gx_gxm_trailer *t,
				 const struct gx_gxm_header *h)
{
	if (memcmp(t->magic, GX_GXM_TRAILER_MAGIC, sizeof t->magic) != 0 || t->reserved ||
	    t->header_checksum != h->checksum || t->nblock > (UINT64_C(1) << 48) ||
	    t->source_bytes > GX_GXM_SOURCE_MAX ||
	    (t->source_bytes != 0) != ((h->flags & GX_GXM_DERIVED) != 0) ||
	    t->nbyte != gx_gxm_pad(sizeof *t + 8 * t->nblock + t->source_bytes) +
				sizeof(struct gx_gxm_footer))
		return "its trailer is damaged";
	uint64_t each = gx_gxm_block_rows(h->ncol);
	if ((h->nrow != GX_UNKNOWN && h->nrow != t->nrow) ||
	    t->nblock != t->nrow / each + (t->nrow % each != 0))
		return "its totals disagree";
	if (h->whole != GX_UNKNOWN && h->first != GX_UNKNOWN && t->nrow > h->whole - h->first)
		return "it has more rows than its matrix";
	return NULL;
}

/* What follows the trailer's fixed part: `rest` has t->nbyte - sizeof *t bytes. */
static const char *trailer_body_fault(const struct gx_gxm_trailer *t, unsigned char *rest,
				      uint64_t segment_bytes, struct gx_source *source)
{
	size_t n = t->nbyte - sizeof *t;
	struct gx_gxm_footer f;
	memcpy(&f, rest + n - sizeof f, sizeof f);
	struct gx_gxm_footer zeroed = f;
	zeroed.checksum = 0;
	memcpy(rest + n - sizeof f, &zeroed, sizeof f);
	XXH3_state_t state;
	XXH3_64bits_reset(&state);
	XXH3_64bits_update(&state, t, sizeof *t);
	XXH3_64bits_update(&state, rest, n);
	size_t used = 8 * t->nblock + t->source_bytes;
	if (XXH3_64bits_digest(&state) != f.checksum ||
	    memcmp(f.magic, GX_GXM_FOOTER_MAGIC, sizeof f.magic) != 0 ||
	    f.trailer_bytes != t->nbyte || f.segment_bytes != segment_bytes ||
	    !gx_all_zero((unsigned char *)f.reserved, sizeof f.reserved) ||
	    !gx_all_zero(rest + used, n - sizeof f - used))
		return "its trailer is damaged (checksum)";
	if (t->source_bytes && !gx_gxm_source_read((const char *)rest + 8 * t->nblock,
						   t->source_bytes, source))
		return "the source facts in its trailer are damaged";
	return NULL;
}

/* Puts one more derived segment's facts to those before it. */
static const char *add_source(struct gxm_reader *g, const struct gx_source *source)
{
	if (g->source_started)
		return gx_source_continue(&g->source, source);
	g->source = *source;
	g->source_started = true;
	return NULL;
}

/* ---- by index ---- */

static void free_segments(struct gxm_reader *g)
{
	for (size_t i = 0; i < g->nsegment; i++)
		free(g->segment[i].offset);
	free(g->segment);
	g->segment = NULL;
	g->nsegment = 0;
}

/* Reads the segment that ends at `end`; false when anything there is not as it must be.
 */
static bool index_segment(const struct gx_input *in, uint64_t end, struct segment *s)
{
	struct gx_gxm_footer f;
	if (end < sizeof s->header + sizeof s->trailer + sizeof f ||
	    gx_input_at(in, &f, sizeof f, end - sizeof f) != sizeof f ||
	    memcmp(f.magic, GX_GXM_FOOTER_MAGIC, sizeof f.magic) != 0 ||
	    f.segment_bytes > end || f.trailer_bytes > f.segment_bytes ||
	    f.trailer_bytes < sizeof s->trailer + sizeof f)
		return false;
	s->start = end - f.segment_bytes;
	if (gx_input_at(in, &s->header, sizeof s->header, s->start) != sizeof s->header ||
	    header_fault(&s->header) ||
	    s->header.nbyte > f.segment_bytes - f.trailer_bytes)
		return false;
	uint64_t at = end - f.trailer_bytes;
	if (gx_input_at(in, &s->trailer, sizeof s->trailer, at) != sizeof s->trailer ||
	    trailer_fault(&s->trailer, &s->header) || s->trailer.nbyte != f.trailer_bytes)
		return false;
	size_t n = f.trailer_bytes - sizeof s->trailer;
	s->offset = gx_allocate(n, 1); /* bounded by the file's size */
	if (gx_input_at(in, s->offset, n, at + sizeof s->trailer) != n ||
	    trailer_body_fault(&s->trailer, (unsigned char *)s->offset, f.segment_bytes,
			       &s->source))
		return false;
	/* Blocks fill what is between header and trailer, without a hole. */
	uint64_t position = s->header.nbyte, values = gx_gxm_block_rows(s->header.ncol);
	values = gx_gxm_pad(values * s->header.ncol * 8);
	for (uint64_t i = 0; i < s->trailer.nblock; i++) {
		bool last = i + 1 == s->trailer.nblock;
		if (s->offset[i] < position || (i == 0 && s->offset[i] != position) ||
		    s->offset[i] > f.segment_bytes - f.trailer_bytes)
			return false;
		position = s->offset[i] + sizeof(struct gx_gxm_block) +
			   (last ? 0 : values);
	}
	return position <= f.segment_bytes - f.trailer_bytes;
}

/* Walks the segments from the end; false when the file is not whole to its last byte. */
static bool index_file(const struct gx_input *in, struct gxm_reader *g)
{
	size_t room = 0;
	for (uint64_t end = in->size; end > 0;) {
		if (g->nsegment == room) {
			room = room ? 2 * room : 4;
			g->segment = gx_reallocate(g->segment, room, sizeof *g->segment);
		}
		struct segment *s = &g->segment[g->nsegment];
		*s = (struct segment){ 0 };
		bool sound = index_segment(in, end, s);
		g->nsegment++;
		if (!sound)
			return false;
		end = s->start;
	}
	for (size_t i = 0, j = g->nsegment - 1; i < j; i++, j--) {
		struct segment swap = g->segment[i];
		g->segment[i] = g->segment[j];
		g->segment[j] = swap;
	}
	return true;
}

GX_NORETURN GX_COLD static void die_segment(const struct gx_operand *operand,
					    size_t number, const char *why)
{
	bool missing = operand->common->gap_is_missing && why == gx_source_gap;
	gx_die(missing ? GX_EXIT_MISSING : GX_EXIT_DATA,
	       "%s: segment %zu does not continue the one before it: %s: join the parts of one "
	       "matrix in their order (gx-reduce --join)",
	       operand->in->name, number + 1, why);
}

/* Checks all headers and that the segments continue each other. */
static void check_segments(struct gx_operand *operand)
{
	struct gxm_reader *g = operand->state;
	uint64_t rows = 0;
	for (size_t i = 0; i < g->nsegment; i++) {
		struct segment *s = &g->segment[i];
		unsigned char *bytes = gx_allocate(s->header.nbyte, 1);
		if (gx_input_at(operand->in, bytes, s->header.nbyte, s->start) !=
		    s->header.nbyte)
			gx_die(GX_EXIT_IO, "%s: it became shorter while it was read",
			       operand->in->name);
		const char *why = header_body_fault(&s->header, bytes);
		if (why)
			gx_die(GX_EXIT_DATA,
			       "%s: segment %zu: %s: no row of it can be trusted: make the file "
			       "again",
			       operand->in->name, i + 1, why);
		if (i == 0) {
			take_header(&operand->matrix, &s->header, bytes);
			g->base = operand->matrix.first;
			announce(&operand->matrix);
		} else if ((why = join_fault(&operand->matrix, g->base, &s->header, bytes,
					     rows))) {
			die_segment(operand, i, why);
		}
		free(bytes);
		if (operand->matrix.derived && (why = add_source(g, &s->source)))
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
	struct gxm_reader *g = operand->state;
	struct gx_matrix *m = &operand->matrix;
	g->begin = 0;
	g->end = GX_UNKNOWN;
	if (!operand->part.n)
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
	if (m->first != 0 || (m->nrow != GX_UNKNOWN && g->indexed && m->nrow != m->whole))
		gx_operand_refuse_part(operand,
				       "it is itself a part: a part is cut from the "
				       "whole (gx-reduce --join makes it)");
	g->begin = gx_part_bound(m->whole, operand->part.k - 1, operand->part.n);
	g->end = gx_part_bound(m->whole, operand->part.k, operand->part.n);
	g->skips = true;
	m->first = g->begin;
	m->nrow = m->announced = g->end - g->begin;
}

/* Where block i of an indexed segment ends: at the next one, or where the trailer begins.
 */
static uint64_t block_end(const struct segment *s, uint64_t i)
{
	if (i + 1 < s->trailer.nblock)
		return s->offset[i + 1];
	struct gx_gxm_footer f;
	size_t n = s->trailer.nbyte - sizeof s->trailer;
	memcpy(&f, (const unsigned char *)s->offset + n - sizeof f, sizeof f);
	return f.segment_bytes - f.trailer_bytes;
}

/* The bytes of the blocks that are read, for --explain. */
static uint64_t count_bytes(const struct gxm_reader *g)
{
	uint64_t nbyte = 0;
	for (size_t i = 0; i < g->nsegment; i++) {
		const struct segment *s = &g->segment[i];
		uint64_t each = gx_gxm_block_rows(s->header.ncol), end = s->row + s->trailer.nrow;
		if (end <= g->begin || s->row >= g->end || s->trailer.nblock == 0)
			continue;
		uint64_t from = g->begin > s->row ? (g->begin - s->row) / each : 0;
		uint64_t to = (end < g->end ? end : g->end) - s->row;
		to = to / each + (to % each != 0);
		if (to > from)
			nbyte += block_end(s, to - 1) - s->offset[from];
	}
	return nbyte;
}

/* ---- opening ---- */

/* Reads a header from the stream; NULL, or what is wrong with it. */
static const char *stream_header(struct gx_operand *operand, const unsigned char **bytes)
{
	struct gxm_reader *g = operand->state;
	struct gx_gxm_header *h = &g->segment->header;
	size_t used = gx_input_read_grow(operand->in, &g->scratch, &g->scratch_room, 0,
					 sizeof *h);
	if (used < sizeof *h)
		return "it ends within its header";
	memcpy(h, g->scratch, sizeof *h);
	const char *why = header_fault(h);
	if (why)
		return why;
	used += gx_input_read_grow(operand->in, &g->scratch, &g->scratch_room, used,
				   h->nbyte - used);
	if (used < h->nbyte)
		return "it ends within its header";
	*bytes = g->scratch;
	return header_body_fault(h, g->scratch);
}

static void start_segment(struct gxm_reader *g)
{
	g->inside = true;
	g->segments_seen++;
	g->in_segment = g->block = 0;
	g->segment->start = 0;
	XXH3_64bits_reset(&g->index);
	/* The offset of the next block, from the segment's start. */
	g->segment->row = g->segment->header.nbyte;
}

/* The source facts of nrow rows with this digest, when all trailers were read. */
static void tell_source(struct gx_operand *operand, uint64_t nrow, uint64_t digest)
{
	const struct gxm_reader *g = operand->state;
	const struct gx_matrix *m = &operand->matrix;
	struct gx_source *source = &operand->source;
	if (m->derived) {
		*source = g->source;
		return;
	}
	uint64_t whole = m->whole != GX_UNKNOWN ? m->whole
			 : m->first == 0        ? g->nrow
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
		snprintf(source->identity, sizeof source->identity, "digest:%016" PRIx64,
			 g->digests);
	else
		strcpy(source->identity, ".");
}

/* What is known of the rows before they are read. */
static void foresee(struct gx_operand *operand)
{
	const struct gxm_reader *g = operand->state;
	const struct gx_matrix *m = &operand->matrix;
	struct gx_source *source = &operand->source;
	if (operand->suspect)
		gx_die(GX_EXIT_DATA, "%s: its end is damaged: make the file again",
		       operand->in->name);
	if (g->indexed) {
		operand->nbyte = count_bytes(g);
		return;
	}
	if (m->derived)
		return;
	*source = (struct gx_source){ .unit = GX_UNIT_ROWS,
				      .first = m->first,
				      .last = m->nrow == GX_UNKNOWN ? GX_UNKNOWN
								    : m->first + m->nrow,
				      .of = m->whole };
	memcpy(source->identity, m->identity, sizeof source->identity);
}

static void gxm_open(struct gx_operand *operand)
{
	struct gxm_reader *g = operand->state = gx_allocate_zeroed(1, sizeof *g);
	g->indexed = operand->in->seekable && index_file(operand->in, g);
	if (g->indexed) {
		check_segments(operand);
	} else {
		free_segments(g);
		g->segment = gx_allocate_zeroed(1, sizeof *g->segment);
		g->nsegment = 1;
		const unsigned char *bytes;
		const char *why = stream_header(operand, &bytes);
		if (why)
			gx_die(GX_EXIT_DATA,
			       "%s: not GXM as gx writes it: %s: no row can be read: make the "
			       "file again",
			       operand->in->name, why);
		struct gx_matrix *m = &operand->matrix;
		take_header(m, &g->segment->header, bytes);
		g->base = m->first;
		announce(m);
		m->nrow = m->announced;
		start_segment(g);
	}
	const struct gx_matrix *matrix = &operand->matrix;
	gx_operand_tell(operand, "format", "GXM %d", GX_GXM_VERSION);
	gx_operand_tell(operand, "rows_named", "%s", matrix->named ? "yes" : "no");
	gx_operand_tell(operand, "columns_named", "%s", matrix->columns.n ? "yes" : "no");
	gx_operand_tell(operand, "made_by", "%s%s", matrix->derived ? "a filter: " : "",
			matrix->provenance[0] ? matrix->provenance : ".");
	/* A file with a damaged end is read through to say where the damage is. */
	operand->suspect = operand->in->seekable && !g->indexed;
	if (operand->suspect)
		g->end = GX_UNKNOWN;
	else
		choose_rows(operand);
	if (g->indexed) {
		tell_source(operand, operand->matrix.nrow, g->digests);
		if (!g->skips)
			gx_operand_tell(operand, "stored_digest", "%016" PRIx64,
					g->digests);
	}
	if (gx_operand_explains(operand))
		foresee(operand);
}

/* ---- fetch ---- */

static bool index_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gxm_reader *g = operand->state;
	for (; g->at < g->nsegment; g->at++, g->block = 0) {
		const struct segment *s = &g->segment[g->at];
		uint64_t each = gx_gxm_block_rows(s->header.ncol);
		if (s->row + s->trailer.nrow <= g->begin)
			continue;
		/* Straight to the block with the first row that is wanted. */
		if (g->block == 0 && s->row < g->begin)
			g->block = (g->begin - s->row) / each;
		uint64_t i = g->block, row = s->row + i * each;
		if (i == s->trailer.nblock)
			continue;
		if (row >= g->end)
			break;
		g->block++;
		batch->offset = s->start + s->offset[i];
		batch->nbyte = block_end(s, i) - s->offset[i];
		batch->number = i;
		batch->skip = row;
		batch->about = s;
		return true;
	}
	g->at = g->nsegment;
	return false;
}

static bool stream_fault(struct gx_operand *operand, struct gx_batch *batch,
			 const char *why)
{
	struct gxm_reader *g = operand->state;
	uint64_t rows = g->nrow + g->in_segment;
	g->over = true;
	batch->kind = GX_BATCH_END;
	batch->about = NULL;
	gx_batch_fault(batch,
		       ": %s: %" PRIu64
		       " rows are whole, those behind them are lost: make the file "
		       "again, or send the stream again",
		       why, rows);
	return true;
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
	struct gxm_reader *g = operand->state;
	struct segment *s = g->segment;
	const char *why = trailer_fault(t, &s->header);
	if (!why && (t->nrow != g->in_segment || t->nblock != g->block))
		why = "its totals disagree: rows were lost";
	if (why)
		return stream_fault(operand, batch, why);
	size_t rest = t->nbyte - sizeof *t;
	if (gx_input_read_grow(operand->in, &g->scratch, &g->scratch_room, 0, rest) <
	    rest)
		return stream_fault(operand, batch, "cut off within its trailer");
	why = trailer_body_fault(t, g->scratch, s->row + t->nbyte, &s->source);
	if (!why &&
	    XXH3_64bits(g->scratch, 8 * t->nblock) != XXH3_64bits_digest(&g->index))
		why = "its index disagrees with its blocks";
	if (why)
		return stream_fault(operand, batch, why);
	if (operand->matrix.derived && (why = add_source(g, &s->source)))
		die_segment(operand, g->segments_seen - 1, why);
	g->inside = false;
	g->nrow += t->nrow;
	g->in_segment = 0;
	g->digests += t->digest;
	batch->kind = GX_BATCH_END;
	batch->about = s;
	batch->offset = t->digest;
	return true;
}

/* Reads or skips a block, whose first 64 bytes are in *b; 0: skipped, go on. */
static int stream_block(struct gx_operand *operand, struct gx_batch *batch,
			const struct gx_gxm_block *b)
{
	struct gxm_reader *g = operand->state;
	struct segment *s = g->segment;
	uint64_t ncol = s->header.ncol, each = gx_gxm_block_rows(ncol);
	bool named = s->header.flags & GX_GXM_ROWS_NAMED;
	if (b->nrow == 0 || b->nrow > each || b->first != g->in_segment ||
	    g->in_segment % each != 0 || b->header_checksum != s->header.checksum ||
	    b->reserved || b->name_bytes > (UINT64_C(1) << 44) ||
	    (named ? b->name_bytes < b->nrow : b->name_bytes != 0) ||
	    b->nbyte != sizeof *b + gx_gxm_pad(b->name_bytes) +
				gx_gxm_pad(b->nrow * ncol * 8))
		return stream_fault(
			operand, batch,
			"damaged: the next block is not the one that must follow (was "
			"this written by --line-buffer or -u?)");
	uint64_t row = g->nrow + g->in_segment, left = b->nbyte - sizeof *b;
	XXH3_64bits_update(&g->index, &s->row, sizeof s->row);
	batch->offset = s->row;
	batch->nbyte = b->nbyte;
	batch->number = g->block++;
	batch->skip = row;
	batch->about = s;
	s->row += b->nbyte;
	if (row + b->nrow <= g->begin || row >= g->end) {
		if (gx_input_skip(operand->in, left) < left)
			return stream_fault(operand, batch, "cut off");
		g->in_segment += b->nrow;
		return 0;
	}
	gx_batch_raw(batch, sizeof *b);
	memcpy(batch->raw, b, sizeof *b);
	if (gx_input_read_grow(operand->in, &batch->raw, &batch->raw_room, sizeof *b,
			       left) < left)
		return stream_fault(operand, batch, "cut off");
	g->in_segment += b->nrow;
	return 1;
}

static bool stream_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gxm_reader *g = operand->state;
	while (!g->over) {
		const unsigned char *bytes;
		if (!g->inside) {
			if (gx_input_peek(operand->in, 1, &bytes) == 0)
				break;
			const char *why = stream_header(operand, &bytes);
			if (why)
				return stream_fault(operand, batch, why);
			why = join_fault(&operand->matrix, g->base, &g->segment->header,
					 bytes, g->nrow);
			if (why)
				die_segment(operand, g->segments_seen, why);
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
	g->over = true;
	return false;
}

static bool gxm_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	const struct gxm_reader *g = operand->state;
	return g->indexed ? index_fetch(operand, batch) : stream_fetch(operand, batch);
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

/* NULL when the block in batch->raw is what its place in the segment asks for. */
static const char *block_fault(uint64_t ncol, const struct gx_batch *batch,
			       uint64_t *digest)
{
	struct gx_gxm_block b;
	memcpy(&b, batch->raw, sizeof b);
	const unsigned char *names = batch->raw + sizeof b;
	size_t padded = gx_gxm_pad(b.name_bytes), nvalue = b.nrow * ncol;
	const unsigned char *value = names + padded;
	gx_digest_rows((const double *)(const void *)value, b.nrow, ncol, digest);
	if (gx_gxm_block_checksum(&b, (const char *)names, digest) != b.checksum)
		return "checksum";
	if ((b.name_bytes &&
	     !gx_names_sound((const char *)names, b.name_bytes, b.nrow)) ||
	    !gx_all_zero(names + b.name_bytes, padded - b.name_bytes))
		return "names";
	if (!gx_all_zero(value + 8 * nvalue, gx_gxm_pad(8 * nvalue) - 8 * nvalue))
		return "padding";
	if (!gx_nan_is_canonical((const double *)(const void *)value, nvalue))
		return "a NaN that gx does not write";
	return NULL;
}

/* By index the block is read here, in parallel; its head must be what the index promised.
 */
static bool read_block(const struct gx_operand *operand, const struct segment *s,
		       struct gx_batch *batch, uint64_t nrow)
{
	gx_batch_raw(batch, batch->nbyte);
	if (gx_input_at(operand->in, batch->raw, batch->nbyte, batch->offset) <
	    batch->nbyte)
		return false;
	struct gx_gxm_block b;
	memcpy(&b, batch->raw, sizeof b);
	bool named = s->header.flags & GX_GXM_ROWS_NAMED;
	return memcmp(b.magic, GX_GXM_BLOCK_MAGIC, 8) == 0 && b.nbyte == batch->nbyte &&
	       b.nrow == nrow && b.header_checksum == s->header.checksum &&
	       b.reserved == 0 &&
	       b.first == batch->number * gx_gxm_block_rows(s->header.ncol) &&
	       (named ? b.name_bytes >= nrow : b.name_bytes == 0) &&
	       b.name_bytes <= batch->nbyte &&
	       b.nbyte == sizeof b + gx_gxm_pad(b.name_bytes) +
				  gx_gxm_pad(nrow * s->header.ncol * 8);
}

static void gxm_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct gxm_reader *g = operand->state;
	/* Not the header's: on a stream fetch may be reading the next segment's. */
	uint64_t ncol = operand->matrix.ncol, nrow, row = batch->skip;
	const char *why = NULL;
	if (g->indexed) {
		const struct segment *s = batch->about;
		uint64_t each = gx_gxm_block_rows(ncol);
		nrow = s->trailer.nrow - batch->number * each;
		nrow = nrow < each ? nrow : each;
		if (!read_block(operand, s, batch, nrow))
			why = "its head";
	} else {
		struct gx_gxm_block b;
		memcpy(&b, batch->raw, sizeof b);
		nrow = b.nrow;
	}
	uint64_t *digest = gx_batch_digests(batch, nrow);
	if (!why)
		why = block_fault(ncol, batch, digest);
	if (why) {
		gx_batch_fault(batch,
			       ": damaged (%s): rows %" PRIu64 " to %" PRIu64
			       " cannot be trusted: make the "
			       "file again, or send the stream again",
			       why, row + 1, (row + nrow));
		return;
	}
	uint64_t from = g->begin > row ? g->begin - row : 0;
	uint64_t to = g->end < row + nrow ? g->end - row : nrow;
	struct gx_gxm_block b;
	memcpy(&b, batch->raw, sizeof b);
	const unsigned char *names = batch->raw + sizeof b;
	const unsigned char *value = names + gx_gxm_pad(b.name_bytes);
	batch->rows.nrow = to - from;
	batch->rows.value = (const double *)(const void *)value + from * ncol;
	if (b.name_bytes)
		batch->rows.names = block_names((const char *)names, b.name_bytes, nrow,
						from, to - from);
	/* operand->matrix.first is that of row `begin`. */
	if (operand->matrix.first != GX_UNKNOWN)
		batch->rows.first = operand->matrix.first + row + from - g->begin;
	batch->digest_sum = gx_digest_sum(digest + from, to - from);
	batch->all_digests = gx_digest_sum(digest, nrow);
}

/* ---- accept and finish ---- */

static void gxm_accept(struct gx_operand *operand, struct gx_batch *batch)
{
	struct gxm_reader *g = operand->state;
	if (batch->kind == GX_BATCH_ROWS) {
		g->accepted_digest += batch->all_digests;
		return;
	}
	if (batch->about && !g->skips && g->accepted_digest != batch->offset)
		gx_batch_fault(
			batch,
			": its digest disagrees with its rows: make the file again");
	g->accepted_digest = 0;
}

static void gxm_finish(struct gx_operand *operand)
{
	struct gxm_reader *g = operand->state;
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
	gx_operand_tell(operand, "segments", "%zu",
			g->indexed ? g->nsegment : g->segments_seen);
	tell_source(operand, operand->nrow, operand->digest);
}

static void gxm_close(struct gx_operand *operand)
{
	struct gxm_reader *g = operand->state;
	free_segments(g);
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
