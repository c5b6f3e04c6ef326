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
	struct gx_gxm_header header;
	uint64_t block_rows; /* of the block that is being filled */
	uint64_t position; /* bytes written of the segment */
	uint64_t digest;
	/* What a segment costs in memory: 8 bytes a block, 16 of a triangle. */
	uint64_t *index;
	size_t nblock, index_room;
	uint64_t written; /* rows in the blocks that are out */
	/* The block that is being filled; values and digests are allocated at first need. */
	size_t nrow; /* whose values are in `value` */
	size_t nvalue; /* bytes in `value` */
	unsigned char *value;
	uint64_t *row_digest; /* of these rows and those that complete the block */
	size_t digest_room;
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
	char network[GX_GXM_NETWORK_MAX];
	size_t nnetwork = m->layout == GX_FULL ? 0 : gx_gxm_network_print(&m->network, network);

	struct gx_gxm_header h = { .version = GX_GXM_VERSION,
				   .layout = m->layout,
				   .network_bytes = nnetwork,
				   .ncol = m->ncol,
				   .first = m->first,
				   /* A triangle says always which rows it has. */
				   .nrow = m->layout == GX_FULL ? m->announced : m->nrow,
				   .whole = m->whole,
				   .flags = (m->named ? GX_GXM_ROWS_NAMED : 0u) |
					    (m->derived ? GX_GXM_DERIVED : 0u),
				   .column_name_bytes = m->columns.nbyte,
				   .provenance_bytes = strlen(m->provenance) };
	memcpy(h.magic, GX_GXM_MAGIC, sizeof h.magic);
	memcpy(h.identity, m->identity, strlen(m->identity));
	h.nbyte = gx_gxm_pad(sizeof h + h.column_name_bytes + h.provenance_bytes + nnetwork);
	unsigned char *bytes = gx_allocate_zeroed(h.nbyte, 1);
	memcpy(bytes, &h, sizeof h);
	if (h.column_name_bytes)
		memcpy(bytes + sizeof h, m->columns.text, h.column_name_bytes);
	memcpy(bytes + sizeof h + h.column_name_bytes, m->provenance, h.provenance_bytes);
	memcpy(bytes + sizeof h + h.column_name_bytes + h.provenance_bytes, network, nnetwork);
	h.checksum = XXH3_64bits(bytes, h.nbyte);
	memcpy(bytes + offsetof(struct gx_gxm_header, checksum), &h.checksum, sizeof h.checksum);
	g->header = h;
	g->block_rows = gx_gxm_block_rows(&h, 0);
	emit(writer, bytes, h.nbyte);
	free(bytes);
}

static void gxm_encode(const struct gx_writer *writer, const struct gx_rows *rows,
		       struct gx_piece *piece)
{
	if (piece->digest_room < rows->nrow) {
		free(piece->digest);
		piece->digest = gx_allocate(rows->nrow, sizeof *piece->digest);
		piece->digest_room = rows->nrow;
	}
	if (rows->triangle)
		gx_digest_triangle(rows->triangle, rows->first, rows->nrow,
				   gx_layout_size(writer->matrix->layout), piece->digest);
	else
		gx_digest_rows(rows->value, rows->nrow, rows->ncol, piece->digest);
}

/*
 * Writes the block: the rows that are kept, and n behind them where they are. One thread at a time
 * is here, so what need not be copied is not.
 */
static void write_block(struct gx_writer *writer, const unsigned char *more, size_t n)
{
	struct gxm_writer *g = writer->state;
	struct gx_names *names = &g->names;
	size_t nrow = g->nrow + n, width = gx_gxm_index_width(&g->header);
	if (g->nblock == g->index_room) {
		g->index_room = g->index_room ? 2 * g->index_room : 64;
		g->index = gx_reallocate(g->index, width * g->index_room, sizeof *g->index);
	}
	g->index[width * g->nblock] = g->written;
	g->index[width * g->nblock++ + width - 1] = g->position;

	size_t names_padded = gx_gxm_pad(names->nbyte);
	size_t nvalue = gx_gxm_payload(&g->header, g->written, nrow);
	struct gx_gxm_block b = { .first = g->written,
				  .nrow = nrow,
				  .name_bytes = names->nbyte,
				  .header_checksum = g->header.checksum };
	memcpy(b.magic, GX_GXM_BLOCK_MAGIC, sizeof b.magic);
	b.nbyte = sizeof b + names_padded + gx_gxm_pad(nvalue);
	if (names->nbyte) {
		gx_names_reserve(names, GX_GXM_ALIGN);
		memset(names->text + names->nbyte, 0, names_padded - names->nbyte);
	}
	b.checksum = gx_gxm_block_checksum(&b, names->text, g->row_digest);
	emit(writer, &b, sizeof b);
	emit(writer, names->text, names_padded);
	emit(writer, g->value, g->nvalue);
	emit(writer, more, nvalue - g->nvalue);
	emit_padding(writer, gx_gxm_pad(nvalue) - nvalue);
	g->written += nrow;
	g->digest += gx_digest_sum(g->row_digest, nrow);
	g->nrow = g->nvalue = 0;
	g->block_rows = gx_gxm_block_rows(&g->header, g->written);
	gx_names_clear(names);
}

static void keep_rows(struct gxm_writer *g, const unsigned char *value, size_t n, size_t nbyte)
{
	/* A block with more than that is one row, which is never kept. */
	if (!g->value) {
		bool filled = g->header.nrow != GX_UNKNOWN && g->header.nrow >= g->block_rows;
		g->value = filled ? gx_allocate_filled(GX_BATCH_VALUES, 1, 0) :
				    gx_allocate_aligned(GX_BATCH_VALUES, 1, 0);
	}
	memcpy(g->value + g->nvalue, value, nbyte);
	g->nvalue += nbyte;
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

static void keep_digests(struct gxm_writer *g, const uint64_t *digest, size_t n)
{
	if (g->digest_room < g->block_rows) {
		g->digest_room = g->block_rows;
		g->row_digest = gx_reallocate(g->row_digest, g->digest_room, sizeof *g->row_digest);
	}
	memcpy(g->row_digest + g->nrow, digest, n * sizeof *digest);
}

static void gxm_put(struct gx_writer *writer, const struct gx_rows *rows,
		    struct gx_piece *piece)
{
	struct gxm_writer *g = writer->state;
	const char *name = rows->names.text;
	const unsigned char *value = rows->triangle ? rows->triangle : (const void *)rows->value;
	for (size_t i = 0, n; i < rows->nrow; i += n) {
		size_t left = rows->nrow - i, room = g->block_rows - g->nrow;
		n = left < room ? left : room;
		size_t nbyte = gx_gxm_payload(&g->header, g->written + g->nrow, n);
		keep_digests(g, piece->digest + i, n);
		if (writer->matrix->named)
			keep_names(g, rows, i, n, &name);
		if (n == room)
			write_block(writer, value, n);
		else
			keep_rows(g, value, n, nbyte);
		value += nbyte;
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
				    .header_checksum = g->header.checksum };
	memcpy(t.magic, GX_GXM_TRAILER_MAGIC, sizeof t.magic);
	if (writer->matrix->derived)
		t.source_bytes = gx_gxm_source_print(source, facts);
	size_t index = g->nblock * gx_gxm_index_width(&g->header) * sizeof *g->index;
	size_t before = gx_gxm_pad(sizeof t + index + t.source_bytes);
	t.nbyte = before + sizeof(struct gx_gxm_footer);
	struct gx_gxm_footer f = { .trailer_bytes = t.nbyte,
				   .segment_bytes = g->position + t.nbyte };
	memcpy(f.magic, GX_GXM_FOOTER_MAGIC, sizeof f.magic);

	unsigned char *bytes = gx_allocate_zeroed(t.nbyte, 1);
	memcpy(bytes, &t, sizeof t);
	if (index)
		memcpy(bytes + sizeof t, g->index, index);
	memcpy(bytes + sizeof t + index, facts, t.source_bytes);
	memcpy(bytes + before, &f, sizeof f);
	f.checksum = XXH3_64bits(bytes, t.nbyte);
	memcpy(bytes + before, &f, sizeof f);
	emit(writer, bytes, t.nbyte);
	free(bytes);

	gx_names_free(&g->names);
	free(g->value);
	free(g->row_digest);
	free(g->index);
	free(g);
}

/* The values of all blocks, with what is behind them up to the next 64 bytes. */
static uint64_t values_bytes(const struct gx_gxm_header *h, uint64_t nrow)
{
	uint64_t nbyte = 0, each = gx_gxm_block_rows(h, 0);
	if (h->layout == GX_FULL)
		return nrow / each * gx_gxm_pad(gx_gxm_payload(h, 0, each)) +
		       gx_gxm_pad(gx_gxm_payload(h, 0, nrow % each));
	for (uint64_t row = 0; row < nrow; row += each) {
		each = gx_gxm_block_rows(h, row);
		each = each < nrow - row ? each : nrow - row;
		nbyte += gx_gxm_pad(gx_gxm_payload(h, row, each));
	}
	return nbyte;
}

/* The size of a segment whose rows have no names. */
static uint64_t segment_bytes(const struct gx_matrix *m, const struct gx_source *source)
{
	char facts[GX_GXM_SOURCE_MAX];
	bool placed = source && source->identity[0] && source->first != GX_UNKNOWN &&
		      source->last != GX_UNKNOWN;
	if (m->named || m->nrow == GX_UNKNOWN || m->ncol == GX_UNKNOWN || (m->derived && !placed))
		return GX_UNKNOWN;
	char network[GX_GXM_NETWORK_MAX];
	const struct gx_gxm_header h = { .layout = m->layout, .ncol = m->ncol, .first = m->first };
	uint64_t nblock = gx_gxm_blocks(&h, m->nrow);
	uint64_t header = sizeof(struct gx_gxm_header) + m->columns.nbyte + strlen(m->provenance);
	if (m->layout != GX_FULL)
		header += gx_gxm_network_print(&m->network, network);
	uint64_t trailer = sizeof(struct gx_gxm_trailer) + 8 * gx_gxm_index_width(&h) * nblock +
			   (m->derived ? gx_gxm_source_print(source, facts) : 0);
	return gx_gxm_pad(header) + nblock * sizeof(struct gx_gxm_block) + values_bytes(&h, m->nrow) +
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
	const struct gx_gxm_header h = { .layout = m->layout, .ncol = m->ncol, .first = m->first };
	*once = gx_gxm_payload(&h, 0, gx_gxm_block_rows(&h, 0));
	if (m->nrow != GX_UNKNOWN)
		*once += 8 * gx_gxm_index_width(&h) * gx_gxm_blocks(&h, m->nrow);
}

const struct gx_writer_format gx_writer_gxm = { .name = "gxm",
						.binary = true,
						.open = gxm_open,
						.encode = gxm_encode,
						.put = gxm_put,
						.close = gxm_close,
						.estimate = gxm_estimate };
