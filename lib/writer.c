/* SPDX-License-Identifier: MIT */
#include "writer.h"

#include <stdlib.h>

#include "message.h"

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

struct gx_writer *gx_writer_open(const struct gx_output_options *options,
				 const struct gx_matrix *matrix)
{
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
