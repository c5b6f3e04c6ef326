/* SPDX-License-Identifier: MIT */
/*
 * Pieces of an array on their way. They are claimed in order by one thread (gx_hdf5_claim), as
 * the client has one; their values are made by whoever wants them first, in any thread.
 *
 *	struct gx_hdf5_piece *piece[8];
 *	if (!gx_hdf5_claim(source, a, first, n, piece, fault)) ...
 *	const unsigned char *values = gx_hdf5_piece_values(piece[0], fault);   any thread
 *	gx_hdf5_piece_release(piece[0]);                                       any thread
 */
#ifndef GX_HDF5_PIECE_H
#define GX_HDF5_PIECE_H

#include "hdf5/client.h"
#include "hdf5/plan.h"

/* Where pieces come from. */
struct gx_hdf5_source {
	int fd; /* of the file, for what is contiguous */
	struct gx_hdf5_client *client;
	const struct gx_hdf5_plan *plan;
};

struct gx_hdf5_piece;

/*
 * Claims pieces first .. first + n - 1 of array number `array`: puts them in out[0 .. n), each
 * held once. False with a fault noted; then none is held.
 */
bool gx_hdf5_claim(const struct gx_hdf5_source *source, size_t array, uint64_t first, size_t n,
		   struct gx_hdf5_piece **out, struct gx_fault *fault);

/* Held once more, for another that wants its values. */
void gx_hdf5_piece_hold(struct gx_hdf5_piece *piece);
/* The last one frees it. NULL is allowed. */
void gx_hdf5_piece_release(struct gx_hdf5_piece *piece);

/*
 * Its values as they are stored, piece[0] x piece[1] of type.size bytes, row behind row; those
 * beyond the array are anything. NULL with a fault noted, which names array and rows. Valid
 * while it is held.
 */
const unsigned char *gx_hdf5_piece_values(struct gx_hdf5_piece *piece, struct gx_fault *fault);

/* Reads n bytes of the file at an offset, as those of a contiguous array; false with a fault. */
bool gx_hdf5_read_at(const struct gx_hdf5_source *source, unsigned char *out, uint64_t n,
		     uint64_t offset, struct gx_fault *fault);

#endif
