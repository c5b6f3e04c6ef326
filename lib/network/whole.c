/* SPDX-License-Identifier: MIT */
#include "network/whole.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/message.h"
#include "base/pages.h"
#include "format/triangle/part.h"
#include "kernel/digest.h"
#include "matrix/triangle.h"
#include "number/number.h"
#include "bytes/pipeline.h"
#include "stream/whole.h"
#include "stream/writer.h"

static const char *name_of(const struct gx_reader *reader)
{
	return gx_facts_find(gx_reader_facts(reader, 0), "file");
}

static void *take_pages(size_t nbyte, uint64_t ngene)
{
	void *memory = gx_pages_resize(NULL, 0, nbyte);
	if (!memory)
		gx_die_errno("memory for a network of %" PRIu64 " genes", ngene);
	return memory;
}

/* ---- a triangle ---- */

static uint64_t count_missing(const double *value, size_t n)
{
	uint64_t missing = 0;
	for (size_t i = 0; i < n; i++)
		missing += value[i] != value[i];
	return missing;
}

/* Each row has its place, so any thread puts it there. */
static void place(void *context, const struct gx_rows *rows, void *slot)
{
	const struct gx_network_whole *whole = context;
	enum gx_layout layout = whole->matrix.layout;
	size_t size = gx_layout_size(layout);
	uint64_t from = gx_triangle_values(rows->first);
	uint64_t n = gx_triangle_values(rows->first + rows->nrow) - from;
	memcpy((char *)whole->triangle + from * size, rows->triangle, n * size);
	*(uint64_t *)slot = layout == GX_TRIANGLE_FLOAT64 ? count_missing(rows->triangle, n) : 0;
}

static void add_missing(void *context, const struct gx_rows *rows, void *slot)
{
	struct gx_network_whole *whole = context;
	whole->matrix.nrow += rows->nrow;
	whole->missing += *(uint64_t *)slot;
}

static void read_triangle(struct gx_network_whole *whole, struct gx_reader *reader, int nthread)
{
	struct gx_matrix *m = &whole->matrix;
	gx_triangle_demand_whole(m, name_of(reader));
	m->nrow = 0;
	whole->nbyte = gx_triangle_bytes(m->layout, m->ncol);
	gx_demand_memory(whole->nbyte, "%s: a network of %" PRIu64 " genes", name_of(reader), m->ncol);
	whole->triangle = take_pages(whole->nbyte, m->ncol);
	struct gx_job job = { .context = whole,
			      .slot_size = sizeof(uint64_t),
			      .compute = place,
			      .consume = add_missing };
	gx_reader_run(reader, nthread, &job);
	gx_triangle_demand_all(m, m->nrow, name_of(reader));
	m->announced = m->nrow;
}

/* ---- a full matrix ---- */

/* The name number i of a list. */
static const char *name_at(const struct gx_names *names, size_t i)
{
	const char *name = names->text;
	while (i--)
		name = gx_names_next(name);
	return name;
}

GX_NORETURN GX_COLD static void die_other_names(const char *file, const struct gx_names *rows,
						const struct gx_names *columns)
{
	const char *a = rows->text, *b = columns->text;
	size_t i = 0;
	for (; i + 1 < rows->n && strcmp(a, b) == 0; i++) {
		a = gx_names_next(a);
		b = gx_names_next(b);
	}
	gx_die(GX_EXIT_DATA,
	       "%s: not a network: row %zu is %s and column %zu is %s: the rows of a network have the "
	       "names of its columns, in their order",
	       file, i + 1, gx_show(a, strlen(a)), i + 1, gx_show(b, strlen(b)));
}

static void check_shape(const struct gx_whole *full, const struct gx_matrix *m, const char *file)
{
	if (full->nrow != full->ncol)
		gx_die(GX_EXIT_DATA,
		       "%s: not a network: it has %zu rows and %zu columns: make one of an expression "
		       "matrix with gx-correlate",
		       file, full->nrow, full->ncol);
	if (full->names.n && m->columns.n && !gx_names_equal(&full->names, &m->columns))
		die_other_names(file, &full->names, &m->columns);
}

struct asymmetry {
	double largest;
	size_t i, j;
	uint64_t pairs;
};

static bool same_value(double a, double b)
{
	return a == b || (a != a && b != b);
}

/* How far two values of a pair are apart; infinite where only one is there. */
static double distance(double a, double b)
{
	return a != a || b != b ? INFINITY : fabs(a - b);
}

static struct asymmetry compare_halves(const double *value, size_t n)
{
	enum { TILE = 64 }; /* both halves by tiles, as columns are walked */
	struct asymmetry worst = { 0 };
	for (size_t i0 = 0; i0 < n; i0 += TILE)
		for (size_t j0 = 0; j0 <= i0; j0 += TILE)
			for (size_t i = i0; i < n && i < i0 + TILE; i++)
				for (size_t j = j0; j < i && j < j0 + TILE; j++) {
					double a = value[i * n + j], b = value[j * n + i];
					if (same_value(a, b))
						continue;
					double apart = distance(a, b);
					if (worst.pairs++ == 0 || apart > worst.largest) {
						worst.largest = apart;
						worst.i = i;
						worst.j = j;
					}
				}
	return worst;
}

GX_NORETURN GX_COLD static void die_asymmetric(const struct gx_whole *full,
					       const struct gx_matrix *m, const char *file,
					       const struct asymmetry *worst)
{
	struct gx_names implicit = { 0 };
	const struct gx_names *names = full->names.n ? &full->names : &m->columns;
	if (!names->n) {
		for (size_t i = 0; i < full->nrow; i++)
			gx_names_add_implicit(&implicit, 'g', i + 1);
		names = &implicit;
	}
	const char *a = name_at(names, worst->i), *b = name_at(names, worst->j);
	char value[2][GX_NUMBER_MAX + 1];
	*gx_number_print(full->value[worst->i * full->ncol + worst->j], value[0]) = 0;
	*gx_number_print(full->value[worst->j * full->ncol + worst->i], value[1]) = 0;
	gx_die(GX_EXIT_DATA,
	       "%s: not symmetric: %" PRIu64 " pairs have two values, and the largest difference is %s to %s: "
	       "%s, and back %s: say which counts (--symmetrize lower or mean)",
	       file, worst->pairs, gx_show(a, strlen(a)), gx_show(b, strlen(b)), value[0], value[1]);
}

/* Row i of the triangle begins at or before row i of the matrix: it is packed in its place. */
static void pack(double *value, size_t n, enum gx_symmetrize symmetrize)
{
	if (symmetrize == GX_SYMMETRIZE_MEAN)
		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < i; j++) {
				double a = value[i * n + j], b = value[j * n + i];
				/* What is the same stays, to the bit. */
				value[i * n + j] = same_value(a, b) ? a : a / 2 + b / 2;
			}
	for (size_t i = 0; i < n; i++)
		memmove(value + gx_triangle_values(i), value + i * n, (i + 1) * sizeof *value);
}

static void read_full(struct gx_network_whole *whole, struct gx_reader *reader,
		      enum gx_symmetrize symmetrize, int nthread)
{
	struct gx_whole full = { 0 };
	struct gx_matrix *m = &whole->matrix;
	const char *file = name_of(reader);
	uint64_t ngene = m->ncol, nbyte;
	if (m->nrow != GX_UNKNOWN && m->nrow != ngene) {
		full.nrow = m->nrow;
		full.ncol = ngene;
		check_shape(&full, m, file);
	}
	if (ngene > GX_NETWORK_GENES_MAX)
		gx_die(GX_EXIT_DATA, "%s: a network of more genes than there can be", file);
	nbyte = 8 * ngene * ngene;
	gx_demand_memory(nbyte, "%s: a full matrix of %" PRIu64 " genes", file, ngene);
	gx_whole_read(&full, reader, nthread, 0);
	check_shape(&full, m, file);
	if (symmetrize == GX_SYMMETRIZE_NOT) {
		struct asymmetry worst = compare_halves(full.value, ngene);
		if (worst.pairs)
			die_asymmetric(&full, m, file, &worst);
	}
	pack(full.value, ngene, symmetrize);
	gx_nan_canonicalise(full.value, gx_triangle_values(ngene));
	if (!m->columns.n)
		gx_names_append(&m->columns, &full.names);
	m->layout = GX_TRIANGLE_FLOAT64;
	m->network = (struct gx_network){ .max = GX_UNKNOWN, .median = GX_UNKNOWN, .mean = GX_UNKNOWN };
	m->first = 0;
	m->nrow = m->announced = m->whole = ngene;
	m->named = m->derived = false;
	/* The triangle's memory is the start of the matrix's. */
	whole->nbyte = gx_triangle_bytes(m->layout, ngene);
	whole->triangle = gx_whole_yield(&full, whole->nbyte);
	whole->missing = count_missing(whole->triangle, gx_triangle_values(ngene));
}

void gx_network_whole_read(struct gx_network_whole *whole, struct gx_reader *reader,
			   enum gx_symmetrize symmetrize, int nthread)
{
	const struct gx_matrix *m = gx_reader_matrix(reader);
	whole->matrix = *m;
	whole->matrix.columns = (struct gx_names){ 0 };
	gx_names_append(&whole->matrix.columns, &m->columns);
	if (m->layout == GX_FULL)
		read_full(whole, reader, symmetrize, nthread);
	else
		read_triangle(whole, reader, nthread);
}

/* ---- writing ---- */

struct writing {
	const struct gx_network_whole *whole;
	struct gx_writer *writer;
	uint64_t row;
};

struct written {
	struct gx_rows rows;
	struct gx_piece piece;
};

/* The next rows, of about 256 KiB. */
static bool claim(void *context, void *slot)
{
	struct writing *writing = context;
	const struct gx_matrix *m = &writing->whole->matrix;
	struct written *written = slot;
	uint64_t row = writing->row, left = m->ncol - row;
	uint64_t n = GX_BATCH_VALUES / 8 / (row + 1);
	n = n < 1 ? 1 : n < left ? n : left;
	if (left == 0)
		return false;
	written->rows = (struct gx_rows){
		.nrow = n,
		.ncol = m->ncol,
		.triangle = (const char *)writing->whole->triangle +
			    gx_triangle_values(row) * gx_layout_size(m->layout),
		.first = row
	};
	writing->row += n;
	return true;
}

static void encode(void *context, void *slot)
{
	struct written *written = slot;
	gx_writer_encode(((struct writing *)context)->writer, &written->rows, &written->piece);
}

static void put(void *context, void *slot)
{
	struct written *written = slot;
	gx_writer_put(((struct writing *)context)->writer, &written->rows, &written->piece);
}

static void free_written(void *slot)
{
	gx_piece_free(&((struct written *)slot)->piece);
}

void gx_network_whole_write(const struct gx_network_whole *whole, struct gx_writer *writer,
			    int nthread)
{
	struct writing writing = { whole, writer, 0 };
	struct gx_pipeline pipeline = { &writing, claim, encode, put };
	gx_pipeline_run_in(&pipeline, sizeof(struct written), nthread, free_written);
}

void gx_network_whole_free(struct gx_network_whole *whole)
{
	gx_pages_free(whole->triangle, whole->nbyte);
	gx_matrix_free(&whole->matrix);
	*whole = (struct gx_network_whole){ 0 };
}
