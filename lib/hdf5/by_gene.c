/* SPDX-License-Identifier: MIT */
/*
 * Sparse, the entries of a gene together: rows are made as they come. Memory: 8 bytes a gene, and
 * the chunks that the rows on their way lie in.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "hdf5/sparse.h"

/*
 * Many rows lie in one chunk, whose filters are undone by the thread that comes to it first,
 * while all others wait for it, or for the rows in front of theirs. So, when a chunk's turn comes,
 * all threads undo one each: that chunk of data and of indices, and those behind them.
 */
enum { JOBS = 2 * GX_SPARSE_HELD };

struct by_gene {
	uint64_t *indptr;
	struct gx_sparse_pieces data, indices;
	int nthread;
	struct gx_hdf5_piece *job[JOBS]; /* what is to be undone by the next batches */
	size_t njob, next_job;
	uint64_t undone[2]; /* pieces of data and indices in front of it were given out */
};

/* What a batch takes along, in batch->raw. */
struct load {
	struct gx_sparse_span data, indices;
	struct gx_hdf5_piece *job; /* or NULL */
};

static void foresee(const struct gx_hdf5_reader *reader, uint64_t *memory, uint64_t *temporary)
{
	const struct gx_hdf5_plan *plan = &reader->plan;
	*memory = 8 * (plan->all_genes + 1) + gx_sparse_pieces_memory(plan, GX_SPARSE_DATA) +
		  gx_sparse_pieces_memory(plan, GX_SPARSE_INDICES);
	*temporary = 0;
}

static void start(struct gx_hdf5_reader *reader, int nthread, struct gx_fault *fault)
{
	struct by_gene *way = reader->state = gx_allocate_zeroed(1, sizeof *way);
	way->nthread = nthread;
	way->indptr = gx_sparse_indptr(reader, fault);
	if (!way->indptr)
		return;
	gx_sparse_pieces_open(&way->data, &reader->source, GX_SPARSE_DATA);
	gx_sparse_pieces_open(&way->indices, &reader->source, GX_SPARSE_INDICES);
}

/* ---- fetch ---- */

/*
 * How many rows the next batch has: of full ones as many as any batch, but no more entries than
 * those rows could have where few cells are chosen. None may have more than there are cells.
 */
static size_t choose_rows(const struct gx_hdf5_reader *reader, struct gx_fault *fault)
{
	enum { ENTRIES = 1 << 16 };
	const struct by_gene *way = reader->state;
	const struct gx_hdf5_plan *plan = &reader->plan;
	const uint64_t *indptr = way->indptr + reader->next;
	uint64_t left = plan->ngene - reader->next, most = gx_batch_rows(plan->nsample);
	most = most < left ? most : left;
	size_t n = 0;
	for (; n < most && (n == 0 || indptr[n + 1] - indptr[0] <= ENTRIES); n++) {
		uint64_t nentry = indptr[n + 1] - indptr[n];
		if (nentry > plan->all_samples) {
			if (n == 0)
				gx_sparse_refuse_many(plan, reader->next, nentry, plan->all_samples,
						      fault);
			break;
		}
	}
	return n;
}

/* Gives out chunks to be undone, where the batch is the first one that comes to a chunk. */
static void plan_jobs(struct by_gene *way, const struct gx_sparse_span *span,
		      const struct gx_sparse_pieces *pieces, size_t which)
{
	uint64_t end = span->first + span->n, each = (uint64_t)way->nthread / 2;
	if (way->nthread == 1 || span->n == 0 || way->undone[which] >= end)
		return;
	each = each ? each : 1;
	for (uint64_t number = end - 1; number < end - 1 + each && way->njob < JOBS; number++) {
		struct gx_hdf5_piece *piece = gx_sparse_pieces_share(pieces, number);
		if (!piece)
			break;
		way->job[way->njob++] = piece;
		way->undone[which] = number + 1;
	}
}

static struct gx_hdf5_piece *take_job(struct by_gene *way)
{
	if (way->next_job == way->njob) {
		way->next_job = way->njob = 0;
		return NULL;
	}
	return way->job[way->next_job++];
}

static bool fetch(struct gx_hdf5_reader *reader, struct gx_batch *batch)
{
	struct by_gene *way = reader->state;
	size_t nrow = choose_rows(reader, &batch->fault);
	if (nrow == 0)
		return false;
	uint64_t from = way->indptr[reader->next], to = way->indptr[reader->next + nrow];
	size_t ndata = gx_sparse_pieces_count(&way->data, from, to);
	size_t n = ndata + gx_sparse_pieces_count(&way->indices, from, to);
	struct load *load = (struct load *)(void *)gx_batch_raw(
		batch, sizeof *load + n * sizeof *batch->hdf5.piece);
	struct gx_hdf5_piece **list = (struct gx_hdf5_piece **)(void *)(load + 1);
	if (!gx_sparse_pieces_take(&way->data, from, to, list, &load->data, &batch->fault))
		return false;
	if (!gx_sparse_pieces_take(&way->indices, from, to, list + ndata, &load->indices,
				   &batch->fault)) {
		gx_sparse_release(&load->data);
		return false;
	}
	plan_jobs(way, &load->data, &way->data, 0);
	plan_jobs(way, &load->indices, &way->indices, 1);
	load->job = take_job(way);
	batch->hdf5.from = from;
	batch->hdf5.to = to;
	batch->rows.nrow = nrow;
	batch->rows.first = reader->next;
	gx_batch_take_names(batch, &reader->plan.genes, &reader->gene_at);
	reader->next += nrow;
	return true;
}

/* ---- decode ---- */

/* The cells of n entries from `entry` on, by their numbers among those chosen; how many. */
static size_t take_cells(const struct gx_hdf5_plan *plan, uint64_t entry,
			 const unsigned char *from, size_t n, uint32_t *cell,
			 struct gx_fault *fault)
{
	const struct gx_stored *type = &plan->array[GX_SPARSE_INDICES].type;
	const uint32_t *map = plan->array[GX_SPARSE_DATA].sample;
	size_t good = gx_sparse_indices(type, from, n, plan->all_samples, cell);
	if (good < n)
		gx_sparse_refuse_index(plan, entry + good, from + good * type->size,
				       plan->all_samples, "cells", fault);
	for (size_t i = 0; map && i < good; i++)
		cell[i] = map[cell[i]];
	return good;
}

/* Puts entries from .. to - 1 in a row; false with a fault noted. */
static bool put_entries(const struct gx_hdf5_plan *plan, struct load *load, uint64_t gene,
			uint64_t from, uint64_t to, struct gx_sparse_row *row,
			struct gx_fault *fault)
{
	uint32_t cell[GX_SPARSE_BLOCK];
	for (size_t n; from < to; from += n) {
		size_t ndata, nindex;
		const unsigned char *data = gx_sparse_values(&load->data, from, &ndata, fault);
		const unsigned char *index =
			data ? gx_sparse_values(&load->indices, from, &nindex, fault) : NULL;
		if (!index)
			return false;
		n = ndata < nindex ? ndata : nindex;
		n = n < GX_SPARSE_BLOCK ? n : GX_SPARSE_BLOCK;
		n = n < to - from ? n : to - from;
		n = take_cells(plan, from, index, n, cell, fault);
		size_t put = gx_sparse_row_put(row, &plan->array[GX_SPARSE_DATA].type, data, cell, n);
		if (put < n)
			gx_sparse_refuse_twice(plan, gene, cell[put], fault);
		if (fault->code)
			return false;
	}
	gx_sparse_pass(&load->data, to);
	gx_sparse_pass(&load->indices, to);
	return true;
}

static void do_job(struct gx_hdf5_piece *job)
{
	if (!job)
		return;
	struct gx_fault ignored = { 0 }; /* whoever has rows in it finds the same, and tells */
	gx_hdf5_piece_values(job, &ignored);
	gx_hdf5_piece_release(job);
}

static void decode(const struct gx_hdf5_reader *reader, struct gx_batch *batch)
{
	const struct by_gene *way = reader->state;
	const struct gx_hdf5_plan *plan = &reader->plan;
	struct load *load = (struct load *)(void *)batch->raw;
	size_t ncol = plan->nsample, nrow = batch->rows.nrow;
	const uint64_t *indptr = way->indptr + batch->rows.first;
	double *value = gx_batch_values(batch, nrow * ncol);
	do_job(load->job);
	for (size_t i = 0; i < nrow; i++) {
		struct gx_sparse_row row;
		gx_sparse_row_begin(&row, value + i * ncol, ncol);
		if (!put_entries(plan, load, batch->rows.first + i, indptr[i], indptr[i + 1], &row,
				 &batch->fault)) {
			gx_sparse_end_at(batch, i);
			break;
		}
		gx_sparse_row_end(&row, ncol);
	}
	gx_sparse_release(&load->data);
	gx_sparse_release(&load->indices);
	batch->rows.value = value;
	gx_batch_digest(batch);
}

static void close_way(struct gx_hdf5_reader *reader)
{
	struct by_gene *way = reader->state;
	if (!way)
		return;
	while (way->next_job < way->njob)
		gx_hdf5_piece_release(way->job[way->next_job++]);
	gx_sparse_pieces_close(&way->data);
	gx_sparse_pieces_close(&way->indices);
	free(way->indptr);
	free(way);
	reader->state = NULL;
}

const struct gx_hdf5_way gx_hdf5_by_gene = { .foresee = foresee,
					     .start = start,
					     .fetch = fetch,
					     .decode = decode,
					     .close = close_way };
