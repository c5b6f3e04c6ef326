/* SPDX-License-Identifier: MIT */
/*
 * The confined child, as the process sees it that reads. One thread at a time; each question
 * waits for its answer.
 */
#ifndef GX_HDF5_CLIENT_H
#define GX_HDF5_CLIENT_H

#include "base/fault.h"
#include "format/format.h"
#include "hdf5/plan.h"

struct gx_hdf5_client;

/*
 * Starts a child on the file that is open at fd (a regular file, of `size` bytes, called `name`
 * in messages) and asks what matrix is in it, as the request says. The child keeps a descriptor
 * of its own. Dies with the child's message where there is none, and with exit 1 where the
 * library failed (a signal, too much time).
 */
struct gx_hdf5_client *gx_hdf5_client_open(int fd, uint64_t size, const char *name,
					   const struct gx_request *request,
					   struct gx_hdf5_plan *plan);
/* NULL is allowed. */
void gx_hdf5_client_close(struct gx_hdf5_client *client);

/* How a piece came. */
enum gx_hdf5_state {
	GX_HDF5_STORED,	 /* as it is in the file: filters are to be undone */
	GX_HDF5_VALUES,	 /* as values: a whole piece of them, gx_hdf5_piece_bytes */
	GX_HDF5_UNWRITTEN, /* nothing was ever written: the fill value */
};
struct gx_hdf5_answer {
	enum gx_hdf5_state state;
	uint32_t mask; /* GX_HDF5_STORED: bit k is set where filter k was left out */
	uint64_t nbyte;
	/*
	 * Valid until the next question. The child can change them at any time: copy them, and look
	 * at the copy.
	 */
	const unsigned char *bytes;
};

/*
 * Asks for pieces first .. first + n - 1 of an array that is not GX_HDF5_CONTIGUOUS: fills in
 * out[0 ..) as many as one answer holds, and returns how many, at least 1; 0 with a fault that
 * is noted.
 */
size_t gx_hdf5_client_ask(struct gx_hdf5_client *client, size_t array, uint64_t first, size_t n,
			  struct gx_hdf5_answer *out, struct gx_fault *fault);

#endif
