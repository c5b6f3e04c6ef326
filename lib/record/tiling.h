/* SPDX-License-Identifier: MIT */
/*
 * Parts of an input: do they tile [0, of) exactly, and which are missing? The ranges are
 * half-open; those without extent are parts that had nothing to do.
 */
#ifndef GX_TILING_H
#define GX_TILING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bytes/output.h"

struct gx_tile {
	uint64_t first, last;
	const char *where; /* the file that it came from */
	size_t index;	   /* the caller's number of it */
};

/*
 * Sorts the tiles and finds two that overlap: returns the first tile of the pair, its
 * neighbour behind it in the array, or NULL. Tiles without extent overlap nothing.
 */
const struct gx_tile *gx_tiling_sort(struct gx_tile *tile, size_t n);

/*
 * The next gap of [0, of) at or behind *at among sorted tiles that do not overlap: false
 * when there is none. Leaves *at behind the gap. Begin with *at = 0.
 */
bool gx_tiling_gap(const struct gx_tile *tile, size_t n, uint64_t of, uint64_t *at,
		   uint64_t *first, uint64_t *last);

/* How an input of `of` units was cut into n parts: gx_part_bound, or gx_triangle_bound. */
struct gx_cut {
	uint64_t of, n;
	uint64_t (*bound)(uint64_t of, uint64_t k, uint64_t n); /* where part k ends, k from 0 to n */
};

/*
 * Writes which parts K of N have to be run again, a line each or, with `array`, as one list
 * of ranges ("1-3,7"); nothing when the tiles are complete. Returns false where a gap is
 * not whole parts of N, which *first and *last tell; then nothing was written.
 */
bool gx_tiling_missing(const struct gx_tile *tile, size_t n, const struct gx_cut *cut,
		       bool array, struct gx_output *out, uint64_t *first, uint64_t *last);

#endif
