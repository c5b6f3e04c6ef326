/* SPDX-License-Identifier: MIT */
/*
 * Ranks of all cells of a symmetric matrix, from its lower triangle: row i holds i + 1 values,
 * the diagonal last. All G x G cells are ranked together, ties get their mean rank, missing
 * cells (NaN) none. So a value off the diagonal counts twice and one on it once, and
 *
 *	q = 2 x rank = 2 (weight of smaller cells) + (weight of equal cells) + 1
 *
 * is a whole number. It depends on values alone: not on pieces, threads or scratch.
 *
 * The work is cut into steps, a step into pieces, and whoever calls brings the threads:
 *
 *	struct gx_rank rank;
 *	gx_rank_begin(&rank, &task, scratch);          gx_rank_scratch() bytes
 *	for (int step = 0; step < GX_RANK_STEPS; step++) {
 *		for (size_t i = 0; i < gx_rank_pieces(&rank, step); i++)
 *			gx_rank_piece(&rank, step, i, place);     in any order, from any thread
 *		gx_rank_join(&rank, step);                when all pieces are done
 *	}
 *	... rank.facts
 */
#ifndef GX_RANK_H
#define GX_RANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum gx_rank_input { GX_RANK_FLOAT64, GX_RANK_UINT32, GX_RANK_UINT64 };

struct gx_rank_task {
	const void *value; /* the triangle; it is read until the end */
	enum gx_rank_input input;
	uint64_t ngene; /* at least 1 */
	bool descending; /* the largest value has the least rank: small is near */
	bool absolute;	/* of doubles: without their signs; -0 and 0 are equal anyway */
	/* The diagonal gets its ranks; else, when all is ranked, the largest of all. */
	bool keep_diagonal;
	/*
	 * The ranks, in the triangle's order; 0 where the value is missing. uint64_t, or
	 * uint32_t, which holds them up to GX_RANK_NARROW genes. It is not the memory of value.
	 */
	void *rank;
	bool wide;
	size_t nplace; /* pieces that are worked on at a time, at most; at least 1 */
};

/* The most genes whose ranks fit 32 bits: 2 G^2 + 1 < 2^32. */
enum { GX_RANK_NARROW = 46340 };

struct gx_rank_facts {
	uint64_t missing; /* pairs off the diagonal without a value */
	uint64_t max;	  /* the largest rank before the diagonal is set; 0: all is missing */
	/* Of all cells with a rank when the diagonal is set; a half is rounded up. */
	uint64_t median, mean;
	uint64_t middle[2]; /* the two that the median is the mean of */
	uint64_t ncell;	    /* cells with a rank, and their ranks added up */
	double sum;
};

enum { GX_RANK_STEPS = 4 };

struct gx_rank_bucket;

struct gx_rank {
	struct gx_rank_task task;
	struct gx_rank_facts facts;
	uint64_t npair; /* values of the triangle */
	size_t nchunk, nbucket;
	uint64_t *key;		       /* of all values, bucket after bucket */
	struct gx_rank_bucket *bucket; /* nbucket, and one of what is missing */
	uint64_t *splitter;	       /* nbucket - 1, and one that no key reaches */
	uint32_t *cell;		       /* ncell, and one */
	size_t ncell;
	uint64_t least; /* the key where cells begin */
	int shift;	/* a cell holds 2^shift keys */
	uint64_t *at;	/* of each chunk: where its next key of a bucket goes */
	uint64_t *diagonal, *diagonal_rank; /* sorted keys, and what their ranks are */
	size_t ndiagonal;		    /* without those missing */
	uint64_t (*sum)[2];		    /* of each chunk: its ranks added up, 128 bits */
	void *room;			    /* of each place */
	size_t largest;			    /* a bucket that fits there */
	bool searched;			    /* some bucket did not */
};

/* Bytes of scratch that ranking needs, whatever the values are: about 8 a pair. */
size_t gx_rank_scratch(uint64_t ngene, size_t nplace);

/* Begins; the scratch begins at a multiple of 64 bytes and need not be zero. */
void gx_rank_begin(struct gx_rank *rank, const struct gx_rank_task *task, void *scratch);
size_t gx_rank_pieces(const struct gx_rank *rank, int step);
/* place: 0 to nplace - 1, and no other call with the same at the same time. */
void gx_rank_piece(struct gx_rank *rank, int step, size_t piece, size_t place);
void gx_rank_join(struct gx_rank *rank, int step);

#endif
