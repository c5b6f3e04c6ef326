/* SPDX-License-Identifier: MIT */
/* GXM out: rows gathered to blocks of the one size that their width asks for. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "format/gxm/gxm.h"
#include "kernel/digest.h"
#include "kernel/hash.h"
#include "format/format.h"

struct gxm_writer {
	uint64_t block_rows;
	uint64_t header_checksum;
	uint64_t position; /* bytes written of the segment */
	uint64_t digest;
	uint64_t *offset; /* of each block: 8 bytes a block is what a segment costs in
			     memory */
	size_t nblock, offset_room;
	uint64_t written; /* rows in the blocks that are out */
	/* The block that is being filled; values and digests are allocated at first need. */
	size_t nrow; /* whose values are in `value` */
	double *value;
	uint64_t *row_digest; /* of these rows and those that complete the block */
	struct gx_names names; /* the same */
};

static void emit(struct gx_writer *writer, const void *bytes, size_t n)
{
	struct gxm_writer *g = writer->state;
	gx_output_write(writer->out, bytes, n);
	g->position += n;
}

static void emit_padding(struct gx_writer *writer, size_t n)
{
	static const unsigned char zero[GX_GXM_ALIGN];
	emit(writer, zero, n);
}

static void gxm_open(struct gx_writer *writer)
{
	const struct gx_matrix *m = writer->matrix;
	struct gxm_writer *g = writer->state = gx_allocate_zeroed(1, sizeof *g);
	g->block_rows = gx_batch_rows(m->ncol);

	struct gx_gxm_header h = { .version = GX_GXM_VERSION,
				   .ncol = m->ncol,
				   .first = m->first,
				   .nrow = m->announced,
				   .whole = m->whole,
				   .flags = (m->named ? GX_GXM_ROWS_NAMED : 0u) |
					    (m->derived ? GX_GXM_DERIVED : 0u),
				   .column_name_bytes = m->columns.nbyte,
				   .provenance_bytes = strlen(m->provenance) };
	memcpy(h.magic, GX_GXM_MAGIC, sizeof h.magic);
	memcpy(h.identity, m->identity, strlen(m->identity));
	h.nbyte = gx_gxm_pad(sizeof h + h.column_name_bytes + h.provenance_bytes);
	unsigned char *bytes = gx_allocate_zeroed(h.nbyte, 1);
	memcpy(bytes, &h, sizeof h);
	if (h.column_name_bytes)
		memcpy(bytes + sizeof h, m->columns.text, h.column_name_bytes);
	memcpy(bytes + sizeof h + h.column_name_bytes, m->provenance, h.provenance_bytes);
	g->header_checksum = XXH3_64bits(bytes, h.nbyte);
	memcpy(bytes + offsetof(struct gx_gxm_header, checksum), &g->header_checksum,
	       sizeof g->header_checksum);
	emit(writer, bytes, h.nbyte);
	free(bytes);
}

static void gxm_encode(const struct gx_writer *writer, const struct gx_rows *rows,
		       struct gx_piece *piece)
{
	(void)writer;
	if (piece->digest_room < rows->nrow) {
		free(piece->digest);
		piece->digest = gx_allocate(rows->nrow, sizeof *piece->digest);
		piece->digest_room = rows->nrow;
	}
	gx_digest_rows(rows->value, rows->nrow, rows->ncol, piece->digest);
}

/*
 * Writes the block: the rows that are kept, and n behind them where they are. One thread at a time
 * is here, so what need not be copied is not.
 */
static void write_block(struct gx_writer *writer, const double *more, size_t n)
{
	struct gxm_writer *g = writer->state;
	struct gx_names *names = &g->names;
	size_t row_bytes = writer->matrix->ncol * sizeof *more, nrow = g->nrow + n;
	if (g->nblock == g->offset_room) {
		g->offset_room = g->offset_room ? 2 * g->offset_room : 64;
		g->offset = gx_reallocate(g->offset, g->offset_room, sizeof *g->offset);
	}
	g->offset[g->nblock++] = g->position;

	size_t names_padded = gx_gxm_pad(names->nbyte), nvalue = nrow * row_bytes;
	struct gx_gxm_block b = { .first = g->written,
				  .nrow = nrow,
				  .name_bytes = names->nbyte,
				  .header_checksum = g->header_checksum };
	memcpy(b.magic, GX_GXM_BLOCK_MAGIC, sizeof b.magic);
	b.nbyte = sizeof b + names_padded + gx_gxm_pad(nvalue);
	if (names->nbyte) {
		gx_names_reserve(names, GX_GXM_ALIGN);
		memset(names->text + names->nbyte, 0, names_padded - names->nbyte);
	}
	b.checksum = gx_gxm_block_checksum(&b, names->text, g->row_digest);
	emit(writer, &b, sizeof b);
	emit(writer, names->text, names_padded);
	emit(writer, g->value, g->nrow * row_bytes);
	emit(writer, more, n * row_bytes);
	emit_padding(writer, gx_gxm_pad(nvalue) - nvalue);
	g->written += nrow;
	g->digest += gx_digest_sum(g->row_digest, nrow);
	g->nrow = 0;
	gx_names_clear(names);
}

static void keep_rows(struct gx_writer *writer, const double *value, size_t n)
{
	struct gxm_writer *g = writer->state;
	uint64_t ncol = writer->matrix->ncol;
	if (!g->value)
		g->value = gx_allocate_aligned(g->block_rows * ncol, sizeof *g->value, 0);
	memcpy(g->value + g->nrow * ncol, value, n * ncol * sizeof *value);
	g->nrow += n;
}

/* Names n rows behind `from`, the first at *name, which moves on. */
static void keep_names(struct gxm_writer *g, const struct gx_rows *rows, size_t from, size_t n,
		       const char **name)
{
	if (!rows->names.n) {
		for (size_t k = 0; k < n; k++)
			gx_names_add_implicit(&g->names, 'g', rows->first + from + k + 1);
		return;
	}
	const char *end = *name;
	if (from + n == rows->nrow)
		end = rows->names.text + rows->names.nbyte;
	else
		for (size_t k = 0; k < n; k++)
			end = gx_names_next(end);
	const struct gx_names run = { (char *)(uintptr_t)*name, n, (size_t)(end - *name), 0 };
	gx_names_append(&g->names, &run);
	*name = end;
}

static void gxm_put(struct gx_writer *writer, const struct gx_rows *rows,
		    struct gx_piece *piece)
{
	struct gxm_writer *g = writer->state;
	const char *name = rows->names.text;
	if (!g->row_digest)
		g->row_digest = gx_allocate(g->block_rows, sizeof *g->row_digest);
	for (size_t i = 0, n; i < rows->nrow; i += n) {
		size_t left = rows->nrow - i, room = g->block_rows - g->nrow;
		n = left < room ? left : room;
		const double *value = rows->value + i * rows->ncol;
		memcpy(g->row_digest + g->nrow, piece->digest + i, n * sizeof *g->row_digest);
		if (writer->matrix->named)
			keep_names(g, rows, i, n, &name);
		if (n == room)
			write_block(writer, value, n);
		else
			keep_rows(writer, value, n);
	}
}

static void gxm_close(struct gx_writer *writer, const struct gx_source *source)
{
	struct gxm_writer *g = writer->state;
	if (g->nrow)
		write_block(writer, NULL, 0);

	char facts[GX_GXM_SOURCE_MAX];
	struct gx_gxm_trailer t = { .nrow = g->written,
				    .digest = g->digest,
				    .nblock = g->nblock,
				    .header_checksum = g->header_checksum };
	memcpy(t.magic, GX_GXM_TRAILER_MAGIC, sizeof t.magic);
	if (writer->matrix->derived)
		t.source_bytes = gx_gxm_source_print(source, facts);
	size_t index = g->nblock * sizeof *g->offset;
	size_t before = gx_gxm_pad(sizeof t + index + t.source_bytes);
	t.nbyte = before + sizeof(struct gx_gxm_footer);
	struct gx_gxm_footer f = { .trailer_bytes = t.nbyte,
				   .segment_bytes = g->position + t.nbyte };
	memcpy(f.magic, GX_GXM_FOOTER_MAGIC, sizeof f.magic);

	unsigned char *bytes = gx_allocate_zeroed(t.nbyte, 1);
	memcpy(bytes, &t, sizeof t);
	if (index)
		memcpy(bytes + sizeof t, g->offset, index);
	memcpy(bytes + sizeof t + index, facts, t.source_bytes);
	memcpy(bytes + before, &f, sizeof f);
	f.checksum = XXH3_64bits(bytes, t.nbyte);
	memcpy(bytes + before, &f, sizeof f);
	emit(writer, bytes, t.nbyte);
	free(bytes);

	gx_names_free(&g->names);
	free(g->value);
	free(g->row_digest);
	free(g->offset);
	free(g);
}

/* The size of a segment whose rows have no names. */
static uint64_t segment_bytes(const struct gx_matrix *m, const struct gx_source *source)
{
	char facts[GX_GXM_SOURCE_MAX];
	bool placed = source && source->identity[0] && source->first != GX_UNKNOWN &&
		      source->last != GX_UNKNOWN;
	if (m->named || m->nrow == GX_UNKNOWN || m->ncol == GX_UNKNOWN || (m->derived && !placed))
		return GX_UNKNOWN;
	uint64_t each = gx_batch_rows(m->ncol), whole = m->nrow / each, rest = m->nrow % each;
	uint64_t nblock = whole + (rest > 0);
	uint64_t header = sizeof(struct gx_gxm_header) + m->columns.nbyte +
			  strlen(m->provenance);
	uint64_t trailer = sizeof(struct gx_gxm_trailer) + 8 * nblock +
			   (m->derived ? gx_gxm_source_print(source, facts) : 0);
	return gx_gxm_pad(header) + nblock * sizeof(struct gx_gxm_block) +
	       whole * gx_gxm_pad(each * m->ncol * 8) + gx_gxm_pad(rest * m->ncol * 8) +
	       gx_gxm_pad(trailer) + sizeof(struct gx_gxm_footer);
}

static void gxm_estimate(const struct gx_matrix *m, const struct gx_source *source,
			 uint64_t *nbyte, uint64_t *each_row, uint64_t *once)
{
	*each_row = *once = 0;
	*nbyte = segment_bytes(m, source);
	if (m->ncol == GX_UNKNOWN)
		return;
	/* The block that is filled, and the index. */
	*once = 8 * m->ncol * gx_batch_rows(m->ncol);
	if (m->nrow != GX_UNKNOWN)
		*once += 8 * (m->nrow / gx_batch_rows(m->ncol));
}

const struct gx_writer_format gx_writer_gxm = { .name = "gxm",
						.binary = true,
						.open = gxm_open,
						.encode = gxm_encode,
						.put = gxm_put,
						.close = gxm_close,
						.estimate = gxm_estimate };
