/* SPDX-License-Identifier: MIT */
/*
 * Edges out: a line for each pair of genes, gene1 gene2 value, in the order of the triangle. The
 * diagonal is left out.
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/decimal.h"
#include "base/memory.h"
#include "base/message.h"
#include "format/format.h"
#include "format/table/field.h"
#include "matrix/triangle.h"
#include "number/number.h"

/* A pair that may be among the largest. */
struct edge {
	double value;
	uint64_t exact; /* of whole numbers, which a double may round */
	uint32_t i, j;
};

struct edges_writer {
	struct gx_names names; /* as they are printed: quoted where they must be */
	size_t *name;	       /* where each begins in their text */
	/* --top: what may be among the largest so far, in order, and what all of it reaches. */
	struct edge *edge;
	size_t nedge, room;
	_Atomic double least;
};

enum { VALUE_MAX = GX_NUMBER_MAX + 24 };

static void edges_open(struct gx_writer *writer)
{
	const struct gx_matrix *m = writer->matrix;
	if (m->layout == GX_FULL)
		gx_die_usage("%s: edges are of a network, and this is not known to be one: make a triangle of "
			     "it first (gx-convert --triangle -b)",
			     gx_output_name(writer->out));
	struct edges_writer *e = writer->state = gx_allocate_zeroed(1, sizeof *e);
	struct gx_names implicit = { 0 }, genes = gx_matrix_columns(m, &implicit);
	e->name = gx_allocate(m->ncol + 1, sizeof *e->name);
	const char *name = genes.text;
	for (uint64_t i = 0; i < m->ncol; i++, name = gx_names_next(name)) {
		size_t n = strlen(name);
		char *printed = gx_allocate(2 * n + 2, 1);
		e->name[i] = e->names.nbyte;
		gx_names_add(&e->names, printed,
			     (size_t)(gx_field_print(name, n, '\t', printed) - printed));
		free(printed);
	}
	e->name[m->ncol] = e->names.nbyte;
	gx_names_free(&implicit);
	atomic_init(&e->least, -__builtin_inf());
	static const char header[] = "gene1\tgene2\tvalue\n";
	if (!writer->options->no_header)
		gx_output_write(writer->out, header, sizeof header - 1);
}

static struct edge edge_at(const void *triangle, enum gx_layout layout, uint64_t at)
{
	struct edge edge = { .value = gx_triangle_value(triangle, layout, at) };
	edge.exact = layout == GX_TRIANGLE_UINT64   ? ((const uint64_t *)triangle)[at]
		     : layout == GX_TRIANGLE_UINT32 ? ((const uint32_t *)triangle)[at]
						    : 0;
	return edge;
}

static char *print_name(const struct edges_writer *e, uint64_t i, char *out)
{
	size_t n = e->name[i + 1] - e->name[i] - 1; /* without the NUL */
	memcpy(out, e->names.text + e->name[i], n);
	return out + n;
}

static char *print_edge(const struct gx_writer *writer, const struct edge *edge, char *out)
{
	const struct edges_writer *e = writer->state;
	unsigned digits = writer->options->digits;
	out = print_name(e, edge->i, out);
	*out++ = '\t';
	out = print_name(e, edge->j, out);
	*out++ = '\t';
	if (writer->matrix->layout != GX_TRIANGLE_FLOAT64 && !digits)
		out = gx_count_print(edge->exact, out);
	else
		out = gx_number_print_rounded(edge->value, digits ? digits : GX_NUMBER_DIGITS_MAX, out);
	*out++ = '\n';
	return out;
}

/* Room for the lines of edges of one row, if all are printed. */
static size_t line_room(const struct edges_writer *e, uint64_t i, uint64_t n)
{
	size_t own = e->name[i + 1] - e->name[i];
	return n * (own + VALUE_MAX) + e->name[i] + GX_NUMBER_MAX;
}

/* Whether an edge is one of those that --min and --top may keep. */
static bool is_wanted(const struct gx_output_options *o, double value, double least)
{
	if (!o->top && !o->has_minimum)
		return true;
	/* A missing value is none of the largest. */
	return value >= least && (!o->has_minimum || value >= o->minimum);
}

static void keep(struct gx_piece *piece, const struct edge *edge)
{
	memcpy(gx_piece_reserve(piece, sizeof *edge), edge, sizeof *edge);
	piece->ntext += sizeof *edge;
}

static void edges_encode(const struct gx_writer *writer, const struct gx_rows *rows,
			 struct gx_piece *piece)
{
	struct edges_writer *e = writer->state;
	const struct gx_output_options *o = writer->options;
	enum gx_layout layout = writer->matrix->layout;
	/* It only rises: what does not reach it now never will. */
	double least = atomic_load_explicit(&e->least, memory_order_relaxed);
	uint64_t at = 0;
	for (uint64_t i = rows->first; i < rows->first + rows->nrow; i++, at++) {
		if (!o->top)
			gx_piece_reserve(piece, line_room(e, i, i));
		for (uint64_t j = 0; j < i; j++, at++) {
			struct edge edge = edge_at(rows->triangle, layout, at);
			if (!is_wanted(o, edge.value, least))
				continue;
			edge.i = (uint32_t)i;
			edge.j = (uint32_t)j;
			if (o->top) {
				keep(piece, &edge);
				continue;
			}
			char *out = (char *)piece->text + piece->ntext;
			piece->ntext += (size_t)(print_edge(writer, &edge, out) - out);
		}
	}
}

/* ---- --top ---- */

static bool is_more(const struct edge *a, const struct edge *b)
{
	return a->exact != b->exact ? a->exact > b->exact : a->value > b->value;
}

static int by_value(const void *a, const void *b)
{
	return is_more(a, b) ? -1 : is_more(b, a);
}

/* Leaves the `top` largest of the edges that are kept, and all that equal the least of them. */
static void cut(struct edges_writer *e, uint64_t top)
{
	if (e->nedge <= top)
		return;
	struct edge *sorted = gx_allocate(e->nedge, sizeof *sorted);
	memcpy(sorted, e->edge, e->nedge * sizeof *sorted);
	qsort(sorted, e->nedge, sizeof *sorted, by_value);
	struct edge least = sorted[top - 1];
	free(sorted);
	size_t n = 0;
	for (size_t k = 0; k < e->nedge; k++)
		if (!is_more(&least, &e->edge[k]))
			e->edge[n++] = e->edge[k];
	e->nedge = n;
	atomic_store_explicit(&e->least, least.value, memory_order_relaxed);
}

static void edges_put(struct gx_writer *writer, const struct gx_rows *rows,
		      struct gx_piece *piece)
{
	(void)rows;
	struct edges_writer *e = writer->state;
	uint64_t top = writer->options->top;
	if (!top) {
		gx_output_write(writer->out, piece->text, piece->ntext);
		return;
	}
	size_t n = piece->ntext / sizeof *e->edge;
	if (e->room - e->nedge < n) {
		cut(e, top);
		size_t room = 2 * e->nedge + n;
		e->room = room > e->room ? room : e->room;
		e->edge = gx_reallocate(e->edge, e->room, sizeof *e->edge);
	}
	if (n)
		memcpy(e->edge + e->nedge, piece->text, n * sizeof *e->edge);
	e->nedge += n;
}

static void edges_close(struct gx_writer *writer, const struct gx_source *source)
{
	(void)source;
	struct edges_writer *e = writer->state;
	if (writer->options->top)
		cut(e, writer->options->top);
	size_t longest = 0;
	for (uint64_t i = 0; i < writer->matrix->ncol; i++)
		if (e->name[i + 1] - e->name[i] > longest)
			longest = e->name[i + 1] - e->name[i];
	char *line = gx_allocate(2 * longest + VALUE_MAX + GX_NUMBER_MAX, 1);
	for (size_t k = 0; k < e->nedge; k++)
		gx_output_write(writer->out, line,
				(size_t)(print_edge(writer, &e->edge[k], line) - line));
	free(line);
	gx_names_free(&e->names);
	free(e->name);
	free(e->edge);
	free(e);
}

static void edges_estimate(const struct gx_matrix *m, const struct gx_source *source,
			   uint64_t *nbyte, uint64_t *each_row, uint64_t *once)
{
	(void)source;
	*nbyte = GX_UNKNOWN;
	*once = m->ncol == GX_UNKNOWN ? 0 : 8 * m->ncol;
	*each_row = m->ncol == GX_UNKNOWN ? 0 : VALUE_MAX * m->ncol;
}

const struct gx_writer_format gx_writer_edges = { .name = "edges",
						  .open = edges_open,
						  .encode = edges_encode,
						  .put = edges_put,
						  .close = edges_close,
						  .estimate = edges_estimate };
