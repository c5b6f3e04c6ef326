/* SPDX-License-Identifier: MIT */
#include "stream/writer.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pages.h"
#include "matrix/triangle.h"

/*
 * A triangle whose full rows are to be written: text and npy have no other form. A full row
 * has values of the rows behind it, so all of it is held.
 */
struct gx_held {
	struct gx_matrix full;		  /* what is written: the names are the triangle's */
	const struct gx_matrix *triangle; /* what comes */
	void *value;
	size_t nbyte;
};

static struct gx_held *hold(const struct gx_matrix *triangle, const char *name)
{
	if (triangle->first != 0 || triangle->nrow != triangle->whole)
		gx_die_usage("%s: a part of a network has no full rows: write parts as GXM (-b) and join them "
			     "(gx-reduce --join)",
			     name);
	struct gx_held *held = gx_allocate_zeroed(1, sizeof *held);
	held->triangle = triangle;
	held->full = *triangle;
	held->full.layout = GX_FULL;
	held->full.named = true;
	/* Columns without names are genes, not s1 s2 ... */
	held->full.columns = (struct gx_names){ 0 };
	struct gx_names implicit = { 0 }, genes = gx_matrix_columns(triangle, &implicit);
	gx_names_append(&held->full.columns, &genes);
	gx_names_free(&implicit);
	held->nbyte = gx_triangle_bytes(triangle->layout, triangle->ncol);
	gx_demand_memory(held->nbyte, "%s: full rows of a network of %" PRIu64 " genes", name,
			 triangle->ncol);
	held->value = gx_pages_resize(NULL, 0, held->nbyte);
	if (!held->value)
		gx_die_errno("memory for a network of %" PRIu64 " genes", triangle->ncol);
	return held;
}

static void hold_rows(struct gx_held *held, const struct gx_rows *rows)
{
	size_t size = gx_layout_size(held->triangle->layout);
	uint64_t from = gx_triangle_values(rows->first);
	uint64_t n = gx_triangle_values(rows->first + rows->nrow) - from;
	__builtin_memcpy((char *)held->value + from * size, rows->triangle, n * size);
}

/* All of the triangle came: its full rows, batch by batch. */
static void write_held(struct gx_writer *writer)
{
	const struct gx_held *held = writer->held;
	uint64_t ngene = held->full.ncol, most = gx_triangle_batch(ngene);
	double *value = gx_allocate_aligned(most * ngene, sizeof *value, 0);
	struct gx_piece piece = { 0 };
	const char *name = held->full.columns.text;
	struct gx_rows rows = { .ncol = ngene, .value = value };
	for (uint64_t i = 0; i < ngene; i += rows.nrow) {
		rows.first = i;
		rows.nrow = ngene - i < most ? ngene - i : most;
		if (!gx_triangle_full_rows(held->value, held->triangle->layout, ngene, i, rows.nrow, value))
			gx_die(GX_EXIT_DATA,
			       "%s: a sum is above 2^53 and is no double: rank it (gx-rank), or write it as GXM (-b)",
			       gx_output_name(writer->out));
		const char *next = name;
		for (size_t k = 0; k < rows.nrow; k++)
			next = gx_names_next(next);
		rows.names = (struct gx_names){ (char *)(uintptr_t)name, rows.nrow, (size_t)(next - name), 0 };
		name = next;
		piece.ntext = 0;
		writer->format->encode(writer, &rows, &piece);
		writer->format->put(writer, &rows, &piece);
	}
	gx_piece_free(&piece);
	free(value);
}

static void let_go(struct gx_held *held)
{
	gx_pages_free(held->value, held->nbyte);
	gx_matrix_free(&held->full);
	free(held);
}

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
	if (matrix->layout != GX_FULL && (format == GX_TSV || format == GX_CSV || format == GX_NPY)) {
		writer->held = hold(matrix, gx_output_name(writer->out));
		writer->matrix = &writer->held->full;
	}
	writer->format->open(writer);
	return writer;
}

void gx_writer_encode(const struct gx_writer *writer, const struct gx_rows *rows,
		      struct gx_piece *piece)
{
	piece->ntext = 0;
	/* Rows whose number is not known yet wait for put, which counts. */
	piece->encoded = rows->names.n || rows->first != GX_UNKNOWN;
	if (piece->encoded && !writer->held)
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
	if (writer->held) {
		hold_rows(writer->held, &numbered);
	} else {
		if (!piece->encoded)
			writer->format->encode(writer, &numbered, piece);
		writer->format->put(writer, &numbered, piece);
	}
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
	if (writer->held)
		write_held(writer);
	writer->format->close(writer, source);
	gx_output_close(writer->out);
	if (writer->held)
		let_go(writer->held);
	free(writer);
}

void gx_writer_plan(const struct gx_output_options *options, const struct gx_matrix *matrix,
		    const struct gx_source *source, struct gx_writing_plan *plan)
{
	static const char *const names[] = {
		[GX_TSV] = "tsv", [GX_CSV] = "csv", [GX_GXM] = "gxm", [GX_NPY] = "npy",
		[GX_EDGES] = "edges"
	};
	enum gx_format format = gx_output_format(options);
	plan->format = names[format];
	gx_format_to_write(format)->estimate(matrix, source, &plan->nbyte, &plan->each_row,
					     &plan->once);
	/* A triangle is held until its full rows can be written. */
	if (matrix->layout != GX_FULL && format != GX_GXM && format != GX_EDGES &&
	    matrix->ncol <= GX_NETWORK_GENES_MAX)
		plan->once += gx_triangle_bytes(matrix->layout, matrix->ncol);
}
