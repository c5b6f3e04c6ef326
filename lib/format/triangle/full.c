/* SPDX-License-Identifier: MIT */
/*
 * A triangle in GXM for who wants full rows: it is read whole, and its rows are assembled. Who
 * can work on the triangle itself asks for it (gx_request.triangles), and gets gxm/read.c alone.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "base/pages.h"
#include "format/format.h"
#include "format/gxm/gxm.h"
#include "format/triangle/part.h"
#include "kernel/digest.h"
#include "matrix/triangle.h"

struct full_reader {
	void *gxm;		   /* the state of the reader below */
	struct gx_request request; /* for it: all of the input */
	const struct gx_request *asked;
	struct gx_matrix triangle; /* as the input has it; its names are the operand's */
	size_t *name;		   /* where the name of each gene begins, and the end */
	void *value;
	size_t nbyte;
	uint64_t *digest; /* of each row of the triangle */
	bool loaded;
	uint64_t row, end; /* the rows that are left to give */
};

static bool recognise(const unsigned char *head, size_t nhead)
{
	uint32_t layout = 0;
	size_t at = offsetof(struct gx_gxm_header, layout);
	if (nhead >= at + sizeof layout)
		memcpy(&layout, head + at, sizeof layout);
	return gx_reader_gxm.recognise(head, nhead) && layout != GX_FULL;
}

/* The reader below is at work between these two. */
static struct full_reader *descend(struct gx_operand *operand)
{
	struct full_reader *f = operand->state;
	operand->state = f->gxm;
	operand->request = &f->request;
	return f;
}

static void ascend(struct gx_operand *operand, struct full_reader *f)
{
	f->gxm = operand->state;
	operand->state = f;
	operand->request = f->asked;
}

static void find_names(struct full_reader *f, const struct gx_names *names)
{
	const char *name = names->text;
	f->name = gx_allocate(names->n + 1, sizeof *f->name);
	for (size_t i = 0; i <= names->n; i++) {
		f->name[i] = (size_t)(name - names->text);
		if (i < names->n)
			name = gx_names_next(name);
	}
}

/* Each row of the full matrix has the names of the columns. */
static void describe(struct gx_operand *operand, struct full_reader *f)
{
	struct gx_matrix *m = &operand->matrix;
	struct gx_names implicit = { 0 };
	gx_matrix_columns(m, &implicit);
	gx_names_append(&m->columns, &implicit);
	gx_names_free(&implicit);
	f->triangle = *m;
	find_names(f, &m->columns);
	const struct gx_part *part = &f->asked->part;
	f->end = m->ncol;
	if (part->n) {
		f->row = gx_part_bound(m->ncol, part->k - 1, part->n);
		f->end = gx_part_bound(m->ncol, part->k, part->n);
	}
	m->layout = GX_FULL;
	m->named = true;
	m->first = f->row;
	m->nrow = m->announced = f->end - f->row;
}

/* Before anything is written. */
static void demand_memory(const struct gx_operand *operand, const struct full_reader *f)
{
	gx_demand_memory(f->nbyte, "%s: full rows of a network of %" PRIu64 " genes", operand->in->name,
			 operand->matrix.ncol);
}

static void full_open(struct gx_operand *operand)
{
	struct full_reader *f = gx_allocate_zeroed(1, sizeof *f);
	f->asked = operand->request;
	f->request = *f->asked;
	f->request.part = (struct gx_part){ 0 };
	operand->state = f;
	descend(operand);
	gx_reader_gxm.open(operand);
	ascend(operand, f);
	const struct gx_matrix *m = &operand->matrix;
	gx_triangle_demand_whole(m, operand->in->name);
	describe(operand, f);
	f->nbyte = gx_triangle_bytes(f->triangle.layout, m->ncol);
	operand->memory += f->nbyte + 16 * m->ncol;
	if (!f->asked->head_only)
		demand_memory(operand, f);
	operand->source.first = f->row;
	operand->source.last = f->end;
}

/* ---- the triangle ---- */

static void load_rows(struct gx_operand *operand, struct full_reader *f, struct gx_batch *piece)
{
	const struct gx_rows *rows = &piece->rows;
	size_t size = gx_layout_size(f->triangle.layout);
	uint64_t row = operand->nrow, from = gx_triangle_values(row);
	uint64_t n = gx_triangle_values(row + rows->nrow) - from;
	memcpy((char *)f->value + from * size, rows->triangle, n * size);
	gx_digest_triangle(rows->triangle, row, rows->nrow, size, f->digest + row);
	operand->nrow += rows->nrow;
	operand->digest += piece->digest_sum;
}

/* Reads all of it; what is wrong is left in *fault. */
static void load(struct gx_operand *operand, struct gx_fault *fault)
{
	struct full_reader *f = operand->state;
	uint64_t ngene = operand->matrix.ncol;
	f->value = gx_pages_resize(NULL, 0, f->nbyte);
	if (!f->value)
		gx_die_errno("memory for a network of %" PRIu64 " genes", ngene);
	f->digest = gx_allocate(ngene, sizeof *f->digest);
	struct gx_matrix full = operand->matrix;
	struct gx_batch piece = { 0 };
	operand->matrix = f->triangle;
	descend(operand);
	struct gx_fault *outer = operand->in->fault;
	operand->in->fault = &piece.fault;
	while (!piece.fault.code) {
		piece.rows = (struct gx_rows){ .ncol = ngene, .first = GX_UNKNOWN };
		piece.end = false;
		if (!gx_reader_gxm.fetch(operand, &piece))
			break;
		if (!piece.end && !piece.fault.code)
			gx_reader_gxm.decode(operand, &piece);
		if (!piece.fault.code)
			gx_reader_gxm.accept(operand, &piece);
		if (!piece.end && !piece.fault.code)
			load_rows(operand, f, &piece);
	}
	operand->in->fault = outer;
	*fault = piece.fault;
	if (!fault->code) {
		gx_triangle_demand_all(&f->triangle, operand->nrow, operand->in->name);
		gx_reader_gxm.finish(operand);
	}
	operand->nrow = operand->digest = 0;
	ascend(operand, f);
	operand->matrix = full;
	f->loaded = true;
	gx_batch_free(&piece);
}

/* ---- its full rows ---- */

static bool full_fetch(struct gx_operand *operand, struct gx_batch *batch)
{
	struct full_reader *f = operand->state;
	if (!f->loaded)
		load(operand, &batch->fault);
	if (batch->fault.code || f->row == f->end)
		return false;
	uint64_t most = gx_triangle_batch(operand->matrix.ncol), left = f->end - f->row;
	batch->rows.first = f->row;
	batch->rows.nrow = left < most ? left : most;
	f->row += batch->rows.nrow;
	return true;
}

static void full_decode(const struct gx_operand *operand, struct gx_batch *batch)
{
	const struct full_reader *f = operand->state;
	struct gx_rows *rows = &batch->rows;
	uint64_t ngene = operand->matrix.ncol, first = rows->first;
	double *value = gx_batch_values(batch, rows->nrow * ngene);
	if (!gx_triangle_full_rows(f->value, f->triangle.layout, ngene, first, rows->nrow, value)) {
		gx_fault_note(&batch->fault, GX_EXIT_DATA,
			      ": a sum in row %" PRIu64 " or the next %zu is above 2^53 and is no double: rank "
			      "it (gx-rank), or keep it as it is (gx-convert -b)",
			      first + 1, rows->nrow - 1);
		rows->nrow = 0;
		return;
	}
	rows->value = value;
	rows->names = (struct gx_names){ operand->matrix.columns.text + f->name[first], rows->nrow,
					 f->name[first + rows->nrow] - f->name[first], 0 };
	/* A record of a network has the digests of the triangle's rows. */
	batch->digest_sum = gx_digest_sum(f->digest + first, rows->nrow);
}

static void full_finish(struct gx_operand *operand)
{
	/* The identity is there since all was read; the rows are those that were given. */
	struct gx_source *source = &operand->source;
	source->first = operand->matrix.first;
	source->last = source->first + operand->nrow;
	source->digest = operand->digest;
}

static void full_close(struct gx_operand *operand)
{
	struct full_reader *f = operand->state;
	descend(operand);
	gx_reader_gxm.close(operand);
	operand->request = f->asked;
	gx_pages_free(f->value, f->loaded ? f->nbyte : 0);
	free(f->digest);
	free(f->name);
	free(f);
}

const struct gx_reader_format gx_reader_triangle = { .name = "GXM",
						     .rows_follow = true,
						     .recognise = recognise,
						     .open = full_open,
						     .fetch = full_fetch,
						     .decode = full_decode,
						     .finish = full_finish,
						     .close = full_close };
