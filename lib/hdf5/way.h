/* SPDX-License-Identifier: MIT */
/* Ways from a plan to rows: dense, sparse by gene, sparse by sample. read.c drives them. */
#ifndef GX_HDF5_WAY_H
#define GX_HDF5_WAY_H

#include "format/format.h"
#include "hdf5/piece.h"

struct gx_hdf5_way;

/* What is known of one operand: gx_operand.state. */
struct gx_hdf5_reader {
	struct gx_hdf5_plan plan;
	struct gx_hdf5_source source; /* source.plan is &plan */
	const struct gx_hdf5_way *way;
	void *state;	  /* the way's own */
	uint64_t next;	  /* row of the next batch */
	size_t gene_at;	  /* in plan.genes.text: the name of that row (gx_batch_take_names) */
	struct gx_fault fault; /* of start */
	int spooled; /* an unnamed file that holds what came through a pipe or compressed; -1 */
};

struct gx_hdf5_way {
	/* Memory that it takes once, and bytes in TMPDIR, for --explain and the facts; any time. */
	void (*foresee)(const struct gx_hdf5_reader *reader, uint64_t *memory, uint64_t *temporary);
	/*
	 * Before the first fetch, outside of any parallel region: passes over the file, by up to
	 * nthread threads. May be NULL. A fault is noted: fetch gives it then.
	 */
	void (*start)(struct gx_hdf5_reader *reader, int nthread, struct gx_fault *fault);
	/* As those of gx_reader_format, called by it. decode digests (gx_batch_digest), and makes
	 * NaN canonical. */
	bool (*fetch)(struct gx_hdf5_reader *reader, struct gx_batch *batch);
	void (*decode)(const struct gx_hdf5_reader *reader, struct gx_batch *batch);
	void (*close)(struct gx_hdf5_reader *reader); /* NULL is allowed */
	/* Rows of a batch at most, for --explain; NULL: gx_batch_rows. */
	uint64_t (*rows)(const struct gx_hdf5_reader *reader);
	bool rows_follow; /* all is read before the first row */
};

extern const struct gx_hdf5_way gx_hdf5_dense;	   /* genes first: bands of pieces */
extern const struct gx_hdf5_way gx_hdf5_turned;	   /* dense, samples first: through bytes/transposer */
extern const struct gx_hdf5_way gx_hdf5_by_gene;   /* sparse, streamed */
extern const struct gx_hdf5_way gx_hdf5_by_sample; /* sparse, in two passes through buckets */

#endif
