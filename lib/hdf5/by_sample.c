/* SPDX-License-Identifier: MIT */
/*
 * Sparse, the entries of a cell together: two passes over the file before the first row. One over
 * `indices` counts the entries of each gene, the other puts all entries in buckets (buckets.h), of
 * which rows are made.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/pipeline.h"
#include "bytes/progress.h"
#include "hdf5/buckets.h"
#include "hdf5/sparse.h"

enum { AHEAD = 16 }; /* buckets in memory at most */

struct by_sample {
	uint64_t *indptr;
	struct gx_buckets *buckets;
	/* Those from number `first` on that batches will want. */
	struct gx_bucket *held[AHEAD];
	size_t first, nheld, next_job, ahead;
};

/* What a batch takes along, in batch->raw. */
struct load {
	struct gx_bucket *bucket, *job; /* job: to be read by whoever has it; or NULL */
};

/* ---- a pass ---- */

/* Entries that are worked on at a time: a chunk of them, within these bounds. */
enum { UNIT_LEAST = 1 << 14, UNIT_MOST = 1 << 17 };

static void foresee(const struct gx_hdf5_reader *reader, uint64_t *memory, uint64_t *temporary)
{
	const struct gx_hdf5_plan *plan = &reader->plan;
	const struct gx_hdf5_array *data = &plan->array[GX_SPARSE_DATA];
	uint64_t n = data->extent[0], unit = data->piece[0];
	unit = unit < UNIT_LEAST ? UNIT_LEAST : unit < UNIT_MOST ? unit : UNIT_MOST;
	unit = unit < n ? unit : n;
	*temporary = gx_buckets_file(n, data->type.size);
	*memory = 8 * (plan->all_samples + 1) + 12 * plan->ngene +
		  gx_buckets_memory(n, data->type.size) +
		  gx_sparse_pieces_memory(plan, GX_SPARSE_DATA) +
		  gx_sparse_pieces_memory(plan, GX_SPARSE_INDICES) + 24 * unit;
}

/* Entries from .. to - 1, in a slot of the pipeline. */
struct unit {
	uint64_t from, to;
	struct gx_sparse_span data, indices;
	struct gx_hdf5_piece **list; /* room for `pieces` of them */
	size_t pieces;
	uint32_t *gene, *cell; /* of each, by numbers among those chosen; room for them */
	size_t room;
	struct gx_bucket_group group;
	struct gx_fault fault;
};

struct pass {
	const struct gx_hdf5_reader *reader;
	struct by_sample *way;
	struct gx_sparse_pieces data, indices;
	uint64_t next;	/* entry of the next unit */
	uint64_t cell;	/* in the file: that entry's, or one before it */
	uint64_t *count; /* of each gene: what the first pass is for; NULL in the second */
	atomic_bool over;
	struct gx_fault *fault;
};

/* Passes over cells that are not wanted; false where no entry is left. */
static bool find_next(struct pass *pass)
{
	const struct gx_hdf5_array *data = &pass->reader->plan.array[GX_SPARSE_DATA];
	const uint64_t *indptr = pass->way->indptr;
	while (pass->next < data->extent[0]) {
		while (indptr[pass->cell + 1] <= pass->next)
			pass->cell++;
		if (!data->sample || data->sample[pass->cell] != GX_HDF5_DROPPED)
			return true;
		pass->next = indptr[pass->cell + 1];
	}
	return false;
}

/* The end of a unit: of a chunk, or of as many as are worth it. */
static uint64_t choose_end(const struct pass *pass)
{
	const struct gx_hdf5_array *data = &pass->reader->plan.array[GX_SPARSE_DATA];
	uint64_t left = data->extent[0] - pass->next, each = pass->data.each;
	uint64_t n = each - pass->next % each;
	if (n < UNIT_LEAST)
		n += (UNIT_LEAST - n + each - 1) / each * each;
	n = n < UNIT_MOST ? n : UNIT_MOST;
	return pass->next + (n < left ? n : left);
}

static bool take_pieces(struct pass *pass, struct unit *unit)
{
	size_t ndata = gx_sparse_pieces_count(&pass->data, unit->from, unit->to);
	size_t n = ndata + gx_sparse_pieces_count(&pass->indices, unit->from, unit->to);
	if (unit->pieces < n) {
		free(unit->list);
		unit->list = gx_allocate(n, sizeof *unit->list);
		unit->pieces = n;
	}
	unit->data.n = unit->indices.n = 0;
	uint64_t counted = gx_progress_position();
	if (!gx_sparse_pieces_take(&pass->indices, unit->from, unit->to, unit->list + ndata,
				   &unit->indices, &unit->fault))
		return false;
	if (pass->count)
		return true;
	/* The first pass has counted them. */
	gx_progress_return(counted);
	return gx_sparse_pieces_take(&pass->data, unit->from, unit->to, unit->list, &unit->data,
				     &unit->fault);
}

static bool fetch_unit(void *context, void *slot)
{
	struct pass *pass = context;
	struct unit *unit = slot;
	if (atomic_load(&pass->over) || !find_next(pass))
		return false;
	unit->fault.code = 0;
	unit->from = pass->next;
	unit->to = pass->next = choose_end(pass);
	if (!take_pieces(pass, unit))
		atomic_store(&pass->over, true); /* told in its turn */
	return true;
}

/* The genes of all entries of a unit; false with a fault noted. */
static bool take_genes(const struct gx_hdf5_plan *plan, struct unit *unit)
{
	const struct gx_stored *type = &plan->array[GX_SPARSE_INDICES].type;
	uint32_t *gene = unit->gene;
	for (uint64_t at = unit->from, n; at < unit->to; at += n, gene += n) {
		size_t k;
		const unsigned char *from = gx_sparse_values(&unit->indices, at, &k, &unit->fault);
		if (!from)
			return false;
		n = k < unit->to - at ? k : unit->to - at;
		size_t good = gx_sparse_indices(type, from, n, plan->all_genes, gene);
		if (good < n) {
			gx_sparse_refuse_index(plan, at + good, from + good * type->size,
					       plan->all_genes, "genes", &unit->fault);
			return false;
		}
		gx_sparse_pass(&unit->indices, at + n);
		for (size_t i = 0; plan->gene && i < n; i++)
			gene[i] = plan->gene[gene[i]];
	}
	return true;
}

/* The cell that an entry belongs to. */
static uint64_t cell_of(const uint64_t *indptr, uint64_t ncell, uint64_t entry)
{
	uint64_t low = 0, high = ncell;
	while (high - low > 1) {
		uint64_t middle = low + (high - low) / 2;
		if (indptr[middle] <= entry)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/* The cells of all entries of a unit; of one that is not wanted the genes go. */
static void take_cells(const struct pass *pass, struct unit *unit)
{
	const struct gx_hdf5_plan *plan = &pass->reader->plan;
	const uint64_t *indptr = pass->way->indptr;
	const uint32_t *map = plan->array[GX_SPARSE_DATA].sample;
	uint64_t c = cell_of(indptr, plan->all_samples, unit->from);
	for (uint64_t at = unit->from, end; at < unit->to; at = end, c++) {
		end = indptr[c + 1] < unit->to ? indptr[c + 1] : unit->to;
		uint32_t cell = map ? map[c] : (uint32_t)c;
		uint32_t *to = cell == GX_HDF5_DROPPED ? unit->gene : unit->cell;
		for (uint64_t k = at - unit->from; k < end - unit->from; k++)
			to[k] = cell;
	}
}

static void group_entries(const struct pass *pass, struct unit *unit)
{
	const struct gx_buckets *buckets = pass->way->buckets;
	gx_buckets_group(buckets, unit->gene, unit->to - unit->from, &unit->group);
	for (uint64_t at = unit->from, n; at < unit->to; at += n) {
		size_t k;
		const unsigned char *from = gx_sparse_values(&unit->data, at, &k, &unit->fault);
		if (!from)
			return;
		n = k < unit->to - at ? k : unit->to - at;
		gx_buckets_place(buckets, unit->gene + (at - unit->from),
				 unit->cell + (at - unit->from), from, n, &unit->group);
		gx_sparse_pass(&unit->data, at + n);
	}
}

static void work_on_unit(void *context, void *slot)
{
	const struct pass *pass = context;
	struct unit *unit = slot;
	size_t n = unit->to - unit->from;
	if (unit->room < n) {
		free(unit->gene);
		free(unit->cell);
		unit->gene = gx_allocate(n, sizeof *unit->gene);
		unit->cell = gx_allocate(n, sizeof *unit->cell);
		unit->room = n;
	}
	const struct gx_hdf5_plan *plan = &pass->reader->plan;
	bool good = !unit->fault.code && take_genes(plan, unit);
	if (good && (!pass->count || plan->array[GX_SPARSE_DATA].sample))
		take_cells(pass, unit);
	if (good && !pass->count)
		group_entries(pass, unit);
	gx_sparse_release(&unit->indices);
	gx_sparse_release(&unit->data);
}

static void count_genes(uint64_t *count, const struct unit *unit)
{
	for (size_t i = 0; i < unit->to - unit->from; i++)
		if (GX_LIKELY(unit->gene[i] != GX_HDF5_DROPPED))
			count[unit->gene[i]]++;
}

static void commit_unit(void *context, void *slot)
{
	struct pass *pass = context;
	struct unit *unit = slot;
	if (pass->fault->code)
		return;
	if (unit->fault.code)
		*pass->fault = unit->fault;
	else if (pass->count)
		count_genes(pass->count, unit);
	else
		gx_buckets_add(pass->way->buckets, &unit->group, pass->fault);
	if (pass->fault->code)
		atomic_store(&pass->over, true);
}

static void release_unit(void *slot)
{
	struct unit *unit = slot;
	free(unit->list);
	free(unit->gene);
	free(unit->cell);
	gx_bucket_group_free(&unit->group);
}

/* With `count` the first pass, else the second. */
static bool run_pass(struct gx_hdf5_reader *reader, uint64_t *count, int nthread,
		     struct gx_fault *fault)
{
	struct pass pass = { .reader = reader,
			     .way = reader->state,
			     .count = count,
			     .fault = fault };
	const struct gx_pipeline pipeline = { &pass, fetch_unit, work_on_unit, commit_unit };
	gx_sparse_pieces_open(&pass.data, &reader->source, GX_SPARSE_DATA);
	gx_sparse_pieces_open(&pass.indices, &reader->source, GX_SPARSE_INDICES);
	uint64_t counted = gx_progress_position();
	gx_pipeline_run_in(&pipeline, sizeof(struct unit), nthread, release_unit);
	/* What is contiguous is counted when it is read: only the second time. */
	if (count && pass.reader->plan.array[GX_SPARSE_INDICES].storage == GX_HDF5_CONTIGUOUS)
		gx_progress_return(counted);
	gx_sparse_pieces_close(&pass.data);
	gx_sparse_pieces_close(&pass.indices);
	return !fault->code;
}

/* ---- start ---- */

/* No gene has more entries than there are cells, whatever the file says. */
static bool check_counts(const struct gx_hdf5_plan *plan, const uint64_t *count,
			 struct gx_fault *fault)
{
	for (uint64_t g = 0; g < plan->ngene; g++)
		if (count[g] > plan->nsample) {
			gx_sparse_refuse_many(plan, g, count[g], plan->nsample, fault);
			return false;
		}
	return true;
}

static void start(struct gx_hdf5_reader *reader, int nthread, struct gx_fault *fault)
{
	enum { FEW = 1 << 16 }; /* entries that are no work for several threads */
	struct by_sample *way = reader->state = gx_allocate_zeroed(1, sizeof *way);
	const struct gx_hdf5_plan *plan = &reader->plan;
	const struct gx_hdf5_array *data = &plan->array[GX_SPARSE_DATA];
	int threads = data->extent[0] > FEW ? nthread : 1;
	way->indptr = gx_sparse_indptr(reader, fault);
	if (!way->indptr)
		return;
	uint64_t *count = gx_allocate_zeroed(plan->ngene + 1, sizeof *count);
	if (!run_pass(reader, count, threads, fault) || !check_counts(plan, count, fault)) {
		free(count);
		return;
	}
	way->buckets = gx_buckets_open(count, plan->ngene, plan->nsample,
				       gx_batch_rows(plan->nsample), data->type.size);
	way->ahead = gx_buckets_ahead(way->buckets, nthread < AHEAD ? nthread : AHEAD);
	if (run_pass(reader, NULL, threads, fault))
		gx_buckets_end(way->buckets, fault);
	free(way->indptr);
	way->indptr = NULL;
}

/* ---- rows ---- */

static void release_held(struct by_sample *way)
{
	for (size_t k = 0; k < way->nheld; k++)
		gx_bucket_release(way->held[k]);
	way->nheld = 0;
}

/*
 * The bucket with a number, and one to read for somebody else. All of its rows wait until it is
 * read, as rows go out in order: so with threads some buckets are read at the same time, one by
 * each, when the first of them is wanted.
 */
static void take_bucket(struct by_sample *way, size_t number, struct load *load)
{
	if (number >= way->first + way->nheld) {
		size_t left = gx_buckets_count(way->buckets) - number;
		size_t n = way->ahead < left ? way->ahead : left;
		release_held(way);
		for (; way->nheld < n; way->nheld++)
			way->held[way->nheld] =
				gx_buckets_hold(way->buckets, number + way->nheld);
		way->first = number;
		way->next_job = 1;
	} else {
		load->job = way->next_job < way->nheld ? way->held[way->next_job++] : NULL;
	}
	load->bucket = way->held[number - way->first];
	gx_bucket_hold(load->bucket);
	if (load->job)
		gx_bucket_hold(load->job);
}

static bool fetch(struct gx_hdf5_reader *reader, struct gx_batch *batch)
{
	struct by_sample *way = reader->state;
	const struct gx_hdf5_plan *plan = &reader->plan;
	uint64_t left = plan->ngene - reader->next, n = gx_batch_rows(plan->nsample);
	n = n < left ? n : left;
	if (n == 0)
		return false;
	struct load *load = (struct load *)(void *)gx_batch_raw(batch, sizeof *load);
	load->job = NULL;
	take_bucket(way, gx_buckets_of(way->buckets, reader->next), load);
	batch->rows.nrow = n;
	batch->rows.first = reader->next;
	gx_batch_take_names(batch, &plan->genes, &reader->gene_at);
	reader->next += n;
	return true;
}

/* Puts the entries of a gene in a row; false with a fault noted. */
static bool put_gene(const struct gx_hdf5_plan *plan, const struct gx_bucket *bucket, uint64_t gene,
		     struct gx_sparse_row *row, struct gx_fault *fault)
{
	const struct gx_stored *type = &plan->array[GX_SPARSE_DATA].type;
	const uint32_t *cell;
	size_t n, each;
	const unsigned char *value = gx_bucket_gene(bucket, gene, &cell, &n);
	for (size_t i = 0; i < n; i += each) {
		each = n - i < GX_SPARSE_BLOCK ? n - i : GX_SPARSE_BLOCK;
		size_t put = gx_sparse_row_put(row, type, value + i * type->size, cell + i, each);
		if (put < each) {
			gx_sparse_refuse_twice(plan, gene, cell[i + put], fault);
			return false;
		}
	}
	return true;
}

static void decode(const struct gx_hdf5_reader *reader, struct gx_batch *batch)
{
	const struct gx_hdf5_plan *plan = &reader->plan;
	const struct load *load = (const struct load *)(const void *)batch->raw;
	size_t ncol = plan->nsample, nrow = batch->rows.nrow;
	double *value = gx_batch_values(batch, nrow * ncol);
	if (load->job) {
		struct gx_fault ignored = { 0 }; /* whoever has rows in it finds the same */
		gx_bucket_load(load->job, &ignored);
		gx_bucket_release(load->job);
	}
	bool good = gx_bucket_load(load->bucket, &batch->fault);
	if (!good)
		gx_sparse_end_at(batch, 0);
	for (size_t i = 0; i < nrow && good; i++) {
		struct gx_sparse_row row;
		gx_sparse_row_begin(&row, value + i * ncol, ncol);
		good = put_gene(plan, load->bucket, batch->rows.first + i, &row, &batch->fault);
		gx_sparse_row_end(&row, ncol);
		if (!good)
			gx_sparse_end_at(batch, i);
	}
	gx_bucket_release(load->bucket);
	batch->rows.value = value;
	gx_batch_digest(batch);
}

static void close_way(struct gx_hdf5_reader *reader)
{
	struct by_sample *way = reader->state;
	if (!way)
		return;
	release_held(way);
	gx_buckets_close(way->buckets);
	free(way->indptr);
	free(way);
	reader->state = NULL;
}

const struct gx_hdf5_way gx_hdf5_by_sample = { .foresee = foresee,
					       .start = start,
					       .fetch = fetch,
					       .decode = decode,
					       .close = close_way,
					       .rows_follow = true };
