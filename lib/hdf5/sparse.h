/* SPDX-License-Identifier: MIT */
/*
 * What both ways of a sparse matrix share. It has three arrays of one dimension: entries
 * indptr[i] .. indptr[i + 1] - 1 are those of gene i (or of cell i), `indices` says of which cell
 * (or gene) each is, and `data` has its value. What has no entry is 0.
 */
#ifndef GX_HDF5_SPARSE_H
#define GX_HDF5_SPARSE_H

#include "base/fault.h"
#include "hdf5/piece.h"
#include "hdf5/way.h"

enum { GX_SPARSE_DATA, GX_SPARSE_INDICES, GX_SPARSE_INDPTR };

/* ---- pieces ---- */

/* Pieces are claimed so many at a time, as each question to the child costs a switch to it. */
enum { GX_SPARSE_HELD = 16 };

/* The pieces of an array, claimed in order by one thread. */
struct gx_sparse_pieces {
	const struct gx_hdf5_source *source;
	size_t array;
	uint64_t each;	/* values of a piece */
	uint64_t n;	/* pieces of the array */
	uint64_t first; /* the first one that is held */
	size_t nheld;
	struct gx_hdf5_piece *held[GX_SPARSE_HELD];
};

/* Some of them, on their way: those that entries of a batch lie in, each held once. */
struct gx_sparse_span {
	uint64_t each, first; /* as above */
	size_t size;	      /* bytes of a value */
	size_t n;
	struct gx_hdf5_piece **piece;
};

void gx_sparse_pieces_open(struct gx_sparse_pieces *pieces, const struct gx_hdf5_source *source,
			   size_t array);
void gx_sparse_pieces_close(struct gx_sparse_pieces *pieces);

/* Bytes of memory that the pieces of an array take, at a time. */
uint64_t gx_sparse_pieces_memory(const struct gx_hdf5_plan *plan, size_t array);

/* In how many pieces entries from .. to - 1 lie. */
size_t gx_sparse_pieces_count(const struct gx_sparse_pieces *pieces, uint64_t from, uint64_t to);

/*
 * Claims them; `from` never falls from call to call. list: room for as many, and the span's until
 * it is released. False with a fault noted; then none is held.
 */
bool gx_sparse_pieces_take(struct gx_sparse_pieces *pieces, uint64_t from, uint64_t to,
			   struct gx_hdf5_piece **list, struct gx_sparse_span *span,
			   struct gx_fault *fault);

/*
 * One more hold of a piece that is claimed already; NULL where it is not. Whoever has a thread to
 * spare makes its values, and releases it.
 */
struct gx_hdf5_piece *gx_sparse_pieces_share(const struct gx_sparse_pieces *pieces,
					     uint64_t number);

/* Values from `entry` on, as they are stored, and how many lie behind one another; NULL with a
 * fault noted. Any thread. */
const unsigned char *gx_sparse_values(const struct gx_sparse_span *span, uint64_t entry, size_t *n,
				      struct gx_fault *fault);

/* Lets go of the pieces that end before `entry`, or of all. */
void gx_sparse_pass(struct gx_sparse_span *span, uint64_t entry);
void gx_sparse_release(struct gx_sparse_span *span);

/* ---- values ---- */

/* Entries that are worked on at a time, on the stack. */
enum { GX_SPARSE_BLOCK = 1024 };

/*
 * n stored whole numbers, all of which must be below `limit`, at most UINT32_MAX. Returns how many
 * are in front of the first that is not: n where all are.
 */
size_t gx_sparse_indices(const struct gx_stored *type, const unsigned char *from, size_t n,
			 uint64_t limit, uint32_t *out);

/* Notes that entry number `entry`, stored at `from`, is none of `limit` (what: "genes"). */
void gx_sparse_refuse_index(const struct gx_hdf5_plan *plan, uint64_t entry,
			    const unsigned char *from, uint64_t limit, const char *what,
			    struct gx_fault *fault) GX_COLD;

/* A row of doubles that is being made. */
struct gx_sparse_row {
	double *value;
	bool has_zeros; /* entries that are 0, which keep a mark until gx_sparse_row_end */
};

/* Zeroes it. */
void gx_sparse_row_begin(struct gx_sparse_row *row, double *value, size_t ncol);

/*
 * Puts n stored values, at most GX_SPARSE_BLOCK, in their columns; GX_HDF5_DROPPED is none.
 * Returns how many were put in front of one whose column has a value already: n where all were.
 */
size_t gx_sparse_row_put(struct gx_sparse_row *row, const struct gx_stored *type,
			 const unsigned char *from, const uint32_t *column, size_t n);
void gx_sparse_row_end(struct gx_sparse_row *row, size_t ncol);

/* ---- the matrix ---- */

/*
 * Checks that the arrays of a plan fit each other, and reads indptr, all of it: 8 bytes an entry,
 * to be freed. It begins with 0, never falls, and ends with the number of entries. NULL with a
 * fault noted.
 */
uint64_t *gx_sparse_indptr(const struct gx_hdf5_reader *reader, struct gx_fault *fault);

/* Notes that a gene and a cell of the matrix, by their numbers among those chosen, have two
 * entries. */
void gx_sparse_refuse_twice(const struct gx_hdf5_plan *plan, uint64_t gene, uint32_t cell,
			    struct gx_fault *fault) GX_COLD;
/* Notes that a gene has more entries than there are cells: nentry, and ncell. */
void gx_sparse_refuse_many(const struct gx_hdf5_plan *plan, uint64_t gene, uint64_t nentry,
			   uint64_t ncell, struct gx_fault *fault) GX_COLD;

/* The batch ends before its row number `row`: what is wrong there is in batch->fault. */
void gx_sparse_end_at(struct gx_batch *batch, size_t row);

#endif
