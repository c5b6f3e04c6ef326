/* SPDX-License-Identifier: MIT */
/* Dense, samples first: all bands go through a transposer. */
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "bytes/pipeline.h"
#include "bytes/transposer.h"
#include "hdf5/bands.h"
#include "hdf5/way.h"
#include "kernel/digest.h"

struct turned {
	struct gx_transposer *transposer;
	uint64_t each; /* genes that are taken at once */
	uint64_t from, to; /* those in `strip` */
	double *strip;
};

static struct gx_hdf5_bands *open_bands(const struct gx_hdf5_reader *reader)
{
	const struct gx_hdf5_plan *plan = &reader->plan;
	return gx_hdf5_bands_open(&reader->source, plan->all_samples, plan->ngene, false);
}

/* Whether all values are floats exactly. */
static bool is_narrow(const struct gx_hdf5_plan *plan)
{
	const struct gx_stored *type = &plan->array[0].type;
	return type->kind == 'f' ? type->size <= 4 : type->size <= 2;
}

/* Three tiles of the transposer, and a strip. */
static void turned_foresee(const struct gx_hdf5_reader *reader, uint64_t *memory,
			   uint64_t *temporary)
{
	const struct gx_hdf5_plan *plan = &reader->plan;
	const uint64_t tile = 8 << 20;
	uint64_t most = 3 * tile > 24 * plan->ngene ? 3 * tile : 24 * plan->ngene, all;
	*memory = *temporary = 0;
	if (!plan->ngene)
		return;
	struct gx_hdf5_bands *bands = open_bands(reader);
	if (__builtin_mul_overflow(8 * plan->ngene, plan->nsample, &all))
		all = GX_UNKNOWN;
	*temporary = all > tile ? is_narrow(plan) ? all / 2 : all : 0;
	*memory = gx_hdf5_bands_memory(bands) + (all > most ? most : 3 * all) +
		  (all > tile ? tile : all);
	gx_hdf5_bands_close(bands);
}

/* ---- all in ---- */

struct filling {
	struct gx_hdf5_bands *bands;
	struct gx_transposer *transposer;
	const uint32_t *sample; /* of each row in the file; NULL: all are wanted */
	uint64_t nrow, ncol, next;
	struct gx_fault *fault; /* the first one, in the order of the rows */
	bool ended;		/* fetch met one */
};

static bool is_wanted(const struct filling *f, uint64_t row)
{
	return !f->sample || f->sample[row] != GX_HDF5_DROPPED;
}

static bool fill_fetch(void *context, void *slot)
{
	struct filling *f = context;
	struct gx_batch *batch = slot;
	while (f->next < f->nrow && !is_wanted(f, f->next))
		f->next++;
	if (f->next >= f->nrow || f->ended)
		return false;
	batch->rows = (struct gx_rows){ .ncol = f->ncol, .first = f->next };
	f->next = gx_hdf5_bands_end(f->bands, f->next);
	batch->rows.nrow = f->next - batch->rows.first;
	f->ended = !gx_hdf5_bands_fetch(f->bands, batch->rows.first, f->next, batch);
	return true;
}

static void fill_work(void *context, void *slot)
{
	const struct filling *f = context;
	struct gx_batch *batch = slot;
	uint64_t first = batch->rows.first;
	if (!batch->fault.code)
		batch->rows.value = gx_hdf5_bands_decode(f->bands, first, first + batch->rows.nrow,
							 batch);
}

static void fill_commit(void *context, void *slot)
{
	struct filling *f = context;
	const struct gx_batch *batch = slot;
	const struct gx_rows *rows = &batch->rows;
	if (f->fault->code)
		return;
	if (batch->fault.code) {
		*f->fault = batch->fault;
		return;
	}
	for (size_t i = 0, n; i < rows->nrow; i += n) {
		bool wanted = is_wanted(f, rows->first + i);
		n = 1;
		while (i + n < rows->nrow && is_wanted(f, rows->first + i + n) == wanted)
			n++;
		if (wanted)
			gx_transposer_add(f->transposer, rows->value + i * rows->ncol, n);
	}
}

static void free_slot(void *slot)
{
	gx_batch_free(slot);
}

static void turned_start(struct gx_hdf5_reader *reader, int nthread, struct gx_fault *fault)
{
	const struct gx_hdf5_plan *plan = &reader->plan;
	struct turned *turned = reader->state = gx_allocate_zeroed(1, sizeof *turned);
	if (!plan->ngene || !plan->narray)
		return;
	struct filling filling = { .bands = open_bands(reader),
				   .transposer = is_narrow(plan) ?
							 gx_transposer_open_floats(plan->ngene) :
							 gx_transposer_open(plan->ngene),
				   .sample = plan->array[0].sample,
				   .nrow = plan->all_samples,
				   .ncol = plan->ngene,
				   .fault = fault };
	const struct gx_pipeline pipeline = { &filling, fill_fetch, fill_work, fill_commit };
	gx_pipeline_run_in(&pipeline, sizeof(struct gx_batch), nthread, free_slot);
	gx_hdf5_bands_close(filling.bands);
	turned->transposer = filling.transposer;
	if (fault->code)
		return;
	gx_transposer_turn(turned->transposer);
	turned->each = gx_transposer_batch(turned->transposer);
	turned->strip = gx_allocate_large(turned->each * plan->nsample, sizeof *turned->strip);
}

/* ---- and out ---- */

static bool turned_fetch(struct gx_hdf5_reader *reader, struct gx_batch *batch)
{
	struct turned *turned = reader->state;
	const struct gx_hdf5_plan *plan = &reader->plan;
	uint64_t first = reader->next, n = gx_batch_rows(plan->nsample);
	if (first >= plan->ngene)
		return false;
	if (first == turned->to) {
		uint64_t left = plan->ngene - first;
		turned->from = first;
		turned->to += left < turned->each ? left : turned->each;
		gx_transposer_take(turned->transposer, first, turned->to - first, turned->strip);
	}
	n = turned->to - first < n ? turned->to - first : n;
	memcpy(gx_batch_values(batch, n * plan->nsample),
	       turned->strip + (first - turned->from) * plan->nsample,
	       n * plan->nsample * sizeof *turned->strip);
	reader->next += n;
	batch->rows.first = first;
	batch->rows.nrow = n;
	gx_batch_take_names(batch, &plan->genes, &reader->gene_at);
	return true;
}

static void turned_decode(const struct gx_hdf5_reader *reader, struct gx_batch *batch)
{
	(void)reader;
	gx_nan_canonicalise(batch->store, batch->rows.nrow * batch->rows.ncol);
	batch->rows.value = batch->store;
	gx_batch_digest(batch);
}

static void turned_close(struct gx_hdf5_reader *reader)
{
	struct turned *turned = reader->state;
	if (!turned)
		return;
	if (turned->transposer)
		gx_transposer_close(turned->transposer);
	free(turned->strip);
	free(turned);
}

const struct gx_hdf5_way gx_hdf5_turned = { .foresee = turned_foresee,
					    .start = turned_start,
					    .fetch = turned_fetch,
					    .decode = turned_decode,
					    .close = turned_close,
					    .rows_follow = true };
