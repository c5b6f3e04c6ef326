/* SPDX-License-Identifier: MIT */
#include "stream/writer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "command/explain.h"
#include "format/gxm/gxm.h"
#include "format/npy/npy.h"

void gx_piece_free(struct gx_piece *piece)
{
	free(piece->text);
	free(piece->digest);
	*piece = (struct gx_piece){ 0 };
}

unsigned char *gx_piece_reserve(struct gx_piece *piece, size_t n)
{
	if (piece->room - piece->ntext < n) {
		size_t room = piece->ntext + n;
		room = room < 2 * piece->room ? 2 * piece->room : room;
		piece->text = gx_reallocate(piece->text, room, 1);
		piece->room = room;
	}
	return piece->text + piece->ntext;
}

/* ---- --explain ---- */

/* The size of a GXM segment whose rows have no names; GX_UNKNOWN where that is not known. */
static uint64_t gxm_bytes(const struct gx_matrix *m)
{
	const struct gx_source *source = gx_explain_known_source();
	char facts[GX_GXM_SOURCE_MAX];
	bool placed = source && source->identity[0] && source->first != GX_UNKNOWN &&
		      source->last != GX_UNKNOWN;
	if (m->named || m->nrow == GX_UNKNOWN || m->ncol == GX_UNKNOWN ||
	    (m->derived && !placed))
		return GX_UNKNOWN;
	uint64_t each = gx_gxm_block_rows(m->ncol), whole = m->nrow / each,
		 rest = m->nrow % each, block = sizeof(struct gx_gxm_block);
	uint64_t nblock = whole + (rest > 0);
	uint64_t header = sizeof(struct gx_gxm_header) + m->columns.nbyte +
			  strlen(m->provenance);
	uint64_t trailer = sizeof(struct gx_gxm_trailer) + 8 * nblock +
			   (m->derived ? gx_gxm_source_print(source, facts) : 0);
	return gx_gxm_pad(header) + nblock * block + whole * gx_gxm_pad(each * m->ncol * 8) +
	       gx_gxm_pad(rest * m->ncol * 8) + gx_gxm_pad(trailer) +
	       sizeof(struct gx_gxm_footer);
}

GX_NORETURN static void explain(const struct gx_output_options *options,
				const struct gx_matrix *m)
{
	static const char *const names[] = {
		[GX_TSV] = "tsv", [GX_CSV] = "csv", [GX_GXM] = "gxm", [GX_NPY] = "npy"
	};
	enum gx_format format = gx_output_format(options);
	uint64_t nbyte = GX_UNKNOWN;
	if (m->ncol != GX_UNKNOWN && (format == GX_TSV || format == GX_CSV)) {
		/* Shortest digits of a double, with sign, point and delimiter. */
		gx_explain_each_row(18 * m->ncol);
	} else if (format == GX_GXM) {
		nbyte = gxm_bytes(m);
		/* The block that is filled, and the index. */
		if (m->ncol != GX_UNKNOWN)
			gx_explain_memory(8 * m->ncol * gx_gxm_block_rows(m->ncol));
		if (m->nrow != GX_UNKNOWN && m->ncol != GX_UNKNOWN)
			gx_explain_memory(8 * (m->nrow / gx_gxm_block_rows(m->ncol)));
	} else if (m->nrow != GX_UNKNOWN && m->ncol != GX_UNKNOWN) {
		nbyte = GX_NPY_HEADER + m->nrow * m->ncol * 8;
	}
	gx_explain_end(names[format], nbyte);
}

/* ---- writing ---- */

struct gx_writer *gx_writer_open(const struct gx_output_options *options,
				 const struct gx_matrix *matrix)
{
	if (gx_explain_asked())
		explain(options, matrix);
	struct gx_writer *writer = gx_allocate_zeroed(1, sizeof *writer);
	enum gx_format format = gx_output_format(options);
	writer->format = format == GX_GXM   ? &gx_writer_gxm
			 : format == GX_NPY ? &gx_writer_npy
					    : &gx_writer_text;
	writer->delimiter = format == GX_CSV ? ',' : '\t';
	writer->options = options;
	writer->matrix = matrix;
	writer->out = gx_output_open(options, writer->format->binary);
	writer->format->open(writer);
	return writer;
}

void gx_writer_encode(const struct gx_writer *writer, const struct gx_rows *rows,
		      struct gx_piece *piece)
{
	piece->ntext = 0;
	/* Rows whose number is not known yet wait for put, which counts. */
	piece->encoded = rows->names.n || rows->first != GX_UNKNOWN;
	if (piece->encoded)
		writer->format->encode(writer, rows, piece);
}

void gx_writer_put(struct gx_writer *writer, const struct gx_rows *rows,
		   struct gx_piece *piece)
{
	struct gx_rows numbered = *rows;
	if (rows->first == GX_UNKNOWN) {
		uint64_t start = writer->matrix->first == GX_UNKNOWN ? 0 : writer->matrix->first;
		numbered.first = start + writer->nrow;
	}
	if (!piece->encoded)
		writer->format->encode(writer, &numbered, piece);
	writer->format->put(writer, &numbered, piece);
	writer->nrow += rows->nrow;
}

void gx_writer_close(struct gx_writer *writer, const struct gx_source *source)
{
	writer->format->close(writer, source);
	gx_output_close(writer->out);
	free(writer);
}
