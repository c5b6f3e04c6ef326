/* SPDX-License-Identifier: MIT */
#include "stream/writer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"

struct gx_writer *gx_writer_open(const struct gx_output_options *options,
				 const struct gx_matrix *matrix)
{
	struct gx_writer *writer = gx_allocate_zeroed(1, sizeof *writer);
	assert(matrix->columns.n == 0 || matrix->columns.n == matrix->ncol);
	enum gx_format format = gx_output_format(options);
	writer->format = gx_format_to_write(format);
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

/* What came is not what was announced: an input was not what its head said. */
GX_NORETURN GX_COLD static void disagree(const struct gx_writer *writer, const char *what,
					 uint64_t announced, uint64_t came)
{
	gx_die(GX_EXIT_DATA,
	       "%s: %s: %" PRIu64 " announced, and %" PRIu64
	       " came: an input changed while it was read: run this again when nobody writes it",
	       gx_output_name(writer->out), what, announced, came);
}

void gx_writer_put(struct gx_writer *writer, const struct gx_rows *rows,
		   struct gx_piece *piece)
{
	const struct gx_matrix *m = writer->matrix;
	struct gx_rows numbered = *rows;
	uint64_t next = (m->first == GX_UNKNOWN ? 0 : m->first) + writer->nrow;
	assert(rows->ncol == m->ncol);
	if (rows->first == GX_UNKNOWN)
		numbered.first = next;
	else if (m->first != GX_UNKNOWN && rows->first != next)
		disagree(writer, "number of a row", next + 1, rows->first + 1);
	if (!piece->encoded)
		writer->format->encode(writer, &numbered, piece);
	writer->format->put(writer, &numbered, piece);
	writer->nrow += rows->nrow;
}

static void hold_to_announced(const struct gx_writer *writer, const struct gx_source *source)
{
	const struct gx_matrix *m = writer->matrix;
	if (m->nrow != GX_UNKNOWN && writer->nrow != m->nrow)
		disagree(writer, "rows", m->nrow, writer->nrow);
	if (m->announced != GX_UNKNOWN && writer->nrow != m->announced)
		disagree(writer, "rows", m->announced, writer->nrow);
	if (m->whole != GX_UNKNOWN && m->first != GX_UNKNOWN && writer->nrow > m->whole - m->first)
		disagree(writer, "rows up to the end of the matrix", m->whole - m->first,
			 writer->nrow);
	if (!m->derived || !source)
		return;
	bool known = source->unit == GX_UNIT_ROWS && source->first != GX_UNKNOWN &&
		     source->last != GX_UNKNOWN;
	if (known && (source->first > source->last ||
		      (source->of != GX_UNKNOWN && source->last > source->of)))
		disagree(writer, "rows of the source", source->of, source->last);
}

void gx_writer_close(struct gx_writer *writer, const struct gx_source *source)
{
	hold_to_announced(writer, source);
	writer->format->close(writer, source);
	gx_output_close(writer->out);
	free(writer);
}

void gx_writer_plan(const struct gx_output_options *options, const struct gx_matrix *matrix,
		    const struct gx_source *source, struct gx_writing_plan *plan)
{
	static const char *const names[] = {
		[GX_TSV] = "tsv", [GX_CSV] = "csv", [GX_GXM] = "gxm", [GX_NPY] = "npy"
	};
	enum gx_format format = gx_output_format(options);
	plan->format = names[format];
	gx_format_to_write(format)->estimate(matrix, source, &plan->nbyte, &plan->each_row,
					     &plan->once);
}
