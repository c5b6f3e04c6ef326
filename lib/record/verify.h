/* SPDX-License-Identifier: MIT */
/*
 * What the whole has to be, of records and of parts of a matrix alike. Each of these says
 * what is wrong and ends the process where it is not so.
 */
#ifndef GX_VERIFY_H
#define GX_VERIFY_H

#include "matrix/matrix.h"
#include "record/tiling.h"

/* Sorts the tiles; two that overlap are exit 1. */
void gx_verify_apart(struct gx_tile *tile, size_t n, enum gx_unit unit);

/* Sorted tiles that do not overlap: a gap of [0, of) is exit 75. */
void gx_verify_complete(const struct gx_tile *tile, size_t n, uint64_t of,
			enum gx_unit unit);

/*
 * source->digest is that of all rows: it must be the one that the identity says, and
 * *wanted, unless that is NULL. Else exit 1.
 */
void gx_verify_digest(const struct gx_source *source, const uint64_t *wanted);

#endif
