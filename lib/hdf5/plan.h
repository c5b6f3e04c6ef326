/* SPDX-License-Identifier: MIT */
/*
 * What a matrix in an HDF5 file is, and where its values lie: the answer of the confined child.
 * It comes from who may have been taken over by the file, so that everything in it is checked
 * against the rest when it is taken (gx_hdf5_plan_take): counts, sizes, offsets, text.
 */
#ifndef GX_HDF5_PLAN_H
#define GX_HDF5_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/facts.h"
#include "base/names.h"
#include "kernel/widen.h"

/* Above this a chunk is refused (h5repack makes smaller ones): it is held whole. */
#define GX_HDF5_PIECE_MAX (UINT64_C(1) << 30)
enum { GX_HDF5_FILTERS_MAX = 8, GX_HDF5_FILTER_VALUES_MAX = 8 };
#define GX_HDF5_DROPPED UINT32_MAX /* no number of a gene or sample */

/* One filter that a chunk went through when it was written, in that order. */
struct gx_hdf5_filter {
	uint32_t id; /* as registered with the HDF Group: 1 deflate, 2 shuffle ... */
	uint32_t nvalue;
	uint32_t value[GX_HDF5_FILTER_VALUES_MAX]; /* its parameters */
};

/* Who makes values of what is stored. */
enum gx_hdf5_storage {
	GX_HDF5_CONTIGUOUS, /* values lie in the file, row behind row: we read them there */
	GX_HDF5_CHUNKS,	    /* chunks come as they are stored: we undo their filters (filters.h) */
	GX_HDF5_LIBRARY,    /* the library reads them */
};

/*
 * An array of one or two dimensions (of one: extent[1] is 1). It is cut in pieces of
 * piece[0] x piece[1] values, the chunks where it has them; those at the far ends reach beyond
 * it. Pieces are numbered row behind row. A piece is at most GX_HDF5_PIECE_MAX bytes.
 */
struct gx_hdf5_array {
	char *path; /* in the file, for messages */
	uint64_t extent[2], piece[2];
	struct gx_stored type;
	enum gx_hdf5_storage storage;
	uint64_t offset; /* GX_HDF5_CONTIGUOUS: of its first value, in the file */
	uint32_t nfilter;
	struct gx_hdf5_filter filter[GX_HDF5_FILTERS_MAX];
	unsigned char fill[8]; /* of type.size bytes as stored: values of a chunk never written */
	/*
	 * Of a block of values: for each of its samples (extent[1] of them, or extent[0] where
	 * samples are first), which sample of the matrix it is, or GX_HDF5_DROPPED. Of `data` of a
	 * sparse matrix: the same for each sample in the file. NULL: they are those of the matrix.
	 */
	uint32_t *sample;
	uint64_t nsample;
};

/* How values lie. */
enum gx_hdf5_order {
	GX_HDF5_DENSE,	   /* blocks, array[0 .. narray) */
	GX_HDF5_BY_GENE,   /* sparse, array[0..2] are data, indices, indptr: a gene's entries together */
	GX_HDF5_BY_SAMPLE, /* the same, a sample's entries together */
};

struct gx_hdf5_plan {
	enum gx_hdf5_order order;
	bool samples_first;	       /* GX_HDF5_DENSE: dimension 0 of its one array is samples */
	uint64_t ngene, nsample;       /* of the matrix that is read: those chosen */
	uint64_t all_genes, all_samples; /* in the file */
	struct gx_names genes, samples;	 /* of those chosen; empty: implicit */
	/*
	 * GX_HDF5_BY_SAMPLE: for each gene in the file its number among those chosen, or
	 * GX_HDF5_DROPPED. NULL: all are, elsewhere always.
	 */
	uint32_t *gene;
	struct gx_hdf5_array *array;
	size_t narray; /* DENSE without samples or with no block: 0 */
	struct gx_facts facts; /* for gx-info: format, dataset, type, storage ... */
};

void gx_hdf5_plan_free(struct gx_hdf5_plan *plan);

/* Appends a new array, zeroed but for its path, which is copied. */
struct gx_hdf5_array *gx_hdf5_plan_add(struct gx_hdf5_plan *plan, const char *path);

/* Pieces that an array has in a dimension, and in all. */
uint64_t gx_hdf5_grid(const struct gx_hdf5_array *array, int dimension);
uint64_t gx_hdf5_pieces(const struct gx_hdf5_array *array);

/* Bytes of a piece as values, at least 1. */
uint64_t gx_hdf5_piece_bytes(const struct gx_hdf5_array *array);

/* Writes a plan as bytes; *text is to be freed. Returns how many. */
size_t gx_hdf5_plan_print(const struct gx_hdf5_plan *plan, unsigned char **text);

/* What is not sound in a plan of a file of `size` bytes; NULL: nothing. A phrase, lower case. */
const char *gx_hdf5_plan_fault(const struct gx_hdf5_plan *plan, uint64_t size);

/*
 * Makes a plan of such bytes, of a file of `size` bytes. NULL: it is sound; else what is not, and
 * the plan is empty.
 */
const char *gx_hdf5_plan_take(const unsigned char *text, size_t n, uint64_t size,
			      struct gx_hdf5_plan *plan);

#endif
