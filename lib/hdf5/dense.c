/* SPDX-License-Identifier: MIT */
/* Dense, genes first: bands of pieces are bands of rows. */
#include "hdf5/bands.h"
#include "hdf5/way.h"
#include "kernel/digest.h"

static struct gx_hdf5_bands *open_bands(const struct gx_hdf5_reader *reader)
{
	const struct gx_hdf5_plan *plan = &reader->plan;
	return gx_hdf5_bands_open(&reader->source, plan->ngene, plan->nsample, true);
}

static void dense_foresee(const struct gx_hdf5_reader *reader, uint64_t *memory,
			  uint64_t *temporary)
{
	struct gx_hdf5_bands *bands = open_bands(reader);
	*memory = gx_hdf5_bands_memory(bands);
	*temporary = 0;
	gx_hdf5_bands_close(bands);
}

static uint64_t dense_rows(const struct gx_hdf5_reader *reader)
{
	struct gx_hdf5_bands *bands = open_bands(reader);
	uint64_t n = gx_hdf5_bands_rows(bands);
	gx_hdf5_bands_close(bands);
	return n;
}

static void dense_start(struct gx_hdf5_reader *reader, int nthread, struct gx_fault *fault)
{
	(void)nthread, (void)fault;
	reader->state = open_bands(reader);
}

static bool dense_fetch(struct gx_hdf5_reader *reader, struct gx_batch *batch)
{
	struct gx_hdf5_bands *bands = reader->state;
	uint64_t first = reader->next;
	if (first >= reader->plan.ngene)
		return false;
	reader->next = gx_hdf5_bands_end(bands, first);
	batch->rows.first = first;
	batch->rows.nrow = reader->next - first;
	gx_batch_take_names(batch, &reader->plan.genes, &reader->gene_at);
	return gx_hdf5_bands_fetch(bands, first, reader->next, batch);
}

static void dense_decode(const struct gx_hdf5_reader *reader, struct gx_batch *batch)
{
	const struct gx_hdf5_bands *bands = reader->state;
	struct gx_rows *rows = &batch->rows;
	double *value = gx_hdf5_bands_decode(bands, rows->first, rows->first + rows->nrow, batch);
	if (!value) {
		rows->nrow = 0;
		return;
	}
	gx_nan_canonicalise(value, rows->nrow * rows->ncol);
	rows->value = value;
	gx_batch_digest(batch);
}

static void dense_close(struct gx_hdf5_reader *reader)
{
	gx_hdf5_bands_close(reader->state);
}

const struct gx_hdf5_way gx_hdf5_dense = { .foresee = dense_foresee,
					   .rows = dense_rows,
					   .start = dense_start,
					   .fetch = dense_fetch,
					   .decode = dense_decode,
					   .close = dense_close };
