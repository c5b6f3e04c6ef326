/* SPDX-License-Identifier: MIT */
#include "stream/reader.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "format/gxm/gxm.h"
#include "stream/chosen.h"
#include "stream/operands.h"

struct gx_reader {
	struct gx_request request;
	const char **path;
	struct gx_matrix matrix;
	struct gx_source source;
	struct gx_operand *operand; /* the present one */
	size_t next;		    /* number of the operand behind it */
	uint64_t nrow;		    /* rows of the operands before it */
	struct gx_operands others;  /* what was seen of the heads of those behind the first */
	/* --columns of a binary matrix, a step of the work: the numbers of those chosen. */
	struct gx_chosen chosen;
	bool started;	       /* the present operand was opened for its rows */
	atomic_bool over;      /* its end was claimed, or a fault */
	bool at_end;	       /* of the last operand, and verified */
	struct gx_fault fault; /* behind the rows that were given out last */
	/* gx_reader_next: what is left of its own batch. */
	struct gx_batch batch;
	struct gx_rows left;
};

/* ---- opening ---- */

/* What --progress takes for the whole: of what comes through a pipe, the rows at most. */
static void expect(const struct gx_reader *reader)
{
	const struct gx_operand *first = reader->operand;
	uint64_t nbyte = first->in->is_file ? gx_operand_bytes(first) : GX_UNKNOWN;
	if (!reader->request.one_of_several)
		gx_progress_expect(reader->matrix.nrow,
				   gx_operands_add(nbyte, reader->others.nbyte),
				   first->format->rows_follow || first->rows_follow);
}

/* A table that is turned is read while it is opened. */
static void expect_all(const struct gx_request *request)
{
	uint64_t nbyte = 0;
	for (size_t i = 0; i < request->npath; i++)
		nbyte = gx_operands_add(nbyte, gx_input_size(request->path[i]));
	gx_progress_expect(GX_UNKNOWN, nbyte, true);
}

struct gx_reader *gx_reader_open(const struct gx_request *request)
{
	struct gx_reader *reader = gx_allocate_zeroed(1, sizeof *reader);
	/* The list is ours, the paths in it are the caller's. */
	reader->path = gx_allocate(request->npath, sizeof *reader->path);
	memcpy(reader->path, request->path, request->npath * sizeof *reader->path);
	reader->request = *request;
	reader->request.path = reader->path;
	request = &reader->request;
	if (request->reading.transposed && !request->one_of_several)
		expect_all(request);
	struct gx_operand *first = gx_operand_open(request, request->path[0]);
	reader->request.opened = NULL; /* the others are opened by their paths */
	reader->operand = first;
	reader->next = 1;
	reader->matrix = first->matrix;
	/* The names are the operand's, which may be closed before us. */
	reader->matrix.columns = (struct gx_names){ 0 };
	gx_names_append(&reader->matrix.columns, &first->matrix.columns);
	reader->source = first->source;
	if (request->npath > 1)
		gx_operands_look(&reader->others, request, first, &reader->matrix);
	expect(reader);
	if (request->reading.columns && !first->format->is_text &&
	    !first->format->chooses_columns)
		gx_chosen_make(&reader->chosen, request->reading.columns, &reader->matrix);
	return reader;
}

void gx_reader_close(struct gx_reader *reader)
{
	gx_operand_close(reader->operand);
	gx_operands_free(&reader->others);
	gx_batch_free(&reader->batch);
	gx_names_free(&reader->matrix.columns);
	gx_chosen_free(&reader->chosen);
	free(reader->path);
	free(reader);
}

/* ---- the three steps ---- */

static void start(struct gx_reader *reader)
{
	if (!reader->started)
		gx_operand_start(reader->operand);
	reader->started = true;
}

bool gx_reader_fetch(struct gx_reader *reader, struct gx_batch *batch)
{
	if (atomic_load_explicit(&reader->over, memory_order_acquire))
		return false;
	struct gx_operand *operand = reader->operand;
	start(reader);
	batch->end = false;
	batch->fault.code = 0;
	batch->digest_sum = 0;
	batch->rows = (struct gx_rows){ .ncol = operand->matrix.ncol, .first = GX_UNKNOWN };
	operand->in->fault = &batch->fault;
	bool more = operand->format->fetch(operand, batch);
	operand->in->fault = NULL;
	/* What is wrong, or that all is there, is for accept, in its turn. */
	batch->last = batch->fault.code || !more;
	if (batch->last) {
		batch->rows.nrow = 0;
		atomic_store_explicit(&reader->over, true, memory_order_relaxed);
	}
	return true;
}

/* Rows of an operand without names beside one with names: what they would be called. */
static void name_rows(const struct gx_reader *reader, struct gx_batch *batch)
{
	if (reader->matrix.named && !batch->rows.names.n && batch->rows.first != GX_UNKNOWN)
		gx_batch_name_implicitly(batch);
}

void gx_reader_decode(const struct gx_reader *reader, struct gx_batch *batch)
{
	struct gx_operand *operand = reader->operand;
	if (batch->last || batch->end)
		return;
	operand->format->decode(operand, batch);
	if (reader->others.gathered && batch->rows.first != GX_UNKNOWN)
		batch->rows.first += reader->nrow;
	if (reader->chosen.n && batch->rows.nrow)
		gx_chosen_select(&reader->chosen, batch);
	name_rows(reader, batch);
}

/* The input came to its end without a fault: what is left to see is seen. */
static void finish(struct gx_reader *reader)
{
	struct gx_operand *operand = reader->operand;
	operand->format->finish(operand);
	gx_input_drain(operand->in);
	gx_input_check_unchanged(operand->in);
	if (operand->in->is_file)
		gx_progress_reach(operand->counted + gx_operand_bytes(operand));
	gx_operands_add_source(&reader->others, &reader->source, operand, reader->next == 1,
			       reader->nrow);
	reader->nrow += operand->nrow;
	if (reader->next < reader->request.npath) {
		gx_operands_keep_facts(&reader->others, reader->next - 1, operand);
		reader->operand = gx_operands_open(&reader->others, &reader->request,
						   reader->next++, operand, &reader->matrix);
		gx_operand_close(operand);
		reader->started = false;
		/* From here on fetch may claim pieces of the next one. */
		atomic_store_explicit(&reader->over, false, memory_order_release);
		return;
	}
	reader->at_end = true;
	if (reader->chosen.n)
		gx_source_add_step(&reader->source, reader->chosen.step);
	if (reader->nrow == 0 && reader->matrix.ncol > GX_COLUMNS_WITHOUT_ROWS_MAX)
		gx_die(GX_EXIT_DATA, "%s: no rows came, and it says %" PRIu64 " columns",
		       operand->in->name, reader->matrix.ncol);
}

/* Bytes that somebody wrote meanwhile make no sense, and that is what is wrong with them. */
GX_NORETURN GX_COLD static void die_of(const struct gx_fault *fault, const struct gx_operand *operand)
{
	if (fault->code == GX_EXIT_DATA)
		gx_input_check_unchanged(operand->in);
	gx_fault_die(fault, operand->in->name);
}

bool gx_reader_accept(struct gx_reader *reader, struct gx_batch *batch)
{
	struct gx_operand *operand = reader->operand;
	if (reader->fault.code)
		die_of(&reader->fault, operand);
	if (batch->last) {
		if (batch->fault.code)
			die_of(&batch->fault, operand);
		finish(reader);
		return false;
	}
	bool numbered = batch->rows.first != GX_UNKNOWN;
	if (operand->format->accept)
		operand->format->accept(operand, batch);
	if (batch->fault.code) {
		/* The rows in front of it come first. */
		if (!batch->rows.nrow)
			die_of(&batch->fault, operand);
		reader->fault = batch->fault;
	}
	if (batch->end)
		return false;
	if (reader->others.gathered && !numbered && batch->rows.first != GX_UNKNOWN)
		batch->rows.first += reader->nrow;
	if (!numbered)
		name_rows(reader, batch);
	operand->digest += batch->digest_sum;
	operand->nrow += batch->rows.nrow;
	gx_progress_rows(batch->rows.nrow);
	return true;
}

bool gx_reader_at_end(const struct gx_reader *reader)
{
	return reader->at_end;
}

/* ---- pulling ---- */

/* Takes the first n of the rows that are left. */
static void take(struct gx_rows *left, enum gx_layout layout, size_t n, struct gx_rows *rows)
{
	*rows = *left;
	rows->nrow = n;
	left->nrow -= n;
	if (layout == GX_FULL)
		left->value += n * left->ncol;
	else
		left->triangle = (const char *)left->triangle +
				 gx_layout_size(layout) *
					 (gx_triangle_values(left->first + n) -
					  gx_triangle_values(left->first));
	if (left->first != GX_UNKNOWN)
		left->first += n;
	if (!left->names.n)
		return;
	const char *next = left->names.text;
	for (size_t i = 0; i < n; i++)
		next = gx_names_next(next);
	rows->names.n = n;
	rows->names.nbyte = (size_t)(next - left->names.text);
	left->names.text += rows->names.nbyte;
	left->names.nbyte -= rows->names.nbyte;
	left->names.n -= n;
}

size_t gx_reader_next(struct gx_reader *reader, size_t most, struct gx_rows *rows)
{
	while (!reader->left.nrow && !reader->at_end) {
		struct gx_batch *batch = &reader->batch;
		gx_reader_fetch(reader, batch);
		gx_reader_decode(reader, batch);
		if (gx_reader_accept(reader, batch)) {
			reader->left = batch->rows;
			reader->left.names.room = 0;
		}
	}
	size_t n = reader->left.nrow;
	n = most && n > most ? most : n;
	if (n)
		take(&reader->left, reader->matrix.layout, n, rows);
	return n;
}

/* ---- by threads ---- */

struct slot {
	struct gx_batch batch;
	max_align_t job[]; /* the job's own slot */
};

struct run {
	struct gx_reader *reader;
	const struct gx_job *job;
};

static bool run_fetch(void *context, void *memory)
{
	struct run *run = context;
	return gx_reader_fetch(run->reader, &((struct slot *)memory)->batch);
}

static void run_work(void *context, void *memory)
{
	struct run *run = context;
	struct slot *slot = memory;
	gx_reader_decode(run->reader, &slot->batch);
	if (slot->batch.rows.nrow)
		run->job->compute(run->job->context, &slot->batch.rows, slot->job);
}

static void run_commit(void *context, void *memory)
{
	struct run *run = context;
	struct slot *slot = memory;
	if (gx_reader_accept(run->reader, &slot->batch) && slot->batch.rows.nrow)
		run->job->consume(run->job->context, &slot->batch.rows, slot->job);
}

void gx_reader_run(struct gx_reader *reader, int nthread, const struct gx_job *job)
{
	size_t nslot = gx_pipeline_slots(nthread);
	struct slot **slots = gx_allocate(nslot, sizeof *slots);
	for (size_t i = 0; i < nslot; i++)
		slots[i] = gx_allocate_zeroed(1, sizeof **slots + job->slot_size);
	struct run run = { reader, job };
	struct gx_pipeline pipeline = { &run, run_fetch, run_work, run_commit };
	while (!reader->at_end) {
		/* Outside of the threads: it may have some of its own. */
		start(reader);
		gx_pipeline_run(&pipeline, (void *const *)slots, nthread);
	}
	for (size_t i = 0; i < nslot; i++) {
		if (job->release)
			job->release(job->context, slots[i]->job);
		gx_batch_free(&slots[i]->batch);
		free(slots[i]);
	}
	free(slots);
}

bool gx_reader_skip(struct gx_reader *reader)
{
	if (reader->operand->end_is_damaged)
		return false;
	if (!reader->operand->in->is_file)
		gx_input_drain(reader->operand->in);
	return true;
}

/* ---- what is known ---- */

const struct gx_facts *gx_reader_facts(const struct gx_reader *reader, size_t number)
{
	return number == reader->next - 1 ? &reader->operand->facts
					  : &reader->others.facts[number];
}

size_t gx_reader_operands(const struct gx_reader *reader)
{
	return reader->request.npath;
}

bool gx_reader_is_gxm(const struct gx_reader *reader)
{
	const struct gx_reader_format *format = reader->operand->format;
	return format == &gx_reader_gxm || format == &gx_reader_triangle;
}

const struct gx_matrix *gx_reader_matrix(const struct gx_reader *reader)
{
	return &reader->matrix;
}

const struct gx_source *gx_reader_source(const struct gx_reader *reader)
{
	return &reader->source;
}

void gx_reader_derive(const struct gx_reader *reader, const char *step,
		      struct gx_matrix *matrix)
{
	const struct gx_matrix *from = &reader->matrix;
	/* Rows of which nobody behind us could tell the number have it in their names. */
	matrix->named = from->named || from->first == GX_UNKNOWN;
	matrix->terms = from->terms;
	matrix->first = from->first;
	matrix->nrow = from->nrow;
	matrix->announced = from->announced;
	matrix->whole = from->whole;
	matrix->derived = true;
	matrix->identity[0] = 0;
	/* The provenance of a derived matrix is its steps. */
	struct gx_source steps = { 0 };
	if (from->derived)
		memcpy(steps.work, from->provenance, sizeof steps.work);
	if (reader->chosen.n)
		gx_source_add_step(&steps, reader->chosen.step);
	if (step)
		gx_source_add_step(&steps, step);
	memcpy(matrix->provenance, steps.work, sizeof matrix->provenance);
}

/* A piece of the input, as MEMORY of the manual pages counts it. */
static void plan_piece(const struct gx_operand *operand, struct gx_reading_plan *plan)
{
	enum { PIECE = 256 << 10 };
	uint64_t ncol = operand->matrix.ncol, nline = operand->nline;
	if (ncol == GX_UNKNOWN) {
		plan->piece_rows = 1;
		plan->piece = PIECE;
	} else if (!operand->format->is_text || operand->format->reads_all) {
		plan->piece_rows = operand->batch_rows ? operand->batch_rows : gx_batch_rows(ncol);
		uint64_t nbyte = plan->piece_rows * ncol * 8;
		plan->piece = nbyte > PIECE ? nbyte : PIECE;
	} else {
		/* A line that is longer than a piece has one to itself, which grew by doubling. */
		uint64_t nbyte = nline > PIECE ? 2 * nline : PIECE;
		plan->piece_rows = nline > PIECE ? 1 : PIECE / (nline ? nline : 2 * ncol + 2) + 1;
		plan->piece = nbyte + plan->piece_rows * (8 * ncol + 8);
	}
}

void gx_reader_plan(const struct gx_reader *reader, struct gx_reading_plan *plan)
{
	const struct gx_operand *operand = reader->operand;
	const struct gx_matrix *m = &reader->matrix;
	*plan = (struct gx_reading_plan){ .source = operand->source,
					  .memory = operand->memory };
	plan->nbyte = gx_operands_add(gx_operand_bytes(operand), reader->others.nbyte);
	plan_piece(operand, plan);
	if (reader->others.gathered)
		plan->source = (struct gx_source){ .unit = GX_UNIT_ROWS,
						   .last = m->nrow,
						   .of = m->nrow };
	else if (reader->request.npath > 1)
		plan->source.last = GX_UNKNOWN;
	if (reader->chosen.n)
		gx_source_add_step(&plan->source, reader->chosen.step);
}
