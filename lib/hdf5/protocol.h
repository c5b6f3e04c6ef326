/* SPDX-License-Identifier: MIT */
/*
 * What the confined child and its parent say to each other. The first answer comes unasked: the
 * plan. Each question behind it is about pieces of an array. The bytes of an answer are in the
 * shared memory: a text (a plan or a fault) at its beginning; of pieces a table of records, and the
 * bytes of each where its record says.
 */
#ifndef GX_HDF5_PROTOCOL_H
#define GX_HDF5_PROTOCOL_H

#include "hdf5/client.h"

struct gx_hdf5_question {
	uint64_t array, first, n; /* pieces first .. first + n - 1 of an array, at least one */
};

enum { GX_HDF5_IS_PLAN, GX_HDF5_IS_PIECES, GX_HDF5_IS_FAULT };

struct gx_hdf5_reply {
	uint32_t what;
	uint32_t code; /* of a fault: enum gx_exit */
	uint64_t n;    /* bytes of text, or pieces */
};

struct gx_hdf5_record {
	uint32_t state; /* enum gx_hdf5_state */
	uint32_t mask;
	uint64_t offset, nbyte; /* of its bytes, in the shared memory */
};

/*
 * The shared memory has room for a piece of any size, as far as there is address space for it
 * (ulimit -v).
 */
#define GX_HDF5_SHARED_MOST (GX_HDF5_PIECE_MAX + (UINT64_C(64) << 20))
#define GX_HDF5_SHARED_LEAST (UINT64_C(64) << 20)

enum {
	GX_HDF5_RECORDS = 4096,	       /* pieces that an answer has at most */
	GX_HDF5_ANSWER = 4 << 20,      /* bytes of them, but that one piece may be larger */
	GX_HDF5_ALIGNMENT = 64,	       /* of the bytes of each */
	GX_HDF5_TEXT_MAX = 4096,       /* bytes of a fault */
};

/* Where the bytes of pieces begin, behind all records. */
#define GX_HDF5_PIECES_AT ((uint64_t)GX_HDF5_RECORDS * sizeof(struct gx_hdf5_record))

/*
 * Makes an answer of a record of the child, about a piece that has nvalue bytes as values. False:
 * it cannot be.
 */
bool gx_hdf5_record_take(const struct gx_hdf5_record *record, const unsigned char *shared,
			 size_t nshared, enum gx_hdf5_storage storage, uint64_t nvalue,
			 struct gx_hdf5_answer *answer);

#endif
